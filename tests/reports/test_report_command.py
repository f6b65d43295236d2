"""``manage.py report CODE``: what programs outside rely on (design.md, section 5), by literal keys and values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kecamatan.models import Kabupaten
from reports import rollups
from reports.regions import find_region
from reports.selectors import report
from tests.factories import make_fault, make_kecamatan, make_set, moment
from tests.reports.region_world import MARCH

pytestmark = pytest.mark.django_db

# Section 5 of the design to the letter: int is a count, of which 0 stands without rows; a percentage may be unknown.
PERCENT = (int, float, type(None))
COUNTED = {"total": int, "working": int, "broken": int, "missing": int}
SERVICES = ("total", "serving", "limited", "hosted", "mobile", "stopped", "no_report", "confirmed", "silent")
RECORDED = ("eligible", "target", "recorded", "lost", "lost_suspected", "rerecorded", "net")
KEYS: dict[str, Any] = {
    "region": {"code": str, "name": str, "level": str},
    "month": str,
    "as_of": str,
    "kecamatan": dict.fromkeys(SERVICES, int),
    "sets": dict.fromkeys(("total", "operational", "limited", "down"), int),
    "devices": {**COUNTED, "by_kind": {"server": COUNTED, "ups": COUNTED, "tripod": COUNTED}},
    "tickets": {**dict.fromkeys(("opened", "resolved", "open", "overdue"), int), "by_cause": {}, "by_route": {}},
    "downtime": dict.fromkeys(("office_minutes", "down_minutes", "outage_minutes", "repair_minutes", "repairs"), int),
    "recording": {
        **dict.fromkeys((*RECORDED, "kecamatan_met", "kecamatan_with_target"), int),
        "recorded_pct": PERCENT,
        "achievement_pct": PERCENT,
    },
    "coverage": {"population": int, "eligible": int, "recorded_total": int, "pct": PERCENT},
    "completeness": dict.fromkeys(("kabupaten_total", "kabupaten_inventoried", "days_expected", "days_reported"), int),
    "children": list,
}
CHILD = {
    **dict.fromkeys(("code", "name"), str),
    **dict.fromkeys(("able", "total", "net", "target"), int),
    **dict.fromkeys(("recorded_pct", "achievement_pct"), PERCENT),
}


def commanded(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return all that the command leaves on the standard output."""
    capsys.readouterr()
    call_command("report", *arguments)
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str, int]:
    capsys.readouterr()
    with pytest.raises(CommandError) as error:
        call_command("report", *arguments)
    return capsys.readouterr().out, str(error.value), error.value.returncode


def assert_holds(found: Any, keys: Any) -> None:
    """Assert that what is promised is there, with values of its type; more may be."""
    if not isinstance(keys, dict):
        assert isinstance(found, keys) and not isinstance(found, bool)
        return
    assert isinstance(found, dict)
    assert keys.keys() <= found.keys()
    for name, below in keys.items():
        assert_holds(found[name], below)


def assert_promised(figures: dict[str, Any]) -> None:
    assert_holds(figures, KEYS)
    for child in figures["children"]:
        assert_holds(child, CHILD)
    for counts in (figures["tickets"]["by_cause"], figures["tickets"]["by_route"]):
        assert_holds(counts, dict.fromkeys(counts, int))
    assert_holds(figures["devices"]["by_kind"], dict.fromkeys(figures["devices"]["by_kind"], COUNTED))


def test_the_command_prints_the_report_and_nothing_else(
    kabupaten: Kabupaten, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = json.loads(commanded(capsys, "36.03", "--json"))
    assert whole == report(find_region("36.03"), MARCH)
    assert whole == json.loads(commanded(capsys, "36.03", "--month", "2026-03", "--json"))
    assert commanded(capsys, "36.03", "--month", "2026-03") == (
        "Kabupaten 36.03 (36.03), 2026-03, keadaan 2026-03-18T11:00:00+07:00\n"
        "Dapat merekam: 2 dari 3 kecamatan\n"
        "Set: 1 berfungsi, 1 terkendala, 0 tidak berfungsi\n"
        "Komponen: 1 rusak, 0 tidak ada, dari 11 terpasang\n"
        "Tiket terbuka: 1, lewat tenggat 0\n"
        "Rekam bersih: 1150 orang, target 200 orang\n"
        "Hari terisi: 2 dari 36\n"
        "Pendataan: 0 dari 1 kabupaten/kota\n"
    )


def test_an_unknown_region_or_month_ends_with_1_and_an_empty_output(
    kabupaten: Kabupaten, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(capsys, "36.99", "--json") == (
        "",
        "Wilayah “36.99” tidak ada. Pakai kode seperti 36, 36.03 atau 36.03.30, atau ID.",
        1,
    )
    assert refused(capsys, "ID", "--month", "2026-3", "--json") == (
        "",
        "Bulan “2026-3” tidak dikenal. Tulis tahun dan bulan, misalnya 2012-04.",
        1,
    )


def test_the_keys_stay_and_counts_are_integers_with_and_without_rows(kabupaten: Kabupaten) -> None:
    make_kecamatan("91.03.01")
    for code in ("36.03.30", "36.03.32", "36.03", "36", "ID", "91.03.01", "91.03", "91"):
        assert_promised(report(find_region(code), MARCH))
    nothing = report(find_region("91"), MARCH)
    assert nothing["sets"] == {"total": 0, "operational": 0, "limited": 0, "down": 0}
    assert nothing["devices"]["by_kind"]["server"] == {"total": 0, "working": 0, "broken": 0, "missing": 0}
    assert (nothing["recording"]["recorded_pct"], nothing["coverage"]["pct"]) == (None, None)


def test_the_nation_is_as_of_its_oldest_part_and_then_of_the_latest_month_end(now: Any) -> None:
    make_set(make_kecamatan("36.03.30"))
    make_set(make_kecamatan("91.03.01"))

    def as_of(*codes: str) -> list[str]:
        rollups.refresh()
        return [report(find_region(code), MARCH)["as_of"] for code in codes]

    assert as_of("ID", "91") == ["2026-03-18T11:00:00+07:00", "2026-03-18T13:00:00+09:00"]
    now.move_to(moment("2026-03-18 05:30"))
    make_fault(make_kecamatan("91.03.01").recording_sets.get())
    assert as_of("ID", "36", "91") == [
        "2026-03-18T11:00:00+07:00",
        "2026-03-18T11:00:00+07:00",
        "2026-03-18T14:30:00+09:00",
    ]
    # In Jayapura March is over, in Jakarta it still runs for an hour.
    now.move_to(moment("2026-03-31 16:00"))
    assert as_of("ID", "91") == ["2026-03-31T22:00:00+07:00", "2026-04-01T00:00:00+09:00"]
    now.move_to(moment("2026-04-02 03:00"))
    assert as_of("ID", "36", "91") == [
        "2026-04-01T00:00:00+07:00",
        "2026-04-01T00:00:00+07:00",
        "2026-04-01T00:00:00+09:00",
    ]
