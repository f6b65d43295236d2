"""What happened in an invented year: the facts behind the province of today, drawn from a fixed seed.

All moments are naive and local to the province (WITA). The same ``now`` always gives the same year.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import NamedTuple

from kecamatan.models import Kecamatan
from lib.months import add_months, month_of
from lib.office import OfficeCalendar

SEED = 7501
MONTHS = 12

PINOGU = "75.03.18"  # No road leads there, and no set is on record.
REPLACED, OPEN_ELSEWHERE, HISTORY, POWER_CUTS = 4, 14, 190, 44


class Kind(NamedTuple):
    """A component as the files name it, with the prefix of its serials and its price in rupiah."""

    name: str
    prefix: str
    price: int
    required: bool  # a set cannot record without it
    causes: tuple[str, ...]  # what harms it
    share: float = 1.0  # of the sets that have one


KINDS = (
    Kind("server", "SRV", 28_500_000, True, ("listrik padam", "usia pakai", "panas", "petir", "virus")),
    Kind("pemindai sidik jari", "SJ", 9_200_000, True, ("kotor", "usia pakai", "suku cadang tidak ada")),
    Kind("pemindai iris", "IR", 21_000_000, True, ("usia pakai", "kotor", "belum diketahui")),
    Kind("kamera", "KAM", 6_800_000, True, ("usia pakai", "kelalaian petugas")),
    Kind("alat tanda tangan", "TT", 4_100_000, True, ("usia pakai", "kelalaian petugas")),
    Kind("monitor", "MON", 1_900_000, False, ("usia pakai", "listrik padam")),
    Kind("UPS", "UPS", 3_400_000, False, ("listrik padam", "daya tidak kuat", "usia pakai")),
    Kind("tripod", "TRI", 650_000, False, ("usia pakai",)),
    Kind("router", "RTR", 2_200_000, False, ("petir", "listrik padam"), 0.5),
    Kind("printer KTP-el", "PRN", 45_000_000, False, ("usia pakai", "suku cadang tidak ada"), 0.3),
)

# Route of a repair, the office days that it usually takes, its cost as a share of the price.
ROUTES = (
    ("lokal", 2, 0.02),
    ("lokal", 5, 0.04),
    ("penyedia", 10, 0.12),
    ("teknisi provinsi", 13, 0.0),
    ("teknisi pusat", 28, 0.0),
    ("dikirim ke pusat", 52, 0.15),
    ("kanibal", 7, 0.0),
)


@dataclass(frozen=True, slots=True)
class Device:
    """A component in a set; ``removed`` is the day on which a new one took its place or a thief took it."""

    code: str
    label: int
    kind: Kind
    serial: str
    placed: date
    removed: date | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a device between two moments; it still lasts where there is no end."""

    device: Device
    start: datetime
    end: datetime | None
    cause: str
    route: str = ""
    cost: int = 0

    def stops(self, moment: datetime) -> bool:
        """Say whether the set stands still at a moment because of it."""
        lasts = self.start <= moment and (self.end is None or moment < self.end)
        return lasts and self.device.kind.required


class Missing(NamedTuple):
    """A component that a set lacks since a day."""

    code: str
    label: int
    kind: Kind
    since: date


class Outage(NamedTuple):
    """A span in which places cannot record, or less."""

    codes: tuple[str, ...]
    start: datetime
    end: datetime | None
    cause: str
    certainty: str
    effect: str
    note: str = ""

    def stops(self, code: str, moment: datetime) -> bool:
        """Say whether it stops a place at a moment."""
        lasts = self.start <= moment and (self.end is None or moment < self.end)
        return lasts and self.effect == "berhenti" and any(code.startswith(place) for place in self.codes)


class Stay(NamedTuple):
    """The people of a kecamatan are served another way between two moments."""

    code: str
    kind: str
    start: datetime
    end: datetime | None
    host: str = ""


class Year:
    """The year up to ``now``: who has what trouble, every device, fault, outage and arrangement."""

    def __init__(self, now: datetime, places: Sequence[Kecamatan], calendar: OfficeCalendar) -> None:
        self.now, self.today = now, now.date()
        self.first = add_months(month_of(self.today), -MONTHS)
        self.rng = Random(SEED)
        self.place = {place.code: place for place in places}
        span = (self.first + timedelta(days=number) for number in range((self.today - self.first).days))
        self.days = [day for day in span if calendar.is_office_day(day)]
        self._cast()
        self.devices = list(self._stock())
        self.missing = self._lacks()
        self.faults: list[Fault] = []
        self._break()
        self.outages = list(self._outages())
        self.stays = list(self._stays())

    # --- who plays which part -------------------------------------------------------------------------------

    def _cast(self) -> None:
        """Give every kecamatan at most one part, and draw how many sets it has."""
        self.codes = [code for code, place in self.place.items() if not place.is_dinas]
        self.dinas = sorted({code[:5] for code in self.codes})
        free = [code for code in self.codes if code != PINOGU]
        self.sets = {code: 1 if self.rng.random() < 0.15 else 2 for code in free}
        self.sets |= dict.fromkeys(self.dinas, 2)
        self.rng.shuffle(free)
        deal = iter(free)
        # What they are now: without a word, stopped, guests of another, served by the mobile unit.
        self.silent, self.stopped, self.hosted, self.mobile = (
            [next(deal) for _ in range(number)] for number in (4, 3, 4, 1)
        )
        self.weak_power, self.power_cut, self.once_down = ([next(deal) for _ in range(number)] for number in (3, 2, 4))
        self.ordinary = sorted(deal)

    def _stock(self) -> Iterator[Device]:
        for code, sets in sorted(self.sets.items()):
            for label in range(1, sets + 1):
                for kind in KINDS:
                    if self.rng.random() < kind.share:
                        yield Device(code, label, kind, _serial(kind, code, label), self.first)

    def _lacks(self) -> list[Missing]:
        """Take components away from three sets: one stolen, two that never came."""
        double = [code for code in self.ordinary if self.sets[code] == 2]
        stolen, signature, tripod = self.rng.sample(double, 3)
        theft = self.days[-35]
        gone = [Missing(signature, 2, KINDS[4], self.first), Missing(tripod, 1, KINDS[7], self.first)]
        for lack in gone:
            self.devices.remove(self._device(lack.code, lack.label, lack.kind))
        self._remove(self._device(stolen, 2, KINDS[3]), theft)
        return [*gone, Missing(stolen, 2, KINDS[3], theft)]

    def _remove(self, device: Device, day: date) -> Device:
        left = Device(device.code, device.label, device.kind, device.serial, device.placed, day)
        self.devices[self.devices.index(device)] = left
        return left

    def _device(self, code: str, label: int, kind: Kind) -> Device:
        return next(d for d in self.devices if (d.code, d.label, d.kind) == (code, label, kind))

    # --- faults ---------------------------------------------------------------------------------------------

    def _break(self) -> None:
        """Draw the faults: some stop a kecamatan now or did once, others are open, most are repaired."""
        for code in [*self.stopped, *self.hosted, *self.mobile]:
            for label in range(1, self.sets[code] + 1):
                self._add(self._any_required(code, label), len(self.days) - self.rng.randint(5, 30), None)
        for code in self.once_down:
            start = self.rng.randint(60, len(self.days) - 60)
            for label in range(1, self.sets[code] + 1):
                self._add(self._any_required(code, label), start + label, start + self.rng.randint(9, 18))
        self._replace_some()
        for device in self._unhurt(OPEN_ELSEWHERE, lambda d: d.label == 2 or not d.kind.required):
            self._add(device, len(self.days) - self.rng.randint(2, 45), None)
        for device in self._unhurt(HISTORY, lambda _: True):
            self._add_repaired(device)

    def _any_required(self, code: str, label: int) -> Device:
        return self._device(code, label, self.rng.choice([kind for kind in KINDS if kind.required]))

    def _unhurt(self, number: int, wanted: Callable[[Device], bool]) -> list[Device]:
        """Return devices that stand in ordinary places all year and had no fault so far."""
        hurt = {fault.device.serial for fault in self.faults}
        places = {*self.ordinary, *self.dinas, *self.silent, *self.weak_power}
        stayed = [d for d in self.devices if d.placed == self.first and d.removed is None]
        return self.rng.sample([d for d in stayed if d.code in places and d.serial not in hurt and wanted(d)], number)

    def _replace_some(self) -> None:
        """Let new servers take the place of old ones; both histories stay."""
        for device in self._unhurt(REPLACED, lambda d: d.kind is KINDS[0]):
            failed = self.rng.randint(30, len(self.days) - 60)
            day = self.days[failed + self.rng.randint(15, 40)]
            old = self._remove(device, day)
            self.devices.append(Device(old.code, old.label, old.kind, f"{old.serial}-B", day))
            end = datetime.combine(day, time.min)
            self.faults.append(Fault(old, self._at(failed), end, "usia pakai", "penggantian", old.kind.price))

    def _add(self, device: Device, start: int, end: int | None) -> None:
        route = self.rng.choice(("", "lokal", "penyedia", "teknisi provinsi", "dikirim ke pusat"))
        cause = self.rng.choice(device.kind.causes)
        until = None if end is None else self._at(end)
        self.faults.append(Fault(device, self._at(start), until, cause, route if end is None else "lokal"))

    def _add_repaired(self, device: Device) -> None:
        route, usual, share = self.rng.choice(ROUTES)
        length = max(1, min(110, round(self.rng.expovariate(1 / usual))))
        start = self.rng.randrange(len(self.days) - length - 1)
        cost = round(device.kind.price * share * self.rng.uniform(0.6, 1.6), -4)
        cause = self.rng.choice(device.kind.causes)
        self.faults.append(Fault(device, self._at(start), self._at(start + length), cause, route, int(cost)))

    def _at(self, number: int) -> datetime:
        """Return a moment in the office hours of an office day of the year."""
        clock = time(self.rng.randint(8, 14), self.rng.choice((0, 5, 10, 20, 30, 40, 45, 50)))
        return datetime.combine(self.days[number], clock)

    # --- outages and arrangements ---------------------------------------------------------------------------

    def _outages(self) -> Iterator[Outage]:
        for day in (70, 171):
            start = self._at(day)
            end = start + timedelta(hours=4)
            yield Outage(("75",), start, end, "server pusat", "pasti", "berhenti", "Tidak ada jawaban.")
        for _ in range(POWER_CUTS):
            yield self._short_outage()
        for code in self.weak_power:
            start = self._at(len(self.days) - self.rng.randint(12, 40))
            yield Outage((code,), start, None, "daya tidak kuat", "pasti", "terbatas", "Komputer bergantian.")
        start = datetime.combine(self.days[-1], time(14, 10))
        yield Outage(tuple(sorted(self.power_cut)), start, None, "listrik padam", "diduga", "berhenti")

    def _short_outage(self) -> Outage:
        kabupaten = self.rng.choice(self.dinas)
        places = [code for code in self.codes if code.startswith(kabupaten) and code != PINOGU]
        codes = tuple(sorted(self.rng.sample(places, self.rng.randint(1, 3))))
        cause, hours = self.rng.choice((("listrik padam", 6), ("listrik padam", 4), ("jaringan", 40)))
        start = self._at(self.rng.randrange(len(self.days) - 8))
        effect = "berhenti" if self.rng.random() < 0.7 else "terbatas"
        certainty = "pasti" if self.rng.random() < 0.6 else "diduga"
        end = start + timedelta(hours=self.rng.randint(2, hours))
        return Outage(codes, start, end, cause, certainty, effect)

    def _stays(self) -> Iterator[Stay]:
        for code in [*self.hosted, *self.once_down]:
            start, end = self._down_between(code)
            yield Stay(code, "menumpang", start, end, self._nearest(code))
        for code in self.mobile:
            yield Stay(code, "unit keliling", self._down_between(code)[0] + timedelta(hours=18), None)
        for code in self.rng.sample(self.ordinary, 6):
            start = self._at(self.rng.randrange(len(self.days) - 10))
            yield Stay(code, "unit keliling", start, start + timedelta(days=2))
        planned = datetime.combine(self.today + timedelta(days=7), time(8))
        yield Stay(PINOGU, "unit keliling", planned, planned + timedelta(days=3))

    def _down_between(self, code: str) -> tuple[datetime, datetime | None]:
        """Return from when until when all sets of a place that was cast for it stood still."""
        faults = [fault for fault in self.faults if fault.device.code == code]
        ends = [fault.end for fault in faults if fault.end]
        return max(fault.start for fault in faults), min(ends, default=None)

    def _nearest(self, code: str) -> str:
        """Return the nearest kecamatan that always works, as the crow flies."""
        here = self.place[code]

        def distance(other: str) -> float:
            there = self.place[other]
            north = (there.latitude or 0) - (here.latitude or 0)
            return math.hypot(north, (there.longitude or 0) - (here.longitude or 0))

        return min((other for other in self.ordinary if self.sets[other] == 2), key=distance)

    # --- what a day was like --------------------------------------------------------------------------------

    def broken_sets(self, code: str, moment: datetime) -> int:
        """Return how many sets of a place stood still at a moment because of a fault."""
        faults = (fault for fault in self._faults_by_place.get(code, ()) if fault.stops(moment))
        return len({fault.device.label for fault in faults})

    @cached_property
    def _faults_by_place(self) -> dict[str, list[Fault]]:
        grouped: dict[str, list[Fault]] = defaultdict(list)
        for fault in self.faults:
            grouped[fault.device.code].append(fault)
        return dict(grouped)

    def cut_off_by(self, code: str, moment: datetime) -> str:
        """Return the cause of an outage that stopped a place at a moment; empty without one."""
        return next((outage.cause for outage in self.outages if outage.stops(code, moment)), "")

    def stay(self, code: str, moment: datetime) -> Stay | None:
        """Return how the people of a place were served elsewhere at a moment."""
        stays = (stay for stay in self.stays if stay.code == code)
        return next((s for s in stays if s.start <= moment and (s.end is None or moment < s.end)), None)


def _serial(kind: Kind, code: str, label: int) -> str:
    return f"{kind.prefix}-{code.replace('.', '')}-{label}"
