"""What every change of state shares: its event, its mark, and compare-and-set.

A domain function guards, writes, records an event and marks the months it touches, all in one transaction. Two that
run at once must never wait for each other in a circle: one that marks more than once collects its marks, so that they
are written once, sorted, and after every other lock; and a row that others refer to is locked with ``no_key``, since a
plain lock would also hold up the commit of whoever wrote a reference to it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from celery import current_app
from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import KombuError

from kecamatan.claims import told_by_phone
from kecamatan.models import ChangedMonth, Event, Kecamatan, SignOfLife
from lib.errors import Conflict
from lib.months import local_day, local_month, months_through

logger = logging.getLogger(__name__)

SYSTEM = "Sistem"
"""Who acts where nobody does: the sample data, the command line, the passing of time."""

_WAYS: dict[str, str] = {
    Event.Channel.API: "lewat API",
    Event.Channel.IMPORT: "lewat impor",
    Event.Channel.ADMIN: "di data acuan",
}

REFRESH_TASK = "reports.refresh_rollups"


def record_event(
    subject: models.Model, action: str, *, by: Any, kecamatan_id: int | None = None, **data: object
) -> Event:
    """Append what was done to ``subject``, with the values that explain it, as ``DjangoJSONEncoder`` writes them."""
    event = _event(subject, action, by, kecamatan_id, data, timezone.now())
    event.save(force_insert=True)
    return event


def record_kabupaten_event(
    subject: models.Model | str, action: str, *, by: Any, kabupaten_id: int | None, **data: object
) -> Event:
    """Append what was done to something of a kabupaten as a whole, for its people to find; else as ``record_event``.

    What has no row of its own is named by a key (``import:recordings``). Without a kabupaten only the nation finds it.
    """
    event = _event(subject, action, by, None, data, timezone.now())
    event.kabupaten_id = kabupaten_id
    event.save(force_insert=True)
    return event


def record_events(subject: models.Model, action: str, *, by: Any, places: Iterable[Kecamatan], **data: object) -> None:
    """Append one event for each place, so that every kecamatan reads what happened to it.

    They share their moment, by which a page shows them as the one change that they are.
    """
    now = timezone.now()
    Event.objects.bulk_create([_event(subject, action, by, place.pk, data, now) for place in places], batch_size=1000)


def _event(
    subject: models.Model | str, action: str, by: Any, kecamatan_id: int | None, data: dict[str, object], at: datetime
) -> Event:
    return Event(
        kecamatan_id=kecamatan_id,
        subject=subject if isinstance(subject, str) else subject_key(subject),
        action=action,
        by=by,
        at=at,
        data=data | told_by_phone(),
    )


def subject_key(subject: models.Model) -> str:
    """Return the key under which the history of a row is kept, such as ``ticket:12``."""
    return f"{subject._meta.model_name}:{subject.pk}"


def actor_of(event: Event) -> str:
    """Return who made a change, and by which way where that is not a page: ``Siti (lewat API)``."""
    return actor_text(str(event.by) if event.by else "", event.channel)


def actor_text(name: str, channel: str) -> str:
    """Return :func:`actor_of` from plain values; without a name it was the system."""
    if not name:
        return "Impor berkas" if channel == Event.Channel.IMPORT else SYSTEM
    return f"{name} ({_WAYS[channel]})" if channel in _WAYS else name


def compare_and_set(row: models.Model, version: int, **values: object) -> None:
    """Write ``values`` only if the row still has ``version``, and raise its version by one; refresh ``row``.

    Raises :class:`Conflict` when somebody else was first. The only way to change a row that has a version.
    """
    manager = type(row)._default_manager
    changed = manager.filter(pk=row.pk, version=version).update(version=F("version") + 1, **values)
    if changed != 1:
        raise Conflict
    row.refresh_from_db()


def mark_months(marks: Iterable[tuple[int, date]]) -> int:
    """Mark (kecamatan, month) pairs for recomputing, in the caller's transaction, and wake the worker on commit.

    Returns how many pairs were marked; inside :func:`collected_marks` they are written at its end.
    """
    pairs = set(marks)
    collected = _collected.get()
    if collected is None:
        _write_marks(pairs)
    else:
        collected |= pairs
    return len(pairs)


@contextmanager
def collected_marks() -> Iterator[None]:
    """Write the marks of many changes once, at the end of the block: an import marks the same months again and again.

    The block must lie inside one transaction, with the changes. A block inside another leaves it to the outer one.
    One sorted write also keeps two writers from locking the same marks in opposite orders.
    """
    if _collected.get() is not None:
        yield
        return
    token = _collected.set(set())
    try:
        yield
        _write_marks(_collected.get() or set())
    finally:
        _collected.reset(token)


_collected: ContextVar[set[tuple[int, date]] | None] = ContextVar("collected_marks", default=None)


def _write_marks(pairs: set[tuple[int, date]]) -> None:
    now = timezone.now()
    ChangedMonth.objects.bulk_create(
        [ChangedMonth(kecamatan_id=pk, month=month, stamp=uuid4(), marked_at=now) for pk, month in sorted(pairs)],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["kecamatan", "month"],
        update_fields=["stamp", "failed_at"],
    )
    if pairs and not any(callback is wake_worker for _, callback, *_ in connection.run_on_commit):
        transaction.on_commit(wake_worker)


def mark_waiting(marks: Iterable[tuple[int, date]]) -> int:
    """Mark (kecamatan, month) pairs whose facts did not change: time passed, or rows were dropped.

    A mark that waits already is left as it is, so that a running drain can still settle it. Returns how many pairs.
    """
    now = timezone.now()
    # Sorted, so that two writers never lock the same marks in opposite orders.
    pairs = sorted(set(marks))
    rows = [ChangedMonth(kecamatan_id=pk, month=month, stamp=uuid4(), marked_at=now) for pk, month in pairs]
    ChangedMonth.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


def mark_span(places: Iterable[Kecamatan], start: datetime, end: datetime | None) -> None:
    """Mark every month of a span (UTC), up to the current one, for each of these places.

    A planned span is read by no month yet; the current one is marked, whose row says until when it holds.
    """
    now, marks = timezone.now(), []
    for place in places:
        current = local_month(now, place.time_zone)
        first = min(local_month(start, place.time_zone), current)
        last = current if end is None else min(local_month(end, place.time_zone), current)
        marks += [(place.pk, month) for month in months_through(first, max(first, last))]
    mark_months(marks)


def mark_from(kecamatan: Iterable[Kecamatan], first: date) -> int:
    """Mark every month of these places from ``first`` to the current one (or only the current, when it is planned).

    Returns how many pairs were marked.
    """
    now = timezone.now()
    marks: list[tuple[int, date]] = []
    for place in kecamatan:
        current = local_month(now, place.time_zone)
        marks += [(place.pk, month) for month in months_through(min(first, current), current)]
    return mark_months(marks)


def record_sign_of_life(kecamatan: Kecamatan, at: datetime) -> None:
    """Note that a kecamatan was heard from on the local day of ``at``; its row of the current month reads it."""
    day = local_day(at, kecamatan.time_zone)
    SignOfLife.objects.bulk_create([SignOfLife(kecamatan=kecamatan, day=day)], ignore_conflicts=True)
    mark_from([kecamatan], local_month(at, kecamatan.time_zone))


def wake_worker() -> None:
    """Ask a worker to drain the marks now. A dead broker only delays it: beat finds the marks again."""
    send_quietly(REFRESH_TASK)


def send_quietly(task: str) -> None:
    """Ask a worker for a task whose work is found again by beat: where the broker is dead, nothing is lost."""
    try:
        current_app.send_task(task)
    except (KombuError, OSError) as error:
        logger.warning("The broker cannot be reached, %s waits for beat: %s", task, error)
