"""The first page of each person, and the dashboards of a region and of a kecamatan."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.home import home_url
from accounts.requests import SignedInRequest
from lib.pages import answers_problems
from reports import dashboard, place
from reports.models import Level
from reports.months import chosen_month
from reports.selectors import UnknownRegion, find_region, report
from reports.surroundings import surroundings

PLACES = (Level.KECAMATAN, Level.DINAS)


@login_required
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Lead to the page of the person's own region; without an assignment, say what to do."""
    url = home_url(request.user)
    return render(request, "reports/no_assignment.html") if url == request.path else redirect(url)


@login_required
@require_safe
@answers_problems
def region_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """Show the dashboard of the nation, a province or a kabupaten; ``bulan`` is the month, ``urut`` the order."""
    region = find_region(code, request.user)
    if region.level in PLACES:
        return redirect(f"{reverse('reports:kecamatan-detail', args=[code])}{_query(request)}")
    month = chosen_month(region, request.GET.get("bulan"))
    figures = report(region, month.chosen)
    around = surroundings(region, month.chosen)
    page = dashboard.page(request.user.scope, region, month, figures, around, request.GET.get("urut"))
    return _table_or_page(request, page)


@login_required
@require_safe
@answers_problems
def kecamatan_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """Show what a kecamatan or a dinas can do now, and its figures of a month."""
    region = find_region(code, request.user)
    if region.level not in PLACES:
        raise UnknownRegion(f"{region.name} tidak punya halaman kecamatan.")
    month = chosen_month(region, request.GET.get("bulan"))
    return render(request, "kecamatan/kecamatan_detail.html", place.page(request.user.scope, region, month))


def _query(request: SignedInRequest) -> str:
    """Return the query of a request for an address that takes its place."""
    query = request.META["QUERY_STRING"]
    return f"?{query}" if query else ""


def _table_or_page(request: SignedInRequest, page: dict[str, Any]) -> HttpResponse:
    """Answer htmx, which sorts the table, with the table alone; a page restored from history is whole."""
    only_table = request.htmx and not request.htmx.history_restore_request
    template = "reports/_children.html" if only_table else "reports/region_detail.html"
    response = render(request, template, page)
    patch_vary_headers(response, ["HX-Request"])
    return response
