"""The soak as phones send: over HTTP to gunicorn with two workers, on the test database."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import time

from django.conf import settings
from django.db import connection
from django.test.client import encode_multipart

from bench.measure import say
from bench.server import gunicorn, sign_in
from bench.soak.rounds import Answer, Outcome, Report, Send, make_reports, soak, sound

CLIENTS = 8
TOKEN, BOUNDARY = "s" * 32, "batas"


def run(submissions: int, resends: int) -> bool:
    """Make the database and the reports, send them all, print what came of it; return whether all is well."""
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        os.environ["DATABASE_URL"] = _url(name)
        say(f"Making {submissions} devices ...")
        operator, reports = make_reports(submissions)
        with gunicorn(sign_in(operator), log=subprocess.DEVNULL) as server:
            say(f"Sending {submissions} reports {resends} times each, {CLIENTS} phones at once ...")
            clients = [_client(server.port, server.session, operator.pk) for _ in range(CLIENTS)]
            started = time.perf_counter()
            outcome = soak(reports, resends, clients)
            _show(outcome, time.perf_counter() - started)
        return outcome == sound(submissions, resends)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _url(name: str) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    base, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    return f"{base}/{name}"


def _client(port: int, session: str, user: int) -> Send:
    """Return a phone with a connection of its own, which it opens anew where it breaks."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "X-Outbox-User": str(user),
    }

    def send(report: Report) -> Answer:
        body = encode_multipart(BOUNDARY, {**report.body, "csrfmiddlewaretoken": TOKEN})
        line.request("POST", report.path, body=body, headers=headers)
        response = line.getresponse()
        said = json.loads(response.read())
        return Answer(response.status, said.get("url", ""))

    return send


def _show(outcome: Outcome, seconds: float) -> None:
    print(f"{outcome.sent} submissions in {seconds:.0f} s, {outcome.sent / seconds:.0f} a second")
    print(f"tickets {outcome.tickets}, lost {outcome.lost}, double {outcome.double}, photos {outcome.photos}")
    print(f"reports with differing answers {outcome.differing}, other bodies taken {outcome.taken}")
