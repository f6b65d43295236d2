"""Reads what the page of one kecamatan tells citizens, in at most eight queries, four where all is well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Cast

from accounts.callers import WITH_OFFICES
from accounts.models import Continuing, Office
from accounts.opening import read
from devices.models import DeviceKind, KindRequirement, Placement
from devices.readiness import STOPPED, Fault, Missing, Outage, Placed, Service, SetRecord
from kecamatan.duty import office_calendar
from kecamatan.models import Cause, Kabupaten, Kecamatan, Recording, SignOfLife
from lib.distance import kilometres
from lib.months import local_day, local_month
from lib.spans import Closed, Span
from repairs.models import Arrangement, Ticket, overlapping
from repairs.models import Outage as OutageRow
from reports.public.hours import Today, today
from reports.public.nearest import Neighbour, nearest_recording
from reports.public.status import UNKNOWN, Status, current_rows, statuses
from reports.public.stops import Blocker, Promise, PromisedOutage, StoppedSet, down_since, promised

LOOK_BACK = timedelta(days=366)
"""How far back a break in recording is followed through repairs that are over."""

NOWHERE = frozenset({Service.HOSTED, Service.MOBILE, Service.STOPPED})
"""The services in which the office itself does not record."""

DARK = frozenset({Cause.POWER_OUTAGE, Cause.WEAK_POWER, Cause.NO_STAFF})
"""Causes of an outage under which nobody can say that the office goes on with anything else."""


class Host(NamedTuple):
    """The kecamatan to which people were sent; ``status`` is empty where its kabupaten tells citizens nothing."""

    code: str
    name: str
    phone: str
    km: float | None
    status: Status | None


class Detour(NamedTuple):
    """How people are served meanwhile: ``kind`` as in :class:`Arrangement.Kind`, since when, until when, and where."""

    kind: str
    since: datetime
    until: datetime | None
    host: Host | None


@dataclass(slots=True)
class PlaceNow:
    """All that citizens read of a kecamatan at a moment. ``since`` at ``LOOK_BACK`` means since then or longer."""

    place: Kecamatan
    now: datetime
    today: Today
    status: Status = UNKNOWN
    last_heard: date | None = None
    since: datetime | None = None
    promise: Promise | None = None
    detours: list[Detour] = field(default_factory=list)
    continuing: list[str] = field(default_factory=list)
    is_told_here: bool = False
    """Whether the kecamatan itself said what goes on."""
    computers: int | None = None
    nearest: list[Neighbour] = field(default_factory=list)

    @property
    def zone(self) -> str:
        """Return the time zone of the place."""
        return self.place.time_zone


def find_place(code: str) -> Any:
    """Return a kecamatan that has not been closed, with its region, its offices and its last signs of life; or none."""
    counts = Recording.objects.filter(kecamatan=OuterRef("pk")).order_by("-day").values("day")[:1]
    signs = SignOfLife.objects.filter(kecamatan=OuterRef("pk")).order_by("-day").values("day")[:1]
    places = Kecamatan.objects.running().with_zone().select_related(*WITH_OFFICES)
    return (
        places.annotate(last_count=Subquery(counts), last_sign=Subquery(signs))
        .filter(code=code, kind=Kecamatan.Kind.KECAMATAN)
        .first()
    )


def office_of(region: Kecamatan | Kabupaten) -> Office:
    """Return the office of a region that was loaded with it; an empty one where nothing is known of it."""
    return getattr(region, "office", Office())


def read_place(place: Any, now: datetime) -> PlaceNow:
    """Return what citizens read of a kecamatan from :func:`find_place`."""
    running = _running(place, now)
    hosts = {row["host_id"] for row in running if row["host_id"]}
    known = statuses(current_rows(now).filter(region_id__in={place.pk, *hosts}), now)
    found = PlaceNow(
        place,
        now,
        today(now, place.time_zone, office_calendar(), read(office_of(place).week)),
        known.get(place.pk, UNKNOWN),
        max(filter(None, (place.last_count, place.last_sign)), default=None),
    )
    found.detours = [_detour(row, place, known) for row in running if row["of"] == "arrangement"]
    outages = [row for row in running if row["of"] == "outage"]
    if found.status.service in NOWHERE:
        found.since, found.promise = _stop(place, outages, now)
        dark = any(row["what"] in DARK and row["how"] == STOPPED and _runs(row, now) for row in outages)
        found.continuing = [] if dark else office_of(place.kabupaten).continuing
    _note_what_goes_on(found, [row for row in outages if _runs(row, now)])
    if found.status.service != Service.SERVING or found.status.is_unsure:
        sent_to = {detour.host.code for detour in found.detours if detour.host}
        found.nearest = nearest_recording(place, now, sent_to)
    return found


def _note_what_goes_on(found: PlaceNow, running: Sequence[dict[str, Any]]) -> None:
    """Keep what the outages that run here leave; what is told of them counts before what the agency says in general."""
    told = [set(row["services"].split()) for row in running if row["services"]]
    if told:
        left = set.intersection(*told)
        found.continuing, found.is_told_here = [code for code in Continuing.values if code in left], True
    found.computers = min((row["computers"] for row in running if row["computers"]), default=None)


# --- What runs --------------------------------------------------------------------------------------------------

NO_HOST: dict[str, Any] = {
    "host_code": Value(None, CharField()),
    "host_name": Value(None, CharField()),
    "host_phone": Value(None, CharField()),
    "host_latitude": Value(None, FloatField()),
    "host_longitude": Value(None, FloatField()),
    "host_public": Value(None, BooleanField()),
}
HOST: dict[str, Any] = {
    "host_code": Cast("host__code", CharField()),
    "host_name": Cast("host__name", CharField()),
    "host_phone": Cast("host__office__public_phone", CharField()),
    "host_latitude": Cast("host__latitude", FloatField()),
    "host_longitude": Cast("host__longitude", FloatField()),
    "host_public": Cast("host__kabupaten__office__is_public", BooleanField()),
}


def _running(place: Kecamatan, now: datetime) -> list[dict[str, Any]]:
    """Return the arrangements that run now, and the outages of the last year, in one query."""
    names = ("of", "what", "how", "started_at", "ended_at", "promised", "computers", "services", "host_id", *HOST)
    outages = OutageRow.objects.counted().filter(
        overlapping("started_at", "ended_at", now - LOOK_BACK, now), places=place.pk
    )
    told = outages.annotate(
        of=Value("outage", CharField()),
        what=Cast("cause", CharField()),
        how=Cast("effect", CharField()),
        promised=F("promised_at"),
        host_id=Value(None, IntegerField()),
        **NO_HOST,
    )
    arrangements = Arrangement.objects.counted().filter(
        Q(ended_at=None) | Q(ended_at__gt=now), kecamatan=place.pk, started_at__lte=now
    )
    helping = arrangements.annotate(
        of=Value("arrangement", CharField()),
        what=Cast("kind", CharField()),
        how=Value("", CharField()),
        promised=Value(None, DateTimeField()),
        computers=Value(None, IntegerField()),
        services=Value("", CharField()),
        **HOST,
    )
    return list(told.values(*names).union(helping.values(*names), all=True).order_by("started_at"))


def _runs(row: dict[str, Any], now: datetime) -> bool:
    return Span(row["started_at"], row["ended_at"]).covers(now)


def _detour(row: dict[str, Any], place: Kecamatan, known: dict[int, Status]) -> Detour:
    host = None
    if row["host_id"]:
        # An office that nobody has described is open to the public, as every kabupaten is until it is closed.
        tells = row["host_public"] is not False
        km = distance(place, row["host_latitude"], row["host_longitude"])
        status = known.get(row["host_id"], UNKNOWN) if tells else None
        host = Host(row["host_code"], row["host_name"], row["host_phone"] or "", km, status)
    return Detour(row["what"], row["started_at"], row["ended_at"], host)


def distance(place: Kecamatan, latitude: float | None, longitude: float | None) -> float | None:
    """Return how many kilometres a point lies from a place in a straight line; unknown without both."""
    if None in (place.latitude, place.longitude, latitude, longitude):
        return None
    return kilometres((place.latitude, place.longitude), (latitude, longitude))  # type: ignore[arg-type]


# --- Since when, and until when -----------------------------------------------------------------------------------


def _stop(
    place: Kecamatan, outage_rows: Iterable[dict[str, Any]], now: datetime
) -> tuple[datetime | None, Promise | None]:
    """Return since when a place cannot record itself, and by when it is promised to again, in two queries."""
    zone = place.time_zone
    sets, required = _sets(place, now)
    outages = [
        PromisedOutage(Outage(Span(row["started_at"], row["ended_at"]), row["how"]), _promise(row["promised"], zone))
        for row in outage_rows
    ]
    begun = [blocker.span.start for one in sets for blocker in one.blockers if blocker.effect == STOPPED]
    begun += [row.outage.span.start for row in outages]
    start = min([now - LOOK_BACK, *begun])
    spans = [row.outage for row in outages]
    since = down_since([one.record for one in sets], spans, Closed(start, now), required)
    return since, promised(sets, outages, now, required)


def _promise(at: datetime | None, zone: str) -> Promise | None:
    return Promise(local_day(at, zone), at) if at else None


def _sets(place: Kecamatan, now: datetime) -> tuple[list[StoppedSet], frozenset[str]]:
    """Return the sets of a place with the faults of the last year, and the kinds that a set needs."""
    placements, required = _placements(place, now)
    devices = {row["device_id"] for row in placements}
    faults: defaultdict[int, list[Fault]] = defaultdict(list)
    missing: defaultdict[int, list[Missing]] = defaultdict(list)
    blockers: defaultdict[int | None, list[Blocker]] = defaultdict(list)
    lacks: defaultdict[int, list[Blocker]] = defaultdict(list)
    for recording_set, device, kind, failed_at, restored_at, effect, promised_on in _tickets(place, devices, now):
        span = Span(failed_at, restored_at)
        blocker = Blocker(span, device, kind, effect, Promise(promised_on) if promised_on else None)
        if device is None:
            missing[recording_set].append(Missing(kind, span))
            lacks[recording_set].append(blocker)
        else:
            faults[device].append(Fault(span, effect))
            blockers[device].append(blocker)
    by_set: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in placements:
        by_set[row["recording_set_id"]].append(row)
    found = []
    for key in {*by_set, *missing}:
        rows = by_set[key]
        placed = tuple(_placed(row, faults) for row in rows)
        withdrawn = next((row["withdrawn_at"] for row in rows), None)
        standing = [row["device_id"] for row in rows if Span(row["started_at"], row["ended_at"]).covers(now)]
        against = (*lacks[key], *(one for device in standing for one in blockers[device]))
        found.append(StoppedSet(SetRecord(placed, tuple(missing[key]), withdrawn), against))
    return found, required


def _placed(row: dict[str, Any], faults: dict[int, list[Fault]]) -> Placed:
    span = Span(row["started_at"], row["ended_at"])
    return Placed(row["device_id"], row["kind"], span, tuple(faults.get(row["device_id"], ())))


def _placements(place: Kecamatan, now: datetime) -> tuple[list[dict[str, Any]], frozenset[str]]:
    """Return the placements in the sets of a place and the codes of the kinds that are required, in one query."""
    names = ("kind", "device_id", "recording_set_id", "withdrawn_at", "started_at", "ended_at")
    month = local_month(now, place.time_zone)
    placements = Placement.objects.filter(recording_set__kecamatan=place.pk).annotate(
        kind=F("device__kind__code"), withdrawn_at=F("recording_set__withdrawn_at")
    )
    nothing = {name: Value(None, IntegerField()) for name in ("device_id", "recording_set_id")}
    nothing |= {name: Value(None, DateTimeField()) for name in ("withdrawn_at", "started_at", "ended_at")}
    required = KindRequirement.objects.filter(Q(until_month=None) | Q(until_month__gt=month), from_month__lte=month)
    codes = DeviceKind.objects.filter(pk__in=required.values("kind")).annotate(kind=F("code"), **nothing)
    rows = list(placements.order_by().values(*names).union(codes.order_by().values(*names), all=True))
    kinds = frozenset(row["kind"] for row in rows if row["device_id"] is None)
    return [row for row in rows if row["device_id"] is not None], kinds


def _tickets(place: Kecamatan, devices: set[int], now: datetime) -> Iterable[tuple[Any, ...]]:
    """Return the faults of the last year: of what stood in the sets of a place, and of what they lack."""
    lacking = Q(kecamatan=place.pk, fault=Ticket.Fault.MISSING)
    faults = Ticket.objects.counted().overlapping(now - LOOK_BACK, now).filter(lacking | Q(device__in=devices))
    return faults.order_by("pk").values_list(
        "recording_set_id", "device_id", "device_kind__code", "failed_at", "restored_at", "effect", "promised_on"
    )
