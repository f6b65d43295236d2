"""The report as CSV: one row a region, from the whole down to the kecamatan, one column a figure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from documents.contents import Contents
from documents.figures import FIGURES, Report, value_of
from documents.tables import place_name, service_word
from lib.tabular import csv_lines

TEXTS = ("Bulan", "Status laporan", "Tingkat", "Kode", "Wilayah", "Layanan")


def csv_file(contents: Contents) -> bytes:
    """Return the report as a CSV file. What is not known is empty; a percentage has a decimal comma."""
    return "".join(csv_lines(_rows(contents))).encode()


def _rows(contents: Contents) -> Iterator[list[str]]:
    yield [*TEXTS, *(f"{figure.group}: {figure.label} ({figure.unit})" for figure in FIGURES)]
    deeper = (place.report for places in contents.deeper.values() for place in places)
    for report in chain([contents.report], contents.children, deeper):
        yield _row(report, contents.status_word)


def _row(report: Report, status: str) -> list[str]:
    region: dict[str, Any] = report["region"]
    texts = [report["month"], status, region["level"], region["code"], place_name(report), service_word(report)]
    return texts + [_written(value_of(report, figure.path)) for figure in FIGURES]


def _written(value: int | float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.2f}".replace(".", ",")
