"""What a person may do with a ticket now, each with its form and its sentence, and what a loser sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.urls import reverse

from accounts.models import User
from accounts.permissions import may_comment, may_correct_repairs
from lib.forms import DomainForm
from repairs.forms.tickets import StepForm
from repairs.history import events_of, history, status_seen
from repairs.models import Ticket
from repairs.pages import title_of
from repairs.workflow import STEPS, allowed_transitions

OTHERS_SHOWN = 50
VOID_LABEL = "Batalkan tiket"
VOID_SENTENCE = "Untuk tiket yang keliru. Tiket tidak dihitung lagi, tetapi tetap tersimpan."
LABELS = {"void": VOID_LABEL, "comment": "Kirim komentar"} | {step.name: step.label for step in STEPS}


class Move(NamedTuple):
    """Something that may be done: a button, its sentence and what it asks for."""

    name: str
    label: str
    sentence: str
    url: str
    form: DomainForm | None
    is_open: bool
    is_risky: bool


def form_of(ticket: Ticket, name: str, asks: Sequence[str], user: User, data: Any = None, **more: Any) -> StepForm:
    """Return the form of a move, filled by what was sent, if anything."""
    others = _others(ticket, user) if "duplicate_of" in asks else []
    return StepForm(data, name=name, asks=asks, zone=ticket.kecamatan.time_zone, others=others, **more)


def _others(ticket: Ticket, user: User) -> list[Ticket]:
    """Return the tickets of the same place that this one may repeat, the newest first."""
    rows = Ticket.objects.visible_to(user).counted().filter(kecamatan=ticket.kecamatan_id).exclude(pk=ticket.pk)
    return list(rows.select_related("recording_set", "device_kind").order_by("-failed_at", "-pk")[:OTHERS_SHOWN])


def moves_of(ticket: Ticket, user: User, last_event: int, failed: StepForm | None = None) -> dict[str, Any]:
    """Return the moves, and the form of a comment, that a person has; ``failed`` is the form that was refused."""

    def move(name: str, label: str, sentence: str, asks: Sequence[str], *, is_risky: bool = False) -> Move:
        bound = failed is not None and failed.name == name
        start = {"version": ticket.version, "seen": last_event}
        form = failed if failed and bound else form_of(ticket, name, asks, user, initial=start)
        return Move(name, label, sentence, _url(ticket, name), form, bound, is_risky)

    moves = [
        move(step.name, step.label, step.sentence, step.asks, is_risky=step.name == "reject")
        for step in allowed_transitions(ticket, user)
    ]
    if ticket.voided_at is None and may_correct_repairs(user, ticket.kecamatan):
        moves.append(move("void", VOID_LABEL, VOID_SENTENCE, ("reason",), is_risky=True))
    comment = move("comment", LABELS["comment"], "", ("text",)) if may_comment(user, ticket.kecamatan) else None
    return {"moves": moves, "comment": comment}


def _url(ticket: Ticket, name: str) -> str:
    if name in ("void", "comment"):
        return reverse(f"repairs:ticket-{name}", args=[ticket.number])
    return reverse("repairs:ticket-step", args=[ticket.number, name])


def both_versions(ticket: Ticket, user: User, form: StepForm) -> dict[str, Any]:
    """Return what a loser saw and wanted, what holds now, who changed it, and the move again where it is open."""
    events, seen = events_of(ticket), form.cleaned_data.get("seen") or 0
    newest = events[0].pk if events else 0
    saw = status_seen(events, seen, ticket.status) if seen else ""
    typed = {name: form.data.get(name, "") for name in form.fields}
    again = {**typed, "version": ticket.version, "seen": newest}
    retry = form_of(ticket, form.name, [name for name in form.fields if name not in ("version", "seen")], user, again)
    moves = moves_of(ticket, user, newest, retry)["moves"]
    return {
        "ticket": ticket,
        "title": title_of(ticket),
        "wanted": LABELS[form.name],
        "saw": saw,
        "saw_word": Ticket.Status(saw).label if saw else "",
        "changes": history([event for event in events if seen and event.pk > seen], ticket.kecamatan.time_zone),
        "typed": [(field.label, field.value()) for field in form.visible_fields() if field.value()],
        "move": next((move for move in moves if move.name == form.name), None),
        "crumbs": [
            {"label": "Tiket", "url": reverse("repairs:ticket-list")},
            {"label": ticket.number, "url": reverse("repairs:ticket-detail", args=[ticket.number])},
            {"label": "Sudah berubah", "url": ""},
        ],
    }
