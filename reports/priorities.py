"""Which kecamatan to act on first: a proposal from the stored rows of the current month, with its reasons in words.

The weight is published in docs/architecture.md: people not yet recorded x days stopped x kilometres to the nearest
kecamatan that can record. What is unknown has no weight and is proposed last; it is never taken for zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse

from kecamatan.changes import actor_of
from kecamatan.models import Kecamatan
from kecamatan.priorities import last_naming, named_priorities
from kecamatan.scope import Scope
from lib.distance import Point, kilometres
from lib.format import day_id, moment_id, number_id
from lib.months import local_day
from reports.crumbs import crumbs
from reports.forms import PrioritiesForm
from reports.judge import INSTANT
from reports.models import Level, RegionMonth
from reports.months import chosen_month
from reports.regions import Region
from reports.services import SERVICE_LABELS

FAR_KM = 150
"""How far a host is looked for; a place that is farther from any counts as this far."""
BOX_DEGREES = 1.35  # 150 km of latitude; of longitude, near the equator.
SHOWN = 50
ACCEPTED = 10
NOTHING = {
    "title": "Tidak ada kecamatan yang berhenti",
    "advice": "Semua kecamatan yang tercatat dapat merekam dengan alatnya sendiri, jadi tidak ada yang diusulkan.",
}
UNKNOWN_YET = {
    "title": "Belum ada yang tercatat bulan ini",
    "advice": "Usulan muncul setelah set dan keadaannya tercatat. Mulai dari daftar alat atau impor berkas.",
}
STANDING = ("hosted", "mobile", "stopped")


class Need(NamedTuple):
    """What makes a stopped kecamatan urgent; ``None`` where it is not known, no host where none is near."""

    unrecorded: int | None
    days: int
    host: str
    km: int

    @property
    def weight(self) -> int | None:
        """Return people x days x kilometres."""
        return None if self.unrecorded is None else self.unrecorded * self.days * self.km


class Proposed(NamedTuple):
    """A kecamatan that is proposed, with the reasons for its place in the list and what they are made of."""

    code: str
    name: str
    url: str
    position: int
    reasons: list[str]
    need: Need
    begun: date
    standing: str


def page(region: Region, scope: Scope, form: PrioritiesForm, *, may_name: bool) -> dict[str, Any]:
    """Return what the page of a kabupaten's or a province's priorities shows."""
    month = chosen_month(region, None)
    rows = list(_rows(region, month.chosen))
    own = next((row for row in rows if row.level == region.level), None)
    proposed = propose(region, rows)
    codes = {row.code for row in proposed[:SHOWN]}
    others = [place for place in form.places if place.code not in codes]
    return {
        **_named(region, form.places),
        "region": region,
        "crumbs": crumbs(region, scope, month),
        "as_of": moment_id(own.as_of, region.zone) if own else "",
        "completeness": _completeness(own),
        "form": form,
        "may_name": may_name,
        "rows": [(row, form.rank_field(row.code)) for row in proposed[:SHOWN]],
        "more": number_id(len(proposed) - SHOWN) if len(proposed) > SHOWN else "",
        "accepted": proposed[:ACCEPTED],
        "others": [(place, form.rank_field(place.code)) for place in others],
        "others_open": any(place.priority_rank for place in others) or form.is_bound,
        "nothing": NOTHING if own else UNKNOWN_YET,
    }


def _named(region: Region, places: Sequence[Kecamatan]) -> dict[str, Any]:
    """Return the priorities of a kabupaten as they are, from its places where these were read, and who named them."""
    if region.kabupaten is None:
        return {}
    event = last_naming(region.kabupaten)
    ranked = [place for place in places if place.priority_rank]
    named = sorted(ranked, key=_place_rank) if places else named_priorities(region.kabupaten)
    return {
        "named": [(place.name, _url(place)) for place in named],
        "named_by": f"{actor_of(event)}, {moment_id(event.at, region.zone)}" if event else "",
    }


def _place_rank(place: Kecamatan) -> tuple[int, str]:
    return place.priority_rank or 0, place.code


def _rows(region: Region, month: date) -> QuerySet[RegionMonth]:
    """Read the row of the region and those of its kecamatan whose own sets stand still."""
    own = Q(level=region.level, region_id=region.pk)
    inside = Kecamatan.objects.filter(**{region.level if region.kabupaten else "kabupaten__province": region.pk})
    down = Q(level=Level.KECAMATAN, down_since__isnull=False, region_id__in=inside.values("pk"))
    return RegionMonth.objects.filter(own | down, month=month)


def kecamatan_to_name(region: Region) -> list[Kecamatan]:
    """Return the kecamatan of a kabupaten, by name: those that can be named a priority."""
    places = Kecamatan.objects.running().filter(kind=Kecamatan.Kind.KECAMATAN, kabupaten=region.kabupaten)
    return list(places.order_by("name", "code"))


def proposed_in(region: Region, month: date) -> list[Proposed]:
    """Return the kecamatan of a kabupaten or a province that stood still as a month ended, as they are proposed."""
    return propose(region, list(_rows(region, month)))


def propose(region: Region, stored: Iterable[RegionMonth]) -> list[Proposed]:
    """Return the stopped kecamatan of these rows, the weightiest first; those of unknown weight last, by days."""
    rows = [row for row in stored if row.level == Level.KECAMATAN]
    places = Kecamatan.objects.with_zone().in_bulk([row.region_id for row in rows])
    hosts = _hosts_around(places.values(), rows[0].month) if rows else []
    needs = {row.region_id: _need(row, places[row.region_id], hosts) for row in rows}
    order = sorted(rows, key=lambda row: (*_rank(needs[row.region_id]), places[row.region_id].code))
    return [
        Proposed(
            place.code,
            _shown(place, region),
            _url(place),
            position,
            _reasons(row, needs[place.pk], place),
            needs[place.pk],
            _begun(row, place),
            _standing(row),
        )
        for position, row in enumerate(order, 1)
        for place in [places[row.region_id]]
    ]


def _rank(need: Need) -> tuple[bool, int]:
    return need.weight is None, -(need.days * need.km if need.weight is None else need.weight)


def _url(place: Kecamatan) -> str:
    return reverse("reports:kecamatan-detail", args=[place.code])


def _shown(place: Kecamatan, region: Region) -> str:
    return place.name if region.kabupaten else f"{place.name}, {place.kabupaten.name}"


def _need(row: RegionMonth, place: Kecamatan, hosts: Iterable[tuple[int, str, Point]]) -> Need:
    """Return the need of a place; a day that has begun counts, and so does the first kilometre."""
    known = row.coverage_eligible > 0
    unrecorded = max(0, row.coverage_eligible - row.coverage_recorded) if known else None
    host, km = nearest(place, hosts)
    return Need(unrecorded, max(1, _days_since(row, place)), host, max(1, km))


def _days_since(row: RegionMonth, place: Kecamatan) -> int:
    # A closed month is as of the first moment after it.
    seen = row.as_of - INSTANT if row.closed else row.as_of
    return (local_day(seen, place.time_zone) - _begun(row, place)).days


def _begun(row: RegionMonth, place: Kecamatan) -> date:
    """Return the local day on which a place's own sets stood still."""
    since: datetime = row.down_since  # type: ignore[assignment]  # the rows are chosen by it
    return local_day(since, place.time_zone)


# --- The nearest host -------------------------------------------------------------------------------------------


def _hosts_around(places: Iterable[Kecamatan], month: date) -> list[tuple[int, str, Point]]:
    """Read the kecamatan that can record and were heard from, as far around these places as a host is looked for."""
    points = [point for place in places if (point := _point(place))]
    if not points:
        return []
    able = RegionMonth.objects.filter(Q(kecamatan_serving=1) | Q(kecamatan_limited=1), month=month)
    able = able.filter(level=Level.KECAMATAN, kecamatan_confirmed=1)
    north, east = [point[0] for point in points], [point[1] for point in points]
    found = Kecamatan.objects.filter(
        latitude__range=(min(north) - BOX_DEGREES, max(north) + BOX_DEGREES),
        longitude__range=(min(east) - BOX_DEGREES, max(east) + BOX_DEGREES),
        pk__in=able.values("region_id"),
    )
    return [(pk, name, (lat, long)) for pk, name, lat, long in found.values_list("pk", "name", "latitude", "longitude")]


def _point(place: Kecamatan) -> Point | None:
    return None if place.latitude is None or place.longitude is None else (place.latitude, place.longitude)


def nearest(place: Kecamatan, hosts: Iterable[tuple[int, str, Point]]) -> tuple[str, int]:
    """Return the nearest of some hosts and its distance in whole kilometres, or none and :data:`FAR_KM`.

    Which is nearest is told on a plane, as good as on the sphere within this distance and ten times as fast.
    """
    here = _point(place)
    if here is None:
        return "", FAR_KM
    others = (
        ((point[0] - here[0]) ** 2 + (point[1] - here[1]) ** 2, name, point)
        for pk, name, point in hosts
        if pk != place.pk
    )
    found = min(others, default=None)
    if found is None:
        return "", FAR_KM
    _, name, point = found
    km = round(kilometres(here, point))
    return (name, km) if km <= FAR_KM else ("", FAR_KM)


# --- In words ---------------------------------------------------------------------------------------------------


def _reasons(row: RegionMonth, need: Need, place: Kecamatan) -> list[str]:
    begun = day_id(_begun(row, place), weekday=False)
    unrecorded = "tidak disebut" if need.unrecorded is None else f"{number_id(need.unrecorded)} orang wajib KTP"
    near = f"Terdekat yang melayani: {need.host}, {number_id(need.km)} km garis lurus"
    return [
        f"Belum direkam: {unrecorded}",
        f"Setnya berhenti sejak {begun} ({number_id(need.days)} hari); sekarang {_standing(row).lower()}",
        near if need.host else f"Tidak ada yang melayani dalam {FAR_KM} km",
        f"Bobot {_weight_text(need)}",
    ]


def _standing(row: RegionMonth) -> str:
    """Return how the people of a stopped kecamatan are served."""
    return SERVICE_LABELS[next((code for code in STANDING if getattr(row, f"kecamatan_{code}")), "stopped")]


def _weight_text(need: Need) -> str:
    if need.weight is None:
        return "tidak dapat dihitung: sudah direkam berapa orang tidak diketahui"
    factors = (need.unrecorded, need.days, need.km)
    return f"{' × '.join(map(number_id, factors))} = {number_id(need.weight)}"


def _completeness(own: RegionMonth | None) -> str:
    if own is None:
        return ""
    silent, total = number_id(own.kecamatan_silent), number_id(own.kecamatan_total)
    return f"{silent} dari {total} kecamatan tanpa kabar lebih dari dua hari kerja; keadaannya bisa lebih buruk."
