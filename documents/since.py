"""What has changed since a report was built, without reading the whole country.

A drain writes a new row for each place that it computes. So of the regions far below only the rows that are newer than
the report are read; a report of a running month, or one of before a rebuild, has too many, which is then said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from documents.changes import Change, compare, kept_month
from documents.contents import status_of
from documents.deeper import by_key, compare_places, kept_places, key_of
from documents.models import Document
from documents.tables import Place
from kecamatan.models import Kabupaten
from reports.gaps import rows_of
from reports.history import first_month
from reports.models import Level, RegionMonth
from reports.regions import Child, Region, children_of
from reports.selectors import keys_of, lone_reports, reports_of
from reports.surroundings import declared_kinds

READ_AT_MOST = 300


class Since(NamedTuple):
    """What differs from a report; not ``is_whole`` where too many regions far below were computed anew to tell."""

    changes: list[Change]
    is_whole: bool = True


class Now(NamedTuple):
    """The figures as they are now, the newer rows of regions far below, and the nation's row."""

    figures: dict[str, Any]
    newer: list[RegionMonth]
    nation: list[RegionMonth]


def changes_since(document: Document, region: Region) -> Since:
    """Return what has changed since a finished report was built; where nothing did, its deeper figures are not read."""
    kept = document.figures
    assert kept is not None
    now = current_figures(region, document.month, kept.get("row"))
    changes = compare(kept, now.figures)
    if len(now.newer) > READ_AT_MOST:
        return Since(changes, is_whole=False)
    if now.newer and document.deeper:
        places = _newer_places(document.deeper, [*now.nation, *now.newer], region, document.month)
        changes += compare_places(document.deeper, places, is_whole=False)
    return Since(changes)


def current_figures(region: Region, month: date, row: int | None = None) -> Now:
    """Read the figures of a region as they are now, in three queries: as they are kept, but for the kinds' names.

    ``row`` is the newest row that a report knew; without it no region far below is read.
    """
    around = declared_kinds(region, month)
    children = children_of(region, month)
    own = RegionMonth.objects.filter(level=region.level, region_id=region.pk, month__lte=month)
    parts = [own.filter(month__gte=first_month(month))]
    parts += [_newer(region, month, row)] if row and region.level in NEXT_LEVEL_TWICE else []
    rows = list(rows_of(keys_of(region, children), month).union(*parts))
    report, below = reports_of(region, month, children, (one for one in rows if one.month == month), around.by_kind)
    months = sorted((one for one in rows if (one.level, one.region_id) == region.key), key=lambda one: one.month)
    figures = {
        "report": report,
        "children": below,
        "kinds": {},
        "status": status_of(region, month, around, report),
        "months": [kept_month(one) for one in months],
    }
    deeper = NEXT_LEVEL_TWICE.get(region.level, ())
    newer = [one for one in rows if one.level in deeper and one.pk > (row or 0)]
    return Now(figures, newer, [one for one in rows if one.level == Level.NATION and one.month == month])


NEXT_LEVEL_TWICE: dict[str, tuple[str, ...]] = {
    Level.NATION: (Level.KABUPATEN, Level.KECAMATAN, Level.DINAS),
    Level.PROVINCE: (Level.KECAMATAN, Level.DINAS),
}
"""The levels of the regions below those right below a region."""


def _newer(region: Region, month: date, row: int) -> QuerySet[RegionMonth]:
    """Return the rows of regions far below that were written after a report was built: some more than are read."""
    inside = Q()
    if region.level == Level.PROVINCE:
        inside = Q(parent_id__in=Kabupaten.objects.filter(province=region.pk).values("pk"))
    rows = RegionMonth.objects.filter(inside, pk__gt=row, month=month, level__in=NEXT_LEVEL_TWICE[region.level])
    return RegionMonth.objects.filter(pk__in=rows.order_by("pk").values("pk")[: READ_AT_MOST + 1])


def _newer_places(kept: Any, rows: Sequence[RegionMonth], region: Region, month: date) -> dict[str, Any]:
    """Return the figures of rows under the names that were kept; a region that is new is told by those above it."""
    total, known = kept["paths"].index("kecamatan.total"), by_key(kept)
    children = []
    for row in rows:
        name, *values = known.get(key_of(row.level, row.region_id), ("",))
        if name:
            number = max(values[total] if isinstance(values[total], int) else 0, row.kecamatan_total)
            own = Region(row.level, row.region_id, "", name, region.zone)
            children.append(Child(own, number, int(row.level == Level.KABUPATEN)))
    found = lone_reports(children, rows, month)
    return kept_places(Place(report, (), key_of(*child.region.key)) for child, report in found)
