"""The last 24 months on paper: a small line for each figure, and how it compares with a month and a year before."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import Flowable, TableStyle
from reportlab.platypus import Table as Grid

from documents.paper import BOLD, CELL, CELL_NUMBER, FACT, HEAD_CELL, HEAD_NUMBER, INK, LINE, SUNK, WIDTH, paragraph
from reports.history import SPARK_WIDTH, Trend

HEIGHT, VIEW_HEIGHT = 20.0, 24.0
WIDTHS = (30, 44, 26, 26, 26)
HEADS = ("Angka", "24 bulan terakhir", "Bulan ini", "Dibanding bulan sebelumnya", "Dibanding setahun lalu")


class Line(Flowable):
    """The line of a trend, broken where a month is not known; a dot marks the last month and each that stands alone."""

    def __init__(self, trend: Trend, width: float) -> None:
        super().__init__()
        self.trend, self.width = trend, width

    def wrap(self, *_: float) -> tuple[float, float]:
        """Return the size."""
        return self.width, HEIGHT

    def draw(self) -> None:
        """Draw the line as the page draws it."""
        canvas = self.canv
        canvas.setStrokeColor(FACT)
        canvas.setFillColor(FACT)
        canvas.setLineWidth(1.1)
        for line in self.trend.lines:
            path = canvas.beginPath()
            for number, point in enumerate(line.split()):
                x, y = (float(part) for part in point.split(","))
                (path.lineTo if number else path.moveTo)(*self._place(x, y))
            canvas.drawPath(path)
        for dot in self.trend.dots:
            canvas.circle(*self._place(float(dot[0]), float(dot[1])), 1.8, stroke=0, fill=1)

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return x * self.width / SPARK_WIDTH, HEIGHT - y * HEIGHT / VIEW_HEIGHT


def trend_table(trends: Sequence[Trend]) -> Flowable:
    """Return the trends, a row each."""
    points = [WIDTH * width / sum(WIDTHS) for width in WIDTHS]
    head = [paragraph(text, HEAD_NUMBER if number > 1 else HEAD_CELL) for number, text in enumerate(HEADS)]
    rows = [head, *(_row(trend, points[1] - 8) for trend in trends)]
    grid = Grid(rows, colWidths=points, repeatRows=1, hAlign="LEFT")
    grid.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("LEFTPADDING", (0, 0), (-1, -1), 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ("BACKGROUND", (0, 0), (-1, 0), SUNK),
                ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
            ]
        )
    )
    return grid


def _row(trend: Trend, width: float) -> list[Flowable]:
    label = f"{trend.label} ({trend.note})" if trend.note else trend.label
    now = CELL_NUMBER.clone("now", fontName=BOLD)
    return [
        paragraph(label, CELL),
        Line(trend, width),
        paragraph(trend.now, now),
        paragraph(trend.before.words, CELL_NUMBER),
        paragraph(trend.year_ago.words, CELL_NUMBER),
    ]
