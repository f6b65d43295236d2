"""The pages of tickets: the list, one ticket, and what may be done with it."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import changes_many_tickets, guard, logs_somewhere, reports_somewhere
from accounts.requests import SignedInRequest
from accounts.sending import answers_resends
from kecamatan.submissions import answer_once
from lib.errors import Conflict, Forbidden, KeyReused, Refused
from lib.forms import DomainForm
from lib.pages import NotFound, answers_problems, left_list, page_of, written
from repairs import attachment_pages, bulk_pages, moves, pages, places
from repairs.filters import TicketFilter
from repairs.forms.tickets import MoveForm
from repairs.models import Ticket


@login_required
@require_safe
@answers_problems
def ticket_list(request: SignedInRequest) -> HttpResponse:
    """Show the tickets of the person's regions, the oldest open fault first; filters stand in the address."""
    filters = TicketFilter(request.GET, pages.listed(request.user).with_withdrawal(), user=request.user)
    after = pages.position(request.GET.get("sesudah", ""))
    found, more = page_of(filters.qs, pages.NEWEST_FIRST if filters.newest_first else pages.OLDEST_FIRST, after)
    rows = pages.rows(found, timezone.now(), request.user)
    context = {
        "filters": filters,
        "chosen": filters.chosen(),
        "views": pages.views_of(request.user, filters.chosen()),
        "rows": written(rows),
        "actions": bulk_pages.ACTIONS.values() if changes_many_tickets(request.user) else [],
        "marks": ",".join(row.mark for row in rows),
        "query": urlencode(filters.chosen()),
        "next_url": pages.list_url(filters.chosen(), found[-1]) if more else "",
        "first_url": pages.list_url(filters.chosen()) if after else "",
        "may_report": reports_somewhere(request.user),
        "may_log": logs_somewhere(request.user),
    }
    return render(request, "repairs/ticket_list.html", context)


@login_required
@require_safe
@answers_problems
def ticket_detail(request: SignedInRequest, number: str) -> HttpResponse:
    """Show a ticket, its history, and what the person may do with it."""
    return show_ticket(request, places.find_ticket(number, request.user))


@login_required
@require_POST
@answers_problems
@answers_resends
def ticket_move(request: SignedInRequest, number: str, name: str) -> HttpResponse:
    """Make a change of a ticket: a step of the workflow, or another of :data:`repairs.moves.CHANGES`.

    The same submission again leads to the same answer; what was typed is shown again with a refusal, or with the
    newer version that somebody else made.
    """
    ticket, change = places.find_ticket(number, request.user), moves.CHANGES.get(name)
    if change is None:
        raise NotFound(f"Tidak ada tindakan {name}.")
    guard(request.user, [ticket.kecamatan], change.may)
    form = moves.form_of(ticket, change, request.user, request.POST)
    if not form.is_valid():
        return show_ticket(request, ticket, form)
    try:
        url = answer_once(form.key, request.POST, by=request.user, write=partial(_write, ticket, change, form, request))
    except (Conflict, KeyReused) as refused:
        return _show_later(request, ticket, change, form, refused)
    except Forbidden:
        raise
    except Refused as refused:
        form.refuse(refused)
        return show_ticket(request, places.find_ticket(number, request.user), form)
    messages.success(request, change.done, extra_tags="tip")
    return redirect(url)


def _write(ticket: Ticket, change: moves.Change, form: MoveForm, request: SignedInRequest) -> str:
    return pages.ticket_url(moves.make(ticket, change, form, request.user))


def _show_later(
    request: SignedInRequest, ticket: Ticket, change: moves.Change, form: MoveForm, refused: Refused
) -> HttpResponse:
    """Show who came second both versions, or what they said to be sent as something new (HTTP 409)."""
    if change.versioned:
        return _show_both(request, ticket, change, form)
    form.renew_key()
    form.refuse(refused)
    return show_ticket(request, places.find_ticket(ticket.number, request.user), form, status=409)


def show_ticket(
    request: SignedInRequest, ticket: Ticket, failed: DomainForm | None = None, *, status: int = 200
) -> HttpResponse:
    """Show a ticket; ``failed`` is the form on its page that was refused."""
    page = pages.ticket_page(ticket, request.user)
    around = moves.moves_of(ticket, request.user, page["last_event"], failed if isinstance(failed, MoveForm) else None)
    photos = attachment_pages.part_of_ticket(ticket, page["events"], request.user, failed)
    more = {"failed": failed, "crumbs": left_list(request, page["crumbs"])}
    return render(request, "repairs/ticket_detail.html", {**page, **around, **photos, **more}, status=status)


def _show_both(request: SignedInRequest, ticket: Ticket, change: moves.Change, form: MoveForm) -> HttpResponse:
    """Show the loser what they saw and what holds now, with what they typed (HTTP 409)."""
    ticket = places.find_ticket(ticket.number, request.user)
    context = moves.both_versions(ticket, request.user, change, form)
    return render(request, "repairs/ticket_conflict.html", context, status=409)
