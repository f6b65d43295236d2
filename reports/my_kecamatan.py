"""Where the operators of a kecamatan begin: can it record and why not, what to report, what runs, what to fill in.

All from the live records at this moment, so that what somebody has just sent stands here at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.callers import whom_to_call
from accounts.models import User
from accounts.permissions import REPORTERS
from devices.models import DeviceKind, KindRequirement
from devices.readiness import SetRecord, SetStatus, missing_kinds, set_status
from kecamatan.models import Kecamatan
from lib.format import DAYS, day_id, moment_id, number_id
from lib.month_choice import Month
from lib.months import local_day, month_of
from lib.office import OfficeCalendar
from repairs.components import value_of
from repairs.count_places import month_url
from repairs.count_progress import progress_of, read_measures
from repairs.going_on import going_on_text
from repairs.guests import guests_url
from repairs.models import Ticket
from repairs.outage_pages import Ask, ask, outage_url
from repairs.pages import title_of
from repairs.set_pages import SET_WORDS
from reports.place import SERVICE_SENTENCES, outage_sentence, part_of, reasons_of, since_text
from reports.place_records import Records, read_records, service_of, set_record
from reports.regions import Region

REASONS_SHOWN = 2
WAITS_FOR = {
    Ticket.Status.REPORTED: "menunggu diverifikasi dinas",
    Ticket.Status.TRIAGED: "menunggu dikerjakan",
    Ticket.Status.REOPENED: "menunggu dikerjakan lagi",
    Ticket.Status.IN_PROGRESS: "sedang dikerjakan",
    Ticket.Status.WAITING_PARTS: "menunggu suku cadang",
    Ticket.Status.WAITING_CENTRE: "menunggu pusat",
    Ticket.Status.RESOLVED: "menunggu Anda pastikan sudah bekerja",
}


class KindsNow(NamedTuple):
    """The kinds of devices by code, in their order, and those that a set cannot do without this month."""

    kind_names: dict[str, str]
    required: frozenset[str]


class Tile(NamedTuple):
    """A component: how it works, and where a tap on it leads: to its symptoms, or to its ticket."""

    kind: str
    name: str
    status: str
    word: str
    url: str


class SetTiles(NamedTuple):
    """A set with its components."""

    name: str
    status: str
    word: str
    tiles: list[Tile]


class OpenTicket(NamedTuple):
    """An open ticket: what is wrong, for what it waits, who is on it, and until when."""

    title: str
    number: str
    url: str
    status: str
    word: str
    waits: str
    holder: str
    promised: str
    late: str


class Running(NamedTuple):
    """An outage that runs here, with the question whether it lasts."""

    title: str
    url: str
    going_on: str
    ask: Ask


class Day(NamedTuple):
    """An office day without a count."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class _Now:
    """What every part of the page is made from."""

    region: Region
    records: Records
    kinds: KindsNow
    at: datetime


def own_places(user: User) -> list[Kecamatan]:
    """Return the kecamatan for which a person reports, by name, from the assignments at hand."""
    scope = user.scope_as(*REPORTERS)
    found = {row.kecamatan_id: row.kecamatan for row in user.running_assignments if row.kecamatan_id in scope.kecamatan}
    return sorted((place for place in found.values() if place), key=lambda place: place.name)


def page(region: Region, user: User) -> dict[str, Any]:
    """Return all that the page shows, formatted; six queries. The region is a kecamatan."""
    place: Any = region.kecamatan
    at = timezone.now()
    today = local_day(at, region.zone)
    month = Month(month_of(today), month_of(today))
    now = _Now(region, read_records(region, month.chosen, at), kinds_now(month.chosen), at)
    records = now.records
    sets = [(key, set_record(records, key)) for key in sorted(records.names, key=records.names.__getitem__)]
    status = service_of(records, [record for _, record in sets], now.kinds, at)
    reasons = reasons_of(records, region.zone, at)
    return {
        "place": place,
        "today": day_id(today),
        "now_text": moment_id(at, region.zone),
        "status": status.value,
        "status_sentence": SERVICE_SENTENCES[status],
        "reasons": reasons[:REASONS_SHOWN],
        "more_reasons": max(0, len(reasons) - REASONS_SHOWN),
        "sets": [_set_tiles(key, record, now) for key, record in sets],
        "tickets": [_open_ticket(ticket, now) for ticket in _open_tickets(records)],
        "outages": [_running(row, now) for row in records.of_kind(True)],
        "guests": [row["text"] for row in records.guests()],
        "guests_url": guests_url(place),
        "callers": whom_to_call(place, user.scope),
        "report_url": f"{reverse('repairs:report')}?kecamatan={place.code}",
        "outage_url": f"{reverse('repairs:outage-report')}?wilayah={place.code}",
        "count_url": f"{month_url(place)}#isian",
        "place_url": reverse("reports:kecamatan-detail", args=[place.code]),
        "tickets_url": f"{reverse('repairs:ticket-list')}?kecamatan={place.code}",
        **_counts(place, month, today),
    }


def kinds_now(month: date) -> KindsNow:
    """Read the kinds of devices and which of them a set needs in a month."""
    rules = KindRequirement.objects.filter(Q(until_month=None) | Q(until_month__gt=month), from_month__lte=month)
    kinds = DeviceKind.objects.annotate(is_required=Exists(rules.filter(kind=OuterRef("pk"))))
    rows = list(kinds.values_list("code", "name", "is_required"))
    return KindsNow({code: name for code, name, _ in rows}, frozenset(code for code, _, needed in rows if needed))


def _set_tiles(key: int, record: SetRecord, now: _Now) -> SetTiles:
    status = set_status(record, now.at, now.kinds.required) or SetStatus.DOWN
    tickets = {
        (ticket.device_id, None if ticket.device_id else ticket.device_kind.code): ticket for ticket in _here(now, key)
    }
    tiles = []
    for placed in record.placements:
        part = part_of(placed, now.kinds)
        tiles.append(Tile(*part, _tile_url(now, key, placed.device, placed.kind, tickets.get((placed.device, None)))))
    gone = missing_kinds(record, now.at, now.kinds.required)
    for kind, name in now.kinds.kind_names.items():
        if kind in gone:
            url = _tile_url(now, key, None, kind, tickets.get((None, kind)))
            tiles.append(Tile(kind, name, "missing", "Tidak ada", url))
    return SetTiles(now.records.names[key], status.value, SET_WORDS[status], tiles)


def _here(now: _Now, key: int) -> Iterable[Ticket]:
    """Return the faults of the devices that stand in a set now, and of what that set lacks."""
    return (ticket for ticket in now.records.tickets if ticket.device_id or ticket.recording_set_id == key)


def _tile_url(now: _Now, key: int, device: int | None, kind: str, ticket: Ticket | None) -> str:
    """Return where a component's tile leads; the ticket of a lent device is its owner's, so its report says so."""
    if ticket is not None and ticket.kecamatan_id == now.region.pk:
        return reverse("repairs:ticket-detail", args=[ticket.number])
    query = {"kecamatan": now.region.code, "komponen": value_of(device, key, kind)}
    return f"{reverse('repairs:report')}?{urlencode(query)}"


def _open_tickets(records: Records) -> list[Ticket]:
    """Return the faults that last, and those whose repair waits to be confirmed; the latter first."""
    repaired = [ticket for ticket in records.of_month if ticket.status == Ticket.Status.RESOLVED]
    return [*repaired, *(ticket for ticket in records.tickets if ticket not in repaired)]


def _open_ticket(ticket: Ticket, now: _Now) -> OpenTicket:
    is_own = ticket.kecamatan_id == now.region.pk
    is_late = ticket.restored_at is None and ticket.due_at is not None and ticket.due_at <= now.at
    return OpenTicket(
        title=title_of(ticket),
        number=ticket.number,
        url=reverse("repairs:ticket-detail", args=[ticket.number]) if is_own else "",
        status=ticket.status,
        word=ticket.get_status_display(),
        waits=f"{WAITS_FOR[Ticket.Status(ticket.status)]}, {since_text(ticket.failed_at, now.region.zone, now.at)}",
        holder=f"dipegang {ticket.assignee}" if ticket.assignee else "belum ada yang memegang",
        promised=f"dijanjikan {day_id(ticket.promised_on)}" if ticket.promised_on else "belum ada janji",
        late="Lewat tenggat" if is_late else "",
    )


def _running(row: dict[str, Any], now: _Now) -> Running:
    region = now.region
    question = ask(row["pk"], row["what"], region.name, place=region.code, way_back="beranda")
    going_on = going_on_text(row["computers"], row["services"])
    return Running(outage_sentence(row, region.zone, now.at), outage_url(row["pk"]), going_on, question)


def _counts(place: Kecamatan, month: Month, today: date) -> dict[str, Any]:
    """Return the progress of the month and its office days, today included, that have no count."""
    measures = read_measures(place, month.chosen)
    calendar = OfficeCalendar(days_off=measures.days_off)
    missing = [day for day in calendar.days(month.chosen) if day <= today and day not in measures.counts]
    return {
        "month": month,
        "progress": progress_of(place, month, measures.counts, calendar, today, measures),
        "missing": [_day(day, place, today) for day in missing],
        "missing_number": number_id(len(missing)),
        "month_url": month_url(place),
    }


def _day(day: date, place: Kecamatan, today: date) -> Day:
    label = "Hari ini" if day == today else f"{DAYS[day.weekday()][:3]} {day.day}"
    return Day(label, f"{month_url(place, hari=day.isoformat())}#isian")
