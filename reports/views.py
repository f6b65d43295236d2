"""The first page of each person, and the dashboards of a region and of a kecamatan."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from accounts.home import begins_in_a_kecamatan, desk_of, home_url, is_own_kecamatan
from accounts.permissions import may_name_priorities
from accounts.requests import SignedInRequest
from kecamatan.priorities import set_priorities
from lib import packed
from lib.errors import Conflict, Forbidden
from lib.forms import KeyedForm
from lib.month_choice import Month
from lib.pages import answers_problems
from repairs.declarations import declare_complete, withdraw_declaration
from repairs.views.sending import answers_resends, posted, send, status_of
from reports import desk, kept_pages, listing, map_page, my_kecamatan, on_day, place, reliability_page
from reports import priorities as priority_list
from reports.forms import PrioritiesForm
from reports.live import is_asked, is_seen, leaves_when_signed_out, live, nothing_new
from reports.models import Level
from reports.months import chosen_month
from reports.ongoing import ongoing_outages
from reports.provisional import WithdrawForm, declaration_form, declaration_page
from reports.regions import Region, UnknownRegion, find_region
from reports.reliability import read_reliability
from reports.search import SUGGESTIONS, exact_code, find_regions
from reports.surroundings import surroundings

PLACES = (Level.KECAMATAN, Level.DINAS)


@login_required
@require_safe
@answers_problems
def home(request: SignedInRequest) -> HttpResponse:
    """Show operators their kecamatan, technicians and staff their desk, and lead others to their region.

    ``kecamatan`` chooses among several of an operator. Without an assignment the page says what to do.
    """
    if begins_in_a_kecamatan(request.user):
        return _my_kecamatan(request)
    if assignment := desk_of(request.user):
        return render(request, "reports/desk.html", desk.page(request.user, assignment))
    url = home_url(request.user)
    return render(request, "reports/no_assignment.html") if url == request.path else redirect(url)


def _my_kecamatan(request: SignedInRequest) -> HttpResponse:
    places, code = my_kecamatan.own_places(request.user), request.GET.get("kecamatan", "")
    if not code and len(places) > 1:
        return render(request, "kecamatan/my_kecamatan_choice.html", {"places": places})
    region = find_region(code or places[0].code, request.user)
    place = region.kecamatan
    if place is None or place.closed_on or place.is_dinas or not is_own_kecamatan(request.user, place):
        return redirect("reports:kecamatan-detail", code=region.code)
    page = my_kecamatan.page(region, request.user)
    return render(request, "kecamatan/my_kecamatan.html", page | {"may_choose": len(places) > 1})


@leaves_when_signed_out
@login_required
@require_safe
@answers_problems
def region_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """Show the dashboard of the nation, a province or a kabupaten; ``bulan`` is the month, ``urut`` the order."""
    region = find_region(code, request.user)
    if region.level in PLACES:
        return redirect(f"{reverse('reports:kecamatan-detail', args=[code])}{_query(request)}")
    if "per" in request.GET and region.level in on_day.LEVELS:
        return _on_day(request, region)
    month = chosen_month(region, request.GET.get("bulan"))
    if is_seen(request, region, month):
        return nothing_new()
    around = surroundings(region, month.chosen)
    page, stamp = kept_pages.page_of(request.user.scope, region, month, around, request.GET.get("urut"))
    more = {"live": live(request, region, month, stamp, around.pending), "ongoing": ongoing_outages(region, month)}
    return _page(request, "reports/region_detail.html", page | more)


@leaves_when_signed_out
@login_required
@require_safe
@answers_problems
def region_map(request: SignedInRequest, code: str) -> HttpResponse:
    """Show the kecamatan map of the nation, a province or a kabupaten; ``warna`` says by what its dots differ."""
    region = find_region(code, request.user)
    if region.level in PLACES:
        return redirect(f"{reverse('reports:kecamatan-detail', args=[code])}{_query(request)}")
    month, colour = chosen_month(region, request.GET.get("bulan")), map_page.chosen_colour(request.GET.get("warna"))
    if is_asked(request, lambda: map_page.map_stamp(region, month.chosen)):
        return nothing_new()
    stored = map_page.stored_map(region, month.chosen, colour)
    around = surroundings(region, month.chosen, with_figures=False)
    page = map_page.page(request.user.scope, region, month, colour, stored, around)
    kept = live(request, region, month, stored.digest if stored else map_page.NOT_DRAWN, around.pending)
    response = _page(request, "reports/region_map.html", page | {"live": kept})
    return packed.place(request, response, map_page.TOKEN, stored.picture) if stored else response


@leaves_when_signed_out
@login_required
@require_safe
@answers_problems
def kecamatan_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """Show what a kecamatan or a dinas can do now, and its figures of a month."""
    region = find_region(code, request.user)
    if region.level not in PLACES:
        raise UnknownRegion(f"{region.name} tidak punya halaman kecamatan.")
    if "per" in request.GET and region.level in on_day.LEVELS:
        return _on_day(request, region)
    month = chosen_month(region, request.GET.get("bulan"))
    if is_seen(request, region, month):
        return nothing_new()
    around = surroundings(region, month.chosen)
    figures, stamp = kept_pages.figures_of(region, month, around)
    page = place.page(request.user.scope, region, month, around) | figures
    return _page(
        request,
        "kecamatan/kecamatan_detail.html",
        page | {"live": live(request, region, month, stamp, around.pending)},
    )


@login_required
@require_safe
@answers_problems
def kecamatan_list(request: SignedInRequest, code: str) -> HttpResponse:
    """List the kecamatan behind a number of a region's dashboard: ``keadaan`` says which, ``urut`` in what order."""
    region = find_region(code, request.user)
    if region.level in PLACES:
        raise UnknownRegion(f"{region.name} tidak punya daftar kecamatan.")
    month = chosen_month(region, request.GET.get("bulan"))
    page = listing.page(request.user.scope, region, month, request.GET.dict())
    return render(request, "reports/kecamatan_list.html", page)


@login_required
@require_safe
@answers_problems
def region_reliability(request: SignedInRequest, code: str) -> HttpResponse:
    """Show how reliable the places and devices of a region were in the twelve months up to ``bulan``."""
    region = find_region(code, request.user)
    if region.level == Level.DINAS:
        raise UnknownRegion(f"{region.name} tidak punya halaman keandalan: alatnya terhitung di kabupatennya.")
    month = chosen_month(region, request.GET.get("bulan"))
    found = read_reliability(region, month.chosen)
    return render(request, "reports/reliability.html", reliability_page.page(request.user.scope, region, month, found))


@login_required
@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """Show the regions that ``q`` names; a whole code leads straight there, and htmx gets suggestions."""
    asked = request.GET.get("q", "")
    if request.htmx:
        all_url = f"{request.path}?{urlencode({'q': asked})}"
        context = {"answer": find_regions(asked, request.user, SUGGESTIONS), "all_url": all_url}
        return render(request, "reports/_suggestions.html", context)
    meant = exact_code(asked, request.user)
    if meant:
        return redirect(meant.url)
    answer = find_regions(asked, request.user)
    return render(request, "reports/search.html", {"answer": answer, "searched": answer.question})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def month_declaration(request: SignedInRequest, code: str, month: str) -> HttpResponse:
    """Show who declared a kabupaten's month complete, and declare it or withdraw that."""
    region = find_region(code, request.user)
    chosen = chosen_month(region, month)
    if chosen.notice:
        raise UnknownRegion(chosen.notice)
    page = declaration_page(region, chosen, request.user)
    if request.method == "POST" and not page["may_declare"]:
        raise Forbidden(f"Anda tidak berwenang menyatakan bulan {region.name} lengkap.")
    form, status = declaration_form(page, posted(request)), 200
    try:
        if form.is_bound and (
            answer := send(request, form, partial(_declare, region, chosen, form, request), "Tersimpan.")
        ):
            return answer
        status = status_of(form)
    except Conflict as conflict:
        page = declaration_page(region, chosen, request.user) | {"conflict": conflict.message}
        form, status = declaration_form(page, None), 409
    return render(request, "reports/month_declaration.html", {**page, "form": form}, status=status)


def _declare(region: Region, month: Month, form: KeyedForm, request: SignedInRequest) -> str:
    """Declare a month complete, or withdraw that where the form asks why; return the address to go to."""
    kabupaten: Any = region.kabupaten
    if isinstance(form, WithdrawForm):
        said = form.cleaned_data
        withdraw_declaration(
            kabupaten, month=month.chosen, reason=said["reason"], by=request.user, seen=said["declaration"]
        )
    else:
        declare_complete(kabupaten, month=month.chosen, by=request.user)
    return request.path


def _on_day(request: SignedInRequest, region: Region) -> HttpResponse:
    """Show the state of a region at the end of the day in ``per``; ``keadaan`` narrows its table."""
    page = on_day.page(request.user.scope, region, request.GET["per"], request.GET.get("keadaan", ""))
    return render(request, "reports/region_on_day.html", page)


def _query(request: SignedInRequest) -> str:
    """Return the query of a request for an address that takes its place."""
    query = request.META["QUERY_STRING"]
    return f"?{query}" if query else ""


def _page(request: SignedInRequest, template: str, page: dict[str, Any]) -> HttpResponse:
    """Answer with a page; no cache may give the 204 that htmx got to somebody who opens the same address."""
    response = render(request, template, page)
    patch_vary_headers(response, ["HX-Request"])
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
def priorities(request: SignedInRequest, code: str) -> HttpResponse:
    """Propose which kecamatan of a kabupaten or province to act on first; the head of a kabupaten names them."""
    region = find_region(code, request.user)
    if region.level not in (Level.KABUPATEN, Level.PROVINCE):
        raise UnknownRegion(f"{region.name} tidak punya halaman prioritas.")
    may_name = may_name_priorities(request.user, region.kabupaten)
    if request.method == "POST" and not may_name:
        raise Forbidden(f"Anda tidak berwenang menetapkan prioritas {region.name}.")
    places = priority_list.kecamatan_to_name(region) if may_name else []
    form = PrioritiesForm(request.POST if request.method == "POST" else None, places)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            set_priorities(region.code, form.ranked(), by=request.user, seen=form.seen_codes())
        except Conflict as conflict:
            form.decide_again(conflict.message)
            status = 409
        else:
            messages.success(request, "Urutan prioritas tersimpan.", extra_tags="tip")
            return redirect("reports:priorities", code=code)
    page = priority_list.page(region, request.user.scope, form, may_name=may_name)
    return render(request, "reports/priorities.html", page, status=status)
