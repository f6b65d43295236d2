"""What every page of this app with a form of its own does when it is sent; what all apps share is ``accounts``'."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import SignedInRequest
from accounts.sending import answers_resends, body_of, posted, resent, send, status_of
from lib.errors import Conflict
from lib.forms import KeyedForm

__all__ = [
    "answers_resends",
    "body_of",
    "change",
    "change_part",
    "posted",
    "resent",
    "send",
    "status_of",
]


def change(
    request: SignedInRequest,
    form: KeyedForm,
    write: Callable[[], str],
    done: str,
    *,
    show: Callable[[], HttpResponse],
    both: Callable[[], dict[str, Any]],
) -> HttpResponse:
    """Make a change that somebody decided on as they saw it, once, and lead to its page.

    ``show`` answers where nothing was sent yet, or it was refused; ``both`` is what the page shows to the loser of a
    race (HTTP 409): what they typed beside what holds now.
    """
    try:
        answer = send(request, form, write, done) if request.method == "POST" else None
    except Conflict:
        return render(request, "repairs/span_conflict.html", both(), status=409)
    return answer or show()


def change_part(
    request: SignedInRequest,
    pk: int,
    form: KeyedForm,
    write: Callable[[], str],
    done: str,
    of: str,
    *,
    show: Callable[[SignedInRequest, int, Any, str], HttpResponse],
    both: Callable[[SignedInRequest, int, Any, str], dict[str, Any]],
) -> HttpResponse:
    """Make the change named ``of`` on the page of the row ``pk``, as :func:`change` does."""
    again = (request, pk, form, of)
    return change(request, form, write, done, show=partial(show, *again), both=partial(both, *again))
