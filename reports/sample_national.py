"""Made-up data of the whole nation for twelve months, to measure with (design.md, section 7).

All is drawn from a fixed seed: the same regions and moment give the same rows. The rows are written in bulk, past the
domain functions, which the ordinary sample goes through: three million of them through guards, events and marks, one by
one, would take hours, and nothing here is to be proved. So there are no events, and the marks are made at the end from
the facts. An own database is asked for: nothing in it could be told from what people entered.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from random import Random
from typing import NamedTuple
from uuid import UUID

from django.db import models, transaction

from devices.models import Device, DeviceKind, InventoryCheck, KindRequirement, Placement, RecordingSet
from kecamatan.duty import semester_holds_from
from kecamatan.models import Cause, Hindrance, Kabupaten, Kecamatan, Population, Recording, TargetRule
from lib.format import number_id
from lib.months import WIB, local_day, midnight, month_of
from repairs.models import Arrangement, CauseStatement, LostRecords, Outage, Ticket
from repairs.workflow import CLOSES_AFTER, due_at
from reports import rollups
from reports.bulk import reset_keys, write_rows

Say = Callable[[str], object]

SEED = 2012
VERSION = 1  # raised whenever other rows are drawn: a measured database of another version is made anew
DAYS = 365
SETS_PER_KECAMATAN = 2
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
CAUSES = {
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
ROUTES = {
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
    """Everything that the rows are drawn from. Sets and devices are numbered from 1 in the order of the places."""

    now: datetime
    rng: Random
    places: list[Place]
    kinds: dict[str, int]
    required: frozenset[str]

    @property
    def today(self) -> date:
        """Return the day on which the twelve months end, in Jakarta."""
        return local_day(self.now, WIB)

    @property
    def first_day(self) -> date:
        """Return the first of the 365 days."""
        return self.today - timedelta(days=DAYS - 1)

    @property
    def span(self) -> tuple[int, int]:
        """Return the twelve months in epoch seconds, up to this moment."""
        return int(midnight(self.first_day, WIB).timestamp()), int(self.now.timestamp())

    def place_of(self, set_pk: int) -> Place:
        """Return where a set stands."""
        return self.places[(set_pk - 1) // SETS_PER_KECAMATAN]

    def moment(self) -> int:
        """Draw a moment of the twelve months, in epoch seconds."""
        return self.rng.randint(*self.span)

    def day(self) -> date:
        """Draw a day of the twelve months before today."""
        return self.first_day + timedelta(days=self.rng.randrange(DAYS - 1))


class NotEmptyError(Exception):
    """The database holds data that could not be told from the made-up one."""


def load_national(now: datetime, say: Say = print) -> None:
    """Write the nation's twelve months up to ``now`` into a database that holds regions and no more; roll them up.

    The rows come in one transaction, with ``NotEmptyError`` where there are others. ``say`` gets each step and its
    time. The rollup rows come afterwards in batches: after an interruption ``manage.py rollup`` goes on.
    """
    _refuse_other_data()
    started = time.perf_counter()
    with transaction.atomic():
        _write_all(_nation(now), say)
        Kabupaten.objects.update(has_sample_data=True)
        marks = rollups.forget()
    _drain(marks, say)
    say(f"Selesai dalam {time.perf_counter() - started:.0f} detik.")


def _refuse_other_data() -> None:
    for model in (Device, RecordingSet, Ticket, Recording, Population, TargetRule, InventoryCheck, Outage):
        if found := model._default_manager.count():
            raise NotEmptyError(
                f"Basis data ini sudah berisi {number_id(found)} {model._meta.verbose_name}. Data skala nasional hanya "
                "dimuat ke basis data baru yang berisi wilayah saja; arahkan DATABASE_URL ke sana."
            )
    if not Kecamatan.objects.exists():
        raise NotEmptyError("Wilayah belum ada. Jalankan dahulu: manage.py sync_regions")


def _drain(marks: int, say: Say) -> None:
    """Compute the rollup rows and say how far it is, every tenth of the way."""
    started, done, shown = time.perf_counter(), 0, 0
    for settled in rollups.drain():
        done += settled
        if done * 10 // marks > shown:
            shown = done * 10 // marks
            say(f"  rekap: {number_id(done)} dari {number_id(marks)} ({time.perf_counter() - started:.0f} detik)")


def _nation(now: datetime) -> Nation:
    rng = Random(SEED)
    rows = Kecamatan.objects.running().filter(kind=Kecamatan.Kind.KECAMATAN).order_by("code")
    fields = ("pk", "kabupaten_id", "kabupaten__province_id", "kabupaten__province__time_zone")
    return Nation(
        now=now,
        rng=rng,
        places=[_place(rng, *values) for values in rows.values_list(*fields)],
        kinds=dict(DeviceKind.objects.values_list("code", "pk")),
        required=frozenset(KindRequirement.objects.filter(until_month=None).values_list("kind__code", flat=True)),
    )


def _place(rng: Random, pk: int, kabupaten: int, province: int, zone: str) -> Place:
    population = int(rng.lognormvariate(10.2, 0.7)) + 1_500
    eligible = round(population * rng.uniform(0.68, 0.75))
    return Place(pk, kabupaten, province, zone, population, eligible, eligible * rng.uniform(0.004, 0.013) / 21)


def _write_all(nation: Nation, say: Say) -> None:
    units = _units(nation)
    faults = _faults(nation, units)
    ending = [fault for fault in faults if fault.unit]
    say(f"  {number_id(len(nation.places))} kecamatan, {number_id(len(faults))} kerusakan dirancang")
    del ending
    for title, model, names, rows in (
        ("penduduk", Population, POPULATION_FIELDS, _populations(nation)),
        ("target", TargetRule, TARGET_FIELDS, _targets(nation)),
        ("pendataan", InventoryCheck, ("kabupaten_id", "day"), _inventories(nation)),
        ("set", RecordingSet, ("id", "kecamatan_id", "label", "withdrawn_at", "version"), _sets(nation)),
        ("alat", Device, DEVICE_FIELDS, _devices(nation, units)),
        ("penempatan", Placement, ("device_id", "recording_set_id", "started_at", "ended_at"), _placements(units)),
        ("tiket", Ticket, TICKET_FIELDS, _tickets(nation, faults)),
        ("perekaman", Recording, RECORDING_FIELDS, _recordings(nation)),
        ("data hilang", LostRecords, LOSS_FIELDS, _losses(nation)),
    ):
        _write(title, model, names, rows, say)
    del model
