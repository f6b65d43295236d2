"""What the page of a device shows: what it is, where it stood, what broke, what that cost, what people changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import covers, may_manage_devices, may_report
from devices.models import Device, Placement
from kecamatan.models import Effect
from lib.format import moment_id, number_id, span_id
from lib.pages import NotFound
from repairs.device_history import device_events, histories
from repairs.device_list import device_url, origin_of, set_url, status_of
from repairs.models import Ticket
from repairs.pages import rows as ticket_rows

HANDED_OVER = {True: "Sudah diserahterimakan", False: "Belum diserahterimakan", None: ""}


class Stay(NamedTuple):
    """A span that a device spent in a set, with the devices before and after it there."""

    where: str
    url: str
    since: str
    until: str
    lasted: str
    links: list[dict[str, str]]
    correct_url: str


def find_device(pk: int, user: User) -> Device:
    """Return a device with all that its pages read; raises :class:`NotFound`."""
    rows = Device.objects.visible_to(user).select_related("kind", "kecamatan__kabupaten__province")
    device = rows.filter(pk=pk).first()
    if device is None:
        raise NotFound("Tidak ada alat ini.")
    return device


def device_page(device: Device, user: User) -> dict[str, Any]:
    """Return all that the page of a device shows but its forms."""
    now, zone = timezone.now(), device.kecamatan.time_zone
    placements = placements_of(device)
    standing = placements[0] if placements and placements[0].ended_at is None else None
    tickets = _tickets(device)
    fault = next((ticket for ticket in tickets if ticket.counts and ticket.restored_at is None), None)
    status, word = status_of(device, fault.effect if fault else None)
    own = [ticket for ticket in tickets if covers(user.scope, ticket.kecamatan)]
    events = device_events(device, placements)
    return {
        "device": device,
        "crumbs": _crumbs(device, user),
        "status": status,
        "word": word,
        "fault": _fault_text(fault, zone, now),
        "where": _where(device, standing),
        "standing": standing,
        "set_url": set_url(standing.recording_set_id) if standing else "",
        "card": card_of(device),
        "stays": _stays(device, placements, user, now),
        "tickets": ticket_rows(own, now),
        "cost": _cost_text(own),
        "events": events,
        "last_event": max((event.pk for event in events), default=0),
        "history": histories(events, zone, user.scope),
        "may_manage": may_manage_devices(user, device.kecamatan),
        "report_url": _report_url(device) if standing and not fault and may_report(user, device.kecamatan) else "",
    }


def _report_url(device: Device) -> str:
    """Return the address of the report of a fault, with this device chosen."""
    query = urlencode({"kecamatan": device.kecamatan.code, "komponen": f"alat-{device.pk}"})
    return f"{reverse('repairs:report')}?{query}"


def newest_event(device: Device) -> int:
    """Return the key of the newest event of a device; 0 where it has none."""
    events = device_events(device, placements_of(device))
    return max((event.pk for event in events), default=0)


def taken_link(taken: Device | None, user: User) -> dict[str, str] | None:
    """Return the device that has a serial number already, for those who may see it."""
    if taken is None or not covers(user.scope, taken.kecamatan):
        return None
    return {"text": f"{taken}, {taken.kecamatan.name}", "url": device_url(taken)}


def placements_of(device: Device) -> list[Placement]:
    """Return where a device stood, the newest first."""
    rows = Placement.objects.filter(device=device).select_related("recording_set__kecamatan__kabupaten__province")
    placements = list(rows.order_by("-started_at"))
    for placement in placements:
        placement.device = device
    return placements


def _tickets(device: Device) -> list[Ticket]:
    """Return all faults of a device, also those of places where it stood before; not everybody may open these."""
    rows = Ticket.objects.filter(device=device).with_withdrawal().order_by("-failed_at", "-pk")
    return list(rows.select_related("kecamatan__kabupaten", "recording_set", "device_kind", "assignee"))


def _crumbs(device: Device, user: User) -> list[dict[str, str]]:
    place = device.kecamatan
    url = reverse("reports:kecamatan-detail", args=[place.code]) if covers(user.scope, place) else ""
    return [
        {"label": "Alat", "url": reverse("repairs:device-list")},
        {"label": place.name, "url": url},
        {"label": str(device), "url": ""},
    ]


def _fault_text(fault: Ticket | None, zone: str, now: datetime) -> str:
    if fault is None:
        return ""
    what = "Rusak" if fault.effect == Effect.STOPPED else "Terkendala"
    return f"{what} sejak {moment_id(fault.failed_at, zone)} ({span_id(fault.failed_at, now)})"


def _where(device: Device, standing: Placement | None) -> str:
    if standing is not None:
        return f"{standing.recording_set}, {device.kecamatan.name}"
    return f"{device.get_whereabouts_display()}, terakhir di {device.kecamatan.name}"


def card_of(device: Device) -> list[tuple[str, str]]:
    """Return the columns of the asset card (KIB B) with their words; empty where nothing is known."""
    return [
        ("Kode barang", device.asset_code),
        ("Jenis", device.kind.name),
        ("Nomor register", device.register_number),
        ("Merk/tipe", f"{device.brand} {device.model}".strip()),
        ("Nomor seri", device.serial),
        ("Asal usul", origin_of(device)),
        ("Serah terima", HANDED_OVER[device.handed_over]),
        ("Harga", "" if device.price is None else f"Rp{number_id(round(device.price))}"),
    ]


def _cost_text(tickets: Sequence[Ticket]) -> str:
    """Return what the repairs cost as far as it is known; empty where nothing is."""
    counted = [ticket for ticket in tickets if ticket.counts]
    known = [ticket.cost for ticket in counted if ticket.cost is not None]
    if not known:
        return ""
    least = "" if len(known) == len(counted) else "Sedikitnya "
    return f"{least}Rp{number_id(round(sum(known)))}, dicatat pada {len(known)} dari {len(counted)} perbaikan"


# --- Where it stood -------------------------------------------------------------------------------------


def _stays(device: Device, placements: Sequence[Placement], user: User, now: datetime) -> list[Stay]:
    seen = [row for row in placements if covers(user.scope, row.recording_set.kecamatan)]
    neighbours = _neighbours(device, seen)
    return [_stay(row, neighbours, user, now) for row in seen]


def _stay(placement: Placement, neighbours: Sequence[Placement], user: User, now: datetime) -> Stay:
    recording_set, ended_at = placement.recording_set, placement.ended_at
    zone = recording_set.kecamatan.time_zone
    there = [row for row in neighbours if row.recording_set_id == recording_set.pk]
    before = [row.device for row in there if row.ended_at == placement.started_at]
    after = [row.device for row in there if ended_at and row.started_at == ended_at]
    return Stay(
        where=f"{recording_set}, {recording_set.kecamatan.name}",
        url=set_url(recording_set.pk),
        since=moment_id(placement.started_at, zone),
        until=moment_id(ended_at, zone) if ended_at else "",
        lasted=span_id(placement.started_at, ended_at or now),
        links=[*_links("Menggantikan", before, user), *_links("Digantikan oleh", after, user)],
        correct_url=_correct_url(placement, user),
    )


def _correct_url(placement: Placement, user: User) -> str:
    """Return where the times of a placement are corrected, for those who may."""
    places = (placement.recording_set.kecamatan, placement.device.kecamatan)
    if not all(may_manage_devices(user, place) for place in places):
        return ""
    return reverse("repairs:device-placement", args=[placement.device_id, placement.pk])


def _neighbours(device: Device, placements: Sequence[Placement]) -> list[Placement]:
    """Return the placements of other devices of the kind in the same sets that end or begin as these begin or end."""
    joints = Q(pk=None)
    for row in placements:
        joints |= Q(recording_set=row.recording_set_id, ended_at=row.started_at)
        if row.ended_at:
            joints |= Q(recording_set=row.recording_set_id, started_at=row.ended_at)
    others = Placement.objects.filter(joints, device__kind=device.kind_id).exclude(device=device)
    return list(others.select_related("device__kind", "device__kecamatan__kabupaten").order_by("pk"))


def _links(label: str, devices: Iterable[Device], user: User) -> list[dict[str, str]]:
    """Return other devices; one that stands in another region by now has no page for everybody."""
    return [
        {
            "label": label,
            "name": str(device) if device.serial else f"{device} tanpa nomor seri",
            "url": device_url(device) if covers(user.scope, device.kecamatan) else "",
        }
        for device in devices
    ]
