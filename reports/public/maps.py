"""The small map of a kabupaten for citizens: the dots of the officials' map, each a link to the public page.

It is drawn with theirs when the rollup changes (``reports.maps``), never for an answer: that sends the newest one with
its moment, or none where no worker has drawn yet. The list below it says what the rows say now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from kecamatan.models import Kabupaten
from lib.format import moment_id, number_id
from lib.packed import unpack
from reports.map_drawing import Area, Point, draw_kabupaten
from reports.map_marks import service_symbol
from reports.map_places import plain_name
from reports.map_svg import svg
from reports.models import Level, RegionMap
from reports.public.words import WORDS, url_of


class Seen(NamedTuple):
    """A kecamatan as citizens see it: its code and name, where it lies, and the code of its status."""

    code: str
    name: str
    latitude: float | None
    longitude: float | None
    status: str


class PublicMap(NamedTuple):
    """A stored picture, and the moment of which it is."""

    picture: SafeString
    as_of: str


def kabupaten_map(kabupaten: Kabupaten) -> PublicMap | None:
    """Return the newest picture that was drawn of a kabupaten, loaded with its province; none before there is one."""
    maps = RegionMap.objects.filter(level=Level.KABUPATEN, region_id=kabupaten.pk).exclude(public_digest="")
    drawn = maps.order_by("-month").values_list("public", "as_of").first()
    if drawn is None or not (shown := unpack(bytes(drawn[0]))):
        return None
    # Every text in it is escaped where it is written.
    return PublicMap(mark_safe(shown), moment_id(drawn[1], kabupaten.province.time_zone))


def digest_of(places: Iterable[Seen]) -> str:
    """Return what stands for everything that a picture shows."""
    return blake2b(repr(sorted(tuple(one) for one in places)).encode(), digest_size=16).hexdigest()


def picture(places: Iterable[Seen]) -> str:
    """Return the picture of these kecamatan as markup; empty where it is known of none where it lies."""
    areas = [_area(one) for one in sorted(places) if one.latitude is not None]
    return svg(draw_kabupaten(areas), _description(areas)) if areas else ""


def _description(areas: Sequence[Area]) -> str:
    return f"Peta titik {number_id(len(areas))} kecamatan; isi yang sama ada di daftar di bawahnya"


def _area(one: Seen) -> Area:
    point = Point(one.latitude or 0, one.longitude or 0, service_symbol(one.status))
    return Area(url_of(one.code), f"{one.name}: {WORDS[one.status]}", [point], plain_name(one.name))
