"""The nearest kecamatan that record: never one that has stopped, that nobody has heard from, or that is not public.

One query: an index on the coordinates finds the box, the database keeps those that lie nearest on a plane and asks of
these alone whether they record; only the first few are measured on the sphere.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, FloatField, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import CombinedExpression

from devices.readiness import Service
from kecamatan.models import Kecamatan
from lib.distance import box_around, kilometres, narrowing
from reports.public.status import recording_rows

REACH_KM = 200.0
"""How far anybody is sent: beyond it the page says that there is none."""

CONSIDERED, MEASURED, SHOWN = 150, 8, 3
"""Of how many it is asked whether they record, how many of these are measured, and how many are shown.

A plane's order differs little from a sphere's; the 150 nearest fill a kabupaten and those around it.
"""


class Neighbour(NamedTuple):
    """A kecamatan that records, how far away it is, and whom to call there."""

    code: str
    name: str
    kabupaten: str
    service: Service
    km: float
    phone: str


def nearest_recording(place: Kecamatan, now: datetime, besides: Collection[str] = ()) -> list[Neighbour]:
    """Return the nearest kecamatan that record now, the first first, but for those with a code in ``besides``.

    None for a place without coordinates.
    """
    if place.latitude is None or place.longitude is None:
        return []
    here = (place.latitude, place.longitude)
    found = []
    for code, name, kabupaten, latitude, longitude, is_limited, own, agency in _around(place, here, now):
        km = kilometres(here, (latitude, longitude))
        service = Service.LIMITED if is_limited else Service.SERVING
        found.append(Neighbour(code, name, kabupaten, service, km, own or agency or ""))
    return sorted((one for one in found if one.km <= REACH_KM and one.code not in besides), key=lambda one: one.km)[
        :SHOWN
    ]


def _around(place: Kecamatan, here: tuple[float, float], now: datetime) -> QuerySet[Any, tuple[Any, ...]]:
    south, north, west, east = box_around(here, REACH_KM)
    inside = Kecamatan.objects.running().filter(
        kind=Kecamatan.Kind.KECAMATAN, latitude__range=(south, north), longitude__range=(west, east)
    )
    considered = inside.exclude(pk=place.pk).order_by(_plane(here), "pk").values("pk")[:CONSIDERED]
    # By what is read of the row, not by whether there is one: then only the rows of these are looked at.
    rows = recording_rows(now).filter(region_id=OuterRef("pk")).values("kecamatan_limited")[:1]
    recording = Kecamatan.objects.filter(pk__in=considered).annotate(is_limited=Subquery(rows))
    return (
        recording.filter(is_limited__isnull=False)
        .exclude(kabupaten__office__is_public=False)
        .order_by(_plane(here), "pk")
        .values_list(
            "code",
            "name",
            "kabupaten__name",
            "latitude",
            "longitude",
            "is_limited",
            "office__public_phone",
            "kabupaten__office__public_phone",
        )[:MEASURED]
    )


def _plane(here: tuple[float, float]) -> CombinedExpression:
    """Return the square of the distance on a plane, in degrees of latitude."""
    north = F("latitude") - Value(here[0], FloatField())
    east = (F("longitude") - Value(here[1], FloatField())) * Value(narrowing(here), FloatField())
    return north * north + east * east
