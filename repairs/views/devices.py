"""The pages of devices: the list and its file, one device with its histories."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.requests import SignedInRequest
from kecamatan.scope import Scope
from lib.months import WIB, local_day
from lib.pages import answers_problems
from lib.tabular import csv_lines
from repairs import device_list, device_pages
from repairs.device_filters import DeviceFilter


@login_required
@require_safe
@answers_problems
def index(request: SignedInRequest) -> HttpResponse:
    """Show the devices of the person's regions; filters stand in the address."""
    filters = DeviceFilter(request.GET, device_list.listed(request.user), user=request.user)
    rows, last, first_shown = device_list.page(filters, device_list.key(request.GET.get("sesudah", "")))
    chosen = filters.chosen()
    context = {
        "filters": filters,
        "chosen": chosen,
        "rows": rows,
        "next_url": device_list.list_url(chosen, last) if last else "",
        "first_url": "" if first_shown else device_list.list_url(chosen),
        "export_url": device_list.list_url(chosen, name="device-export"),
        "may_register": request.user.scope_as(Role.STAFF) != Scope(),
    }
    return render(request, "devices/device_list.html", context)


@login_required
@require_safe
@answers_problems
def export(request: SignedInRequest) -> HttpResponseBase:
    """Send the list as a CSV file, read as it is sent; what the list refuses is refused here."""
    filters = DeviceFilter(request.GET, device_list.listed(request.user), user=request.user)
    if not filters.form.is_valid():
        return render(request, "devices/device_list.html", {"filters": filters, "chosen": filters.chosen()}, status=400)
    day = local_day(timezone.now(), WIB)
    return StreamingHttpResponse(
        csv_lines(device_list.exported(filters)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="alat-{day:%Y-%m-%d}.csv"'},
    )


@login_required
@require_safe
@never_cache
@answers_problems
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a device is, where it stood, what broke and what that cost."""
    device = device_pages.find_device(pk, request.user)
    return render(request, "devices/device_detail.html", device_pages.device_page(device, request.user))
