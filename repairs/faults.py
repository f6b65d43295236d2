"""Faults as they are reported: a broken device, or a component that a set lacks.

Each function owns one change: guard, write, event, marks, in one transaction. ``by`` is the person who asks,
``None`` for imports and the system. A submission is known by its ``client_key``: sent again it changes
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Required, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_log_reports, may_report, may_work_tickets
from devices.models import Device, DeviceKind, DeviceSymptom, RecordingSet
from devices.placements import placements_at
from kecamatan.changes import collected_marks, record_event, record_sign_of_life
from kecamatan.claims import said_at
from kecamatan.models import Cause, Certainty, Effect, Kecamatan
from lib.errors import Refused
from lib.guards import refuse_moment, refuse_stale, required_reason
from lib.months import local_month
from lib.payload import payload_hash
from lib.photos import Upload
from lib.privacy import refuse_identity_numbers
from repairs import workflow
from repairs.attachments import attach, written
from repairs.causes import state_cause
from repairs.guards import lock_set, refuse_impossible_fault, submitted_before
from repairs.marks import mark_ticket
from repairs.models import Ticket

FAILED_AGAIN = "failed_again"
"""The event by which a ticket knows the one that follows it."""


class Said(TypedDict, total=False):
    """What may be said of a fault; moments are UTC, what is left out is decided by :func:`report_fault`.

    A broken device may be left out where the set had one of the kind then. ``reporter_name``, ``channel``,
    ``reported_at`` and the original ``message`` tell of a report that came otherwise than in the browser.
    """

    recording_set: Required[RecordingSet]
    device_kind: Required[DeviceKind]
    device: Device | None
    fault: str
    failed_at: datetime | None
    effect: str | None
    symptom: DeviceSymptom | None
    cause: str
    certainty: str
    note: str
    reporter_name: str
    channel: str
    message: str
    reported_at: datetime | None
    priority: str
    route: str
    cost: Decimal | None
    follows: Ticket | None
    photos: Sequence[Upload]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultReport:
    """A :class:`Said` with what was left out: unknown, or as a report in the browser has it."""

    recording_set: RecordingSet
    device_kind: DeviceKind
    device: Device | None = None
    fault: str = Ticket.Fault.BROKEN
    failed_at: datetime | None = None
    restored_at: datetime | None = None
    effect: str | None = None
    symptom: DeviceSymptom | None = None
    cause: str = Cause.UNKNOWN
    certainty: str = Certainty.SUSPECTED
    note: str = ""
    reporter_name: str = ""
    channel: str = Ticket.Channel.APP
    message: str = ""
    reported_at: datetime | None = None
    priority: str = Ticket.Priority.NORMAL
    route: str = ""
    cost: Decimal | None = None
    follows: Ticket | None = None
    photos: Sequence[Upload] = ()

    @property
    def place(self) -> Kecamatan:
        """Return the kecamatan or dinas of the set."""
        return self.recording_set.kecamatan

    @property
    def is_logged_for_others(self) -> bool:
        """Say whether staff enter what came by telephone, letter or otherwise."""
        return self.channel not in (Ticket.Channel.APP, Ticket.Channel.IMPORT)

    def fingerprint(self) -> str:
        """Return the hash of all that was sent, by which a resend is told from another report."""
        values: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        rows = ("recording_set", "device_kind", "device", "symptom", "follows")
        values |= {name: values[name] and values[name].pk for name in rows}
        digests = [photo.digest for photo in values.pop("photos")]
        return payload_hash(**values, **({"photos": digests} if digests else {}))


def report_fault(*, client_key: UUID, by: User | None, **said: Unpack[Said]) -> Ticket:
    """Open a ticket for a fault that still lasts; the same submission again returns the same ticket.

    ``failed_at`` left out is when it was reported; by a phone without signal, when it was written there. The effect
    left out is "stopped" for a kind that was required in that month, "limited" for another. ``reported_at`` is now,
    and for imports ``failed_at``, so that history reads right; the due date counts from it. Raises :class:`KeyReused`
    for another report under the same key, and :class:`Refused` for what cannot be: the future, before 2009, a report
    before its fault, a component that the set did not have, or that has a fault already, a symptom of another kind, a
    NIK in a text.

    Effects: the ticket with its photos, its first stated cause (unless unknown), an event, a sign of life of the
    kecamatan (unless imported); marks the months of the fault wherever its device stood.
    """
    return _submit(client_key, FaultReport(**said), by=by)


def record_past_fault(*, client_key: UUID, restored_at: datetime, by: User | None, **said: Unpack[Said]) -> Ticket:
    """Record a fault after it ended: the ticket is born ``closed``. Otherwise as :func:`report_fault`."""
    return _submit(client_key, FaultReport(**said, restored_at=restored_at), by=by)


@transaction.atomic
@collected_marks()
def report_failed_again(
    ticket: Ticket, *, client_key: UUID, failed_again_at: datetime, version: int, by: User | None, reason: str
) -> Ticket:
    """Open a ticket that follows one whose repair held for a while; the earlier one is closed.

    Where the repair never held, reopen the ticket instead: ``workflow.transition(ticket, "reopened", ...)``.
    Effects: those of closing and of :func:`report_fault`, and an event of the earlier ticket that names the new one;
    sent again it returns the same ticket, and raises :class:`KeyReused` for another body.
    """
    guard(by, [ticket.kecamatan], may_report)
    reason = required_reason(reason)
    said: Said = {
        "recording_set": ticket.recording_set,
        "device_kind": ticket.device_kind,
        "device": ticket.device,
        "fault": ticket.fault,
        "failed_at": failed_again_at,
        "effect": ticket.effect,
        "note": reason,
        "priority": ticket.priority,
        "follows": ticket,
    }
    if earlier := submitted_before(Ticket, client_key, FaultReport(**said).fingerprint()):
        return earlier
    refuse_stale(ticket, version)
    if ticket.status not in workflow.ENDED or ticket.restored_at is None:
        raise Refused(f"Kerusakan tiket {ticket.number} belum selesai, jadi belum bisa rusak lagi.")
    if failed_again_at < ticket.restored_at:
        raise Refused("Rusak lagi harus sesudah waktu pulih. Isi waktu yang lebih akhir.", field="failed_again_at")
    if ticket.status == Ticket.Status.RESOLVED:
        workflow.transition(ticket, Ticket.Status.CLOSED, version=version, by=by)
    follower = report_fault(client_key=client_key, by=by, **said)
    record_event(
        ticket,
        FAILED_AGAIN,
        by=by,
        kecamatan_id=ticket.kecamatan_id,
        failed_again_at=failed_again_at.isoformat(),
        ticket=follower.number,
    )
    return follower


def _submit(client_key: UUID, report: FaultReport, *, by: User | None) -> Ticket:
    guard(by, [report.place], may_report)
    if report.route or report.cost is not None:
        guard(by, [report.place], may_work_tickets)
    if report.is_logged_for_others:
        guard(by, [report.place], may_log_reports)
    fingerprint = report.fingerprint()
    if report.photos and (earlier := submitted_before(Ticket, client_key, fingerprint)):
        # Photos that came before need not be drawn again.
        return earlier
    with written(report.photos) as files, transaction.atomic(), collected_marks():
        lock_set(report.recording_set)
        if earlier := submitted_before(Ticket, client_key, fingerprint):
            return earlier
        ticket = _judged(report, by)
        ticket.client_key, ticket.payload_hash, ticket.reported_by = client_key, fingerprint, by
        try:
            with transaction.atomic():
                workflow.enter(ticket)
        except IntegrityError:
            # Another set's report took the key a moment ago; the lock of this set did not hold it back.
            if earlier := submitted_before(Ticket, client_key, fingerprint):
                return earlier
            raise
        _follow_up(ticket, report, by=by)
        if files:
            attach(ticket, files, by=by)
    return ticket


def _judged(report: FaultReport, by: User | None) -> Ticket:
    """Return the ticket of a report, not saved yet; raises :class:`Refused` for what cannot be."""
    failed_at, reported_at = _moments(report)
    _refuse_words(report)
    if report.cost is not None and report.cost < 0:
        raise Refused("Biaya tidak boleh negatif.", field="cost")
    zone, device = report.place.time_zone, _device(report, failed_at)
    _refuse_foreign_symptom(report)
    ticket = Ticket(
        fault=report.fault,
        kecamatan=report.place,
        recording_set=report.recording_set,
        device_kind=report.device_kind,
        device=device,
        symptom=report.symptom,
        effect=report.effect or default_effect(report.device_kind, failed_at, zone),
        failed_at=failed_at,
        restored_at=report.restored_at,
        note=report.note.strip(),
        priority=report.priority,
        route=report.route,
        cost=report.cost,
        # Nobody promised anything for what a file only records.
        due_at=None if report.channel == Ticket.Channel.IMPORT else workflow.due_at(report.priority, reported_at, zone),
        follows=report.follows,
        reporter_name=report.reporter_name.strip(),
        channel=report.channel,
        message=report.message.strip(),
        reported_at=reported_at,
    )
    refuse_impossible_fault(ticket, failed_at=failed_at, restored_at=report.restored_at, by=by)
    return ticket


def _moments(report: FaultReport) -> tuple[datetime, datetime]:
    """Return since when it fails and when that was reported."""
    failed_at = report.failed_at or report.reported_at or said_at()
    now, zone = timezone.now(), report.place.time_zone
    reported_at = report.reported_at or (failed_at if report.channel == Ticket.Channel.IMPORT else now)
    refuse_moment(reported_at, zone, "reported_at")
    refuse_moment(failed_at, zone, "failed_at")
    if reported_at < failed_at:
        raise Refused("Laporan tidak bisa masuk sebelum alatnya rusak. Periksa kedua waktunya.", field="reported_at")
    return failed_at, reported_at


def _refuse_words(report: FaultReport) -> None:
    for field in ("note", "reporter_name", "message"):
        refuse_identity_numbers(getattr(report, field), field)
    if report.is_logged_for_others and not report.reporter_name.strip():
        raise Refused("Tulis siapa yang melaporkan.", field="reporter_name")


def _refuse_foreign_symptom(report: FaultReport) -> None:
    if report.symptom and not report.symptom.kinds.filter(pk=report.device_kind.pk).exists():
        raise Refused(f"Gejala ini bukan untuk {report.device_kind}. Pilih gejala lain.", field="symptom")


def _device(report: FaultReport, failed_at: datetime) -> Device | None:
    """Return the broken device: the one named, or the only one of its kind that the set had then."""
    if report.fault == Ticket.Fault.MISSING:
        if report.device is not None:
            raise Refused("Komponen yang tidak ada tidak punya nomor seri. Kosongkan alatnya.", field="device")
        return None
    if report.device is not None:
        if report.device.kind_id != report.device_kind.pk:
            raise Refused(f"{report.device} bukan {report.device_kind}. Periksa jenisnya.", field="device_kind")
        return report.device
    placed = placements_at(report.recording_set, report.device_kind, failed_at)
    what = f"{report.recording_set} {report.place.name}"
    if not placed:
        raise Refused(f"{what} tidak punya {report.device_kind} pada waktu itu.", field="device_kind")
    if len(placed) > 1:
        raise Refused(
            f"{what} punya {len(placed)} {report.device_kind} pada waktu itu. Sebutkan nomor serinya.",
            field="device",
        )
    return placed[0].device


def default_effect(kind: DeviceKind, failed_at: datetime, zone: str) -> str:
    """Return what a fault does by default: it stops recording where its kind was required that month."""
    month = local_month(failed_at, zone)
    rules = kind.requirements.filter(Q(until_month=None) | Q(until_month__gt=month), from_month__lte=month)
    return Effect.STOPPED if rules.exists() else Effect.LIMITED


def _follow_up(ticket: Ticket, report: FaultReport, *, by: User | None) -> None:
    record_event(
        ticket,
        "report" if ticket.restored_at is None else "record_past",
        by=by,
        kecamatan_id=ticket.kecamatan_id,
        failed_at=ticket.failed_at.isoformat(),
        restored_at=ticket.restored_at.isoformat() if ticket.restored_at else None,
        channel=ticket.channel,
        reporter=ticket.reporter_name,
    )
    if report.cause != Cause.UNKNOWN:
        state_cause(ticket, cause=report.cause, certainty=report.certainty, by=by, stated_at=ticket.reported_at)
    if ticket.channel != Ticket.Channel.IMPORT:
        record_sign_of_life(ticket.kecamatan, report.reported_at or said_at())
    mark_ticket(ticket)
