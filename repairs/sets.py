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

from accounts.models import User
from accounts.permissions import guard, may_manage_devices
from devices.models import Device, DeviceKind, Placement, RecordingSet
from devices.register import close_placement, close_set, open_placement
from kecamatan.changes import collected_marks
from kecamatan.models import Cause, Certainty
from lib.errors import Refused
from repairs.faults import report_fault
from repairs.guards import lock_set
from repairs.models import Ticket
from repairs.workflow import settle


@transaction.atomic
def install_device(
    *,
    device: Device,
    recording_set: RecordingSet,
    at: datetime,
    by: User | None,
    until: datetime | None = None,
) -> Placement:
    """Put a device into a set (until a moment that is known already, for imports of the past).

    Effects: the placement; the missing fault of its kind in that set, if one lasts, ends at ``at`` and its
    ticket is closed. Refused where a missing record says otherwise for the time after ``at``.
    """
    guard(by, [recording_set.kecamatan], may_manage_devices)
    lock_set(recording_set)
    placement = open_placement(device=device, recording_set=recording_set, at=at, by=by, until=until)
    _end_missing(recording_set, device.kind, at=at, until=until, by=by)
    return placement


@transaction.atomic
def remove_device(*, device: Device, at: datetime, by: User | None) -> None:
    """Take a device out of its set. Effects: its placement ends; its faults stay as they are."""
    placement = _standing(device)
    guard(by, [placement.recording_set.kecamatan], may_manage_devices)
    close_placement(placement, at=at, by=by)


@transaction.atomic
@collected_marks()
def move_device(*, device: Device, recording_set: RecordingSet, at: datetime, by: User | None) -> Placement:
    """Move a device from the set in which it stands to another; its faults go with it.

    Effects: those of :func:`remove_device` and :func:`install_device`.
    """
    if _standing(device).recording_set_id == recording_set.pk:
        raise Refused(f"{device} sudah terpasang di {recording_set}.", field="recording_set")
    remove_device(device=device, at=at, by=by)
    return install_device(device=device, recording_set=recording_set, at=at, by=by)


@transaction.atomic
@collected_marks()
def replace_device(*, device: Device, replacement: Device, at: datetime, by: User | None) -> Placement:
    """Let another device of the same kind take a device's place; both keep their histories.

    Effects: the old placement ends and the new one begins at ``at``; the fault of the old device, if one
    lasts, ends then, its route is ``replacement`` and its ticket is closed.
    """
    if replacement.kind_id != device.kind_id:
        raise Refused(f"Pengganti harus {device.kind} juga.", field="replacement")
    recording_set = _standing(device).recording_set
    lock_set(recording_set)
    remove_device(device=device, at=at, by=by)
    _end_faults(_lasting(device), at=at, by=by, action="end_by_replacement", route=Ticket.Route.REPLACEMENT)
    return install_device(device=replacement, recording_set=recording_set, at=at, by=by)


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
) -> Ticket:
    """Record that a device was stolen, and return the ticket of the component that its set lacks since.

    Effects: the placement ends at ``at``; a fault that the device had ends then; a missing fault of its kind
    begins, with theft as its certain cause. Sent again it returns the same ticket.
    """
    earlier = Ticket.objects.filter(client_key=client_key, fault=Ticket.Fault.MISSING).first()
    if earlier is not None and earlier.device_kind_id == device.kind_id:
        guard(by, [earlier.kecamatan], may_manage_devices)
        return earlier
    recording_set = _standing(device).recording_set
    lock_set(recording_set)
    remove_device(device=device, at=at, by=by)
    _end_faults(_lasting(device), at=at, by=by, action="end_by_theft")
    return report_fault(
        client_key=client_key,
        recording_set=recording_set,
        device_kind=device.kind,
        fault=Ticket.Fault.MISSING,
        failed_at=at,
        cause=Cause.THEFT,
        certainty=Certainty.CERTAIN,
        note=note,
        channel=channel,
        by=by,
    )


@transaction.atomic
@collected_marks()
def withdraw_set(*, recording_set: RecordingSet, at: datetime, by: User | None) -> None:
    """Take a set off the record.

    Effects: ``withdrawn_at``; its placements and its missing faults end then, their tickets are closed; the
    faults of its devices stay with the devices.
    """
    guard(by, [recording_set.kecamatan], may_manage_devices)
    lock_set(recording_set)
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


def _lasting(device: Device) -> Iterable[Ticket]:
    return Ticket.objects.counted().filter(device=device, restored_at=None)


def _end_missing(
    recording_set: RecordingSet, kind: DeviceKind, *, at: datetime, until: datetime | None, by: User | None
) -> None:
    missing = Ticket.objects.counted().filter(recording_set=recording_set, device_kind=kind, device=None)
    _end_faults(missing.filter(restored_at=None, failed_at__lt=at), at=at, by=by, action="end_by_placement")
    if other := missing.overlapping(at, until).order_by("failed_at").first():
        raise Refused(
            f"{kind} tercatat tidak ada di {recording_set} sesudah waktu itu: tiket {other.number}. "
            "Perbaiki dulu waktu tiket itu.",
            field="at",
        )


def _end_faults(tickets: Iterable[Ticket], *, at: datetime, by: User | None, action: str, **values: Any) -> None:
    for ticket in tickets:
        if ticket.failed_at >= at:
            raise Refused(f"Tiket {ticket.number} baru mulai sesudah waktu itu. Perbaiki dulu waktunya.", field="at")
        settle(ticket, restored_at=at, by=by, action=action, **values)
