"""The state of a kecamatan, a kabupaten or a province at the end of a past day, from the spans and by the same rules.

No stored row is shown and none is computed: ``devices.readiness`` judges what covered that moment (``on_day_facts``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone

from devices.readiness import ABLE_TO_RECORD, Service, down_since, service, set_status
from kecamatan.scope import Scope
from lib.format import clock_id, day_id, number_id, since_id
from lib.month_choice import Month
from lib.months import EARLIEST_DAY, ZONE_ABBREVIATIONS, local_day, midnight, month_of
from reports.crumbs import Crumb, crumbs
from reports.judge import INSTANT
from reports.models import Level
from reports.on_day_facts import Facts, Kinds, Place, read_facts, read_kinds, read_places
from reports.regions import Region
from reports.services import MARKS_AT_MOST, SERVICE_LABELS, SERVICES, Count, marks_of_services, ribbon_of_services

LEVELS = (Level.PROVINCE, Level.KABUPATEN, Level.KECAMATAN)
KEPT_SECONDS = 60
ABLE = "able"
GROUPS = {ABLE: "Dapat merekam", **{code: label for code, label, _ in SERVICES}}
"""What may be asked of the table, by the code in the address."""

SET_WORDS = (("operational", "berfungsi"), ("limited", "terkendala"), ("down", "tidak berfungsi"))


class Asked(NamedTuple):
    """The day of a page and the moment at which it is judged, or the sentence that says why there is none."""

    day: date | None
    at: datetime
    said: str = ""


class State(NamedTuple):
    """How a kecamatan was served, since when it was down, and its sets by status."""

    place: Place
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
    if day < EARLIEST_DAY:
        return Asked(None, now, "Sebelum 2009 belum ada alat perekaman.")
    return Asked(day, now if day == today else midnight(day + timedelta(days=1), zone) - INSTANT)


def page(scope: Scope, region: Region, text: str, group: str = "") -> dict[str, Any]:
    """Return everything that the page of a region on a day shows, formatted.

    ``group`` is a service, or ``able``: then the table lists the kecamatan that are counted under it.
    """
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
    group = group if group in GROUPS else ""
    return shown | _kept(region, asked, group, is_today=asked.day == local_day(now, region.zone))


def _kept(region: Region, asked: Asked, group: str, *, is_today: bool) -> dict[str, Any]:
    """Return what a day shows, kept in each process for a minute or until a row of the region is written anew.

    Whatever changes a span marks months of its place, and a drain then writes rows anew; while any mark waits nothing
    is kept. Today changes by itself, so that it is kept for as long as its minute lasts.
    """
    day: date = asked.day  # type: ignore[assignment]  # a page without a day shows nothing
    kinds, standing = read_kinds(region, month_of(day))
    minute = f"{asked.at:%H:%M}" if is_today else ""
    key = blake2b(repr(("day", region.key, day, minute, standing.newest, group)).encode()).hexdigest()
    pages = caches["dashboards"]
    kept: dict[str, Any] | None = None if standing.waits else pages.get(key)
    if kept is None:
        kept = _shown(region, asked, group, read_states(region, day, asked.at, kinds), is_today=is_today)
        if not standing.waits:
            pages.set(key, kept, KEPT_SECONDS)
    return kept


def _shown(region: Region, asked: Asked, group: str, states: Sequence[State], *, is_today: bool) -> dict[str, Any]:
    counts = {code: 0 for code, _, _ in SERVICES} | Counter(state.service.value for state in states)
    able = sum(counts[code] for code in ABLE_TO_RECORD)
    sets = _sum_of(states)
    clock = clock_id(asked.at, region.zone) if is_today else f"pukul 24.00 {ZONE_ABBREVIATIONS[region.zone]}"
    return {
        "day": day_id(asked.day) if asked.day else "",
        "moment": f"{day_id(asked.day)} {clock}" if asked.day else "",
        "able": number_id(able),
        "total": number_id(len(states)),
        "is_unknown": counts["no_report"] == len(states),
        "able_url": _group_url(region, asked, ABLE) if able else "",
        "services": [
            Count(code, label, number_id(counts[code]), _group_url(region, asked, code)) for code, label, _ in SERVICES
        ],
        "marks": marks_of_services(counts, len(states)),
        "ribbon": ribbon_of_services(counts, len(states)) if len(states) > MARKS_AT_MOST else [],
        "sets": _sets_text(sets),
        "lines": _lines(region, asked, states, group),
        "head": "Kabupaten/kota" if region.level == Level.PROVINCE and not group else "Kecamatan",
        "by_kabupaten": region.level == Level.PROVINCE and not group,
        "group": GROUPS.get(group, ""),
        "all_url": _group_url(region, asked, ""),
    }


# --- Reading ----------------------------------------------------------------------------------------------------


def read_states(region: Region, day: date, at: datetime, kinds: Kinds) -> list[State]:
    """Judge every kecamatan of a region at a moment of a local day, by code.

    Most have nothing but sound sets: those with as many of them are judged once.
    """
    facts, states = read_facts(region, at, kinds), []
    known: dict[tuple[int, ...], tuple[Service, datetime | None, Counter[str]]] = {}
    for place in read_places(region, day):
        found = facts[place.pk]
        key = (*map(id, found.sets), *map(id, found.outages), *map(id, found.arrangements))
        if key not in known:
            known[key] = _judge(found, at, kinds.required)
        states.append(State(place, *known[key]))
    return states


def _judge(facts: Facts, at: datetime, required: frozenset[str]) -> tuple[Service, datetime | None, Counter[str]]:
    """Return how a kecamatan was served, since when it was down, and its sets by status."""
    statuses = (set_status(record, at, required) for record in facts.sets)
    served = service(facts.sets, facts.outages, facts.arrangements, at, required)
    since = None if served in ABLE_TO_RECORD else down_since(facts.sets, facts.outages, at, required)
    return served, since, Counter(status.value for status in statuses if status)


# --- Showing ----------------------------------------------------------------------------------------------------


def day_url(code: str, level: str, day: str) -> str:
    """Return the address of the state of a region on a day (``YYYY-MM-DD``)."""
    page = "kecamatan-detail" if level == Level.KECAMATAN else "region-detail"
    return f"{reverse(f'reports:{page}', args=[code])}?{urlencode({'per': day})}"


def _group_url(region: Region, asked: Asked, group: str) -> str:
    """Return the address of the kecamatan that are counted together; of a single kecamatan there is no more to show."""
    if region.level == Level.KECAMATAN or asked.day is None:
        return ""
    return day_url(region.code, region.level, asked.day.isoformat()) + (f"&keadaan={group}#h-tabel" if group else "")


def _is_in(state: State, group: str) -> bool:
    return state.service in ABLE_TO_RECORD if group == ABLE else not group or state.service.value == group


def _lines(region: Region, asked: Asked, states: Sequence[State], group: str) -> list[Line]:
    day = asked.day.isoformat() if asked.day else ""
    if region.level != Level.PROVINCE or group:
        return [
            Line(
                state.place.name,
                day_url(state.place.code, Level.KECAMATAN, day) if region.level != Level.KECAMATAN else "",
                state.service.value,
                SERVICE_LABELS[state.service.value],
                since_id(state.since, asked.at, region.zone) if state.since else "–",
                _sets_text(state.sets),
            )
            for state in states
            if _is_in(state, group)
        ]
    groups: defaultdict[str, list[State]] = defaultdict(list)
    for state in states:
        groups[state.place.kabupaten_code].append(state)
    return [_of_kabupaten(group, day) for group in groups.values()]


def _of_kabupaten(states: Sequence[State], day: str) -> Line:
    kabupaten = states[0].place
    known = any(state.service is not Service.NO_REPORT for state in states)
    able = sum(state.service in ABLE_TO_RECORD for state in states)
    stopped = [state.place.name.removeprefix("Kecamatan ") for state in states if state.service is Service.STOPPED]
    return Line(
        kabupaten.kabupaten_name,
        day_url(kabupaten.kabupaten_code, Level.KABUPATEN, day),
        "",
        f"{number_id(able)} / {number_id(len(states))}" if known else "belum lapor",
        ", ".join(stopped) or "–",
        _sets_text(_sum_of(states)),
    )


def _sum_of(states: Iterable[State]) -> Counter[str]:
    """Return the sets of some kecamatan by status."""
    total: Counter[str] = Counter()
    for state in states:
        total.update(state.sets)
    return total


def _sets_text(sets: Mapping[str, int]) -> str:
    words = [f"{number_id(sets[status])} {word}" for status, word in SET_WORDS if sets.get(status)]
    return ", ".join(words) or "tidak disebut"
