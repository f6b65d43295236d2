"""Since when a place does not record and by when it is promised to: the rule alone, over plain values."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.readiness import Fault, Missing, Outage, Placed, SetRecord
from lib.spans import Closed, Span
from reports.public.stops import Blocker, Promise, PromisedOutage, StoppedSet, down_since, promised
from tests.factories import moment

NOW, BEGAN = moment("2026-11-20 03:00"), moment("2026-01-05 02:00")
WINDOW = Closed(NOW - timedelta(days=366), NOW)
REQUIRED = frozenset({"server", "camera"})
EARLY, LATE = Promise(date(2026, 11, 21)), Promise(date(2026, 11, 25))


def a_set(*blockers: Blocker, number: int = 0, kinds: tuple[str, ...] = ("server", "camera", "ups")) -> StoppedSet:
    """Return a set whose devices have the faults of these blockers; a device's number follows from its kind."""
    faults: dict[int | None, list[Fault]] = {}
    for blocker in blockers:
        faults.setdefault(blocker.device, []).append(Fault(blocker.span, blocker.effect))
    keys = {kind: number + index for index, kind in enumerate(("server", "camera", "ups"))}
    placed = [Placed(keys[kind], kind, Span(BEGAN), tuple(faults.get(keys[kind], ()))) for kind in kinds]
    gaps = [Missing(blocker.kind, blocker.span) for blocker in blockers if blocker.device is None]
    return StoppedSet(SetRecord(tuple(placed), tuple(gaps)), blockers)


def broken(kind: str, promise: Promise | None, *, effect: str = "stopped", start: str = "2026-11-10 03:00") -> Blocker:
    device = {"server": 0, "camera": 1, "ups": 2}[kind]
    return Blocker(Span(moment(start)), device, kind, effect, promise)


def of(one: Blocker, number: int) -> Blocker:
    return one._replace(device=(one.device or 0) + number)


def outage(promise: Promise | None, *, effect: str = "stopped", start: str = "2026-11-20 01:00") -> PromisedOutage:
    return PromisedOutage(Outage(Span(moment(start)), effect), promise)


@pytest.mark.parametrize(
    ("sets", "outages", "back"),
    [
        ([a_set(broken("server", EARLY))], [], EARLY),
        ([a_set(broken("server", None))], [], None),
        # All that stops a set must be repaired.
        ([a_set(broken("server", EARLY), broken("camera", LATE))], [], LATE),
        ([a_set(broken("server", EARLY), broken("camera", None))], [], None),
        # What only limits it must not.
        ([a_set(broken("server", EARLY), broken("ups", None, effect="limited"))], [], EARLY),
        # The first set that is back is enough.
        ([a_set(broken("server", LATE)), a_set(of(broken("camera", EARLY), 10), number=10)], [], EARLY),
        ([a_set(broken("server", LATE)), a_set(of(broken("camera", None), 10), number=10)], [], LATE),
        # A kind that is missing: with a promise, and without anybody having reported it.
        ([a_set(Blocker(Span(BEGAN), None, "camera", "stopped", LATE), kinds=("server",))], [], LATE),
        ([a_set(kinds=("server",))], [], None),
        # An outage comes on top, unless it is all there is.
        ([a_set(broken("server", EARLY))], [outage(LATE)], LATE),
        ([a_set(broken("server", EARLY))], [outage(None)], None),
        ([a_set()], [outage(EARLY), outage(LATE)], LATE),
        ([a_set()], [outage(EARLY), outage(None, effect="limited")], EARLY),
        ([a_set()], [outage(EARLY), outage(None, start="2026-11-21 01:00")], EARLY),
        ([], [], None),
    ],
)
def test_a_promise_counts_as_far_as_it_helps(
    sets: list[StoppedSet], outages: list[PromisedOutage], back: Promise | None
) -> None:
    assert promised(sets, outages, NOW, REQUIRED) == back


def test_a_day_without_a_clock_ends_after_each_of_its_hours() -> None:
    noon = Promise(EARLY.day, moment("2026-11-21 05:00"))
    assert promised([a_set(broken("server", EARLY))], [outage(noon)], NOW, REQUIRED) == EARLY


@pytest.mark.parametrize(
    ("faults", "since"),
    [
        ([("server", "2026-11-10 03:00", None)], "2026-11-10 03:00"),
        # One fault took over from another before that was repaired: it never recorded in between.
        (
            [("server", "2026-11-01 03:00", "2026-11-12 03:00"), ("camera", "2026-11-10 03:00", None)],
            "2026-11-01 03:00",
        ),
        # It did.
        (
            [("server", "2026-11-01 03:00", "2026-11-08 03:00"), ("camera", "2026-11-10 03:00", None)],
            "2026-11-10 03:00",
        ),
        ([("server", "2026-11-01 03:00", "2026-11-08 03:00")], None),
        ([], None),
    ],
)
def test_a_stop_reaches_back_to_the_last_moment_of_recording(
    faults: list[tuple[str, str, str | None]], since: str | None
) -> None:
    blockers = [
        broken(kind, None)._replace(span=Span(moment(start), moment(end) if end else None))
        for kind, start, end in faults
    ]
    assert down_since([a_set(*blockers).record], [], WINDOW, REQUIRED) == (moment(since) if since else None)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 200)), max_size=6))
def test_since_is_where_the_running_stop_began(outages: list[tuple[int, int]]) -> None:
    """With outages alone the stop is what their union covers without a gap up to now."""
    hour = timedelta(hours=1)
    spans = [Span(NOW - start * hour, NOW - start * hour + long * hour) for start, long in outages]
    since = down_since([a_set().record], [Outage(span, "stopped") for span in spans], WINDOW, REQUIRED)
    assert since == _reach_back(spans)


def _reach_back(spans: list[Span]) -> datetime | None:
    reached = NOW
    while earlier := [s.start for s in spans if s.start < reached and s.end is not None and s.end >= reached]:
        reached = min(earlier)
    return None if reached == NOW else reached
