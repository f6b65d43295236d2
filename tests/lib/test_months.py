"""Local days and months in the three zones."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lib.months import (
    WIB,
    WIT,
    WITA,
    add_months,
    local_day,
    local_month,
    midnight,
    month_bounds,
    months_through,
    parse_month,
)

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


@pytest.mark.parametrize(
    ("clock", "months"),
    [
        ((23, 30), {WIB: MAY, WITA: MAY, WIT: MAY}),
        ((16, 30), {WIB: APRIL, WITA: MAY, WIT: MAY}),
        ((15, 30), {WIB: APRIL, WITA: APRIL, WIT: MAY}),
        ((14, 59), {WIB: APRIL, WITA: APRIL, WIT: APRIL}),
    ],
)
def test_the_last_evening_of_april_belongs_to_the_month_of_each_place(clock, months):
    moment = datetime(2026, 4, 30, *clock, tzinfo=UTC)
    assert {zone: local_month(moment, zone) for zone in months} == months


def test_a_month_ends_to_the_second():
    assert month_bounds(APRIL, WIB) == (
        datetime(2026, 3, 31, 17, tzinfo=UTC),
        datetime(2026, 4, 30, 17, tzinfo=UTC),
    )
    assert local_month(datetime(2026, 4, 30, 16, 59, 59, tzinfo=UTC), WIB) == APRIL
    assert local_month(datetime(2026, 4, 30, 17, 0, 0, tzinfo=UTC), WIB) == MAY


def test_midnight_is_the_places_own():
    assert midnight(date(2026, 11, 20), WIT) == datetime(2026, 11, 19, 15, tzinfo=UTC)
    assert local_day(datetime(2026, 11, 19, 15, tzinfo=UTC), WITA) == date(2026, 11, 19)


def test_months_are_counted_over_the_turn_of_the_year():
    assert add_months(date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert list(months_through(date(2025, 11, 30), date(2026, 1, 1))) == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
    ]
    assert list(months_through(MAY, APRIL)) == []


def test_a_month_is_read_as_year_and_month_only():
    assert parse_month("2012-04") == date(2012, 4, 1)
    with pytest.raises(ValueError, match="Bulan “04/2012” tidak dikenal") as refusal:
        parse_month("04/2012")
    assert str(refusal.value).endswith("Tulis tahun dan bulan, misalnya 2012-04.")
