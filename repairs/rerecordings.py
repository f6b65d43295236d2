"""People whose recordings were lost and who were recorded again: one row for each time that somebody tells of it.

Each function owns one change: guard, write, event, marks, in one transaction, decided on the version of the loss.
``by`` is the person who asks, ``None`` for imports and the system. Days are local to the kecamatan.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_correct_repairs, may_enter_counts
from kecamatan.changes import compare_and_set, mark_months
from lib.errors import Refused
from lib.guards import refuse_day, refuse_stale, required_reason
from lib.months import local_day, month_of
from repairs.guards import refuse_voided
from repairs.losses import AGAIN_BEFORE_LOSS, record_loss_event, refuse_more_than_lost, standing
from repairs.models import LostRecords, Rerecording


@transaction.atomic
def record_rerecording(loss: LostRecords, *, number: int, day: date, version: int, by: User | None) -> Rerecording:
    """Say that some more of the lost were recorded again on a day.

    Effects: the row, the total of the loss, an event; marks the month of the day.
    """
    guard(by, [loss.kecamatan], may_enter_counts)
    _refuse_change(loss, version)
    if number < 1:
        raise Refused("Isi sekurangnya 1 orang.", field="number")
    refuse_more_than_lost(loss, loss.rerecorded + number, "number")
    refuse_day(day, local_day(timezone.now(), loss.kecamatan.time_zone), "day")
    if day < loss.day:
        raise Refused(AGAIN_BEFORE_LOSS, field="day")
    row = Rerecording.objects.create(loss=loss, day=day, number=number, recorded_by=by)
    _add_up(loss, version)
    record_loss_event(loss, "rerecord", by, number=number, day=day.isoformat())
    _mark(loss, [row])
    return row


@transaction.atomic
def void_rerecording(loss: LostRecords, *, row: Rerecording, version: int, by: User | None, reason: str) -> None:
    """Void a re-recording that is wrong: it stays on record and counts nowhere. Whoever may tell of one may.

    Effects: ``voided_*`` of the row, the total of the loss, an event; marks the month of its day.
    """
    guard(by, [loss.kecamatan], may_enter_counts)
    _refuse_change(loss, version)
    if row.loss_id != loss.pk or row.voided_at is not None:
        raise Refused("Rekam ulang itu sudah dibatalkan. Pilih yang lain.", field="row")
    reason = required_reason(reason)
    _void([row], by, reason)
    _add_up(loss, version)
    record_loss_event(loss, "void_rerecording", by, number=row.number, day=_text(row.day), reason=reason)
    _mark(loss, [row])


@transaction.atomic
def state_rerecorded(
    loss: LostRecords, *, total: int | None, day: date | None, version: int, by: User | None, reason: str
) -> bool:
    """Bring the re-recordings to a total and the day of the last, as a file states them; say whether that changed any.

    ``None`` is what the file does not name. More on a later day, or of a day that is not named, is added to what is
    known, which stays in its own months; anything else replaces all of it by one row.
    Effects: the rows, the total of the loss, an event; marks the months of the days before and after.
    """
    guard(by, [loss.kecamatan], may_correct_repairs)
    _refuse_change(loss, version)
    total, day = loss.rerecorded if total is None else total, day or loss.rerecorded_on
    if total == loss.rerecorded and (total == 0 or day == loss.rerecorded_on):
        return False
    refuse_more_than_lost(loss, total, "rerecorded")
    before, known = {"rerecorded": str(loss.rerecorded), "rerecorded_on": _text(loss.rerecorded_on)}, []
    more = total - loss.rerecorded
    if more <= 0 or _is_earlier(day, loss.rerecorded_on):
        known, more = list(standing(loss)), total
        _void(known, by, required_reason(reason))
    new = [Rerecording.objects.create(loss=loss, day=day, number=more, recorded_by=by)] if more else []
    _add_up(loss, version)
    record_loss_event(loss, "rerecord", by, before=before, reason=reason)
    _mark(loss, [*known, *new])
    return True


def _is_earlier(day: date | None, newest: date | None) -> bool:
    return day is not None and newest is not None and day < newest


def _refuse_change(loss: LostRecords, version: int) -> None:
    refuse_stale(loss, version)
    refuse_voided(loss)


def _void(rows: Iterable[Rerecording], by: User | None, reason: str) -> None:
    for row in rows:
        row.voided_at, row.voided_by, row.void_reason = timezone.now(), by, reason
        row.save(update_fields=["voided_at", "voided_by", "void_reason"])


def _add_up(loss: LostRecords, version: int) -> None:
    """Keep the total and the newest day of the rows that count. Raises :class:`Conflict` for all but the first."""
    sums = standing(loss).order_by().aggregate(total=Sum("number"), newest=Max("day"))
    compare_and_set(loss, version, rerecorded=sums["total"] or 0, rerecorded_on=sums["newest"])


def _mark(loss: LostRecords, rows: Iterable[Rerecording]) -> None:
    mark_months((loss.kecamatan_id, month_of(row.day or loss.day)) for row in rows)


def _text(day: date | None) -> str:
    return day.isoformat() if day else "None"
