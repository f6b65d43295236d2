"""What the pages of regions cost: at most eight queries, however many rows."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from kecamatan.duty import (
    PopulationFigures,
    set_populations,
)
from kecamatan.models import Kabupaten, Kecamatan
from repairs.outages import report_outage
from reports import rollups
from tests.factories import (
    make_fault,
    make_kecamatan,
    make_set,
)
from tests.reports.region_world import NOW, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def queries_of(client: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def test_a_kabupaten_and_its_province_list_the_few_oldest_outages_that_run(staff: Client, kabupaten: Kabupaten) -> None:
    assert staff.get("/reports/36.03/").context["ongoing"] == ([], False)
    places = list(Kecamatan.objects.order_by("code"))
    for hours in range(7):
        report_outage(
            client_key=uuid4(),
            places=places if hours == 6 else places[1:2],
            started_at=NOW - timedelta(hours=hours + 1),
            effect="stopped",
            cause="power_outage",
            by=None,
        )
    days = {"started_at": NOW - timedelta(days=2), "ended_at": NOW - timedelta(days=1)}
    report_outage(client_key=uuid4(), places=places, effect="stopped", by=None, **days)
    page = staff.get("/reports/36.03/")
    shown = [(row.title, row.where, row.since) for row in page.context["ongoing"].rows]
    assert shown[:2] == [
        ("Listrik padam, diduga", "3 kecamatan dan dinas", "pukul 04.00 WIB"),
        ("Listrik padam, diduga", "Kecamatan Baik", "pukul 05.00 WIB"),
    ]
    assert (len(shown), page.context["ongoing"].more) == (5, True)
    assert 'href="/outages/?keadaan=berjalan"' in page.content.decode()
    assert staff.get("/reports/36.03/?bulan=2026-02").context["ongoing"] is None
    province = signed_in(Role.OFFICIAL, kabupaten.province).get("/reports/36/")
    assert province.context["ongoing"] == page.context["ongoing"]


def on_record(code: str) -> Kecamatan:
    """Return a kecamatan of which something is known, so that it has a rollup row."""
    place = make_kecamatan(code)
    set_populations([PopulationFigures(place, "2025-2", 2000, 1000)], by=None)
    return place


@pytest.mark.parametrize(
    "path",
    [
        "/reports/36.03/",
        "/reports/36/",
        "/reports/ID/",
        "/reports/53/",
        "/reports/ID/?bulan=2025-01",
        "/kecamatan/36.03.30/",
    ],
)
def test_a_page_asks_at_most_eight_questions_and_writes_nothing(path: str) -> None:
    make_fault(make_set(on_record("36.03.30")))
    make_kecamatan("36.03.31")
    make_kecamatan("53.01.01")
    rollups.refresh()
    asked = queries_of(signed_in(Role.ADMIN, None), path)
    assert len(asked) <= 8
    assert [sql for sql in asked if not sql.lstrip("(").startswith("SELECT")] == []


# Real codes have two digits; letters make room for 200 children of one parent.
TWO_HUNDRED = [f"{tens}{ones}" for tens in "0123456789ABCDEFGHIJ" for ones in "0123456789"]


LISTS = ("", "?per=2026-03-10", "kecamatan/", "map/", "reliability/")


@pytest.mark.parametrize(
    ("region", "child", "pages"),
    [
        ("ID", "{}.01.01", LISTS),
        ("36", "36.{}.01", (*LISTS, "priorities/")),
        ("36.03", "36.03.{}", (*LISTS, "priorities/")),
    ],
)
def test_the_number_of_queries_does_not_grow_from_1_to_200_children(
    region: str, child: str, pages: tuple[str, ...]
) -> None:
    first, *others = TWO_HUNDRED
    client = signed_in(Role.ADMIN, None)
    paths = [*(f"/reports/{region}/{page}" for page in pages), f"/api/v1/reports/{region}/"]

    def asked(*codes: str) -> dict[str, int]:
        for code in codes:
            on_record(child.format(code))
        rollups.refresh()
        return {path: len(queries_of(client, path)) for path in paths}

    few = asked(first)
    assert asked(*others) == few
    assert [path for path, number in few.items() if number > 8] == []
    table = client.get(paths[0]).content.decode().partition('id="l-tabel"')[2].partition("</table>")[0]
    assert table.count('<th scope="row">') == 200


def test_the_number_of_queries_does_not_grow_with_sets_and_tickets() -> None:
    place = make_kecamatan("36.03.30")
    make_fault(make_set(place, "1", kinds=["server"]))
    client = signed_in(Role.OPERATOR, place)
    few = len(queries_of(client, "/kecamatan/36.03.30/"))
    for number in range(2, 12):
        make_fault(make_set(place, str(number), kinds=["server", "camera"]), "camera")
    assert len(queries_of(client, "/kecamatan/36.03.30/")) == few
