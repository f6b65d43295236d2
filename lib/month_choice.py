"""Which month a page shows: the one that its address asks for, or the current one with a sentence that says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lib.format import month_id
from lib.months import EARLIEST_DAY, add_months, parse_month


@dataclass(frozen=True, slots=True)
class Month:
    """The month of a page, the one that runs now in its region, and why another was not shown."""

    chosen: date
    current: date
    notice: str = ""

    @property
    def value(self) -> str:
        """Return the month as addresses carry it."""
        return f"{self.chosen:%Y-%m}"

    @property
    def label(self) -> str:
        """Return the month as people read it."""
        return month_id(self.chosen)

    @property
    def is_current(self) -> bool:
        """Say whether the month still runs."""
        return self.chosen == self.current

    @property
    def before(self) -> date | None:
        """Return the month before, unless there was no recording device yet."""
        return add_months(self.chosen, -1) if self.chosen > EARLIEST_DAY else None

    @property
    def after(self) -> date | None:
        """Return the month after, unless it has not come."""
        return None if self.is_current else add_months(self.chosen, 1)


def choose_month(asked: str | None, current: date) -> Month:
    """Return the month asked for (``YYYY-MM``), or the current one with a sentence that says why."""
    if not asked:
        return Month(current, current)
    try:
        chosen = parse_month(asked)
    except ValueError as error:
        return Month(current, current, f"{error} Yang tampil bulan ini.")
    if chosen > current:
        return Month(current, current, f"{month_id(chosen)} belum tiba. Yang tampil bulan ini.")
    if chosen < EARLIEST_DAY:
        return Month(current, current, "Sebelum 2009 belum ada alat perekaman. Yang tampil bulan ini.")
    return Month(chosen, current)
