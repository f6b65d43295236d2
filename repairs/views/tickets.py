"""The pages of tickets: the list, one ticket, what may be done with it, and the report of a fault."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import guard, holds_role, logs_somewhere, may_comment, may_correct_repairs, reports_somewhere
from accounts.requests import SignedInRequest
from lib.errors import Conflict, Forbidden, Refused
from lib.pages import NotFound, answers_problems, page_of
from repairs import moves, pages, places, tickets, workflow
from repairs.filters import TicketFilter
from repairs.forms.tickets import StepForm
from repairs.models import Ticket


@login_required
@require_safe
@answers_problems
def ticket_list(request: SignedInRequest) -> HttpResponse:
    """Show the tickets of the person's regions, the oldest open fault first; filters stand in the address."""
    filters = TicketFilter(request.GET, pages.listed(request.user), user=request.user)
    after = pages.position(request.GET.get("sesudah", ""), request.user)
    found, more = page_of(filters.qs, pages.NEWEST_FIRST if filters.newest_first else pages.OLDEST_FIRST, after)
    context = {
        "filters": filters,
        "chosen": filters.chosen(),
        "rows": pages.rows(found, timezone.now()),
        "next_url": pages.list_url(filters.chosen(), found[-1]) if more else "",
        "first_url": pages.list_url(filters.chosen()) if after else "",
        "may_report": reports_somewhere(request.user),
        "may_log": logs_somewhere(request.user),
    }
    return render(request, "repairs/ticket_list.html", context)


@login_required
@require_safe
@never_cache
@answers_problems
def ticket_detail(request: SignedInRequest, number: str) -> HttpResponse:
    """Show a ticket, its history, and what the person may do with it."""
    return _show(request, places.find_ticket(number, request.user))


@login_required
@require_POST
@answers_problems
def ticket_step(request: SignedInRequest, number: str, name: str) -> HttpResponse:
    """Take a ticket one step of the workflow further."""
    ticket = places.find_ticket(number, request.user)
    step = next((step for step in workflow.STEPS if step.name == name), None)
    if step is None:
        raise NotFound(f"Tidak ada langkah {name}.")
    guard(request.user, [ticket.kecamatan], lambda user, place: holds_role(user, place, *step.roles))
    form = moves.form_of(ticket, name, step.asks, request.user, request.POST)
    change = partial(workflow.transition, ticket, step.target, by=request.user)
    return _change(request, ticket, form, change, f"Keadaan tiket sekarang: {step.target.label}.")


@login_required
@require_POST
@answers_problems
def ticket_void(request: SignedInRequest, number: str) -> HttpResponse:
    """Void a ticket that is wrong, with a reason."""
    ticket = places.find_ticket(number, request.user)
    guard(request.user, [ticket.kecamatan], may_correct_repairs)
    form = moves.form_of(ticket, "void", ("reason",), request.user, request.POST)
    change = partial(tickets.void_ticket, ticket, by=request.user)
    return _change(request, ticket, form, change, "Tiket dibatalkan; tidak dihitung lagi.")


@login_required
@require_POST
@answers_problems
def ticket_comment(request: SignedInRequest, number: str) -> HttpResponse:
    """Add a comment; what people say never collides, so it asks for no version."""
    ticket = places.find_ticket(number, request.user)
    guard(request.user, [ticket.kecamatan], may_comment)
    form = moves.form_of(ticket, "comment", ("text",), request.user, request.POST)

    def change(version: int, text: str) -> None:
        tickets.comment(ticket, text=text, by=request.user)

    return _change(request, ticket, form, change, "Komentar tersimpan.")


def _change(
    request: SignedInRequest, ticket: Ticket, form: StepForm, change: Callable[..., None], done: str
) -> HttpResponse:
    """Make a change and lead back to the ticket; a refusal or the newer version is shown with what was typed."""
    if form.is_valid():
        try:
            change(version=form.seen_version, **form.asked())
        except Conflict:
            return _show_both(request, ticket, form)
        except Forbidden:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, done, extra_tags="tip")
            return redirect(pages.ticket_url(ticket))
    return _show(request, places.find_ticket(ticket.number, request.user), form)


def _show(request: SignedInRequest, ticket: Ticket, form: StepForm | None = None) -> HttpResponse:
    page = pages.ticket_page(ticket, request.user)
    around = moves.moves_of(ticket, request.user, page["last_event"], form)
    return render(request, "repairs/ticket_detail.html", {**page, **around, "failed": form})


def _show_both(request: SignedInRequest, ticket: Ticket, form: StepForm) -> HttpResponse:
    """Show the loser what they saw and what holds now, with what they typed (HTTP 409)."""
    ticket = places.find_ticket(ticket.number, request.user)
    context = moves.both_versions(ticket, request.user, form)
    return render(request, "repairs/ticket_conflict.html", context, status=409)
