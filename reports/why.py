"""Why the target is not met, as the page of a region or a kecamatan says it: in a sentence and part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from kecamatan.models import Cause
from lib.format import number_id, percent_id
from lib.month_choice import Month
from reports.links import rows_url
from reports.models import Level, RegionMonth
from reports.regions import Region
from reports.selectors import percent, shortfall_of
from reports.shares import BAR_UNITS
from reports.shortfall import AHEAD, OTHER, PARTS
from reports.wording import FULL, HALF

# Of the expected days, in percent: with fewer reported, the parts would tell of missing counts more than of causes.
TELLS_FROM = 60

LABELS = {
    "central_server": "Server pusat",
    "network": "Jaringan",
    "power": "Listrik",
    "staff": "Petugas tidak ada",
    "devices": "Alat rusak atau tidak ada",
    "lost": "Data hilang",
    "unreported": "Hari tanpa laporan",
    OTHER: "Lainnya",
}
NOTES = {OTHER: "Warga tidak datang, pelayanan, atau sebab yang tidak disebut"}
# As the list of outages names them; power and staff are more than one cause.
CAUSES = {
    "central_server": Cause.CENTRAL_SERVER.value,
    "network": Cause.NETWORK.value,
    "power": "listrik",
    "staff": "petugas",
}


class Part(NamedTuple):
    """A part of the shortfall, with the way to the rows behind it where there are any."""

    label: str
    note: str
    people: str
    percent: str
    width: str
    url: str


@dataclass(frozen=True, slots=True)
class Why:
    """What a page says of a shortfall; ``unknown`` stands in place of the parts where they would tell nothing."""

    title: str
    sentence: str
    unknown: str
    unknown_url: str
    parts: list[Part]
    hosted: str
    source: str
    completeness: str


def why_of_report(report: Mapping[str, Any], region: Region, month: Month) -> Why | None:
    """Return why a region missed its targets; nothing where no kecamatan has one."""
    recording = report["recording"]
    met, of = recording["kecamatan_met"], recording["kecamatan_with_target"]
    where = f" di {number_id(of - met)} dari {number_id(of)} kecamatan yang bertarget"
    done = f"{number_id(of)} dari {number_id(of)} kecamatan yang bertarget mencapainya."
    return _why(Facts(report["shortfall"], where, done), region, month) if of else None


def why_of_row(row: RegionMonth | None, region: Region, month: Month) -> Why | None:
    """Return why a kecamatan missed its target; nothing where it has none."""
    if row is None or not row.kecamatan_with_target:
        return None
    where = f" dari target {number_id(row.target)} orang"
    return _why(Facts(shortfall_of(row), where, "Tidak ada kekurangan."), region, month)


class Facts(NamedTuple):
    """A shortfall by its parts, and the words for where it is and for none."""

    shortfall: Mapping[str, int]
    where: str
    done: str


def tells(shortfall: Mapping[str, int]) -> bool:
    """Say whether so many days were reported that the parts of a shortfall tell of causes."""
    share = percent(shortfall["days_reported"], shortfall["days_expected"])
    return share is None or share >= TELLS_FROM


def _why(facts: Facts, region: Region, month: Month) -> Why:
    reported, expected = facts.shortfall["days_reported"], facts.shortfall["days_expected"]
    share = percent(reported, expected)
    told = {part: facts.shortfall[part] for part in PARTS if part != AHEAD and facts.shortfall[part]}
    is_unknown = bool(told) and not tells(facts.shortfall)
    return Why(
        title="Mengapa target belum tercapai" if facts.shortfall["total"] else "Target tercapai",
        sentence=_sentence(facts, sum(told.values())),
        unknown=_unknown(share) if is_unknown else "",
        unknown_url=counts_url(region, month),
        parts=[] if is_unknown else _parts(told, region, month),
        hosted=_hosted(facts.shortfall["hosted_minutes"]),
        source=f"{number_id(reported)} dari {number_id(expected)} hari kerja yang bertarget dilaporkan",
        completeness=FULL if reported >= expected else HALF,
    )


def _sentence(facts: Facts, missing: int) -> str:
    """Say how many people are missing: of a running month apart from those whom the days ahead should bring."""
    ahead = facts.shortfall[AHEAD]
    if not facts.shortfall["total"]:
        return facts.done
    if not ahead:
        return f"Kurang {number_id(missing)} orang{facts.where}."
    later = f"{number_id(ahead)} orang lagi adalah bagian hari kerja yang masih ada bulan ini."
    if not missing:
        return f"Sampai tadi malam tidak tertinggal. {later}"
    return f"Sampai tadi malam tertinggal {number_id(missing)} orang{facts.where}. {later}"


def _unknown(share: float | None) -> str:
    return (
        f"Sebabnya tidak dapat dikatakan: baru {percent_id(share)} hari kerja dilaporkan. "
        f"Sebab dirinci bila sedikitnya {TELLS_FROM}% hari kerja dilaporkan."
    )


def _parts(told: Mapping[str, int], region: Region, month: Month) -> list[Part]:
    """Return the parts, the largest first and the rest last."""
    total = sum(told.values())
    ordered = sorted(told.items(), key=lambda item: (item[0] == OTHER, -item[1]))
    return [
        Part(
            LABELS[part],
            NOTES.get(part, ""),
            number_id(people),
            percent_id(percent(people, total)),
            f"{BAR_UNITS * people / total:.1f}",
            _url(part, region, month),
        )
        for part, people in ordered
    ]


def _hosted(minutes: int) -> str:
    if not minutes:
        return ""
    hours = f"{number_id(minutes // 60)} jam" if minutes >= 60 else f"{minutes} menit"
    return (
        f"Selama {hours} kerja yang berhenti itu warga bisa menumpang di tempat lain. Yang direkam di sana terhitung."
    )


def _url(part: str, region: Region, month: Month) -> str:
    """Return the way to the rows behind a part, in the lists that are narrowed to what the person may see."""
    if part in CAUSES:
        return rows_url("outage-list", region, keadaan="semua", penyebab=CAUSES[part], bulan=month.value)
    if part == "devices":
        return rows_url("ticket-list", region, keadaan="semua", bulan=month.value)
    if part == "lost":
        return rows_url("loss-list", region, bulan=month.value)
    return counts_url(region, month) if part == "unreported" else ""


def counts_url(region: Region, month: Month) -> str:
    """Return the address of the counts of a region's month."""
    places = {Level.KECAMATAN: "kecamatan", Level.DINAS: "kecamatan", Level.KABUPATEN: "kabupaten"}
    here = {places[Level(region.level)]: region.code} if region.level in places else {}
    return f"{reverse('repairs:recording-month')}?{urlencode({**here, 'bulan': month.value})}"
