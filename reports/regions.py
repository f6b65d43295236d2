"""The regions whose figures are read: found by code inside the assignments, what lies below them, and their marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.callers import WITH_OFFICES
from kecamatan.models import ChangedMonth, Kabupaten, Kecamatan, Province, open_on
from kecamatan.scope import scope_of
from lib.months import WIB, local_month
from lib.pages import NotFound
from reports.judge import moment_of
from reports.models import Level

NATION_CODE = "ID"


NATION_NAME = "Indonesia"


NEXT_LEVEL: dict[str, str] = {
    Level.NATION: Level.PROVINCE,
    Level.PROVINCE: Level.KABUPATEN,
    Level.KABUPATEN: Level.KECAMATAN,
}


class UnknownRegion(NotFound):
    """There is no such region, or the person may not see it; the two are never told apart."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region of any level. ``zone`` is the one its moments are shown in; the nation's is WIB."""

    level: str
    pk: int
    code: str
    name: str
    zone: str
    province: Province | None = None
    kabupaten: Kabupaten | None = None
    kecamatan: Kecamatan | None = None

    @property
    def key(self) -> tuple[str, int]:
        """Return the key of the region's rollup rows."""
        return self.level, self.pk


NATION = Region(Level.NATION, 0, NATION_CODE, NATION_NAME, WIB)


def find_region(code: str, user: object | None = None) -> Region:
    """Return the region of a code (``ID``, ``36``, ``36.03``, ``36.03.30``), as seen by ``user`` if one is given.

    Raises :class:`UnknownRegion` when there is none, or when it lies outside the user's assignments.
    """
    region = _find(code, user)
    if region is None:
        raise UnknownRegion(f"Wilayah “{code}” tidak ada. Pakai kode seperti 36, 36.03 atau 36.03.30, atau ID.")
    return region


def _find(code: str, user: object | None) -> Region | None:
    if code == NATION_CODE:
        return NATION if user is None or scope_of(user).nation else None
    if len(code) == 2:
        provinces = Province.objects.all() if user is None else Province.objects.visible_to(user)
        province = provinces.filter(code=code).first()
        return of_province(province) if province else None
    if len(code) == 5:
        kabupatens = Kabupaten.objects.all() if user is None else Kabupaten.objects.visible_to(user)
        kabupaten = kabupatens.filter(code=code).select_related("province").first()
        return of_kabupaten(kabupaten) if kabupaten else None
    places = Kecamatan.objects.all() if user is None else Kecamatan.objects.visible_to(user)
    place = places.filter(code=code).with_zone().with_newest_normal().select_related(*WITH_OFFICES).first()
    return of_place(place) if place else None


def of_province(province: Province) -> Region:
    """Return a province as a region."""
    return Region(Level.PROVINCE, province.pk, province.code, province.name, province.time_zone, province)


def of_kabupaten(kabupaten: Kabupaten) -> Region:
    """Return a kabupaten, loaded with its province, as a region."""
    province = kabupaten.province
    return Region(
        Level.KABUPATEN, kabupaten.pk, kabupaten.code, kabupaten.name, province.time_zone, province, kabupaten
    )


def of_place(place: Kecamatan) -> Region:
    """Return a kecamatan or a dinas, loaded ``with_zone()``, as a region."""
    level = Level.DINAS if place.is_dinas else Level.KECAMATAN
    return Region(
        level, place.pk, place.code, place.name, place.time_zone, place.kabupaten.province, place.kabupaten, place
    )


def current_month(region: Region) -> date:
    """Return the month that runs now in a region."""
    return local_month(timezone.now(), region.zone)


@dataclass(frozen=True, slots=True)
class Child:
    """A region below another, with the kecamatan and, of a province, the kabupaten that it has as a month is judged.

    A kecamatan that was closed by then has none.
    """

    region: Region
    kecamatan_count: int
    kabupaten_count: int = 0


def children_of(region: Region, month: date) -> list[Child]:
    """Return the regions below, by code; a dinas stands last, after the kecamatan of its kabupaten."""
    level = NEXT_LEVEL.get(region.level)
    return regions_at(region, level, month) if level else []


def itself(region: Region, month: date) -> Child:
    """Return a region with the kecamatan that it is: one, unless it was closed or is none."""
    return _of_place(region, judged_on(region, month))


def _of_place(region: Region, day: date) -> Child:
    place = region.kecamatan
    return Child(region, int(place is not None and not place.is_dinas and _is_open(place, day)))


def _is_open(region: Kabupaten | Kecamatan, day: date) -> bool:
    return region.closed_on is None or region.closed_on > day


def judged_on(region: Region, month: date) -> date:
    """Return the local day on which a region's month is judged: its last one, or in a running month today."""
    return moment_of(month, region.zone, timezone.now()).day


def regions_at(region: Region, level: str, month: date) -> list[Child]:
    """Return the regions of a level (a province's, a kabupaten's or a kecamatan's) inside a larger one, by code.

    Those that were open on some day of the month: what they did until they were closed is in the sums of the larger
    one. Each dinas stands after the kecamatan of its kabupaten.
    """
    day = judged_on(region, month)
    listed, counted = open_on(month), open_on(day)
    running = Kecamatan.objects.filter(counted, kind=Kecamatan.Kind.KECAMATAN)
    if level == Level.PROVINCE:
        provinces = Province.objects.filter(listed).annotate(
            kecamatan_count=_number_of(running, "kabupaten__province"),
            kabupaten_count=_number_of(Kabupaten.objects.filter(counted), "province"),
        )
        return [
            Child(of_province(province), province.kecamatan_count, province.kabupaten_count) for province in provinces
        ]
    if level == Level.KABUPATEN:
        kabupatens = Kabupaten.objects.filter(_inside(region, "province"), listed).select_related("province")
        kabupatens = kabupatens.annotate(kecamatan_count=_number_of(running, "kabupaten"))
        return [
            Child(of_kabupaten(kabupaten), kabupaten.kecamatan_count, int(_is_open(kabupaten, day)))
            for kabupaten in kabupatens
        ]
    places = Kecamatan.objects.filter(_inside(region, "kabupaten__province"), listed).with_zone()
    places = places.order_by("kabupaten__code", "-kind", "code")
    return [_of_place(of_place(place), day) for place in places]


def _inside(region: Region, province_path: str) -> Q:
    """Return the filter for the kabupaten of a province, or the places of a province or a kabupaten."""
    if region.level == Level.KABUPATEN:
        return Q(kabupaten=region.pk)
    return Q(**{province_path: region.pk}) if region.level == Level.PROVINCE else Q()


def own_kabupaten(child: Child) -> int:
    """Return how many kabupaten a region below another holds or is."""
    return int(child.region.level == Level.DINAS) or child.kabupaten_count


def _number_of(rows: QuerySet[Any], parent: str) -> Coalesce:
    """Count rows by parent, each by its index: one join with all of them takes five times as long for the nation."""
    numbers = rows.filter(**{parent: OuterRef("pk")}).order_by().values(parent).annotate(number=Count("pk"))
    return Coalesce(Subquery(numbers.values("number")), 0)


def pending_changes(region: Region, month: date) -> int:
    """Return how many marks of the region's places wait to be computed for a month."""
    return marks_of(region, month).count()


def marks_of(region: Region, month: date) -> QuerySet[ChangedMonth]:
    """Return the marks of the region's places for a month."""
    marks = ChangedMonth.objects.filter(month=month)
    if region.level == Level.NATION:
        return marks
    if region.level == Level.PROVINCE:
        return marks.filter(kecamatan__kabupaten__province=region.pk)
    if region.level == Level.KABUPATEN:
        return marks.filter(kecamatan__kabupaten=region.pk)
    return marks.filter(kecamatan=region.pk)
