"""The kecamatan map on paper: the same positions, shapes and names as on the page."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from documents.paper import BOLD, INK, INK_2, LINE, PLAIN, WIDTH, Status, draw_mark, printable
from lib.format import number_id
from lib.labels import Label
from reports.map_drawing import FONT, Drawing, Figure
from reports.map_marks import MARKS, URGENCY, Colour, count_symbols

TALLEST = 290.0
"""How high a map may be, in points: it stands on the first page, below the figures."""

SEA = HexColor("#f6f8fa")


class Map(Flowable):
    """The pictures of a region beside each other, as wide as the page or as high as they may be."""

    def __init__(self, drawings: Sequence[Drawing], colour: str = Colour.SERVICE) -> None:
        super().__init__()
        self.codes = {mark.symbol: mark.css for mark in MARKS[colour]}
        self.drawings = drawings
        wide, tall = sum(drawing.width for drawing in drawings), max(drawing.height for drawing in drawings)
        self.scale = min(WIDTH / wide, TALLEST / tall)
        self.height = tall * self.scale
        self.indent = (WIDTH - wide * self.scale) / 2

    def wrap(self, *_: float) -> tuple[float, float]:
        """Return the size."""
        return WIDTH, self.height

    def draw(self) -> None:
        """Draw the calm dots first, so that those who need somebody lie on top; the names last."""
        canvas = self.canv
        canvas.setFillColor(SEA)
        canvas.rect(0, 0, WIDTH, self.height, stroke=0, fill=1)
        left = self.indent
        for drawing in self.drawings:
            for figure in drawing.figures:
                self._dots(drawing, figure, left)
            for figure in drawing.figures:
                if figure.name is not None:
                    self._name(figure.name, left, is_calm=figure.is_calm)
            left += drawing.width * self.scale

    def _dots(self, drawing: Drawing, figure: Figure, left: float) -> None:
        size = max(1.5, 2 * drawing.radius * self.scale)
        for dot in sorted(figure.dots, key=lambda dot: URGENCY[dot.symbol]):
            draw_mark(self.canv, self.codes[dot.symbol], *self._place(dot.x, dot.y, left), size)

    def _name(self, label: Label, left: float, *, is_calm: bool) -> None:
        canvas = self.canv
        if label.leader is not None:
            x1, y1, x2, y2 = label.leader
            canvas.setStrokeColor(LINE)
            canvas.setLineWidth(0.4)
            canvas.line(*self._place(x1, y1, left), *self._place(x2, y2, left))
        canvas.setFillColor(INK_2 if is_calm else INK)
        canvas.setFont(PLAIN if is_calm else BOLD, FONT * self.scale)
        draw = {"start": canvas.drawString, "end": canvas.drawRightString, "middle": canvas.drawCentredString}
        place, text = self._place(label.x, label.y, left), printable(label.text)
        # A rim in the colour of the ground, so that a name is read where it crosses a dot.
        canvas.setStrokeColor(SEA)
        canvas.setLineWidth(1.4)
        draw[label.anchor](*place, text, mode=1)
        draw[label.anchor](*place, text)

    def _place(self, x: float, y: float, left: float) -> tuple[float, float]:
        return left + x * self.scale, self.height - y * self.scale


def legend_of(drawings: Sequence[Drawing], colour: str) -> list[Status]:
    """Return what the marks of pictures mean, with how many dots carry each."""
    dots = (dot.symbol for drawing in drawings for figure in drawing.figures for dot in figure.dots)
    counts = count_symbols(dots, colour)
    return [Status(mark.label, 7.5, bold=number_id(counts[mark.symbol]), code=mark.css) for mark in MARKS[colour]]
