"""When an office is open, for somebody who wants to go there: today, and the next time. Pure functions.

An office that has told its own hours keeps them; where it has not, the ordinary week holds. Public holidays and dated
hours (Ramadan) come before both, since nobody tells those office by office.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from accounts.opening import Day
from lib.format import DAYS, day_id
from lib.office import REGULAR_WEEK, OfficeCalendar

LOOK_AHEAD_DAYS = 31
WITHIN_A_WEEK = 6


class Hours(NamedTuple):
    """From when until when an office is open on a day, by the local clock."""

    opens: time
    closes: time


class Today(NamedTuple):
    """How an office is open at a moment: ``hours`` of that local day, and when it opens next once they are over."""

    day: date
    hours: Hours | None
    is_over: bool
    next_day: date | None = None
    next_opens: time | None = None

    @property
    def is_shut(self) -> bool:
        """Say whether nobody is served any more on this day."""
        return self.hours is None or self.is_over


def hours_on(day: date, calendar: OfficeCalendar, week: Sequence[Day]) -> Hours | None:
    """Return when an office is open on a local day, ``None`` where it stays closed.

    ``week`` is the office's own, from Monday on; unknown days fall back to the ordinary week.
    """
    if calendar.is_day_off(day):
        return None
    own, windows = week[day.weekday()], calendar.windows(day)
    if windows == REGULAR_WEEK[day.weekday()]:
        if own.is_closed:
            return None
        if own.opens and own.closes:
            return Hours(own.opens, own.closes)
    return Hours(windows[0][0], windows[-1][1]) if windows else None


def today(now: datetime, zone: str, calendar: OfficeCalendar, week: Sequence[Day]) -> Today:
    """Return how an office in a zone is open at ``now`` (an aware moment)."""
    local = now.astimezone(ZoneInfo(zone))
    day, hours = local.date(), hours_on(local.date(), calendar, week)
    is_over = hours is not None and local.time() >= hours.closes
    if hours is not None and not is_over:
        return Today(day, hours, False)
    for later in (day + timedelta(days=ahead) for ahead in range(1, LOOK_AHEAD_DAYS + 1)):
        opening = hours_on(later, calendar, week)
        if opening:
            return Today(day, hours, is_over, later, opening.opens)
    return Today(day, hours, is_over)


def shut_text(at: Today) -> str:
    """Return the sentence of an office where nobody is served any more today: ``Hari ini kantor tutup; ...``."""
    what = "Kantor sudah tutup" if at.is_over else "Hari ini kantor tutup"
    return f"{what}; buka lagi {next_text(at)}." if at.next_day else f"{what}."


def next_text(at: Today) -> str:
    """Return when an office opens next: ``Senin pukul 07.30``, with the date where that is a week ahead or more."""
    if at.next_day is None or at.next_opens is None:
        return ""
    near = (at.next_day - at.day).days <= WITHIN_A_WEEK
    return f"{DAYS[at.next_day.weekday()] if near else day_id(at.next_day)} pukul {at.next_opens:%H.%M}"


def hours_text(at: Today) -> str:
    """Return the hours of today: ``Hari ini buka pukul 07.30–16.00``, or when the office opens next."""
    if at.hours is None or at.is_over:
        return shut_text(at).removesuffix(".")
    return f"Hari ini buka pukul {at.hours.opens:%H.%M}–{at.hours.closes:%H.%M}"
