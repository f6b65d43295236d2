"""The pages of tickets as people get them: the list, the ticket, its moves, and the report of a fault."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from devices.models import Device, RecordingSet
from kecamatan.models import Cause, Certainty, Event
from repairs.causes import state_cause
from repairs.models import OPEN, Ticket
from repairs.tickets import assign, promise
from repairs.workflow import FINISHED, transition
from tests.factories import device_of, make_fault, make_kecamatan, make_set, make_user, moment
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
    promise(ticket, promised_on=date(2026, 11, 25), version=ticket.version, by=staff, reason="Suku cadang belum datang")
    page = client_of(operator).get(ticket_url(ticket)).context
    assert page["title"] == "Server rusak, Set 1"
    assert page["effect_text"] == "Perekaman di Set 1 berhenti"
    assert page["since"] == "Jumat, 20 November 2026 pukul 10.00 WIB"
    assert list(page["causes"]) == [
        ("Usia pakai, pasti", f"{staff} (dinas), 20 November 2026"),
        ("Petir, diduga", f"{operator}, 20 November 2026"),
    ]
    assert page["promised"] == "Rabu, 25 November 2026"
    assert page["promise_due"] == "5 hari lagi"
    assert page["earlier_promises"] == [
        f"23 November 2026, dijanjikan {staff} 20 November 2026; lalu: Suku cadang belum datang"
    ]
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
        ("operator", ["withdraw"]),
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
    works = ["take", "assign", "promise", "priority", "route", "cost", "effect"]
    assert (
        list(page["edits"])
        == {
            "operator": ["cause", "comment"],
            "technician": [*works, "cause", "comment"],
            "staff": [*works, "cause", "note", "times", "comment"],
            "official": [],
        }[role]
    )


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


def test_an_operator_withdraws_a_mistaken_report_with_the_reason(ticket: Ticket, operator: User) -> None:
    sent = {"client_key": str(uuid4()), "version": 1, "seen": "", "reason": "Kabelnya lepas"}
    answer = client_of(operator).post(ticket_url(ticket, "withdraw"), sent, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "Laporan Anda ditarik; tidak dihitung lagi.",
    ]
    first = answer.context["history"][0]
    assert (answer.context["word"], first.word, first.what, first.quote) == (
        "Ditarik pelapor",
        "Ditarik pelapor",
        "menarik laporannya",
        "Kabelnya lepas",
    )
    assert current(ticket).status == "rejected"
    refused = make_fault(ticket.recording_set, "camera")
    transition(refused, "rejected", version=refused.version, by=None, reason="Kamera menyala")
    lists = [client_of(operator).get(url) for url in ("/repairs/?keadaan=rejected", f"/devices/{ticket.device_id}/")]
    words = [
        {row.number: row.word for row in page.context[name]}
        for page, name in zip(lists, ("rows", "tickets"), strict=True)
    ]
    assert words == [
        {ticket.number: "Ditarik pelapor", refused.number: "Ditolak"},
        {ticket.number: "Ditarik pelapor"},
    ]


def test_what_worked_and_failed_again_gets_a_new_ticket_that_leads_to_the_old_one_and_back(
    frozen: time_machine.Traveller, ticket: Ticket, technician: User, operator: User
) -> None:
    reporter, worker = client_of(operator), client_of(technician)
    for status in ("triaged", "in_progress", "resolved"):
        frozen.shift(timedelta(hours=1))
        transition(ticket, status, version=ticket.version, by=technician)
    frozen.shift(timedelta(days=1))
    offered = [[move.name for move in who.get(ticket_url(ticket)).context["moves"]] for who in (reporter, worker)]
    assert offered == [["close", "reopen", "again"], ["close", "reopen"]]
    sent = {"client_key": str(uuid4()), "version": ticket.version, "failed_again_at": "2026-11-20T12:30"}
    page = reporter.post(ticket_url(ticket, "again"), {**sent, "reason": "Mati lagi"})
    assert page.context["failed"].errors == {
        "failed_again_at": ["Rusak lagi harus sesudah waktu pulih. Isi waktu yang lebih akhir."]
    }
    sent |= {"failed_again_at": "2026-11-21T09:00", "reason": "Mati lagi"}
    answers = [reporter.post(ticket_url(ticket, "again"), sent)["Location"] for _ in range(2)]  # a double tap
    second = Ticket.objects.get(follows=ticket)
    assert answers == [ticket_url(second)] * 2
    assert (current(ticket).status, current(ticket).restored_at) == ("closed", NOW + timedelta(hours=3))
    assert (second.failed_at, second.note, second.status) == (moment("2026-11-21 02:00"), "Mati lagi", "reported")
    before, after = (reporter.get(ticket_url(one)).context for one in (ticket, second))
    assert [(link["label"], link["url"]) for link in before["links"]] == [("Rusak lagi", ticket_url(second))]
    assert [(link["label"], link["url"]) for link in after["links"]] == [("Lanjutan dari", ticket_url(ticket))]
    assert before["history"][0].what == (
        f"mencatat rusak lagi sejak Sabtu, 21 November 2026 pukul 09.00 WIB: tiket {second.number}"
    )
    # A closed ticket offers it still, until its follower says that the device does not work.
    assert [move.name for move in before["moves"]] == ["again"]
    sent |= {"client_key": str(uuid4()), "version": current(ticket).version, "failed_again_at": "2026-11-21T11:00"}
    failed = reporter.post(ticket_url(ticket, "again"), sent).context["failed"]
    assert [str(error) for error in failed.non_field_errors()] == [
        f"Server {ticket.device.serial} sudah tercatat rusak atau tidak ada saat itu: tiket {second.number}."
    ]


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


def test_a_double_tap_leads_to_the_same_answer_and_another_tab_to_both_versions(
    ticket: Ticket, technician: User
) -> None:
    client, sent = client_of(technician), {"version": 1, "client_key": str(uuid4())}
    answers = [client.post(ticket_url(ticket, "triage"), sent).get("Location") for _ in range(2)]
    assert (answers, current(ticket).version) == ([ticket_url(ticket)] * 2, 2)
    assert client.post(ticket_url(ticket, "triage"), {"version": 1}).status_code == 409


@pytest.mark.parametrize(
    ("name", "sent", "field", "value"),
    [
        ("promise", {"promised_on": "2026-11-25"}, "promised_on", date(2026, 11, 25)),
        ("priority", {"priority": "urgent"}, "due_at", moment("2026-11-22 17:00")),
        ("route", {"route": "vendor"}, "route", "vendor"),
        ("cost", {"cost": "Rp1.850.000"}, "cost", Decimal("1850000.00")),
        ("effect", {"effect": "limited"}, "effect", "limited"),
        ("cause", {"cause": "wear", "certainty": "certain", "source": "CV Sinar"}, "cause", "wear"),
        ("note", {"note": "Kipas macet"}, "note", "Kipas macet"),
        (
            "times",
            {"failed_at": "2026-11-19T08:00", "restored_at": "", "reason": "salah hari"},
            "failed_at",
            moment("2026-11-19 01:00"),
        ),
    ],
)
def test_a_change_is_saved_once_however_often_it_is_sent(
    name: str, sent: dict[str, str], field: str, value: object, ticket: Ticket, staff: User
) -> None:
    client = client_of(staff)
    sent = {"version": "1", "client_key": str(uuid4()), **sent}
    before = Event.objects.count()
    answers = [client.post(ticket_url(ticket, name), sent).get("Location") for _ in range(2)]
    assert (answers, getattr(current(ticket), field)) == ([ticket_url(ticket)] * 2, value)
    assert Event.objects.count() == before + 1


def test_a_ticket_is_taken_with_one_tap_and_given_to_those_who_may_work_it(
    ticket: Ticket, technician: User, staff: User, operator: User
) -> None:
    make_user(Role.TECHNICIAN, make_kecamatan("53.01.01").kabupaten)
    client = client_of(technician)
    client.post(ticket_url(ticket, "take"), {"version": 1})
    assert current(ticket).assignee == technician
    page = client.get(ticket_url(ticket)).context
    assert "take" not in page["edits"]
    choices = page["edits"]["assign"].form.fields["assignee"].choices
    assert choices == [("", "Belum ada"), (str(staff.pk), str(staff)), (str(technician.pk), str(technician))]
    refused = client.post(ticket_url(ticket, "assign"), {"version": 2, "assignee": str(operator.pk)})
    assert refused.context["failed"].errors == {"assignee": ["Pilihan ini tidak ada lagi. Pilih satu dari daftar."]}
    client.post(ticket_url(ticket, "assign"), {"version": 2, "assignee": str(staff.pk)})
    assert (current(ticket).assignee, current(ticket).version) == (staff, 3)


def test_a_choice_of_people_that_was_cut_says_so_and_names_the_holder(
    ticket: Ticket, technician: User, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assign(ticket, assignee=technician, version=ticket.version, by=None)
    assert "nama pertama" not in client_of(staff).get(ticket_url(ticket)).content.decode()
    monkeypatch.setattr("repairs.places.WORKERS_SHOWN", 1)
    field = client_of(staff).get(ticket_url(ticket)).context["edits"]["assign"].form["assignee"]
    assert [label for _, label in field.field.choices] == ["Belum ada", str(technician)]
    assert field.help_text.startswith("Hanya 1 nama pertama menurut abjad.")


def test_a_promise_that_slips_asks_why(ticket: Ticket, technician: User) -> None:
    client, url = client_of(technician), ticket_url(ticket, "promise")
    client.post(url, {"version": 1, "promised_on": "2026-11-23"})
    for day in ("2026-11-24", ""):
        form = client.post(url, {"version": 2, "promised_on": day}).context["failed"]
        assert form.errors == {"reason": ["Janji diundur atau dicabut: tulis alasannya."]}
    assert client.post(url, {"version": 2, "promised_on": "2026-11-22"}).status_code == 302
    assert client.post(url, {"version": 3, "promised_on": "", "reason": "menunggu pusat"}).status_code == 302
    page = client.get(ticket_url(ticket)).context
    assert (page["promised"], page["earlier_promises"]) == (
        "",
        [
            f"22 November 2026, dijanjikan {technician} 20 November 2026; lalu: menunggu pusat",
            f"23 November 2026, dijanjikan {technician} 20 November 2026",
        ],
    )


@pytest.mark.parametrize("cost", ["1.5", "1.85.000", "seribu", "-5"])
def test_an_amount_that_can_be_misread_is_refused(cost: str, ticket: Ticket, staff: User) -> None:
    form = client_of(staff).post(ticket_url(ticket, "cost"), {"version": 1, "cost": cost}).context["failed"]
    assert form.errors == {"cost": ["Jumlah ini tidak terbaca. Tulis angkanya saja, misalnya 1.850.000."]}
    assert form["cost"].value() == cost


def test_who_loses_a_change_sees_what_holds_now_and_may_repeat_theirs(
    ticket: Ticket, technician: User, staff: User
) -> None:
    client_of(staff).post(ticket_url(ticket, "promise"), {"version": 1, "promised_on": "2026-11-25"})
    loser = client_of(technician)
    answer = loser.post(ticket_url(ticket, "promise"), {"version": 1, "promised_on": "2026-11-23"})
    assert (answer.status_code, answer.context["typed"]) == (409, [("Selesai pada", "23 November 2026")])
    assert ("Janji selesai", "Rabu, 25 November 2026") in answer.context["facts"]
    sent = {field.name: field.value() or "" for field in answer.context["move"].form}
    assert loser.post(ticket_url(ticket, "promise"), sent).status_code == 302
    assert current(ticket).promised_on == date(2026, 11, 23)


def test_a_comment_sent_twice_is_one_and_a_changed_one_is_kept_to_be_sent_anew(ticket: Ticket, operator: User) -> None:
    client, url, key = client_of(operator), ticket_url(ticket, "comment"), str(uuid4())
    for _ in range(2):
        client.post(url, {"text": "Antrean 40 orang", "client_key": key})
    answer = client.post(url, {"text": "Antrean 50 orang", "client_key": key})
    form = answer.context["edits"]["comment"].form
    assert (answer.status_code, form["text"].value()) == (409, "Antrean 50 orang")
    client.post(url, {field.name: field.value() or "" for field in form})
    texts = Event.objects.filter(action="comment").order_by("pk").values_list("data__text", flat=True)
    assert list(texts) == ["Antrean 40 orang", "Antrean 50 orang"]


def test_a_ticket_that_is_over_offers_no_promise_but_its_facts_can_be_mended(
    frozen: time_machine.Traveller, ticket: Ticket, staff: User
) -> None:
    client = client_of(staff)
    frozen.shift(timedelta(hours=1))
    for name in ("triage", "start", "resolve", "close"):
        client.post(ticket_url(ticket, name), {"version": current(ticket).version, "restored_at": ""})
    edits = client.get(ticket_url(ticket)).context["edits"]
    assert list(edits) == ["route", "cost", "effect", "cause", "note", "times", "comment"]


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
    assert refused.context["edits"]["comment"].form["text"].value() == "NIK 3603301234567890"
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
    Device.objects.filter(pk=device_of(recording_set, "camera").pk).update(serial="SN-CAM-7")
    return [
        make_fault(recording_set, "camera", failed_at=NOW - timedelta(days=40), reported_at=NOW - timedelta(days=39)),
        make_fault(far, "server", failed_at=NOW - timedelta(days=9), cause=Cause.LIGHTNING),
        make_fault(recording_set, "server", failed_at=NOW - timedelta(days=2), note="Bau hangus"),
    ]


def take(ticket: Ticket, worker: User) -> None:
    """Let somebody hold a ticket that was verified."""
    assign(ticket, assignee=worker, version=ticket.version, by=None)
    transition(ticket, "triaged", version=ticket.version, by=None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2]),
        ("?kata=kresek", [1]),
        ("?kata=hangus", [2]),
        ("?kata=Server", [1, 2]),
        ("?kata=server+Kecamatan+Kresek", [1]),
        ("?kata=kamera+kresek", []),
        ("?kata=sn-cam-7", [0]),
        ("?kata=hangus&keadaan=semua", []),
        ("?petugas=saya", [1]),
        ("?petugas=belum", [0, 2]),
        ("?keadaan=belum", [0, 1, 2]),
        ("?keadaan=menunggu", []),
        ("?komponen=camera", [0]),
        ("?penyebab=lightning", [1]),
        ("?kecamatan=36.03.30", [0, 2]),
        ("?lewat=on", [0]),
        ("?keadaan=triaged&komponen=server", [1]),
        ("?keadaan=closed", []),
        ("?keadaan=semua", [2, 1, 0]),
    ],
)
def test_the_list_is_narrowed_by_its_address(query: str, found: list[int], tickets: list[Ticket], staff: User) -> None:
    take(tickets[1], staff)
    assert numbers(client_of(staff).get(f"/repairs/{query}")) == [tickets[i].number for i in found]


def test_the_views_say_how_many_tickets_each_holds(tickets: list[Ticket], staff: User, operator: User) -> None:
    take(tickets[1], staff)
    page = client_of(staff).get("/repairs/?lewat=on").context
    assert [(view.label, view.number, view.is_current) for view in page["views"]] == [
        ("Perlu ditangani", "3", False),
        ("Belum dikerjakan", "3", False),
        ("Dikerjakan", "0", False),
        ("Menunggu", "0", False),
        ("Perlu dipastikan", "0", False),
        ("Lewat tenggat", "1", True),
        ("Tugas saya", "1", False),
    ]
    views = client_of(operator).get("/repairs/").context["views"]
    assert [(view.label, view.number) for view in views][:2] == [("Perlu ditangani", "2"), ("Belum dikerjakan", "2")]
    for view in page["views"]:
        assert len(numbers(client_of(staff).get(view.url))) == int(view.number)


def test_open_is_every_state_with_something_left_to_do() -> None:
    assert dict(OPEN.children)["status__in"] == tuple(state for state in Ticket.Status.values if state not in FINISHED)


@pytest.mark.parametrize("after", ["x", "2026-11-11,1", "2026-11-11T03:00:00", "2026-11-11T03:00:00+00:00,-1", "\0,1"])
def test_a_place_in_the_list_that_cannot_be_read_is_its_beginning(
    after: str, tickets: list[Ticket], staff: User
) -> None:
    assert len(numbers(client_of(staff).get("/repairs/", {"sesudah": after}))) == 3


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
    assert (
        first.context["next_url"]
        == f"/repairs/?komponen=server&sesudah=2026-11-11T03%3A00%3A00%2B00%3A00%2C{tickets[1].pk}"
    )
    second = client.get(first.context["next_url"])
    seen = numbers(first) + numbers(second)
    assert seen == [tickets[1].number, tickets[2].number]
    assert (second.context["next_url"], second.context["first_url"]) == ("", "/repairs/?komponen=server")


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://testserver/repairs/?keadaan=menunggu&kata=set+1", "/repairs/?keadaan=menunggu&kata=set+1"),
        ("http://testserver/repairs/", "/repairs/"),
        ("http://testserver/outages/?keadaan=selesai", "/repairs/"),
        ("http://elsewhere.example/repairs/?keadaan=menunggu", "/repairs/"),
        (f"http://testserver/repairs/?kata={'x' * 600}", "/repairs/"),
    ],
)
def test_the_way_back_is_the_list_as_it_was_left(came_from: str, back: str, ticket: Ticket, staff: User) -> None:
    page = client_of(staff).get(ticket_url(ticket), headers={"referer": came_from}).context
    assert page["crumbs"][0] == {"label": "Tiket", "url": back}


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
    after = "/repairs/?kata=e2&lewat=on&kecamatan=36.03.30&sesudah=2026-01-01T00:00:00%2B00:00,1"

    def counts() -> list[int]:
        return [queries(office, url) for url in ("/repairs/", after, ticket_url(tickets[0]))]

    before = counts()
    for number in range(2, 12):
        make_fault(make_set(make_kecamatan("36.03.30"), str(number)), "server", by=staff)
        office.post(ticket_url(tickets[0], "comment"), {"text": f"Catatan {number}"})
    assert counts() == before
    assert before == [6, 7, 8]


def test_the_menu_offers_a_report_only_to_those_who_may(staff: User, official: User, recording_set: Any) -> None:
    url = reverse("repairs:report")
    pages = [client_of(user).get("/kecamatan/36.03.30/").content.decode() for user in (staff, official)]
    assert [url in page for page in pages] == [True, False]
