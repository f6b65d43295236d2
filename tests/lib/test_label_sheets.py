"""Sheets of QR labels: what a camera reads on the paper, and where each label lies."""

from __future__ import annotations

from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import stringWidth

from lib.label_sheets import CALL, INSET, QUIET, STOCKS, Label, matrix, wrapped, write_sheets
from tests.qr import read

ADDRESS = "https://siaprekam.gorontalokab.go.id/d/Ab3_-Zq0123456789xYz0A/"
MM = 72 / 25.4
FONT = ("Helvetica", 8.0)


def pages(content: bytes) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(content)]


def label(address: str = ADDRESS, title: str = "Server", *lines: str) -> Label:
    return Label(address, title, lines)


def printed(page: Any, code: str, at: int, size: int) -> list[list[int]]:
    """Return the modules of the n-th label as they are printed."""
    stock = STOCKS[code]
    row, column = divmod(at - 1, stock.across)
    width, height, inset = stock.width * MM, stock.height * MM, INSET
    side = min(height - 2 * inset, width / 2)
    left = (stock.left + column * (stock.width + stock.gap)) * MM + inset
    top = stock.top * MM + row * height + (height - side) / 2
    module = side / (size + 2 * QUIET)
    spots = [(QUIET + index + 0.5) * module for index in range(size)]
    # Grey, at 4 pixels a point.
    pixels = page.load()
    return [[int(pixels[round((left + x) * 4), round((top + y) * 4)] < 128) for x in spots] for y in spots]


@pytest.mark.parametrize("code", STOCKS)
def test_a_camera_reads_the_address_on_every_stock(code: str) -> None:
    last = STOCKS[code].on_a_page
    content = write_sheets([label(), label(ADDRESS.replace("Ab3", "zzz"))], STOCKS[code], first=last)
    sheets = [page.render(scale=4).to_pil().convert("L") for page in pypdfium2.PdfDocument(content)]
    size = len(matrix(ADDRESS))
    assert len(sheets) == 2
    assert read(printed(sheets[0], code, last, size)) == ADDRESS
    assert read(printed(sheets[1], code, 1, size)) == ADDRESS.replace("Ab3", "zzz")


@given(st.text("abcdefghijklmnopqrstuvwxyz.-", min_size=8, max_size=30), st.text("aZ09-_", min_size=22, max_size=22))
@settings(max_examples=30, deadline=None)
def test_the_code_of_any_address_is_that_address(host: str, token: str) -> None:
    address = f"https://{host}/d/{token}/"
    assert read(matrix(address)) == address


def test_a_label_says_what_it_is_on_and_what_to_do_with_it() -> None:
    content = write_sheets([label(ADDRESS, "Server", "SN 12", "Set 1", "Limboto")], STOCKS["21"])
    assert pages(content) == [f"Server SN 12 Set 1 Limboto {CALL}"]


def test_labels_go_on_to_the_next_page_behind_those_that_are_used_up() -> None:
    content = write_sheets([label(ADDRESS, f"Alat{number}") for number in range(1, 24)], STOCKS["21"], first=20)
    assert [sum(f"Alat{number} " in f"{page} " for number in range(1, 24)) for page in pages(content)] == [2, 21]


@given(st.text(min_size=0, max_size=80), st.floats(40, 200))
def test_what_people_named_never_runs_out_of_a_label(text: str, room: float) -> None:
    lines = wrapped(text, FONT, room)
    assert len(lines) <= 2
    assert all(stringWidth(line, *FONT) <= room for line in lines)


def test_a_long_name_takes_two_lines_and_ends_in_an_ellipsis() -> None:
    assert wrapped("Telaga Biru", FONT, 100) == ["Telaga Biru"]
    assert wrapped("Kecamatan Telaga Jaya", FONT, 60) == ["Kecamatan", "Telaga Jaya"]
    assert wrapped("Kecamatan Telaga Jaya Barat Laut Sekali", FONT, 60) == ["Kecamatan", "Telaga Jaya B…"]
