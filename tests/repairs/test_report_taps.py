"""Reporting with few taps: a component that an address names, what need not be said, and what the browser counts."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from devices.models import DeviceSymptom, RecordingSet
from kecamatan.models import Event
from repairs.models import AvoidedTicket, Ticket
from tests.factories import device_of, make_device, make_fault, make_kecamatan, make_set
from tests.repairs.conftest import NOW
from tests.repairs.test_report_pages import REPORT, client_of, ticket_url, tile_of

pytestmark = pytest.mark.django_db


def opened(client: Client, **asked: object) -> Any:
    return client.get(REPORT, {"kecamatan": "36.03.30", **asked})


def picked(answer: Any) -> str | None:
    component = answer.context["form"].picked
    return component.value if component else None


def test_an_address_names_the_component_by_its_value_or_by_set_and_kind(
    recording_set: RecordingSet, operator: User
) -> None:
    client, camera = client_of(operator), tile_of(recording_set, "camera")
    assert picked(opened(client, komponen=camera)) == camera
    assert picked(opened(client, set=recording_set.pk, jenis="camera")) == camera
    text = opened(client, komponen=camera).content.decode()
    assert re.search(rf'<input type="radio" name="component" value="{camera}"[^>]*checked', text)
    assert "Ganti</span></summary>" in text


def test_a_set_alone_opens_its_components(recording_set: RecordingSet, operator: User) -> None:
    second = make_set(recording_set.kecamatan, "2", kinds=["camera"])
    client = client_of(operator)
    assert [row.is_open for row in opened(client).context["form"].sets()] == [True, True]
    assert [row.is_open for row in opened(client, set=second.pk).context["form"].sets()] == [False, True]


@pytest.mark.parametrize("asked", [{"komponen": "alat-0"}, {"set": "x"}, {"set": "\0"}, {"jenis": "camera"}])
def test_what_an_address_names_wrongly_is_left_to_choose(
    asked: dict[str, str], recording_set: RecordingSet, operator: User
) -> None:
    assert picked(opened(client_of(operator), **asked)) is None


def test_a_component_of_another_place_or_one_of_two_alike_is_left_to_choose(
    recording_set: RecordingSet, operator: User
) -> None:
    far, client = make_set(make_kecamatan("53.01.01")), client_of(operator)
    make_device(recording_set, "server", serial="SRV-2")
    assert picked(opened(client, komponen=tile_of(far))) is None
    assert picked(opened(client, set=far.pk, jenis="server")) is None
    assert picked(opened(client, set=recording_set.pk, jenis="server")) is None


def test_a_component_that_was_reported_leads_to_its_ticket(recording_set: RecordingSet, operator: User) -> None:
    ticket = make_fault(recording_set)
    text = opened(client_of(operator), komponen=tile_of(recording_set)).content.decode()
    assert f'sudah dilaporkan. <a href="{ticket_url(ticket)}#komentar">' in text


def test_what_need_not_be_said_is_folded_until_it_is_said(recording_set: RecordingSet, operator: User) -> None:
    client = client_of(operator)
    assert not opened(client).context["form"].shows_details
    assert not client.post(REPORT, {"note": "", "cause": "unknown"}).context["form"].shows_details
    assert client.post(REPORT, {"note": "Bau hangus"}).context["form"].shows_details
    assert client.post(REPORT, {"failed_at": "kemarin"}).context["form"].shows_details


def test_a_report_begins_now_unless_it_says_otherwise(recording_set: RecordingSet, operator: User) -> None:
    client = client_of(operator)
    assert opened(client).context["form"]["failed_at"].value() is None
    device = device_of(recording_set, "camera")
    client.post(
        REPORT, {"component": f"alat-{device.pk}", "symptom": "bad_picture", "failed_at": "", "cause": "unknown"}
    )
    ticket = Ticket.objects.get()
    assert (ticket.failed_at, ticket.cause, ticket.effect) == (NOW, "unknown", "stopped")


# --- First checks ---------------------------------------------------------------------------------------


def test_each_symptom_offers_at_most_three_checks(recording_set: RecordingSet, operator: User) -> None:
    assert {len(symptom.first_aid.splitlines()) for symptom in DeviceSymptom.objects.all()} <= {0, 2, 3}
    page = opened(client_of(operator), komponen=tile_of(recording_set, "camera"))
    offered = {symptom.code: symptom.first_aid for _, symptom in page.context["form"].symptom_tiles()}
    assert offered["bad_picture"] == (
        "Bersihkan lensa atau layarnya dengan kain lembut",
        "Tambah cahaya di depan warga",
        "Periksa kabelnya, lalu mulai ulang",
    )
    assert offered["gone"] == ()


@pytest.mark.parametrize("text", ["a\nb\nc\nd", "x" * 121])
def test_no_more_or_longer_checks_are_saved(text: str) -> None:
    symptom = DeviceSymptom.objects.get(code="slow")
    symptom.first_aid = text
    with pytest.raises(ValidationError):
        symptom.full_clean()


def put_right(recording_set: RecordingSet, **more: str) -> dict[str, str]:
    said = {"client_key": str(uuid4()), "component": tile_of(recording_set, "camera"), "symptom": "bad_picture"}
    return said | {"restored": "1"} | more


def test_a_device_that_a_check_put_right_is_an_avoided_ticket_and_no_fault(
    recording_set: RecordingSet, operator: User
) -> None:
    client, sent = client_of(operator), put_right(recording_set)
    places = [client.post(REPORT, sent)["Location"] for _ in range(2)]
    assert places == ["/?kecamatan=36.03.30"] * 2
    avoided = AvoidedTicket.objects.get()
    assert (avoided.device, avoided.symptom.code, avoided.by, avoided.at) == (
        device_of(recording_set, "camera"),
        "bad_picture",
        operator,
        NOW,
    )
    assert (Ticket.objects.count(), Event.objects.get(action="avoid").subject) == (0, f"avoidedticket:{avoided.pk}")
    assert recording_set.kecamatan.signs_of_life.get().day == NOW.date()


def test_staff_see_the_tickets_that_were_avoided(recording_set: RecordingSet, operator: User, staff: User) -> None:
    client_of(operator).post(REPORT, put_right(recording_set))
    page = client_of(staff).get("/kecamatan/36.03.30/")
    assert [tuple(item)[:2] for item in page.context["avoided"]] == [
        ("Kamera", "Gambar buram atau gelap · 20 November 2026")
    ]
    assert "1 tiket terhindar" in page.content.decode()


def test_what_was_put_right_asks_for_component_and_symptom(recording_set: RecordingSet, operator: User) -> None:
    answer = client_of(operator).post(REPORT, put_right(recording_set, symptom=""))
    assert answer.context["form"].errors == {"symptom": ["Pilih apa yang terlihat."]}
    answer = client_of(operator).post(REPORT, put_right(recording_set, symptom="wont_turn_on", component="alat-0"))
    assert (answer.status_code, AvoidedTicket.objects.count()) == (200, 0)


def test_a_check_of_another_kind_is_refused(recording_set: RecordingSet, operator: User) -> None:
    answer = client_of(operator).post(REPORT, put_right(recording_set, component=tile_of(recording_set)))
    assert answer.context["form"].errors == {"symptom": ["Gejala ini bukan untuk Server. Pilih gejala lain."]}
    assert AvoidedTicket.objects.count() == 0


# --- The answer -----------------------------------------------------------------------------------------


def test_the_answer_says_the_number_what_happens_next_and_shares_it(
    recording_set: RecordingSet, operator: User
) -> None:
    client = client_of(operator)
    sent = {"component": tile_of(recording_set, "camera"), "symptom": "bad_picture"}
    page = client.post(REPORT, sent, follow=True)
    ticket = Ticket.objects.get()
    assert page.context["steps"] == [
        "Dinas Kabupaten 36.03 melihat laporan ini sekarang juga di daftar tiketnya dan memverifikasinya.",
        "Tenggat selesai Jumat, 4 Desember 2026 (14 hari lagi). Siapa yang mengerjakan dan janjinya terlihat di tiket.",
        "Perekaman di Set 1 tercatat berhenti sejak Jumat, 20 November 2026 pukul 10.00 WIB.",
    ]
    shared = parse_qs(urlsplit(page.context["share_url"]).query)["text"]
    link = f"http://testserver/repairs/{ticket.number}/"
    assert shared == [f"Lapor {ticket.number}: Kamera rusak, Set 1, Kecamatan Sepatan Timur. {link}"]
    assert page.context["back_url"] == "/?kecamatan=36.03.30"
    assert (page.context["share_url"].startswith("https://wa.me/?text="), ticket.number in page.content.decode()) == (
        True,
        True,
    )
