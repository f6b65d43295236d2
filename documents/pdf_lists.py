"""The sections of a PDF that list what happened, how reliable it all was, and which kecamatan come first.

Paper shows the first rows of long lists and says how many more there are; the XLSX has them all.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer

from documents.contents import Contents
from documents.paper import H3, SMALL, paragraph, table_flowable
from documents.paper_figures import figure_grid
from documents.priorities import HOW, named_text, priority_table
from documents.records import ARRANGED, FAULTS, LOSSES, OUTAGES, pick, record_tables
from documents.reliability import group_tables, place_table
from documents.tables import DAYS, PLACE_HEADS, Table
from documents.wording import as_of
from lib.format import month_id, number_id
from reports.priorities import UNKNOWN_YET
from reports.regions import NEXT_LEVEL
from reports.reliability_page import figure_tiles

ROWS = {"kabupaten": 40, "province": 12}
"""How many rows of a list are printed."""
GROUPS, MODELS = 60, 20
"""How many regions, kinds and sources are printed, which is all of them, and how many models."""

HEADS: dict[str, dict[str, float]] = {
    FAULTS: {
        "Kecamatan": 18,
        "Komponen": 16,
        "Keadaan": 11,
        "Rusak sejak": 15,
        "Pulih": 15,
        "Penyebab": 14,
        "Kepastian": 12,
        "Jalur": 14,
        "Keterangan": 27,
    },
    OUTAGES: {
        "Kecamatan": 26,
        "Penyebab": 15,
        "Kepastian": 12,
        "Dampak": 11,
        "Mulai": 14,
        "Selesai": 14,
        "Keterangan": 34,
    },
    ARRANGED: {"Kabupaten/kota": 24, "Kecamatan": 22, "Cara": 16, "Tuan rumah": 22, "Mulai": 16, "Selesai": 16},
    LOSSES: {
        "Kecamatan": 18,
        "Tanggal": 14,
        "Hilang": 9,
        "Kepastian": 16,
        "Penyebab": 17,
        "Direkam ulang": 11,
        "Direkam ulang pada": 15,
        "Keterangan": 30,
    },
}
RELIABLE: dict[str, float] = {
    "Tersedia": 10,
    "Jam kerja": 11,
    "Jam berhenti": 11,
    "Lama perbaikan (hari)": 13,
    "Kerusakan per 100 alat-tahun": 15,
}
GROUPED: dict[str, float] = {
    "Kerusakan per 100 alat-tahun": 16,
    "Kerusakan": 11,
    "Alat-tahun": 11,
    "Lama perbaikan (hari)": 14,
    "Jarak antara kerusakan (hari)": 16,
}
PRIORITY: dict[str, float] = {
    "Usulan": 10,
    "Kecamatan": 24,
    "Ditetapkan": 15,
    "Layanan": 19,
    "Berhenti sejak": 16,
    "Hari berhenti": 12,
    "Belum direkam": 12,
    "Terdekat yang melayani": 21,
    "Jarak (km)": 9,
    "Bobot": 15,
}


def record_parts(contents: Contents) -> list[Flowable]:
    """Return the faults, outages, arrangements and losses of the month; nothing of the nation."""
    if contents.records is None:
        return []
    parts: list[Flowable] = []
    rows, numbers = ROWS[contents.region.level], contents.records.numbers()
    for table, number in zip(record_tables(contents.records.first(rows)), numbers, strict=True):
        title = f"{table.title} sepanjang {month_id(contents.month)}"
        parts += _listed(title, table, HEADS[table.title], rows, number)
    return parts


def _listed(title: str, table: Table, heads: dict[str, float], rows: int, number: int = 0) -> list[Flowable]:
    """Return the first rows of a list with its title; it has ``number`` rows, or as many as the table.

    A list without rows says so.
    """
    if not table.rows:
        return [KeepTogether([paragraph(title, H3), paragraph(table.note)])]
    shown = pick(table, list(heads), rows)
    widths = [
        width for head, width in heads.items() for column in shown.columns if head.removesuffix(DAYS) == column.head
    ]
    parts: list[Flowable] = [paragraph(title, H3), table_flowable(shown, widths)]
    left = max(number, len(table.rows)) - len(shown.rows)
    more = f"Dan {number_id(left)} lainnya; semuanya ada di berkas XLSX laporan ini."
    return [*parts, *([paragraph(more, SMALL)] if left else [])]


def reliability_parts(contents: Contents) -> list[Flowable]:
    """Return how reliable the places and devices of a region were in the twelve months up to the month."""
    found = contents.reliability
    if found is None:
        return []
    head = PLACE_HEADS[NEXT_LEVEL[contents.region.level]]
    kinds, sources, models = group_tables(found)
    first, last = month_id(found.months[0]), month_id(found.months[-1])
    known = len(found.shares[contents.region.key])
    parts: list[Flowable] = [
        paragraph(f"{first} sampai {last}; {known} dari {len(found.months)} bulan ada datanya."),
        Spacer(0, 2 * mm),
        figure_grid(figure_tiles(found, contents.region)),
    ]
    if not kinds.rows:
        return [*parts, paragraph(kinds.note)]
    parts += _grouped(
        f"Menurut {head.lower()}, ketersediaan terendah di atas", place_table(found, head), RELIABLE, head
    )
    for title, table in (("jenis", kinds), ("asal usul", sources), ("merk dan model", models)):
        names = [column.head for column in table.columns if not column.is_number]
        limit = MODELS if table is models else GROUPS
        parts += _grouped(f"Menurut {title}, yang paling sering rusak di atas", table, GROUPED, *names, rows=limit)
    return parts


def _grouped(title: str, table: Table, heads: dict[str, float], *names: str, rows: int = GROUPS) -> list[Flowable]:
    return _listed(title, table, {**dict.fromkeys(names, 26), **heads}, rows) if table.rows else []


def priority_parts(contents: Contents) -> list[Flowable]:
    """Return the priorities that were named and the proposal; nothing of the nation."""
    found = contents.priorities
    if found is None:
        return []
    named = paragraph(named_text(found))
    if not contents.report["has_rows"]:
        return [named, paragraph(f"{UNKNOWN_YET['title']}, jadi tidak ada yang diusulkan.")]
    table = priority_table(found)
    if not found.proposed:
        return [named, paragraph(table.note)]
    shown: Sequence[Flowable] = _listed(
        f"Usulan menurut keadaan {as_of(contents)}", table, PRIORITY, ROWS[contents.region.level]
    )
    return [named, *shown, paragraph(HOW, SMALL)]
