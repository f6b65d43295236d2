"""Numbers, days and moments as people read them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lib.format import (
    clock_id,
    day_id,
    lasting_id,
    moment_id,
    month_end_id,
    month_id,
    number_id,
    percent_id,
    span_id,
)
from lib.months import WIB, WIT, WITA

MOMENT = datetime(2021, 10, 28, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1738, "1.738"), (211826747, "211.826.747"), (-1738, "−1.738"), (None, "belum diketahui")],
)
def test_numbers(value: int | None, text: str) -> None:
    assert number_id(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (88.5, 1, "88,5%"),
        (97.47, 2, "97,47%"),
        (0.0, 1, "0,0%"),
        (1250.0, 1, "1.250,0%"),
        (-3.21, 1, "−3,2%"),
        (15.0, 0, "15%"),
        (None, 1, "belum diketahui"),
    ],
)
def test_percentages_are_never_clamped(value: float | None, digits: int, text: str) -> None:
    assert percent_id(value, digits) == text


def test_days_and_months() -> None:
    assert day_id(date(2021, 10, 28)) == "Kamis, 28 Oktober 2021"
    assert day_id(date(2021, 10, 28), weekday=False) == "28 Oktober 2021"
    assert month_id(date(2012, 4, 1)) == "April 2012"


def test_a_moment_is_told_by_the_clock_of_its_place() -> None:
    assert [clock_id(MOMENT, zone) for zone in (WIB, WITA, WIT)] == [
        "pukul 08.05 WIB",
        "pukul 09.05 WITA",
        "pukul 10.05 WIT",
    ]
    assert moment_id(MOMENT, WITA) == "Kamis, 28 Oktober 2021 pukul 09.05 WITA"


def test_the_end_of_a_month_is_its_last_day_at_24() -> None:
    assert month_end_id(datetime(2012, 5, 1, tzinfo=ZoneInfo(WIB))) == "30 April 2012 pukul 24.00 WIB"
    assert month_end_id(datetime(2016, 3, 1, tzinfo=ZoneInfo(WIT))) == "29 Februari 2016 pukul 24.00 WIT"


@pytest.mark.parametrize(
    ("lasts", "text"),
    [
        (timedelta(minutes=32, seconds=59), "32 menit"),
        (timedelta(minutes=60), "1 jam"),
        (timedelta(hours=23, minutes=59), "23 jam"),
        (timedelta(hours=24), "1 hari"),
        (timedelta(hours=33), "1 hari 9 jam"),
        (timedelta(days=2, hours=23, minutes=59), "2 hari 23 jam"),
        (timedelta(days=3, hours=5), "3 hari"),
        (timedelta(days=89, hours=23), "89 hari"),
        (timedelta(days=92), "3 bulan"),  # 28 January
        (timedelta(days=100), "3 bulan 8 hari"),
        (timedelta(days=364, hours=23), "11 bulan 29 hari"),
        (timedelta(days=365), "1 tahun"),
        (timedelta(days=386), "1 tahun"),
        (timedelta(days=3 * 365 + 1 + 70), "3 tahun 2 bulan"),
    ],
)
def test_how_long_something_lasts(lasts: timedelta, text: str) -> None:
    assert span_id(MOMENT, MOMENT + lasts) == text


def test_a_month_that_has_no_such_day_ends_on_its_last() -> None:
    assert span_id(datetime(2025, 11, 30, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC)) == "3 bulan"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (45.4, "45 menit"),
        (60, "1,0 jam"),
        (23.96 * 60, "24,0 jam"),
        (24 * 60, "1,0 hari"),
        (1000.5 * 1440, "2,7 tahun"),
        (36525 * 14400, "1.000,0 tahun"),
    ],
)
def test_a_mean_duration_has_the_unit_that_people_would_use(minutes: float, text: str) -> None:
    assert lasting_id(minutes) == text
