"""The sections of a region's dashboard beside its tiles: repairs, coverage bands, ranking, where numbers come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lib.format import number_id, percent_id
from lib.month_choice import Month
from reports.children import is_dinas, shown_name
from reports.links import kecamatan_url, place_url, region_url, tickets_url
from reports.surroundings import Surroundings
from reports.tiles import TICKETS, Tile

NOT_STATED = "tidak disebut"
RANKED = 5
BANDS = (("full", "100% atau lebih"), ("high", "80–99,99%"), ("middle", "60–79,99%"), ("low", "di bawah 60%"))


class Band(NamedTuple):
    """A band of the coverage with the number of its kecamatan and the list of them."""

    label: str
    number: str
    url: str


class Rank(NamedTuple):
    """A region in a ranking."""

    name: str
    url: str
    achievement: str


def repair_tiles(report: Mapping[str, Any], around: Surroundings, month: Month) -> list[Tile]:
    """Return the repairs that nobody has touched and those past their promise, as they are now; of no past month."""
    if not month.is_current:
        return []
    counts = Repairs(around.untouched, around.past_promise, report["tickets"]["overdue"])
    return tiles_of_repairs(counts, report["region"]["code"], report["region"]["level"])


class Repairs(NamedTuple):
    """How many tickets nobody has touched, and how many faults last past their promise and past their due moment."""

    untouched: int
    past_promise: int
    overdue: int


def tiles_of_repairs(counts: Repairs, code: str, level: str) -> list[Tile]:
    """Return the figures of the repairs that wait now in a region."""
    kinds: dict[str, Any] = {"measure": "tiket", "origin": TICKETS}
    return [
        Tile(
            "Belum dikerjakan",
            number_id(counts.untouched),
            "tiket",
            "Dilaporkan, diverifikasi atau dibuka lagi, belum ada yang mengerjakan",
            url=tickets_url(code, level, keadaan="belum"),
            **kinds,
        ),
        Tile(
            "Janji terlewat",
            number_id(counts.past_promise),
            "tiket",
            "Masih rusak sesudah tanggal yang dijanjikan",
            url=tickets_url(code, level, janji="on"),
            **kinds,
        ),
        Tile(
            "Lewat tenggat",
            number_id(counts.overdue),
            "tiket",
            "Masih rusak sesudah tenggat menurut prioritasnya",
            url=tickets_url(code, level, lewat="on"),
            **kinds,
        ),
    ]


def coverage_bands(report: Mapping[str, Any]) -> list[Band]:
    """Return the kecamatan by the band of their coverage, and of how many it is not stated; none where of all."""
    bands, region, month = report["coverage"]["bands"], report["region"]["code"], report["month"]
    known = sum(bands.values())
    if not known:
        return []
    rows = [
        Band(label, number_id(bands[name]), kecamatan_url(region, month, f"coverage_{name}")) for name, label in BANDS
    ]
    unknown = report["kecamatan"]["total"] - known
    if unknown > 0:
        rows.append(Band(NOT_STATED, number_id(unknown), kecamatan_url(region, month, "coverage_unknown")))
    return rows


def ranking(children: Sequence[Mapping[str, Any]], month: Month) -> dict[str, list[Rank]]:
    """Return the best and the worst regions below by achievement, at most five each and none twice."""
    known = [child for child in children if child["achievement_pct"] is not None and not is_dinas(child)]
    ordered = sorted(known, key=lambda child: (child["achievement_pct"], shown_name(child["name"])))
    shown = min(RANKED, len(ordered) // 2)
    if not shown:
        return {}
    return {
        "best": [_rank(child, month) for child in reversed(ordered[-shown:])],
        "worst": [_rank(child, month) for child in ordered[:shown]],
    }


def _rank(child: Mapping[str, Any], month: Month) -> Rank:
    is_place = len(child["code"]) == len("36.03.30")
    url = place_url(child["code"], month.value) if is_place else region_url(child["code"], month.value)
    return Rank(shown_name(child["name"]), url, percent_id(child["achievement_pct"]))
