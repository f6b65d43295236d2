"""Reference data in the admin site: saved by the domain functions, and only after the size of a change was shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

import pytest
import time_machine
from django.test import Client

from accounts.models import Role
from devices.models import DeviceKind, KindRequirement
from kecamatan.models import DayOff, Event, OfficeHours
from tests.factories import forget_marks, kind, make_kecamatan, make_user, marks, moment, sign_in

pytestmark = pytest.mark.django_db

RAMADAN = {
    "first_day": "2026-02-18",
    "last_day": "2026-03-19",
    "weekday": "",
    "opens_at": "08.00",
    "closes_at": "15.00",
    "break_from": "12.00",
    "break_until": "12.30",
}
HOURS, DAYS, RULES = "/admin/kecamatan/officehours/", "/admin/kecamatan/dayoff/", "/admin/devices/kindrequirement/"


@pytest.fixture(autouse=True)
def places() -> Iterator[None]:
    with time_machine.travel(moment("2026-03-18 04:00"), tick=False):
        make_kecamatan("36.03.30")
        make_kecamatan("36.03.31")
        forget_marks()
        yield


@pytest.fixture
def admin() -> Client:
    client = Client()
    sign_in(client, make_user(Role.ADMIN, None))
    return client


def errors(response: object, field: str) -> list[str]:
    form = response.context.get("form") or response.context["adminform"].form  # type: ignore[attr-defined]
    return list(form.errors.get(field, []))


def test_office_hours_are_saved_after_the_size_of_the_change_was_confirmed(admin: Client) -> None:
    preview = admin.post(f"{HOURS}add/", RAMADAN)
    assert errors(preview, "confirmed") == [
        "Perubahan ini menghitung ulang 4 baris laporan. Centang di sini, lalu simpan lagi."
    ]
    assert (OfficeHours.objects.count(), marks()) == (0, [])
    assert admin.post(f"{HOURS}add/", {**RAMADAN, "confirmed": "on"}).status_code == 302
    saved = OfficeHours.objects.get()
    assert (saved.first_day, saved.opens_at, saved.break_until) == (date(2026, 2, 18), time(8), time(12, 30))
    assert marks() == [
        ("36.03.30", "2026-02"),
        ("36.03.30", "2026-03"),
        ("36.03.31", "2026-02"),
        ("36.03.31", "2026-03"),
    ]
    assert Event.objects.get(action="save_office_hours").subject == f"officehours:{saved.pk}"


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"last_day": "2026-02-17"}, "last_day", "Hari terakhir harus sama dengan atau sesudah hari pertama."),
        ({"closes_at": "07.00"}, "closes_at", "Jam tutup harus sesudah jam buka."),
        ({"break_until": ""}, "break_until", "Isi awal dan akhir istirahat, atau kosongkan keduanya."),
        ({"break_until": "11.00"}, "break_until", "Istirahat selesai sesudah mulainya."),
        ({"break_from": "07.30"}, "break_from", "Istirahat mulai sesudah jam buka."),
        ({"break_until": "15.00"}, "closes_at", "Istirahat selesai sebelum jam tutup."),
    ],
)
def test_hours_in_the_wrong_order_are_refused_at_their_field(
    admin: Client, values: dict[str, str], field: str, sentence: str
) -> None:
    refused = admin.post(f"{HOURS}add/", {**RAMADAN, **values, "confirmed": "on"})
    assert errors(refused, field) == [sentence]
    assert OfficeHours.objects.count() == 0


def test_a_day_off_is_saved_and_taken_back_by_the_domain_functions(admin: Client) -> None:
    assert admin.post(f"{DAYS}add/", {"day": "2026-03-16", "name": "Pemilihan", "confirmed": "on"}).status_code == 302
    day_off = DayOff.objects.get()
    assert marks() == [("36.03.30", "2026-03"), ("36.03.31", "2026-03")]
    forget_marks()
    shown = admin.get(f"{DAYS}{day_off.pk}/delete/").content.decode()
    assert "Penghapusan ini menghitung ulang 2 baris laporan." in shown
    assert admin.post(f"{DAYS}{day_off.pk}/delete/", {"post": "yes"}).status_code == 302
    assert DayOff.objects.count() == 0
    assert marks() == [("36.03.30", "2026-03"), ("36.03.31", "2026-03")]
    assert [event.action for event in Event.objects.order_by("pk")] == ["save_day_off", "remove"]


def test_a_kind_becomes_required_from_a_month_on_and_earlier_months_keep_their_rule(admin: Client) -> None:
    asked = {"kind": str(kind("ups").pk), "required": "1", "from_month": "2026-03"}
    preview = admin.post(f"{RULES}add/", asked)
    assert errors(preview, "confirmed") == [
        "Perubahan ini menghitung ulang 2 baris laporan. Centang di sini, lalu simpan lagi."
    ]
    assert admin.post(f"{RULES}add/", {**asked, "confirmed": "on"})["Location"] == RULES
    rule = KindRequirement.objects.get(kind__code="ups")
    assert (rule.from_month, rule.until_month) == (date(2026, 3, 1), None)
    assert marks() == [("36.03.30", "2026-03"), ("36.03.31", "2026-03")]


def test_a_rule_before_a_newer_one_is_refused_with_the_reason(admin: Client) -> None:
    asked = {"kind": str(kind("ups").pk), "required": "1", "confirmed": "on"}
    admin.post(f"{RULES}add/", {**asked, "from_month": "2026-03"})
    refused = admin.post(f"{RULES}add/", {**asked, "from_month": "2026-01"})
    assert errors(refused, "from_month") == ["Aturan yang lebih baru sudah ada. Pilih bulan sesudahnya."]
    assert errors(admin.post(f"{RULES}add/", {**asked, "from_month": "maret"}), "from_month") == [
        "Bulan ini tidak terbaca. Tulis tahun dan bulan, misalnya 2026-11 atau November 2026."
    ]


def test_months_are_written_and_read_as_everywhere_else(admin: Client) -> None:
    asked = {"kind": str(kind("ups").pk), "required": "1", "confirmed": "on"}
    admin.post(f"{RULES}add/", {**asked, "from_month": "Januari 2026"})
    admin.post(f"{RULES}add/", {**asked, "required": "0", "from_month": "2026-03"})
    rule = KindRequirement.objects.get(kind__code="ups")
    assert (rule.from_month, rule.until_month) == (date(2026, 1, 1), date(2026, 3, 1))
    for page in (RULES, f"{RULES}{rule.pk}/change/"):
        shown = admin.get(page).content.decode()
        assert "Januari 2026" in shown
        assert "Februari 2026" in shown


def test_today_is_that_of_jakarta(admin: Client) -> None:
    # By this offset in seconds the calendar of the page says which day "Hari ini" is.
    assert 'data-admin-utc-offset="25200"' in admin.get(f"{DAYS}add/").content.decode()


def test_regions_and_rules_are_looked_at_and_kinds_only_renamed(admin: Client) -> None:
    ups = kind("ups")
    for table in ("kecamatan/province", "kecamatan/kabupaten", "kecamatan/kecamatan", "devices/devicekind"):
        assert admin.get(f"/admin/{table}/").status_code == 200
        if table != "devices/devicekind":
            assert admin.get(f"/admin/{table}/add/").status_code == 403
    assert admin.get("/admin/devices/devicekind/add/").status_code == 403
    assert admin.post(f"/admin/devices/devicekind/{ups.pk}/delete/", {"post": "yes"}).status_code == 403
    admin.post(f"/admin/devices/devicekind/{ups.pk}/change/", {"name": "UPS 1200 VA", "rank": "9", "code": "lain"})
    renamed = DeviceKind.objects.get(pk=ups.pk)
    assert (renamed.name, renamed.code) == ("UPS 1200 VA", "ups")


@pytest.mark.parametrize(
    ("path", "sent", "field"),
    [
        (HOURS, RAMADAN | {"first_day": "1926-02-18"}, "first_day"),
        (DAYS, {"day": "0001-01-01", "name": "Cuti bersama"}, "day"),
        (RULES, {"required": "1", "from_month": "2008-12"}, "from_month"),
    ],
)
def test_a_rule_from_before_the_programme_is_refused(
    admin: Client, path: str, sent: dict[str, str], field: str
) -> None:
    sent = {**sent, "kind": str(kind("ups").pk), "confirmed": "on"}
    assert errors(admin.post(f"{path}add/", sent), field) == [
        "Sebelum tahun 2009 perekaman KTP-el belum ada. Periksa tahunnya."
    ]
    assert marks() == []
