"""All figures in their order, after what they were measured on."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import version

from django.db import connection

from bench import pages, public, work
from bench.measure import say
from devices.models import Device, RecordingSet
from kecamatan.models import Kecamatan, Recording
from repairs.models import Ticket
from reports import maps, rollups
from reports.models import RegionMonth

SIZES = {"recording sets": RecordingSet, "devices": Device, "tickets": Ticket, "recordings": Recording}
PACKAGES = ("django", "psycopg2-binary", "gunicorn", "celery")


def main() -> None:
    """Measure everything and print it."""
    started = time.perf_counter()
    say("Bringing the rollup rows up to this moment ...")
    settled = rollups.refresh()
    say(f"{settled} marks settled, {maps.draw_waiting(newest_only=True, at_once=True)} maps drawn.")
    _show_ground()
    work.measure()
    pages.measure()
    public.measure()
    print(f"\nMeasured in {time.perf_counter() - started:.0f} s.")


def _show_ground() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()), current_setting('server_version')")
        size, server = cursor.fetchone()
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(f"Machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.system()} {platform.machine()}")
    print(f"Versions: Python {platform.python_version()}, PostgreSQL {server}, {packages}")
    places = Kecamatan.objects.filter(kind=Kecamatan.Kind.KECAMATAN, closed_on=None).count()
    counts = {name: model._default_manager.count() for name, model in SIZES.items()}
    sizes = ", ".join(f"{count:,} {name}" for name, count in {"kecamatan": places, **counts}.items())
    print(f"Data: {sizes}, {RegionMonth.objects.count():,} rollup rows, {size / 2**20:,.0f} MB in the database")
