"""What an open page is answered: nothing while its stamp holds, the page once anything is newer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from repairs.declarations import declare_complete
from repairs.workflow import transition
from reports import rollups
from tests.factories import make_fault, make_kecamatan, make_set, make_user, moment

pytestmark = pytest.mark.django_db

PATHS = ("/reports/ID/", "/reports/36/", "/reports/36.03/", "/kecamatan/36.03.30/")


@pytest.fixture(autouse=True)
def now() -> Iterator[Any]:
    with time_machine.travel(moment("2026-03-18 04:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def admin() -> Client:
    make_set(make_kecamatan("36.03.30"))
    make_set(make_kecamatan("36.03.31"))
    rollups.refresh()
    client = Client()
    client.force_login(make_user(Role.ADMIN, None))
    return client


def asked(client: Client, path: str, page: HttpResponse) -> Any:
    """Ask again as the page itself does."""
    query = page.context["live"].query  # type: ignore[attr-defined]
    return client.get(f"{path.split('?')[0]}?{query}", headers={"HX-Request": "true"})


@pytest.mark.parametrize("path", PATHS)
def test_nothing_new_has_no_body_and_costs_five_questions(admin: Client, path: str) -> None:
    page = admin.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = asked(admin, path, page)
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (204, b"", "no-store")
    assert len(captured) <= 5


@pytest.mark.parametrize("path", PATHS)
def test_a_change_is_told_when_it_waits_and_when_it_is_computed(admin: Client, path: str) -> None:
    page = admin.get(path)
    make_fault(make_kecamatan("36.03.30").recording_sets.get())
    waiting = asked(admin, path, page)
    assert "1 perubahan belum dihitung" in waiting.content.decode()
    assert asked(admin, path, waiting).status_code == 204
    rollups.refresh()
    computed = asked(admin, path, waiting)
    assert "belum dihitung" not in computed.content.decode()
    assert computed.context["live"].said == "Diperbarui pukul 11.00 WIB"
    assert asked(admin, path, computed).status_code == 204


def test_a_place_also_follows_what_enters_no_figure(admin: Client) -> None:
    ticket = make_fault(make_kecamatan("36.03.30").recording_sets.get())
    rollups.refresh()
    page = admin.get("/kecamatan/36.03.30/")
    transition(ticket, "triaged", version=ticket.version, by=None)
    assert [one.word for one in asked(admin, "/kecamatan/36.03.30/", page).context["tickets"]] == ["Diverifikasi"]


@pytest.mark.parametrize("path", ["/reports/ID/", "/reports/36/", "/reports/36.03/"])
def test_a_dashboard_also_follows_repairs_that_are_taken_up(admin: Client, path: str) -> None:
    ticket = make_fault(make_kecamatan("36.03.30").recording_sets.get())
    rollups.refresh()
    page = admin.get(path)
    for status in ("triaged", "in_progress"):
        transition(ticket, status, version=ticket.version, by=None)
        ticket.refresh_from_db()
    rollups.refresh()
    again = asked(admin, path, page)
    assert again.status_code == 200
    assert asked(admin, path, again).status_code == 204


@pytest.mark.parametrize("path", ["/reports/ID/", "/reports/36/", "/reports/36.03/"])
def test_a_dashboard_also_follows_declarations(admin: Client, path: str) -> None:
    make_fault(make_kecamatan("36.03.30").recording_sets.get(), failed_at=moment("2026-02-10 02:00"))
    waiting = admin.get(f"{path}?bulan=2026-02")
    assert asked(admin, path, waiting).status_code == 204
    declare_complete(make_kecamatan("36.03.30").kabupaten, month=date(2026, 2, 1), by=None)
    again = asked(admin, path, waiting)
    assert again.status_code == 200
    assert any(words in again.content.decode() for words in ("Dinyatakan lengkap oleh", "1 dari 1 kabupaten/kota"))


def test_another_place_leaves_a_page_alone(admin: Client) -> None:
    page = admin.get("/kecamatan/36.03.31/")
    make_fault(make_kecamatan("36.03.30").recording_sets.get())
    rollups.refresh()
    assert asked(admin, "/kecamatan/36.03.31/", page).status_code == 204


def test_a_place_of_which_nothing_is_stored_follows_too(admin: Client) -> None:
    place = make_kecamatan("36.03.32")
    page = admin.get("/kecamatan/36.03.32/")
    assert asked(admin, "/kecamatan/36.03.32/", page).status_code == 204
    make_set(place)
    assert asked(admin, "/kecamatan/36.03.32/", page).status_code == 200


def test_a_page_keeps_its_month_and_its_order(admin: Client) -> None:
    page = admin.get("/reports/36.03/?urut=-nama")
    make_fault(make_kecamatan("36.03.30").recording_sets.get())
    again = asked(admin, "/reports/36.03/", page)
    assert [row.name for row in again.context["children"]] == ["36.03.31", "36.03.30"]
    assert again.context["month"].value == "2026-03"


def test_a_closed_month_is_followed_only_while_a_change_waits(admin: Client) -> None:
    assert admin.get("/reports/36.03/?bulan=2026-02").context["live"].query == ""
    ticket = make_fault(make_kecamatan("36.03.30").recording_sets.get(), failed_at=moment("2026-02-10 02:00"))
    assert ticket.failed_at == moment("2026-02-10 02:00")
    waiting = admin.get("/reports/36.03/?bulan=2026-02")
    assert asked(admin, "/reports/36.03/", waiting).status_code == 204
    rollups.refresh()
    assert asked(admin, "/reports/36.03/", waiting).context["live"].query == ""


def test_a_stamp_without_htmx_gets_the_whole_page(admin: Client) -> None:
    query = admin.get("/reports/36.03/").context["live"].query
    page = admin.get(f"/reports/36.03/?{query}")
    assert (page.status_code, page["Vary"].split(", ")[0]) == (200, "HX-Request")


def test_a_stamp_opens_no_foreign_region(admin: Client) -> None:
    query = admin.get("/reports/36.03/").context["live"].query
    stranger = Client()
    stranger.force_login(make_user(Role.STAFF, make_kecamatan("53.01.01").kabupaten))
    assert stranger.get(f"/reports/36.03/?{query}", headers={"HX-Request": "true"}).status_code == 404


def test_somebody_who_signed_out_is_led_away(admin: Client) -> None:
    answer = Client().get("/reports/36.03/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"], answer.content) == (204, "true", b"")
