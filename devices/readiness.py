"""When a recording set works, and what a kecamatan can do with its sets: the one place that says "able to record".

Pure functions over plain values. All spans are half-open (``lib.spans``). A change here changes every dashboard, report
and rollup; ``manage.py rollup --rebuild`` applies it to the past. The rule is that of domain.md, "A recording set and
when it works", and design.md, "Readiness".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from lib.spans import Closed, Span, clip, union

STOPPED = "stopped"
LIMITED = "limited"


class SetStatus(StrEnum):
    """What a set can do, the best first."""

    OPERATIONAL = "operational"
    LIMITED = "limited"
    DOWN = "down"


class Service(StrEnum):
    """How the people of a kecamatan are served."""

    SERVING = "serving"
    LIMITED = "limited"
    HOSTED = "hosted"
    MOBILE = "mobile"
    STOPPED = "stopped"
    NO_REPORT = "no_report"


HOSTING = frozenset({"hosted", "diverted"})
"""The kinds of arrangement by which people record elsewhere."""

ABLE_TO_RECORD = frozenset({Service.SERVING, Service.LIMITED})


class Fault(NamedTuple):
    """A span in which a device does not work (``stopped``) or not fully (``limited``)."""

    span: Span
    effect: str


class Placed(NamedTuple):
    """A device of a kind in a set for a span; ``faults`` are all faults of the device, wherever they began."""

    device: int
    kind: str
    span: Span
    faults: tuple[Fault, ...] = ()


class Missing(NamedTuple):
    """A span in which a set is recorded as lacking a kind."""

    kind: str
    span: Span


class SetRecord(NamedTuple):
    """All that is known of one set."""

    placements: tuple[Placed, ...]
    missing: tuple[Missing, ...] = ()
    withdrawn_at: datetime | None = None

    def record_span(self) -> Span | None:
        """Return the span in which the set is on record: from its first placement or missing record on."""
        starts = [placed.span.start for placed in self.placements] + [gap.span.start for gap in self.missing]
        if not starts:
            return None
        span = Span(min(starts), self.withdrawn_at)
        return span if span.end is None or span.start < span.end else None

    def on_record(self, at: datetime) -> bool:
        """Say whether the set is on record at a moment."""
        if self.withdrawn_at is not None and self.withdrawn_at <= at:
            return False
        placed = any(placed.span.start <= at for placed in self.placements)
        return placed or any(gap.span.start <= at for gap in self.missing)


class Outage(NamedTuple):
    """A span in which a place records nothing (``stopped``) or less (``limited``) for a reason outside its sets.

    The cause that counts has no say in the readiness.
    """

    span: Span
    effect: str
    cause: str = ""


class ArrangementSpan(NamedTuple):
    """A span in which a place is served another way; ``kind`` as in ``repairs.Arrangement.Kind``."""

    kind: str
    span: Span


def set_status(record: SetRecord, at: datetime, required: Collection[str]) -> SetStatus | None:
    """Return what a set can do at a moment, or ``None`` while it is not on record.

    Down where a required kind has no placed device free of a stopping fault, or a supporting device has one; else
    limited where any placed device has a fault or a supporting kind is recorded missing; else operational.
    """
    if not record.on_record(at):
        return None
    covered: set[str] = set()
    faulty = False
    for placed in record.placements:
        if not placed.span.covers(at):
            continue
        effect = _worst_effect(placed.faults, at) if placed.faults else None
        faulty = faulty or effect is not None
        if effect != STOPPED:
            covered.add(placed.kind)
        elif placed.kind not in required:
            return SetStatus.DOWN
    if any(kind not in covered for kind in required):
        return SetStatus.DOWN
    if faulty or any(gap.kind not in required and gap.span.covers(at) for gap in record.missing):
        return SetStatus.LIMITED
    return SetStatus.OPERATIONAL


def _worst_effect(faults: Iterable[Fault], at: datetime) -> str | None:
    effect = None
    for fault in faults:
        if fault.span.covers(at):
            if fault.effect == STOPPED:
                return STOPPED
            effect = fault.effect
    return effect


def missing_kinds(record: SetRecord, at: datetime, required: Collection[str]) -> set[str]:
    """Return the kinds a set on record lacks at a moment: recorded missing, or required and not placed."""
    if not record.on_record(at):
        return set()
    placed = {device.kind for device in record.placements if device.span.covers(at)}
    recorded = {gap.kind for gap in record.missing if gap.span.covers(at)}
    return recorded | {kind for kind in required if kind not in placed}


def capacity(
    records: Iterable[SetRecord], outages: Iterable[Outage], at: datetime, required: Collection[str]
) -> SetStatus | None:
    """Return the own capacity of a place: the best of its sets on record, brought down by the outages then."""
    best = _best_status(records, at, required)
    if best is None:
        return None
    effects = {outage.effect for outage in outages if outage.span.covers(at)}
    if STOPPED in effects:
        return SetStatus.DOWN
    return SetStatus.LIMITED if best is SetStatus.OPERATIONAL and effects else best


def _best_status(records: Iterable[SetRecord], at: datetime, required: Collection[str]) -> SetStatus | None:
    best = None
    for record in records:
        status = set_status(record, at, required)
        if status is SetStatus.OPERATIONAL:
            return status
        if best is None or status is SetStatus.LIMITED:
            best = status
    return best


def service(
    records: Sequence[SetRecord],
    outages: Sequence[Outage],
    arrangements: Iterable[ArrangementSpan],
    at: datetime,
    required: Collection[str],
) -> Service:
    """Return how the people of a kecamatan are served at a moment; able to record is serving or limited."""
    own = capacity(records, outages, at, required)
    if own is None or own is SetStatus.DOWN:
        kinds = {arrangement.kind for arrangement in arrangements if arrangement.span.covers(at)}
        if kinds & HOSTING:
            return Service.HOSTED
        if "mobile_unit" in kinds:
            return Service.MOBILE
        return Service.NO_REPORT if own is None else Service.STOPPED
    all_operational = all(set_status(record, at, required) in (None, SetStatus.OPERATIONAL) for record in records)
    unlimited = not any(outage.span.covers(at) for outage in outages)
    return Service.SERVING if all_operational and unlimited else Service.LIMITED


def down_spans(
    records: Sequence[SetRecord], outages: Sequence[Outage], window: Closed, required: Collection[str]
) -> list[Closed]:
    """Return the parts of a window in which the own capacity of a place is down while a set is on record.

    The window lies in one month, since the required kinds hold for whole months.
    """
    down = (
        Closed(start, end)
        for start, end in _segments(records, outages, window)
        if capacity(records, outages, start, required) is SetStatus.DOWN
    )
    return union(down)


def down_since(
    records: Sequence[SetRecord], outages: Iterable[Outage], at: datetime, required: Collection[str]
) -> datetime | None:
    """Return since when the spans that cover a moment bring the own capacity of a place down; ``None`` if it is not.

    Only what still lasts is asked: the beginning of the oldest outage that stops it, or the moment from which all its
    sets are down, whichever is earlier. ``None`` also where a set lacks a kind and nobody said since when.
    """
    if capacity(records, outages, at, required) is not SetStatus.DOWN:
        return None
    begun = [outage.span.start for outage in outages if outage.effect == STOPPED and outage.span.covers(at)]
    sets = [_set_down_since(record, at, required) for record in records if record.on_record(at)]
    known = [since for since in sets if since is not None]
    if len(known) == len(sets):
        begun.append(max(known))
    return min(begun, default=None)


def _set_down_since(record: SetRecord, at: datetime, required: Collection[str]) -> datetime | None:
    """Return since when a set is down by what lasts: the oldest of the reasons each of which alone is enough."""
    devices: dict[str, list[datetime | None]] = {}
    for placed in record.placements:
        if placed.span.covers(at):
            starts = [fault.span.start for fault in placed.faults if fault.effect == STOPPED and fault.span.covers(at)]
            devices.setdefault(placed.kind, []).append(min(starts, default=None))
    reasons = [gap.span.start for gap in record.missing if gap.kind in required and gap.span.covers(at)]
    for kind, starts_of in devices.items():
        stopped = [start for start in starts_of if start is not None]
        if kind not in required:
            reasons += stopped
        elif len(stopped) == len(starts_of):
            reasons.append(max(stopped))
    return min(reasons, default=None)


def on_record_spans(records: Iterable[SetRecord], window: Closed) -> list[Closed]:
    """Return the parts of a window in which at least one set is on record."""
    spans = (span for record in records if (span := record.record_span()))
    return union(part for span in spans if (part := clip(span, window)))


def stopping_outage_spans(outages: Iterable[Outage], window: Closed) -> list[Closed]:
    """Return the parts of a window under an outage that stops recording."""
    return union(part for outage in outages if outage.effect == STOPPED and (part := clip(outage.span, window)))


def hosted_spans(arrangements: Iterable[ArrangementSpan], window: Closed) -> list[Closed]:
    """Return the parts of a window in which people may record at a host or at the dinas."""
    spans = (arrangement.span for arrangement in arrangements if arrangement.kind in HOSTING)
    return union(part for span in spans if (part := clip(span, window)))


def _segments(
    records: Iterable[SetRecord], outages: Iterable[Outage], window: Closed
) -> Iterator[tuple[datetime, datetime]]:
    """Cut a window wherever a span begins or ends; between two cuts nothing changes."""
    cuts = {window.start, window.end}
    for span in _all_spans(records, outages):
        cuts.update(moment for moment in span if moment is not None and window.start < moment < window.end)
    ordered = sorted(cuts)
    return pairwise(ordered)


def _all_spans(records: Iterable[SetRecord], outages: Iterable[Outage]) -> Iterator[Span]:
    for record in records:
        if span := record.record_span():
            yield span
        for placed in record.placements:
            yield placed.span
            yield from (fault.span for fault in placed.faults)
        yield from (gap.span for gap in record.missing)
    yield from (outage.span for outage in outages)
