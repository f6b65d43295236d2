"""Lost records of a kecamatan, and how many of these people were recorded again.

Each function owns one change: guard, write, event, marks, in one transaction. ``by`` is the person who asks,
``None`` for imports and the system. Days are local to the kecamatan. A loss counts in the month of its day
once it is confirmed. People are recorded again on many days, each a row that counts in the month of its own
day, or of the loss where that is not known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_correct_repairs, may_enter_counts
from kecamatan.changes import collected_marks, compare_and_set, mark_months, record_event
from kecamatan.duty import population_bounds, refuse_number
from kecamatan.models import Cause, Kecamatan
from lib.errors import Refused
from lib.guards import refuse_day, refuse_stale, refuse_unchanged, required_reason
from lib.months import local_day, month_of
from lib.privacy import refuse_identity_numbers
from repairs.guards import refuse_voided
from repairs.models import LostRecords, Rerecording

AGAIN_BEFORE_LOSS = "Rekam ulang tidak bisa sebelum datanya hilang. Periksa keduanya."


class LossChanges(TypedDict, total=False):
    """What a correction of a loss may replace; what is left out stays."""

    day: date
    count: int
    cause: str
    certainty: str
    note: str


RERECORDED = "rerecorded"
"""What a :class:`Loss` is that was recorded again."""


@dataclass(frozen=True, slots=True)
class Loss:
    """People of a day as plain values: lost (``what`` is the certainty), or of a confirmed loss and recorded again."""

    day: date
    number: int
    what: str


class Tally(NamedTuple):
    """What the losses and re-recordings of some days add up to."""

    lost: int
    suspected: int
    rerecorded: int


def counted_losses() -> QuerySet[LostRecords]:
    """Return the losses that count, with ``what`` they are as a :class:`Loss`, its day (``on``) and its ``number``."""
    return LostRecords.objects.filter(voided_at=None).annotate(
        what=F("certainty"), on=F("day"), people=F("count"), place=F("kecamatan")
    )


def counted_rerecordings() -> QuerySet[Rerecording]:
    """Return the re-recordings that count, with the same columns; one of an unknown day is on that of its loss."""
    return Rerecording.objects.filter(
        voided_at=None, loss__voided_at=None, loss__certainty=LostRecords.Certainty.CONFIRMED
    ).annotate(
        what=Value(RERECORDED, CharField()),
        on=Coalesce("day", "loss__day"),
        people=F("number"),
        place=F("loss__kecamatan"),
    )


def tally_losses(losses: Iterable[Loss], first: date, last: date) -> Tally:
    """Add up what was lost, may be lost, and was recorded again from ``first`` to ``last``, each by its own day."""
    sums: Counter[str] = Counter()
    for loss in losses:
        if first <= loss.day <= last:
            sums[loss.what] += loss.number
    certainty = LostRecords.Certainty
    return Tally(sums[certainty.CONFIRMED], sums[certainty.SUSPECTED], sums[RERECORDED])


def record_loss(
    *,
    kecamatan: Kecamatan,
    day: date,
    count: int,
    cause: str = Cause.UNKNOWN,
    certainty: str = LostRecords.Certainty.SUSPECTED,
    rerecorded: int = 0,
    rerecorded_on: date | None = None,
    note: str = "",
    by: User | None,
) -> LostRecords:
    """Put on record that recordings were lost on a day; one loss for each kecamatan and day.

    Effects: the loss, the re-recording where there is one, an event; marks the months of both days.
    """
    guard(by, [kecamatan], may_enter_counts)
    loss = LostRecords(
        kecamatan=kecamatan,
        day=day,
        count=count,
        cause=cause,
        certainty=certainty,
        rerecorded=rerecorded,
        rerecorded_on=rerecorded_on,
        note=note.strip(),
    )
    _refuse_impossible(loss)
    loss.rerecorded_on = rerecorded_on if rerecorded else None
    with transaction.atomic():
        try:
            with transaction.atomic():
                loss.save(force_insert=True)
        except IntegrityError:
            raise _second_loss(loss) from None
        if rerecorded:
            Rerecording.objects.create(loss=loss, day=rerecorded_on, number=rerecorded, recorded_by=by)
        record_loss_event(loss, "record", by, count=count, certainty=certainty)
        mark_loss(loss)
    return loss


@transaction.atomic
@collected_marks()
def correct_loss(
    loss: LostRecords, *, version: int, by: User | None, reason: str, **changes: Unpack[LossChanges]
) -> None:
    """Correct a loss, or confirm a suspected one: what is named replaces what is on record.

    Effects: the fields named, an event with the values before; marks the months of the old and the new day, and those
    of the re-recordings.
    """
    guard(by, [loss.kecamatan], may_correct_repairs)
    reason = required_reason(reason)
    refuse_stale(loss, version)
    refuse_voided(loss)
    differing = {name: value for name, value in changes.items() if getattr(loss, name) != value}
    refuse_unchanged(differing)
    before = {name: str(getattr(loss, name)) for name in differing}
    mark_loss(loss)
    wanted = copy(loss)
    for name, value in differing.items():
        setattr(wanted, name, value)
    _refuse_impossible(wanted)
    if standing(loss).filter(day__lt=wanted.day).exists():
        raise Refused(AGAIN_BEFORE_LOSS, field="day")
    try:
        with transaction.atomic():
            compare_and_set(loss, version, **differing)
    except IntegrityError:
        raise _second_loss(wanted) from None
    record_loss_event(loss, "correct", by, before=before, reason=reason)
    mark_loss(loss)


@transaction.atomic
def void_loss(loss: LostRecords, *, version: int, by: User | None, reason: str) -> None:
    """Void a loss that is wrong: it stays on record and counts nowhere, and neither do its re-recordings.

    Effects: ``voided_*``, an event; marks the months of the day and of the re-recordings.
    """
    guard(by, [loss.kecamatan], may_correct_repairs)
    refuse_stale(loss, version)
    refuse_voided(loss)
    reason = required_reason(reason)
    compare_and_set(loss, version, voided_at=timezone.now(), voided_by=by, void_reason=reason)
    record_loss_event(loss, "void", by, reason=reason)
    mark_loss(loss)


def refuse_impossible_loss(loss: LostRecords, *, today: date, bound: int | None) -> None:
    """Refuse a loss that cannot be: the one rule of pages, API and imports.

    ``today`` is the local day of its kecamatan, ``bound`` the largest known population there.
    """
    refuse_day(loss.day, today, "day")
    refuse_identity_numbers(loss.note, "note")
    if loss.count < 1:
        raise Refused("Jumlah data hilang sekurangnya 1.", field="count")
    refuse_number(loss.count, bound, loss.kecamatan.name, "count")
    if loss.rerecorded < 0:
        raise Refused("Jumlah rekam ulang tidak boleh negatif.", field="rerecorded")
    refuse_more_than_lost(loss, loss.rerecorded, "rerecorded")
    if loss.rerecorded_on is not None:
        refuse_day(loss.rerecorded_on, today, "rerecorded_on")
        if loss.rerecorded_on < loss.day:
            raise Refused(AGAIN_BEFORE_LOSS, field="rerecorded_on")


def refuse_more_than_lost(loss: LostRecords, rerecorded: int, field: str) -> None:
    """Refuse that more people were recorded again, all in all, than were lost."""
    if rerecorded > loss.count:
        raise Refused(
            f"Rekam ulang ({rerecorded}) melebihi data yang hilang ({loss.count}). Periksa keduanya.", field=field
        )


def _refuse_impossible(loss: LostRecords) -> None:
    today = local_day(timezone.now(), loss.kecamatan.time_zone)
    bound = population_bounds([loss.kecamatan.pk]).get(loss.kecamatan.pk)
    refuse_impossible_loss(loss, today=today, bound=bound)


def _second_loss(loss: LostRecords) -> Refused:
    return Refused(
        f"Data hilang {loss.kecamatan} pada {loss.day:%d/%m/%Y} sudah tercatat. Koreksi catatan itu.",
        field="day",
    )


def standing(loss: LostRecords) -> QuerySet[Rerecording]:
    """Return the re-recordings of a loss that count, the oldest first; one of an unknown day before all others."""
    return Rerecording.objects.filter(loss=loss, voided_at=None).order_by(F("day").asc(nulls_first=True), "pk")


def record_loss_event(loss: LostRecords, action: str, by: User | None, **data: object) -> None:
    """Append what was done to a loss to the history of its kecamatan."""
    record_event(loss, action, by=by, kecamatan_id=loss.kecamatan_id, **data)


def mark_loss(loss: LostRecords) -> None:
    """Mark the months in which a loss and its re-recordings count."""
    days = {loss.day, *standing(loss).values_list("day", flat=True)}
    mark_months((loss.kecamatan_id, month_of(day)) for day in days if day is not None)
