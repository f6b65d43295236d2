"""Who may do what: every URL x method x actor against ``tests/authorisation``. An undeclared URL fails the build.

Out of scope is 404, a missing permission 403, no sign-in leads to the sign-in page (302; the API answers 403).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from accounts.models import Role, User
from tests.authorisation.cases import ACTORS, Case
from tests.authorisation.table import TABLE
from tests.authorisation.world import filled, make_actors
from tests.factories import make_kabupaten, make_user, sign_in

pytestmark = pytest.mark.django_db

KEPT = {
    **dict.fromkeys(("robots", "manifest", "no-signal", "reports:public-index"), "public"),
    **dict.fromkeys(("reports:public-status", "reports:public-status-json"), "public"),
    **dict.fromkeys(("repairs:photo", "repairs:photo-small", "accounts:logo-image", "documents:download"), "private"),
}
"""What a browser may keep: what everybody reads, and the files that never change."""


@pytest.fixture(scope="module")
def actors(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, User | None]]:
    """Make the world of the table once: it has hundreds of cases, and each is rolled back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_actors()
        transaction.set_rollback(True)


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_every_actor_gets_the_declared_status(case: Case, sessions: dict[str, str]) -> None:
    answers = {name: _answer(case, session) for name, session in sessions.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict(
        zip(ACTORS, case.expected, strict=True)
    )
    # On a shared computer "Back" shows nothing after the sign-out.
    allowed = KEPT.get(case.name, "no-store")
    kept = {name: answer.get("Cache-Control", "") for name, answer in answers.items() if answer.status_code == 200}
    assert {name: header for name, header in kept.items() if allowed not in header and "no-store" not in header} == {}


@pytest.fixture(scope="module")
def sessions(actors: dict[str, User | None]) -> dict[str, str]:
    """Sign everybody in once; nobody's key is empty."""
    return {name: _sign_in(actor) if actor else "" for name, actor in actors.items()}


def _sign_in(actor: User) -> str:
    client = Client()
    sign_in(client, actor)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _answer(case: Case, session: str) -> HttpResponse:
    """Ask as the owner of a session, from which each case starts anew. No request computes a rollup."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    send: Any = getattr(client, case.method)
    address = reverse(case.name, args=[filled(arg) for arg in case.args]) + case.query
    with connection.execute_wrapper(_refuse_rollups):
        response: HttpResponse = send(address)
    return response


def _refuse_rollups(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
    """Fail where a statement writes a row of the rollups, of which a request only reads."""
    assert "reports_regionmonth" not in sql.lower() or sql.lstrip("( ").upper().startswith("SELECT"), sql
    return execute(sql, *more)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_page_answers_another_method(method: str, sessions: dict[str, str]) -> None:
    pages = {(case.name, case.args) for case in TABLE if case.name not in ("admin:index", "missing")}
    answers = {page: _answer(Case(page[0], method, (), page[1]), sessions["admin"]).status_code for page in pages}
    assert answers == dict.fromkeys(pages, 405)


def test_every_url_is_declared_for_reading_and_writing() -> None:
    declared = {(case.name, case.method) for case in TABLE}
    wanted = {(name, method) for name in _url_names() for method in ("get", "post")}
    assert declared == wanted | {("admin:index", "get"), ("admin:index", "post")}


def _url_names(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    """Yield the name of every URL; those of Django's admin site share one guard, asked at its index and tables."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name, so nobody can declare it"
            yield f"{namespace}{pattern.name}"
        elif pattern.namespace != "admin":
            yield from _url_names(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


@pytest.mark.parametrize("role", ["operator", "staff", "technician", "official", "stranger", "unassigned"])
@pytest.mark.parametrize("model", ["kecamatan_province", "kecamatan_officehours", "devices_kindrequirement"])
def test_reference_data_is_closed_to_everybody_but_the_nations_admins(
    role: str, model: str, actors: dict[str, User | None]
) -> None:
    client = Client()
    sign_in(client, actors[role])  # type: ignore[arg-type]
    assert client.get(reverse(f"admin:{model}_changelist")).status_code == 403
    assert client.get(reverse(f"admin:{model}_add")).status_code == 403


def test_an_admin_of_a_kabupaten_does_not_reach_the_reference_data(actors: dict[str, User | None]) -> None:
    client = Client()
    client.force_login(make_user(Role.ADMIN, make_kabupaten("36.03")))
    assert client.get(reverse("admin:index")).status_code == 403
