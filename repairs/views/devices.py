"""The pages of devices: the list and its file, one device with its histories, and what is done with it in one step."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import may_print_labels, prints_labels
from accounts.requests import SignedInRequest
from lib.months import WIB, local_day
from lib.pages import NotFound, answers_problems, key_of
from lib.tabular import csv_lines
from repairs import device_list, device_moves, device_pages
from repairs.device_filters import DeviceFilter
from repairs.forms.devices import StepForm
from repairs.label_pages import sheets_url
from repairs.views.device_forms import both_versions, managed, manages_somewhere
from repairs.views.sending import answers_resends, change, status_of


@login_required
@require_safe
@answers_problems
def index(request: SignedInRequest) -> HttpResponse:
    """Show the devices of the person's regions; filters stand in the address."""
    filters = DeviceFilter(request.GET, device_list.listed(request.user), user=request.user)
    rows, last, first_shown = device_list.page(filters, key_of(request.GET.get("sesudah", "")))
    chosen = filters.chosen()
    context = {
        "filters": filters,
        "chosen": chosen,
        "rows": rows,
        "next_url": device_list.list_url(chosen, last) if last else "",
        "first_url": "" if first_shown else device_list.list_url(chosen),
        "export_url": device_list.list_url(chosen, name="device-export"),
        "labels_url": sheets_url(**chosen) if rows and prints_labels(request.user) else "",
        "inventory": filters.kabupaten(),
        "may_register": manages_somewhere(request.user),
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
@answers_problems
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a device is, where it stood, what broke and what that cost, and what may be done with it."""
    return _show(request, pk)


def _show(request: SignedInRequest, pk: int, failed: StepForm | None = None, of: str = "") -> HttpResponse:
    """Show a device; ``failed`` is the form of a step that was refused."""
    page = device_pages.device_page(device_pages.find_device(pk, request.user), request.user)
    may_print = may_print_labels(request.user, page["device"].kecamatan) and not page["device"].is_gone
    labels = {"labels_url": sheets_url(alat=pk) if may_print else ""}
    context = {**page, **labels, "moves": device_moves.moves_of(page, failed, of), "failed": failed}
    return render(request, "devices/device_detail.html", context, status=status_of(failed))


# --- Changes --------------------------------------------------------------------------------------------


@login_required
@require_POST
@answers_problems
@answers_resends
def step(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """Change a device in one step: out of its set, stolen, written off, there again, its condition."""
    chosen = device_moves.STEPS.get(name)
    if chosen is None or chosen.change is None:
        raise NotFound(f"Tidak ada langkah {name}.")
    device, apply = managed(request, pk), chosen.change
    form = device_moves.form_of(device, name, request.POST)

    def write() -> str:
        apply(device, form, request.user)
        return device_list.device_url(device)

    show, both = partial(_show, request, pk, form, name), partial(both_versions, request, pk, form, name)
    return change(request, form, write, chosen.done, show=show, both=both)
