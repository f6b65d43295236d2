"""What becomes of a report on its way to a page, on reports made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lib.charts import bar
from lib.months import WIB, WIT
from reports.services import headline
from reports.shares import kind_rows, shares
from reports.tiles import tiles
from reports.wording import as_of_text, semester_text

PEOPLE = "3.288.362 sudah rekam dari 3.736.775 wajib KTP"


def a_report(**parts: dict[str, Any]) -> dict[str, Any]:
    """Return the report of Kalimantan Barat in September 2016 as the story tells it, with parts replaced."""
    made: dict[str, Any] = {
        "region": {"code": "61", "name": "Kalimantan Barat", "level": "province"},
        "month": "2016-09",
        "as_of": "2016-10-01T00:00:00+07:00",
        "kecamatan": {
            "total": 174,
            "serving": 74,
            "limited": 31,
            "hosted": 45,
            "mobile": 0,
            "stopped": 24,
            "no_report": 0,
            "confirmed": 150,
            "silent": 24,
        },
        "sets": {"total": 270, "operational": 136, "limited": 14, "down": 120},
        "devices": {"total": 1890, "working": 1717, "broken": 173, "missing": 0, "by_kind": {}},
        "tickets": {"opened": 24, "resolved": 0, "open": 173, "overdue": 164, "by_cause": {}, "by_route": {}},
        "downtime": {"office_minutes": 6000, "down_minutes": 2208},
        "recording": {
            "target": 0,
            "recorded": 13_286,
            "lost": 1738,
            "lost_suspected": 0,
            "rerecorded": 0,
            "net": 11_548,
            "achievement_pct": None,
            "kecamatan_met": 0,
            "kecamatan_with_target": 0,
        },
        "coverage": {
            "eligible": 3_800_000,
            "recorded_total": 3_288_362,
            "eligible_with_recorded": 3_736_775,
            "pct": 88.0,
            "bands": {"full": 4, "high": 150, "middle": 20, "low": 0},
        },
        "completeness": {
            "kabupaten_total": 14,
            "kabupaten_inventoried": 10,
            "days_expected": 3654,
            "days_reported": 709,
        },
        "children": [],
    }
    return {name: {**part, **parts.get(name, {})} if isinstance(part, dict) else part for name, part in made.items()}


def tile(report: dict[str, Any], label: str) -> tuple[str, str, str, str, bool]:
    found = next(one for one in tiles(report) if one.label == label)
    return found.value, found.unit, found.source, found.completeness, found.at_least


def test_a_total_over_an_unfinished_inventory_says_at_least_and_how_many_are_missing() -> None:
    assert tile(a_report(), "Komponen rusak") == (
        "173",
        "dari 1.890 terpasang",
        "10 dari 14 kabupaten/kota selesai mendata alat",
        "half",
        True,
    )


def test_a_month_with_unreported_days_is_a_lower_bound_and_names_the_lost_records() -> None:
    assert tile(a_report(), "Rekam bersih") == (
        "11.548",
        "orang",
        "709 dari 3.654 hari kerja dilaporkan · 1.738 data hilang",
        "half",
        True,
    )


def test_a_month_that_is_reported_in_full_is_a_full_total_even_below_zero() -> None:
    report = a_report(
        completeness={"days_reported": 3654},
        recording={"net": -40, "target": 100, "achievement_pct": -40.0, "kecamatan_with_target": 174},
    )
    assert tile(report, "Rekam bersih") == (
        "−40",
        "orang",
        "−40,0% dari target · 3.654 dari 3.654 hari kerja dilaporkan · 1.738 data hilang",
        "full",
        False,
    )
    assert tile(report, "Memenuhi target")[:2] == ("0", "dari 174 kecamatan")


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [
        ({}, ("88,00%", f"{PEOPLE}, DKB semester I 2016", "full")),
        ({"bands": {"high": 87}}, ("88,00%", f"{PEOPLE} di 87 dari 174 kecamatan, DKB semester I 2016", "half")),
        ({"pct": None}, ("belum diketahui", "Jumlah yang sudah rekam DKB semester I 2016 belum dimuat", "nil")),
        ({"pct": None, "eligible": 0}, ("belum diketahui", "Data DKB semester I 2016 belum dimuat", "nil")),
    ],
)
def test_the_coverage_names_its_denominator_and_what_is_missing(
    coverage: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    value, _, source, completeness, _ = tile(a_report(coverage=coverage), "Cakupan wajib KTP")
    assert (value, source, completeness) == expected


def test_every_known_service_makes_a_plain_headline() -> None:
    head = headline(a_report(), "province")
    assert (head.able, head.total, head.at_least, head.completeness) == ("105", "174", False, "half")


def test_a_large_region_is_one_ribbon_whose_parts_fill_it_in_order() -> None:
    head = headline(a_report(), "province")
    assert head.marks == []
    assert [(part["css"], part["x"]) for part in head.ribbon] == [
        ("r-s", "0.0"),
        ("r-l", "425.3"),
        ("r-h", "603.4"),
        ("r-x", "862.1"),
    ]


@pytest.mark.parametrize(
    ("as_of", "zone", "text"),
    [
        ("2016-10-01T00:00:00+07:00", WIB, "30 September 2016 pukul 24.00 WIB"),
        ("2016-10-01T00:00:00+09:00", WIT, "30 September 2016 pukul 24.00 WIT"),
        ("2016-09-28T10:12:00+07:00", WIB, "Rabu, 28 September 2016 pukul 10.12 WIB"),
        ("2016-09-28T00:00:00+07:00", WIB, "Rabu, 28 September 2016 pukul 00.00 WIB"),
    ],
)
def test_the_moment_of_the_figures_is_told_by_the_clock_of_the_region(as_of: str, zone: str, text: str) -> None:
    assert as_of_text({"as_of": as_of, "month": "2016-09"}, zone) == text


@pytest.mark.parametrize(
    ("month", "text"),
    [
        ("2016-01", "DKB semester II 2015"),
        ("2016-06", "DKB semester II 2015"),
        ("2016-07", "DKB semester I 2016"),
        ("2016-12", "DKB semester I 2016"),
    ],
)
def test_the_semester_that_holds_in_a_month(month: str, text: str) -> None:
    assert semester_text(month) == text


@pytest.mark.parametrize(
    ("achievement", "width", "met", "cut"),
    [
        (0.0, "0.0", False, False),
        (99.99, "100.0", False, False),
        (100.0, "100.0", True, False),
        (125.0, "125.0", True, False),
        (1100.0, "125.0", True, True),
        (-40.0, "0.0", False, False),
    ],
)
def test_a_bar_that_ends_before_its_number_is_notched(achievement: float, width: str, met: bool, cut: bool) -> None:
    drawn = bar(achievement)
    assert drawn is not None
    assert (drawn.width, drawn.met, drawn.cut) == (width, met, cut)


def test_without_a_target_there_is_no_bar() -> None:
    assert bar(None) is None


def test_shares_come_from_the_largest_and_add_up_to_all() -> None:
    rows = shares({"wear": 1, "unknown": 3, "lightning": 0}, {"wear": "Usia pakai", "unknown": "Belum diketahui"})
    assert [(row.label, row.number, row.percent, row.width) for row in rows] == [
        ("Belum diketahui", "3", "75,0%", "750.0"),
        ("Usia pakai", "1", "25,0%", "250.0"),
    ]


def test_kinds_come_from_the_most_broken_and_absent_ones_stay_away() -> None:
    counts = {"total": 270, "working": 223, "missing": 0}
    by_kind = {
        "camera": {**counts, "broken": 15},
        "server": {**counts, "broken": 47},
        "vsat": {"total": 0, "working": 0, "broken": 0, "missing": 0},
    }
    names = {"server": "Server", "camera": "Kamera", "vsat": "VSAT"}
    rows = kind_rows({"devices": {"by_kind": by_kind}}, names)
    assert [(row["name"], row["broken"]) for row in rows] == [("Server", "47"), ("Kamera", "15")]
