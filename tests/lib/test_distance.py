"""Distances in a straight line, against figures known from elsewhere."""

from lib.distance import kilometres

MONAS, GEDUNG_SATE = (-6.1754, 106.8272), (-6.9025, 107.6188)


def test_from_jakarta_to_bandung_it_is_about_119_kilometres() -> None:
    assert round(kilometres(MONAS, GEDUNG_SATE)) == 119
    assert kilometres(MONAS, MONAS) == 0.0


def test_one_degree_of_latitude_is_111_kilometres_and_one_of_longitude_shrinks_with_it() -> None:
    assert round(kilometres((0, 106), (1, 106)), 1) == 111.2
    assert round(kilometres((60, 106), (60, 107)), 1) == 55.6
