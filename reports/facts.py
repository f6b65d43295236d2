"""Reads everything that the rollup rows of some places in one month are made of, as plain values.

A fixed number of queries, however many places: one report costs what one place costs, and a month of the nation is read
set-based. What is read reaches past the month only where its row depends on it (design.md, "Rollups").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from devices.models import DeviceKind, InventoryCheck, Placement, RecordingSet
from devices.readiness import ArrangementSpan, Fault, Missing, Outage, Placed, SetRecord
from kecamatan.duty import office_calendar
from kecamatan.models import Kecamatan, Population, Recording, SignOfLife, TargetRule
from lib.months import WIB, WIT, month_bounds
from lib.office import OfficeCalendar
from lib.spans import Span
from repairs.losses import Loss, counted_losses, counted_rerecordings
from repairs.models import Arrangement, Ticket
from repairs.models import Outage as OutageRow


class Place(NamedTuple):
    """A kecamatan or the office of a dinas, with the zone it lives by; from ``closed_on`` on it is no more."""

    pk: int
    kabupaten: int
    province: int
    zone: str
    is_dinas: bool
    closed_on: date | None = None


class TicketFact(NamedTuple):
    """A fault that counts, as its own kecamatan reports it."""

    kind: str
    span: Span
    cause: str
    route: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A target rule from a month on; with neither figure it ends the one before."""

    starts_on: date
    percent: Decimal | None
    count: int | None


class Semester(NamedTuple):
    """The DKB figures that hold from a month on."""

    holds_from: date
    population: int
    eligible: int
    recorded_total: int | None


@dataclass(slots=True)
class Facts:
    """All that the row of one place in one month reads."""

    place: Place
    sets: list[SetRecord] = field(default_factory=list)
    tickets: list[TicketFact] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    arrangements: list[ArrangementSpan] = field(default_factory=list)
    recorded: dict[date, int] = field(default_factory=dict)
    signs: list[date] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    semesters: list[Semester] = field(default_factory=list)
    own_rules: list[Rule] = field(default_factory=list)
    kabupaten_rules: list[Rule] = field(default_factory=list)
    inventories: list[date] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reference:
    """What holds for every place: the office calendar, the keys of the kinds by code, and which are required."""

    calendar: OfficeCalendar
    kinds: dict[str, int]
    requirements: tuple[tuple[str, date, date | None], ...]

    def required(self, month: date) -> frozenset[str]:
        """Return the kinds that a set cannot do without in a month."""
        return frozenset(
            kind for kind, first, until in self.requirements if first <= month and (until is None or month < until)
        )


def load_reference() -> Reference:
    """Read the reference data as it is now."""
    kinds = DeviceKind.objects.order_by().values_list(
        "code", "pk", "requirements__from_month", "requirements__until_month"
    )
    rows = list(kinds)
    return Reference(
        calendar=office_calendar(),
        kinds={code: pk for code, pk, *_ in rows},
        requirements=tuple((code, first, until) for code, _, first, until in rows if first),
    )


def load_places(ids: Collection[int] | None = None) -> dict[int, Place]:
    """Read places by key; all of them, the closed ones too, when no keys are given."""
    rows = Kecamatan.objects.order_by("pk")
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    fields = ("pk", "kabupaten_id", "kabupaten__province_id", "kabupaten__province__time_zone", "kind", "closed_on")
    return {
        pk: Place(pk, kabupaten, province, zone, kind == Kecamatan.Kind.DINAS, closed_on)
        for pk, kabupaten, province, zone, kind, closed_on in rows.values_list(*fields)
    }


def load_facts(places: dict[int, Place], month: date, reference: Reference) -> dict[int, Facts]:
    """Read the facts of places for one month; spans are read whole, with planned ones, counts for the month.

    The bounds are those of all three zones together: what lies outside a place's own month is left to the judge.
    """
    facts = {pk: Facts(place) for pk, place in places.items()}
    ids = list(facts)
    start, end = month_bounds(month, WIT)[0], month_bounds(month, WIB)[1]
    _load_sets(facts, ids, start, end)
    _load_outages(facts, ids, start)
    _load_arrangements(facts, ids, start)
    first_sign = reference.calendar.earliest_sign_that_counts(month)
    _load_counts(facts, ids, first_sign, end.date())
    _load_losses(facts, ids)
    _load_duty(facts, ids)
    _load_inventories(facts)
    return facts


def _running_since(start: datetime, end_field: str) -> Q:
    return Q(**{end_field: None}) | Q(**{f"{end_field}__gte": start})


def _load_sets(facts: dict[int, Facts], ids: list[int], start: datetime, end: datetime) -> None:
    # Every placement and missing record of a set, also the past ones: the first of them put it on record.
    rows = (
        RecordingSet.objects.filter(_running_since(start, "withdrawn_at"), kecamatan__in=ids)
        .order_by("pk", "placements__pk")
        .values_list(
            *("pk", "kecamatan_id", "withdrawn_at", "placements__device_id", "placements__device__kind__code"),
            *("placements__started_at", "placements__ended_at", Exists(_PLACED_ELSEWHERE)),
        )
    )
    sets: dict[int, tuple[int, datetime | None]] = {}
    placements: defaultdict[int, list[tuple[int, str, Span]]] = defaultdict(list)
    moved: set[int] = set()
    for pk, place, withdrawn_at, device, kind, started_at, ended_at, elsewhere in rows:
        sets[pk] = place, withdrawn_at
        if device is not None:
            placements[pk].append((device, kind, Span(started_at, ended_at)))
            if elsewhere:
                moved.add(device)
    faults, missing = _load_tickets(facts, ids, moved, start, end)
    for pk, (place, withdrawn_at) in sets.items():
        placed = tuple(
            Placed(device, kind, span, tuple(faults.get(device, ()))) for device, kind, span in placements[pk]
        )
        facts[place].sets.append(SetRecord(placed, tuple(missing.get(pk, ())), withdrawn_at))


# Another placement of the device that the outer row, a set joined with its placements, places.
_PLACED_ELSEWHERE = Placement.objects.filter(device=OuterRef("placements__device")).exclude(
    recording_set__kecamatan=OuterRef("kecamatan")
)


def _load_tickets(
    facts: dict[int, Facts], ids: list[int], moved: set[int], start: datetime, end: datetime
) -> tuple[dict[int, list[Fault]], dict[int, list[Missing]]]:
    """Read the faults that count: into the facts of their kecamatan, and by device and by set for the readiness.

    No fault is planned, so those that begin after the month are left out. A device that was ``moved`` here takes
    along a fault that began where it stood before.
    """
    counting = Ticket.objects.counted().filter(failed_at__lt=end).order_by("pk")
    here = counting.filter(_running_since(start, "restored_at") | Q(fault=Ticket.Fault.MISSING), kecamatan__in=ids)
    elsewhere = counting.filter(_running_since(start, "restored_at"), device__in=moved).exclude(kecamatan__in=ids)
    fields = (
        "kecamatan_id",
        "recording_set_id",
        "device_id",
        "device_kind__code",
        "failed_at",
        "restored_at",
        "effect",
        "cause",
        "route",
        "due_at",
    )
    faults: defaultdict[int, list[Fault]] = defaultdict(list)
    missing: defaultdict[int, list[Missing]] = defaultdict(list)
    for place, recording_set, device, kind, failed_at, restored_at, effect, cause, route, due_at in [
        *here.values_list(*fields),
        *(elsewhere.values_list(*fields) if moved else ()),
    ]:
        span = Span(failed_at, restored_at)
        if device is None:
            missing[recording_set].append(Missing(kind, span))
        else:
            faults[device].append(Fault(span, effect))
        if place in facts:
            facts[place].tickets.append(TicketFact(kind, span, cause, route, due_at))
    return faults, missing


def _load_outages(facts: dict[int, Facts], ids: list[int], start: datetime) -> None:
    rows = (
        OutageRow.places.through.objects.filter(kecamatan__in=ids, outage__voided_at=None)
        .filter(_running_since(start, "outage__ended_at"))
        .values_list("kecamatan_id", "outage__started_at", "outage__ended_at", "outage__effect", "outage__cause")
    )
    for place, started_at, ended_at, effect, cause in rows:
        facts[place].outages.append(Outage(Span(started_at, ended_at), effect, cause))


def _load_arrangements(facts: dict[int, Facts], ids: list[int], start: datetime) -> None:
    rows = (
        Arrangement.objects.filter(_running_since(start, "ended_at"), kecamatan__in=ids, voided_at=None)
        .order_by("pk")
        .values_list("kecamatan_id", "kind", "started_at", "ended_at")
    )
    for place, kind, started_at, ended_at in rows:
        facts[place].arrangements.append(ArrangementSpan(kind, Span(started_at, ended_at)))


def _load_counts(facts: dict[int, Facts], ids: list[int], first: date, before: date) -> None:
    """Read the counts of the month, and back to the oldest day that can still be a sign of life in it."""
    counts = Recording.objects.filter(kecamatan__in=ids, day__gte=first, day__lte=before).order_by()
    for place, day, recorded in counts.values_list("kecamatan_id", "day", "recorded"):
        # A day has a count for each place of recording.
        facts[place].recorded[day] = facts[place].recorded.get(day, 0) + recorded
    signs = SignOfLife.objects.filter(kecamatan__in=ids, day__gte=first, day__lte=before)
    for place, day in signs.values_list("kecamatan_id", "day"):
        facts[place].signs.append(day)


def _load_losses(facts: dict[int, Facts], ids: list[int]) -> None:
    names = ("place", "on", "people", "what")
    lost = counted_losses().filter(kecamatan__in=ids).order_by().values_list(*names)
    again = counted_rerecordings().filter(loss__kecamatan__in=ids).order_by().values_list(*names)
    for place, *values in lost.union(again, all=True):
        facts[place].losses.append(Loss(*values))


def _load_duty(facts: dict[int, Facts], ids: list[int]) -> None:
    rows = Population.objects.filter(kecamatan__in=ids).order_by("holds_from")
    fields = ("kecamatan_id", "holds_from", "population", "eligible", "recorded_total")
    for place, holds_from, population, eligible, recorded_total in rows.values_list(*fields):
        facts[place].semesters.append(Semester(holds_from, population, eligible, recorded_total))
    of_kabupaten: defaultdict[int, list[Rule]] = defaultdict(list)
    kabupaten = {fact.place.kabupaten for fact in facts.values()}
    rules = TargetRule.objects.counted().filter(Q(kecamatan__in=ids) | Q(kabupaten__in=kabupaten)).order_by("starts_on")
    for rule in rules:
        own = facts[rule.kecamatan_id].own_rules if rule.kecamatan_id else None
        rules_of = of_kabupaten[rule.kabupaten_id or 0] if own is None else own
        rules_of.append(Rule(rule.starts_on, rule.percent, rule.count))
    for fact in facts.values():
        fact.kabupaten_rules = of_kabupaten[fact.place.kabupaten]


def _load_inventories(facts: dict[int, Facts]) -> None:
    dinas = {fact.place.kabupaten: fact for fact in facts.values() if fact.place.is_dinas}
    rows: Iterable[Any] = (
        InventoryCheck.objects.filter(kabupaten__in=dinas, voided_at=None).order_by("day") if dinas else ()
    )
    for check in rows:
        dinas[check.kabupaten_id].inventories.append(check.day)
