"""The way of one report: from its submission in a form until all dashboards above its kecamatan show it."""

from __future__ import annotations

import gzip
import http.client
import json
import random
import re
import statistics
import time
from collections.abc import Sequence
from contextlib import closing

from django.utils import timezone

from bench.measure import Line, say, show, show_title
from bench.server import Server, get, post, worker
from bench.work import take_back
from devices.models import Placement
from kecamatan.models import Kecamatan
from repairs.models import Ticket

REPORTS = 12
PATIENCE_SECONDS = 30


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
    what = "submit to the figures of kecamatan, kabupaten, province and nation"
    show(Line(f"{what}, p50", statistics.median(seconds), "s", 2), Line(f"{what}, largest", max(seconds), "s", 2))


def places_in_order(number: int) -> list[Kecamatan]:
    """Draw kecamatan without any open fault."""
    sound = Placement.objects.filter(ended_at=None).exclude(recording_set__kecamatan__tickets__restored_at=None)
    keys = list(sound.values_list("recording_set__kecamatan", flat=True)[: 100 * number])
    drawn = random.Random(2).sample(sorted(set(keys)), number)
    return list(Kecamatan.objects.select_related("kabupaten__province").filter(pk__in=drawn))


def _report_and_watch(server: Server, connection: http.client.HTTPConnection, place: Kecamatan) -> float:
    """Return the seconds from sending the form until the open tickets of all four regions are one more."""
    codes = (place.code, place.kabupaten.code, place.kabupaten.province.code, "ID")
    before = [_open_tickets(server, connection, code) for code in codes]
    path = f"/repairs/report/?kecamatan={place.code}"
    form = filled(gzip.decompress(get(connection, server, path)).decode())
    started = time.perf_counter()
    post(connection, server, path, form)
    _wait_for(server, connection, codes, before)
    return time.perf_counter() - started


def _wait_for(
    server: Server, connection: http.client.HTTPConnection, codes: Sequence[str], before: Sequence[int]
) -> None:
    deadline = time.perf_counter() + PATIENCE_SECONDS
    for code, number in zip(codes, before, strict=True):
        while _open_tickets(server, connection, code) != number + 1:
            if time.perf_counter() > deadline:
                raise RuntimeError(f"{code} did not change within {PATIENCE_SECONDS} s")
            time.sleep(0.02)


def _open_tickets(server: Server, connection: http.client.HTTPConnection, code: str) -> int:
    answer = get(connection, server, f"/api/v1/reports/{code}/")
    content = gzip.decompress(answer) if answer.startswith(b"\x1f\x8b") else answer
    return int(json.loads(content)["tickets"]["open"])


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
