"""How long the 404 of what lies in another region takes, against that of what does not exist.

``tests/test_secrecy.py`` proves that both ask the same of the database; here stand the milliseconds.
"""

from __future__ import annotations

import http.client
import os
import statistics
from contextlib import closing
from subprocess import DEVNULL

from accounts.models import Role, User
from accounts.people import assign, create_user
from bench.measure import Line, milliseconds, show, show_title
from bench.server import Server, get, gunicorn, sign_in
from devices.models import Device, RecordingSet
from kecamatan.models import Kabupaten, Kecamatan
from repairs.models import Outage, Ticket

PAIRS = 300
NO_KEY, NO_NUMBER, NO_CODE = 2_000_000_000, "TKT-2026-999999999", "99.99.99"


def measure() -> None:
    """Measure as staff of one kabupaten, the two kinds in turn, so that both meet the same machine."""
    own = Kabupaten.objects.order_by("code")[0]
    show_title("The 404 of what lies elsewhere, against that of what does not exist")
    with gunicorn(sign_in(_staff_of(own)), log=DEVNULL) as server:
        for title, path, key, none in _pairs(own):
            there, nowhere = _in_turn(server, path.format(key), path.format(none))
            show(
                Line(f"{title}: it lies elsewhere, p50", there, "ms"),
                Line(f"{title}: it does not exist, p50", nowhere, "ms"),
                Line(f"{title}: the one against the other", there / nowhere, "times"),
            )


def _pairs(own: Kabupaten) -> list[tuple[str, str, object, object]]:
    """Return for each kind of thing its address, one that lies outside a kabupaten, and one that is none."""
    outage = Outage.objects.exclude(places__kabupaten=own).latest("pk")
    place: Kecamatan = outage.places.select_related("kabupaten")[0]
    other = place.kabupaten
    ticket = Ticket.objects.filter(kecamatan__kabupaten=other).latest("pk")
    return [
        ("Ticket", "/repairs/{}/", ticket.number, NO_NUMBER),
        ("Outage", "/outages/{}/", outage.pk, NO_KEY),
        ("Device", "/devices/{}/", Device.objects.filter(kecamatan__kabupaten=other).latest("pk").pk, NO_KEY),
        ("Set", "/devices/sets/{}/", RecordingSet.objects.filter(kecamatan__kabupaten=other).latest("pk").pk, NO_KEY),
        ("Counts", "/recordings/?kecamatan={}", place.code, NO_CODE),
        ("Report", "/reports/{}/", other.code, NO_CODE[:5]),
    ]


def _in_turn(server: Server, there: str, nowhere: str) -> tuple[float, float]:
    """Return the medians of two addresses that are asked for in turn."""
    samples: tuple[list[float], list[float]] = ([], [])
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:

        def ask(path: str) -> None:
            get(connection, server, path, expected=404)

        for _ in range(PAIRS):
            for found, path in zip(samples, (there, nowhere), strict=True):
                found.append(milliseconds(lambda path=path: ask(path)))
    return statistics.median(samples[0]), statistics.median(samples[1])


def _staff_of(kabupaten: Kabupaten) -> User:
    known = User.objects.filter(username="bench.stranger").first()
    if known:
        return known
    user = create_user(username="bench.stranger", name="Bench", password=os.urandom(20).hex(), by=None)
    assign(user, role=Role.STAFF, region=kabupaten, by=None)
    return user
