"""The report as XLSX: one table a sheet, with real numbers and dates, frozen heads, and sums as formulas.

Written row by row in constant memory, so that the nation's 7,285 kecamatan cost no more memory than a kabupaten's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from documents.changes import Change
from documents.contents import Contents
from documents.figures import FIGURES, MINUTES
from documents.priorities import priority_table
from documents.records import record_tables
from documents.reliability import group_tables, place_table
from documents.tables import (
    DECIMAL,
    PLACE_HEADS,
    Cell,
    Column,
    Place,
    Table,
    kind_table,
    parent_heads,
    summary_rows,
    table_of,
)
from documents.wording import as_of, completeness_notes, title_of
from kecamatan.models import Cause
from lib.format import month_id
from repairs.models import Ticket
from reports.history import MEASURES, net_text
from reports.regions import NEXT_LEVEL
from reports.shares import kind_rows

# Of a single kecamatan these are told by its service, or not at all.
OF_LARGER = ("kecamatan.", "recording.kecamatan_", "coverage.band_", "completeness.kabupaten_")
COUNT, TENTHS, DAY, MOMENT = "#,##0", "#,##0.0", "dd/mm/yyyy", "dd/mm/yyyy hh.mm"
INK, SOFT = "#14305B", "#E3EBF6"
NARROW = (
    "Layanan",
    "Kabar",
    "Set",
    "Keadaan",
    "Dampak",
    "Kepastian",
    "Mulai",
    "Selesai",
    "Rusak sejak",
    "Pulih",
    "Cara",
)
WIDTHS = {"No": 6, "Kode": 10, "Keterangan": 60, **dict.fromkeys(NARROW, 15)}


def xlsx_file(contents: Contents) -> bytes:
    """Return the report as an XLSX file. Every text is written as text, so that none of them runs as a formula."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title_of(contents), "company": contents.letterhead.agency})
    sheets = _Sheets(book)
    _summary(sheets, contents)
    for name, table in _tables(contents):
        sheets.add(name, table)
    for table in _lists(contents):
        sheets.add(table.title, table)
    _trends(sheets, contents)
    _changes(sheets, contents)
    _notes(sheets, contents)
    book.close()
    return out.getvalue()


def _tables(contents: Contents) -> Iterable[tuple[str, Table]]:
    """Yield the name of each sheet with its table: the regions of each level below, then what the whole has."""
    level = NEXT_LEVEL[contents.region.level]
    yield PLACE_HEADS[level], _places(contents, level, [Place(child) for child in contents.children])
    for deeper, places in contents.deeper.items():
        yield PLACE_HEADS[deeper], _places(contents, deeper, places)
    by_kind = contents.report["devices"]["by_kind"]
    yield "Komponen", kind_table(kind_rows(contents.report, contents.kinds), by_kind, contents.report)
    tickets = contents.report["tickets"]
    yield "Penyebab", _counts("Penyebab", tickets["by_cause"], dict(Cause.choices))
    yield "Jalur perbaikan", _counts("Jalur perbaikan", tickets["by_route"], dict(Ticket.Route.choices))


def _lists(contents: Contents) -> Iterable[Table]:
    """Yield what happened one by one, which kecamatan come first, and how reliable places and devices were."""
    if contents.records:
        yield from record_tables(contents.records)
    if contents.priorities:
        yield priority_table(contents.priorities)
    if contents.reliability:
        yield place_table(contents.reliability, PLACE_HEADS[NEXT_LEVEL[contents.region.level]])
        yield from group_tables(contents.reliability)


def _places(contents: Contents, level: str, places: Sequence[Place]) -> Table:
    return table_of(
        PLACE_HEADS[level],
        places,
        contents.report,
        [figure.path for figure in FIGURES if level != "kecamatan" or not figure.path.startswith(OF_LARGER)],
        head=PLACE_HEADS[level],
        parents=parent_heads(contents.region.level, level),
        with_service=level == "kecamatan",
        with_sign=level == "kecamatan",
        with_code=True,
        with_groups=True,
    )


def _counts(head: str, counts: dict[str, int], labels: dict[str, str]) -> Table:
    """Return faults that began in the month, counted by cause or by route, the most frequent first."""
    ordered = sorted(((labels.get(code, code), count) for code, count in counts.items() if count), key=_most_first)
    rows = [[Cell(label, label), Cell(count, str(count))] for label, count in ordered]
    columns = [Column(head), Column("Tiket", "", "tickets.opened")]
    total = [Cell("Jumlah", "Jumlah"), Cell(sum(count for _, count in ordered), "")]
    return Table(head, columns, rows, total if rows else ())


def _most_first(row: tuple[str, int]) -> tuple[int, str]:
    return -row[1], row[0]


# --- Sheets -----------------------------------------------------------------------------------------------------


class _Sheets:
    """The workbook with its formats; writes whole tables."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "vcenter",
                "font_color": "#FFFFFF",
                "bg_color": INK,
                "border": 1,
            }
        )
        self.group = book.add_format({"bold": True, "bg_color": SOFT, "bottom": 1, "left": 1})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.sum_text = book.add_format({"bold": True, "top": 1})
        self.unknown = book.add_format({"align": "right", "font_color": "#495865", "italic": True})
        self.formats: dict[tuple[str, bool], Any] = {}

    def number(self, pattern: str, *, is_sum: bool = False) -> Any:
        """Return the format of a number; of a sum it is bold under a line."""
        key = pattern, is_sum
        if key not in self.formats:
            more = {"bold": True, "top": 1} if is_sum else {}
            self.formats[key] = self.book.add_format({"num_format": pattern, **more})
        return self.formats[key]

    def day(self, pattern: str) -> Any:
        """Return the format of a day or a moment."""
        key = pattern, False
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"num_format": pattern, "align": "left"})
        return self.formats[key]

    def sheet(self, name: str, widths: Sequence[float]) -> Any:
        """Return a new sheet that prints across, one page wide."""
        sheet = self.book.add_worksheet(name.replace("/", "-"))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RHalaman &P dari &N")
        return sheet

    def add(self, name: str, table: Table) -> None:
        """Write a table: heads that stay in sight, the rows, and the sums as formulas over them."""
        sheet = self.sheet(name, [_width(column) for column in table.columns])
        has_groups = any(column.group for column in table.columns)
        first = int(has_groups)
        if has_groups:
            self._groups(sheet, table.columns)
        for number, column in enumerate(table.columns):
            sheet.write_string(first, number, _head(column), self.head)
        texts = next((n for n, column in enumerate(table.columns) if column.is_number), 1)
        sheet.freeze_panes(first + 1, texts)
        sheet.repeat_rows(0, first)
        if table.rows:
            sheet.autofilter(first, 0, first + len(table.rows), len(table.columns) - 1)
        for row, cells in enumerate(table.rows, start=first + 1):
            self._row(sheet, row, table.columns, cells)
        if table.total:
            self._total(sheet, first + 1, len(table.rows), table)
        if table.note:
            sheet.write_string(first + 1 + len(table.rows), 0, table.note)

    def _groups(self, sheet: Any, columns: Sequence[Column]) -> None:
        """Write the head above the heads into the first column of each group, coloured over all of them."""
        place = 0
        for group, members in groupby(columns, key=lambda column: column.group):
            for number, _ in enumerate(members):
                sheet.write_string(0, place, group if number == 0 else "", self.group)
                place += 1

    def _row(self, sheet: Any, row: int, columns: Sequence[Column], cells: Sequence[Cell]) -> None:
        for place, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            if isinstance(cell.value, int | float):
                self._write_number(sheet, row, place, column, cell.value)
            elif isinstance(cell.value, date):
                pattern = MOMENT if isinstance(cell.value, datetime) else DAY
                sheet.write_datetime(row, place, cell.value, self.day(pattern))
            elif column.is_number:
                sheet.write_string(row, place, cell.text, self.unknown)
            else:
                sheet.write_string(row, place, cell.text)

    def _write_number(self, sheet: Any, row: int, place: int, column: Column, value: float) -> None:
        if column.is_percent:
            sheet.write_number(row, place, value / 100, self.number(_percent(column)))
        else:
            sheet.write_number(row, place, value, self.number(TENTHS if column.unit == DECIMAL else COUNT))

    def _total(self, sheet: Any, first: int, count: int, table: Table) -> None:
        row = first + count
        for place, (column, cell) in enumerate(zip(table.columns, table.total, strict=True)):
            if not isinstance(cell.value, int | float):
                sheet.write_string(row, place, cell.text, self.sum_text)
            elif column.is_summed:
                letter = xl_col_to_name(place)
                formula = f"=SUM({letter}{first + 1}:{letter}{row})"
                sheet.write_formula(row, place, formula, self.number(COUNT, is_sum=True), cell.value)
            else:
                # A quotient of sums: only over the kecamatan that have the denominator, which no column shows.
                sheet.write_number(row, place, cell.value / 100, self.number(_percent(column), is_sum=True))


def _percent(column: Column) -> str:
    return "0." + "0" * column.digits + "%"


def _head(column: Column) -> str:
    """Return a head with its unit where that is no count."""
    return f"{column.head} ({MINUTES})" if column.is_minutes else column.head


def _width(column: Column) -> float:
    return WIDTHS.get(column.head, 13 if column.is_number else 30)


# --- The first and the last sheets ------------------------------------------------------------------------------


def _summary(sheets: _Sheets, contents: Contents) -> None:
    """Write what the report is, and all figures of the region with their units."""
    sheet = sheets.sheet("Ringkasan", [24, 30, 18, 16])
    head, zone = contents.letterhead, ZoneInfo(contents.region.zone)
    sheet.write_string(0, 0, title_of(contents), sheets.title)
    moment = datetime.fromisoformat(contents.report["as_of"])
    # The end of a month is its last day at 24.00, as the words beside it say.
    day = (moment - timedelta(minutes=1)).date()
    facts: list[tuple[str, date | datetime | str, str]] = [
        ("Dinas", head.agency or head.government, ""),
        ("Wilayah", contents.region.name, ""),
        ("Kode", contents.region.code, ""),
        ("Bulan", contents.month, "mmmm yyyy"),
        ("Keadaan", day, DAY),
        ("Status", contents.status_word, ""),
        ("Dibuat", contents.made_at.astimezone(zone), MOMENT),
    ]
    for row, (label, value, pattern) in enumerate(facts, start=1):
        sheet.write_string(row, 0, label)
        if isinstance(value, str):
            sheet.write_string(row, 1, value)
        else:
            plain = value.replace(tzinfo=None) if isinstance(value, datetime) else value
            sheet.write_datetime(row, 1, plain, _left(sheets, pattern))
        if label == "Keadaan":
            sheet.write_string(row, 2, as_of(contents))
        if label == "Status":
            sheet.write_string(row, 2, contents.status)
    first = len(facts) + 2
    for place, word in enumerate(("Kelompok", "Angka", "Nilai", "Satuan")):
        sheet.write_string(first, place, word, sheets.head)
    sheet.freeze_panes(first + 1, 0)
    for row, (group, label, value, text, unit) in enumerate(summary_rows(contents.report), start=first + 1):
        sheet.write_string(row, 0, group)
        sheet.write_string(row, 1, label)
        if value is None:
            sheet.write_string(row, 2, text, sheets.unknown)
        elif unit == "%":
            sheet.write_number(row, 2, value / 100, sheets.number("0.00%"))
        else:
            sheet.write_number(row, 2, value, sheets.number(COUNT))
        sheet.write_string(row, 3, "" if unit == "%" else unit)


def _left(sheets: _Sheets, pattern: str) -> Any:
    return sheets.book.add_format({"num_format": pattern, "align": "left"})


def _trends(sheets: _Sheets, contents: Contents) -> None:
    """Write the last 24 months, the newest last, a column each figure that the page follows."""
    sheet = sheets.sheet("24 bulan", [16, *[18] * len(MEASURES)])
    sheet.write_string(0, 0, "Bulan", sheets.head)
    for place, measure in enumerate(MEASURES, start=1):
        unit = f" ({measure.unit})" if measure.unit else ""
        sheet.write_string(0, place, f"{measure.label}{unit}", sheets.head)
    sheet.freeze_panes(1, 1)
    month = _left(sheets, "mmmm yyyy")
    for number, row in enumerate(contents.months, start=1):
        sheet.write_datetime(number, 0, row.month, month)
        for place, measure in enumerate(MEASURES, start=1):
            value = measure.value(row)
            if value is None:
                sheet.write_string(number, place, measure.text(None), sheets.unknown)
            elif measure.digits is None:
                sheet.write_number(number, place, round(value), sheets.number(COUNT))
            else:
                sheet.write_number(number, place, value / 100, sheets.number("0." + "0" * measure.digits + "%"))
    sheet.write_string(len(contents.months) + 1, 0, net_text(contents.months))


def _changes(sheets: _Sheets, contents: Contents) -> None:
    """Write what differs from the earlier report of the month, where there is one."""
    if not contents.compared:
        return
    sheet = sheets.sheet("Perubahan", [30, 36, 16, 16, 12, 14])
    sheet.write_string(0, 0, contents.compared, sheets.title)
    for place, word in enumerate(("Wilayah", "Angka", "Semula", "Sekarang", "Selisih", "Satuan")):
        sheet.write_string(1, place, word, sheets.head)
    sheet.freeze_panes(2, 0)
    for row, change in enumerate(contents.changes, start=2):
        sheet.write_string(row, 0, change.region)
        sheet.write_string(row, 1, change.figure)
        _compared(sheets, sheet, row, 2, change.old, change)
        _compared(sheets, sheet, row, 3, change.new, change)
        if change.difference is not None:
            sheet.write_number(row, 4, change.difference, sheets.number("+#,##0;-#,##0"))
        sheet.write_string(row, 5, change.unit)


def _compared(sheets: _Sheets, sheet: Any, row: int, place: int, value: float | None, change: Change) -> None:
    """Write one side of a change: a number, or the word for what was not known."""
    if value is None:
        sheet.write_string(row, place, change.before if place == 2 else change.after, sheets.unknown)
    elif change.digits is None:
        sheet.write_number(row, place, round(value), sheets.number(COUNT))
    else:
        sheet.write_number(row, place, value / 100, sheets.number("0." + "0" * change.digits + "%"))


def _notes(sheets: _Sheets, contents: Contents) -> None:
    """Write how complete the figures are and what they mean."""
    sheet = sheets.sheet("Catatan", [110])
    sheet.write_string(0, 0, f"Catatan kelengkapan, {month_id(contents.month)}", sheets.head)
    sheet.freeze_panes(1, 0)
    for row, note in enumerate(completeness_notes(contents), start=1):
        sheet.write_string(row, 0, note, sheets.wrap)
