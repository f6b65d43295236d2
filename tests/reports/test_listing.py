"""The kecamatan behind the numbers of a dashboard: the same as were counted, ranked both ways, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from kecamatan.changes import mark_waiting
from kecamatan.duty import Count, PopulationFigures, enter_recordings, set_populations
from kecamatan.models import Kabupaten, Kecamatan
from kecamatan.targets import set_target
from reports import rollups
from tests.factories import make_fault, make_kecamatan, make_set, make_user, moment

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(moment("2026-03-18 04:00"), tick=False):
        yield


@pytest.fixture
def client() -> Client:
    """Four kecamatan: one records well, one is down since 3 March, one since 9 March and silent, one has no set."""
    good, down, silent = (make_kecamatan(f"36.03.3{number}", f"Kecamatan {number}") for number in range(3))
    make_kecamatan("36.03.33", "Kecamatan 3")
    make_set(good)
    make_fault(make_set(down), failed_at=moment("2026-03-03 02:00"))
    make_fault(make_set(silent), failed_at=moment("2026-03-09 02:00"), reported_at=moment("2026-03-09 02:00"))
    shares = {good: 1000, down: 850, silent: 599}
    set_populations([PopulationFigures(place, "2025-2", 2000, 1000, known) for place, known in shares.items()], by=None)
    set_target(good.kabupaten, starts_on=MARCH, percent=Decimal("10"), by=None)
    enter_recordings(
        [Count(good, date(2026, 3, 17), good, 110), Count(down, date(2026, 3, 17), down, 50)],
        by=None,
    )
    rollups.refresh()
    made = Client()
    made.force_login(make_user(Role.STAFF, Kabupaten.objects.get()))
    return made


def names(client: Client, query: str) -> list[str]:
    page = client.get(f"/reports/36.03/kecamatan/?{query}")
    assert page.status_code == 200
    return [row.name[-1] for row in page.context["rows"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "0123"),
        ("keadaan=able", "0"),
        ("keadaan=stopped", "12"),
        ("keadaan=down", "12"),
        ("keadaan=down&urut=lama", "12"),
        ("keadaan=no_report", "3"),
        ("keadaan=off_record", "3"),
        ("keadaan=met", "0"),
        ("keadaan=missed", "12"),
        ("keadaan=coverage_full", "0"),
        ("keadaan=coverage_high", "1"),
        ("keadaan=coverage_middle", ""),
        ("keadaan=coverage_low", "2"),
        ("keadaan=coverage_unknown", "3"),
        ("urut=capaian", "10"),
        ("urut=-capaian", "01"),
        ("keadaan=entah&urut=entah", "0123"),
        ("sesudah=36.03.31", "23"),
        ("bulan=2025-06&keadaan=able", ""),
    ],
)
def test_a_number_leads_to_the_kecamatan_that_it_counted(client: Client, query: str, expected: str) -> None:
    assert names(client, query) == list(expected)


def test_the_dashboard_names_who_is_silent_and_links_each_number_to_its_list(client: Client) -> None:
    head = client.get("/reports/36.03/").context["headline"]
    for count in (*head.services, *head.signs):
        listed = client.get(count.url).context["rows"]
        assert (count.label, count.number) == (count.label, str(len(listed)))
    silent = [row.name for row in client.get("/reports/36.03/kecamatan/?keadaan=silent").context["rows"]]
    assert [one.name for one in head.silent] == silent == ["Kecamatan 2"]
    assert head.silent[0].url == "/kecamatan/36.03.32/?bulan=2026-03"


def test_a_row_says_since_when_and_what_is_not_known(client: Client) -> None:
    rows = client.get("/reports/36.03/kecamatan/").context["rows"]
    assert [(row.service_label, row.since, row.net, row.achievement, row.coverage) for row in rows] == [
        ("Melayani", "", "110", "110,0%", "100,00%"),
        ("Berhenti", "3 Maret 2026 (15 hari)", "50", "50,0%", "85,00%"),
        ("Berhenti", "9 Maret 2026 (9 hari)", "belum lapor", "tidak disebut", "59,90%"),
        ("Belum lapor", "", "belum lapor", "tidak disebut", "tidak disebut"),
    ]


def test_a_long_list_goes_on_page_by_page_with_a_constant_number_of_queries(client: Client) -> None:
    for number in range(60):
        make_kecamatan(f"36.03.{'ABCDEF'[number // 10]}{number % 10}")
    page: Any = client.get("/reports/36.03/kecamatan/")
    assert len(page.context["rows"]) == 50
    with CaptureQueriesContext(connection) as captured:
        second: Any = client.get(page.context["next_url"])
    assert (len(second.context["rows"]), second.context["next_url"]) == (14, "")
    assert len(captured) <= 8


def test_the_list_of_a_province_and_of_the_nation_hold_the_same(client: Client) -> None:
    client.force_login(make_user(Role.OFFICIAL, None))
    for code in ("36", "ID"):
        for query in ("keadaan=down&urut=lama", "keadaan=stopped"):
            rows = client.get(f"/reports/{code}/kecamatan/?{query}").context["rows"]
            assert [(row.name, row.where) for row in rows] == [
                ("Kecamatan 1", "Kabupaten 36.03"),
                ("Kecamatan 2", "Kabupaten 36.03"),
            ]


def test_a_month_without_any_data_leads_to_the_last_one_on_the_page_of_a_kecamatan(client: Client) -> None:
    page = client.get("/kecamatan/36.03.30/?bulan=2024-05").content.decode()
    assert 'href="?bulan=2026-03">Buka Maret 2026, bulan terakhir yang ada laporannya</a>' in page


def test_who_works_by_the_records_and_was_not_heard_from_is_listed_as_silent(client: Client) -> None:
    with time_machine.travel(moment("2026-03-31 04:00"), tick=False):
        client.force_login(User.objects.get())
        mark_waiting([(pk, MARCH) for pk in Kecamatan.objects.values_list("pk", flat=True)])
        rollups.refresh()
        rows = client.get("/reports/36.03/kecamatan/?keadaan=able").context["rows"]
        assert [(row.name, row.service, row.service_label) for row in rows] == [
            ("Kecamatan 0", "silent", "Tanpa kabar")
        ]
