"""The pages of tickets as people get them: the list, the ticket, its moves, and the report of a fault."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from devices.models import RecordingSet
from kecamatan.models import Cause, Certainty, Event
from repairs.causes import state_cause
from repairs.models import Ticket
from repairs.tickets import promise
from tests.factories import make_fault, make_kecamatan, make_set, make_user
from tests.repairs.conftest import NOW

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ticket_url(ticket: Ticket, move: str = "") -> str:
    return f"/repairs/{ticket.number}/" + (f"{move}/" if move else "")


def current(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def ticket(recording_set: RecordingSet, operator: User) -> Ticket:
    return make_fault(recording_set, by=operator, note="Tidak menyala", cause=Cause.LIGHTNING)


# --- the ticket -----------------------------------------------------------------------------------------


def test_a_ticket_says_what_stopped_since_when_who_said_why_and_what_was_promised(
    ticket: Ticket, staff: User, operator: User
) -> None:
    state_cause(ticket, cause=Cause.WEAR, certainty=Certainty.CERTAIN, by=staff)
    promise(ticket, promised_on=date(2026, 11, 23), version=ticket.version, by=staff)
    promise(ticket, promised_on=date(2026, 11, 25), version=ticket.version, by=staff)
    page = client_of(operator).get(ticket_url(ticket)).context
    assert page["title"] == "Server rusak, Set 1"
    assert page["effect_text"] == "Perekaman di Set 1 berhenti"
    assert page["since"] == "Jumat, 20 November 2026 pukul 10.00 WIB"
    assert list(page["causes"]) == [
        ("Usia pakai, pasti", f"{staff} (dinas), 20 November 2026"),
        ("Petir, diduga", f"{operator}, 20 November 2026"),
    ]
    assert page["promised"] == "Rabu, 25 November 2026"
    assert page["promise_history"] == "Semula 23 November 2026; diundur 1 kali."
    assert page["due"] == "Jumat, 4 Desember 2026"
    assert [(entry.who, entry.what) for entry in page["history"]] == [
        (str(staff), "menjanjikan selesai 25 November 2026, diundur dari 23 November 2026"),
        (str(staff), "menjanjikan selesai 23 November 2026"),
        (str(staff), "menyebut penyebab: Usia pakai, pasti"),
        (str(operator), "menyebut penyebab: Petir, diduga"),
        (str(operator), "melaporkan kerusakan lewat aplikasi"),
    ]


@pytest.mark.parametrize(
    ("role", "moves"),
    [
        ("operator", []),
        ("technician", ["triage", "reject"]),
        ("staff", ["triage", "reject", "void"]),
        ("official", []),
    ],
)
def test_a_ticket_offers_the_moves_of_the_role(
    role: str, moves: list[str], ticket: Ticket, request: pytest.FixtureRequest
) -> None:
    page = client_of(request.getfixturevalue(role)).get(ticket_url(ticket)).context
    assert [move.name for move in page["moves"]] == moves
    assert (page["comment"] is not None) == (role != "official")


def test_a_ticket_goes_through_the_workflow_in_the_browser(
    frozen: time_machine.Traveller, ticket: Ticket, technician: User, operator: User
) -> None:
    worker, reporter = client_of(technician), client_of(operator)
    steps = [(worker, "triage"), (worker, "start"), (worker, "wait_for_parts"), (worker, "continue")]
    steps += [(worker, "resolve"), (reporter, "reopen"), (worker, "start"), (worker, "resolve"), (reporter, "close")]
    statuses = []
    for client, name in steps:
        frozen.shift(timedelta(hours=1))
        sent = {"version": current(ticket).version, "reason": "Masih mati"}
        assert client.post(ticket_url(ticket, name), sent)["Location"] == ticket_url(ticket)
        statuses.append(current(ticket).status)
    ends = ["in_progress", "resolved", "reopened", "in_progress", "resolved", "closed"]
    assert statuses == ["triaged", "in_progress", "waiting_parts", *ends]


def test_a_repair_is_recorded_by_the_clock_of_the_kecamatan(
    frozen: time_machine.Traveller, ticket: Ticket, technician: User
) -> None:
    client = client_of(technician)
    for name in ("triage", "start"):
        client.post(ticket_url(ticket, name), {"version": current(ticket).version})
    frozen.shift(timedelta(hours=5))
    sent = {"version": current(ticket).version, "restored_at": "2026-11-20T13:30"}
    assert client.post(ticket_url(ticket, "resolve"), sent).status_code == 302
    assert current(ticket).restored_at == NOW + timedelta(hours=3, minutes=30)
    entry = client.get(ticket_url(ticket)).context["history"][0]
    assert (entry.word, entry.what) == ("Selesai", "pulih Jumat, 20 November 2026 pukul 13.30 WIB")


def test_a_refusal_stands_on_top_and_beside_its_field_and_nothing_is_lost(ticket: Ticket, technician: User) -> None:
    sent = {"version": ticket.version, "reason": "  "}
    answer = client_of(technician).post(ticket_url(ticket, "reject"), sent)
    assert answer.status_code == 200
    assert answer.context["failed"].errors == {"reason": ["Tulis alasan penolakan, atau pilih tiket yang sama."]}
    assert 'href="#reject-reason"' in answer.content.decode()
    assert current(ticket).status == "reported"


def test_a_ticket_is_rejected_as_the_same_as_another(
    ticket: Ticket, recording_set: RecordingSet, technician: User
) -> None:
    other = make_fault(recording_set, "camera")
    sent = {"version": ticket.version, "duplicate_of": str(other.pk)}
    assert client_of(technician).post(ticket_url(ticket, "reject"), sent).status_code == 302
    assert (current(ticket).status, current(ticket).duplicate_of) == ("rejected", other)


def test_the_loser_sees_both_versions_and_what_they_typed(ticket: Ticket, technician: User, staff: User) -> None:
    loser, winner = client_of(technician), client_of(staff)
    seen = Event.objects.filter(subject=f"ticket:{ticket.pk}").latest("pk").pk
    winner.post(ticket_url(ticket, "triage"), {"version": 1})
    answer = loser.post(ticket_url(ticket, "reject"), {"version": 1, "seen": seen, "reason": "Salah kecamatan"})
    assert answer.status_code == 409
    page = answer.context
    assert (page["saw"], page["ticket"].status, page["wanted"]) == ("reported", "triaged", "Tolak")
    assert page["typed"] == [("Alasan", "Salah kecamatan")]
    assert [(entry.who, entry.status) for entry in page["changes"]] == [(str(staff), "triaged")]
    again = page["move"].form
    assert (again["reason"].value(), again["version"].value()) == ("Salah kecamatan", 2)
    sent = {field.name: field.value() for field in again}
    assert loser.post(ticket_url(ticket, "reject"), sent).status_code == 302
    assert current(ticket).status == "rejected"


def test_a_second_identical_step_changes_nothing(ticket: Ticket, technician: User) -> None:
    client = client_of(technician)
    answers = [client.post(ticket_url(ticket, "triage"), {"version": 1}).status_code for _ in range(2)]
    assert (answers, current(ticket).version) == ([302, 409], 2)


def test_staff_void_a_ticket_with_a_reason(ticket: Ticket, staff: User) -> None:
    client = client_of(staff)
    assert client.post(ticket_url(ticket, "void"), {"version": 1}).context["failed"].errors == {
        "reason": ["Tulis alasannya."]
    }
    assert client.post(ticket_url(ticket, "void"), {"version": 1, "reason": "Salah set"}).status_code == 302
    page = client.get(ticket_url(ticket)).context
    assert (page["voided"], page["moves"]) == (
        f"Dibatalkan {staff}, Jumat, 20 November 2026 pukul 10.00 WIB: Salah set",
        [],
    )


def test_a_comment_joins_the_history_but_a_nik_does_not(ticket: Ticket, operator: User) -> None:
    client = client_of(operator)
    refused = client.post(ticket_url(ticket, "comment"), {"text": "NIK 3603301234567890"})
    assert list(refused.context["failed"].errors) == ["text"]
    assert refused.context["comment"].form["text"].value() == "NIK 3603301234567890"
    client.post(ticket_url(ticket, "comment"), {"text": "Antrean 40 orang"})
    entry = client.get(ticket_url(ticket)).context["history"][0]
    assert (entry.who, entry.what, entry.quote) == (str(operator), "berkomentar", "Antrean 40 orang")


@pytest.mark.parametrize("wrong", ["TKT-2025-{:06d}", "TKT-2026-0{:06d}", "tkt-2026-{:06d}", "{}"])
def test_only_the_whole_number_is_an_address(wrong: str, ticket: Ticket, staff: User) -> None:
    assert client_of(staff).get(f"/repairs/{wrong.format(ticket.pk)}/").status_code == 404


def test_a_foreign_ticket_and_none_at_all_look_the_same(ticket: Ticket) -> None:
    client = client_of(make_user(Role.STAFF, make_kecamatan("53.01.01").kabupaten))
    foreign, none = (client.get(f"/repairs/TKT-2026-{pk:06d}/") for pk in (ticket.pk, ticket.pk + 1))
    texts = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode()) for page in (foreign, none)]
    assert (foreign.status_code, none.status_code, texts[0]) == (404, 404, texts[1])


# --- the list -------------------------------------------------------------------------------------------


def numbers(answer: Any) -> list[str]:
    return [row.number for row in answer.context["rows"]]


@pytest.fixture
def tickets(recording_set: RecordingSet) -> list[Ticket]:
    """Faults of two kecamatan, from the oldest."""
    far = make_set(make_kecamatan("36.03.31", "Kecamatan Kresek"))
    return [
        make_fault(recording_set, "camera", failed_at=NOW - timedelta(days=40), reported_at=NOW - timedelta(days=39)),
        make_fault(far, "server", failed_at=NOW - timedelta(days=9), cause=Cause.LIGHTNING),
        make_fault(recording_set, "server", failed_at=NOW - timedelta(days=2), note="Bau hangus"),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2]),
        ("?kata=kresek", [1]),
        ("?kata=hangus", [2]),
        ("?kata=Server", [1, 2]),
        ("?komponen=camera", [0]),
        ("?penyebab=lightning", [1]),
        ("?kecamatan=36.03.30", [0, 2]),
        ("?lewat=on", [0]),
        ("?keadaan=reported&komponen=server", [1, 2]),
        ("?keadaan=closed", []),
        ("?keadaan=semua", [2, 1, 0]),
    ],
)
def test_the_list_is_narrowed_by_its_address(query: str, found: list[int], tickets: list[Ticket], staff: User) -> None:
    assert numbers(client_of(staff).get(f"/repairs/{query}")) == [tickets[i].number for i in found]


def test_a_number_finds_its_ticket(tickets: list[Ticket], staff: User) -> None:
    assert numbers(client_of(staff).get("/repairs/", {"kata": tickets[1].number})) == [tickets[1].number]


def test_an_operator_sees_and_chooses_only_their_own_kecamatan(tickets: list[Ticket], operator: User) -> None:
    client = client_of(operator)
    page = client.get("/repairs/")
    assert numbers(page) == [tickets[0].number, tickets[2].number]
    choices = page.context["filters"].form.fields["kecamatan"].choices
    assert list(choices) == [("", "Semua"), ("36.03.30", "Kecamatan Sepatan Timur")]
    foreign = client.get("/repairs/?kecamatan=36.03.31")
    assert (numbers(foreign), list(foreign.context["filters"].form.errors)) == ([], ["kecamatan"])


def test_paging_keeps_the_filters_and_shows_every_ticket_once(
    tickets: list[Ticket], staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.pages.PAGE_SIZE", 1)
    client, url, seen = client_of(staff), "/repairs/?komponen=server", []
    first = client.get(url)
    assert first.context["next_url"] == f"/repairs/?komponen=server&sesudah={tickets[1].number}"
    second = client.get(first.context["next_url"])
    seen = numbers(first) + numbers(second)
    assert seen == [tickets[1].number, tickets[2].number]
    assert (second.context["next_url"], second.context["first_url"]) == ("", "/repairs/?komponen=server")


@pytest.mark.parametrize("query", ["", "?kata=x", "?keadaan=closed&lewat=on"])
def test_an_empty_list_says_what_to_do(query: str, staff: User) -> None:
    text = client_of(staff).get(f"/repairs/{query}").content.decode()
    assert ("Tidak ada tiket terbuka" in text, "Hapus saringan" in text) == (not query, bool(query))


def test_an_overdue_ticket_says_by_how_much(tickets: list[Ticket], staff: User) -> None:
    assert [row.late for row in client_of(staff).get("/repairs/").context["rows"]] == ["lewat 24 hari", "", ""]


# --- how many queries -----------------------------------------------------------------------------------


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_pages_ask_a_fixed_number_of_queries(
    tickets: list[Ticket], recording_set: RecordingSet, staff: User
) -> None:
    office = client_of(staff)
    after = f"/repairs/?kata=e&lewat=on&kecamatan=36.03.30&sesudah={tickets[0].number}"

    def counts() -> list[int]:
        return [queries(office, url) for url in ("/repairs/", after, ticket_url(tickets[0]))]

    before = counts()
    for number in range(2, 12):
        make_fault(make_set(make_kecamatan("36.03.30"), str(number)), "server", by=staff)
        office.post(ticket_url(tickets[0], "comment"), {"text": f"Catatan {number}"})
    assert counts() == before
    assert before == [5, 6, 6]


def test_the_menu_offers_a_report_only_to_those_who_may(staff: User, official: User, recording_set: Any) -> None:
    url = reverse("repairs:report")
    pages = [client_of(user).get("/kecamatan/36.03.30/").content.decode() for user in (staff, official)]
    assert [url in page for page in pages] == [True, False]
