"""Which rollup rows read a fault."""

from __future__ import annotations

from collections.abc import Iterable

from devices.models import Placement
from kecamatan.changes import collected_marks, mark_span
from kecamatan.models import Kecamatan
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
    with collected_marks():
        for span in {span_of(ticket), also or span_of(ticket)}:
            end = ticket.recording_set.withdrawn_at if ticket.device_id is None else span.end
            mark_span(places, span.start, end)


def _places_of(ticket: Ticket) -> Iterable[Kecamatan]:
    """Return the kecamatan of a ticket and all in which its device ever stood: they are few."""
    ids = {ticket.kecamatan_id, ticket.recording_set.kecamatan_id}
    if ticket.device_id:
        stood = Placement.objects.filter(device=ticket.device_id)
        ids |= set(stood.values_list("recording_set__kecamatan", flat=True))
    return Kecamatan.objects.with_zone().filter(pk__in=ids)
