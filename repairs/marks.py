"""Which rollup rows read a fault, an outage or an arrangement: the marks of this app."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from kecamatan.changes import mark_months
from kecamatan.models import Kecamatan
from lib.months import local_month, months_through
from lib.spans import Span
from repairs.models import Ticket


def span_of(ticket: Ticket) -> Span:
    """Return the span of a fault."""
    return Span(ticket.failed_at, ticket.restored_at)


def mark_ticket(ticket: Ticket, also: Span | None = None) -> None:
    """Mark every month of a fault's span, and of ``also`` (its span before), wherever a row reads it.

    That is the kecamatan of the ticket and every place where its device stood in the meantime. A missing
    record puts its set on record from its start on, so it is read until the set is withdrawn.
    """
    places = _places_of(ticket)
    for span in {span_of(ticket), also or span_of(ticket)}:
        end = ticket.recording_set.withdrawn_at if ticket.device_id is None else span.end
        mark_places(places, span.start, end)


def mark_places(places: Iterable[Kecamatan], start: datetime, end: datetime | None) -> None:
    """Mark every month of a span up to the current one for many places at once.

    A planned span is read by no month yet; the current one is marked, whose row says until when it holds.
    """
    now, marks = timezone.now(), []
    for place in places:
        current = local_month(now, place.time_zone)
        first = min(local_month(start, place.time_zone), current)
        last = current if end is None else min(local_month(end, place.time_zone), current)
        marks += [(place.pk, month) for month in months_through(first, max(first, last))]
    mark_months(marks)


def _places_of(ticket: Ticket) -> Iterable[Kecamatan]:
    """Return the kecamatan of a ticket and all in which its device ever stood: they are few."""
    here = Q(pk__in=[ticket.kecamatan_id, ticket.recording_set.kecamatan_id])
    stood = Q(recording_sets__placements__device=ticket.device_id) if ticket.device_id else Q()
    return Kecamatan.objects.with_zone().filter(here | stood).distinct()
