"""Outages: power, network, central server or staff that one place or many lack at once.

Each function owns one change: guard, write, event, marks, in one transaction. ``by`` is the person who asks,
``None`` for imports and the system; every place of an outage must be in that person's region. Moments are
UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Role, User
from accounts.permissions import covers, guard, may_correct_repairs, may_log_reports, may_report
from kecamatan.changes import collected_marks, compare_and_set, mark_span, record_events, record_sign_of_life
from kecamatan.claims import said_at
from kecamatan.models import Cause, Certainty, Kecamatan
from lib.errors import Refused
from lib.guards import refuse_moment, refuse_stale, refuse_unchanged, required_reason
from lib.payload import payload_hash
from lib.privacy import refuse_identity_numbers
from repairs.causes import state_cause
from repairs.going_on import refuse_computers, services_text
from repairs.guards import refuse_reversed, refuse_voided, submitted_before
from repairs.models import CONFIRM, CauseStatement, Outage, Ticket

END_AFTER_START = "Waktu selesai harus sesudah waktu mulai."
KEPT_IN_PARTS = (
    *("started_at", "effect", "promised_at", "note", "cause", "certainty", "reported_by", "reported_at"),
    *("computers", "services", "reporter_name", "channel", "message"),
)


class OutageChanges(TypedDict, total=False):
    """What a correction of an outage may replace; what is left out stays."""

    started_at: datetime
    ended_at: datetime | None
    effect: str
    promised_at: datetime | None
    note: str
    computers: int | None
    services: Collection[str]


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
    computers: int | None = None,
    services: Collection[str] = (),
    by: User | None,
    reported_at: datetime | None = None,
    reporter_name: str = "",
    channel: str = Ticket.Channel.APP,
    message: str = "",
) -> Outage:
    """Put an outage of one or many places on record; the same submission again returns the same outage.

    ``computers`` is how many can still run, and ``services`` which others go on, as codes of :class:`Continuing`; none
    of either is that nobody said. All places live in one time zone. The start may lie in the future (an announced
    power cut), and the end too. ``reported_at`` is now where left out. ``reporter_name``, ``channel`` and the original
    ``message`` tell of a report that staff log for somebody. Raises :class:`KeyReused` for another body
    under the same key.

    Effects: the outage, its first stated cause (unless unknown), an event for each place, a sign of life of
    the reporting operator's own kecamatan; marks the months of the span for every place.
    """
    rows = _distinct(places)
    guard(by, rows, may_report)
    told = {"reporter_name": reporter_name.strip(), "message": message.strip()}
    if channel != Ticket.Channel.APP:
        guard(by, rows, may_log_reports)
        told["channel"] = channel
    going_on = {"computers": computers, "services": services_text(services)}
    fingerprint = payload_hash(
        places=[place.pk for place in rows],
        started_at=started_at,
        ended_at=ended_at,
        effect=effect,
        cause=cause,
        certainty=certainty,
        promised_at=promised_at,
        note=note,
        # Left out where nothing was said of it, so that what was sent before it could be said is still known.
        **{name: value for name, value in (going_on | told).items() if value},
    )
    with transaction.atomic(), collected_marks():
        if earlier := submitted_before(Outage, client_key, fingerprint):
            return earlier
        _refuse_impossible(rows, started_at, ended_at, promised_at, note)
        refuse_computers(computers, effect)
        _refuse_teller(rows, told, reported_at)
        outage = Outage(
            client_key=client_key,
            payload_hash=fingerprint,
            started_at=started_at,
            ended_at=ended_at,
            effect=effect,
            promised_at=promised_at,
            note=note.strip(),
            **going_on,
            **told,
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
        _note_sign_of_life(rows, by, reported_at or said_at())
    return outage


def _follow_up(outage: Outage, places: Sequence[Kecamatan], *, cause: str, certainty: str, by: User | None) -> None:
    began = outage.started_at.isoformat()
    told = {"channel": outage.channel, "reporter": outage.reporter_name} if outage.reporter_name else {}
    record_events(outage, "report", by=by, places=places, started_at=began, effect=outage.effect, **told)
    if cause != Cause.UNKNOWN:
        state_cause(outage, cause=cause, certainty=certainty, by=by, stated_at=outage.reported_at)
    mark_span(places, outage.started_at, outage.ended_at)


def _note_sign_of_life(places: Iterable[Kecamatan], by: User | None, at: datetime) -> None:
    """Note that the operators' own kecamatan were heard from; the office speaks of them, not from them."""
    own = by.scope_as(Role.OPERATOR).kecamatan if by is not None else frozenset()
    for place in places:
        if place.pk in own:
            record_sign_of_life(place, at)


@transaction.atomic
@collected_marks()
def confirm_outage(outage: Outage, *, places: Iterable[Kecamatan], by: User) -> None:
    """Say that a running outage still lasts in some of its places. What people say never collides: no version.

    Effects: an event for each of these places, a sign of life of the confirming operator's own kecamatan.
    """
    rows = _distinct(places)
    guard(by, rows, may_report)
    _refuse_not_running(outage)
    _refuse_elsewhere(rows, places_of(outage))
    record_events(outage, CONFIRM, by=by, places=rows)
    _note_sign_of_life(rows, by, said_at())


@transaction.atomic
@collected_marks()
def end_outage(outage: Outage, *, version: int, by: User | None, ended_at: datetime | None = None) -> None:
    """Say that an outage is over, now or since ``ended_at``.

    Effects: ``ended_at``, events, a sign of life of the operator's own kecamatan; marks the months of the span before
    and after, for every place.
    """
    places = places_of(outage)
    _guard_change(outage, places, version, by, may_report)
    ended_at = ended_at or said_at()
    refuse_moment(ended_at, places[0].time_zone, "ended_at")
    refuse_reversed(outage.started_at, ended_at, "ended_at", END_AFTER_START)
    before = outage.ended_at
    compare_and_set(outage, version, ended_at=ended_at)
    told = {"before": before.isoformat() if before else None, "after": ended_at.isoformat()}
    record_events(outage, "end", by=by, places=places, **told)
    _note_sign_of_life(places, by, said_at())
    mark_span(places, outage.started_at, _later(before, ended_at))


@transaction.atomic
@collected_marks()
def end_outage_for(
    outage: Outage,
    *,
    places: Iterable[Kecamatan],
    by: User | None,
    version: int | None = None,
    ended_at: datetime | None = None,
) -> Outage:
    """Say that a running outage is over in some of its places, now or since ``ended_at``; return the part that ended.

    Whoever reports for one kecamatan can only know of that one: in the other places the outage goes on. The places
    that are over become an outage of their own (``split_from``) with the same beginning and causes; all of them
    together end the outage itself. Without ``version`` no newer one is a conflict: that it is over here stays true
    whatever others said meanwhile, as long as the outage runs and still covers these places.

    Effects: the part with its events and a sign of life of the operator's own kecamatan, or those of
    :func:`end_outage`; marks the months of the span before and after, for the places that ended.
    """
    ending = _distinct(places)
    guard(by, ending, may_report)
    # One writer after the other: each sees which places the one before took out.
    outage = Outage.objects.select_for_update(no_key=True).get(pk=outage.pk)
    refuse_stale(outage, outage.version if version is None else version)
    _refuse_not_running(outage)
    everywhere = places_of(outage)
    _refuse_elsewhere(ending, everywhere)
    if len(ending) == len(everywhere):
        end_outage(outage, version=outage.version, by=by, ended_at=ended_at)
        return outage
    ended_at = ended_at or said_at()
    refuse_moment(ended_at, ending[0].time_zone, "ended_at")
    refuse_reversed(outage.started_at, ended_at, "ended_at", END_AFTER_START)
    part = _split(outage, ending, ended_at)
    compare_and_set(outage, outage.version)
    told = {"after": ended_at.isoformat()}
    record_events(outage, "end_for", by=by, places=ending, part=part.pk, **told)
    record_events(part, "split", by=by, places=ending, whole=outage.pk, **told)
    _note_sign_of_life(ending, by, said_at())
    mark_span(ending, outage.started_at, _later(outage.ended_at, ended_at))
    return part


def _split(outage: Outage, places: Sequence[Kecamatan], ended_at: datetime) -> Outage:
    """Move some places of an outage to one of their own that is over, with what was stated of the cause."""
    key = uuid4()
    part = Outage(
        split_from=outage,
        client_key=key,
        payload_hash=payload_hash(split_from=outage.pk, key=key),
        ended_at=ended_at,
        **{name: getattr(outage, name) for name in KEPT_IN_PARTS},
    )
    part.save(force_insert=True)
    part.places.set(places)
    outage.places.remove(*places)
    statements = list(outage.cause_statements.order_by("pk"))
    for statement in statements:
        statement.pk, statement.outage = None, part
    CauseStatement.objects.bulk_create(statements)
    return part


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
        "computers": outage.computers,
        "services": outage.services.split(),
    }
    after: OutageChanges = {**before, **changes}
    _refuse_impossible(new, after["started_at"], after["ended_at"], after["promised_at"], after["note"])
    refuse_computers(after["computers"], after["effect"])
    told = {name: _told(value) for name, value in before.items() if changes.get(name, value) != value}
    refuse_unchanged(told or new != old)
    compare_and_set(outage, version, **{**changes, "services": services_text(after["services"])})
    outage.places.set(new)
    moved = {"places_before": [place.code for place in old]} if new != old else {}
    record_events(outage, "correct", by=by, places=_distinct([*old, *new]), reason=reason, before=told, **moved)
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


def _told(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)


def places_to_speak_for(places: Sequence[Kecamatan], by: User) -> list[Kecamatan]:
    """Return of which places a person says whether an outage lasts: an operator's own, else their whole region."""
    own = by.scope_as(Role.OPERATOR)
    return [place for place in places if covers(own, place)] or [place for place in places if may_report(by, place)]


def places_of(outage: Outage) -> list[Kecamatan]:
    """Return the places of an outage with their zone, by code."""
    return list(outage.places.with_zone().order_by("code"))


def _refuse_not_running(outage: Outage) -> None:
    refuse_voided(outage)
    now = timezone.now()
    if outage.started_at > now:
        raise Refused("Gangguan ini baru direncanakan dan belum mulai. Bila batal, minta dinas membatalkannya.")
    if outage.ended_at is not None and outage.ended_at <= now:
        raise Refused("Gangguan ini sudah tercatat selesai. Bila terjadi lagi, laporkan sebagai gangguan baru.")


def _refuse_elsewhere(places: Sequence[Kecamatan], everywhere: Sequence[Kecamatan]) -> None:
    """Refuse places that an outage does not cover, or no longer, because they were said to be over before."""
    if not places:
        raise Refused("Pilih sekurangnya satu kecamatan.", field="places")
    known = {place.pk for place in everywhere}
    for place in places:
        if place.pk not in known:
            raise Refused(f"{place} sudah tidak termasuk gangguan ini. Muat ulang halamannya.", field="places")


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
    zone = zones.pop()
    refuse_moment(started_at, zone, "started_at", planned=True)
    refuse_reversed(started_at, ended_at, "ended_at", END_AFTER_START)
    for field, moment in (("ended_at", ended_at), ("promised_at", promised_at)):
        if moment is not None:
            refuse_moment(moment, zone, field, planned=True)
    refuse_reversed(started_at, promised_at, "promised_at", "Waktu yang dijanjikan harus sesudah waktu mulai.")
    refuse_identity_numbers(note, "note")


def _refuse_teller(places: Sequence[Kecamatan], told: dict[str, str], reported_at: datetime | None) -> None:
    for field in ("reporter_name", "message"):
        refuse_identity_numbers(told[field], field)
    if "channel" in told:
        if not told["reporter_name"]:
            raise Refused("Tulis siapa yang melaporkan.", field="reporter_name")
        refuse_moment(reported_at or timezone.now(), places[0].time_zone, "reported_at")


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
