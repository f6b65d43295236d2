"""Office days and hours, and when a kecamatan falls silent."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from lib.months import WIB, WIT
from lib.office import HoursException, OfficeCalendar
from lib.spans import minutes

MARCH = date(2026, 3, 1)


def test_an_ordinary_week_has_37_and_a_half_hours():
    calendar = OfficeCalendar()
    week = [date(2026, 2, 2) + timedelta(days=number) for number in range(7)]
    spans = [span for span in calendar.spans(date(2026, 2, 1), WIB) if span.start.date() in week]
    assert minutes(spans) == int(37.5 * 60)


def test_hours_follow_the_local_clock():
    friday = [span for span in OfficeCalendar().spans(date(2026, 2, 1), WIT) if span.start.day in (5, 6)]
    assert friday[1:3] == [
        (datetime(2026, 2, 5, 22, 30, tzinfo=UTC), datetime(2026, 2, 6, 2, 30, tzinfo=UTC)),
        (datetime(2026, 2, 6, 4, 0, tzinfo=UTC), datetime(2026, 2, 6, 7, 30, tzinfo=UTC)),
    ]


def test_holidays_cuti_bersama_weekends_and_days_off_are_no_office_days():
    calendar = OfficeCalendar(days_off=[date(2026, 3, 11)])
    closed = [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 11), date(2026, 3, 19), date(2026, 3, 20)]
    assert [calendar.is_office_day(day) for day in closed] == [False] * 5
    assert calendar.is_office_day(date(2026, 3, 10))


def test_dated_hours_replace_the_ordinary_ones():
    ramadan = HoursException(date(2026, 2, 18), date(2026, 3, 18), None, ((time(8), time(15)),))
    calendar = OfficeCalendar(exceptions=[ramadan])
    assert calendar.windows(date(2026, 2, 17)) == ()
    assert calendar.windows(date(2026, 2, 19)) == ((time(8), time(15)),)
    assert calendar.windows(date(2026, 2, 13))[0] == (time(7, 30), time(11, 30))


@pytest.mark.parametrize(
    ("sign", "silent_from"),
    [
        (date(2026, 2, 2), date(2026, 2, 6)),  # Monday: silent after Tuesday, Wednesday and Thursday.
        (date(2026, 2, 5), date(2026, 2, 11)),  # Thursday: Friday, Monday, Tuesday.
        (date(2026, 2, 7), date(2026, 2, 12)),  # A Saturday counts like the Friday before it.
    ],
)
def test_a_place_is_silent_after_more_than_two_office_days(sign, silent_from):
    calendar = OfficeCalendar()
    assert calendar.silent_from(sign) == silent_from
    assert calendar.earliest_sign_that_counts(silent_from - timedelta(days=1)) <= sign
    assert calendar.earliest_sign_that_counts(silent_from) > sign
