"""QR labels: printed on sheets, and scanned."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import prints_labels
from accounts.requests import SignedInRequest
from devices.labels import find_label
from lib.errors import Forbidden
from lib.label_sheets import write_sheets
from lib.months import WIB, local_day
from lib.pages import answers_problems
from repairs import label_pages
from repairs.forms.labels import LabelSheetForm
from repairs.views.sending import posted


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
def sheets(request: SignedInRequest) -> HttpResponse:
    """Ask which labels of a selection are printed on what, and send the sheets as a PDF."""
    if not prints_labels(request.user):
        raise Forbidden("Anda tidak berwenang mencetak label.")
    chosen = label_pages.selection(request.GET, request.user)
    form = LabelSheetForm(posted(request), marks=chosen.marks)
    if form.is_bound and form.is_valid():
        # What is stuck on a device for years bears the address that people reach, not the one of this window.
        address_of = f"{settings.SITE_URL}{{}}".format if settings.SITE_URL else request.build_absolute_uri
        labels = label_pages.sheet_labels(chosen, form.ticked, address_of, by=request.user)
        content = write_sheets(labels, form.chosen_stock, first=form.cleaned_data["first"])
        name = f"label-qr-{local_day(timezone.now(), WIB):%Y-%m-%d}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type="application/pdf", headers=headers)
    page: dict[str, Any] = {
        "form": form,
        "groups": label_pages.groups(chosen, form.ticked),
        "number": len(chosen.marks),
        "is_too_long": chosen.is_too_long,
        "most": label_pages.MOST,
    }
    return render(request, "devices/label_sheets.html", page)


@require_safe
def scanned(request: HttpRequest, token: str) -> HttpResponse:
    """Lead whoever scanned a label to the report of what it is on; show strangers where to call, and nothing else.

    A label that is not known, or not any more, looks the same, and so it does to people of other regions.
    """
    label = find_label(token)
    url = label_pages.destination(label, request.user) if label else None  # type: ignore[arg-type]
    if url:
        return redirect(url)
    page = {"office": label_pages.office_to_call(label), "token_path": request.path}
    return render(request, "devices/label_stranger.html", page)
