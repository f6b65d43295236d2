"""How far apart two places are, in a straight line ("garis lurus"): what the coordinates of an office can tell."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0

Point = tuple[float, float]
"""Latitude and longitude in degrees (WGS 84)."""


def kilometres(here: Point, there: Point) -> float:
    """Return the great-circle distance between two points, by the haversine formula on a sphere (within 0.5 %)."""
    (north, east), (other_north, other_east) = (tuple(map(radians, point)) for point in (here, there))
    half = sin((other_north - north) / 2) ** 2
    half += cos(north) * cos(other_north) * sin((other_east - east) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half))
