"""What is said of a ticket and changed on it outside the workflow: causes, promises, costs, times."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from accounts.models import User
from devices.models import Device, RecordingSet
from kecamatan.models import Event
from lib.errors import Conflict, Forbidden, Refused
from repairs.causes import state_cause
from repairs.faults import record_past_fault
from repairs.models import CauseStatement, Ticket
from repairs.tickets import (
    assign,
    comment,
    correct_fault_times,
    correct_note,
    promise,
    set_cost,
    set_effect,
    set_priority,
    set_route,
    void_ticket,
)
from repairs.workflow import transition
from tests.factories import (
    forget_marks,
    kind,
    make_fault,
    make_kecamatan,
    make_set,
    marks,
    moment,
)
from tests.repairs.conftest import NOW
from tests.repairs.fault_world import refused

KEY = UUID("00000000-0000-4000-8000-000000000001")


# --- causes ---------------------------------------------------------------------------------------------


def test_newest_cause_by_staff_counts(
    recording_set: RecordingSet, operator: User, technician: User, staff: User
) -> None:
    ticket = make_fault(recording_set, cause="power_outage", by=operator)
    state_cause(ticket, cause="wear", by=technician)
    assert ticket.cause == "wear"
    state_cause(ticket, cause="lightning", certainty="certain", by=staff)
    forget_marks()
    state_cause(ticket, cause="dirt", by=operator)
    ticket.refresh_from_db()
    assert (ticket.cause, ticket.certainty) == ("lightning", "certain")
    assert marks() == []
    state_cause(ticket, cause="lightning", certainty="suspected", by=staff)
    ticket.refresh_from_db()
    assert (ticket.cause, ticket.certainty, ticket.version) == ("lightning", "suspected", 1)
    assert marks() == [("36.03.30", "2026-11")]
    assert CauseStatement.objects.filter(ticket=ticket).count() == 5


def test_official_states_no_cause(recording_set: RecordingSet, official: User) -> None:
    ticket = make_fault(recording_set)
    with pytest.raises(Forbidden):
        state_cause(ticket, cause="wear", by=official)
    assert CauseStatement.objects.count() == 0


# --- the rest of a ticket -------------------------------------------------------------------------------


def test_assigning_to_somebody_who_works_there(
    recording_set: RecordingSet, staff: User, technician: User, operator: User
) -> None:
    ticket = make_fault(recording_set)
    assign(ticket, assignee=technician, version=1, by=staff)
    assert (ticket.assignee, ticket.version) == (technician, 2)
    assert refused(lambda: assign(ticket, assignee=operator, version=2, by=staff)) == (
        "assignee",
        f"{operator} tidak bertugas untuk Kecamatan Sepatan Timur.",
    )
    assign(ticket, assignee=None, version=2, by=staff)
    assert ticket.assignee is None


def test_promise_keeps_its_slips(recording_set: RecordingSet, staff: User) -> None:
    ticket = make_fault(recording_set)
    first, second = moment("2026-11-25 00:00").date(), moment("2026-11-30 00:00").date()
    promise(ticket, promised_on=first, version=1, by=staff)
    promise(ticket, promised_on=second, version=2, by=staff, reason="suku cadang belum datang")
    told = [event.data for event in Event.objects.filter(action="promise").order_by("pk")]
    assert ticket.promised_on == second
    assert told == [
        {"before": None, "after": "2026-11-25", "slipped": False, "reason": ""},
        {
            "before": "2026-11-25",
            "after": "2026-11-30",
            "slipped": True,
            "reason": "suku cadang belum datang",
        },
    ]
    yesterday = moment("2026-11-19 00:00").date()
    assert refused(lambda: promise(ticket, promised_on=yesterday, version=3, by=staff)) == (
        "promised_on",
        "Tanggal janji sudah lewat. Isi hari ini atau sesudahnya.",
    )


def test_priority_moves_the_due_date_and_marks(recording_set: RecordingSet, staff: User) -> None:
    ticket = make_fault(recording_set)
    forget_marks()
    set_priority(ticket, priority="urgent", version=1, by=staff)
    assert (ticket.priority, ticket.due_at) == ("urgent", moment("2026-11-22 17:00"))
    assert marks() == [("36.03.30", "2026-11")]


def test_route_effect_cost_and_note(recording_set: RecordingSet, technician: User, staff: User) -> None:
    ticket = make_fault(recording_set, channel="import", failed_at=moment("2026-10-20 03:00"))
    both = [("36.03.30", "2026-10"), ("36.03.30", "2026-11")]
    forget_marks()
    set_route(ticket, route="vendor", version=1, by=technician)
    assert (ticket.route, marks()) == ("vendor", both)
    forget_marks()
    set_effect(ticket, effect="limited", version=2, by=technician)
    assert (ticket.effect, marks()) == ("limited", both)
    forget_marks()
    set_cost(ticket, cost=Decimal("5000000"), version=3, by=technician)
    correct_note(ticket, note=" kipas mati ", version=4, by=staff)
    assert (ticket.cost, ticket.note, marks()) == (Decimal("5000000"), "kipas mati", [])
    assert refused(lambda: set_cost(ticket, cost=Decimal(-5), version=5, by=staff))[0] == "cost"


def test_comment_is_one_event(recording_set: RecordingSet, operator: User, official: User) -> None:
    ticket = make_fault(recording_set)
    comment(ticket, text=" masih mati ", by=operator)
    event = Event.objects.get(action="comment")
    assert (event.by, event.data) == (operator, {"text": "masih mati"})
    assert refused(lambda: comment(ticket, text=" ", by=operator)) == ("text", "Tulis komentarnya.")
    with pytest.raises(Forbidden):
        comment(ticket, text="halo", by=official)


def test_second_writer_gets_a_conflict(recording_set: RecordingSet, staff: User) -> None:
    ticket = make_fault(recording_set)
    seen_by_another = Ticket.objects.get(pk=ticket.pk)
    set_route(ticket, route="local", version=1, by=staff)
    for stale in (ticket, seen_by_another):
        with pytest.raises(Conflict) as refusal:
            set_route(stale, route="vendor", version=1, by=staff)
        message = "Data ini baru saja diubah orang lain. Periksa isinya yang terbaru, lalu ulangi."
        assert refusal.value.message == message
    ticket.refresh_from_db()
    assert ticket.route == "local"


def test_corrected_times_mark_old_and_new_months(recording_set: RecordingSet, staff: User) -> None:
    ticket = record_past_fault(
        client_key=KEY,
        recording_set=recording_set,
        device_kind=kind("server"),
        failed_at=moment("2026-08-10 03:00"),
        restored_at=moment("2026-08-20 03:00"),
        channel="import",
        by=None,
    )
    forget_marks()
    correct_fault_times(
        ticket,
        failed_at=moment("2026-06-10 03:00"),
        restored_at=moment("2026-06-11 03:00"),
        version=1,
        by=staff,
        reason="salah bulan",
    )
    assert (ticket.failed_at, ticket.restored_at) == (moment("2026-06-10 03:00"), moment("2026-06-11 03:00"))
    assert (ticket.status, ticket.version) == ("closed", 2)
    assert marks() == [("36.03.30", "2026-06"), ("36.03.30", "2026-08")]
    assert Event.objects.get(action="correct_times").data == {
        "reason": "salah bulan",
        "failed_before": "2026-08-10T03:00:00+00:00",
        "restored_before": "2026-08-20T03:00:00+00:00",
    }


def test_end_given_later_closes_the_ticket(recording_set: RecordingSet, staff: User) -> None:
    ticket = make_fault(recording_set, failed_at=moment("2026-11-01 03:00"))
    correct_fault_times(
        ticket,
        failed_at=moment("2026-11-01 03:00"),
        restored_at=moment("2026-11-08 03:00"),
        version=1,
        by=staff,
        reason="sudah hidup sejak minggu lalu",
    )
    assert (ticket.status, ticket.restored_at) == ("closed", moment("2026-11-08 03:00"))
    with pytest.raises(Refused) as refusal:
        correct_fault_times(
            ticket,
            failed_at=ticket.failed_at,
            restored_at=None,
            version=ticket.version,
            by=staff,
            reason="ragu",
        )
    assert refusal.value.message == ("Kerusakan ini sudah selesai. Isi waktu pulihnya, atau buka lagi tiketnya.")


def test_corrected_times_obey_the_rules_of_a_report(recording_set: RecordingSet, staff: User) -> None:
    ticket = make_fault(recording_set, failed_at=moment("2026-11-01 03:00"))

    def correct(failed_at: str, reason: str = "salah") -> None:
        correct_fault_times(ticket, failed_at=moment(failed_at), restored_at=None, version=1, by=staff, reason=reason)

    assert refused(lambda: correct("2026-11-20 03:01"))[0] == "failed_at"
    assert refused(lambda: correct("2026-01-05 01:59"))[0] == "device"
    assert refused(lambda: correct("2026-11-02 03:00", reason=" ")) == ("reason", "Tulis alasannya.")
    ticket.refresh_from_db()
    assert (ticket.failed_at, ticket.version) == (moment("2026-11-01 03:00"), 1)


def test_times_of_a_rejected_ticket_are_not_corrected(recording_set: RecordingSet, staff: User) -> None:
    ticket = make_fault(recording_set, failed_at=moment("2026-11-01 03:00"))
    transition(ticket, "rejected", version=1, by=staff, reason="tidak rusak")
    assert refused(
        lambda: correct_fault_times(ticket, failed_at=NOW, restored_at=None, version=2, by=staff, reason="salah")
    ) == ("", f"Tiket {ticket.number} ditolak; waktunya tidak dihitung.")


def test_voided_ticket_counts_nowhere_and_stays(recording_set: RecordingSet, staff: User, technician: User) -> None:
    ticket = make_fault(recording_set, channel="import", failed_at=moment("2026-10-20 03:00"))
    with pytest.raises(Forbidden):
        void_ticket(ticket, version=1, by=technician, reason="salah")
    forget_marks()
    void_ticket(ticket, version=1, by=staff, reason="salah kecamatan")
    assert (ticket.voided_at, ticket.voided_by, ticket.void_reason) == (NOW, staff, "salah kecamatan")
    assert (ticket.counts, list(Ticket.objects.counted())) == (False, [])
    assert marks() == [("36.03.30", "2026-10"), ("36.03.30", "2026-11")]
    gone = ("", "Catatan ini sudah dibatalkan, sehingga tidak dapat diubah lagi.")
    assert refused(lambda: set_route(ticket, route="local", version=2, by=staff)) == gone
    assert refused(lambda: transition(ticket, "triaged", version=2, by=staff)) == gone


def test_tickets_are_seen_inside_the_own_region_only(recording_set: RecordingSet, operator: User, staff: User) -> None:
    near = make_fault(recording_set)
    far = make_fault(make_set(make_kecamatan("36.03.01")))
    assert list(Ticket.objects.visible_to(operator)) == [near]
    assert set(Ticket.objects.visible_to(staff)) == {near, far}
    assert Device.objects.visible_to(operator).count() == 5


@pytest.mark.parametrize("status", ["resolved", "closed", "rejected"])
def test_nobody_is_set_to_work_on_a_ticket_whose_work_is_over(
    recording_set: RecordingSet, staff: User, technician: User, status: str
) -> None:
    ticket = make_fault(recording_set)
    over = None if status == "rejected" else ticket.failed_at + timedelta(hours=1)
    Ticket.objects.filter(pk=ticket.pk).update(status=status, restored_at=over)
    ticket.refresh_from_db()
    day = moment("2026-11-25 00:00").date()
    for change in (
        lambda: assign(ticket, assignee=technician, version=1, by=staff),
        lambda: promise(ticket, promised_on=day, version=1, by=staff),
        lambda: set_priority(ticket, priority="urgent", version=1, by=staff),
    ):
        assert refused(change) == ("", f"Sudah {ticket.get_status_display().lower()}.")
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.promised_on, ticket.version) == (None, None, 1)
