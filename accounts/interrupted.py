"""Keeps what was typed into a form whose session had ended by the time it was sent.

The answer to such a form is the sign-in page, and it carries the body: signed, for two hours, and bound to the
browser's CSRF cookie, so that no other site and no other browser can slip a body in. After signing in the person
sees what was typed and sends it with one tap; nothing is ever sent by itself. The server keeps nothing for people
who have not signed in. Passwords and files are never kept.

The fields are told by the labels of the page on which the form stands, which is asked for the person once they are
signed in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.urls import resolve, reverse

from accounts.forms.signin import ConfirmForm, SignInForm
from lib.form_words import words_of

logger = logging.getLogger(__name__)

SALT = "accounts.interrupted"
SESSION_KEY = "interrupted_form"
KEPT_SECONDS = 2 * 3600
KEPT_LENGTH = 64 * 1024
TECHNICAL = ("client_key", "version", "seen")


class Interrupted(NamedTuple):
    """A form that was not received: where it was sent, its fields, whether files were among them, and it in words."""

    path: str
    fields: list[list[str]]
    has_files: bool
    heading: str = ""
    button: str = ""
    entries: Sequence[Sequence[str]] = ()

    def in_words(self, request: HttpRequest) -> Interrupted:
        """Return the form with the words of its page; of one whose page is gone, what a person wrote and no codes."""
        for path in _pages(self.path):
            words = words_of(_page(request, path), path, self.path, self.fields)
            if words is not None:
                return self._replace(**words._asdict())
        texts = [text for name, text in self.fields if name not in TECHNICAL]
        return self._replace(entries=[("", text) for text in texts if " " in text.strip() or len(text) > 20])


def keep_interrupted_forms(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer a form that leads to the sign-in page, or to the password, with that page and its body (middleware)."""

    def answering(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return get_response(request)
        _forget(request)
        response = get_response(request)
        kept = _keep(request) if _asks_to_sign_in(request, response) else ""
        if not kept:
            return response
        context: dict[str, object] = {"next": request.get_full_path(), "kept": kept}
        if request.user.is_authenticated:
            return render(request, "accounts/confirm.html", {**context, "form": ConfirmForm(request=request)})
        return render(request, "accounts/login.html", {**context, "form": SignInForm(request)})

    return answering


def _asks_to_sign_in(request: HttpRequest, response: HttpResponse) -> bool:
    if response.status_code != 302:
        return False
    path = urlsplit(response["Location"]).path
    if request.user.is_authenticated:
        return path == reverse("accounts:confirm") != request.path
    return path != request.path and path in (resolve_url("accounts:login"), reverse("admin:login"))


def _keep(request: HttpRequest) -> str:
    """Return the signed body; empty where there is nothing to keep, a password among it, or too much."""
    names = [name for name in request.POST if name != "csrfmiddlewaretoken"]
    if not names or any("password" in name for name in names):
        return ""
    fields = [[name, text] for name in names for text in request.POST.getlist(name)]
    body = [request.get_full_path(), fields, bool(request.FILES)]
    kept = signing.dumps(body, salt=_salt(request), compress=True)
    return kept if len(kept) <= KEPT_LENGTH else ""


def kept_in(request: HttpRequest) -> Interrupted | None:
    """Return the form that a sign-in brings along, if this browser was given it; ask before the person is signed in."""
    try:
        body = signing.loads(request.POST.get("kept", ""), salt=_salt(request), max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return None
    return Interrupted(*body)


def _salt(request: HttpRequest) -> str:
    # Makes the cookie where there is none yet.
    get_token(request)
    return f"{SALT}.{request.META['CSRF_COOKIE']}"


def _pages(path: str) -> Iterator[str]:
    """Yield where a form may stand: at the address to which it is sent, or at one of those above it."""
    yield path
    parts = urlsplit(path).path.rstrip("/").split("/")
    for length in range(len(parts) - 1, 1, -1):
        yield "/".join(parts[:length]) + "/"


def _page(request: HttpRequest, path: str) -> str:
    """Return the page at an address as the person gets it; empty where there is none to read."""
    address, asked = urlsplit(path), copy(request)
    asked.method, asked.path, asked.path_info = "GET", address.path, address.path
    asked.GET, asked.POST = QueryDict(address.query), QueryDict()
    asked.META = {**request.META, "REQUEST_METHOD": "GET", "QUERY_STRING": address.query}
    try:
        asked.resolver_match = match = resolve(address.path)
        answer = match.func(asked, *match.args, **match.kwargs)
    except (Http404, PermissionDenied):
        return ""
    except Exception:
        # Nobody is kept from signing in by a page that fails; whoever opens it finds out.
        logger.exception("The page %s could not be read for its words.", address.path)
        return ""
    is_page = answer.status_code == 200 and not answer.streaming
    return answer.content.decode() if is_page else ""


def remember(request: HttpRequest, form: Interrupted) -> None:
    """Keep a form, in words, in the session of the person who has just signed in."""
    request.session[SESSION_KEY] = list(form.in_words(request))


def remembered(request: HttpRequest) -> Interrupted | None:
    """Return the form that waits to be sent."""
    body = request.session.get(SESSION_KEY)
    return Interrupted(*body) if body else None


def _forget(request: HttpRequest) -> None:
    """Forget a form that is being sent now."""
    form = remembered(request) if request.user.is_authenticated else None
    if form and form.path == request.get_full_path():
        del request.session[SESSION_KEY]
