"""Keeps an open page true: says whether anything newer is there than what the browser shows, in one small query.

A page carries the stamp of what it shows. ``static/js/app.js`` asks again with that stamp; as long as it still holds
the answer is 204 without a body, else it is the page, from which htmx takes the parts that changed (their ids begin
with ``l-``). A page of a closed month asks only while changes wait to be computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from hashlib import blake2b
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils import timezone

from accounts.requests import SignedInRequest
from devices.models import DeviceKind
from lib.format import clock_id
from lib.month_choice import Month
from reports.models import RegionMonth
from reports.regions import Region
from reports.surroundings import BESIDE, beside

STAMP = "stamp"


class Live(NamedTuple):
    """How a page is kept true: what its next question is, if there is one, and when it was answered last."""

    query: str = ""
    said: str = ""


def stamp_of(row: RegionMonth | None, said: Mapping[str, Any]) -> str:
    """Return what stands for the figures of a row, and for what a page shows beside it.

    All columns enter, not the key alone: a row may be written anew or in place.
    """
    values = [getattr(row, column.attname) for column in RegionMonth._meta.concrete_fields] if row else None
    return blake2b(repr((values, [said.get(name) or 0 for name in BESIDE])).encode(), digest_size=8).hexdigest()


def is_seen(request: SignedInRequest, region: Region, month: Month) -> bool:
    """Say whether htmx asks with the stamp of what still holds."""
    return is_asked(request, lambda: _stamp_now(region, month.chosen))


def is_asked(request: SignedInRequest, stamp_now: Callable[[], str]) -> bool:
    """Say whether htmx asks with the stamp that still holds; it is read only where one was sent."""
    seen = request.GET.get(STAMP)
    return bool(seen and request.htmx) and seen == stamp_now()


def _stamp_now(region: Region, month: date) -> str:
    rows = RegionMonth.objects.filter(level=region.level, region_id=region.pk, month=month)
    asked = beside(region, month)
    row = rows.annotate(**asked).first()
    if row is not None:
        return stamp_of(row, {name: getattr(row, name) for name in asked})
    # Nothing is stored of the month yet: any table that is never empty carries the rest.
    return stamp_of(None, DeviceKind.objects.annotate(**asked).values(*asked)[0])


def nothing_new() -> HttpResponse:
    """Return the answer that htmx takes as "leave all as it is"."""
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


def live(request: SignedInRequest, region: Region, month: Month, stamp: str, pending: int) -> Live:
    """Return how a page of a month that runs, or whose changes wait, is kept true; ``stamp`` is of what it shows."""
    asked = request.GET.copy()
    said = f"Diperbarui {clock_id(timezone.now(), region.zone)}" if request.htmx and STAMP in asked else ""
    if not (month.is_current or pending):
        return Live(said=said)
    asked["bulan"], asked[STAMP] = month.value, stamp
    return Live(asked.urlencode(), said)


def leaves_when_signed_out(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Load the whole page again when htmx asks for somebody who is no longer signed in: that leads to the sign-in."""

    @wraps(view)
    def leaving(request: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and not request.user.is_authenticated:
            return HttpResponse(status=204, headers={"HX-Refresh": "true", "Cache-Control": "no-store"})
        return view(request, **kwargs)

    return leaving
