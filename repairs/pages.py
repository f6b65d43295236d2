"""What the pages of tickets show, formatted: a row of the list, and a ticket with what may be done."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from accounts.callers import whom_to_call
from accounts.models import User
from accounts.permissions import covers, works_somewhere
from kecamatan.models import Cause, Certainty, Effect, Event
from lib.format import day_id, moment_id, number_id, span_id
from lib.months import local_day
from lib.pages import key_of
from repairs.faults import FAILED_AGAIN
from repairs.filters import GROUPS, MINE, is_overdue, is_task_of
from repairs.history import (
    channel_text,
    earlier_promises,
    events_of,
    history,
    is_withdrawn,
    promise_text,
    status_word,
)
from repairs.models import CauseStatement, Outage, Ticket, TicketQuerySet

OLDEST_FIRST, NEWEST_FIRST = ("failed_at", "pk"), ("-failed_at", "-pk")

ANY_NUMBER = "TKT-2026-000000"
EFFECT_WORDS = {Effect.STOPPED: "berhenti", Effect.LIMITED: "terbatas"}


class Row(NamedTuple):
    """A ticket in the list; ``mark`` is its key with the version that the person sees."""

    mark: str
    number: str
    url: str
    title: str
    place: str
    status: str
    word: str
    late: str
    cause: str
    age: str
    promised: str
    holder: str
    priority: str
    is_pressing: bool


class View(NamedTuple):
    """A way to look at the list, and how many tickets it holds."""

    label: str
    url: str
    number: str
    is_current: bool


class Stated(NamedTuple):
    """What somebody said of the cause."""

    what: str
    who: str


def ticket_url(ticket: Ticket) -> str:
    """Return the address of a ticket's page."""
    return _url_of(ticket.number)


def _url_of(number: str) -> str:
    return _ticket_address().replace(ANY_NUMBER, number)


@cache
def _ticket_address() -> str:
    """Return the address of any ticket: to ask Django's patterns for each row takes as long as all else of it."""
    return reverse("repairs:ticket-detail", args=[ANY_NUMBER])


def title_of(ticket: Ticket) -> str:
    """Return what is wrong, such as ``Server rusak, Set 1``."""
    word = "tidak ada" if ticket.fault == Ticket.Fault.MISSING else "rusak"
    return f"{ticket.device_kind.name} {word}, {ticket.recording_set}"


def late_text(ticket: Ticket, now: datetime) -> str:
    """Return by how much a fault that still lasts is past its due moment, ``lewat 2 hari``; empty where it is not."""
    if not ticket.counts or ticket.restored_at or ticket.due_at is None or ticket.due_at > now:
        return ""
    return f"lewat {span_id(ticket.due_at, now)}"


def rows(tickets: Iterable[Ticket], now: datetime, user: User | None = None) -> list[Row]:
    """Return tickets as rows; load set, kind, kecamatan and assignee with them.

    Of what a colleague holds for whom ``user`` stands in now, a row says so.
    """
    absent = {person.pk for person in user.stands_in_for} if user else set()
    return [_row(ticket, now, absent) for ticket in tickets]


def _row(ticket: Ticket, now: datetime, absent: Collection[int]) -> Row:
    return Row(
        mark=f"{ticket.pk}.{ticket.version}",
        number=ticket.number,
        url=ticket_url(ticket),
        title=title_of(ticket),
        place=ticket.kecamatan.name,
        status="rejected" if ticket.voided_at else ticket.status,
        word="Dibatalkan" if ticket.voided_at else status_word(ticket.status, is_withdrawn=ticket.is_withdrawn),
        late=late_text(ticket, now),
        cause=cause_words(ticket.cause, ticket.certainty),
        age=span_id(ticket.failed_at, ticket.restored_at or now),
        promised=day_id(ticket.promised_on, weekday=False) if ticket.promised_on else "",
        holder=_holder(ticket, absent),
        priority=ticket.get_priority_display(),
        is_pressing=ticket.priority in (Ticket.Priority.URGENT, Ticket.Priority.HIGH),
    )


def _holder(ticket: Ticket, absent: Collection[int]) -> str:
    if ticket.assignee is None:
        return ""
    return f"Anda, menggantikan {ticket.assignee}" if ticket.assignee_id in absent else str(ticket.assignee)


def cause_words(cause: str, certainty: str) -> str:
    """Return a cause with its certainty: ``Petir, diduga``."""
    label = str(Cause(cause).label)
    return label if cause == Cause.UNKNOWN else f"{label}, {Certainty(certainty).label.lower()}"


def ticket_page(ticket: Ticket, user: User) -> dict[str, Any]:
    """Return all that the page of a ticket shows but its forms."""
    now, zone, events = timezone.now(), ticket.kecamatan.time_zone, events_of(ticket)
    return {
        "ticket": ticket,
        "title": title_of(ticket),
        "crumbs": _crumbs(ticket, user),
        "word": status_word(ticket.status, is_withdrawn=is_withdrawn(events)),
        "late": late_text(ticket, now),
        "effect": ticket.effect,
        "effect_text": _effect_text(ticket),
        "since_label": "Tidak ada sejak" if ticket.fault == Ticket.Fault.MISSING else "Rusak sejak",
        "since": moment_id(ticket.failed_at, zone),
        "lasted": span_id(ticket.failed_at, ticket.restored_at or now),
        "restored": moment_id(ticket.restored_at, zone) if ticket.restored_at else "",
        "origin": _origin(ticket),
        "device_url": _device_url(ticket, user),
        "reported": f"{_reporter(ticket)}, {moment_id(ticket.reported_at, zone)}",
        "causes": stated_causes(ticket, zone),
        "cost": _rupiah(ticket.cost),
        "promised": day_id(ticket.promised_on) if ticket.promised_on else "",
        "promise_due": _promise_due(ticket, now),
        "promise_history": promise_text(events),
        "earlier_promises": earlier_promises(events, zone),
        "due": day_id(_last_day(ticket.due_at, zone)) if ticket.due_at else "",
        "links": _links(ticket, events),
        "history": history(events, zone),
        "events": events,
        "last_event": events[0].pk if events else 0,
        "voided": _voided(ticket, zone),
        "callers": whom_to_call(ticket.kecamatan, user.scope),
    }


def facts_of(ticket: Ticket) -> list[tuple[str, str]]:
    """Return what holds of a ticket now, for whoever decided on an older version of it."""
    zone = ticket.kecamatan.time_zone
    moments = [("Rusak sejak", ticket.failed_at), ("Pulih", ticket.restored_at)]
    return [
        *[(label, moment_id(at, zone)) for label, at in moments if at],
        ("Dampak", str(Effect(ticket.effect).label)),
        ("Dipegang", str(ticket.assignee) if ticket.assignee else "belum ada"),
        ("Janji selesai", day_id(ticket.promised_on) if ticket.promised_on else "belum ada"),
        ("Prioritas", ticket.get_priority_display()),
        ("Jalur perbaikan", ticket.get_route_display() if ticket.route else "belum ada"),
        ("Biaya", _rupiah(ticket.cost) or "belum ada"),
    ]


def _rupiah(amount: Decimal | None) -> str:
    return "" if amount is None else f"Rp{number_id(round(amount))}"


def _promise_due(ticket: Ticket, now: datetime) -> str:
    """Return how far off a promise is that is still to be kept: ``5 hari lagi``, ``lewat 2 hari``."""
    if ticket.promised_on is None or ticket.restored_at or not ticket.counts:
        return ""
    days = (ticket.promised_on - local_day(now, ticket.kecamatan.time_zone)).days
    if days == 0:
        return "hari ini"
    return f"{days} hari lagi" if days > 0 else f"lewat {-days} hari"


def _last_day(due_at: datetime, zone: str) -> date:
    """Return the last local day on which a ticket is not late yet; ``due_at`` is the midnight that ends it."""
    return local_day(due_at - timedelta(seconds=1), zone)


def _crumbs(ticket: Ticket, user: User) -> list[dict[str, str]]:
    place = ticket.kecamatan
    url = reverse("reports:kecamatan-detail", args=[place.code]) if covers(user.scope, place) else ""
    return [
        {"label": "Tiket", "url": reverse("repairs:ticket-list")},
        {"label": place.name, "url": url},
        {"label": ticket.number, "url": ""},
    ]


def _effect_text(ticket: Ticket) -> str:
    what = f"Perekaman di {ticket.recording_set}"
    return f"{what} {EFFECT_WORDS[Effect(ticket.effect)]}" + (" waktu itu; sudah pulih" if ticket.restored_at else "")


def _device_url(ticket: Ticket, user: User) -> str:
    """Return the page of the device, which may stand outside the person's regions by now."""
    if ticket.device is None or not covers(user.scope, ticket.device.kecamatan):
        return ""
    return reverse("repairs:device-detail", args=[ticket.device.pk])


def _origin(ticket: Ticket) -> str:
    """Return where the device came from, which gates who may pay for its repair."""
    device = ticket.device
    if device is None or not device.source:
        return ""
    handed = {True: ", sudah diserahterimakan", False: ", belum diserahterimakan", None: ""}[device.handed_over]
    year = f" {device.acquired_year}" if device.acquired_year else ""
    return f"Asal {device.get_source_display()}{year}{handed}"


def _reporter(ticket: Ticket) -> str:
    who = ticket.reporter_name or (str(ticket.reported_by) if ticket.reported_by else "Sistem")
    return f"{who}, {channel_text(ticket.channel)}"


def stated_causes(subject: Ticket | Outage, zone: str) -> list[Stated]:
    """Return what was said of the cause, the statement that counts first."""
    rows = subject.cause_statements.select_related("stated_by").order_by("-by_staff", "-stated_at", "-pk")
    return [_stated(row, zone) for row in rows]


def _stated(row: CauseStatement, zone: str) -> Stated:
    who = row.source or (str(row.stated_by) if row.stated_by else "Sistem")
    dinas = " (dinas)" if row.by_staff else ""
    return Stated(
        cause_words(row.cause, row.certainty), f"{who}{dinas}, {day_id(local_day(row.stated_at, zone), weekday=False)}"
    )


def _links(ticket: Ticket, events: Iterable[Event]) -> list[dict[str, str]]:
    others = (("Sama dengan", ticket.duplicate_of), ("Lanjutan dari", ticket.follows))
    numbers = [(label, other.number) for label, other in others if other]
    numbers += [("Rusak lagi", event.data["ticket"]) for event in events if event.action == FAILED_AGAIN]
    return [{"label": label, "number": number, "url": _url_of(number)} for label, number in numbers]


def _voided(ticket: Ticket, zone: str) -> str:
    if ticket.voided_at is None:
        return ""
    return f"Dibatalkan {ticket.voided_by or 'Sistem'}, {moment_id(ticket.voided_at, zone)}: {ticket.void_reason}"


# --- The list -------------------------------------------------------------------------------------------


def listed(user: User) -> TicketQuerySet:
    """Return the tickets that a person may see, with what a row shows."""
    return Ticket.objects.visible_to(user).select_related("kecamatan", "recording_set", "device_kind", "assignee")


def position(text: str) -> Ticket | None:
    """Return the row after which the list goes on, as its address says: when the fault began, and its key."""
    began, _, key = text.partition(",")
    try:
        failed_at = datetime.fromisoformat(began)
    except ValueError:
        return None
    pk = key_of(key)
    return None if failed_at.tzinfo is None or pk is None else Ticket(pk=pk, failed_at=failed_at)


def views_of(user: User, chosen: dict[str, str]) -> list[View]:
    """Return the ways to look at the list with how many tickets each holds, all counted in one query."""
    own = [(label, query, condition) for label, query, condition in _views(user)]
    # Of the kecamatan, since the index of the counts holds it: no row is read.
    counted = {f"view_{at}": Count("kecamatan", filter=condition) for at, (_, _, condition) in enumerate(own)}
    numbers = Ticket.objects.visible_to(user).open().aggregate(**counted)
    return [
        View(label, list_url(query), number_id(numbers[f"view_{at}"]), query == chosen)
        for at, (label, query, _) in enumerate(own)
    ]


def _views(user: User) -> list[tuple[str, dict[str, str], Q]]:
    views = [
        ("Perlu ditangani", {}, Q()),
        ("Belum dikerjakan", {"keadaan": "belum"}, Q(status__in=GROUPS["belum"])),
        ("Dikerjakan", {"keadaan": "in_progress"}, Q(status="in_progress")),
        ("Menunggu", {"keadaan": "menunggu"}, Q(status__in=GROUPS["menunggu"])),
        ("Perlu dipastikan", {"keadaan": "resolved"}, Q(status="resolved")),
        ("Lewat tenggat", {"lewat": "on"}, is_overdue()),
    ]
    mine = ("Tugas saya", {"petugas": MINE}, is_task_of(user))
    return [*views, mine] if works_somewhere(user) else views


def list_url(chosen: dict[str, str], after: Ticket | None = None) -> str:
    """Return the address of the list with these filters, from the row after a ticket on."""
    place = {"sesudah": f"{after.failed_at.isoformat()},{after.pk}"} if after else {}
    query = urlencode({**chosen, **place})
    return reverse("repairs:ticket-list") + (f"?{query}" if query else "")
