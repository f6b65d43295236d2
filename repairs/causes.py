"""What people say caused a fault or an outage, and which of it counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from accounts.permissions import guard, holds_role, may_comment
from kecamatan.changes import mark_span, record_events
from kecamatan.models import Certainty, Kecamatan
from lib.errors import Forbidden
from lib.privacy import refuse_identity_numbers
from repairs.guards import refuse_voided
from repairs.marks import mark_ticket
from repairs.models import CauseStatement, Outage, Ticket


@transaction.atomic
def state_cause(
    subject: Ticket | Outage,
    *,
    cause: str,
    certainty: str = Certainty.SUSPECTED,
    by: User | None,
    source: str = "",
    by_staff: bool | None = None,
    stated_at: datetime | None = None,
) -> CauseStatement:
    """Keep what somebody said of the cause, now or at ``stated_at`` (UTC), and let the right statement count.

    The newest by staff counts, else the newest. ``by_staff`` says whose word it is; left out, it follows from
    the roles of ``by``, and an import speaks for the dinas. Effects: a CauseStatement, ``cause`` and
    ``certainty`` of the subject, an event for each place; marks the months of the subject when its cause changes.
    """
    places = _places(subject)
    _guard(by, subject, places)
    refuse_identity_numbers(source, "source")
    # One statement after the other, so that each sees the ones before it when it says which counts.
    _lock(subject)
    refuse_voided(subject)
    statement = CauseStatement.objects.create(
        ticket=subject if isinstance(subject, Ticket) else None,
        outage=subject if isinstance(subject, Outage) else None,
        cause=cause,
        certainty=certainty,
        by_staff=_speaks_for_dinas(by, places) if by_staff is None else by_staff,
        stated_by=by,
        source=source,
        stated_at=stated_at or timezone.now(),
    )
    record_events(
        subject,
        "state_cause",
        by=by,
        places=places,
        cause=cause,
        certainty=certainty,
        source=source,
        cause_before=subject.cause,
    )
    _let_count(subject, places)
    return statement


def _lock(subject: Ticket | Outage) -> None:
    """Lock a subject and read again what is decided on: another may have changed it while this one waited."""
    span = ("failed_at", "restored_at") if isinstance(subject, Ticket) else ("started_at", "ended_at")
    locked: Any = type(subject)._default_manager.select_for_update(no_key=True)
    subject.refresh_from_db(fields=["cause", "certainty", "voided_at", *span], from_queryset=locked)


def _places(subject: Ticket | Outage) -> list[Kecamatan]:
    if isinstance(subject, Ticket):
        return [subject.kecamatan]
    return list(subject.places.with_zone().order_by("code"))


def _guard(by: User | None, subject: Ticket | Outage, places: list[Kecamatan]) -> None:
    """A ticket's people may speak; of an outage, whoever reports or works in any of its places."""
    if isinstance(subject, Ticket):
        guard(by, places, may_comment)
    elif by is not None and not any(may_comment(by, place) for place in places):
        raise Forbidden("Anda tidak berwenang melakukan ini untuk gangguan di luar wilayah Anda.")


def _speaks_for_dinas(by: User | None, places: list[Kecamatan]) -> bool:
    return by is None or any(holds_role(by, place, Role.STAFF) for place in places)


def _let_count(subject: Ticket | Outage, places: list[Kecamatan]) -> None:
    """Write the statement that counts to the subject. No version: what people say never collides."""
    newest = subject.cause_statements.order_by("-by_staff", "-stated_at", "-pk").first()
    if newest is None or (newest.cause, newest.certainty) == (subject.cause, subject.certainty):
        return
    type(subject)._default_manager.filter(pk=subject.pk).update(cause=newest.cause, certainty=newest.certainty)
    subject.cause, subject.certainty = newest.cause, newest.certainty
    if isinstance(subject, Ticket):
        mark_ticket(subject)
    else:
        mark_span(places, subject.started_at, subject.ended_at)
