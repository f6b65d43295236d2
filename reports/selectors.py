"""Reads the rollup rows for pages, the command and the API. Nothing here computes a rollup.

A place without any fact in a month has no row. In a month in which anything is known of the nation, it is counted here
as what it is: a kecamatan that is not on record and has reported on none of its office days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.callers import WITH_OFFICES
from devices.models import DeviceKind
from kecamatan.duty import office_calendar
from kecamatan.models import ChangedMonth, Kabupaten, Kecamatan, Province
from kecamatan.scope import scope_of
from lib.months import WIB, local_month
from lib.pages import NotFound
from reports.judge import moment_of
from reports.models import Level, RegionMonth
from reports.shortfall import PARTS

KNOWN_SERVICES = ("serving", "limited", "hosted", "mobile", "stopped")
NATION_CODE = "ID"
NATION_NAME = "Indonesia"
KIND_COUNTS = ("total", "working", "broken", "missing")
NEXT_LEVEL: dict[str, str] = {
    Level.NATION: Level.PROVINCE,
    Level.PROVINCE: Level.KABUPATEN,
    Level.KABUPATEN: Level.KECAMATAN,
}
COUNT_FIELDS = tuple(f"of__{name}" for name in KIND_COUNTS)


class UnknownRegion(NotFound):
    """There is no such region, or the person may not see it; the two are never told apart."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region of any level. ``zone`` is the one its moments are shown in; the nation's is WIB."""

    level: str
    pk: int
    code: str
    name: str
    zone: str
    province: Province | None = None
    kabupaten: Kabupaten | None = None
    kecamatan: Kecamatan | None = None

    @property
    def key(self) -> tuple[str, int]:
        """Return the key of the region's rollup rows."""
        return self.level, self.pk


NATION = Region(Level.NATION, 0, NATION_CODE, NATION_NAME, WIB)


# --- Regions ----------------------------------------------------------------------------------------------------


def find_region(code: str, user: object | None = None) -> Region:
    """Return the region of a code (``ID``, ``36``, ``36.03``, ``36.03.30``), as seen by ``user`` if one is given.

    Raises :class:`UnknownRegion` when there is none, or when it lies outside the user's assignments.
    """
    region = _find(code, user)
    if region is None:
        raise UnknownRegion(f"Wilayah “{code}” tidak ada. Pakai kode seperti 36, 36.03 atau 36.03.30, atau ID.")
    return region


def _find(code: str, user: object | None) -> Region | None:
    if code == NATION_CODE:
        return NATION if user is None or scope_of(user).nation else None
    if len(code) == 2:
        provinces = Province.objects.all() if user is None else Province.objects.visible_to(user)
        province = provinces.filter(code=code).first()
        return of_province(province) if province else None
    if len(code) == 5:
        kabupatens = Kabupaten.objects.all() if user is None else Kabupaten.objects.visible_to(user)
        kabupaten = kabupatens.filter(code=code).select_related("province").first()
        return of_kabupaten(kabupaten) if kabupaten else None
    places = Kecamatan.objects.all() if user is None else Kecamatan.objects.visible_to(user)
    place = places.filter(code=code).with_zone().with_newest_normal().select_related(*WITH_OFFICES).first()
    return of_place(place) if place else None


def of_province(province: Province) -> Region:
    """Return a province as a region."""
    return Region(Level.PROVINCE, province.pk, province.code, province.name, province.time_zone, province)


def of_kabupaten(kabupaten: Kabupaten) -> Region:
    """Return a kabupaten, loaded with its province, as a region."""
    province = kabupaten.province
    return Region(
        Level.KABUPATEN, kabupaten.pk, kabupaten.code, kabupaten.name, province.time_zone, province, kabupaten
    )


def of_place(place: Kecamatan) -> Region:
    """Return a kecamatan or a dinas, loaded ``with_zone()``, as a region."""
    level = Level.DINAS if place.is_dinas else Level.KECAMATAN
    return Region(
        level, place.pk, place.code, place.name, place.time_zone, place.kabupaten.province, place.kabupaten, place
    )


def current_month(region: Region) -> date:
    """Return the month that runs now in a region."""
    return local_month(timezone.now(), region.zone)


# --- The report -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Child:
    """A region below another, with the kecamatan and, of a province, the kabupaten that it has today."""

    region: Region
    kecamatan_count: int
    kabupaten_count: int = 0


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


class Report(NamedTuple):
    """The figures of a region in a month, and the stored row that they were read from; none where nothing is known."""

    figures: dict[str, Any]
    row: RegionMonth | None


def report(region: Region, month: date) -> dict[str, Any]:
    """Return the figures of a region in a month, with the keys of design.md, section 5; counts are 0 without rows."""
    return read_report(region, month).figures


def read_report(region: Region, month: date, by_kind: Mapping[str, dict[str, int]] | None = None) -> Report:
    """Return the figures of a region in a month with the row behind them.

    ``by_kind`` are the counts by kind, for a page that has read them with what else it needs of the kinds.
    """
    if by_kind is None:
        by_kind = counts_of(with_counts(DeviceKind.objects.all(), region, month).values_list("code", *COUNT_FIELDS))
    children = children_of(region)
    stored = rows_of(keys_of(region, children), month)
    return assemble(region, month, children, {(row.level, row.region_id): row for row in stored}, by_kind)


def keys_of(region: Region, children: Sequence[Child]) -> list[tuple[str, int]]:
    """Return the keys of the rows that the report of a region is made of."""
    return [region.key, *(child.region.key for child in children)]


def assemble(
    region: Region,
    month: date,
    children: list[Child],
    rows: dict[tuple[str, int], RegionMonth],
    by_kind: Mapping[str, dict[str, int]],
) -> Report:
    """Return the report of a region from its stored rows by key (:func:`rows_of`), however they were read."""
    own, below = _figures(region, children, rows, month)
    total = _kabupaten_total(region, children)
    listed = [
        _child(child.region, below[child.region.key]) for child in children if _is_shown(below[child.region.key].row)
    ]
    figures = _report_of(region, own, month, kabupaten_total=total, by_kind=by_kind, children=listed)
    return Report(figures, own.row if own.row.pk else None)


def report_with_children(region: Region, month: date) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the report of a region and those of the regions right below it, in the queries of the first alone.

    The ``by_kind`` and ``children`` of the latter are empty.
    """
    by_kind = counts_of(with_counts(DeviceKind.objects.all(), region, month).values_list("code", *COUNT_FIELDS))
    children = children_of(region)
    rows = {(row.level, row.region_id): row for row in rows_of(keys_of(region, children), month)}
    own, below = _figures(region, children, rows, month)
    listed = [child for child in children if _is_shown(below[child.region.key].row)]
    figures = _report_of(
        region,
        own,
        month,
        kabupaten_total=_kabupaten_total(region, children),
        by_kind=by_kind,
        children=[_child(child.region, below[child.region.key]) for child in listed],
    )
    return figures, [_lone_report(child, below[child.region.key], month) for child in listed]


def reports_at(region: Region, level: str, month: date) -> list[tuple[Child, dict[str, Any]]]:
    """Return the reports of all regions of a level inside another, by code, in three queries however many there are.

    Their ``by_kind`` and ``children`` are empty. A dinas stands after the kecamatan of its kabupaten, where it holds
    or did anything.
    """
    children = regions_at(region, level)
    keys = [child.region.key for child in children]
    found = _with_gaps(children, {(row.level, row.region_id): row for row in rows_of(keys, month)}, month)
    return [
        (child, _lone_report(child, own, month))
        for child in children
        for own in [found[child.region.key]]
        if _is_shown(own.row)
    ]


def _lone_report(child: Child, own: Figures, month: date) -> dict[str, Any]:
    return _report_of(child.region, own, month, kabupaten_total=_own_kabupaten(child), by_kind={}, children=[])


def _report_of(
    region: Region,
    own: Figures,
    month: date,
    *,
    kabupaten_total: int,
    by_kind: Mapping[str, dict[str, int]],
    children: list[dict[str, Any]],
) -> dict[str, Any]:
    row = own.row
    return {
        "region": {"code": region.code, "name": region.name, "level": region.level},
        "month": f"{month:%Y-%m}",
        "as_of": _iso(row.as_of or moment_of(month, region.zone, timezone.now()).as_of, region.zone),
        "has_rows": row.pk is not None,
        "kecamatan": _kecamatan(own),
        "sets": {name: getattr(row, f"sets_{name}") for name in ("total", "operational", "limited", "down")},
        "devices": _devices(row, by_kind),
        "tickets": {
            **{name: getattr(row, f"tickets_{name}") for name in ("opened", "resolved", "open", "overdue")},
            "by_cause": row.opened_by_cause,
            "by_route": row.opened_by_route,
        },
        "downtime": {
            **{name: getattr(row, name) for name in ("office_minutes", "down_minutes", "outage_minutes")},
            "repair_minutes": row.repair_minutes,
            "repairs": row.tickets_resolved,
        },
        "recording": _recording(row),
        "coverage": {
            "population": row.population,
            "eligible": row.eligible,
            "recorded_total": row.coverage_recorded,
            "eligible_with_recorded": row.coverage_eligible,
            "pct": percent(row.coverage_recorded, row.coverage_eligible),
            "bands": {name: getattr(row, f"coverage_{name}") for name in ("full", "high", "middle", "low")},
        },
        "shortfall": shortfall_of(row),
        "completeness": {
            "kabupaten_total": kabupaten_total,
            "kabupaten_inventoried": row.kabupaten_inventoried,
            "days_expected": row.days_expected + own.unreported_days,
            "days_reported": row.days_reported,
        },
        "children": children,
    }


def children_of(region: Region) -> list[Child]:
    """Return the regions below, by code; a dinas stands last, after the kecamatan of its kabupaten."""
    level = NEXT_LEVEL.get(region.level)
    return regions_at(region, level) if level else []


def regions_at(region: Region, level: str) -> list[Child]:
    """Return the regions of a level (a province's, a kabupaten's or a kecamatan's) inside a larger one, by code.

    Each dinas stands after the kecamatan of its kabupaten.
    """
    if level == Level.PROVINCE:
        running = Kecamatan.objects.running().filter(kind=Kecamatan.Kind.KECAMATAN)
        provinces = Province.objects.filter(closed_on=None).annotate(
            kecamatan_count=_number_of(running, "kabupaten__province"),
            kabupaten_count=_number_of(Kabupaten.objects.filter(closed_on=None), "province"),
        )
        return [
            Child(of_province(province), province.kecamatan_count, province.kabupaten_count) for province in provinces
        ]
    if level == Level.KABUPATEN:
        kabupatens = Kabupaten.objects.filter(_inside(region, "province"), closed_on=None).select_related("province")
        running = Kecamatan.objects.running().filter(kind=Kecamatan.Kind.KECAMATAN)
        kabupatens = kabupatens.annotate(kecamatan_count=_number_of(running, "kabupaten"))
        return [Child(of_kabupaten(kabupaten), kabupaten.kecamatan_count) for kabupaten in kabupatens]
    places = Kecamatan.objects.filter(_inside(region, "kabupaten__province"), closed_on=None).with_zone()
    places = places.order_by("kabupaten__code", "-kind", "code")
    return [Child(of_place(place), int(not place.is_dinas)) for place in places]


def _inside(region: Region, province_path: str) -> Q:
    """Return the filter for the kabupaten of a province, or the places of a province or a kabupaten."""
    if region.level == Level.KABUPATEN:
        return Q(kabupaten=region.pk)
    return Q(**{province_path: region.pk}) if region.level == Level.PROVINCE else Q()


def _own_kabupaten(child: Child) -> int:
    """Return how many kabupaten a region below another holds or is."""
    if child.region.level == Level.PROVINCE:
        return child.kabupaten_count
    return int(child.region.level in (Level.KABUPATEN, Level.DINAS))


def _number_of(rows: QuerySet[Any], parent: str) -> Coalesce:
    """Count rows by parent, each by its index: one join with all of them takes five times as long for the nation."""
    numbers = rows.filter(**{parent: OuterRef("pk")}).order_by().values(parent).annotate(number=Count("pk"))
    return Coalesce(Subquery(numbers.values("number")), 0)


def _figures(
    region: Region, children: list[Child], rows: dict[tuple[str, int], RegionMonth], month: date
) -> tuple[Figures, dict[tuple[str, int], Figures]]:
    """Return the figures of a region and of each child; all are 0 in a month of which nothing is known anywhere."""
    below = children or [Child(region, int(region.level == Level.KECAMATAN))]
    found = _with_gaps(below, rows, month)
    own = Figures(
        rows.get(region.key) or _empty(region, month),
        sum(figures.unrecorded for figures in found.values()),
        sum(figures.unreported_days for figures in found.values()),
    )
    return own, found


def rows_of(keys: Iterable[tuple[str, int]], month: date) -> QuerySet[RegionMonth]:
    """Return the stored rows of regions; the nation's is there as soon as anything is known of the month."""
    return RegionMonth.objects.filter(_any_of([NATION.key, *keys]), month=month)


def _with_gaps(
    children: list[Child], rows: dict[tuple[str, int], RegionMonth], month: date
) -> dict[tuple[str, int], Figures]:
    """Return the figures of regions of one level, with what is added for their kecamatan that have no row."""
    # A closed kecamatan keeps its rows but is no longer counted among the running ones.
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


def _kecamatan(figures: Figures) -> dict[str, int]:
    names = ("serving", "limited", "hosted", "mobile", "stopped", "no_report", "confirmed", "silent")
    counts = {name: getattr(figures.row, f"kecamatan_{name}") for name in names}
    counts["no_report"] += figures.unrecorded
    return {"total": figures.kecamatan_total, **counts}


def with_counts(kinds: QuerySet, region: Region, month: date) -> QuerySet:
    """Join kinds of device with their counts (:data:`KIND_COUNTS`, as :data:`COUNT_FIELDS`) in a region and month."""
    level, key = region.key
    own = Q(region_months__level=level, region_months__region_id=key, region_months__month=month)
    return kinds.annotate(of=FilteredRelation("region_months", condition=own))


def counts_of(kinds: Iterable[Sequence[Any]]) -> dict[str, dict[str, int]]:
    """Return the counts by kind from rows that hold a code and then the counts; 0 where a kind has none."""
    return {
        code: {name: count or 0 for name, count in zip(KIND_COUNTS, counts, strict=True)} for code, *counts in kinds
    }


def _devices(row: RegionMonth, by_kind: Mapping[str, dict[str, int]]) -> dict[str, Any]:
    return {**{name: getattr(row, f"devices_{name}") for name in KIND_COUNTS}, "by_kind": dict(by_kind)}


def _recording(row: RegionMonth) -> dict[str, Any]:
    names = ("eligible", "target", "recorded", "lost", "lost_suspected", "rerecorded", "net")
    return {
        **{name: getattr(row, name) for name in names},
        "recorded_pct": percent(row.net_with_eligible, row.eligible),
        "achievement_pct": percent(row.net_with_target, row.target),
        "kecamatan_met": row.kecamatan_met,
        "kecamatan_with_target": row.kecamatan_with_target,
    }


def shortfall_of(row: RegionMonth) -> dict[str, int]:
    """Return why the target was missed, in people by the parts of ``reports.shortfall``.

    Beside them the hosted minutes, and the days by which they are told: those of the kecamatan with a target.
    """
    parts = {part: getattr(row, f"shortfall_{part}") for part in PARTS}
    days = {
        "days_expected": row.days_expected_with_target,
        "days_reported": row.days_reported_with_target,
    }
    return {"total": row.shortfall, **parts, "hosted_minutes": row.hosted_minutes, **days}


def _kabupaten_total(region: Region, children: list[Child]) -> int:
    if region.level == Level.NATION:
        return sum(child.kabupaten_count for child in children)
    return len(children) if region.level == Level.PROVINCE else int(region.level in (Level.KABUPATEN, Level.DINAS))


def _is_shown(row: RegionMonth) -> bool:
    """Say whether a child belongs in a list: every kecamatan does, a dinas where it holds or did anything."""
    return row.level != Level.DINAS or bool(row.sets_total or row.tickets_opened or row.tickets_open or row.recorded)


def _child(region: Region, figures: Figures) -> dict[str, Any]:
    row = figures.row
    return {
        "code": region.code,
        "name": region.name,
        "able": figures.able,
        "total": figures.kecamatan_total,
        "net": row.net,
        "target": row.target,
        "recorded_pct": percent(row.net_with_eligible, row.eligible),
        "achievement_pct": percent(row.net_with_target, row.target),
        # Of how many kecamatan the service is known, what it is where that is one, and whether any day was reported:
        # by these a page tells 0 from "belum lapor".
        "known": figures.known,
        "service": figures.service if region.level == Level.KECAMATAN else "",
        "is_silent": bool(row.kecamatan_silent) and region.level == Level.KECAMATAN,
        "priority": region.kecamatan.priority_rank if region.kecamatan else None,
        "days_reported": row.days_reported,
    }


def percent(part: int, whole: int) -> float | None:
    """Return ``part`` as a percentage of ``whole``, to two decimals and never clamped; unknown without a whole."""
    return round(100 * part / whole, 2) if whole else None


def _iso(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat()


def pending_changes(region: Region, month: date) -> int:
    """Return how many marks of the region's places wait to be computed for a month."""
    return marks_of(region, month).count()


def marks_of(region: Region, month: date) -> QuerySet[ChangedMonth]:
    """Return the marks of the region's places for a month."""
    marks = ChangedMonth.objects.filter(month=month)
    if region.level == Level.NATION:
        return marks
    if region.level == Level.PROVINCE:
        return marks.filter(kecamatan__kabupaten__province=region.pk)
    if region.level == Level.KABUPATEN:
        return marks.filter(kecamatan__kabupaten=region.pk)
    return marks.filter(kecamatan=region.pk)
