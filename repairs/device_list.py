"""What the list of devices shows, as rows on the page and as lines of a table to take away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.models import User
from devices.models import Device, Placement
from kecamatan.models import Effect
from lib.format import day_id
from lib.months import local_day
from lib.pages import batches, page_of, written
from repairs.device_filters import DeviceFilter, lasting
from repairs.models import Ticket
from repairs.pages import ticket_url

MISSING_ORDER = ("failed_at", "pk")
EXPORTED = (
    *("kode", "kecamatan", "kabupaten", "set", "jenis", "nomor_seri", "merk", "model", "kode_barang"),
    *("nomor_register", "tahun", "dipasang", "asal_usul", "diserahterimakan", "harga", "kondisi", "status", "sejak"),
)
"""The columns of the file: those of the import of devices, with the names of the places."""


class Row(NamedTuple):
    """A device in the list, or a component that a set lacks."""

    url: str
    name: str
    text: str
    place: str
    set_name: str
    set_url: str
    status: str
    word: str
    condition: str
    origin: str
    asset_code: str


def listed(user: User) -> QuerySet[Device]:
    """Return the devices that a person may see, with where each stands and what is wrong with it."""
    standing = Placement.objects.filter(device=OuterRef("pk"), ended_at=None)
    fault = lasting(device=OuterRef("pk")).order_by("failed_at")
    return (
        Device.objects.visible_to(user)
        .select_related("kind", "kecamatan")
        .annotate(
            set_pk=Subquery(standing.values("recording_set")[:1]),
            set_label=Subquery(standing.values("recording_set__label")[:1]),
            placed_at=Subquery(standing.values("started_at")[:1]),
            fault_effect=Subquery(fault.values("effect")[:1]),
            failed_at=Subquery(fault.values("failed_at")[:1]),
        )
    )


def rows(devices: Iterable[Any]) -> list[Row]:
    """Return devices of :func:`listed` as rows."""
    return [_row(device) for device in devices]


def _row(device: Any) -> Row:
    status, word = status_of(device, device.fault_effect)
    return Row(
        url=device_url(device),
        name=device.kind.name,
        text=" · ".join(part for part in (device.serial, f"{device.brand} {device.model}".strip()) if part),
        place=device.kecamatan.name,
        set_name=f"Set {device.set_label}" if device.set_pk else "",
        set_url=set_url(device.set_pk) if device.set_pk else "",
        status=status,
        word=word,
        condition=device.get_condition_display(),
        origin=origin_of(device),
        asset_code=device.asset_code,
    )


def missing_rows(tickets: Iterable[Ticket]) -> list[Row]:
    """Return components that sets lack as rows; load set, kind and kecamatan with them."""
    return [
        Row(
            url=ticket_url(ticket),
            name=ticket.device_kind.name,
            text=f"sejak {day_id(local_day(ticket.failed_at, ticket.kecamatan.time_zone), weekday=False)}",
            place=ticket.kecamatan.name,
            set_name=str(ticket.recording_set),
            set_url=set_url(ticket.recording_set_id),
            status="missing",
            word="Tidak ada",
            condition="",
            origin="",
            asset_code="",
        )
        for ticket in tickets
    ]


def missing_listed(filters: DeviceFilter) -> QuerySet[Ticket]:
    """Return the records of components that sets lack, with what a row shows."""
    return filters.missing().select_related("kecamatan__kabupaten__province", "recording_set", "device_kind")


def page(filters: DeviceFilter, after: int | None) -> tuple[list[Row], int | None, bool]:
    """Return the rows behind the one of a key, the key from which the list goes on, and whether it is the beginning.

    A key that the person does not see is none.
    """
    start: Any
    if filters.is_missing:
        start = Ticket.objects.visible_to(filters.user).filter(pk=after).first() if after else None
        tickets, more = page_of(missing_listed(filters), MISSING_ORDER, start)
        return written(missing_rows(tickets)), tickets[-1].pk if more else None, start is None
    start = Device.objects.visible_to(filters.user).filter(pk=after).first() if after else None
    devices, more = page_of(filters.qs, filters.order, start)
    return written(rows(devices)), devices[-1].pk if more else None, start is None


def status_of(device: Device, effect: str | None) -> tuple[str, str]:
    """Return the code and the word of what a device does now, given the effect of the fault that lasts, if any."""
    match device.whereabouts:
        case Device.Whereabouts.IN_SET if effect == Effect.STOPPED:
            return "down", "Rusak"
        case Device.Whereabouts.IN_SET if effect:
            return "limited", "Terkendala"
        case Device.Whereabouts.IN_SET:
            return "operational", "Berfungsi"
        case Device.Whereabouts.STORED if effect:
            return "off_record", "Disimpan, rusak"
    return "off_record", device.get_whereabouts_display()


def origin_of(device: Device) -> str:
    """Return where a device came from and when: ``Pusat 2012``; empty where neither is known."""
    parts = (device.get_source_display(), str(device.acquired_year or ""))
    return " ".join(part for part in parts if part)


def device_url(device: Device) -> str:
    """Return the address of a device's page."""
    return reverse("repairs:device-detail", args=[device.pk])


def set_url(pk: int) -> str:
    """Return the address of a set's page."""
    return reverse("repairs:set-detail", args=[pk])


def list_url(chosen: dict[str, str], after: int | None = None, *, name: str = "device-list") -> str:
    """Return the address of the list, or of its file, with these filters, from the row after a key on."""
    query = urlencode({**chosen, **({"sesudah": str(after)} if after else {})})
    return reverse(f"repairs:{name}") + (f"?{query}" if query else "")


# --- The file -------------------------------------------------------------------------------------------


def exported(filters: DeviceFilter) -> Iterator[list[str]]:
    """Yield the head and a line for each device of the list, or for each component that sets lack."""
    yield list(EXPORTED)
    if filters.is_missing:
        for tickets in batches(missing_listed(filters), MISSING_ORDER):
            yield from (_missing_line(ticket) for ticket in tickets)
        return
    for devices in batches(filters.qs.select_related("kecamatan__kabupaten__province", "kind"), filters.order):
        yield from (_line(device) for device in devices)


def _line(device: Any) -> list[str]:
    place, zone = device.kecamatan, device.kecamatan.time_zone
    return [
        *(place.code, place.name, place.kabupaten.name, device.set_label or "", device.kind.name, device.serial),
        *(device.brand, device.model, device.asset_code, device.register_number, str(device.acquired_year or "")),
        _moment(device.placed_at, zone),
        device.get_source_display(),
        {True: "ya", False: "tidak", None: ""}[device.handed_over],
        "" if device.price is None else f"{device.price:f}".removesuffix(".00").replace(".", ","),
        device.get_condition_display(),
        status_of(device, device.fault_effect)[1],
        _moment(device.failed_at, zone),
    ]


def _missing_line(ticket: Ticket) -> list[str]:
    place = ticket.kecamatan
    names = [place.code, place.name, place.kabupaten.name, ticket.recording_set.label, ticket.device_kind.name]
    rest = [""] * (len(EXPORTED) - len(names) - 2)
    return [*names, *rest, "Tidak ada", _moment(ticket.failed_at, place.time_zone)]


def _moment(at: datetime | None, zone: str) -> str:
    """Return a moment by the clock of a zone, as the import reads it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if at else ""
