"""``rollup --verify`` and the nightly task: a row that differs from its facts is named, and the command ends with 1."""

from __future__ import annotations

import logging
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, Model, QuerySet

from kecamatan.models import Kabupaten
from reports.models import Level, RegionMonth, RegionMonthKind
from reports.regions import Region, find_region
from reports.tasks import verify_rollups
from reports.verification import verify
from tests.reports.region_world import MARCH

pytestmark = pytest.mark.django_db


def rows_of(code: str, model: type[Model] = RegionMonth) -> QuerySet:
    region = find_region(code)
    return model._default_manager.filter(level=region.level, region_id=region.pk, month=MARCH)


def named(code: str) -> str:
    """Return how a difference names the row of a region in March."""
    region: Region = find_region(code)
    return f"{region.level} {region.pk} 2026-03"


def commanded(*options: str) -> tuple[str, str, int]:
    """Return what ``rollup --verify`` says, on stdout and on stderr, and its exit status."""
    out, err = StringIO(), StringIO()
    try:
        call_command("rollup", "--verify", *options, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), err.getvalue() + str(error), error.returncode
    return out.getvalue(), err.getvalue(), 0


def test_true_rows_are_counted_and_nothing_is_said(kabupaten: Kabupaten) -> None:
    assert verify().differences == []
    # January and February too: the sets were installed in January. Three of the five of each month are sums.
    assert commanded() == ("15 baris diperiksa, 0 menunggu dihitung.\n", "", 0)
    assert commanded("--month", "2026-03") == ("5 baris diperiksa, 0 menunggu dihitung.\n", "", 0)


def test_a_row_of_a_kecamatan_that_differs_is_named_with_the_sum_above_it(kabupaten: Kabupaten) -> None:
    rows_of("36.03.30").update(recorded=F("recorded") + 1)
    found = [
        f"{named('36.03.30')} recorded: tersimpan 1101, dihitung 1100",
        f"{named('36.03')} recorded: tersimpan 1150, dihitung 1151",
    ]
    assert verify().differences == found
    assert commanded() == (
        "15 baris diperiksa, 0 menunggu dihitung.\n",
        "".join(f"{difference}\n" for difference in found) + "2 beda antara rekap dan data asal.",
        1,
    )
    assert (commanded("--month", "2026-03")[2], commanded("--month", "2026-02")[2]) == (1, 0)


def test_a_sum_a_kind_and_a_moment_that_differ_are_named(kabupaten: Kabupaten) -> None:
    rows_of("36").update(sets_down=3, opened_by_cause={"lightning": 2}, closed=True)
    ups = RegionMonthKind.objects.filter(level=Level.KECAMATAN, month=MARCH, kind__code="ups")
    assert ups.update(broken=0) == 1
    assert verify().differences == [
        f"{named('36.03.31')} ups broken: tersimpan 0, dihitung 1",
        f"{named('36.03')} ups broken: tersimpan 1, dihitung 0",
        f"{named('36')} closed: tersimpan True, dihitung False",
        f"{named('36')} sets_down: tersimpan 3, dihitung 0",
        f"{named('36')} penyebab lightning: tersimpan 2, dihitung 0",
        f"{named('36')} penyebab unknown: tersimpan 0, dihitung 1",
        f"{named('ID')} closed: tersimpan False, dihitung True",
        f"{named('ID')} sets_down: tersimpan 0, dihitung 3",
        f"{named('ID')} penyebab lightning: tersimpan 0, dihitung 2",
        f"{named('ID')} penyebab unknown: tersimpan 1, dihitung 0",
    ]


def test_a_row_that_is_missing_or_too_many_is_named(kabupaten: Kabupaten) -> None:
    for model in (RegionMonth, RegionMonthKind):
        rows_of("36.03.30", model).delete()
    # Of a kecamatan of which nothing is known at all.
    row = RegionMonth.objects.get(level=Level.KECAMATAN, region_id=find_region("36.03.31").pk, month=MARCH)
    row.pk, row.month, row.region_id = None, date(2025, 11, 1), find_region("36.03.32").pk
    row.save(force_insert=True)
    found = verify().differences
    assert f"{named('36.03.30')} baris: tersimpan tidak ada, dihitung ada" in found
    assert f"{named('36.03.32').replace('2026-03', '2025-11')} baris: tersimpan ada, dihitung tidak ada" in found


def test_the_night_logs_an_error_for_each_difference(kabupaten: Kabupaten, caplog: pytest.LogCaptureFixture) -> None:
    verify_rollups()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    rows_of("ID").update(tickets_open=7)
    verify_rollups()
    errors = [(record.levelname, record.getMessage()) for record in caplog.records if record.levelno >= logging.WARNING]
    assert errors == [("ERROR", f"Rollup differs: {named('ID')} tickets_open: tersimpan 7, dihitung 1")]


def test_a_month_that_cannot_be_read_is_refused(kabupaten: Kabupaten) -> None:
    refusal = "Bulan “2026-13” tidak dikenal. Tulis tahun dan bulan, misalnya 2012-04."
    assert commanded("--month", "2026-13") == ("", refusal, 1)
