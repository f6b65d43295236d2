"""How far apart two places are, in a straight line ("garis lurus"): what the coordinates of an office can tell."""

from __future__ import annotations

from math import asin, cos, degrees, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0

Point = tuple[float, float]
"""Latitude and longitude in degrees (WGS 84)."""


def kilometres(here: Point, there: Point) -> float:
    """Return the great-circle distance between two points, by the haversine formula on a sphere (within 0.5 %)."""
    (north, east), (other_north, other_east) = (tuple(map(radians, point)) for point in (here, there))
    half = sin((other_north - north) / 2) ** 2
    half += cos(north) * cos(other_north) * sin((other_east - east) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half))


def narrowing(here: Point) -> float:
    """Return how much shorter a degree of longitude is than one of latitude at a point, from 1 at the equator down."""
    return cos(radians(here[0]))


def box_around(here: Point, km: float) -> tuple[float, float, float, float]:
    """Return the least and the largest latitude, then longitude, between which all lies that is within ``km``.

    Its corners are farther away. Not for points near a pole or the date line, which Indonesia has not.
    """
    high = degrees(km / EARTH_RADIUS_KM)
    # The box is widest where the circle comes nearest to the pole, a little beyond its middle.
    wide = degrees(asin(min(1.0, sin(km / EARTH_RADIUS_KM) / narrowing(here))))
    return here[0] - high, here[0] + high, here[1] - wide, here[1] + wide
