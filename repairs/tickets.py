"""What people do with a ticket besides moving it through the workflow: assign, promise, route, correct, void.

What holds already is not written again. Each function owns one change: guard, write, event, marks, in one
transaction. ``version`` is the one that the person saw; everybody but the first to change it gets :class:`Conflict`.
``by`` is ``None`` for imports and the system.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_comment, may_correct_repairs, may_work_tickets
from kecamatan.changes import compare_and_set, record_event, subject_key
from kecamatan.models import Event, Kecamatan
from lib.errors import Refused
from lib.guards import refuse_stale, required_reason, required_text
from lib.months import local_day
from lib.privacy import refuse_identity_numbers
from repairs.guards import lock_set, refuse_impossible_fault, refuse_voided
from repairs.marks import mark_ticket, span_of
from repairs.models import Ticket
from repairs.workflow import ENDED, NOT_IN_WORK, due_at, settle


@transaction.atomic
def assign(ticket: Ticket, *, assignee: User | None, version: int, by: User | None) -> None:
    """Give a ticket to somebody who may work it, or to nobody. Effects: ``assignee``, an event."""
    guard_work(ticket, version, by)
    give(ticket, assignee=assignee, version=version, by=by)


def give(ticket: Ticket, *, assignee: User | None, version: int, by: User | None, **said: str) -> None:
    """Do what :func:`assign` does, for a change whose own permission was asked before; ``said`` enters the event."""
    refuse_stale(ticket, version)
    refuse_voided(ticket)
    if assignee == ticket.assignee:
        return
    refuse_assignee(ticket, assignee)
    before = str(ticket.assignee) if ticket.assignee else ""
    compare_and_set(ticket, version, assignee=assignee)
    _record(ticket, "assign", by, before=before, after=str(assignee) if assignee else "", **said)


def refuse_assignee(ticket: Ticket, assignee: User | None) -> None:
    """Refuse to give a ticket to somebody who may not work it."""
    if assignee is not None and not may_work_tickets(assignee, ticket.kecamatan):
        raise Refused(f"{assignee} tidak bertugas untuk {ticket.kecamatan.name}.", field="assignee")


@transaction.atomic
def promise(ticket: Ticket, *, promised_on: date | None, version: int, by: User | None, reason: str = "") -> None:
    """Promise the local day on which a fault will be over, or take the promise back.

    A promise that slips, or is taken back, needs a reason. Effects: ``promised_on``, an event that keeps the day
    promised before and says whether the promise slipped.
    """
    guard_work(ticket, version, by)
    before = ticket.promised_on
    if before and before == promised_on:
        return
    refuse_promise(ticket, promised_on, reason)
    compare_and_set(ticket, version, promised_on=promised_on)
    _record(
        ticket,
        "promise",
        by,
        before=before.isoformat() if before else None,
        after=promised_on.isoformat() if promised_on else None,
        slipped=bool(before and promised_on and promised_on > before),
        reason=reason.strip(),
    )


def refuse_promise(ticket: Ticket, promised_on: date | None, reason: str) -> None:
    """Refuse a day that is over, no day where none was promised, and a promise broken without a reason."""
    before = ticket.promised_on
    refuse_identity_numbers(reason, "reason")
    if before is None and promised_on is None:
        raise Refused("Isi tanggal yang dijanjikan.", field="promised_on")
    if before and not reason.strip() and (promised_on is None or promised_on > before):
        raise Refused("Janji diundur atau dicabut: tulis alasannya.", field="reason")
    if promised_on and promised_on < local_day(timezone.now(), ticket.kecamatan.time_zone):
        raise Refused("Tanggal janji sudah lewat. Isi hari ini atau sesudahnya.", field="promised_on")


@transaction.atomic
def set_priority(ticket: Ticket, *, priority: str, version: int, by: User | None) -> None:
    """Change the priority, and with it the due date, which counts from the report.

    Effects: ``priority``, ``due_at``, an event; marks the months of the fault.
    """
    guard_work(ticket, version, by)
    before = ticket.priority
    if before == priority:
        return
    due = due_at(priority, ticket.reported_at, ticket.kecamatan.time_zone)
    compare_and_set(ticket, version, priority=priority, due_at=due)
    _record(ticket, "set_priority", by, before=before, after=priority)
    mark_ticket(ticket)


@transaction.atomic
def set_route(ticket: Ticket, *, route: str, version: int, by: User | None) -> None:
    """Say by which route a fault is repaired. Effects: ``route``, an event; marks the months of the fault."""
    _guard_change(ticket, version, by, may_work_tickets)
    before = ticket.route
    if before == route:
        return
    compare_and_set(ticket, version, route=route)
    _record(ticket, "set_route", by, before=before, after=route)
    mark_ticket(ticket)


@transaction.atomic
def set_cost(ticket: Ticket, *, cost: Decimal | None, version: int, by: User | None) -> None:
    """Note what the repair costs, in rupiah. Effects: ``cost``, an event with the amount before."""
    _guard_change(ticket, version, by, may_work_tickets)
    if cost is not None and cost < 0:
        raise Refused("Biaya tidak boleh negatif.", field="cost")
    before = ticket.cost
    if before == cost:
        return
    compare_and_set(ticket, version, cost=cost)
    _record(
        ticket,
        "set_cost",
        by,
        before=None if before is None else str(before),
        after=None if cost is None else str(cost),
    )


@transaction.atomic
def comment(ticket: Ticket, *, text: str, by: User | None) -> None:
    """Add a comment to the history of a ticket; the only effect is its event.

    What the same person said last, with nothing after it, is not said twice: another tab, or a form sent again.
    """
    guard(by, [ticket.kecamatan], may_comment)
    text = required_text(text, "text", "Tulis komentarnya.")
    newest = Event.objects.filter(subject=subject_key(ticket)).order_by("at", "pk").last()
    if newest and (newest.action, newest.by_id, newest.data.get("text")) == ("comment", by.pk if by else None, text):
        return
    _record(ticket, "comment", by, text=text)


@transaction.atomic
def set_effect(ticket: Ticket, *, effect: str, version: int, by: User | None) -> None:
    """Say whether recording stops or goes on with limits. Effects: ``effect``, an event; marks the months."""
    _guard_change(ticket, version, by, may_work_tickets)
    before = ticket.effect
    if before == effect:
        return
    compare_and_set(ticket, version, effect=effect)
    _record(ticket, "set_effect", by, before=before, after=effect)
    mark_ticket(ticket)


@transaction.atomic
def correct_note(ticket: Ticket, *, note: str, version: int, by: User | None) -> None:
    """Replace the description of a fault. Effects: ``note``, an event with the text before."""
    _guard_change(ticket, version, by, may_correct_repairs)
    refuse_identity_numbers(note, "note")
    before, note = ticket.note, note.strip()
    if before == note:
        return
    compare_and_set(ticket, version, note=note)
    _record(ticket, "correct_note", by, before=before)


@transaction.atomic
def correct_fault_times(
    ticket: Ticket,
    *,
    failed_at: datetime,
    restored_at: datetime | None,
    version: int,
    by: User | None,
    reason: str,
) -> None:
    """Correct when a fault began and when it was over (UTC).

    A fault that is over keeps an end (reopen it instead); one that lasts is closed by an end. Refused as a
    report of that span would be. Effects: the two moments, an event with those before; marks the months of
    both spans.
    """
    _guard_change(ticket, version, by, may_correct_repairs)
    reason = required_reason(reason)
    if ticket.status in ENDED and restored_at is None:
        raise Refused("Kerusakan ini sudah selesai. Isi waktu pulihnya, atau buka lagi tiketnya.", field="restored_at")
    if not ticket.counts:
        raise Refused(f"Tiket {ticket.number} ditolak; waktunya tidak dihitung.")
    lock_set(ticket.recording_set)
    refuse_impossible_fault(ticket, failed_at=failed_at, restored_at=restored_at, by=by)
    before, lasted = span_of(ticket), ticket.status not in ENDED
    compare_and_set(ticket, version, failed_at=failed_at, **({} if lasted else {"restored_at": restored_at}))
    _record(
        ticket,
        "correct_times",
        by,
        reason=reason,
        failed_before=before.start.isoformat(),
        restored_before=before.end.isoformat() if before.end else None,
    )
    mark_ticket(ticket, also=before)
    if lasted and restored_at is not None:
        settle(ticket, restored_at=restored_at, by=by, action="record_end")


@transaction.atomic
def void_ticket(ticket: Ticket, *, version: int, by: User | None, reason: str) -> None:
    """Void a ticket that is wrong: it stays on record and counts nowhere.

    Effects: ``voided_*``, an event; marks the months of the fault.
    """
    _guard_change(ticket, version, by, may_correct_repairs)
    reason = required_reason(reason)
    compare_and_set(ticket, version, voided_at=timezone.now(), voided_by=by, void_reason=reason)
    _record(ticket, "void", by, reason=reason)
    mark_ticket(ticket)


def guard_work(ticket: Ticket, version: int, by: User | None) -> None:
    """Refuse what makes sense only while somebody works on a ticket, where nobody does any more."""
    _guard_change(ticket, version, by, may_work_tickets)
    if ticket.status in NOT_IN_WORK:
        raise Refused(f"Sudah {ticket.get_status_display().lower()}.")


def _guard_change(ticket: Ticket, version: int, by: User | None, may: Callable[[User, Kecamatan], bool]) -> None:
    guard(by, [ticket.kecamatan], may)
    refuse_stale(ticket, version)
    refuse_voided(ticket)


def _record(ticket: Ticket, action: str, by: User | None, **data: Any) -> None:
    record_event(ticket, action, by=by, kecamatan_id=ticket.kecamatan_id, **data)
