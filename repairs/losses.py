"""Lost records of a kecamatan, and how many of these people were recorded again.

Each function owns one change: guard, write, event, marks, in one transaction. ``by`` is the person who asks,
``None`` for imports and the system. Days are local to the kecamatan. A loss counts in the month of its day
once it is confirmed; re-recordings count in the month of ``rerecorded_on``, or of the loss where that is not
known.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_correct_repairs, may_enter_counts
from kecamatan.changes import compare_and_set, mark_months, record_event
from kecamatan.duty import population_bounds, refuse_number
from kecamatan.models import Cause, Kecamatan
from lib.errors import Refused
from lib.guards import refuse_day, refuse_stale, required_reason
from lib.months import local_day, month_of
from lib.privacy import refuse_identity_numbers
from repairs.guards import refuse_voided
from repairs.models import LostRecords


class LossChanges(TypedDict, total=False):
    """What a correction of a loss may replace; what is left out stays."""

    day: date
    count: int
    cause: str
    certainty: str
    rerecorded: int
    rerecorded_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Loss:
    """Lost records and the re-recordings against them, as plain values; only confirmed losses enter the net."""

    day: date
    count: int
    confirmed: bool
    rerecorded: int
    rerecorded_on: date


class Tally(NamedTuple):
    """What the losses and re-recordings of some days add up to."""

    lost: int
    suspected: int
    rerecorded: int


def loss_of(day: date, count: int, certainty: str, rerecorded: int, rerecorded_on: date | None) -> Loss:
    """Return a loss as plain values; re-recordings of an unknown day count on that of the loss."""
    return Loss(day, count, certainty == LostRecords.Certainty.CONFIRMED, rerecorded, rerecorded_on or day)


def tally_losses(losses: Iterable[Loss], first: date, last: date) -> Tally:
    """Add up what was lost, may be lost, and was recorded again from ``first`` to ``last``, each by its own day."""
    lost = suspected = rerecorded = 0
    for loss in losses:
        if first <= loss.day <= last:
            lost += loss.count if loss.confirmed else 0
            suspected += 0 if loss.confirmed else loss.count
        if loss.confirmed and first <= loss.rerecorded_on <= last:
            rerecorded += loss.rerecorded
    return Tally(lost, suspected, rerecorded)


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

    Effects: the loss, an event; marks the months of the day and of the re-recording.
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
    with transaction.atomic():
        try:
            with transaction.atomic():
                loss.save(force_insert=True)
        except IntegrityError:
            raise _second_loss(loss) from None
        _record(loss, "record", by, count=count, certainty=certainty)
        _mark(loss)
    return loss


@transaction.atomic
def record_rerecording(
    loss: LostRecords, *, rerecorded: int, rerecorded_on: date | None, version: int, by: User | None
) -> None:
    """Say how many of the lost were recorded again by now, all in all, and on which day the last were.

    Effects: ``rerecorded`` and ``rerecorded_on``, an event; marks the months of the old and the new day.
    """
    guard(by, [loss.kecamatan], may_enter_counts)
    _change(loss, version, by, "rerecord", {"rerecorded": rerecorded, "rerecorded_on": rerecorded_on})


@transaction.atomic
def correct_loss(
    loss: LostRecords, *, version: int, by: User | None, reason: str, **changes: Unpack[LossChanges]
) -> None:
    """Correct a loss, or confirm a suspected one: what is named replaces what is on record.

    Effects: the fields named, an event with the values before; marks the months of the old and the new days.
    """
    guard(by, [loss.kecamatan], may_correct_repairs)
    _change(loss, version, by, "correct", changes, reason=required_reason(reason))


@transaction.atomic
def void_loss(loss: LostRecords, *, version: int, by: User | None, reason: str) -> None:
    """Void a loss that is wrong: it stays on record and counts nowhere.

    Effects: ``voided_*``, an event; marks the months of the day and of the re-recording.
    """
    guard(by, [loss.kecamatan], may_correct_repairs)
    refuse_stale(loss, version)
    refuse_voided(loss)
    reason = required_reason(reason)
    compare_and_set(loss, version, voided_at=timezone.now(), voided_by=by, void_reason=reason)
    _record(loss, "void", by, reason=reason)
    _mark(loss)


def _change(
    loss: LostRecords, version: int, by: User | None, action: str, changes: LossChanges, **told: object
) -> None:
    refuse_stale(loss, version)
    refuse_voided(loss)
    before = {name: str(getattr(loss, name)) for name in changes}
    _mark(loss)
    wanted = copy(loss)
    for name, value in changes.items():
        setattr(wanted, name, value)
    _refuse_impossible(wanted)
    try:
        with transaction.atomic():
            compare_and_set(loss, version, **changes)
    except IntegrityError:
        raise _second_loss(wanted) from None
    _record(loss, action, by, before=before, **told)
    _mark(loss)


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
    if loss.rerecorded > loss.count:
        raise Refused(
            f"Rekam ulang ({loss.rerecorded}) melebihi data yang hilang ({loss.count}). Periksa keduanya.",
            field="rerecorded",
        )
    if loss.rerecorded_on is not None:
        refuse_day(loss.rerecorded_on, today, "rerecorded_on")
        if loss.rerecorded_on < loss.day:
            raise Refused("Rekam ulang tidak bisa sebelum datanya hilang. Periksa keduanya.", field="rerecorded_on")


def _refuse_impossible(loss: LostRecords) -> None:
    today = local_day(timezone.now(), loss.kecamatan.time_zone)
    bound = population_bounds([loss.kecamatan.pk]).get(loss.kecamatan.pk)
    refuse_impossible_loss(loss, today=today, bound=bound)


def _second_loss(loss: LostRecords) -> Refused:
    return Refused(
        f"Data hilang {loss.kecamatan} pada {loss.day:%d/%m/%Y} sudah tercatat. Koreksi catatan itu.",
        field="day",
    )


def _record(loss: LostRecords, action: str, by: User | None, **data: object) -> None:
    record_event(loss, action, by=by, kecamatan_id=loss.kecamatan_id, **data)


def _mark(loss: LostRecords) -> None:
    days = [day for day in (loss.day, loss.rerecorded_on) if day is not None]
    mark_months((loss.kecamatan_id, month_of(day)) for day in days)
