"""The stored rows of regions, and what is added for kecamatan that have none.

A place without any fact in a month has no row. In a month in which anything is known of the nation, it is counted here
as what it is: a kecamatan that is not on record and has reported on none of its office days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from kecamatan.duty import office_calendar
from reports.judge import moment_of
from reports.models import Level, RegionMonth
from reports.regions import NATION, Child, Region, itself

KNOWN_SERVICES = ("serving", "limited", "hosted", "mobile", "stopped")


@dataclass(frozen=True, slots=True)
class Figures:
    """The stored row of a region, and what is added for its kecamatan that have none.

    ``unrecorded`` kecamatan are not on record; ``unreported_days`` are the office days that they have not reported.
    """

    row: RegionMonth
    unrecorded: int = 0
    unreported_days: int = 0

    @property
    def kecamatan_total(self) -> int:
        """Return the kecamatan of the region, with and without a row."""
        return self.row.kecamatan_total + self.unrecorded

    @property
    def known(self) -> int:
        """Return of how many kecamatan it is known how they serve."""
        return sum(getattr(self.row, f"kecamatan_{service}") for service in KNOWN_SERVICES)

    @property
    def service(self) -> str:
        """Return how the people of a single kecamatan are served."""
        found = (service for service in KNOWN_SERVICES if getattr(self.row, f"kecamatan_{service}"))
        return next(found, "no_report")

    @property
    def able(self) -> int:
        """Return how many kecamatan are able to record."""
        return self.row.kecamatan_serving + self.row.kecamatan_limited


def figures_of(
    region: Region, children: list[Child], rows: dict[tuple[str, int], RegionMonth], month: date
) -> tuple[Figures, dict[tuple[str, int], Figures]]:
    """Return the figures of a region and of each child; all are 0 in a month of which nothing is known anywhere."""
    below = children or [itself(region, month)]
    found = with_gaps(below, rows, month)
    own = Figures(
        rows.get(region.key) or _empty(region, month),
        sum(figures.unrecorded for figures in found.values()),
        sum(figures.unreported_days for figures in found.values()),
    )
    return own, found


def rows_of(keys: Iterable[tuple[str, int]], month: date) -> QuerySet[RegionMonth]:
    """Return the stored rows of regions; the nation's is there as soon as anything is known of the month."""
    return RegionMonth.objects.filter(_any_of([NATION.key, *keys]), month=month)


def with_gaps(
    children: list[Child], rows: dict[tuple[str, int], RegionMonth], month: date
) -> dict[tuple[str, int], Figures]:
    """Return the figures of regions of one level, with what is added for their kecamatan that have no row."""
    # Until a mark is drained, a kecamatan that was just closed still counts in the row and no longer as running.
    gaps = {
        child.region.key: max(0, child.kecamatan_count - (row.kecamatan_total if row else 0))
        for child in children
        for row in [rows.get(child.region.key)]
    }
    days = _days_over(children, rows, gaps, month) if NATION.key in rows else None
    return {child.region.key: _with_gap(rows, child.region, gaps[child.region.key], days, month) for child in children}


def _with_gap(
    rows: dict[tuple[str, int], RegionMonth], region: Region, gap: int, days: dict[str, int] | None, month: date
) -> Figures:
    row = rows.get(region.key) or _empty(region, month)
    return Figures(row) if days is None else Figures(row, gap, gap * days.get(region.zone, 0))


def _any_of(keys: Iterable[tuple[str, int]]) -> Q:
    condition = Q(pk__in=[])
    for level in Level.values:
        ids = [pk for of, pk in keys if of == level]
        if ids:
            condition |= Q(level=level, region_id__in=ids)
    return condition


def _days_over(
    children: list[Child],
    rows: dict[tuple[str, int], RegionMonth],
    gaps: dict[tuple[str, int], int],
    month: date,
) -> dict[str, int]:
    """Return the office days of a month that are over, by zone, for the zones of kecamatan without a row.

    A region with a row has them in it; only for a zone without any is the calendar read.
    """
    zones = {child.region.zone for child in children if gaps[child.region.key]}
    days = {
        child.region.zone: row.days_expected // row.kecamatan_total
        for child in children
        for row in [rows.get(child.region.key)]
        if row and row.kecamatan_total and child.region.zone in zones
    }
    if zones <= days.keys():
        return days
    calendar, now = office_calendar(), timezone.now()
    for zone in zones - days.keys():
        moment = moment_of(month, zone, now)
        days[zone] = sum(moment.closed or day < moment.day for day in calendar.days(month))
    return days


def _empty(region: Region, month: date) -> RegionMonth:
    return RegionMonth(level=region.level, region_id=region.pk, month=month)
