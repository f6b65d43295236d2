"""When an office is open for somebody who wants to go there: own hours, holidays, Ramadan, and the next opening."""

from __future__ import annotations

from datetime import date, time

import pytest

from accounts.opening import Day
from lib.months import WIB, WIT
from lib.office import HoursException, OfficeCalendar
from reports.public.hours import Hours, hours_on, hours_text, shut_text, today
from tests.factories import moment

PLAIN = OfficeCalendar()
UNKNOWN = [Day()] * 7
OWN = [
    *[Day(time(8), time(15))] * 4,
    Day(is_closed=True),
    Day(time(9), time(11, 30)),
    Day(),
]
"""An office that opens later, stays closed on Fridays and opens on Saturdays."""


@pytest.mark.parametrize(
    ("day", "week", "hours"),
    [
        (date(2026, 11, 19), UNKNOWN, Hours(time(7, 30), time(16))),
        (date(2026, 11, 20), UNKNOWN, Hours(time(7, 30), time(16, 30))),
        (date(2026, 11, 21), UNKNOWN, None),
        (date(2026, 12, 25), UNKNOWN, None),
        (date(2026, 11, 19), OWN, Hours(time(8), time(15))),
        (date(2026, 11, 20), OWN, None),
        (date(2026, 11, 21), OWN, Hours(time(9), time(11, 30))),
        (date(2026, 11, 22), OWN, None),
        (date(2026, 8, 17), OWN, None),
    ],
)
def test_a_holiday_closes_every_office_and_its_own_hours_come_before_the_ordinary_week(
    day: date, week: list[Day], hours: Hours | None
) -> None:
    assert hours_on(day, PLAIN, week) == hours


def test_dated_hours_come_before_an_offices_own() -> None:
    ramadan = HoursException(date(2026, 2, 18), date(2026, 3, 18), None, ((time(8), time(14)),))
    calendar = OfficeCalendar(exceptions=[ramadan], days_off=[date(2026, 2, 20)])
    assert hours_on(date(2026, 2, 19), calendar, OWN) == Hours(time(8), time(14))
    assert hours_on(date(2026, 2, 20), calendar, UNKNOWN) is None


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-20 00:00", "Hari ini buka pukul 07.30–16.30"),  # Friday 07.00 WIB
        ("2026-11-20 05:30", "Hari ini buka pukul 07.30–16.30"),  # in the break
        ("2026-11-20 09:29", "Hari ini buka pukul 07.30–16.30"),
        ("2026-11-20 09:30", "Kantor sudah tutup; buka lagi Senin pukul 07.30"),
        ("2026-11-22 03:00", "Hari ini kantor tutup; buka lagi Senin pukul 07.30"),
        ("2026-12-24 03:00", "Hari ini kantor tutup; buka lagi Senin pukul 07.30"),  # cuti bersama, Christmas
    ],
)
def test_today_is_said_in_one_sentence(now: str, said: str) -> None:
    assert hours_text(today(moment(now), WIB, PLAIN, UNKNOWN)) == said


def test_a_day_is_that_of_the_offices_own_zone() -> None:
    """At 15.30 UTC on Sunday it is Monday 00.30 in Jayapura."""
    assert hours_text(today(moment("2026-11-22 15:30"), WIT, PLAIN, UNKNOWN)) == "Hari ini buka pukul 07.30–16.00"


def test_an_opening_a_week_ahead_carries_its_date_and_none_at_all_is_not_invented() -> None:
    week_off = OfficeCalendar(days_off=[date(2026, 11, day) for day in range(16, 28)])
    at = today(moment("2026-11-18 03:00"), WIB, week_off, UNKNOWN)
    assert shut_text(at) == "Hari ini kantor tutup; buka lagi Senin, 30 November 2026 pukul 07.30."
    never = [Day(is_closed=True)] * 7
    assert shut_text(today(moment("2026-11-18 03:00"), WIB, PLAIN, never)) == "Hari ini kantor tutup."
