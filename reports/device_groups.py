"""How reliable devices are by model and by source: for kabupaten, provinces and the nation, month by month.

Derived like the rollup rows, but built as whole months each night: a mark of one kecamatan would not tell which models
it touches, and nobody decides what to buy by the minute. The definitions are those of ``RegionMonthKind``, to whose
sums the models of a kind add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from devices.models import Placement
from lib.bulk import write_rows
from lib.months import WIB, WIT, ZONES, add_months, local_month, month_bounds, months_through
from lib.spans import MINUTE, Span, clip
from repairs.models import Ticket
from reports.judge import Moment, moment_of
from reports.models import DeviceGroupMonth, Level, RegionMonthKind

By = DeviceGroupMonth.By
SUMS = ("service_minutes", "faults_begun", "repairs", "repair_minutes")
COLUMNS = ("level", "region_id", "month", "by", "kind", "name", "built_at", *SUMS)
MONTHS_EACH_NIGHT = 13
CHUNK = 10_000

# ``COPY`` takes no such characters in a text.
_PLAIN = str.maketrans("\t\n\r\\", "   /")

Group = tuple[str, str, str]
Sums = defaultdict[tuple[str, int], defaultdict[Group, list[int]]]


def build(month: date, now: datetime) -> int:
    """Build a month anew as it stands at ``now`` (UTC), in one transaction; return how many rows it has."""
    sums = _sums_of(month, now)
    with transaction.atomic():
        DeviceGroupMonth.objects.filter(month=month).delete()
        return write_rows(DeviceGroupMonth, COLUMNS, _rows(sums, month, now))


def refresh(*, recent: bool = True) -> int:
    """Build the current month and the twelve before, and older ones that no longer agree with the rollup rows.

    Without ``recent`` only what does not agree: a change of a device's card is then seen the next night. Returns how
    many months were built. Safe to run again.
    """
    now = timezone.now()
    current = local_month(now, WIT)
    known, built = _by_month(RegionMonthKind, Q(level=Level.NATION)), _by_month(DeviceGroupMonth, _OF_NATION)
    stale = {month for month in {*known, *built} if known.get(month) != built.get(month)}
    if recent:
        first = add_months(current, 1 - MONTHS_EACH_NIGHT)
        stale |= {month for month in months_through(first, current) if month in known}
    for month in sorted(stale, reverse=True):
        build(month, now)
    return len(stale)


_OF_NATION = Q(level=Level.NATION, by=By.MODEL)


def _by_month(model: type[RegionMonthKind] | type[DeviceGroupMonth], chosen: Q) -> dict[date, tuple[int, ...]]:
    sums = {f"all_{name}": Sum(name) for name in SUMS}
    rows = model._default_manager.filter(chosen).order_by().values_list("month").annotate(**sums)
    return {month: tuple(values) for month, *values in rows if any(values)}


def _sums_of(month: date, now: datetime) -> Sums:
    """Add up the placements and the faults of a month by kabupaten, and these by province and for the nation."""
    moments = {zone: moment_of(month, zone, now) for zone in ZONES}
    sums: Sums = defaultdict(lambda: defaultdict(lambda: [0] * len(SUMS)))
    provinces: dict[int, int] = {}
    for found in (_placements(month, moments), _faults(month, moments)):
        for kabupaten, province, groups, values in found:
            provinces[kabupaten] = province
            for group in groups:
                _add(sums[Level.KABUPATEN, kabupaten][group], values)
    for kabupaten, province in provinces.items():
        for group, own in sums[Level.KABUPATEN, kabupaten].items():
            _add(sums[Level.PROVINCE, province][group], own)
            _add(sums[Level.NATION, 0][group], own)
    return sums


def _add(sums: list[int], values: list[int] | tuple[int, ...]) -> None:
    for index, value in enumerate(values):
        sums[index] += value


Found = Iterator[tuple[int, int, tuple[Group, Group], tuple[int, ...]]]


def _placements(month: date, moments: dict[str, Moment]) -> Found:
    start, end = month_bounds(month, WIT)[0], month_bounds(month, WIB)[1]
    rows = (
        Placement.objects.filter(Q(ended_at=None) | Q(ended_at__gt=start), started_at__lt=end)
        .order_by()
        .annotate(kabupaten=F("recording_set__kecamatan__kabupaten"))
        .values_list(
            "kabupaten",
            "recording_set__kecamatan__kabupaten__province",
            "recording_set__kecamatan__kabupaten__province__time_zone",
            "device__kind__code",
            "device__brand",
            "device__model",
            "device__source",
            "started_at",
            "ended_at",
            "recording_set__kecamatan__closed_on",
        )
    )
    for kabupaten, province, zone, kind, brand, model, source, started_at, ended_at, closed in rows.iterator(CHUNK):
        part = clip(Span(started_at, ended_at), _moment_in(moments[zone], zone, closed).window)
        if part:
            lasted = (part.end - part.start) // MINUTE
            yield kabupaten, province, _groups(kind, brand, model, source), (lasted, 0, 0, 0)


def _faults(month: date, moments: dict[str, Moment]) -> Found:
    start, end = month_bounds(month, WIT)[0], month_bounds(month, WIB)[1]
    in_month = Q(failed_at__gte=start, failed_at__lt=end) | Q(restored_at__gte=start, restored_at__lte=end)
    rows = (
        Ticket.objects.counted()
        .filter(in_month)
        .order_by()
        .values_list(
            "kecamatan__kabupaten",
            "kecamatan__kabupaten__province",
            "kecamatan__kabupaten__province__time_zone",
            "device_kind__code",
            "device__brand",
            "device__model",
            "device__source",
            "failed_at",
            "restored_at",
            "kecamatan__closed_on",
        )
    )
    for kabupaten, province, zone, kind, brand, model, source, failed_at, restored_at, closed in rows.iterator(CHUNK):
        moment = _moment_in(moments[zone], zone, closed)
        begun, restored = moment.began(failed_at), moment.began(restored_at)
        if begun or restored:
            minutes = (restored_at - failed_at) // MINUTE if restored else 0
            groups = _groups(kind, brand or "", model or "", source or "")
            yield kabupaten, province, groups, (0, int(begun), int(restored), minutes)


def _moment_in(moment: Moment, zone: str, closed_on: date | None) -> Moment:
    """Return how the month is judged in a place of the zone, which may have been closed."""
    return moment if closed_on is None else moment_of(moment.month, zone, moment.as_of, closed_on)


def _groups(kind: str, brand: str, model: str, source: str) -> tuple[Group, Group]:
    name = f"{brand} {model}".strip().translate(_PLAIN)
    return (By.MODEL, kind, name), (By.SOURCE, "", source)


def _rows(sums: Sums, month: date, now: datetime) -> Iterator[tuple[object, ...]]:
    for (level, pk), groups in sums.items():
        for (by, kind, name), values in groups.items():
            yield level, pk, month, by, kind, name, now, *values
