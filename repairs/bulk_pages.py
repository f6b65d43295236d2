"""What the page shows on which many tickets are changed at once: what is asked, what will happen, what is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from lib.format import day_id, number_id
from repairs import bulk, pages
from repairs.bulk import Check, Chosen
from repairs.forms.bulk import BulkForm
from repairs.models import Ticket
from repairs.places import workers_for

MARK = re.compile(r"([0-9]{1,15})\.([0-9]{1,9})")
MOST = 200
"""How many tickets one change takes at the most; a page of the list holds fifty."""


class Line(NamedTuple):
    """A ticket that was chosen, with what will happen to it, or why nothing will."""

    mark: str
    row: pages.Row
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A change of many tickets: what its button says, what it asks for, and its domain function with its check."""

    name: str
    label: str
    sentence: str
    done: str
    check: Callable[[BulkForm, User], Check]
    change: Callable[[Chosen, BulkForm, User], None]
    effect: Callable[[Ticket, BulkForm], str]
    asks: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """Return the button's words as the heading of a page."""
        return f"{self.label}: beberapa tiket sekaligus"


def _assignment(ticket: Ticket, form: BulkForm) -> str:
    return f"{ticket.assignee or 'belum ada'} → {form.assignee or 'belum ada'}"


def _promise(ticket: Ticket, form: BulkForm) -> str:
    before, after = ticket.promised_on, form.cleaned_data["promised_on"]
    slips = ", diundur" if before and after > before else ""
    first = day_id(before, weekday=False) if before else "belum ada janji"
    return f"{first} → {day_id(after, weekday=False)}{slips}"


def _promised(form: BulkForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("promised_on", "reason")}


_ACTIONS = (
    Action(
        name="assign",
        label="Tugaskan",
        sentence="Yang memegang melihat tiketnya di Tugas saya.",
        done="ditugaskan",
        check=lambda form, by: bulk.check_assignment(by, form.assignee),
        change=lambda chosen, form, by: bulk.assign_all(chosen, assignee=form.assignee, by=by),
        effect=_assignment,
        asks=("assignee",),
    ),
    Action(
        name="triage",
        label="Verifikasi",
        sentence="Laporannya sudah diperiksa dan benar; tiketnya menunggu dikerjakan.",
        done="diverifikasi",
        check=lambda form, by: bulk.check_triage(by),
        change=lambda chosen, form, by: bulk.triage_all(chosen, by=by),
        effect=lambda ticket, form: f"{ticket.get_status_display()} → {Ticket.Status.TRIAGED.label}",
    ),
    Action(
        name="promise",
        label="Atur janji",
        sentence="Pelapor melihat tanggal ini. Janji lama tetap tercatat.",
        done="diberi janji",
        check=lambda form, by: bulk.check_promise(by, **_promised(form)),
        change=lambda chosen, form, by: bulk.promise_all(chosen, by=by, **_promised(form)),
        effect=_promise,
        asks=("promised_on", "reason"),
    ),
)
ACTIONS: dict[str, Action] = {action.name: action for action in _ACTIONS}
"""All that may be done with many tickets at once, by the value of its button."""


def chosen_of(sent: QueryDict) -> dict[int, int]:
    """Return the tickets that were ticked, or all of the page, with the versions that the person saw."""
    marks = sent.getlist("tiket") + (sent.get("halaman", "").split(",") if sent.get("semua") else [])
    read = (MARK.fullmatch(mark) for mark in marks[:MOST])
    return {int(mark[1]): int(mark[2]) for mark in read if mark}


def form_of(action: Action, tickets: Sequence[Ticket], sent: QueryDict) -> BulkForm:
    """Return the form of a change: empty as long as nothing was answered."""
    is_answered = not action.asks or any(ask in sent for ask in action.asks)
    people = workers_for(*tickets) if "assignee" in action.asks and tickets else []
    return BulkForm(sent if is_answered else None, asks=action.asks, people=people)


def list_url(sent: QueryDict) -> str:
    """Return the address of the list from which the tickets were chosen, with its filters."""
    query = QueryDict(sent.get("dari", "")).urlencode()
    return reverse("repairs:ticket-list") + (f"?{query}" if query else "")


def bulk_page(
    action: Action, tickets: Sequence[Ticket], chosen: Chosen, form: BulkForm, sent: QueryDict, user: User
) -> dict[str, Any]:
    """Return all that the page shows: what will happen once everything is answered, else what was chosen."""
    is_answered = form.is_bound and form.is_valid()
    plan = bulk.plan(tickets, chosen, action.check(form, user)) if is_answered else None
    back = list_url(sent)
    return {
        "action": action,
        "form": form,
        "plan": plan,
        "number": number_id(len(plan.taken)) if plan else "",
        "taken": _lines(plan.taken, [action.effect(row, form) for row in plan.taken], chosen) if plan else [],
        "left_out": _lines([row for row, _ in plan.left_out], [why for _, why in plan.left_out], chosen)
        if plan
        else [],
        "picked": _lines(tickets, ["" for _ in tickets], chosen),
        "answers": [(ask, form[ask].value()) for ask in action.asks] if is_answered else [],
        "from_list": sent.get("dari", ""),
        "back_url": back,
        "crumbs": [{"label": "Tiket", "url": back}, {"label": action.heading, "url": ""}],
    }


def _lines(tickets: Sequence[Ticket], texts: Sequence[str], chosen: Chosen) -> list[Line]:
    rows = pages.rows(tickets, timezone.now())
    marks = [f"{ticket.pk}.{chosen[ticket.pk]}" for ticket in tickets]
    return [Line(*line) for line in zip(marks, rows, texts, strict=True)]
