"""Reads what a kecamatan map shows: where each kecamatan lies, and how it served or reached its target in a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse

from kecamatan.models import Kecamatan, open_on
from reports.map_drawing import Area, Drawing, Point, draw_kabupaten, draw_nation, draw_province
from reports.map_marks import (
    HOLLOW,
    RING,
    SERVICE_SYMBOLS,
    Colour,
    band_symbol,
    count_symbols,
    service_symbol,
    summary,
    words_of,
)
from reports.models import Level, RegionMonth
from reports.regions import NATION, judged_on
from reports.services import shown_service

PUBLIC, NOTHING_KNOWN = "public", "no_report"


class Spot(NamedTuple):
    """A kecamatan: its place, its names, and the regions that it lies in."""

    pk: int
    code: str
    name: str
    latitude: float | None
    longitude: float | None
    kabupaten: int
    kabupaten_code: str
    kabupaten_name: str
    province: int
    province_code: str
    province_name: str

    @property
    def is_placed(self) -> bool:
        """Say whether it is known where the kecamatan lies."""
        return self.latitude is not None and self.longitude is not None


Symbols = Mapping[int, str]
"""The symbol of each kecamatan by its key."""


class Child(NamedTuple):
    """A region below with what its dots show, in the order of the legend."""

    code: str
    name: str
    counts: list[int]


def read_spots(regions: Iterable[tuple[str, int]], month: date) -> list[Spot]:
    """Return the kecamatan of regions (level and key) that were open as a month is judged, by code."""
    chosen = Q(pk=None)
    for level, pk in regions:
        if level == Level.NATION:
            chosen = Q()
            break
        chosen |= Q(kabupaten__province=pk) if level == Level.PROVINCE else Q(kabupaten=pk)
    counted = open_on(judged_on(NATION, month))
    places = Kecamatan.objects.filter(counted, chosen, kind=Kecamatan.Kind.KECAMATAN).order_by("code")
    names = ("kabupaten", "kabupaten__code", "kabupaten__name")
    above = ("kabupaten__province", "kabupaten__province__code", "kabupaten__province__name")
    fields = ("pk", "code", "name", "latitude", "longitude", *names, *above)
    return [Spot._make(row) for row in places.values_list(*fields)]


def read_symbols(month: date, spots: Sequence[Spot], *, whole: bool) -> dict[str, Symbols]:
    """Return the symbols of kecamatan in a month, by colour; ``whole`` where the spots are all of the nation.

    Under :data:`PUBLIC` are the codes of what citizens are told while the rows are current.
    """
    rows = RegionMonth.objects.filter(level=Level.KECAMATAN, month=month)
    if not whole:
        rows = rows.filter(parent_id__in={spot.kabupaten for spot in spots})
    services = [f"kecamatan_{name}" for name in SERVICE_SYMBOLS]
    # Who has no row has neither reported nor a target.
    by_service, by_band = (dict.fromkeys([spot.pk for spot in spots], symbol) for symbol in (RING, HOLLOW))
    public = dict.fromkeys(by_service, NOTHING_KNOWN)
    fields = ("region_id", *services, "kecamatan_silent", "target", "net_with_target", "days_reported")
    for pk, *counts, silent, target, net, days in rows.values_list(*fields):
        service = next((name for name, count in zip(SERVICE_SYMBOLS, counts, strict=True) if count), NOTHING_KNOWN)
        public[pk] = shown_service(service, is_silent=bool(silent))
        by_service[pk] = service_symbol(public[pk])
        by_band[pk] = band_symbol(target=target, net=net, days_reported=days)
    return {Colour.SERVICE: by_service, Colour.TARGET: by_band, PUBLIC: public}


def by_region(spots: Iterable[Spot]) -> defaultdict[tuple[str, int], list[Spot]]:
    """Return the spots of each kabupaten, each province and the nation."""
    members: defaultdict[tuple[str, int], list[Spot]] = defaultdict(list)
    for spot in spots:
        members[Level.KABUPATEN, spot.kabupaten].append(spot)
        members[Level.PROVINCE, spot.province].append(spot)
        members[Level.NATION, 0].append(spot)
    return members


# --- The picture ------------------------------------------------------------------------------------------------


def draw(level: str, spots: Sequence[Spot], symbols: Symbols, colour: str, month: date) -> list[Drawing]:
    """Return the picture of a region's spots: two halves of the nation, else one; who has no coordinates is not in it.

    Each kabupaten of the nation and of a province is a link, each kecamatan of a kabupaten.
    """
    drawn = [spot for spot in spots if spot.is_placed]
    if level == Level.KABUPATEN:
        return [draw_kabupaten(_single_areas(drawn, symbols, colour, month))]
    areas = _kabupaten_areas(drawn, symbols, colour, month)
    return list(draw_nation(areas)) if level == Level.NATION else [draw_province(areas)]


def _kabupaten_areas(spots: Iterable[Spot], symbols: Symbols, colour: str, month: date) -> list[Area]:
    link = _links("reports:region-detail", month)
    areas = []
    for members in _by(spots, lambda spot: spot.kabupaten_code).values():
        own = [symbols[spot.pk] for spot in members]
        code, name = members[0].kabupaten_code, members[0].kabupaten_name
        points = [_point(spot, symbol) for spot, symbol in zip(members, own, strict=True)]
        title = f"{name}: {summary(count_symbols(own, colour), colour)}"
        areas.append(Area(link(code), title, points, name.replace("Kabupaten ", "Kab. ")))
    return areas


def _single_areas(spots: Iterable[Spot], symbols: Symbols, colour: str, month: date) -> list[Area]:
    link = _links("reports:kecamatan-detail", month)
    areas = []
    for spot in spots:
        symbol = symbols[spot.pk]
        title = f"{spot.name}: {words_of(symbol, colour)}"
        areas.append(Area(link(spot.code), title, [_point(spot, symbol)], plain_name(spot.name)))
    return areas


def plain_name(name: str) -> str:
    """Return the name of a kecamatan without the word that all of them share."""
    return name.removeprefix("Kecamatan ").removeprefix("Distrik ")


def _point(spot: Spot, symbol: str) -> Point:
    return Point(spot.latitude or 0, spot.longitude or 0, symbol)


def _links(page: str, month: date) -> Callable[[str], str]:
    """Return what makes the address of a region's page: resolved once, not for each of 514."""
    start, end = reverse(page, args=["CODE"]).split("CODE")
    return lambda code: f"{start}{code}{end}?bulan={month:%Y-%m}"


def _by(spots: Iterable[Spot], key: Callable[[Spot], str]) -> dict[str, list[Spot]]:
    groups: defaultdict[str, list[Spot]] = defaultdict(list)
    for spot in spots:
        groups[key(spot)].append(spot)
    return groups


# --- The table beside it ----------------------------------------------------------------------------------------


def children_of(level: str, spots: Iterable[Spot], symbols: Symbols, colour: str) -> list[Child]:
    """Return what the dots show of each region below, by code: the same as the picture, for the table beside it."""
    keys: dict[str, Callable[[Spot], tuple[str, str]]] = {
        Level.NATION: lambda spot: (spot.province_code, spot.province_name),
        Level.PROVINCE: lambda spot: (spot.kabupaten_code, spot.kabupaten_name),
        Level.KABUPATEN: lambda spot: (spot.code, plain_name(spot.name)),
    }
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for spot in spots:
        groups[keys[level](spot)].append(symbols[spot.pk])
    return [
        Child(code, name, list(count_symbols(own, colour).values())) for (code, name), own in sorted(groups.items())
    ]
