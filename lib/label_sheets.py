"""Sheets of QR labels as PDF: A4, for stock that shops sell, or plain paper to be cut."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

PLAIN, BOLD = "Helvetica", "Helvetica-Bold"
INK, INK_2, CUT = HexColor("#15202b"), HexColor("#495865"), HexColor("#c3ccd4")
CALL = "Pindai untuk lapor kerusakan"
INSET = 2.5 * mm
QUIET = 4
"""How many modules around a QR code stay white (ISO/IEC 18004, 6.3.8)."""

MASK = 2


class Label(NamedTuple):
    """What a label says: the address in its code, what it is on, and where that stands."""

    address: str
    title: str
    lines: tuple[str, ...]


class Stock(NamedTuple):
    """A4 stock, in millimetres: how many labels across and down, their size, the margins, the gap between columns."""

    name: str
    across: int
    down: int
    width: float
    height: float
    left: float
    top: float
    gap: float = 0
    is_cut: bool = False

    @property
    def on_a_page(self) -> int:
        """Return how many labels a page holds."""
        return self.across * self.down


STOCKS = {
    "21": Stock("Stiker A4 isi 21, 63,5 × 38,1 mm", 3, 7, 63.5, 38.1, 7.2, 15.1, 2.5),
    "24": Stock("Stiker A4 isi 24, 70 × 37 mm", 3, 8, 70, 37, 0, 0.5),
    "8": Stock("Stiker A4 isi 8, 99,1 × 67,7 mm", 2, 4, 99.1, 67.7, 4.6, 13.1, 2.6),
    "kertas": Stock("Kertas A4 biasa, digunting, isi 18", 3, 6, 62, 44, 12, 16.5, is_cut=True),
}


def write_sheets(labels: Sequence[Label], stock: Stock, *, first: int = 1) -> bytes:
    """Return a PDF with these labels in the order of the stock, from the ``first`` free label of the first page on."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, lang="id")
    canvas.setTitle("Label QR alat perekaman")
    canvas.setCreator("Siap Rekam")
    for at, label in enumerate(labels, start=first - 1):
        if at % stock.on_a_page == 0 and at > first - 1:
            canvas.showPage()
        row, column = divmod(at % stock.on_a_page, stock.across)
        x = (stock.left + column * (stock.width + stock.gap)) * mm
        y = A4[1] - (stock.top + (row + 1) * stock.height) * mm
        _draw_label(canvas, label, stock, x, y)
    canvas.save()
    return out.getvalue()


def _draw_label(canvas: Canvas, label: Label, stock: Stock, x: float, y: float) -> None:
    width, height = stock.width * mm, stock.height * mm
    if stock.is_cut:
        canvas.setStrokeColor(CUT)
        canvas.setLineWidth(0.3)
        canvas.rect(x, y, width, height)
    side = min(height - 2 * INSET, width / 2)
    _draw_code(canvas, label.address, x + INSET, y + (height - side) / 2, side)
    left, room = x + INSET + side + 1 * mm, width - side - 2 * INSET - 1 * mm
    scale = min(1.6, room / (30 * mm))
    top = y + height / 2 + side * 0.42
    top = _write(canvas, [label.title], (BOLD, 10 * scale), INK, left, top, room) - 1.5 * scale
    top = _write(canvas, label.lines, (PLAIN, 7 * scale), INK, left, top, room)
    _write(canvas, [CALL], (BOLD, 7 * scale), INK_2, left, top - 2 * scale, room)


def _draw_code(canvas: Canvas, address: str, x: float, y: float, side: float) -> None:
    """Draw the code of an address into a square, with the quiet zone that readers need."""
    rows = matrix(address)
    module = side / (len(rows) + 2 * QUIET)
    canvas.setFillColor(HexColor("#000000"))
    path = canvas.beginPath()
    for down, row in enumerate(rows):
        start = None
        for across, dark in enumerate((*row, 0)):
            if dark and start is None:
                start = across
            elif not dark and start is not None:
                top = y + side - (QUIET + down + 1) * module
                path.rect(x + (QUIET + start) * module, top, (across - start) * module, module)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)


def matrix(address: str) -> list[list[int]]:
    """Return the modules of the QR code of an address, 1 where dark; a quarter of them may be scratched (level Q).

    One mask for all: trying out eight takes five times as long, and suits regular data better, not random ones.
    """
    return [list(row) for row in segno.make_qr(address, error="q", boost_error=False, mask=MASK).matrix]


def _write(
    canvas: Canvas,
    lines: Sequence[str],
    font: tuple[str, float],
    ink: HexColor,
    left: float,
    top: float,
    room: float,
) -> float:
    """Write lines below each other, wrapped to the room there is, at most two lines each; return where they end."""
    canvas.setFillColor(ink)
    canvas.setFont(*font)
    for line in lines:
        for part in wrapped(line, font, room):
            top -= font[1] * 1.2
            canvas.drawString(left, top, part)
    return top


def wrapped(text: str, font: tuple[str, float], room: float) -> list[str]:
    """Return a text in at most two lines that fit; what is too long even then ends in an ellipsis."""
    words, lines = printable(text).split(), [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or stringWidth(longer, *font) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > 2:
        lines = [lines[0], " ".join(lines[1:])]
    return [_cut(line, font, room) for line in lines if line]


def _cut(line: str, font: tuple[str, float], room: float) -> str:
    if stringWidth(line, *font) <= room:
        return line
    while line and stringWidth(f"{line}…", *font) > room:
        line = line[:-1]
    return f"{line.rstrip()}…"


def printable(text: str) -> str:
    """Return a text in the letters that Helvetica has."""
    return text.encode("cp1252", "replace").decode("cp1252")
