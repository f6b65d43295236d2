"""Lets nobody keep an answer that does not say that it may be kept: neither a browser nor what lies between.

On a shared computer "Back" would else show, after the sign-out, what was on the screen before it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers


def keep_nothing_unasked(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Forbid to keep every answer without ``Cache-Control`` (middleware); what may be kept says so itself."""

    def answering(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return answering
