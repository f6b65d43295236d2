"""Regions of any level: by their code as a person may see them, and what pages and rows say of them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import Assignment, User
from accounts.permissions import Region
from kecamatan.models import Kabupaten, Kecamatan, Province
from kecamatan.scope import scope_of
from lib.months import WIB
from lib.pages import NotFound

NATION_CODE, NATION_NAME = "ID", "Indonesia"


def find_region(code: str, user: User) -> Region:
    """Return the region of a code (``ID``, ``36``, ``36.03``, ``36.03.30``) with its parents.

    Raises :class:`NotFound` where there is none, or where it lies outside the person's assignments.
    """
    if code == NATION_CODE and scope_of(user).nation:
        return None
    found: Region = None
    match len(code):
        case 2:
            found = Province.objects.visible_to(user).filter(code=code).first()
        case 5:
            found = Kabupaten.objects.visible_to(user).filter(code=code).select_related("province").first()
        case 8:
            found = Kecamatan.objects.visible_to(user).filter(code=code).with_zone().first()
    if found is None:
        raise NotFound(f"Tidak ada wilayah {code}.")
    return found


def level_of(region: Region) -> Assignment.Level:
    """Return the level of a region."""
    match region:
        case Province():
            return Assignment.Level.PROVINCE
        case Kabupaten():
            return Assignment.Level.KABUPATEN
        case Kecamatan():
            return Assignment.Level.KECAMATAN
    return Assignment.Level.NATION


def columns_of(region: Region) -> dict[str, Any]:
    """Return the columns that name a region in a row that belongs to exactly one."""
    level = level_of(region)
    return {"level": level} if region is None else {"level": level, level.value: region}


def code_of(region: Region) -> str:
    """Return the code of a region; ``ID`` for the nation."""
    return region.code if region else NATION_CODE


def zone_of(region: Region) -> str:
    """Return the time zone of a region, loaded with its parents; the nation's is that of Jakarta."""
    match region:
        case Province() | Kecamatan():
            return region.time_zone
        case Kabupaten():
            return region.province.time_zone
    return WIB


def dashboard_url(region: Region) -> str:
    """Return the page that says how a region does: a place's own page, or the report of a larger region."""
    page = "kecamatan-detail" if isinstance(region, Kecamatan) else "region-detail"
    return reverse(f"reports:{page}", args=[code_of(region)])
