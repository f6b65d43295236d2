"""Who noted that a report was signed, and who took that back and why: in words, from its events."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from documents.models import Document
from kecamatan.changes import actor_of, subject_key
from kecamatan.models import Event
from lib.format import day_id, moment_id


class Entry(NamedTuple):
    """A line of the history, and the reason that somebody gave."""

    what: str
    reason: str


def signatures_of(document: Document, zone: str) -> list[Entry]:
    """Return the signatures of a report and their withdrawals, the newest first, in one query."""
    events = Event.objects.filter(subject=subject_key(document), action__in=("sign", "withdraw_signature"))
    return [_entry(event, zone) for event in events.select_related("by").order_by("-at", "-pk")]


def _entry(event: Event, zone: str) -> Entry:
    day = day_id(date.fromisoformat(event.data["signed_on"]))
    who = f"{actor_of(event)} pada {moment_id(event.at, zone)}"
    if event.action == "sign":
        return Entry(f"Ditandatangani {day}; dicatat {who}.", "")
    return Entry(f"Tanda tangan {day} dicabut oleh {who}.", event.data["reason"])
