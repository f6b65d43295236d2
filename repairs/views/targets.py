"""The pages of targets: the rules of each kabupaten and kecamatan, a new one, and those that were entered wrongly."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from accounts.sending import answers_resends, send, status_of
from kecamatan.models import TargetRule
from lib.errors import Conflict, Refused
from lib.forms import KeyedForm, compared
from lib.pages import NotFound, answers_problems
from repairs import target_pages, targets
from repairs.forms.targets import TargetForm, TargetVoidForm

LOOK = "lihat"
"""The button that asks what a rule means, and saves nothing."""


@login_required
@require_safe
@answers_problems
def target_list(request: SignedInRequest) -> HttpResponse:
    """Show the kabupaten of the person's regions with the rules in force; the only one, if there is no other."""
    only = target_pages.only_region(request.user)
    if only is not None:
        return redirect(target_pages.region_url(only))
    page = target_pages.list_page(request.user, request.GET.get("provinsi", ""), request.GET.get("sesudah", ""))
    return render(request, "repairs/target_list.html", page)


@login_required
@require_safe
@answers_problems
def target_region(request: SignedInRequest, code: str) -> HttpResponse:
    """Show the rules of a kabupaten or kecamatan, what they mean this month, and their history."""
    region = target_pages.find_target_region(code, request.user)
    return render(request, "repairs/target_region.html", target_pages.region_page(region, request.user))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def target_new(request: SignedInRequest, code: str) -> HttpResponse:
    """Set a target from a month on; the form says beforehand what it means."""
    region = target_pages.find_target_region(code, request.user)
    targets.guard_targets(request.user, region)
    form = target_pages.new_form(region, request.POST if request.method == "POST" else None)

    def write() -> str:
        targets.set_target(region, **form.rule(), by=request.user)
        return target_pages.region_url(region)

    answer = send(request, form, write, "Target tersimpan.") if _is_sent(request) else None
    return answer or _show(request, region, form, "Atur target", "Simpan target")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def target_edit(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Correct a rule that was entered wrongly, with a reason."""
    region = target_pages.find_target_region(code, request.user)
    targets.guard_targets(request.user, region)
    rule = target_pages.find_rule(region, pk, request.user)
    if rule.voided_at is not None and request.method != "POST":
        raise NotFound("Aturan ini sudah dibatalkan.")
    form = target_pages.correction_form(rule, request.POST if request.method == "POST" else None)

    def write() -> str:
        reason, version = form.cleaned_data["reason"], form.seen_version
        targets.correct_target(rule, **form.rule(), reason=reason, version=version, by=request.user)
        return target_pages.region_url(region)

    try:
        answer = send(request, form, write, "Pembetulan tersimpan.") if _is_sent(request) else None
    except Conflict:
        return _show_both(request, region, rule, form, "Betulkan target", "Simpan")
    void = TargetVoidForm(initial={"version": rule.version}, auto_id="batal-%s")
    return answer or _show(request, region, form, "Betulkan target", "Simpan pembetulan", rule, void)


@login_required
@require_POST
@answers_problems
@answers_resends
def target_void(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Withdraw a rule that never held, with a reason."""
    region = target_pages.find_target_region(code, request.user)
    targets.guard_targets(request.user, region)
    rule = target_pages.find_rule(region, pk, request.user)
    form = TargetVoidForm(request.POST, auto_id="batal-%s")

    def write() -> str:
        reason, version = form.cleaned_data["reason"], form.seen_version
        targets.void_target(rule, reason=reason, version=version, by=request.user)
        return target_pages.region_url(region)

    try:
        if answer := send(request, form, write, "Aturan dibatalkan; target sebelumnya berlaku lagi."):
            return answer
    except Conflict:
        return _show_both(request, region, rule, form, "Batalkan aturan", "Batalkan aturan")
    correction = target_pages.correction_form(rule)
    return _show(request, region, correction, "Betulkan target", "Simpan pembetulan", rule, form)


def _is_sent(request: SignedInRequest) -> bool:
    return request.method == "POST" and LOOK not in request.POST


def _show(
    request: SignedInRequest,
    region: targets.Region,
    form: TargetForm,
    title: str,
    button: str,
    rule: TargetRule | None = None,
    void: TargetVoidForm | None = None,
) -> HttpResponse:
    meaning = _meaning(region, form) if form.is_bound and LOOK in request.POST and form.is_valid() else ""
    context = {
        **target_pages.around(region, title),
        "form": form,
        "void": void,
        "rule": rule,
        "title": title,
        "button": button,
        "meaning": meaning,
    }
    return render(request, "repairs/target_form.html", context, status=max(status_of(form), status_of(void)))


def _meaning(region: targets.Region, form: TargetForm) -> str:
    """Return what a rule as typed means, or why it cannot be."""
    try:
        return target_pages.preview(region, form.rule())
    except Refused as refused:
        form.refuse(refused)
        return refused.message


def _show_both(
    request: SignedInRequest, region: targets.Region, rule: TargetRule, form: KeyedForm, title: str, button: str
) -> HttpResponse:
    """Show the loser of a race what they typed and what holds now, and let them decide again (HTTP 409)."""
    rule.refresh_from_db()
    now = None if rule.voided_at else target_pages.correction_form(rule)
    context = {
        **target_pages.around(region, "Sudah berubah"),
        **compared(form, now),
        "title": title,
        "button": button,
        "form_url": request.path,
        "changes": target_pages.newest_changes(region),
    }
    return render(request, "repairs/target_conflict.html", context, status=409)
