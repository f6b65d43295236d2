"""Twelve made-up months of the whole nation: what ``reports.sample_national`` writes, drawn from a fixed seed.

The same regions and the same moment give the same rows. Moments are drawn as whole seconds since 1970 (UTC). Rows come
as plain tuples in the order of the columns that stand above each function.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from devices.models import DeviceKind, KindRequirement
from kecamatan.duty import office_calendar, semester_holds_from
from kecamatan.models import Cause, Hindrance, Kecamatan
from lib.months import WIB, local_day, midnight, month_of
from repairs.models import Arrangement, Ticket
from repairs.workflow import CLOSES_AFTER, due_at

Rows = Iterator[tuple[Any, ...]]

SEED = 2012
DAYS = 365
SETS_PER_KECAMATAN = 2
KECAMATAN = 7_285  # of so many the numbers below hold; of fewer regions, as a test has, fewer
TICKETS = 500_000
HOUR, DAY = 3_600, 86_400

# The nine components of a set, with how often each fails compared with the others.
COMPONENTS = {
    "server": 5,
    "pc": 4,
    "monitor": 2,
    "fingerprint_scanner": 8,
    "iris_scanner": 5,
    "camera": 4,
    "tripod": 1,
    "signature_pad": 5,
    "ups": 7,
}
LACKING = ("generator", "vsat", "router", "card_reader")
CAUSES: dict[str, int] = {
    Cause.WEAR: 30,
    Cause.WEAK_POWER: 14,
    Cause.POWER_OUTAGE: 12,
    Cause.UNKNOWN: 12,
    Cause.LIGHTNING: 7,
    Cause.DIRT: 7,
    Cause.OVERHEATING: 5,
    Cause.NETWORK: 4,
    Cause.MALWARE: 3,
    Cause.HUMAN_ERROR: 3,
    Cause.NO_PARTS: 2,
    Cause.OTHER: 1,
}
ROUTES: dict[str, int] = {
    Ticket.Route.LOCAL: 50,
    Ticket.Route.VENDOR: 18,
    Ticket.Route.PROVINCIAL_TEAM: 10,
    Ticket.Route.SENT_TO_CENTRE: 8,
    Ticket.Route.CANNIBALIZE: 6,
    Ticket.Route.CENTRE_TEAM: 5,
    Ticket.Route.REPLACEMENT: 3,
}
PRIORITIES = {"urgent": 8, "high": 22, "normal": 55, "low": 15}
CHANNELS = {"app": 70, "whatsapp": 18, "phone": 10, "letter": 2}
UNDER_REPAIR = {"triaged": 20, "in_progress": 40, "waiting_parts": 25, "waiting_centre": 12, "reopened": 3}
NEVER_REPAIRED, REPLACED, REJECTED, SETS_LACKING = 0.03, 0.005, 0.012, 0.02
OUTAGES, ARRANGEMENTS, LOSSES, OWN_TARGETS = 300, 400, 250, 200


class Place(NamedTuple):
    """A kecamatan, with what is drawn for it once: its people and how many of them come on a working day."""

    pk: int
    kabupaten: int
    province: int
    zone: str
    population: int
    eligible: int
    usual: float


class Unit(NamedTuple):
    """A device: its kind and set, and in epoch seconds when it was placed and, if ever, removed."""

    kind: str
    set_pk: int
    begin: int
    end: int | None


class Fault(NamedTuple):
    """A fault in epoch seconds; ``unit`` is the key of the device, 0 for a component that ``set_pk`` lacks."""

    failed: int
    restored: int | None
    unit: int
    set_pk: int
    kind: str


@dataclass(frozen=True, slots=True)
class Nation:
    """Everything that the rows are drawn from. Sets and devices are numbered from 1 in the order of the places.

    The 365 days from ``first_day`` to ``today`` are Jakarta's; ``span`` is the same up to ``now``, in epoch seconds.
    """

    now: datetime
    today: date
    first_day: date
    span: tuple[int, int]
    rng: Random
    places: list[Place]
    kinds: dict[str, int]
    required: frozenset[str]

    def share(self, number: int) -> int:
        """Return how much of a number of the nation's the places have, at least 1."""
        return max(1, round(number * len(self.places) / KECAMATAN))

    def place_of(self, set_pk: int) -> Place:
        """Return where a set stands."""
        return self.places[(set_pk - 1) // SETS_PER_KECAMATAN]

    def moment(self) -> int:
        """Draw a moment of the twelve months, in epoch seconds."""
        return self.rng.randint(*self.span)

    def day(self) -> date:
        """Draw a day of the twelve months before today."""
        return self.first_day + timedelta(days=self.rng.randrange(DAYS - 1))


def draw_nation(now: datetime) -> Nation:
    """Read the regions and kinds, and draw the people of each kecamatan."""
    rng = Random(SEED)
    rows = Kecamatan.objects.running().filter(kind=Kecamatan.Kind.KECAMATAN).order_by("code")
    fields = ("pk", "kabupaten_id", "kabupaten__province_id", "kabupaten__province__time_zone")
    today = local_day(now, WIB)
    first_day = today - timedelta(days=DAYS - 1)
    return Nation(
        now=now,
        today=today,
        first_day=first_day,
        span=(int(midnight(first_day, WIB).timestamp()), int(now.timestamp())),
        rng=rng,
        places=[_place(rng, *values) for values in rows.values_list(*fields)],
        kinds=dict(DeviceKind.objects.values_list("code", "pk")),
        required=frozenset(KindRequirement.objects.filter(until_month=None).values_list("kind__code", flat=True)),
    )


def _place(rng: Random, pk: int, kabupaten: int, province: int, zone: str) -> Place:
    population = int(rng.lognormvariate(10.2, 0.7)) + 1_500
    eligible = round(population * rng.uniform(0.68, 0.75))
    return Place(pk, kabupaten, province, zone, population, eligible, eligible * rng.uniform(0.004, 0.013) / 21)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _drawn(rng: Random, weights: Mapping[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


# --- The duty ---------------------------------------------------------------------------------------------------

POPULATION_FIELDS = ("kecamatan_id", "semester", "holds_from", "population", "eligible", "recorded_total")


def populations(nation: Nation) -> Rows:
    """Yield the DKB figures of every semester that holds in the twelve months."""
    for number, semester in enumerate(_semesters(nation.first_day, nation.today)):
        growth = 1 + number / 200
        for place in nation.places:
            eligible = round(place.eligible * growth)
            covered = round(eligible * nation.rng.uniform(0.9, 0.995))
            holds_from = semester_holds_from(semester)
            yield place.pk, semester, holds_from, round(place.population * growth), eligible, covered


def _semesters(first: date, last: date) -> Iterator[str]:
    for year in range(first.year - 1, last.year + 1):
        for semester, until in ((f"{year}-1", date(year, 12, 31)), (f"{year}-2", date(year + 1, 6, 30))):
            if until >= first and semester_holds_from(semester) <= last:
                yield semester


TARGET_FIELDS = (
    *("kabupaten_id", "kecamatan_id", "starts_on", "percent", "count", "version"),
    *("voided_at", "voided_by_id", "void_reason"),
)
_STANDS = (1, None, None, "")


def targets(nation: Nation) -> Rows:
    """Yield a percentage for every kabupaten, and a count for some kecamatan of their own."""
    first = month_of(nation.first_day)
    for kabupaten in sorted({place.kabupaten for place in nation.places}):
        yield kabupaten, None, first, nation.rng.choice(("0.600", "0.750", "0.900", "1.200")), None, *_STANDS
    for place in nation.rng.sample(nation.places, nation.share(OWN_TARGETS)):
        yield None, place.pk, first, None, nation.rng.choice((90, 120, 150, 200)), *_STANDS


RECORDING_FIELDS = ("kecamatan_id", "day", "place_id", "by_mobile_unit", "recorded", "printed", "hindrance")


def recordings(nation: Nation) -> Rows:
    """Yield a count for every kecamatan and day, by day; a few kecamatan have fallen silent for their last days."""
    calendar, rng = office_calendar(), nation.rng
    silent = {place.pk: rng.randint(5, 20) for place in rng.sample(nation.places, len(nation.places) // 50)}
    for left in reversed(range(DAYS)):
        day = nation.today - timedelta(days=left)
        opens = calendar.is_office_day(day)
        for place in nation.places:
            if left >= silent.get(place.pk, 0):
                yield place.pk, day, place.pk, False, *_count(rng, place.usual, opens)


def _count(rng: Random, usual: float, opens: bool) -> tuple[int, int, str]:
    if not opens:
        return 0, 0, Hindrance.HOLIDAY
    recorded = max(0, round(rng.gauss(usual, usual * 0.35)))
    return recorded, int(recorded * 0.9), "" if recorded else Hindrance.NOBODY_CAME


LOSS_FIELDS = (
    *("kecamatan_id", "day", "count", "cause", "certainty", "rerecorded", "rerecorded_on", "note", "version"),
    *("voided_at", "voided_by_id", "void_reason"),
)


RERECORDING_FIELDS = ("loss_id", "day", "number", "recorded_by_id", "voided_at", "voided_by_id", "void_reason")


def losses(nation: Nation) -> Rows:
    """Yield lost records, some of them recorded again ten days later."""
    rng = nation.rng
    for place in rng.sample(nation.places, nation.share(LOSSES)):
        count, day = rng.randint(5, 400), nation.day()
        again = rng.randint(0, count) if rng.random() < 0.6 else 0
        later = min(day + timedelta(days=10), nation.today) if again else None
        certainty = rng.choice(("confirmed", "suspected"))
        yield place.pk, day, count, Cause.MALWARE, certainty, again, later, "", 1, None, None, ""


# --- Sets and devices -------------------------------------------------------------------------------------------

SET_FIELDS = ("id", "kecamatan_id", "label", "withdrawn_at", "version")


def sets(nation: Nation) -> Rows:
    """Yield the sets of every kecamatan."""
    for index, place in enumerate(nation.places):
        for number in range(1, SETS_PER_KECAMATAN + 1):
            yield index * SETS_PER_KECAMATAN + number, place.pk, str(number), None, 1


def draw_units(nation: Nation) -> list[Unit]:
    """Draw the nine devices of each set; some were replaced, their successors stand at the end."""
    begin = nation.span[0] + 8 * HOUR
    sets_total = len(nation.places) * SETS_PER_KECAMATAN
    units = [Unit(kind, set_pk, begin, None) for set_pk in range(1, sets_total + 1) for kind in COMPONENTS]
    for index in nation.rng.sample(range(len(units)), round(len(units) * REPLACED)):
        at = nation.rng.randint(begin + 60 * DAY, nation.span[1])
        units.append(units[index]._replace(begin=at))
        units[index] = units[index]._replace(end=at)
    return units


DEVICE_FIELDS = (
    *("id", "kind_id", "kecamatan_id", "serial", "brand", "model", "asset_code", "register_number", "acquired_year"),
    *("source", "handed_over", "price", "condition", "whereabouts", "version"),
)
ORIGINS = (("centre", "Contoh Satu", 2011), ("centre", "Contoh Dua", 2012), ("apbd", "Contoh Tiga", 2019))


def devices(nation: Nation, units: list[Unit]) -> Rows:
    """Yield the asset card of every device."""
    for pk, unit in enumerate(units, start=1):
        source, brand, year = nation.rng.choice(ORIGINS)
        card = f"SN{pk:07d}", brand, unit.kind[:3].upper(), "3.10.01.02", f"{pk:06d}", year, source, year < 2012
        state = ("major_damage", "stored") if unit.end else ("good", "in_set")
        yield pk, nation.kinds[unit.kind], nation.place_of(unit.set_pk).pk, *card, 12_500_000, *state, 1


PLACEMENT_FIELDS = ("device_id", "recording_set_id", "started_at", "ended_at")


def placements(units: list[Unit]) -> Rows:
    """Yield where each device stands."""
    for pk, unit in enumerate(units, start=1):
        yield pk, unit.set_pk, _moment(unit.begin), _moment(unit.end)


INVENTORY_FIELDS = ("kabupaten_id", "day", "void_reason")


def inventories(nation: Nation) -> Rows:
    """Yield the day on which a kabupaten confirmed its register; every seventh has not."""
    for kabupaten in sorted({place.kabupaten for place in nation.places}):
        if nation.rng.random() < 6 / 7:
            yield kabupaten, nation.day(), ""


# --- Faults -----------------------------------------------------------------------------------------------------


def draw_faults(nation: Nation, units: list[Unit]) -> list[Fault]:
    """Draw as many faults as there shall be tickets, the oldest first; those of one device never overlap."""
    lacking = _lacking(nation)
    weights = [COMPONENTS[unit.kind] * ((unit.end or nation.span[1]) - unit.begin) for unit in units]
    struck = nation.rng.choices(range(1, len(units) + 1), weights, k=nation.share(TICKETS) - len(lacking))
    faults = [fault for pk, number in Counter(struck).items() for fault in _of_unit(nation, units[pk - 1], pk, number)]
    return sorted([*lacking, *faults], key=attrgetter("failed", "set_pk", "unit"))


def _lacking(nation: Nation) -> list[Fault]:
    """Some sets lack a supporting component since they came on record."""
    total = len(nation.places) * SETS_PER_KECAMATAN
    lacking = nation.rng.sample(range(1, total + 1), round(total * SETS_LACKING))
    return [Fault(nation.span[0] + 9 * HOUR, None, 0, pk, nation.rng.choice(LACKING)) for pk in lacking]


def _of_unit(nation: Nation, unit: Unit, pk: int, number: int) -> Iterator[Fault]:
    """One fault in each of equal parts of the device's time; the last of a running device may still last."""
    rng, last = nation.rng, unit.end or nation.span[1]
    part = (last - unit.begin) // number
    for index in range(number):
        begin = unit.begin + index * part
        failed = begin + int(part * rng.uniform(0.01, 0.6))
        restored: int | None = failed + 1 + min(int(rng.lognormvariate(10.8, 1.2)), int(part * 0.38))
        if index == number - 1:
            restored = _last_end(rng, unit, failed, restored or last)
        yield Fault(failed, restored, pk, unit.set_pk, unit.kind)


def _last_end(rng: Random, unit: Unit, failed: int, restored: int) -> int | None:
    """The fault for which a device was replaced ends with its placement."""
    if unit.end:
        return unit.end
    return None if rng.random() < NEVER_REPAIRED else restored


TICKET_FIELDS = (
    *("id", "fault", "kecamatan_id", "recording_set_id", "device_kind_id", "device_id", "effect", "failed_at"),
    *("restored_at", "note", "status", "version", "priority", "route", "cost", "assignee_id", "promised_on", "due_at"),
    *("duplicate_of_id", "follows_id", "client_key", "payload_hash", "reported_by_id", "reporter_name", "channel"),
    *("reported_at", "triaged_at", "resolved_at", "closed_at", "cause", "certainty", "voided_at", "voided_by_id"),
    *("void_reason", "message"),
)


def tickets(nation: Nation, faults: list[Fault]) -> Rows:
    """Yield the ticket of each fault, numbered from 1 in their order."""
    for pk, fault in enumerate(faults, start=1):
        yield pk, *_what(nation, fault), *_work(nation, fault)


def _what(nation: Nation, fault: Fault) -> tuple[Any, ...]:
    place = nation.place_of(fault.set_pk)
    stops = nation.rng.random() < (0.7 if fault.kind in nation.required else 0.03)
    return (
        *("broken" if fault.unit else "missing", place.pk, fault.set_pk, nation.kinds[fault.kind], fault.unit or None),
        *("stopped" if stops and fault.unit else "limited", _moment(fault.failed), _moment(fault.restored), ""),
    )


def _work(nation: Nation, fault: Fault) -> tuple[Any, ...]:
    rng, now = nation.rng, nation.now
    reported = min(_after(rng, fault.failed, 10 * HOUR), now)
    status = _status(nation, fault)
    priority = _drawn(rng, PRIORITIES)
    due = due_at(priority, reported, nation.place_of(fault.set_pk).zone)
    route = "" if status in ("reported", "triaged", "rejected") else _drawn(rng, ROUTES)
    cost = rng.randrange(50, 3_000) * 1_000 if route == "vendor" and fault.restored else None
    cause = _drawn(rng, CAUSES)
    certainty = "suspected" if cause == Cause.UNKNOWN else rng.choice(("suspected", "certain"))
    triaged = None if status == "reported" else min(reported + timedelta(hours=rng.randint(1, 30)), now)
    resolved = _moment(fault.restored) if status in ("resolved", "closed") else None
    closed = _closed_at(nation, status, resolved, triaged)
    key = UUID(int=rng.getrandbits(128), version=4)
    digest = hashlib.sha256(key.bytes).hexdigest()
    return (
        *(status, 1, priority, route, cost, None, None, due, None, None, key, digest, None, ""),
        *(_drawn(rng, CHANNELS), reported, triaged, resolved, closed, cause, certainty, None, None, "", ""),
    )


def _after(rng: Random, seconds: int, at_most: int) -> datetime:
    return datetime.fromtimestamp(seconds + rng.randint(0, at_most), UTC)


def _status(nation: Nation, fault: Fault) -> str:
    rng, now = nation.rng, nation.span[1]
    if fault.unit and rng.random() < REJECTED:
        return Ticket.Status.REJECTED.value
    if fault.restored is None:
        return "reported" if now - fault.failed < 2 * DAY else _drawn(rng, UNDER_REPAIR)
    confirmed = now - fault.restored > CLOSES_AFTER.total_seconds() or rng.random() < 0.4
    return "closed" if confirmed else "resolved"


def _closed_at(nation: Nation, status: str, resolved: datetime | None, triaged: datetime | None) -> datetime | None:
    if status == "rejected":
        return triaged
    if status != "closed" or resolved is None:
        return None
    return min(resolved + timedelta(hours=nation.rng.randint(1, 24 * CLOSES_AFTER.days)), nation.now)


STATEMENT_FIELDS = ("ticket_id", "outage_id", "cause", "certainty", "by_staff", "stated_by_id", "source", "stated_at")


def statement(of: tuple[int | None, int | None], cause: str, certainty: str, at: datetime) -> tuple[Any, ...]:
    """Return what was stated of a ticket or an outage, by its key."""
    return *of, cause, certainty, False, None, "", at


# --- Outages and arrangements -----------------------------------------------------------------------------------

OUTAGE_FIELDS = (
    *("id", "started_at", "ended_at", "effect", "promised_at", "note", "version", "client_key", "payload_hash"),
    *("reported_by_id", "reported_at", "cause", "certainty", "voided_at", "voided_by_id", "void_reason"),
)


def outages(nation: Nation) -> Rows:
    """Yield outages of some hours to two days."""
    rng = nation.rng
    for pk in range(1, nation.share(OUTAGES) + 1):
        start = rng.randint(nation.span[0] + 10 * DAY, nation.span[1] - DAY)
        ended = start + rng.randint(2 * HOUR, 48 * HOUR)
        key = UUID(int=rng.getrandbits(128), version=4)
        cause = Cause.CENTRAL_SERVER if pk % 100 == 0 else rng.choice((Cause.POWER_OUTAGE, Cause.NETWORK))
        yield (
            *(pk, _moment(start), _moment(ended) if ended < nation.span[1] else None, "stopped", None, "", 1, key, ""),
            *(None, _moment(start), cause, "suspected", None, None, ""),
        )


OUTAGE_PLACE_FIELDS = ("outage_id", "kecamatan_id")


def outage_places(nation: Nation) -> Rows:
    """Yield the places of each outage: every hundredth strikes a province, the others a kabupaten or a kecamatan."""
    for pk in range(1, nation.share(OUTAGES) + 1):
        struck = nation.rng.choice(nation.places)
        for place in nation.places:
            whole = place.province == struck.province if pk % 100 == 0 else place.kabupaten == struck.kabupaten
            if (whole and pk % 2 == 0) or place.pk == struck.pk:
                yield pk, place.pk


ARRANGEMENT_FIELDS = (
    *("kecamatan_id", "kind", "started_at", "ended_at", "host_id", "version"),
    *("voided_at", "voided_by_id", "void_reason"),
)


def arrangements(nation: Nation) -> Rows:
    """Yield a stay of some weeks with a neighbour of the same kabupaten, or a visit of the mobile unit."""
    rng = nation.rng
    neighbours = {key: list(group) for key, group in groupby(nation.places, key=lambda place: place.kabupaten)}
    for place in rng.sample(nation.places, nation.share(ARRANGEMENTS)):
        start = nation.moment()
        ended = start + rng.randint(3, 60) * DAY
        host = rng.choice(neighbours[place.kabupaten])
        hosted = host.pk != place.pk
        kind = Arrangement.Kind.HOSTED if hosted else Arrangement.Kind.MOBILE_UNIT
        span = _moment(start), _moment(ended) if ended < nation.span[1] else None
        yield place.pk, kind.value, *span, host.pk if hosted else None, 1, None, None, ""
