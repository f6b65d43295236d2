"""A kecamatan that Kemendagri closes: it counts while it was open, and totals equal what is listed below them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kecamatan.duty import Count, PopulationFigures, enter_recordings, set_populations
from kecamatan.models import Kabupaten, Kecamatan
from kecamatan.regions import sync_regions
from kecamatan.targets import set_target
from reports import device_groups, rollups
from reports.map_places import read_spots
from reports.on_day_facts import read_places
from reports.regions import find_region
from reports.selectors import report
from reports.verification import verify
from tests.factories import forget_marks, make_dinas, make_fault, make_kecamatan, make_set, marks, moment
from tests.reports.region_world import MARCH
from tests.reports.rows import snapshot

pytestmark = pytest.mark.django_db

FEBRUARY, APRIL = date(2026, 2, 1), date(2026, 4, 1)
CODES = ("36.03.30", "36.03.31", "36.03.32")
WHOLE = {"36": "Banten", "36.03": "Kabupaten Tangerang", **{code: f"Tempat {code[-2:]}" for code in CODES}}
SPLIT = {code: name for code, name in WHOLE.items() if code != "36.03.32"}
CLOSING = date(2026, 3, 18)


@pytest.fixture
def tangerang(now: Any) -> Kabupaten:
    """Three kecamatan that record 10 people on 2 March and 5 on 17 March; a target of each; a fault in the last."""
    make_dinas("36.03")
    places = [make_kecamatan(code) for code in CODES]
    for place in places:
        make_set(place)
    make_fault(places[2].recording_sets.get(), "camera", failed_at=moment("2026-03-16 04:00"))
    set_populations([PopulationFigures(place, "2025-2", 2000, 1000, 900) for place in places], by=None)
    set_target(places[0].kabupaten, starts_on=FEBRUARY, count=40, by=None)
    days = (date(2026, 3, 2), 10), (date(2026, 3, 17), 5)
    enter_recordings([Count(place, day, place, recorded) for place in places for day, recorded in days], by=None)
    rollups.refresh()
    forget_marks()
    return places[0].kabupaten


def figures(month: date) -> dict[str, Any]:
    """Return the report of the kabupaten once all is computed and found true: its totals are those of its children."""
    rollups.refresh()
    found = verify()
    assert (found.differences, found.waiting) == ([], 0)
    whole = report(find_region("36.03"), month)
    for total, name in ((whole["kecamatan"], "total"), (whole["recording"], "net"), (whole["recording"], "target")):
        assert total[name] == sum(child[name] for child in whole["children"])
    assert whole["kecamatan"] == report(find_region("36"), month)["kecamatan"]
    return whole


def told(whole: dict[str, Any]) -> dict[str, Any]:
    return {
        "kecamatan": whole["kecamatan"]["total"],
        "sets": whole["sets"]["total"],
        "devices": whole["devices"]["total"],
        "open": whole["tickets"]["open"],
        "opened": whole["tickets"]["opened"],
        "eligible": whole["recording"]["eligible"],
        "target": whole["recording"]["target"],
        "net": whole["recording"]["net"],
        "reported": whole["completeness"]["days_reported"],
        "children": [(child["code"][-2:], child["service"], child["net"]) for child in whole["children"]],
    }


def test_a_closed_kecamatan_counts_as_long_as_it_was_open(tangerang: Kabupaten, now: Any) -> None:
    february = told(figures(FEBRUARY))
    sync_regions(SPLIT, {}, today=CLOSING)
    assert marks() == [("36.03.32", "2026-03")]
    running = {
        "kecamatan": 2,
        "sets": 2,
        "devices": 10,
        "open": 0,
        "opened": 1,
        "eligible": 2000,
        "target": 80,
        "net": 45,
        "reported": 6,
        "children": [("30", "serving", 15), ("31", "serving", 15), ("32", "gone", 15)],
    }
    assert told(figures(MARCH)) == running
    now.move_to(moment("2026-04-09 04:00"))
    closed = {**running, "children": [(code, "gone" if code == "32" else "serving", 15) for code in ("30", "31", "32")]}
    assert told(figures(MARCH)) == closed
    # The office days of the kecamatan that is gone end with it: 2 to 17 March.
    days = len(rollups.load_reference().calendar.days(MARCH))
    assert figures(MARCH)["completeness"]["days_expected"] == 2 * days + 12
    april = told(figures(APRIL))
    assert (april["kecamatan"], april["sets"], april["eligible"], april["target"]) == (2, 2, 2000, 80)
    assert [code for code, _, _ in april["children"]] == ["30", "31"]
    assert told(figures(FEBRUARY)) == february
    assert (february["kecamatan"], february["sets"], len(february["children"])) == (3, 3, 3)
    rows = snapshot()
    rollups.forget()
    rollups.refresh()
    assert snapshot() == rows


def test_the_days_the_maps_and_the_models_agree_with_the_totals(tangerang: Kabupaten, now: Any) -> None:
    sync_regions(SPLIT, {}, today=CLOSING)
    region = find_region("36.03")
    assert figures(MARCH)["kecamatan"]["total"] == len(read_places(region, CLOSING)) == 2
    assert len(read_places(region, date(2026, 3, 17))) == 3
    assert read_places(find_region("36.03.32"), CLOSING) == []
    assert report(find_region("36.03.32"), MARCH)["kecamatan"]["total"] == 0
    keys = [(region.level, region.pk)]
    assert (len(read_spots(keys, FEBRUARY)), len(read_spots(keys, MARCH))) == (3, 2)
    # By model and by source as by kind: nothing is left to build once it was built.
    assert (device_groups.refresh(), device_groups.refresh(recent=False)) == (3, 0)


def test_a_closing_of_the_past_and_a_reopening_mark_the_months_since(tangerang: Kabupaten, now: Any) -> None:
    sync_regions(SPLIT, {}, today=date(2026, 2, 10))
    assert marks() == [("36.03.32", "2026-02"), ("36.03.32", "2026-03")]
    assert (figures(FEBRUARY)["kecamatan"]["total"], figures(MARCH)["recording"]["net"]) == (2, 30)
    sync_regions(WHOLE, {}, today=CLOSING)
    assert marks() == [("36.03.32", "2026-02"), ("36.03.32", "2026-03")]
    assert (figures(FEBRUARY)["kecamatan"]["total"], figures(MARCH)["recording"]["net"]) == (3, 45)
    assert Kecamatan.objects.get(code="36.03.32").closed_on is None
