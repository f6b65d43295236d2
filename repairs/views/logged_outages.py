"""The page on which staff enter an outage for somebody who told them of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.permissions import guard, may_log_reports
from accounts.requests import SignedInRequest
from kecamatan.claims import said_at
from kecamatan.models import Kecamatan
from lib.pages import answers_problems
from repairs import incoming, outage_areas, outage_pages, outages, places
from repairs.forms.outages import LoggedOutageForm
from repairs.running_outages import running_over
from repairs.views.sending import answers_resends, send, status_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def log_outage(request: SignedInRequest, code: str) -> HttpResponse:
    """Enter an outage for somebody of a place who told the dinas of it."""
    place = places.find_place(code, request.user)
    guard(request.user, [place], may_log_reports)
    if request.method != "POST":
        return show(request, place, "")
    form = LoggedOutageForm(request.POST, area=outage_areas.area_around(request.user, code))

    def write() -> str:
        said: dict[str, Any] = form.report()
        said["started_at"] = said["started_at"] or said["reported_at"] or said_at()
        return outage_pages.outage_url(outages.report_outage(**said, by=request.user).pk)

    return send(request, form, write, "Gangguan tercatat.") or _page(request, place, form, [])


def show(request: SignedInRequest, place: Kecamatan, message: str) -> HttpResponse:
    """Show the form of an outage that a place reports, filled by what a message says."""
    values, understood = incoming.read_outage(message, place)
    form = LoggedOutageForm(area=outage_areas.area_around(request.user, place.code), initial=values)
    return _page(request, place, form, understood)


def _page(
    request: SignedInRequest, place: Kecamatan, form: LoggedOutageForm, understood: list[incoming.Understood]
) -> HttpResponse:
    there = Q(kecamatan__in=[row.pk for row in form.area.places])
    context = {
        "heading": "Catat laporan gangguan",
        "form": form,
        "area": form.area,
        "place": place,
        "action": reverse("repairs:log-outage", args=[place.code]),
        "understood": understood,
        "running": running_over(there, form.area.zone, timezone.now()),
        "crumbs": [
            {"label": "Catat laporan masuk", "url": reverse("repairs:log-message")},
            {"label": place.name, "url": ""},
        ],
    }
    return render(request, "repairs/outage_form.html", context, status=status_of(form))
