"""The report of a region and month, read from the rollup rows for pages, the command and the API; computes none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import FilteredRelation, Q, QuerySet
from django.utils import timezone

from devices.models import DeviceKind
from reports.gaps import Figures, figures_of, rows_of, with_gaps
from reports.judge import moment_of
from reports.models import Level, RegionMonth
from reports.regions import Child, Region, children_of, own_kabupaten, regions_at
from reports.services import CLOSED
from reports.shortfall import PARTS

KIND_COUNTS = ("total", "working", "broken", "missing")
COUNT_FIELDS = tuple(f"of__{name}" for name in KIND_COUNTS)


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
    children = children_of(region, month)
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
    own, below = figures_of(region, children, rows, month)
    total = _kabupaten_total(region, children)
    listed = [
        _child(child, below[child.region.key]) for child in children if _is_shown(child, below[child.region.key].row)
    ]
    figures = _report_of(region, own, month, kabupaten_total=total, by_kind=by_kind, children=listed)
    return Report(figures, own.row if own.row.pk else None)


def report_with_children(
    region: Region, month: date, by_kind: Mapping[str, dict[str, int]] | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the report of a region and those of the regions right below it, in the queries of the first alone.

    The ``by_kind`` and ``children`` of the latter are empty. ``by_kind`` as of :func:`read_report`.
    """
    if by_kind is None:
        by_kind = counts_of(with_counts(DeviceKind.objects.all(), region, month).values_list("code", *COUNT_FIELDS))
    children = children_of(region, month)
    return reports_of(region, month, children, rows_of(keys_of(region, children), month), by_kind)


def reports_of(
    region: Region,
    month: date,
    children: list[Child],
    stored: Iterable[RegionMonth],
    by_kind: Mapping[str, dict[str, int]],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what :func:`report_with_children` does, from stored rows of the month, however they were read."""
    rows = {(row.level, row.region_id): row for row in stored}
    own, below = figures_of(region, children, rows, month)
    listed = [child for child in children if _is_shown(child, below[child.region.key].row)]
    figures = _report_of(
        region,
        own,
        month,
        kabupaten_total=_kabupaten_total(region, children),
        by_kind=by_kind,
        children=[_child(child, below[child.region.key]) for child in listed],
    )
    return figures, [_lone_report(child, below[child.region.key], month) for child in listed]


def reports_at(region: Region, level: str, month: date) -> list[tuple[Child, dict[str, Any]]]:
    """Return the reports of all regions of a level inside another, by code, in three queries however many there are.

    Their ``by_kind`` and ``children`` are empty. A dinas stands after the kecamatan of its kabupaten, where it holds
    or did anything.
    """
    children = regions_at(region, level, month)
    return lone_reports(children, rows_of([child.region.key for child in children], month), month)


def lone_reports(
    children: list[Child], stored: Iterable[RegionMonth], month: date
) -> list[tuple[Child, dict[str, Any]]]:
    """Return what :func:`reports_at` does, of some regions from stored rows, the nation's among them."""
    found = with_gaps(children, {(row.level, row.region_id): row for row in stored}, month)
    return [
        (child, _lone_report(child, own, month))
        for child in children
        for own in [found[child.region.key]]
        if _is_shown(child, own.row)
    ]


def _lone_report(child: Child, own: Figures, month: date) -> dict[str, Any]:
    return _report_of(child.region, own, month, kabupaten_total=own_kabupaten(child), by_kind={}, children=[])


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
    if region.level in (Level.NATION, Level.PROVINCE):
        return sum(child.kabupaten_count for child in children)
    return int(region.level in (Level.KABUPATEN, Level.DINAS))


def _is_shown(child: Child, row: RegionMonth) -> bool:
    """Say whether a child belongs in a list: every kecamatan does, a dinas where it holds or did anything.

    A kecamatan that was closed belongs there where it did anything in the month before it was.
    """
    if row.level == Level.DINAS:
        return bool(row.sets_total or row.tickets_opened or row.tickets_open or row.recorded)
    return not _is_closed(child) or row.pk is not None


def _is_closed(child: Child) -> bool:
    """Say whether a child is a kecamatan that was closed by the moment at which its month is judged."""
    return child.region.level == Level.KECAMATAN and not child.kecamatan_count


def _child(child: Child, figures: Figures) -> dict[str, Any]:
    row, region = figures.row, child.region
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
        "service": _service(child, figures),
        "is_silent": bool(row.kecamatan_silent) and region.level == Level.KECAMATAN,
        "priority": region.kecamatan.priority_rank if region.kecamatan else None,
        "days_reported": row.days_reported,
    }


def _service(child: Child, figures: Figures) -> str:
    if child.region.level != Level.KECAMATAN:
        return ""
    return CLOSED if _is_closed(child) else figures.service


def percent(part: int, whole: int) -> float | None:
    """Return ``part`` as a percentage of ``whole``, to two decimals and never clamped; unknown without a whole."""
    return round(100 * part / whole, 2) if whole else None


def _iso(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat()
