"""What citizens read: how many requests a second against a bare view with the same workers, and how many bytes.

The client is a plain socket, which leaves most of the machine to the server. Each address is asked in turns with the
bare view, so that whatever else the machine does slows down both.
"""

from __future__ import annotations

import gzip
import re
import socket
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

from django.core.cache import caches
from django.db.models import Count
from django.test import Client

from bench.bare import ADDRESS as BARE
from bench.measure import held, number, queries, row, say, show, show_heading, show_title, spread
from bench.server import WORKERS, Server, gunicorn
from devices.readiness import Service
from kecamatan.models import Kabupaten, Kecamatan
from reports.models import Level, RegionMonth

CLIENTS, ROUNDS, SECONDS = 4, 5, 2.0
SHARE, BYTES, P50, P95, QUERIES = 0.5, 20 * 1024, 30, 80, 8
FIRST_VISITS = 60
"""How many kecamatan are asked for the first time, none of which any process has kept."""


def measure() -> None:
    """Compare the pages with a bare view, then ask for many of them for the first time."""
    stopped, serving, kabupaten = _stopped(), _serving(), _kabupaten()
    with gunicorn(settings_module="bench.bare_settings") as server:
        show_heading(
            f"What citizens read, {CLIENTS} clients, {WORKERS} workers",
            ("page", "/s", "a bare view, /s", f"share (at least {SHARE})", "queries", "bytes with all assets, gzip"),
        )
        for title, path, etag in (
            ("Kecamatan that has stopped", f"/status/{stopped}/", ""),
            ("Kecamatan that serves", f"/status/{serving}/", ""),
            ("The same, known to the browser", f"/status/{serving}/", "known"),
            ("Data of a kecamatan", f"/status/{stopped}.json", ""),
            ("The kabupaten with the most kecamatan", f"/status/{kabupaten}/", ""),
            ("Provinces", "/status/", ""),
        ):
            say(f"{path} ...")
            show(_compared(server, title, path, etag))
        _measure_first_visits(server)


def _stopped() -> str:
    """Return a kecamatan that has stopped: its page reads the most."""
    rows = RegionMonth.objects.filter(level=Level.KECAMATAN, kecamatan_stopped=1).order_by("-month", "region_id")
    return str(Kecamatan.objects.get(pk=rows.values_list("region_id", flat=True)[0]).code)


def _serving() -> str:
    rows = RegionMonth.objects.filter(level=Level.KECAMATAN, kecamatan_serving=1, kecamatan_confirmed=1)
    newest = rows.order_by("-month", "region_id").values_list("region_id", flat=True)[0]
    return str(Kecamatan.objects.get(pk=newest).code)


def _kabupaten() -> str:
    return str(Kabupaten.objects.annotate(size=Count("kecamatan")).order_by("-size", "code")[0].code)


# --- Requests a second ----------------------------------------------------------------------------------------------


def _compared(server: Server, title: str, path: str, etag: str) -> str:
    """Return the line of a page: the medians of rounds that take turns with the bare view."""
    known = _etag(server, path) if etag else ""
    ours, bare = [], []
    for _ in range(ROUNDS):
        bare.append(_rate(server, BARE, "", 200))
        ours.append(_rate(server, path, known, 304 if known else 200))
    share = statistics.median(ours) / statistics.median(bare)
    return row(
        f"{title} `{path}`",
        number(statistics.median(ours)),
        number(statistics.median(bare)),
        number(share) if share >= SHARE else f"**{number(share)}**",
        held(_queries(path), QUERIES),
        held(_bytes(server, path), BYTES),
    )


def _rate(server: Server, path: str, etag: str, status: int) -> float:
    """Return the requests a second of some clients, each on one connection."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        counts = list(pool.map(lambda _: _ask(server, path, etag, status), range(CLIENTS)))
    return sum(counts) / SECONDS


def _ask(server: Server, path: str, etag: str, status: int) -> int:
    """Ask again and again for some seconds and return how often; raise for another status."""
    number_asked, request, expected = 0, _request(path, etag), f"HTTP/1.1 {status} ".encode()
    deadline = time.perf_counter() + SECONDS
    while time.perf_counter() < deadline:
        # A worker ends after some thousands of requests, and its connections with it.
        with closing(_connected(server)) as line, suppress(ConnectionError):
            while time.perf_counter() < deadline:
                _exchange(line, request, expected)
                number_asked += 1
    return number_asked


def _connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def _request(path: str, etag: str = "") -> bytes:
    known = f"If-None-Match: {etag}\r\n" if etag else ""
    head = "Host: localhost\r\nAccept-Encoding: gzip\r\nX-Forwarded-Proto: https\r\n"
    return f"GET {path} HTTP/1.1\r\n{head}{known}\r\n".encode()


def _exchange(line: socket.socket, request: bytes, expected: bytes) -> tuple[bytes, bytes]:
    """Send a request and return the head and the body of its answer; raise where the connection has ended."""
    line.sendall(request)
    received = _received(line)
    while b"\r\n\r\n" not in received:
        received += _received(line)
    head, _, body = received.partition(b"\r\n\r\n")
    if not head.startswith(expected):
        raise RuntimeError(f"{request.split()[1].decode()} answered {head[:40]!r}")
    found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    while len(body) < int(found[1] if found else 0):
        body += _received(line)
    return head, body


def _received(line: socket.socket) -> bytes:
    part = line.recv(65536)
    if not part:
        raise ConnectionResetError("The worker has ended.")
    return part


def _fetch(server: Server, path: str) -> tuple[bytes, bytes]:
    with closing(_connected(server)) as line:
        return _exchange(line, _request(path), b"HTTP/1.1 200 ")


def _etag(server: Server, path: str) -> str:
    found = re.search(rb"etag: (.+?)\r\n", _fetch(server, path)[0] + b"\r\n", re.IGNORECASE)
    if found is None:
        raise RuntimeError(f"{path} has no ETag")
    return found[1].decode()


def _bytes(server: Server, path: str) -> int:
    """Return the bytes of a page with every file that it names, as sent."""
    _, body = _fetch(server, path)
    assets = re.findall(rb'(?:src|href)="(/static/[^"]+)"', gzip.decompress(body))
    return len(body) + sum(len(_fetch(server, asset.decode())[1]) for asset in assets)


def _queries(path: str) -> int:
    """Return the queries of an answer that no process has kept."""
    caches["public"].clear()
    client = Client(headers={"host": "localhost", "x-forwarded-proto": "https"})
    return queries(lambda: client.get(path))


# --- First visits ---------------------------------------------------------------------------------------------------


def _measure_first_visits(server: Server) -> None:
    """Ask for kecamatan that no process has kept: of all services that there are, the nearest looked for anew."""
    show_title("A kecamatan that nobody has asked for yet")
    for service in (Service.SERVING, Service.STOPPED):
        samples = _visits(server, _codes(service))
        show(*spread(f"{service}, one client", samples, P50, P95))


def _codes(service: str) -> Sequence[str]:
    rows = RegionMonth.objects.filter(**{f"kecamatan_{service}": 1}, level=Level.KECAMATAN, closed=False)
    places = Kecamatan.objects.filter(pk__in=rows.values("region_id"), closed_on=None).order_by("-code")
    return list(places.values_list("code", flat=True)[:FIRST_VISITS])


def _visits(server: Server, codes: Sequence[str]) -> list[float]:
    samples = []
    with closing(_connected(server)) as line:
        _exchange(line, _request("/status/"), b"HTTP/1.1 200 ")
        for code in codes:
            started = time.perf_counter()
            _exchange(line, _request(f"/status/{code}/"), b"HTTP/1.1 200 ")
            samples.append((time.perf_counter() - started) * 1000)
    return samples
