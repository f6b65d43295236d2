"""Keeps the stored maps equal to the rollup rows: draws and compresses what is behind, and never in a request.

A drain replaces the row of each region that it touches, so a map whose ``row`` is no longer there is behind. A task
draws after each drain, and beat looks again every few seconds, so a killed worker or a dead broker loses nothing. What
looks the same as before is not drawn again. Two that draw at once do the same twice; whoever writes an older state last
leaves a map that is behind again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kecamatan.models import ChangedMonth
from lib.format import number_id
from lib.months import WIB, local_month
from lib.packed import pack
from reports.map_drawing import Drawing
from reports.map_marks import Colour, count_symbols, summary
from reports.map_places import PUBLIC, Child, Spot, Symbols, by_region, children_of, draw, read_spots, read_symbols
from reports.map_svg import svg
from reports.models import Level, RegionMap, RegionMonth
from reports.public.maps import Seen, digest_of, picture

EDITION = 5
"""The edition of the drawing: raise it when the pictures change, and all are drawn anew."""

LEVELS = (Level.KABUPATEN, Level.PROVINCE, Level.NATION)
# The nation is touched by every drain; a burst of reports draws it once, and the end of the burst once more.
NATION_PAUSE = timedelta(seconds=10)
BATCH = 200
PLACES_OF_ALL = 40
"""From so many regions on, all places are read at once."""

PICTURES = {Colour.SERVICE: "by_service", Colour.TARGET: "by_target"}


class Waiting(NamedTuple):
    """A rollup row whose map is behind or not there yet."""

    row: int
    level: str
    region: int
    month: date
    as_of: object


def draw_waiting(*, seconds: float | None = None, newest_only: bool = False, at_once: bool = False) -> int:
    """Bring the maps up to their rollup rows, the newest month first; return how many were looked at.

    Past months wait until no mark does: a drain would only replace their rows again. ``at_once`` also draws a nation
    that was drawn a moment ago. After ``seconds`` it stops for others, and the next run goes on.
    """
    ends = time.monotonic() + seconds if seconds is not None else None
    looked = 0
    while batch := _next_batch(newest_only=newest_only, at_once=at_once):
        for month, group in groupby(batch, key=lambda waiting: waiting.month):
            for _ in _draw_month(month, list(group)):
                looked += 1
                if ends is not None and time.monotonic() > ends:
                    return looked
    return looked


def drawings(region: tuple[str, int], month: date, colour: str) -> list[Drawing]:
    """Return the picture of a region (level and key) as values, drawn now: for a document that a job builds."""
    spots = read_spots([region], month)
    symbols = read_symbols(month, spots, whole=region[0] == Level.NATION)
    return draw(region[0], spots, symbols[colour], colour, month)


# --- What is behind ---------------------------------------------------------------------------------------------


def _next_batch(*, newest_only: bool, at_once: bool) -> list[Waiting]:
    """Return the next rows to draw: those of the current month (of every zone), or else the newest of the past."""
    now = timezone.now()
    # The nation lives by WIB, the last of the zones to enter a month.
    behind, current = _behind(), Q(month__gte=local_month(now, WIB))
    if not at_once:
        rested = RegionMap.objects.filter(
            level=Level.NATION, month=OuterRef("month"), checked_at__gt=now - NATION_PAUSE, edition=EDITION
        )
        behind = behind.exclude(Q(level=Level.NATION) & Exists(rested))
    found = _first(behind.filter(current))
    if found or newest_only or ChangedMonth.objects.exists():
        return found
    return _first(behind)


def _behind() -> QuerySet[RegionMonth]:
    drawn = RegionMap.objects.filter(row=OuterRef("pk"), edition=EDITION)
    return RegionMonth.objects.filter(~Exists(drawn), level__in=LEVELS)


def _first(rows: QuerySet[RegionMonth]) -> list[Waiting]:
    """Return the first of some rows: whole months one after the other, in each the small regions before the large."""
    fields = ("pk", "level", "region_id", "month", "as_of")
    found = [Waiting._make(row) for row in rows.order_by("-month", "level", "region_id").values_list(*fields)[:BATCH]]
    # "kabupaten" < "nation" < "province" by name.
    return sorted(found, key=lambda waiting: (-waiting.month.toordinal(), LEVELS.index(Level(waiting.level))))


# --- Drawing ----------------------------------------------------------------------------------------------------


def _draw_month(month: date, group: Sequence[Waiting]) -> Iterator[Waiting]:
    """Draw these regions of a month from one reading of the places and of their rows; yield each when it is stored."""
    regions = [(waiting.level, waiting.region) for waiting in group]
    whole = len(regions) > PLACES_OF_ALL or any(level == Level.NATION for level, _ in regions)
    spots = read_spots([(Level.NATION, 0)] if whole else regions, month)
    symbols = read_symbols(month, spots, whole=whole)
    known, members = _known_digests(month, regions), by_region(spots)
    for waiting in group:
        region = (waiting.level, waiting.region)
        _renew(waiting, members[region], symbols, known.get(region, ""))
        yield waiting


def _known_digests(month: date, regions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    maps = RegionMap.objects.filter(month=month, edition=EDITION, region_id__in={pk for _, pk in regions})
    return {(level, pk): digest for level, pk, digest in maps.values_list("level", "region_id", "digest")}


def _renew(waiting: Waiting, spots: Sequence[Spot], symbols: dict[str, Symbols], known: str) -> None:
    """Store that the map of a region shows this row; draw it only where it looks different."""
    now = timezone.now()
    seen = _seen(waiting, spots, symbols, now)
    digest = _digest(spots, symbols, seen)
    own = RegionMap.objects.filter(level=waiting.level, region_id=waiting.region, month=waiting.month)
    if digest == known:
        own.update(row=waiting.row, as_of=waiting.as_of, checked_at=now)
        return
    values: dict[str, Any] = {"row": waiting.row, "as_of": waiting.as_of, "checked_at": now}
    counts: dict[str, dict[str, int]] = {}
    children: dict[str, list[Child]] = {}
    for colour, column in PICTURES.items():
        own_symbols = symbols[colour]
        counts[colour.value] = count_symbols([own_symbols[spot.pk] for spot in spots], colour)
        children[colour.value] = children_of(waiting.level, spots, own_symbols, colour)
        pictures = draw(waiting.level, spots, own_symbols, colour, waiting.month)
        values[column] = pack("".join(svg(one, description(one, counts[colour.value], colour)) for one in pictures))
    values |= {"edition": EDITION, "digest": digest, "counts": counts, "children": children}
    values |= {"public": pack(picture(seen)), "public_digest": digest_of(seen)} if seen else {"public_digest": ""}
    values["undrawn"] = sum(not spot.is_placed for spot in spots)
    RegionMap.objects.update_or_create(
        level=waiting.level, region_id=waiting.region, month=waiting.month, defaults=values
    )


def _seen(waiting: Waiting, spots: Sequence[Spot], symbols: dict[str, Symbols], now: datetime) -> list[Seen]:
    """Return what citizens see of a kabupaten; of no past month and no larger region."""
    if waiting.level != Level.KABUPATEN or waiting.month < local_month(now, WIB):
        return []
    told = symbols[PUBLIC]
    return [Seen(spot.code, spot.name, spot.latitude, spot.longitude, told[spot.pk]) for spot in spots]


HALVES = {"west": " bagian barat", "east": " bagian timur"}


def description(drawing: Drawing, counts: dict[str, int], colour: str) -> str:
    """Return what a picture shows in a sentence, for whoever does not see it."""
    total = number_id(sum(counts.values()))
    half = HALVES.get(drawing.kind)
    if half:
        return f"Peta titik kecamatan Indonesia{half}; isi yang sama ada di tabel"
    return f"Peta titik {total} kecamatan, {summary(counts, colour)}; isi yang sama ada di tabel"


def _digest(spots: Sequence[Spot], symbols: dict[str, Symbols], seen: Sequence[Seen]) -> str:
    """Return what stands for everything that a picture shows, so that the same is not drawn twice."""
    shown = [
        [tuple(spot) for spot in spots],
        *("".join([symbols[colour][spot.pk] for spot in spots]) for colour in PICTURES),
        [one.status for one in seen],
    ]
    return blake2b(repr(shown).encode(), digest_size=16).hexdigest()
