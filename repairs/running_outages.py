"""The few outages that run somewhere now, on pages about something else; and asked about, where somebody can say."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min, Q, QuerySet

from accounts.models import Role, User
from kecamatan.models import Effect, Kecamatan
from kecamatan.scope import region_filter
from repairs.models import Outage
from repairs.outage_pages import EFFECT_WORDS, Ask, ask, counted, outage_url
from repairs.pages import cause_words
from repairs.span_pages import moment_text

NOW_SHOWN = 5
"""As many as a page about something else lists; the rest stands in the list of outages."""


class Running(NamedTuple):
    """An outage that runs, on a page about something else."""

    url: str
    title: str
    effect: str
    effect_text: str
    where: str
    since: str
    ask: Ask | None = None


class RunningNow(NamedTuple):
    """The outages that run over some places, as many as such a page shows, and whether there are more."""

    rows: list[Running]
    more: bool


def running_over(places: Q, zone: str, now: datetime, *, asks: str = "") -> RunningNow:
    """Return the outages that run over some places, the oldest first, in one query.

    ``places`` leads from the rows that join outages with kecamatan, as :func:`kecamatan.scope.region_filter` does.
    ``asks`` is the page to which an answer leads back, where whoever looks speaks for all of these places.
    """
    found = _found(places, now)
    return RunningNow([_row(row, zone, now, asks) for row in found[:NOW_SHOWN]], len(found) > NOW_SHOWN)


def running_for(user: User, zone: str, now: datetime, *, back: str) -> RunningNow:
    """Return the outages that run where a person works: asked about where they report, else where they look."""
    spoken = region_filter(user.scope_as(Role.OPERATOR, Role.STAFF), "kecamatan")
    seen = region_filter(user.scope, "kecamatan")
    if spoken is not None:
        return running_over(spoken, zone, now, asks=back)
    return RunningNow([], more=False) if seen is None else running_over(seen, zone, now)


def _found(places: Q, now: datetime) -> list[tuple]:
    named = Q(kecamatan__kind=Kecamatan.Kind.KECAMATAN)
    joined: QuerySet = Outage.places.through.objects.filter(places, outage__in=Outage.objects.running(now))
    return list(
        joined.values_list("outage", "outage__cause", "outage__certainty", "outage__effect", "outage__started_at")
        .annotate(
            number=Count("pk", filter=named),
            dinas=Count("pk", filter=~named),
            first=Min("kecamatan__name", filter=named),
        )
        .order_by("outage__started_at", "outage")[: NOW_SHOWN + 1]
    )


def _row(row: tuple, zone: str, now: datetime, back: str) -> Running:
    pk, cause, certainty, effect, started_at, number, dinas, first = row
    where = first if (number, dinas) == (1, 0) else counted(number, dinas)
    return Running(
        url=outage_url(pk),
        title=cause_words(cause, certainty),
        effect=effect,
        effect_text=EFFECT_WORDS[Effect(effect)],
        where=where,
        since=moment_text(started_at, zone, now),
        ask=ask(pk, cause, where, is_one=number + dinas == 1, way_back=back) if back else None,
    )
