"""The figures under the headline of a region, each with its unit and how complete its source is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.format import UNKNOWN, number_id, percent_id
from repairs.device_filters import BROKEN, MISSING
from reports.links import devices_url, kecamatan_url, open_tickets_url
from reports.wording import FULL, HALF, NIL, completeness_of, inventoried_text, month_text, semester_text

STATUSES = {"broken": BROKEN, "missing": MISSING}
# From what records a figure is made.
COUNTS = "Jumlah rekam harian dan catatan data hilang"
TARGETS = "Aturan target, jumlah rekam harian dan catatan data hilang"
REGISTER = "Register alat dan tiket kerusakan"
TICKETS = "Tiket kerusakan"
HOURS = "Tiket kerusakan, gangguan dan jam kerja kantor"


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: ``at_least`` where part is missing, and how complete its source is.

    ``unit`` and ``source`` are the lines beside and below it; ``measure`` is the unit by itself, ``origin`` names the
    records that it is made from.
    """

    label: str
    value: str
    unit: str = ""
    source: str = ""
    completeness: str = ""
    at_least: bool = False
    url: str = ""
    measure: str = ""
    origin: str = ""

    @property
    def is_unknown(self) -> bool:
        """Say whether there is no number at all."""
        return self.value == UNKNOWN


def tiles(report: Mapping[str, Any]) -> list[Tile]:
    """Return all figures under the headline."""
    return [*target_tiles(report), *device_tiles(report), tickets_tile(report)]


def target_tiles(report: Mapping[str, Any]) -> list[Tile]:
    """Return the figures of target and realisation."""
    return [_met_tile(report), _net_tile(report), _coverage_tile(report)]


def device_tiles(report: Mapping[str, Any], *, is_current: bool = False) -> list[Tile]:
    """Return the figures of sets, devices and the hours without any.

    Only of the month that runs can the list of devices show the ones that were counted.
    """
    return [
        _sets_tile(report),
        _device_tile(report, "broken", "Komponen rusak", is_current=is_current),
        _device_tile(report, "missing", "Komponen tidak ada", is_current=is_current),
        _downtime_tile(report),
    ]


def _kecamatan(report: Mapping[str, Any], group: str = "", order: str = "") -> str:
    return kecamatan_url(report["region"]["code"], report["month"], group, order)


def _met_tile(report: Mapping[str, Any]) -> Tile:
    recording = report["recording"]
    if not recording["kecamatan_with_target"]:
        said = f"Belum ada target {month_text(report)}"
        return Tile("Memenuhi target", UNKNOWN, "", said, NIL, measure="kecamatan", origin=TARGETS)
    with_target, total = recording["kecamatan_with_target"], report["kecamatan"]["total"]
    of_all = with_target == total
    return Tile(
        "Memenuhi target",
        number_id(recording["kecamatan_met"]),
        f"dari {number_id(with_target)} kecamatan{'' if of_all else ' yang bertarget'}",
        f"Target bersama {number_id(recording['target'])} orang",
        FULL if of_all else HALF,
        url=_kecamatan(report, "met"),
        measure="kecamatan",
        origin=TARGETS,
    )


def _net_tile(report: Mapping[str, Any]) -> Tile:
    recording, days = report["recording"], report["completeness"]
    if not days["days_reported"] and not recording["recorded"] and not recording["lost"]:
        source = f"0 dari {number_id(days['days_expected'])} hari kerja dilaporkan"
        return Tile("Rekam bersih", UNKNOWN, "", source, NIL, measure="orang", origin=COUNTS)
    parts = []
    if recording["achievement_pct"] is not None:
        parts.append(f"{percent_id(recording['achievement_pct'])} dari target")
    parts.append(f"{number_id(days['days_reported'])} dari {number_id(days['days_expected'])} hari kerja dilaporkan")
    parts += _losses(recording)
    complete = days["days_reported"] >= days["days_expected"]
    return Tile(
        "Rekam bersih",
        number_id(recording["net"]),
        "orang",
        " · ".join(parts),
        FULL if complete else HALF,
        at_least=not complete,
        url=_kecamatan(report, order="capaian" if recording["target"] else ""),
        measure="orang",
        origin=COUNTS,
    )


def achievement_of(report: Mapping[str, Any]) -> float | None:
    """Return what was reached of the target in percent; unknown while no day was reported."""
    recording = report["recording"]
    heard = report["completeness"]["days_reported"] or recording["net"]
    return recording["achievement_pct"] if heard else None


def _losses(recording: Mapping[str, Any]) -> list[str]:
    words = (
        ("lost", "data hilang"),
        ("lost_suspected", "diduga hilang"),
        ("rerecorded", "direkam ulang"),
    )
    return [f"{number_id(recording[name])} {word}" for name, word in words if recording[name]]


def _coverage_tile(report: Mapping[str, Any]) -> Tile:
    coverage, semester = report["coverage"], semester_text(report["month"])
    if coverage["pct"] is None:
        source = no_coverage_text(coverage["eligible"], report["month"])
        return Tile("Cakupan wajib KTP", UNKNOWN, "", source, NIL, measure="persen", origin=semester)
    known, total = sum(coverage["bands"].values()), report["kecamatan"]["total"]
    people, eligible = number_id(coverage["recorded_total"]), number_id(coverage["eligible_with_recorded"])
    where = "" if known == total else f" di {number_id(known)} dari {number_id(total)} kecamatan"
    return Tile(
        "Cakupan wajib KTP",
        percent_id(coverage["pct"], 2),
        "",
        f"{people} sudah rekam dari {eligible} wajib KTP{where}, {semester}",
        FULL if known == total else HALF,
        url=_kecamatan(report),
        measure="persen",
        origin=semester,
    )


def no_coverage_text(eligible: int, month: str) -> str:
    """Return what is missing for the coverage: the whole DKB of the semester, or only who is recorded already."""
    missing = "Jumlah yang sudah rekam" if eligible else "Data"
    return f"{missing} {semester_text(month)} belum dimuat"


def _sets_tile(report: Mapping[str, Any]) -> Tile:
    sets = report["sets"]
    if not sets["total"]:
        said = "Belum ada set yang didata"
        return Tile("Set tidak berfungsi", UNKNOWN, "", said, NIL, measure="set", origin=REGISTER)
    completeness = completeness_of(report["completeness"])
    return Tile(
        "Set tidak berfungsi",
        number_id(sets["down"]),
        f"dari {number_id(sets['total'])} set",
        f"{number_id(sets['limited'])} terkendala, {number_id(sets['operational'])} berfungsi",
        completeness,
        at_least=completeness != FULL and bool(sets["down"]),
        url=_kecamatan(report, "set_down"),
        measure="set",
        origin=REGISTER,
    )


def _device_tile(report: Mapping[str, Any], name: str, label: str, *, is_current: bool) -> Tile:
    """A total over an unfinished inventory is a lower bound; without a device on record it is not known at all."""
    devices, completeness = report["devices"], completeness_of(report["completeness"])
    if not devices["total"] and not devices["missing"]:
        said = "Belum ada alat yang didata"
        return Tile(label, UNKNOWN, "", said, NIL, measure="komponen", origin=REGISTER)
    unit = f"dari {number_id(devices['total'])} terpasang" if name == "broken" else "komponen"
    at_least = completeness != FULL and bool(devices[name])
    source = inventoried_text(report["completeness"], report["region"]["level"])
    if not devices[name] and completeness == NIL:
        # Of a register that nobody has confirmed, none is not known to be none.
        return Tile(label, UNKNOWN, "", source, NIL, measure="komponen", origin=REGISTER)
    region = report["region"]
    return Tile(
        label,
        number_id(devices[name]),
        unit,
        source,
        completeness,
        at_least=at_least,
        url=devices_url(region["code"], region["level"], status=STATUSES[name]) if is_current else "",
        measure="komponen",
        origin=REGISTER,
    )


def tickets_tile(report: Mapping[str, Any], *, is_current: bool = False) -> Tile:
    """Return how many faults last, and how many began and ended in the month."""
    tickets, region = report["tickets"], report["region"]
    return Tile(
        "Tiket terbuka",
        number_id(tickets["open"]),
        "tiket",
        f"{number_id(tickets['overdue'])} lewat tenggat · {month_text(report)}: "
        f"{number_id(tickets['opened'])} dibuka, {number_id(tickets['resolved'])} selesai",
        url=open_tickets_url(region["code"], region["level"], report["month"], is_current=is_current),
        measure="tiket",
        origin=TICKETS,
    )


def _downtime_tile(report: Mapping[str, Any]) -> Tile:
    downtime = report["downtime"]
    if not downtime["office_minutes"]:
        said = "Belum ada jam kerja yang tercatat"
        return Tile("Jam kerja tanpa alat", UNKNOWN, "", said, NIL, measure="persen jam kerja", origin=HOURS)
    share = 100 * downtime["down_minutes"] / downtime["office_minutes"]
    hours = number_id(downtime["down_minutes"] // 60)
    source = "Waktu tanpa satu pun set yang berfungsi, dari jam kerja kecamatan yang punya set"
    return Tile(
        "Jam kerja tanpa alat",
        percent_id(share),
        f"{hours} jam",
        source,
        url=_kecamatan(report, "down_hours", "jam"),
        measure="persen jam kerja",
        origin=HOURS,
    )
