"""Months and days as the places of Indonesia live them.

A month is written as the ``date`` of its first day. Moments are aware datetimes in UTC; a day or a month belongs to
the time zone of a place (``Asia/Jakarta``, ``Asia/Makassar``, ``Asia/Jayapura``), so one moment can lie in two months.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
ZONES = (WIB, WITA, WIT)
ZONE_ABBREVIATIONS = {WIB: "WIB", WITA: "WITA", WIT: "WIT"}

EARLIEST_DAY = date(2009, 1, 1)  # The KTP-el programme began in 2009; an earlier date is a slip of the hand.


def month_of(day: date) -> date:
    """Return the month in which a local day lies."""
    return date(day.year, day.month, 1)


def add_months(month: date, count: int) -> date:
    """Return the month ``count`` months later (earlier when negative)."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def same_day_later(day: date, months: int) -> date:
    """Return the same day of the month some months later, or the first of the next where that day does not exist."""
    month = add_months(month_of(day), months)
    later = month + timedelta(days=day.day - 1)
    return later if later.month == month.month else add_months(month, 1)


def months_through(first: date, last: date) -> Iterator[date]:
    """Yield every month from that of ``first`` to that of ``last``, both included; nothing when they are reversed."""
    month, end = month_of(first), month_of(last)
    while month <= end:
        yield month
        month = add_months(month, 1)


def days_of(month: date) -> Iterator[date]:
    """Yield the days of a month."""
    day, end = month, add_months(month, 1)
    while day < end:
        yield day
        day += timedelta(days=1)


@lru_cache(maxsize=4096)
def midnight(day: date, zone: str) -> datetime:
    """Return the UTC moment at which a local day begins in ``zone``."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the moments at which a local day begins and ends (UTC)."""
    return midnight(day, zone), midnight(day + timedelta(days=1), zone)


def local_day(moment: datetime, zone: str) -> date:
    """Return the local date of a moment in ``zone``."""
    return moment.astimezone(ZoneInfo(zone)).date()


def local_month(moment: datetime, zone: str) -> date:
    """Return the local month of a moment in ``zone``."""
    return month_of(local_day(moment, zone))


def month_bounds(month: date, zone: str) -> tuple[datetime, datetime]:
    """Return the half-open span of a local month as UTC moments: its first midnight and the next month's."""
    return midnight(month, zone), midnight(add_months(month, 1), zone)


def parse_month(text: str) -> date:
    """Read ``YYYY-MM``; raises ``ValueError`` with an Indonesian sentence when it is anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ValueError(f"Bulan “{text}” tidak dikenal. Tulis tahun dan bulan, misalnya 2012-04.") from None
