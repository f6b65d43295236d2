"""When a device was put into a set, or left it, is corrected on a page: with a reason, once, and never impossibly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import Role, User
from devices.models import Device, Placement, RecordingSet
from kecamatan.models import Event, Kecamatan
from repairs.sets import move_device
from tests.factories import (
    INSTALLED_AT,
    device_of,
    forget_marks,
    make_fault,
    make_kecamatan,
    make_set,
    make_user,
    marks,
    moment,
)
from tests.repairs.test_device_pages import client_of, device_url

pytestmark = pytest.mark.django_db

MOVED_AT = moment("2026-06-10 03:00")


@pytest.fixture
def office(staff: User) -> Client:
    return client_of(staff)


@pytest.fixture
def server(recording_set: RecordingSet) -> Device:
    return device_of(recording_set, "server")


@pytest.fixture
def moved(server: Device, staff: User) -> list[Placement]:
    """The server stood in two sets: first in the one of its kecamatan, then in one nearby."""
    near = make_set(make_kecamatan("36.03.31"), kinds=[])
    move_device(device=server, recording_set=near, at=MOVED_AT, by=staff)
    forget_marks()
    return list(server.placements.order_by("started_at"))


def url_of(placement: Placement) -> str:
    return f"/devices/{placement.device_id}/placements/{placement.pk}/"


def sent(device: Device, **more: str) -> dict[str, Any]:
    device.refresh_from_db()
    return {"client_key": str(uuid4()), "version": device.version, "seen": "", "reason": "Salah catat", **more}


def test_staff_correct_the_start_and_every_month_between_is_computed_anew(office: Client, server: Device) -> None:
    placement = server.placements.get()
    stay = office.get(device_url(server)).context["stays"][0]
    assert stay.correct_url == url_of(placement)
    form = office.get(stay.correct_url).context["form"]
    assert (sorted(form.fields), str(form["started_at"].value())) == (
        ["client_key", "reason", "seen", "started_at", "version"],
        "2026-01-05 09:00:00",
    )
    forget_marks()
    body = sent(server, started_at="2026-09-02T08:30")
    answers = [office.post(stay.correct_url, body) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [device_url(server)] * 2
    placement.refresh_from_db()
    assert placement.started_at == moment("2026-09-02 01:30")
    # From the old beginning on: the set was on record from then, and is no longer.
    assert marks() == [("36.03.30", f"2026-{month:02d}") for month in range(1, 12)]
    assert Event.objects.filter(action="correct_placement").count() == 1
    entry = office.get(device_url(server)).context["history"][0]
    assert (entry.what, entry.quote) == (
        "membetulkan waktu alat ini: terpasang sejak Rabu, 2 September 2026 pukul 08.30 WIB "
        "(semula Senin, 5 Januari 2026 pukul 09.00 WIB)",
        "Salah catat",
    )


def test_an_earlier_start_marks_from_there_on(office: Client, server: Device) -> None:
    forget_marks()
    office.post(url_of(server.placements.get()), sent(server, started_at="2025-12-30T08:00"))
    assert marks()[0] == ("36.03.30", "2025-12")
    assert len(marks()) == 12


def test_the_end_is_corrected_where_there_is_one(office: Client, server: Device, moved: list[Placement]) -> None:
    first, second = moved
    assert "ended_at" not in office.get(url_of(second)).context["form"].fields
    body = sent(server, started_at="2026-01-05T09:00", ended_at="2026-05-20T10:00")
    assert office.post(url_of(first), body).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.started_at, first.ended_at) == (INSTALLED_AT, moment("2026-05-20 03:00"))
    assert second.started_at == MOVED_AT
    assert {month for code, month in marks()} == {f"2026-{month:02d}" for month in range(5, 12)}
    assert {code for code, _ in marks()} == {"36.03.30"}


@pytest.mark.parametrize(
    ("at", "typed", "errors"),
    [
        (
            1,
            {"started_at": "2026-06-01T08:00"},
            {
                "started_at": [
                    "Alat ini terpasang di Set 1, Kecamatan Sepatan Timur sampai Rabu, 10 Juni 2026 pukul 10.00 WIB. "
                    "Isi waktu itu atau sesudahnya."
                ]
            },
        ),
        (
            0,
            {"ended_at": "2026-07-01T08:00"},
            {
                "ended_at": [
                    "Alat ini terpasang di Set 1, Kecamatan 36.03.31 sejak Rabu, 10 Juni 2026 pukul 10.00 WIB. "
                    "Isi waktu itu atau sebelumnya."
                ]
            },
        ),
        (
            0,
            {"started_at": "2026-06-10T10:00"},
            {"ended_at": ["Tanggal dilepas harus sesudah tanggal dipasang."]},
        ),
        (
            1,
            {"started_at": "2026-11-21T08:00"},
            {"started_at": ["Waktu ini belum tiba. Isi waktu sekarang atau sebelumnya."]},
        ),
        (
            0,
            {"ended_at": "2026-11-21T08:00"},
            {"ended_at": ["Waktu ini belum tiba. Isi waktu sekarang atau sebelumnya."]},
        ),
        (
            0,
            {"started_at": "2008-12-31T23:59"},
            {"started_at": ["Sebelum tahun 2009 perekaman KTP-el belum ada. Periksa tahunnya."]},
        ),
        (
            0,
            {"started_at": "", "ended_at": "kapan", "reason": " "},
            {
                "started_at": ["Isi sejak kapan terpasang."],
                "ended_at": ["Waktu ini tidak terbaca. Tulis tanggal dan jamnya, misalnya 20/11/2026 08.30."],
                "reason": ["Tulis alasannya."],
            },
        ),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    office: Client, server: Device, moved: list[Placement], at: int, typed: dict[str, str], errors: dict[str, list[str]]
) -> None:
    on_record = [{"started_at": "2026-01-05T09:00", "ended_at": "2026-06-10T10:00"}, {"started_at": "2026-06-10T10:00"}]
    answer = office.post(url_of(moved[at]), sent(server, **(on_record[at] | typed)))
    assert (answer.status_code, answer.context["form"].errors) == (200, errors)
    assert marks() == []
    assert [row.started_at for row in server.placements.order_by("started_at")] == [INSTALLED_AT, MOVED_AT]


def test_a_fault_that_began_there_keeps_its_device(office: Client, server: Device, recording_set: RecordingSet) -> None:
    ticket = make_fault(recording_set, "server", failed_at=moment("2026-03-02 03:00"))
    answer = office.post(url_of(server.placements.get()), sent(server, started_at="2026-03-02T10:01"))
    assert answer.context["form"].errors == {
        "started_at": [
            f"Tiket {ticket.number} mencatat alat ini rusak di sini sejak Senin, 2 Maret 2026 pukul 10.00 WIB. "
            "Perbaiki dulu waktu tiket itu."
        ]
    }
    assert server.placements.get().started_at == INSTALLED_AT
    assert office.post(url_of(server.placements.get()), sent(server, started_at="2026-03-02T10:00")).status_code == 302


def test_a_component_that_was_recorded_missing_does_not_stand_there(office: Client, kecamatan: Kecamatan) -> None:
    empty = make_set(kecamatan, "2", kinds=[])
    missing = make_fault(empty, "server", fault="missing", failed_at=moment("2026-02-01 03:00"))
    server = device_of(make_set(kecamatan, "3", kinds=["server"]))
    move_device(device=server, recording_set=empty, at=MOVED_AT, by=None)
    before, placement = server.placements.order_by("started_at")
    early = sent(server, started_at="2026-01-05T09:00", ended_at="2026-02-10T10:00")
    assert office.post(url_of(before), early).status_code == 302
    answer = office.post(url_of(placement), sent(server, started_at="2026-03-01T08:00"))
    assert answer.context["form"].errors == {
        "started_at": [
            f"Server tercatat tidak ada di Set 2 pada waktu itu: tiket {missing.number}. Perbaiki dulu waktu tiket itu."
        ]
    }


def test_a_minute_on_the_page_is_the_moment_on_record(
    frozen: time_machine.Traveller, office: Client, server: Device, staff: User
) -> None:
    """A form shows minutes, a record has seconds: who corrects the end alone leaves the beginning as it is."""
    frozen.shift(timedelta(seconds=37))
    near = make_set(make_kecamatan("36.03.31"), kinds=[])
    move_device(device=server, recording_set=near, at=moment("2026-11-19 03:00") + timedelta(seconds=37), by=staff)
    first, second = server.placements.order_by("started_at")
    body = sent(server, started_at="2026-11-19T10:00")
    assert office.post(url_of(second), body).status_code == 302
    later = sent(server, started_at="2026-01-06T09:00", ended_at="2026-11-19T10:00")
    assert office.post(url_of(first), later).status_code == 302
    assert [row.started_at.second for row in server.placements.order_by("started_at")] == [0, 37]
    assert Event.objects.filter(action="correct_placement").count() == 1


def test_where_it_stood_outside_the_region_is_not_said(server: Device, moved: list[Placement]) -> None:
    far = make_set(make_kecamatan("53.01.01", "Kecamatan Semau"), kinds=[])
    move_device(device=server, recording_set=far, at=moment("2026-08-10 03:00"), by=None)
    stranger = client_of(make_user(Role.STAFF, far.kecamatan.kabupaten))
    here = server.placements.get(recording_set=far)
    answer = stranger.post(url_of(here), sent(server, started_at="2026-08-01T08:00"))
    assert answer.context["form"].errors == {"started_at": ["Pada waktu itu alat ini terpasang di tempat lain."]}
    assert "Sepatan" not in answer.content.decode()
    assert stranger.get(url_of(moved[0])).status_code == 404
    assert [stay.correct_url for stay in stranger.get(device_url(server)).context["stays"]] == [url_of(here)]


def test_the_second_of_two_sees_both_and_decides_again(office: Client, server: Device) -> None:
    placement = server.placements.get()
    stale = sent(server, started_at="2026-02-01T08:00")
    other = client_of(make_user(Role.STAFF, server.kecamatan.kabupaten, "Ani"))
    other.post(url_of(placement), sent(server, started_at="2026-03-01T08:00"))
    answer = office.post(url_of(placement), stale)
    page = answer.context
    compared = [(row.label, row.yours, row.now, row.differs) for row in page["compared"]]
    assert (answer.status_code, compared[0]) == (
        409,
        (
            "Terpasang sejak",
            "Minggu, 1 Februari 2026 pukul 08.00 WIB",
            "Minggu, 1 Maret 2026 pukul 08.00 WIB",
            True,
        ),
    )
    assert [change.who for change in page["changes"]][:1] == ["Ani"]
    again = {field.name: field.value() for field in page["move"].form}
    assert office.post(page["move"].url, again).status_code == 302
    placement.refresh_from_db()
    assert placement.started_at == moment("2026-02-01 01:00")


def test_only_staff_of_the_place_see_the_way(
    server: Device, operator: User, technician: User, official: User, moved: list[Placement]
) -> None:
    for person in (technician, official):
        client = client_of(person)
        assert [stay.correct_url for stay in client.get(device_url(server)).context["stays"]] == ["", ""]
        assert client.get(url_of(moved[1])).status_code == 403
    assert client_of(operator).get(url_of(moved[0])).status_code == 404
