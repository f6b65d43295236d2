"""The stored rows of regions: how they are read, summed and replaced."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.utils import timezone

from lib.bulk import write_rows
from reports.facts import Place
from reports.judge import Row
from reports.models import Level, RegionMonth, RegionMonthKind


def _sums(model: type[models.Model]) -> tuple[str, ...]:
    """Return the names of the columns that are summed: the plain integers."""
    return tuple(column.name for column in model._meta.fields if column.get_internal_type() == "IntegerField")


FIGURES = _sums(RegionMonth)
KIND_FIGURES = _sums(RegionMonthKind)
COLUMNS = (
    *("level", "region_id", "parent_id", "month", "as_of", "closed", "valid_until", "down_since"),
    *("opened_by_cause", "opened_by_route"),
    *FIGURES,
)


class Region(NamedTuple):
    """The key of a rollup row, without its month."""

    level: str
    pk: int


NATION = Region(Level.NATION, 0)
PARENT_LEVELS: dict[str, str] = {
    Level.KECAMATAN: Level.KABUPATEN,
    Level.DINAS: Level.KABUPATEN,
    Level.KABUPATEN: Level.PROVINCE,
    Level.PROVINCE: Level.NATION,
}


def region_of(place: Place) -> Region:
    """Return the key of a place's row."""
    return Region(Level.DINAS if place.is_dinas else Level.KECAMATAN, place.pk)


def parents_of(places: Iterable[Place]) -> dict[Region, Region]:
    """Return the parent of each place, and of each region above but the nation, from the lowest level up."""
    kabupaten, provinces = {}, {}
    parents = {}
    for place in places:
        own, province = Region(Level.KABUPATEN, place.kabupaten), Region(Level.PROVINCE, place.province)
        parents[region_of(place)], kabupaten[own], provinces[province] = own, province, NATION
    return parents | kabupaten | provinces


# --- Adding up ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Total:
    """The sum of rows: closed when all are, with the latest month end across zones; else as of the oldest."""

    # A child's row that only waits for a planned start keeps its parents' rows.
    row: Row = field(default_factory=lambda: Row(as_of=timezone.now(), closed=True))
    latest: datetime | None = None
    earliest: datetime | None = None

    def add(self, row: Row) -> None:
        """Add a child; a blank one has no say."""
        if not row.is_blank:
            self._judge(row.as_of, row.closed)
            self.row.figures.update(row.figures)
            self._add_texts(row.by_cause, row.by_route)
            for code, counts in row.kinds.items():
                self.row.kinds[code].update(counts)

    def add_stored(self, as_of: datetime, closed: bool, by_cause: dict[str, int], by_route: dict[str, int]) -> None:
        """Add what of a stored child is not summed by column."""
        self._judge(as_of, closed)
        self._add_texts(by_cause, by_route)

    def _add_texts(self, by_cause: Mapping[str, int], by_route: Mapping[str, int]) -> None:
        self.row.by_cause.update(by_cause)
        self.row.by_route.update(by_route)

    def _judge(self, as_of: datetime, closed: bool) -> None:
        self.row.planned = True
        self.row.closed = self.row.closed and closed
        self.latest = max(self.latest or as_of, as_of)
        self.earliest = min(self.earliest or as_of, as_of)
        self.row.as_of = self.latest if self.row.closed else self.earliest


def sum_upwards(month: date, fresh: Mapping[Place, Row], kinds: Mapping[str, int]) -> dict[Region, Row]:
    """Return the rows of all regions above these places: their fresh rows and the stored ones beside them.

    By kind, only what is of ``kinds`` (keys by code) is whole.
    """
    parents = parents_of(fresh)
    rows = {region_of(place): row for place, row in fresh.items()}
    totals = _stored_beside(month, parents, kinds)
    for child, parent in parents.items():
        totals[parent].add(rows[child] if child in rows else totals[child].row)
    return {parent: totals[parent].row for parent in parents.values()}


def _stored_beside(
    month: date, parents: Mapping[Region, Region], kinds: Mapping[str, int]
) -> defaultdict[Region, Total]:
    """Return the sums, by parent, of the stored rows that have one of these parents and are not its keys themselves."""
    totals: defaultdict[Region, Total] = defaultdict(Total)
    columns: defaultdict[Region, list[Sequence[int]]] = defaultdict(list)
    children: defaultdict[str, list[int]] = defaultdict(list)
    fields = ("level", "region_id", "parent_id", "as_of", "closed", "opened_by_cause", "opened_by_route", *FIGURES)
    rows = RegionMonth.objects.filter(_children_of(parents.values()), month=month).values_list(*fields)
    for level, pk, parent_id, as_of, closed, by_cause, by_route, *figures in rows:
        if Region(level, pk) not in parents:
            parent = Region(PARENT_LEVELS[level], parent_id)
            totals[parent].add_stored(as_of, closed, by_cause, by_route)
            columns[parent].append(figures)
            children[level].append(pk)
    for parent, figures_of_all in columns.items():
        totals[parent].row.figures = _add_columns(FIGURES, figures_of_all)
    _add_kinds(totals, month, children, kinds)
    return totals


def _children_of(parents: Iterable[Region]) -> Q:
    """Choose the stored rows that are summed into one of these regions."""
    ids = _ids_by_level(set(parents))
    chosen = Q()
    for child, parent in PARENT_LEVELS.items():
        chosen |= Q(level=child, parent_id__in=ids[parent])
    return chosen


def _add_kinds(
    totals: Mapping[Region, Total], month: date, children: Mapping[str, list[int]], kinds: Mapping[str, int]
) -> None:
    """Add the figures by kind of these children."""
    if not children or not kinds:
        return
    codes = {pk: code for code, pk in kinds.items()}
    columns: defaultdict[tuple[str, int, int], list[Sequence[int]]] = defaultdict(list)
    rows = RegionMonthKind.objects.filter(_any_of(children), month=month, kind__in=codes)
    for level, parent_id, kind, *figures in rows.values_list("level", "parent_id", "kind_id", *KIND_FIGURES):
        columns[PARENT_LEVELS[level], parent_id, kind].append(figures)
    for (level, pk, kind), figures_of_all in columns.items():
        totals[Region(level, pk)].row.kinds[codes[kind]] = _add_columns(KIND_FIGURES, figures_of_all)


def _add_columns(names: Sequence[str], rows: Iterable[Sequence[int]]) -> Counter[str]:
    """Add rows up column by column: many times as fast as adding counters."""
    return Counter(dict(zip(names, map(sum, zip(*rows, strict=True)), strict=True)))


# --- Reading and replacing ---------------------------------------------------------------------------------------


def changed_kinds(month: date, rows: Mapping[Region, Row], kinds: Mapping[str, int]) -> dict[str, int]:
    """Return those of ``kinds`` (keys by code) whose figures differ from the stored ones in any of these regions.

    A fault changes one kind of fourteen, a count none: the sums of the others stand.
    """
    fields = ("level", "region_id", "kind_id", *KIND_FIGURES)
    stored = RegionMonthKind.objects.filter(_any_of(_ids_by_level(rows)), month=month).values_list(*fields)
    fresh = (
        (region.level, region.pk, kinds[code], *figures)
        for region, row in rows.items()
        for code, figures in _figures_by_kind(row)
    )
    differing = {kind for _, _, kind, *_ in set(stored) ^ set(fresh)}
    return {code: pk for code, pk in kinds.items() if pk in differing}


def _figures_by_kind(row: Row) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield what is stored of a row by kind; a blank row leaves nothing."""
    for code, figures in sorted(row.kinds.items()):
        if any(figures.values()) and not row.is_blank:
            yield code, tuple(figures[name] for name in KIND_FIGURES)


def store(month: date, rows: Mapping[Region, Row], parents: Mapping[Region, Region], kinds: Mapping[str, int]) -> None:
    """Replace the rows of these regions in a month, by kind only those of ``kinds``; a blank row leaves none."""
    replaced = _any_of(_ids_by_level(rows))
    RegionMonth.objects.filter(replaced, month=month).delete()
    kept = [(region, parents.get(region, NATION).pk, row) for region, row in rows.items() if not row.is_blank]
    write_rows(RegionMonth, COLUMNS, (_values(region, parent, month, row) for region, parent, row in kept))
    if not kinds:
        return
    RegionMonthKind.objects.filter(replaced, month=month, kind__in=kinds.values()).delete()
    write_rows(
        RegionMonthKind,
        ("level", "region_id", "parent_id", "month", "kind_id", *KIND_FIGURES),
        (
            (region.level, region.pk, parent, month, kinds[code], *figures)
            for region, parent, row in kept
            for code, figures in _figures_by_kind(row)
            if code in kinds
        ),
    )


def _any_of(ids_by_level: Mapping[str, list[int]]) -> Q:
    chosen = Q()
    for level, ids in ids_by_level.items():
        chosen |= Q(level=level, region_id__in=ids)
    return chosen


def _ids_by_level(regions: Iterable[Region]) -> defaultdict[str, list[int]]:
    levels: defaultdict[str, list[int]] = defaultdict(list)
    for region in regions:
        levels[region.level].append(region.pk)
    return levels


def _values(region: Region, parent: int, month: date, row: Row) -> tuple[object, ...]:
    """Return a row as :data:`COLUMNS` names its values."""
    by_cause, by_route = _without_zeros(row.by_cause), _without_zeros(row.by_route)
    key = (region.level, region.pk, parent, month, row.as_of, row.closed, row.valid_until, row.down_since)
    return (*key, by_cause, by_route, *(row.figures[name] for name in FIGURES))


def _without_zeros(counts: Counter[str]) -> dict[str, int]:
    return {code: count for code, count in sorted(counts.items()) if count}


def stored_rows(month: date, chosen: Q) -> dict[Region, Row]:
    """Read the rows of a month that a filter over ``level`` and ``region_id`` chooses."""
    found: dict[Region, Row] = {}
    moments = ("as_of", "closed", "valid_until", "down_since")
    fields = ("level", "region_id", *moments, "opened_by_cause", "opened_by_route", *FIGURES)
    rows = RegionMonth.objects.filter(chosen, month=month).values_list(*fields)
    for level, pk, as_of, closed, valid_until, down, by_cause, by_route, *figures in rows:
        counts = Counter(dict(zip(FIGURES, figures, strict=True)))
        found[Region(level, pk)] = Row(as_of, closed, valid_until, down, counts, Counter(by_cause), Counter(by_route))
    kinds = RegionMonthKind.objects.filter(chosen, month=month)
    for level, pk, code, *figures in kinds.values_list("level", "region_id", "kind__code", *KIND_FIGURES):
        region = Region(level, pk)
        if region not in found:
            found[region] = Row(as_of=timezone.now(), closed=True)
        found[region].kinds[code] = Counter(dict(zip(KIND_FIGURES, figures, strict=True)))
    return found
