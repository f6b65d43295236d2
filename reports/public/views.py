"""The public pages, for people who do not sign in, and the same for programs; each asks the kept answers first."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from kecamatan.models import Kabupaten, Province
from reports.public import machine, texts
from reports.public.kept import Made, answer
from reports.public.places import PlaceNow, find_place, read_place
from reports.public.regions import (
    KabupatenNow,
    Listed,
    find_kabupaten,
    find_province,
    is_public,
    provinces,
    read_kabupaten,
    read_province,
)
from reports.public.search import LONGEST, find_public
from reports.public.status import version_of_kabupaten, version_of_place

CODE = re.compile(r"\d\d(?:\.\d\d(?:\.\d\d)?)?")
DINAS = re.compile(r"\d\d\.\d\d\.00")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the provinces, or what a search finds; ``q`` is a name or a code."""
    asked = " ".join(request.GET.get("q", "").split())[:LONGEST]
    return answer(request, f"search:{asked}", lambda now: _index(asked))


@require_safe
def status(request: HttpRequest, code: str) -> HttpResponse:
    """Show whether a kecamatan records today, or the kecamatan of a larger region; a dinas is its kabupaten's."""
    if DINAS.fullmatch(code):
        return redirect("reports:public-status", code=code[: len("36.03")])
    known = _known(code)
    return answer(request, f"html:{known}", lambda now: _make(known, now, Page))


@require_safe
def status_json(request: HttpRequest, code: str) -> HttpResponse:
    """Say the same for programs (docs/public.md)."""
    known = _known(code)
    return answer(request, f"json:{known}", lambda now: _make(known, now, Data))


def _known(code: str) -> str:
    """Return a code that a region may have, else nothing: all other addresses share one answer."""
    return code if CODE.fullmatch(code) else ""


def _index(asked: str) -> Made:
    found = find_public(asked) if asked else None
    page = {"asked": asked, "found": found, "provinces": [] if found else provinces()}
    return _page("public_index", page)


def _make(code: str, now: datetime, form: type[Form]) -> Made:
    """Return what is said of the region of a code in one form; each is read only where its kabupaten is public."""
    match len(code):
        case 8 if place := find_place(code):
            if not is_public(place.kabupaten):
                return form.closed(place.kabupaten, place.name, code)
            found = read_place(place, now)
            return form.place(found)._replace(version=version_of_place, pk=place.pk, seen=found.status.as_of)
        case 5 if kabupaten := find_kabupaten(code):
            if not is_public(kabupaten):
                return form.closed(kabupaten, "", code)
            seen = version_of_kabupaten(kabupaten.pk, now)
            made = form.kabupaten(read_kabupaten(kabupaten, now))
            return made._replace(version=version_of_kabupaten, pk=kabupaten.pk, seen=seen)
        case 2 if province := find_province(code):
            return form.province(province, read_province(province, now))
    return form.missing()


# --- The two forms ------------------------------------------------------------------------------------------------


class Form(Protocol):
    """How a region is told: as a page or as data."""

    @staticmethod
    def place(found: PlaceNow) -> Made: ...

    @staticmethod
    def kabupaten(found: KabupatenNow) -> Made: ...

    @staticmethod
    def province(province: Province, listed: list[Listed]) -> Made: ...

    @staticmethod
    def closed(kabupaten: Kabupaten, place: str, code: str) -> Made: ...

    @staticmethod
    def missing() -> Made: ...


def _page(template: str, page: dict[str, Any], status: int = 200) -> Made:
    return Made(render_to_string(f"reports/{template}.html", page), "text/html; charset=utf-8", status)


class Page:
    """A region as a page for people."""

    @staticmethod
    def place(found: PlaceNow) -> Made:
        """Show a kecamatan."""
        return _page("public_place", texts.place_page(found))

    @staticmethod
    def kabupaten(found: KabupatenNow) -> Made:
        """Show the kecamatan of a kabupaten."""
        return _page("public_kabupaten", texts.kabupaten_page(found))

    @staticmethod
    def province(province: Province, listed: list[Listed]) -> Made:
        """Show the kabupaten of a province."""
        return _page("public_province", texts.province_page(province, listed))

    @staticmethod
    def closed(kabupaten: Kabupaten, place: str, code: str) -> Made:
        """Show whom to ask where a kabupaten tells nothing."""
        return _page("public_closed", texts.closed_page(kabupaten) | {"place": place, "code": code})

    @staticmethod
    def missing() -> Made:
        """Say that there is no such region, with the way to those that there are."""
        return _page("public_missing", {}, 404)


def _data(said: dict[str, Any], status: int = 200) -> Made:
    return Made(json.dumps(said, ensure_ascii=False), "application/json", status)


class Data:
    """A region as data for programs."""

    @staticmethod
    def place(found: PlaceNow) -> Made:
        """Write a kecamatan."""
        return _data(machine.place(found))

    @staticmethod
    def kabupaten(found: KabupatenNow) -> Made:
        """Write the kecamatan of a kabupaten."""
        return _data(machine.kabupaten(found))

    @staticmethod
    def province(province: Province, listed: list[Listed]) -> Made:
        """Write the kabupaten of a province."""
        return _data(machine.province(province, listed))

    @staticmethod
    def closed(kabupaten: Kabupaten, place: str, code: str) -> Made:
        """Write whom to ask where a kabupaten tells nothing."""
        return _data(machine.closed(code, place or kabupaten.name, kabupaten))

    @staticmethod
    def missing() -> Made:
        """Write that there is no such region."""
        return _data({"error": "Tidak ada wilayah dengan kode ini."}, 404)
