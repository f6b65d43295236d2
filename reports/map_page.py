"""The page of a region's kecamatan map: the stored picture, its legend, and the same as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.safestring import mark_safe

from kecamatan.scope import Scope
from lib.format import number_id
from lib.month_choice import Month
from reports.crumbs import crumbs
from reports.dashboard import nothing_yet
from reports.map_marks import MARKS, Colour, Mark
from reports.maps import PICTURES
from reports.models import Level, RegionMap, RegionMonth
from reports.months import month_options
from reports.regions import Region
from reports.surroundings import Surroundings
from reports.wording import as_of_text

TOKEN = "<!--peta-->"
"""Where the view puts the stored picture into the page."""

NOT_DRAWN = "none"
"""The stamp of a map that is not there."""

BELOW = {Level.NATION: "Provinsi", Level.PROVINCE: "Kabupaten/kota", Level.KABUPATEN: "Kecamatan"}
# On narrow screens the two ends of the scale stay: who can record or has reached the target, and who cannot.
COLUMN_CSS = ("num", "num c1", "num c2", "num c2", "num", "num c1", "num c1")
COLUMN_CSS_OF_TARGET = ("num", "num c1", "num c1", "num", "num c2", "num c2")


class StoredMap(NamedTuple):
    """A stored map as a request reads it: one of its pictures, packed, and what that shows."""

    digest: str
    as_of: Any
    counts: Mapping[str, int]
    children: Sequence[Sequence[Any]]
    undrawn: int
    picture: bytes


@dataclass(frozen=True, slots=True)
class Tab:
    """A way to colour the dots."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A region below, with its number for each mark and the class of its column; or a kecamatan with its mark."""

    name: str
    url: str
    numbers: Sequence[tuple[str, str]]
    mark: Mark | None


def chosen_colour(asked: str | None) -> Colour:
    """Return by what the dots are to be told apart; by service, where the address says nothing known."""
    return Colour(asked) if asked in Colour.values else Colour.SERVICE


def map_stamp(region: Region, month: date) -> str:
    """Return what stands for the stored map, read without its pictures."""
    rows = _maps(region, month).values_list("digest", flat=True)
    return rows.first() or NOT_DRAWN


def stored_map(region: Region, month: date, colour: Colour) -> StoredMap | None:
    """Return the stored map of a region; none while nothing is known of the month, or before it is drawn."""
    fields = ("digest", "as_of", "counts", "children", "undrawn", PICTURES[colour])
    found = _maps(region, month).values_list(*fields).first()
    if found is None:
        return None
    digest, as_of, counts, children, undrawn, picture = found
    return StoredMap(digest, as_of, counts[colour], children[colour], undrawn, bytes(picture))


def _maps(region: Region, month: date) -> Any:
    """Choose the map of a region and month, unless its rollup row has gone since."""
    rows = RegionMonth.objects.filter(level=OuterRef("level"), region_id=OuterRef("region_id"), month=OuterRef("month"))
    maps = RegionMap.objects.filter(level=region.level, region_id=region.pk, month=month)
    return maps.annotate(current=Subquery(rows.values("pk")[:1])).filter(current__isnull=False)


def page(
    scope: Scope, region: Region, month: Month, colour: Colour, stored: StoredMap | None, around: Surroundings
) -> dict[str, Any]:
    """Return everything that the page of a map places, formatted."""
    context = {
        "region": region,
        "month": month,
        "months": month_options(month, around.first_month),
        "crumbs": crumbs(region, scope, month),
        "has_sample_data": around.has_sample_data,
        "tabs": _tabs(colour, month),
        "colour": colour,
        "dashboard_url": f"{reverse('reports:region-detail', args=[region.code])}?{urlencode({'bulan': month.value})}",
        "below": BELOW[Level(region.level)],
        "stored": stored,
    }
    if stored is None:
        return context | {"empty": _empty(region, month, around)}
    marks = MARKS[colour]
    css = COLUMN_CSS if colour == Colour.SERVICE else COLUMN_CSS_OF_TARGET
    return context | {
        "picture_place": mark_safe(TOKEN),
        "legend": [(mark, number_id(stored.counts.get(mark.symbol, 0))) for mark in marks],
        "says_silent": colour == Colour.SERVICE,
        "heads": list(zip((mark.label for mark in marks), css, strict=True)),
        "rows": _rows(region, month, colour, stored),
        "as_of": _as_of(stored, region, month),
        "undrawn": number_id(stored.undrawn) if stored.undrawn else "",
        "by_kecamatan": region.level == Level.KABUPATEN,
    }


def _tabs(colour: Colour, month: Month) -> list[Tab]:
    return [
        Tab(one.label, f"?{urlencode({'bulan': month.value, 'warna': one.value})}", one == colour) for one in Colour
    ]


def _rows(region: Region, month: Month, colour: Colour, stored: StoredMap) -> list[Row]:
    single = region.level == Level.KABUPATEN
    target = "reports:kecamatan-detail" if single else "reports:region-map"
    query = urlencode({"bulan": month.value} if single else {"bulan": month.value, "warna": colour.value})
    marks, css = MARKS[colour], COLUMN_CSS if colour == Colour.SERVICE else COLUMN_CSS_OF_TARGET
    rows = []
    for code, name, known in stored.children:
        # A picture that waits to be drawn by a newer edition may lack the last marks.
        counts = [*known, *[0] * (len(marks) - len(known))]
        mark = next(mark for mark, count in zip(marks, counts, strict=True) if count) if single else None
        numbers = [] if single else list(zip((number_id(count) for count in counts), css, strict=True))
        rows.append(Row(name, f"{reverse(target, args=[code])}?{query}", numbers, mark))
    return rows


def _as_of(stored: StoredMap, region: Region, month: Month) -> str:
    moment = stored.as_of.astimezone(ZoneInfo(region.zone))
    return as_of_text({"as_of": moment.isoformat(), "month": month.value}, region.zone)


def _empty(region: Region, month: Month, around: Surroundings) -> dict[str, str]:
    """Return why there is no picture: nothing is known of the month, or a worker has yet to draw it."""
    if RegionMonth.objects.filter(level=region.level, region_id=region.pk, month=month.chosen).exists():
        return {
            "title": f"Peta {month.label} sedang digambar",
            "advice": "Muat lagi sebentar lagi. Angka dan tabelnya sudah ada di ringkasan.",
        }
    return nothing_yet(region.level, month, around.last_month)
