"""The filters by which a missed target leads to the outages, tickets and losses of its month and region."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import Role
from repairs.faults import record_past_fault
from repairs.losses import record_loss
from repairs.outages import report_outage
from tests.factories import device_of, kind, make_kecamatan, make_set, make_user, moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(moment("2026-03-13 04:00"), tick=False) as clock:
        yield clock


def test_the_month_is_chosen_and_one_of_long_ago_stays_in_the_choice(client: Client) -> None:
    for url in ("/repairs/?bulan=2012-04", "/outages/?bulan=2012-04", "/recordings/lost/?bulan=2012-04"):
        filters = client.get(url).context["filters"]
        options = re.findall(r'value="([^"]*)"[^>]*>([^<]*)</option>', str(filters.form["bulan"]))
        assert (options[:3], options[24:]) == (
            [("", "Semua"), ("2026-03", "Maret 2026"), ("2026-02", "Februari 2026")],
            [("2024-04", "April 2024"), ("2012-04", "April 2012")],
        )
        assert [(chip.label.split()[-1], chip.value) for chip in filters.chips()] == [("bulan", "April 2012")]


@pytest.fixture
def client() -> Client:
    """An outage, a fault and a loss in Tangerang (WIB) in February, and the same far in the east (WIT) in March."""
    for code, day in (("36.03.30", "2026-02-28"), ("91.03.01", "2026-03-02")):
        place = make_kecamatan(code)
        recording_set = make_set(place)
        began, ended = moment(f"{day} 10:00"), moment(f"{day} 16:30")
        report_outage(
            client_key=uuid4(),
            places=[place, make_kecamatan(f"{code[:-2]}77")],
            started_at=began,
            ended_at=ended,
            effect="stopped",
            cause="weak_power",
            by=None,
        )
        record_past_fault(
            client_key=uuid4(),
            recording_set=recording_set,
            device_kind=kind("server"),
            device=device_of(recording_set),
            fault="broken",
            failed_at=began,
            restored_at=ended,
            effect="stopped",
            cause="wear",
            by=None,
        )
        record_loss(kecamatan=place, day=date.fromisoformat(day), count=7, by=None)
    made = Client()
    made.force_login(make_user(Role.OFFICIAL, None))
    return made


def found(client: Client, path: str, **query: str) -> int:
    return len(client.get(path, query).context["rows"])


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({}, 2),
        ({"bulan": "2026-02"}, 1),
        ({"bulan": "2026-03"}, 1),
        ({"bulan": "2026-01"}, 0),
        ({"bulan": "Februari"}, 0),
        ({"wilayah": "36"}, 1),
        ({"wilayah": "91.03"}, 1),
        ({"wilayah": "36.03", "bulan": "2026-03"}, 0),
        ({"wilayah": "99"}, 0),
    ],
)
def test_a_list_is_narrowed_by_month_and_region(client, query, number):
    assert found(client, "/outages/", keadaan="semua", **query) == number
    assert found(client, "/repairs/", keadaan="semua", **query) == number
    assert found(client, "/recordings/lost/", **query) == number


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"setahun": "2026-03"}, 2),
        ({"setahun": "2026-02"}, 1),
        ({"setahun": "2027-02"}, 1),
        ({"setahun": "2025-12"}, 0),
        ({"setahun": "Februari"}, 0),
        ({"akhir": "2026-02"}, 0),
        ({"akhir": "Februari"}, 0),
    ],
)
def test_tickets_are_those_of_a_year_or_of_a_month_end(client, query, number):
    assert found(client, "/repairs/", keadaan="semua", **query) == number


def test_devices_are_narrowed_to_a_province(client):
    assert [found(client, "/devices/", jenis="server", wilayah=code) for code in ("36", "91", "36.03", "99")] == [
        1,
        1,
        1,
        0,
    ]


@pytest.mark.parametrize(("cause", "number"), [("listrik", 2), ("weak_power", 2), ("power_outage", 0), ("petugas", 0)])
def test_outages_are_found_by_a_group_of_causes(client, cause, number):
    assert found(client, "/outages/", keadaan="semua", penyebab=cause) == number


def test_what_nobody_can_read_of_a_filter_finds_nothing(client):
    assert found(client, "/outages/", keadaan="semua", penyebab="semuanya") == 0
