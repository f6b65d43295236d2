"""How a kecamatan serves by its stored rollup row, brought right for the time that has passed since.

A row says until when it holds (``valid_until``). One that time has overtaken, because no worker has come by yet, tells
what was known and is never shown as working.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from devices.readiness import ABLE_TO_RECORD, Service
from lib.months import WIB, WIT, add_months, local_month
from reports.models import Level, RegionMonth

GRACE = timedelta(minutes=2)
"""How long a row that is over still counts: beat needs seconds for one, and half a minute for the nation's midnight."""

KNOWN = (Service.SERVING, Service.LIMITED, Service.HOSTED, Service.MOBILE, Service.STOPPED)
FIELDS = ("region_id", "as_of", "valid_until", "kecamatan_silent", *(f"kecamatan_{service}" for service in KNOWN))


class Status(NamedTuple):
    """How the people of a kecamatan are served, as of when, and whether that still holds."""

    service: Service = Service.NO_REPORT
    is_silent: bool = False
    is_current: bool = True
    as_of: datetime | None = None

    @property
    def is_unsure(self) -> bool:
        """Say whether nobody can tell: overtaken by time, or said to work by nobody for more than two office days."""
        return not self.is_current or (self.is_silent and self.service in ABLE_TO_RECORD)

    @property
    def records(self) -> bool:
        """Say whether the kecamatan itself records, as far as anybody knows today."""
        return self.service in ABLE_TO_RECORD and not self.is_unsure

    @property
    def code(self) -> str:
        """Return the code of the mark that stands for it."""
        return "silent" if self.is_unsure else self.service.value


UNKNOWN = Status()
"""A kecamatan without a row: nothing is on record there."""


def current_rows(now: datetime) -> QuerySet[RegionMonth]:
    """Return the rows of kecamatan of the months that run somewhere, and of those that have just ended."""
    months = {local_month(now, WIB), local_month(now, WIT), add_months(local_month(now, WIB), -1)}
    return RegionMonth.objects.filter(level=Level.KECAMATAN, month__in=sorted(months))


def recording_rows(now: datetime) -> QuerySet[RegionMonth]:
    """Return the rows of the kecamatan that record: able, heard from, and not overtaken by time."""
    able = Q(kecamatan_serving=1) | Q(kecamatan_limited=1)
    return current_rows(now).filter(able, kecamatan_silent=0, valid_until__gt=now - GRACE)


def statuses(rows: QuerySet[RegionMonth], now: datetime) -> dict[int, Status]:
    """Return the status of each kecamatan by its key, from the newest of its rows."""
    return dict(_statuses(rows, now))


def _statuses(rows: QuerySet[RegionMonth], now: datetime) -> Iterator[tuple[int, Status]]:
    for pk, as_of, valid_until, silent, *flags in rows.order_by("month").values_list(*FIELDS):
        yield pk, _status(as_of, valid_until, bool(silent), flags, now)


def _status(as_of: datetime, valid_until: datetime | None, silent: bool, flags: list[Any], now: datetime) -> Status:
    service = next((one for one, flag in zip(KNOWN, flags, strict=True) if flag), Service.NO_REPORT)
    # A closed row is the last word on a month that is over: afterwards no row means that nothing is on record.
    if valid_until is None:
        return Status(service, silent, True, as_of) if now < as_of + GRACE else UNKNOWN._replace(as_of=as_of)
    return Status(service, silent, now < valid_until + GRACE, as_of)


def version_of_place(pk: int, now: datetime) -> datetime | None:
    """Return when the newest row of a kecamatan was computed: the version of what its page says."""
    return current_rows(now).filter(region_id=pk).order_by("-month").values_list("as_of", flat=True).first()


def version_of_kabupaten(pk: int, now: datetime) -> datetime | None:
    """Return when the newest row of any kecamatan of a kabupaten was computed."""
    return current_rows(now).filter(parent_id=pk).order_by("-as_of").values_list("as_of", flat=True).first()
