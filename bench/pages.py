"""The dashboards as people get them: gunicorn with two workers on loopback, a real session, one client and four."""

from __future__ import annotations

import gzip
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db.models import Count
from django.test import Client

from accounts.models import Role, User
from accounts.people import assign, create_user
from bench.measure import Line, milliseconds, queries, say, show, show_title, spread
from kecamatan.models import Kabupaten, Kecamatan, Province

WORKERS = 2
REQUESTS = 300
CLIENTS = 4
P50, P95, QUERIES, BYTES = 30, 80, 8, 120 * 1024
START_SECONDS = 30


class Server(NamedTuple):
    """A running gunicorn and the session that its pages are asked with."""

    process: subprocess.Popen[bytes]
    port: int
    session: str


def measure() -> None:
    """Measure every page alone, then with several clients at once; the largest region of each level."""
    call_command("collectstatic", interactive=False, verbosity=0)
    with _gunicorn(_session(_official())) as server:
        bare = _measure_bare(server)
        for title, path in _paths():
            say(f"{path} ...")
            _measure_page(server, title, path, bare)
        show_title("Memory")
        show(Line(f"gunicorn with {WORKERS} workers, after all pages", _memory(server.process.pid), "MB"))


def _paths() -> list[tuple[str, str]]:
    """Return the address of the largest region of each level, and of what the API says of the largest province."""
    province = Province.objects.annotate(size=Count("kabupaten")).order_by("-size", "code")[0]
    kabupaten = Kabupaten.objects.annotate(size=Count("kecamatan")).order_by("-size", "code")[0]
    kecamatan = Kecamatan.objects.filter(kabupaten=kabupaten, kind=Kecamatan.Kind.KECAMATAN)[0]
    return [
        ("Nation", "/reports/ID/"),
        (f"Province with {province.size} kabupaten", f"/reports/{province.code}/"),
        (f"Kabupaten with {kabupaten.size - 1} kecamatan", f"/reports/{kabupaten.code}/"),
        ("Kecamatan", f"/kecamatan/{kecamatan.code}/"),
        ("API, the nation", "/api/v1/reports/ID/"),
    ]


def _official() -> User:
    known = User.objects.filter(username="bench").first()
    if known:
        return known
    user = create_user(username="bench", name="Bench", password=os.urandom(20).hex(), by=None)
    assign(user, role=Role.OFFICIAL, region=None, by=None)
    return user


def _session(user: User) -> str:
    """Sign in as the product's sign-in page does, without its password form."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


# --- The server -------------------------------------------------------------------------------------------------


@contextmanager
def _gunicorn(session: str) -> Iterator[Server]:
    """Start gunicorn as the Procfile does, on a free port, and end it by its id."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--log-level", "warning"]
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": str(WORKERS)}
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=sys.stderr)
    try:
        server = Server(process, port, session)
        _wait_for(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with closing(socket.create_connection(("127.0.0.1", server.port), timeout=1)):
                return
        except OSError:
            if time.monotonic() > deadline or server.process.poll() is not None:
                raise
            time.sleep(0.1)


def _memory(parent: int) -> float:
    """Return the resident memory of a process and its children in MB."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in (parent, *children))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


# --- The client -------------------------------------------------------------------------------------------------


def _get(connection: http.client.HTTPConnection, server: Server, path: str) -> bytes:
    """Ask for a page as a browser behind the TLS proxy does; raise for anything but 200."""
    headers = {
        "Host": "localhost",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={server.session}",
        "Accept-Encoding": "gzip",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "127.0.0.1",
    }
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}")
    return body


def _samples(server: Server, path: str, number: int) -> list[float]:
    """Return the milliseconds of some requests over one connection, the first few left out."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        for _ in range(5):
            _get(connection, server, path)
        return [milliseconds(lambda: _get(connection, server, path)) for _ in range(number)]


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
        packed = _get(connection, server, path)
    show(Line("bytes, gzip", len(packed), "", BYTES), Line("bytes, unpacked", len(gzip.decompress(packed)), ""))
