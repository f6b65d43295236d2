"""When a set works and a kecamatan is able to record: the cases of domain.md, and rules that hold for any spans."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.readiness import (
    ArrangementSpan,
    Fault,
    Missing,
    Outage,
    Placed,
    Service,
    SetRecord,
    SetStatus,
    capacity,
    down_since,
    down_spans,
    missing_kinds,
    service,
    set_status,
)
from lib.spans import Closed, Span

NOW = datetime(2026, 3, 18, 4, tzinfo=UTC)
REQUIRED = frozenset({"server", "camera"})
ALWAYS = Span(NOW - timedelta(days=100))


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def broken(effect: str = "stopped", days: int = 5) -> Fault:
    return Fault(Span(ago(days)), effect)


def a_set(**faults: tuple[Fault, ...]) -> SetRecord:
    """Return a set of server, camera and UPS with these faults."""
    kinds = ("server", "camera", "ups")
    return SetRecord(tuple(Placed(number, kind, ALWAYS, faults.get(kind, ())) for number, kind in enumerate(kinds)))


@pytest.mark.parametrize(
    ("record", "status"),
    [
        (a_set(), SetStatus.OPERATIONAL),
        (a_set(server=(broken(),)), SetStatus.DOWN),
        (a_set(server=(broken("limited"),)), SetStatus.LIMITED),
        (a_set(ups=(broken("limited"),)), SetStatus.LIMITED),
        (a_set(ups=(broken("stopped"),)), SetStatus.DOWN),
        (a_set(server=(Fault(Span(ago(9), ago(1)), "stopped"),)), SetStatus.OPERATIONAL),
        (SetRecord((Placed(1, "server", ALWAYS),)), SetStatus.DOWN),
        (SetRecord(()), None),
        (SetRecord((), (Missing("camera", ALWAYS),)), SetStatus.DOWN),
        (SetRecord(a_set().placements, (Missing("tripod", ALWAYS),)), SetStatus.LIMITED),
        (SetRecord(a_set().placements, (), withdrawn_at=ago(1)), None),
        (SetRecord(a_set().placements, (), withdrawn_at=NOW + timedelta(1)), SetStatus.OPERATIONAL),
    ],
)
def test_a_set_works_as_its_components_allow(record, status):
    assert set_status(record, NOW, REQUIRED) == status


def test_a_second_server_keeps_the_set_going_with_limits():
    spare = Placed(9, "server", ALWAYS)
    record = SetRecord((*a_set(server=(broken(),)).placements, spare))
    assert set_status(record, NOW, REQUIRED) is SetStatus.LIMITED


def test_a_set_stays_on_record_when_its_last_device_leaves():
    record = SetRecord((Placed(1, "server", Span(ago(50), ago(10))),))
    assert set_status(record, NOW, REQUIRED) is SetStatus.DOWN
    assert missing_kinds(record, NOW, REQUIRED) == {"server", "camera"}


def test_what_is_recorded_missing_and_what_is_required_and_not_placed_are_missing():
    record = SetRecord((Placed(1, "server", ALWAYS),), (Missing("tripod", ALWAYS),))
    assert missing_kinds(record, NOW, REQUIRED) == {"camera", "tripod"}


@pytest.mark.parametrize(
    ("records", "outages", "since"),
    [
        ([a_set()], [], None),
        ([a_set(server=(broken(days=5),))], [], ago(5)),
        ([a_set(server=(broken(days=5),), camera=(broken(days=9),))], [], ago(9)),
        ([a_set(ups=(broken(days=3),))], [], ago(3)),
        # All sets must be down, an outage is enough by itself, and what is over does not count.
        ([a_set(server=(broken(days=5),)), a_set(camera=(broken(days=2),))], [], ago(2)),
        ([a_set(server=(broken(days=5),)), a_set()], [], None),
        ([a_set(server=(broken(days=5),))], [Outage(Span(ago(7)), "stopped"), Outage(ALWAYS, "limited")], ago(7)),
        ([a_set()], [Outage(Span(ago(7)), "stopped")], ago(7)),
        ([a_set(server=(Fault(Span(ago(9), ago(6)), "stopped"), broken(days=4)))], [], ago(4)),
        # A second server keeps a set going; without a camera nobody knows since when, unless it is recorded missing.
        ([SetRecord((*a_set(server=(broken(),)).placements, Placed(9, "server", ALWAYS)))], [], None),
        ([SetRecord((Placed(1, "server", ALWAYS),))], [], None),
        ([SetRecord((Placed(1, "server", ALWAYS),), (Missing("camera", Span(ago(6))),))], [], ago(6)),
        ([SetRecord((Placed(1, "server", ALWAYS),))], [Outage(Span(ago(1)), "stopped")], ago(1)),
    ],
)
def test_a_place_is_down_since_the_oldest_reason_that_still_lasts(records, outages, since):
    assert down_since(records, outages, NOW, REQUIRED) == since


HOSTED = ArrangementSpan("hosted", ALWAYS)
DIVERTED = ArrangementSpan("diverted", ALWAYS)
MOBILE = ArrangementSpan("mobile_unit", ALWAYS)
LOAN = ArrangementSpan("equipment_loan", ALWAYS)
DOWN = a_set(server=(broken(),))


@pytest.mark.parametrize(
    ("records", "outages", "arrangements", "expected"),
    [
        ([a_set(), a_set()], [], [], Service.SERVING),
        ([a_set(), DOWN], [], [], Service.LIMITED),
        ([a_set()], [Outage(ALWAYS, "limited")], [], Service.LIMITED),
        ([a_set()], [Outage(ALWAYS, "stopped")], [], Service.STOPPED),
        ([a_set()], [Outage(Span(ago(3), ago(2)), "stopped")], [], Service.SERVING),
        ([DOWN], [], [], Service.STOPPED),
        ([DOWN], [], [HOSTED, MOBILE], Service.HOSTED),
        ([DOWN], [], [DIVERTED], Service.HOSTED),
        ([DOWN], [], [MOBILE], Service.MOBILE),
        ([DOWN], [], [LOAN], Service.STOPPED),
        ([a_set()], [], [HOSTED], Service.SERVING),
        ([], [], [], Service.NO_REPORT),
        ([], [], [MOBILE], Service.MOBILE),
        ([], [Outage(ALWAYS, "stopped")], [], Service.NO_REPORT),
    ],
)
def test_a_kecamatan_serves_as_its_sets_outages_and_arrangements_allow(records, outages, arrangements, expected):
    assert service(records, outages, arrangements, NOW, REQUIRED) is expected


# --- Rules that hold for any spans --------------------------------------------------------------------------------

moments = st.integers(-10, 10).map(lambda hours: NOW + timedelta(hours=hours))
spans = st.tuples(moments, st.none() | st.integers(1, 12)).map(
    lambda pair: Span(pair[0], pair[1] and pair[0] + timedelta(hours=pair[1]))
)
effects = st.sampled_from(["stopped", "limited"])
faults = st.lists(st.builds(Fault, spans, effects), max_size=3).map(tuple)
placed = st.builds(Placed, st.integers(1, 9), st.sampled_from(["server", "camera", "ups"]), spans, faults)
records = st.builds(
    SetRecord,
    st.lists(placed, max_size=5).map(tuple),
    st.lists(st.builds(Missing, st.sampled_from(["camera", "tripod"]), spans), max_size=2).map(tuple),
    st.none() | moments,
)
outages = st.lists(st.builds(Outage, spans, effects), max_size=3)


def worth(status: SetStatus | None) -> int:
    """Return how bad a capacity is, the best being 0; not on record stands apart and is never compared."""
    return -1 if status is None else list(SetStatus).index(status)


@given(st.lists(records, min_size=1, max_size=3), outages, spans, st.data())
def test_one_more_stopping_fault_never_makes_anything_better(sets, over, span, data):
    hit = data.draw(st.integers(0, len(sets) - 1))
    if not sets[hit].placements:
        return
    first, *rest = sets[hit].placements
    worse = first._replace(faults=(*first.faults, Fault(span, "stopped")))
    after = [*sets[:hit], sets[hit]._replace(placements=(worse, *rest)), *sets[hit + 1 :]]
    assert worth(capacity(after, over, NOW, REQUIRED)) >= worth(capacity(sets, over, NOW, REQUIRED))


@given(st.lists(records, max_size=3), outages, spans)
def test_one_more_outage_never_makes_anything_better(sets, over, span):
    after = capacity(sets, [*over, Outage(span, "stopped")], NOW, REQUIRED)
    assert worth(after) >= worth(capacity(sets, over, NOW, REQUIRED))


@given(st.lists(records, max_size=3), outages, st.randoms())
def test_the_order_of_spans_never_matters(sets, over, random):
    mixed = []
    for record in sets:
        placements = [p._replace(faults=tuple(random.sample(p.faults, len(p.faults)))) for p in record.placements]
        random.shuffle(placements)
        gaps = random.sample(record.missing, len(record.missing))
        mixed.append(record._replace(placements=tuple(placements), missing=tuple(gaps)))
    random.shuffle(mixed)
    other = random.sample(over, len(over))
    window = Closed(NOW - timedelta(hours=12), NOW + timedelta(hours=12))
    assert service(mixed, other, [], NOW, REQUIRED) is service(sets, over, [], NOW, REQUIRED)
    assert down_spans(mixed, other, window, REQUIRED) == down_spans(sets, over, window, REQUIRED)


@given(records, outages)
def test_ending_a_fault_or_an_outage_now_never_makes_the_present_worse(record, over):
    def ended(span: Span) -> Span:
        return Span(span.start, NOW) if span.covers(NOW) and span.start < NOW else span

    repaired = record._replace(
        placements=tuple(
            p._replace(faults=tuple(Fault(ended(f.span), f.effect) for f in p.faults)) for p in record.placements
        )
    )
    over_now = [Outage(ended(outage.span), outage.effect) for outage in over]
    assert worth(capacity([repaired], over_now, NOW, REQUIRED)) <= worth(capacity([record], over, NOW, REQUIRED))


@given(records, outages, st.integers(1, 11))
def test_splitting_a_span_in_two_touching_halves_changes_nothing(record, over, hours):
    def halves(span: Span) -> list[Span]:
        cut = span.start + timedelta(hours=hours)
        return [Span(span.start, cut), Span(cut, span.end)] if span.end is None or cut < span.end else [span]

    split = record._replace(
        placements=tuple(
            part
            for p in record.placements
            for part in (
                p._replace(
                    span=half, faults=tuple(Fault(piece, f.effect) for f in p.faults for piece in halves(f.span))
                )
                for half in halves(p.span)
            )
        ),
        missing=tuple(Missing(gap.kind, half) for gap in record.missing for half in halves(gap.span)),
    )
    over_split = [Outage(half, outage.effect) for outage in over for half in halves(outage.span)]
    window = Closed(NOW - timedelta(hours=12), NOW + timedelta(hours=24))
    assert service([split], over_split, [], NOW, REQUIRED) is service([record], over, [], NOW, REQUIRED)
    assert down_spans([split], over_split, window, REQUIRED) == down_spans([record], over, window, REQUIRED)
