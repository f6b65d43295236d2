"""What the figures of a report are called, in which unit they are, and when they are known: pure functions.

A figure is named by its path in ``report --json`` (design.md, section 5), such as ``recording.net``. All files and all
comparisons of a report read figures here, so that they agree with each other and with the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lib.format import number_id, percent_id
from reports.why import LABELS as PART_LABELS
from reports.why import tells

Report = Mapping[str, Any]
Value = int | float | str | None

NO_REPORT, NOT_LISTED, NOT_LOADED, NONE = "belum lapor", "belum didata", "belum dimuat", "–"
PEOPLE, PLACES, MINUTES, PERCENT = "orang", "kecamatan", "menit", "%"
BANDS = ("full", "high", "middle", "low")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its path, what it is called with its group, and its unit; ``digits`` are those of a percentage."""

    path: str
    group: str
    label: str
    unit: str
    digits: int = 1

    @property
    def is_percent(self) -> bool:
        """Say whether it is a quotient, which follows from other figures and is never summed."""
        return self.unit == PERCENT


SERVICE, RECORDING, COVERAGE = "Layanan", "Perekaman", "Cakupan wajib KTP"
SHORTFALL = "Kekurangan dari target"
SETS, DEVICES, TICKETS, HOURS, REPORTED = "Set alat", "Komponen", "Kerusakan", "Jam kerja", "Kelengkapan"

FIGURES = (
    Figure("kecamatan.total", SERVICE, "Kecamatan", PLACES),
    Figure("kecamatan.able", SERVICE, "Dapat merekam", PLACES),
    Figure("kecamatan.serving", SERVICE, "Melayani", PLACES),
    Figure("kecamatan.limited", SERVICE, "Terbatas", PLACES),
    Figure("kecamatan.hosted", SERVICE, "Menumpang", PLACES),
    Figure("kecamatan.mobile", SERVICE, "Unit keliling", PLACES),
    Figure("kecamatan.stopped", SERVICE, "Berhenti", PLACES),
    Figure("kecamatan.no_report", SERVICE, "Belum lapor", PLACES),
    Figure("kecamatan.confirmed", SERVICE, "Ada kabar", PLACES),
    Figure("kecamatan.silent", SERVICE, "Tanpa kabar", PLACES),
    Figure("recording.eligible", RECORDING, "Wajib KTP", PEOPLE),
    Figure("recording.target", RECORDING, "Target", PEOPLE),
    Figure("recording.recorded", RECORDING, "Direkam", PEOPLE),
    Figure("recording.lost", RECORDING, "Data hilang", PEOPLE),
    Figure("recording.lost_suspected", RECORDING, "Diduga hilang", PEOPLE),
    Figure("recording.rerecorded", RECORDING, "Direkam ulang", PEOPLE),
    Figure("recording.net", RECORDING, "Rekam bersih", PEOPLE),
    Figure("recording.recorded_pct", RECORDING, "% wajib KTP", PERCENT),
    Figure("recording.achievement_pct", RECORDING, "Capaian target", PERCENT),
    Figure("recording.kecamatan_with_target", RECORDING, "Kecamatan bertarget", PLACES),
    Figure("recording.kecamatan_met", RECORDING, "Memenuhi target", PLACES),
    Figure("shortfall.total", SHORTFALL, "Seluruhnya", PEOPLE),
    *(Figure(f"shortfall.{part}", SHORTFALL, label, PEOPLE) for part, label in PART_LABELS.items()),
    Figure("shortfall.ahead", SHORTFALL, "Hari kerja yang masih ada", PEOPLE),
    Figure("coverage.population", COVERAGE, "Penduduk", PEOPLE),
    Figure("coverage.eligible", COVERAGE, "Wajib KTP", PEOPLE),
    Figure("coverage.recorded_total", COVERAGE, "Sudah rekam", PEOPLE),
    Figure("coverage.not_recorded", COVERAGE, "Belum rekam", PEOPLE),
    Figure("coverage.pct", COVERAGE, "Cakupan", PERCENT, 2),
    # The bands that are published; of the kecamatan whose coverage is known.
    Figure("coverage.band_full", COVERAGE, "Cakupan 100% atau lebih", PLACES),
    Figure("coverage.band_high", COVERAGE, "Cakupan 80–99,99%", PLACES),
    Figure("coverage.band_middle", COVERAGE, "Cakupan 60–79,99%", PLACES),
    Figure("coverage.band_low", COVERAGE, "Cakupan di bawah 60%", PLACES),
    Figure("sets.total", SETS, "Set tercatat", "set"),
    Figure("sets.operational", SETS, "Set berfungsi", "set"),
    Figure("sets.limited", SETS, "Set terkendala", "set"),
    Figure("sets.down", SETS, "Set tidak berfungsi", "set"),
    Figure("devices.total", DEVICES, "Terpasang", "komponen"),
    Figure("devices.working", DEVICES, "Bekerja", "komponen"),
    Figure("devices.broken", DEVICES, "Rusak", "komponen"),
    Figure("devices.missing", DEVICES, "Tidak ada", "komponen"),
    Figure("tickets.opened", TICKETS, "Mulai rusak", "tiket"),
    Figure("tickets.resolved", TICKETS, "Selesai", "tiket"),
    Figure("tickets.open", TICKETS, "Masih terbuka", "tiket"),
    Figure("tickets.overdue", TICKETS, "Lewat tenggat", "tiket"),
    Figure("downtime.office_minutes", HOURS, "Jam kerja", MINUTES),
    Figure("downtime.down_minutes", HOURS, "Tanpa alat", MINUTES),
    Figure("downtime.hosted_minutes", HOURS, "Tanpa alat, dilayani di tempat lain", MINUTES),
    Figure("downtime.down_pct", HOURS, "Bagian tanpa alat", PERCENT),
    Figure("downtime.outage_minutes", HOURS, "Gangguan", MINUTES),
    Figure("downtime.repairs", HOURS, "Perbaikan selesai", "tiket"),
    Figure("downtime.repair_minutes", HOURS, "Lama perbaikan", MINUTES),
    Figure("completeness.days_reported", REPORTED, "Hari dilaporkan", "hari"),
    Figure("completeness.days_expected", REPORTED, "Hari kerja", "hari"),
    Figure("completeness.kabupaten_inventoried", REPORTED, "Selesai mendata alat", "kabupaten/kota"),
    Figure("completeness.kabupaten_total", REPORTED, "Kabupaten/kota", "kabupaten/kota"),
)
BY_PATH = {figure.path: figure for figure in FIGURES}


def value_of(report: Report, path: str) -> int | float | None:
    """Return a figure of a report; ``None`` where 0 would only mean that nobody has reported it."""
    group, _, name = path.partition(".")
    if _is_unknown(report, path):
        return None
    derived = _DERIVED.get(path)
    return derived(report) if derived else report[group][name]


def unknown_word(report: Report, path: str) -> str:
    """Return what stands in place of a figure that is not known."""
    if not report["kecamatan"]["total"]:
        return NONE  # A dinas serves no kecamatan of its own.
    if path in ("recording.eligible", "coverage.population", "coverage.eligible"):
        return NOT_LOADED
    words = {"sets.total": NOT_LISTED, "kecamatan.able": NO_REPORT, **dict.fromkeys(_COUNTED, NO_REPORT)}
    return words.get(path, NONE)


def shown(report: Report, path: str) -> str:
    """Return a figure as people read it, or the word for what is not known."""
    value, figure = value_of(report, path), BY_PATH[path]
    if value is None:
        return unknown_word(report, path)
    return percent_id(value, figure.digits) if figure.is_percent else number_id(int(value))


_COUNTED = ("recording.recorded", "recording.net")


def _is_unknown(report: Report, path: str) -> bool:
    group, _, name = path.partition(".")
    known = _KNOWN.get(path) or _KNOWN.get(group)
    return (known is not None and not known(report)) or (name.endswith("pct") and not _has_whole(report, path))


def _is_served(report: Report) -> bool:
    counts = report["kecamatan"]
    return counts["no_report"] < counts["total"]


def _is_listed(report: Report) -> bool:
    return bool(report["sets"]["total"] or report["devices"]["total"] or report["devices"]["missing"])


def _is_told(report: Report, name: str) -> bool:
    """Say whether devices that are broken, or missing, are known: none of a register that nobody confirmed is not."""
    completeness = report["completeness"]
    confirmed = completeness["kabupaten_inventoried"] or not completeness["kabupaten_total"]
    return _is_listed(report) and bool(report["devices"][name] or confirmed)


def _is_counted(report: Report) -> bool:
    """Say whether anybody was heard of: the same rule as on the pages."""
    recording = report["recording"]
    return bool(report["completeness"]["days_reported"] or recording["recorded"] or recording["lost"])


def _tells(report: Report) -> bool:
    """Say whether the parts of a shortfall tell anything: the same rule as on the pages."""
    return bool(report["recording"]["kecamatan_with_target"]) and tells(report["shortfall"])


def _has_office_hours(report: Report) -> bool:
    return bool(report["downtime"]["office_minutes"])


def _has_coverage(report: Report) -> bool:
    return report["coverage"]["pct"] is not None


def _band(name: str) -> Callable[[Report], int]:
    return lambda report: report["coverage"]["bands"][name]


def _has_whole(report: Report, path: str) -> bool:
    if path == "downtime.down_pct":
        return _has_office_hours(report)
    group, _, name = path.partition(".")
    return report[group][name] is not None and (group == "coverage" or _is_counted(report))


_KNOWN: dict[str, Callable[[Report], bool]] = {
    "kecamatan": _is_served,
    "kecamatan.total": lambda report: bool(report["kecamatan"]["total"]),
    "kecamatan.no_report": lambda report: bool(report["kecamatan"]["total"]),
    "sets": _is_listed,
    "devices": _is_listed,
    "devices.broken": lambda report: _is_told(report, "broken"),
    "devices.missing": lambda report: _is_told(report, "missing"),
    "recording.recorded": _is_counted,
    "recording.net": _is_counted,
    "recording.eligible": lambda report: bool(report["recording"]["eligible"]),
    "recording.target": lambda report: bool(report["recording"]["target"]),
    "recording.kecamatan_with_target": lambda report: bool(report["recording"]["kecamatan_with_target"]),
    "recording.kecamatan_met": lambda report: bool(report["recording"]["kecamatan_with_target"]),
    "shortfall.total": lambda report: bool(report["recording"]["kecamatan_with_target"]),
    "shortfall": _tells,
    "coverage.population": lambda report: bool(report["coverage"]["population"]),
    "coverage.eligible": lambda report: bool(report["coverage"]["eligible"]),
    "coverage.recorded_total": _has_coverage,
    "coverage.not_recorded": _has_coverage,
    **{f"coverage.band_{band}": _has_coverage for band in BANDS},
    "downtime.office_minutes": _has_office_hours,
    "downtime.hosted_minutes": _has_office_hours,
    "downtime.down_minutes": _has_office_hours,
    "downtime.outage_minutes": _has_office_hours,
    "completeness.days_expected": lambda report: bool(report["completeness"]["days_expected"]),
    "completeness.days_reported": lambda report: bool(report["completeness"]["days_expected"]),
}

_DERIVED: dict[str, Callable[[Report], int | float]] = {
    "kecamatan.able": lambda report: report["kecamatan"]["serving"] + report["kecamatan"]["limited"],
    # Of the kecamatan of which both are known; more may be recorded than there are wajib KTP.
    "coverage.not_recorded": lambda report: (
        report["coverage"]["eligible_with_recorded"] - report["coverage"]["recorded_total"]
    ),
    **{f"coverage.band_{band}": _band(band) for band in BANDS},
    "downtime.hosted_minutes": lambda report: report["shortfall"]["hosted_minutes"],
    "downtime.down_pct": lambda report: 100 * report["downtime"]["down_minutes"] / report["downtime"]["office_minutes"],
}
