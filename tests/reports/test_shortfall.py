"""Why a target was missed: hand-computed cases in words, and sums that hold whatever happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.readiness import ArrangementSpan, Fault, Outage, Placed, SetRecord
from lib.months import WIB
from lib.office import OfficeCalendar
from lib.spans import Span
from repairs.losses import RERECORDED, Loss
from reports.facts import Facts, Place, Reference, Rule, Semester
from reports.judge import judge
from reports.shortfall import PARTS, STOPPING, Hindered, Shares, apportion, split
from tests.factories import moment

APRIL = date(2026, 4, 1)
CALENDAR = OfficeCalendar()
REFERENCE = Reference(CALENDAR, {"server": 1}, (("server", date(2009, 1, 1), None),))
LATER = moment("2026-06-10 03:00")
DAYS = CALENDAR.days(APRIL)
# 21 office days of 450 minutes: with a target of 945 people, 45 a day and one for each ten minutes.
MONTH = Shares(21 * 450, 21, 0)
NOTHING = Hindered({}, 0, 0)


def told(parts: Mapping[str, int]) -> dict[str, int]:
    """Leave out the parts of nobody."""
    return {part: people for part, people in parts.items() if people}


# --- The split ---


def test_april_2026_has_21_office_days_of_450_minutes():
    assert (len(DAYS), CALENDAR.minutes(APRIL)) == (MONTH.days, MONTH.minutes)


def test_what_nothing_explains_is_the_rest():
    assert told(split(945, 900, MONTH, NOTHING)) == {"other": 45}


@pytest.mark.parametrize("net", [945, 946, 2_000])
def test_a_met_or_exceeded_target_has_no_shortfall(net):
    assert told(split(945, net, MONTH, Hindered({"network": 900}, 10, 3))) == {}


def test_minutes_days_and_lost_records_take_their_part_and_the_rest_remains():
    hindered = Hindered({"network": 450, "devices": 900}, 30, 2)
    assert told(split(945, 600, MONTH, hindered)) == {
        "network": 45,
        "devices": 90,
        "lost": 30,
        "unreported": 90,
        "other": 90,
    }


def test_parts_that_exceed_the_shortfall_shrink_in_proportion():
    # 90 people of the network, 45 of power and 45 of a day without a count, for a shortfall of 100.
    hindered = Hindered({"network": 900, "power": 450}, 0, 1)
    assert told(split(945, 845, MONTH, hindered)) == {"network": 50, "power": 25, "unreported": 25}
    # Of 101 the network's 50.5 has the larger remainder.
    assert told(split(945, 844, MONTH, hindered)) == {"network": 51, "power": 25, "unreported": 25}


def test_of_equal_remainders_the_first_part_gets_the_person():
    assert told(split(945, 944, MONTH, Hindered({"network": 450, "power": 450}, 0, 0))) == {"network": 1}


def test_what_was_lost_and_recorded_again_does_not_hinder():
    assert told(split(945, 900, MONTH, Hindered({}, -20, 0))) == {"other": 45}


def test_a_negative_net_is_a_shortfall_above_the_target():
    assert told(split(945, -55, MONTH, Hindered({}, 1_000, 0))) == {"lost": 1_000}


def test_days_ahead_come_off_first():
    # Ten of 21 days are over: 495 people still belong to the days ahead, and 450 should be there.
    running = Shares(21 * 450, 21, 11)
    assert told(split(945, 400, running, Hindered({"power": 90}, 0, 0))) == {"ahead": 495, "power": 9, "other": 41}
    assert told(split(945, 500, running, Hindered({"power": 90}, 0, 0))) == {"ahead": 445}


def test_a_month_without_office_days_explains_nothing_but_losses():
    assert told(split(10, 0, Shares(0, 0, 0), Hindered({}, 4, 0))) == {"lost": 4, "other": 6}


numbers = st.integers(0, 50_000)


@given(
    target=st.integers(1, 100_000),
    net=st.integers(-20_000, 120_000),
    days=st.integers(0, 23),
    ahead=st.integers(0, 23),
    minutes=st.dictionaries(st.sampled_from(STOPPING), st.integers(0, 10_350)),
    lost=st.integers(-5_000, 5_000),
    unreported=st.integers(0, 23) | st.fractions(0, 23, max_denominator=450),
)
def test_the_parts_always_sum_to_the_shortfall(target, net, days, ahead, minutes, lost, unreported):
    shares = Shares(days * 450, days, min(ahead, days))
    parts = split(target, net, shares, Hindered(minutes, lost, unreported))
    assert sorted(parts) == sorted(PARTS)
    assert sum(parts.values()) == max(0, target - net)
    assert min(parts.values()) >= 0


@given(total=numbers, weights=st.dictionaries(st.text(max_size=2), numbers | st.fractions(0, 100), min_size=1))
def test_nobody_is_a_whole_person_away_from_the_exact_share(total, weights):
    parts, whole = apportion(total, weights), sum(weights.values())
    assert sum(parts.values()) == (total if whole else 0)
    assert all(abs(parts[name] - Fraction(total * weight) / whole) < 1 for name, weight in weights.items() if whole)


# --- In the row of a kecamatan ---


def a_set(*faults: Fault, since: str = "2026-01-01 00:00") -> SetRecord:
    return SetRecord((Placed(1, "server", Span(moment(since)), faults),))


def span(start: str, end: str) -> Span:
    return Span(moment(start), moment(end))


def outage(start: str, end: str, cause: str, effect: str = "stopped") -> Outage:
    return Outage(span(start, end), effect, cause)


def month_of(*, now: datetime = LATER, recorded: int = 0, without: tuple[date, ...] = (), **facts: Any) -> Any:
    """Judge April 2026 with a target of 945 people; ``recorded`` of them on each office day but those ``without``."""
    counts = {day: recorded for day in DAYS if day not in without}
    values = {
        "sets": [a_set()],
        "recorded": counts,
        "semesters": [Semester(date(2026, 1, 1), 10_000, 6_300, None)],
        "kabupaten_rules": [Rule(APRIL, Decimal("15"), None)],
        **facts,
    }
    return judge(Facts(Place(1, 1, 1, WIB, False), **values), REFERENCE, APRIL, now).figures


def parts_of(figures: Mapping[str, int]) -> dict[str, int]:
    assert sum(figures[f"shortfall_{part}"] for part in PARTS) == figures["shortfall"]
    return {part: figures[f"shortfall_{part}"] for part in PARTS if figures[f"shortfall_{part}"]}


# Monday 13 April, 07.30 to 12.00 WIB: 270 office minutes, the part of 27 people.
MORNING = ("2026-04-13 00:30", "2026-04-13 05:00")


def test_each_stopping_outage_counts_under_its_cause():
    for cause, part in {
        "central_server": "central_server",
        "network": "network",
        "power_outage": "power",
        "weak_power": "power",
        "no_staff": "staff",
        "human_error": "staff",
        "lightning": "devices",
        "theft": "devices",
        "unknown": "other",
        "other": "other",
    }.items():
        figures = month_of(recorded=40, outages=[outage(*MORNING, cause)])
        assert figures["shortfall"] == 105
        expected = {"other": 105} if part == "other" else {part: 27, "other": 78}
        assert (cause, parts_of(figures)) == (cause, expected)


def test_a_fault_that_stops_the_only_set_is_of_the_devices():
    fault = Fault(span(*MORNING), "stopped")
    assert parts_of(month_of(recorded=40, sets=[a_set(fault)])) == {"devices": 27, "other": 78}
    # A second set that works leaves nothing down.
    assert parts_of(month_of(recorded=40, sets=[a_set(fault), a_set()])) == {"other": 105}


def test_a_minute_that_several_stop_goes_to_the_first_in_the_order():
    outages = [
        outage("2026-04-13 00:30", "2026-04-13 02:30", "no_staff"),
        outage("2026-04-13 01:30", "2026-04-13 03:30", "power_outage"),
        outage("2026-04-13 03:00", "2026-04-13 04:00", "network"),
        outage("2026-04-13 03:50", "2026-04-13 04:10", "central_server"),
    ]
    broken = a_set(Fault(span(*MORNING), "stopped"))
    figures = month_of(recorded=40, outages=outages, sets=[broken])
    # 20 minutes of the central server, 50 of the network, 90 of power, 60 of staff, the last 50 of the server.
    assert figures["down_minutes"] == 270
    assert parts_of(figures) == {
        "central_server": 2,
        "network": 5,
        "power": 9,
        "staff": 6,
        "devices": 5,
        "other": 78,
    }


def test_an_unknown_outage_leaves_the_devices_what_they_stopped_themselves():
    outages = [outage(*MORNING, "unknown")]
    broken = a_set(Fault(span("2026-04-13 00:30", "2026-04-13 01:30"), "stopped"))
    assert parts_of(month_of(recorded=40, outages=outages, sets=[broken])) == {"devices": 6, "other": 99}


def test_what_only_limits_stops_nobody():
    figures = month_of(recorded=40, outages=[outage(*MORNING, "weak_power", "limited")])
    assert parts_of(figures) == {"other": 105}


def test_minutes_off_the_record_and_outside_office_hours_take_no_part():
    night = outage("2026-04-13 10:00", "2026-04-14 00:30", "network")
    before = outage("2026-04-06 00:30", "2026-04-06 05:00", "network")
    figures = month_of(recorded=40, outages=[night, before], sets=[a_set(since="2026-04-10 00:00")])
    assert parts_of(figures) == {"other": 105}


def test_days_without_a_count_take_a_day_each_unless_the_place_was_down():
    tuesday, wednesday, thursday = date(2026, 4, 14), date(2026, 4, 15), date(2026, 4, 16)
    figures = month_of(recorded=45, without=(tuesday, wednesday))
    assert parts_of(figures) == {"unreported": 90}
    whole_day = outage("2026-04-13 17:00", "2026-04-14 17:00", "network")
    assert parts_of(month_of(recorded=45, without=(tuesday, wednesday), outages=[whole_day])) == {
        "network": 45,
        "unreported": 45,
    }
    # Down from 07.30 to 10.00: a third of the day is explained, two thirds are not.
    part_of_day = outage("2026-04-16 00:30", "2026-04-16 03:00", "network")
    assert parts_of(month_of(recorded=45, without=(thursday,), outages=[part_of_day])) == {
        "network": 15,
        "unreported": 30,
    }


def test_confirmed_losses_net_of_re_recordings_take_their_part():
    losses = [
        Loss(date(2026, 4, 9), 100, "confirmed"),
        Loss(date(2026, 4, 20), 30, RERECORDED),
        Loss(date(2026, 4, 9), 500, "suspected"),
    ]
    figures = month_of(recorded=45, losses=losses)
    assert (figures["net"], parts_of(figures)) == (875, {"lost": 70})


def test_the_running_month_counts_what_was_due_by_the_last_midnight():
    # Wednesday 15 April, 10.00: nine days are over, twelve are ahead (12 x 45 = 540 people).
    now = moment("2026-04-15 03:00")
    recorded = {day: 40 for day in DAYS if day < date(2026, 4, 14)}
    figures = month_of(now=now, recorded=0, outages=[outage(*MORNING, "network")])
    assert (figures["days_expected"], figures["shortfall"]) == (9, 945)
    figures = judge(
        Facts(
            Place(1, 1, 1, WIB, False),
            sets=[a_set()],
            recorded=recorded,
            outages=[outage(*MORNING, "network")],
            own_rules=[Rule(APRIL, None, 945)],
        ),
        REFERENCE,
        APRIL,
        now,
    ).figures
    assert (figures["net"], figures["shortfall"]) == (8 * 40, 625)
    assert parts_of(figures) == {"network": 27, "unreported": 45, "ahead": 540, "other": 13}


def test_without_a_target_nothing_is_short():
    figures = month_of(recorded=1, kabupaten_rules=[], losses=[Loss(date(2026, 4, 9), 500, "confirmed")])
    assert (figures["net"], figures["target"], figures["shortfall"]) == (-479, 0, 0)
    assert parts_of(figures) == {}


def test_hosted_minutes_stand_beside_the_parts():
    hosted = ArrangementSpan("hosted", span("2026-04-13 02:30", "2026-04-20 00:00"))
    mobile = ArrangementSpan("mobile_unit", span("2026-04-13 00:30", "2026-04-20 00:00"))
    figures = month_of(recorded=40, outages=[outage(*MORNING, "network")], arrangements=[hosted, mobile])
    # From 09.30 to 12.00, for as long as the place was down.
    assert figures["hosted_minutes"] == 150
    assert parts_of(figures) == {"network": 27, "other": 78}


def test_a_hosted_kecamatan_that_records_itself_has_no_hosted_minutes():
    hosted = ArrangementSpan("diverted", span("2026-04-13 02:30", "2026-04-20 00:00"))
    assert month_of(recorded=40, arrangements=[hosted])["hosted_minutes"] == 0
