"""The register of sets and devices: their cards, what they are called, what is gone, and when it was complete.

Where devices stand is ``devices.placements``'; what that does to faults is composed on top, in ``repairs.sets``.
``by`` is the person who asks, ``None`` for imports and the system.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_manage_devices
from devices.models import Device, DeviceKind, InventoryCheck, KindRequirement, RecordingSet
from devices.placements import close_placement, lock_device, mark_record
from kecamatan.changes import compare_and_set, mark_from, mark_months, record_event
from kecamatan.models import Kabupaten, Kecamatan
from lib.errors import Forbidden, Refused
from lib.guards import refuse_day, refuse_moment, refuse_too_early, required_reason
from lib.months import add_months, local_day, local_month, month_of, months_through, same_day_later
from lib.privacy import refuse_identity_numbers

INVENTORY_HOLDS_MONTHS = 12
SET_WORD = re.compile(r"set\s+", re.IGNORECASE)


class SerialTaken(Refused):
    """Another device of the kind has the serial number; ``device`` is that one, which not everybody may see."""

    def __init__(self, device: Device) -> None:
        super().__init__(
            f"Nomor seri {device.serial} sudah dipakai {device.kind.name} lain. Periksa nomornya.", field="serial"
        )
        self.device = device


@transaction.atomic
def get_or_create_set(kecamatan: Kecamatan, label: str, *, by: User | None) -> RecordingSet:
    """Return the set of a place by its label, and make it when it is new. It comes on record with its first device."""
    recording_set, is_new = RecordingSet.objects.select_related("kecamatan__kabupaten__province").get_or_create(
        kecamatan=kecamatan, label=label
    )
    if is_new:
        record_event(recording_set, "register", by=by, kecamatan_id=kecamatan.pk, label=label)
    return recording_set


@transaction.atomic
def register_set(kecamatan: Kecamatan, label: str, *, by: User | None) -> RecordingSet:
    """Enter a new set of a place. It comes on record with its first device; refused where the label is taken."""
    guard(by, [kecamatan], may_manage_devices)
    label = _free_label(kecamatan, label)
    return get_or_create_set(kecamatan, label, by=by)


@transaction.atomic
def rename_set(recording_set: RecordingSet, *, label: str, version: int, by: User | None) -> None:
    """Call a set otherwise. Effects: ``label``, an event with both names; no figure reads it, so nothing is marked.

    Raises ``Conflict`` for the second writer; refused where another set of the place is called so.
    """
    place, before = recording_set.kecamatan, recording_set.label
    guard(by, [place], may_manage_devices)
    label = _free_label(place, label, recording_set)
    if label == before:
        return
    try:
        with transaction.atomic():
            compare_and_set(recording_set, version, label=label)
    except IntegrityError:
        raise _label_taken(place, label) from None
    record_event(recording_set, "rename", by=by, kecamatan_id=place.pk, before=before, after=label)


def _free_label(place: Kecamatan, label: str, own: RecordingSet | None = None) -> str:
    """Return what a set may be called; "Set 3" is read as 3, since pages put the word before it themselves."""
    label = SET_WORD.sub("", label.strip())
    if not label:
        raise Refused("Isi nomor atau nama setnya, misalnya 3.", field="label")
    if place.recording_sets.filter(label__iexact=label).exclude(pk=own.pk if own else 0).exists():
        raise _label_taken(place, label)
    return label


def _label_taken(place: Kecamatan, label: str) -> Refused:
    return Refused(f"Set {label} sudah ada di {place.name}. Pakai nomor lain.", field="label")


@transaction.atomic
def register_device(*, kind: DeviceKind, kecamatan: Kecamatan, by: User | None, **card: Any) -> Device:
    """Enter a device with the fields of its asset card; it is stored at the place until it is put into a set.

    Raises :class:`SerialTaken` where a device of the kind has the serial number already.
    """
    guard(by, [kecamatan], may_manage_devices)
    _guard_card(kecamatan, card)
    with _serial_is_unique(kind, card):
        device = Device.objects.create(kind=kind, kecamatan=kecamatan, **card)
    record_event(device, "register", by=by, kecamatan_id=kecamatan.pk)
    return device


@transaction.atomic
def edit_device(device: Device, *, version: int, by: User | None, **card: Any) -> None:
    """Change fields of the asset card; the event keeps the old values and the new ones.

    Raises ``Conflict`` for the second writer, and :class:`SerialTaken`.
    """
    guard(by, [device.kecamatan], may_manage_devices)
    _guard_card(device.kecamatan, card)
    before = {name: getattr(device, name) for name, value in card.items() if getattr(device, name) != value}
    if before:
        after = {name: card[name] for name in before}
        with _serial_is_unique(device.kind, card, device):
            compare_and_set(device, version, **after)
        record_event(device, "edit", by=by, kecamatan_id=device.kecamatan_id, before=before, after=after)


@transaction.atomic
def close_set(recording_set: RecordingSet, *, at: datetime, by: User | None) -> None:
    """Withdraw a set at a moment (UTC): it leaves the record, and the placements that still run end with it."""
    refuse_moment(at, recording_set.kecamatan.time_zone, "dipasang")
    compare_and_set(recording_set, recording_set.version, withdrawn_at=at)
    for placement in recording_set.placements.filter(Q(ended_at=None) | Q(ended_at__gt=at)):
        close_placement(placement, at=at, by=by)
    record_event(recording_set, "withdraw", by=by, kecamatan_id=recording_set.kecamatan_id, at=at)
    mark_record(recording_set, at)


@transaction.atomic
def take_off_register(
    device: Device, *, whereabouts: str, at: datetime, by: User | None, reason: str = "", version: int | None = None
) -> None:
    """Note that a device that stands in no set was stolen or written off at a moment (UTC); its card stays."""
    guard(by, [device.kecamatan], may_manage_devices)
    refuse_identity_numbers(reason, "reason")
    refuse_moment(at, device.kecamatan.time_zone, "dipasang")
    lock_device(device, version)
    if device.whereabouts != Device.Whereabouts.STORED:
        raise Refused(f"{device} tercatat {device.get_whereabouts_display().lower()}.", field="device")
    compare_and_set(device, device.version, whereabouts=whereabouts)
    record_event(device, whereabouts, by=by, kecamatan_id=device.kecamatan_id, at=at, reason=reason)


@transaction.atomic
def bring_back_device(device: Device, *, version: int, by: User | None, reason: str) -> None:
    """Note that a device that counted as stolen or written off is there again; it is stored."""
    guard(by, [device.kecamatan], may_manage_devices)
    reason = required_reason(reason)
    if not device.is_gone:
        raise Refused(f"{device} tidak tercatat dicuri atau dihapuskan.", field="device")
    before = device.whereabouts
    compare_and_set(device, version, whereabouts=Device.Whereabouts.STORED)
    record_event(device, "bring_back", by=by, kecamatan_id=device.kecamatan_id, before=before, reason=reason)


def inventory_ends_on(day: date) -> date:
    """Return the first day on which a confirmation made on a day holds no longer."""
    return same_day_later(day, INVENTORY_HOLDS_MONTHS)


@transaction.atomic
def confirm_inventory(kabupaten: Kabupaten, *, day: date, by: User | None) -> bool:
    """Note that a kabupaten confirmed its register complete on a day; marks its dinas for the months it holds.

    Returns whether that day is new; it holds for :data:`INVENTORY_HOLDS_MONTHS`.
    """
    if by is not None and not may_manage_devices(by, kabupaten):
        raise Forbidden(f"Anda tidak berwenang menyatakan register {kabupaten.name} lengkap.")
    dinas = kabupaten.kecamatan.with_zone().filter(kind=Kecamatan.Kind.DINAS, closed_on=None).first()
    if dinas is None:
        raise Refused(f"{kabupaten.name} belum punya kantor dinas di sini. Minta admin memperbarui wilayah.")
    refuse_day(day, local_day(timezone.now(), dinas.time_zone), "tanggal")
    check, is_new = InventoryCheck.objects.get_or_create(kabupaten=kabupaten, day=day, voided_at=None)
    if is_new:
        record_event(check, "confirm_inventory", by=by, kecamatan_id=dinas.pk)
        _mark_inventory(dinas, day)
    return is_new


@transaction.atomic
def void_inventory(check: InventoryCheck, *, by: User | None, reason: str) -> None:
    """Take back that a register was complete: the confirmation stays on record and counts nowhere.

    Effects: ``voided_*``, an event; marks the dinas for the months in which it held. Refused for all but the first who
    take it back.
    """
    kabupaten = check.kabupaten
    if by is not None and not may_manage_devices(by, kabupaten):
        raise Forbidden(f"Anda tidak berwenang membatalkan pernyataan {kabupaten.name}.")
    dinas = kabupaten.kecamatan.with_zone().get(kind=Kecamatan.Kind.DINAS, closed_on=None)
    voided = {"voided_at": timezone.now(), "voided_by": by, "void_reason": required_reason(reason)}
    if not InventoryCheck.objects.filter(pk=check.pk, voided_at=None).update(**voided):
        raise Refused("Pernyataan ini sudah dibatalkan.")
    record_event(check, "void_inventory", by=by, kecamatan_id=dinas.pk, reason=voided["void_reason"])
    _mark_inventory(dinas, check.day)


def _mark_inventory(dinas: Kecamatan, day: date) -> None:
    last = min(add_months(month_of(day), INVENTORY_HOLDS_MONTHS), local_month(timezone.now(), dinas.time_zone))
    mark_months((dinas.pk, month) for month in months_through(day, last))


@transaction.atomic
def set_kind_required(kind: DeviceKind, *, required: bool, from_month: date, by: Any) -> int:
    """Make a kind required, or no longer, from a month on; earlier months keep their rule. Returns the marks made."""
    from_month = month_of(from_month)
    refuse_too_early(from_month, "from_month")
    running = kind.requirements.filter(Q(until_month=None) | Q(until_month__gt=from_month))
    if running.filter(from_month__gt=from_month).exists():
        raise Refused("Aturan yang lebih baru sudah ada. Pilih bulan sesudahnya.", field="from_month")
    current = running.first()
    if bool(current) == required:
        return 0
    if current and current.from_month == from_month:
        current.delete()
    elif current:
        KindRequirement.objects.filter(pk=current.pk).update(until_month=from_month)
    else:
        KindRequirement.objects.create(kind=kind, from_month=from_month)
    record_event(kind, "set_required", by=by, required=required, from_month=f"{from_month:%Y-%m}")
    return mark_from(Kecamatan.objects.with_zone(), from_month)


def _guard_card(kecamatan: Kecamatan, card: dict[str, Any]) -> None:
    year, price = card.get("acquired_year"), card.get("price")
    if year is not None and year > local_day(timezone.now(), kecamatan.time_zone).year:
        raise Refused(f"Tahun {year} belum tiba. Periksa tahunnya.", field="acquired_year")
    if price is not None and price < 0:
        raise Refused("Harga tidak boleh negatif.", field="price")
    for name in ("brand", "model"):
        refuse_identity_numbers(card.get(name, ""), name)


@contextmanager
def _serial_is_unique(kind: DeviceKind, card: dict[str, Any], device: Device | None = None) -> Iterator[None]:
    """Raise :class:`SerialTaken` where another device has the number, also when it was entered a moment ago."""
    serial = card.get("serial", "")
    others = Device.objects.filter(kind=kind, serial=serial).exclude(pk=device.pk if device else 0)
    others = others.select_related("kind", "kecamatan__kabupaten__province")
    if serial and (other := others.first()):
        raise SerialTaken(other)
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        if serial and (other := others.first()):
            raise SerialTaken(other) from None
        raise
