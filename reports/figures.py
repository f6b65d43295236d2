"""Where the numbers of a page come from: each with its value, unit, source and certainty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from lib.format import UNKNOWN, number_id
from reports.history import net_by_end
from reports.models import RegionMonth
from reports.sections import NOT_STATED, Band
from reports.services import Headline
from reports.shares import Share
from reports.tiles import COUNTS, TICKETS, Tile
from reports.why import Why
from reports.wording import FULL, HALF, NIL, semester_text

CERTAINTY = {
    FULL: "lengkap",
    HALF: "sebagian belum dilaporkan atau didata; angka sebenarnya bisa berbeda",
    NIL: NOT_STATED,
    "": "menurut yang tercatat",
}
SERVICE = "Alat, tiket, gangguan dan layanan pengganti yang tercatat"
SIGNS = "Jumlah rekam, laporan, konfirmasi dan “hari ini normal”"
SHORTFALL = "Target, jam kerja yang berhenti, data hilang dan hari yang dilaporkan"
FORECAST = "Rekam bersih per hari kerja yang lewat, dikalikan hari kerja sebulan"


class Figure(NamedTuple):
    """Where a number of the page comes from."""

    label: str
    value: str
    unit: str
    source: str
    certainty: str


def figures(tiles: Iterable[Tile]) -> list[Figure]:
    """Return of each tile its value, unit, source and certainty; what is not known is not stated."""
    return [
        Figure(
            tile.label,
            NOT_STATED if tile.value == UNKNOWN else f"sedikitnya {tile.value}" if tile.at_least else tile.value,
            tile.measure or NOT_STATED,
            tile.origin or NOT_STATED,
            CERTAINTY[tile.completeness],
        )
        for tile in tiles
    ]


def figures_of_services(lead: Headline) -> list[Figure]:
    """Return those of who is able to record, of the services and of the signs of life."""
    certainty = CERTAINTY[HALF if lead.at_least else NIL if lead.is_unknown else ""]
    able = NOT_STATED if lead.is_unknown else f"{'sedikitnya ' if lead.at_least else ''}{lead.able} dari {lead.total}"
    return [
        Figure("Dapat merekam", able, lead.unit, SERVICE, certainty),
        *(Figure(one.label, one.number, lead.unit, SERVICE, certainty) for one in lead.services),
        *(Figure(one.label, one.number, lead.unit, SIGNS, CERTAINTY[""]) for one in lead.signs),
    ]


def figures_of_bands(bands: Sequence[Band], report: Mapping[str, Any]) -> list[Figure]:
    """Return those of the coverage bands."""
    source, certainty = semester_text(report["month"]), CERTAINTY[HALF if len(bands) > BANDS_ALL_KNOWN else FULL]
    return [Figure(f"Cakupan {one.label}", one.number, "kecamatan", source, certainty) for one in bands]


BANDS_ALL_KNOWN = 4
"""So many bands there are; one more stands for those of which the coverage is not stated."""


def figures_of_why(why: Why | None) -> list[Figure]:
    """Return those of the parts of a shortfall."""
    if why is None:
        return []
    return [
        Figure(f"Kekurangan: {part.label}", part.people, "orang", SHORTFALL, CERTAINTY[why.completeness])
        for part in why.parts
    ]


def figures_of_shares(causes: Iterable[Share], routes: Iterable[Share]) -> list[Figure]:
    """Return those of the causes and the repair routes of the faults that began in the month."""
    words = (("Penyebab", causes), ("Jalur", routes))
    return [
        Figure(f"{word}: {share.label}", share.number, "tiket", TICKETS, CERTAINTY[""])
        for word, shares in words
        for share in shares
    ]


def figures_of_forecast(row: RegionMonth | None) -> list[Figure]:
    """Return that of the end of a running month, where it is foreseen."""
    net = net_by_end(row) if row is not None and not row.closed else None
    if net is None:
        return []
    return [Figure("Perkiraan akhir bulan", number_id(round(net)), "orang", f"{COUNTS}. {FORECAST}", "perkiraan")]
