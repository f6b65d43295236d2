"""Which month a page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lib.format import month_id
from lib.months import add_months, months_through, parse_month
from reports.selectors import Region, current_month

# Earlier there was no recording device; see lib.parsing.
EARLIEST = date(2009, 1, 1)


@dataclass(frozen=True, slots=True)
class Month:
    """The month of a page, the one that runs now in the region, and why another was not shown."""

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


@dataclass(frozen=True, slots=True)
class Option:
    """A month to pick."""

    value: str
    label: str
    selected: bool

    @property
    def year(self) -> str:
        """Return the year, under which the list groups its months."""
        return self.value[:4]


def chosen_month(region: Region, asked: str | None) -> Month:
    """Return the month asked for (``YYYY-MM``), or the current one with a sentence that says why."""
    current = current_month(region)
    if not asked:
        return Month(current, current)
    try:
        chosen = parse_month(asked)
    except ValueError as error:
        return Month(current, current, f"{error} Yang tampil bulan ini.")
    if chosen > current:
        return Month(current, current, f"{month_id(chosen)} belum tiba. Yang tampil bulan ini.")
    if chosen < EARLIEST:
        return Month(current, current, "Sebelum 2009 belum ada alat perekaman. Yang tampil bulan ini.")
    return Month(chosen, current)


def month_options(month: Month, first: date | None) -> list[Option]:
    """Return the months to pick, the newest first: from the first with figures, and the two newest in any case."""
    start = min(first or month.current, add_months(month.current, -1), month.chosen)
    months = list(months_through(start, month.current))
    return [Option(f"{one:%Y-%m}", month_id(one), one == month.chosen) for one in reversed(months)]
