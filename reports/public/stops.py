"""Since when a place cannot record, and by when it is promised to: pure functions over plain values.

A promise counts for a place only as far as it helps: a set is back when the last of its faults is repaired, a place
when the first of its sets is back and the last outage over. Where one of these has no promise, the place has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from devices.readiness import (
    STOPPED,
    Outage,
    SetRecord,
    SetStatus,
    capacity,
    down_spans,
    missing_kinds,
)
from lib.spans import Closed, Span


class Promise(NamedTuple):
    """A local day by which something works again, with the moment where one was named."""

    day: date
    at: datetime | None = None


class Blocker(NamedTuple):
    """A fault that runs: of a device of a set, or of a kind that the set lacks (then without a device)."""

    span: Span
    device: int | None
    kind: str
    effect: str
    promise: Promise | None


class StoppedSet(NamedTuple):
    """A set with what runs against it."""

    record: SetRecord
    blockers: tuple[Blocker, ...] = ()


class PromisedOutage(NamedTuple):
    """An outage with its promised end."""

    outage: Outage
    promise: Promise | None


def down_since(
    records: Sequence[SetRecord], outages: Sequence[Outage], window: Closed, required: Collection[str]
) -> datetime | None:
    """Return since when a place has had no capacity without a break, ``None`` where it has some at the window's end.

    The window's start means: since then or longer.
    """
    spans = down_spans(records, outages, window, required)
    return spans[-1].start if spans and spans[-1].end == window.end else None


def promised(
    sets: Sequence[StoppedSet], outages: Iterable[PromisedOutage], at: datetime, required: Collection[str]
) -> Promise | None:
    """Return by when a place without capacity is promised to record again, ``None`` where nobody said so."""
    wanted: list[Promise | None] = [
        row.promise for row in outages if row.outage.effect == STOPPED and row.outage.span.covers(at)
    ]
    records = [one.record for one in sets]
    if capacity(records, (), at, required) is SetStatus.DOWN:
        backs = [back for one in sets if one.record.on_record(at) and (back := _set_back(one, at, required))]
        wanted.append(min(backs, key=_order, default=None))
    known = [promise for promise in wanted if promise]
    return max(known, key=_order) if known and len(known) == len(wanted) else None


def _set_back(one: StoppedSet, at: datetime, required: Collection[str]) -> Promise | None:
    """Return by when a set that is down is promised to work, ``None`` where any of what stops it has no promise."""
    running = [blocker for blocker in one.blockers if blocker.span.covers(at)]
    lacking = missing_kinds(one.record, at, required) & set(required)
    stopping = [blocker for blocker in running if _stops(blocker, one.record, at, required)]
    reported = {blocker.kind for blocker in stopping if blocker.device is None}
    if not stopping or lacking - reported or any(blocker.promise is None for blocker in stopping):
        return None
    return max((blocker.promise for blocker in stopping if blocker.promise), key=_order)


def _stops(blocker: Blocker, record: SetRecord, at: datetime, required: Collection[str]) -> bool:
    """Say whether a set is down as long as this fault runs: no other device of the kind does its work."""
    if blocker.device is None:
        return blocker.kind in required
    if blocker.effect != STOPPED:
        return False
    return blocker.kind not in required or not any(
        placed.kind == blocker.kind
        and placed.span.covers(at)
        and not any(fault.effect == STOPPED and fault.span.covers(at) for fault in placed.faults)
        for placed in record.placements
    )


def _order(promise: Promise) -> tuple[date, bool, float]:
    """Return by what promises are compared: a day without a clock ends after each of its hours."""
    return promise.day, promise.at is None, promise.at.timestamp() if promise.at else 0.0
