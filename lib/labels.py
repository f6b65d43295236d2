"""Places names beside the dots of a map so that none meets another or leaves the picture.

A greedy search over fixed candidates, in the order in which the names come: quick, the same each time, and what finds
no room is left out (its dot still has its title). All lengths are in the units of the picture; y grows downwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import ceil, floor, hypot
from typing import NamedTuple

# Widths in em, as the widest of the usual system faces (DejaVu Sans) has them: a name then fits in every other too.
EM = {
    0.32: frozenset("ijlI.,:;'|! "),
    0.42: frozenset("ftr-()/"),
    0.98: frozenset("mwMW%@"),
}
LOWER_EM, UPPER_EM = 0.635, 0.74
ASCENT, DESCENT, MIDDLE = 0.8, 0.26, 0.35
# How far a name may stand from its dot, in lines, joined to it by a thin line. Rather than a line as long as that, it
# covers so many dots where it may.
FAR = (1.5, 2.6, 3.8, 5.2, 7)
DOTS_A_LINE = 5
LEADER_STEPS = 4


class Box(NamedTuple):
    """A rectangle by its edges."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: Box) -> bool:
        """Say whether the two share any area."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Say whether another lies wholly inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


class Wish(NamedTuple):
    """A name for the dot at a point."""

    text: str
    x: int
    y: int


class Label(NamedTuple):
    """A name in its place: its baseline, by ``anchor`` (start, middle, end), its box, and a line from a dot far off."""

    text: str
    x: int
    y: int
    anchor: str
    box: Box
    leader: tuple[int, int, int, int] | None = None


def width_of(text: str, font: int) -> int:
    """Return the width that a text takes at most, for a font size, in the units of both."""
    return ceil(font * sum(map(_em, text)))


def _em(letter: str) -> float:
    for width, letters in EM.items():
        if letter in letters:
            return width
    return UPPER_EM if letter.isupper() else LOWER_EM


def place(
    wishes: Sequence[Wish],
    dots: Iterable[tuple[int, int]],
    frame: Box,
    *,
    font: int,
    radius: int,
    coverable: bool = False,
    leaders: bool = True,
    taken: Iterable[Label | None] = (),
) -> list[Label | None]:
    """Return the place of each name, or ``None`` where there is no room; the first to come is the first served.

    What is ``taken`` by names that were placed before stays theirs. A name stays clear of all ``dots`` (of this
    ``radius``) too; where they are ``coverable``, it covers as few as it can close to its own.
    """
    ground = _Ground(frame, dots, radius, font)
    for label in taken:
        if label is not None:
            ground.take(label)
    placed: list[Label | None] = []
    for wish in wishes:
        found = _best(wish, ground, font, radius, coverable=coverable, leaders=leaders)
        if found is not None:
            ground.take(found)
        placed.append(found)
    return placed


class _Ground:
    """What is taken already: dots and leaders by the cell in which they lie, and the boxes of names."""

    def __init__(self, frame: Box, dots: Iterable[tuple[int, int]], radius: int, font: int) -> None:
        self.frame, self.radius, self.cell = frame, radius, max(2 * radius, font)
        self.boxes: list[Box] = []
        self.points: defaultdict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
        for x, y in dots:
            self._put(x, y, radius)

    def _put(self, x: int, y: int, radius: int) -> None:
        self.points[x // self.cell, y // self.cell].append((x, y, radius))

    def is_free(self, box: Box) -> bool:
        return self.frame.holds(box) and not any(box.meets(other) for other in self.boxes)

    def covered(self, box: Box) -> int:
        """Return how many dots and leaders a box would cover."""
        reach, cell = self.radius, self.cell
        return sum(
            box.left < x + r and x - r < box.right and box.top < y + r and y - r < box.bottom
            for i in range((box.left - reach) // cell, (box.right + reach) // cell + 1)
            for j in range((box.top - reach) // cell, (box.bottom + reach) // cell + 1)
            for x, y, r in self.points.get((i, j), ())
        )

    def is_clear(self, leader: tuple[int, int, int, int]) -> bool:
        """Say whether a leader crosses no name and no other dot than its own."""
        inner = list(_steps(leader))
        return not any(
            box.left <= x <= box.right and box.top <= y <= box.bottom for box in self.boxes for x, y in inner
        ) and not any(self.covered(Box(x, y, x + 1, y + 1)) for x, y in inner)

    def take(self, label: Label) -> None:
        self.boxes.append(label.box)
        if label.leader is not None:
            for x, y in _steps(label.leader):
                self._put(x, y, 1)


def _steps(leader: tuple[int, int, int, int]) -> Iterator[tuple[int, int]]:
    """Yield points along a leader, from just off its dot."""
    x1, y1, x2, y2 = leader
    for step in range(1, LEADER_STEPS + 1):
        yield x1 + (x2 - x1) * step // LEADER_STEPS, y1 + (y2 - y1) * step // LEADER_STEPS


def _best(wish: Wish, ground: _Ground, font: int, radius: int, *, coverable: bool, leaders: bool) -> Label | None:
    best: Label | None = None
    least = 0
    for label in _candidates(wish, font, radius, leaders=leaders):
        if not ground.is_free(label.box) or (label.leader and not ground.is_clear(label.leader)):
            continue
        cost = ground.covered(label.box)
        if cost and not coverable:
            continue
        if label.leader is not None:
            x1, y1, x2, y2 = label.leader
            cost += DOTS_A_LINE * (1 + ceil(hypot(x2 - x1, y2 - y1) / font))
        if best is None or cost < least:
            best, least = label, cost
        if not coverable or not cost:
            break
    return best


def _candidates(wish: Wish, font: int, radius: int, *, leaders: bool) -> Iterator[Label]:
    """Yield the places that a name may take, the best first: close by, then farther off with a leader."""
    near, slant = radius + ceil(font * 0.3), radius + ceil(font * 0.1)
    middle = round(font * MIDDLE)
    yield _label(wish, wish.x + near, wish.y + middle, "start", font)
    yield _label(wish, wish.x - near, wish.y + middle, "end", font)
    yield _label(wish, wish.x, wish.y - near, "middle", font)
    yield _label(wish, wish.x, wish.y + near + ceil(font * 0.7), "middle", font)
    for anchor, side in (("start", slant), ("end", -slant)):
        yield _label(wish, wish.x + side, wish.y - slant, anchor, font)
        yield _label(wish, wish.x + side, wish.y + slant + ceil(font * 0.7), anchor, font)
    if leaders:
        yield from _far(wish, font, radius)


def _far(wish: Wish, font: int, radius: int) -> Iterator[Label]:
    middle = round(font * MIDDLE)
    for lines in FAR:
        away = radius + round(font * lines)
        for anchor, dx, dy in (
            ("start", away, 0),
            ("end", -away, 0),
            ("start", away * 3 // 4, -away * 3 // 4),
            ("end", -away * 3 // 4, -away * 3 // 4),
            ("start", away * 3 // 4, away * 3 // 4),
            ("end", -away * 3 // 4, away * 3 // 4),
            ("middle", 0, -away),
            ("middle", 0, away),
        ):
            label = _label(wish, wish.x + dx, wish.y + dy + middle, anchor, font)
            yield label._replace(leader=_leader(wish, dx, dy, radius, away))


def _leader(wish: Wish, dx: int, dy: int, radius: int, away: int) -> tuple[int, int, int, int]:
    """Return the line from the rim of a dot to just before its name."""
    start, end = (radius + 2) / away, max(0.75, (radius + 3) / away)
    return (
        round(wish.x + dx * start),
        round(wish.y + dy * start),
        round(wish.x + dx * end),
        round(wish.y + dy * end),
    )


def _label(wish: Wish, x: int, y: int, anchor: str, font: int) -> Label:
    width = width_of(wish.text, font)
    left = {"start": x, "middle": x - ceil(width / 2), "end": x - width}[anchor]
    box = Box(left, floor(y - font * ASCENT), left + width, ceil(y + font * DESCENT))
    return Label(wish.text, x, y, anchor, box)
