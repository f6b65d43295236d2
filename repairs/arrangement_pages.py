"""What the pages of arrangements show, formatted, the places one may arrange for, and what may be done with one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from accounts.permissions import covers, guard, may_arrange_service, may_correct_repairs
from kecamatan.models import Kecamatan
from kecamatan.scope import Scope, region_filter
from lib.distance import kilometres
from lib.errors import Forbidden
from lib.format import moment_id
from lib.forms import DomainForm
from lib.pages import NotFound
from repairs.forms.arrangements import KINDS, ArrangementCorrectionForm, Choice
from repairs.forms.spans import EndForm, VersionedForm, VoidForm, compared
from repairs.models import Arrangement, ArrangementQuerySet
from repairs.moves import Move
from repairs.places import CODE
from repairs.span_pages import (
    RUNNING,
    State,
    changes_of,
    history,
    lasted,
    list_url,
    moment_or,
    moment_text,
    state_of,
    voided_text,
)

HOSTS_SHOWN = 60

WORDS = {
    Arrangement.Kind.HOSTED: ("Menumpang", "di"),
    Arrangement.Kind.MOBILE_UNIT: ("Unit keliling", "dari"),
    Arrangement.Kind.EQUIPMENT_LOAN: ("Pinjam alat", "dari"),
    Arrangement.Kind.DIVERTED: ("Dialihkan", "ke"),
}
LABELS = {"end": "Nyatakan selesai", "correct": "Betulkan catatan", "void": "Batalkan catatan"}
SENTENCES = {
    "end": "Warga dilayani di kecamatannya sendiri lagi sejak waktu itu.",
    "correct": "Jenis, tempat dan waktunya; yang lama tetap terbaca di riwayat.",
    "void": "Untuk catatan yang keliru. Tidak dihitung lagi, tetapi tetap tersimpan.",
}


class Row(NamedTuple):
    """An arrangement in the list."""

    url: str
    title: str
    guest: str
    state: State
    since: str
    lasted: str
    until: str


def kind_text(kind: str, host: str | None) -> str:
    """Return how people are served: ``Menumpang di Kecamatan Sukamulya``."""
    word, preposition = WORDS[Arrangement.Kind(kind)]
    return f"{word} {preposition} {host}" if host else word


def arrangement_url(pk: int) -> str:
    """Return the address of an arrangement's page."""
    return reverse("repairs:arrangement-detail", args=[pk])


def crumbs(*steps: str) -> list[dict[str, str]]:
    """Return the way from the list down to a page."""
    start = {"label": "Layanan pengganti", "url": list_url("repairs:arrangement-list", {})}
    return [start, *({"label": step, "url": ""} for step in steps)]


def listed(user: User) -> ArrangementQuerySet:
    """Return the arrangements that a person may see, with what a row shows."""
    return Arrangement.objects.visible_to(user).select_related(
        "kecamatan__kabupaten__province", "host__kabupaten", "voided_by"
    )


def find_arrangement(pk: int, user: User) -> Arrangement:
    """Return an arrangement that the person may see; raises :class:`NotFound`."""
    arrangement = listed(user).filter(pk=pk).first()
    if arrangement is None:
        raise NotFound(f"Tidak ada layanan pengganti {pk}.")
    return arrangement


def rows(arrangements: Iterable[Arrangement], now: datetime) -> list[Row]:
    """Return arrangements, as ``listed`` gives them, as rows."""
    return [_row(row, now) for row in arrangements]


def _row(row: Arrangement, now: datetime) -> Row:
    zone = row.kecamatan.time_zone
    return Row(
        url=arrangement_url(row.pk),
        title=kind_text(row.kind, row.host.name if row.host else None),
        guest=row.kecamatan.name,
        state=state_of(row, now),
        since=moment_text(row.started_at, zone, now),
        lasted=lasted(row, now),
        until=moment_text(row.ended_at, zone, now),
    )


# --- One arrangement ------------------------------------------------------------------------------------


def headline(arrangement: Arrangement) -> dict[str, Any]:
    """Return by what every page about an arrangement is known."""
    title = kind_text(arrangement.kind, arrangement.host.name if arrangement.host else None)
    return {
        "arrangement": arrangement,
        "title": title,
        "subject": f"{arrangement.kecamatan.name}: {title}",
        "url": arrangement_url(arrangement.pk),
        "crumbs": crumbs(f"{arrangement.kecamatan.name}: {title}"),
    }


def arrangement_page(arrangement: Arrangement, user: User) -> dict[str, Any]:
    """Return all that the page of an arrangement shows but its forms."""
    now, zone, changes = timezone.now(), arrangement.kecamatan.time_zone, changes_of(arrangement, user)
    return {
        **headline(arrangement),
        "state": state_of(arrangement, now),
        "guest": _named(arrangement.kecamatan, user),
        "host": _named(arrangement.host, user) if arrangement.host else None,
        "since": moment_id(arrangement.started_at, zone),
        "lasted": lasted(arrangement, now),
        "ended": moment_id(arrangement.ended_at, zone) if arrangement.ended_at else "",
        "changes": changes,
        "history": history(changes, zone),
        "last_event": changes[0].last if changes else 0,
        "voided": voided_text(arrangement, zone),
    }


def _named(place: Kecamatan, user: User) -> dict[str, str]:
    url = reverse("reports:kecamatan-detail", args=[place.code]) if covers(user.scope, place) else ""
    return {"name": place.name, "url": url}


# --- Where ----------------------------------------------------------------------------------------------


def _arranging(user: User) -> Scope:
    return user.scope_as(Role.STAFF)


def arranges_somewhere(user: User) -> bool:
    """Say whether a person may arrange for the people of any place at all."""
    return _arranging(user) != Scope()


def guest_of(user: User, code: str) -> Kecamatan | None:
    """Return the kecamatan of a code for whose people the person arranges; ``None`` where they must choose first.

    Raises :class:`NotFound` outside the person's regions, and ``Forbidden`` where they may only read.
    """
    if not arranges_somewhere(user):
        raise Forbidden("Anda tidak berwenang mengatur layanan.")
    if not code:
        return None
    place = _kecamatan().visible_to(user).with_zone().filter(code=code).first() if CODE.fullmatch(code) else None
    if place is None:
        raise NotFound(f"Tidak ada kecamatan {code}.")
    guard(user, [place], may_arrange_service)
    return place


def _kecamatan() -> Any:
    return Kecamatan.objects.running().filter(kind=Kecamatan.Kind.KECAMATAN)


def choice_of_guests(user: User) -> dict[str, Any]:
    """Return the kecamatan for which a person may arrange; above a kabupaten too many, so the code is typed."""
    scope = _arranging(user)
    if scope.nation or scope.provinces:
        return {"choices": []}
    return {"choices": _kecamatan().filter(region_filter(scope, "") or Q(pk=None)).order_by("name", "code")}


def hosts_for(guest: Kecamatan, user: User, chosen: Kecamatan | None = None) -> list[Choice]:
    """Return the places that may host or lend, among what the person sees in the province, the nearest first."""
    inside = Kecamatan.objects.visible_to(user).running().exclude(pk=guest.pk)
    places = inside.filter(kabupaten__province=guest.kabupaten.province_id).order_by("name", "code")
    measured = [(place, _distance(guest, place)) for place in places]
    # The own dinas is always at hand; what has no coordinates comes last.
    measured.sort(key=lambda pair: (pair[0].code != f"{guest.code[:5]}.00", pair[1] is None, pair[1] or 0.0))
    found = [(place, place.name if far is None else f"{place.name}, {_km(far)}") for place, far in measured]
    found = found[:HOSTS_SHOWN]
    if chosen is not None and chosen.pk not in {place.pk for place, _ in found}:
        found.append((chosen, chosen.name))
    return found


def _distance(here: Kecamatan, there: Kecamatan) -> float | None:
    points = [(place.latitude, place.longitude) for place in (here, there)]
    if any(value is None for point in points for value in point):
        return None
    return kilometres(*points)  # type: ignore[arg-type]


def _km(far: float) -> str:
    return f"{far:.1f} km".replace(".", ",")


# --- What may be done -----------------------------------------------------------------------------------


def form_of(name: str, page: dict[str, Any], data: Any = None) -> Any:
    """Return the form of a move, filled by what was sent, or with the version that the person sees now.

    A correction has a page of its own.
    """
    start = {"version": page["arrangement"].version, "seen": page["last_event"]}
    if name == "end":
        zone = page["arrangement"].kecamatan.time_zone
        hint = "Kosongkan bila selesai sekarang. Boleh nanti."
        return EndForm(data, initial=start, zone=zone, label="Selesai sejak", hint=hint)
    return VoidForm(data, initial=start) if name == "void" else None


def moves_of(page: dict[str, Any], user: User, failed: DomainForm | None = None, of: str = "") -> list[Move]:
    """Return what a person may do with an arrangement; ``failed`` is the form of a move that was refused."""
    arrangement = page["arrangement"]
    if arrangement.voided_at is not None or not may_correct_repairs(user, arrangement.kecamatan):
        return []
    return [
        Move(
            name,
            label,
            SENTENCES[name],
            reverse(f"repairs:arrangement-{name}", args=[arrangement.pk]),
            failed if failed is not None and of == name else form_of(name, page),
            of == name,
            name == "void",
        )
        for name, label in LABELS.items()
        if name != "end" or page["state"] == RUNNING
    ]


def correction_form(arrangement: Arrangement, user: User, data: Any = None) -> ArrangementCorrectionForm:
    """Return the form of a correction, filled by what was sent, or by what is on record."""
    changes = [] if data is not None else changes_of(arrangement, user)
    start = {
        "version": arrangement.version,
        "seen": changes[0].last if changes else 0,
        "kind": arrangement.kind,
        "host": arrangement.host.code if arrangement.host else "",
        "started_at": arrangement.started_at,
        "ended_at": arrangement.ended_at,
    }
    hosts = hosts_for(arrangement.kecamatan, user, arrangement.host)
    return ArrangementCorrectionForm(data, initial=start, zone=arrangement.kecamatan.time_zone, hosts=hosts)


def both_versions(arrangement: Arrangement, user: User, form: VersionedForm, of: str) -> dict[str, Any]:
    """Return what a loser typed beside what holds now, who changed it since, and the form again where it may be."""
    page, zone = arrangement_page(arrangement, user), arrangement.kecamatan.time_zone
    data = form.renewed(arrangement.version, page["last_event"])
    retry = correction_form(arrangement, user, data) if of == "correct" else form_of(of, page, data)
    now = {
        "kind": dict(KINDS)[Arrangement.Kind(arrangement.kind)],
        "host": arrangement.host.name if arrangement.host else "Tidak ada",
        "started_at": moment_id(arrangement.started_at, zone),
        "ended_at": moment_or(arrangement.ended_at, zone),
    }
    return {
        **page,
        "heading": "Catatan ini baru saja diubah orang lain",
        "wanted": LABELS[of],
        "compared": compared(form, now, zone),
        "changes": history([change for change in page["changes"] if change.last > form.seen_event], zone),
        "move": next((move for move in moves_of(page, user, retry, of) if move.name == of), None),
    }
