"""Why a kecamatan missed its target: its shortfall, split in whole people by published formulas.

Pure functions over plain values; docs/architecture.md publishes the formulas. The parts always sum to the shortfall,
and a parent's parts are the sums of its children's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from devices.readiness import Outage, stopping_outage_spans
from kecamatan.models import Cause
from lib.months import midnight
from lib.office import OfficeCalendar
from lib.spans import MINUTE, Closed, intersection, minutes

# What stops recording, in the order in which a minute that several stop is given to one.
STOPPING = ("central_server", "network", "power", "staff", "devices")
AHEAD, OTHER = "ahead", "other"
PARTS = (*STOPPING, "lost", "unreported", AHEAD, OTHER)

# An outage of any other cause stops the devices; one of an unknown cause tells nothing, and stays in the rest.
PART_OF_CAUSE: dict[str, str] = {
    Cause.CENTRAL_SERVER: "central_server",
    Cause.NETWORK: "network",
    Cause.POWER_OUTAGE: "power",
    Cause.WEAK_POWER: "power",
    Cause.NO_STAFF: "staff",
    Cause.HUMAN_ERROR: "staff",
}
UNSTATED = frozenset({Cause.UNKNOWN, Cause.OTHER, ""})


class Shares(NamedTuple):
    """By what a month's target is shared out: its office minutes and days, and how many of the days are not over."""

    minutes: int
    days: int
    days_ahead: int


class Hindered(NamedTuple):
    """What kept a kecamatan from recording: down office minutes by cause, people lost net of re-recordings, and days.

    ``unreported`` are office days that are over and have no count, each less the part of it that the place was down.
    """

    minutes: Mapping[str, int]
    lost: int
    unreported: int | Fraction


def split(target: int, net: int, shares: Shares, hindered: Hindered) -> dict[str, int]:
    """Return the shortfall of a kecamatan, ``max(0, target - net)``, by :data:`PARTS`, in people.

    What the office days ahead may still bring comes off first. The other parts are what the down minutes, the lost
    records and the unreported days would have brought; if together they exceed what is left they shrink in proportion,
    else the rest is ``other``. Whole people by largest remainder, in the order of the parts where these are equal.
    """
    shortfall = max(0, target - net)
    ahead = min(shortfall, target * shares.days_ahead // shares.days) if shares.days else 0
    # All in units of 1 / (minutes x days) people, so that everything stays whole.
    of_minute, of_day, unit = target * shares.days, target * shares.minutes, shares.minutes * shares.days or 1
    weights = {
        **{part: hindered.minutes.get(part, 0) * of_minute for part in STOPPING},
        "lost": max(0, hindered.lost) * unit,
        "unreported": hindered.unreported * of_day,
    }
    weights[OTHER] = max(0, (shortfall - ahead) * unit - sum(weights.values()))
    return {AHEAD: ahead, **apportion(shortfall - ahead, weights)}


def apportion(total: int, weights: Mapping[str, int | Fraction]) -> dict[str, int]:
    """Share out a whole number in proportion to weights by largest remainder, the first where these are equal."""
    whole = sum(weights.values())
    if not total or not whole:
        return dict.fromkeys(weights, 0)
    shared = {name: divmod(total * weight, whole) for name, weight in weights.items()}
    parts = {name: int(part) for name, (part, _) in shared.items()}
    for name in sorted(shared, key=lambda name: -shared[name][1])[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def down_minutes_by_cause(
    down: Sequence[Closed],
    outages: Sequence[Outage],
    window: Closed,
    down_under: Callable[[list[Outage]], Sequence[Closed]],
) -> dict[str, int]:
    """Return the down office minutes of a month (``down``, clipped to ``window``), each under one of the causes.

    ``outages`` are those that stop recording. ``down_under(outages)`` returns the down office hours as if there were
    no other outages: a minute that only an outage of an unknown cause took is in no part.
    """
    stated = [outage for outage in outages if outage.cause not in UNSTATED]
    minutes_by: dict[str, int] = {}
    covering: list[Outage] = []
    reached = 0
    for part in STOPPING[:-1]:
        covering += [outage for outage in stated if PART_OF_CAUSE.get(outage.cause) == part]
        covered = minutes(intersection(down, stopping_outage_spans(covering, window))) if covering else 0
        minutes_by[part], reached = covered - reached, covered
    known = down if len(stated) == len(outages) else down_under(stated)
    return minutes_by | {"devices": minutes(known) - reached}


def unreported_days(
    days: Sequence[date], down: Sequence[Closed], calendar: OfficeCalendar, zone: str
) -> int | Fraction:
    """Return how many office days without a count are unexplained: each less the share of its hours that was down."""
    if not down:
        return len(days)
    return sum(Fraction(_minutes_up(day, down, calendar, zone), calendar.day_minutes(day) or 1) for day in days)


def _minutes_up(day: date, down: Sequence[Closed], calendar: OfficeCalendar, zone: str) -> int:
    begins, ends = midnight(day, zone), midnight(date.fromordinal(day.toordinal() + 1), zone)
    lasted = sum(
        (min(span.end, ends) - max(span.start, begins)) // MINUTE
        for span in down
        if span.start < ends and span.end > begins
    )
    return max(0, calendar.day_minutes(day) - lasted)
