"""Reads back the files of a report."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Any

import pypdfium2
from python_calamine import CalamineWorkbook

from documents.models import Document

Rows = list[list[Any]]


def content(document: Document, format: str) -> bytes:
    """Return the content of a file."""
    return bytes(document.files.get(format=format).content)


def sheets(file: bytes) -> dict[str, Rows]:
    """Return the rows of each sheet, as a spreadsheet shows them."""
    book = CalamineWorkbook.from_filelike(BytesIO(file))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def formulas(file: bytes, sheet: int) -> list[tuple[str, str, str]]:
    """Return the formulas of the n-th sheet, from 1: their cell, what they say, and the value that is kept."""
    xml = zipfile.ZipFile(BytesIO(file)).read(f"xl/worksheets/sheet{sheet}.xml").decode()
    return re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f>([^<]*)</f><v>([^<]*)</v>', xml)


def frozen(file: bytes, sheet: int) -> tuple[str, str, str] | None:
    """Return how many columns and rows of a sheet stay in sight, and whether they do."""
    xml = zipfile.ZipFile(BytesIO(file)).read(f"xl/worksheets/sheet{sheet}.xml").decode()
    found = re.search(r"<pane ([^/]*)/>", xml)
    return (
        tuple(re.search(rf'{name}="(\w+)"', found[1])[1] for name in ("xSplit", "ySplit", "state")) if found else None
    )


def pages(file: bytes) -> list[str]:
    """Return the text of each page of a PDF, each run of space as one."""
    found = pypdfium2.PdfDocument(file)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in found]
