"""Finds a region by name or code for somebody who has not signed in: the search of the head, over all regions."""

from __future__ import annotations

from dataclasses import dataclass

from kecamatan.models import Kabupaten, Kecamatan, Province
from lib.format import number_id
from reports.public.words import url_of
from reports.search import LONGEST, SHORTEST, Found, find_among

RESULTS = 20

__all__ = ["LONGEST", "Results", "find_public"]


@dataclass(frozen=True, slots=True)
class Results:
    """What a question found, the best first, each with its address; ``said`` says how much that is."""

    rows: list[tuple[str, Found]]
    said: str


def find_public(question: str) -> Results:
    """Return at most :data:`RESULTS` running regions that a name of two letters or more, or a code, names."""
    if len(question) < SHORTEST:
        return Results([], f"Tulis sedikitnya {SHORTEST} huruf.")
    levels = [
        Province.objects.filter(closed_on=None),
        Kabupaten.objects.filter(closed_on=None),
        Kecamatan.objects.running().filter(kind=Kecamatan.Kind.KECAMATAN),
    ]
    found = find_among(levels, question)
    rows = [(url_of(one.code), one) for one in found[:RESULTS]]
    if not rows:
        return Results([], f"Tidak ada wilayah bernama “{question}”. Periksa ejaannya, atau pilih provinsinya.")
    more = len(found) > RESULTS
    return Results(rows, f"{number_id(RESULTS)} yang paling cocok. Tulis nama kabupatennya juga." if more else "")
