"""How reliable a region's places and devices were over twelve months, read from stored sums: nothing is computed here.

Seven queries of a few hundred short rows, also for the nation: its places are the provinces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, F, Min, Q, QuerySet, Subquery, Sum, Value, When

from devices.models import DeviceKind
from kecamatan.models import Kabupaten, Kecamatan, Province, open_on
from lib.format import DAYS_A_YEAR
from lib.months import add_months, months_through
from reports.models import DeviceGroupMonth, Level, RegionMonth, RegionMonthKind
from reports.regions import Region
from reports.surroundings import first_month_of, kabupaten_of

MONTHS = 12
MINUTES_A_YEAR = DAYS_A_YEAR * 24 * 60
# A rate over less time in service than this says more of chance than of the devices.
ENOUGH_YEARS = 5

KIND_SUMS = ("service_minutes", "faults_begun", "repairs", "repair_minutes")
PLACE_SUMS = ("office_minutes", "down_minutes", "outage_minutes")


@dataclass(slots=True)
class Sums:
    """What reliability is divided from, over some months; the minutes of office hours are of kecamatan only."""

    service_minutes: int = 0
    faults_begun: int = 0
    repairs: int = 0
    repair_minutes: int = 0
    office_minutes: int = 0
    down_minutes: int = 0
    outage_minutes: int = 0

    @property
    def availability(self) -> float | None:
        """Return in percent for how much of the office hours a place could record; unknown without a set on record."""
        return 100 * (1 - self.down_minutes / self.office_minutes) if self.office_minutes else None

    @property
    def repair_time(self) -> float | None:
        """Return the mean minutes from failure to restoration (MTTR); unknown without a repair."""
        return self.repair_minutes / self.repairs if self.repairs else None

    @property
    def between_faults(self) -> float | None:
        """Return the mean minutes in service for each fault (MTBF); unknown without a fault, or a device."""
        return self.service_minutes / self.faults_begun if self.faults_begun and self.service_minutes else None

    @property
    def years(self) -> float:
        """Return the device-years in service."""
        return self.service_minutes / MINUTES_A_YEAR

    @property
    def rate(self) -> float | None:
        """Return the faults per 100 device-years; unknown without a device in service."""
        return 100 * self.faults_begun / self.years if self.service_minutes else None

    @property
    def is_telling(self) -> bool:
        """Say whether the rate rests on enough time in service."""
        return self.years >= ENOUGH_YEARS


class Below(NamedTuple):
    """A region in the table of regions."""

    code: str
    name: str
    level: str
    pk: int


class Group(NamedTuple):
    """The devices of one model of a kind, or of one source."""

    kind: str
    name: str


def _sums() -> defaultdict[Any, Sums]:
    return defaultdict(Sums)


@dataclass(slots=True)
class Reliability:
    """Twelve months of a region, of the regions below it and of its devices.

    ``sums`` and ``shares`` (the part of the office hours that was down, in the months with a set on record) are by
    level and key; ``as_of`` is the moment of the newest month, ``built_at`` the one of the oldest sums by model.
    """

    months: list[date]
    below: list[Below] = field(default_factory=list)
    sums: defaultdict[tuple[str, int], Sums] = field(default_factory=_sums)
    shares: defaultdict[tuple[str, int], dict[date, float]] = field(default_factory=lambda: defaultdict(dict))
    as_of: datetime | None = None
    kabupaten_inventoried: int = 0
    kabupaten_total: int = 0
    first_month: date | None = None
    has_sample_data: bool = False
    kind_names: dict[str, str] = field(default_factory=dict)
    kinds: defaultdict[str, Sums] = field(default_factory=_sums)
    models: defaultdict[Group, Sums] = field(default_factory=_sums)
    sources: defaultdict[Group, Sums] = field(default_factory=_sums)
    built_at: datetime | None = None


def read_reliability(region: Region, last: date) -> Reliability:
    """Read the twelve months up to ``last``; a place stands for itself in the table of regions."""
    found = Reliability(list(months_through(add_months(last, 1 - MONTHS), last)))
    _read_below(found, region)
    _read_months(found, region)
    _read_kinds(found, region)
    if region.kecamatan is None:
        _read_groups(found, region)
    return found


def _read_below(found: Reliability, region: Region) -> None:
    """Read the regions below, with the first month that has figures and the number of kabupaten."""
    level, rows = _below_of(region, found.months[0])
    sample = Kabupaten.objects.filter(kabupaten_of(region), has_sample_data=True)
    rows = rows.annotate(first=Subquery(first_month_of(region)), sample=Exists(sample))
    fields = ("pk", "code", "name", "kabupaten_count", "first", "sample")
    for pk, code, name, kabupaten, first, has_sample_data in rows.values_list(*fields):
        found.below.append(Below(code, name, level, pk))
        found.first_month, found.has_sample_data = first, has_sample_data
        found.kabupaten_total += kabupaten
    if region.level == Level.KABUPATEN:
        found.kabupaten_total = 1


def _below_of(region: Region, first: date) -> tuple[str, QuerySet]:
    """Return the regions below, which were open at any time since the first month: those are in the sums."""
    if region.level == Level.NATION:
        running = Count("kabupaten", filter=Q(kabupaten__closed_on=None))
        provinces = Province.objects.filter(open_on(first)).order_by("name")
        return Level.PROVINCE, provinces.annotate(kabupaten_count=running)
    if region.level == Level.PROVINCE:
        rows = Kabupaten.objects.filter(open_on(first), province=region.pk).order_by("name")
        return Level.KABUPATEN, rows.annotate(kabupaten_count=Case(When(closed_on=None, then=1), default=0))
    places = Kecamatan.objects.filter(kind=Kecamatan.Kind.KECAMATAN).order_by("name")
    here = Q(pk=region.pk) if region.kecamatan else Q(open_on(first), kabupaten=region.pk)
    return Level.KECAMATAN, places.filter(here).annotate(kabupaten_count=Value(0))


def _of_all(found: Reliability, region: Region) -> Q:
    """Choose the rows of the region and of those below, over the months."""
    keys: defaultdict[str, set[int]] = defaultdict(set, {region.level: {region.pk}})
    for below in found.below:
        keys[below.level].add(below.pk)
    chosen = Q()
    for level, ids in keys.items():
        chosen |= Q(level=level, region_id__in=ids)
    return chosen & Q(month__range=(found.months[0], found.months[-1]))


def _read_months(found: Reliability, region: Region) -> None:
    """Read the minutes of the region and of those below, month by month."""
    fields = ("level", "region_id", "month", "as_of", "kabupaten_inventoried", *PLACE_SUMS)
    for level, pk, month, as_of, inventoried, *minutes in (
        RegionMonth.objects.filter(_of_all(found, region)).order_by("month").values_list(*fields)
    ):
        sums = found.sums[level, pk]
        for name, value in zip(PLACE_SUMS, minutes, strict=True):
            setattr(sums, name, getattr(sums, name) + value)
        if minutes[0]:
            found.shares[level, pk][month] = minutes[1] / minutes[0]
        if (level, pk) == region.key:
            found.as_of, found.kabupaten_inventoried = as_of, inventoried


def _read_kinds(found: Reliability, region: Region) -> None:
    """Read the sums of devices: of the region by kind, of those below of all kinds together."""
    rows = (
        RegionMonthKind.objects.filter(_of_all(found, region))
        .order_by()
        .values_list("level", "region_id", Case(When(_own(region), then=F("kind_id"))))
        .annotate(*(Sum(name) for name in KIND_SUMS))
    )
    of_kinds = {}
    for level, pk, kind, *values in rows:
        _add(found.sums[level, pk], values)
        of_kinds[kind] = values
    for kind, code, name in DeviceKind.objects.order_by("rank").values_list("pk", "code", "name"):
        if kind in of_kinds:
            found.kind_names[code] = name
            _add(found.kinds[code], of_kinds[kind])


def _read_groups(found: Reliability, region: Region) -> None:
    """Read the sums by model and by source, and since when they hold."""
    rows = (
        DeviceGroupMonth.objects.filter(_own(region), month__range=(found.months[0], found.months[-1]))
        .order_by()
        .values_list("by", "kind", "name")
        .annotate(Min("built_at"), *(Sum(name) for name in KIND_SUMS))
    )
    for by, kind, name, built_at, *values in rows:
        groups = found.models if by == DeviceGroupMonth.By.MODEL else found.sources
        _add(groups[Group(kind, name)], values)
        found.built_at = min(found.built_at or built_at, built_at)


def _own(region: Region) -> Q:
    return Q(level=region.level, region_id=region.pk)


def _add(sums: Sums, values: Iterable[int]) -> None:
    for name, value in zip(KIND_SUMS, values, strict=True):
        setattr(sums, name, getattr(sums, name) + value)
