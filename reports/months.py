"""Which month a page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lib.format import month_id
from lib.month_choice import Month, choose_month
from lib.months import add_months, months_through
from reports.regions import Region, current_month


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
    return choose_month(asked, current_month(region))


def month_options(month: Month, first: date | None) -> list[Option]:
    """Return the months to pick, the newest first: from the first with figures, and the two newest in any case."""
    start = min(first or month.current, add_months(month.current, -1), month.chosen)
    months = list(months_through(start, month.current))
    return [Option(f"{one:%Y-%m}", month_id(one), one == month.chosen) for one in reversed(months)]
