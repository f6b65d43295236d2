"""Every page as people get it: gunicorn with two workers on loopback, a real session, one client and four.

And the way of one report: from its submission in a form until all dashboards above its kecamatan show it.
"""

from __future__ import annotations

import gzip
import http.client
import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.db.models import Count
from django.test import Client

from accounts.models import Role, User
from accounts.people import assign, create_user
from bench import journey
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
from devices.models import Device, RecordingSet
from kecamatan.models import Kabupaten, Kecamatan, Province
from repairs.models import Outage, Ticket

REQUESTS = 300
CLIENTS = 4


class Page(NamedTuple):
    """A page to measure, with the targets of design.md, section 7: milliseconds, queries, bytes as sent."""

    title: str
    path: str
    p50: float = 30
    p95: float = 80
    p50_together: float = 120
    queries: float = 8
    size: float = 120 * 1024


def measure() -> None:
    """Measure every page alone, then with several clients at once; the largest region of each level."""
    call_command("collectstatic", interactive=False, verbosity=0)
    with gunicorn(sign_in(_somebody())) as server:
        bare = _measure_bare(server)
        show_heading("Every page", _COLUMNS)
        for page in (*_dashboards(), *_work()):
            say(f"{page.path} ...")
            show(_measure_page(server, page, bare))
        show_title("Memory")
        show(Line(f"gunicorn with {WORKERS} workers, after all pages", memory(server.process.pid), "MB"))
        journey.measure(server)


def _dashboards() -> list[Page]:
    """Return the address of the largest region of each level, and of what the API says of the nation."""
    province = Province.objects.annotate(size=Count("kabupaten")).order_by("-size", "code")[0]
    kabupaten = _largest_kabupaten()
    kecamatan = Kecamatan.objects.filter(kabupaten=kabupaten, kind=Kecamatan.Kind.KECAMATAN)[0]
    return [
        Page("Nation", "/reports/ID/"),
        Page(f"Province with {province.size} kabupaten", f"/reports/{province.code}/"),
        Page(f"Kabupaten with {kabupaten.size - 1} kecamatan", f"/reports/{kabupaten.code}/"),
        Page("Kecamatan", f"/kecamatan/{kecamatan.code}/"),
        Page("API, the nation", "/api/v1/reports/ID/"),
    ]


def _largest_kabupaten() -> Any:
    return Kabupaten.objects.annotate(size=Count("kecamatan")).order_by("-size", "code")[0]


def _work() -> list[Page]:
    """Return the pages on which people work, the lists also deep inside and searched."""
    kabupaten = _largest_kabupaten()
    place = Kecamatan.objects.filter(kabupaten=kabupaten, kind=Kecamatan.Kind.KECAMATAN)[0].code
    open_tickets = Ticket.objects.counted().filter(restored_at=None).order_by("failed_at", "pk")
    deep = open_tickets[open_tickets.count() // 2]
    device = Device.objects.exclude(serial="").order_by("pk")[100_000]
    outage = Outage.objects.order_by("-started_at")[0]
    return [
        Page("Tickets", "/repairs/"),
        Page("Tickets, deep in the list", f"/repairs/?sesudah={deep.number}"),
        Page("Tickets, all, the newest first", "/repairs/?keadaan=semua"),
        Page("Tickets, searched by number", f"/repairs/?kata={deep.number}"),
        Page("Tickets, searched by serial number", f"/repairs/?keadaan=semua&kata={quote(device.serial)}"),
        Page("Tickets of a kecamatan", f"/repairs/?keadaan=semua&kecamatan={place}"),
        Page("Ticket", f"/repairs/{deep.number}/"),
        Page("Report a fault", f"/repairs/report/?kecamatan={place}"),
        Page("Outages", "/outages/"),
        Page("Outage", f"/outages/{outage.pk}/"),
        Page("Report an outage", f"/outages/report/?wilayah={kabupaten.code}"),
        Page("Counts of a kecamatan", f"/recordings/?kecamatan={place}"),
        Page("Devices", "/devices/"),
        Page("Devices, searched by serial number", f"/devices/?kata={quote(device.serial)}"),
        Page("Device", f"/devices/{device.pk}/"),
        Page("Recording set", f"/devices/sets/{RecordingSet.objects.order_by('-pk')[0].pk}/"),
        Page("Profile of a kabupaten", f"/profile/{kabupaten.code}/"),
        Page("Search for a region", "/search/?q=sepatan"),
    ]


def _somebody() -> User:
    """Return somebody who may open every page: staff of the nation."""
    known = User.objects.filter(username="bench").first()
    if known:
        return known
    user = create_user(username="bench", name="Bench", password=os.urandom(20).hex(), by=None)
    for role in (Role.STAFF, Role.ADMIN):
        assign(user, role=role, region=None, by=None)
    return user


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
    *("queries", "bytes, gzip", "bytes"),
)


def _measure_page(server: Server, page: Page, bare: float) -> str:
    alone = _samples(server, page.path, REQUESTS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        started = time.perf_counter()
        runs = list(pool.map(lambda _: _samples(server, page.path, REQUESTS // CLIENTS), range(CLIENTS)))
        seconds = time.perf_counter() - started
    together = [sample for run in runs for sample in run]
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        packed = get(connection, server, page.path)
    return row(
        f"{page.title} `{page.path}`",
        held(statistics.median(alone), page.p50),
        held(percentile(alone, 0.95), page.p95),
        number(statistics.median(alone) / bare),
        held(statistics.median(together), page.p50_together),
        number(len(together) / seconds),
        held(_queries(server, page.path), page.queries),
        held(len(packed), page.size),
        number(len(gzip.decompress(packed))),
    )


def _queries(server: Server, path: str) -> int:
    """Count the queries of a page in this process."""
    client = Client(headers={"host": "localhost", "x-forwarded-proto": "https"})
    client.cookies[settings.SESSION_COOKIE_NAME] = server.session
    client.get(path)
    return queries(lambda: client.get(path))
