"""The kecamatan map as values: where each dot and each name stands in a picture. Pure, for pages and for print.

Degrees become whole units: east is x, south is y. So near the equator a degree is as long both ways within 2 %, which
is finer than the points themselves (docs/regions.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import NamedTuple

from lib.labels import Box, Label, Wish
from lib.labels import place as place_names
from reports.map_marks import CALM, URGENCY

# The nation in two halves, side by side or one above the other; Sulawesi begins at the seam. A kabupaten is drawn whole
# in the half in which most of it lies, so the two overlap by a strip (static/css/app.css knows these numbers too).
UNITS_A_DEGREE = 50
NORTH, SOUTH = 6.3, -11.3
WEST, SEAM, EAST = (94.6, 119.2), 118.7, (117.7, 141.3)
NATION_RADIUS = 4

WIDTH, PAD = 800, 44
LOWEST, HIGHEST = 340, 680
PROVINCE_RADIUS, KABUPATEN_RADIUS = 5, 8
# On a phone the same picture is a third as wide: names, and a kabupaten's marks, are larger there.
FONT, SMALL_SCREEN_FONT = 14, 28
SMALL_SCREEN_MARKS = 1.6


class Point(NamedTuple):
    """A kecamatan: where it lies, in degrees, and what is to be shown of it."""

    latitude: float
    longitude: float
    symbol: str


@dataclass(frozen=True, slots=True)
class Area:
    """One link of a picture: a kabupaten with its kecamatan, or one kecamatan; named in the picture by ``label``."""

    url: str
    title: str
    points: Sequence[Point]
    label: str = ""


class Dot(NamedTuple):
    """A kecamatan in the picture."""

    x: int
    y: int
    symbol: str


@dataclass(frozen=True, slots=True)
class Figure:
    """An area in the picture; its name on a large screen and on a phone, where there is room for it.

    A name without room on a large screen is ``listed`` below the picture, by the number that stands in its place.
    """

    url: str
    title: str
    dots: Sequence[Dot]
    name: Label | None = None
    small_screen_name: Label | None = None
    listed: str = ""

    @property
    def is_calm(self) -> bool:
        """Say whether nothing here needs anybody."""
        return all(dot.symbol in CALM for dot in self.dots)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of ``width`` x ``height`` units, in which a mark has this ``radius``."""

    kind: str
    width: int
    height: int
    radius: int
    figures: Sequence[Figure]
    # Names may lie over dots.
    is_crowded: bool = False


def draw_nation(areas: Iterable[Area]) -> tuple[Drawing, Drawing]:
    """Return the western and the eastern half of the nation, without names."""
    west: list[Area] = []
    east: list[Area] = []
    for area in areas:
        longitude = median_low(point.longitude for point in area.points)
        (west if longitude < SEAM else east).append(area)
    return _half("west", WEST, west), _half("east", EAST, east)


def _half(kind: str, edges: tuple[float, float], areas: Iterable[Area]) -> Drawing:
    left, right = edges
    width, height = round((right - left) * UNITS_A_DEGREE), round((NORTH - SOUTH) * UNITS_A_DEGREE)
    figures = [
        Figure(
            area.url,
            area.title,
            [
                Dot(
                    _within(round((longitude - left) * UNITS_A_DEGREE), width, NATION_RADIUS),
                    _within(round((NORTH - latitude) * UNITS_A_DEGREE), height, NATION_RADIUS),
                    symbol,
                )
                for latitude, longitude, symbol in area.points
            ],
        )
        for area in areas
    ]
    return Drawing(kind, width, height, NATION_RADIUS, figures)


def _within(value: int, size: int, radius: int) -> int:
    return min(max(value, radius), size - radius)


def draw_province(areas: Sequence[Area]) -> Drawing:
    """Return a province, the dots of each kabupaten together under its name."""
    return _draw("province", areas, PROVINCE_RADIUS, PROVINCE_RADIUS, coverable=True)


def draw_kabupaten(areas: Sequence[Area]) -> Drawing:
    """Return a kabupaten, each kecamatan with its name."""
    small = round(KABUPATEN_RADIUS * SMALL_SCREEN_MARKS)
    return _draw("kabupaten", areas, KABUPATEN_RADIUS, small, coverable=False)


def _draw(kind: str, areas: Sequence[Area], radius: int, small_screen_radius: int, *, coverable: bool) -> Drawing:
    if not areas:
        return Drawing(kind, WIDTH, LOWEST, radius, [])
    height, dots = _fit([area.points for area in areas])
    frame = Box(0, 0, WIDTH, height)
    every = [(dot.x, dot.y) for group in dots for dot in group]
    wishes = [Wish(area.label, *_centre(group)) for area, group in zip(areas, dots, strict=True)]
    names = place_names(wishes, every, frame, font=FONT, radius=radius, coverable=coverable)
    numbers = _numbers(wishes, names, every, frame, radius)
    small = _small_screen_names(wishes, dots, every, frame, small_screen_radius, coverable=coverable)
    figures = [
        Figure(area.url, area.title, group, name or number, small_name, "" if name else area.label)
        for area, group, name, number, small_name in zip(areas, dots, names, numbers, small, strict=True)
    ]
    return Drawing(kind, WIDTH, height, radius, figures, coverable)


def _numbers(
    wishes: Sequence[Wish],
    names: Sequence[Label | None],
    every: Sequence[tuple[int, int]],
    frame: Box,
    radius: int,
) -> list[Label | None]:
    """Return a number for each name that found no room, in the order of the areas, where there is room for that."""
    left = [place for place, name in enumerate(names) if name is None]
    asked = [wishes[place]._replace(text=str(number)) for number, place in enumerate(left, start=1)]
    found = place_names(asked, every, frame, font=FONT, radius=radius, coverable=True, taken=names)
    placed = [(place, label) for place, label in zip(left, found, strict=True) if label is not None]
    numbered = {place: label._replace(text=str(number)) for number, (place, label) in enumerate(placed, start=1)}
    return [numbered.get(place) for place in range(len(names))]


def listed_names(drawing: Drawing) -> list[tuple[str, str]]:
    """Return the names that stand below the picture, by their numbers in it; last those without room for one."""
    listed = [(figure.name.text if figure.name else "", figure.listed) for figure in drawing.figures if figure.listed]
    return sorted(listed, key=lambda one: not one[0])


def _fit(groups: Sequence[Sequence[Point]]) -> tuple[int, list[list[Dot]]]:
    """Return the height of a picture of fixed width in which all points find room, and their dots, the worst last."""
    points = [point for group in groups for point in group]
    west, east = min(point.longitude for point in points), max(point.longitude for point in points)
    south, north = min(point.latitude for point in points), max(point.latitude for point in points)
    wide, tall = max(east - west, 1e-4), max(north - south, 1e-4)
    scale = min((WIDTH - 2 * PAD) / wide, (HIGHEST - 2 * PAD) / tall)
    height = max(LOWEST, round((north - south) * scale) + 2 * PAD)
    left, top = (WIDTH - (east - west) * scale) / 2, (height - (north - south) * scale) / 2
    return height, [
        [
            Dot(round(left + (longitude - west) * scale), round(top + (north - latitude) * scale), symbol)
            for latitude, longitude, symbol in sorted(group, key=lambda point: URGENCY[point.symbol])
        ]
        for group in groups
    ]


def _centre(dots: Sequence[Dot]) -> tuple[int, int]:
    """Return the dot nearest to the middle of a group: a name beside it stands where most of the group is."""
    x, y = median_low(dot.x for dot in dots), median_low(dot.y for dot in dots)
    nearest = min(dots, key=lambda dot: (dot.x - x) ** 2 + (dot.y - y) ** 2)
    return nearest.x, nearest.y


def _small_screen_names(
    wishes: Sequence[Wish],
    dots: Sequence[Sequence[Dot]],
    every: Sequence[tuple[int, int]],
    frame: Box,
    radius: int,
    *,
    coverable: bool,
) -> list[Label | None]:
    """Return the names on a phone, where there is room for few: those in trouble come first."""
    order = sorted(range(len(wishes)), key=lambda index: -max(URGENCY[dot.symbol] for dot in dots[index]))
    placed = place_names(
        [wishes[index] for index in order],
        every,
        frame,
        font=SMALL_SCREEN_FONT,
        radius=radius,
        coverable=coverable,
        leaders=False,
    )
    found = dict(zip(order, placed, strict=True))
    return [found[index] for index in range(len(wishes))]
