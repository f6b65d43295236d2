"""Draining the marks, summing up, time passing, rebuilding and verifying, on both databases."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
import time_machine

from devices.register import confirm_inventory
from kecamatan.duty import Count, PopulationFigures, enter_recordings, set_populations
from kecamatan.models import ChangedMonth
from kecamatan.targets import set_target
from repairs.models import Ticket
from repairs.workflow import transition
from reports import rollups
from reports.models import Level, RegionMonth
from reports.regions import find_region
from reports.selectors import report
from reports.tasks import verify_rollups
from reports.verification import verify
from tests.factories import make_dinas, make_fault, make_kecamatan, make_set, moment
from tests.reports.rows import snapshot

pytestmark = pytest.mark.django_db

NOW = moment("2026-03-18 04:00")
MARCH = date(2026, 3, 1)


@pytest.fixture
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def figures(code: str, month: date = MARCH) -> dict:
    rollups.refresh()
    return report(find_region(code), month)


def assert_true() -> None:
    """Every row equals what the facts say, and none waits."""
    result = verify()
    assert (result.differences, result.waiting) == ([], 0)


def test_a_broken_server_stops_the_kecamatan_on_all_four_levels(now):
    for code in ("36.03.30", "36.03.31"):
        make_set(make_kecamatan(code))
    make_kecamatan("36.03.32")
    before = {code: figures(code)["kecamatan"]["serving"] for code in ("36.03.30", "36.03", "36", "ID")}
    now.move_to(moment("2026-03-18 05:00"))
    make_fault(make_kecamatan("36.03.30").recording_sets.get(), failed_at=moment("2026-03-18 04:30"))
    after = {code: figures(code)["kecamatan"]["serving"] for code in ("36.03.30", "36.03", "36", "ID")}
    assert before == {"36.03.30": 1, "36.03": 2, "36": 2, "ID": 2}
    assert after == {"36.03.30": 0, "36.03": 1, "36": 1, "ID": 1}
    assert figures("ID")["kecamatan"] == {
        "total": 3,
        "serving": 1,
        "limited": 0,
        "hosted": 0,
        "mobile": 0,
        "stopped": 1,
        "no_report": 1,
        "confirmed": 1,
        "silent": 1,
    }
    assert_true()


def test_a_month_ends_and_the_next_opens_without_any_write(now):
    place = make_kecamatan("36.03.30")
    make_set(place)
    assert figures("36.03.30")["as_of"] == "2026-03-18T11:00:00+07:00"
    now.move_to(moment("2026-04-19 04:00"))
    closed = figures("36.03.30")
    assert closed["as_of"] == "2026-04-01T00:00:00+07:00"
    assert closed["completeness"]["days_expected"] == len(rollups.load_reference().calendar.days(MARCH))
    assert figures("36.03.30", date(2026, 4, 1))["kecamatan"]["silent"] == 1
    assert_true()


def test_target_and_net_are_those_of_the_month(now):
    place = make_kecamatan("36.03.30")
    set_populations([PopulationFigures(place, "2025-2", 1000, 700, 650)], by=None)
    set_target(place.kabupaten, starts_on=MARCH, percent=15, by=None)
    enter_recordings([Count(place, date(2026, 3, day), place, 30) for day in (2, 3, 4)], by=None)
    recording = figures("36.03")["recording"]
    assert (recording["eligible"], recording["target"], recording["net"]) == (700, 105, 90)
    assert (recording["recorded_pct"], recording["achievement_pct"]) == (12.86, 85.71)
    assert figures("36.03")["coverage"] == {
        "population": 1000,
        "eligible": 700,
        "recorded_total": 650,
        "eligible_with_recorded": 700,
        "pct": 92.86,
        "bands": {"full": 0, "high": 1, "middle": 0, "low": 0},
    }
    assert_true()


def test_the_dinas_adds_sets_and_tickets_but_is_no_kecamatan(now):
    make_kecamatan("36.03.30")
    make_set(make_dinas("36.03"))
    confirm_inventory(make_dinas("36.03").kabupaten, day=date(2026, 3, 2), by=None)
    make_fault(make_dinas("36.03").recording_sets.get(), "camera", failed_at=moment("2026-03-17 04:00"))
    whole = figures("36.03")
    assert whole["sets"] == {"total": 1, "operational": 0, "limited": 0, "down": 1}
    assert whole["kecamatan"]["total"] == 1
    assert whole["tickets"]["open"] == 1
    assert whole["downtime"]["office_minutes"] == 0
    assert whole["completeness"]["kabupaten_inventoried"] == 1
    assert_true()


def test_rebuilding_gives_the_same_rows(now):
    make_set(make_kecamatan("36.03.30"))
    ticket = make_fault(make_kecamatan("36.03.30").recording_sets.get(), failed_at=moment("2026-02-10 04:00"))
    for status in (Ticket.Status.TRIAGED, Ticket.Status.IN_PROGRESS, Ticket.Status.RESOLVED):
        transition(ticket, status, version=ticket.version, by=None)
    rollups.refresh()
    stored = snapshot()
    assert rollups.forget() > 0
    assert RegionMonth.objects.count() == 0
    rollups.refresh()
    assert snapshot() == stored
    assert_true()


def test_a_mark_made_while_the_drain_computes_survives(now, monkeypatch):
    place = make_kecamatan("36.03.30")
    make_set(place)
    honest = rollups._compute
    calls = []

    def compute_and_be_overtaken(*arguments):
        rows = honest(*arguments)
        if not calls:
            calls.append(1)
            make_fault(place.recording_sets.get(), client_key=uuid4())
        return rows

    monkeypatch.setattr(rollups, "_compute", compute_and_be_overtaken)
    rollups.refresh()
    assert ChangedMonth.objects.count() == 0
    assert figures("36.03.30")["kecamatan"]["stopped"] == 1
    assert_true()


def test_a_region_without_any_fact_has_counts_of_zero(now):
    make_kecamatan("36.03.30")
    assert figures("36.03")["kecamatan"]["total"] == 0
    assert RegionMonth.objects.filter(level=Level.NATION).count() == 0


def test_a_mark_that_cannot_be_computed_blocks_no_other(now, monkeypatch, caplog):
    for code in ("36.03.30", "36.03.31"):
        make_set(make_kecamatan(code))
    bad = make_kecamatan("36.03.31").pk
    honest = rollups.judge

    def judge(facts, reference, month, at):
        if facts.place.pk == bad:
            raise OverflowError("date value out of range")
        return honest(facts, reference, month, at)

    monkeypatch.setattr(rollups, "judge", judge)
    assert figures("36.03")["kecamatan"]["serving"] == 1
    assert (ChangedMonth.objects.filter(failed_at=NOW).count(), verify().failed) == (3, 3)  # January to March
    assert "cannot be computed" in caplog.text
    assert rollups.refresh() == 0
    monkeypatch.undo()
    verify_rollups()
    assert figures("36.03")["kecamatan"]["serving"] == 2
    assert_true()
