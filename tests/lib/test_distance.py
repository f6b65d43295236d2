"""Distances in a straight line, against figures known from elsewhere."""

from math import cos, radians, sin

from hypothesis import given
from hypothesis import strategies as st

from lib.distance import box_around, kilometres, narrowing

MONAS, GEDUNG_SATE = (-6.1754, 106.8272), (-6.9025, 107.6188)


def test_from_jakarta_to_bandung_it_is_about_119_kilometres() -> None:
    assert round(kilometres(MONAS, GEDUNG_SATE)) == 119
    assert kilometres(MONAS, MONAS) == 0.0


def test_one_degree_of_latitude_is_111_kilometres_and_one_of_longitude_shrinks_with_it() -> None:
    assert round(kilometres((0, 106), (1, 106)), 1) == 111.2
    assert round(kilometres((60, 106), (60, 107)), 1) == 55.6


@given(st.floats(-11, 6), st.floats(95, 141), st.floats(0, 360), st.floats(0.1, 500))
def test_what_lies_within_a_distance_lies_in_the_box(latitude: float, longitude: float, way: float, km: float) -> None:
    here = (latitude, longitude)
    south, north, west, east = box_around(here, km)
    there = (latitude + cos(radians(way)) * km / 112, longitude + sin(radians(way)) * km / (112 * narrowing(here)))
    if kilometres(here, there) <= km:
        assert south <= there[0] <= north
        assert west <= there[1] <= east


def test_the_box_of_111_kilometres_is_two_degrees_high() -> None:
    south, north, west, east = box_around((0.0, 106.0), 111.195)
    assert [round(edge, 3) for edge in (south, north, west, east)] == [-1.0, 1.0, 105.0, 107.0]
