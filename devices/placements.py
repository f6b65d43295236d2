"""Where devices stand, and since when: the only functions that write placements.

What a placement does to missing faults (placing a kind ends its missing fault) is composed on top, in
``repairs.sets``. ``by`` is the person who asks, ``None`` for imports and the system.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.permissions import covers
from devices.models import Device, DeviceKind, Placement, RecordingSet
from kecamatan.changes import mark_span, record_event
from lib.errors import Conflict, Refused
from lib.format import moment_id
from lib.guards import refuse_moment


@transaction.atomic
def open_placement(
    *, device: Device, recording_set: RecordingSet, at: datetime, by: User | None, until: datetime | None = None
) -> Placement:
    """Put a device into a set at a moment (UTC); marks the set's place from then on.

    Refused while the device stands elsewhere then, and in a withdrawn set.
    """
    _guard_span(at, until, recording_set.kecamatan.time_zone)
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
    mark_record(recording_set, at)
    return placement


@transaction.atomic
def close_placement(placement: Placement, *, at: datetime, by: User | None) -> None:
    """End a placement at a moment (UTC); marks the months from the earlier of the old and the new end on."""
    lock_device(placement.device)
    _reread(placement)
    _guard_span(placement.started_at, at, placement.recording_set.kecamatan.time_zone)
    before = placement.ended_at
    if before == at:
        return
    if _overlapping(placement.device, placement.started_at, at).exclude(pk=placement.pk).exists():
        raise Refused("Pada waktu itu alat ini sudah terpasang di set lain.", field="dilepas")
    placement.ended_at = at
    placement.save(update_fields=["ended_at"])
    _remember_place(placement.device)
    record_event(placement, "remove", by=by, kecamatan_id=placement.recording_set.kecamatan_id, before=before, at=at)
    mark_record(placement.recording_set, min(at, before or at))


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
    """Correct from when until when (UTC) a device stood in a set; one that stands there keeps no end.

    ``version`` is the device's, as the person saw it. Refused where the device stood elsewhere then, before 2009 and
    in the future. Effects: the span, an event with the old and the new moments; marks the set's place from the
    earliest of those that changed on. What it means for faults is ``repairs.sets``'.
    """
    recording_set = placement.recording_set
    _guard_span(started_at, ended_at, recording_set.kecamatan.time_zone)
    if recording_set.withdrawn_at and ended_at and ended_at > recording_set.withdrawn_at:
        raise Refused(f"{recording_set} sudah ditarik pada waktu itu.", field="dilepas")
    lock_device(placement.device, version)
    _reread(placement)
    if (placement.ended_at is None) != (ended_at is None):
        raise Refused("Isi sampai kapan alat ini terpasang di sini.", field="dilepas")
    _refuse_elsewhere(placement, started_at, ended_at, by)
    after = {"started_at": started_at, "ended_at": ended_at}
    after = {name: at for name, at in after.items() if getattr(placement, name) != at}
    if not after:
        return
    before = {name: getattr(placement, name) for name in after}
    for name, at in after.items():
        setattr(placement, name, at)
    placement.save(update_fields=list(after))
    _remember_place(placement.device)
    changed: dict[str, Any] = {"before": before, "after": after, "reason": reason}
    record_event(placement, "correct_placement", by=by, kecamatan_id=recording_set.kecamatan_id, **changed)
    mark_record(recording_set, min(at for at in (*before.values(), *after.values()) if at))


def _refuse_elsewhere(placement: Placement, start: datetime, end: datetime | None, by: User | None) -> None:
    """Refuse a span in which the device stood in another set; where that was is said to those who see it."""
    others = _overlapping(placement.device, start, end).exclude(pk=placement.pk)
    clash = others.select_related("recording_set__kecamatan__kabupaten__province").order_by("started_at").first()
    if clash is None:
        return
    is_earlier, there = clash.started_at < placement.started_at, clash.recording_set
    field = "dipasang" if is_earlier else "dilepas"
    if by is not None and not covers(by.scope, there.kecamatan):
        raise Refused("Pada waktu itu alat ini terpasang di tempat lain.", field=field)
    joint, zone = (clash.ended_at if is_earlier else clash.started_at), placement.recording_set.kecamatan.time_zone
    since = "sampai" if is_earlier else "sejak"
    raise Refused(
        f"Alat ini terpasang di {there}, {there.kecamatan.name} {since} {moment_id(joint, zone)}. "
        f"Isi waktu itu atau {'sesudahnya' if is_earlier else 'sebelumnya'}.",
        field=field,
    )


def placements_at(recording_set: RecordingSet, kind: DeviceKind, at: datetime) -> list[Placement]:
    """Return the placements of a kind in a set that cover a moment, oldest first."""
    return list(
        recording_set.placements.filter(device__kind=kind, started_at__lte=at)
        .filter(Q(ended_at=None) | Q(ended_at__gt=at))
        .select_related("device")
        .order_by("started_at", "pk")
    )


def lock_device(device: Device, version: int | None = None) -> None:
    """Let one writer at a time decide where a device stood; on SQLite the transaction itself does.

    Refreshes what another may have changed while this one waited. Raises ``Conflict`` where somebody decided on
    another ``version``.
    """
    locked = Device.objects.select_for_update(no_key=True)
    device.refresh_from_db(fields=["version", "whereabouts"], from_queryset=locked)
    if version is not None and device.version != version:
        raise Conflict


def _reread(placement: Placement) -> None:
    """Refresh the span of a placement whose device the caller has locked: another may have changed it meanwhile."""
    placement.refresh_from_db(fields=["started_at", "ended_at"])


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


def mark_record(recording_set: RecordingSet, since: datetime) -> None:
    """Mark the place of a set from a moment to now: the set stays on record after its first device has left."""
    mark_span([recording_set.kecamatan], since, None)


def _guard_span(start: datetime, end: datetime | None, zone: str) -> None:
    refuse_moment(start, zone, "dipasang")
    if end is None:
        return
    refuse_moment(end, zone, "dilepas")
    if end <= start:
        raise Refused("Tanggal dilepas harus sesudah tanggal dipasang.", field="dilepas")
