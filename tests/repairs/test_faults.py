"""Reporting a fault: who may, what follows from it, the same again, and broken again."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import User
from devices.models import RecordingSet
from devices.register import set_kind_required
from kecamatan.models import Event, Kecamatan, SignOfLife
from lib.errors import Forbidden, KeyReused, Refused
from repairs.faults import record_past_fault, report_failed_again, report_fault
from repairs.models import CauseStatement, Ticket
from repairs.sets import move_device
from repairs.tickets import (
    void_ticket,
)
from repairs.workflow import transition
from tests.factories import (
    device_of,
    forget_marks,
    kind,
    make_device,
    make_fault,
    make_kecamatan,
    make_set,
    marks,
    moment,
)
from tests.repairs.conftest import NOW
from tests.repairs.fault_world import actions, refused
from tests.threads import CALLERS, at_once

KEY = UUID("00000000-0000-4000-8000-000000000001")


# --- reporting ------------------------------------------------------------------------------------------


def test_report_with_nothing_but_the_component(recording_set: RecordingSet, operator: User) -> None:
    ticket = report_fault(client_key=KEY, recording_set=recording_set, device_kind=kind("server"), by=operator)
    ticket.refresh_from_db()
    assert ticket.device == device_of(recording_set, "server")
    assert ticket.kecamatan == recording_set.kecamatan
    assert (ticket.fault, ticket.effect, ticket.status) == ("broken", "stopped", "reported")
    assert (ticket.failed_at, ticket.restored_at, ticket.reported_at) == (NOW, None, NOW)
    assert (ticket.cause, ticket.certainty, ticket.priority) == ("unknown", "suspected", "normal")
    assert (ticket.reported_by, ticket.channel, ticket.version) == (operator, "app", 1)
    assert ticket.number == f"TKT-2026-{ticket.pk:06d}"
    assert actions(ticket) == ["report"]
    assert CauseStatement.objects.count() == 0


@pytest.mark.parametrize(("reported_at", "year"), [("2025-12-31 16:30", 2025), ("2025-12-31 17:30", 2026)])
def test_number_carries_the_year_of_jakarta(recording_set: RecordingSet, reported_at: str, year: int) -> None:
    make_set(recording_set.kecamatan, "2", at=moment("2025-01-05 02:00"))
    other = RecordingSet.objects.get(label="2")
    ticket = make_fault(other, failed_at=moment("2025-12-30 03:00"), reported_at=moment(reported_at))
    assert ticket.number == f"TKT-{year}-{ticket.pk:06d}"


def test_report_names_its_first_cause(recording_set: RecordingSet, operator: User) -> None:
    ticket = make_fault(recording_set, cause="lightning", certainty="certain", by=operator)
    statement = CauseStatement.objects.get()
    assert (ticket.cause, ticket.certainty) == ("lightning", "certain")
    assert (statement.ticket, statement.stated_by, statement.by_staff) == (ticket, operator, False)
    assert actions(ticket) == ["report", "state_cause"]


@pytest.mark.parametrize(
    ("priority", "due"),
    [
        ("urgent", "2026-11-22 17:00"),
        ("high", "2026-11-27 17:00"),
        ("normal", "2026-12-04 17:00"),
        ("low", "2026-12-20 17:00"),
    ],
)
def test_due_date_ends_with_a_local_day(recording_set: RecordingSet, priority: str, due: str) -> None:
    assert make_fault(recording_set, priority=priority).due_at == moment(due)


def test_due_date_counts_from_the_local_day_of_the_report(kecamatan: Kecamatan) -> None:
    """23.30 UTC of the 18th is the 19th in Jayapura, where the 21st ends at 15.00 UTC."""
    far_east = make_set(make_kecamatan("91.03.01"))
    ticket = make_fault(far_east, priority="urgent", reported_at=moment("2026-11-18 23:30"))
    assert ticket.due_at == moment("2026-11-21 15:00")


def test_effect_by_default_follows_the_requirement_of_its_month(recording_set: RecordingSet) -> None:
    make_device(recording_set, "tripod")
    set_kind_required(kind("server"), required=False, from_month=moment("2026-06-01 00:00").date(), by=None)
    tripod = make_fault(recording_set, "tripod")
    before = make_fault(recording_set, "server", failed_at=moment("2026-05-31 16:59"))
    void_ticket(before, version=before.version, by=None, reason="salah catat")
    after = make_fault(recording_set, "server", failed_at=moment("2026-05-31 17:00"))
    assert [tripod.effect, before.effect, after.effect] == ["limited", "stopped", "limited"]
    assert make_fault(recording_set, "camera", effect="limited").effect == "limited"


def test_report_is_a_sign_of_life_and_an_import_is_none(recording_set: RecordingSet) -> None:
    make_fault(recording_set, "server", channel="import", failed_at=moment("2026-10-01 02:00"))
    assert SignOfLife.objects.count() == 0
    make_fault(
        recording_set, "camera", channel="whatsapp", reporter_name="Budi", reported_at=moment("2026-11-18 20:00")
    )
    assert list(SignOfLife.objects.values_list("kecamatan__code", "day")) == [
        ("36.03.30", datetime(2026, 11, 19, tzinfo=UTC).date())
    ]


def test_import_reads_as_reported_when_it_began(recording_set: RecordingSet) -> None:
    ticket = make_fault(recording_set, channel="import", failed_at=moment("2026-10-01 02:00"))
    assert ticket.reported_at == moment("2026-10-01 02:00")
    assert ticket.due_at is None


def test_report_marks_every_month_of_the_fault(recording_set: RecordingSet) -> None:
    forget_marks()
    make_fault(recording_set, channel="import", failed_at=moment("2026-08-31 17:00"))
    assert marks() == [("36.03.30", "2026-09"), ("36.03.30", "2026-10"), ("36.03.30", "2026-11")]


def test_report_marks_every_place_where_its_device_stood(recording_set: RecordingSet) -> None:
    borrower = make_set(make_kecamatan("36.03.01"), kinds=[])
    device = device_of(recording_set, "camera")
    move_device(device=device, recording_set=borrower, at=moment("2026-10-10 03:00"), by=None)
    forget_marks()
    make_fault(recording_set, "camera", device=device, failed_at=moment("2026-10-01 03:00"), channel="import")
    assert marks() == [
        ("36.03.01", "2026-10"),
        ("36.03.01", "2026-11"),
        ("36.03.30", "2026-10"),
        ("36.03.30", "2026-11"),
    ]


def test_past_missing_record_marks_to_the_present_because_the_set_stays_on_record(
    recording_set: RecordingSet,
) -> None:
    forget_marks()
    record_past_fault(
        client_key=KEY,
        recording_set=recording_set,
        device_kind=kind("tripod"),
        fault="missing",
        failed_at=moment("2026-09-02 03:00"),
        restored_at=moment("2026-09-05 03:00"),
        channel="import",
        by=None,
    )
    assert marks() == [("36.03.30", "2026-09"), ("36.03.30", "2026-10"), ("36.03.30", "2026-11")]


def test_missing_component_has_no_device(recording_set: RecordingSet, operator: User) -> None:
    ticket = make_fault(recording_set, "tripod", fault="missing", by=operator)
    assert (ticket.fault, ticket.device, ticket.effect) == ("missing", None, "limited")


def test_past_fault_is_born_closed(recording_set: RecordingSet, staff: User) -> None:
    ticket = record_past_fault(
        client_key=KEY,
        recording_set=recording_set,
        device_kind=kind("fingerprint_scanner"),
        failed_at=moment("2026-10-01 17:00"),
        restored_at=moment("2026-10-16 17:00"),
        cause="wear",
        route="local",
        cost=Decimal("350000"),
        by=staff,
    )
    ticket.refresh_from_db()
    assert (ticket.status, ticket.restored_at) == ("closed", moment("2026-10-16 17:00"))
    assert (ticket.closed_at, ticket.route, ticket.cost) == (NOW, "local", Decimal("350000.00"))
    assert actions(ticket) == ["record_past", "state_cause"]


# --- who may --------------------------------------------------------------------------------------------


def test_only_operator_and_staff_of_the_place_report(
    recording_set: RecordingSet, staff: User, technician: User, official: User
) -> None:
    make_fault(recording_set, "server", by=staff)
    for user in (technician, official):
        with pytest.raises(Forbidden):
            make_fault(recording_set, "camera", by=user)
    assert Ticket.objects.count() == 1


def test_operator_does_not_choose_the_route(recording_set: RecordingSet, operator: User) -> None:
    with pytest.raises(Forbidden):
        make_fault(recording_set, by=operator, route="local")
    assert Ticket.objects.count() == 0


def test_only_staff_log_what_others_reported(recording_set: RecordingSet, staff: User, operator: User) -> None:
    said = {"channel": "phone", "reporter_name": " Budi ", "message": " Server mati "}
    with pytest.raises(Forbidden):
        make_fault(recording_set, by=operator, **said)
    ticket = make_fault(recording_set, by=staff, reported_at=moment("2026-11-19 02:00"), **said)
    assert (ticket.reported_by, ticket.reporter_name, ticket.message) == (staff, "Budi", "Server mati")
    # Nobody said since when: at the latest since it was reported.
    assert (ticket.failed_at, ticket.reported_at) == (moment("2026-11-19 02:00"), moment("2026-11-19 02:00"))


# --- the same again -------------------------------------------------------------------------------------


def test_same_submission_again_is_the_same_ticket(recording_set: RecordingSet, operator: User) -> None:
    first = make_fault(recording_set, client_key=KEY, note="mati total", by=operator)
    forget_marks()
    again = make_fault(recording_set, client_key=KEY, note="mati total", by=operator)
    assert again == first
    assert Ticket.objects.count() == 1
    assert actions(first) == ["report"]
    assert marks() == []


def test_other_submission_under_the_same_key_is_refused(recording_set: RecordingSet) -> None:
    make_fault(recording_set, client_key=KEY)
    other_set = make_set(recording_set.kecamatan, "2")
    message = "Kunci kiriman ini sudah dipakai untuk isi yang lain. Muat ulang formulirnya, lalu kirim lagi."
    for call in (
        lambda: make_fault(recording_set, client_key=KEY, note="lain"),
        lambda: make_fault(other_set, client_key=KEY),
    ):
        with pytest.raises(KeyReused) as refusal:
            call()
        assert refusal.value.message == message
    assert Ticket.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_16_reports_with_one_key_make_one_ticket() -> None:
    recording_set = make_set()
    results = at_once(lambda _: make_fault(recording_set, client_key=KEY).pk)
    assert results == [Ticket.objects.get().pk] * CALLERS
    assert Event.objects.filter(action="report").count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_16_reports_of_two_sets_with_one_key_make_one_ticket() -> None:
    sets = [make_set(label="1"), make_set(label="2")]
    results = at_once(lambda number: make_fault(sets[number % 2], client_key=KEY).pk)
    ticket = Ticket.objects.get()
    winners = [result for result in results if result == ticket.pk]
    assert len(winners) == 8
    assert [type(result) for result in results if result != ticket.pk] == [KeyReused] * 8


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_16_people_who_report_one_broken_device_make_one_ticket() -> None:
    recording_set = make_set()
    results = at_once(lambda _: make_fault(recording_set, client_key=uuid4()).pk)
    ticket = Ticket.objects.get()
    assert results.count(ticket.pk) == 1
    message = f"{ticket.device} sudah tercatat rusak atau tidak ada saat itu: tiket {ticket.number}."
    assert [str(result) for result in results if isinstance(result, Refused)] == [message] * 15


# --- broken again ---------------------------------------------------------------------------------------


def resolved(ticket: Ticket, restored_at: datetime) -> Ticket:
    for status in ("triaged", "in_progress"):
        transition(ticket, status, version=ticket.version, by=None)
    transition(ticket, "resolved", version=ticket.version, by=None, restored_at=restored_at)
    return ticket


def test_device_that_worked_in_between_gets_a_linked_ticket(recording_set: RecordingSet, operator: User) -> None:
    first = resolved(make_fault(recording_set, failed_at=moment("2026-11-01 03:00")), moment("2026-11-05 03:00"))
    values: dict[str, Any] = {
        "client_key": KEY,
        "failed_again_at": moment("2026-11-10 03:00"),
        "version": first.version,
        "reason": "mati lagi",
        "by": operator,
    }
    second = report_failed_again(first, **values)
    first.refresh_from_db()
    assert (first.status, first.restored_at) == ("closed", moment("2026-11-05 03:00"))
    assert (second.follows, second.device, second.status) == (first, first.device, "reported")
    assert (second.failed_at, second.note) == (moment("2026-11-10 03:00"), "mati lagi")
    assert report_failed_again(first, **values) == second
    with pytest.raises(KeyReused):
        report_failed_again(first, **{**values, "reason": "mati lagi, kali ini kabelnya"})


def test_device_cannot_break_again_before_it_worked(recording_set: RecordingSet) -> None:
    ticket = make_fault(recording_set, failed_at=moment("2026-11-01 03:00"))

    def again(at: str) -> Ticket:
        return report_failed_again(
            ticket,
            client_key=uuid4(),
            failed_again_at=moment(at),
            version=ticket.version,
            reason="mati lagi",
            by=None,
        )

    assert refused(lambda: again("2026-11-10 03:00")) == (
        "",
        f"Kerusakan tiket {ticket.number} belum selesai, jadi belum bisa rusak lagi.",
    )
    resolved(ticket, moment("2026-11-05 03:00"))
    assert refused(lambda: again("2026-11-05 02:59")) == (
        "failed_again_at",
        "Rusak lagi harus sesudah waktu pulih. Isi waktu yang lebih akhir.",
    )
