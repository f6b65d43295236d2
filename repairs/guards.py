"""What the domain functions of this app refuse, each as a sentence for the person who asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.permissions import covers
from devices.models import Device, Placement, RecordingSet
from lib.errors import KeyReused, Refused
from lib.guards import refuse_moment
from repairs.models import Ticket, overlapping

Row = TypeVar("Row", bound=models.Model)


def refuse_reversed(start: datetime, end: datetime | None, field: str, sentence: str) -> None:
    """Refuse an end that is not after its start."""
    if end is not None and end <= start:
        raise Refused(sentence, field=field)


def refuse_voided(row: Any) -> None:
    """Refuse to change a row that was voided."""
    if row.voided_at is not None:
        raise Refused("Catatan ini sudah dibatalkan, sehingga tidak dapat diubah lagi.")


def submitted_before(model: type[Row], client_key: UUID, payload: str) -> Row | None:
    """Return the row that this key made earlier; raises :class:`KeyReused` for another body."""
    earlier = model._default_manager.filter(client_key=client_key).first()
    if earlier is not None and getattr(earlier, "payload_hash", None) != payload:
        raise KeyReused("Kunci kiriman ini sudah dipakai untuk isi yang lain. Muat ulang formulirnya, lalu kirim lagi.")
    return earlier


def lock_set(recording_set: RecordingSet) -> None:
    """Let one writer at a time decide about the faults of a set; on SQLite the transaction itself does.

    Needed because "no other fault then" spans rows that are not there yet. Refreshes whether the set was withdrawn,
    which another may have done while this one waited.
    """
    locked = RecordingSet.objects.select_for_update(no_key=True)
    recording_set.refresh_from_db(fields=["withdrawn_at", "version"], from_queryset=locked)


# --- faults ---------------------------------------------------------------------------------------------


class SecondFault(Refused):
    """A component has a fault then already; ``ticket`` is its, which not everybody may see."""

    def __init__(self, what: object, ticket: Ticket, by: User | None) -> None:
        if by is None or covers(by.scope, ticket.kecamatan):
            said = f"{what} sudah tercatat rusak atau tidak ada saat itu: tiket {ticket.number}."
        else:
            said = f"{what} sudah tercatat rusak saat itu. Kantor asal alat ini sudah punya tiketnya."
        super().__init__(said, field="failed_at")
        self.ticket = ticket


def refuse_impossible_fault(
    ticket: Ticket, *, failed_at: datetime, restored_at: datetime | None, by: User | None
) -> None:
    """Refuse a span for a fault, saved or not, that its moments, set, device or another fault rule out.

    The caller holds the lock of the set. Raises :class:`SecondFault` for another fault of the component.
    """
    zone = ticket.recording_set.kecamatan.time_zone
    refuse_moment(failed_at, zone, "failed_at")
    if restored_at is not None:
        refuse_moment(restored_at, zone, "restored_at")
        refuse_reversed(failed_at, restored_at, "restored_at", "Waktu pulih harus sesudah waktu rusak.")
    if ticket.device is None:
        _refuse_not_missing(ticket, failed_at, restored_at)
    elif not stood_then(ticket, failed_at):
        raise Refused(
            f"{ticket.device} tidak terpasang di {ticket.recording_set} saat itu. Periksa alat dan waktunya.",
            field="device",
        )
    _refuse_second_fault(ticket, failed_at, restored_at, by)


def stood_then(ticket: Ticket, failed_at: datetime) -> bool:
    """Say whether the device of a ticket stood in its set at a moment, as far as the register can know."""
    device = ticket.device
    return device is None or (
        _stood_in(device, ticket.recording_set, failed_at) or _is_older_than_register(ticket, failed_at)
    )


def _stood_in(device: Device, recording_set: RecordingSet, at: datetime) -> bool:
    placements = recording_set.placements.filter(device=device, started_at__lte=at)
    return placements.filter(Q(ended_at=None) | Q(ended_at__gt=at)).exists()


def _is_older_than_register(ticket: Ticket, failed_at: datetime) -> bool:
    """Say whether an import knows of a fault from before the day since which the register knows the device.

    Where it stood before is not known, so the fault counts as a ticket then and stops its set from that day on.
    """
    if ticket.channel != Ticket.Channel.IMPORT:
        return False
    first = Placement.objects.filter(device=ticket.device).order_by("started_at").first()
    return bool(first and first.recording_set_id == ticket.recording_set_id and failed_at < first.started_at)


def _refuse_not_missing(ticket: Ticket, failed_at: datetime, restored_at: datetime | None) -> None:
    withdrawn_at = ticket.recording_set.withdrawn_at
    if withdrawn_at and (restored_at is None or restored_at > withdrawn_at):
        raise Refused(f"{ticket.recording_set} sudah ditarik pada waktu itu.", field="recording_set")
    placed = Placement.objects.filter(recording_set=ticket.recording_set, device__kind=ticket.device_kind)
    if placed.filter(overlapping("started_at", "ended_at", failed_at, restored_at)).exists():
        raise Refused(
            f"{ticket.device_kind} terpasang di {ticket.recording_set} pada waktu itu, "
            "jadi tidak bisa dicatat tidak ada.",
            field="device_kind",
        )


def _refuse_second_fault(ticket: Ticket, failed_at: datetime, restored_at: datetime | None, by: User | None) -> None:
    faults = Ticket.objects.counted().overlapping(failed_at, restored_at).exclude(pk=ticket.pk)
    if ticket.device is not None:
        # A lent device has faults in two sets: one writer at a time decides about it, too.
        Device.objects.select_for_update(no_key=True).get(pk=ticket.device.pk)
        faults = faults.filter(device=ticket.device)
    else:
        faults = faults.filter(device=None, recording_set=ticket.recording_set, device_kind=ticket.device_kind)
    if other := faults.select_related("kecamatan__kabupaten").order_by("failed_at", "pk").first():
        raise SecondFault(ticket.device or ticket.device_kind, other, by)
