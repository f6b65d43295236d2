"""Public answers, kept rendered in each process for some seconds, and made so that browsers and proxies may keep them.

An answer is kept under its address with the version of the rollup row that it was made from. A newer row of its own
region, asked for every :data:`CHECK_SECONDS`, ends it; whatever else it shows (neighbours, offices, hours) is at most
:data:`KEPT_SECONDS` old. With the seconds for which a browser may show it (``Cache-Control``) and those that a worker
needs for a change, all of it is right within a minute.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

KEPT_SECONDS, CHECK_SECONDS = 20, 2
FRESH_SECONDS = STALE_SECONDS = 15
"""For how long a browser shows an answer without asking, and then once more while it asks in the background."""

CACHE_CONTROL = f"public, max-age={FRESH_SECONDS}, stale-while-revalidate={STALE_SECONDS}"

Version = Callable[[int, datetime], datetime | None]


class Made(NamedTuple):
    """An answer before it is kept; ``pk`` is the region by whose ``version`` it stands and falls."""

    content: str
    content_type: str
    status: int = 200
    version: Version | None = None
    pk: int = 0
    seen: datetime | None = None


class Kept(NamedTuple):
    """An answer as it is kept: packed, with its ETag, until when, and when its version was looked at last."""

    until: datetime
    checked: datetime
    packed: bytes
    etag: str
    content_type: str
    status: int
    version: Version | None
    pk: int
    seen: datetime | None


def answer(request: HttpRequest, address: str, make: Callable[[datetime], Made]) -> HttpResponse:
    """Answer from what is kept under an address, or make it anew; 304 where the browser has it already."""
    now, pages = timezone.now(), caches["public"]
    kept: Kept | None = pages.get(address)
    if kept and kept.version and now - kept.checked >= timedelta(seconds=CHECK_SECONDS):
        kept = kept._replace(checked=now) if kept.version(kept.pk, now) == kept.seen else None
        if kept:
            pages.set(address, kept, max(0.0, (kept.until - now).total_seconds()))
    if kept is None:
        kept = _keep(make(now), now)
        pages.set(address, kept, KEPT_SECONDS)
    return _respond(request, kept)


def _keep(made: Made, now: datetime) -> Kept:
    body = made.content.encode()
    # Weak: the same for the packed and the plain body. mtime=0, so that equal bodies are packed equally.
    etag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    return Kept(now + timedelta(seconds=KEPT_SECONDS), now, gzip.compress(body, 6, mtime=0), etag, *made[1:])


def _respond(request: HttpRequest, kept: Kept) -> HttpResponse:
    takes_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    body = kept.packed if takes_packed else gzip.decompress(kept.packed)
    response = HttpResponse(body, content_type=kept.content_type, status=kept.status)
    if takes_packed:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = CACHE_CONTROL
    response["ETag"] = kept.etag
    patch_vary_headers(response, ["Accept-Encoding"])
    if kept.status != 200:
        return response
    return get_conditional_response(request, etag=kept.etag, response=response) or response
