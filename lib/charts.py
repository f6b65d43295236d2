"""Small drawings inside pages, as the numbers of their SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BAR_UNITS, BAR_TARGET = 125, 100
STRIP_STEP, STRIP_BAR, STRIP_HEIGHT = 10, 8, 20
# The smallest bar of a strip that can still be seen.
STRIP_LEAST = 1.5


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar against its target in a viewBox of 125; the tick at 100 is the target, beyond 125 the bar is notched."""

    width: str
    met: bool
    cut: bool


def bar(achievement: float | None) -> Bar | None:
    """Return the bar of an achievement in percent; the number beside it says what the bar cannot show."""
    if achievement is None:
        return None
    return Bar(f"{min(max(achievement, 0), BAR_UNITS):.1f}", achievement >= BAR_TARGET, achievement > BAR_UNITS)


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip of months as paths in a viewBox of ``width`` x 20: the months known, their bars, and the gaps."""

    width: int
    known: str
    bars: str
    gaps: str


def strip(shares: Sequence[float | None]) -> Strip:
    """Return the strip of months, the oldest first; each share lies from 0 to 1, or is ``None`` where it is unknown."""
    known, bars, gaps = [], [], []
    for index, share in enumerate(shares):
        left = index * STRIP_STEP + 1
        if share is None:
            gaps.append(f"M{left} {STRIP_HEIGHT - 1}h{STRIP_BAR}")
            continue
        known.append(f"M{left} 0h{STRIP_BAR}v{STRIP_HEIGHT}h-{STRIP_BAR}z")
        if share > 0:
            height = f"{max(STRIP_LEAST, min(share, 1) * STRIP_HEIGHT):.4g}"
            bars.append(f"M{left} {STRIP_HEIGHT}v-{height}h{STRIP_BAR}v{height}z")
    return Strip(len(shares) * STRIP_STEP, "".join(known), "".join(bars), "".join(gaps))
