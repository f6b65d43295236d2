"""The rollup row of one place in one month: a pure function of its facts and of the moment of judgement.

The formulas are published in docs/architecture.md. Statuses are judged at one moment, sums run over the month; a past
month is judged just before its local end, the current one now, with minutes and expected days up to the last local
midnight.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from devices.readiness import (
    STOPPED,
    Outage,
    Placed,
    SetRecord,
    down_since,
    down_spans,
    hosted_spans,
    missing_kinds,
    on_record_spans,
    service,
    set_status,
    stopping_outage_spans,
)
from devices.register import inventory_ends_on
from kecamatan.targets import rule_in_force, semester_in_force, target_by
from lib.months import add_months, local_day, midnight, month_bounds
from lib.office import OfficeCalendar
from lib.spans import MINUTE, Closed, Span, clip, intersection, minutes
from repairs.losses import tally_losses
from reports.facts import Facts, Reference, TicketFact
from reports.shortfall import Hindered, Shares, down_minutes_by_cause, split, unreported_days

INSTANT = timedelta(microseconds=1)

# What a place has without any fact; it makes no row by itself.
BLANK_FIGURES = frozenset({"kecamatan_total", "kecamatan_no_report", "days_expected", "days_in_month"})


# The bands of the coverage from the highest, by the smallest percentage of each; below the last it is low.
COVERAGE_BANDS = (("full", 100), ("high", 80), ("middle", 60))


class Moment(NamedTuple):
    """When a place's month is judged. ``day`` is the local day; sums end at ``until``, days before ``over``.

    Of a place that was closed by then (``is_open`` is false) all of these are just before it was, and what is counted
    at one moment is 0.
    """

    month: date
    start: datetime
    end: datetime
    at: datetime
    until: datetime
    day: date
    as_of: datetime
    closed: bool
    over: date
    is_open: bool = True

    @property
    def window(self) -> Closed:
        """Return the part of the month that the sums run over."""
        return Closed(self.start, self.until)

    def began(self, moment: datetime | None) -> bool:
        """Say whether something happened in the month, up to the judgement."""
        return moment is not None and self.start <= moment <= self.at


@dataclass(slots=True)
class Row:
    """The figures of one region in one month, before they are stored; absent ones are 0."""

    as_of: datetime
    closed: bool
    valid_until: datetime | None = None
    down_since: datetime | None = None
    figures: Counter[str] = field(default_factory=Counter)
    by_cause: Counter[str] = field(default_factory=Counter)
    by_route: Counter[str] = field(default_factory=Counter)
    kinds: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    planned: bool = False
    stored: int | None = None
    """The key under which the row was stored, by kind in ``stored_kinds``; none of a row that was only computed."""
    stored_kinds: dict[str, int] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Say whether there is nothing to store: no fact in the month, and none planned."""
        if self.planned or any(value for name, value in self.figures.items() if name not in BLANK_FIGURES):
            return False
        # Of a set that was withdrawn in the month nothing else may be left than the time that its devices served.
        return not any(any(counts.values()) for counts in self.kinds.values())


def moment_of(month: date, zone: str, now: datetime, closed_on: date | None = None) -> Moment:
    """Return how the month of a place in ``zone`` is judged at ``now``: closed after its local end, else as of now.

    A place that is closed itself on ``closed_on`` gives nothing from that local midnight on.
    """
    start, end = month_bounds(month, zone)
    if now >= end:
        day, over = local_day(end - INSTANT, zone), add_months(month, 1)
        moment = Moment(month, start, end, end - INSTANT, end, day, end, True, over)
    else:
        day = local_day(now, zone)
        moment = Moment(month, start, end, now, max(start, midnight(day, zone)), day, now, False, day)
    return moment if closed_on is None or day < closed_on else _before_closing(moment, closed_on, zone)


def _before_closing(moment: Moment, closed_on: date, zone: str) -> Moment:
    """Return a moment cut off where the place was closed; nothing of the month is left when that was before it."""
    gone = midnight(closed_on, zone)
    return moment._replace(
        at=gone - INSTANT,
        until=max(moment.start, min(moment.until, gone)),
        day=closed_on - timedelta(days=1),
        over=closed_on,
        is_open=False,
    )


def judge(facts: Facts, reference: Reference, month: date, now: datetime) -> Row:
    """Return the row of a place in a month as it stands at ``now`` (an aware moment)."""
    moment = moment_of(month, facts.place.zone, now, facts.place.closed_on)
    row = Row(as_of=moment.as_of, closed=moment.closed)
    required = reference.required(month)
    _count_sets(row, facts, moment, required)
    _count_devices(row, facts, moment, required)
    _count_tickets(row, facts.tickets, moment)
    _count_recordings(row, facts, moment)
    if facts.place.is_dinas:
        row.figures["kabupaten_inventoried"] = int(moment.is_open and _is_inventoried(facts.inventories, moment.day))
    else:
        if moment.is_open:
            _count_service(row, facts, moment, required)
        down = _count_minutes(row, facts, reference, moment, required)
        _count_days(row, facts, reference, moment)
        if moment.is_open:
            _count_duty(row, facts, month)
            _count_shortfall(row, facts, reference, moment, down)
    if not moment.closed:
        # Where the place is closed, nothing but the end of the month changes its row.
        row.valid_until = _valid_until(facts, moment) if moment.is_open else moment.end
        row.planned = moment.is_open and _is_planned(facts, moment)
    return row


def _count_sets(row: Row, facts: Facts, moment: Moment, required: frozenset[str]) -> None:
    for record in facts.sets if moment.is_open else ():
        status = set_status(record, moment.at, required)
        if status:
            row.figures["sets_total"] += 1
            row.figures[f"sets_{status}"] += 1


def _count_devices(row: Row, facts: Facts, moment: Moment, required: frozenset[str]) -> None:
    for record in facts.sets:
        for placed in record.placements:
            kind = row.kinds[placed.kind]
            kind["service_minutes"] += _minutes(placed.span, moment.window)
            if moment.is_open and placed.span.covers(moment.at):
                broken = any(fault.span.covers(moment.at) for fault in placed.faults)
                kind["total"] += 1
                kind["broken" if broken else "working"] += 1
        for code in missing_kinds(record, moment.at, required) if moment.is_open else ():
            row.kinds[code]["missing"] += 1
    for name in ("total", "working", "broken", "missing"):
        row.figures[f"devices_{name}"] = sum(kind[name] for kind in row.kinds.values())


def _minutes(span: Span, window: Closed) -> int:
    part = clip(span, window)
    return (part.end - part.start) // MINUTE if part else 0


def _count_tickets(row: Row, tickets: Sequence[TicketFact], moment: Moment) -> None:
    for ticket in tickets:
        if moment.began(ticket.span.start):
            row.figures["tickets_opened"] += 1
            row.by_cause[ticket.cause] += 1
            if ticket.route:
                row.by_route[ticket.route] += 1
            row.kinds[ticket.kind]["faults_begun"] += 1
        if ticket.span.end and moment.began(ticket.span.end):
            lasted = (ticket.span.end - ticket.span.start) // MINUTE
            row.figures["tickets_resolved"] += 1
            row.figures["repair_minutes"] += lasted
            row.kinds[ticket.kind]["repairs"] += 1
            row.kinds[ticket.kind]["repair_minutes"] += lasted
        if moment.is_open and ticket.span.covers(moment.at):
            row.figures["tickets_open"] += 1
            row.figures["tickets_overdue"] += bool(ticket.due_at and ticket.due_at <= moment.at)


def _count_service(row: Row, facts: Facts, moment: Moment, required: frozenset[str]) -> None:
    status = service(facts.sets, facts.outages, facts.arrangements, moment.at, required)
    row.figures["kecamatan_total"] = 1
    row.figures[f"kecamatan_{status}"] = 1
    row.down_since = down_since(facts.sets, facts.outages, moment.at, required)


class Down(NamedTuple):
    """The office hours in which a place had no capacity, and their minutes by what stopped it."""

    spans: list[Closed]
    minutes: dict[str, int]


NEVER_DOWN = Down([], {})


def _count_minutes(row: Row, facts: Facts, reference: Reference, moment: Moment, required: frozenset[str]) -> Down:
    """Add the office minutes while a set is on record, and those of them without capacity or under an outage."""
    on_record = on_record_spans(facts.sets, moment.window)
    if not on_record:
        return NEVER_DOWN
    office = intersection(reference.calendar.spans(moment.month, facts.place.zone), on_record)
    row.figures["office_minutes"] = minutes(office)
    sets, outages = _what_stops(facts)

    def down_under(some: list[Outage]) -> list[Closed]:
        return intersection(office, down_spans(sets, some, moment.window, required))

    down = down_under(outages)
    row.figures["down_minutes"] = minutes(down)
    row.figures["outage_minutes"] = minutes(intersection(office, stopping_outage_spans(outages, moment.window)))
    if not down:
        return NEVER_DOWN
    row.figures["hosted_minutes"] = minutes(intersection(down, hosted_spans(facts.arrangements, moment.window)))
    return Down(down, down_minutes_by_cause(down, outages, moment.window, down_under))


def _what_stops(facts: Facts) -> tuple[list[SetRecord], list[Outage]]:
    """Return the sets and outages without what only limits: that brings nobody's capacity down, and costs time."""
    sets = [record._replace(placements=tuple(map(_with_stopping_faults, record.placements))) for record in facts.sets]
    return sets, [outage for outage in facts.outages if outage.effect == STOPPED]


def _with_stopping_faults(placed: Placed) -> Placed:
    return placed._replace(faults=tuple(fault for fault in placed.faults if fault.effect == STOPPED))


def _count_recordings(row: Row, facts: Facts, moment: Moment) -> None:
    """Add what was recorded, lost and recorded again, each in the month of its own date."""
    row.figures["recorded"] = sum(
        recorded for day, recorded in facts.recorded.items() if moment.month <= day <= moment.day
    )
    tally = tally_losses(facts.losses, moment.month, moment.day)
    row.figures["lost"], row.figures["lost_suspected"], row.figures["rerecorded"] = tally
    row.figures["net"] = row.figures["recorded"] - row.figures["lost"] + row.figures["rerecorded"]


def _count_days(row: Row, facts: Facts, reference: Reference, moment: Moment) -> None:
    """Count the office days that are over and those of them with a count; split by the sign of life."""
    over = _days_over(reference.calendar, moment)
    row.figures["days_expected"] = len(over)
    row.figures["days_in_month"] = len(reference.calendar.days(moment.month) if moment.is_open else over)
    row.figures["days_reported"] = sum(day in facts.recorded for day in over)
    if row.figures["sets_total"]:
        row.figures["kecamatan_confirmed" if _is_heard(facts, reference, moment) else "kecamatan_silent"] = 1


def _days_over(calendar: OfficeCalendar, moment: Moment) -> list[date]:
    """Return the office days of the month that are over at the moment."""
    return [day for day in calendar.days(moment.month) if day < moment.over]


def _is_heard(facts: Facts, reference: Reference, moment: Moment) -> bool:
    signs = [sign for sign in (*facts.recorded, *facts.signs) if sign <= moment.day]
    # The last day of a closed month is over, as it is for the expected days.
    return bool(signs) and max(signs) >= reference.calendar.earliest_sign_that_counts(moment.over)


def _count_duty(row: Row, facts: Facts, month: date) -> None:
    """Add the wajib KTP that holds, the target and whether it is met; net may be negative and is never clamped."""
    figures = row.figures
    held = semester_in_force(facts.semesters, month)
    if held:
        figures["population"], figures["eligible"] = held.population, held.eligible
        if held.recorded_total is not None:
            figures["coverage_recorded"] = held.recorded_total
            figures["coverage_eligible"] = held.eligible
            if held.eligible:
                figures[f"coverage_{coverage_band(held.recorded_total, held.eligible)}"] = 1
    figures["target"] = target_by(rule_in_force(facts.own_rules, facts.kabupaten_rules, month), figures["eligible"])
    if figures["eligible"]:
        figures["net_with_eligible"] = figures["net"]
    if figures["target"]:
        figures["net_with_target"] = figures["net"]
        figures["kecamatan_with_target"] = 1
        figures["days_expected_with_target"] = figures["days_expected"]
        figures["days_reported_with_target"] = figures["days_reported"]
        figures["kecamatan_met"] = int(figures["net"] >= figures["target"])


def _count_shortfall(row: Row, facts: Facts, reference: Reference, moment: Moment, down: Down) -> None:
    """Add why a target was missed; every part is 0 where there is none, or where it was met."""
    figures, calendar = row.figures, reference.calendar
    if not figures["target"] or figures["net"] >= figures["target"]:
        return
    unreported = [day for day in _days_over(calendar, moment) if day not in facts.recorded]
    days = len(calendar.days(moment.month))
    parts = split(
        figures["target"],
        figures["net"],
        Shares(calendar.minutes(moment.month), days, days - figures["days_expected"]),
        Hindered(
            down.minutes,
            figures["lost"] - figures["rerecorded"],
            unreported_days(unreported, down.spans, calendar, facts.place.zone),
        ),
    )
    figures["shortfall"] = figures["target"] - figures["net"]
    for part, people in parts.items():
        figures[f"shortfall_{part}"] = people


def coverage_band(recorded_total: int, eligible: int) -> str:
    """Return the published band of a coverage: at least 100 %, 80 to 99.99, 60 to 79.99, or less; never rounded up."""
    return next((name for name, percent in COVERAGE_BANDS if 100 * recorded_total >= percent * eligible), "low")


def _is_inventoried(inventories: Sequence[date], day: date) -> bool:
    return any(check <= day < inventory_ends_on(check) for check in inventories)


def _valid_until(facts: Facts, moment: Moment) -> datetime:
    """Return when time alone makes an open row wrong: the next local midnight, or a start, an end or a due date."""
    next_midnight = midnight(moment.day + timedelta(days=1), facts.place.zone)
    return min((at for at in _turns(facts) if moment.at < at < next_midnight), default=next_midnight)


def _turns(facts: Facts) -> Iterator[datetime]:
    for span in _spans(facts):
        yield span.start
        if span.end:
            yield span.end
    yield from (ticket.due_at for ticket in facts.tickets if ticket.due_at)


def _spans(facts: Facts) -> Iterator[Span]:
    for record in facts.sets:
        yield from (placed.span for placed in record.placements)
        if record.withdrawn_at:
            yield Span(record.withdrawn_at)
    yield from (ticket.span for ticket in facts.tickets)
    yield from (outage.span for outage in facts.outages)
    yield from (arrangement.span for arrangement in facts.arrangements)


def _is_planned(facts: Facts, moment: Moment) -> bool:
    """Say whether something is on record that only begins later; it keeps the row, so that time finds it."""
    return (
        any(span.start > moment.at for span in _spans(facts))
        or any(semester.holds_from > moment.month for semester in facts.semesters)
        or any(rule.starts_on > moment.month for rule in (*facts.own_rules, *facts.kabupaten_rules))
    )
