"""Many tickets at once: staff tick them, see what will happen to which, confirm, and all change or none."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from kecamatan.models import Event, Kecamatan
from lib.errors import Conflict, Forbidden, Refused
from repairs.bulk import assign_all, promise_all, triage_all
from repairs.models import Ticket
from repairs.tickets import assign, promise, void_ticket
from repairs.workflow import transition
from tests.factories import make_fault, make_kecamatan, make_set, make_user
from tests.repairs.conftest import NOW
from tests.repairs.test_device_pages import client_of

pytestmark = pytest.mark.django_db

BULK, TODAY = "/repairs/bulk/", NOW.date()
KINDS = ("server", "camera", "iris_scanner")


@pytest.fixture
def office(staff: User) -> Client:
    return client_of(staff)


@pytest.fixture
def tickets(kecamatan: Kecamatan) -> list[Ticket]:
    recording_set = make_set(kecamatan)
    return [make_fault(recording_set, code) for code in KINDS]


@pytest.fixture
def foreign() -> Ticket:
    return make_fault(make_set(make_kecamatan("53.01.01", "Kecamatan Semau")))


def marks(tickets: list[Ticket]) -> list[str]:
    """Return what the boxes of these tickets send, as somebody sees them now."""
    for ticket in tickets:
        ticket.refresh_from_db()
    return [f"{ticket.pk}.{ticket.version}" for ticket in tickets]


def asked(client: Client, action: str, tickets: list[Ticket], **answers: object) -> Any:
    return client.get(f"{BULK}?{urlencode({'aksi': action, 'tiket': marks(tickets), **answers}, doseq=True)}")


def confirmed(page: Any, **more: object) -> dict[str, Any]:
    """Return what the button of a confirmation sends."""
    context = page.context
    sent = {"client_key": str(uuid4()), "aksi": context["action"].name, "dari": context["from_list"]}
    return {**sent, **dict(context["answers"]), "tiket": [line.mark for line in context["taken"]], **more}


def lines(page: Any, part: str) -> dict[str, str]:
    return {line.row.number: line.text for line in page.context[part]}


# --- the list -------------------------------------------------------------------------------------------


def test_staff_tick_tickets_in_the_list_and_others_see_no_boxes(
    office: Client, operator: User, technician: User, official: User, tickets: list[Ticket]
) -> None:
    page = office.get("/repairs/?kata=kecamatan").content.decode()
    assert page.count('name="tiket"') == 3
    # Going back after a change, a browser would tick the boxes that now stand where the ticked ones stood.
    assert page.count('type="checkbox" autocomplete="off" name=') == 4
    assert f'value="{tickets[0].pk}.{tickets[0].version}"' in page
    assert '<input type="hidden" name="dari" value="kata=kecamatan">' in page
    for person in (operator, technician, official):
        assert 'name="tiket"' not in client_of(person).get("/repairs/").content.decode()


def test_all_of_a_page_are_chosen_by_one_box(office: Client, tickets: list[Ticket]) -> None:
    shown = office.get("/repairs/").context["marks"]
    page = office.get(f"{BULK}?{urlencode({'aksi': 'triage', 'semua': 'on', 'halaman': shown})}")
    assert set(lines(page, "taken")) == {ticket.number for ticket in tickets}
    unticked = office.get(f"{BULK}?{urlencode({'aksi': 'triage', 'halaman': shown})}")
    assert "Belum ada tiket yang dicentang" in unticked.content.decode()


# --- one change after the other -------------------------------------------------------------------------


def test_tickets_are_verified_together_once(office: Client, staff: User, tickets: list[Ticket]) -> None:
    page = asked(office, "triage", tickets, dari="keadaan=belum")
    assert lines(page, "taken") == {ticket.number: "Dilaporkan → Diverifikasi" for ticket in tickets}
    body = confirmed(page)
    answers = [office.post(BULK, body) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == ["/repairs/?keadaan=belum"] * 2
    assert {ticket.status for ticket in Ticket.objects.all()} == {"triaged"}
    assert Event.objects.filter(action="triage", by=staff).count() == 3
    shown = [str(message) for message in office.get("/repairs/").context["messages"]]
    assert shown == ["3 tiket diverifikasi.", "Sudah tersimpan sebelumnya; tidak dicatat dua kali."]


def test_tickets_are_given_to_somebody_who_works_there(
    office: Client, technician: User, tickets: list[Ticket], kecamatan: Kecamatan
) -> None:
    assign(tickets[2], assignee=technician, version=1, by=None)
    page = asked(office, "assign", tickets)
    assert (page.context["plan"], [str(name) for _, name in page.context["form"]["assignee"].field.choices][-1]) == (
        None,
        "Belum ada: lepas dulu",
    )
    page = asked(office, "assign", tickets, assignee=technician.pk)
    assert lines(page, "taken") == {ticket.number: f"belum ada → {technician}" for ticket in tickets[:2]}
    assert lines(page, "left_out") == {tickets[2].number: f"Sudah dipegang {technician}."}
    assert office.post(BULK, confirmed(page)).status_code == 302
    assert {ticket.assignee for ticket in Ticket.objects.all()} == {technician}
    let_go = asked(office, "assign", tickets, assignee="0")
    assert lines(let_go, "taken")[tickets[0].number] == f"{technician} → belum ada"
    office.post(BULK, confirmed(let_go))
    assert {ticket.assignee for ticket in Ticket.objects.all()} == {None}


def test_who_does_not_work_at_a_place_leaves_its_tickets_out(staff: User, tickets: list[Ticket]) -> None:
    province = client_of(make_user(Role.STAFF, tickets[0].kecamatan.kabupaten.province))
    elsewhere = make_fault(make_set(make_kecamatan("36.71.01", "Kecamatan Tangerang")))
    page = asked(province, "assign", [tickets[0], elsewhere], assignee=staff.pk)
    assert list(lines(page, "taken")) == [tickets[0].number]
    assert lines(page, "left_out") == {elsewhere.number: f"{staff} tidak bertugas untuk Kecamatan Tangerang."}


def test_one_day_is_promised_for_all_and_a_slip_needs_a_reason(office: Client, tickets: list[Ticket]) -> None:
    promise(tickets[1], promised_on=TODAY, version=1, by=None)
    answers = {"promised_on": "2026-11-30", "reason": ""}
    page = asked(office, "promise", tickets, **answers)
    assert lines(page, "left_out") == {tickets[1].number: "Janji diundur atau dicabut: tulis alasannya."}
    page = asked(office, "promise", tickets, **answers | {"reason": "Suku cadang baru datang"})
    assert lines(page, "taken")[tickets[0].number] == "belum ada janji → 30 November 2026"
    assert lines(page, "taken")[tickets[1].number] == "20 November 2026 → 30 November 2026, diundur"
    assert office.post(BULK, confirmed(page)).status_code == 302
    assert {f"{ticket.promised_on}" for ticket in Ticket.objects.all()} == {"2026-11-30"}
    slipped = Event.objects.get(action="promise", data__slipped=True)
    assert slipped.data["reason"] == "Suku cadang baru datang"
    over = asked(office, "promise", tickets, promised_on="2026-11-19", reason="x")
    assert set(lines(over, "left_out").values()) == {"Tanggal janji sudah lewat. Isi hari ini atau sesudahnya."}


@pytest.mark.parametrize(
    ("action", "answers", "errors"),
    [
        ("assign", {"assignee": ""}, {"assignee": ["Pilih petugasnya."]}),
        ("assign", {"assignee": "999999"}, {"assignee": ["Pilihan ini tidak ada lagi. Pilih satu dari daftar."]}),
        ("promise", {"promised_on": "", "reason": ""}, {"promised_on": ["Isi tanggal yang dijanjikan."]}),
    ],
)
def test_what_is_not_answered_is_asked_again(
    office: Client, tickets: list[Ticket], action: str, answers: dict[str, str], errors: dict[str, list[str]]
) -> None:
    page = asked(office, action, tickets, **answers)
    assert (page.context["form"].errors, page.context["plan"]) == (errors, None)
    assert len(page.context["picked"]) == 3


# --- what is left out -----------------------------------------------------------------------------------


def test_what_the_workflow_does_not_allow_is_left_out_with_the_reason(office: Client, tickets: list[Ticket]) -> None:
    transition(tickets[0], "triaged", version=1, by=None)
    void_ticket(tickets[1], version=1, by=None, reason="salah set")
    page = asked(office, "triage", tickets)
    assert list(lines(page, "taken")) == [tickets[2].number]
    assert lines(page, "left_out") == {
        tickets[0].number: f"Tiket {tickets[0].number} berstatus Diverifikasi, tidak bisa menjadi Diverifikasi.",
        tickets[1].number: "Catatan ini sudah dibatalkan, sehingga tidak dapat diubah lagi.",
    }
    transition(tickets[2], "rejected", version=1, by=None, reason="keliru")
    assert lines(asked(office, "assign", [tickets[2]], assignee="0"), "left_out") == {
        tickets[2].number: "Sudah ditolak."
    }


def test_what_somebody_changed_since_the_list_is_left_out(
    office: Client, technician: User, tickets: list[Ticket]
) -> None:
    seen = marks(tickets)
    assign(tickets[0], assignee=technician, version=1, by=None)
    page = office.get(f"{BULK}?{urlencode({'aksi': 'triage', 'tiket': seen}, doseq=True)}")
    assert lines(page, "left_out") == {
        tickets[0].number: f"Berubah sejak Anda membuka daftar: sekarang Dilaporkan, dipegang {technician}."
    }
    assert len(page.context["taken"]) == 2


def test_what_somebody_changes_after_the_confirmation_was_shown_stops_all(
    office: Client, technician: User, tickets: list[Ticket]
) -> None:
    body = confirmed(asked(office, "triage", tickets))
    assign(tickets[0], assignee=technician, version=1, by=None)
    answer = office.post(BULK, body)
    assert (answer.status_code, "Belum ada yang tersimpan" in answer.content.decode()) == (409, True)
    assert {ticket.status for ticket in Ticket.objects.all()} == {"reported"}
    assert list(lines(answer, "left_out")) == [tickets[0].number]
    # What is left may be confirmed again.
    assert office.post(BULK, confirmed(answer)).status_code == 302
    assert sorted(ticket.status for ticket in Ticket.objects.all()) == ["reported", "triaged", "triaged"]


def test_a_ticket_of_another_region_is_none(office: Client, tickets: list[Ticket], foreign: Ticket) -> None:
    page = asked(office, "triage", [tickets[0], foreign])
    assert list(lines(page, "taken")) == [tickets[0].number]
    assert page.context["left_out"] == []
    assert "Semau" not in page.content.decode()
    answer = office.post(BULK, confirmed(page, tiket=marks([tickets[0], foreign])))
    assert (answer.status_code, "Semau" in answer.content.decode()) == (409, False)
    assert {ticket.status for ticket in Ticket.objects.all()} == {"reported"}


def test_what_no_box_sends_is_no_ticket(office: Client, tickets: list[Ticket]) -> None:
    page = office.get(f"{BULK}?aksi=triage&tiket=1&tiket=x.1&tiket={'9' * 16}.1&semua=on&halaman=,,")
    assert page.context["picked"] == []
    answer = office.post(BULK, {"client_key": str(uuid4()), "aksi": "triage"})
    assert answer.context["form"].non_field_errors() == ["Centang sekurangnya satu tiket."]


# --- the domain functions -------------------------------------------------------------------------------


def test_only_who_works_there_changes_many(official: User, technician: User, tickets: list[Ticket]) -> None:
    chosen = {ticket.pk: 1 for ticket in tickets}
    for change in (
        lambda: triage_all(chosen, by=official),
        lambda: assign_all(chosen, assignee=technician, by=official),
        lambda: promise_all(chosen, promised_on=TODAY, by=official),
    ):
        with pytest.raises(Forbidden):
            change()
    with pytest.raises(Refused):
        triage_all({}, by=technician)
    with pytest.raises(Conflict):
        triage_all(chosen | {tickets[0].pk: 2}, by=technician)
    assert {ticket.status for ticket in Ticket.objects.all()} == {"reported"}


def test_the_page_asks_a_fixed_number_of_queries(office: Client, technician: User, tickets: list[Ticket]) -> None:
    def queries(number: int, action: str, **answers: object) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert asked(office, action, tickets[:number], **answers).status_code == 200
        return len(captured) - number

    for action, answers in (
        ("assign", {"assignee": technician.pk}),
        ("triage", {}),
        ("promise", {"promised_on": "2026-11-30", "reason": ""}),
    ):
        assert queries(1, action, **answers) == queries(3, action, **answers) <= 8
