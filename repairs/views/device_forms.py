"""The forms of devices that have a page of their own: a new device, its card, its place, its successor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.models import Role, User
from accounts.permissions import guard, holds_somewhere, may_manage_devices
from accounts.requests import SignedInRequest
from devices.models import Device, DeviceKind
from devices.register import edit_device
from kecamatan.models import Kecamatan
from lib.errors import Forbidden
from lib.pages import answers_problems
from repairs import device_list, device_moves, device_pages, placement_pages, places, set_pages, sets
from repairs.forms.devices import CARD, CardForm, NewDeviceForm, PlaceForm, ReplaceForm, card_of
from repairs.forms.spans import VersionedForm
from repairs.views.sending import answers_resends, change, posted, send, status_of


def manages_somewhere(user: User) -> bool:
    """Say whether a person may change the register of any place at all."""
    return holds_somewhere(user, Role.STAFF)


def managed(request: SignedInRequest, pk: int) -> Device:
    """Return a device that the person may change."""
    device = device_pages.find_device(pk, request.user)
    guard(request.user, [device.kecamatan], may_manage_devices)
    return device


def both_versions(request: SignedInRequest, pk: int, form: VersionedForm, name: str) -> dict[str, Any]:
    """Return what a loser typed beside what holds now, and the form of a step again."""
    device = device_pages.find_device(pk, request.user)
    data = form.renewed(device.version, device_pages.newest_event(device))
    build = _FORMS.get(name)
    retry = build(request, device, data) if build else device_moves.form_of(device, name, data)
    return device_moves.both_versions(device, request.user, form, name, retry)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the asset card of a device."""

    def apply(device: Device, form: CardForm) -> Device:
        edit_device(device, version=form.seen_version, by=request.user, **form.card())
        return device

    return _on_its_page(request, pk, "edit", apply, "Data barang tersimpan.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def replace(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a new device take the place of one."""

    def apply(device: Device, form: ReplaceForm) -> Device:
        at = device_moves.moment_of(form)
        return sets.replace_by_new(device=device, at=at, by=request.user, version=form.seen_version, **form.card())

    return _on_its_page(request, pk, "replace", apply, "Alat baru terpasang; yang lama tercatat disimpan.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def place(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a device into a set; ``kabupaten`` in the address is where, for those who may choose."""

    def apply(device: Device, form: PlaceForm) -> Device:
        device_moves.put(device, form, request.user)
        return device

    return _on_its_page(request, pk, "place", apply, "Penempatan tersimpan.")


def _on_its_page(
    request: SignedInRequest, pk: int, name: str, apply: Callable[[Device, Any], Device], done: str
) -> HttpResponse:
    """Show the form of a step that has a page of its own, or make its change."""
    device = managed(request, pk)
    form = _FORMS[name](request, device, posted(request))

    def write() -> str:
        return device_list.device_url(apply(device, form))

    def show() -> HttpResponse:
        context = {
            "form": form,
            "device": device,
            "step": device_moves.STEPS[name],
            "url": device_list.device_url(device),
            "taken": device_pages.taken_link(form.taken, request.user),
            "may_choose": name == "place" and device_moves.may_choose_kabupaten(request.user),
        }
        return render(request, "devices/device_form.html", context, status=status_of(form))

    return change(request, form, write, done, show=show, both=partial(both_versions, request, pk, form, name))


def _start(request: SignedInRequest, device: Device) -> dict[str, Any]:
    return {"version": device.version, "seen": device_pages.newest_event(device)}


def _edit_form(request: SignedInRequest, device: Device, data: Any) -> CardForm:
    return CardForm(data, initial=_start(request, device) | card_of(device))


def _replace_form(request: SignedInRequest, device: Device, data: Any) -> ReplaceForm:
    start = {name: value for name, value in card_of(device).items() if name in ("source", "asset_code")}
    return ReplaceForm(data, initial=_start(request, device) | start, zone=device.kecamatan.time_zone)


def _place_form(request: SignedInRequest, device: Device, data: Any) -> PlaceForm:
    code = request.GET.get("kabupaten", "").strip()
    choice = device_moves.sets_to_choose(device, request.user, code)
    may_lend = device.whereabouts == Device.Whereabouts.IN_SET
    zone = device.kecamatan.time_zone
    return PlaceForm(data, initial=_start(request, device), sets=choice, zone=zone, may_lend=may_lend)


_FORMS: dict[str, Callable[[SignedInRequest, Device, Any], Any]] = {
    "edit": _edit_form,
    "replace": _replace_form,
    "place": _place_form,
}


# --- Where it stood, corrected --------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def correct_placement(request: SignedInRequest, pk: int, placement: int) -> HttpResponse:
    """Correct from when until when a device stood in a set, with a reason."""
    user = request.user
    found = placement_pages.find_placement(managed(request, pk), placement, user)
    guard(user, [found.recording_set.kecamatan], may_manage_devices)
    form = placement_pages.form_of(found, posted(request))

    def write() -> str:
        placement_pages.correct(found, form, user)
        return device_list.device_url(found.device)

    def show() -> HttpResponse:
        context = {"form": form, **placement_pages.headline(found)}
        return render(request, "repairs/span_correct.html", context, status=status_of(form))

    def both() -> dict[str, Any]:
        now = placement_pages.find_placement(managed(request, pk), placement, user)
        return placement_pages.both_versions(now, user, form)

    return change(request, form, write, "Waktu penempatan tersimpan.", show=show, both=both)


# --- A new one ------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
@answers_resends
def register(request: SignedInRequest) -> HttpResponse:
    """Enter a new device; ``kecamatan`` in the address is the place, ``set`` the set and ``jenis`` the kind."""
    user, code = request.user, request.GET.get("kecamatan", "").strip()
    if not manages_somewhere(user):
        raise Forbidden("Anda tidak berwenang mendata alat.")
    if not code:
        context: dict[str, Any] = {"heading": "Data alat baru", "action": "repairs:device-register"}
        return render(request, "devices/place_choice.html", context | places.choice_of_places(user, Role.STAFF))
    where = places.find_place(code, user)
    guard(user, [where], may_manage_devices)
    form = _new_form(request, where, posted(request))

    def write() -> str:
        return device_list.device_url(sets.add_device(kecamatan=where, by=user, **form.said()))

    answer = send(request, form, write, "Alat tercatat.") if form.is_bound else None
    context = {"form": form, "place": where, "taken": device_pages.taken_link(form.taken, user)}
    context["card"] = [form[name] for name in CARD]
    return answer or render(request, "devices/device_new.html", context, status=status_of(form))


def _new_form(request: SignedInRequest, place: Kecamatan, data: Any) -> NewDeviceForm:
    start = {"kind": request.GET.get("jenis", ""), "recording_set": request.GET.get("set", "")}
    kinds, known = list(DeviceKind.objects.all()), set_pages.sets_of(place)
    return NewDeviceForm(data, initial=start, kinds=kinds, sets=known, zone=place.time_zone)
