"""Interval arithmetic over half-open spans of time.

A span covers T when ``start <= T`` and it has no end or ``T < end`` (design.md, "Readiness"). Everything here is a pure
function of its arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

MINUTE = timedelta(minutes=1)


class Span(NamedTuple):
    """From ``start`` (included) to ``end`` (excluded); without an end it still runs."""

    start: datetime
    end: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Say whether the span covers a moment."""
        return self.start <= moment and (self.end is None or moment < self.end)


class Closed(NamedTuple):
    """A span that has both ends, as it is after clipping."""

    start: datetime
    end: datetime


def clip(span: Span, window: Closed) -> Closed | None:
    """Return the part of a span inside a window, or nothing where they do not meet."""
    start = max(span.start, window.start)
    end = window.end if span.end is None else min(span.end, window.end)
    return Closed(start, end) if start < end else None


def union(spans: Iterable[Closed]) -> list[Closed]:
    """Return the same moments as sorted spans that neither overlap nor touch."""
    merged: list[Closed] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            if span.end > merged[-1].end:
                merged[-1] = Closed(merged[-1].start, span.end)
        elif span.start < span.end:
            merged.append(span)
    return merged


def intersection(left: Sequence[Closed], right: Sequence[Closed]) -> list[Closed]:
    """Return the moments that two unions share; both must be sorted and free of overlap."""
    shared: list[Closed] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            shared.append(Closed(start, end))
        if left[i].end < right[j].end:
            i += 1
        else:
            j += 1
    return shared


def minutes(spans: Iterable[Closed]) -> int:
    """Return the whole minutes that disjoint spans last together, rounded down once at the end."""
    return sum((span.end - span.start for span in spans), timedelta()) // MINUTE
