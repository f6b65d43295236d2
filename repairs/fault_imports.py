"""The import of faults: of a device that is on record in the set of its row, over or lasting."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from devices.imports import Kinds, Sets, set_label
from devices.models import Device, DeviceKind, RecordingSet
from devices.placements import placements_at
from kecamatan.imports import Regions, cause, terms_of
from kecamatan.models import Certainty
from lib.dataset import Column, Outcome, Row, RowDataset
from lib.errors import Refused
from lib.parsing import identifier, moment, region_code, rupiah, term, text
from repairs.faults import record_past_fault, report_fault
from repairs.imports import REASON, certainty, changed, client_key, effect, note, refuse_reversed_columns, state_if_new
from repairs.models import Ticket
from repairs.tickets import correct_fault_times, correct_note, set_cost, set_effect, set_route


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """What a row says of the fault of a device. ``None`` is what it does not name; moments are aware."""

    recording_set: RecordingSet
    kind: DeviceKind
    serial: str
    device: Device
    failed_at: datetime
    restored_at: datetime | None
    cause: str
    certainty: str | None
    effect: str | None
    route: str | None
    cost: Decimal | None
    note: str | None


class FaultImport(RowDataset[FaultRow]):
    """Faults of devices, over or lasting."""

    name = "faults"
    columns: ClassVar = [
        Column("kode", region_code, required=True),
        Column("set", set_label, required=True),
        Column("jenis", text(40), required=True),
        Column("nomor_seri", identifier(60)),
        Column("rusak_sejak", moment, required=True),
        Column("pulih", moment),
        Column("penyebab", cause, required=True),
        Column("kepastian", certainty),
        Column("dampak", effect),
        Column("jalur", term(terms_of(Ticket.Route))),
        Column("biaya", rupiah),
        Column("keterangan", note),
    ]
    fields: ClassVar = {
        "cost": "biaya",
        "device": "nomor_seri",
        "device_kind": "jenis",
        "failed_at": "rusak_sejak",
        "note": "keterangan",
        "recording_set": "set",
        "restored_at": "pulih",
    }

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.regions, self.kinds, self.sets = Regions(now), Kinds(), Sets()

    def clean(self, row: Row) -> FaultRow:
        """Refuse times to come, an end before its start, and a component that the set did not have then."""
        place = self.regions.place(row["kode"])
        failed_at = self.regions.past_moment(row["rusak_sejak"], place, column="rusak_sejak")
        restored_at = row["pulih"] and self.regions.past_moment(row["pulih"], place, column="pulih")
        refuse_reversed_columns(failed_at, restored_at, "pulih", "rusak_sejak")
        recording_set, kind = self.sets.find(place, row["set"]), self.kinds.find(row["jenis"])
        return FaultRow(
            recording_set=recording_set,
            kind=kind,
            serial=row["nomor_seri"] or "",
            device=_device_of(recording_set, kind, row["nomor_seri"], failed_at),
            failed_at=failed_at,
            restored_at=restored_at,
            cause=row["penyebab"],
            certainty=row["kepastian"],
            effect=row["dampak"],
            route=row["jalur"],
            cost=row["biaya"],
            note=row["keterangan"],
        )

    def key(self, value: FaultRow) -> Hashable:
        """One row per device and beginning."""
        return value.device.pk, value.failed_at

    def save(self, value: FaultRow) -> Outcome:
        """Record a new fault, or bring a known one to what the row names."""
        ticket = Ticket.objects.filter(client_key=_fault_key(value)).first()
        # The same fault may be known otherwise: reported by people, or stated in a register.
        same = Ticket.objects.counted().filter(device=value.device, failed_at=value.failed_at)
        ticket = ticket or same.first()
        if ticket is None:
            _record_fault(value)
            return Outcome.ADDED
        return _update_fault(ticket, value) if ticket.counts else Outcome.UNCHANGED


def _device_of(recording_set: RecordingSet, kind: DeviceKind, serial: str | None, at: datetime) -> Device:
    """Return the device that a row means: the one of its serial number, else the only one of its kind then."""
    placed = [placement.device for placement in placements_at(recording_set, kind, at)]
    where = f"Set {recording_set.label} {recording_set.kecamatan.name}"
    if serial:
        placed = [device for device in placed if device.serial == serial]
        if not placed:
            reason = f"{where} tidak punya {kind.name} bernomor seri {serial} pada waktu itu."
            raise Refused(f"{reason} Periksa nomor, atau impor dulu alatnya.", field="nomor_seri")
    if not placed:
        reason = f"{where} tidak punya {kind.name} pada waktu itu."
        raise Refused(f"{reason} Periksa jenis dan tanggalnya, atau impor dulu alatnya.", field="jenis")
    if len(placed) > 1:
        reason = f"{where} punya {len(placed)} {kind.name} pada waktu itu."
        raise Refused(f"{reason} Sebutkan nomor serinya.", field="nomor_seri")
    return placed[0]


def _fault_key(value: FaultRow) -> UUID:
    code = value.recording_set.kecamatan.code
    began = value.failed_at.isoformat()
    return client_key("faults", code, value.recording_set.label, value.kind.code, value.serial, began)


def _record_fault(value: FaultRow) -> None:
    known: dict[str, Any] = {
        "client_key": _fault_key(value),
        "recording_set": value.recording_set,
        "device_kind": value.kind,
        "device": value.device,
        "failed_at": value.failed_at,
        "effect": value.effect,
        "cause": value.cause,
        "certainty": value.certainty or Certainty.SUSPECTED,
        "route": value.route or "",
        "cost": value.cost,
        "note": value.note or "",
        "channel": Ticket.Channel.IMPORT,
        "by": None,
    }
    if value.restored_at is None:
        report_fault(**known)
    else:
        record_past_fault(**known, restored_at=value.restored_at)


def _update_fault(ticket: Ticket, value: FaultRow) -> Outcome:
    return changed(
        Outcome.UNCHANGED,
        state_if_new(ticket, value.cause, value.certainty),
        _restore(ticket, value.restored_at),
        _set(ticket, "effect", value.effect, set_effect),
        _set(ticket, "route", value.route, set_route),
        _set(ticket, "cost", value.cost, set_cost),
        _set(ticket, "note", value.note, correct_note),
    )


def _restore(ticket: Ticket, restored_at: datetime | None) -> bool:
    if restored_at is None or ticket.restored_at == restored_at:
        return False
    correct_fault_times(
        ticket,
        failed_at=ticket.failed_at,
        restored_at=restored_at,
        version=ticket.version,
        by=None,
        reason=REASON,
    )
    return True


def _set(ticket: Ticket, name: str, value: Any, change: Any) -> bool:
    """Bring one field of a ticket to what the row names, by its domain function."""
    if value is None or getattr(ticket, name) == value:
        return False
    change(ticket, **{name: value}, version=ticket.version, by=None)
    return True
