"""The whole way with a real Celery worker: a change, a mark, a message, a row. And workers that die or race."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from kecamatan.models import ChangedMonth, Kecamatan
from lib.months import local_month
from repairs.faults import report_fault
from repairs.workflow import transition
from reports import rollups
from reports.models import RegionMonth
from reports.regions import find_region, pending_changes
from reports.selectors import report
from reports.verification import verify
from tests.conftest import PROJECT, wait_until
from tests.factories import kind, make_fault, make_kecamatan, make_set

CODES = [f"36.03.{number:02}" for number in range(1, 13)]

# The flush after a transactional test takes the reference data of the migrations with it; this brings it back.
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def able(code: str) -> tuple[int, int]:
    """Return how many kecamatan of a region are able to record now, and how many changes wait."""
    region = find_region(code)
    month = local_month(timezone.now(), region.zone)
    counts = report(region, month)["kecamatan"]
    return counts["serving"] + counts["limited"], pending_changes(region, month)


def a_month_ago():
    return timezone.now() - timedelta(days=30)


def test_a_stopped_worker_delays_a_dashboard_and_loses_nothing(start_worker):
    make_set(make_kecamatan("36.03.30"), at=a_month_ago())
    rollups.refresh()
    assert able("ID") == (1, 0)
    make_fault(make_kecamatan("36.03.30").recording_sets.get())
    assert able("ID") == (1, 1)
    start_worker()
    wait_until(lambda: able("ID") == (0, 0))
    assert verify().differences == []


def test_a_running_worker_computes_a_change_on_its_own(start_worker):
    start_worker()
    make_set(make_kecamatan("36.03.30"), at=a_month_ago())
    wait_until(lambda: able("36.03") == (1, 0))


def test_a_drain_that_is_killed_is_taken_up_again(worker_environment):
    for code in CODES:
        make_set(make_kecamatan(code), at=timezone.now() - timedelta(days=300))
    marked = ChangedMonth.objects.count()
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_DRAIN], cwd=PROJECT, env=worker_environment, start_new_session=True
    )
    wait_until(RegionMonth.objects.exists)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    left = ChangedMonth.objects.count()
    assert 0 < left < marked
    rollups.refresh()
    found = verify()
    assert (found.differences, found.waiting) == ([], 0)


# Three marks at a time, with a rest inside each transaction, so that the kill hits the middle of one.
SLOW_DRAIN = """
import time
import django
django.setup()
from reports import rollups
rollups.BATCH = 3
honest = rollups._sum_up
def slow(*arguments):
    honest(*arguments)
    time.sleep(0.3)
rollups._sum_up = slow
rollups.refresh()
"""


@pytest.mark.postgresql
def test_two_workers_that_drain_while_people_write_leave_only_true_rows():
    for code in CODES:
        make_set(make_kecamatan(code), at=a_month_ago())
    stop = threading.Event()
    drains = [threading.Thread(target=drain_until, args=(stop,)) for _ in range(2)]
    writers = [threading.Thread(target=break_and_mend, args=(codes,)) for codes in (CODES[:6], CODES[6:])]
    for thread in [*drains, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in drains:
        thread.join()
    rollups.refresh()
    found = verify()
    assert (found.differences, found.waiting) == ([], 0)
    assert able("36.03") == (0, 0)


def drain_until(stop: threading.Event) -> None:
    while not stop.is_set():
        rollups.refresh()
        time.sleep(0.01)
    connection.close()


def break_and_mend(codes: list[str]) -> None:
    """Break the server of each kecamatan, mend it, and break the camera, which stays broken."""
    close_old_connections()
    for code in codes:
        recording_set = Kecamatan.objects.with_zone().get(code=code).recording_sets.get()
        ticket = report_fault(
            client_key=uuid4(),
            recording_set=recording_set,
            device_kind=kind("server"),
            by=None,
            failed_at=timezone.now() - timedelta(days=2),
        )
        for status in ("triaged", "in_progress", "resolved"):
            transition(ticket, status, version=ticket.version, by=None)
        report_fault(client_key=uuid4(), recording_set=recording_set, device_kind=kind("camera"), by=None)
    connection.close()
