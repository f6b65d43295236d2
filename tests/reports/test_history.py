"""How figures went on: against earlier months in words, as lines, and to the month's end; unknown is never 0."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lib.month_choice import Month
from reports.history import MEASURES, difference, forecast_text, history
from reports.models import RegionMonth

MARCH = date(2026, 3, 1)
ABLE, MET, NET, ACHIEVEMENT, COVERAGE, DOWN, TICKETS = MEASURES


def a_row(month: date = MARCH, **values: Any) -> RegionMonth:
    """Return the row of two kecamatan, closed, that recorded 900 of a target of 1,000."""
    known = {
        "kecamatan_total": 2,
        "kecamatan_serving": 1,
        "kecamatan_stopped": 1,
        "closed": True,
        "recorded": 900,
        "net": 900,
        "net_with_target": 900,
        "target": 1000,
        "kecamatan_with_target": 2,
        "days_expected": 40,
        "days_reported": 38,
        "days_in_month": 40,
        "office_minutes": 1000,
        "down_minutes": 250,
    }
    return RegionMonth(level="kabupaten", region_id=1, month=month, **{**known, **values})


@pytest.mark.parametrize(
    ("measure", "now", "then", "expected"),
    [
        (ABLE, 105, 98, ("▲", "7 lebih banyak")),
        (ABLE, 98, 1105, ("▼", "1.007 lebih sedikit")),
        (ABLE, 98, 98, ("=", "sama")),
        (ABLE, 98, None, ("", "tidak disebut")),
        (ABLE, None, 98, ("", "tidak disebut")),
        (COVERAGE, 88.25, 87.0, ("▲", "1,25 poin lebih tinggi")),
        (DOWN, 20.0, 25.04, ("▼", "5,0 poin lebih rendah")),
        (DOWN, 25.01, 25.04, ("=", "sama")),
    ],
)
def test_a_difference_is_an_arrow_and_words(measure: Any, now: Any, then: Any, expected: tuple[str, str]) -> None:
    assert difference(measure, now, then) == expected


def test_a_month_is_compared_with_the_one_before_and_with_a_year_ago() -> None:
    rows = [
        a_row(date(2025, 3, 1), net=800, kecamatan_serving=2, kecamatan_stopped=0),
        a_row(date(2026, 2, 1), net=950),
        a_row(),
    ]
    trends = {trend.label: trend for trend in history(rows, Month(MARCH, date(2026, 5, 1)))["trends"]}
    able, net = trends["Dapat merekam"], trends["Rekam bersih"]
    assert (able.now, able.before, able.year_ago) == ("1 kecamatan", ("=", "sama"), ("▼", "1 lebih sedikit"))
    assert (net.now, net.before, net.year_ago) == (
        "900 orang",
        ("▼", "50 lebih sedikit"),
        ("▲", "100 lebih banyak"),
    )
    assert trends["Cakupan wajib KTP"].before == ("", "tidak disebut")
    # The line is broken where a month has no row: two that stand alone, and the last two together.
    assert (len(net.lines), len(net.dots)) == (1, 2)
    assert net.alternative == (
        "Rekam bersih, Maret 2025 sampai Maret 2026: dari 800 menjadi 900 orang, terendah 800 (Maret 2025), "
        "tertinggi 950 (Februari 2026), 21 bulan tidak disebut"
    )


def test_the_table_behind_the_lines_holds_the_months_that_have_a_row() -> None:
    rows = [a_row(date(2026, 1, 1), days_reported=0, recorded=0, net=0), a_row()]
    months = history(rows, Month(MARCH, MARCH))["trend_months"]
    assert [(row.label, row.url, row.cells[2]) for row in months] == [
        ("Maret 2026", "?bulan=2026-03", "900"),
        ("Januari 2026", "?bulan=2026-01", "tidak disebut"),
    ]
    assert history([], Month(MARCH, MARCH))["trends"] == []


def test_a_running_month_is_told_by_what_it_will_come_to() -> None:
    open_row = a_row(closed=False, days_expected=24, days_in_month=40, net=540, net_with_target=540)
    assert forecast_text(open_row) == (
        "Bila sisanya seperti 12 dari 20 hari kerja yang sudah lewat, akhir bulan sekitar 900 orang, 90,0% dari target."
    )
    net = history([open_row], Month(MARCH, MARCH))["trends"][2]
    assert (net.now, net.note) == ("900 orang", "perkiraan akhir bulan")


@pytest.mark.parametrize(
    "values",
    [
        {"closed": True},
        {"closed": False, "days_expected": 0},
        {"closed": False, "days_reported": 0, "recorded": 0, "net": 0},
        {"closed": False, "days_in_month": 0},
    ],
)
def test_there_is_no_forecast_of_what_is_over_or_not_known(values: dict[str, Any]) -> None:
    assert forecast_text(a_row(**values)) == ""


def test_nobody_heard_of_has_no_figures() -> None:
    silent = a_row(kecamatan_serving=0, kecamatan_stopped=0, kecamatan_no_report=2, days_reported=0, recorded=0, net=0)
    assert [measure.value(silent) for measure in (ABLE, NET, ACHIEVEMENT)] == [None, None, None]
