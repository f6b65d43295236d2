"""What the page of a recording set shows: its components by kind, what it can do now and why, its history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import User
from accounts.permissions import covers, may_manage_devices, may_report
from devices.models import DeviceKind, KindRequirement, Placement, RecordingSet
from devices.readiness import STOPPED, Fault, Missing, Placed, SetRecord, SetStatus, missing_kinds, set_status
from kecamatan.models import Kecamatan
from lib.format import day_id, moment_id, span_id
from lib.months import local_day, local_month
from lib.pages import NotFound
from lib.spans import Span
from repairs.device_history import histories, set_events
from repairs.device_list import device_url
from repairs.models import Ticket
from repairs.pages import ticket_url

PAST_SHOWN = 50
SET_WORDS = {
    SetStatus.OPERATIONAL: "Berfungsi",
    SetStatus.LIMITED: "Terkendala",
    SetStatus.DOWN: "Tidak berfungsi",
}


class Part(NamedTuple):
    """A component of a set: a device, or what the set lacks; with the ticket of its fault where it may be opened."""

    name: str
    is_required: bool
    status: str
    word: str
    text: str
    url: str
    condition: str
    ticket: str
    ticket_url: str
    report_url: str = ""


class Past(NamedTuple):
    """A device that stood in the set before."""

    name: str
    url: str
    text: str


class Inside:
    """All that is on record of one set, read in three queries."""

    def __init__(self, recording_set: RecordingSet, now: datetime) -> None:
        self.set, self.now = recording_set, now
        rows = Placement.objects.filter(recording_set=recording_set)
        rows = rows.select_related("device__kind", "device__kecamatan__kabupaten")
        self.placements = list(rows.order_by("device__kind__rank", "pk"))
        self.standing = [row for row in self.placements if row.ended_at is None]
        self.tickets = self._lasting()
        month = local_month(now, recording_set.kecamatan.time_zone)
        rules = KindRequirement.objects.filter(Q(until_month=None) | Q(until_month__gt=month), from_month__lte=month)
        self.kinds = list(DeviceKind.objects.annotate(required=Exists(rules.filter(kind=OuterRef("pk")))))
        self.required = frozenset(kind.code for kind in self.kinds if kind.required)

    def _lasting(self) -> list[Ticket]:
        there = Q(device__in=[row.device_id for row in self.standing]) | Q(device=None, recording_set=self.set)
        rows = Ticket.objects.counted().filter(there, restored_at=None).order_by("failed_at", "pk")
        return list(rows.select_related("device_kind", "kecamatan__kabupaten", "recording_set"))

    def record(self) -> SetRecord:
        """Return the set as the readiness judges it."""
        missing = [Missing(row.device_kind.code, Span(row.failed_at)) for row in self.tickets if row.device_id is None]
        placed = tuple(self._placed(row) for row in self.placements)
        return SetRecord(placed, tuple(missing), self.set.withdrawn_at)

    def _placed(self, row: Placement) -> Placed:
        faults = tuple(Fault(Span(ticket.failed_at), ticket.effect) for ticket in self.faults_of(row))
        return Placed(row.device_id, row.device.kind.code, Span(row.started_at, row.ended_at), faults)

    def faults_of(self, row: Placement) -> list[Ticket]:
        """Return the faults that a device has now."""
        return [ticket for ticket in self.tickets if ticket.device_id == row.device_id]

    def missing_ticket(self, kind: DeviceKind) -> Ticket | None:
        """Return the record that the set lacks a kind."""
        return next((row for row in self.tickets if row.device_id is None and row.device_kind_id == kind.pk), None)

    def lacks(self) -> list[DeviceKind]:
        """Return the kinds that the set lacks now, recorded or not."""
        codes = missing_kinds(self.record(), self.now, self.required)
        return [kind for kind in self.kinds if kind.code in codes]

    def may_lack(self) -> list[DeviceKind]:
        """Return the kinds that can be recorded as missing: none stands there, and it is not recorded yet."""
        placed = {row.device.kind_id for row in self.standing}
        return [kind for kind in self.kinds if kind.pk not in placed and self.missing_ticket(kind) is None]


def find_set(pk: int, user: User) -> RecordingSet:
    """Return a set with its place; raises :class:`NotFound`."""
    rows = RecordingSet.objects.visible_to(user).select_related("kecamatan__kabupaten__province")
    recording_set = rows.filter(pk=pk).first()
    if recording_set is None:
        raise NotFound("Tidak ada set ini.")
    return recording_set


def sets_of(place: Kecamatan) -> list[RecordingSet]:
    """Return the sets of a place that are in use."""
    rows = RecordingSet.objects.filter(kecamatan=place, withdrawn_at=None)
    return list(rows.select_related("kecamatan__kabupaten__province").order_by("label"))


def set_page(inside: Inside, user: User) -> dict[str, Any]:
    """Return all that the page of a set shows but its forms."""
    place, now = inside.set.kecamatan, inside.now
    status = set_status(inside.record(), now, inside.required)
    parts = [_part(inside, row, user) for row in inside.standing]
    parts += [_gap(inside, kind, user) for kind in inside.lacks()]
    events = set_events(inside.set, inside.placements)
    names = {f"placement:{row.pk}": str(row.device) for row in inside.placements}
    return {
        "set": inside.set,
        "place": place,
        "crumbs": _crumbs(inside.set),
        "status": status.value if status else "off_record",
        "word": SET_WORDS[status] if status else "Ditarik" if inside.set.withdrawn_at else "Belum tercatat",
        "reasons": _reasons(inside, status),
        "now_text": moment_id(now, place.time_zone),
        "parts": parts,
        "past": _past(inside, user),
        "events": events,
        "last_event": max((event.pk for event in events), default=0),
        "history": histories(events, place.time_zone, user.scope, names),
        "may_manage": may_manage_devices(user, place) and inside.set.withdrawn_at is None,
    }


def _crumbs(recording_set: RecordingSet) -> list[dict[str, str]]:
    place = recording_set.kecamatan
    return [
        {"label": "Alat", "url": reverse("repairs:device-list")},
        {"label": place.name, "url": reverse("reports:kecamatan-detail", args=[place.code])},
        {"label": str(recording_set), "url": ""},
    ]


def _part(inside: Inside, row: Placement, user: User) -> Part:
    device, faults = row.device, inside.faults_of(row)
    effects = {ticket.effect for ticket in faults}
    status, word = ("operational", "Berfungsi") if not effects else ("limited", "Terkendala")
    if STOPPED in effects:
        status, word = "down", "Rusak"
    return Part(
        name=device.kind.name,
        is_required=device.kind.code in inside.required,
        status=status,
        word=word,
        text=" · ".join(part for part in (device.serial, f"{device.brand} {device.model}".strip()) if part),
        url=device_url(device) if covers(user.scope, device.kecamatan) else "",
        condition=device.get_condition_display(),
        **_ticket_link(faults[0] if faults else None, user),
    )


def _gap(inside: Inside, kind: DeviceKind, user: User) -> Part:
    ticket, zone = inside.missing_ticket(kind), inside.set.kecamatan.time_zone
    since = f"sejak {day_id(local_day(ticket.failed_at, zone), weekday=False)}" if ticket else "belum dicatat"
    return Part(
        name=kind.name,
        is_required=kind.code in inside.required,
        status="missing",
        word="Tidak ada",
        text=since,
        url="",
        condition="",
        report_url="" if ticket or not may_report(user, inside.set.kecamatan) else _report_url(inside.set, kind),
        **_ticket_link(ticket, user),
    )


def _report_url(recording_set: RecordingSet, kind: DeviceKind) -> str:
    """Return the address of the report of a fault, with a component chosen that a set lacks."""
    component = f"tidak-ada-{recording_set.pk}-{kind.code}"
    query = urlencode({"kecamatan": recording_set.kecamatan.code, "komponen": component})
    return f"{reverse('repairs:report')}?{query}"


def _ticket_link(ticket: Ticket | None, user: User) -> dict[str, str]:
    """Return the number and the address of a ticket; one of another region has no page for everybody."""
    if ticket is None or not covers(user.scope, ticket.kecamatan):
        return {"ticket": "", "ticket_url": ""}
    return {"ticket": ticket.number, "ticket_url": ticket_url(ticket)}


def _reasons(inside: Inside, status: SetStatus | None) -> list[str]:
    """Return in words why a set is down, limited, or not on record."""
    if inside.set.withdrawn_at:
        return [f"Ditarik {moment_id(inside.set.withdrawn_at, inside.set.kecamatan.time_zone)}; tidak dihitung lagi."]
    if status is None:
        return ["Set ini mulai dihitung sejak komponen pertamanya dipasang."]
    if status is SetStatus.OPERATIONAL:
        return ["Semua komponen wajib terpasang dan tidak ada kerusakan yang dilaporkan."]
    return [*_fault_reasons(inside), *_gap_reasons(inside)]


def _fault_reasons(inside: Inside) -> Iterable[str]:
    zone = inside.set.kecamatan.time_zone
    for ticket in inside.tickets:
        if ticket.device_id is None:
            continue
        stops = "set ini berhenti" if ticket.effect == STOPPED else "masih bisa dipakai, terbatas"
        since = f"{moment_id(ticket.failed_at, zone)} ({span_id(ticket.failed_at, inside.now)})"
        yield f"{ticket.device_kind.name} rusak sejak {since}: {stops}."


def _gap_reasons(inside: Inside) -> Iterable[str]:
    for kind in inside.lacks():
        needed = "komponen wajib, jadi set ini berhenti" if kind.code in inside.required else "set ini terkendala"
        yield f"{kind.name} tidak ada: {needed}."


def _past(inside: Inside, user: User) -> list[Past]:
    """Return what stood in the set before, the last to leave first."""
    zone = inside.set.kecamatan.time_zone
    gone = [(row.ended_at, row) for row in inside.placements if row.ended_at]
    gone.sort(key=itemgetter(0), reverse=True)
    return [
        Past(
            str(row.device),
            device_url(row.device) if covers(user.scope, row.device.kecamatan) else "",
            f"{_day(row.started_at, zone)} sampai {_day(ended_at, zone)}",
        )
        for ended_at, row in gone[:PAST_SHOWN]
    ]


def _day(at: datetime, zone: str) -> str:
    return day_id(local_day(at, zone), weekday=False)
