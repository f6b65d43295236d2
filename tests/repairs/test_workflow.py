"""The workflow table: which steps there are, who takes them, what they write, and that one of many wins."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from accounts.models import Role, User
from devices.models import RecordingSet
from kecamatan.models import Event, Kecamatan, SignOfLife
from lib.errors import Conflict, Forbidden, Refused
from repairs.causes import state_cause
from repairs.faults import report_fault
from repairs.models import Ticket
from repairs.sets import install_device
from repairs.tasks import close_tickets
from repairs.workflow import (
    DUE_DAYS,
    STEPS,
    TRANSITIONS,
    allowed_transitions,
    close_resolved_tickets,
    transition,
)
from tests.factories import (
    forget_marks,
    give_role,
    kind,
    make_device,
    make_fault,
    make_kecamatan,
    make_set,
    make_spare,
    make_user,
    marks,
    moment,
)
from tests.repairs.conftest import NOW
from tests.threads import at_once

FAILED_AT = moment("2026-10-20 03:00")


@pytest.fixture
def ticket(recording_set: RecordingSet) -> Ticket:
    ticket = make_fault(recording_set, channel="import", failed_at=FAILED_AT)
    forget_marks()
    return ticket


def take(ticket: Ticket, *path: str, by: User | None = None) -> Ticket:
    for status in path:
        reason = "belum menyala" if status in ("reopened", "rejected") else ""
        transition(ticket, status, version=ticket.version, by=by, reason=reason)
    return ticket


PATHS = {
    "reported": (),
    "triaged": ("triaged",),
    "in_progress": ("triaged", "in_progress"),
    "waiting_parts": ("triaged", "in_progress", "waiting_parts"),
    "waiting_centre": ("triaged", "in_progress", "waiting_centre"),
    "resolved": ("triaged", "in_progress", "resolved"),
    "closed": ("triaged", "in_progress", "resolved", "closed"),
    "reopened": ("triaged", "in_progress", "resolved", "reopened"),
    "rejected": ("rejected",),
}


# --- the table ---------------------------------------------------------------------------------------------


def test_table_is_that_of_the_design() -> None:
    assert set(TRANSITIONS) == {
        ("reported", "triaged"),
        ("reported", "rejected"),
        ("triaged", "in_progress"),
        ("triaged", "rejected"),
        ("in_progress", "waiting_parts"),
        ("in_progress", "waiting_centre"),
        ("waiting_parts", "in_progress"),
        ("waiting_centre", "in_progress"),
        ("in_progress", "resolved"),
        ("resolved", "closed"),
        ("resolved", "reopened"),
        ("reopened", "in_progress"),
    }
    assert {pair: [step.name for step in steps] for pair, steps in TRANSITIONS.items() if len(steps) > 1} == {
        ("reported", "rejected"): ["reject", "withdraw"]
    }
    assert DUE_DAYS == {"urgent": 2, "high": 7, "normal": 14, "low": 30}


@pytest.mark.parametrize("start", PATHS)
def test_only_the_steps_of_the_table_are_taken(ticket: Ticket, start: str) -> None:
    take(ticket, *PATHS[start])
    version = ticket.version
    for target in Ticket.Status:
        if (start, target) in TRANSITIONS:
            continue
        with pytest.raises(Refused) as refusal:
            transition(ticket, target, version=version, by=None, reason="coba")
        assert refusal.value.message == (
            f"Tiket {ticket.number} berstatus {Ticket.Status(start).label}, tidak bisa menjadi {target.label}."
        )
    ticket.refresh_from_db()
    assert (ticket.status, ticket.version) == (start, version)


@pytest.mark.parametrize("role", Role)
def test_roles_take_the_steps_that_are_theirs(kecamatan: Kecamatan, ticket: Ticket, role: Role) -> None:
    user = make_user(role, kecamatan.kabupaten)
    confirming = {"close", "reopen"}
    steps = [step for step in STEPS if not step.of_reporter]
    everything = {step.name for step in steps}
    expected: dict[str, set[str]] = {"operator": confirming, "technician": everything, "staff": everything}
    taken = set()
    for step in steps:
        Ticket.objects.filter(pk=ticket.pk).update(status=step.source, restored_at=NOW)
        ticket.refresh_from_db()
        if step in allowed_transitions(ticket, user):
            taken.add(step.name)
            continue
        with pytest.raises(Forbidden):
            transition(ticket, step.target, version=ticket.version, by=user, reason="coba")
    assert taken == expected.get(role, set())


def test_nobody_takes_a_step_in_another_region(ticket: Ticket) -> None:
    stranger = make_user(Role.STAFF, make_kecamatan("36.71.01").kabupaten)
    assert allowed_transitions(ticket, stranger) == []
    with pytest.raises(Forbidden) as refusal:
        take(ticket, "triaged", by=stranger)
    assert refusal.value.message == "Anda tidak berwenang melakukan ini untuk Kecamatan Sepatan Timur."


def test_every_step_explains_itself(ticket: Ticket, staff: User) -> None:
    step = allowed_transitions(ticket, staff)[0]
    assert (step.name, step.label, step.target) == ("triage", "Verifikasi", "triaged")
    assert step.sentence == "Laporan sudah diperiksa dan benar; menunggu dikerjakan."
    assert all(step.label and step.sentence.endswith(".") for step in STEPS)


# --- what the steps write ----------------------------------------------------------------------------------


def test_repair_from_report_to_close(ticket: Ticket, technician: User, operator: User) -> None:
    take(ticket, "triaged", "in_progress", "waiting_parts", "in_progress", by=technician)
    assert (ticket.triaged_at, ticket.restored_at, marks()) == (NOW, None, [])
    transition(ticket, "resolved", version=5, by=technician, restored_at=moment("2026-11-15 03:00"))
    assert (ticket.restored_at, ticket.resolved_at) == (moment("2026-11-15 03:00"), NOW)
    assert marks() == [("36.03.30", "2026-10"), ("36.03.30", "2026-11")]
    take(ticket, "closed", by=operator)
    assert (ticket.status, ticket.closed_at, ticket.version) == ("closed", NOW, 7)
    events = Event.objects.filter(subject=f"ticket:{ticket.pk}").order_by("pk")
    assert [event.action for event in events] == [
        "report",
        "triage",
        "start",
        "wait_for_parts",
        "continue",
        "resolve",
        "close",
    ]
    assert events.last().data == {
        "before": "resolved",
        "after": "closed",
        "reason": "",
        "duplicate_of": None,
        "restored_at": "2026-11-15T03:00:00+00:00",
    }


def test_repair_is_over_now_unless_said_otherwise(ticket: Ticket) -> None:
    take(ticket, *PATHS["resolved"])
    assert ticket.restored_at == NOW


@pytest.mark.parametrize(
    ("restored_at", "message"),
    [
        (FAILED_AT, "Waktu pulih harus sesudah waktu rusak."),
        (NOW + timedelta(seconds=1), "Waktu ini belum tiba. Isi waktu sekarang atau sebelumnya."),
    ],
)
def test_restoration_lies_between_failure_and_now(ticket: Ticket, restored_at: datetime, message: str) -> None:
    take(ticket, *PATHS["in_progress"])
    with pytest.raises(Refused) as refusal:
        transition(ticket, "resolved", version=ticket.version, by=None, restored_at=restored_at)
    assert (refusal.value.field, refusal.value.message) == ("restored_at", message)


def test_reopened_fault_is_one_span_again(ticket: Ticket, operator: User) -> None:
    take(ticket, *PATHS["resolved"])
    forget_marks()
    take(ticket, "reopened", by=operator)
    assert (ticket.status, ticket.failed_at) == ("reopened", FAILED_AT)
    assert (ticket.restored_at, ticket.resolved_at) == (None, None)
    assert marks() == [("36.03.30", "2026-10"), ("36.03.30", "2026-11")]
    assert take(ticket, "in_progress", "resolved").status == "resolved"


def test_reopening_says_what_does_not_work(ticket: Ticket) -> None:
    take(ticket, *PATHS["resolved"])
    with pytest.raises(Refused) as refusal:
        transition(ticket, "reopened", version=ticket.version, by=None, reason=" ")
    assert (refusal.value.field, refusal.value.message) == ("reason", "Tulis apa yang belum bekerja.")


def test_reopening_is_refused_once_the_device_has_a_newer_fault(ticket: Ticket, recording_set: RecordingSet) -> None:
    take(ticket, "triaged", "in_progress")
    transition(ticket, "resolved", version=ticket.version, by=None, restored_at=moment("2026-11-01 03:00"))
    newer = make_fault(recording_set, failed_at=moment("2026-11-10 03:00"))
    with pytest.raises(Refused) as refusal:
        take(ticket, "reopened")
    assert newer.number in refusal.value.message


def test_missing_component_that_was_placed_is_not_reopened(recording_set: RecordingSet, kecamatan: Kecamatan) -> None:
    ticket = make_fault(recording_set, "tripod", fault="missing", failed_at=FAILED_AT)
    take(ticket, *PATHS["resolved"])
    install_device(device=make_spare(kecamatan, "tripod"), recording_set=recording_set, at=NOW, by=None)
    with pytest.raises(Refused) as refusal:
        take(ticket, "reopened")
    assert refusal.value.field == "device_kind"


def test_operators_answer_is_a_sign_of_life(ticket: Ticket, operator: User, staff: User) -> None:
    take(ticket, *PATHS["resolved"], by=staff)
    take(ticket, "reopened", by=staff)
    assert SignOfLife.objects.count() == 0
    take(ticket, "in_progress", "resolved", by=staff)
    take(ticket, "closed", by=operator)
    assert str(SignOfLife.objects.get().day) == "2026-11-20"


# --- rejecting ---------------------------------------------------------------------------------------------


def test_rejected_ticket_counts_nowhere(ticket: Ticket, staff: User) -> None:
    transition(ticket, "rejected", version=1, by=staff, reason="hanya kabel lepas")
    assert (ticket.status, ticket.counts, ticket.closed_at) == ("rejected", False, NOW)
    assert list(Ticket.objects.counted()) == []
    assert marks() == [("36.03.30", "2026-10"), ("36.03.30", "2026-11")]
    assert Event.objects.get(action="reject").data["reason"] == "hanya kabel lepas"


def test_an_operator_withdraws_the_own_report_until_somebody_has_checked_it(
    recording_set: RecordingSet, operator: User
) -> None:
    ticket = report_fault(
        client_key=uuid4(), recording_set=recording_set, device_kind=kind("server"), failed_at=FAILED_AT, by=operator
    )
    forget_marks()
    with pytest.raises(Refused) as refusal:
        transition(ticket, "rejected", version=1, by=operator, reason=" ")
    assert refusal.value.message == "Tulis mengapa laporan ini keliru."
    assert [step.name for step in allowed_transitions(ticket, operator)] == ["withdraw"]
    transition(ticket, "rejected", version=1, by=operator, reason="kabelnya lepas")
    assert (ticket.status, ticket.counts, ticket.closed_at) == ("rejected", False, NOW)
    assert marks() == [("36.03.30", "2026-10"), ("36.03.30", "2026-11")]
    event = Event.objects.get(action="withdraw")
    assert (event.by, event.data["before"], event.data["reason"]) == (operator, "reported", "kabelnya lepas")


def test_nobody_withdraws_the_report_of_another_or_one_that_was_checked(
    recording_set: RecordingSet, kecamatan: Kecamatan, operator: User, technician: User
) -> None:
    ticket = report_fault(client_key=uuid4(), recording_set=recording_set, device_kind=kind("server"), by=operator)
    colleague = make_user(Role.OPERATOR, kecamatan)
    assert allowed_transitions(ticket, colleague) == []
    with pytest.raises(Forbidden):
        transition(ticket, "rejected", version=1, by=colleague, reason="keliru")
    transition(ticket, "triaged", version=1, by=technician)
    assert allowed_transitions(ticket, operator) == []
    with pytest.raises(Forbidden):
        transition(ticket, "rejected", version=2, by=operator, reason="keliru")


def test_who_may_reject_rejects_also_what_they_reported(
    recording_set: RecordingSet, kecamatan: Kecamatan, operator: User
) -> None:
    ticket = report_fault(client_key=uuid4(), recording_set=recording_set, device_kind=kind("server"), by=operator)
    give_role(operator, Role.STAFF, kecamatan.kabupaten)
    both = User.objects.get(pk=operator.pk)
    assert [step.name for step in allowed_transitions(ticket, both)] == ["triage", "reject"]
    transition(ticket, "rejected", version=1, by=both, reason="keliru")
    assert Event.objects.filter(action="reject").count() == 1


def test_rejecting_needs_a_reason_or_the_same_ticket(ticket: Ticket, recording_set: RecordingSet) -> None:
    with pytest.raises(Refused) as refusal:
        transition(ticket, "rejected", version=1, by=None)
    assert refusal.value.message == "Tulis alasan penolakan, atau pilih tiket yang sama."
    other = make_fault(recording_set, "camera")
    transition(ticket, "rejected", version=1, by=None, duplicate_of=other)
    assert ticket.duplicate_of == other


def test_ticket_is_the_duplicate_of_another_one_that_counts(ticket: Ticket, recording_set: RecordingSet) -> None:
    far = make_fault(make_set(make_kecamatan("36.03.01")))
    rejected = take(make_fault(recording_set, "camera"), "rejected")

    def message(other: Ticket) -> str:
        with pytest.raises(Refused) as refusal:
            transition(ticket, "rejected", version=1, by=None, duplicate_of=other)
        assert refusal.value.field == "duplicate_of"
        return refusal.value.message

    assert message(ticket) == "Tiket tidak bisa sama dengan dirinya sendiri. Pilih tiket lain."
    assert message(far) == "Tiket yang sama harus dari kecamatan yang sama."
    assert message(rejected) == f"Tiket {rejected.number} sendiri tidak dihitung. Pilih tiket lain."


# --- by itself ---------------------------------------------------------------------------------------------


def test_repair_closes_by_itself_after_seven_days(ticket: Ticket, frozen: time_machine.Traveller) -> None:
    take(ticket, *PATHS["in_progress"])
    transition(ticket, "resolved", version=ticket.version, by=None, restored_at=moment("2026-11-01 03:00"))
    frozen.move_to(NOW + timedelta(days=7, seconds=-1))
    assert close_resolved_tickets() == 0
    frozen.move_to(NOW + timedelta(days=7))
    forget_marks()
    assert close_tickets() == 1
    assert close_tickets() == 0
    ticket.refresh_from_db()
    assert (ticket.status, ticket.restored_at) == ("closed", moment("2026-11-01 03:00"))
    assert (ticket.closed_at, marks()) == (NOW + timedelta(days=7), [])
    assert Event.objects.filter(action="close", by=None).count() == 1


# --- one winner --------------------------------------------------------------------------------------------


def test_step_decided_on_an_older_version_is_a_conflict(ticket: Ticket) -> None:
    seen = Ticket.objects.get(pk=ticket.pk)
    take(ticket, "triaged")
    for stale, version in ((seen, 1), (ticket, 1)):
        with pytest.raises(Conflict):
            transition(stale, "rejected", version=version, by=None, reason="salah")
    ticket.refresh_from_db()
    assert ticket.status == "triaged"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_16_steps_at_once_have_one_winner() -> None:
    ticket = make_fault(make_set())
    seen = [Ticket.objects.select_related("kecamatan").get(pk=ticket.pk) for _ in range(16)]

    def step(number: int) -> str:
        target = "triaged" if number % 2 else "rejected"
        transition(seen[number], target, version=1, by=None, reason="salah lapor")
        return target

    results = at_once(step)
    ticket.refresh_from_db()
    winners = [result for result in results if isinstance(result, str)]
    losers = [result for result in results if not isinstance(result, str)]
    assert winners == [ticket.status]
    assert [type(loser) for loser in losers] == [Conflict] * 15
    assert ticket.version == 2
    assert Event.objects.filter(action__in=["triage", "reject"]).count() == 1


def test_device_that_is_broken_twice_over_time_keeps_both_spans(recording_set: RecordingSet) -> None:
    make_device(recording_set, "ups")
    first = take(make_fault(recording_set, "ups", failed_at=FAILED_AT), "triaged", "in_progress")
    transition(first, "resolved", version=3, by=None, restored_at=moment("2026-10-25 03:00"))
    second = make_fault(recording_set, "ups", failed_at=moment("2026-10-25 03:00"))
    assert second.device == first.device
    assert list(Ticket.objects.counted().order_by("failed_at")) == [first, second]


def test_two_tickets_that_are_called_the_same_as_each_other_are_not_both_rejected(
    ticket: Ticket, recording_set: RecordingSet
) -> None:
    other = make_fault(recording_set, "camera", channel="import", failed_at=FAILED_AT)
    stale = Ticket.objects.get(pk=ticket.pk)
    transition(ticket, "rejected", version=1, by=None, duplicate_of=other)
    with pytest.raises(Refused, match="sendiri tidak dihitung"):
        transition(other, "rejected", version=1, by=None, duplicate_of=stale)
    assert Ticket.objects.filter(status="rejected").get() == ticket


def test_a_cause_is_judged_on_the_ticket_as_it_is_and_not_as_it_was_read(ticket: Ticket) -> None:
    stale = Ticket.objects.get(pk=ticket.pk)
    state_cause(ticket, cause="overheating", by=None)
    state_cause(stale, cause=stale.cause, by=None)
    ticket.refresh_from_db()
    assert (ticket.cause, stale.cause) == ("unknown", "unknown")
    told = Event.objects.filter(action="state_cause").order_by("pk").values_list("data__cause_before", flat=True)
    assert list(told) == ["unknown", "overheating"]
