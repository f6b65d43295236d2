"""The table of the regions below a region: sorted, linked downwards, and honest about who has not reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from lib.charts import Bar, bar
from lib.format import number_id, percent_id
from lib.month_choice import Month
from reports.links import kecamatan_url
from reports.services import SHOWN_LABELS, SILENT, shown_service
from reports.steps import NO_STEP, Step

CHILD_LEVELS = {"nation": "Provinsi", "province": "Kabupaten/kota", "kabupaten": "Kecamatan"}
# From the worst; who has not reported is unknown and comes last.
SERVICE_RANKS = {"stopped": 0, "hosted": 1, "mobile": 2, SILENT: 3, "limited": 4, "serving": 5}
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
    step: Step = NO_STEP
    able_url: str = ""
    net_url: str = ""
    target_url: str = ""
    achievement_url: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A head of the table of children, with the link that sorts by it."""

    label: str
    url: str
    direction: str
    css: str


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
        return SERVICE_RANKS.get(_shown(child))
    return None if child["able"] is None else child["able"] / child["total"]


def _shown(child: Mapping[str, Any]) -> str:
    return shown_service(child["service"], is_silent=child["is_silent"])


def honest_children(children: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the children with ``None`` in place of a 0 that only means that nobody has reported."""
    return [_honest(child) for child in children]


def _honest(child: Mapping[str, Any]) -> dict[str, Any]:
    unknown: dict[str, Any] = {} if child["known"] else {"able": None}
    if not child["days_reported"] and not child["net"]:
        unknown |= {"net": None, "recorded_pct": None, "achievement_pct": None}
    return {**child, **unknown}


def child_rows(
    children: Sequence[Mapping[str, Any]], order: Order, month: Month, steps: Mapping[str, Step]
) -> list[Child]:
    """Return the rows of the table of children in their order; ``steps`` by code, against the month before."""
    query = urlencode({"bulan": month.value})
    return [_child_row(child, query, steps.get(child["code"], NO_STEP)) for child in sorted_children(children, order)]


def step_words(steps: Iterable[Step], month: Month) -> str:
    """Return what the words under the figures of the table mean; nothing where there are none."""
    if not any(any(step) for step in steps):
        return ""
    by_end = ", hasil rekam menurut perkiraan akhir bulan" if month.is_current else ""
    return f"Di bawah angka: dibanding bulan sebelumnya{by_end}, bila kedua bulan cukup lengkap."


def priority_text(rank: int | None) -> str:
    """Return how a kecamatan that the head of the dinas named is marked."""
    return f"Prioritas {rank}" if rank else ""


def shown_name(name: str) -> str:
    """Return a name as the table of children writes it: what all of them are stands in its head."""
    return name.removeprefix("Kecamatan ").removeprefix("Distrik ")


def _child_row(child: Mapping[str, Any], query: str, step: Step) -> Child:
    page = "kecamatan-detail" if len(child["code"]) == len("36.03.30") else "region-detail"
    no_report, shown = NO_REPORT if child["total"] else NONE, _shown(child)
    return Child(
        name=shown_name(child["name"]),
        url=f"{reverse(f'reports:{page}', args=[child['code']])}?{query}",
        service=shown,
        service_label=SHOWN_LABELS.get(shown, ""),
        able=no_report if child["able"] is None else f"{number_id(child['able'])} / {number_id(child['total'])}",
        net=no_report if child["net"] is None else number_id(child["net"]),
        target=number_id(child["target"]) if child["target"] else NONE,
        recorded=NONE if child["recorded_pct"] is None else percent_id(child["recorded_pct"]),
        achievement=NONE if child["achievement_pct"] is None else percent_id(child["achievement_pct"]),
        bar=bar(child["achievement_pct"]),
        priority=priority_text(child["priority"]),
        step=step,
        **_cell_urls(child, query),
    )


def _cell_urls(child: Mapping[str, Any], query: str) -> dict[str, str]:
    """Return the ways from the cells of a row to what stands behind them; none from a cell without a number."""
    code, month = child["code"], query.removeprefix("bulan=")
    if len(code) == len("36.03.30"):
        found = {
            "net": f"{reverse('repairs:recording-month')}?{urlencode({'kecamatan': code, 'bulan': month})}",
            "target": "" if is_dinas(child) else reverse("repairs:target-region", args=[code]),
        }
    else:
        ranked = kecamatan_url(code, month, order="capaian")
        found = {"able": kecamatan_url(code, month, "able"), "net": kecamatan_url(code, month), "target": ranked}
        found["achievement"] = ranked if child["achievement_pct"] is not None else ""
    return {f"{name}_url": url for name, url in found.items() if name == "achievement" or child[name]}


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
