"""Taking back what somebody said of an outage by mistake: their report while nobody else spoke of it, an end just said.

Staff correct and void (:mod:`repairs.outages`); here is what whoever made the mistake can mend alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_report
from kecamatan.changes import collected_marks, compare_and_set, mark_span, record_events, subject_key
from kecamatan.models import Event, Kecamatan
from lib.errors import Forbidden, Refused
from lib.guards import refuse_stale, required_reason
from repairs.guards import refuse_voided
from repairs.models import WITHDRAW, Outage
from repairs.outages import places_of

UNDONE_WITHIN = timedelta(minutes=10)
"""For how long whoever said that an outage is over may take it back; later it is a new outage."""

ENDS = ("end", "split")
"""The actions of the events by which an outage, or a part of one, is said to be over."""
UNDO = "undo_end"

NOT_ANY_MORE = "Hanya bisa diurungkan oleh yang menyatakannya, dalam 10 menit, selama belum ada yang berubah lagi."
ELSEWHERE_TOO = "Sudah ada orang lain yang bicara tentang gangguan ini. Minta dinas membatalkannya."
REASON = "Diurungkan: ternyata belum pulih"


@transaction.atomic
def withdraw_outage(outage: Outage, *, version: int, by: User, reason: str) -> None:
    """Take back a mistaken report, by whoever made it and as long as nobody else said anything of the outage.

    Effects: ``voided_*``, events; marks the months of the span for every place.
    """
    places = places_of(outage)
    guard(by, places, may_report)
    if outage.reported_by_id != by.pk:
        raise Forbidden("Hanya pelapornya yang bisa menarik laporan ini.")
    refuse_stale(outage, version)
    refuse_voided(outage)
    reason = required_reason(reason)
    if _others_spoke(outage, by):
        raise Refused(ELSEWHERE_TOO)
    compare_and_set(outage, version, voided_at=timezone.now(), voided_by=by, void_reason=reason)
    record_events(outage, WITHDRAW, by=by, places=places, reason=reason)
    mark_span(places, outage.started_at, outage.ended_at)


def _others_spoke(outage: Outage, by: User) -> bool:
    """Say whether anybody else said or changed something of an outage, or it was parted."""
    said = Event.objects.filter(subject=subject_key(outage)).exclude(by=by)
    return outage.split_from_id is not None or outage.parts.exists() or said.exists()


@transaction.atomic
@collected_marks()
def undo_end(outage: Outage, *, by: User) -> Outage:
    """Take back that an outage is over, by whoever said so last and within :data:`UNDONE_WITHIN`; return what runs.

    A part that was split off goes back to the outage that still runs elsewhere, and is voided; else it runs on by
    itself. What was said stays in the history. Effects: the end before it, events; marks the months of both spans.
    """
    outage = Outage.objects.select_for_update(no_key=True).get(pk=outage.pk)
    places = places_of(outage)
    guard(by, places, may_report)
    refuse_voided(outage)
    last = Event.objects.filter(subject=subject_key(outage)).order_by("-at", "-pk").first()
    if last is None or not is_undoable(last.action, last.at, last.by_id, by):
        raise Refused(NOT_ANY_MORE)
    whole = Outage.objects.select_for_update(no_key=True).filter(pk=last.data.get("whole")).first()
    if whole is not None and _runs(whole):
        _rejoin(outage, whole, places, by)
        return whole
    before, ended_at = last.data.get("before"), outage.ended_at
    compare_and_set(outage, outage.version, ended_at=datetime.fromisoformat(before) if before else None)
    record_events(outage, UNDO, by=by, places=places, before=ended_at)
    mark_span(places, outage.started_at, None)
    return outage


def is_undoable(action: str, at: datetime, said_by: int | None, user: User) -> bool:
    """Say whether the newest event of an outage is an end that a person said a moment ago."""
    return action in ENDS and said_by == user.pk and timezone.now() - at <= UNDONE_WITHIN


def _runs(outage: Outage) -> bool:
    return outage.voided_at is None and (outage.ended_at is None or outage.ended_at > timezone.now())


def _rejoin(part: Outage, whole: Outage, places: Sequence[Kecamatan], by: User) -> None:
    whole.places.add(*places)
    compare_and_set(whole, whole.version)
    compare_and_set(part, part.version, voided_at=timezone.now(), voided_by=by, void_reason=REASON)
    record_events(part, UNDO, by=by, places=places, before=part.ended_at)
    record_events(whole, UNDO, by=by, places=places, part=part.pk)
    mark_span(places, part.started_at, None)
