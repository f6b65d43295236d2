"""Import files about a place and its duty (population, targets, recordings), and what all imports look up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Choices

from kecamatan.duty import (
    Count,
    PopulationFigures,
    enter_recordings,
    population_bounds,
    refuse_closed,
    refuse_impossible_count,
    refuse_number,
    set_populations,
)
from kecamatan.models import Cause, Hindrance, Kabupaten, Kecamatan, Province
from kecamatan.replacing import Changes
from kecamatan.targets import refuse_impossible_target, set_target
from lib.dataset import Column, Dataset, Entry, Outcome, Row, RowDataset
from lib.errors import Refused
from lib.guards import refuse_day
from lib.months import local_day
from lib.parsing import count, day, folded, month, percent, region_code, semester, term
from lib.tabular import Cell

MOBILE_UNIT = "unit_keliling"
_MOBILE_UNIT_SPELLINGS = {MOBILE_UNIT, "mobile_unit"}
_SEMESTER_ENDS = {"1": (6, 30), "2": (12, 31)}

R = TypeVar("R", Province, Kabupaten, Kecamatan)


def terms_of(*choices: type[Choices], also: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return every spelling of coded values: the glossary's term first, then the code, then ``also``."""
    terms: dict[str, str] = {}
    for group in choices:
        terms |= {str(label).lower(): str(value) for value, label in group.choices}
        terms |= {str(value): str(value) for value in group.values}
    return terms | dict(also or {})


cause = term(terms_of(Cause))
_SHORT_TERMS = {"sepi": Hindrance.NOBODY_CAME.value, "tidak ada warga": Hindrance.NOBODY_CAME.value}
hindrance = term(terms_of(Cause, Hindrance, also=_SHORT_TERMS))


class Regions:
    """Every region by its code, as the rows of an import name them, and what "today" is there.

    An office of a dinas goes by the code of its kabupaten. Whatever is unknown, closed or of the wrong level
    is refused.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._kabupaten = {row.code: row for row in Kabupaten.objects.select_related("province")}
        self._provinces = {row.code: row for row in Province.objects.all()}
        self._kecamatan: dict[str, Kecamatan] = {}
        self._dinas: dict[str, Kecamatan] = {}
        for place in Kecamatan.objects.with_zone():
            if place.is_dinas and not place.closed_on:
                self._dinas[place.code[:5]] = place
            elif not place.is_dinas:
                self._kecamatan[place.code] = place
        self._days = {row.pk: local_day(now, row.province.time_zone) for row in self._kabupaten.values()}

    def kecamatan(self, code: str, *, column: str = "kode") -> Kecamatan:
        """Return an open kecamatan by its code."""
        found = self._kecamatan.get(code)
        if found is not None and found.closed_on is None:
            return found
        if code.endswith(".00"):
            raise Refused(f"{code} adalah dinas. Untuk dinas, tulis kode kabupatennya: {code[:5]}.", field=column)
        if len(code) < len("36.03.30"):
            raise Refused(f"{code} bukan kode kecamatan. Tulis lengkap, misalnya 36.03.30.", field=column)
        return _open(self._kecamatan, code, "kecamatan", column)

    def kabupaten(self, code: str, *, column: str = "kode") -> Kabupaten:
        """Return an open kabupaten or kota by its code."""
        if len(code) != len("36.03"):
            raise Refused(f"{code} bukan kode kabupaten/kota. Tulis misalnya 36.03.", field=column)
        return _open(self._kabupaten, code, "kabupaten/kota", column)

    def place(self, code: str, *, column: str = "kode") -> Kecamatan:
        """Return an open kecamatan, or the office of the dinas for the code of its kabupaten."""
        if len(code) != len("36.03"):
            return self.kecamatan(code, column=column)
        self.kabupaten(code, column=column)
        return _open(self._dinas, code, "dinas di", column)

    def places_under(self, code: str, *, column: str = "kode") -> list[Kecamatan]:
        """Return what a code stands for in an outage: a kecamatan, or all of a kabupaten or province."""
        if len(code) == len("36.03.30"):
            return [self.kecamatan(code, column=column)]
        if len(code) == len("36.03"):
            self.kabupaten(code, column=column)
        else:
            _open(self._provinces, code, "provinsi", column)
        places = [
            place
            for group in (self._kecamatan, self._dinas)
            for place in group.values()
            if place.code.startswith(f"{code}.") and not place.closed_on
        ]
        if not places:
            raise Refused(f"Tidak ada kecamatan di {code}. Periksa kodenya pada daftar Kemendagri.", field=column)
        return places

    def today(self, place: Kecamatan) -> date:
        """Return the local day of a place."""
        return self._days[place.kabupaten_id]

    def not_in_future(self, value: date, place: Kecamatan, *, column: str) -> date:
        """Return a local day of a place, refused when it has not come there."""
        refuse_day(value, self.today(place), column)
        return value

    def moment(self, local: datetime, place: Kecamatan) -> datetime:
        """Return a naive local moment of a place as an aware one."""
        return local.replace(tzinfo=ZoneInfo(place.time_zone))

    def past_moment(self, local: datetime, place: Kecamatan, *, column: str) -> datetime:
        """Return a naive local moment of a place as an aware one, refused when it has not come."""
        moment = self.moment(local, place)
        if moment > self.now:
            raise Refused(f"{local:%d/%m/%Y %H.%M} belum tiba. Tulis waktu yang sudah lewat.", field=column)
        return moment


def _open(regions: Mapping[str, R], code: str, level: str, column: str) -> R:
    region = regions.get(code)
    if region is None:
        raise Refused(f"Tidak ada {level} {code}. Periksa kodenya pada daftar Kemendagri.", field=column)
    refuse_closed(region, column)
    return region


class Bounds:
    """The largest known population of each kecamatan: no count of its people can be above it."""

    def __init__(self) -> None:
        self.of = population_bounds()

    def check(self, value: int | None, place: Kecamatan, *, column: str) -> None:
        """Refuse a count above the population of its place, where that is known."""
        refuse_number(value, self.of.get(place.pk), place.name, column)


def _counted(changes: Changes) -> Counter[Outcome]:
    return Counter(
        {
            Outcome.ADDED: changes.added,
            Outcome.CHANGED: changes.changed,
            Outcome.UNCHANGED: changes.unchanged,
        }
    )


class PopulationImport(Dataset[PopulationFigures]):
    """The DKB figures of kecamatan, one row per semester."""

    name = "population"
    columns: ClassVar = [
        Column("kode", region_code, required=True),
        Column("semester", semester, required=True),
        Column("penduduk", count, required=True),
        Column("wajib_ktp", count, required=True),
        Column("sudah_rekam", count),
    ]

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.regions = Regions(now)

    def clean(self, row: Row) -> PopulationFigures:
        """Refuse a semester that has not ended, and parts larger than the whole."""
        place = self.regions.kecamatan(row["kode"])
        self._check_ended(row["semester"], place)
        for column in ("wajib_ktp", "sudah_rekam"):
            if (row[column] or 0) > row["penduduk"]:
                raise Refused(f"{row[column]} melebihi penduduk ({row['penduduk']}). Periksa angkanya.", field=column)
        return PopulationFigures(place, row["semester"], row["penduduk"], row["wajib_ktp"], row["sudah_rekam"])

    def _check_ended(self, semester: str, place: Kecamatan) -> None:
        year, number = semester.split("-")
        if date(int(year), *_SEMESTER_ENDS[number]) > self.regions.today(place):
            raise Refused(f"Semester {semester} belum berakhir. Periksa tahunnya.", field="semester")

    def key(self, value: PopulationFigures) -> Hashable:
        """One row per kecamatan and semester."""
        return value.kecamatan.pk, value.semester

    def write(self, entries: Sequence[Entry[PopulationFigures]]) -> Counter[Outcome]:
        """Write a chunk; a figure that is left out stays as it is known."""
        return _counted(set_populations([entry.value for entry in entries], by=None, unnamed_stay=True))


@dataclass(frozen=True, slots=True)
class Target:
    """A target rule as a row states it; with neither figure it ends the rule before it."""

    region: Kabupaten | Kecamatan
    starts_on: date
    percent: Decimal | None
    count: int | None


class TargetImport(RowDataset[Target]):
    """Monthly targets of kabupaten, and exceptions of kecamatan; they may lie in the future."""

    name = "targets"
    columns: ClassVar = [
        Column("kode", region_code, required=True),
        Column("mulai", month, required=True),
        Column("persen", percent),
        Column("jumlah", count),
    ]

    # Field of the domain: column of the file.
    fields: ClassVar = {"region": "kode", "starts_on": "mulai", "percent": "persen", "count": "jumlah"}

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.regions, self.bounds = Regions(now), population_bounds()

    def clean(self, row: Row) -> Target:
        """Refuse what :func:`refuse_impossible_target` refuses, by the names of the columns."""
        region, starts_on, percent, count = self._region(row["kode"]), row["mulai"], row["persen"], row["jumlah"]
        try:
            refuse_impossible_target(region, starts_on=starts_on, percent=percent, count=count, bounds=self.bounds)
        except Refused as refused:
            raise Refused(refused.message, field=self.fields[refused.field]) from None
        return Target(region, starts_on, percent, count)

    def _region(self, code: str) -> Kabupaten | Kecamatan:
        return self.regions.kabupaten(code) if len(code) == len("36.03") else self.regions.kecamatan(code)

    def key(self, value: Target) -> Hashable:
        """One rule per region and first month."""
        return value.region.code, value.starts_on

    def save(self, value: Target) -> Outcome:
        """Set the rule."""
        changes = set_target(
            value.region,
            starts_on=value.starts_on,
            percent=value.percent,
            count=value.count,
            by=None,
            replaces=True,
            bounds=self.bounds,
        )
        return next(iter(+_counted(changes)))


def place_of_recording(cell: Cell) -> str:
    """Read where people were recorded: a region code, or ``unit_keliling``."""
    return MOBILE_UNIT if folded(str(cell)) in _MOBILE_UNIT_SPELLINGS else region_code(cell)


class RecordingImport(Dataset[Count]):
    """Daily counts of kecamatan, or of people recorded at a dinas whose kecamatan is not known."""

    name = "recordings"
    columns: ClassVar = [
        Column("kode", region_code, required=True),
        Column("tanggal", day, required=True),
        Column("di", place_of_recording),
        Column("rekam", count, required=True),
        Column("cetak", count),
        Column("kendala", hindrance),
    ]
    # Field of the domain: column of the file.
    fields: ClassVar = {
        "kecamatan": "kode",
        "day": "tanggal",
        "place": "di",
        "recorded": "rekam",
        "printed": "cetak",
        "hindrance": "kendala",
    }

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.regions, self.bounds = Regions(now), Bounds()

    def clean(self, row: Row) -> Count:
        """Refuse what :func:`refuse_impossible_count` refuses, by the names of the columns."""
        home = self.regions.place(row["kode"])
        by_mobile_unit = row["di"] == MOBILE_UNIT
        place = home if by_mobile_unit or not row["di"] else self.regions.place(row["di"], column="di")
        count = Count(home, row["tanggal"], place, row["rekam"], by_mobile_unit, row["cetak"], row["kendala"] or "")
        try:
            refuse_impossible_count(count, today=self.regions.today(home), bound=self.bounds.of.get(home.pk))
        except Refused as refused:
            raise Refused(refused.message, field=self.fields[refused.field]) from None
        return count

    def key(self, value: Count) -> Hashable:
        """One count per kecamatan, day and place."""
        return value.key

    def write(self, entries: Sequence[Entry[Count]]) -> Counter[Outcome]:
        """Write a chunk; what a row does not name stays as it is known."""
        counts = [entry.value for entry in entries]
        return _counted(enter_recordings(counts, by=None, bounds=self.bounds.of, unnamed_stay=True))
