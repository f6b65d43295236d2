"""How long somebody stays signed in, and when the password is asked for again.

An operator's own phone stays signed in for 30 days since it was last used; everybody else's session ends with the
browser. What would let whoever holds the phone act as others asks for a password not older than 15 minutes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import User

BACKEND = "accounts.backends.UsernameOrPhoneBackend"
REMEMBERED = timedelta(days=30)
# Once a day is often enough: a session is written anew each time.
EXTENDED_EVERY = timedelta(days=1)
EXTENDED_AT, PASSWORD_AT = "phone_extended_at", "password_at"

KNOWN_COOKIE = "known_people"
KNOWN_MOST = 4
KNOWN_FOR = timedelta(days=180)


def begin_session(request: HttpRequest, person: User, *, remember: bool) -> None:
    """Sign a person in whose password was just given; ``remember`` says that the phone is an operator's own."""
    login(request, person, backend=BACKEND)
    note_password(request)
    # ``login`` leaves the person of the form, whose roles were not read yet.
    if remember and User.objects.get(pk=person.pk).is_operator:
        _extend(request)
    else:
        # On a shared computer the session ends with the browser.
        request.session.set_expiry(0)


def _extend(request: HttpRequest) -> None:
    request.session[EXTENDED_AT] = int(time.time())
    request.session.set_expiry(int(REMEMBERED.total_seconds()))


def keep_phones_signed_in(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let a remembered phone stay signed in as long as it is used and its person is an operator (middleware)."""

    def answering(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # A page for everybody reads no session, and shall not begin to here.
        if request.session.accessed and EXTENDED_AT in request.session and request.user.is_authenticated:
            if not request.user.is_operator:
                del request.session[EXTENDED_AT]
                request.session.set_expiry(0)
            elif time.time() - request.session[EXTENDED_AT] > EXTENDED_EVERY.total_seconds():
                _extend(request)
        return response

    return answering


# --- The password, again ----------------------------------------------------------------------------------------


def note_password(request: HttpRequest) -> None:
    """Note that the person gave the password just now."""
    request.session[PASSWORD_AT] = int(time.time())


def asks_password(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask for the password first where it was given too long ago; for what is dangerous, below ``login_required``.

    A form that is sent meanwhile is kept, as one whose session had ended.
    """

    @wraps(view)
    def asking(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if time.time() - request.session.get(PASSWORD_AT, 0) > settings.CONFIRM_PASSWORD_MINUTES * 60:
            return redirect_to_login(request.get_full_path(), reverse("accounts:confirm"))
        return view(request, *args, **kwargs)

    return asking


# --- Who uses this phone ----------------------------------------------------------------------------------------


def people_of_phone(request: HttpRequest) -> Sequence[User]:
    """Return the people who said that they use this phone, the last one first, for a quick change between them."""
    try:
        keys = signing.loads(request.COOKIES.get(KNOWN_COOKIE, ""), salt=KNOWN_COOKIE)
    except signing.BadSignature:
        return []
    found = {person.pk: person for person in User.objects.filter(pk__in=keys, is_active=True)}
    return [found[key] for key in keys if key in found]


def remember_person(request: HttpRequest, response: HttpResponse, person: User) -> HttpResponse:
    """Let this phone know the name of somebody who uses it; never how to sign in."""
    others = [known.pk for known in people_of_phone(request) if known.pk != person.pk]
    response.set_cookie(
        KNOWN_COOKIE,
        signing.dumps([person.pk, *others][:KNOWN_MOST], salt=KNOWN_COOKIE),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def forget_people(response: HttpResponse) -> HttpResponse:
    """Let this phone forget who uses it."""
    response.delete_cookie(KNOWN_COOKIE, samesite="Lax")
    return response
