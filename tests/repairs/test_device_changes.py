"""A device is moved, lent, replaced, stolen, written off in the browser; and two people at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Role, User
from devices.models import Device, Placement, RecordingSet
from kecamatan.models import Kecamatan
from lib.errors import Conflict, Refused
from repairs.models import Arrangement, Ticket
from repairs.sets import install_device, lend_device, move_device, remove_device, write_off_device
from tests.factories import (
    make_fault,
    make_kecamatan,
    make_set,
    make_spare,
    make_user,
    moment,
)
from tests.repairs.conftest import NOW
from tests.repairs.device_world import CARD, sent
from tests.repairs.test_device_pages import client_of, device_url, set_url

pytestmark = pytest.mark.django_db

AT = moment("2026-11-10 03:00")


# --- where it stands ------------------------------------------------------------------------------------


def test_a_device_moves_to_another_set_of_the_kabupaten_but_no_further(office: Client, server: Device) -> None:
    near, far = make_set(make_kecamatan("36.03.31"), kinds=[]), make_set(make_kecamatan("36.71.01"), kinds=[])
    form = office.get(device_url(server, "place")).context["form"]
    assert list(form.sets) == [str(near.pk)]
    refused = office.post(device_url(server, "place"), sent(server, recording_set=far.pk, at="", is_loan="", until=""))
    assert refused.context["form"].errors == {"recording_set": ["Pilihan ini tidak ada lagi. Pilih satu dari daftar."]}
    assert office.get(device_url(server, "place") + "?kabupaten=36.71").status_code == 404
    body = sent(server, recording_set=near.pk, at="2026-11-12T09:00", is_loan="", until="")
    assert [office.post(device_url(server, "place"), body).status_code for _ in range(2)] == [302, 302]
    spans = server.placements.order_by("started_at").values_list("recording_set__kecamatan__code", "ended_at")
    assert list(spans) == [("36.03.30", moment("2026-11-12 02:00")), ("36.03.31", None)]


def test_who_manages_a_province_moves_a_device_to_another_kabupaten(server: Device) -> None:
    far = make_set(make_kecamatan("36.71.01"), kinds=[])
    client = client_of(make_user(Role.STAFF, server.kecamatan.kabupaten.province))
    url = device_url(server, "place") + "?kabupaten=36.71"
    page = client.get(url).context
    assert (list(page["form"].sets), page["may_choose"]) == ([str(far.pk)], True)
    assert client.post(url, sent(server, recording_set=far.pk, at="", is_loan="", until="")).status_code == 302
    server.refresh_from_db()
    assert (server.kecamatan.code, server.whereabouts) == ("36.71.01", "in_set")


def test_a_loan_is_an_arrangement_that_ends_when_the_device_comes_back(
    office: Client, server: Device, recording_set: RecordingSet
) -> None:
    near = make_set(make_kecamatan("36.03.31"), kinds=[])
    body = sent(server, recording_set=near.pk, at="2026-11-12T09:00", is_loan="ya", until="2026-12-01T09:00")
    assert office.post(device_url(server, "place"), body).status_code == 302
    loan = Arrangement.objects.get()
    assert (loan.kind, loan.kecamatan, loan.host) == ("equipment_loan", near.kecamatan, recording_set.kecamatan)
    assert (loan.started_at, loan.ended_at) == (moment("2026-11-12 02:00"), moment("2026-12-01 02:00"))
    back = sent(server, recording_set=recording_set.pk, at="2026-11-15T09:00", is_loan="", until="")
    assert office.post(device_url(server, "place"), back).status_code == 302
    loan.refresh_from_db()
    assert loan.ended_at == moment("2026-11-15 02:00")


def test_a_loan_within_a_kecamatan_and_an_end_without_a_loan_are_refused(office: Client, server: Device) -> None:
    beside = make_set(server.kecamatan, "2", kinds=[])
    for typed, errors in (
        (
            {"is_loan": "ya", "until": ""},
            {"recording_set": ["Alat hanya dipinjamkan ke kecamatan lain. Pindahkan saja."]},
        ),
        (
            {"is_loan": "", "until": "2026-12-01T09:00"},
            {"until": ["Hanya pinjaman yang punya akhir. Pilih “Dipinjamkan”, atau kosongkan."]},
        ),
    ):
        answer = office.post(device_url(server, "place"), sent(server, recording_set=beside.pk, at="", **typed))
        assert answer.context["form"].errors == errors
    assert (Placement.objects.filter(device=server).count(), Arrangement.objects.count()) == (1, 0)


def test_a_stored_device_is_put_into_a_set(office: Client, recording_set: RecordingSet, kecamatan: Kecamatan) -> None:
    spare = make_spare(kecamatan, "tripod")
    form = office.get(device_url(spare, "place")).context["form"]
    assert [name for name in form.fields if name not in form.hidden] == ["recording_set", "at"]
    body = sent(spare, recording_set=recording_set.pk, at="")
    assert office.post(device_url(spare, "place"), body).status_code == 302
    assert spare.placements.get().started_at == NOW


def test_a_new_device_takes_the_place_of_a_broken_one(office: Client, server: Device) -> None:
    fault = make_fault(server.placements.get().recording_set, "server", failed_at=AT)
    body = sent(server, at="2026-11-15T10:00", **(CARD | {"serial": "BARU-1", "brand": "Dell"}))
    answers = [office.post(device_url(server, "replace"), body) for _ in range(2)]
    new = Device.objects.get(serial="BARU-1")
    assert {answer["Location"] for answer in answers} == {device_url(new)}
    for row in (server, fault):
        row.refresh_from_db()
    at = moment("2026-11-15 03:00")
    assert (fault.status, fault.restored_at, fault.route) == ("closed", at, "replacement")
    assert (server.whereabouts, server.placements.get().ended_at) == ("stored", at)
    assert (new.whereabouts, new.placements.get().started_at) == ("in_set", at)


def test_a_taken_number_of_the_successor_changes_nothing(office: Client, server: Device, kecamatan: Kecamatan) -> None:
    make_spare(kecamatan, "server", serial="S-2")
    answer = office.post(device_url(server, "replace"), sent(server, at="", **(CARD | {"serial": "S-2"})))
    assert (list(answer.context["form"].errors), answer.context["taken"]["text"]) == (
        ["serial"],
        "Server S-2, Kecamatan Sepatan Timur",
    )
    server.refresh_from_db()
    assert server.whereabouts == "in_set"


# --- steps ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("in_set", ["condition", "edit", "place", "replace", "renew_label", "remove", "steal", "write_off"]),
        ("stored", ["condition", "edit", "place", "renew_label", "steal", "write_off"]),
        ("stolen", ["edit", "bring_back"]),
    ],
)
def test_a_device_offers_what_may_be_done_with_it_now(
    state: str, steps: list[str], office: Client, server: Device, official: User, technician: User
) -> None:
    if state != "in_set":
        office.post(device_url(server, "remove"), sent(server, at=""))
    if state == "stolen":
        office.post(device_url(server, "steal"), sent(server, at="", note=""))
    assert [move.name for move in office.get(device_url(server)).context["moves"]] == steps
    for user in (official, technician):
        assert client_of(user).get(device_url(server)).context["moves"] == []


def test_a_stolen_device_leaves_a_missing_component_and_may_be_found_again(
    office: Client, server: Device, recording_set: RecordingSet
) -> None:
    body = sent(server, at="2026-11-15T10:00", note="Jendela dirusak")
    answers = [office.post(device_url(server, "steal"), body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    ticket = Ticket.objects.get()
    assert (ticket.fault, ticket.cause, ticket.failed_at) == ("missing", "theft", moment("2026-11-15 03:00"))
    server.refresh_from_db()
    assert server.whereabouts == "stolen"
    with pytest.raises(Refused) as refusal:
        install_device(device=server, recording_set=recording_set, at=NOW, by=None)
    assert refusal.value.message == f"{server} tercatat dicuri. Catat dulu bahwa alat ini ada lagi."
    page = office.get(device_url(server)).context
    assert (page["word"], page["history"][0].what, page["history"][0].quote) == (
        "Dicuri",
        "mencatat alat ini dicuri pada Minggu, 15 November 2026 pukul 10.00 WIB",
        "Jendela dirusak",
    )
    assert office.post(device_url(server, "bring_back"), sent(server, reason="")).status_code == 200
    assert office.post(device_url(server, "bring_back"), sent(server, reason="Ketemu")).status_code == 302
    server.refresh_from_db()
    assert server.whereabouts == "stored"


def test_a_stored_device_is_stolen_without_a_ticket(office: Client, kecamatan: Kecamatan) -> None:
    spare = make_spare(kecamatan)
    assert office.post(device_url(spare, "steal"), sent(spare, at="", note="")).status_code == 302
    spare.refresh_from_db()
    assert (spare.whereabouts, Ticket.objects.count()) == ("stolen", 0)


def test_writing_off_needs_a_reason_and_ends_the_fault(office: Client, server: Device) -> None:
    fault = make_fault(server.placements.get().recording_set, "server", failed_at=AT)
    refused = office.post(device_url(server, "write_off"), sent(server, at="", reason=" "))
    assert refused.context["failed"].errors == {"reason": ["Tulis alasannya."]}
    assert 'id="write_off-reason"' in refused.content.decode()
    body = sent(server, at="", reason="Rusak berat, tidak ekonomis")
    assert office.post(device_url(server, "write_off"), body).status_code == 302
    for row in (server, fault):
        row.refresh_from_db()
    assert (server.whereabouts, fault.status, fault.restored_at) == ("written_off", "closed", NOW)


def test_the_condition_is_judged_and_a_future_moment_is_refused(office: Client, server: Device) -> None:
    assert office.post(device_url(server, "condition"), sent(server, condition="major_damage")).status_code == 302
    server.refresh_from_db()
    assert (server.condition, server.whereabouts) == ("major_damage", "in_set")
    refused = office.post(device_url(server, "remove"), sent(server, at="2026-11-21T10:00"))
    assert refused.context["failed"].errors == {"at": ["Waktu ini belum tiba. Isi waktu sekarang atau sebelumnya."]}


def test_the_second_of_two_who_move_a_device_is_told(
    frozen: time_machine.Traveller, office: Client, server: Device
) -> None:
    stale = sent(server, at="")
    winner = client_of(make_user(Role.STAFF, server.kecamatan.kabupaten, "Ani"))
    near = make_set(make_kecamatan("36.03.31"), kinds=[])
    winner.post(device_url(server, "place"), sent(server, recording_set=near.pk, at="", is_loan="", until=""))
    answer = office.post(device_url(server, "remove"), stale)
    page = answer.context
    assert (answer.status_code, page["wanted"], page["subject"]) == (
        409,
        "Lepas dan simpan",
        f"{server}, Set 1, Kecamatan 36.03.31",
    )
    assert [row.label for row in page["compared"]] == ["Sejak"]
    frozen.shift(timedelta(minutes=1))
    again = {field.name: field.value() or "" for field in page["move"].form}
    assert office.post(page["move"].url, again).status_code == 302
    server.refresh_from_db()
    assert server.whereabouts == "stored"


@pytest.mark.parametrize("change", [move_device, lend_device])
def test_a_stale_version_changes_nothing(change: Any, server: Device) -> None:
    near = make_set(make_kecamatan("36.03.31"), kinds=[])
    with pytest.raises(Conflict):
        change(device=server, recording_set=near, at=AT, by=None, version=1)
    with pytest.raises(Conflict):
        remove_device(device=server, at=AT, by=None, version=1)
    with pytest.raises(Conflict):
        write_off_device(device=server, at=AT, by=None, version=1, reason="x")
    assert (server.placements.get().ended_at, Arrangement.objects.count()) == (None, 0)


def test_a_step_that_is_none_is_not_there(office: Client, server: Device) -> None:
    assert office.post(device_url(server, "explode"), sent(server)).status_code == 404
    assert office.post(set_url(RecordingSet.objects.get(), "explode"), sent()).status_code == 404
