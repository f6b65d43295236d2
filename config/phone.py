"""What makes the product an app on an operator's phone: its manifest, its service worker, the page without signal."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

SHELL = (
    "css/app.css",
    "js/app.js",
    "js/outbox-store.js",
    "js/outbox-entries.js",
    "js/outbox.js",
    "img/icons.svg",
    "img/favicon.svg",
)
"""The static files of the operator's pages, which the phone keeps."""


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """Say how the product is installed: name, colours, icons, and what can be begun from its icon."""
    sizes = {size: static(f"img/app-{size}.png") for size in (192, 512)}
    icons = [{"src": url, "sizes": f"{size}x{size}", "type": "image/png"} for size, url in sizes.items()]
    begun = [
        ("Lapor kerusakan", reverse("repairs:report")),
        ("Lapor gangguan", reverse("repairs:outage-report")),
        ("Isi perekaman", reverse("repairs:recording-month")),
    ]
    said = {
        "id": "/",
        "name": "Siap Rekam",
        "short_name": "Siap Rekam",
        "description": "Lapor kerusakan dan gangguan alat perekaman KTP-el, juga tanpa sinyal.",
        "lang": "id",
        "start_url": reverse("reports:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f2f4f6",
        "theme_color": "#14305b",
        "icons": [*icons, {**icons[1], "src": static("img/app-maskable-512.png"), "purpose": "maskable"}],
        "shortcuts": [{"name": name, "url": url} for name, url in begun],
    }
    return JsonResponse(said, content_type="application/manifest+json")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Send the service worker, which begins with what it keeps; its bytes change exactly when one of these does."""
    return HttpResponse(worker_script(), content_type="text/javascript")


def worker_script() -> str:
    """Return the service worker as it is served; on a developer's machine the files are read anew each time."""
    return _script() if settings.WHITENOISE_AUTOREFRESH else _kept_script()


@cache
def _kept_script() -> str:
    return _script()


def _script() -> str:
    source = _content("js/worker.js").decode()
    digest = hashlib.sha256(source.encode())
    urls = [static(name) for name in SHELL]
    for name, url in zip(SHELL, urls, strict=True):
        digest.update(url.encode() + _content(name))
    kept = {
        "version": digest.hexdigest()[:12],
        "files": urls,
        "store": static("js/outbox-store.js"),
        "nothing": reverse("no-signal"),
        "static": settings.STATIC_URL,
        # A name with a hash never changes its content; on a developer's machine a file does.
        "lasting": not settings.WHITENOISE_AUTOREFRESH,
    }
    return f"self.KEPT = {json.dumps(kept)};\n{source}"


def _content(name: str) -> bytes:
    """Return a static file, from where it is collected or, on a developer's machine, from its source."""
    path = finders.find(name) if settings.WHITENOISE_USE_FINDERS else None
    if path:
        with open(path, "rb") as file:
            return file.read()
    with staticfiles_storage.open(name) as file:
        content: bytes = file.read()
    return content


@require_safe
@cache_control(public=True, max_age=3600)
def no_signal(request: HttpRequest) -> HttpResponse:
    """Say that a page needs signal, and what goes without; the same for everybody, so that every phone may keep it."""
    # Nobody is named, and no message is used up.
    return render(request, "no_signal.html", {"user": AnonymousUser(), "messages": []})
