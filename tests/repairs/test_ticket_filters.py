"""The filters by which dashboards lead to the tickets that they counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client

from accounts.models import Role
from repairs.models import Ticket
from repairs.tickets import promise, set_route
from repairs.workflow import transition
from tests.factories import make_fault, make_kecamatan, make_set, make_user, moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(moment("2026-03-10 04:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def client(clock: time_machine.Coordinates) -> Client:
    """Three tickets: one promised for 12 March in Tangerang, one by a vendor, one of February far away, rejected."""
    near, far = make_set(make_kecamatan("36.03.30")), make_set(make_kecamatan("53.01.01"))
    promised = make_fault(near, "server", failed_at=moment("2026-03-05 02:00"))
    promise(promised, promised_on=date(2026, 3, 12), version=promised.version, by=None)
    vendor = make_fault(near, "camera", failed_at=moment("2026-02-28 17:30"))
    set_route(vendor, route="vendor", version=vendor.version, by=None)
    refused = make_fault(far, "camera", failed_at=moment("2026-02-28 16:30"))
    transition(refused, Ticket.Status.REJECTED, reason="Salah lapor", version=refused.version, by=None)
    make_fault(far, "server", failed_at=moment("2026-02-28 16:30"))
    clock.move_to(moment("2026-03-13 04:00"))
    made = Client()
    made.force_login(make_user(Role.OFFICIAL, None))
    return made


EXPECTED = {
    "wilayah=36": ["Kamera", "Server"],
    "wilayah=36.03": ["Kamera", "Server"],
    "wilayah=53": ["Server"],
    "wilayah=99": [],
    "janji=on": ["Server"],
    "janji=on&wilayah=53": [],
    "jalur=vendor": ["Kamera"],
    "jalur=tidak_disebut&wilayah=36": ["Server"],
    # 28 February 17.30 UTC is March in Tangerang; 16.30 UTC is March in Kupang.
    "keadaan=semua&mulai=2026-03&wilayah=36": ["Server", "Kamera"],
    "keadaan=semua&mulai=2026-03&wilayah=53": ["Server"],
    "keadaan=semua&mulai=2026-02": [],
    "keadaan=semua&mulai=entah": [],
    "keadaan=rusak&wilayah=53": ["Server"],
}


def test_the_list_holds_what_a_dashboard_counts(client: Client) -> None:
    found = {query: client.get(f"/repairs/?{query}").context["rows"] for query in EXPECTED}
    assert {query: [row.title.split()[0] for row in rows] for query, rows in found.items()} == EXPECTED


def test_each_filter_that_is_set_can_be_taken_away_and_what_is_folded_stays_open(client: Client) -> None:
    filters = client.get("/repairs/?keadaan=belum&jalur=vendor&lewat=on&sesudah=lama").context["filters"]
    assert filters.chips() == [
        ("Keadaan", "Belum dikerjakan", "?jalur=vendor&lewat=on"),
        ("Jalur perbaikan", "Penyedia", "?keadaan=belum&lewat=on"),
        ("Lewat tenggat", "", "?keadaan=belum&jalur=vendor"),
    ]
    assert [field.name for field in filters.main_fields()] == ["kata", "keadaan", "komponen", "kecamatan"]
    assert filters.more_is_open()


def test_what_is_folded_stays_folded_while_only_filters_in_sight_are_set(client: Client) -> None:
    filters = client.get("/repairs/?kata=server").context["filters"]
    assert (filters.chips(), filters.more_is_open()) == ([("Nomor, seri, tempat, kata", "server", "?")], False)
