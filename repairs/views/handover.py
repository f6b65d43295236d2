"""The page on which the open tickets of somebody who leaves go to others."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import Assignment, User
from accounts.requests import SignedInRequest
from kecamatan.scope import Scope
from lib.errors import Conflict, Forbidden, Refused
from lib.pages import PAGE_SIZE, NotFound, answers_problems
from repairs import pages
from repairs.forms.handover import NOBODY, HandoverForm
from repairs.handover import find_leaver, hand_over, handing_scope, held_by, recipients
from repairs.models import Ticket
from repairs.views.sending import answers_resends, send, status_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def handover(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the open tickets that a person holds and give those that are ticked to somebody else."""
    person = _find_person(pk, request.user)
    tickets = _shown(person, request.user)
    roles = recipients(tickets, request.user, without=person)
    form = HandoverForm(request.POST if request.method == "POST" else None, people=_choices(roles))
    if form.is_bound and (answer := _give(request, form, person, roles)):
        return answer
    context = _page(form, person, tickets, request.user)
    return render(request, "repairs/handover.html", context, status=status_of(form))


def _find_person(pk: int, user: User) -> User:
    if handing_scope(user) == Scope():
        raise Forbidden("Anda tidak berwenang menyerahkan tiket orang lain.")
    person = find_leaver(pk, user)
    if person is None:
        raise NotFound(f"Tidak ada pengguna {pk}.")
    return person


def _is_managed(person: User, user: User) -> bool:
    return User.objects.visible_to(user).filter(pk=person.pk).exists()


def _shown(person: User, user: User) -> list[Ticket]:
    rows = held_by(person, user).select_related(
        "kecamatan__kabupaten__province", "recording_set", "device_kind", "assignee"
    )
    return list(rows.order_by(*pages.OLDEST_FIRST)[:PAGE_SIZE])


def _choices(roles: list[Assignment]) -> list[tuple[str, str]]:
    named: dict[str, str] = {}
    for role in roles:
        named.setdefault(str(role.user_id), f"{role.user} ({role})")
    return list(named.items())


def _give(request: SignedInRequest, form: HandoverForm, person: User, roles: list[Assignment]) -> HttpResponse | None:
    def write() -> str:
        chosen = form.cleaned_data["assignee"]
        assignee = next((role.user for role in roles if str(role.user_id) == chosen), None)
        if assignee is None and chosen != NOBODY:
            raise Refused("Orang ini tidak bertugas di tempat tiketnya. Pilih satu dari daftar.", field="assignee")
        hand_over(person, tickets=form.cleaned_data["tickets"], assignee=assignee, by=request.user)
        return _next_url(person, request.user)

    try:
        return send(request, form, write, f"Tiket {person} sudah diserahkan.")
    except Conflict as conflict:
        form.refuse(conflict)
        return None


def _next_url(person: User, user: User) -> str:
    """Return this page while tickets are left, else where the person or the tickets are."""
    if held_by(person, user).exists():
        return reverse("repairs:handover", args=[person.pk])
    if _is_managed(person, user):
        return reverse("accounts:user-detail", args=[person.pk])
    return reverse("repairs:ticket-list")


def _page(form: HandoverForm, person: User, tickets: list[Ticket], user: User) -> dict[str, Any]:
    keys = [str(ticket.pk) for ticket in tickets]
    ticked = form.ticked if form.is_bound else set(keys)
    rows = zip(keys, [key in ticked for key in keys], pages.rows(tickets, timezone.now()), strict=True)
    return {
        "form": form,
        "person": person,
        "rows": list(rows),
        "is_full": len(tickets) == PAGE_SIZE,
        "is_managed": _is_managed(person, user),
    }
