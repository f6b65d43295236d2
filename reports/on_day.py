"""The state of a kecamatan, a kabupaten or a province at the end of a past day, from the spans and by the same rules.

No stored row is read and none is computed: ``devices.readiness`` judges what covered that moment, in five queries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import BooleanField, CharField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from devices.models import DeviceKind, KindRequirement, Placement
from devices.readiness import (
    ABLE_TO_RECORD,
    ArrangementSpan,
    Fault,
    Missing,
    Outage,
    Placed,
    Service,
    SetRecord,
    down_since,
    service,
    set_status,
)
from kecamatan.models import Kecamatan
from kecamatan.scope import Scope
from lib.format import clock_id, day_id, number_id, since_id
from lib.month_choice import EARLIEST, Month
from lib.months import ZONE_ABBREVIATIONS, local_day, midnight, month_of
from lib.spans import Span
from repairs.models import Arrangement, Ticket, running_at
from repairs.models import Outage as OutageRow
from reports.crumbs import Crumb, crumbs
from reports.judge import INSTANT
from reports.models import Level
from reports.regions import Region
from reports.services import SERVICE_LABELS, SERVICES, Count, marks_of_services, ribbon_of_services

LEVELS = (Level.PROVINCE, Level.KABUPATEN, Level.KECAMATAN)
SET_WORDS = (("operational", "berfungsi"), ("limited", "terkendala"), ("down", "tidak berfungsi"))


class Asked(NamedTuple):
    """The day of a page and the moment at which it is judged, or the sentence that says why there is none."""

    day: date | None
    at: datetime
    said: str = ""


@dataclass(slots=True)
class Facts:
    """What covered the moment in one kecamatan."""

    sets: list[SetRecord] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    arrangements: list[ArrangementSpan] = field(default_factory=list)


class State(NamedTuple):
    """How a kecamatan was served, since when it was down, and its sets by status."""

    place: Any
    service: Service
    since: datetime | None
    sets: Counter[str]


class Line(NamedTuple):
    """A row of the table: a kecamatan, or a kabupaten with the number of its kecamatan that could record."""

    name: str
    url: str
    service: str
    text: str
    since: str
    sets: str


def asked_day(text: str, zone: str, now: datetime) -> Asked:
    """Return the day of an address (``YYYY-MM-DD``) and the end of it in ``zone``; of today, this moment."""
    today = local_day(now, zone)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return Asked(None, now, f"Tanggal “{text}” tidak terbaca. Tulis misalnya 2026-03-18.")
    if day > today:
        return Asked(None, now, f"{day_id(day)} belum tiba. Pilih hari ini atau sebelumnya.")
    if day < EARLIEST:
        return Asked(None, now, "Sebelum 2009 belum ada alat perekaman.")
    return Asked(day, now if day == today else midnight(day + timedelta(days=1), zone) - INSTANT)


def page(scope: Scope, region: Region, text: str) -> dict[str, Any]:
    """Return everything that the page of a region on a day shows, formatted."""
    now = timezone.now()
    asked = asked_day(text, region.zone, now)
    month = Month(month_of(asked.day or local_day(now, region.zone)), month_of(local_day(now, region.zone)))
    shown: dict[str, Any] = {
        "region": region,
        "crumbs": [*crumbs(region, scope, month, is_last=False), Crumb("Keadaan per tanggal", "")],
        "day_value": asked.day.isoformat() if asked.day else "",
        "last_day": local_day(now, region.zone).isoformat(),
        "said": asked.said,
        "month": month,
    }
    if asked.day is None:
        return shown
    states = read_states(region, asked.day, asked.at)
    return shown | _shown(region, asked, states, is_today=asked.day == local_day(now, region.zone))


def _shown(region: Region, asked: Asked, states: Sequence[State], *, is_today: bool) -> dict[str, Any]:
    counts = {code: 0 for code, _, _ in SERVICES} | Counter(state.service.value for state in states)
    able = sum(counts[code] for code in ABLE_TO_RECORD)
    sets = sum((state.sets for state in states), Counter[str]())
    clock = clock_id(asked.at, region.zone) if is_today else f"pukul 24.00 {ZONE_ABBREVIATIONS[region.zone]}"
    return {
        "day": day_id(asked.day) if asked.day else "",
        "moment": f"{day_id(asked.day)} {clock}" if asked.day else "",
        "able": number_id(able),
        "total": number_id(len(states)),
        "is_unknown": counts["no_report"] == len(states),
        "services": [Count(code, label, number_id(counts[code])) for code, label, _ in SERVICES],
        "marks": marks_of_services(counts, len(states)),
        "ribbon": ribbon_of_services(counts, len(states)),
        "sets": _sets_text(sets),
        "lines": _lines(region, asked, states),
        "head": "Kabupaten/kota" if region.level == Level.PROVINCE else "Kecamatan",
        "by_kabupaten": region.level == Level.PROVINCE,
    }


# --- Reading ----------------------------------------------------------------------------------------------------


def read_states(region: Region, day: date, at: datetime) -> list[State]:
    """Judge every kecamatan of a region at a moment of a local day, by code."""
    places = _places(region, day)
    kinds, required = _kinds(month_of(day))
    facts = _read_facts(region, at, kinds)
    return [_state(place, facts[place.pk], at, required) for place in places]


def _state(place: Kecamatan, facts: Facts, at: datetime, required: frozenset[str]) -> State:
    statuses = (set_status(record, at, required) for record in facts.sets)
    served = service(facts.sets, facts.outages, facts.arrangements, at, required)
    return State(
        place,
        served,
        None if served in ABLE_TO_RECORD else down_since(facts.sets, facts.outages, at, required),
        Counter(status.value for status in statuses if status),
    )


def _places(region: Region, day: date) -> list[Kecamatan]:
    """Return the kecamatan of a region that were not closed by a day; a kecamatan is itself."""
    if region.kecamatan is not None:
        return [region.kecamatan]
    places = Kecamatan.objects.filter(_inside(region, ""), Q(closed_on=None) | Q(closed_on__gt=day))
    return list(places.filter(kind=Kecamatan.Kind.KECAMATAN).select_related("kabupaten").order_by("code"))


def _inside(region: Region, path: str) -> Q:
    """Return the filter for what lies in a region, ``path`` leading to its kecamatan (with two underscores)."""
    if region.level == Level.PROVINCE:
        return Q(**{f"{path}kabupaten__province": region.pk})
    if region.level == Level.KABUPATEN:
        return Q(**{f"{path}kabupaten": region.pk})
    return Q(**{path.removesuffix("__") or "pk": region.pk})


def _kinds(month: date) -> tuple[dict[int, str], frozenset[str]]:
    """Return the codes of the kinds by key, and those that were required in a month."""
    holds = KindRequirement.objects.filter(
        Q(until_month=None) | Q(until_month__gt=month), kind=OuterRef("pk"), from_month__lte=month
    )
    rows = list(DeviceKind.objects.order_by().annotate(needed=Exists(holds)).values_list("pk", "code", "needed"))
    return {pk: code for pk, code, _ in rows}, frozenset(code for _, code, needed in rows if needed)


def _read_facts(region: Region, at: datetime, kinds: Mapping[int, str]) -> defaultdict[int, Facts]:
    """Read what covered a moment in the kecamatan of a region, in three queries."""
    facts: defaultdict[int, Facts] = defaultdict(Facts)
    faults, missing, places = _faults(region, at, kinds)
    placed: defaultdict[int, list[Placed]] = defaultdict(list)
    # Whether a placement covers the moment is asked of the database: of thousands, reading their moments costs most.
    standing, gone = Span(at), Span(at - INSTANT, at)
    rows = Placement.objects.filter(_inside(region, "recording_set__kecamatan__"), _in_use(at), started_at__lte=at)
    fields = ("recording_set__kecamatan", "recording_set", "device", "device__kind", "covers")
    ended = ExpressionWrapper(Q(ended_at=None) | Q(ended_at__gt=at), BooleanField())
    for place, key, device, kind, covers in rows.annotate(covers=ended).order_by().values_list(*fields):
        places[key] = place
        placed[key].append(Placed(device, kinds[kind], standing if covers else gone, faults.get(device, ())))
    for key, place in places.items():
        facts[place].sets.append(SetRecord(tuple(placed.get(key, ())), tuple(missing.get(key, ()))))
    for is_outage, place, what, start in _outages_and_arrangements(region, at):
        if is_outage:
            facts[place].outages.append(Outage(Span(start), what))
        else:
            facts[place].arrangements.append(ArrangementSpan(what, Span(start)))
    return facts


def _faults(
    region: Region, at: datetime, kinds: Mapping[int, str]
) -> tuple[dict[int, tuple[Fault, ...]], dict[int, list[Missing]], dict[int, int]]:
    """Return the faults that covered a moment by device, what was missing by set, and the places of these sets.

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
            missing[key].append(Missing(kinds[kind], Span(start, end)))
            places[key] = place
    return {device: tuple(found) for device, found in faults.items()}, missing, places


def _in_use(at: datetime) -> Q:
    """Return the filter for the placements in sets that were not withdrawn by a moment."""
    return Q(recording_set__withdrawn_at=None) | Q(recording_set__withdrawn_at__gt=at)


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


# --- Showing ----------------------------------------------------------------------------------------------------


def day_url(code: str, level: str, day: str) -> str:
    """Return the address of the state of a region on a day (``YYYY-MM-DD``)."""
    page = "kecamatan-detail" if level == Level.KECAMATAN else "region-detail"
    return f"{reverse(f'reports:{page}', args=[code])}?{urlencode({'per': day})}"


def _lines(region: Region, asked: Asked, states: Sequence[State]) -> list[Line]:
    day = asked.day.isoformat() if asked.day else ""
    if region.level != Level.PROVINCE:
        return [
            Line(
                state.place.name,
                day_url(state.place.code, Level.KECAMATAN, day) if region.level == Level.KABUPATEN else "",
                state.service.value,
                SERVICE_LABELS[state.service.value],
                since_id(state.since, asked.at, region.zone) if state.since else "–",
                _sets_text(state.sets),
            )
            for state in states
        ]
    groups: defaultdict[Any, list[State]] = defaultdict(list)
    for state in states:
        groups[state.place.kabupaten].append(state)
    return [_of_kabupaten(kabupaten, group, day) for kabupaten, group in groups.items()]


def _of_kabupaten(kabupaten: Any, states: Sequence[State], day: str) -> Line:
    known = any(state.service is not Service.NO_REPORT for state in states)
    able = sum(state.service in ABLE_TO_RECORD for state in states)
    stopped = [state.place.name.removeprefix("Kecamatan ") for state in states if state.service is Service.STOPPED]
    return Line(
        kabupaten.name,
        day_url(kabupaten.code, Level.KABUPATEN, day),
        "",
        f"{number_id(able)} / {number_id(len(states))}" if known else "belum lapor",
        ", ".join(stopped) or "–",
        _sets_text(sum((state.sets for state in states), Counter[str]())),
    )


def _sets_text(sets: Mapping[str, int]) -> str:
    words = [f"{number_id(sets[status])} {word}" for status, word in SET_WORDS if sets.get(status)]
    return ", ".join(words) or "tidak disebut"
