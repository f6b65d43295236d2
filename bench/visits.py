"""What a first visit costs: the page and every file that it asks for, as sent."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping, Sequence
from contextlib import closing

from bench.measure import Line, show, show_title
from bench.server import Server, get

KILOBYTE = 1024
FILES = re.compile(r'<(?:link|script|img|use)\b[^>]*?(?:href|src)="(/[^"#?]+)')


def files_of(page: str) -> list[str]:
    """Return the addresses of the style sheets, scripts, pictures and icons that a page names, each once."""
    return list(dict.fromkeys(FILES.findall(page)))


def first_visit(page: bytes, html: str, sizes: Mapping[str, int], known: Sequence[str] = ()) -> int:
    """Return the bytes of a page with its files; ``known`` are those that the browser has already."""
    return len(page) + sum(sizes[path] for path in files_of(html) if path not in known)


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


def show_operator(home: tuple[bytes, str], report: tuple[bytes, str], sizes: Mapping[str, int]) -> None:
    """Print what an operator with an empty browser loads for the home page, and then for a report."""
    show_title("The first visit of an operator")
    first, then = first_visit(*home, sizes), first_visit(*report, sizes, known=files_of(home[1]))
    show(Line("My kecamatan with all its files", first, "bytes", 60 * KILOBYTE))
    show(Line("then the report of a component", then, "bytes", 15 * KILOBYTE))
