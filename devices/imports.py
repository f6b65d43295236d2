"""Import files about the register: what stands in which set, and when the register was confirmed complete.

Reading and judging the rows of ``devices`` lies here; what they do to faults as well is ``repairs.device_imports``.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from devices.models import Device, DeviceKind, InventoryCheck, RecordingSet
from devices.register import confirm_inventory
from kecamatan.imports import Regions, terms_of
from kecamatan.models import Kabupaten, Kecamatan
from lib.dataset import Column, Entry, Outcome, Row, RowDataset
from lib.errors import Refused
from lib.parsing import day, flag, folded, identifier, moment, region_code, rupiah, term, text, year
from lib.tabular import Cell

OPERATIONAL, BROKEN, MISSING = "operational", "broken", "missing"
STATUSES = {
    "berfungsi": OPERATIONAL,
    OPERATIONAL: OPERATIONAL,
    "rusak": BROKEN,
    BROKEN: BROKEN,
    "down": BROKEN,
    "tidak berfungsi": BROKEN,
    "tidak ada": MISSING,
    MISSING: MISSING,
}
# Column of the file: field of the asset card.
CARD = {
    "merk": "brand",
    "model": "model",
    "kode_barang": "asset_code",
    "nomor_register": "register_number",
    "tahun": "acquired_year",
    "asal_usul": "source",
    "diserahterimakan": "handed_over",
    "harga": "price",
    "kondisi": "condition",
}


def set_label(cell: Cell) -> str:
    """Read the label of a set: "1", or "Set 1" for the same."""
    return re.sub(r"(?i)^set\s+", "", identifier(20)(cell))


class Kinds:
    """The kinds of components by code and by name."""

    def __init__(self) -> None:
        rows = list(DeviceKind.objects.all())
        self._kinds = {folded(name): row for row in rows for name in (row.code, row.name)}
        self._advice = ", ".join(row.name for row in rows)

    def find(self, name: str, *, column: str = "jenis") -> DeviceKind:
        """Return a kind by its code or name, however it is spaced; refused when there is none."""
        try:
            return self._kinds[folded(name)]
        except KeyError:
            raise Refused(f"“{name}” tidak dikenal. Pilih salah satu: {self._advice}.", field=column) from None


class Sets:
    """The recording sets of places by their labels, each looked up once."""

    def __init__(self) -> None:
        self._sets: dict[tuple[int, str], RecordingSet] = {}

    def find(self, place: Kecamatan, label: str, *, column: str = "set") -> RecordingSet:
        """Return a set of a place; refused when it is not on record."""
        key = place.pk, label
        if key not in self._sets:
            found = RecordingSet.objects.filter(kecamatan=place, label=label).first()
            if found is None:
                raise Refused(f"{place.name} tidak punya set {label}. Impor dulu alatnya.", field=column)
            found.kecamatan = place
            self._sets[key] = found
        return self._sets[key]


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """What a row says of one device in one set. ``None`` is what it does not name; moments are aware."""

    place: Kecamatan
    label: str
    kind: DeviceKind
    serial: str
    card: dict[str, Any]
    placed_at: datetime | None
    removed_at: datetime | None
    status: str
    since: datetime | None


class DeviceRows(RowDataset[DeviceRow]):
    """The register of devices: where each stands, since when, and whether it works."""

    name = "devices"
    columns: ClassVar = [
        Column("kode", region_code, required=True),
        Column("set", set_label, required=True),
        Column("jenis", text(40), required=True),
        Column("nomor_seri", identifier(60)),
        Column("merk", text(60)),
        Column("model", text(60)),
        Column("kode_barang", identifier(40)),
        Column("nomor_register", identifier(40)),
        Column("tahun", year),
        Column("dipasang", moment),
        Column("dilepas", moment),
        Column("asal_usul", term(terms_of(Device.Source))),
        Column("diserahterimakan", flag),
        Column("harga", rupiah),
        Column("kondisi", term(terms_of(Device.Condition))),
        Column("status", term(STATUSES)),
        Column("sejak", moment),
    ]
    fields: ClassVar = {
        "at": "dipasang",
        "device": "nomor_seri",
        "device_kind": "jenis",
        "failed_at": "sejak",
        "recording_set": "set",
        "serial": "nomor_seri",
        "acquired_year": "tahun",
        "price": "harga",
    }

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.regions, self.kinds = Regions(now), Kinds()

    def clean(self, row: Row) -> DeviceRow:
        """Refuse times to come, and an end before its start."""
        place = self.regions.place(row["kode"])
        placed_at, removed_at, since = (
            row[name] and self.regions.past_moment(row[name], place, column=name)
            for name in ("dipasang", "dilepas", "sejak")
        )
        if placed_at and removed_at and removed_at <= placed_at:
            raise Refused("Tanggal dilepas harus sesudah tanggal dipasang.", field="dilepas")
        if placed_at and since and since < placed_at:
            raise Refused("Alat ini dipasang sesudah tanggal itu. Periksa keduanya.", field="sejak")
        if (row["tahun"] or 0) > self.regions.today(place).year:
            raise Refused(f"Tahun {row['tahun']} belum tiba. Periksa tahunnya.", field="tahun")
        return DeviceRow(
            place=place,
            label=row["set"],
            kind=self.kinds.find(row["jenis"]),
            serial=row["nomor_seri"] or "",
            card={field: row[column] for column, field in CARD.items() if row[column] is not None},
            placed_at=placed_at,
            removed_at=removed_at,
            status=row["status"] or "",
            since=since,
        )

    def key(self, value: DeviceRow) -> Hashable:
        """One row per set and device; devices without a serial number are one per set and kind."""
        return value.place.pk, value.label, value.kind.pk, value.serial

    def write(self, entries: Sequence[Entry[DeviceRow]]) -> Counter[Outcome]:
        """Save a chunk, removals first: a device that moves leaves its old set before it enters the new one."""
        return super().write(sorted(entries, key=lambda entry: (entry.value.removed_at is None, entry.line)))

    @abstractmethod
    def save(self, value: DeviceRow) -> Outcome:
        """Bring the register, and the faults that the row states, to what it says."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """A kabupaten that confirmed its register complete on a day."""

    kabupaten: Kabupaten
    day: date


class InventoryImport(RowDataset[Inventory]):
    """The days on which kabupaten confirmed that their registers are complete."""

    name = "inventories"
    columns: ClassVar = [Column("kode", region_code, required=True), Column("tanggal", day, required=True)]

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.regions = Regions(now)

    def clean(self, row: Row) -> Inventory:
        """Refuse a day to come, by the clock of the dinas."""
        kabupaten = self.regions.kabupaten(row["kode"])
        dinas = self.regions.place(kabupaten.code)
        return Inventory(kabupaten, self.regions.not_in_future(row["tanggal"], dinas, column="tanggal"))

    def key(self, value: Inventory) -> Hashable:
        """One row per kabupaten and day."""
        return value.kabupaten.pk, value.day

    def save(self, value: Inventory) -> Outcome:
        """Confirm the register; a day that is known stays, and so does one that people took back."""
        if InventoryCheck.objects.filter(kabupaten=value.kabupaten, day=value.day).exclude(voided_at=None).exists():
            return Outcome.UNCHANGED
        is_new = confirm_inventory(value.kabupaten, day=value.day, by=None)
        return Outcome.ADDED if is_new else Outcome.UNCHANGED
