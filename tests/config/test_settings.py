import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import formats
from django.utils.timezone import get_current_timezone

PRINT_SETTINGS = "from django.conf import settings as s; print(*(getattr(s, n) for n in '{}'.split()), sep='|')"


def run_settings(names: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Print settings in a fresh process that has only these variables."""
    return subprocess.run(
        [sys.executable, "-c", PRINT_SETTINGS.format(names)],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# --- Indonesian formats -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["25/10/2026", "25-10-2026", "2026-10-25"])
def test_indonesian_and_iso_dates_are_accepted(text: str) -> None:
    assert forms.DateField().clean(text) == date(2026, 10, 25)


@pytest.mark.parametrize("text", ["10/25/2026", "10/25/26", "Oct 25 2026", "25/10/26", "2026/10/25"])
def test_us_and_ambiguous_dates_are_refused(text: str) -> None:
    with pytest.raises(forms.ValidationError):
        forms.DateField().clean(text)


@pytest.mark.parametrize("text", ["25/10/2026 13.05", "25/10/2026 13:05", "2026-10-25 13:05", "2026-10-25T13:05"])
def test_moments_are_accepted_with_point_or_colon(text: str) -> None:
    expected = datetime(2026, 10, 25, 13, 5, tzinfo=get_current_timezone())
    assert forms.DateTimeField().clean(text) == expected


@pytest.mark.parametrize("text", ["10/25/2026 13:05", "10/25/26 13:05"])
def test_us_moments_are_refused(text: str) -> None:
    with pytest.raises(forms.ValidationError):
        forms.DateTimeField().clean(text)


def test_dates_and_numbers_are_shown_as_in_indonesia() -> None:
    moment = datetime(2026, 10, 25, 13, 5)  # noqa: DTZ001
    assert formats.date_format(moment, "DATE_FORMAT") == "Minggu, 25 Oktober 2026"
    assert formats.date_format(moment, "TIME_FORMAT") == "13.05"
    assert formats.date_format(moment, "SHORT_DATETIME_FORMAT") == "25/10/2026 13.05"
    assert formats.number_format(1738.5, 1, force_grouping=True) == "1.738,5"


def test_decimal_comma_is_accepted_and_a_thousands_separator_refused() -> None:
    field = forms.DecimalField(localize=True)
    assert str(field.clean("12,5")) == "12.5"
    with pytest.raises(forms.ValidationError):
        forms.IntegerField(localize=True).clean("1.738")


# --- SQLite -----------------------------------------------------------------------------------------------------


@pytest.mark.sqlite
@pytest.mark.django_db
def test_sqlite_is_durable_and_waits_for_its_turn() -> None:
    names = ["journal_mode", "synchronous", "busy_timeout", "foreign_keys"]
    with connection.cursor() as cursor:
        values = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    assert values == ["wal", 2, 20000, 1]  # 2 = FULL
    assert connection.transaction_mode == "IMMEDIATE"


# --- Security ---------------------------------------------------------------------------------------------------


SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
CONTENT_SECURITY_POLICY = [
    "base-uri 'none'",
    "connect-src 'self'",
    "default-src 'none'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self'",
    "manifest-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
]


def test_answers_carry_the_security_headers(client: Client) -> None:
    headers = client.get("/healthz").headers
    assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert sorted(headers["Content-Security-Policy"].split("; ")) == CONTENT_SECURITY_POLICY


def test_production_needs_a_secret_key(tmp_path: Path) -> None:
    result = run_settings("SECRET_KEY", VAR_DIR=str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.endswith("ImproperlyConfigured: SECRET_KEY must be set while DEBUG is off.\n")


def test_development_key_is_made_once_and_private(tmp_path: Path) -> None:
    shown = [run_settings("SECRET_KEY", DEBUG="on", VAR_DIR=str(tmp_path)).stdout for _ in range(2)]
    key = (tmp_path / "secret_key").read_text()
    assert shown == [f"{key}\n", f"{key}\n"]
    assert len(key) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["secret_key"]


def test_production_is_strict(tmp_path: Path) -> None:
    names = "DEBUG SECRET_KEY SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS"
    result = run_settings(names, SECRET_KEY="$not-a-variable", VAR_DIR=str(tmp_path))
    assert result.stdout == "False|$not-a-variable|True|True|True|31536000\n"


def test_development_works_without_https(tmp_path: Path) -> None:
    names = "DEBUG SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS BEHIND_PROXY"
    assert run_settings(names, DEBUG="on", VAR_DIR=str(tmp_path)).stdout == "True|False|False|False|0|False\n"


# --- Health -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_health_pages_answer(client: Client) -> None:
    answers = [client.get(path) for path in ("/healthz", "/readyz")]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"ok\n"), (200, b"ok\n")]
    assert client.post("/readyz").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_readyz_says_that_migrations_wait(client: Client) -> None:
    call_command("migrate", "sessions", "zero", verbosity=0)
    try:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.content) == (503, b"migrations waiting\n")
    finally:
        call_command("migrate", "sessions", verbosity=0)
