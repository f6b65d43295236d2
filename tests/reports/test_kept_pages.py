"""What a dashboard keeps between two requests: never another region's figures, another scope's links or older rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from kecamatan.duty import Count, enter_recordings
from kecamatan.models import Kecamatan
from repairs.tickets import void_ticket
from reports import rollups
from tests.factories import make_fault, make_kecamatan, make_set, make_user, moment

pytestmark = pytest.mark.django_db

NOW = moment("2026-03-18 04:00")


@pytest.fixture(autouse=True)
def now() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def places() -> list[Kecamatan]:
    """Three kecamatan of three kabupaten in two provinces, with 3, 5 and 7 recordings."""
    made = [make_kecamatan(code) for code in ("36.03.30", "36.04.01", "75.01.01")]
    for place, recorded in zip(made, (3, 5, 7), strict=True):
        make_set(place)
        enter_recordings([Count(place, date(2026, 3, 16), place, recorded)], by=None)
    rollups.refresh()
    return made


def client_of(role: str, region: Any) -> Client:
    client = Client()
    client.force_login(make_user(role, region))
    return client


def tile(client: Client, url: str, label: str) -> str:
    """Return the number under a label, as it stands on the page."""
    html = client.get(url).content.decode()
    found = re.search(rf'class="fig-l">(?:<a[^>]*>)?{label}<.*?class="fig-n[^"]*">([^<]*)<', html, re.DOTALL)
    return found[1] if found else "-"


def net(client: Client, url: str) -> str:
    return tile(client, url, "Rekam bersih")


def test_every_region_keeps_its_own_totals(places: list[Kecamatan]) -> None:
    official = client_of(Role.OFFICIAL, None)
    urls = ["/reports/36.03/", "/reports/36.04/", "/reports/36/", "/reports/75/", "/reports/ID/"]
    for _ in range(2):
        assert [net(official, url) for url in urls] == ["3", "5", "8", "7", "15"]


def test_a_second_request_reads_no_row_again_and_a_change_is_shown_at_once(places: list[Kecamatan]) -> None:
    official = client_of(Role.OFFICIAL, None)
    assert net(official, "/reports/36.03/") == "3"
    with CaptureQueriesContext(connection) as second:
        assert net(official, "/reports/36.03/") == "3"
    assert not any("UNION" in query["sql"] for query in second.captured_queries)
    enter_recordings([Count(places[0], date(2026, 3, 17), places[0], 4)], by=None)
    assert "1 perubahan belum dihitung" in official.get("/reports/36.03/").content.decode()
    rollups.refresh()
    assert net(official, "/reports/36.03/") == "7"


def test_the_figures_of_a_place_are_read_once_and_a_change_is_shown_at_once(places: list[Kecamatan]) -> None:
    official = client_of(Role.OFFICIAL, None)
    urls = [f"/kecamatan/{place.code}/" for place in places]
    assert [net(official, url) for url in urls] == ["3", "5", "7"]
    with CaptureQueriesContext(connection) as second:
        assert net(official, urls[0]) == "3"
    assert not any(query["sql"].startswith('SELECT "reports_regionmonth"') for query in second.captured_queries)
    enter_recordings([Count(places[0], date(2026, 3, 17), places[0], 4)], by=None)
    assert "1 perubahan belum dihitung" in official.get(urls[0]).content.decode()
    rollups.refresh()
    assert [net(official, url) for url in urls] == ["7", "5", "7"]


def test_links_upwards_stay_with_those_who_may_look(places: list[Kecamatan]) -> None:
    nation, kabupaten = client_of(Role.OFFICIAL, None), client_of(Role.OFFICIAL, places[0].kabupaten)
    linked = [
        [bool(crumb.url) for crumb in client.get("/reports/36.03/").context["crumbs"]]
        for client in (nation, kabupaten, nation)
    ]
    assert linked == [[True, True, False], [False, False, False], [True, True, False]]


def test_what_nobody_has_touched_is_counted_anew_each_time(places: list[Kecamatan]) -> None:
    official = client_of(Role.OFFICIAL, None)

    def untouched() -> str:
        return tile(official, "/reports/36.03/", "Belum dikerjakan")

    assert untouched() == "0"
    ticket = make_fault(places[0].recording_sets.get())
    rollups.refresh()
    assert untouched() == "1"
    void_ticket(ticket, version=ticket.version, by=None, reason="Salah lapor.")
    assert untouched() == "0"
