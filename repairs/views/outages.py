"""The pages of outages: the list, one outage, what may be said of it, its correction, and the report of a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.home import place_url
from accounts.permissions import guard, may_comment, may_correct_repairs, may_report, reports_somewhere
from accounts.requests import SignedInRequest
from kecamatan.claims import said_at
from kecamatan.models import Kecamatan
from lib.errors import Forbidden
from lib.forms import KeyedForm
from lib.pages import NotFound, answers_problems, key_of, left_list, page_of, written
from repairs import outage_areas, outage_moves, outage_pages, outages
from repairs.causes import state_cause
from repairs.forms.outages import CauseForm, OutageForm
from repairs.forms.spans import OneTapForm, UndoForm, VersionedForm, VoidForm
from repairs.models import Outage
from repairs.outage_undo import undo_end, withdraw_outage
from repairs.running_outages import running_over
from repairs.span_filters import OutageFilter
from repairs.span_pages import list_url
from repairs.views.sending import answers_resends, change, change_part, posted, send, status_of

LIST = "repairs:outage-list"
WAYS_BACK = {"daftar": LIST, "meja": "reports:home"}
"""The pages on which somebody answers in one tap, and goes on."""
RESTORED = 'Tercatat pulih di {}. <a href="{}">Keliru? Urungkan dalam 10 menit</a>.'


@login_required
@require_safe
@answers_problems
def outage_list(request: SignedInRequest) -> HttpResponse:
    """Show the outages of the person's regions, those that run first; filters stand in the address."""
    user = request.user
    filters = OutageFilter(request.GET, outage_pages.listed(user), user=user, path="places__code")
    key = key_of(request.GET.get("sesudah", ""))
    after = Outage.objects.visible_to(user).filter(pk=key).first() if key else None
    found, more = page_of(filters.qs, filters.order, after)
    chosen = filters.chosen()
    context = {
        "filters": filters,
        "chosen": chosen,
        "rows": written(outage_pages.rows(found, user, timezone.now())),
        "next_url": list_url(LIST, chosen, found[-1].pk) if more else "",
        "first_url": list_url(LIST, chosen) if after else "",
        "may_report": reports_somewhere(user),
        "order_words": filters.order_words,
        "tab": "outages",
    }
    return render(request, "repairs/outage_list.html", context)


@login_required
@require_safe
@answers_problems
def outage_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show an outage, its history, and what the person may say of it."""
    return _show(request, pk)


def _show(request: SignedInRequest, pk: int, failed: KeyedForm | None = None, of: str = "") -> HttpResponse:
    """Show an outage; ``failed`` is the form of a move that was refused."""
    page = outage_pages.outage_page(outage_pages.find_outage(pk, request.user), request.user)
    moves = outage_moves.moves_of(page, request.user, failed, of)
    context = {**page, "moves": moves, "failed": failed, "crumbs": left_list(request, page["crumbs"])}
    return render(request, "repairs/outage_detail.html", context, status=status_of(failed))


# --- In one tap -----------------------------------------------------------------------------------------


@login_required
@require_POST
@answers_problems
@answers_resends
def outage_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that an outage still lasts where the person is."""

    def confirm(outage: Outage, places: Sequence[Kecamatan]) -> Outage:
        outages.confirm_outage(outage, places=places, by=request.user)
        return outage

    return _one_tap(request, pk, confirm, "Dikonfirmasi: masih berlangsung di {}.")


@login_required
@require_POST
@answers_problems
@answers_resends
def outage_restored(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that an outage is over now where the person is."""

    def end(outage: Outage, places: Sequence[Kecamatan]) -> Outage:
        return outages.end_outage_for(outage, places=places, by=request.user)

    return _one_tap(request, pk, end, RESTORED)


def _one_tap(
    request: SignedInRequest, pk: int, say: Callable[[Outage, Sequence[Kecamatan]], Outage], done: str
) -> HttpResponse:
    """Let a person say something of an outage for their places, or for the one that the page is about."""
    outage, form = outage_pages.find_outage(pk, request.user), OneTapForm(request.POST)
    code = form.cleaned_data["kecamatan"] if form.is_valid() else ""
    places = _spoken(request, outage, code)
    guard(request.user, places, may_report)

    told = outage

    def write() -> str:
        nonlocal told
        told = say(outage, places)
        way_back = form.cleaned_data["kembali"]
        if way_back in WAYS_BACK:
            return reverse(WAYS_BACK[way_back])
        if way_back and code:
            return place_url(request.user, places[0])
        return reverse("reports:kecamatan-detail", args=[code]) if code else outage_pages.outage_url(told.pk)

    def say_done() -> str:
        return format_html(done, outage_pages.places_text(places), outage_pages.outage_url(told.pk))

    return send(request, form, write, say_done) or _show(request, pk, form)


def _spoken(request: SignedInRequest, outage: Outage, code: str) -> list[Kecamatan]:
    """Return the place of a code, or those of which the person speaks; all where they speak of none."""
    if code:
        place = Kecamatan.objects.visible_to(request.user).with_zone().filter(code=code).first()
        if place is None:
            raise NotFound(f"Tidak ada kecamatan {code}.")
        return [place]
    everywhere = outages.places_of(outage)
    return outages.places_to_speak_for(everywhere, request.user) or everywhere


# --- Changes --------------------------------------------------------------------------------------------


@login_required
@require_POST
@answers_problems
@answers_resends
def outage_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that an outage is over, now or since a moment, everywhere or in some of the person's places."""
    page = outage_pages.outage_page(outage_pages.find_outage(pk, request.user), request.user)
    guard(request.user, page["spoken"] or page["places"], may_report)
    form = outage_moves.form_of("end", page, request.POST)
    speaks_for_all = len(page["spoken"]) == len(page["places"])

    def write() -> str:
        # What others said meanwhile of their own places does not concern who speaks for a part.
        version = form.seen_version if speaks_for_all else None
        said = {"version": version, "ended_at": form.cleaned_data["ended_at"]}
        ended = outages.end_outage_for(page["outage"], places=form.chosen(), by=request.user, **said)
        return outage_pages.outage_url(ended.pk)

    return _change(request, pk, form, write, "Gangguan dinyatakan selesai.", "end")


@login_required
@require_POST
@answers_problems
@answers_resends
def outage_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back that an outage is over, by whoever said so a moment ago."""
    outage, form = outage_pages.find_outage(pk, request.user), UndoForm(request.POST)
    guard(request.user, outages.places_of(outage), may_report)

    def write() -> str:
        return outage_pages.outage_url(undo_end(outage, by=request.user).pk)

    return send(request, form, write, "Diurungkan: gangguan berjalan terus.") or _show(request, pk, form, "undo")


@login_required
@require_POST
@answers_problems
@answers_resends
def outage_cause(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep what somebody says of the cause; what people say never collides, so it asks for no version."""
    outage, form = outage_pages.find_outage(pk, request.user), CauseForm(request.POST)
    if not any(may_comment(request.user, place) for place in outages.places_of(outage)):
        raise Forbidden("Anda tidak berwenang menyebut penyebab gangguan ini.")

    def write() -> str:
        state_cause(outage, by=request.user, **form.said())
        return outage_pages.outage_url(pk)

    return send(request, form, write, "Penyebab tersimpan.") or _show(request, pk, form, "cause")


@login_required
@require_POST
@answers_problems
@answers_resends
def outage_void(request: SignedInRequest, pk: int) -> HttpResponse:
    """Void an outage that is wrong, with a reason."""
    outage, form = outage_pages.find_outage(pk, request.user), VoidForm(request.POST)
    guard(request.user, outages.places_of(outage), may_correct_repairs)

    def write() -> str:
        reason = form.cleaned_data["reason"]
        outages.void_outage(outage, version=form.seen_version, by=request.user, reason=reason)
        return outage_pages.outage_url(pk)

    return _change(request, pk, form, write, "Gangguan dibatalkan; tidak dihitung lagi.", "void")


@login_required
@require_POST
@answers_problems
@answers_resends
def outage_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back a mistaken report of one's own, with the reason."""
    outage, form = outage_pages.find_outage(pk, request.user), VoidForm(request.POST)
    guard(request.user, outages.places_of(outage), may_report)

    def write() -> str:
        reason = form.cleaned_data["reason"]
        withdraw_outage(outage, version=form.seen_version, by=request.user, reason=reason)
        return outage_pages.outage_url(pk)

    return _change(request, pk, form, write, "Laporan Anda ditarik; tidak dihitung lagi.", "withdraw")


def _both(request: SignedInRequest, pk: int, form: VersionedForm, of: str) -> dict[str, Any]:
    return outage_moves.both_versions(outage_pages.find_outage(pk, request.user), request.user, form, of)


_change = partial(change_part, show=_show, both=_both)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def outage_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the times, the effect, the promise or the places of an outage, with a reason."""
    user, outage = request.user, outage_pages.find_outage(pk, request.user)
    places = outages.places_of(outage)
    guard(user, places, may_correct_repairs)
    form = outage_moves.correction_form(outage, places, user, posted(request))

    def write() -> str:
        outages.correct_outage(outage, version=form.seen_version, by=user, **form.changes())
        return outage_pages.outage_url(pk)

    def show() -> HttpResponse:
        context = {"form": form, "heading": "Betulkan catatan gangguan", **outage_pages.headline(outage, places)}
        return render(request, "repairs/span_correct.html", context, status=status_of(form))

    both = partial(_both, request, pk, form, "correct")
    return change(request, form, write, "Pembetulan tersimpan.", show=show, both=both)


# --- A new one ------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def outage_report(request: SignedInRequest) -> HttpResponse:
    """Report an outage; ``wilayah`` in the address is where, for those who may choose."""
    user = request.user
    area = outage_areas.area_to_report(user, request.GET.get("wilayah", "").strip())
    if area is None:
        context = {**outage_areas.choice_of_areas(user), "crumbs": outage_pages.crumbs("Lapor gangguan")}
        return render(request, "repairs/outage_place.html", context)
    form = OutageForm(posted(request), area=area)

    def write() -> str:
        said: dict[str, Any] = form.report()
        said["started_at"] = said["started_at"] or said_at()
        return outage_pages.outage_url(outages.report_outage(**said, by=user).pk)

    if form.is_bound and (answer := send(request, form, write, "Gangguan tercatat.")):
        return answer
    there = Q(kecamatan__in=[place.pk for place in area.places])
    context = {
        "heading": "Lapor gangguan",
        "action": f"{reverse('repairs:outage-report')}?wilayah={area.code}",
        "form": form,
        "area": area,
        "crumbs": outage_pages.crumbs("Lapor gangguan"),
        "may_choose": outage_areas.may_choose(user),
        "running": running_over(there, area.zone, timezone.now()),
    }
    return render(request, "repairs/outage_form.html", context, status=status_of(form))
