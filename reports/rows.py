"""The stored rows of regions: how they are read, summed and replaced."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
            self.judge(row.as_of, row.closed)
            _add_figures(self.row, row)

    def judge(self, as_of: datetime, closed: bool) -> None:
        """Take in when a child was judged."""
        self.row.planned = True
        self.row.closed = self.row.closed and closed
        self.latest = max(self.latest or as_of, as_of)
        self.earliest = min(self.earliest or as_of, as_of)
        self.row.as_of = self.latest if self.row.closed else self.earliest


def _add_figures(total: Row, row: Row, sign: int = 1) -> None:
    """Add all that is summed of a row to another, or take it away with ``sign`` -1."""
    pairs = [(total.figures, row.figures), (total.by_cause, row.by_cause), (total.by_route, row.by_route)]
    pairs += [(total.kinds[code], counts) for code, counts in row.kinds.items()]
    for summed, counts in pairs:
        for name, count in counts.items():
            if count:
                summed[name] += sign * count


def changes_of(rows: Mapping[Region, Row], stored: Mapping[Region, Row]) -> dict[Region, Row]:
    """Return by how much each of these rows differs from the stored one, in all that is summed; blank ones are 0."""
    changes = {}
    for region, row in rows.items():
        changes[region] = change = Row(row.as_of, row.closed)
        if not row.is_blank:
            _add_figures(change, row)
        if region in stored:
            _add_figures(change, stored[region], -1)
    return changes


def changed_kinds(changes: Mapping[Region, Row], kinds: Mapping[str, int]) -> dict[str, int]:
    """Return those of ``kinds`` (keys by code) in which a region changes: with a fault one of fourteen."""
    changed = {code for change in changes.values() for code, counts in change.kinds.items() if any(counts.values())}
    return {code: pk for code, pk in kinds.items() if code in changed}


def sum_upwards(
    month: date,
    rows: Mapping[Region, Row],
    changes: Mapping[Region, Row],
    parents: Mapping[Region, Region],
    stored: Mapping[Region, Row],
) -> dict[Region, Row]:
    """Return the rows of all regions above the places in ``rows``, from their ``stored`` ones.

    A sum changes by as much as its parts (``changes_of`` the places): of the siblings only the moments of judgement
    are read.
    """
    summed = dict(changes)
    totals = _judged_beside(month, parents)
    for child, parent in parents.items():
        row = rows[child] if child in rows else totals[child].row
        if not row.is_blank:
            totals[parent].judge(row.as_of, row.closed)
        _add_figures(summed.setdefault(parent, Row(row.as_of, row.closed)), summed[child])
    above = set(parents.values())
    for region in above:
        if region in stored:
            _add_figures(totals[region].row, stored[region])
        _add_figures(totals[region].row, summed[region])
    return {region: totals[region].row for region in above}


def _judged_beside(month: date, parents: Mapping[Region, Region]) -> defaultdict[Region, Total]:
    """Return, without figures, the totals of the stored rows that have one of these parents and are not its keys."""
    totals: defaultdict[Region, Total] = defaultdict(Total)
    rows = RegionMonth.objects.filter(_children_of(parents.values()), month=month)
    for level, pk, parent_id, as_of, closed in rows.values_list("level", "region_id", "parent_id", "as_of", "closed"):
        if Region(level, pk) not in parents:
            totals[Region(PARENT_LEVELS[level], parent_id)].judge(as_of, closed)
    return totals


def _children_of(parents: Iterable[Region]) -> Q:
    """Choose the stored rows that are summed into one of these regions."""
    ids = _ids_by_level(set(parents))
    chosen = Q()
    for child, parent in PARENT_LEVELS.items():
        chosen |= Q(level=child, parent_id__in=ids[parent])
    return chosen


# --- Reading and replacing ---------------------------------------------------------------------------------------


def _figures_by_kind(row: Row) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield what is stored of a row by kind; a blank row leaves nothing."""
    for code, figures in sorted(row.kinds.items()):
        if any(figures.values()) and not row.is_blank:
            yield code, tuple(figures[name] for name in KIND_FIGURES)


def store(
    month: date,
    rows: Mapping[Region, Row],
    parents: Mapping[Region, Region],
    kinds: Mapping[str, int],
    stored: Iterable[Row],
) -> None:
    """Put these rows in the place of the stored ones, by kind only those of ``kinds``; a blank row leaves none."""
    replaced = list(stored)
    RegionMonth.objects.filter(pk__in=[row.stored for row in replaced]).delete()
    kept = [(region, parents.get(region, NATION).pk, row) for region, row in rows.items() if not row.is_blank]
    write_rows(RegionMonth, COLUMNS, (_values(region, parent, month, row) for region, parent, row in kept))
    if not kinds:
        return
    keys = [key for row in replaced for code, key in row.stored_kinds.items() if code in kinds]
    RegionMonthKind.objects.filter(pk__in=keys).delete()
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


def any_of(regions: Iterable[Region]) -> Q:
    """Choose the stored rows of these regions."""
    chosen = Q()
    for level, ids in _ids_by_level(regions).items():
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


def stored_rows(month: date, chosen: Q, kinds: Mapping[str, int]) -> dict[Region, Row]:
    """Read the rows of a month that a filter over ``level`` and ``region_id`` chooses; none of them is blank.

    ``kinds`` are the keys of all kinds by code.
    """
    found: dict[Region, Row] = {}
    for stored in RegionMonth.objects.filter(chosen, month=month):
        found[Region(stored.level, stored.region_id)] = Row(
            *(stored.as_of, stored.closed, stored.valid_until, stored.down_since),
            figures=Counter({name: getattr(stored, name) for name in FIGURES}),
            by_cause=Counter(stored.opened_by_cause),
            by_route=Counter(stored.opened_by_route),
            planned=True,
            stored=stored.pk,
        )
    codes = {pk: code for code, pk in kinds.items()}
    rows = RegionMonthKind.objects.filter(chosen, month=month)
    for key, level, pk, kind, *figures in rows.values_list("pk", "level", "region_id", "kind_id", *KIND_FIGURES):
        region, code = Region(level, pk), codes[kind]
        if region not in found:
            found[region] = Row(as_of=timezone.now(), closed=True, planned=True)
        found[region].stored_kinds[code] = key
        found[region].kinds[code] = Counter(dict(zip(KIND_FIGURES, figures, strict=True)))
    return found
