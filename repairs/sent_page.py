"""What somebody reads who has just reported a fault: its number, what happens next, and a text to share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from accounts.callers import whom_to_call
from accounts.home import place_url
from accounts.models import User
from kecamatan.dinas import dinas_name
from kecamatan.models import Effect
from lib.format import day_id, moment_id
from lib.months import local_day
from repairs.models import Ticket
from repairs.pages import EFFECT_WORDS, ticket_url, title_of

SHARE = "https://wa.me/"


def sent_page(ticket: Ticket, address: str, user: User) -> dict[str, Any]:
    """Return all that the page shows; ``address`` is the whole one of the ticket's page."""
    place = ticket.kecamatan
    return {
        "ticket": ticket,
        "title": title_of(ticket),
        "place": place,
        "url": ticket_url(ticket),
        "back_url": place_url(user, place),
        "steps": _steps(ticket),
        "share_url": share_url(share_text(ticket, address)),
        "callers": whom_to_call(place, user.scope),
    }


def share_text(ticket: Ticket, address: str) -> str:
    """Return what is shared of a ticket: number, kecamatan, component and link; nothing about a person."""
    return f"Lapor {ticket.number}: {title_of(ticket)}, {ticket.kecamatan.name}. {address}"


def share_url(text: str) -> str:
    """Return the link that opens WhatsApp with a text, to send to whomever one picks there."""
    return f"{SHARE}?{urlencode({'text': text})}"


def _steps(ticket: Ticket) -> list[str]:
    """Return what happens next: who is told, what for, and until when."""
    place = ticket.kecamatan
    agency = dinas_name(place.kabupaten.agency_name, place.kabupaten.name)
    steps = [f"{agency} melihat laporan ini sekarang juga di daftar tiketnya dan memverifikasinya."]
    if ticket.due_at:
        last = local_day(ticket.due_at - timedelta(seconds=1), place.time_zone)
        days = (last - local_day(timezone.now(), place.time_zone)).days
        ahead = f" ({days} hari lagi)" if days > 0 else ""
        steps.append(f"Tenggat selesai {day_id(last)}{ahead}. Siapa yang mengerjakan dan janjinya terlihat di tiket.")
    since = moment_id(ticket.failed_at, place.time_zone)
    steps.append(f"Perekaman di {ticket.recording_set} tercatat {EFFECT_WORDS[Effect(ticket.effect)]} sejak {since}.")
    return steps
