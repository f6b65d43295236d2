"""Our own answer to an address that does not exist, also while developing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.views.defaults import page_not_found


def missing(request: HttpRequest, address: str) -> HttpResponse:
    """Lead to the same address with a slash where that exists, as Django does; else say that there is no such page."""
    if request.method in ("GET", "HEAD") and not address.endswith("/") and _exists(f"/{address}/"):
        query = request.META["QUERY_STRING"]
        return HttpResponsePermanentRedirect(f"/{address}/{'?' * bool(query)}{query}")
    return page_not_found(request, Resolver404())


def _exists(path: str) -> bool:
    return resolve(path).func is not missing
