"""The rollup row of one place, from plain facts: month ends, office minutes, targets and losses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from devices.readiness import Fault, Outage, Placed, SetRecord
from kecamatan.targets import rule_in_force, target_by
from lib.months import WIB, WIT, WITA
from lib.office import OfficeCalendar
from lib.spans import Span
from repairs.losses import RERECORDED, Loss
from reports.facts import Facts, Place, Reference, Rule, Semester, TicketFact
from reports.judge import Row, judge
from tests.factories import moment

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
REFERENCE = Reference(OfficeCalendar(), {"server": 1}, (("server", date(2009, 1, 1), None),))
LATER = moment("2026-06-10 03:00")


def place(zone: str = WIB, *, is_dinas: bool = False) -> Place:
    return Place(1, 1, 1, zone, is_dinas)


def ticket(failed: str, restored: str | None = None, **values: object) -> TicketFact:
    span = Span(moment(failed), moment(restored) if restored else None)
    return TicketFact(**{"kind": "server", "span": span, "cause": "lightning", "route": "", "due_at": None, **values})


def a_set(*faults: Fault, since: str = "2026-01-01 00:00") -> SetRecord:
    return SetRecord((Placed(1, "server", Span(moment(since)), faults),))


def row(facts: Facts, month: date = APRIL, now: datetime = LATER) -> Row:
    return judge(facts, REFERENCE, month, now)


@pytest.mark.parametrize(
    ("failed", "april", "may"),
    [
        ("2026-04-30 23:30", {WIB: 0, WITA: 0, WIT: 0}, {WIB: 1, WITA: 1, WIT: 1}),
        ("2026-04-30 16:30", {WIB: 1, WITA: 0, WIT: 0}, {WIB: 0, WITA: 1, WIT: 1}),
        ("2026-04-30 15:30", {WIB: 1, WITA: 1, WIT: 0}, {WIB: 0, WITA: 0, WIT: 1}),
    ],
)
def test_a_fault_belongs_to_the_month_of_its_place(failed, april, may):
    for month, expected in ((APRIL, april), (MAY, may)):
        opened = {
            zone: row(Facts(place(zone), tickets=[ticket(failed)]), month).figures["tickets_opened"]
            for zone in expected
        }
        assert opened == expected


def test_a_past_month_is_judged_just_before_its_end():
    faults = Fault(Span(moment("2026-04-30 16:59"), moment("2026-05-02 03:00")), "stopped")
    lasting = row(Facts(place(), sets=[a_set(faults)]))
    assert (lasting.closed, lasting.as_of) == (True, moment("2026-04-30 17:00"))
    assert lasting.figures["kecamatan_stopped"] == 1
    ended = Fault(Span(moment("2026-04-20 03:00"), moment("2026-04-30 16:59:59.999999")), "stopped")
    assert row(Facts(place(), sets=[a_set(ended)])).figures["kecamatan_serving"] == 1
    begins = Fault(Span(moment("2026-04-30 17:00")), "stopped")
    assert row(Facts(place(), sets=[a_set(begins)])).figures["kecamatan_serving"] == 1


def test_downtime_counts_office_minutes_only():
    # Monday 13 April: down from 10.00 to 14.00 WIB, of which 12.00 to 13.00 is the break.
    fault = Fault(Span(moment("2026-04-13 03:00"), moment("2026-04-13 07:00")), "stopped")
    figures = row(Facts(place(), sets=[a_set(fault)])).figures
    assert figures["down_minutes"] == 180
    assert figures["outage_minutes"] == 0
    assert figures["office_minutes"] == 21 * 450


def test_minutes_count_only_while_a_set_is_on_record():
    since = a_set(since="2026-04-29 17:00")  # From Thursday 30 April on.
    outage = Outage(Span(moment("2026-04-01 00:00"), moment("2026-05-01 00:00")), "stopped")
    figures = row(Facts(place(), sets=[since], outages=[outage])).figures
    assert (figures["office_minutes"], figures["down_minutes"], figures["outage_minutes"]) == (450, 450, 450)


def test_two_sets_are_down_together_before_the_kecamatan_is():
    first = Fault(Span(moment("2026-04-13 00:30"), moment("2026-04-14 00:30")), "stopped")
    second = Fault(Span(moment("2026-04-14 00:30"), moment("2026-04-15 00:30")), "stopped")
    assert row(Facts(place(), sets=[a_set(first), a_set(second)])).figures["down_minutes"] == 0
    assert row(Facts(place(), sets=[a_set(first), a_set(first)])).figures["down_minutes"] == 450


def test_the_current_month_runs_to_the_last_local_midnight():
    now = moment("2026-04-15 03:00")
    today = row(Facts(place(), sets=[a_set()], recorded={date(2026, 4, 15): 7, date(2026, 4, 14): 5}), now=now)
    assert (today.closed, today.as_of, today.valid_until) == (False, now, moment("2026-04-15 17:00"))
    assert today.figures["recorded"] == 12
    assert (today.figures["days_expected"], today.figures["days_reported"]) == (9, 1)
    assert today.figures["office_minutes"] == (9 * 450)


def test_an_open_row_holds_until_the_next_planned_turn():
    now = moment("2026-04-15 03:00")
    outage = Outage(Span(moment("2026-04-15 05:00"), moment("2026-04-15 09:00")), "stopped")
    due = ticket("2026-04-01 03:00", due_at=moment("2026-04-15 04:00"))
    assert row(Facts(place(), outages=[outage]), now=now).valid_until == moment("2026-04-15 05:00")
    assert row(Facts(place(), outages=[outage], tickets=[due]), now=now).valid_until == moment("2026-04-15 04:00")


def test_a_planned_start_keeps_a_row_that_is_blank_otherwise():
    now = moment("2026-04-15 03:00")
    planned = Outage(Span(moment("2026-05-20 03:00"), None), "stopped")
    assert row(Facts(place()), now=now).is_blank
    assert not row(Facts(place(), outages=[planned]), now=now).is_blank
    assert row(Facts(place(), outages=[planned])).is_blank


def test_a_ticket_is_overdue_once_its_due_date_has_passed():
    for due, overdue in ((moment("2026-04-30 17:00"), 0), (moment("2026-04-30 16:00"), 1)):
        figures = row(Facts(place(), tickets=[ticket("2026-04-10 03:00", due_at=due)])).figures
        assert (figures["tickets_open"], figures["tickets_overdue"]) == (1, overdue)


def test_repair_minutes_are_plain_minutes_of_the_faults_restored_in_the_month():
    done = row(Facts(place(), tickets=[ticket("2026-03-31 00:00", "2026-04-02 01:30")]))
    assert (done.figures["tickets_opened"], done.figures["tickets_resolved"]) == (0, 1)
    assert done.figures["repair_minutes"] == 49 * 60 + 30
    assert done.kinds["server"]["repair_minutes"] == 49 * 60 + 30


def test_the_net_takes_off_confirmed_losses_and_adds_re_recordings_in_their_own_months():
    losses = [
        Loss(date(2026, 4, 9), 100, "confirmed"),
        Loss(date(2026, 5, 4), 30, RERECORDED),
        Loss(date(2026, 4, 20), 50, "suspected"),
    ]
    april = row(Facts(place(), recorded={date(2026, 4, 8): 60}, losses=losses)).figures
    may = row(Facts(place(), losses=losses), MAY).figures
    assert [april[name] for name in ("recorded", "lost", "lost_suspected", "rerecorded", "net")] == [
        60,
        100,
        50,
        0,
        -40,
    ]
    assert [may[name] for name in ("recorded", "lost", "lost_suspected", "rerecorded", "net")] == [0, 0, 0, 30, 30]


def test_the_semester_that_holds_is_the_newest_that_has_begun():
    semesters = [
        Semester(date(2025, 7, 1), 900, 600, None),
        Semester(date(2026, 1, 1), 1000, 700, 650),
        Semester(date(2026, 7, 1), 1100, 800, 700),
    ]
    figures = row(Facts(place(), semesters=semesters)).figures
    assert [figures[name] for name in ("population", "eligible", "coverage_recorded", "coverage_eligible")] == [
        1000,
        700,
        650,
        700,
    ]


def rule(month: date, percent: str | None = None, count: int | None = None) -> Rule:
    return Rule(month, Decimal(percent) if percent else None, count)


@pytest.mark.parametrize(
    ("own", "kabupaten", "target"),
    [
        ([], [], 0),
        ([], [rule(APRIL, "15")], 151),  # 15 % of 1,001 is 150.15, rounded up.
        ([], [rule(MAY, "15")], 0),
        ([rule(APRIL, count=40)], [rule(APRIL, "15")], 40),
        ([rule(date(2026, 3, 1), count=40), rule(APRIL)], [rule(APRIL, "15")], 151),
        ([], [rule(date(2026, 3, 1), "15"), rule(APRIL)], 0),
        ([], [rule(APRIL, "12.5")], 126),
        ([rule(APRIL, count=0)], [rule(APRIL, "15")], 0),
    ],
)
def test_the_target_is_that_of_the_nearest_rule_in_force(own, kabupaten, target):
    assert target_by(rule_in_force(own, kabupaten, APRIL), 1001) == target


def test_a_target_is_met_by_the_net_and_only_where_there_is_one():
    semesters = [Semester(date(2026, 1, 1), 1000, 600, None)]
    for recorded, met in ((89, 0), (90, 1)):
        facts = Facts(
            place(), recorded={date(2026, 4, 8): recorded}, semesters=semesters, kabupaten_rules=[rule(APRIL, "15")]
        )
        figures = row(facts).figures
        assert (figures["target"], figures["kecamatan_with_target"], figures["kecamatan_met"]) == (90, 1, met)
    without = row(Facts(place(), recorded={date(2026, 4, 8): 90}, semesters=semesters)).figures
    assert (without["kecamatan_with_target"], without["kecamatan_met"], without["net_with_target"]) == (0, 0, 0)


def test_a_register_counts_as_confirmed_for_twelve_months():
    dinas = Facts(place(is_dinas=True), inventories=[date(2026, 4, 30)])
    assert row(dinas).figures["kabupaten_inventoried"] == 1
    now = moment("2027-04-29 03:00")
    assert row(dinas, date(2027, 4, 1), now).figures["kabupaten_inventoried"] == 1
    assert row(dinas, date(2027, 4, 1), now + timedelta(days=1)).figures["kabupaten_inventoried"] == 0


def test_a_set_that_a_dinas_withdrew_leaves_the_time_that_its_devices_served():
    gone = moment("2026-04-10 17:00")
    served = SetRecord((Placed(1, "server", Span(moment("2026-01-01 00:00"), gone), ()),), (), gone)
    found = row(Facts(place(is_dinas=True), sets=[served]))
    assert (found.is_blank, dict(found.kinds["server"])["service_minutes"]) == (False, 10 * 24 * 60)
    assert row(Facts(place(is_dinas=True), sets=[served]), MAY).is_blank


def test_a_dinas_is_no_kecamatan_and_has_no_office_minutes():
    fault = Fault(Span(moment("2026-04-13 03:00")), "stopped")
    figures = row(Facts(place(is_dinas=True), sets=[a_set(fault)], recorded={date(2026, 4, 8): 9})).figures
    assert {name: value for name, value in figures.items() if value} == {
        "sets_total": 1,
        "sets_down": 1,
        "devices_total": 1,
        "devices_broken": 1,
        "recorded": 9,
        "net": 9,
    }


@pytest.mark.parametrize(("sign", "heard"), [(date(2026, 4, 27), False), (date(2026, 4, 28), True)])
def test_silence_is_judged_by_office_days(sign, heard):
    # Judged as Thursday 30 April ends: since the Monday, Tuesday, Wednesday and Thursday have gone by.
    figures = row(Facts(place(), sets=[a_set()], signs=[sign])).figures
    assert (figures["kecamatan_confirmed"], figures["kecamatan_silent"]) == (int(heard), int(not heard))


@pytest.mark.parametrize(
    ("recorded_total", "band"),
    [(1001, "full"), (1000, "full"), (999, "high"), (800, "high"), (799, "middle"), (600, "middle"), (599, "low")],
)
def test_a_coverage_is_in_the_published_band_that_it_reaches_and_never_rounded_up(recorded_total, band):
    semester = Semester(date(2026, 1, 1), 2000, 1000, recorded_total)
    figures = row(Facts(place(), sets=[a_set()], semesters=[semester])).figures
    assert {name: figures[f"coverage_{name}"] for name in ("full", "high", "middle", "low")} == {
        name: int(name == band) for name in ("full", "high", "middle", "low")
    }


def test_an_unknown_coverage_is_in_no_band():
    figures = row(Facts(place(), semesters=[Semester(date(2026, 1, 1), 2000, 1000, None)])).figures
    assert sum(figures[f"coverage_{name}"] for name in ("full", "high", "middle", "low")) == 0


def test_a_row_says_since_when_a_place_is_down_and_how_many_office_days_its_month_has():
    fault = Fault(Span(moment("2026-04-13 03:00")), "stopped")
    now = row(Facts(place(), sets=[a_set(fault)]), now=moment("2026-04-15 03:00"))
    assert (now.down_since, now.figures["days_expected"], now.figures["days_in_month"]) == (
        moment("2026-04-13 03:00"),
        9,
        21,
    )
    assert row(Facts(place(), sets=[a_set()])).down_since is None
