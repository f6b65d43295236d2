"""Outages: power, network, central server or staff that one place or many lack at once.

Each function owns one change: guard, write, event, marks, in one transaction. ``by`` is the person who asks,
``None`` for imports and the system; every place of an outage must be in that person's region. Moments are
UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Role, User
from accounts.permissions import guard, may_correct_repairs, may_report
from kecamatan.changes import collected_marks, compare_and_set, mark_span, record_events, record_sign_of_life
from kecamatan.models import Cause, Certainty, Kecamatan
from lib.errors import Refused
from lib.payload import payload_hash
from lib.privacy import refuse_identity_numbers
from repairs.causes import state_cause
from repairs.guards import (
    refuse_moment,
    refuse_reversed,
    refuse_stale,
    refuse_voided,
    required_reason,
    submitted_before,
)
from repairs.models import Outage

END_AFTER_START = "Waktu selesai harus sesudah waktu mulai."


class OutageChanges(TypedDict, total=False):
    """What a correction of an outage may replace; what is left out stays."""

    started_at: datetime
    ended_at: datetime | None
    effect: str
    promised_at: datetime | None
    note: str


def report_outage(
    *,
    client_key: UUID,
    places: Iterable[Kecamatan],
    started_at: datetime,
    effect: str,
    cause: str = Cause.UNKNOWN,
    certainty: str = Certainty.SUSPECTED,
    ended_at: datetime | None = None,
    promised_at: datetime | None = None,
    note: str = "",
    by: User | None,
    reported_at: datetime | None = None,
) -> Outage:
    """Put an outage of one or many places on record; the same submission again returns the same outage.

    All places live in one time zone. The start may lie in the future (an announced power cut), and the end
    too. ``reported_at`` is now where left out. Raises :class:`KeyReused` for another body under the same key.

    Effects: the outage, its first stated cause (unless unknown), an event for each place, a sign of life of
    the reporting operator's own kecamatan; marks the months of the span for every place.
    """
    rows = _distinct(places)
    guard(by, rows, may_report)
    fingerprint = payload_hash(
        places=[place.pk for place in rows],
        started_at=started_at,
        ended_at=ended_at,
        effect=effect,
        cause=cause,
        certainty=certainty,
        promised_at=promised_at,
        note=note,
    )
    with transaction.atomic():
        if earlier := submitted_before(Outage, client_key, fingerprint):
            return earlier
        _refuse_impossible(rows, started_at, ended_at, promised_at, note)
        outage = Outage(
            client_key=client_key,
            payload_hash=fingerprint,
            started_at=started_at,
            ended_at=ended_at,
            effect=effect,
            promised_at=promised_at,
            note=note.strip(),
            reported_by=by,
            reported_at=reported_at or timezone.now(),
        )
        try:
            with transaction.atomic():
                outage.save(force_insert=True)
        except IntegrityError:
            if earlier := submitted_before(Outage, client_key, fingerprint):
                return earlier
            raise
        outage.places.set(rows)
        _follow_up(outage, rows, cause=cause, certainty=certainty, by=by)
    return outage


def _follow_up(outage: Outage, places: Sequence[Kecamatan], *, cause: str, certainty: str, by: User | None) -> None:
    began = outage.started_at.isoformat()
    record_events(outage, "report", by=by, places=places, started_at=began, effect=outage.effect)
    if cause != Cause.UNKNOWN:
        state_cause(outage, cause=cause, certainty=certainty, by=by, stated_at=outage.reported_at)
    own = by.scope_as(Role.OPERATOR).kecamatan if by is not None else frozenset()
    for place in places:
        if place.pk in own:
            record_sign_of_life(place, outage.reported_at)
    mark_span(places, outage.started_at, outage.ended_at)


@transaction.atomic
def end_outage(outage: Outage, *, version: int, by: User | None, ended_at: datetime | None = None) -> None:
    """Say that an outage is over, now or since ``ended_at``.

    Effects: ``ended_at``, events; marks the months of the span before and after, for every place.
    """
    places = places_of(outage)
    _guard_change(outage, places, version, by, may_report)
    ended_at = ended_at or timezone.now()
    refuse_moment(ended_at, places[0].time_zone, "ended_at")
    refuse_reversed(outage.started_at, ended_at, "ended_at", END_AFTER_START)
    before = outage.ended_at
    compare_and_set(outage, version, ended_at=ended_at)
    told = {"before": before.isoformat() if before else None, "after": ended_at.isoformat()}
    record_events(outage, "end", by=by, places=places, **told)
    mark_span(places, outage.started_at, _later(before, ended_at))


@transaction.atomic
@collected_marks()
def correct_outage(
    outage: Outage,
    *,
    version: int,
    by: User | None,
    reason: str,
    places: Iterable[Kecamatan] | None = None,
    **changes: Unpack[OutageChanges],
) -> None:
    """Correct an outage: what is named replaces what is on record.

    Effects: the fields and places named, events with the values before; marks the months of the old and the
    new span for the old and the new places.
    """
    old = places_of(outage)
    new = old if places is None else _distinct(places)
    _guard_change(outage, [*old, *new], version, by, may_correct_repairs)
    reason = required_reason(reason)
    before: OutageChanges = {
        "started_at": outage.started_at,
        "ended_at": outage.ended_at,
        "effect": outage.effect,
        "promised_at": outage.promised_at,
        "note": outage.note,
    }
    after: OutageChanges = {**before, **changes}
    _refuse_impossible(new, after["started_at"], after["ended_at"], after["promised_at"], after["note"])
    compare_and_set(outage, version, **changes)
    outage.places.set(new)
    told = {name: str(value) for name, value in before.items() if name in changes}
    record_events(
        outage,
        "correct",
        by=by,
        places=_distinct([*old, *new]),
        reason=reason,
        before=told,
        places_before=[place.code for place in old],
    )
    mark_span(old, before["started_at"], before["ended_at"])
    mark_span(new, after["started_at"], after["ended_at"])


@transaction.atomic
def void_outage(outage: Outage, *, version: int, by: User | None, reason: str) -> None:
    """Void an outage that is wrong: it stays on record and counts nowhere.

    Effects: ``voided_*``, events; marks the months of the span for every place.
    """
    places = places_of(outage)
    _guard_change(outage, places, version, by, may_correct_repairs)
    reason = required_reason(reason)
    compare_and_set(outage, version, voided_at=timezone.now(), voided_by=by, void_reason=reason)
    record_events(outage, "void", by=by, places=places, reason=reason)
    mark_span(places, outage.started_at, outage.ended_at)


def places_of(outage: Outage) -> list[Kecamatan]:
    """Return the places of an outage with their zone, by code."""
    return list(outage.places.with_zone().order_by("code"))


def _distinct(places: Iterable[Kecamatan]) -> list[Kecamatan]:
    return sorted({place.pk: place for place in places}.values(), key=lambda place: place.code)


def _refuse_impossible(
    places: Sequence[Kecamatan],
    started_at: datetime,
    ended_at: datetime | None,
    promised_at: datetime | None,
    note: str,
) -> None:
    zones = {place.time_zone for place in places}
    if not zones:
        raise Refused("Pilih sekurangnya satu kecamatan.", field="places")
    if len(zones) > 1:
        raise Refused(
            "Kecamatan yang dipilih ada di zona waktu yang berbeda. Catat satu gangguan untuk setiap zona.",
            field="places",
        )
    refuse_moment(started_at, zones.pop(), "started_at", planned=True)
    refuse_reversed(started_at, ended_at, "ended_at", END_AFTER_START)
    refuse_reversed(started_at, promised_at, "promised_at", "Waktu yang dijanjikan harus sesudah waktu mulai.")
    refuse_identity_numbers(note, "note")


def _guard_change(
    outage: Outage,
    places: Iterable[Kecamatan],
    version: int,
    by: User | None,
    may: Callable[[User, Kecamatan], bool],
) -> None:
    guard(by, places, may)
    refuse_stale(outage, version)
    refuse_voided(outage)


def _later(first: datetime | None, second: datetime | None) -> datetime | None:
    """Return the later of two ends, where none is the latest of all."""
    return None if first is None or second is None else max(first, second)
