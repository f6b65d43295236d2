"""The tables of a report as plain values, the same for the PDF, the XLSX and the CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from documents.figures import (
    BY_PATH,
    FIGURES,
    MINUTES,
    NONE,
    PERCENT,
    Report,
    Value,
    shown,
    unknown_word,
    value_of,
)
from reports.children import shown_name
from reports.longest import NOT_STATED
from reports.services import SERVICE_LABELS, SHOWN_LABELS, SILENT_LABEL, shown_service

SILENT, HEARD = SILENT_LABEL, "Ada kabar"
COUNT, DECIMAL = "jumlah", "desimal"
"""The units of numbers that are no figures of a report: whole ones, and those with one place."""
DAYS = " (hari)"
"""What heads end with whose numbers are days."""


class Column(NamedTuple):
    """A head; ``path`` names the figure, ``unit`` that of a number which is none; a text has neither.

    ``group`` stands above several heads. A column of :data:`DECIMAL` numbers has one place.
    """

    head: str
    group: str = ""
    path: str = ""
    unit: str = ""

    @property
    def is_number(self) -> bool:
        """Say whether the column holds numbers."""
        return bool(self.path or self.unit)

    @property
    def is_percent(self) -> bool:
        """Say whether the column holds percentages."""
        return PERCENT in (self.unit, BY_PATH[self.path].unit if self.path else "")

    @property
    def is_minutes(self) -> bool:
        """Say whether the column holds minutes, which its head then says."""
        return bool(self.path) and BY_PATH[self.path].unit == MINUTES

    @property
    def digits(self) -> int:
        """Return how many decimals a percentage has."""
        return BY_PATH[self.path].digits if self.path else 1

    @property
    def is_summed(self) -> bool:
        """Say whether the numbers of the column add up."""
        return self.is_number and not self.is_percent


class Cell(NamedTuple):
    """A value, and what people read: for what is not known the value is nothing and the text a word."""

    value: Value | date | datetime
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its heads, its rows and, where it has one, the row of the sum. ``note`` stands below."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    note: str = ""
    parents: Sequence[str] = field(default=())


class Place(NamedTuple):
    """A region of a table: its report, and the names of the regions above it that the table also names.

    ``key`` are the level and the key of its row, for what is kept of it.
    """

    report: Report
    parents: tuple[str, ...] = ()
    key: str = ""


# --- The columns people know ------------------------------------------------------------------------------------

RECORDING_COLUMNS = ("recording.eligible", "recording.target", "recording.net")
SHARE_COLUMNS = ("recording.recorded_pct", "recording.achievement_pct")
COVERAGE_COLUMNS = (
    "coverage.population",
    "coverage.eligible",
    "coverage.recorded_total",
    "coverage.not_recorded",
    "coverage.pct",
)
SERVICE_COLUMNS = tuple(
    f"kecamatan.{name}"
    for name in ("total", "able", "serving", "limited", "hosted", "mobile", "stopped", "no_report", "silent")
)
DEVICE_COLUMNS = (
    "sets.total",
    "sets.operational",
    "sets.limited",
    "sets.down",
    "devices.total",
    "devices.broken",
    "devices.missing",
)
WORK_COLUMNS = (
    "tickets.opened",
    "tickets.resolved",
    "tickets.open",
    "tickets.overdue",
    "downtime.down_pct",
    "completeness.days_reported",
    "completeness.days_expected",
)
PLACE_HEADS = {
    "province": "Provinsi",
    "kabupaten": "Kabupaten/kota",
    "kecamatan": "Kecamatan",
}


def parent_heads(level: str, below: str) -> list[str]:
    """Return what the regions between a level and one far below it are called."""
    names = list(PLACE_HEADS)
    start = names.index(level) + 1 if level in names else 0
    return [PLACE_HEADS[name] for name in names[start : names.index(below)]]


def table_of(
    title: str,
    places: Sequence[Place],
    whole: Report,
    paths: Iterable[str],
    *,
    head: str,
    parents: Sequence[str] = (),
    heads: Mapping[str, str] | None = None,
    with_service: bool = False,
    with_sign: bool = False,
    with_code: bool = False,
    with_groups: bool = False,
    note: str = "",
) -> Table:
    """Return a table of regions with the figures of these paths, and the row of the whole region as their sum."""
    renamed = heads or {}
    columns = [Column("No")]
    columns += [Column("Kode")] if with_code else []
    columns += [*(Column(parent) for parent in parents), Column(head)]
    columns += [Column("Layanan")] if with_service else []
    columns += [Column("Kabar")] if with_sign else []
    columns += [
        Column(renamed.get(path, BY_PATH[path].label), BY_PATH[path].group if with_groups else "", path)
        for path in paths
    ]
    rows = [_row(columns, number, place) for number, place in enumerate(places, start=1)]
    return Table(title, columns, rows, _total(columns, whole), note, parents)


def _row(columns: Sequence[Column], number: int, place: Place) -> list[Cell]:
    report, heads = place.report, {column.head for column in columns if not column.is_number}
    texts = [report["region"]["code"]] if "Kode" in heads else []
    texts += [*place.parents, place_name(report)]
    texts += [service_word(report)] if "Layanan" in heads else []
    texts += [sign_word(report)] if "Kabar" in heads else []
    cells = [Cell(number, str(number)), *(Cell(text, text) for text in texts)]
    return cells + [figure_cell(report, column.path) for column in columns if column.is_number]


def _total(columns: Sequence[Column], whole: Report) -> list[Cell]:
    texts = sum(not column.is_number for column in columns) - 1
    cells = [Cell(None, ""), Cell("Jumlah", "Jumlah"), *[Cell(None, "")] * (texts - 1)]
    return cells + [figure_cell(whole, column.path) for column in columns if column.is_number]


def figure_cell(report: Report, path: str) -> Cell:
    """Return the cell of a figure."""
    value = value_of(report, path)
    return Cell(value, shown(report, path) if value is not None else unknown_word(report, path))


def place_name(report: Report) -> str:
    """Return a name as a table writes it, whose head says what all of them are."""
    return shown_name(report["region"]["name"])


def service_word(report: Report) -> str:
    """Return as what a single kecamatan is shown; nothing of a dinas, which serves none."""
    counts = report["kecamatan"]
    if counts["total"] != 1:
        return NONE
    service = next(code for code in SERVICE_LABELS if counts[code])
    return SHOWN_LABELS[shown_service(service, is_silent=bool(counts["silent"]))]


def sign_word(report: Report) -> str:
    """Return whether a single kecamatan gave a sign of life; nothing where it has no set on record."""
    counts = report["kecamatan"]
    if counts["total"] != 1 or not (counts["silent"] or counts["confirmed"]):
        return NONE
    return SILENT if counts["silent"] else HEARD


# --- Tables of the region itself --------------------------------------------------------------------------------


def kind_table(rows: Sequence[Mapping[str, str]], by_kind: Mapping[str, Mapping[str, int]], whole: Report) -> Table:
    """Return the components by kind; ``rows`` as :func:`reports.shares.kind_rows` orders them."""
    names = ("broken", "missing", "working", "total")
    columns = [Column("Jenis")] + [Column(BY_PATH[f"devices.{name}"].label, "", f"devices.{name}") for name in names]
    cells = [
        [Cell(row["name"], row["name"]), *(Cell(by_kind[row["code"]][name], row[name]) for name in names)]
        for row in rows
    ]
    total = [Cell("Jumlah", "Jumlah"), *(figure_cell(whole, f"devices.{name}") for name in names)]
    return Table("Komponen menurut jenis", columns, cells, total if rows else ())


def summary_rows(whole: Report) -> list[tuple[str, str, Any, str, str]]:
    """Return all figures of a region: group, label, value, what people read, and unit."""
    return [
        (figure.group, figure.label, value_of(whole, figure.path), _stated(shown(whole, figure.path)), figure.unit)
        for figure in FIGURES
    ]


def _stated(text: str) -> str:
    """Return a text, and the words for a figure that nobody stated."""
    return NOT_STATED if text == NONE else text
