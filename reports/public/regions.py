"""Reads what the pages of the larger regions tell citizens: which kecamatan there are, and which of them record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q

from accounts.opening import Day
from kecamatan.duty import office_calendar
from kecamatan.models import Kabupaten, Kecamatan, Province
from reports.public.hours import Today, today
from reports.public.status import UNKNOWN, Status, current_rows, recording_rows, statuses


@dataclass(frozen=True, slots=True)
class KabupatenNow:
    """A kabupaten with its kecamatan in the order of their names, each with its status."""

    kabupaten: Kabupaten
    today: Today
    places: list[tuple[Kecamatan, Status]]

    @property
    def recording(self) -> int:
        """Return how many kecamatan record, as far as anybody knows today."""
        return sum(status.records for _, status in self.places)


class Listed(NamedTuple):
    """A kabupaten of a province: how many of its kecamatan record, where it tells citizens."""

    kabupaten: Kabupaten
    total: int
    recording: int
    is_public: bool


def find_kabupaten(code: str) -> Kabupaten | None:
    """Return a kabupaten that has not been closed, with its province and its office."""
    rows = Kabupaten.objects.filter(closed_on=None).select_related("province", "office")
    return rows.filter(code=code).first()


def find_province(code: str) -> Province | None:
    """Return a province that has not been closed."""
    return Province.objects.filter(closed_on=None, code=code).first()


def read_kabupaten(kabupaten: Kabupaten, now: datetime) -> KabupatenNow:
    """Return the kecamatan of a kabupaten as they serve now, in three queries."""
    known = statuses(current_rows(now).filter(parent_id=kabupaten.pk), now)
    places = Kecamatan.objects.running().filter(kabupaten=kabupaten.pk, kind=Kecamatan.Kind.KECAMATAN)
    listed = [(place, known.get(place.pk, UNKNOWN)) for place in places.order_by("name", "code")]
    # What holds everywhere: the hours of each office stand on its own page.
    at = today(now, kabupaten.province.time_zone, office_calendar(), [Day()] * 7)
    return KabupatenNow(kabupaten, at, listed)


def read_province(province: Province, now: datetime) -> list[Listed]:
    """Return the kabupaten of a province by name, in two queries."""
    running = Q(kecamatan__kind=Kecamatan.Kind.KECAMATAN, kecamatan__closed_on=None)
    rows = Kabupaten.objects.filter(province=province.pk, closed_on=None).select_related("office")
    rows = rows.annotate(total=Count("kecamatan", filter=running)).order_by("name", "code")
    kabupatens = list(rows)
    recording = recording_rows(now).filter(parent_id__in=[kabupaten.pk for kabupaten in kabupatens])
    counts = dict(recording.order_by().values_list("parent_id").annotate(Count("region_id", distinct=True)))
    return [
        Listed(kabupaten, kabupaten.total, counts.get(kabupaten.pk, 0), is_public(kabupaten))
        for kabupaten in kabupatens
    ]


def provinces() -> list[Province]:
    """Return the provinces by name."""
    return list(Province.objects.filter(closed_on=None).order_by("name"))


def is_public(kabupaten: Kabupaten) -> bool:
    """Say whether a kabupaten, loaded with its office, tells citizens how it serves; so does one without an office."""
    office = getattr(kabupaten, "office", None)
    return office is None or office.is_public
