"""Reads all rows of a region's page in one query: its own and its children's, its 24 months, who is down longest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.gaps import rows_of
from reports.history import first_month
from reports.longest import longest_rows, plain_rows
from reports.models import RegionMonth
from reports.regions import Region, children_of
from reports.selectors import assemble, keys_of


@dataclass(frozen=True, slots=True)
class PageRows:
    """The report of a region in a month with the row behind it, its rows of 24 months, and those that are down."""

    figures: dict[str, Any]
    row: RegionMonth | None
    months: list[RegionMonth]
    longest: list[Any]


def read_page(region: Region, month: date, by_kind: Mapping[str, dict[str, int]]) -> PageRows:
    """Read what the page of a region shows from its rows; ``by_kind`` was read with what else it needs of the kinds."""
    children = children_of(region)
    now = plain_rows(rows_of(keys_of(region, children), month))
    own_months = {"level": region.level, "region_id": region.pk, "month__gte": first_month(month)}
    before = plain_rows(RegionMonth.objects.filter(**own_months, month__lt=month))
    stored = list(now.union(before, longest_rows(region, month), all=True))
    longest = [row for row in stored if row.place]
    rows = [row for row in stored if not row.place]
    report = assemble(
        region, month, children, {(row.level, row.region_id): row for row in rows if row.month == month}, by_kind
    )
    own = (row for row in rows if (row.level, row.region_id) == region.key)
    return PageRows(report.figures, report.row, sorted(own, key=lambda row: row.month), longest)
