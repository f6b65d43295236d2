"""The pages on which faults are reported: by the people of a place, and by staff for those who told them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.home import place_url
from accounts.models import Role
from accounts.permissions import guard, logs_somewhere, may_log_reports
from accounts.requests import SignedInRequest
from kecamatan.models import Kecamatan
from kecamatan.submissions import answer_once, keep_answer
from lib.errors import Forbidden, KeyReused, Refused
from lib.pages import answers_problems
from repairs import incoming, pages, places
from repairs.avoided import record_avoided_ticket
from repairs.components import components_of, meant_by, symptoms_of
from repairs.faults import report_fault
from repairs.forms.reports import FaultForm, LoggedFaultForm, MessageForm
from repairs.models import Ticket
from repairs.sent_page import sent_page
from repairs.views import logged_outages
from repairs.views.sending import answers_resends, body_of, posted, resent

AN_OUTAGE, ANOTHER_PLACE = "gangguan", "ganti"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
def report(request: SignedInRequest) -> HttpResponse:
    """Report a fault of a component; ``kecamatan`` in the address is the place, where there is a choice.

    ``komponen``, or ``set`` and ``jenis``, name the component, so that only its symptom is left to choose.
    """
    if answer := resent(request, told=""):
        return answer
    place = places.place_to_report(request.user, request.GET.get("kecamatan", "").strip())
    if place is None:
        return render(request, "repairs/report_place.html", places.choice_of_places(request.user))
    form = _form(FaultForm, request, place)
    page = {"form": form, "place": place, "may_choose": places.may_choose(request.user)}
    return _answer(request, form, page, "repairs/report_form.html")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
def log_message(request: SignedInRequest) -> HttpResponse:
    """Ask of which place a report came in; a pasted message is read, and fills the form that follows.

    ``langkah`` says that the message tells of an outage, or that it goes with the person to another place.
    """
    if not logs_somewhere(request.user):
        raise Forbidden("Anda tidak berwenang mencatat laporan masuk.")
    step = request.POST.get("langkah", "")
    if step == ANOTHER_PLACE:
        form = MessageForm(initial={"message": request.POST.get("message", "")})
    else:
        form = MessageForm(posted(request))
    if form.is_bound and form.is_valid():
        message = form.cleaned_data["message"]
        try:
            place = incoming.place_meant(form.cleaned_data["kecamatan"].strip(), message, request.user)
        except Refused as refused:
            form.refuse(refused)
        else:
            show = logged_outages.show if step == AN_OUTAGE else _show_logged
            return show(request, place, message)
    choices = places.choice_of_places(request.user, Role.STAFF)
    return render(request, "repairs/log_message.html", {"form": form, **choices})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def log_report(request: SignedInRequest, code: str) -> HttpResponse:
    """Enter a report for somebody of a place who told the dinas of it."""
    place = places.find_place(code, request.user)
    guard(request.user, [place], may_log_reports)
    if request.method != "POST":
        return _show_logged(request, place, "")
    form = _form(LoggedFaultForm, request, place)
    return _answer(request, form, {"form": form, "place": place}, "repairs/log_form.html")


def _show_logged(request: SignedInRequest, place: Kecamatan, message: str) -> HttpResponse:
    """Show the form of a place, filled by what a message says."""
    components = components_of(place, request.user)
    symptoms = symptoms_of(components)
    values, understood = incoming.read_for(message, place, components, symptoms)
    form = LoggedFaultForm(components=components, symptoms=symptoms, place=place, initial=values)
    sounds = incoming.sounds_like_outage(values)
    page = {"form": form, "place": place, "understood": understood, "sounds_like_outage": sounds}
    return render(request, "repairs/log_form.html", page)


def _form(kind: type[FaultForm], request: SignedInRequest, place: Kecamatan) -> Any:
    components = components_of(place, request.user)
    component, of_set = meant_by(request.GET.dict(), components)
    return kind(
        posted(request),
        request.FILES if request.method == "POST" else None,
        initial={"component": component},
        components=components,
        symptoms=symptoms_of(components),
        place=place,
        opened_at=of_set,
    )


def _answer(request: SignedInRequest, form: FaultForm, page: dict[str, Any], template: str) -> HttpResponse:
    """Report what was typed and lead on; the same submission again leads to the same place."""
    status = 200
    if form.is_bound and form.is_valid():
        try:
            if form.is_avoided:
                return _avoid(request, form)
            ticket = report_fault(**form.report(), by=request.user)
        except KeyReused:
            page["sent_as"] = places.sent_as(form.key, request.user)
            page["fresh_key"], status = uuid4(), 409
        except Forbidden:
            raise
        except Refused as refused:
            form.refuse(refused)
            page["open_ticket"] = places.ticket_behind(refused, request.user)
        else:
            return _lead_on(request, form, ticket)
    return render(request, template, page, status=status)


def _lead_on(request: SignedInRequest, form: FaultForm, ticket: Ticket) -> HttpResponse:
    url = reverse("repairs:ticket-sent", args=[ticket.number])
    if isinstance(form, LoggedFaultForm):
        url = pages.ticket_url(ticket)
        messages.success(request, f"Laporan tersimpan dengan nomor {ticket.number}.", extra_tags="tip")
    keep_answer(form.key, body_of(request), by=request.user, answer=url)
    return redirect(url)


def _avoid(request: SignedInRequest, form: FaultForm) -> HttpResponse:
    """Note that a first check put the device right, and lead back to the page of the place."""

    def write() -> str:
        record_avoided_ticket(**form.avoided(), by=request.user)
        return place_url(request.user, form.place)

    url = answer_once(form.key, body_of(request), by=request.user, write=write)
    messages.success(request, "Syukurlah, alatnya bekerja lagi. Tercatat sebagai tiket yang terhindar.")
    return redirect(url)


@login_required
@require_safe
@answers_problems
def sent(request: SignedInRequest, number: str) -> HttpResponse:
    """Show the number of a report that was just sent, what happens next, and a text to share."""
    ticket = places.find_ticket(number, request.user)
    address = request.build_absolute_uri(pages.ticket_url(ticket))
    return render(request, "repairs/report_sent.html", sent_page(ticket, address, request.user))
