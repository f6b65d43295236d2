"""The pages of lost records: the list, a new one, one loss and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import guard, reports_somewhere
from accounts.requests import SignedInRequest
from lib.pages import NotFound, answers_problems, key_of, left_list, page_of, written
from repairs import loss_pages, losses, rerecordings
from repairs.forms.losses import LossForm, LossMoveForm
from repairs.models import LostRecords
from repairs.places import choice_of_places, may_choose, place_to_report
from repairs.span_pages import list_url
from repairs.views.sending import answers_resends, change, posted, send, status_of

CHANGES: dict[str, Callable[..., object]] = {
    "rerecord": rerecordings.record_rerecording,
    "void-rerecording": rerecordings.void_rerecording,
    "void": losses.void_loss,
}
"""The changes that are no correction."""
DONE = {
    "rerecord": "Rekam ulang tercatat.",
    "void-rerecording": "Rekam ulang dibatalkan; tidak dihitung lagi.",
    "confirm": "Dipastikan hilang; sekarang mengurangi rekam bersih.",
    "correct": "Pembetulan tersimpan.",
    "void": "Catatan dibatalkan; tidak dihitung lagi.",
}


@login_required
@require_safe
@answers_problems
def loss_list(request: SignedInRequest) -> HttpResponse:
    """Show the lost records of the person's regions, the newest first; filters stand in the address."""
    filters = loss_pages.LossFilter(request.GET, loss_pages.listed(request.user), user=request.user)
    key = key_of(request.GET.get("sesudah", ""))
    after = LostRecords.objects.visible_to(request.user).filter(pk=key).first() if key else None
    found, more = page_of(filters.qs, loss_pages.NEWEST_FIRST, after)
    chosen = filters.chosen()
    context = {
        "filters": filters,
        "chosen": chosen,
        "rows": written(loss_pages.rows(found)),
        "next_url": list_url(loss_pages.LIST, chosen, found[-1].pk) if more else "",
        "first_url": list_url(loss_pages.LIST, chosen) if after else "",
        "may_record": reports_somewhere(request.user),
    }
    return render(request, "repairs/loss_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def loss_record(request: SignedInRequest) -> HttpResponse:
    """Record a loss; ``kecamatan`` in the address is where, where there is a choice."""
    user = request.user
    place = place_to_report(user, request.GET.get("kecamatan", "").strip())
    if place is None:
        context = {**choice_of_places(user), "crumbs": loss_pages.crumbs("Catat data hilang")}
        return render(request, "repairs/loss_place.html", context)
    form = LossForm(posted(request))

    def write() -> str:
        return loss_pages.loss_url(losses.record_loss(kecamatan=place, by=user, **form.said()))

    answer = send(request, form, write, "Data hilang tercatat.") if form.is_bound else None
    context = {
        "form": form,
        "place": place,
        "may_choose": may_choose(user),
        "crumbs": loss_pages.crumbs("Catat data hilang"),
    }
    return answer or render(request, "repairs/loss_form.html", context, status=status_of(form))


@login_required
@require_safe
@answers_problems
def loss_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a loss, its history, and what the person may do with it."""
    return _show(request, pk)


def _show(request: SignedInRequest, pk: int, failed: LossMoveForm | None = None) -> HttpResponse:
    page = loss_pages.loss_page(loss_pages.find_loss(pk, request.user), request.user, failed)
    context = {**page, "crumbs": left_list(request, page["crumbs"])}
    return render(request, "repairs/loss_detail.html", context, status=status_of(failed))


@login_required
@require_POST
@answers_problems
@answers_resends
def loss_change(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """Record or void a re-recording, confirm, correct or void a loss."""
    loss = loss_pages.find_loss(pk, request.user)
    offer = loss_pages.OFFERS.get(name)
    if offer is None:
        raise NotFound(f"Tidak ada tindakan {name}.")
    guard(request.user, [loss.kecamatan], offer.may)
    form = loss_pages.form_of(name, loss, loss_pages.rerecordings_of(loss), data=request.POST)

    def write() -> str:
        CHANGES.get(name, losses.correct_loss)(loss, version=form.seen_version, by=request.user, **form.said())
        return loss_pages.loss_url(loss)

    def both() -> dict[str, Any]:
        return loss_pages.both_versions(loss_pages.find_loss(pk, request.user), request.user, form)

    return change(request, form, write, DONE[name], show=partial(_show, request, pk, form), both=both)
