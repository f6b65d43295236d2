"""What a page says beside the figures of a report, read in one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from devices.models import DeviceKind, KindRequirement
from kecamatan.models import ChangedMonth, Kabupaten, Kecamatan, Province
from reports.models import Level, RegionMonth
from reports.selectors import Region

KNOWN_SERVICES = ("serving", "limited", "hosted", "mobile", "stopped")


class Heard(NamedTuple):
    """What a child of a region has said: how it serves, of how many kecamatan that is known, and the days reported."""

    service: str = ""
    known: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The names of the kinds in their order, which of them are required in the month, and what else to say."""

    kind_names: Mapping[str, str]
    required: frozenset[str]
    pending: int
    first_month: date | None
    has_sample_data: bool


def surroundings(region: Region, month: date) -> Surroundings:
    """Read what a page of a region and month says beside its figures.

    ``pending`` are the changes of that month that no worker has computed yet.
    """
    required = KindRequirement.objects.filter(Q(until_month=None) | Q(until_month__gt=month), from_month__lte=month)
    kinds = list(
        DeviceKind.objects.annotate(
            required=Exists(required.filter(kind=OuterRef("pk"))),
            pending=Subquery(_pending(region, month)),
            first_month=Subquery(_first_month(region)),
            sample=Exists(Kabupaten.objects.filter(_kabupaten_of(region), has_sample_data=True)),
        ).values_list("code", "name", "required", "pending", "first_month", "sample")
    )
    _, _, _, pending, first_month, sample = kinds[0]
    return Surroundings(
        kind_names={code: name for code, name, *_ in kinds},
        required=frozenset(code for code, _, is_required, *_ in kinds if is_required),
        pending=pending or 0,
        first_month=first_month,
        has_sample_data=sample,
    )


def _pending(region: Region, month: date) -> QuerySet:
    marks = ChangedMonth.objects.filter(_marks_of(region), month=month).order_by()
    return marks.values("month").annotate(number=Count("pk")).values("number")


def _marks_of(region: Region) -> Q:
    if region.level in (Level.KECAMATAN, Level.DINAS):
        return Q(kecamatan=region.pk)
    if region.level == Level.KABUPATEN:
        return Q(kecamatan__kabupaten=region.pk)
    return Q(kecamatan__kabupaten__province=region.pk) if region.level == Level.PROVINCE else Q()


def _kabupaten_of(region: Region) -> Q:
    if region.kabupaten is not None:
        return Q(pk=region.kabupaten.pk)
    return Q(province=region.pk) if region.level == Level.PROVINCE else Q()


def _first_month(region: Region) -> QuerySet:
    rows = RegionMonth.objects.filter(level=region.level, region_id=region.pk)
    return rows.order_by("month").values("month")[:1]


def heard_from(region: Region, month: date) -> dict[str, Heard]:
    """Return what is known of each region right below in a month, by code; a dinas has no service."""
    level, children = _children(region)
    row = RegionMonth.objects.filter(level=level, region_id=OuterRef("pk"), month=month)
    service = Case(
        *(When(**{f"kecamatan_{code}": 1}, then=Value(code)) for code in KNOWN_SERVICES),
        default=Value("no_report"),
        output_field=CharField(),
    )
    known = sum((F(f"kecamatan_{code}") for code in KNOWN_SERVICES), Value(0))
    found = children.annotate(
        service=Subquery(row.annotate(said=service).values("said")[:1]),
        known=Subquery(row.annotate(number=known).values("number")[:1]),
        days=Subquery(row.values("days_reported")[:1]),
    )
    return {
        code: Heard(service or "no_report", known or 0, days or 0)
        for code, service, known, days in found.values_list("code", "service", "known", "days")
    }


def _children(region: Region) -> tuple[str, QuerySet]:
    if region.level == Level.NATION:
        return Level.PROVINCE, Province.objects.all()
    if region.level == Level.PROVINCE:
        return Level.KABUPATEN, Kabupaten.objects.filter(province=region.pk)
    kecamatan = Kecamatan.objects.filter(kabupaten=region.pk, kind=Kecamatan.Kind.KECAMATAN)
    return Level.KECAMATAN, kecamatan
