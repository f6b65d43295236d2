"""Reliability over twelve months: exact rates, sums by model that equal those by kind, and the page that shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from devices.models import Device
from kecamatan.models import Kecamatan
from repairs.faults import record_past_fault
from repairs.outages import report_outage
from reports import device_groups, rollups
from reports.models import DeviceGroupMonth, Level, RegionMonthKind
from reports.regions import find_region
from reports.reliability import Sums, read_reliability
from tests.factories import device_of, kind, make_dinas, make_fault, make_kecamatan, make_set, make_user, moment

pytestmark = pytest.mark.django_db

NOW = moment("2026-03-18 04:00")  # Wednesday 11.00 WIB
JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
DAY, YEAR = 24 * 60, 525_960


@pytest.fixture(autouse=True)
def now() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def places() -> list[Kecamatan]:
    """Two kecamatan and a dinas with a set each since 1 January 2026, 00.00 WIB; a camera broke twice, an UPS once."""
    places = [make_kecamatan("36.03.30", "Kecamatan Awal"), make_kecamatan("36.03.31", "Kecamatan Besar")]
    for place in (*places, make_dinas("36.03")):
        make_set(place, at=moment("2025-12-31 17:00"), kinds=("camera", "ups"))
    cameras = Device.objects.filter(kind=kind("camera"))
    cameras.filter(kecamatan=places[0]).update(brand="Acme", model="C1", source="centre")
    cameras.filter(kecamatan=places[1]).update(brand="Acme", model="C1", source="apbd")
    for failed, restored in (("2026-01-12 00:30", "2026-01-14 00:30"), ("2026-02-09 00:30", "2026-02-10 00:30")):
        record_past_fault(
            client_key=uuid4(),
            device=device_of(places[0].recording_sets.get(), "camera"),
            recording_set=places[0].recording_sets.get(),
            device_kind=kind("camera"),
            fault="broken",
            failed_at=moment(failed),
            restored_at=moment(restored),
            effect="limited",
            cause="wear",
            by=None,
        )
    make_fault(places[1].recording_sets.get(), "ups", failed_at=moment("2026-03-02 01:00"))
    rollups.refresh()
    return places


def groups(by: str, month: date, level: str = Level.NATION) -> dict[tuple[str, str], tuple[int, ...]]:
    rows = DeviceGroupMonth.objects.filter(by=by, month=month, level=level)
    return {(row.kind, row.name): (row.faults_begun, row.repairs, row.repair_minutes) for row in rows}


# --- Rates --------------------------------------------------------------------------------------------------------


def test_rates_are_divided_from_sums():
    sums = Sums(
        service_minutes=10 * YEAR,
        faults_begun=4,
        repairs=3,
        repair_minutes=3 * 6 * DAY,
        office_minutes=1000,
        down_minutes=25,
    )
    assert (sums.availability, sums.repair_time, sums.between_faults) == (97.5, 6 * DAY, 2.5 * YEAR)
    assert (sums.years, sums.rate, sums.is_telling) == (10.0, 40.0, True)


def test_what_has_no_denominator_is_unknown():
    nothing = Sums()
    assert (nothing.availability, nothing.repair_time, nothing.between_faults, nothing.rate) == (None,) * 4
    assert Sums(faults_begun=2).rate is None
    assert not Sums(service_minutes=5 * YEAR - 1).is_telling


# --- By model and source ------------------------------------------------------------------------------------------


def test_faults_and_service_are_summed_by_model_and_by_source(places):
    device_groups.refresh()
    assert groups("model", JANUARY)["camera", "Acme C1"] == (1, 1, 2 * DAY)
    assert groups("source", JANUARY)["", "centre"] == (1, 1, 2 * DAY)
    assert groups("source", JANUARY)["", "apbd"] == (0, 0, 0)
    january = DeviceGroupMonth.objects.get(level=Level.KABUPATEN, by="model", name="Acme C1", month=JANUARY)
    assert january.service_minutes == 2 * 31 * DAY
    # The running month runs to the last local midnight.
    march = DeviceGroupMonth.objects.get(level=Level.PROVINCE, by="source", name="apbd", month=MARCH)
    assert march.service_minutes == 17 * DAY


def test_models_add_up_to_their_kind_in_every_month_and_region(places):
    device_groups.refresh()
    names = ("service_minutes", "faults_begun", "repairs", "repair_minutes")
    for level in (Level.KABUPATEN, Level.PROVINCE, Level.NATION):
        by_kind = {
            (row.region_id, row.month, row.kind.code): [getattr(row, name) for name in names]
            for row in RegionMonthKind.objects.filter(level=level).select_related("kind")
            if any(getattr(row, name) for name in names)
        }
        by_model: dict[tuple[int, date, str], list[int]] = {}
        for row in DeviceGroupMonth.objects.filter(level=level, by="model"):
            sums = by_model.setdefault((row.region_id, row.month, row.kind), [0] * len(names))
            for index, name in enumerate(names):
                sums[index] += getattr(row, name)
        assert by_model == by_kind


def test_a_missing_component_is_of_no_known_model(places):
    make_fault(places[0].recording_sets.get(), "tripod", fault="missing", failed_at=moment("2026-02-03 01:00"))
    rollups.refresh()
    device_groups.refresh()
    assert groups("model", FEBRUARY)["tripod", ""] == (1, 0, 0)


def test_only_months_that_no_longer_agree_are_built_again(places):
    assert device_groups.refresh(recent=False) == 3
    assert device_groups.refresh(recent=False) == 0
    make_fault(places[1].recording_sets.get(), "camera", failed_at=moment("2026-02-20 01:00"))
    rollups.refresh()
    assert device_groups.refresh(recent=False) == 1
    assert groups("model", FEBRUARY)["camera", "Acme C1"] == (2, 1, DAY)


def test_a_corrected_card_moves_its_history_the_next_night(places):
    device_groups.refresh()
    Device.objects.filter(brand="Acme").update(brand="Tab\there\\", model="")
    device_groups.refresh()
    assert {name for kind_code, name in groups("model", JANUARY) if kind_code == "camera"} == {"", "Tab here/"}


# --- What is read, and the page -----------------------------------------------------------------------------------


def test_twelve_months_of_a_kabupaten_are_summed(places):
    report_outage(
        client_key=uuid4(),
        places=[places[0]],
        started_at=moment("2026-02-09 00:30"),
        ended_at=moment("2026-02-09 05:00"),
        effect="stopped",
        cause="network",
        by=None,
    )
    rollups.refresh()
    found = read_reliability(find_region("36.03"), MARCH)
    assert (found.months[0], found.months[-1]) == (date(2025, 4, 1), MARCH)
    own = found.sums[find_region("36.03").key]
    # Without the required kinds the sets never record, so all office minutes are down; the outage adds none.
    assert own.down_minutes == own.office_minutes
    assert own.outage_minutes == 270
    assert (own.faults_begun, own.repairs, own.repair_minutes) == (3, 2, 3 * DAY)
    assert own.service_minutes == 6 * (31 + 28 + 17) * DAY
    first = found.sums[Level.KECAMATAN, places[0].pk]
    assert (first.faults_begun, first.service_minutes) == (2, 2 * (31 + 28 + 17) * DAY)
    assert found.shares[Level.KECAMATAN, places[0].pk] == {JANUARY: 1.0, FEBRUARY: 1.0, MARCH: 1.0}


def client_of(place: Kecamatan) -> Client:
    client = Client()
    client.force_login(make_user(Role.OFFICIAL, place.kabupaten))
    return client


def text_of(client: Client, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_the_page_shows_rates_with_their_base_and_how_old_they_are(places):
    device_groups.refresh()
    text = text_of(client_of(places[0]), "/reports/36.03/reliability/")
    assert "12 bulan, April 2025 sampai Maret 2026" in text
    # 3 faults in 6 x 76 device-days.
    assert "Kerusakan per 100 alat-tahun 240,3 3 kerusakan selama 1 alat-tahun terpasang" in text
    assert "Lama perbaikan 1,5 hari Rata-rata 2 perbaikan yang selesai" in text
    assert "3 dari 12 bulan ada datanya" in text
    assert "Acme C1 Kamera terlalu sedikit 2" in text
    assert "Dihitung Rabu, 18 Maret 2026 pukul 11.00 WIB" in text


def test_before_the_first_night_the_page_says_so(places):
    assert "Dihitung malam nanti" in text_of(client_of(places[0]), "/reports/36.03/reliability/")


def test_a_strip_tells_its_months_in_words(places):
    page = client_of(places[0]).get("/reports/36.03.30/reliability/").content.decode()
    said = re.search(r'aria-label="(Bagian jam[^"]+)"', page)
    assert said is not None
    assert said[1].endswith("Des 2025 belum ada data, Jan 2026 100,0%, Feb 2026 100,0%, Mar 2026 100,0%")


def test_a_month_without_any_data_is_said(places):
    text = text_of(client_of(places[0]), "/reports/36.03/reliability/?bulan=2024-01")
    assert "Belum ada data 12 bulan ini" in text


def test_queries_do_not_grow_with_the_kecamatan(places):
    device_groups.refresh()
    client = client_of(places[0])
    numbers = []
    for more in (0, 12):
        for number in range(more):
            make_set(make_kecamatan(f"36.03.{number + 40}"), kinds=("camera",))
        rollups.refresh()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/reports/36.03/reliability/")
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 8
