"""The reports of all regions of one level at once equal those of each region alone."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import rollups
from reports.regions import find_region
from reports.selectors import report, reports_at
from tests.factories import make_dinas, make_fault, make_kecamatan, make_set

pytestmark = pytest.mark.django_db
MONTH = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def country():
    with time_machine.travel("2026-11-22 03:00:00+00:00", tick=False):
        make_set(make_kecamatan("36.03.30"))
        make_fault(make_set(make_kecamatan("36.03.29")))
        make_kecamatan("36.04.01")
        make_set(make_kecamatan("53.01.01"))
        make_set(make_dinas("53.01"))
        make_dinas("36.03")
        rollups.refresh()
        yield


@pytest.mark.parametrize(
    ("code", "level", "expected"),
    [
        ("ID", "province", ["36", "53"]),
        ("ID", "kabupaten", ["36.03", "36.04", "53.01"]),
        # A dinas that holds nothing is not listed; one that does stands after its kecamatan.
        ("ID", "kecamatan", ["36.03.29", "36.03.30", "36.04.01", "53.01.01", "53.01.00"]),
        ("36", "kecamatan", ["36.03.29", "36.03.30", "36.04.01"]),
        ("36.03", "kecamatan", ["36.03.29", "36.03.30"]),
    ],
)
def test_they_are_the_reports_of_each_region(code: str, level: str, expected: list[str]) -> None:
    region = find_region(code)
    with CaptureQueriesContext(connection) as captured:
        found = reports_at(region, level, MONTH)
    assert [one["region"]["code"] for _, one in found] == expected
    for child, one in found:
        alone = report(find_region(child.region.code), MONTH)
        alone["children"], alone["devices"]["by_kind"] = [], {}
        assert one == alone
    # The regions and their rows; office hours and days off only for places without a row.
    assert len(captured) <= 4
