"""The page on which a host counts the people of other kecamatan who were recorded there."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.permissions import guard, may_enter_counts
from accounts.requests import SignedInRequest
from kecamatan.models import Kecamatan
from lib.errors import Conflict
from lib.pages import answers_problems
from repairs import counts, guests, places
from repairs.forms.counts import CorrectionForm
from repairs.forms.guests import Guest, GuestCountsForm
from repairs.views.sending import answers_resends, send, status_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def guest_counts(request: SignedInRequest, code: str) -> HttpResponse:
    """Show and fill the counts of a host's guests on a day; ``hari`` is the day, where it is not today."""
    host = places.find_place(code, request.user)
    if request.method != "POST":
        day = guests.day_of_page(request.GET.get("hari", ""), host)
        return render(request, "repairs/guest_counts.html", guests.page(host, day, request.user))
    guard(request.user, [host], may_enter_counts)
    day = guests.day_of_page(request.POST.get("tanggal") or request.GET.get("hari", ""), host)
    return _correct(request, host, day) if "count" in request.POST else _add(request, host, day)


def _add(request: SignedInRequest, host: Kecamatan, day: date) -> HttpResponse:
    """Put new counts on record; whoever was second sees both."""
    homes = {home.pk: home for home in guests.guests_on(host, day)}
    form = GuestCountsForm(request.POST, day=day, guests=[Guest(home.pk, home.name) for home in homes.values()])

    def write() -> str:
        counts.add_counts(form.counts(host, homes), by=request.user)
        return guests.guests_url(host, day)

    try:
        answer = send(request, form, write, "Hitungan tamu tersimpan.")
    except counts.CountsTaken as taken:
        return render(request, "repairs/count_conflict.html", guests.clashes_of_new(taken, host, day), status=409)
    return answer or _show(request, host, day, form)


def _correct(request: SignedInRequest, host: Kecamatan, day: date) -> HttpResponse:
    """Replace what a count of guests says, with a reason; whoever was second sees both."""
    row = guests.find_guest_count(host, day, request.POST["count"])
    form = CorrectionForm(request.POST, pk=row.pk)

    def write() -> str:
        reason = form.cleaned_data["reason"]
        counts.correct_count(row, seen=form.seen_figures(), figures=form.figures(), reason=reason, by=request.user)
        return guests.guests_url(host, day)

    try:
        answer = send(request, form, write, "Koreksi tersimpan.")
    except Conflict:
        return render(request, "repairs/count_conflict.html", guests.clash_of_change(row, form, host), status=409)
    return answer or _show(request, host, day, form)


def _show(request: SignedInRequest, host: Kecamatan, day: date, form: GuestCountsForm | CorrectionForm) -> HttpResponse:
    page = guests.page(host, day, request.user, form)
    return render(request, "repairs/guest_counts.html", page, status=status_of(form))
