"""The import of devices with what a row states of their faults: a broken device, or a component that a set lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from devices.imports import BROKEN, MISSING, DeviceRow, DeviceRows
from devices.models import Device, Placement, RecordingSet
from devices.placements import close_placement
from devices.register import (
    edit_device,
    get_or_create_set,
    register_device,
)
from lib.dataset import Entry, Outcome
from lib.errors import Refused
from lib.months import midnight
from repairs.faults import report_fault
from repairs.imports import REASON, changed, client_key
from repairs.models import Ticket, TicketQuerySet
from repairs.sets import correct_placement, install_device, remove_device
from repairs.tickets import correct_fault_times

_MOMENT = timedelta(microseconds=1)


class DeviceImport(DeviceRows):
    """The register of devices, and the faults that it states.

    A status says how a device was when the file was written: ``berfungsi`` ends no fault that people reported since.
    """

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self._sets: dict[tuple[int, str], RecordingSet] = {}

    def write(self, entries: Sequence[Entry[DeviceRow]]) -> Counter[Outcome]:
        """Save a chunk; its sets are made beforehand, once each."""
        self._sets = {}
        for place, label in dict.fromkeys((entry.value.place, entry.value.label) for entry in entries):
            recording_set = get_or_create_set(place, label, by=None)
            recording_set.kecamatan = place
            self._sets[place.pk, label] = recording_set
        return super().write(entries)

    def save(self, value: DeviceRow) -> Outcome:
        """Bring the register and the stated fault to what the row says."""
        recording_set = self._sets[value.place.pk, value.label]
        if value.status == MISSING:
            return self._state_missing(value, recording_set)
        device, outcome = _known_device(value, recording_set)
        known = None if outcome is Outcome.ADDED else _placement(device, recording_set)
        placement, placed = self._place(value, device, recording_set, known)
        broken = value.status == BROKEN and self._state_broken(value, placement)
        return outcome if outcome is Outcome.ADDED else changed(outcome, placed, broken)

    def _place(
        self, value: DeviceRow, device: Device, recording_set: RecordingSet, known: Placement | None
    ) -> tuple[Placement, bool]:
        """Return the placement of a device in the set of its row, and say whether it is new or changed."""
        if known is not None:
            return known, _correct_placement(known, value)
        at = value.placed_at or self._import_day(value)
        if value.removed_at and value.removed_at <= at:
            raise Refused("Alat ini sudah dilepas: isi juga sejak kapan ia terpasang.", field="dipasang")
        return install_device(device=device, recording_set=recording_set, at=at, until=value.removed_at, by=None), True

    def _import_day(self, value: DeviceRow) -> datetime:
        return midnight(self.regions.today(value.place), value.place.time_zone)

    def _state_broken(self, value: DeviceRow, placement: Placement) -> bool:
        return _state_fault(
            value,
            Ticket.objects.counted().filter(device=placement.device),
            placement.recording_set,
            fault=Ticket.Fault.BROKEN,
            device=placement.device,
            failed_at=value.since or max(self._import_day(value), placement.started_at),
        )

    def _state_missing(self, value: DeviceRow, recording_set: RecordingSet) -> Outcome:
        since = value.since or self._import_day(value)
        is_new = _state_fault(
            value,
            Ticket.objects.counted().filter(recording_set=recording_set, device_kind=value.kind, device=None),
            recording_set,
            fault=Ticket.Fault.MISSING,
            device=None,
            failed_at=since,
            before=lambda: _take_out(value, recording_set, since),
        )
        return Outcome.ADDED if is_new else Outcome.UNCHANGED


def _known_device(value: DeviceRow, recording_set: RecordingSet) -> tuple[Device, Outcome]:
    """Return the device of a row, registered where it is new, with the asset card as the row names it."""
    device = _find_device(value, recording_set)
    if device is None:
        card = {**value.card, "serial": value.serial}
        return register_device(kind=value.kind, kecamatan=value.place, by=None, **card), Outcome.ADDED
    differs = {name: new for name, new in value.card.items() if getattr(device, name) != new}
    if differs:
        edit_device(device, version=device.version, by=None, **differs)
    return device, changed(Outcome.UNCHANGED, bool(differs))


def _find_device(value: DeviceRow, recording_set: RecordingSet) -> Device | None:
    """Return the device of a serial number, or the one without a number that stands, or stood last, in the set."""
    devices = Device.objects.filter(kind=value.kind, serial=value.serial).select_related("kind")
    if value.serial:
        return devices.first()
    here = devices.filter(placements__recording_set=recording_set)
    return here.order_by(F("placements__ended_at").desc(nulls_first=True), "-placements__started_at").first()


def _placement(device: Device, recording_set: RecordingSet) -> Placement | None:
    """Return the newest placement of a device in a set."""
    placement = device.placements.filter(recording_set=recording_set).order_by("-started_at").first()
    if placement is not None:
        placement.recording_set, placement.device = recording_set, device
    return placement


def _correct_placement(placement: Placement, value: DeviceRow) -> bool:
    """Bring a known placement to the span that the row names."""
    start, end = value.placed_at or placement.started_at, value.removed_at or placement.ended_at
    if (start, end) == (placement.started_at, placement.ended_at):
        return False
    end_before = placement.ended_at and end
    if (start, end_before) != (placement.started_at, placement.ended_at):
        correct_placement(placement, started_at=start, ended_at=end_before, by=None, reason=REASON)
    if end is not None and end != end_before:
        close_placement(placement, at=end, by=None)
    return True


def _take_out(value: DeviceRow, recording_set: RecordingSet, at: datetime) -> None:
    """End the placement of a device that the row says is not there any more."""
    device = _find_device(value, recording_set)
    if device and device.placements.filter(recording_set=recording_set, ended_at=None).exists():
        remove_device(device=device, at=at, by=None)


def _state_fault(
    value: DeviceRow,
    faults: TicketQuerySet,
    recording_set: RecordingSet,
    *,
    before: Callable[[], None] = lambda: None,
    **report: Any,
) -> bool:
    """Open a ticket for the fault that a row states, unless it is known; say whether anything changed.

    It is known by the row's own key, or as a fault of ``faults`` that lasts, or that covers the named moment.
    """
    named = value.since.isoformat() if value.since else ""
    key = client_key("devices", value.place.code, value.label, value.kind.code, value.serial, report["fault"], named)
    if Ticket.objects.filter(client_key=key).exists():
        return False
    if lasting := faults.filter(restored_at=None).first():
        return _correct_start(lasting, value.since)
    if value.since and faults.overlapping(value.since, value.since + _MOMENT).exists():
        return False
    before()
    report_fault(
        client_key=key,
        recording_set=recording_set,
        device_kind=value.kind,
        channel=Ticket.Channel.IMPORT,
        by=None,
        **report,
    )
    return True


def _correct_start(ticket: Ticket, failed_at: datetime | None) -> bool:
    if failed_at is None or ticket.failed_at == failed_at:
        return False
    correct_fault_times(ticket, failed_at=failed_at, restored_at=None, version=ticket.version, by=None, reason=REASON)
    return True
