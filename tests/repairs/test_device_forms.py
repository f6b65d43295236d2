"""Devices are entered and edited in the browser, and what the forms cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from devices.models import Device, RecordingSet
from devices.register import SerialTaken, edit_device, register_device
from kecamatan.models import Event, Kecamatan
from repairs.sets import move_device
from tests.factories import (
    INSTALLED_AT,
    kind,
    make_dinas,
    make_fault,
    make_kecamatan,
    make_set,
    make_spare,
    make_user,
    moment,
)
from tests.repairs.device_world import CARD, said, sent
from tests.repairs.test_device_pages import client_of, device_url, set_url

pytestmark = pytest.mark.django_db

AT = moment("2026-11-10 03:00")


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
