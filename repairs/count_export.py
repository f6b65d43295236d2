"""The counts of a month as a file with the columns of the import file ``recordings``, to be imported again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from kecamatan.imports import MOBILE_UNIT, RecordingImport
from kecamatan.models import Kabupaten, Kecamatan, Recording
from lib.month_choice import choose_month
from lib.months import add_months, local_month
from lib.pages import NotFound, batches
from repairs.count_places import CODE, find_where
from repairs.count_words import HINDRANCE_LABELS

COLUMNS = tuple(column.name for column in RecordingImport.columns)
ORDER = ("kecamatan_id", "day", "pk")


class Export(NamedTuple):
    """What a file holds: the places whose counts a person asks for, and the month."""

    places: QuerySet[Kecamatan]
    code: str
    month: date

    @property
    def file_name(self) -> str:
        """Return the name of the file, such as ``perekaman-36.03-2026-11.csv``."""
        return f"perekaman-{self.code}-{self.month:%Y-%m}.csv"


def find_export(kecamatan: str, kabupaten: str, asked_month: str | None, user: User) -> Export:
    """Return what a person asks for; without a place the only one that they have.

    Of a kabupaten they get the places that they see. Raises :class:`NotFound` outside their regions.
    """
    visible = Kecamatan.objects.visible_to(user)
    if kabupaten and not kecamatan:
        found = Kabupaten.objects.filter(code=kabupaten, pk__in=visible.order_by().values("kabupaten"))
        region = found.select_related("province").first()
        if region is None:
            raise NotFound("Tidak ada kabupaten itu.")
        return Export(visible.filter(kabupaten=region), region.code, _month(asked_month, region.province.time_zone))
    where = find_where(kecamatan, user) if not kecamatan or CODE.fullmatch(kecamatan) else None
    if where is None:
        raise NotFound("Pilih dulu kecamatan atau kabupatennya.")
    place = where.place
    return Export(visible.filter(pk=place.pk), place.code, _month(asked_month, place.time_zone))


def _month(asked: str | None, zone: str) -> date:
    return choose_month(asked, local_month(timezone.now(), zone)).chosen


def exported(asked: Export) -> Iterator[list[str]]:
    """Yield the head and a line for each count, read as it is sent."""
    yield list(COLUMNS)
    after = add_months(asked.month, 1)
    rows = Recording.objects.filter(kecamatan__in=asked.places.order_by(), day__gte=asked.month, day__lt=after)
    for counts in batches(rows.select_related("kecamatan", "place"), ORDER):
        yield from (_line(count) for count in counts)


def _line(count: Recording) -> list[str]:
    own = count.place_id == count.kecamatan_id
    where = MOBILE_UNIT if count.by_mobile_unit else "" if own else _code(count.place)
    return [
        _code(count.kecamatan),
        count.day.isoformat(),
        where,
        str(count.recorded),
        "" if count.printed is None else str(count.printed),
        HINDRANCE_LABELS.get(count.hindrance, "").lower(),
    ]


def _code(place: Kecamatan) -> str:
    """Return the code of a place in import files, where a dinas goes by that of its kabupaten."""
    return place.code[:5] if place.is_dinas else place.code
