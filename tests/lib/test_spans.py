"""Interval arithmetic, against the plain meaning of each operation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lib.spans import Closed, Span, clip, intersection, minutes, union

START = datetime(2026, 3, 1, tzinfo=UTC)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


closed = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: Closed(at(pair[0]), at(sum(pair))))
many = st.lists(closed, max_size=8)


def covered(spans: list[Closed]) -> set[int]:
    """Return the minutes that lie in any of the spans, one by one."""
    return {minute for minute in range(100) for span in spans if span.start <= at(minute) < span.end}


def test_a_span_covers_its_start_and_not_its_end():
    span = Span(at(10), at(20))
    assert [span.covers(at(minute)) for minute in (9, 10, 19, 20)] == [False, True, True, False]


def test_a_span_without_an_end_covers_all_that_follows():
    assert Span(at(10)).covers(at(10_000))


def test_clipping_keeps_what_lies_in_the_window():
    window = Closed(at(10), at(20))
    assert clip(Span(at(5)), window) == window
    assert clip(Span(at(15), at(40)), window) == Closed(at(15), at(20))
    assert clip(Span(at(20)), window) is None


@given(many)
def test_a_union_covers_the_same_minutes_with_gaps_between(spans):
    merged = union(spans)
    assert covered(merged) == covered(spans)
    assert all(left.end < right.start for left, right in pairwise(merged))


@given(many, many)
def test_an_intersection_covers_what_both_cover(left, right):
    assert covered(intersection(union(left), union(right))) == covered(left) & covered(right)


@given(many)
def test_minutes_are_those_covered(spans):
    assert minutes(union(spans)) == len(covered(spans))
