"""How each region below a region stands against the month before: told only where both months are complete enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lib.format import number_id, percent_id
from reports.gaps import KNOWN_SERVICES
from reports.history import able, achievement_by_end, net_by_end
from reports.models import RegionMonth
from reports.why import TELLS_FROM

Rows = Mapping[tuple[str, int], RegionMonth]


class Step(NamedTuple):
    """What a region's figures differ by, in words; empty where that cannot be told. ``reached`` is in points."""

    able: str = ""
    net: str = ""
    reached: str = ""


NO_STEP = Step()


def steps_of(now: Rows, then: Rows) -> dict[tuple[str, int], Step]:
    """Return the step of each region that has a row in both months, by level and key."""
    return {key: _step(row, then[key]) for key, row in now.items() if key in then}


def _step(now: RegionMonth, then: RegionMonth) -> Step:
    counted = is_counted(now) and is_counted(then)
    nets = (net_by_end(now), net_by_end(then)) if counted else (None, None)
    shares = (achievement_by_end(now), achievement_by_end(then)) if counted else (None, None)
    places = (able(now), able(then)) if known(now) == known(then) else (None, None)
    return Step(_words(*places), _words(*nets), _words(*shares, digits=1))


def known(row: RegionMonth) -> int:
    """Return of how many kecamatan it is known how they serve: of others, who came is no change."""
    return sum(getattr(row, f"kecamatan_{service}") for service in KNOWN_SERVICES)


def is_counted(row: RegionMonth) -> bool:
    """Say whether so many days were reported that what was recorded may be compared."""
    return bool(row.days_expected) and 100 * row.days_reported >= TELLS_FROM * row.days_expected


def _words(now: float | None, then: float | None, digits: int = 0) -> str:
    if now is None or then is None:
        return ""
    by = round(now - then, digits)
    if not by:
        return "tetap"
    size = f"{percent_id(abs(by), digits).removesuffix('%')} poin" if digits else number_id(abs(round(by)))
    return f"{'naik' if by > 0 else 'turun'} {size}"
