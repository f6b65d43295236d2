"""The small map of a kabupaten for citizens: the dots of the officials' map, each a link to the public page.

Unlike the officials' map it shows whoever is silent as unknown. It is drawn with theirs when the rollup changes
(``reports.maps``), and sent while it shows what the rows say now. Where time has overtaken a row, or no worker has
drawn yet, an answer draws it for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from kecamatan.models import Kecamatan
from lib.format import number_id
from lib.packed import unpack
from reports.map_drawing import Area, Point, draw_kabupaten
from reports.map_marks import RING, SERVICE_SYMBOLS
from reports.map_places import plain_name
from reports.map_svg import svg
from reports.models import Level, RegionMap
from reports.public.status import Status
from reports.public.words import WORDS, url_of


class Seen(NamedTuple):
    """A kecamatan as citizens see it: its code and name, where it lies, and the code of its status."""

    code: str
    name: str
    latitude: float | None
    longitude: float | None
    status: str


def kabupaten_map(kabupaten: int, places: Iterable[tuple[Kecamatan, Status]]) -> SafeString:
    """Return the picture of a kabupaten (by key) as its kecamatan serve now; empty where no place of any is known."""
    seen = [Seen(place.code, place.name, place.latitude, place.longitude, status.code) for place, status in places]
    maps = RegionMap.objects.filter(level=Level.KABUPATEN, region_id=kabupaten, public_digest=digest_of(seen))
    drawn = maps.values_list("public", flat=True).first()
    # Every text in it is escaped where it is written.
    return mark_safe(unpack(bytes(drawn)) if drawn else picture(seen))


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
    point = Point(one.latitude or 0, one.longitude or 0, SERVICE_SYMBOLS.get(one.status, RING))
    return Area(url_of(one.code), f"{one.name}: {WORDS[one.status]}", [point], plain_name(one.name))
