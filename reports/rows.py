"""The stored rows of regions: how they are read, summed and replaced."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.utils import timezone

from devices.models import DeviceKind
from reports.bulk import write_rows
from reports.facts import Place
from reports.judge import Row
from reports.models import Level, RegionMonth, RegionMonthKind

WRITE_BATCH = 500


def _sums(model: type[models.Model]) -> tuple[str, ...]:
    """Return the names of the columns that are summed: the plain integers."""
    return tuple(column.name for column in model._meta.fields if column.get_internal_type() == "IntegerField")


FIGURES = _sums(RegionMonth)
KIND_FIGURES = _sums(RegionMonthKind)


class Region(NamedTuple):
    """The key of a rollup row, without its month."""

    level: str
    pk: int


NATION = Region(Level.NATION, 0)


def region_of(place: Place) -> Region:
    """Return the key of a place's row."""
    return Region(Level.DINAS if place.is_dinas else Level.KECAMATAN, place.pk)


def sum_children(
    rows: Mapping[Region, Row], levels: tuple[str, ...], parents: Mapping[int, Region]
) -> dict[Region, Row]:
    """Return the sums of those of ``rows`` that are of ``levels``, by parent."""
    groups: defaultdict[Region, list[Row]] = defaultdict(list)
    for region, row in rows.items():
        if region.level in levels and not row.is_blank:
            groups[parents[region.pk]].append(row)
    return {parent: _sum(children) for parent, children in groups.items()}


def _sum(children: list[Row]) -> Row:
    """Add rows up: closed when all are, with the latest month end across zones; else as of the oldest."""
    closed = all(child.closed for child in children)
    as_of = (max if closed else min)(child.as_of for child in children)
    # A child's row that only waits for a planned start keeps its parents' rows.
    total = Row(as_of=as_of, closed=closed, planned=True)
    for child in children:
        total.figures.update(child.figures)
        total.by_cause.update(child.by_cause)
        total.by_route.update(child.by_route)
        for code, counts in child.kinds.items():
            total.kinds[code].update(counts)
    return total


def store(month: date, rows: dict[Region, Row]) -> None:
    """Replace the rows of these regions in a month; a blank one leaves none."""
    replaced = Q()
    for level, ids in _ids_by_level(rows).items():
        replaced |= Q(level=level, region_id__in=ids)
    RegionMonth.objects.filter(replaced, month=month).delete()
    RegionMonthKind.objects.filter(replaced, month=month).delete()
    kept = {region: row for region, row in rows.items() if not row.is_blank}
    RegionMonth.objects.bulk_create(
        [_as_model(region, month, row) for region, row in kept.items()], batch_size=WRITE_BATCH
    )
    kind_ids = dict(DeviceKind.objects.order_by().values_list("code", "pk"))
    write_rows(
        RegionMonthKind,
        ("level", "region_id", "month", "kind_id", *KIND_FIGURES),
        (
            (region.level, region.pk, month, kind_ids[code], *(figures[name] for name in KIND_FIGURES))
            for region, row in kept.items()
            for code, figures in sorted(row.kinds.items())
            if any(figures.values())
        ),
    )


def _ids_by_level(regions: Iterable[Region]) -> dict[str, list[int]]:
    levels: defaultdict[str, list[int]] = defaultdict(list)
    for region in regions:
        levels[region.level].append(region.pk)
    return levels


def _as_model(region: Region, month: date, row: Row) -> RegionMonth:
    return RegionMonth(
        level=region.level,
        region_id=region.pk,
        month=month,
        as_of=row.as_of,
        closed=row.closed,
        valid_until=row.valid_until,
        opened_by_cause=_without_zeros(row.by_cause),
        opened_by_route=_without_zeros(row.by_route),
        **row.figures,
    )


def _without_zeros(counts: Counter[str]) -> dict[str, int]:
    return {code: count for code, count in sorted(counts.items()) if count}


def stored_rows(month: date, chosen: Q) -> dict[Region, Row]:
    """Read the rows of a month that a filter over ``level`` and ``region_id`` chooses."""
    found: dict[Region, Row] = {}
    fields = ("level", "region_id", "as_of", "closed", "valid_until", "opened_by_cause", "opened_by_route", *FIGURES)
    rows = RegionMonth.objects.filter(chosen, month=month).values_list(*fields)
    for level, pk, as_of, closed, valid_until, by_cause, by_route, *figures in rows:
        counts = Counter(dict(zip(FIGURES, figures, strict=True)))
        found[Region(level, pk)] = Row(as_of, closed, valid_until, counts, Counter(by_cause), Counter(by_route))
    kinds = RegionMonthKind.objects.filter(chosen, month=month)
    for level, pk, code, *figures in kinds.values_list("level", "region_id", "kind__code", *KIND_FIGURES):
        region = Region(level, pk)
        if region not in found:
            found[region] = Row(as_of=timezone.now(), closed=True)
        found[region].kinds[code] = Counter(dict(zip(KIND_FIGURES, figures, strict=True)))
    return found
