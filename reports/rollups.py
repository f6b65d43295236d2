"""Keeps the rollup rows equal to the facts: drains the marks, sums parents up, notices time and rebuilds.

The marks are the queue, so a dead broker or a killed worker delays a dashboard and loses nothing. A drain computes
without any lock and then, in one short transaction, takes away the marks that are still as it read them and writes
the rows of just these; a mark made or renewed meanwhile stays and is drained again. Parents change
by what their places changed by inside that transaction, one drain at a time (``RollupLock``).
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from django.db import DatabaseError, transaction
from django.db.models import Min
from django.utils import timezone

from devices.models import InventoryCheck, Placement
from kecamatan.changes import mark_waiting
from kecamatan.models import ChangedMonth, Population, Recording, TargetRule
from lib.memory import collector_paused
from lib.months import add_months, local_month, month_of, months_through
from repairs.models import Arrangement, LostRecords, Outage, Ticket
from reports.facts import Place, Reference, load_facts, load_places, load_reference
from reports.judge import Row, judge
from reports.models import RegionMonth, RegionMonthKind, RollupLock
from reports.rows import any_of, changed_kinds, changes_of, parents_of, region_of, store, stored_rows, sum_upwards

logger = logging.getLogger(__name__)

BATCH = 500


# --- Draining ---------------------------------------------------------------------------------------------------


def refresh() -> int:
    """Notice what time has overtaken and drain every mark; return how many marks were settled.

    Safe to run many times at once and to kill at any moment.
    """
    return sum(drain())


def drain() -> Iterator[int]:
    """Do what :func:`refresh` does, and yield after each batch how many marks it settled."""
    notice_passed_time()
    more = True
    while more:
        settled, more = _drain_batch()
        if settled:
            yield settled


# Searching the facts of 500 places for cycles, of which there are none, took a fifth of the time.
@collector_paused()
def _drain_batch() -> tuple[int, bool]:
    """Drain up to :data:`BATCH` marks, the newest months first; return how many were settled, and whether more wait.

    What is marked meanwhile comes with a task of its own. A mark that cannot be computed is set aside, so that it
    blocks no other.
    """
    marks = list(ChangedMonth.objects.filter(failed_at=None).order_by("-month", "kecamatan_id")[:BATCH])
    if not marks:
        return 0, False
    now = timezone.now()
    places = load_places({mark.kecamatan_id for mark in marks})
    reference = load_reference()
    rows = _compute(places, _by_month(marks), reference, now)
    failed = [mark for mark in marks if (mark.kecamatan_id, mark.month) not in rows]
    marks = [mark for mark in marks if (mark.kecamatan_id, mark.month) in rows]
    with transaction.atomic():
        RollupLock.objects.select_for_update().get()
        settled = _settle(marks)
        _set_aside(failed, now)
        opened = mark_waiting(_months_opened_since(settled, places, now))
        for month, group in _by_month(settled).items():
            _sum_up(month, {places[pk]: rows[pk, month] for pk in group}, reference.kinds)
    return len(settled), bool(settled or failed) and (
        len(marks) + len(failed) == BATCH or len(settled) < len(marks) or opened > 0
    )


def _months_opened_since(
    marks: Iterable[ChangedMonth], places: dict[int, Place], now: datetime
) -> Iterator[tuple[int, date]]:
    """Yield the later months of a mark that was made for the current month and is drained after its end.

    There was no open row to notice that the month ended.
    """
    for mark in marks:
        zone = places[mark.kecamatan_id].zone
        if mark.month == local_month(mark.marked_at, zone):
            later = months_through(add_months(mark.month, 1), local_month(now, zone))
            yield from ((mark.kecamatan_id, month) for month in later)


def _by_month(marks: Iterable[ChangedMonth]) -> dict[date, list[int]]:
    months: defaultdict[date, list[int]] = defaultdict(list)
    for mark in marks:
        months[mark.month].append(mark.kecamatan_id)
    return months


def _compute(
    places: dict[int, Place], months: dict[date, list[int]], reference: Reference, now: datetime
) -> dict[tuple[int, date], Row]:
    """Return the row of each place and month; one that cannot be computed is left out, and logged."""
    rows: dict[tuple[int, date], Row] = {}
    for month, ids in months.items():
        try:
            rows |= _judged(places, month, ids, reference, now)
        except DatabaseError:
            raise
        except Exception:
            # One of them, or the month itself: each by itself tells which.
            rows |= _judged_singly(places, month, ids, reference, now)
    return rows


def _judged(
    places: dict[int, Place], month: date, ids: list[int], reference: Reference, now: datetime
) -> dict[tuple[int, date], Row]:
    facts = load_facts({pk: places[pk] for pk in ids}, month, reference)
    return {(pk, month): judge(facts[pk], reference, month, now) for pk in ids}


def _judged_singly(
    places: dict[int, Place], month: date, ids: list[int], reference: Reference, now: datetime
) -> dict[tuple[int, date], Row]:
    rows: dict[tuple[int, date], Row] = {}
    for pk in ids:
        try:
            rows |= _judged(places, month, [pk], reference, now)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("The row of place %s and month %s cannot be computed; its mark is set aside", pk, month)
    return rows


def _set_aside(marks: list[ChangedMonth], now: datetime) -> None:
    """Pass over the marks that could not be computed, unless they were made anew meanwhile."""
    for mark in marks:
        ChangedMonth.objects.filter(pk=mark.pk, stamp=mark.stamp).update(failed_at=now)


def try_again() -> int:
    """Let the marks that were set aside be drained once more; return how many."""
    return ChangedMonth.objects.exclude(failed_at=None).update(failed_at=None)


def _settle(marks: list[ChangedMonth]) -> list[ChangedMonth]:
    """Take away the marks that are still as they were read, and return them; the others stay for the next drain.

    A mark that a writer is renewing at this moment is passed over, not waited for.
    """
    stamps = {mark.pk: mark for mark in marks}
    current = ChangedMonth.objects.filter(pk__in=stamps).select_for_update(skip_locked=True)
    settled = [stamps[mark.pk] for mark in current if mark.stamp == stamps[mark.pk].stamp]
    ChangedMonth.objects.filter(pk__in=[mark.pk for mark in settled]).delete()
    return settled


# --- Summing up -------------------------------------------------------------------------------------------------


def _sum_up(month: date, fresh: dict[Place, Row], kinds: Mapping[str, int]) -> None:
    """Store the rows of these places, and of the kabupaten, the provinces and the nation above them, at one go."""
    own, parents = {region_of(place): row for place, row in fresh.items()}, parents_of(fresh)
    stored = stored_rows(month, any_of({*parents, *parents.values()}), kinds)
    changes = changes_of(own, stored)
    rows = own | sum_upwards(month, own, changes, parents, stored)
    store(month, rows, parents, changed_kinds(changes, kinds), stored.values())


# --- Time passing -----------------------------------------------------------------------------------------------


def notice_passed_time() -> int:
    """Mark the open rows that time alone has made wrong, and every month since; return the number of marks.

    This closes a month at its local end and opens the next one, also after the worker has stood still for long.
    """
    now = timezone.now()
    stale = list(RegionMonth.objects.filter(valid_until__lte=now).values_list("region_id", "month"))
    if not stale:
        return 0
    zones = {pk: place.zone for pk, place in load_places({pk for pk, _ in stale}).items()}
    return mark_waiting(
        (pk, later) for pk, month in stale for later in months_through(month, local_month(now, zones[pk]))
    )


# --- Rebuilding -----------------------------------------------------------------------------------


@transaction.atomic
def forget(month: date | None = None) -> int:
    """Drop the rows of a month, or of all, and mark every one that the facts ask for; return the number of marks.

    The rows come back with the next drain. The marks and the dropping are one transaction.
    """
    RollupLock.objects.select_for_update().get()
    for model in (RegionMonth, RegionMonthKind):
        rows = model.objects.all() if month is None else model.objects.filter(month=month)
        rows.delete()
    try_again()
    return mark_waiting(pair for pair in months_with_facts(timezone.now()) if month in (None, pair[1]))


def months_with_facts(now: datetime) -> Iterator[tuple[int, date]]:
    """Yield each (place, month) that can have a row: from the month of its first fact to its current one."""
    places = load_places()
    for pk, first in _first_facts(places).items():
        current = local_month(now, places[pk].zone)
        yield from ((pk, month) for month in months_through(min(first, current), current))


def _first_facts(places: dict[int, Place]) -> dict[int, date]:
    """Return the month of the first fact of each place that has any."""
    first: dict[int, date] = {}

    def note(pk: int, at: date | datetime | None) -> None:
        if at is not None:
            month = local_month(at, places[pk].zone) if isinstance(at, datetime) else month_of(at)
            first[pk] = min(first.get(pk, month), month)

    for rows in (
        Placement.objects.order_by().values_list("recording_set__kecamatan").annotate(Min("started_at")),
        Ticket.objects.order_by().values_list("kecamatan").annotate(Min("failed_at")),
        Outage.places.through.objects.order_by().values_list("kecamatan").annotate(Min("outage__started_at")),
        Arrangement.objects.order_by().values_list("kecamatan").annotate(Min("started_at")),
        Recording.objects.order_by().values_list("kecamatan").annotate(Min("day")),
        LostRecords.objects.order_by().values_list("kecamatan").annotate(Min("day")),
        Population.objects.order_by().values_list("kecamatan").annotate(Min("holds_from")),
        TargetRule.objects.exclude(kecamatan=None).order_by().values_list("kecamatan").annotate(Min("starts_on")),
    ):
        for pk, at in rows:
            note(pk, at)
    rules = TargetRule.objects.exclude(kabupaten=None).order_by().values_list("kabupaten").annotate(Min("starts_on"))
    checks = InventoryCheck.objects.order_by().values_list("kabupaten").annotate(Min("day"))
    by_rule, by_check = dict(rules), dict(checks)
    for pk, place in places.items():
        note(pk, by_check.get(place.kabupaten) if place.is_dinas else by_rule.get(place.kabupaten))
    return first
