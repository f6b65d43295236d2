"""What a phone kept while it had no signal: received once, as its writer's, with the moment that the phone claims."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Role, User
from devices.models import RecordingSet
from devices.placements import close_placement
from kecamatan.models import Event, SignOfLife
from lib.format import moment_id
from repairs import workflow
from repairs.models import AvoidedTicket, Outage, Ticket
from tests.factories import device_of, make_kecamatan, make_user
from tests.repairs.conftest import NOW

pytestmark = pytest.mark.django_db

REPORT, OUTAGE = "/repairs/report/", "/outages/report/"


@pytest.fixture
def phone(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def fault(recording_set: RecordingSet, code: str = "server", **more: object) -> dict[str, object]:
    tile = f"alat-{device_of(recording_set, code).pk}"
    return {"client_key": str(uuid4()), "component": tile, "symptom": "wont_turn_on", **more}


def send(
    phone: Client,
    url: str,
    body: dict[str, Any],
    user: User,
    *,
    ago: timedelta = timedelta(),
    off: timedelta = timedelta(),
) -> Any:
    """Send what was filled in some time ago, from a phone whose clock is behind by ``off``."""
    shown = NOW - off
    headers = {
        "X-Outbox-User": str(user.pk),
        "X-Outbox-Filled-At": (shown - ago).isoformat(),
        "X-Outbox-Now": shown.isoformat(),
    }
    return phone.post(url, body, headers=headers)


def test_a_report_gets_a_receipt_and_a_resend_the_same(
    phone: Client, operator: User, recording_set: RecordingSet
) -> None:
    body = fault(recording_set)
    answers = [send(phone, REPORT, body, operator) for _ in range(3)]
    ticket = Ticket.objects.get()
    receipt = {
        "url": f"/repairs/{ticket.number}/sent/",
        "number": ticket.number,
        "message": "",
    }
    assert [(answer.status_code, answer.json()) for answer in answers] == [(201, receipt)] * 3


@pytest.mark.parametrize("more", [{}, {"restored": "1"}])
def test_a_resend_gets_its_receipt_though_the_device_is_gone_by_then(
    phone: Client, operator: User, recording_set: RecordingSet, more: dict[str, str]
) -> None:
    body = fault(recording_set, **more)
    first = send(phone, REPORT, body, operator)
    close_placement(device_of(recording_set).placements.get(), at=NOW, by=None)
    again = send(phone, REPORT, body, operator)
    assert (first.status_code, again.status_code, again.json()["url"]) == (201, 201, first.json()["url"])
    assert Ticket.objects.count() + AvoidedTicket.objects.count() == 1


def test_what_the_form_refuses_is_told_by_field(phone: Client, operator: User, recording_set: RecordingSet) -> None:
    answer = send(phone, REPORT, fault(recording_set, symptom=""), operator)
    errors = [("Pilih apa yang terlihat.", "id_symptom")]
    assert (answer.status_code, [(error["text"], error["field"]) for error in answer.json()["errors"]]) == (200, errors)
    assert Ticket.objects.count() == 0


def test_the_same_key_with_another_body_is_refused_and_the_first_stands(
    phone: Client, operator: User, recording_set: RecordingSet
) -> None:
    body = fault(recording_set, note="Bau hangus")
    assert send(phone, REPORT, body, operator).status_code == 201
    answer = send(phone, REPORT, {**body, "note": "Lain"}, operator)
    assert (answer.status_code, answer.json()["errors"][0]["text"]) == (
        409,
        "Formulir ini sudah pernah terkirim dengan isi lain",
    )
    assert Ticket.objects.get().note == "Bau hangus"


def test_nothing_is_looked_at_for_somebody_else_or_without_a_sign_in(
    phone: Client, operator: User, recording_set: RecordingSet
) -> None:
    colleague = make_user(Role.OPERATOR, recording_set.kecamatan, "rekan")
    answers = [send(client, REPORT, fault(recording_set), colleague) for client in (phone, Client())]
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (401, {"reason": "other_user"}),
        (401, {"reason": "signed_out"}),
    ]
    assert Ticket.objects.count() == 0


def test_a_stale_token_is_told_apart_and_the_session_gives_another(operator: User, recording_set: RecordingSet) -> None:
    phone = Client(enforce_csrf_checks=True)
    phone.force_login(operator)
    body = fault(recording_set)
    answer = send(phone, REPORT, body, operator)
    assert (answer.status_code, answer.json()) == (403, {"reason": "stale_token"})
    session = phone.get("/outbox/session/").json()
    assert session["user"] == operator.pk
    assert send(phone, REPORT, body | {"csrfmiddlewaretoken": session["token"]}, operator).status_code == 201
    assert Client().get("/outbox/session/").json() == {"user": None}


def test_a_missing_permission_and_a_foreign_place_are_told(phone: Client, operator: User) -> None:
    far = make_kecamatan("53.01.01")
    answer = send(phone, f"/recordings/{far.code}/normal/", {}, operator)
    assert (answer.status_code, answer.json()["errors"][0]["text"]) == (404, "Halaman tidak ditemukan")


def test_a_report_that_waited_begins_when_it_was_written(
    phone: Client, operator: User, recording_set: RecordingSet
) -> None:
    send(phone, REPORT, fault(recording_set, failed_at=""), operator, ago=timedelta(hours=5))
    ticket, event = Ticket.objects.get(), Event.objects.get(action="report")
    assert (ticket.failed_at, ticket.reported_at, event.at) == (NOW - timedelta(hours=5), NOW, NOW)
    assert event.data["phone"] == {"phone_at": "2026-11-19T22:00:00Z", "said_at": "2026-11-19T22:00:00Z"}
    page = phone.get(f"/repairs/{ticket.number}/").content.decode()
    when, written = "Jumat, 20 November 2026 pukul 10.00 WIB", "Jumat, 20 November 2026 pukul 05.00 WIB"
    assert f"{when} (ditulis di HP {written})</time>" in page


@pytest.mark.parametrize(
    ("off", "text"),
    [
        (timedelta(days=365), "jam HP terlambat 365,0 hari, menunjukkan Kamis, 20 November 2025 pukul 09.00 WIB"),
        (timedelta(days=-365), "jam HP terlalu cepat 365,0 hari, menunjukkan Sabtu, 20 November 2027 pukul 09.00 WIB"),
    ],
)
def test_a_clock_a_year_off_is_accepted_and_flagged(
    phone: Client, operator: User, recording_set: RecordingSet, off: timedelta, text: str
) -> None:
    answer = send(phone, REPORT, fault(recording_set, failed_at=""), operator, ago=timedelta(hours=1), off=off)
    ticket, event = Ticket.objects.get(), Event.objects.get(action="report")
    assert (answer.status_code, ticket.failed_at) == (201, NOW - timedelta(hours=1))
    assert event.data["phone"]["clock_behind"] == off.total_seconds()
    page = phone.get(f"/repairs/{ticket.number}/").content.decode()
    assert f"(ditulis di HP Jumat, 20 November 2026 pukul 09.00 WIB; {text})" in page


@pytest.mark.parametrize("ago", [timedelta(days=40), timedelta(hours=-2)])
def test_a_claim_that_cannot_be_counts_from_its_arrival(
    phone: Client, operator: User, recording_set: RecordingSet, ago: timedelta
) -> None:
    send(phone, REPORT, fault(recording_set, failed_at=""), operator, ago=ago)
    ticket = Ticket.objects.get()
    assert ticket.failed_at == NOW
    said = moment_id(NOW - ago, "Asia/Jakarta")
    assert f"(HP menyebut {said}, tidak dipakai)" in phone.get(f"/repairs/{ticket.number}/").content.decode()


def test_an_outage_begins_and_ends_when_it_was_said(phone: Client, operator: User, recording_set: RecordingSet) -> None:
    body = {"client_key": str(uuid4()), "cause": "power_outage", "certainty": "certain", "effect": "stopped"}
    assert send(phone, OUTAGE, body, operator, ago=timedelta(hours=6)).status_code == 201
    outage = Outage.objects.get()
    over = {"client_key": str(uuid4()), "kecamatan": "36.03.30"}
    answer = send(phone, f"/outages/{outage.pk}/restored/", over, operator, ago=timedelta(hours=2))
    outage.refresh_from_db()
    assert (answer.status_code, answer.json()["url"]) == (201, "/kecamatan/36.03.30/")
    assert (outage.started_at, outage.ended_at) == (NOW - timedelta(hours=6), NOW - timedelta(hours=2))


def test_hari_ini_normal_counts_for_the_day_on_which_it_was_tapped(
    phone: Client, operator: User, recording_set: RecordingSet
) -> None:
    url = f"/recordings/{recording_set.kecamatan.code}/normal/"
    assert send(phone, url, {}, operator, ago=timedelta(days=1)).status_code == 201
    assert [f"{sign.day:%d}" for sign in SignOfLife.objects.all()] == ["19"]


def test_a_receipt_that_somebody_waits_for_leaves_its_message_to_the_page(
    phone: Client, operator: User, recording_set: RecordingSet
) -> None:
    url = f"/recordings/{recording_set.kecamatan.code}/normal/"
    said = "Terima kasih, tercatat: hari ini tidak ada yang baru di Kecamatan Sepatan Timur."
    assert send(phone, url, {}, operator).json()["message"] == said
    headers = {"X-Outbox-User": str(operator.pk), "X-Outbox-Waits": "1"}
    answer = phone.post(url, {}, headers=headers)
    assert (answer.json()["message"], phone.get("/outbox/").content.decode().count(said)) == ("", 1)


def test_only_an_operators_phone_keeps_pages_and_only_their_own(
    phone: Client, operator: User, staff: User, recording_set: RecordingSet
) -> None:
    office = Client()
    office.force_login(staff)
    asked = [(phone, REPORT), (phone, "/outbox/"), (phone, "/repairs/"), (phone, "/account/"), (office, OUTAGE)]
    kept = [client.get(url).headers.get("X-Kept-For") for client, url in asked]
    assert kept == [str(operator.pk), str(operator.pk), None, None, None]


@pytest.mark.parametrize("ago", [timedelta(days=40), timedelta(hours=-2)])
def test_hari_ini_normal_of_an_unknown_day_counts_for_none(
    phone: Client, operator: User, recording_set: RecordingSet, ago: timedelta
) -> None:
    answer = send(phone, f"/recordings/{recording_set.kecamatan.code}/normal/", {}, operator, ago=ago)
    assert (answer.status_code, SignOfLife.objects.count()) == (409, 0)
    assert "harinya tidak diketahui" in " ".join(reason["text"] for reason in answer.json()["errors"])


def test_a_sign_of_life_is_of_the_day_on_which_it_was_said(
    phone: Client, operator: User, recording_set: RecordingSet
) -> None:
    send(phone, REPORT, fault(recording_set, failed_at=""), operator, ago=timedelta(days=1))
    outage = {"client_key": str(uuid4()), "cause": "power_outage", "certainty": "certain", "effect": "stopped"}
    send(phone, OUTAGE, outage, operator, ago=timedelta(days=2))
    ticket = Ticket.objects.get()
    workflow.transition(ticket, "triaged", version=1, by=None)
    workflow.transition(ticket, "in_progress", version=2, by=None)
    workflow.transition(ticket, "resolved", version=3, by=None)
    closed = {"client_key": str(uuid4()), "version": "4"}
    send(phone, f"/repairs/{ticket.number}/close/", closed, operator, ago=timedelta(days=3))
    assert sorted(f"{sign.day:%d}" for sign in SignOfLife.objects.all()) == ["17", "18", "19"]
