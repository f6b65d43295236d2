"""Office days and hours, by the local clock of a place.

The ordinary week is that of Perpres 21/2023: 37.5 hours from Monday to Friday. Public holidays and *cuti bersama* come
from the ``holidays`` package (``ID``, categories public and government). Dated exceptions (Ramadan hours, days off that
the ministry adds) are reference data; they come in as plain values.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

from lib.months import days_of
from lib.spans import Closed

Window = tuple[time, time]

MONDAY_TO_THURSDAY: tuple[Window, ...] = ((time(7, 30), time(12)), (time(13), time(16)))
FRIDAY: tuple[Window, ...] = ((time(7, 30), time(11, 30)), (time(13), time(16, 30)))
REGULAR_WEEK: tuple[tuple[Window, ...], ...] = (*[MONDAY_TO_THURSDAY] * 4, FRIDAY, (), ())

SILENT_AFTER_OFFICE_DAYS = 2


class HoursException(NamedTuple):
    """Other hours between two local days, both included; the hours of one weekday (Monday is 0) or of all."""

    first: date
    last: date
    weekday: int | None
    windows: tuple[Window, ...]


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """Return the public holidays and cuti bersama of a year."""
    return frozenset(holidays.country_holidays("ID", years=year, categories=("public", "government")))


class OfficeCalendar:
    """The office days and hours that hold for every place; immutable, and cached by month and zone."""

    def __init__(self, *, days_off: Iterable[date] = (), exceptions: Iterable[HoursException] = ()) -> None:
        self._days_off = frozenset(days_off)
        self._exceptions = tuple(exceptions)
        self._days: dict[date, tuple[date, ...]] = {}
        self._spans: dict[tuple[date, str], tuple[Closed, ...]] = {}
        self._earliest: dict[date, date] = {}
        self._minutes: dict[date, int] = {}

    def windows(self, day: date) -> tuple[Window, ...]:
        """Return the opening windows of a day by the local clock; none on a day off."""
        if day.weekday() >= 5 or self.is_day_off(day):
            return ()
        for exception in self._exceptions:
            if exception.first <= day <= exception.last and exception.weekday in (None, day.weekday()):
                return exception.windows
        return REGULAR_WEEK[day.weekday()]

    def is_day_off(self, day: date) -> bool:
        """Say whether a local day is a public holiday, cuti bersama, or a day off that was added."""
        return day in self._days_off or day in public_holidays(day.year)

    def is_office_day(self, day: date) -> bool:
        """Say whether the offices open on a local day."""
        return bool(self.windows(day))

    def days(self, month: date) -> tuple[date, ...]:
        """Return the office days of a month."""
        if month not in self._days:
            self._days[month] = tuple(day for day in days_of(month) if self.is_office_day(day))
        return self._days[month]

    def day_minutes(self, day: date) -> int:
        """Return the office minutes of a day; 0 on a day off."""
        return sum(_minutes_between(opens, closes) for opens, closes in self.windows(day))

    def minutes(self, month: date) -> int:
        """Return the office minutes of a month."""
        if month not in self._minutes:
            self._minutes[month] = sum(map(self.day_minutes, self.days(month)))
        return self._minutes[month]

    def spans(self, month: date, zone: str) -> tuple[Closed, ...]:
        """Return the office hours of a month in ``zone`` as sorted UTC spans."""
        if (month, zone) not in self._spans:
            self._spans[month, zone] = tuple(
                Closed(_moment(day, opens, zone), _moment(day, closes, zone))
                for day in self.days(month)
                for opens, closes in self.windows(day)
            )
        return self._spans[month, zone]

    def silent_from(self, sign: date) -> date:
        """Return the local day at whose first midnight a place with its last sign of life on ``sign`` falls silent.

        A place is silent when more than two office days have gone by without a sign (domain.md): the midnight that ends
        the third office day after it.
        """
        day, missed = sign, 0
        while missed <= SILENT_AFTER_OFFICE_DAYS:
            day += timedelta(days=1)
            missed += self.is_office_day(day)
        return day + timedelta(days=1)

    def earliest_sign_that_counts(self, day: date) -> date:
        """Return the oldest local day on which a sign of life still keeps a place from being silent on ``day``."""
        if day not in self._earliest:
            sign = day
            while self.silent_from(sign - timedelta(days=1)) > day:
                sign -= timedelta(days=1)
            self._earliest[day] = sign
        return self._earliest[day]


def _minutes_between(opens: time, closes: time) -> int:
    return closes.hour * 60 + closes.minute - opens.hour * 60 - opens.minute


def _moment(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
