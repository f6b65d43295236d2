"""Answers the outbox of a phone: what was filled in without signal, sent by a script once there is one.

It sends a form to the form's own address, with the same fields, and names in headers whose it is and when it was
filled in. The views know nothing of it: this middleware turns their answers into small ones in JSON.

==== ==========================================================================================================
201  received: ``url``, ``number`` of the ticket if it is one, ``message``. A resend gets the same ``url``.
401  ``reason``: nobody is signed in (``signed_out``), or somebody else (``other_user``). Nothing was looked at.
403  ``reason``: ``stale_token``: ask for a fresh one and send again. Without it: not allowed.
200  the form is shown again; also 403, 404, 409: ``errors``, each ``text`` with its ``field`` (an id) or ``url``.
5xx  anything else: send again later.
==== ==========================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.dateparse import parse_datetime

from kecamatan.claims import Claim, claim_of, claiming
from lib.page_errors import reasons_of

USER, FILLED_AT, PHONE_NOW, WAITS = "X-Outbox-User", "X-Outbox-Filled-At", "X-Outbox-Now", "X-Outbox-Waits"
"""Headers of a form: whose it is, when it was filled in and now by the phone's clock, whether somebody waits for it."""

AHEAD = "X-Outbox-Ahead"
"""The header with which a phone fetches a page to keep it: nobody looks at it now."""

KEPT_FOR = "X-Kept-For"
"""The header of a page that an operator's phone keeps: whose it is."""

KEPT_PAGES = frozenset(
    (
        "reports:home",
        "reports:kecamatan-detail",
        "repairs:report",
        "repairs:outage-report",
        "repairs:recording-month",
        "repairs:guest-counts",
        "accounts:outbox",
    )
)


def answer_outbox(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer forms that an outbox sends in JSON, and name the pages that a phone may keep (middleware)."""

    def answering(request: HttpRequest) -> HttpResponse:
        sender = request.headers.get(USER)
        if sender is None or request.method != "POST":
            return _keepable(request, get_response(request))
        if not request.user.is_authenticated:
            return JsonResponse({"reason": "signed_out"}, status=401)
        if sender != str(request.user.pk):
            return JsonResponse({"reason": "other_user"}, status=401)
        with claiming(_claim(request)):
            return _receipt(request, get_response(request))

    return answering


def _claim(request: HttpRequest) -> Claim | None:
    """Return when the phone claims that the form was filled in; nothing where that is not readable."""
    filled_at, now = (_moment(request.headers.get(name, "")) for name in (FILLED_AT, PHONE_NOW))
    return claim_of(filled_at, now) if filled_at and now else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _receipt(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the answer of a view as the outbox reads it."""
    if response.status_code == 302:
        return JsonResponse(_received(request, response["Location"]), status=201)
    if getattr(request, "has_stale_token", False):
        return JsonResponse({"reason": "stale_token"}, status=403)
    if response.status_code in (200, 403, 404, 409):
        reasons = reasons_of(response.content.decode())
        errors = [{"text": reason.text, "field": reason.field, "url": reason.url} for reason in reasons]
        return JsonResponse({"errors": errors}, status=response.status_code)
    return response


def _received(request: HttpRequest, url: str) -> dict[str, Any]:
    try:
        number = resolve(url.partition("?")[0]).kwargs.get("number")
    except Resolver404:
        number = None
    # Who waits is led to the page, which says it; of what was sent meanwhile the receipt does.
    message = "" if WAITS in request.headers else " ".join(str(message) for message in get_messages(request))
    return {"url": url, "number": number, "message": message}


def _keepable(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Name whose page this is, where an operator's phone may keep it."""
    match = request.resolver_match
    if AHEAD in request.headers:
        # What is said once waits for the page that the person sees.
        get_messages(request).used = False  # type: ignore[union-attr]
    if request.method != "GET" or response.status_code != 200 or match is None or match.view_name not in KEPT_PAGES:
        return response
    if request.user.is_authenticated and request.user.is_operator:
        response[KEPT_FOR] = str(request.user.pk)
    return response
