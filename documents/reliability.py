"""How reliable a region's places and devices were over twelve months, as tables of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from documents.figures import NONE
from documents.tables import COUNT, DAYS, DECIMAL, Cell, Column, Table
from lib.format import decimal_id, lasting_id, number_id, percent_id
from reports.children import shown_name
from reports.reliability import Group, Reliability, Sums
from reports.reliability_page import UNSTATED_MODEL, lowest_first, source_name, worst_first

PLACES, KINDS, SOURCES, MODELS = "Keandalan wilayah", "Keandalan jenis", "Keandalan asal usul", "Keandalan model"
HOUR, DAY = 60, 24 * 60
TOO_FEW = "terlalu sedikit"
NOTHING = "Belum ada set atau alat yang tercatat dalam dua belas bulan ini."


def place_table(found: Reliability, head: str) -> Table:
    """Return the regions below with their hours, the lowest availability first."""
    columns = [
        Column("Kode"),
        Column(head),
        Column("Tersedia", unit="%"),
        Column("Jam kerja", unit=COUNT),
        Column("Jam berhenti", unit=COUNT),
        Column("Jam karena gangguan", unit=COUNT),
        Column(f"Lama perbaikan{DAYS}", unit=DECIMAL),
        Column("Kerusakan per 100 alat-tahun", unit=DECIMAL),
    ]
    rows = [
        [
            Cell(below.code, below.code),
            Cell(shown_name(below.name), shown_name(below.name)),
            *_place(found.sums[below.level, below.pk]),
        ]
        for below in lowest_first(found)
    ]
    return Table(PLACES, columns, rows, note="" if rows else NOTHING)


def _place(sums: Sums) -> list[Cell]:
    known = bool(sums.office_minutes)
    share = sums.availability
    return [
        Cell(share, percent_id(share)) if share is not None else _unknown(),
        *(_hours(minutes) if known else _unknown() for minutes in (sums.office_minutes, sums.down_minutes)),
        _hours(sums.outage_minutes) if known else _unknown(),
        _repair(sums),
        _rate(sums),
    ]


def group_tables(found: Reliability) -> list[Table]:
    """Return the devices by kind, by source and by model, the highest rate first."""
    kinds = [((found.kind_names[code],), sums) for code, sums in worst_first(found.kinds)]
    sources = [((source_name(group),), sums) for group, sums in worst_first(found.sources)]
    models = [(_model(group, found.kind_names), sums) for group, sums in worst_first(found.models)]
    return [
        _groups(KINDS, ["Jenis"], kinds),
        _groups(SOURCES, ["Asal usul"], sources),
        _groups(MODELS, ["Merk dan model", "Jenis"], models),
    ]


def _model(group: Group, names: Mapping[str, str]) -> tuple[str, str]:
    return group.name or UNSTATED_MODEL, names.get(group.kind, group.kind)


def _groups(title: str, heads: Sequence[str], rows: Sequence[tuple[Sequence[str], Sums]]) -> Table:
    columns = [
        *(Column(head) for head in heads),
        Column("Kerusakan per 100 alat-tahun", unit=DECIMAL),
        Column("Kerusakan", unit=COUNT),
        Column("Alat-tahun", unit=DECIMAL),
        Column("Perbaikan selesai", unit=COUNT),
        Column(f"Lama perbaikan{DAYS}", unit=DECIMAL),
        Column(f"Jarak antara kerusakan{DAYS}", unit=DECIMAL),
    ]
    cells = [[*(Cell(name, name) for name in names), *_group(sums)] for names, sums in rows]
    return Table(title, columns, cells, note="" if rows else NOTHING)


def _group(sums: Sums) -> list[Cell]:
    years = sums.years
    return [
        _rate(sums),
        Cell(sums.faults_begun, number_id(sums.faults_begun)),
        Cell(round(years, 1), decimal_id(years)) if sums.service_minutes else _unknown(),
        Cell(sums.repairs, number_id(sums.repairs)),
        _repair(sums),
        _lasting(sums.between_faults),
    ]


def _rate(sums: Sums) -> Cell:
    """Return the rate; of too little time in service a word, since it would tell more of chance."""
    if sums.rate is None:
        return _unknown()
    return Cell(round(sums.rate, 1), decimal_id(sums.rate)) if sums.is_telling else Cell(None, TOO_FEW)


def _repair(sums: Sums) -> Cell:
    return _lasting(sums.repair_time)


def _lasting(minutes: float | None) -> Cell:
    """Return a span: a number of days, which people read in the unit that they would use."""
    return _unknown() if minutes is None else Cell(round(minutes / DAY, 1), lasting_id(minutes))


def _hours(minutes: int) -> Cell:
    hours = round(minutes / HOUR)
    return Cell(hours, number_id(hours))


def _unknown() -> Cell:
    return Cell(None, NONE)
