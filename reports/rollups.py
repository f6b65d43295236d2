"""Keeps the rollup rows equal to the facts: drains the marks, sums parents up, notices time, rebuilds and verifies.

The marks are the queue, so a dead broker or a killed worker delays a dashboard and loses nothing. A drain computes
without any lock and then, in one short transaction, takes away the marks that are still as it read them and writes
the rows of just these; a mark made or renewed meanwhile stays and is drained again. Parents are summed from the stored
rows of their children inside that transaction, one drain at a time (``RollupLock``).
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import Min, Q
from django.utils import timezone

from devices.models import DeviceKind, InventoryCheck, Placement
from kecamatan.changes import mark_waiting
from kecamatan.models import ChangedMonth, Kabupaten, Kecamatan, Population, Recording, TargetRule
from lib.months import add_months, local_month, month_of, months_through
from repairs.models import Arrangement, LostRecords, Outage, Ticket
from reports.facts import Place, Reference, load_facts, load_places, load_reference
from reports.judge import Row, judge
from reports.models import Level, RegionMonth, RegionMonthKind, RollupLock

logger = logging.getLogger(__name__)

BATCH = 500
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


# --- Draining ---------------------------------------------------------------------------------------------------


def refresh() -> int:
    """Notice what time has overtaken and drain every mark; return how many marks were settled.

    Safe to run many times at once and to kill at any moment.
    """
    return sum(drain())


def drain() -> Iterator[int]:
    """Do what :func:`refresh` does, and yield after each batch how many marks it settled."""
    notice_passed_time()
    while batch := _drain_batch():
        yield batch


def _drain_batch() -> int:
    """Drain up to :data:`BATCH` marks, the newest months first, and return how many were settled."""
    marks = list(ChangedMonth.objects.order_by("-month", "kecamatan__kabupaten", "kecamatan")[:BATCH])
    if not marks:
        return 0
    now = timezone.now()
    places = load_places({mark.kecamatan_id for mark in marks})
    rows = _compute(places, _by_month(marks), now)
    with transaction.atomic():
        RollupLock.objects.select_for_update().get()
        settled = _settle(marks)
        mark_waiting(_months_opened_since(settled, places, now))
        for month, group in _by_month(settled).items():
            _sum_up(month, {places[pk]: rows[pk, month] for pk in group})
    return len(settled)


def _months_opened_since(
    marks: Iterable[ChangedMonth], places: dict[int, Place], now: datetime
) -> Iterator[tuple[int, date]]:
    """Yield the later months of a mark that was made for the current month and is drained after its end.

    There was no open row to notice that the month ended.
    """
    for mark in marks:
        zone = places[mark.kecamatan_id].zone
        if mark.month == local_month(mark.marked_at, zone):
            later = months_through(add_months(mark.month, 1), local_month(now, zone))
            yield from ((mark.kecamatan_id, month) for month in later)


def _by_month(marks: Iterable[ChangedMonth]) -> dict[date, list[int]]:
    months: defaultdict[date, list[int]] = defaultdict(list)
    for mark in marks:
        months[mark.month].append(mark.kecamatan_id)
    return months


def _compute(places: dict[int, Place], months: dict[date, list[int]], now: datetime) -> dict[tuple[int, date], Row]:
    reference = load_reference()
    rows: dict[tuple[int, date], Row] = {}
    for month, ids in months.items():
        facts = load_facts({pk: places[pk] for pk in ids}, month, reference)
        for pk in ids:
            rows[pk, month] = judge(facts[pk], reference, month, now)
    return rows


def _settle(marks: list[ChangedMonth]) -> list[ChangedMonth]:
    """Take away the marks that are still as they were read, and return them; the others stay for the next drain.

    A mark that a writer is renewing at this moment is passed over, not waited for.
    """
    stamps = {mark.pk: mark for mark in marks}
    current = ChangedMonth.objects.filter(pk__in=stamps).select_for_update(skip_locked=True)
    settled = [stamps[mark.pk] for mark in current if mark.stamp == stamps[mark.pk].stamp]
    ChangedMonth.objects.filter(pk__in=[mark.pk for mark in settled]).delete()
    return settled


def _region(place: Place) -> Region:
    return Region(Level.DINAS if place.is_dinas else Level.KECAMATAN, place.pk)


# --- Storing and summing up -------------------------------------------------------------------------------------


def _sum_up(month: date, fresh: dict[Place, Row]) -> None:
    """Store the rows of these places, and of the kabupaten, the provinces and the nation above them, at one go."""
    rows = {_region(place): row for place, row in fresh.items()}
    for levels, parents in _levels_above(fresh):
        sums = sum_children(month, levels, parents, rows)
        regions = {NATION} if parents is None else set(parents.values())
        rows |= {region: sums.get(region) or Row(as_of=timezone.now(), closed=True) for region in regions}
    _store(month, rows)


def _levels_above(places: Iterable[Place]) -> Iterator[tuple[tuple[str, ...], dict[int, Region] | None]]:
    """Yield from the lowest, what :func:`sum_children` asks for: levels, and the parents of all their siblings."""
    province_of = {place.kabupaten: place.province for place in places}
    below = Kecamatan.objects.filter(kabupaten__in=province_of).order_by().values_list("pk", "kabupaten_id")
    yield (Level.KECAMATAN, Level.DINAS), {pk: Region(Level.KABUPATEN, of) for pk, of in below}
    beside = Kabupaten.objects.filter(province__in=set(province_of.values())).order_by()
    siblings = beside.values_list("pk", "province_id")
    yield (Level.KABUPATEN,), {pk: Region(Level.PROVINCE, of) for pk, of in siblings}
    yield (Level.PROVINCE,), None


def sum_children(
    month: date,
    levels: tuple[str, ...],
    parents: dict[int, Region] | None,
    fresh: Mapping[Region, Row] | None = None,
) -> dict[Region, Row]:
    """Return the sums of the rows of ``levels`` by parent; without ``parents`` all belong to the nation.

    The rows are the stored ones, or those in ``fresh`` that are yet to be stored in their place.
    """
    newer = {region: row for region, row in (fresh or {}).items() if region.level in levels}
    children = _stored(month, levels, parents, without=[region.pk for region in newer])
    children |= {region: row for region, row in newer.items() if not row.is_blank}
    groups: defaultdict[Region, list[Row]] = defaultdict(list)
    for region, row in children.items():
        groups[NATION if parents is None else parents[region.pk]].append(row)
    return {region: _sum(rows) for region, rows in groups.items()}


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


def _store(month: date, rows: dict[Region, Row]) -> None:
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
    RegionMonthKind.objects.bulk_create(
        [
            RegionMonthKind(level=region.level, region_id=region.pk, month=month, kind_id=kind_ids[code], **figures)
            for region, row in kept.items()
            for code, figures in sorted(row.kinds.items())
            if any(figures.values())
        ],
        batch_size=WRITE_BATCH,
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


# --- Time passing -----------------------------------------------------------------------------------------------


def notice_passed_time() -> int:
    """Mark the open rows that time alone has made wrong, and every month since; return the number of marks.

    This closes a month at its local end and opens the next one, also after the worker has stood still for long.
    """
    now = timezone.now()
    stale = list(RegionMonth.objects.filter(valid_until__lte=now).values_list("region_id", "month"))
    if not stale:
        return 0
    zones = {pk: place.zone for pk, place in load_places({pk for pk, _ in stale}).items()}
    return mark_waiting(
        (pk, later) for pk, month in stale for later in months_through(month, local_month(now, zones[pk]))
    )


# --- Rebuilding and verifying -----------------------------------------------------------------------------------


@transaction.atomic
def forget(month: date | None = None) -> int:
    """Drop the rows of a month, or of all, and mark every one that the facts ask for; return the number of marks.

    The rows come back with the next drain. The marks and the dropping are one transaction.
    """
    RollupLock.objects.select_for_update().get()
    for model in (RegionMonth, RegionMonthKind):
        rows = model.objects.all() if month is None else model.objects.filter(month=month)
        rows.delete()
    return mark_waiting(pair for pair in months_with_facts(timezone.now()) if month in (None, pair[1]))


def months_with_facts(now: datetime) -> Iterator[tuple[int, date]]:
    """Yield each (place, month) that can have a row: from the month of its first fact to its current one."""
    places = load_places()
    for pk, first in _first_facts(places).items():
        current = local_month(now, places[pk].zone)
        yield from ((pk, month) for month in months_through(min(first, current), current))


def _first_facts(places: dict[int, Place]) -> dict[int, date]:
    """Return the month of the first fact of each place that has any."""
    first: dict[int, date] = {}

    def note(pk: int, at: date | datetime | None) -> None:
        if at is not None:
            month = local_month(at, places[pk].zone) if isinstance(at, datetime) else month_of(at)
            first[pk] = min(first.get(pk, month), month)

    for rows in (
        Placement.objects.order_by().values_list("recording_set__kecamatan").annotate(Min("started_at")),
        Ticket.objects.order_by().values_list("kecamatan").annotate(Min("failed_at")),
        Outage.places.through.objects.order_by().values_list("kecamatan").annotate(Min("outage__started_at")),
        Arrangement.objects.order_by().values_list("kecamatan").annotate(Min("started_at")),
        Recording.objects.order_by().values_list("kecamatan").annotate(Min("day")),
        LostRecords.objects.order_by().values_list("kecamatan").annotate(Min("day")),
        LostRecords.objects.order_by().values_list("kecamatan").annotate(Min("rerecorded_on")),
        Population.objects.order_by().values_list("kecamatan").annotate(Min("holds_from")),
        TargetRule.objects.exclude(kecamatan=None).order_by().values_list("kecamatan").annotate(Min("starts_on")),
    ):
        for pk, at in rows:
            note(pk, at)
    rules = TargetRule.objects.exclude(kabupaten=None).order_by().values_list("kabupaten").annotate(Min("starts_on"))
    checks = InventoryCheck.objects.order_by().values_list("kabupaten").annotate(Min("day"))
    by_rule, by_check = dict(rules), dict(checks)
    for pk, place in places.items():
        note(pk, by_check.get(place.kabupaten) if place.is_dinas else by_rule.get(place.kabupaten))
    return first


@dataclass(slots=True)
class Verification:
    """What a comparison of the stored rows with the facts found."""

    rows: int = 0
    waiting: int = 0
    differences: list[str] = field(default_factory=list)


def verify(month: date | None = None) -> Verification:
    """Recompute every row at its own ``as_of`` and compare; rows that wait for a drain are only counted."""
    now = timezone.now()
    result = Verification()
    reference = load_reference()
    places = load_places()
    waiting = set(ChangedMonth.objects.values_list("kecamatan_id", "month"))
    waiting |= set(RegionMonth.objects.filter(valid_until__lte=now).values_list("region_id", "month"))
    months: defaultdict[date, set[int]] = defaultdict(set)
    place_rows = RegionMonth.objects.filter(level__in=(Level.KECAMATAN, Level.DINAS))
    for pk, of in {*months_with_facts(now), *place_rows.values_list("region_id", "month")}:
        if month in (None, of):
            months[of].add(pk)
    for of, ids in sorted(months.items()):
        settled = sorted(pk for pk in ids if (pk, of) not in waiting)
        result.waiting += len(ids) - len(settled)
        for start in range(0, len(settled), BATCH):
            batch = {pk: places[pk] for pk in settled[start : start + BATCH]}
            _verify_places(result, batch, of, reference, now)
    for of in RegionMonth.objects.order_by("month").values_list("month", flat=True).distinct():
        if month in (None, of):
            _verify_parents(result, of)
    return result


def _verify_places(
    result: Verification, places: dict[int, Place], month: date, reference: Reference, now: datetime
) -> None:
    facts = load_facts(places, month, reference)
    stored = _stored(month, (Level.KECAMATAN, Level.DINAS), places)
    for pk, place in places.items():
        row = stored.get(_region(place))
        fresh = judge(facts[pk], reference, month, row.as_of if row else now)
        result.rows += row is not None
        _compare(result, _region(place), month, row, fresh)


def _verify_parents(result: Verification, month: date) -> None:
    parents = dict(Kecamatan.objects.values_list("pk", "kabupaten_id"))
    provinces = {place.kabupaten: place.province for place in load_places().values()}
    for levels, above in (
        ((Level.KECAMATAN, Level.DINAS), {pk: Region(Level.KABUPATEN, of) for pk, of in parents.items()}),
        ((Level.KABUPATEN,), {pk: Region(Level.PROVINCE, of) for pk, of in provinces.items()}),
        ((Level.PROVINCE,), None),
    ):
        fresh = sum_children(month, levels, above)
        level = next(iter(above.values())).level if above else Level.NATION
        stored = _stored(month, (level,))
        for region in {*fresh, *stored}:
            result.rows += region in stored
            _compare(result, region, month, stored.get(region), fresh.get(region))


def _stored(
    month: date, levels: tuple[str, ...], ids: Collection[int] | None = None, without: Collection[int] = ()
) -> dict[Region, Row]:
    """Read the rows of some levels in a month: those of ``ids``, or all, but for those of ``without``."""
    chosen = Q(level__in=levels, month=month) & ~Q(region_id__in=without)
    if ids is not None:
        chosen &= Q(region_id__in=ids)
    stored: dict[Region, Row] = {}
    fields = ("level", "region_id", "as_of", "closed", "valid_until", "opened_by_cause", "opened_by_route", *FIGURES)
    rows = RegionMonth.objects.filter(chosen).values_list(*fields)
    for level, pk, as_of, closed, valid_until, by_cause, by_route, *figures in rows:
        counts = Counter(dict(zip(FIGURES, figures, strict=True)))
        stored[Region(level, pk)] = Row(as_of, closed, valid_until, counts, Counter(by_cause), Counter(by_route))
    kinds = RegionMonthKind.objects.filter(chosen).values_list("level", "region_id", "kind__code", *KIND_FIGURES)
    for level, pk, code, *figures in kinds:
        row = stored.setdefault(Region(level, pk), Row(as_of=timezone.now(), closed=True))
        row.kinds[code] = Counter(dict(zip(KIND_FIGURES, figures, strict=True)))
    return stored


def _compare(result: Verification, region: Region, month: date, stored: Row | None, fresh: Row | None) -> None:
    """Note each figure in which a stored row and the one computed now differ; a blank row equals none."""
    if stored is None and (fresh is None or fresh.is_blank):
        return
    for name, was, now in _differing(stored, fresh):
        result.differences.append(f"{region.level} {region.pk} {month:%Y-%m} {name}: tersimpan {was}, dihitung {now}")


def _differing(stored: Row | None, fresh: Row | None) -> Iterator[tuple[str, object, object]]:
    if stored is None or fresh is None or fresh.is_blank:
        yield "baris", "tidak ada" if stored is None else "ada", "tidak ada" if stored else "ada"
        return
    for name in ("as_of", "closed", "valid_until"):
        if getattr(stored, name) != getattr(fresh, name):
            yield name, getattr(stored, name), getattr(fresh, name)
    for group, was, now in (
        ("", stored.figures, fresh.figures),
        ("penyebab ", stored.by_cause, fresh.by_cause),
        ("jalur ", stored.by_route, fresh.by_route),
        *(
            (f"{code} ", stored.kinds.get(code, Counter()), fresh.kinds.get(code, Counter()))
            for code in sorted({*stored.kinds, *fresh.kinds})
        ),
    ):
        for name in sorted({*was, *now}):
            if was[name] != now[name]:
                yield f"{group}{name}", was[name], now[name]
