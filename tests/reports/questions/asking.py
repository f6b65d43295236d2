"""What a question is, and how a page and the files of a report are read for its answers."""

from __future__ import annotations

import csv
import re
from html import unescape
from io import StringIO
from typing import Any, NamedTuple

from django.utils.html import strip_tags

from tests.documents.reading import Rows, pages, sheets


class Cell(NamedTuple):
    """Where the XLSX answers: on a sheet, in the row that holds these words, under a head. The head is of any row."""

    sheet: str
    row: tuple[str, ...]
    head: str
    value: Any


class Csv(NamedTuple):
    """Where the CSV answers: in the row of a region, under a head."""

    code: str
    head: str
    value: str


class Question(NamedTuple):
    """A question about a region and month (``report``: code and month), with where it is answered."""

    asked: str
    report: tuple[str, str]
    page: str
    said: tuple[str, ...]
    paper: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()
    lines: tuple[Csv, ...] = ()


def summary(label: str, value: Any, group: str) -> Cell:
    """Return the cell of a figure on the first sheet."""
    return Cell("Ringkasan", (group, label), "Nilai", value)


SERVICE, RECORDING, COVERAGE, SETS, DEVICES = "Layanan", "Perekaman", "Cakupan wajib KTP", "Set alat", "Komponen"
NOT_STATED = "tidak disebut"
NO_TARGET = summary("Target", NOT_STATED, RECORDING)
NO_COVERAGE = summary("Cakupan", NOT_STATED, COVERAGE)
LOST_NONE = "Data hilang sepanjang {} Tidak ada data hilang yang dilaporkan pada bulan ini."


# --- Reading ----------------------------------------------------------------------------------------------------


def words(html: str) -> str:
    """Return what a person reads in the main part of a page, each run of space as one."""
    main = html[html.find("<main") : html.find("</main")]
    seen = re.sub(r"<(select|script|svg)\b.*?</\1>", " ", main, flags=re.DOTALL)
    return " ".join(unescape(strip_tags(seen.replace("<", " <"))).split())


def found_in(sheets: dict[str, Rows], cell: Cell) -> Any:
    """Return what stands in a cell; without a head the number of rows that hold the words.

    ``None`` where no sheet, row or head is as named.
    """
    rows = sheets.get(cell.sheet, [])
    holding = [row for row in rows if all(any(word in str(value) for value in row) for word in cell.row)]
    if not cell.head:
        return len(holding)
    heads = next((row for row in rows if cell.head in row), [])
    if not holding or cell.head not in heads:
        return None
    exact = [row for row in holding if all(word in row for word in cell.row)]
    return (exact or holding)[0][heads.index(cell.head)]


class Files(NamedTuple):
    """The three files of a report as they are read back: text, sheets, and the rows of the CSV by code."""

    text: str
    sheets: dict[str, Rows]
    lines: dict[str, dict[str, str]]


def files_of(pdf: bytes, xlsx: bytes, csv_file: bytes) -> Files:
    """Read the files of a report."""
    rows = csv.DictReader(StringIO(csv_file.decode("utf-8-sig")), delimiter=";")
    return Files(" ".join(pages(pdf)), sheets(xlsx), {row["Kode"]: row for row in rows})


def unanswered(question: Question, page: str, files: Files) -> list[str]:
    """Return which of the answers to a question are missing; ``page`` is the text of its page."""
    assert question.said and (question.paper or question.cells), "A question is answered on a page and in the report."
    missing = [f"page: {said}" for said in question.said if said not in page]
    missing += [f"PDF: {said}" for said in question.paper if said not in files.text]
    missing += [
        f"XLSX: {cell} but {found!r}"
        for cell in question.cells
        for found in [found_in(files.sheets, cell)]
        if found != cell.value
    ]
    return missing + [
        f"CSV: {line} but {found!r}"
        for line in question.lines
        for found in [files.lines[line.code].get(line.head)]
        if found != line.value
    ]
