"""How the kecamatan of a region are served: the first figure of its page, drawn as marks or as a ribbon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from devices.readiness import ABLE_TO_RECORD
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
SILENT, SILENT_LABEL = "silent", "Tanpa kabar"
SHOWN_LABELS = {**SERVICE_LABELS, SILENT: SILENT_LABEL}
"""What a single kecamatan is shown as, by :func:`shown_service`."""

# A mark for each kecamatan stands in this order: who needs somebody comes last.
MARK_ORDER = (*(code for code, *_ in SERVICES if code != "no_report"), SILENT, "no_report")
SIGNS = (("confirmed", "r-c"), (SILENT, "r-d"), ("off_record", "r-q"))


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
    ribbon_of_signs: list[dict[str, str]] = field(default_factory=list)
    signs: list[Count] = field(default_factory=list)
    silent: list[Silent] = field(default_factory=list)
    source: str = ""
    completeness: str = FULL
    url: str = ""

    @property
    def is_unknown(self) -> bool:
        """Say whether no kecamatan has reported."""
        return self.able == UNKNOWN


def shown_service(service: str, *, is_silent: bool) -> str:
    """Return as what a kecamatan is shown: who works by the records, and was not heard from, is silent.

    For more than two office days (design.md, section 3). Who cannot record is known well enough.
    """
    return SILENT if is_silent and service in ABLE_TO_RECORD else service


def headline(report: Mapping[str, Any], level: str) -> Headline:
    """Return the first figure of a page."""
    counts = report["kecamatan"]
    total, silent_on_all = counts["total"], counts["no_report"] == counts["total"]
    # Of a larger region it is known how many are silent, not which of the services theirs is: no mark may say so.
    is_ribbon = level != "kabupaten" or total > MARKS_AT_MOST
    return Headline(
        url=_url(report, "able"),
        able=UNKNOWN if silent_on_all else number_id(counts["serving"] + counts["limited"]),
        total=number_id(total),
        unit="kecamatan",
        at_least=bool(counts["no_report"]) and not silent_on_all,
        services=[Count(code, label, number_id(counts[code]), _url(report, code)) for code, label, _ in SERVICES],
        marks=marks_of_services(_shown_counts(report), total) if level == "kabupaten" else [],
        ribbon=ribbon_of_services(counts, total) if is_ribbon else [],
        ribbon_of_signs=_ribbon(_sign_counts(counts), SIGNS, total) if is_ribbon else [],
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
    return [code for code in MARK_ORDER for _ in range(counts.get(code, 0))] if total <= MARKS_AT_MOST else []


def _shown_counts(report: Mapping[str, Any]) -> Counter[str]:
    """Return the kecamatan of a kabupaten by what they are shown as."""
    shown = Counter({code: report["kecamatan"][code] for code, *_ in SERVICES})
    for child in report["children"]:
        if child.get("is_silent") and child["service"] in ABLE_TO_RECORD:
            shown[child["service"]] -= 1
            shown[SILENT] += 1
    return shown


def ribbon_of_services(counts: Mapping[str, int], total: int) -> list[dict[str, str]]:
    """Return the parts of a ribbon in a viewBox of 1000, one after the other."""
    return _ribbon(counts, [(code, css) for code, _, css in SERVICES], total)


def _ribbon(counts: Mapping[str, int], kinds: Iterable[tuple[str, str]], total: int) -> list[dict[str, str]]:
    parts, start = [], 0.0
    for code, css in kinds if total else ():
        width = RIBBON_UNITS * counts[code] / total
        if width:
            parts.append({"css": css, "x": f"{start:.1f}", "width": f"{max(width - 1.5, 1):.1f}"})
        start += width
    return parts


def _signs(report: Mapping[str, Any]) -> list[Count]:
    """Return who was heard from lately, who was not, and who has no set on record."""
    words = {"confirmed": "Ada kabar", SILENT: SILENT_LABEL, "off_record": "Tanpa set tercatat"}
    counts = _sign_counts(report["kecamatan"])
    return [Count(code, word, number_id(counts[code]), _url(report, code)) for code, word in words.items()]


def _sign_counts(counts: Mapping[str, int]) -> dict[str, int]:
    heard, silent = counts["confirmed"], counts["silent"]
    return {"confirmed": heard, SILENT: silent, "off_record": counts["total"] - heard - silent}


def _url(report: Mapping[str, Any], group: str) -> str:
    return kecamatan_url(report["region"]["code"], report["month"], group)
