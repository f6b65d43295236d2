"""What the pages of outages show, formatted: a row of the list, and one outage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from accounts.permissions import covers
from kecamatan.changes import SYSTEM
from kecamatan.duty import office_calendar
from kecamatan.models import Cause, Effect, Kecamatan
from kecamatan.scope import region_filter, scope_of
from lib.format import moment_id
from lib.months import local_month, months_through
from lib.office import OfficeCalendar
from lib.pages import NotFound
from lib.spans import Span, clip, minutes
from repairs.going_on import going_on_text
from repairs.history import channel_text
from repairs.models import CONFIRM, Outage, OutageQuerySet
from repairs.outage_undo import UNDO
from repairs.outages import places_of, places_to_speak_for
from repairs.pages import cause_words, stated_causes
from repairs.span_pages import (
    RUNNING,
    Change,
    State,
    changes_of,
    history,
    lasted,
    list_url,
    moment_text,
    state_of,
    voided_text,
)

PLACES_SHOWN = 12
"""As many names as are read at a glance; more are folded away."""

EFFECT_WORDS = {Effect.STOPPED: "Perekaman berhenti", Effect.LIMITED: "Perekaman terbatas"}


def find_outage(pk: int, user: User) -> Any:
    """Return an outage that the person may see, with what its page reads; raises :class:`NotFound`."""
    visible = Outage.objects.visible_to(user)
    # Whoever took their own kecamatan out of an outage may not see the rest of it any more.
    rows = visible.annotate(sees_whole=Exists(visible.filter(pk=OuterRef("split_from"))))
    outage = rows.select_related("reported_by", "voided_by").filter(pk=pk).first()
    if outage is None:
        raise NotFound(f"Tidak ada gangguan {pk}.")
    return outage


def outage_url(pk: int) -> str:
    """Return the address of an outage's page."""
    return reverse("repairs:outage-detail", args=[pk])


# --- Where ----------------------------------------------------------------------------------------------


class Where(NamedTuple):
    """The places of an outage, counted; ``own`` are those of which the person is an operator."""

    kecamatan: int
    dinas: int
    kabupaten: int
    first: str
    last: str
    kabupaten_name: str
    zone: str
    own: int = 0
    own_name: str = ""


def where_of(keys: Iterable[int], user: User) -> dict[int, Where]:
    """Return where these outages are, in one query, however many places they cover."""
    mine = region_filter(user.scope_as(Role.OPERATOR), "kecamatan")
    own = Q(pk=None) if mine is None else mine
    named = Q(kecamatan__kind=Kecamatan.Kind.KECAMATAN)
    rows = (
        Outage.places.through.objects.filter(outage__in=list(keys))
        .values_list("outage")
        .annotate(
            kecamatan_count=Count("pk", filter=named),
            dinas=Count("pk", filter=~named),
            kabupaten=Count("kecamatan__kabupaten", distinct=True),
            # The first and the last by name: the only one, or the two.
            first=Min("kecamatan__name", filter=named),
            last=Max("kecamatan__name", filter=named),
            kabupaten_name=Min("kecamatan__kabupaten__name"),
            zone=Min("kecamatan__kabupaten__province__time_zone"),
            own=Count("pk", filter=own),
            own_name=Min("kecamatan__name", filter=own),
        )
    )
    return {pk: Where(*found) for pk, *found in rows}


def where_text(where: Where) -> str:
    """Return where an outage is: ``Kecamatan Kresek``, or ``29 kecamatan dan dinas di Kabupaten Tangerang``."""
    if where.kecamatan in (1, 2) and where.kabupaten == 1 and not where.dinas:
        return " dan ".join(sorted({where.first, where.last}))
    above = where.kabupaten_name if where.kabupaten == 1 else f"{where.kabupaten} kabupaten/kota"
    return f"{counted(where.kecamatan, where.dinas)} di {above}"


def counted(kecamatan: int, dinas: int) -> str:
    """Return places counted, the offices of a dinas apart: they are no kecamatan."""
    offices = "dinas" if dinas == 1 else f"{dinas} dinas" if dinas else ""
    return " dan ".join(filter(None, [f"{kecamatan} kecamatan" if kecamatan else "", offices]))


# --- The list -------------------------------------------------------------------------------------------


class Ask(NamedTuple):
    """The buttons that ask whether an outage lasts: where, each under its key, and where they lead back to.

    What covers many places is not ended by one tap.
    """

    pk: int
    where: str
    question: str
    confirm_key: UUID
    restored_key: UUID | None
    place: str = ""
    way_back: str = ""


class Row(NamedTuple):
    """An outage in a list."""

    url: str
    title: str
    where: str
    state: State
    effect: str
    effect_text: str
    since: str
    lasted: str
    until: str
    confirmed: str
    ask: Ask | None


def ask(pk: int, cause: str, where: str, *, is_one: bool = True, **more: str) -> Ask:
    """Return the question that somebody answers with one tap, each answer with a key of its own."""
    question = "Masih padam?" if cause == Cause.POWER_OUTAGE else "Masih terganggu?"
    return Ask(pk, where, question, uuid4(), uuid4() if is_one else None, **more)


def listed(user: User) -> OutageQuerySet:
    """Return the outages that a person may see, each with when it was last confirmed in their regions."""
    mine = region_filter(scope_of(user), "kecamatan")
    return Outage.objects.visible_to(user).with_confirmation(Q(pk=None) if mine is None else mine)


def rows(outages: Sequence[Any], user: User, now: datetime) -> list[Row]:
    """Return outages, as ``listed`` gives them, as rows."""
    wheres = where_of([outage.pk for outage in outages], user)
    return [_row(outage, wheres[outage.pk], now) for outage in outages]


def _row(outage: Any, where: Where, now: datetime) -> Row:
    state, zone = state_of(outage, now), where.zone
    running = state == RUNNING
    own = where.own_name if where.own == 1 else f"{where.own} kecamatan Anda"
    return Row(
        url=outage_url(outage.pk),
        title=cause_words(outage.cause, outage.certainty),
        where=where_text(where),
        state=state,
        effect=outage.effect if running else "",
        effect_text=outage.get_effect_display(),
        since=moment_text(outage.started_at, zone, now),
        lasted=lasted(outage, now),
        until=_until(outage, zone, now),
        confirmed=moment_text(outage.confirmed_at, zone, now) if running else "",
        ask=ask(outage.pk, outage.cause, own, is_one=where.own == 1, way_back="daftar")
        if running and where.own
        else None,
    )


def _until(outage: Outage, zone: str, now: datetime) -> str:
    """Return when an outage ended, will end, or is promised to; nothing where nobody knows."""
    if outage.ended_at is not None:
        word = "selesai" if outage.ended_at <= now else "sampai"
        return f"{word} {moment_text(outage.ended_at, zone, now)}"
    return f"dijanjikan {moment_text(outage.promised_at, zone, now)}" if outage.promised_at else ""


# --- One outage -----------------------------------------------------------------------------------------


class PlaceName(NamedTuple):
    """A place by name, linked where the person may look."""

    name: str
    url: str


def headline(outage: Any, places: Sequence[Kecamatan]) -> dict[str, Any]:
    """Return by what every page about an outage is known."""
    where, title = places_text(places), cause_words(outage.cause, outage.certainty)
    return {
        "outage": outage,
        "title": title,
        "where": where,
        "subject": f"{title}, {where}",
        "url": outage_url(outage.pk),
        "crumbs": crumbs(where),
    }


def outage_page(outage: Any, user: User) -> dict[str, Any]:
    """Return all that the page of an outage shows but its forms."""
    now, places = timezone.now(), places_of(outage)
    zone, state, changes = places[0].time_zone, state_of(outage, now), changes_of(outage, user)
    running, spoken = state == RUNNING, places_to_speak_for(places, user)
    return {
        **headline(outage, places),
        **_times(outage, zone, now),
        "state": state,
        "running": running,
        "effect": outage.effect,
        "effect_text": EFFECT_WORDS[Effect(outage.effect)],
        "going_on": going_on_text(outage.computers, outage.services),
        "is_late": running and outage.promised_at is not None and outage.promised_at <= now,
        "reported": f"{_reporter(outage)}, {moment_id(outage.reported_at, zone)}",
        "causes": stated_causes(outage, zone),
        "confirmed": _confirmed(changes, zone, now) if running else "",
        "places": places,
        "names": [_place_name(place, user) for place in places],
        "is_many": len(places) > PLACES_SHOWN,
        "links": _links(outage, changes),
        "changes": changes,
        "history": history(changes, zone),
        "last_event": changes[0].last if changes else 0,
        "voided": voided_text(outage, zone),
        "spoken": spoken,
        "ask": ask(outage.pk, outage.cause, places_text(spoken), is_one=len(spoken) == 1)
        if spoken and running
        else None,
    }


def _reporter(outage: Outage) -> str:
    if outage.reporter_name:
        return f"{outage.reporter_name}, {channel_text(outage.channel)}"
    return str(outage.reported_by or SYSTEM)


def _times(outage: Any, zone: str, now: datetime) -> dict[str, str]:
    return {
        "since": moment_id(outage.started_at, zone),
        "lasted": lasted(outage, now),
        "office_hours": hours_text(outage, zone, now, office_calendar()),
        "ended": moment_id(outage.ended_at, zone) if outage.ended_at else "",
        "promised": moment_id(outage.promised_at, zone) if outage.promised_at else "",
    }


def places_text(places: Sequence[Kecamatan]) -> str:
    """Return places in words as :func:`where_text` does, from the places themselves."""
    if not places:
        return ""
    kecamatan = [place.name for place in places if not place.is_dinas]
    kabupaten = {place.kabupaten_id for place in places}
    first, last = min(kecamatan, default=""), max(kecamatan, default="")
    name, zone = places[0].kabupaten.name, places[0].time_zone
    return where_text(Where(len(kecamatan), len(places) - len(kecamatan), len(kabupaten), first, last, name, zone))


def hours_text(outage: Outage, zone: str, now: datetime, calendar: OfficeCalendar) -> str:
    """Return how much of the office hours an outage has taken by now: ``12,5 jam kerja``; nothing of one to come."""
    end = now if outage.ended_at is None else min(outage.ended_at, now)
    if end <= outage.started_at:
        return ""
    span = Span(outage.started_at, end)
    months = months_through(local_month(span.start, zone), local_month(end, zone))
    parts = (clip(span, window) for month in months for window in calendar.spans(month, zone))
    hours = minutes(part for part in parts if part) / 60
    return f"{hours:.1f} jam kerja".replace(".", ",")


def _confirmed(changes: Iterable[Change], zone: str, now: datetime) -> str:
    said = next((change for change in changes if change.action == CONFIRM), None)
    if said is None:
        return ""
    where = said.first_name if said.places == 1 else f"{said.places} kecamatan"
    return f"{moment_text(said.at, zone, now)} oleh {said.who} ({where})"


def _place_name(place: Kecamatan, user: User) -> PlaceName:
    seen = covers(user.scope, place)
    return PlaceName(place.name, reverse("reports:kecamatan-detail", args=[place.code]) if seen else "")


def _links(outage: Any, changes: Sequence[Change]) -> list[dict[str, str]]:
    """Return the outage that this one was split from, and the parts of it that ended before the rest."""
    rejoined = {change.data.get("part") for change in changes if change.action == UNDO}
    links = [
        {"label": "Sudah pulih lebih dulu", "text": change.first_name, "url": outage_url(change.data["part"])}
        for change in changes
        if change.action == "end_for" and change.data["part"] not in rejoined
    ]
    if outage.split_from_id:
        url = outage_url(outage.split_from_id) if outage.sees_whole else ""
        links.append({"label": "Dipisah dari", "text": "gangguan di tempat lain", "url": url})
    return links


def crumbs(*steps: str) -> list[dict[str, str]]:
    """Return the way from the list down to a page."""
    return [
        {"label": "Gangguan", "url": list_url("repairs:outage-list", {})},
        *({"label": s, "url": ""} for s in steps),
    ]
