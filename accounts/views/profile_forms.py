"""What the forms of a profile share: showing one, making its change, and showing both versions to who was late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.offices import office_of
from accounts.permissions import Region
from accounts.profile import around, latest_changes
from accounts.regions import code_of
from accounts.requests import SignedInRequest
from accounts.sending import send, status_of
from lib.errors import Conflict
from lib.forms import VersionedForm, compared

reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Edit:
    """A form of a profile: what it is called, what it begins with, and what it changes.

    ``start`` reads the row anew, and returns nothing where it is gone; ``now`` makes the form that shows the row, where
    that is another than the one that was sent.
    """

    title: str
    button: str
    done: str
    form: Callable[..., VersionedForm]
    start: Callable[[], Mapping[str, Any] | None]
    change: Callable[..., object]
    now: Callable[..., VersionedForm] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    shows_logo: bool = False


@dataclass(frozen=True)
class Removal:
    """The form that takes a row away, which stands below the form that changes it."""

    label: str
    sentence: str
    url: str
    form: VersionedForm


def confirmation(form: type[VersionedForm], version: int) -> VersionedForm:
    """Return the form that confirms a removal, with ids apart from those of the form above it."""
    return form(initial={"version": version}, auto_id="hapus-%s")


def answer_edit(request: SignedInRequest, region: Region, page: Edit) -> HttpResponse:
    """Show a form, or make its change, once, and lead back to the profile; the loser of a race sees both versions."""
    form = _form(request, page.form, page.start() or {})

    def change() -> None:
        page.change(**form.said(), version=form.seen_version, by=request.user)

    return _answer(request, region, page, form, change)


def answer_addition(request: SignedInRequest, region: Region, page: Edit) -> HttpResponse:
    """Show a form, or add what was typed, once however often it is sent, and lead back to the profile."""
    form = _form(request, page.form, {})
    return _answer(request, region, page, form, lambda: page.change(**form.said(), by=request.user))


def _answer(
    request: SignedInRequest, region: Region, page: Edit, form: VersionedForm, change: Callable[[], object]
) -> HttpResponse:
    def write() -> str:
        change()
        return reverse("accounts:profile", args=[code_of(region)])

    try:
        answer = send(request, form, write, page.done) if form.is_bound else None
    except Conflict:
        return _show_both(request, region, page, form)
    return answer or _show(request, region, page, form)


def _form(request: SignedInRequest, form: Callable[..., VersionedForm], start: Mapping[str, Any]) -> Any:
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return form(*posted, initial=dict(start))


def _show(request: SignedInRequest, region: Region, page: Edit, form: VersionedForm) -> HttpResponse:
    here = around(region, request.user, office_of(region), page.title)
    context = {**here, **page.more, "form": form, "page": page}
    return render(request, "accounts/office_form.html", context, status=status_of(form))


def _show_both(request: SignedInRequest, region: Region, page: Edit, form: VersionedForm) -> HttpResponse:
    """Show the loser what they typed and what holds now, and let them decide again (HTTP 409)."""
    start = page.start()
    now = (page.now or page.form)(initial=dict(start)) if start is not None else None
    context = {
        **around(region, request.user, office_of(region), page.title),
        **compared(form, now),
        "changes": latest_changes(region),
        "page": page,
        "form": form,
        "form_url": request.path,
    }
    return render(request, "accounts/office_conflict.html", context, status=409)
