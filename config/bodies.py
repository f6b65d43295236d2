"""Tells a form that was cut off on its way from one that arrived.

Where a phone loses its signal in the middle of an upload, gunicorn ends the body as if it were complete, and Django
reads what there is: a report would be kept with half of its photos. So the body must be as long as was announced;
else reading it fails, as Django expects of a broken connection, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse


def refuse_cut_bodies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let reading a body fail that is shorter than announced (middleware; before whatever reads it)."""

    def answering(request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "")
        if length.isdecimal():
            # Django has no other way to put anything between it and the server's stream.
            request._stream = WholeBody(request._stream, int(length))  # type: ignore[assignment]
        return get_response(request)

    return answering


class WholeBody:
    """A body of a known length, as Django reads it; raises :class:`ConnectionError` where it ends before."""

    def __init__(self, stream: Any, length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int = -1) -> bytes:
        """Return the next ``size`` bytes, fewer only at the announced end."""
        wanted = min(size, self._left) if size >= 0 else self._left
        chunk: bytes = self._stream.read(wanted) if wanted else b""
        return self._counted(chunk, len(chunk) == wanted)

    def readline(self, size: int = -1) -> bytes:
        """Return the next line, or what there is of it within ``size`` bytes."""
        limit = min(size, self._left) if size >= 0 else self._left
        line: bytes = self._stream.readline(limit) if limit else b""
        return self._counted(line, line.endswith(b"\n") or len(line) == limit)

    def close(self) -> None:
        """Close the stream, as Django does once it has read a body as a whole."""
        self._stream.close()

    def _counted(self, chunk: bytes, is_whole: bool) -> bytes:
        self._left -= len(chunk)
        if not is_whole:
            raise ConnectionError(f"The body ended {self._left} bytes early.")
        return chunk
