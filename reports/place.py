"""What a kecamatan or a dinas can do at this moment, and what broke in a month: from the live records.

The status is derived here and now by ``devices.readiness``; the figures of the month are ``reports.place_month``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone

from accounts.callers import whom_to_call
from devices.readiness import (
    Placed,
    Service,
    SetRecord,
    SetStatus,
    missing_kinds,
    set_status,
)
from kecamatan.models import Cause, Certainty, Effect
from kecamatan.scope import Scope
from lib.format import clock_id, day_id, moment_id, span_id
from lib.month_choice import Month
from lib.months import local_day
from repairs.arrangement_pages import arrangement_url, kind_text
from repairs.device_list import set_url
from repairs.filters import GROUPS
from repairs.going_on import going_on_text
from repairs.models import Ticket
from repairs.outage_pages import Ask, ask, outage_url
from repairs.set_pages import SET_WORDS
from repairs.span_pages import moment_text
from reports.children import priority_text
from reports.crumbs import crumbs
from reports.longest import NOT_STATED
from reports.months import month_options
from reports.place_records import Kinds, Records, read_records, service_of, set_record
from reports.provisional import provisional
from reports.regions import Region
from reports.sections import Repairs, tiles_of_repairs
from reports.services import SILENT, shown_service
from reports.surroundings import Surroundings
from reports.tiles import Tile

SERVICE_SENTENCES = {
    Service.SERVING: "Bisa merekam",
    Service.LIMITED: "Bisa merekam, terbatas",
    Service.HOSTED: "Warga merekam di tempat lain",
    Service.MOBILE: "Dilayani unit keliling",
    Service.STOPPED: "Tidak bisa merekam",
    Service.NO_REPORT: "Tidak ada set yang tercatat",
}
SILENT_SENTENCE = "Tanpa kabar lebih dari dua hari kerja"
EFFECT_WORDS = {Effect.STOPPED: "perekaman berhenti", Effect.LIMITED: "perekaman terbatas"}


class Part(NamedTuple):
    """A component of a set as a tile; the code of the kind names its icon."""

    kind: str
    name: str
    status: str
    word: str


@dataclass(slots=True)
class SetView:
    """A set with its components."""

    name: str
    url: str
    status: str
    word: str
    parts: list[Part]


class Item(NamedTuple):
    """A line with a heading, a sentence, and a status where it has one."""

    title: str
    text: str
    status: str = ""
    word: str = ""
    overdue: str = ""
    url: str = ""


class OutageItem(NamedTuple):
    """A running outage: when it was last confirmed here, and the question whether it lasts."""

    title: str
    text: str
    url: str
    confirmed: str
    ask: Ask


def page(scope: Scope, region: Region, month: Month, around: Surroundings) -> dict[str, Any]:
    """Return what the page of a place shows of this moment and of the records of a month, formatted."""
    now = timezone.now()
    records = read_records(region, month.chosen, now)
    sets = [(key, set_record(records, key)) for key in sorted(records.names, key=records.names.__getitem__)]
    status = service_of(records, [record for _, record in sets], around, now)
    shown = shown_service(status.value, is_silent=bool(around.is_silent))
    return {
        "region": region,
        "month": month,
        "months": month_options(month, around.first_month),
        "crumbs": crumbs(region, scope, month),
        "has_sample_data": around.has_sample_data,
        "is_dinas": region.level == "dinas",
        "today": day_id(local_day(now, region.zone)),
        "now_text": moment_id(now, region.zone),
        "status": shown,
        "status_sentence": SILENT_SENTENCE if shown == SILENT else SERVICE_SENTENCES[status],
        "recorded_as": _lower_first(SERVICE_SENTENCES[status]) if shown == SILENT else "",
        "reasons": reasons_of(records, region.zone, now),
        "sets": [_set_view(key, record, records, around, now) for key, record in sets],
        "repair_tiles": _repair_tiles(records, region, month, now),
        "tickets": [_ticket_item(ticket, region, now) for ticket in records.tickets],
        "outages": [_outage_item(row, region, now) for row in records.of_kind(True)],
        "arrangements": [_arrangement_item(row, region.zone) for row in records.of_kind(False)],
        "faults": [_fault_item(ticket, region, now) for ticket in records.of_month],
        "events": [_event_item(row, region.zone, now) for row in records.in_month],
        "avoided": [_avoided_item(row, around, region.zone) for row in records.avoided],
        "priority": priority_text(region.kecamatan.priority_rank if region.kecamatan else None),
        "callers": whom_to_call(region.kecamatan, scope) if region.kecamatan else [],
        "last_day": f"{local_day(now, region.zone)}",
        "provisional": provisional(region, month, around, 1),
    }


def _set_view(key: int, record: SetRecord, records: Records, around: Surroundings, now: datetime) -> SetView:
    status = set_status(record, now, around.required) or SetStatus.DOWN
    gone = missing_kinds(record, now, around.required)
    parts = [part_of(placed, around) for placed in record.placements]
    parts += [Part(kind, label, "missing", "Tidak ada") for kind, label in around.kind_names.items() if kind in gone]
    return SetView(records.names[key], set_url(key), status.value, SET_WORDS[status], parts)


def part_of(placed: Placed, kinds: Kinds) -> Part:
    """Return a device in a set as a tile, with how it works."""
    effects = {fault.effect for fault in placed.faults}
    name = kinds.kind_names[placed.kind]
    if Effect.STOPPED in effects:
        return Part(placed.kind, name, "down", "Rusak")
    if effects:
        return Part(placed.kind, name, "limited", "Terkendala")
    return Part(placed.kind, name, "operational", "Berfungsi")


def reasons_of(records: Records, zone: str, now: datetime) -> list[str]:
    """Return a sentence for each outage, arrangement and fault that explains the status, the widest first."""
    outages = [outage_sentence(row, zone, now) for row in records.of_kind(True)]
    arrangements = [_arrangement_item(row, zone).title for row in records.of_kind(False)]
    faults = [f"{_fault_name(ticket)} {since_text(ticket.failed_at, zone, now)}." for ticket in records.tickets]
    return [*outages, *(f"{title}." for title in arrangements), *faults]


def _fault_name(ticket: Ticket) -> str:
    word = "tidak ada" if ticket.fault == Ticket.Fault.MISSING else "rusak"
    return f"{ticket.recording_set}: {_lower_first(ticket.device_kind.name)} {word}"


def _lower_first(name: str) -> str:
    """Return a name inside a sentence; abbreviations (UPS, VSAT) stay as they are."""
    return name if name[:2].isupper() else f"{name[:1].lower()}{name[1:]}"


def since_text(start: datetime, zone: str, now: datetime) -> str:
    """Return since when and for how long, as a clause: ``sejak pukul 08.00 WIB (2 jam)``."""
    today = local_day(start, zone) == local_day(now, zone)
    when = clock_id(start, zone) if today else day_id(local_day(start, zone))
    return f"sejak {when} ({span_id(start, now)})"


def outage_sentence(row: dict[str, Any], zone: str, now: datetime) -> str:
    """Return a running outage as a sentence: the cause, since when, what it does to recording."""
    cause = Cause(row["what"]).label
    suspected = " (diduga)" if row["sure"] == Certainty.SUSPECTED else ""
    return f"{cause}{suspected} {since_text(row['started_at'], zone, now)}: {EFFECT_WORDS[Effect(row['how'])]}."


def _outage_item(row: dict[str, Any], region: Region, now: datetime) -> OutageItem:
    """Return a running outage, with the question whether it lasts here."""
    said = moment_text(row["confirmed_at"], region.zone, now)
    return OutageItem(
        outage_sentence(row, region.zone, now),
        " ".join(filter(None, (going_on_text(row["computers"], row["services"]), row["text"]))),
        outage_url(row["pk"]),
        f"Dikonfirmasi masih berlangsung {said}." if said else "",
        ask(row["pk"], row["what"], region.name, place=region.code),
    )


def _arrangement_item(row: dict[str, Any], zone: str) -> Item:
    until = f" sampai {day_id(local_day(row['ended_at'], zone))}" if row["ended_at"] else ""
    since = day_id(local_day(row["started_at"], zone))
    return Item(f"{kind_text(row['what'], row['text'])} sejak {since}{until}", "", url=arrangement_url(row["pk"]))


def _ticket_item(ticket: Ticket, region: Region, now: datetime) -> Item:
    """Return an open ticket."""
    missing = " tidak ada" if ticket.fault == Ticket.Fault.MISSING else ""
    facts = [ticket.number, since_text(ticket.failed_at, region.zone, now)]
    facts.append(f"dipegang {ticket.assignee}" if ticket.assignee else "belum ada yang memegang")
    if ticket.promised_on:
        facts.append(f"dijanjikan {day_id(ticket.promised_on)}")
    overdue = "Lewat tenggat" if ticket.due_at and ticket.due_at <= now else ""
    title = f"{ticket.device_kind.name}{missing}, {ticket.recording_set}"
    url = _url_here(ticket, region)
    return Item(title, " · ".join(facts), ticket.status, ticket.get_status_display(), overdue, url)


def _fault_item(ticket: Ticket, region: Region, now: datetime) -> Item:
    """Return a fault of the month: how long it lasted, or has lasted by now, the cause that counts and the route."""
    lasted = _lasted(ticket.failed_at, ticket.restored_at, region.zone, now, "belum pulih")
    suspected = " (diduga)" if ticket.certainty == Certainty.SUSPECTED else ""
    cause = f"penyebab {NOT_STATED}" if ticket.cause == Cause.UNKNOWN else f"{ticket.get_cause_display()}{suspected}"
    route = f"jalur {_lower_first(ticket.get_route_display())}" if ticket.route else f"jalur {NOT_STATED}"
    return Item(_fault_name(ticket), f"{lasted} · {cause} · {route}", url=_url_here(ticket, region))


def _url_here(ticket: Ticket, region: Region) -> str:
    """Return the address of a ticket; that of a lent device is another place's, and not everybody may open it."""
    return reverse("repairs:ticket-detail", args=[ticket.number]) if ticket.kecamatan_id == region.pk else ""


def _repair_tiles(records: Records, region: Region, month: Month, now: datetime) -> list[Tile]:
    """Return the repairs that wait, as a region's dashboard counts them; of no past month."""
    if not month.is_current:
        return []
    own = [ticket for ticket in records.tickets if ticket.kecamatan_id == region.pk and not ticket.restored_at]
    today = local_day(now, region.zone)
    counts = Repairs(
        untouched=sum(ticket.status in GROUPS["belum"] for ticket in own),
        past_promise=sum(bool(ticket.promised_on and ticket.promised_on < today) for ticket in own),
        overdue=sum(bool(ticket.due_at and ticket.due_at <= now) for ticket in own),
    )
    return tiles_of_repairs(counts, region.code, region.level)


def _event_item(row: dict[str, Any], zone: str, now: datetime) -> Item:
    """Return an outage or an arrangement of the month with how long it lasted, or has lasted by now."""
    lasted = _lasted(row["started_at"], row["ended_at"], zone, now, "masih berjalan")
    if row["of"] == "outage":
        suspected = " (diduga)" if row["sure"] == Certainty.SUSPECTED else ""
        note = f" · {row['text']}" if row["text"] else ""
        title = f"{Cause(row['what']).label}{suspected}: {EFFECT_WORDS[Effect(row['how'])]}"
        return Item(title, f"{lasted}{note}", url=outage_url(row["pk"]))
    return Item(kind_text(row["what"], row["text"]), lasted, url=arrangement_url(row["pk"]))


def _avoided_item(row: dict[str, Any], around: Surroundings, zone: str) -> Item:
    """Return a fault that a first check put right, with what was seen and the day."""
    when = day_id(local_day(row["started_at"], zone), weekday=False)
    return Item(around.kind_names[row["what"]], f"{row['text']} · {when}")


def _lasted(start: datetime, end: datetime | None, zone: str, now: datetime, going_on: str) -> str:
    """Return how long something lasted and between which days; what has not ended by now goes on."""
    first = day_id(local_day(start, zone), weekday=False)
    if end is None or end > now:
        return f"{span_id(start, now)}: sejak {first}, {going_on}" if start <= now else f"mulai {first}"
    last = day_id(local_day(end, zone), weekday=False)
    days = first if first == last else f"{first} sampai {last}"
    return f"{span_id(start, end)}: {days}"
