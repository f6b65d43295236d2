"""The small map of a kabupaten for citizens: the dots of the officials' map, each a link to the public page.

It is drawn when an answer is made, not when the rollup changes: in some milliseconds, kept with the answer. Unlike the
officials' map it shows whoever is silent as unknown.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString, mark_safe

from kecamatan.models import Kecamatan
from lib.format import number_id
from reports.map_drawing import Area, Point, draw_kabupaten
from reports.map_marks import RING, SERVICE_SYMBOLS
from reports.map_places import plain_name
from reports.map_svg import svg
from reports.public.status import Status
from reports.public.words import WORDS, url_of


def kabupaten_map(places: Sequence[tuple[Kecamatan, Status]]) -> SafeString:
    """Return the picture of the kecamatan of a kabupaten whose place is known; empty where none is."""
    areas = [_area(place, status) for place, status in places if place.latitude is not None]
    if not areas:
        return SafeString()
    description = f"Peta titik {number_id(len(areas))} kecamatan; isi yang sama ada di daftar di bawahnya"
    # Every text in it is escaped where it is written.
    return mark_safe(svg(draw_kabupaten(areas), description))


def _area(place: Kecamatan, status: Status) -> Area:
    point = Point(place.latitude or 0, place.longitude or 0, SERVICE_SYMBOLS.get(status.code, RING))
    return Area(url_of(place.code), f"{place.name}: {WORDS[status.code]}", [point], plain_name(place.name))
