"""The pages of recording sets, and of the register of a kabupaten."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.permissions import guard, holds_somewhere, may_manage_devices, may_print_labels
from accounts.requests import SignedInRequest
from devices.register import confirm_inventory, register_set, void_inventory
from lib.errors import Forbidden
from lib.pages import NotFound, answers_problems
from repairs import inventory_pages, places, set_moves, set_pages
from repairs.device_list import set_url
from repairs.forms.devices import InventoryForm, InventoryVoidForm, NewSetForm, StepForm
from repairs.label_pages import sheets_url
from repairs.views.sending import answers_resends, change, posted, send, status_of


@login_required
@require_safe
@answers_problems
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the components of a set, what it can do now and why, its history, and what may be done with it."""
    return _show(request, pk)


def _inside(request: SignedInRequest, pk: int) -> set_pages.Inside:
    return set_pages.Inside(set_pages.find_set(pk, request.user), timezone.now())


def _show(request: SignedInRequest, pk: int, failed: StepForm | None = None, of: str = "") -> HttpResponse:
    """Show a set; ``failed`` is the form of a step that was refused."""
    inside = _inside(request, pk)
    page = set_pages.set_page(inside, request.user)
    moves = set_moves.moves_of(inside, request.user, page["last_event"], failed, of)
    may_print = may_print_labels(request.user, inside.set.kecamatan) and inside.set.withdrawn_at is None
    context = {**page, "moves": moves, "failed": failed, "labels_url": sheets_url(set=pk) if may_print else ""}
    return render(request, "devices/set_detail.html", context, status=status_of(failed))


@login_required
@require_POST
@answers_problems
@answers_resends
def step(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """Change a set in one step: withdraw it, or record what it lacks."""
    chosen = set_moves.STEPS.get(name)
    if chosen is None or chosen.change is None:
        raise NotFound(f"Tidak ada langkah {name}.")
    inside, apply = _inside(request, pk), chosen.change
    if not set_moves.may_take(request.user, inside, name):
        raise Forbidden(f"Anda tidak berwenang melakukan ini untuk {inside.set.kecamatan.name}.")
    form = set_moves.form_of(inside, name, request.POST)

    def write() -> str:
        apply(inside, form, request.user)
        return set_url(pk)

    def both() -> dict[str, Any]:
        return set_moves.both_versions(_inside(request, pk), request.user, form, name)

    return change(request, form, write, chosen.done, show=partial(_show, request, pk, form, name), both=both)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def register(request: SignedInRequest) -> HttpResponse:
    """Enter a new set; ``kecamatan`` in the address is its place."""
    user, code = request.user, request.GET.get("kecamatan", "").strip()
    if not holds_somewhere(user, Role.STAFF):
        raise Forbidden("Anda tidak berwenang mendata set.")
    if not code:
        context: dict[str, Any] = {"heading": "Set baru", "action": "repairs:set-register"}
        return render(request, "devices/place_choice.html", context | places.choice_of_places(user, Role.STAFF))
    place = places.find_place(code, user)
    guard(user, [place], may_manage_devices)
    known = set_pages.sets_of(place)
    form = NewSetForm(posted(request), initial={"label": str(len(known) + 1)})

    def write() -> str:
        return set_url(register_set(place, form.cleaned_data["label"], by=user).pk)

    done = "Set tercatat. Data dulu komponennya: set dihitung sejak yang pertama dipasang."
    answer = send(request, form, write, done) if form.is_bound else None
    context = {"form": form, "place": place, "known": known}
    return answer or render(request, "devices/set_new.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def inventory(request: SignedInRequest, code: str) -> HttpResponse:
    """Show when the register of a kabupaten was confirmed complete, or confirm it."""
    kabupaten = inventory_pages.find_kabupaten(code, request.user)
    form = InventoryForm(posted(request))
    if form.is_bound and not may_manage_devices(request.user, kabupaten):
        raise Forbidden(f"Anda tidak berwenang menyatakan register {kabupaten.name} lengkap.")

    def write() -> str:
        confirm_inventory(kabupaten, day=form.cleaned_data["day"], by=request.user)
        return reverse("repairs:inventory", args=[kabupaten.code])

    answer = send(request, form, write, "Register dinyatakan lengkap.") if form.is_bound else None
    return answer or _show_inventory(request, kabupaten, form)


def _show_inventory(
    request: SignedInRequest, kabupaten: Any, form: InventoryForm, failed: InventoryVoidForm | None = None, of: int = 0
) -> HttpResponse:
    """Show the register of a kabupaten; ``failed`` is the form that did not void the confirmation ``of``."""
    page = inventory_pages.inventory_page(kabupaten, request.user, failed, of)
    form.initial["day"] = page["today"]
    context = {**page, "form": form, "failed": failed or form}
    return render(request, "devices/inventory.html", context, status=status_of(failed or form))


@login_required
@require_POST
@answers_problems
@answers_resends
def inventory_void(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Take back that the register of a kabupaten was complete, with the reason."""
    kabupaten = inventory_pages.find_kabupaten(code, request.user)
    check = inventory_pages.find_confirmation(kabupaten, pk, request.user)
    if not may_manage_devices(request.user, kabupaten):
        raise Forbidden(f"Anda tidak berwenang membatalkan pernyataan {kabupaten.name}.")
    form = inventory_pages.void_form(pk, request.POST)

    def write() -> str:
        void_inventory(check, by=request.user, reason=form.cleaned_data["reason"])
        return reverse("repairs:inventory", args=[kabupaten.code])

    done = "Pernyataan dibatalkan; tidak dihitung lagi."
    return send(request, form, write, done) or _show_inventory(request, kabupaten, InventoryForm(), form, pk)
