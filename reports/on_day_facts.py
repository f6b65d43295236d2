"""What covered a moment in the kecamatan of a region, read set-based for ``devices.readiness``.

Of thousands of placements only those in sets with a fault are read one by one. Of the others it is enough how many of
the required kinds stand there, which the database counts: they are judged as the set that this makes them equal to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast

from devices.models import DeviceKind, KindRequirement, Placement
from devices.readiness import ArrangementSpan, Fault, Missing, Outage, Placed, SetRecord
from kecamatan.models import ChangedMonth, Kecamatan, open_on
from lib.spans import Span
from repairs.models import Arrangement, Ticket, running_at
from repairs.models import Outage as OutageRow
from reports.judge import INSTANT
from reports.models import Level, RegionMonth
from reports.regions import Region


class Place(NamedTuple):
    """A kecamatan, with its kabupaten."""

    pk: int
    code: str
    name: str
    kabupaten_code: str
    kabupaten_name: str


@dataclass(slots=True)
class Facts:
    """What covered the moment in one kecamatan."""

    sets: list[SetRecord] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    arrangements: list[ArrangementSpan] = field(default_factory=list)


class Kinds(NamedTuple):
    """The codes of the kinds by key, and the keys and codes of those that were required in a month."""

    codes: Mapping[int, str]
    required: frozenset[str]
    required_keys: frozenset[int]


class Standing(NamedTuple):
    """The key of a region's row that was written last, and whether any change of the region waits to be computed."""

    newest: int | None
    waits: bool


class Faults(NamedTuple):
    """The faults that covered a moment by device, what was missing by set, and where these sets are."""

    of_device: Mapping[int, tuple[Fault, ...]]
    missing: Mapping[int, list[Missing]]
    places: Mapping[int, int]


def read_places(region: Region, day: date) -> list[Place]:
    """Return the kecamatan of a region that were not closed by a day, by code; a kecamatan is itself while open."""
    fields = ("pk", "code", "name", "kabupaten__code", "kabupaten__name")
    if region.kecamatan is not None:
        place = region.kecamatan
        if place.closed_on and place.closed_on <= day:
            return []
        return [Place(place.pk, place.code, place.name, place.kabupaten.code, place.kabupaten.name)]
    places = Kecamatan.objects.filter(_inside(region, ""), open_on(day))
    rows = places.filter(kind=Kecamatan.Kind.KECAMATAN).order_by("code").values_list(*fields)
    return [Place(*row) for row in rows]


def _inside(region: Region, path: str) -> Q:
    """Return the filter for what lies in a region, ``path`` leading to its kecamatan (with two underscores)."""
    if region.level == Level.PROVINCE:
        return Q(**{f"{path}kabupaten__province": region.pk})
    if region.level == Level.KABUPATEN:
        return Q(**{f"{path}kabupaten": region.pk})
    return Q(**{path.removesuffix("__") or "pk": region.pk})


def read_kinds(region: Region, month: date) -> tuple[Kinds, Standing]:
    """Read the kinds and which were required in a month; and how the rows of a region stand, in the same query."""
    holds = KindRequirement.objects.filter(
        Q(until_month=None) | Q(until_month__gt=month), kind=OuterRef("pk"), from_month__lte=month
    )
    newest = RegionMonth.objects.filter(level=region.level, region_id=region.pk).order_by("-pk").values("pk")[:1]
    waits = Exists(ChangedMonth.objects.filter(_inside(region, "kecamatan__")))
    found = DeviceKind.objects.order_by().annotate(needed=Exists(holds), newest=Subquery(newest), waits=waits)
    rows = list(found.values_list("pk", "code", "needed", "newest", "waits"))
    needed = [(pk, code) for pk, code, is_needed, *_ in rows if is_needed]
    kinds = Kinds(
        {pk: code for pk, code, *_ in rows}, frozenset(code for _, code in needed), frozenset(pk for pk, _ in needed)
    )
    return kinds, Standing(*rows[0][3:])


def read_facts(region: Region, at: datetime, kinds: Kinds) -> defaultdict[int, Facts]:
    """Read what covered a moment in the kecamatan of a region, by their keys, in three queries."""
    facts: defaultdict[int, Facts] = defaultdict(Facts)
    faults = _read_faults(region, at, kinds)
    counted, faulty = _read_sets(region, at, kinds, faults.of_device)
    # One for all sets without a fault, so that whoever judges them can tell that they are the same.
    sound = SetRecord(tuple(Placed(0, kind, Span(at)) for kind in kinds.required))
    for key, (place, stands, required) in counted.items():
        if key in faulty:
            record = SetRecord(tuple(faulty[key]))
        else:
            record = sound if required == len(kinds.required) else _lacking(stands, at)
        if key in faults.missing:
            record = SetRecord(record.placements, tuple(faults.missing[key]))
        facts[place].sets.append(record)
    for key, place in faults.places.items():
        if key not in counted:
            facts[place].sets.append(SetRecord((), tuple(faults.missing[key])))
    for is_outage, place, what, start in _outages_and_arrangements(region, at):
        if is_outage:
            facts[place].outages.append(Outage(Span(start), what))
        else:
            facts[place].arrangements.append(ArrangementSpan(what, Span(start)))
    return facts


# --- Sets -------------------------------------------------------------------------------------------------------


def _read_sets(
    region: Region, at: datetime, kinds: Kinds, faults: Mapping[int, tuple[Fault, ...]]
) -> tuple[dict[int, tuple[int, int, int]], defaultdict[int, list[Placed]]]:
    """Return each set with its place, how many devices stood in it and of how many required kinds, in one query.

    And of the sets in which a device with a fault stood, all that stood there.
    """
    stands = Q(ended_at=None) | Q(ended_at__gt=at)
    required = stands & Q(device__kind__in=kinds.required_keys)
    names = ("is_one", "recording_set", "first", "second", "third")
    counted = _begun(region, at).order_by().values("recording_set")
    counted = counted.annotate(
        is_one=Value(0),
        first=Max("recording_set__kecamatan"),
        second=Count("pk", filter=stands),
        third=Count("device__kind", filter=required, distinct=True),
    )
    rows = counted.values_list(*names)
    if faults:
        stood = Placement.objects.filter(stands, started_at__lte=at).order_by()
        sets = stood.filter(device__in=list(faults)).values("recording_set")
        ones = stood.filter(recording_set__in=sets)
        ones = ones.annotate(is_one=Value(1), first=F("device"), second=F("device__kind"), third=Value(0))
        rows = rows.union(ones.values_list(*names), all=True)
    found: dict[int, tuple[int, int, int]] = {}
    placed: defaultdict[int, list[Placed]] = defaultdict(list)
    span = Span(at)
    for is_one, key, first, second, third in rows:
        if is_one:
            placed[key].append(Placed(first, kinds.codes[second], span, faults.get(first, ())))
        else:
            found[key] = first, second, third
    return found, placed


def _begun(region: Region, at: datetime) -> QuerySet[Placement]:
    """Return the placements that had begun in the sets of a region that were not withdrawn by a moment."""
    in_use = Q(recording_set__withdrawn_at=None) | Q(recording_set__withdrawn_at__gt=at)
    return Placement.objects.filter(_inside(region, "recording_set__kecamatan__"), in_use, started_at__lte=at)


def _lacking(stands: int, at: datetime) -> SetRecord:
    """Return a set without any fault that lacks a required kind, in which anything stands or stood.

    It does not matter which kind it lacks: nothing but a missing record says since when.
    """
    return SetRecord((Placed(0, "", Span(at) if stands else Span(at - INSTANT, at)),))


def _read_faults(region: Region, at: datetime, kinds: Kinds) -> Faults:
    """Return the faults that covered a moment, and what was missing.

    A set is on record from its first missing record on, so those that are over count too.
    """
    faults: defaultdict[int, list[Fault]] = defaultdict(list)
    missing: defaultdict[int, list[Missing]] = defaultdict(list)
    places: dict[int, int] = {}
    counted = Ticket.objects.counted().filter(failed_at__lte=at).order_by()
    here = counted.filter(_inside(region, "kecamatan__"))
    covering = Q(restored_at=None) | Q(restored_at__gt=at)
    # Each part by its own index; what is missing still is in two of them, and counts once.
    parts = [here.filter(restored_at__gt=at), here.filter(fault=Ticket.Fault.MISSING)]
    if region.level != Level.PROVINCE:
        # A device that was moved here takes along its fault; between provinces none has ever been moved.
        placed = Placement.objects.filter(_inside(region, "recording_set__kecamatan__"), running_at(at))
        parts.append(counted.filter(covering, device__in=placed.values("device")))
    rows = here.filter(restored_at=None).union(*parts)
    fields = ("recording_set", "recording_set__kecamatan", "recording_set__withdrawn_at", "device", "device_kind")
    for key, place, withdrawn_at, device, kind, effect, start, end in rows.values_list(
        *fields, "effect", "failed_at", "restored_at"
    ):
        if device is not None:
            faults[device].append(Fault(Span(start, end), effect))
        elif withdrawn_at is None or withdrawn_at > at:
            missing[key].append(Missing(kinds.codes[kind], Span(start, end)))
            places[key] = place
    return Faults({device: tuple(found) for device, found in faults.items()}, missing, places)


def _outages_and_arrangements(region: Region, at: datetime) -> Iterable[tuple[bool, int, str, datetime]]:
    """Return what covered a moment besides faults: if it is an outage, where, its effect or kind, and its start."""
    through: Any = OutageRow.places.through.objects
    outages = through.filter(_inside(region, "kecamatan__"), outage__in=OutageRow.objects.running(at))
    arrangements = Arrangement.objects.counted().filter(_inside(region, "kecamatan__"), running_at(at))
    names = ("is_outage", "kecamatan", "what", "since")
    outages = outages.annotate(is_outage=Value(1), what=Cast("outage__effect", CharField()))
    others = arrangements.annotate(is_outage=Value(0), what=Cast("kind", CharField()), since=F("started_at"))
    found: Iterable[tuple[bool, int, str, datetime]] = (
        outages.annotate(since=F("outage__started_at")).values_list(*names).union(others.values_list(*names), all=True)
    )
    return found
