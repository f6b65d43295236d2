"""The pages of daily counts: a month of one kecamatan, one day with its corrections, and "hari ini normal"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.home import place_url
from accounts.permissions import guard, may_enter_counts
from accounts.requests import SignedInRequest
from kecamatan.models import Kecamatan, Recording
from lib.errors import Conflict, Forbidden, Refused
from lib.months import month_of
from lib.pages import NotFound, answers_problems
from lib.tabular import csv_lines
from repairs import count_days, count_export, count_pages, counts, guests
from repairs.count_places import Where, choice_page, day_url, find_where, month_url
from repairs.forms.counts import CorrectionForm, CountsForm, VoidCountForm, days_of
from repairs.views.sending import answers_resends, send, status_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
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

    def write() -> str:
        new = form.counts()
        counts.add_counts(new, by=request.user)
        return month_url(where.place, month_of(new[0].day))

    try:
        return send(request, form, write, "Tersimpan.") or _show_month(request, where, form)
    except counts.CountsTaken as taken:
        return render(request, "repairs/count_conflict.html", count_days.clashes_of_new(taken, form), status=409)


def _show_month(request: SignedInRequest, where: Where, sent: CountsForm | None = None) -> HttpResponse:
    month = count_pages.month_of_page(where, request.GET.get("bulan"))
    page = count_pages.month_page(where, month, request.user, request.GET.get("hari", ""), sent)
    page["guests"] = guests.section_of(where.place, month.chosen, request.user)
    return render(request, "repairs/count_month.html", page, status=status_of(sent))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def recording_day(request: SignedInRequest, code: str, day: str) -> HttpResponse:
    """Show the counts of one day with their history; a correction says why."""
    where = find_where(code, request.user)
    if where is None:
        raise NotFound("Tidak ada kecamatan itu.")
    on = count_days.find_day(day, where.place)
    if request.method != "POST":
        return render(request, "repairs/count_day.html", count_days.day_page(where.place, on, request.user))

    def change(row: Recording, form: CorrectionForm) -> None:
        reason = form.cleaned_data["reason"]
        counts.correct_count(row, seen=form.seen_figures(), figures=form.figures(), reason=reason, by=request.user)

    done = "Koreksi tersimpan; angka lama dan alasannya ada di riwayat."
    return _change(request, where.place, on, count_days.correction_form, change, done)


@login_required
@require_POST
@answers_problems
@answers_resends
def recording_void(request: SignedInRequest, code: str, day: str) -> HttpResponse:
    """Take a count off the record that was entered for a wrong day or place, with a reason."""
    where = find_where(code, request.user)
    if where is None:
        raise NotFound("Tidak ada kecamatan itu.")

    def change(row: Recording, form: VoidCountForm) -> None:
        counts.void_count(row, seen=form.seen_figures(), reason=form.cleaned_data["reason"], by=request.user)

    done = "Hitungan dibatalkan dan tidak dihitung lagi. Bila harinya keliru, isi di hari yang benar."
    return _change(request, where.place, count_days.find_day(day, where.place), count_days.void_form, change, done)


def _change(
    request: SignedInRequest,
    place: Kecamatan,
    on: date,
    form_of: Callable[..., Any],
    change: Callable[[Recording, Any], None],
    done: str,
) -> HttpResponse:
    """Change a count of a day once, and lead back to the day; the loser of a race sees both versions."""
    guard(request.user, [place], may_enter_counts)
    row = count_days.find_count(place, on, request.POST.get("count", ""))
    form = form_of(row, request.POST)

    def write() -> str:
        if not isinstance(row, Recording):
            raise Conflict("Hitungan ini sudah dibatalkan.")
        change(row, form)
        return day_url(place, on)

    try:
        answer = send(request, form, write, done)
    except Conflict:
        return render(request, "repairs/count_conflict.html", count_days.clash_of_change(row, form), status=409)
    if answer:
        return answer
    page = count_days.day_page(place, on, request.user, form)
    return render(request, "repairs/count_day.html", page, status=status_of(form))


@login_required
@require_safe
@answers_problems
def recording_export(request: SignedInRequest) -> HttpResponseBase:
    """Send the counts of a month as an import file: of one ``kecamatan``, or of a whole ``kabupaten``."""
    kecamatan, kabupaten = (request.GET.get(name, "").strip() for name in ("kecamatan", "kabupaten"))
    asked = count_export.find_export(kecamatan, kabupaten, request.GET.get("bulan"), request.user)
    return StreamingHttpResponse(
        csv_lines(count_export.exported(asked)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{asked.file_name}"'},
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
    ways = {"perekaman": month_url(where.place), "beranda": place_url(request.user, where.place)}
    url = ways.get(request.POST.get("dari", ""), reverse("reports:kecamatan-detail", args=[code]))

    # The day of the kecamatan is its key, so a second tap changes nothing.
    try:
        counts.say_all_is_normal(where.place, by=request.user)
    except Forbidden:
        raise
    except Refused as refused:
        return render(request, "repairs/normal_refused.html", {"reason": refused.message, "url": url}, status=409)
    messages.success(request, f"Terima kasih, tercatat: hari ini tidak ada yang baru di {where.place.name}.")
    return redirect(url)
