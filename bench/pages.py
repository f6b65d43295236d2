"""Every page as people get it: gunicorn with two workers on loopback, a real session, one client and four.

And the way of one report: from its submission in a form until all dashboards above its kecamatan show it.
"""

from __future__ import annotations

import gzip
import http.client
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from bench import journey, people, secrecy, uploads, visits
from bench.addresses import HOME, REPORT, Page, pages_of
from bench.measure import (
    Line,
    held,
    milliseconds,
    number,
    percentile,
    queries,
    row,
    say,
    show,
    show_heading,
    show_title,
    spread,
)
from bench.server import WORKERS, Server, get, gunicorn, memory, sign_in

REQUESTS = 100
CLIENTS = 4


def measure() -> None:
    """Measure every page alone, then with several clients at once; the largest region of each level."""
    call_command("collectstatic", interactive=False, verbosity=0)
    user = people.somebody()
    people.staff_every_kecamatan()
    with gunicorn(sign_in(user)) as server:
        bare = _measure_bare(server)
        show_heading("Every page", _COLUMNS)
        phone, sizes = server._replace(session=sign_in(people.operator())), visits.Sizes(server)
        for page in pages_of(user):
            say(f"{page.path} ...")
            show(_measure_page(phone if page.as_operator else server, page, bare, sizes))
        home, report = (path.format(kecamatan=people.own_kecamatan()[0].code) for path in (HOME, REPORT))
        visits.show_operator(home, _fetch(phone, home), _fetch(phone, report), visits.Sizes(phone))
        show_title("Memory")
        show(Line(f"gunicorn with {WORKERS} workers, after all pages", memory(server.process.pid), "MB"))
        journey.measure(server)
        uploads.measure(server)
    secrecy.measure()


# --- The client -------------------------------------------------------------------------------------------------


def _samples(server: Server, path: str, number: int) -> list[float]:
    """Return the milliseconds of some requests over one connection, the first few left out."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        for _ in range(5):
            get(connection, server, path)
        return [milliseconds(lambda: get(connection, server, path)) for _ in range(number)]


def _measure_bare(server: Server) -> float:
    show_title("A bare view")
    samples = _samples(server, "/healthz", REQUESTS)
    lines = spread("/healthz: all middleware, no session, no query", samples, None, None)
    show(*lines)
    return lines[0].measured


_COLUMNS = (
    *("page", "p50 ms", "p95 ms", "p50, times a bare view", f"p50 ms, {CLIENTS} clients", f"{CLIENTS} clients, /s"),
    *("queries", "bytes, gzip", "bytes", "bytes of a first visit, with all files"),
)


def _fetch(server: Server, path: str) -> tuple[bytes, str]:
    """Return a page as it was sent, and as it reads."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        packed = get(connection, server, path)
    return packed, gzip.decompress(packed).decode()


def _measure_page(server: Server, page: Page, bare: float, sizes: visits.Sizes) -> str:
    alone = _samples(server, page.path, REQUESTS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        started = time.perf_counter()
        runs = list(pool.map(lambda _: _samples(server, page.path, REQUESTS // CLIENTS), range(CLIENTS)))
        seconds = time.perf_counter() - started
    together = [sample for run in runs for sample in run]
    packed, html = _fetch(server, page.path)
    if page.shows not in html:
        raise RuntimeError(f"{page.path} does not show {page.shows!r}: it is not the page that its title says.")
    return row(
        f"{page.title} `{page.path}`",
        held(statistics.median(alone), page.p50),
        held(percentile(alone, 0.95), page.p95),
        number(statistics.median(alone) / bare),
        held(statistics.median(together), page.p50_together),
        number(len(together) / seconds),
        held(_queries(server, page.path), page.queries),
        held(len(packed), page.size),
        number(len(html.encode())),
        number(visits.first_visit(packed, html, sizes)),
    )


def _queries(server: Server, path: str) -> int:
    """Count the queries of a page in this process."""
    client = Client(headers={"host": "localhost", "x-forwarded-proto": "https"})
    client.cookies[settings.SESSION_COOKIE_NAME] = server.session
    client.get(path)
    return queries(lambda: client.get(path))
