"""What a person may do with an outage now, each with its form and its sentence, and what a loser sees."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.permissions import may_comment, may_correct_repairs
from kecamatan.models import Effect, Kecamatan
from lib.forms import DomainForm
from repairs.forms.outages import EFFECTS, CauseForm, CorrectionForm
from repairs.forms.spans import EndForm, UndoForm, VersionedForm, VoidForm, compared
from repairs.going_on import services_of
from repairs.models import Outage
from repairs.moves import Move
from repairs.outage_pages import crumbs, outage_page, places_text
from repairs.outage_undo import is_undoable
from repairs.span_pages import changes_of, history, moment_or

CORRECTABLE = ("started_at", "ended_at", "promised_at", "effect", "note", "computers")

LABELS = {
    "end": "Nyatakan selesai",
    "cause": "Sebut penyebab",
    "correct": "Betulkan catatan",
    "void": "Batalkan catatan",
    "withdraw": "Tarik laporan saya",
    "undo": "Urungkan, belum pulih",
}
SENTENCES = {
    "correct": "Waktu, dampak, janji dan kecamatannya; yang lama tetap terbaca di riwayat.",
    "end": "Gangguan tidak lagi mengurangi layanan sejak waktu itu.",
    "end_part": "Hanya untuk {where}. Di tempat lain gangguan ini tetap berjalan.",
    "cause": "Yang sudah disebut orang lain tetap tersimpan; yang terbaru dari dinas yang dipakai.",
    "void": "Untuk gangguan yang keliru dicatat. Tidak dihitung lagi, tetapi tetap tersimpan.",
    "withdraw": "Untuk laporan Anda yang keliru, selama orang lain belum bicara tentangnya. Tetap tersimpan.",
    "undo": "Bila Anda keliru menyatakannya pulih: gangguan berjalan terus tanpa jeda. Bisa dalam 10 menit.",
}


def form_of(name: str, page: dict[str, Any], data: Any = None) -> Any:
    """Return the form of a move, filled by what was sent, or with the version that the person sees now.

    A correction has a page of its own.
    """
    outage: Outage = page["outage"]
    start = {"version": outage.version, "seen": page["last_event"]}
    if name == "end":
        return EndForm(data, initial=start, zone=page["places"][0].time_zone, places=page["spoken"])
    forms = {"void": VoidForm, "withdraw": VoidForm, "cause": CauseForm, "undo": UndoForm}
    return forms[name](data, initial=start) if name in forms else None


def moves_of(page: dict[str, Any], user: User, failed: DomainForm | None = None, of: str = "") -> list[Move]:
    """Return what a person may do with the outage of a page; ``failed`` is the form of a move that was refused."""
    pk, sentences = page["outage"].pk, dict(SENTENCES)
    if len(page["spoken"]) < len(page["places"]):
        sentences["end"] = SENTENCES["end_part"].format(where=places_text(page["spoken"]))
    return [
        Move(
            name,
            LABELS[name],
            sentences[name],
            reverse(f"repairs:outage-{name}", args=[pk]),
            failed if failed is not None and of == name else form_of(name, page),
            of == name,
            name in ("void", "withdraw"),
        )
        for name in _names(page, user)
    ]


def _names(page: dict[str, Any], user: User) -> list[str]:
    """Return which moves a person has: to correct or void, they must be staff of every place."""
    if page["outage"].voided_at is not None:
        return []
    places, last = page["places"], page["changes"][0] if page["changes"] else None
    speaks = len(page["spoken"]) == len(places)
    allowed = {
        "undo": speaks and last is not None and is_undoable(last.action, last.at, last.by, user),
        "end": page["running"] and bool(page["spoken"]),
        "cause": any(may_comment(user, place) for place in places),
        "correct": all(may_correct_repairs(user, place) for place in places),
    }
    allowed["void"] = allowed["correct"]
    is_own = page["outage"].reported_by_id == user.pk and not allowed["void"]
    # Of places that the person does not see, the domain function finds out.
    is_undisputed = all(change.by == user.pk and change.action != "end_for" for change in page["changes"])
    allowed["withdraw"] = is_own and speaks and is_undisputed and page["outage"].split_from_id is None
    return [name for name, is_allowed in allowed.items() if is_allowed]


# --- Corrections ----------------------------------------------------------------------------------------


def places_to_choose(places: list[Kecamatan], user: User) -> list[Kecamatan]:
    """Return the places that a correction may choose among: of its one kabupaten all, of several none."""
    kabupaten = {place.kabupaten_id for place in places}
    if len(kabupaten) > 1:
        return []
    around = Kecamatan.objects.filter(kabupaten__in=kabupaten).running().with_zone()
    known = {place.pk: place for place in [*around, *places] if may_correct_repairs(user, place)}
    return sorted(known.values(), key=lambda place: (place.is_dinas, place.name, place.code))


def correction_form(outage: Outage, places: list[Kecamatan], user: User, data: Any = None) -> CorrectionForm:
    """Return the form of a correction, filled by what was sent, or by what is on record."""
    changes = [] if data is not None else changes_of(outage, user)
    start = {
        **{name: getattr(outage, name) for name in ("version", *CORRECTABLE)},
        "services": outage.services.split(),
        "places": [place.code for place in places],
        "seen": changes[0].last if changes else 0,
    }
    return CorrectionForm(data, initial=start, zone=places[0].time_zone, choices=places_to_choose(places, user))


# --- Conflicts ------------------------------------------------------------------------------------------


def both_versions(outage: Any, user: User, form: VersionedForm, of: str) -> dict[str, Any]:
    """Return what a loser typed beside what holds now, who changed it since, and the form again where it may be."""
    page = outage_page(outage, user)
    places, newest = page["places"], page["last_event"]
    zone = places[0].time_zone
    data = form.renewed(outage.version, newest)
    retry = correction_form(outage, places, user, data) if of == "correct" else form_of(of, page, data)
    return {
        "heading": "Gangguan ini baru saja diubah orang lain",
        "subject": page["subject"],
        "state": page["state"],
        "wanted": LABELS[of],
        "compared": compared(form, _on_record(outage, places), zone),
        "changes": history([change for change in page["changes"] if change.last > form.seen_event], zone),
        "move": next((move for move in moves_of(page, user, retry, of) if move.name == of), None),
        "url": page["url"],
        "crumbs": crumbs(page["where"], "Sudah berubah"),
    }


def _on_record(outage: Outage, places: list[Kecamatan]) -> dict[str, str]:
    """Return what an outage says now, by the fields of its forms."""
    zone = places[0].time_zone
    times = {name: moment_or(getattr(outage, name), zone) for name in ("started_at", "ended_at", "promised_at")}
    return {
        **times,
        "effect": dict(EFFECTS)[Effect(outage.effect)],
        "note": outage.note or "belum ada",
        "computers": str(outage.computers or "belum ada"),
        "services": ", ".join(services_of(outage.services)) or "belum ada",
        "places": f"{len(places)} kecamatan",
    }
