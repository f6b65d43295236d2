"""What every page of a printed report is made of: type, tables, marks, letterhead, page numbers.

Only the standard Helvetica is used, which holds all Indonesian letters; nothing is embedded, so files stay small.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from math import pi
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, LongTable, PageTemplate, Paragraph, TableStyle

from documents.tables import Cell, Column, Table
from reports.services import SHOWN_LABELS

PLAIN, BOLD = "Helvetica", "Helvetica-Bold"
INK, INK_2, LINE, NILA, FACT = (HexColor(f"#{code}") for code in ("15202b", "495865", "c3ccd4", "1b4079", "35506f"))
SUNK = HexColor("#eef1f4")
SERVICE_COLOURS = {
    "serving": HexColor("#0a8467"),
    "limited": HexColor("#b87400"),
    "hosted": HexColor("#3690d8"),
    "mobile": HexColor("#6a2ea6"),
    "stopped": HexColor("#c81e2b"),
    "no_report": HexColor("#6c7985"),
    "silent": HexColor("#6c7985"),
    "off_record": HexColor("#6c7985"),
}
CODES = {word: code for code, word in SHOWN_LABELS.items()}

MARGIN, FOOT = 18 * mm, 20 * mm
WIDTH, HEIGHT = A4[0] - 2 * MARGIN, A4[1] - MARGIN - FOOT

BODY = ParagraphStyle("body", fontName=PLAIN, fontSize=9, leading=12.5, textColor=INK)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=7.5, leading=10, textColor=INK_2)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=7.5, leading=9)
CELL_NUMBER = ParagraphStyle("cell-number", parent=CELL, alignment=TA_RIGHT)
HEAD_CELL = ParagraphStyle("head", parent=CELL, fontName=BOLD, textColor=INK, leading=8.6, fontSize=7)
HEAD_NUMBER = ParagraphStyle("head-number", parent=HEAD_CELL, alignment=TA_RIGHT)
TITLE = ParagraphStyle("title", parent=BODY, fontName=BOLD, fontSize=14, leading=18, alignment=TA_CENTER)
SUBTITLE = ParagraphStyle("subtitle", parent=BODY, alignment=TA_CENTER, textColor=INK_2)
H2 = ParagraphStyle("h2", parent=BODY, fontName=BOLD, fontSize=10.5, leading=13, spaceBefore=11, spaceAfter=4)
H3 = ParagraphStyle("h3", parent=BODY, fontName=BOLD, fontSize=8.5, leading=11, spaceBefore=6, spaceAfter=3)
NOTE = ParagraphStyle("note", parent=BODY, leftIndent=9, bulletIndent=0, spaceAfter=1.5)


def printable(text: str) -> str:
    """Return a text in the letters that Helvetica has; a minus becomes the dash that looks like it."""
    return text.replace("\u2212", "–").encode("cp1252", "replace").decode("cp1252")


def paragraph(text: str, style: ParagraphStyle = BODY, **more: Any) -> Paragraph:
    """Return a paragraph of plain text: what people wrote is never read as markup."""
    return Paragraph(escape(printable(text)), style, **more)


# --- Pages ------------------------------------------------------------------------------------------------------


class _NumberedCanvas(Canvas):
    """Keeps each page until the end, when it is known how many there are: ``Halaman 1 dari 7``."""

    def __init__(self, *args: Any, foot: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._foot = foot
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802
        """Keep the page."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write the foot of every page, then all of them."""
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self._write_foot(number, len(self._pages))
            super().showPage()
        super().save()

    def _write_foot(self, number: int, total: int) -> None:
        self.setStrokeColor(LINE)
        self.setLineWidth(0.5)
        self.line(MARGIN, FOOT - 6 * mm, A4[0] - MARGIN, FOOT - 6 * mm)
        self.setFont(PLAIN, 7.5)
        self.setFillColor(INK_2)
        self.drawString(MARGIN, FOOT - 10 * mm, self._foot)
        self.drawRightString(A4[0] - MARGIN, FOOT - 10 * mm, f"Halaman {number} dari {total}")


def write_pdf(story: Sequence[Flowable], *, title: str, author: str, foot: str) -> bytes:
    """Return a PDF of A4 pages with these parts, their foot and the page numbers."""
    out = BytesIO()
    template = BaseDocTemplate(
        out,
        pagesize=A4,
        title=printable(title),
        author=printable(author),
        creator="Siap Rekam",
        lang="id",
        initialFontName=PLAIN,
    )
    frame = Frame(MARGIN, FOOT, WIDTH, HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    template.addPageTemplates(PageTemplate(frames=[frame]))
    template.build(list(story), canvasmaker=lambda *args, **more: _NumberedCanvas(*args, foot=printable(foot), **more))
    return out.getvalue()


class Head(Flowable):
    """The letterhead: the logo at the left, the names in the middle, a double line below."""

    SIDE = 19 * mm

    def __init__(self, names: Sequence[str], lines: Sequence[str], logo: bytes | None) -> None:
        super().__init__()
        self.names, self.lines, self.logo = [printable(name) for name in names], lines, logo
        self.width = WIDTH
        text = sum(_height(paragraph, self._text_width()) for paragraph in self._paragraphs())
        self.height = max(self.SIDE if logo else 0, text) + 4 * mm

    def _text_width(self) -> float:
        return WIDTH - 2 * (self.SIDE + 3 * mm)

    def _paragraphs(self) -> list[Paragraph]:
        name = ParagraphStyle("letter", parent=BODY, fontName=BOLD, fontSize=12, leading=15, alignment=TA_CENTER)
        line = ParagraphStyle("address", parent=SMALL, fontSize=8.5, leading=11, alignment=TA_CENTER)
        return [*(paragraph(text, name) for text in self.names), *(paragraph(text, line) for text in self.lines)]

    def wrap(self, *_: float) -> tuple[float, float]:
        """Return the size."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw the head from its upper edge down."""
        canvas, top = self.canv, self.height
        if self.logo:
            canvas.drawImage(
                ImageReader(BytesIO(self.logo)),
                0,
                top - self.SIDE,
                self.SIDE,
                self.SIDE,
                preserveAspectRatio=True,
                mask="auto",
            )
        paragraphs = self._paragraphs()
        heights = [_height(one, self._text_width()) for one in paragraphs]
        slack = max(0, (self.height - 4 * mm - sum(heights)) / 2)
        y = top - slack
        for one, height in zip(paragraphs, heights, strict=True):
            y -= height
            one.drawOn(canvas, (WIDTH - self._text_width()) / 2, y)
        canvas.setStrokeColor(INK)
        for y, width in ((1.6, 1.6), (0, 0.5)):
            canvas.setLineWidth(width)
            canvas.line(0, y, WIDTH, y)


def _height(flowable: Flowable, width: float) -> float:
    return float(flowable.wrap(width, 10_000)[1])


# --- Marks ------------------------------------------------------------------------------------------------------


def draw_mark(canvas: Any, code: str, x: float, y: float, size: float) -> None:
    """Draw the shape of a service around a point: a disc, a triangle, a diamond, a square, a cross or a ring."""
    colour, half = SERVICE_COLOURS[code], size / 2
    canvas.saveState()
    canvas.setFillColor(colour)
    canvas.setStrokeColor(colour)
    path = canvas.beginPath()
    match code:
        case "serving":
            path.circle(x, y, half)
        case "limited":
            _polygon(path, [(x, y + half), (x + half, y - half), (x - half, y - half)])
        case "hosted":
            _polygon(path, [(x, y + half * 1.15), (x + half * 1.15, y), (x, y - half * 1.15), (x - half * 1.15, y)])
        case "mobile":
            path.rect(x - half * 0.9, y - half * 0.9, size * 0.9, size * 0.9)
        case "stopped":
            canvas.setLineWidth(size * 0.3)
            canvas.line(x - half, y - half, x + half, y + half)
            canvas.line(x - half, y + half, x + half, y - half)
        case "off_record":
            canvas.setLineWidth(size * 0.14)
            path.rect(x - half * 0.8, y - half * 0.8, size * 0.8, size * 0.8)
        case _:
            canvas.setLineWidth(size * 0.18)
            path.circle(x, y, half * 0.85)
            if code == "silent":
                # As many gaps on the smallest mark as on the largest.
                canvas.setDash(half * 0.85 * pi / 6, half * 0.85 * pi / 6)
    is_hollow = code in ("no_report", "silent", "off_record")
    canvas.drawPath(path, stroke=int(is_hollow), fill=int(not is_hollow and code != "stopped"))
    canvas.restoreState()


def _polygon(path: Any, points: Sequence[tuple[float, float]]) -> None:
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()


class Status(Flowable):
    """A service as a shape and its word; ``code`` names another mark."""

    def __init__(self, word: str, size: float = 7.5, *, bold: str = "", code: str = "") -> None:
        super().__init__()
        self.word, self.bold, self.size, self.code = printable(word), bold, size, code or CODES[word]

    def wrap(self, *_: float) -> tuple[float, float]:
        """Return the size."""
        return stringWidth(f"{self.word} {self.bold}", BOLD, self.size) + self.size * 1.6, self.size * 1.2

    def draw(self) -> None:
        """Draw the shape, then the word and the number."""
        canvas, size = self.canv, self.size
        draw_mark(canvas, self.code, size / 2, size * 0.42, size * 0.8)
        canvas.setFillColor(INK)
        canvas.setFont(PLAIN, size)
        canvas.drawString(size * 1.45, size * 0.15, self.word)
        canvas.setFont(BOLD, size)
        canvas.drawString(size * 1.45 + stringWidth(f"{self.word} ", PLAIN, size) + 1, size * 0.15, self.bold)


# --- Tables -----------------------------------------------------------------------------------------------------

_STYLE = [
    ("FONT", (0, 0), (-1, -1), PLAIN, 7.5, 9),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
    ("TOPPADDING", (0, 0), (-1, -1), 2.1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.1),
    ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
    ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
    ("BACKGROUND", (0, 0), (-1, 0), SUNK),
]


def table_flowable(table: Table, widths: Sequence[float]) -> LongTable:
    """Return a table whose head stands on every page; ``widths`` are parts of the page's width."""
    points = [WIDTH * width / sum(widths) for width in widths]
    rows: list[list[Any]] = [[_head(column) for column in table.columns]]
    rows += [_cells(table.columns, row, points) for row in table.rows]
    style = [*_STYLE]
    for place, column in enumerate(table.columns):
        if column.is_number or column.head == "No":
            style.append(("ALIGN", (place, 0), (place, -1), "RIGHT"))
    if table.total:
        rows.append(_cells(table.columns, table.total, points))
        style += [("FONT", (0, -1), (-1, -1), BOLD, 7.5, 9), ("LINEABOVE", (0, -1), (-1, -1), 0.8, INK)]
    flowable = LongTable(rows, colWidths=points, repeatRows=1, hAlign="LEFT")
    flowable.setStyle(TableStyle(style))
    return flowable


def _head(column: Column) -> Paragraph:
    return paragraph(column.head, HEAD_NUMBER if column.is_number or column.head == "No" else HEAD_CELL)


def _cells(columns: Sequence[Column], row: Sequence[Cell], widths: Sequence[float]) -> list[Any]:
    return [_cell(column, cell, width - 6) for column, cell, width in zip(columns, row, widths, strict=True)]


def _cell(column: Column, cell: Cell, width: float) -> Any:
    if column.head == "Layanan" and cell.text in CODES:
        return Status(cell.text)
    text = printable(cell.text)
    # A paragraph costs twenty times a text: only for what does not fit into one line.
    return (
        text
        if stringWidth(text, BOLD, 7.5) <= width
        else paragraph(cell.text, CELL_NUMBER if column.is_number else CELL)
    )
