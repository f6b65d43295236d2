"""The pages of daily counts: a month of one kecamatan, one day with its corrections, and "hari ini normal"."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import guard, may_enter_counts
from accounts.requests import SignedInRequest
from kecamatan.models import Recording
from kecamatan.submissions import answer_once
from lib.errors import Conflict, Forbidden, KeyReused, Refused
from lib.format import day_id, number_id
from lib.months import month_of
from lib.pages import NotFound, answers_problems
from repairs import count_days, count_pages, counts
from repairs.count_places import Where, choice_page, day_url, find_where, month_url
from repairs.count_words import figures_text
from repairs.forms.counts import CorrectionForm, CountsForm, days_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@answers_problems
def recording_month(request: SignedInRequest) -> HttpResponse:
    """Show and fill the counts of a month; ``kecamatan`` and ``bulan`` in the address, where there is a choice."""
    where = find_where(request.GET.get("kecamatan", "").strip(), request.user)
    if where is None:
        kabupaten = request.GET.get("kabupaten", "").strip()
        page = choice_page(request.user, kabupaten, request.GET.get("bulan"))
        return render(request, "repairs/count_places.html", page)
    if request.method != "POST":
        return _show_month(request, where)
    guard(request.user, [where.place], may_enter_counts)
    name = "hari" if request.POST.get("formulir") == "hari" else "bulan"
    form = CountsForm(request.POST, name=name, days=days_of(request.POST), where=where)
    return _add(request, where, form) if form.is_valid() else _show_month(request, where, form)


def _show_month(
    request: SignedInRequest, where: Where, sent: CountsForm | None = None, *, status: int = 200
) -> HttpResponse:
    month = count_pages.month_of_page(where, request.GET.get("bulan"))
    page = count_pages.month_page(where, month, request.user, request.GET.get("hari", ""), sent)
    return render(request, "repairs/count_month.html", page, status=status)


def _add(request: SignedInRequest, where: Where, form: CountsForm) -> HttpResponse:
    """Put the counts on record; a refusal or the counts of somebody else are shown with what was typed."""
    new = form.counts()
    url = month_url(where.place, month_of(new[0].day))

    def write() -> str:
        counts.add_counts(new, by=request.user)
        return url

    try:
        answer_once(form.key, request.POST, by=request.user, write=write)
    except counts.CountsTaken as taken:
        return render(request, "repairs/count_conflict.html", count_days.clashes_of_new(taken, form), status=409)
    except KeyReused as refused:
        form.renew_key()
        form.refuse(refused)
        return _show_month(request, where, form, status=409)
    except Forbidden:
        raise
    except Refused as refused:
        form.refuse(refused)
        return _show_month(request, where, form)
    said = f"{day_id(new[0].day)}: {figures_text(counts.figures_of(new[0]))}"
    messages.success(request, f"Tersimpan. {said}." if len(new) == 1 else f"{number_id(len(new))} hari tersimpan.")
    return redirect(url)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@answers_problems
def recording_day(request: SignedInRequest, code: str, day: str) -> HttpResponse:
    """Show the counts of one day with their history; a correction says why."""
    where = find_where(code, request.user)
    if where is None:
        raise NotFound("Tidak ada kecamatan itu.")
    place, on = where.place, count_days.find_day(day, where.place)
    if request.method != "POST":
        return render(request, "repairs/count_day.html", count_days.day_page(place, on, request.user))
    guard(request.user, [place], may_enter_counts)
    rows = {str(row.pk): row for row in count_days.counts_of_day(place, on)}
    row = rows.get(request.POST.get("count", ""))
    if row is None:
        raise NotFound("Tidak ada hitungan itu.")
    form = count_days.correction_form(row, request.POST)
    if form.is_valid():
        return _correct(request, row, form)
    return render(request, "repairs/count_day.html", count_days.day_page(place, on, request.user, form))


def _correct(request: SignedInRequest, row: Recording, form: CorrectionForm) -> HttpResponse:
    place, url, status = row.kecamatan, day_url(row.kecamatan, row.day), 200
    figures, reason = form.figures(), form.cleaned_data["reason"]

    def write() -> str:
        counts.correct_count(row, seen=form.seen_figures(), figures=figures, reason=reason, by=request.user)
        return url

    try:
        answer_once(form.key, request.POST, by=request.user, write=write)
    except KeyReused as refused:
        form.renew_key()
        form.refuse(refused)
        status = 409
    except Conflict:
        return render(request, "repairs/count_conflict.html", count_days.clash_of_correction(row, form), status=409)
    except Forbidden:
        raise
    except Refused as refused:
        form.refuse(refused)
    else:
        messages.success(request, "Koreksi tersimpan; angka lama dan alasannya ada di riwayat.")
        return redirect(url)
    return render(
        request, "repairs/count_day.html", count_days.day_page(place, row.day, request.user, form), status=status
    )


@login_required
@require_POST
@answers_problems
def say_normal(request: SignedInRequest, code: str) -> HttpResponse:
    """Note "hari ini normal" of a kecamatan, and lead back to where the button stood."""
    where = find_where(code, request.user)
    if where is None:
        raise NotFound("Tidak ada kecamatan itu.")
    guard(request.user, [where.place], may_enter_counts)
    from_counts = request.POST.get("dari") == "perekaman"
    url = month_url(where.place) if from_counts else reverse("reports:kecamatan-detail", args=[code])

    # The day of the kecamatan is its key, so a second tap changes nothing.
    counts.say_all_is_normal(where.place, by=request.user)
    messages.success(request, f"Terima kasih. {where.place.name} normal hari ini: kabarnya sudah tercatat.")
    return redirect(url)
