"""Compares the stored rollup rows with the facts: each place's row recomputed, each parent summed again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from kecamatan.models import ChangedMonth
from reports.facts import Place, Reference, load_facts, load_places, load_reference
from reports.judge import Row, judge
from reports.models import Level, RegionMonth
from reports.rollups import BATCH, months_with_facts
from reports.rows import PARENT_LEVELS, Region, Total, parents_of, region_of, stored_rows


@dataclass(slots=True)
class Verification:
    """What a comparison of the stored rows with the facts found."""

    rows: int = 0
    waiting: int = 0
    failed: int = 0
    differences: list[str] = field(default_factory=list)


def verify(month: date | None = None) -> Verification:
    """Recompute every row at its own ``as_of`` and compare; rows that wait for a drain are only counted.

    So are, in ``failed``, the marks that no drain could compute.

    People write and workers drain meanwhile, so a difference counts only when a second look finds it too.
    """
    result = _compare_all(month)
    if result.differences:
        again = _compare_all(month)
        again.differences = [found for found in again.differences if found in set(result.differences)]
        return again
    return result


def _compare_all(month: date | None) -> Verification:
    now = timezone.now()
    result = Verification()
    reference = load_reference()
    places = load_places()
    result.failed = ChangedMonth.objects.exclude(failed_at=None).count()
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
    parents = parents_of(places.values())
    for of in RegionMonth.objects.order_by("month").values_list("month", flat=True).distinct():
        if month in (None, of):
            _verify_parents(result, of, parents, reference)
    return result


def _verify_places(
    result: Verification, places: dict[int, Place], month: date, reference: Reference, now: datetime
) -> None:
    facts = load_facts(places, month, reference)
    stored = stored_rows(month, Q(level__in=(Level.KECAMATAN, Level.DINAS), region_id__in=places), reference.kinds)
    for pk, place in places.items():
        row = stored.get(region_of(place))
        fresh = judge(facts[pk], reference, month, row.as_of if row else now)
        result.rows += row is not None
        _compare(result, region_of(place), month, row, fresh)


def _verify_parents(result: Verification, month: date, parents: Mapping[Region, Region], reference: Reference) -> None:
    """Sum the stored rows up by today's parents, not by those that are stored with them."""
    stored = stored_rows(month, Q(), reference.kinds)
    for level in (Level.KABUPATEN, Level.PROVINCE, Level.NATION):
        totals: defaultdict[Region, Total] = defaultdict(Total)
        for region, row in stored.items():
            if PARENT_LEVELS.get(region.level) == level:
                totals[parents[region]].add(row)
        for region in {*totals, *(region for region in stored if region.level == level)}:
            result.rows += region in stored
            fresh = totals[region].row if region in totals else None
            _compare(result, region, month, stored.get(region), fresh)


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
    for name in ("as_of", "closed", "valid_until", "down_since"):
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
