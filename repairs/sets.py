"""Changes of a set that touch both its register and its faults.

The placements are ``devices.register``'s; here lies what they do to faults: placing a kind ends its missing
fault, theft ends a placement and opens a missing fault, withdrawing a set ends its missing faults, and a
replacement ends the fault of the device that it replaces. ``by`` is the person who asks, ``None`` for imports
and the system. Moments are UTC; each function is one transaction, with the events and marks of the parts that
it is made of.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_manage_devices
from devices import placements
from devices.models import Device, DeviceKind, Placement, RecordingSet
from devices.placements import close_placement, lock_device, open_placement
from devices.register import close_set, register_device, take_off_register
from kecamatan.changes import collected_marks
from kecamatan.models import Cause, Certainty, Kecamatan
from lib.errors import Refused
from lib.format import moment_id
from lib.guards import refuse_stale, required_reason
from lib.spans import Span
from repairs.arrangements import end_arrangement, start_arrangement
from repairs.faults import FaultReport, report_fault
from repairs.guards import lock_set, stood_then, submitted_before
from repairs.models import Arrangement, Ticket, TicketQuerySet
from repairs.workflow import settle


@transaction.atomic
@collected_marks()
def add_device(
    *,
    kind: DeviceKind,
    kecamatan: Kecamatan,
    by: User | None,
    recording_set: RecordingSet | None = None,
    at: datetime | None = None,
    **card: Any,
) -> Device:
    """Enter a new device of a place, and put it into a set at ``at`` (now where left out), or into its store.

    Effects: those of ``register_device`` and, with a set, of :func:`install_device`.
    """
    device = register_device(kind=kind, kecamatan=kecamatan, by=by, **card)
    if recording_set is not None:
        install_device(device=device, recording_set=recording_set, at=at or timezone.now(), by=by)
    return device


@transaction.atomic
@collected_marks()
def install_device(
    *,
    device: Device,
    recording_set: RecordingSet,
    at: datetime,
    by: User | None,
    until: datetime | None = None,
    version: int | None = None,
) -> Placement:
    """Put a device into a set (until a moment that is known already, for imports of the past).

    Effects: the placement; the missing fault of its kind in that set, if one lasts, ends at ``at`` and its
    ticket is closed. Refused where a missing record says otherwise for the time after ``at``.
    """
    guard(by, [recording_set.kecamatan, device.kecamatan], may_manage_devices)
    lock_set(recording_set)
    lock_device(device, version)
    placement = open_placement(device=device, recording_set=recording_set, at=at, by=by, until=until)
    _end_missing(recording_set, device.kind, at=at, until=until, by=by)
    return placement


@transaction.atomic
def remove_device(*, device: Device, at: datetime, by: User | None, version: int | None = None) -> None:
    """Take a device out of its set into the store. Effects: its placement ends; its faults stay as they are."""
    placement = _standing(device)
    guard(by, [placement.recording_set.kecamatan], may_manage_devices)
    lock_device(device, version)
    close_placement(placement, at=at, by=by)


@transaction.atomic
def correct_placement(
    placement: Placement,
    *,
    started_at: datetime,
    ended_at: datetime | None,
    by: User | None,
    reason: str,
    version: int | None = None,
) -> None:
    """Correct from when until when a device stood in a set, with the reason; its faults stay as they are.

    Effects: those of ``placements.correct_placement``. Refused where a fault of the device began there in what the
    correction takes away, and where its kind is recorded missing from the set in what it adds.
    """
    recording_set, reason = placement.recording_set, required_reason(reason)
    guard(by, [recording_set.kecamatan, placement.device.kecamatan], may_manage_devices)
    lock_set(recording_set)
    before, kind = Span(placement.started_at, placement.ended_at), placement.device.kind
    placements.correct_placement(
        placement, started_at=started_at, ended_at=ended_at, by=by, reason=reason, version=version
    )
    _refuse_lost_fault(placement, before)
    if missing := _missing_of(recording_set, kind).overlapping(started_at, ended_at).order_by("failed_at").first():
        field = "dipasang" if missing.failed_at < before.start else "dilepas"
        raise _recorded_missing(missing, "pada waktu itu", field=field)


def _refuse_lost_fault(placement: Placement, before: Span) -> None:
    """Refuse where a fault began while the device stood in the set by its span before, but not by the new one."""
    faults = Ticket.objects.counted().filter(device=placement.device, recording_set=placement.recording_set)
    for ticket in faults.select_related("recording_set", "device").order_by("failed_at", "pk"):
        if before.covers(ticket.failed_at) and not stood_then(ticket, ticket.failed_at):
            at = moment_id(ticket.failed_at, placement.recording_set.kecamatan.time_zone)
            raise Refused(
                f"Tiket {ticket.number} mencatat alat ini rusak di sini sejak {at}. Perbaiki dulu waktu tiket itu.",
                field="dipasang" if ticket.failed_at < placement.started_at else "dilepas",
            )


@transaction.atomic
@collected_marks()
def move_device(
    *, device: Device, recording_set: RecordingSet, at: datetime, by: User | None, version: int | None = None
) -> Placement:
    """Move a device from the set in which it stands to another; its faults go with it.

    Effects: those of :func:`remove_device` and :func:`install_device`; moving it back to the place that lent it ends
    the loan.
    """
    source = _locked(device, version, recording_set)
    if source.pk == recording_set.pk:
        raise Refused(f"{device} sudah terpasang di {recording_set}.", field="recording_set")
    remove_device(device=device, at=at, by=by)
    placement = install_device(device=device, recording_set=recording_set, at=at, by=by)
    _end_loan(source.kecamatan, recording_set.kecamatan, at=at, by=by)
    return placement


@transaction.atomic
@collected_marks()
def lend_device(
    *,
    device: Device,
    recording_set: RecordingSet,
    at: datetime,
    by: User | None,
    version: int | None = None,
    until: datetime | None = None,
) -> Placement:
    """Lend a device to a set of another kecamatan, until a planned moment if one is known.

    Effects: those of :func:`move_device`, and the loan as an arrangement of the borrower.
    """
    lender, borrower = _standing(device).recording_set.kecamatan, recording_set.kecamatan
    if lender.pk == borrower.pk:
        raise Refused("Alat hanya dipinjamkan ke kecamatan lain. Pindahkan saja.", field="recording_set")
    placement = move_device(device=device, recording_set=recording_set, at=at, by=by, version=version)
    start_arrangement(
        kecamatan=borrower, kind=Arrangement.Kind.EQUIPMENT_LOAN, started_at=at, ended_at=until, host=lender, by=by
    )
    return placement


@transaction.atomic
@collected_marks()
def replace_device(
    *, device: Device, replacement: Device, at: datetime, by: User | None, version: int | None = None
) -> Placement:
    """Let another device of the same kind take a device's place; both keep their histories.

    Effects: the old placement ends and the new one begins at ``at``; the fault of the old device, if one
    lasts, ends then, its route is ``replacement`` and its ticket is closed.
    """
    if replacement.kind_id != device.kind_id:
        raise Refused(f"Pengganti harus {device.kind} juga.", field="replacement")
    recording_set = _locked(device, version)
    remove_device(device=device, at=at, by=by)
    _end_faults(_lasting(device), at=at, by=by, action="end_by_replacement", route=Ticket.Route.REPLACEMENT)
    return install_device(device=replacement, recording_set=recording_set, at=at, by=by)


@transaction.atomic
@collected_marks()
def replace_by_new(*, device: Device, at: datetime, by: User | None, version: int | None = None, **card: Any) -> Device:
    """Let a device that nobody has registered yet take a device's place, and return it.

    Effects: those of ``register_device`` and :func:`replace_device`.
    """
    place = _locked(device, version).kecamatan
    new = register_device(kind=device.kind, kecamatan=place, by=by, **card)
    replace_device(device=device, replacement=new, at=at, by=by)
    return new


@transaction.atomic
@collected_marks()
def record_theft(
    *,
    device: Device,
    at: datetime,
    by: User | None,
    client_key: UUID,
    note: str = "",
    channel: str = Ticket.Channel.APP,
    version: int | None = None,
) -> Ticket:
    """Record that a device was stolen, and return the ticket of the component that its set lacks since.

    Effects: the placement ends at ``at`` and the device counts as stolen; a fault that it had ends then; a missing
    fault of its kind begins, with theft as its certain cause. Sent again it returns the same ticket;
    raises ``KeyReused`` for another body.
    """
    said: dict[str, Any] = {
        "device_kind": device.kind,
        "fault": Ticket.Fault.MISSING,
        "failed_at": at,
        "cause": Cause.THEFT,
        "certainty": Certainty.CERTAIN,
        "note": note,
        "channel": channel,
    }
    if earlier := Ticket.objects.filter(client_key=client_key).select_related("recording_set", "kecamatan").first():
        guard(by, [earlier.kecamatan], may_manage_devices)
        same = FaultReport(recording_set=earlier.recording_set, **said).fingerprint()
        return submitted_before(Ticket, client_key, same) or earlier
    recording_set = _locked(device, version)
    remove_device(device=device, at=at, by=by)
    _end_faults(_lasting(device), at=at, by=by, action="end_by_theft")
    take_off_register(device, whereabouts=Device.Whereabouts.STOLEN, at=at, by=by, reason=note)
    return report_fault(client_key=client_key, by=by, recording_set=recording_set, **said)


@transaction.atomic
@collected_marks()
def write_off_device(*, device: Device, at: datetime, by: User | None, reason: str, version: int | None = None) -> None:
    """Write a device off, with the reason.

    Effects: its placement and the fault that it had, if any, end at ``at``; it counts as written off.
    """
    guard(by, [device.kecamatan], may_manage_devices)
    reason = required_reason(reason)
    if device.whereabouts == Device.Whereabouts.IN_SET:
        _locked(device, version)
        remove_device(device=device, at=at, by=by)
        version = None
    _end_faults(_lasting(device), at=at, by=by, action="end_by_write_off")
    take_off_register(device, whereabouts=Device.Whereabouts.WRITTEN_OFF, at=at, by=by, reason=reason, version=version)


@transaction.atomic
@collected_marks()
def withdraw_set(*, recording_set: RecordingSet, at: datetime, by: User | None, version: int | None = None) -> None:
    """Take a set off the record.

    Effects: ``withdrawn_at``; its placements and its missing faults end then, their tickets are closed; the
    faults of its devices stay with the devices.
    """
    guard(by, [recording_set.kecamatan], may_manage_devices)
    lock_set(recording_set)
    if version is not None:
        refuse_stale(recording_set, version)
    if recording_set.withdrawn_at is not None:
        raise Refused(f"{recording_set} {recording_set.kecamatan.name} sudah ditarik.", field="recording_set")
    missing = Ticket.objects.counted().filter(recording_set=recording_set, device=None, restored_at=None)
    _end_faults(missing, at=at, by=by, action="end_by_withdrawal")
    close_set(recording_set, at=at, by=by)


def _standing(device: Device) -> Placement:
    """Return the placement of a device that still runs."""
    placement = (
        device.placements.filter(ended_at=None).select_related("recording_set__kecamatan__kabupaten__province").first()
    )
    if placement is None:
        raise Refused(f"{device} tidak terpasang di set mana pun.", field="device")
    return placement


def _locked(device: Device, version: int | None, *others: RecordingSet) -> RecordingSet:
    """Return the set in which a device stands, after waiting for whoever changes it, the device or another set."""
    sets = {row.pk: row for row in (_standing(device).recording_set, *others)}
    for key in sorted(sets):
        lock_set(sets[key])
    lock_device(device, version)
    return _standing(device).recording_set


def _end_loan(borrower: Kecamatan, lender: Kecamatan, *, at: datetime, by: User | None) -> None:
    """End the oldest loan between two places that runs at ``at``, since a device goes back."""
    loans = Arrangement.objects.counted().filter(kind=Arrangement.Kind.EQUIPMENT_LOAN, kecamatan=borrower, host=lender)
    running = loans.filter(started_at__lt=at).filter(Q(ended_at=None) | Q(ended_at__gt=at))
    running = running.select_related("kecamatan__kabupaten__province", "host__kabupaten__province")
    if loan := running.order_by("started_at", "pk").first():
        end_arrangement(loan, version=loan.version, by=by, ended_at=at)


def _lasting(device: Device) -> Iterable[Ticket]:
    return Ticket.objects.counted().filter(device=device, restored_at=None)


def _end_missing(
    recording_set: RecordingSet, kind: DeviceKind, *, at: datetime, until: datetime | None, by: User | None
) -> None:
    missing = _missing_of(recording_set, kind)
    _end_faults(missing.filter(restored_at=None, failed_at__lt=at), at=at, by=by, action="end_by_placement")
    if other := missing.overlapping(at, until).order_by("failed_at").first():
        raise _recorded_missing(other, "sesudah waktu itu", field="at")


def _missing_of(recording_set: RecordingSet, kind: DeviceKind) -> TicketQuerySet:
    return Ticket.objects.counted().filter(recording_set=recording_set, device_kind=kind, device=None)


def _recorded_missing(ticket: Ticket, when: str, *, field: str) -> Refused:
    return Refused(
        f"{ticket.device_kind} tercatat tidak ada di {ticket.recording_set} {when}: tiket {ticket.number}. "
        "Perbaiki dulu waktu tiket itu.",
        field=field,
    )


def _end_faults(tickets: Iterable[Ticket], *, at: datetime, by: User | None, action: str, **values: Any) -> None:
    for ticket in tickets:
        if ticket.failed_at >= at:
            raise Refused(f"Tiket {ticket.number} baru mulai sesudah waktu itu. Perbaiki dulu waktunya.", field="at")
        settle(ticket, restored_at=at, by=by, action=action, **values)
