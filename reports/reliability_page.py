"""The page of a region's reliability over twelve months, formatted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from devices.models import Device
from kecamatan.scope import Scope
from lib.charts import Strip, strip
from lib.format import MONTHS, UNKNOWN, decimal_id, lasting_id, moment_id, month_end_id, month_id, number_id, percent_id
from lib.month_choice import Month
from lib.months import month_bounds
from lib.pages import written
from repairs.filters import ALL
from reports.children import shown_name
from reports.crumbs import Crumb, crumbs
from reports.links import kecamatan_url, tickets_url
from reports.listing import MOST_HOURS
from reports.models import Level
from reports.months import month_options
from reports.regions import Region
from reports.reliability import ENOUGH_YEARS, Below, Group, Reliability, Sums
from reports.tiles import Tile
from reports.wording import FULL, HALF, NIL, completeness_of, inventoried_text

K = TypeVar("K")

MODELS_SHOWN = 40
NONE = "–"
UNSTATED_MODEL, UNSTATED_SOURCE = "Merk tidak disebut", "Asal usul tidak disebut"
BELOW_TITLES = {Level.NATION: "Provinsi", Level.PROVINCE: "Kabupaten/kota"}


class Place(NamedTuple):
    """A region in the table of regions; ``said`` tells in words what its strip draws."""

    name: str
    url: str
    strip: Strip
    said: str
    availability: str
    hours: str
    repair: str
    rate: str


class Row(NamedTuple):
    """A kind, a model or a source."""

    name: str
    of: str
    years: str
    faults: str
    rate: str
    repair: str
    between: str
    faults_url: str = ""


def page(scope: Scope, region: Region, month: Month, found: Reliability) -> dict[str, Any]:
    """Return everything that the page places."""
    own = found.sums[region.key]
    return {
        "region": region,
        "month": month,
        "months": month_options(month, found.first_month),
        "crumbs": _crumbs(region, scope, month),
        "region_url": _region_url(region, month),
        "span": f"{month_id(found.months[0])} sampai {month_id(found.months[-1])}",
        "has_sample_data": found.has_sample_data,
        "is_empty": not own.office_minutes and not own.service_minutes and not own.faults_begun,
        "tiles": figure_tiles(found, region, month),
        "places": written(_places(found, month)),
        "places_title": _places_title(found, region),
        "kinds": written(
            _row(found.kind_names[code], "", sums, _faults_url(region, month, code))
            for code, sums in worst_first(found.kinds)
        ),
        "models": written(_models(found)),
        "models_left": max(0, len(found.models) - MODELS_SHOWN),
        "sources": [_row(source_name(group), "", sums) for group, sums in worst_first(found.sources)],
        "by_group": region.kecamatan is None,
        "built": _built(found, region),
        "built_completeness": _completeness(found, region) if found.built_at else NIL,
        "as_of": _as_of(found, region, month),
        "source": "" if region.kecamatan else inventoried_text(_inventoried(found), region.level),
        "completeness": _completeness(found, region),
        "known_months": f"{len(found.shares[region.key])} dari {len(found.months)} bulan ada datanya",
        "enough_years": ENOUGH_YEARS,
    }


def _crumbs(region: Region, scope: Scope, month: Month) -> list[Crumb]:
    *above, own = crumbs(region, scope, month)
    return [*above, Crumb(own.label, _region_url(region, month)), Crumb("Keandalan", "")]


def _region_url(region: Region, month: Month) -> str:
    name = "kecamatan-detail" if region.kecamatan else "region-detail"
    return f"{reverse(f'reports:{name}', args=[region.code])}?{urlencode({'bulan': month.value})}"


def _as_of(found: Reliability, region: Region, month: Month) -> str:
    if found.as_of is None:
        return UNKNOWN
    if month.is_current:
        return moment_id(found.as_of, region.zone)
    return month_end_id(month_bounds(month.chosen, region.zone)[1].astimezone(ZoneInfo(region.zone)))


def _built(found: Reliability, region: Region) -> str:
    """Say of when the sums by model and source are: they are built each night."""
    return f"Dihitung {moment_id(found.built_at, region.zone)}" if found.built_at else "Dihitung malam nanti"


def _inventoried(found: Reliability) -> Mapping[str, int]:
    return {"kabupaten_inventoried": found.kabupaten_inventoried, "kabupaten_total": found.kabupaten_total}


def _completeness(found: Reliability, region: Region) -> str:
    """Say whether all months have figures and all registers are confirmed."""
    if not found.shares[region.key]:
        return NIL
    whole = len(found.shares[region.key]) == len(found.months)
    return FULL if whole and (region.kecamatan or completeness_of(_inventoried(found)) == FULL) else HALF


# --- The figures of the region ------------------------------------------------------------------------------------


def figure_tiles(found: Reliability, region: Region, month: Month | None = None) -> list[Tile]:
    """Return the four figures of the region itself; of a month those that count faults lead to their tickets."""
    own = found.sums[region.key]
    completeness = _completeness(found, region)
    faults_url = _faults_url(region, month) if month else ""
    is_place = region.level == Level.KECAMATAN
    hours_url = kecamatan_url(region.code, month.value, "down_hours", MOST_HOURS) if month and not is_place else ""
    down = (
        f"{number_id(round(own.down_minutes / 60))} jam berhenti dari {number_id(own.office_minutes // 60)} jam kerja "
        f"kecamatan yang punya set; {number_id(round(own.outage_minutes / 60))} jam karena gangguan di luar alat"
    )
    repairs = f"Rata-rata {number_id(own.repairs)} perbaikan yang selesai, dari rusak sampai pulih (MTTR)"
    faults = f"Rata-rata satu alat terpasang, {number_id(own.faults_begun)} kerusakan (MTBF)"
    years = f"{number_id(own.faults_begun)} kerusakan selama {number_id(round(own.years))} alat-tahun terpasang"
    return [
        _tile("Ketersediaan", _percent(own.availability), "jam kerja", down, completeness, hours_url),
        _tile("Lama perbaikan", _lasting(own.repair_time), "", repairs, "", faults_url),
        _tile("Jarak antara kerusakan", _lasting(own.between_faults), "", faults, completeness, faults_url),
        _tile("Kerusakan per 100 alat-tahun", _rate(own), "", years, completeness, faults_url),
    ]


def _faults_url(region: Region, month: Month, kind: str = "") -> str:
    """Return the address of the tickets of the faults that began in these twelve months."""
    return tickets_url(region.code, region.level, keadaan=ALL, setahun=month.value, komponen=kind)


def _tile(label: str, value: str, unit: str, source: str, completeness: str, url: str) -> Tile:
    if value == NONE:
        return Tile(label, UNKNOWN, source="Belum ada datanya", completeness=NIL)
    return Tile(label, value, unit, source, completeness, url=url)


def _percent(value: float | None) -> str:
    return NONE if value is None else percent_id(value)


def _lasting(minutes: float | None) -> str:
    return NONE if minutes is None else lasting_id(minutes)


def _hours(sums: Sums) -> str:
    return f"{number_id(round(sums.down_minutes / 60))} jam" if sums.office_minutes else NONE


def _rate(sums: Sums) -> str:
    return NONE if sums.rate is None else decimal_id(sums.rate)


# --- The regions below --------------------------------------------------------------------------------------------


def _places_title(found: Reliability, region: Region) -> str:
    if region.kecamatan:
        return "Bulan demi bulan"
    is_distrik = any(below.name.startswith("Distrik ") for below in found.below)
    return f"Menurut {BELOW_TITLES.get(Level(region.level), 'Distrik' if is_distrik else 'Kecamatan').lower()}"


def _places(found: Reliability, month: Month) -> list[Place]:
    return [_place(below, found, month) for below in lowest_first(found)]


def lowest_first(found: Reliability) -> list[Below]:
    """Return the regions below, the lowest availability first; those without a set on record come last."""

    def order(below: Below) -> tuple[bool, float]:
        availability = found.sums[below.level, below.pk].availability
        return availability is None, availability or 0

    return sorted(found.below, key=order)


def _place(below: Below, found: Reliability, month: Month) -> Place:
    key = below.level, below.pk
    sums, shares = found.sums[key], [found.shares[key].get(month) for month in found.months]
    return Place(
        name=shown_name(below.name),
        url=f"{reverse('reports:region-reliability', args=[below.code])}?{urlencode({'bulan': month.value})}",
        strip=strip(shares),
        said=_said(found.months, shares),
        availability=_percent(sums.availability),
        hours=_hours(sums),
        repair=_lasting(sums.repair_time),
        rate=_rate(sums),
    )


def _said(months: Iterable[date], shares: Iterable[float | None]) -> str:
    """Tell month by month which part of the office hours was down."""
    told = (
        f"{MONTHS[month.month - 1][:3]} {month.year} {'belum ada data' if share is None else percent_id(100 * share)}"
        for month, share in zip(months, shares, strict=True)
    )
    return f"Bagian jam kerja yang berhenti: {', '.join(told)}"


# --- The devices --------------------------------------------------------------------------------------------------


def worst_first(groups: Mapping[K, Sums]) -> list[tuple[K, Sums]]:
    """Return groups by their rate, the highest first; then those with too little time in service, and the unknown."""
    known = ((key, sums) for key, sums in groups.items() if sums.service_minutes or sums.faults_begun or sums.repairs)
    return sorted(known, key=lambda item: (not item[1].is_telling, -(item[1].rate or 0), str(item[0])))


def _row(name: str, of: str, sums: Sums, faults_url: str = "") -> Row:
    return Row(
        name=name,
        of=of,
        years=decimal_id(sums.years) if sums.service_minutes else NONE,
        faults=number_id(sums.faults_begun),
        rate=_rate(sums) if sums.is_telling else "terlalu sedikit" if sums.service_minutes else NONE,
        repair=_lasting(sums.repair_time),
        between=_lasting(sums.between_faults),
        faults_url=faults_url if sums.faults_begun else "",
    )


def _models(found: Reliability) -> list[Row]:
    """Return the models with the most time in service, the highest rate first."""
    most = sorted(found.models.items(), key=lambda item: -item[1].service_minutes)[:MODELS_SHOWN]
    return [
        _row(group.name or UNSTATED_MODEL, found.kind_names.get(group.kind, group.kind), sums)
        for group, sums in worst_first(dict(most))
    ]


def source_name(group: Group) -> str:
    """Return whence the devices of a group came."""
    return dict(Device.Source.choices).get(group.name, UNSTATED_SOURCE)
