"""The page on which many tickets are changed at once."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.permissions import changes_many_tickets
from accounts.requests import SignedInRequest
from lib.errors import Conflict, Forbidden
from lib.format import number_id
from lib.pages import NotFound, answers_problems
from repairs import bulk_pages
from repairs.bulk import tickets_of
from repairs.views.sending import answers_resends, send, status_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def bulk(request: SignedInRequest) -> HttpResponse:
    """Ask for what a change of many tickets needs, show what it will do and leave out, and do it once confirmed.

    All tickets that were confirmed change, or none: where one changed meanwhile the page says so (HTTP 409).
    """
    user, sent = request.user, request.POST if request.method == "POST" else request.GET
    if not changes_many_tickets(user):
        raise Forbidden("Hanya staf yang mengubah beberapa tiket sekaligus.")
    action = bulk_pages.ACTIONS.get(sent.get("aksi", ""))
    if action is None:
        raise NotFound("Tidak ada tindakan ini.")
    chosen = bulk_pages.chosen_of(sent)
    tickets = tickets_of(chosen, user)
    form, is_late = bulk_pages.form_of(action, tickets, sent), False

    def write() -> str:
        action.change(chosen, form, user)
        return bulk_pages.list_url(sent)

    try:
        done = f"{number_id(len(chosen))} tiket {action.done}."
        answer = send(request, form, write, done) if request.method == "POST" else None
    except Conflict:
        answer, is_late, tickets = None, True, tickets_of(chosen, user)
    if answer:
        return answer
    context = bulk_pages.bulk_page(action, tickets, chosen, form, sent, user)
    status = 409 if is_late else status_of(form)
    return render(request, "repairs/ticket_bulk.html", {**context, "is_late": is_late}, status=status)
