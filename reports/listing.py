"""Which kecamatan stand behind a number of a dashboard: the list to which its counts lead, and the ranking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet

from kecamatan.models import Kabupaten, Kecamatan, open_on
from kecamatan.scope import Scope
from lib.format import number_id, percent_id, since_id
from lib.month_choice import Month
from lib.pages import PAGE_SIZE, page_of, written
from reports.crumbs import Crumb, crumbs
from reports.gaps import KNOWN_SERVICES
from reports.links import kecamatan_url, place_url
from reports.models import Level, RegionMonth
from reports.regions import Region, judged_on
from reports.selectors import percent
from reports.services import SHOWN_LABELS, shown_service

ALL = ""
NOT_STATED = "tidak disebut"
_BAND = Q(coverage_full=1) | Q(coverage_high=1) | Q(coverage_middle=1) | Q(coverage_low=1)


class Group(NamedTuple):
    """Kecamatan that are counted together: those whose row meets a condition, or all others (``is_rest``)."""

    label: str
    condition: Q
    is_rest: bool = False


GROUPS: dict[str, Group] = {
    "able": Group("Dapat merekam", Q(kecamatan_serving=1) | Q(kecamatan_limited=1)),
    "down": Group("Tidak ada set yang bisa dipakai", Q(down_since__isnull=False)),
    "serving": Group("Melayani", Q(kecamatan_serving=1)),
    "limited": Group("Terbatas", Q(kecamatan_limited=1)),
    "hosted": Group("Menumpang", Q(kecamatan_hosted=1)),
    "mobile": Group("Unit keliling", Q(kecamatan_mobile=1)),
    "stopped": Group("Berhenti", Q(kecamatan_stopped=1)),
    "no_report": Group("Belum lapor", Q(kecamatan_no_report=0), is_rest=True),
    "confirmed": Group("Ada kabar", Q(kecamatan_confirmed=1)),
    "silent": Group("Tanpa kabar", Q(kecamatan_silent=1)),
    "off_record": Group("Tanpa set tercatat", Q(kecamatan_confirmed=1) | Q(kecamatan_silent=1), is_rest=True),
    "set_down": Group("Ada set yang tidak berfungsi", Q(sets_down__gt=0)),
    "down_hours": Group("Ada jam kerja tanpa alat", Q(down_minutes__gt=0)),
    "met": Group("Memenuhi target", Q(kecamatan_met=1)),
    "missed": Group("Belum memenuhi target", Q(kecamatan_with_target=1, kecamatan_met=0)),
    "coverage_full": Group("Cakupan 100% atau lebih", Q(coverage_full=1)),
    "coverage_high": Group("Cakupan 80 sampai 99,99%", Q(coverage_high=1)),
    "coverage_middle": Group("Cakupan 60 sampai 79,99%", Q(coverage_middle=1)),
    "coverage_low": Group("Cakupan di bawah 60%", Q(coverage_low=1)),
    "coverage_unknown": Group("Cakupan tidak disebut", _BAND, is_rest=True),
}
OF_SETS_AND_HOURS = ("set_down", "down_hours")
BY_CODE, WORST, BEST, LONGEST, MOST_HOURS = "", "capaian", "-capaian", "lama", "jam"
ORDERS = {
    BY_CODE: "Kode",
    WORST: "Capaian target terendah",
    BEST: "Capaian target tertinggi",
    LONGEST: "Paling lama tidak bisa merekam",
    MOST_HOURS: "Paling banyak jam kerja tanpa alat",
}


class Row(NamedTuple):
    """A kecamatan in the list."""

    name: str
    where: str
    url: str
    service: str
    service_label: str
    since: str
    note: str
    net: str
    achievement: str
    coverage: str


def page(scope: Scope, region: Region, month: Month, asked: dict[str, str]) -> dict[str, Any]:
    """Return all that the list shows, in two queries; ``asked`` are its filters as the address carries them."""
    group = asked.get("keadaan", ALL) if asked.get("keadaan") in GROUPS else ALL
    order = asked.get("urut", BY_CODE) if asked.get("urut") in ORDERS else BY_CODE
    places, more = _places(region, month.chosen, group, order, asked.get("sesudah", ""))
    rows = {row.region_id: row for row in _rows(month.chosen).filter(region_id__in=[place.pk for place in places])}
    label = GROUPS[group].label if group else "Semua kecamatan"
    says_why = group in OF_SETS_AND_HOURS or order == MOST_HOURS
    return {
        "region": region,
        "month": month,
        "crumbs": [*crumbs(region, scope, month, is_last=False), Crumb("Daftar kecamatan", "")],
        "title": label,
        "group": group,
        "groups": [(code, one.label, code == group) for code, one in GROUPS.items()],
        "order": order,
        "orders": [(code, words, code == order) for code, words in ORDERS.items()],
        "ordered_by": ORDERS[order],
        "is_cut": more and order != BY_CODE,
        "rows": written(_row(place, rows.get(place.pk), month, says_why=says_why) for place in places),
        "next_url": kecamatan_url(region.code, month.value, group, after=places[-1].code) if more and not order else "",
        "first_url": kecamatan_url(region.code, month.value, group) if asked.get("sesudah") and not order else "",
    }


def _rows(month: date) -> QuerySet[RegionMonth]:
    return RegionMonth.objects.filter(level=Level.KECAMATAN, month=month)


def _places(region: Region, month: date, group: str, order: str, after: str) -> tuple[Sequence[Any], bool]:
    places = Kecamatan.objects.filter(_inside(region), kind=Kecamatan.Kind.KECAMATAN).with_zone()
    chosen, counted = _rows(month), open_on(judged_on(region, month))
    if group and not GROUPS[group].is_rest:
        chosen = chosen.filter(GROUPS[group].condition)
    if order:
        return _ranked(region, places, _outside_rest(chosen, group), order)
    if group and GROUPS[group].is_rest:
        known = chosen.filter(GROUPS[group].condition)
        places = places.filter(counted).exclude(pk__in=known.values("region_id"))
    elif group:
        places = places.filter(pk__in=chosen.values("region_id"))
    else:
        places = places.filter(counted)
    return page_of(places, ("code",), Kecamatan(code=after) if after else None)


def _outside_rest(rows: QuerySet[RegionMonth], group: str) -> QuerySet[RegionMonth]:
    """Keep what lies outside a group's condition, where the group is all the others; who has no row has no rank."""
    return rows.exclude(GROUPS[group].condition) if group and GROUPS[group].is_rest else rows


def _ranked(
    region: Region, places: QuerySet[Kecamatan], rows: QuerySet[RegionMonth], order: str
) -> tuple[list[Kecamatan], bool]:
    """Return the first of a ranking, in two queries; who has no target, or is not down, has no rank."""
    rows = rows.filter(_parents(region))
    if order == LONGEST:
        rows = rows.filter(down_since__isnull=False).order_by("down_since", "region_id")
    elif order == MOST_HOURS:
        rows = rows.filter(down_minutes__gt=0).order_by("-down_minutes", "region_id")
    else:
        share = ExpressionWrapper(F("net_with_target") * 1.0 / F("target"), FloatField())
        rows = rows.filter(Q(days_reported__gt=0) | ~Q(net=0), target__gt=0).annotate(share=share)
        rows = rows.order_by("-share" if order == BEST else "share", "region_id")
    keys = list(rows.values_list("region_id", flat=True)[: PAGE_SIZE + 1])
    found = {place.pk: place for place in places.filter(pk__in=keys[:PAGE_SIZE])}
    return [found[pk] for pk in keys[:PAGE_SIZE] if pk in found], len(keys) > PAGE_SIZE


def _inside(region: Region) -> Q:
    if region.level == Level.PROVINCE:
        return Q(kabupaten__province=region.pk)
    return Q(kabupaten=region.pk) if region.level == Level.KABUPATEN else Q()


def _parents(region: Region) -> Q:
    """Return the filter that keeps the rows of a region's kecamatan."""
    if region.level == Level.PROVINCE:
        return Q(parent_id__in=Kabupaten.objects.filter(province=region.pk).values("pk"))
    return Q(parent_id=region.pk) if region.level == Level.KABUPATEN else Q()


def _row(place: Kecamatan, row: RegionMonth | None, month: Month, *, says_why: bool) -> Row:
    known = next((name for name in KNOWN_SERVICES if row and getattr(row, f"kecamatan_{name}")), "no_report")
    service = shown_service(known, is_silent=bool(row and row.kecamatan_silent))
    heard = row is not None and bool(row.days_reported or row.net)
    achievement = percent(row.net_with_target, row.target) if row and heard else None
    coverage = percent(row.coverage_recorded, row.coverage_eligible) if row else None
    return Row(
        name=place.name,
        where=place.kabupaten.name,
        url=place_url(place.code, month.value),
        service=service,
        service_label=SHOWN_LABELS[service],
        since=since_id(row.down_since, row.as_of, place.time_zone) if row and row.down_since else "",
        note=_note(row) if row and says_why else "",
        net=number_id(row.net) if row and heard else "belum lapor",
        achievement=percent_id(achievement) if achievement is not None else NOT_STATED,
        coverage=percent_id(coverage, 2) if coverage is not None else NOT_STATED,
    )


def _note(row: RegionMonth) -> str:
    """Return how many sets do not work, and how many office hours there was none."""
    sets = f"{number_id(row.sets_down)} dari {number_id(row.sets_total)} set tidak berfungsi" if row.sets_down else ""
    hours = f"{number_id(row.down_minutes // 60)} jam kerja tanpa alat" if row.down_minutes >= 60 else ""
    return ", ".join(filter(None, (sets, hours)))
