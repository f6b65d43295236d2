"""The section that says why a target is not met: of a kecamatan, of a kabupaten, and where it cannot tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Role
from kecamatan.duty import Count, PopulationFigures, enter_recordings, office_calendar, set_populations
from kecamatan.models import Kecamatan
from kecamatan.targets import set_target
from lib.months import add_months
from repairs.losses import record_loss
from repairs.outages import report_outage
from reports import rollups
from reports.regions import find_region
from reports.selectors import report
from tests.factories import make_kecamatan, make_set, make_user, moment

pytestmark = pytest.mark.django_db

NOW = moment("2026-03-18 04:00")  # Wednesday 11.00 WIB
FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture(autouse=True)
def now() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def place() -> Kecamatan:
    """A kecamatan that should record 100 people on each of the office days of February."""
    place = make_kecamatan("36.03.30", "Kecamatan Sepatan Timur")
    make_set(place)
    set_populations([PopulationFigures(place, "2025-1", 40_000, 20_000, None)], by=None)
    set_target(place, starts_on=FEBRUARY, count=100 * len(days_of(FEBRUARY)), by=None)
    return place


def days_of(month: date) -> tuple[date, ...]:
    return office_calendar().days(month)


def record(place: Kecamatan, month: date, recorded: int, first: int = 0, last: int | None = None) -> None:
    counts = [Count(place, day, place, recorded) for day in days_of(month)[first:last]]
    enter_recordings(counts, by=None)


def opened(place: Kecamatan, path: str, month: date) -> str:
    client = Client()
    client.force_login(make_user(Role.STAFF, place.kabupaten))
    page = client.get(path, {"bulan": f"{month:%Y-%m}"}).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_page_of_a_kecamatan_says_how_many_are_missing_and_why(place):
    record(place, FEBRUARY, 90, last=-1)
    record_loss(kecamatan=place, day=date(2026, 2, 10), count=40, certainty="confirmed", by=None)
    report_outage(
        client_key="6f5e7c2a-33a9-4d6b-9a47-2f2bb7d1a001",
        places=[place],
        started_at=moment("2026-02-09 00:30"),
        ended_at=moment("2026-02-09 05:00"),
        effect="stopped",
        cause="network",
        by=None,
    )
    rollups.refresh()
    figures = report(find_region(place.code), FEBRUARY)["shortfall"]
    days = len(days_of(FEBRUARY))
    total = 100 * days - 90 * (days - 1) + 40
    assert {name: number for name, number in figures.items() if number} == {
        "total": total,
        "network": 60,  # Of 100 a day 270 of 450 minutes.
        "lost": 40,
        "unreported": 100,
        "other": total - 200,
        "days_expected": days,
        "days_reported": days - 1,
    }
    text = opened(place, "/kecamatan/36.03.30/", FEBRUARY)
    assert (
        f"Mengapa target belum tercapai Kurang {total} orang dari target {days * 100:,} orang.".replace(",", ".")
        in text
    )
    assert re.search(r"Hari tanpa laporan 100 \d+,\d%", text)
    assert re.search(r"Jaringan 60 ", text)


def test_each_part_leads_to_the_rows_behind_it(place):
    record(place, FEBRUARY, 90, last=-1)
    record_loss(kecamatan=place, day=date(2026, 2, 10), count=40, certainty="confirmed", by=None)
    rollups.refresh()
    client = Client()
    client.force_login(make_user(Role.STAFF, place.kabupaten))
    page = client.get("/kecamatan/36.03.30/", {"bulan": "2026-02"}).content.decode()
    assert re.findall(r'<a href="([^"]+)">(Data hilang|Hari tanpa laporan)</a></th>', page) == [
        ("/recordings/?kecamatan=36.03.30&amp;bulan=2026-02", "Hari tanpa laporan"),
        ("/recordings/lost/?kecamatan=36.03.30&amp;bulan=2026-02", "Data hilang"),
    ]


def test_where_few_days_were_reported_it_cannot_be_told(place):
    record(place, FEBRUARY, 90, last=8)
    rollups.refresh()
    text = opened(place, "/reports/36.03/", FEBRUARY)
    share = f"{100 * 8 / len(days_of(FEBRUARY)):.1f}%".replace(".", ",")
    assert f"Sebabnya tidak dapat dikatakan: baru {share} hari kerja dilaporkan." in text
    assert "Hari tanpa laporan" not in text


def test_days_of_kecamatan_without_a_target_do_not_matter(place):
    make_set(make_kecamatan("36.03.31", "Kecamatan Diam"))
    record(place, FEBRUARY, 90)
    rollups.refresh()
    text = opened(place, "/reports/36.03/", FEBRUARY)
    missing = 10 * len(days_of(FEBRUARY))
    assert f"Kurang {missing} orang di 1 dari 1 kecamatan yang bertarget." in text
    assert "Lainnya Warga tidak datang, pelayanan, atau sebab yang tidak disebut" in text


def test_a_running_month_is_not_behind_for_the_days_ahead(place):
    set_target(place, starts_on=MARCH, count=100 * len(days_of(MARCH)), by=None)
    record(place, MARCH, 100, last=sum(day < date(2026, 3, 18) for day in days_of(MARCH)))
    rollups.refresh()
    ahead = 100 * sum(day >= date(2026, 3, 18) for day in days_of(MARCH))
    text = opened(place, "/kecamatan/36.03.30/", MARCH)
    assert (
        f"Sampai tadi malam tidak tertinggal. {ahead} orang lagi adalah bagian hari kerja yang masih ada bulan ini."
        in text
    )


def test_a_met_target_is_said_and_without_a_target_nothing(place):
    record(place, FEBRUARY, 100)
    rollups.refresh()
    assert "Target tercapai Tidak ada kekurangan." in opened(place, "/kecamatan/36.03.30/", FEBRUARY)
    assert "Target tercapai 1 dari 1 kecamatan yang bertarget mencapainya." in opened(
        place, "/reports/36.03/", FEBRUARY
    )
    before = opened(place, "/kecamatan/36.03.30/", add_months(FEBRUARY, -1))
    assert "Target tercapai" not in before
    assert "Mengapa target" not in before
