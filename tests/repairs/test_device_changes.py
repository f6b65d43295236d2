"""What staff do with devices and sets in the browser: enter, edit, move, replace, take out, withdraw, confirm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from devices.models import Device, InventoryCheck, Placement, RecordingSet
from devices.register import SerialTaken, edit_device, register_device
from kecamatan.models import Event, Kecamatan
from lib.errors import Conflict, Refused
from repairs.models import Arrangement, Ticket
from repairs.sets import install_device, lend_device, move_device, remove_device, write_off_device
from tests.factories import (
    INSTALLED_AT,
    device_of,
    kind,
    make_dinas,
    make_fault,
    make_kecamatan,
    make_set,
    make_spare,
    make_user,
    moment,
)
from tests.repairs.conftest import NOW
from tests.repairs.test_device_pages import client_of, device_url, set_url

pytestmark = pytest.mark.django_db

AT = moment("2026-11-10 03:00")
CARD = dict.fromkeys(
    ("serial", "brand", "model", "asset_code", "register_number", "acquired_year", "source", "handed_over", "price"),
    "",
) | {"condition": ""}


def sent(row: Device | RecordingSet | None = None, **more: object) -> dict[str, object]:
    """Return what a form sends that somebody opened just now."""
    if row is not None:
        row.refresh_from_db()
    return {"client_key": str(uuid4()), "version": row.version if row else "", "seen": "", **more}


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def office(staff: User) -> Client:
    return client_of(staff)


@pytest.fixture
def server(recording_set: RecordingSet) -> Device:
    return device_of(recording_set, "server")


# --- a new device ---------------------------------------------------------------------------------------


def test_staff_choose_the_kecamatan_then_enter_a_device_into_a_set(
    office: Client, kecamatan: Kecamatan, recording_set: RecordingSet
) -> None:
    make_kecamatan("53.01.01")
    missing = make_fault(recording_set, "tripod", fault="missing", failed_at=AT)
    assert [place.code for place in office.get("/devices/new/").context["choices"]] == ["36.03.30"]
    url = f"/devices/new/?kecamatan=36.03.30&set={recording_set.pk}&jenis=tripod"
    form = office.get(url).context["form"]
    assert (form["kind"].value(), form["recording_set"].value()) == ("tripod", str(recording_set.pk))
    typed = CARD | {"serial": " T  1 ", "acquired_year": "2019", "price": "1250000,50", "handed_over": "tidak"}
    body = sent(kind="tripod", recording_set=recording_set.pk, at="2026-11-19T08:15", **(typed | {"source": "apbd"}))
    answer = office.post(url, body, follow=True)
    device = Device.objects.get(kind__code="tripod")
    assert (answer.redirect_chain, said(answer)) == ([(device_url(device), 302)], ["Alat tercatat."])
    assert (device.serial, device.acquired_year, str(device.price)) == ("T 1", 2019, "1250000.50")
    assert (device.handed_over, device.source, device.whereabouts) == (False, "apbd", "in_set")
    at = moment("2026-11-19 01:15")
    assert device.placements.get().started_at == at
    missing.refresh_from_db()
    assert (missing.status, missing.restored_at) == ("closed", at)


def test_a_device_may_be_stored_and_a_second_tap_enters_it_once(office: Client, kecamatan: Kecamatan) -> None:
    body = sent(kind="ups", recording_set="simpan", at="", **CARD)
    places = {office.post("/devices/new/?kecamatan=36.03.30", body)["Location"] for _ in range(2)}
    device = Device.objects.get(kind__code="ups")
    assert (places, device.whereabouts, device.kecamatan) == ({device_url(device)}, "stored", kecamatan)


def test_another_body_under_the_same_key_is_kept_and_may_be_sent_again(office: Client, kecamatan: Kecamatan) -> None:
    url, body = "/devices/new/?kecamatan=36.03.30", sent(kind="ups", recording_set="simpan", at="", **CARD)
    office.post(url, body)
    answer = office.post(url, body | {"serial": "U-9"})
    form = answer.context["form"]
    assert (answer.status_code, form["serial"].value()) == (409, "U-9")
    assert office.post(url, body | {"serial": "U-9", "client_key": form["client_key"].value()}).status_code == 302
    assert Device.objects.filter(kind__code="ups").count() == 2


def test_a_serial_number_that_is_taken_names_the_device_to_those_who_see_it(
    office: Client, kecamatan: Kecamatan, server: Device
) -> None:
    body = sent(kind="server", recording_set="simpan", at="", **(CARD | {"serial": server.serial}))
    url = "/devices/new/?kecamatan=36.03.30"
    answer = office.post(url, body)
    sentence = f"Nomor seri {server.serial} sudah dipakai Server lain. Periksa nomornya."
    assert answer.context["form"].errors == {"serial": [sentence]}
    assert answer.context["taken"] == {"text": f"{server}, Kecamatan Sepatan Timur", "url": device_url(server)}
    make_kecamatan("53.01.01")
    stranger = client_of(make_user(Role.STAFF, make_kecamatan("53.01.01").kabupaten))
    answer = stranger.post("/devices/new/?kecamatan=53.01.01", body)
    assert (answer.context["form"].errors, answer.context["taken"]) == ({"serial": [sentence]}, None)
    assert "Sepatan" not in answer.content.decode()
    # The same number of another kind is another thing.
    assert office.post(url, sent(kind="ups", recording_set="simpan", at="", **(CARD | {"serial": server.serial})))
    assert Device.objects.filter(serial=server.serial).count() == 2


def test_what_cannot_be_read_is_said_beside_its_field(office: Client, recording_set: RecordingSet) -> None:
    foreign = make_set(make_kecamatan("36.03.31"))
    typed = {"acquired_year": "2031", "price": "1.000.000", "brand": "3603301234567890", "serial": "x\0"}
    body = sent(kind="", recording_set=foreign.pk, at="kapan", **(CARD | typed))
    errors = office.post("/devices/new/?kecamatan=36.03.30", body).context["form"].errors
    assert errors["kind"] == ["Pilih jenis alatnya."]
    assert errors["recording_set"] == ["Pilihan ini tidak ada lagi. Pilih satu dari daftar."]
    assert errors["serial"] == ["Ada tanda yang tidak bisa disimpan. Ketik ulang."]
    assert sorted(errors) == ["at", "kind", "price", "recording_set", "serial"]
    good = {"price": "1000000", "serial": "x-1", "kind": "ups", "recording_set": "simpan", "at": ""}
    for typed, field in ({"acquired_year": "2031"}, "acquired_year"), ({"acquired_year": ""}, "brand"):
        errors = office.post("/devices/new/?kecamatan=36.03.30", body | good | typed).context["form"].errors
        assert list(errors) == [field]
    assert Device.objects.filter(kind__code="ups").count() == 0


# --- its card -------------------------------------------------------------------------------------------


def test_the_card_is_edited_and_the_loser_sees_both_versions(office: Client, server: Device) -> None:
    winner = client_of(make_user(Role.STAFF, server.kecamatan.kabupaten, "Ani"))
    opened = office.get(device_url(server, "edit")).context["form"]
    body = {field.name: field.value() if field.value() is not None else "" for field in opened}
    assert winner.post(device_url(server, "edit"), sent(server, **(CARD | {"brand": "Dell"}))).status_code == 302
    answer = office.post(device_url(server, "edit"), body | {"brand": "HP", "condition": "good"})
    assert answer.status_code == 409
    page = answer.context
    rows = {row.label: (row.yours, row.now, row.differs) for row in page["compared"]}
    assert rows["Merk"] == ("HP", "Dell", True)
    assert rows["Kondisi barang"] == ("Baik", "belum ada", True)
    assert [(entry.who, entry.what) for entry in page["changes"]] == [
        ("Ani", f"mengubah nomor seri dari {body['serial']} menjadi belum ada, merk dari belum ada menjadi Dell")
    ]
    again = {field.name: field.value() for field in page["move"].form}
    assert office.post(page["move"].url, again).status_code == 302
    server.refresh_from_db()
    assert (server.brand, server.condition) == ("HP", "good")


def test_a_serial_number_entered_meanwhile_is_refused_by_the_database(server: Device, kecamatan: Kecamatan) -> None:
    other = make_spare(kecamatan, "server", serial="S-2")
    with pytest.raises(SerialTaken) as refusal:
        edit_device(server, version=server.version, by=None, serial="S-2")
    assert refusal.value.device == other
    edit_device(server, version=server.version, by=None, serial=server.serial, brand="Dell")
    with pytest.raises(SerialTaken):
        register_device(kind=kind("server"), kecamatan=kecamatan, by=None, serial="S-2")


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
        ("in_set", ["condition", "edit", "place", "replace", "remove", "steal", "write_off"]),
        ("stored", ["condition", "edit", "place", "steal", "write_off"]),
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
    assert refused.context["failed"].errors == {"at": ["Waktu itu belum tiba. Isi waktu sekarang atau sebelumnya."]}


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


# --- sets -----------------------------------------------------------------------------------------------


def test_a_new_set_gets_the_next_number_and_a_taken_one_is_refused(
    office: Client, recording_set: RecordingSet, operator: User
) -> None:
    url = "/devices/sets/new/?kecamatan=36.03.30"
    assert office.get(url).context["form"]["label"].value() == "2"
    refused = office.post(url, sent(label="1"))
    assert refused.context["form"].errors == {
        "label": ["Set 1 sudah ada di Kecamatan Sepatan Timur. Pakai nomor lain."]
    }
    body = sent(label="2")
    new = [office.post(url, body)["Location"] for _ in range(2)]
    assert set(new) == {set_url(RecordingSet.objects.get(label="2"))}
    assert client_of(operator).get(url).status_code == 403


def test_what_a_set_lacks_is_recorded_by_staff_and_operators(
    office: Client, operator: User, technician: User, recording_set: RecordingSet
) -> None:
    page = office.get(set_url(recording_set)).context
    assert [move.name for move in page["moves"]] == ["missing", "rename", "withdraw"]
    assert "ups" in page["moves"][0].form.kinds and "server" not in page["moves"][0].form.kinds
    phone = client_of(operator)
    assert [move.name for move in phone.get(set_url(recording_set)).context["moves"]] == ["missing"]
    body = sent(recording_set, kind="ups", at="2026-11-15T10:00", note="Belum pernah dikirim")
    assert [phone.post(set_url(recording_set, "missing"), body).status_code for _ in range(2)] == [302, 302]
    ticket = Ticket.objects.get()
    assert (ticket.fault, ticket.device_kind.code, ticket.failed_at, ticket.effect, ticket.note) == (
        "missing",
        "ups",
        moment("2026-11-15 03:00"),
        "limited",
        "Belum pernah dikirim",
    )
    early = sent(recording_set, kind="tripod", at="2026-11-21T10:00", note="")
    refused = phone.post(set_url(recording_set, "missing"), early)
    assert list(refused.context["failed"].errors) == ["at"]
    assert client_of(technician).post(set_url(recording_set, "missing"), body).status_code == 403


def test_a_gap_leads_to_the_report_with_the_component_chosen(office: Client, server: Device) -> None:
    recording_set = server.placements.get().recording_set
    office.post(device_url(server, "remove"), sent(server, at="2026-11-15T10:00"))
    gap = next(part for part in office.get(set_url(recording_set)).context["parts"] if part.status == "missing")
    form = office.get(gap.report_url).context["form"]
    assert (gap.name, form["component"].value()) == ("Server", f"tidak-ada-{recording_set.pk}-server")
    assert "checked" in next(
        str(radio) for radio in form["component"] if radio.data["value"] == form["component"].value()
    )


def test_a_set_is_withdrawn_once_and_the_second_writer_is_told(
    office: Client, recording_set: RecordingSet, operator: User
) -> None:
    stale = sent(recording_set, at="")
    body = sent(recording_set, at="2026-11-15T10:00")
    assert client_of(operator).post(set_url(recording_set, "withdraw"), body).status_code == 403
    assert [office.post(set_url(recording_set, "withdraw"), body).status_code for _ in range(2)] == [302, 302]
    recording_set.refresh_from_db()
    assert recording_set.withdrawn_at == moment("2026-11-15 03:00")
    assert set(Device.objects.values_list("whereabouts", flat=True)) == {"stored"}
    answer = office.post(set_url(recording_set, "withdraw"), stale)
    assert (answer.status_code, answer.context["move"], answer.context["state"].word) == (409, None, "Ditarik")
    assert office.get(set_url(recording_set)).context["moves"] == []


# --- the register of a kabupaten ------------------------------------------------------------------------


def test_the_register_of_a_kabupaten_is_confirmed_complete(
    office: Client, staff: User, official: User, recording_set: RecordingSet
) -> None:
    make_dinas("36.03")
    make_fault(recording_set, "camera")
    make_fault(recording_set, "tripod", fault="missing")
    make_spare(recording_set.kecamatan, "ups")
    url = "/devices/inventory/36.03/"
    page = office.get(url).context
    assert (page["newest"], page["form"]["day"].value(), page["sets"]) == (None, NOW.date(), "1")
    counts = {row.name: (row.working, row.broken, row.missing, row.stored) for row in page["counts"]}
    assert counts["Kamera"] == ("0", "1", "0", "0")
    assert counts["Tripod"] == ("0", "0", "1", "0")
    assert (counts["UPS"], counts["Server"]) == (("0", "0", "0", "1"), ("1", "0", "0", "0"))
    refused = office.post(url, sent(day="2026-11-21"))
    assert refused.context["form"].errors == {
        "day": ["Tanggal pendataan belum tiba. Isi tanggal hari ini atau sebelumnya."]
    }
    body = sent(day="2026-11-02")
    assert [office.post(url, body).status_code for _ in range(2)] == [302, 302]
    assert InventoryCheck.objects.count() == 1
    page = client_of(official).get(url).context
    assert (page["newest"].day, page["newest"].until, page["newest"].who) == (
        "Senin, 2 November 2026",
        "2 November 2027",
        str(staff),
    )
    assert client_of(official).post(url, body).status_code == 403


def test_a_confirmation_of_more_than_a_year_ago_holds_no_longer(office: Client, recording_set: RecordingSet) -> None:
    make_dinas("36.03")
    office.post("/devices/inventory/36.03/", sent(day="2025-11-20"))
    page = office.get("/devices/inventory/36.03/").context
    assert (page["newest"], [row.holds for row in page["confirmations"]]) == (None, [False])


# --- how many queries -----------------------------------------------------------------------------------


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_forms_ask_a_fixed_number_of_queries(
    office: Client, server: Device, recording_set: RecordingSet, staff: User
) -> None:
    make_dinas("36.03")
    make_set(make_kecamatan("36.03.31"), "1", kinds=[])
    urls = [device_url(server), *(device_url(server, name) for name in ("edit", "place", "replace"))]
    urls += [set_url(recording_set), "/devices/new/?kecamatan=36.03.30", "/devices/sets/new/?kecamatan=36.03.30"]
    urls += ["/devices/inventory/36.03/"]

    def counts() -> list[int]:
        return [queries(office, url) for url in urls]

    office.post("/devices/inventory/36.03/", sent(day="2026-10-01"))
    before = counts()
    for number in range(2, 12):
        other = make_set(make_kecamatan("36.03.31"), str(number), kinds=[])
        move_device(device=server, recording_set=other, at=INSTALLED_AT + timedelta(days=number), by=staff)
        make_set(recording_set.kecamatan, str(number), kinds=["ups"])
        office.post("/devices/inventory/36.03/", sent(day=f"2026-10-{number:02d}"))
    assert counts() == before
    assert before == [7, 5, 6, 5, 7, 5, 4, 8]
    assert Event.objects.filter(by=staff).count() > 10
