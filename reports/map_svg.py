"""Writes a drawing as SVG: whole numbers, one path for all dots of a shape, classes of the page's stylesheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from html import escape

from lib.labels import Label
from reports.map_drawing import Dot, Drawing, Figure, listed_names
from reports.map_marks import CROSS, DIAMOND, DISC, DOTTED, HOLLOW, RING, SQUARE, TRIANGLE, URGENCY


def svg(drawing: Drawing, description: str) -> str:
    """Return a drawing as an ``svg`` element, and below it the names that found no room, by their numbers in it.

    Its links stay out of the tab order: a table beside it holds the same.
    """
    shapes = _shapes(drawing.radius)
    figures = "".join(_figure(figure, shapes, named=not drawing.is_crowded) for figure in drawing.figures)
    if drawing.is_crowded:
        # No dot may hide a name, and no name the title of a dot.
        names = "".join(name for figure in drawing.figures for name in _names(figure))
        figures += f'<g class="over" aria-hidden="true">{names}</g>'
    return (
        f'<svg class="map {drawing.kind}" viewBox="0 0 {drawing.width} {drawing.height}" role="group" '
        f'aria-label="{escape(description)}">{figures}</svg>{_listed(drawing)}'
    )


def _listed(drawing: Drawing) -> str:
    """Return the names without room in the picture; hidden on narrow screens, which have other names."""
    names = " · ".join(
        f"<b>{number}</b> {escape(name)}" if number else escape(name) for number, name in listed_names(drawing)
    )
    return f'<p class="src listed">Nomor di peta: {names}</p>' if names else ""


def _figure(figure: Figure, shapes: dict[str, Callable[[Dot], str]], *, named: bool) -> str:
    dots: defaultdict[str, list[str]] = defaultdict(list)
    for dot in figure.dots:
        dots[dot.symbol].append(shapes[dot.symbol](dot))
    paths = "".join(
        f'<path class="m-{symbol}" d="{"".join(dots[symbol])}"/>' for symbol in sorted(dots, key=URGENCY.__getitem__)
    )
    names = "".join(_names(figure)) if named else ""
    return f'<a href="{escape(figure.url)}" tabindex="-1"><title>{escape(figure.title)}</title>{paths}{names}</a>'


def _names(figure: Figure) -> Iterator[str]:
    calm = " minor" if figure.is_calm else ""
    for label, css in ((figure.name, "n-w"), (figure.small_screen_name, "n-s")):
        if label is not None:
            yield _name(label, css + calm)


def _name(label: Label, css: str) -> str:
    leader = ""
    if label.leader is not None:
        x1, y1, x2, y2 = label.leader
        leader = f'<path class="lead-line {css}" d="M{x1} {y1}L{x2} {y2}"/>'
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    return f'{leader}<text class="{css}" x="{label.x}" y="{label.y}"{anchor}>{escape(label.text)}</text>'


def _shapes(radius: int) -> dict[str, Callable[[Dot], str]]:
    """Return how each symbol is drawn around a dot; a disc is a line without length and with round ends."""
    r, half = radius, radius * 4 // 5

    def ring(dot: Dot) -> str:
        return f"M{dot.x - half} {dot.y}a{half} {half} 0 1 0 {2 * half} 0a{half} {half} 0 1 0-{2 * half} 0"

    return {
        DISC: lambda dot: f"M{dot.x} {dot.y}h0",
        TRIANGLE: lambda dot: f"M{dot.x} {dot.y - r}l{r} {2 * r}h-{2 * r}z",
        DIAMOND: lambda dot: f"M{dot.x} {dot.y - r}l{r} {r}-{r} {r}-{r}-{r}z",
        SQUARE: lambda dot: f"M{dot.x - half} {dot.y - half}h{2 * half}v{2 * half}h-{2 * half}z",
        CROSS: lambda dot: f"M{dot.x - half} {dot.y - half}l{2 * half} {2 * half}m0-{2 * half}l-{2 * half} {2 * half}",
        # The stylesheet dashes the one.
        RING: ring,
        DOTTED: ring,
        HOLLOW: lambda dot: f"M{dot.x - half} {dot.y - half}h{2 * half}v{2 * half}h-{2 * half}z",
    }
