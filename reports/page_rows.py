"""Reads all rows of a region's page in one query: its own and its children's, its 24 months, who is down longest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from lib.months import add_months
from reports.gaps import rows_of
from reports.history import first_month
from reports.longest import longest_rows, plain_rows
from reports.models import Level, RegionMonth
from reports.regions import Child, Region, children_of
from reports.selectors import assemble, keys_of
from reports.steps import Step, steps_of


@dataclass(frozen=True, slots=True)
class PageRows:
    """The report of a region in a month with the row behind it, its rows of 24 months, and those that are down.

    ``steps`` are those of the regions below against the month before, by their codes.
    """

    figures: dict[str, Any]
    row: RegionMonth | None
    months: list[RegionMonth]
    longest: list[Any]
    steps: dict[str, Step]


def read_page(region: Region, month: date, by_kind: Mapping[str, dict[str, int]]) -> PageRows:
    """Read what the page of a region shows from its rows; ``by_kind`` was read with what else it needs of the kinds."""
    children = children_of(region, month)
    now = plain_rows(rows_of(keys_of(region, children), month))
    own_months = {"level": region.level, "region_id": region.pk, "month__gte": first_month(month)}
    before = plain_rows(RegionMonth.objects.filter(**own_months, month__lt=month))
    below = [child.region.key for child in children if child.region.level != Level.DINAS]
    earlier = plain_rows(children_rows(below, add_months(month, -1)))
    stored = list(now.union(before, earlier, longest_rows(region, month), all=True))
    longest = [row for row in stored if row.place]
    rows = [row for row in stored if not row.place]
    report = assemble(
        region, month, children, {(row.level, row.region_id): row for row in rows if row.month == month}, by_kind
    )
    own = (row for row in rows if (row.level, row.region_id) == region.key)
    return PageRows(
        report.figures, report.row, sorted(own, key=lambda row: row.month), longest, _steps(children, rows, month)
    )


def children_rows(keys: Sequence[tuple[str, int]], month: date) -> QuerySet[RegionMonth]:
    """Return the stored rows of the regions below another, which are all of one level."""
    level = keys[0][0] if keys else ""
    return RegionMonth.objects.filter(level=level, region_id__in=[pk for _, pk in keys], month=month)


def _steps(children: Sequence[Child], rows: Iterable[RegionMonth], month: date) -> dict[str, Step]:
    now: dict[tuple[str, int], RegionMonth] = {}
    then: dict[tuple[str, int], RegionMonth] = {}
    for row in rows:
        (now if row.month == month else then)[row.level, row.region_id] = row
    steps = steps_of(now, then)
    return {child.region.code: steps[child.region.key] for child in children if child.region.key in steps}
