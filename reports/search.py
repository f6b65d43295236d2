"""Finds regions by name or code, among those that the person may open.

Every word that is typed must begin a word of the region's name or of what lies above it: "sepatan tangerang" finds
Kecamatan Sepatan. One pass over the names of all 7,800 places costs about 4 ms, so there is no index to keep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from kecamatan.models import Kabupaten, Kecamatan, Province
from lib.format import number_id
from reports.regions import NATION_CODE, NATION_NAME

SHORTEST, LONGEST = 2, 60
SUGGESTIONS, RESULTS = 8, 50

# Said of many regions: they narrow down what another word finds.
COMMON = frozenset({"provinsi", "kabupaten", "kota", "kecamatan", "distrik", "dinas"})
SHORT_FORMS = {"prov": "provinsi", "kab": "kabupaten", "kec": "kecamatan", "distr": "distrik"}
CODE = re.compile(r"\d[\d.]*")


@dataclass(frozen=True, slots=True)
class Found:
    """A region with its way: what it lies in, and whether it no longer exists."""

    code: str
    name: str
    above: str = ""
    closed: bool = False

    @property
    def url(self) -> str:
        """Return the address of the region's page."""
        page = "kecamatan-detail" if len(self.code) == len("36.03.30") else "region-detail"
        return reverse(f"reports:{page}", args=[self.code])


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found, the best first; ``more`` where some were left off."""

    question: str
    found: list[Found]
    more: bool = False

    @property
    def said(self) -> str:
        """Return how much was found, as a sentence."""
        if len(self.question) < SHORTEST:
            return ""
        if not self.found:
            return f"Tidak ada wilayah “{self.question}” dalam penugasan Anda."
        number = number_id(len(self.found))
        return f"Lebih dari {number} wilayah, yang paling cocok di atas." if self.more else f"{number} wilayah."


def find_regions(question: str, user: User, at_most: int = RESULTS) -> Answer:
    """Return the regions inside the user's assignments that a name, a part of one, or a code names."""
    question = " ".join(question.split())[:LONGEST]
    if len(question) < SHORTEST:
        return Answer(question, [])
    found = find_among(_visible(user), question)
    if user.scope.nation and _names_the_nation(question):
        found.insert(0, Found(NATION_CODE, NATION_NAME))
    return Answer(question, found[:at_most], len(found) > at_most)


def find_among(levels: Sequence[QuerySet], question: str) -> list[Found]:
    """Return the regions of these levels, the largest first, that a question of two letters or more names."""
    return _by_code(levels, question) if CODE.fullmatch(question) else _by_name(levels, question)


def exact_code(question: str, user: User) -> Found | None:
    """Return the region whose whole code was typed, with or without its points."""
    code = _dotted(question.strip())
    if code.upper() == NATION_CODE and user.scope.nation:
        return Found(NATION_CODE, NATION_NAME)
    if not CODE.fullmatch(code):
        return None
    rows = dict(zip((len("36"), len("36.03"), len("36.03.30")), _visible(user), strict=True)).get(len(code))
    return None if rows is None else next(_read(rows.filter(code=code)), None)


def _dotted(code: str) -> str:
    """Return ``36.03.30`` for ``360330``."""
    return ".".join(code[start : start + 2] for start in range(0, len(code), 2)) if code.isdigit() else code


def _by_code(levels: Sequence[QuerySet], question: str) -> list[Found]:
    chosen = [rows.filter(code__startswith=_dotted(question)).order_by("code") for rows in levels]
    return [one for rows in chosen for one in _read(rows)]


def _by_name(levels: Sequence[QuerySet], question: str) -> list[Found]:
    words = _words(question)
    telling = [word for word in words if word not in COMMON]
    if not telling:
        return []
    found = [one for rows in levels for one in _read(_named(rows, telling)) if _fits(one, words)]
    return sorted(found, key=lambda one: _rank(one, words))


def _words(question: str) -> list[str]:
    plain = question.lower().replace("’", "'")
    return [SHORT_FORMS.get(word, word) for word in re.findall(r"[\w']+", plain)]


def _names_the_nation(question: str) -> bool:
    words = _words(question)
    telling = [word for word in words if word not in COMMON]
    return bool(telling) and NATION_NAME.lower().startswith(" ".join(words))


def _named(rows: QuerySet, words: list[str]) -> QuerySet:
    """Keep the regions whose name has a word that begins so; below the provinces each name begins with what it is."""
    begins = [Q(name__icontains=f" {word}") for word in words]
    if rows.model is Province:
        begins += [Q(name__istartswith=word) for word in words]
    return rows.filter(reduce(or_, begins))


def _visible(user: User) -> list[QuerySet]:
    """Return the regions of each level that the person may open, the largest level first."""
    return [
        Province.objects.visible_to(user),
        Kabupaten.objects.visible_to(user),
        Kecamatan.objects.visible_to(user),
    ]


def _read(rows: QuerySet) -> Iterator[Found]:
    above = {Province: (), Kabupaten: ("province__name",), Kecamatan: ("kabupaten__name", "kabupaten__province__name")}
    for code, name, closed_on, *names in rows.values_list("code", "name", "closed_on", *above[rows.model]):
        yield Found(code, name, ", ".join(names), closed_on is not None)


def _fits(found: Found, words: list[str]) -> bool:
    text = f" {found.name} {found.above}".lower()
    return all(f" {word}" in text for word in words)


def _rank(found: Found, words: list[str]) -> tuple[bool, bool, bool, int, str]:
    """Return by what the found are ordered: what still exists, the whole name, its beginning, the larger region."""
    name = " ".join(word for word in found.name.lower().split() if word not in COMMON)
    asked = " ".join(word for word in words if word not in COMMON)
    is_dinas = found.code.endswith(".00")
    return found.closed, name != asked or is_dinas, not name.startswith(asked), len(found.code), found.code
