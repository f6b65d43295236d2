"""Small drawings inside pages, as the numbers of their SVG."""

from __future__ import annotations

from dataclasses import dataclass

BAR_UNITS, BAR_TARGET = 125, 100


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
