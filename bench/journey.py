"""The way of one report: from its submission in a form until all dashboards above its kecamatan show it.

A page that stands open asks its own live address again and again (``static/js/app.js``): here it is asked without a
pause, and the pause of a window that somebody is at is told beside it.
"""

from __future__ import annotations

import gzip
import http.client
import random
import re
import statistics
import time
from contextlib import closing
from html import unescape

from django.utils import timezone

from bench.measure import Line, say, show, show_title
from bench.server import Server, get, get_live, post, worker
from bench.work import take_back
from devices.models import Placement
from kecamatan.models import Kecamatan
from repairs.models import Ticket

REPORTS = 12
PATIENCE_SECONDS = 30
PAUSE_SECONDS = 1
"""How long ``static/js/app.js`` pauses in a window in which somebody has moved within the last five minutes."""


def measure(server: Server) -> None:
    """Report faults one by one, with the embedded worker running, and watch the four dashboards of each place."""
    say("Reporting faults in a form, with the worker running ...")
    started = timezone.now()
    places = places_in_order(REPORTS)
    try:
        with worker(), closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
            seconds = [_report_and_watch(server, connection, place) for place in places]
    finally:
        take_back(list(Ticket.objects.filter(reported_at__gte=started)), started)
    show_title("From the submission of a fault to all four dashboards")
    what = "submit until the pages of kecamatan, kabupaten, province and nation answer an open window with it"
    pause = "pause of a window that somebody is at, before it asks"
    whole = "submit to the figures in four open windows"
    mean, largest = statistics.median(seconds), max(seconds)
    show(
        Line(f"{what}, p50", mean, "s"),
        Line(f"{what}, largest", largest, "s"),
        Line(f"{pause}, mean", PAUSE_SECONDS / 2, "s"),
        Line(f"{pause}, worst", PAUSE_SECONDS, "s"),
        Line(f"{whole}, p50 and the mean pause", mean + PAUSE_SECONDS / 2, "s", 2),
        Line(f"{whole}, largest and the worst pause", largest + PAUSE_SECONDS, "s", 2),
    )


def places_in_order(number: int) -> list[Kecamatan]:
    """Draw kecamatan without any open fault."""
    sound = Placement.objects.filter(ended_at=None).exclude(recording_set__kecamatan__tickets__restored_at=None)
    keys = list(sound.values_list("recording_set__kecamatan", flat=True)[: 100 * number])
    drawn = random.Random(2).sample(sorted(set(keys)), number)
    return list(Kecamatan.objects.select_related("kabupaten__province").filter(pk__in=drawn))


class Window:
    """A dashboard that stands open: the figure that it shows, and what it asks next."""

    def __init__(self, server: Server, connection: http.client.HTTPConnection, path: str) -> None:
        self.server, self.connection, self.path = server, connection, path
        self._read(get(connection, server, path))

    def ask(self) -> None:
        """Ask the page's own live address once, as htmx does."""
        answer = get_live(self.connection, self.server, f"{self.path}{self.question}")
        if answer:
            self._read(answer)

    def _read(self, answer: bytes) -> None:
        html = gzip.decompress(answer).decode() if answer.startswith(b"\x1f\x8b") else answer.decode()
        self.open_tickets, self.question = shown(html)


def shown(html: str) -> tuple[int, str]:
    """Return the open tickets that a dashboard shows, and the live address that it asks."""
    figure = re.search(r'Tiket terbuka(?:</a>)?</dt><dd>.*?class="fig-n[^>]*>([\d.]+)<', html)
    question = re.search(r'<div id="live" hx-get="([^"]+)"', html)
    if not (figure and question):
        raise RuntimeError("The dashboards have changed: the bench finds no open tickets or no live address.")
    return int(figure[1].replace(".", "")), unescape(question[1])


def _report_and_watch(server: Server, connection: http.client.HTTPConnection, place: Kecamatan) -> float:
    """Return the seconds from sending the form until all four pages answer with one open ticket more."""
    regions = ("ID", place.kabupaten.province.code, place.kabupaten.code)
    paths = [f"/kecamatan/{place.code}/", *(f"/reports/{code}/" for code in regions)]
    windows = [Window(server, connection, path) for path in paths]
    before = [window.open_tickets for window in windows]
    path = f"/repairs/report/?kecamatan={place.code}"
    form = filled(gzip.decompress(get(connection, server, path)).decode())
    started = time.perf_counter()
    post(connection, server, path, form)
    for window, number in zip(windows, before, strict=True):
        _wait_for(window, number + 1, started + PATIENCE_SECONDS)
    return time.perf_counter() - started


def _wait_for(window: Window, number: int, deadline: float) -> None:
    while window.open_tickets != number:
        if time.perf_counter() > deadline:
            raise RuntimeError(f"{window.path} did not change within {PATIENCE_SECONDS} s")
        time.sleep(0.02)
        window.ask()


def filled(page: str) -> dict[str, str]:
    """Return what somebody sends who ticks the first component and its first symptom."""
    component = re.search(r'name="component" value="([^"]+)"', page)
    kind = re.search(r'data-kind="([^"]+)"', page)
    symptom = re.search(
        rf'data-kinds="[^"]*\b{kind[1] if kind else ""}\b[^"]*"><label[^>]*><input[^>]*value="([^"]+)"', page
    )
    key = re.search(r'name="client_key" value="([^"]+)"', page)
    if not (component and symptom and key):
        raise RuntimeError("The form of a report has changed: the bench cannot fill it.")
    return {"component": component[1], "symptom": symptom[1], "client_key": key[1]}
