"""By which way a change comes in: a page, the API, an import file or the reference data site.

Every event keeps it. It is noted where the change enters, so that no domain function has to pass it on; what nobody
noted (a command, a periodic task) is the system's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

PAGE, API, IMPORT, ADMIN, SYSTEM = "page", "api", "import", "admin", "system"
_CHANNELS_BY_PREFIX = (("/api/", API), ("/admin/", ADMIN))

_running: ContextVar[str] = ContextVar("channel", default=SYSTEM)


def channel_now() -> str:
    """Return the way by which changes come in at this moment."""
    return _running.get()


@contextmanager
def acting_through(channel: str) -> Iterator[None]:
    """Note by which way the changes of a block come in."""
    token = _running.set(channel)
    try:
        yield
    finally:
        _running.reset(token)


def note_channel(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Note for each request whether it comes from a page, the API or the reference data site (middleware)."""

    def answer(request: HttpRequest) -> HttpResponse:
        channel = next((name for prefix, name in _CHANNELS_BY_PREFIX if request.path.startswith(prefix)), PAGE)
        with acting_through(channel):
            return get_response(request)

    return answer
