"""What a first visit costs: the page and every file that it asks for, as sent."""

from __future__ import annotations

import html
import http.client
import re
from collections.abc import Mapping, Sequence
from contextlib import closing

from bench.measure import Line, show, show_title
from bench.server import Server, get

KILOBYTE = 1024
FILES = re.compile(r'<(?:link|script|img|use)\b[^>]*?(?:href|src)="(/[^"#?]+)')
WORKER = "/sw.js"
# What static/js/outbox.js (FORMS) has the service worker fetch ahead from the home page: the first way to each form.
FORMS = re.compile(r'<a\b[^>]*?href="((/(?:repairs/report|outages/report|recordings|recordings/[\d.]+/guests)/)[^"#]*)')


def files_of(page: str) -> list[str]:
    """Return the addresses of the style sheets, scripts, pictures and icons that a page names, each once."""
    return list(dict.fromkeys(FILES.findall(page)))


def first_visit(page: bytes, text: str, sizes: Mapping[str, int], known: Sequence[str] = ()) -> int:
    """Return the bytes of a page with its files; ``known`` are those that the browser has already."""
    return len(page) + sum(sizes[path] for path in files_of(text) if path not in known)


def fetched_ahead(home: str, path: str) -> list[str]:
    """Return what a phone fetches beside a first visit to the home page at ``path``: the service worker, the page
    without signal, the home page once more, which came before there was a worker, the forms and the outbox.

    The files of its shell are in the browser already.
    """
    forms = {address: html.unescape(url) for url, address in reversed(FORMS.findall(home))}
    return [WORKER, "/no-signal/", path, *sorted(forms.values()), "/outbox/"]


def size_of(server: Server, path: str) -> int:
    """Return the bytes of a file as sent."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        return len(get(connection, server, path))


class Sizes(dict[str, int]):
    """The bytes of each file as sent, asked for once."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server

    def __missing__(self, path: str) -> int:
        self[path] = size_of(self.server, path)
        return self[path]


def show_operator(path: str, home: tuple[bytes, str], report: tuple[bytes, str], sizes: Mapping[str, int]) -> None:
    """Print what an operator with an empty browser loads for the home page, with all that works without signal from
    then on, and then for a report. ``sizes`` are those that the operator gets."""
    show_title("The first visit of an operator")
    first, then = first_visit(*home, sizes), first_visit(*report, sizes, known=files_of(home[1]))
    show(Line("My kecamatan with all its files", first, "bytes", 60 * KILOBYTE))
    ahead = sum(sizes[one] for one in fetched_ahead(home[1], path))
    show(Line("and what its worker fetches ahead, for no signal", first + ahead, "bytes", 60 * KILOBYTE))
    show(Line("then the report of a component", then, "bytes", 15 * KILOBYTE))
