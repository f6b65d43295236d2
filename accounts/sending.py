"""What every page with a form of its own does when it is sent: once, and with nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from accounts.requests import SignedInRequest
from kecamatan.submissions import SENT_BEFORE, answer_of, answer_once
from lib.errors import Conflict, Forbidden, KeyReused, Refused
from lib.forms import KeyedForm

SAVED_BEFORE = "Sudah tersimpan sebelumnya; tidak dicatat dua kali."


def answers_resends(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lead a second tap where the first one led, even where the row is now out of the person's sight."""

    @wraps(view)
    def answering(request: Any, **kwargs: Any) -> HttpResponse:
        return resent(request) or view(request, **kwargs)

    return answering


def resent(request: SignedInRequest, told: str = SAVED_BEFORE) -> HttpResponse | None:
    """Lead a submission that was made before where it led then, whatever its form would say of it now."""
    url = _earlier(request) if request.method == "POST" else None
    if url is None:
        return None
    if told:
        messages.success(request, told, extra_tags="tip")
    return redirect(url)


def posted(request: SignedInRequest) -> QueryDict | None:
    """Return the fields that were sent, or nothing where the page is only asked for: what a form begins with."""
    return request.POST if request.method == "POST" else None


def _earlier(request: SignedInRequest) -> str | None:
    try:
        return answer_of(KeyedForm(request.POST).key, body_of(request), by=request.user)
    except KeyReused:
        # The view finds out again, and shows what was typed.
        return None


def send(
    request: SignedInRequest, form: KeyedForm, write: Callable[[], str], done: str | Callable[[], str]
) -> HttpResponse | None:
    """Make a change once and lead to its page; ``None`` where it was refused, with the reason in the form.

    ``write`` makes the change and returns the address; ``done`` is what is said then. Raises :class:`Conflict` and
    :class:`Forbidden`.
    """
    if not form.is_valid():
        return None
    try:
        url = answer_once(form.key, body_of(request), by=request.user, write=write)
    except KeyReused:
        form.renew_key()
        form.add_error(None, SENT_BEFORE)
    except (Conflict, Forbidden):
        raise
    except Refused as refused:
        form.refuse(refused)
    else:
        messages.success(request, done() if callable(done) else done, extra_tags="tip")
        return redirect(url)
    return None


def body_of(request: SignedInRequest) -> QueryDict:
    """Return what was sent, by which a resend is told from another submission: the fields, and what files hold."""
    if not request.FILES:
        return request.POST
    body = request.POST.copy()
    for name in request.FILES:
        for file in request.FILES.getlist(name):
            file.seek(0)
            body.appendlist(name, sha256(file.read()).hexdigest())
            file.seek(0)
    return body


def status_of(form: KeyedForm | None) -> int:
    """Return the status of a page that shows a form again: 409 where its key came with another body before."""
    return 409 if form is not None and form.is_reused else 200
