"""Keeps what was typed into a form whose session had ended by the time it was sent.

The answer to such a form is the sign-in page, and it carries the body: signed, for two hours, and bound to the
browser's CSRF cookie, so that no other site and no other browser can slip a body in. After signing in the person
sees what was typed and sends it with one tap; nothing is ever sent by itself. The server keeps nothing for people
who have not signed in. Passwords and files are never kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.urls import reverse

from accounts.forms.signin import SignInForm

SALT = "accounts.interrupted"
SESSION_KEY = "interrupted_form"
KEPT_SECONDS = 2 * 3600
KEPT_LENGTH = 64 * 1024
TECHNICAL = ("client_key", "version", "seen")


class Interrupted(NamedTuple):
    """A form that was not received: where it was sent, its fields, and whether files were among them."""

    path: str
    fields: list[list[str]]
    has_files: bool

    def texts(self) -> list[str]:
        """Return what a person wrote, and no codes of choices: what holds a space, and long words."""
        texts = [text for name, text in self.fields if name not in TECHNICAL]
        return [text for text in texts if " " in text.strip() or len(text) > 20]


def keep_interrupted_forms(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer a form that leads to the sign-in page with that page and the body of the form (middleware)."""

    def answering(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return get_response(request)
        _forget(request)
        response = get_response(request)
        kept = _keep(request) if _asks_to_sign_in(request, response) else ""
        if not kept:
            return response
        context = {"form": SignInForm(request), "next": request.get_full_path(), "kept": kept}
        return render(request, "accounts/login.html", context)

    return answering


def _asks_to_sign_in(request: HttpRequest, response: HttpResponse) -> bool:
    if response.status_code != 302 or request.user.is_authenticated:
        return False
    path = urlsplit(response["Location"]).path
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


def remember(request: HttpRequest, form: Interrupted) -> None:
    """Keep a form in the session of the person who has just signed in."""
    request.session[SESSION_KEY] = list(form)


def remembered(request: HttpRequest) -> Interrupted | None:
    """Return the form that waits to be sent."""
    body = request.session.get(SESSION_KEY)
    return Interrupted(*body) if body else None


def _forget(request: HttpRequest) -> None:
    """Forget a form that is being sent now."""
    form = remembered(request) if request.user.is_authenticated else None
    if form and form.path == request.get_full_path():
        del request.session[SESSION_KEY]
