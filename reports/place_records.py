"""What is on record of a kecamatan or a dinas at a moment, from the live records, and how it is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.db.models import CharField, DateTimeField, F, IntegerField, Q, QuerySet, Value

from devices.models import Placement
from devices.readiness import ArrangementSpan, Fault, Missing, Outage, Placed, Service, SetRecord, service
from lib.months import month_bounds
from lib.spans import Closed, Span, clip
from repairs.models import Arrangement, AvoidedTicket, Ticket
from repairs.models import Outage as OutageRow
from reports.regions import Region


class Kinds(Protocol):
    """The kinds of devices by code, in their order, and those that a set cannot do without in the month."""

    @property
    def kind_names(self) -> Mapping[str, str]: ...

    @property
    def required(self) -> frozenset[str]: ...


@dataclass(slots=True)
class Records:
    """What is on record of a place now: the sets by key, the open tickets, those of the month, and what runs.

    ``avoided`` are the faults of the month that a first check put right before they were reported.
    """

    names: dict[int, str] = field(default_factory=dict)
    placed: dict[int, list[Placement]] = field(default_factory=dict)
    tickets: list[Ticket] = field(default_factory=list)
    of_month: list[Ticket] = field(default_factory=list)
    running: list[dict[str, Any]] = field(default_factory=list)
    in_month: list[dict[str, Any]] = field(default_factory=list)
    avoided: list[dict[str, Any]] = field(default_factory=list)

    def of_kind(self, is_outage: bool) -> list[dict[str, Any]]:
        """Return the running outages, or the running arrangements."""
        return [row for row in self.running if row["of"] == ("outage" if is_outage else "arrangement")]

    def guests(self) -> list[dict[str, Any]]:
        """Return the kecamatan whose people are recorded here now: ``what`` is the code, ``text`` the name."""
        return [row for row in self.running if row["of"] == "guest"]


def read_records(region: Region, month: date, now: datetime) -> Records:
    """Read what is on record of a place at a moment, and its faults of a month, in three queries."""
    records = Records()
    for placement in _placements(region, now):
        _note_set(records, placement.recording_set).append(placement)
    window = month_bounds(month, region.zone)
    for ticket in _tickets(region, records, window, now):
        span = Span(ticket.failed_at, ticket.restored_at)
        if span.covers(now):
            records.tickets.append(ticket)
        if clip(span, Closed(*window)):
            records.of_month.append(ticket)
    for ticket in records.tickets:
        if ticket.recording_set.kecamatan_id == region.pk and _is_kept(ticket.recording_set, now):
            _note_set(records, ticket.recording_set)
    rows = [_as_guest(row, region) for row in _other_rows(region, window, now)]
    records.avoided = [row for row in rows if row["of"] == "avoided"]
    for row in (row for row in rows if row["of"] != "avoided"):
        span = Span(row["started_at"], row["ended_at"])
        if span.covers(now):
            records.running.append(row)
        if row["of"] != "guest" and clip(span, Closed(*window)):
            records.in_month.append(row)
    return records


def _as_guest(row: dict[str, Any], region: Region) -> dict[str, Any]:
    """Return the arrangement of another place, which is hosted here, as what the place has to do with it."""
    if row["of"] != "arrangement" or row["how"] == region.code:
        return row
    return {**row, "of": "guest", "what": row["how"], "text": row["sure"]}


def _note_set(records: Records, recording_set: Any) -> list[Placement]:
    records.names[recording_set.pk] = str(recording_set)
    return records.placed.setdefault(recording_set.pk, [])


def _is_kept(recording_set: Any, now: datetime) -> bool:
    return recording_set.withdrawn_at is None or recording_set.withdrawn_at > now


def _placements(region: Region, now: datetime) -> QuerySet[Placement]:
    return (
        Placement.objects.filter(recording_set__kecamatan=region.pk, started_at__lte=now)
        .filter(Q(ended_at=None) | Q(ended_at__gt=now))
        .select_related("recording_set", "device__kind")
        .order_by("recording_set__label", "device__kind__rank", "pk")
    )


def _tickets(region: Region, records: Records, window: tuple[datetime, datetime], now: datetime) -> QuerySet[Ticket]:
    """Return the faults of a month and those that run now: of the place, and of the devices that stand there now."""
    devices = [placement.device_id for group in records.placed.values() for placement in group]
    running = Q(failed_at__lte=now) & (Q(restored_at=None) | Q(restored_at__gt=now))
    in_month = Q(failed_at__lt=window[1]) & (Q(restored_at=None) | Q(restored_at__gt=window[0]))
    return (
        Ticket.objects.filter(Q(kecamatan=region.pk) | Q(device__in=devices))
        .filter(running | in_month, voided_at=None)
        .exclude(status=Ticket.Status.REJECTED)
        .select_related("recording_set", "device_kind", "assignee")
        .order_by("failed_at", "pk")
    )


def _other_rows(region: Region, window: tuple[datetime, datetime], now: datetime) -> Iterable[dict[str, Any]]:
    """Return the outages and arrangements of a place that run now or ran in a month, in one query.

    And the tickets that were avoided in the month, and the arrangements by which the place hosts others now.
    """
    running = Q(started_at__lte=now) & (Q(ended_at=None) | Q(ended_at__gt=now))
    in_month = Q(started_at__lt=window[1]) & (Q(ended_at=None) | Q(ended_at__gt=window[0]))
    chosen = Q(running | in_month, voided_at=None)
    names = (
        *("pk", "of", "what", "how", "sure", "text", "started_at", "ended_at", "confirmed_at"),
        *("computers", "services"),
    )
    nothing = {"computers": Value(None, IntegerField()), "services": Value("", CharField())}
    listed = OutageRow.objects.filter(chosen, places=region.pk).with_confirmation(Q(kecamatan=region.pk))
    outages = listed.annotate(
        of=Value("outage", CharField()),
        what=F("cause"),
        how=F("effect"),
        sure=F("certainty"),
        text=F("note"),
    )
    hosted_here = Q(running, host=region.pk, kind=Arrangement.Kind.HOSTED, voided_at=None)
    arrangements = Arrangement.objects.filter(Q(chosen, kecamatan=region.pk) | hosted_here).annotate(
        of=Value("arrangement", CharField()),
        what=F("kind"),
        how=F("kecamatan__code"),
        sure=F("kecamatan__name"),
        text=F("host__name"),
        confirmed_at=Value(None, DateTimeField()),
        **nothing,
    )
    avoided = AvoidedTicket.objects.filter(kecamatan=region.pk, at__gte=window[0], at__lt=window[1]).annotate(
        of=Value("avoided", CharField()),
        what=F("device__kind__code"),
        how=Value("", CharField()),
        sure=Value("", CharField()),
        text=F("symptom__name"),
        started_at=F("at"),
        ended_at=F("at"),
        confirmed_at=Value(None, DateTimeField()),
        **nothing,
    )
    others = [rows.values(*names) for rows in (arrangements, avoided)]
    rows = outages.values(*names).union(*others, all=True)
    return rows.order_by("started_at")


def set_record(records: Records, key: int) -> SetRecord:
    """Return a set as the rule of readiness reads it."""
    missing = tuple(
        Missing(ticket.device_kind.code, Span(ticket.failed_at))
        for ticket in records.tickets
        if ticket.fault == Ticket.Fault.MISSING and ticket.recording_set_id == key
    )
    placed = tuple(_placed(placement, records.tickets) for placement in records.placed[key])
    return SetRecord(placed, missing)


def _placed(placement: Placement, tickets: Sequence[Ticket]) -> Placed:
    faults = tuple(
        Fault(Span(ticket.failed_at), ticket.effect) for ticket in tickets if ticket.device_id == placement.device_id
    )
    return Placed(placement.device_id, placement.device.kind.code, Span(placement.started_at), faults)


def service_of(records: Records, sets: Sequence[SetRecord], kinds: Kinds, now: datetime) -> Service:
    """Return how the people of a place are served."""
    outages = [Outage(Span(row["started_at"]), row["how"]) for row in records.of_kind(True)]
    arrangements = [ArrangementSpan(row["what"], Span(row["started_at"])) for row in records.of_kind(False)]
    return service(sets, outages, arrangements, now, kinds.required)
