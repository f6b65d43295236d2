"""The figures of a report as people see them first: a number, its unit, and how complete its source is."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, TableStyle
from reportlab.platypus import Table as Grid

from documents.paper import BODY, BOLD, INK, INK_2, LINE, SMALL, WIDTH, paragraph
from reports.tiles import Tile

COLUMNS = 4
LABEL = ParagraphStyle("label", parent=SMALL, textColor=INK_2)
NUMBER = ParagraphStyle("number", parent=BODY, fontName=BOLD, fontSize=14, leading=17, textColor=INK)
NOT_KNOWN = ParagraphStyle("not-known", parent=NUMBER, fontSize=10, leading=17, textColor=INK_2)
SOURCE = ParagraphStyle("source", parent=SMALL, fontSize=7, leading=8.6)


def figure_grid(tiles: Sequence[Tile]) -> Flowable:
    """Return the figures, four in a row."""
    cells = [_cell(tile) for tile in tiles]
    cells += [[] for _ in range(-len(cells) % COLUMNS)]
    rows = [cells[start : start + COLUMNS] for start in range(0, len(cells), COLUMNS)]
    grid = Grid(rows, colWidths=[WIDTH / COLUMNS] * COLUMNS, hAlign="LEFT")
    grid.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 8),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
                ("LINEABOVE", (0, 0), (-1, -1), 0.5, LINE),
            ]
        )
    )
    return grid


def _cell(tile: Tile) -> list[Flowable]:
    label = f"{tile.label}, sedikitnya" if tile.at_least else tile.label
    value = paragraph(tile.value, NOT_KNOWN if tile.is_unknown else NUMBER)
    return [
        paragraph(label, LABEL),
        value,
        *([paragraph(tile.unit, LABEL)] if tile.unit else []),
        *([paragraph(tile.source, SOURCE)] if tile.source else []),
    ]
