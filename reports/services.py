"""How the kecamatan of a region are served: the first figure of its page, drawn as marks or as a ribbon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lib.format import UNKNOWN, number_id
from reports.links import kecamatan_url, place_url
from reports.wording import FULL, completeness_of, inventoried_text

# As many marks as people can still count by eye; a larger region is drawn as one ribbon.
MARKS_AT_MOST = 60
RIBBON_UNITS = 1000

SERVICES = (
    ("serving", "Melayani", "r-s"),
    ("limited", "Terbatas", "r-l"),
    ("hosted", "Menumpang", "r-h"),
    ("mobile", "Unit keliling", "r-m"),
    ("stopped", "Berhenti", "r-x"),
    ("no_report", "Belum lapor", "r-n"),
)
CLOSED = "gone"
"""Stands for the service of a kecamatan that was closed in the month; it counts among none of them."""

SERVICE_LABELS = {code: label for code, label, _ in SERVICES} | {CLOSED: "Sudah ditutup"}


class Count(NamedTuple):
    """A status with its word and its number."""

    code: str
    label: str
    number: str
    url: str = ""


class Silent(NamedTuple):
    """A kecamatan that was not heard from, by name; only a kabupaten names its own."""

    name: str
    url: str


@dataclass(slots=True)
class Headline:
    """Able to record, n of N, and how everybody else is served."""

    able: str
    total: str
    unit: str
    at_least: bool
    services: list[Count]
    marks: list[str] = field(default_factory=list)
    ribbon: list[dict[str, str]] = field(default_factory=list)
    signs: list[Count] = field(default_factory=list)
    silent: list[Silent] = field(default_factory=list)
    source: str = ""
    completeness: str = FULL
    url: str = ""

    @property
    def is_unknown(self) -> bool:
        """Say whether no kecamatan has reported."""
        return self.able == UNKNOWN


def headline(report: Mapping[str, Any], level: str) -> Headline:
    """Return the first figure of a page."""
    counts = report["kecamatan"]
    total, silent_on_all = counts["total"], counts["no_report"] == counts["total"]
    return Headline(
        url=_url(report, "able"),
        able=UNKNOWN if silent_on_all else number_id(counts["serving"] + counts["limited"]),
        total=number_id(total),
        unit="kecamatan",
        at_least=bool(counts["no_report"]) and not silent_on_all,
        services=[Count(code, label, number_id(counts[code]), _url(report, code)) for code, label, _ in SERVICES],
        marks=marks_of_services(counts, total),
        ribbon=ribbon_of_services(counts, total),
        signs=_signs(report),
        silent=[
            Silent(child["name"], place_url(child["code"], report["month"]))
            for child in report["children"]
            if child.get("is_silent")
        ],
        source=inventoried_text(report["completeness"], level),
        completeness=completeness_of(report["completeness"]),
    )


def marks_of_services(counts: Mapping[str, int], total: int) -> list[str]:
    """Return one mark for each kecamatan in the order of the services; none where they are too many to count."""
    return [code for code, _, _ in SERVICES for _ in range(counts[code])] if total <= MARKS_AT_MOST else []


def ribbon_of_services(counts: Mapping[str, int], total: int) -> list[dict[str, str]]:
    """Return the parts of a ribbon in a viewBox of 1000, one after the other; none where marks can be counted."""
    parts, start = [], 0.0
    for code, _, css in SERVICES if total > MARKS_AT_MOST else ():
        width = RIBBON_UNITS * counts[code] / total
        if width:
            parts.append({"css": css, "x": f"{start:.1f}", "width": f"{max(width - 1.5, 1):.1f}"})
        start += width
    return parts


def _signs(report: Mapping[str, Any]) -> list[Count]:
    """Return who was heard from lately, who was not, and who has no set on record."""
    counts = report["kecamatan"]
    off_record = counts["total"] - counts["confirmed"] - counts["silent"]
    return [
        Count("confirmed", "Ada kabar", number_id(counts["confirmed"]), _url(report, "confirmed")),
        Count("silent", "Tanpa kabar", number_id(counts["silent"]), _url(report, "silent")),
        Count("off_record", "Tanpa set tercatat", number_id(off_record), _url(report, "off_record")),
    ]


def _url(report: Mapping[str, Any], group: str) -> str:
    return kecamatan_url(report["region"]["code"], report["month"], group)
