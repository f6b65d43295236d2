"""The register of sets and devices: where each device stands, and since when.

These functions own the placements. What a placement does to missing faults (placing a kind ends its missing fault) is
composed on top, in ``repairs.sets``. ``by`` is the person who asks, ``None`` for imports and the system.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_manage_devices
from devices.models import Device, DeviceKind, InventoryCheck, KindRequirement, Placement, RecordingSet
from kecamatan.changes import compare_and_set, mark_from, mark_months, mark_span, record_event
from kecamatan.models import Kabupaten, Kecamatan
from lib.errors import Conflict, Forbidden, Refused
from lib.months import add_months, local_day, local_month, month_of, months_through, same_day_later
from lib.privacy import refuse_identity_numbers

INVENTORY_HOLDS_MONTHS = 12


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
    label = label.strip()
    if not label:
        raise Refused("Isi nomor atau nama setnya, misalnya 3.", field="label")
    if RecordingSet.objects.filter(kecamatan=kecamatan, label__iexact=label).exists():
        raise Refused(f"Set {label} sudah ada di {kecamatan.name}. Pakai nomor lain.", field="label")
    return get_or_create_set(kecamatan, label, by=by)


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
def open_placement(
    *, device: Device, recording_set: RecordingSet, at: datetime, by: User | None, until: datetime | None = None
) -> Placement:
    """Put a device into a set at a moment (UTC); marks the set's place from then on.

    Refused while the device stands elsewhere then, and in a withdrawn set.
    """
    _guard_span(at, until)
    if recording_set.withdrawn_at and (until is None or until > recording_set.withdrawn_at):
        raise Refused(f"{recording_set} sudah ditarik; alat tidak bisa dipasang di sini.", field="set")
    lock_device(device)
    if device.is_gone and until is None:
        raise Refused(
            f"{device} tercatat {device.get_whereabouts_display().lower()}. Catat dulu bahwa alat ini ada lagi.",
            field="device",
        )
    clash = _overlapping(device, at, until).select_related("recording_set__kecamatan").first()
    if clash:
        raise Refused(
            f"{device} masih terpasang di {clash.recording_set}, {clash.recording_set.kecamatan}. "
            "Isi dulu tanggal dilepas dari sana.",
            field="dipasang",
        )
    placement = Placement.objects.create(device=device, recording_set=recording_set, started_at=at, ended_at=until)
    _remember_place(device)
    record_event(placement, "place", by=by, kecamatan_id=recording_set.kecamatan_id, device=device.pk, at=at)
    _mark_record(recording_set, at)
    return placement


@transaction.atomic
def close_placement(placement: Placement, *, at: datetime, by: User | None) -> None:
    """End a placement at a moment (UTC); marks the months from the earlier of the old and the new end on."""
    _guard_span(placement.started_at, at)
    before = placement.ended_at
    if before == at:
        return
    lock_device(placement.device)
    if _overlapping(placement.device, placement.started_at, at).exclude(pk=placement.pk).exists():
        raise Refused("Pada waktu itu alat ini sudah terpasang di set lain.", field="dilepas")
    placement.ended_at = at
    placement.save(update_fields=["ended_at"])
    _remember_place(placement.device)
    record_event(placement, "remove", by=by, kecamatan_id=placement.recording_set.kecamatan_id, before=before, at=at)
    _mark_record(placement.recording_set, min(at, before or at))


@transaction.atomic
def correct_placement_start(placement: Placement, *, at: datetime, by: User | None) -> None:
    """Move the beginning of a placement; marks the months from the earlier beginning on."""
    _guard_span(at, placement.ended_at)
    lock_device(placement.device)
    if _overlapping(placement.device, at, placement.ended_at).exclude(pk=placement.pk).exists():
        raise Refused("Pada waktu itu alat ini sudah terpasang di set lain.", field="dipasang")
    before = placement.started_at
    placement.started_at = at
    placement.save(update_fields=["started_at"])
    kecamatan_id = placement.recording_set.kecamatan_id
    record_event(placement, "correct_start", by=by, kecamatan_id=kecamatan_id, before=before, at=at)
    _mark_record(placement.recording_set, min(at, before))


@transaction.atomic
def close_set(recording_set: RecordingSet, *, at: datetime, by: User | None) -> None:
    """Withdraw a set at a moment (UTC): it leaves the record, and the placements that still run end with it."""
    _guard_moment(at)
    compare_and_set(recording_set, recording_set.version, withdrawn_at=at)
    for placement in recording_set.placements.filter(Q(ended_at=None) | Q(ended_at__gt=at)):
        close_placement(placement, at=at, by=by)
    record_event(recording_set, "withdraw", by=by, kecamatan_id=recording_set.kecamatan_id, at=at)
    _mark_record(recording_set, at)


@transaction.atomic
def take_off_register(
    device: Device, *, whereabouts: str, at: datetime, by: User | None, reason: str = "", version: int | None = None
) -> None:
    """Note that a device that stands in no set was stolen or written off at a moment (UTC); its card stays."""
    guard(by, [device.kecamatan], may_manage_devices)
    _guard_moment(at)
    lock_device(device, version)
    if device.whereabouts != Device.Whereabouts.STORED:
        raise Refused(f"{device} tercatat {device.get_whereabouts_display().lower()}.", field="device")
    compare_and_set(device, device.version, whereabouts=whereabouts)
    record_event(device, whereabouts, by=by, kecamatan_id=device.kecamatan_id, at=at, reason=reason)


@transaction.atomic
def bring_back_device(device: Device, *, version: int, by: User | None, reason: str) -> None:
    """Note that a device that counted as stolen or written off is there again; it is stored."""
    guard(by, [device.kecamatan], may_manage_devices)
    if not reason.strip():
        raise Refused("Tulis alasannya.", field="reason")
    if not device.is_gone:
        raise Refused(f"{device} tidak tercatat dicuri atau dihapuskan.", field="device")
    before = device.whereabouts
    compare_and_set(device, version, whereabouts=Device.Whereabouts.STORED)
    record_event(device, "bring_back", by=by, kecamatan_id=device.kecamatan_id, before=before, reason=reason)


def placements_at(recording_set: RecordingSet, kind: DeviceKind, at: datetime) -> list[Placement]:
    """Return the placements of a kind in a set that cover a moment, oldest first."""
    return list(
        recording_set.placements.filter(device__kind=kind, started_at__lte=at)
        .filter(Q(ended_at=None) | Q(ended_at__gt=at))
        .select_related("device")
        .order_by("started_at", "pk")
    )


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
    if day > local_day(timezone.now(), dinas.time_zone):
        raise Refused("Tanggal pendataan belum tiba. Isi tanggal hari ini atau sebelumnya.", field="tanggal")
    check, is_new = InventoryCheck.objects.get_or_create(kabupaten=kabupaten, day=day)
    if is_new:
        record_event(check, "confirm_inventory", by=by, kecamatan_id=dinas.pk)
        last = min(add_months(month_of(day), INVENTORY_HOLDS_MONTHS), local_month(timezone.now(), dinas.time_zone))
        mark_months((dinas.pk, month) for month in months_through(day, last))
    return is_new


@transaction.atomic
def set_kind_required(kind: DeviceKind, *, required: bool, from_month: date, by: Any) -> int:
    """Make a kind required, or no longer, from a month on; earlier months keep their rule. Returns the marks made."""
    from_month = month_of(from_month)
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


def _mark_record(recording_set: RecordingSet, since: datetime) -> None:
    """Mark the place of a set from a moment to now: the set stays on record after its first device has left."""
    mark_span([recording_set.kecamatan], since, None)


def lock_device(device: Device, version: int | None = None) -> None:
    """Let one writer at a time decide where a device stood; on SQLite the transaction itself does.

    Refreshes what another may have changed while this one waited. Raises ``Conflict`` where somebody decided on
    another ``version``.
    """
    locked = Device.objects.select_for_update()
    device.refresh_from_db(fields=["version", "whereabouts"], from_queryset=locked)
    if version is not None and device.version != version:
        raise Conflict("Data ini baru saja diubah orang lain. Periksa isinya yang terbaru, lalu ulangi.")


def _overlapping(device: Device, start: datetime, end: datetime | None) -> Any:
    placements = device.placements.filter(Q(ended_at=None) | Q(ended_at__gt=start))
    return placements if end is None else placements.filter(started_at__lt=end)


def _remember_place(device: Device) -> None:
    """Keep on the device, which the caller has locked, where it stands or stood last; raises its version."""
    latest = device.placements.order_by("-started_at").select_related("recording_set")[0]
    device.kecamatan_id = latest.recording_set.kecamatan_id
    if latest.ended_at is None:
        device.whereabouts = Device.Whereabouts.IN_SET
    elif not device.is_gone:
        device.whereabouts = Device.Whereabouts.STORED
    device.version += 1
    device.save(update_fields=["kecamatan", "whereabouts", "version"])


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


def _guard_moment(at: datetime) -> None:
    if at > timezone.now():
        raise Refused("Waktu itu belum tiba. Isi waktu sekarang atau sebelumnya.", field="dipasang")


def _guard_span(start: datetime, end: datetime | None) -> None:
    _guard_moment(start if end is None else max(start, end))
    if end is not None and end <= start:
        raise Refused("Tanggal dilepas harus sesudah tanggal dipasang.", field="dilepas")
