"""The workflow of a ticket, in one table, and the only functions that write a ticket's status.

Each step says who may take it, what people read on its button and beside it, and what it asks for. Besides
the steps, a ticket is entered (``enter``: open, or closed for a fault that is over), or closed because
something else ended its fault (``settle``): a missing component was placed, its set withdrawn, its device
replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from accounts.permissions import AT_THE_PLACE, WORKERS, guard, holds_role
from kecamatan.changes import collected_marks, compare_and_set, record_event, record_sign_of_life
from kecamatan.claims import said_at
from kecamatan.models import Kecamatan
from lib.errors import Conflict, Refused
from lib.guards import refuse_moment, refuse_stale
from lib.months import local_day, midnight
from lib.privacy import refuse_identity_numbers
from repairs.guards import lock_set, refuse_impossible_fault, refuse_reversed, refuse_voided
from repairs.marks import mark_ticket, span_of
from repairs.models import Ticket

Status, Priority = Ticket.Status, Ticket.Priority

CLOSES_AFTER = timedelta(days=7)
"""How long a repair waits for somebody to confirm it before its ticket closes by itself."""

DUE_DAYS: dict[str, int] = {Priority.URGENT: 2, Priority.HIGH: 7, Priority.NORMAL: 14, Priority.LOW: 30}
"""In how many calendar days after the report a ticket is due, by priority; the last day counts to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One step of the workflow: from a status to another.

    ``asks`` names the fields its form shows; of ``requires`` at least one must be given. ``of_reporter`` is for whoever
    made the report alone. Two steps may lead from one status to another: everybody takes the first that is theirs.
    """

    source: Ticket.Status
    target: Ticket.Status
    name: str
    roles: tuple[Role, ...]
    label: str
    sentence: str
    asks: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    of_reporter: bool = False

    def is_for(self, ticket: Ticket, user: User) -> bool:
        """Say whether a person may take this step with a ticket."""
        is_theirs = not self.of_reporter or ticket.reported_by_id == user.pk
        return is_theirs and holds_role(user, ticket.kecamatan, *self.roles)


def _step(
    source: Ticket.Status, target: Ticket.Status, name: str, label: str, sentence: str, **more: Any
) -> Transition:
    more.setdefault("roles", WORKERS)
    return Transition(source=source, target=target, name=name, label=label, sentence=sentence, **more)


_START = ("start", "Mulai kerjakan", "Perbaikan dimulai; pelapor melihat bahwa tiketnya sedang dikerjakan.")
_REJECT = (
    "reject",
    "Tolak",
    "Laporan tidak dihitung lagi sebagai kerusakan. Tulis alasannya atau tiket yang sama.",
)
_REASON_OR_TICKET: dict[str, Any] = dict.fromkeys(("asks", "requires"), ("reason", "duplicate_of"))

STEPS: tuple[Transition, ...] = (
    _step(
        Status.REPORTED,
        Status.TRIAGED,
        "triage",
        "Verifikasi",
        "Laporan sudah diperiksa dan benar; menunggu dikerjakan.",
    ),
    _step(Status.REPORTED, Status.REJECTED, *_REJECT, **_REASON_OR_TICKET),
    _step(
        Status.REPORTED,
        Status.REJECTED,
        "withdraw",
        "Tarik laporan saya",
        "Untuk laporan Anda yang keliru, selama belum diperiksa dinas. Tidak dihitung lagi, tetapi tetap tersimpan.",
        roles=(Role.OPERATOR,),
        asks=("reason",),
        requires=("reason",),
        of_reporter=True,
    ),
    _step(Status.TRIAGED, Status.IN_PROGRESS, *_START),
    _step(Status.TRIAGED, Status.REJECTED, *_REJECT, **_REASON_OR_TICKET),
    _step(
        Status.IN_PROGRESS,
        Status.WAITING_PARTS,
        "wait_for_parts",
        "Tunggu suku cadang",
        "Perbaikan berhenti sampai suku cadang datang.",
    ),
    _step(
        Status.IN_PROGRESS,
        Status.WAITING_CENTRE,
        "wait_for_centre",
        "Tunggu pusat",
        "Perbaikan berhenti sampai pusat mengirim teknisi, suku cadang atau alat.",
    ),
    _step(
        Status.WAITING_PARTS,
        Status.IN_PROGRESS,
        "continue",
        "Lanjutkan",
        "Suku cadang ada; perbaikan dilanjutkan.",
    ),
    _step(
        Status.WAITING_CENTRE,
        Status.IN_PROGRESS,
        "continue",
        "Lanjutkan",
        "Pusat sudah membantu; dilanjutkan.",
    ),
    _step(
        Status.IN_PROGRESS,
        Status.RESOLVED,
        "resolve",
        "Selesai diperbaiki",
        "Komponen bekerja lagi sejak waktu itu. Operator memastikan; sesudah 7 hari tiket tertutup sendiri.",
        asks=("restored_at",),
    ),
    _step(
        Status.RESOLVED,
        Status.CLOSED,
        "close",
        "Ya, sudah bekerja",
        "Perbaikan dipastikan berhasil dan tiket ditutup.",
        roles=AT_THE_PLACE,
    ),
    _step(
        Status.RESOLVED,
        Status.REOPENED,
        "reopen",
        "Belum bekerja",
        "Perbaikan tidak berhasil: kerusakan dihitung terus sejak awal. Tulis apa yang belum bekerja.",
        roles=AT_THE_PLACE,
        asks=("reason",),
        requires=("reason",),
    ),
    _step(Status.REOPENED, Status.IN_PROGRESS, *_START),
)

TRANSITIONS: dict[tuple[str, str], list[Transition]] = {
    (one.source, one.target): [step for step in STEPS if (step.source, step.target) == (one.source, one.target)]
    for one in STEPS
}

ENDED = (Status.RESOLVED, Status.CLOSED)
"""The statuses of a fault that is over; ``rejected`` never was one."""

NOT_IN_WORK = (*ENDED, Status.REJECTED)
"""The statuses in which nobody works on a ticket any more."""

FINISHED = (Status.CLOSED, Status.REJECTED)
"""The statuses that no step leaves: a repair still waits to be confirmed, these wait for nobody."""

REQUIRED_SENTENCES = {
    "reject": "Tulis alasan penolakan, atau pilih tiket yang sama.",
    "withdraw": "Tulis mengapa laporan ini keliru.",
    "reopen": "Tulis apa yang belum bekerja.",
}


def allowed_transitions(ticket: Ticket, user: User) -> list[Transition]:
    """Return the steps that a person may take with a ticket now, in the order of the table, one to each status."""
    if ticket.voided_at is not None:
        return []
    theirs: dict[str, Transition] = {}
    for step in STEPS:
        if step.source == ticket.status and step.is_for(ticket, user):
            theirs.setdefault(step.target, step)
    return list(theirs.values())


def due_at(priority: str, reported_at: datetime, zone: str) -> datetime:
    """Return the UTC moment at which a ticket is overdue: the local midnight that ends its last day."""
    return midnight(local_day(reported_at, zone) + timedelta(days=DUE_DAYS[priority] + 1), zone)


@transaction.atomic
@collected_marks()
def transition(
    ticket: Ticket,
    to: str,
    *,
    version: int,
    by: User | None,
    reason: str = "",
    duplicate_of: Ticket | None = None,
    restored_at: datetime | None = None,
) -> None:
    """Take a ticket one step of the table further, if it still has the ``version`` that the person saw.

    Raises :class:`Conflict` for everybody but the first, :class:`Forbidden` for a role that may not take the
    step, and :class:`Refused` for a step that is not in the table or lacks what it asks for. Effects: status
    and the step's own fields (``resolved`` sets ``restored_at``, by default now; ``reopened`` takes it away,
    because the repair never held), an event; a sign of life when the kecamatan's operator confirms or
    reopens; marks the months of the fault when its span or whether it counts has changed.
    """
    step = checked_step(ticket, to, version=version, by=by)
    refuse_identity_numbers(reason, "reason")
    if step.requires and not (reason.strip() or ("duplicate_of" in step.requires and duplicate_of)):
        raise Refused(REQUIRED_SENTENCES[step.name], field=step.requires[0])
    before, counted = span_of(ticket), ticket.counts
    values = _values(ticket, step, duplicate_of=duplicate_of, restored_at=restored_at, by=by)
    compare_and_set(ticket, version, status=step.target, **values)
    _record(ticket, step, by=by, reason=reason.strip())
    if (before, counted) != (span_of(ticket), ticket.counts):
        mark_ticket(ticket, also=before)


def checked_step(ticket: Ticket, to: str, *, version: int, by: User | None) -> Transition:
    """Return the step that leads a ticket to a status; raises what :func:`transition` raises where it may not go."""
    refuse_stale(ticket, version)
    refuse_voided(ticket)
    steps = TRANSITIONS.get((ticket.status, to))
    if steps is None:
        target = Status(to).label
        raise Refused(f"Tiket {ticket.number} berstatus {ticket.get_status_display()}, tidak bisa menjadi {target}.")
    theirs = [step for step in steps if by is None or step.is_for(ticket, by)]
    guard(by, [ticket.kecamatan], lambda *_: bool(theirs))
    return theirs[0]


def _values(
    ticket: Ticket, step: Transition, *, duplicate_of: Ticket | None, restored_at: datetime | None, by: User | None
) -> dict[str, Any]:
    """Return what a step writes besides the status."""
    now = timezone.now()
    match step.target:
        case Status.TRIAGED:
            return {"triaged_at": now}
        case Status.REJECTED:
            return {"duplicate_of": _other_ticket(ticket, duplicate_of), "closed_at": now}
        case Status.RESOLVED:
            return {"restored_at": _restoration(ticket, restored_at or now), "resolved_at": now}
        case Status.CLOSED:
            return {"closed_at": now}
        case Status.REOPENED:
            lock_set(ticket.recording_set)
            refuse_impossible_fault(ticket, failed_at=ticket.failed_at, restored_at=None, by=by)
            return {"restored_at": None, "resolved_at": None}
    return {}


def _other_ticket(ticket: Ticket, other: Ticket | None) -> Ticket | None:
    if other is None:
        return None
    if other.pk == ticket.pk:
        raise Refused("Tiket tidak bisa sama dengan dirinya sendiri. Pilih tiket lain.", field="duplicate_of")
    if other.kecamatan_id != ticket.kecamatan_id:
        raise Refused("Tiket yang sama harus dari kecamatan yang sama.", field="duplicate_of")
    # Two tickets that are each called the same as the other at once must not both be rejected: both rows are locked,
    # always in the order of their keys, and the other is read again.
    list(Ticket.objects.select_for_update(no_key=True).filter(pk__in=(ticket.pk, other.pk)).order_by("pk").values("pk"))
    other.refresh_from_db(fields=["status", "voided_at"])
    if not other.counts:
        raise Refused(f"Tiket {other.number} sendiri tidak dihitung. Pilih tiket lain.", field="duplicate_of")
    return other


def _restoration(ticket: Ticket, restored_at: datetime) -> datetime:
    refuse_moment(restored_at, ticket.kecamatan.time_zone, "restored_at")
    refuse_reversed(ticket.failed_at, restored_at, "restored_at", "Waktu pulih harus sesudah waktu rusak.")
    return restored_at


def _record(ticket: Ticket, step: Transition, *, by: User | None, reason: str) -> None:
    record_event(
        ticket,
        step.name,
        by=by,
        kecamatan_id=ticket.kecamatan_id,
        before=step.source,
        after=step.target,
        reason=reason,
        duplicate_of=ticket.duplicate_of.number if ticket.duplicate_of else None,
        restored_at=ticket.restored_at.isoformat() if ticket.restored_at else None,
    )
    if step.source == Status.RESOLVED and _is_own_operator(by, ticket.kecamatan):
        record_sign_of_life(ticket.kecamatan, said_at())


def _is_own_operator(by: User | None, place: Kecamatan) -> bool:
    return by is not None and place.pk in by.scope_as(Role.OPERATOR).kecamatan


# --- the other ways in and out --------------------------------------------------------------------------


def enter(ticket: Ticket) -> None:
    """Save a new ticket: ``reported``, or ``closed`` where its fault is over. The rest is ``faults``'s."""
    if ticket.restored_at is None:
        ticket.status = Status.REPORTED
    else:
        ticket.status, ticket.resolved_at, ticket.closed_at = (
            Status.CLOSED,
            ticket.restored_at,
            timezone.now(),
        )
    ticket.save(force_insert=True)


@transaction.atomic
def settle(ticket: Ticket, *, restored_at: datetime, by: User | None, action: str, **values: Any) -> None:
    """Close a ticket whose fault something else ended at ``restored_at`` (UTC), whatever its status.

    The caller has asked whether ``by`` may do that something. Effects: closed with ``restored_at`` and
    further ``values`` (a route), an event named ``action``; marks the months of the fault.
    """
    refuse_voided(ticket)
    if ticket.status in NOT_IN_WORK:
        raise Refused(f"Tiket {ticket.number} sudah {ticket.get_status_display().lower()}.")
    now, before, status = timezone.now(), span_of(ticket), ticket.status
    restored_at = _restoration(ticket, restored_at)
    compare_and_set(
        ticket,
        ticket.version,
        status=Status.CLOSED,
        restored_at=restored_at,
        resolved_at=now,
        closed_at=now,
        **values,
    )
    record_event(
        ticket,
        action,
        by=by,
        kecamatan_id=ticket.kecamatan_id,
        before=status,
        after=Status.CLOSED,
        restored_at=restored_at.isoformat(),
    )
    mark_ticket(ticket, also=before)


def close_resolved_tickets() -> int:
    """Close the repairs that nobody contradicted for 7 days; returns how many. Safe to run twice."""
    waiting = Ticket.objects.counted().filter(status=Status.RESOLVED, resolved_at__lte=timezone.now() - CLOSES_AFTER)
    closed = 0
    for ticket in waiting.select_related("duplicate_of", "kecamatan").order_by("pk"):
        try:
            transition(ticket, Status.CLOSED, version=ticket.version, by=None)
        except Conflict:
            continue
        closed += 1
    return closed
