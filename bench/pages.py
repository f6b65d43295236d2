"""Every page as people get it: gunicorn with two workers on loopback, a real session, one client and four.

And the way of one report: from its submission in a form until all dashboards above its kecamatan show it.
"""

from __future__ import annotations

import gzip
import http.client
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.db.models import Count
from django.test import Client

from accounts.models import Role, User
from accounts.people import assign, create_user
from bench import journey
from bench.measure import Line, milliseconds, queries, say, show, show_title, spread
from bench.server import WORKERS, Server, get, gunicorn, memory, sign_in
from devices.models import Device, RecordingSet
from kecamatan.models import Kabupaten, Kecamatan, Province
from repairs.models import Outage, Ticket

REQUESTS = 300
CLIENTS = 4
P50, P95, QUERIES, BYTES = 30, 80, 8, 120 * 1024


def measure() -> None:
    """Measure every page alone, then with several clients at once; the largest region of each level."""
    call_command("collectstatic", interactive=False, verbosity=0)
    with gunicorn(sign_in(_somebody())) as server:
        bare = _measure_bare(server)
        for title, path in (*_dashboards(), *_work()):
            say(f"{path} ...")
            _measure_page(server, title, path, bare)
        show_title("Memory")
        show(Line(f"gunicorn with {WORKERS} workers, after all pages", memory(server.process.pid), "MB"))
        journey.measure(server)


def _dashboards() -> list[tuple[str, str]]:
    """Return the address of the largest region of each level, and of what the API says of the nation."""
    province = Province.objects.annotate(size=Count("kabupaten")).order_by("-size", "code")[0]
    kabupaten = _largest_kabupaten()
    kecamatan = Kecamatan.objects.filter(kabupaten=kabupaten, kind=Kecamatan.Kind.KECAMATAN)[0]
    return [
        ("Nation", "/reports/ID/"),
        (f"Province with {province.size} kabupaten", f"/reports/{province.code}/"),
        (f"Kabupaten with {kabupaten.size - 1} kecamatan", f"/reports/{kabupaten.code}/"),
        ("Kecamatan", f"/kecamatan/{kecamatan.code}/"),
        ("API, the nation", "/api/v1/reports/ID/"),
    ]


def _largest_kabupaten() -> Any:
    return Kabupaten.objects.annotate(size=Count("kecamatan")).order_by("-size", "code")[0]


def _work() -> list[tuple[str, str]]:
    """Return the pages on which people work, the lists also deep inside and searched."""
    kabupaten = _largest_kabupaten()
    place = Kecamatan.objects.filter(kabupaten=kabupaten, kind=Kecamatan.Kind.KECAMATAN)[0].code
    open_tickets = Ticket.objects.counted().filter(restored_at=None).order_by("failed_at", "pk")
    deep = open_tickets[open_tickets.count() // 2]
    device = Device.objects.exclude(serial="").order_by("pk")[100_000]
    outage = Outage.objects.order_by("-started_at")[0]
    return [
        ("Tickets", "/repairs/"),
        ("Tickets, deep in the list", f"/repairs/?sesudah={deep.number}"),
        ("Tickets, all, the newest first", "/repairs/?keadaan=semua"),
        ("Tickets, searched by number", f"/repairs/?kata={deep.number}"),
        ("Tickets, searched by serial number", f"/repairs/?keadaan=semua&kata={quote(device.serial)}"),
        ("Tickets of a kecamatan", f"/repairs/?keadaan=semua&kecamatan={place}"),
        ("Ticket", f"/repairs/{deep.number}/"),
        ("Report a fault", f"/repairs/report/?kecamatan={place}"),
        ("Outages", "/outages/"),
        ("Outage", f"/outages/{outage.pk}/"),
        ("Report an outage", f"/outages/report/?wilayah={kabupaten.code}"),
        ("Counts of a kecamatan", f"/recordings/?kecamatan={place}"),
        ("Devices", "/devices/"),
        ("Devices, searched by serial number", f"/devices/?kata={quote(device.serial)}"),
        ("Device", f"/devices/{device.pk}/"),
        ("Recording set", f"/devices/sets/{RecordingSet.objects.order_by('-pk')[0].pk}/"),
        ("Profile of a kabupaten", f"/profile/{kabupaten.code}/"),
        ("Search for a region", "/search/?q=sepatan"),
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


def _measure_page(server: Server, title: str, path: str, bare: float) -> None:
    show_title(f"{title} (`{path}`)")
    alone = spread("one client", _samples(server, path, REQUESTS), P50, P95)
    show(*alone, Line("p50 against a bare view", alone[0].measured / bare, "times"))
    with ThreadPoolExecutor(CLIENTS) as pool:
        started = time.perf_counter()
        runs = list(pool.map(lambda _: _samples(server, path, REQUESTS // CLIENTS), range(CLIENTS)))
        seconds = time.perf_counter() - started
    together = [sample for run in runs for sample in run]
    show(*spread(f"{CLIENTS} clients", together, None, None))
    show(Line(f"{CLIENTS} clients, requests a second", len(together) / seconds, "/s"))
    _measure_answer(server, path)


def _measure_answer(server: Server, path: str) -> None:
    """Count queries in this process, and bytes as they come over the wire."""
    client = Client(headers={"host": "localhost", "x-forwarded-proto": "https"})
    client.cookies[settings.SESSION_COOKIE_NAME] = server.session
    client.get(path)
    show(Line("queries", queries(lambda: client.get(path)), "", QUERIES))
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        packed = get(connection, server, path)
    show(Line("bytes, gzip", len(packed), "", BYTES), Line("bytes, unpacked", len(gzip.decompress(packed)), ""))
