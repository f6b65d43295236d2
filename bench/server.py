"""A running product: gunicorn and, where it is asked for, a worker; and how pages are asked of it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Set
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import User
from accounts.sessions import PASSWORD_AT

WORKERS = 2
START_SECONDS = 30


class Server(NamedTuple):
    """A running gunicorn and the session that its pages are asked with."""

    process: subprocess.Popen[bytes]
    port: int
    session: str


def sign_in(user: User) -> str:
    """Sign in as the product's sign-in page does, without its password form."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[PASSWORD_AT] = int(time.time())
    session.save()
    return str(session.session_key)


@contextmanager
def gunicorn(
    session: str = "", settings_module: str = "config.settings", *, log: int | None = None
) -> Iterator[Server]:
    """Start gunicorn as the Procfile does, on a free port, and end it by its id; ``log`` is where its errors go."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--log-level", "warning"]
    own = {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": str(WORKERS)}
    environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": settings_module}
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=sys.stderr, stderr=log)
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


def memory(parent: int) -> float:
    """Return the resident memory of a process and its children in MB."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in (parent, *children))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def worker() -> Iterator[None]:
    """Run the embedded worker as the Procfile does, without beat, and end it by its id."""
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "config", "worker", "-P", "threads", "-c", "2"]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=sys.stderr)
    try:
        time.sleep(START_SECONDS / 3)  # It says nothing when it is ready.
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def get(connection: http.client.HTTPConnection, server: Server, path: str, *, expected: int = 200) -> bytes:
    """Ask for a page as a browser behind the TLS proxy does; raise for any other status than the expected."""
    return _answer(connection, server, "GET", path, {expected})


def get_live(connection: http.client.HTTPConnection, server: Server, path: str) -> bytes:
    """Ask as an open page does by htmx: the page, or nothing where what it shows still holds (204)."""
    return _answer(connection, server, "GET", path, {200, 204}, more={"HX-Request": "true"})


def post(connection: http.client.HTTPConnection, server: Server, path: str, form: dict[str, str]) -> None:
    """Send a form as a browser does; raise unless it leads on to another page."""
    token = "b" * 32
    body = urlencode({**form, "csrfmiddlewaretoken": token})
    _answer(connection, server, "POST", path, {302}, body=body, token=token)


def _answer(
    connection: http.client.HTTPConnection,
    server: Server,
    method: str,
    path: str,
    expected: Set[int],
    *,
    body: str | None = None,
    token: str = "",
    more: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    headers = {
        "Host": "localhost",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={server.session}; {settings.CSRF_COOKIE_NAME}={token}",
        "Accept-Encoding": "gzip",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "127.0.0.1",
        "Referer": "https://localhost/",
        "Content-Type": "application/x-www-form-urlencoded",
        **more,
    }
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    content = response.read()
    if response.status not in expected:
        raise RuntimeError(f"{path} answered {response.status}")
    return content
