"""Reporting faults: what is written, what is refused, what is marked, and that a resend is one ticket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import User
from devices.models import Device, DeviceSymptom, RecordingSet
from devices.register import set_kind_required
from kecamatan.models import Event, Kecamatan, SignOfLife
from lib.errors import Conflict, Forbidden, KeyReused, Refused
from repairs.causes import state_cause
from repairs.faults import record_past_fault, report_failed_again, report_fault
from repairs.models import CauseStatement, Ticket
from repairs.sets import move_device, withdraw_set
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
from tests.threads import CALLERS, at_once

KEY = UUID("00000000-0000-4000-8000-000000000001")


def actions(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(subject=f"ticket:{ticket.pk}").order_by("pk").values_list("action", flat=True))


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.field, refusal.value.message


# --- reporting ---------------------------------------------------------------------------------------------


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


# --- who may -----------------------------------------------------------------------------------------------


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


# --- what cannot be ----------------------------------------------------------------------------------------


def test_what_staff_log_must_name_the_reporter_and_come_after_the_fault(recording_set: RecordingSet) -> None:
    assert refused(lambda: make_fault(recording_set, channel="phone")) == (
        "reporter_name",
        "Tulis siapa yang melaporkan.",
    )
    early: dict[str, Any] = {"reported_at": moment("2026-11-19 02:00"), "failed_at": moment("2026-11-19 03:00")}
    assert refused(lambda: make_fault(recording_set, **early)) == (
        "reported_at",
        "Laporan tidak bisa masuk sebelum alatnya rusak. Periksa kedua waktunya.",
    )
    for field in ("note", "message", "reporter_name"):
        assert refused(lambda field=field: make_fault(recording_set, **{field: "3603301234567890"}))[0] == field


def test_a_symptom_belongs_to_its_kind(recording_set: RecordingSet) -> None:
    blurred = DeviceSymptom.objects.get(code="bad_picture")
    assert refused(lambda: make_fault(recording_set, "server", symptom=blurred)) == (
        "symptom",
        "Gejala ini bukan untuk Server. Pilih gejala lain.",
    )
    assert make_fault(recording_set, "camera", symptom=blurred).symptom == blurred


def test_moments_that_cannot_be_are_refused(recording_set: RecordingSet) -> None:
    future, early = moment("2026-11-20 03:01"), moment("2008-12-31 16:59")
    not_yet = "Waktu ini belum tiba. Isi waktu sekarang atau sebelumnya."
    assert refused(lambda: make_fault(recording_set, failed_at=future)) == ("failed_at", not_yet)
    assert refused(lambda: make_fault(recording_set, reported_at=future)) == ("reported_at", not_yet)
    assert refused(lambda: make_fault(recording_set, failed_at=early)) == (
        "failed_at",
        "Sebelum tahun 2009 perekaman KTP-el belum ada. Periksa tahunnya.",
    )


def test_component_that_the_set_does_not_have_is_refused(recording_set: RecordingSet) -> None:
    assert refused(lambda: make_fault(recording_set, "generator")) == (
        "device_kind",
        "Set 1 Kecamatan Sepatan Timur tidak punya Genset pada waktu itu.",
    )
    before = moment("2026-01-05 01:59")
    assert refused(lambda: make_fault(recording_set, failed_at=before))[0] == "device_kind"


def test_component_that_was_lent_away_then_is_refused(recording_set: RecordingSet) -> None:
    device = device_of(recording_set, "camera")
    borrower = make_set(make_kecamatan("36.03.01"), kinds=[])
    move_device(device=device, recording_set=borrower, at=moment("2026-10-10 03:00"), by=None)
    assert refused(lambda: make_fault(recording_set, "camera", device=device)) == (
        "device",
        f"{device} tidak terpasang di Set 1 saat itu. Periksa alat dan waktunya.",
    )


def test_one_of_several_must_be_named(recording_set: RecordingSet) -> None:
    second = make_device(recording_set, "camera")
    assert refused(lambda: make_fault(recording_set, "camera")) == (
        "device",
        "Set 1 Kecamatan Sepatan Timur punya 2 Kamera pada waktu itu. Sebutkan nomor serinya.",
    )
    assert make_fault(recording_set, "camera", device=second).device == second


def test_device_of_another_kind_is_refused(recording_set: RecordingSet) -> None:
    camera = device_of(recording_set, "camera")
    assert refused(lambda: make_fault(recording_set, "server", device=camera)) == (
        "device_kind",
        f"{camera} bukan Server. Periksa jenisnya.",
    )


def test_second_fault_of_a_device_names_the_first(recording_set: RecordingSet) -> None:
    first = make_fault(recording_set, failed_at=moment("2026-11-01 03:00"))
    assert refused(lambda: make_fault(recording_set)) == (
        "failed_at",
        f"{first.device} sudah tercatat rusak atau tidak ada saat itu: tiket {first.number}.",
    )
    void_ticket(first, version=1, by=None, reason="salah set")
    assert make_fault(recording_set).status == "reported"


def test_faults_of_a_device_may_touch_but_not_overlap(recording_set: RecordingSet) -> None:
    def past(start: str, end: str) -> Ticket:
        return record_past_fault(
            client_key=uuid4(),
            recording_set=recording_set,
            device_kind=kind("server"),
            failed_at=moment(start),
            restored_at=moment(end),
            by=None,
        )

    past("2026-10-05 03:00", "2026-10-07 03:00")
    past("2026-10-07 03:00", "2026-10-08 03:00")
    past("2026-10-04 03:00", "2026-10-05 03:00")
    assert refused(lambda: past("2026-10-01 03:00", "2026-10-04 03:01"))[0] == "failed_at"
    assert refused(lambda: past("2026-10-09 03:00", "2026-10-09 03:00")) == (
        "restored_at",
        "Waktu pulih harus sesudah waktu rusak.",
    )
    assert Ticket.objects.count() == 3


def test_component_that_stands_there_is_not_missing(recording_set: RecordingSet) -> None:
    assert refused(lambda: make_fault(recording_set, fault="missing")) == (
        "device_kind",
        "Server terpasang di Set 1 pada waktu itu, jadi tidak bisa dicatat tidak ada.",
    )
    device = device_of(recording_set)
    assert refused(lambda: make_fault(recording_set, fault="missing", device=device)) == (
        "device",
        "Komponen yang tidak ada tidak punya nomor seri. Kosongkan alatnya.",
    )


def test_component_is_missing_once_at_a_time(recording_set: RecordingSet) -> None:
    first = make_fault(recording_set, "tripod", fault="missing")
    assert refused(lambda: make_fault(recording_set, "tripod", fault="missing")) == (
        "failed_at",
        f"Tripod sudah tercatat rusak atau tidak ada saat itu: tiket {first.number}.",
    )


def test_nothing_is_missing_in_a_withdrawn_set(recording_set: RecordingSet) -> None:
    withdraw_set(recording_set=recording_set, at=moment("2026-11-01 03:00"), by=None)
    recording_set.refresh_from_db()
    assert refused(lambda: make_fault(recording_set, "tripod", fault="missing")) == (
        "recording_set",
        "Set 1 sudah ditarik pada waktu itu.",
    )


@pytest.mark.parametrize("field", ["note", "reporter_name"])
@pytest.mark.parametrize("text", ["NIK 3603301708450001", "3603 3017 0845 0001", "3603.3017-0845.0001 rusak"])
def test_citizens_number_in_text_is_refused(recording_set: RecordingSet, field: str, text: str) -> None:
    assert refused(lambda: make_fault(recording_set, **{field: text})) == (
        field,
        "Ada 16 angka yang tampak seperti NIK. Data warga tidak boleh disimpan di sini: hapus nomornya.",
    )


def test_cost_below_zero_is_refused(recording_set: RecordingSet) -> None:
    assert refused(lambda: make_fault(recording_set, cost=Decimal("-1"))) == (
        "cost",
        "Biaya tidak boleh negatif.",
    )


# --- the same again ----------------------------------------------------------------------------------------


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


# --- broken again ------------------------------------------------------------------------------------------


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


# --- causes ------------------------------------------------------------------------------------------------


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


# --- the rest of a ticket ----------------------------------------------------------------------------------


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
