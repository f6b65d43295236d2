"""The pages of arrangements: the list, a new one, one of them, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import guard, may_arrange_service, may_correct_repairs
from accounts.requests import SignedInRequest
from kecamatan.models import Kecamatan
from lib.forms import KeyedForm
from lib.pages import answers_problems, key_of, page_of, written
from repairs import arrangement_pages as pages
from repairs import arrangements
from repairs.forms.arrangements import ArrangementForm
from repairs.forms.spans import VersionedForm
from repairs.models import Arrangement
from repairs.span_filters import ArrangementFilter
from repairs.span_pages import list_url
from repairs.views.sending import answers_resends, change, change_part, posted, send, status_of

LIST = "repairs:arrangement-list"


@login_required
@require_safe
@answers_problems
def arrangement_list(request: SignedInRequest) -> HttpResponse:
    """Show the arrangements of the person's regions, those that run first; filters stand in the address."""
    user = request.user
    filters = ArrangementFilter(request.GET, pages.listed(user), user=user, path="kecamatan__code")
    key = key_of(request.GET.get("sesudah", ""))
    after = Arrangement.objects.visible_to(user).filter(pk=key).first() if key else None
    found, more = page_of(filters.qs, filters.order, after)
    chosen = filters.chosen()
    context = {
        "filters": filters,
        "chosen": chosen,
        "rows": written(pages.rows(found, timezone.now())),
        "next_url": list_url(LIST, chosen, found[-1].pk) if more else "",
        "first_url": list_url(LIST, chosen) if after else "",
        "may_arrange": pages.arranges_somewhere(user),
        "order_words": filters.order_words,
        "tab": "arrangements",
    }
    return render(request, "repairs/arrangement_list.html", context)


@login_required
@require_safe
@answers_problems
def arrangement_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show an arrangement, its history, and what the person may do with it."""
    return _show(request, pk)


def _show(request: SignedInRequest, pk: int, failed: KeyedForm | None = None, of: str = "") -> HttpResponse:
    """Show an arrangement; ``failed`` is the form of a move that was refused."""
    page = pages.arrangement_page(pages.find_arrangement(pk, request.user), request.user)
    context = {**page, "moves": pages.moves_of(page, request.user, failed, of), "failed": failed}
    return render(request, "repairs/arrangement_detail.html", context, status=status_of(failed))


@login_required
@require_POST
@answers_problems
@answers_resends
def arrangement_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End an arrangement, now or at a moment."""
    page = pages.arrangement_page(pages.find_arrangement(pk, request.user), request.user)
    arrangement = page["arrangement"]
    guard(request.user, [arrangement.kecamatan], may_arrange_service)
    form = pages.form_of("end", page, request.POST)

    def write() -> str:
        ended_at = form.cleaned_data["ended_at"]
        arrangements.end_arrangement(arrangement, version=form.seen_version, by=request.user, ended_at=ended_at)
        return pages.arrangement_url(pk)

    return _change(request, pk, form, write, "Waktu selesainya tersimpan.", "end")


@login_required
@require_POST
@answers_problems
@answers_resends
def arrangement_void(request: SignedInRequest, pk: int) -> HttpResponse:
    """Void an arrangement that is wrong, with a reason."""
    page = pages.arrangement_page(pages.find_arrangement(pk, request.user), request.user)
    arrangement = page["arrangement"]
    guard(request.user, [arrangement.kecamatan], may_correct_repairs)
    form = pages.form_of("void", page, request.POST)

    def write() -> str:
        reason = form.cleaned_data["reason"]
        arrangements.void_arrangement(arrangement, version=form.seen_version, by=request.user, reason=reason)
        return pages.arrangement_url(pk)

    return _change(request, pk, form, write, "Layanan pengganti dibatalkan; tidak dihitung lagi.", "void")


def _both(request: SignedInRequest, pk: int, form: VersionedForm, of: str) -> dict[str, Any]:
    return pages.both_versions(pages.find_arrangement(pk, request.user), request.user, form, of)


_change = partial(change_part, show=_show, both=_both)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def arrangement_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the kind, the host or the times of an arrangement, with a reason."""
    user, arrangement = request.user, pages.find_arrangement(pk, request.user)
    guard(user, [arrangement.kecamatan], may_correct_repairs)
    form = pages.correction_form(arrangement, user, posted(request))

    def write() -> str:
        arrangements.correct_arrangement(arrangement, version=form.seen_version, by=user, **form.changes())
        return pages.arrangement_url(pk)

    def show() -> HttpResponse:
        context = {"form": form, "heading": "Betulkan catatan layanan pengganti", **pages.headline(arrangement)}
        return render(request, "repairs/span_correct.html", context, status=status_of(form))

    both = partial(_both, request, pk, form, "correct")
    return change(request, form, write, "Pembetulan tersimpan.", show=show, both=both)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def arrangement_start(request: SignedInRequest) -> HttpResponse:
    """Start an arrangement for the people of ``kecamatan`` in the address; what is odd about it is asked first."""
    guest = pages.guest_of(request.user, request.GET.get("kecamatan", "").strip())
    if guest is None:
        context = {**pages.choice_of_guests(request.user), "crumbs": pages.crumbs("Layanan pengganti baru")}
        return render(request, "repairs/arrangement_place.html", context)
    form = ArrangementForm(posted(request), zone=guest.time_zone, hosts=pages.hosts_for(guest, request.user))
    odd = _oddities(form, guest) if form.is_bound else []
    is_sent = form.is_bound and not odd
    answer = send(request, form, _writer(request, form, guest), "Layanan pengganti tersimpan.") if is_sent else None
    crumbs = pages.crumbs(f"{guest.name}: layanan pengganti baru")
    context = {"form": form, "guest": guest, "oddities": odd, "crumbs": crumbs}
    return answer or render(request, "repairs/arrangement_form.html", context, status=status_of(form))


def _oddities(form: ArrangementForm, guest: Kecamatan) -> list[str]:
    """Return what is odd about what was typed, unless the person has read it and wants it anyway."""
    if not form.is_valid() or form.cleaned_data["anyway"]:
        return []
    wanted = Arrangement(kecamatan=guest, **form.said())
    # What is missing is refused first: nobody should confirm what then cannot be written.
    if wanted.kind == Arrangement.Kind.HOSTED and wanted.host is None:
        return []
    return [told for _, told in arrangements.warnings_now([wanted])]


def _writer(request: SignedInRequest, form: ArrangementForm, guest: Kecamatan) -> Callable[[], str]:
    def write() -> str:
        said = form.said()
        said["started_at"] = said["started_at"] or timezone.now()
        return pages.arrangement_url(arrangements.start_arrangement(kecamatan=guest, by=request.user, **said).pk)

    return write
