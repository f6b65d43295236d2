"""Turns a report into what a page shows: every number with its unit, its moment and its completeness, as text.

Formatting happens here once, so that templates only place strings (design.md, section 7).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from accounts.signatories import shown_nip
from kecamatan.models import Cause
from kecamatan.scope import Scope
from lib.charts import Bar, bar
from lib.format import UNKNOWN, moment_id, month_end_id, month_id, number_id, percent_id
from lib.month_choice import Month
from repairs.models import Ticket
from reports.crumbs import crumbs
from reports.months import month_options
from reports.selectors import Region
from reports.surroundings import Surroundings

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
SERVICE_LABELS = {code: label for code, label, _ in SERVICES}
CHILD_LEVELS = {"nation": "Provinsi", "province": "Kabupaten/kota", "kabupaten": "Kecamatan"}
# From the worst; who has not reported is unknown and comes last.
SERVICE_RANKS = {"stopped": 0, "hosted": 1, "mobile": 2, "limited": 3, "serving": 4}
SORTS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "nama": lambda child: shown_name(child["name"]),
    "mampu": lambda child: _ability(child),
    "bersih": lambda child: child["net"],
    "target": lambda child: child["target"] or None,
    "rekam": lambda child: child["recorded_pct"],
    "capaian": lambda child: child["achievement_pct"],
}
SORT_WORDS = {
    ("nama", False): "Urut menurut nama.",
    ("nama", True): "Urut menurut nama, dari Z.",
    ("mampu", False): "Urut dari bagian yang dapat merekam paling kecil.",
    ("mampu", True): "Urut dari bagian yang dapat merekam paling besar.",
    ("bersih", False): "Urut dari rekam bersih paling sedikit.",
    ("bersih", True): "Urut dari rekam bersih paling banyak.",
    ("target", False): "Urut dari target paling kecil.",
    ("target", True): "Urut dari target paling besar.",
    ("rekam", False): "Urut dari bagian wajib KTP yang direkam paling kecil.",
    ("rekam", True): "Urut dari bagian wajib KTP yang direkam paling besar.",
    ("capaian", False): "Urut dari capaian target terendah.",
    ("capaian", True): "Urut dari capaian target tertinggi.",
}
SERVICE_SORT_WORDS = {
    False: "Urut dari layanan yang paling terganggu.",
    True: "Urut dari layanan yang paling lancar.",
}
FULL, HALF, NIL = "full", "half", "nil"
NO_REPORT, NONE = "belum lapor", "–"


class Order(NamedTuple):
    """By what the table of children is sorted, named as in the address."""

    name: str
    descending: bool


class Count(NamedTuple):
    """A status with its word and its number."""

    code: str
    label: str
    number: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: ``at_least`` where part is missing, and how complete its source is."""

    label: str
    value: str
    unit: str = ""
    source: str = ""
    completeness: str = ""
    at_least: bool = False

    @property
    def is_unknown(self) -> bool:
        """Say whether there is no number at all."""
        return self.value == UNKNOWN


@dataclass(frozen=True, slots=True)
class Child:
    """A row of the table of children."""

    name: str
    url: str
    service: str
    service_label: str
    able: str
    net: str
    target: str
    recorded: str
    achievement: str
    bar: Bar | None
    priority: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A head of the table of children, with the link that sorts by it."""

    label: str
    url: str
    direction: str
    css: str


@dataclass(frozen=True, slots=True)
class Share:
    """A cause, a route or a kind with its number and its part of all."""

    label: str
    number: str
    width: str
    percent: str


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
    source: str = ""
    completeness: str = FULL

    @property
    def is_unknown(self) -> bool:
        """Say whether no kecamatan has reported."""
        return self.able == UNKNOWN


def page(
    scope: Scope,
    region: Region,
    month: Month,
    report: Mapping[str, Any],
    around: Surroundings,
    asked_order: str | None,
) -> dict[str, Any]:
    """Return everything that the page of a region places, formatted."""
    level = region.level
    children = honest_children(report["children"])
    order = order_of(asked_order, children)
    is_asked = order.name == (asked_order or "").removeprefix("-")
    has_target = any(child["target"] for child in children)
    return {
        "region": region,
        "month": month,
        "months": month_options(month, around.first_month),
        "crumbs": crumbs(region, scope, month),
        "subtitle": subtitle(report, level),
        "has_sample_data": around.has_sample_data,
        "as_of": UNKNOWN if is_empty(report) else as_of_text(report, region.zone),
        "pending": pending_text(around.pending),
        "is_empty": is_empty(report),
        "nothing_yet": nothing_yet(level, month, around.last_month),
        "headline": headline(report, level),
        "tiles": tiles(report, level),
        "achievement": bar(achievement_of(report)),
        "achievement_text": percent_id(achievement_of(report)),
        "kinds": kind_rows(report, around.kind_names),
        "causes": cause_shares(report),
        "routes": route_shares(report),
        "columns": columns(level, order, month, child_word(level, children), has_target=has_target),
        "children": child_rows(children, order, month),
        "children_title": child_word(level, children),
        "asked_order": asked_order if is_asked else "",
        "sorted_by": order_words(level, order),
        "by_kecamatan": level == "kabupaten",
        "has_target": has_target,
        "signatory": signatory_text(around.signatory),
    }


def subtitle(report: Mapping[str, Any], level: str) -> str:
    """Return what lies in a region, in the words of its level."""
    sizes = [
        f"{number_id(report['kecamatan']['total'])} kecamatan",
        f"{number_id(report['sets']['total'])} set tercatat",
    ]
    if level in ("nation", "province"):
        sizes.insert(0, f"{number_id(report['completeness']['kabupaten_total'])} kabupaten/kota")
    code = [] if level == "nation" else [f"Kode {report['region']['code']}"]
    return " · ".join(code + sizes)


def is_empty(report: Mapping[str, Any]) -> bool:
    """Say whether nothing at all is on record of the region in the month."""
    return not report["has_rows"]


def nothing_yet(level: str, month: Month, last: date | None) -> dict[str, str]:
    """Return what to do about a month of which nothing is known, with the way to the last one that was reported."""
    advice = {
        "nation": "Pilih bulan lain, atau buka provinsi di bawah ini.",
        "province": "Pilih bulan lain, atau minta dinas kabupaten/kota memuat data alat dan perekamannya.",
        "kabupaten": "Pilih bulan lain, atau muat berkas alat, target dan perekaman dari dinas.",
    }
    found = {"title": f"Belum ada data {month.label}", "advice": advice[level]}
    if last is None or last == month.chosen:
        return found
    return found | {
        "url": f"?bulan={last:%Y-%m}",
        "action": f"Buka {month_id(last)}, bulan terakhir yang ada laporannya",
    }


def as_of_text(report: Mapping[str, Any], zone: str) -> str:
    """Return the moment of the figures: a month's end is its last day at 24.00, never the next day's midnight."""
    moment = datetime.fromisoformat(report["as_of"])
    midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    if midnight and f"{moment:%Y-%m}" != report["month"]:
        return month_end_id(moment)
    return moment_id(moment, zone)


def pending_text(pending: int) -> str:
    """Return how many changes wait to be computed, or nothing."""
    return f"{number_id(pending)} perubahan belum dihitung" if pending else ""


def headline(report: Mapping[str, Any], level: str) -> Headline:
    """Return the first figure of a page."""
    counts = report["kecamatan"]
    total, silent_on_all = counts["total"], counts["no_report"] == counts["total"]
    return Headline(
        able=UNKNOWN if silent_on_all else number_id(counts["serving"] + counts["limited"]),
        total=number_id(total),
        unit="kecamatan",
        at_least=bool(counts["no_report"]) and not silent_on_all,
        services=[Count(code, label, number_id(counts[code])) for code, label, _ in SERVICES],
        marks=_marks(counts) if total <= MARKS_AT_MOST else [],
        ribbon=_ribbon(counts) if total > MARKS_AT_MOST else [],
        signs=_signs(counts),
        source=_inventoried(report["completeness"], level),
        completeness=_completeness(report["completeness"]),
    )


def _marks(counts: Mapping[str, int]) -> list[str]:
    return [code for code, _, _ in SERVICES for _ in range(counts[code])]


def _ribbon(counts: Mapping[str, int]) -> list[dict[str, str]]:
    """Return the parts of a ribbon in a viewBox of 1000, one after the other."""
    parts, start = [], 0.0
    for code, _, css in SERVICES:
        width = RIBBON_UNITS * counts[code] / counts["total"]
        if width:
            parts.append({"css": css, "x": f"{start:.1f}", "width": f"{max(width - 1.5, 1):.1f}"})
        start += width
    return parts


def _signs(counts: Mapping[str, int]) -> list[Count]:
    """Return who was heard from lately, who was not, and who has no set on record."""
    off_record = counts["total"] - counts["confirmed"] - counts["silent"]
    return [
        Count("confirmed", "Ada kabar", number_id(counts["confirmed"])),
        Count("silent", "Tanpa kabar", number_id(counts["silent"])),
        Count("off_record", "Tanpa set tercatat", number_id(off_record)),
    ]


def _completeness(completeness: Mapping[str, int]) -> str:
    if not completeness["kabupaten_inventoried"]:
        return NIL
    return FULL if completeness["kabupaten_inventoried"] == completeness["kabupaten_total"] else HALF


def _inventoried(completeness: Mapping[str, int], level: str) -> str:
    done, total = completeness["kabupaten_inventoried"], completeness["kabupaten_total"]
    if level in ("nation", "province"):
        return f"{number_id(done)} dari {number_id(total)} kabupaten/kota selesai mendata alat"
    return (
        "Alat selesai didata dalam 12 bulan terakhir" if done else "Alat belum selesai didata dalam 12 bulan terakhir"
    )


def tiles(report: Mapping[str, Any], level: str) -> list[Tile]:
    """Return the figures under the headline."""
    return [
        _met_tile(report),
        _net_tile(report),
        _coverage_tile(report),
        _sets_tile(report),
        _device_tile(report, level, "broken", "Komponen rusak"),
        _device_tile(report, level, "missing", "Komponen tidak ada"),
        _tickets_tile(report),
        _downtime_tile(report),
    ]


def _met_tile(report: Mapping[str, Any]) -> Tile:
    recording = report["recording"]
    if not recording["kecamatan_with_target"]:
        return Tile("Memenuhi target", UNKNOWN, source=f"Belum ada target {month_text(report)}", completeness=NIL)
    with_target, total = recording["kecamatan_with_target"], report["kecamatan"]["total"]
    of_all = with_target == total
    return Tile(
        "Memenuhi target",
        number_id(recording["kecamatan_met"]),
        f"dari {number_id(with_target)} kecamatan{'' if of_all else ' yang bertarget'}",
        f"Target bersama {number_id(recording['target'])} orang",
        FULL if of_all else HALF,
    )


def month_text(report: Mapping[str, Any]) -> str:
    """Return the month of a report: "bulan ini" would be the one that runs now."""
    return month_id(date.fromisoformat(f"{report['month']}-01"))


def _net_tile(report: Mapping[str, Any]) -> Tile:
    recording, days = report["recording"], report["completeness"]
    if not days["days_reported"] and not recording["recorded"] and not recording["lost"]:
        source = f"0 dari {number_id(days['days_expected'])} hari kerja dilaporkan"
        return Tile("Rekam bersih", UNKNOWN, source=source, completeness=NIL)
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
        return Tile("Cakupan wajib KTP", UNKNOWN, source=source, completeness=NIL)
    known, total = _with_eligible(report["children"])
    numbers = f"{number_id(coverage['recorded_total'])} dari {number_id(coverage['eligible'])} wajib KTP"
    where = "" if known == total else f" di {number_id(known)} dari {number_id(total)} wilayah"
    return Tile(
        "Cakupan wajib KTP",
        percent_id(coverage["pct"], 2),
        "",
        f"{numbers}{where}, {semester}",
        FULL if known == total else HALF,
    )


def no_coverage_text(eligible: int, month: str) -> str:
    """Return what is missing for the coverage: the whole DKB of the semester, or only who is recorded already."""
    missing = "Jumlah yang sudah rekam" if eligible else "Data"
    return f"{missing} {semester_text(month)} belum dimuat"


def _with_eligible(children: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Return of how many children wajib KTP is known, and how many there are; a dinas has none of its own."""
    inhabited = [child for child in children if child["total"]]
    return sum(child["recorded_pct"] is not None for child in inhabited), len(inhabited)


def semester_text(month: str) -> str:
    """Return the DKB semester whose figures hold in a month (``YYYY-MM``)."""
    year, number = int(month[:4]), int(month[5:])
    return f"DKB semester I {year}" if number >= 7 else f"DKB semester II {year - 1}"


def _sets_tile(report: Mapping[str, Any]) -> Tile:
    sets = report["sets"]
    if not sets["total"]:
        return Tile("Set tidak berfungsi", UNKNOWN, source="Belum ada set yang didata", completeness=NIL)
    completeness = _completeness(report["completeness"])
    return Tile(
        "Set tidak berfungsi",
        number_id(sets["down"]),
        f"dari {number_id(sets['total'])} set",
        f"{number_id(sets['limited'])} terkendala, {number_id(sets['operational'])} berfungsi",
        completeness,
        at_least=completeness != FULL and bool(sets["down"]),
    )


def _device_tile(report: Mapping[str, Any], level: str, name: str, label: str) -> Tile:
    """A total over an unfinished inventory is a lower bound; without a device on record it is not known at all."""
    devices, completeness = report["devices"], _completeness(report["completeness"])
    if not devices["total"] and not devices["missing"]:
        return Tile(label, UNKNOWN, source="Belum ada alat yang didata", completeness=NIL)
    unit = f"dari {number_id(devices['total'])} terpasang" if name == "broken" else "komponen"
    at_least = completeness != FULL and bool(devices[name])
    source = _inventoried(report["completeness"], level)
    return Tile(label, number_id(devices[name]), unit, source, completeness, at_least=at_least)


def _tickets_tile(report: Mapping[str, Any]) -> Tile:
    tickets = report["tickets"]
    return Tile(
        "Tiket terbuka",
        number_id(tickets["open"]),
        "",
        f"{number_id(tickets['overdue'])} lewat tenggat · {month_text(report)}: "
        f"{number_id(tickets['opened'])} dibuka, {number_id(tickets['resolved'])} selesai",
    )


def _downtime_tile(report: Mapping[str, Any]) -> Tile:
    downtime = report["downtime"]
    if not downtime["office_minutes"]:
        return Tile("Jam kerja tanpa alat", UNKNOWN, source="Belum ada jam kerja yang tercatat", completeness=NIL)
    share = 100 * downtime["down_minutes"] / downtime["office_minutes"]
    hours = number_id(downtime["down_minutes"] // 60)
    source = "Waktu tanpa satu pun set yang berfungsi, dari jam kerja kecamatan yang punya set"
    return Tile("Jam kerja tanpa alat", percent_id(share), f"{hours} jam", source)


# --- Tables -----------------------------------------------------------------------------------------------------


def shares(counts: Mapping[str, int], labels: Mapping[str, str]) -> list[Share]:
    """Return counts by code as rows, the largest first."""
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], labels.get(item[0], item[0])))
    return [
        Share(
            labels.get(code, code),
            number_id(count),
            f"{RIBBON_UNITS * count / total:.1f}",
            percent_id(100 * count / total),
        )
        for code, count in ordered
        if count
    ]


def cause_shares(report: Mapping[str, Any]) -> list[Share]:
    """Return the causes of the faults that began in the month."""
    return shares(report["tickets"]["by_cause"], dict(Cause.choices))


def route_shares(report: Mapping[str, Any]) -> list[Share]:
    """Return the repair routes of the faults that began in the month."""
    return shares(report["tickets"]["by_route"], dict(Ticket.Route.choices))


def kind_rows(report: Mapping[str, Any], names: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the devices by kind, the most broken first; ``names`` in the order of the kinds."""
    by_kind, order = report["devices"]["by_kind"], list(names)
    codes = sorted(
        (code for code, counts in by_kind.items() if any(counts.values())),
        key=lambda code: (-by_kind[code]["broken"], -by_kind[code]["missing"], order.index(code)),
    )
    return [
        {"code": code, "name": names[code], **{name: number_id(by_kind[code][name]) for name in by_kind[code]}}
        for code in codes
    ]


def order_of(asked: str | None, children: Sequence[Mapping[str, Any]]) -> Order:
    """Return the allowed order that was asked for (a minus in front: descending), else the one from the worst.

    The worst is the lowest achievement, or where nobody has a target, the smallest part that can record.
    """
    name = (asked or "").removeprefix("-")
    if name in SORTS:
        return Order(name, (asked or "").startswith("-"))
    has_target = any(child["achievement_pct"] is not None for child in children)
    return Order("capaian" if has_target else "mampu", False)


def order_words(level: str, order: Order) -> str:
    """Return the sentence that says by what the table of children is sorted."""
    if order.name == "mampu" and level == "kabupaten":
        return SERVICE_SORT_WORDS[order.descending]
    return SORT_WORDS[order]


def sorted_children(children: Sequence[Mapping[str, Any]], order: Order) -> list[Mapping[str, Any]]:
    """Return the children in an order; those without the figure come last either way, then the dinas."""
    value = SORTS[order.name]
    by_name = sorted((child for child in children if not is_dinas(child)), key=SORTS["nama"])
    known = [child for child in by_name if value(child) is not None]
    unknown = [child for child in by_name if value(child) is None]
    return (
        sorted(known, key=value, reverse=order.descending) + unknown + [child for child in children if is_dinas(child)]
    )


def is_dinas(child: Mapping[str, Any]) -> bool:
    """Say whether a child is the office of the kabupaten, which serves no kecamatan of its own."""
    return len(child["code"]) == len("36.03.00") and child["code"].endswith(".00")


def _ability(child: Mapping[str, Any]) -> float | None:
    """Return how well a kecamatan serves, or the part of a larger region that can record; unknown without a report."""
    if child["service"]:
        return SERVICE_RANKS.get(child["service"])
    return None if child["able"] is None else child["able"] / child["total"]


def honest_children(children: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the children with ``None`` in place of a 0 that only means that nobody has reported."""
    return [_honest(child) for child in children]


def _honest(child: Mapping[str, Any]) -> dict[str, Any]:
    unknown: dict[str, Any] = {} if child["known"] else {"able": None}
    if not child["days_reported"] and not child["net"]:
        unknown |= {"net": None, "recorded_pct": None, "achievement_pct": None}
    return {**child, **unknown}


def child_rows(children: Sequence[Mapping[str, Any]], order: Order, month: Month) -> list[Child]:
    """Return the rows of the table of children in their order."""
    query = urlencode({"bulan": month.value})
    return [_child_row(child, query) for child in sorted_children(children, order)]


def priority_text(rank: int | None) -> str:
    """Return how a kecamatan that the head of the dinas named is marked."""
    return f"Prioritas {rank}" if rank else ""


def shown_name(name: str) -> str:
    """Return a name as the table of children writes it: what all of them are stands in its head."""
    return name.removeprefix("Kecamatan ").removeprefix("Distrik ")


def _child_row(child: Mapping[str, Any], query: str) -> Child:
    page = "kecamatan-detail" if len(child["code"]) == len("36.03.30") else "region-detail"
    no_report = NO_REPORT if child["total"] else NONE
    return Child(
        name=shown_name(child["name"]),
        url=f"{reverse(f'reports:{page}', args=[child['code']])}?{query}",
        service=child["service"],
        service_label=SERVICE_LABELS.get(child["service"], ""),
        able=no_report if child["able"] is None else f"{number_id(child['able'])} / {number_id(child['total'])}",
        net=no_report if child["net"] is None else number_id(child["net"]),
        target=number_id(child["target"]) if child["target"] else NONE,
        recorded=NONE if child["recorded_pct"] is None else percent_id(child["recorded_pct"]),
        achievement=NONE if child["achievement_pct"] is None else percent_id(child["achievement_pct"]),
        bar=bar(child["achievement_pct"]),
        priority=priority_text(child["priority"]),
    )


def child_word(level: str, children: Sequence[Mapping[str, Any]]) -> str:
    """Return what the regions below are called; a kecamatan in Papua is a distrik."""
    if level == "kabupaten" and any(child["name"].startswith("Distrik ") for child in children):
        return "Distrik"
    return CHILD_LEVELS[level]


def columns(level: str, order: Order, month: Month, word: str, *, has_target: bool) -> list[Column]:
    """Return the heads of the table of children; a second click on the sorted one turns the order round.

    Where nobody has a target its columns stay away, and a phone shows what was recorded in their place.
    """
    current, descending = order
    heads = [
        ("nama", word, ""),
        ("mampu", "Layanan" if level == "kabupaten" else "Dapat merekam", "" if level == "kabupaten" else "num"),
        ("bersih", "Rekam bersih", "num c1" if has_target else "num"),
        ("target", "Target", "num c2"),
        ("rekam", "% wajib KTP", "num c2" if has_target else "num c1"),
        ("capaian", "Capaian target", "num"),
    ]
    if not has_target:
        heads = [head for head in heads if head[0] not in ("target", "capaian")]
    made = []
    for name, label, css in heads:
        turned = name == current and not descending
        query = urlencode({"bulan": month.value, "urut": f"-{name}" if turned else name})
        direction = ("descending" if descending else "ascending") if name == current else ""
        made.append(Column(label, f"?{query}", direction, css))
    return made


def signatory_text(person: str | None) -> str:
    """Return who signs the report of a month, as below a signature; empty where it is not known."""
    if person is None:
        return ""
    name, title, nip = person.split("\n")
    return f"{name}, {title}" + (f", NIP {shown_nip(nip)}" if nip else "")
