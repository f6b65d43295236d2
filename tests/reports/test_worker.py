"""The whole way with a real Celery worker: a change, a mark, a message, a row. And workers that die or race."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from devices.models import Placement
from kecamatan.duty import Count, enter_recordings
from kecamatan.models import ChangedMonth, Kecamatan
from kecamatan.targets import set_target
from lib.errors import Refused
from lib.months import local_day, local_month
from repairs.arrangements import start_arrangement
from repairs.faults import report_fault
from repairs.models import Ticket
from repairs.outages import report_outage
from repairs.sets import move_device
from repairs.tickets import correct_fault_times, void_ticket
from repairs.workflow import TRANSITIONS, transition
from reports import rollups
from reports.models import RegionMonth
from reports.regions import find_region, pending_changes
from reports.selectors import report
from reports.verification import verify
from tests.conftest import PROJECT, wait_until
from tests.factories import kind, make_dinas, make_fault, make_kecamatan, make_set
from tests.reports.rows import assert_parents_are_sums

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
    """Two people change what they come across, by fixed seeds, in two zones and over half a year; two workers drain."""
    for code in (*JAVA, *PAPUA):
        make_set(make_dinas(code[:5]) if code.endswith(".00") else make_kecamatan(code), at=days_ago(180))
    stop = threading.Event()
    with ThreadPoolExecutor(4) as threads:
        drains = [threads.submit(drain_until, stop) for _ in range(2)]
        walks = [threads.submit(walk, Random(seed)) for seed in (5, 11)]
        try:
            changed = [walked.result() for walked in walks]
        finally:
            stop.set()
        drained = [drain.result() for drain in drains]
    rollups.refresh()
    found = verify()
    assert (found.differences, found.waiting) == ([], 0)
    assert_parents_are_sums()
    assert min(changed) > STEPS / 4
    assert sum(drained) > 0
    assert RegionMonth.objects.filter(level="nation").count() >= 6


JAVA = ("36.03.01", "36.03.02", "36.03.03", "36.03.00")
PAPUA = ("91.03.01", "91.03.02", "91.03.03", "91.03.00")
STEPS = 40


def days_ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def drain_until(stop: threading.Event) -> int:
    """Drain until told to stop, and return how many marks were settled."""
    settled = 0
    while not stop.is_set():
        settled += rollups.refresh()
        time.sleep(0.01)
    connection.close()
    return settled


def walk(random: Random) -> int:
    """Change this and that, where it is refused nothing; return how many changes were made."""
    close_old_connections()
    made = 0
    for _ in range(STEPS):
        change = random.choice((break_something, go_on, correct, move, cut_power, count, set_a_target, host))
        with suppress(Refused):
            change(random)
            made += 1
    connection.close()
    return made


def place(random: Random, codes: Sequence[str] = (*JAVA, *PAPUA)) -> Kecamatan:
    return Kecamatan.objects.with_zone().get(code=random.choice(codes))


def ticket_of(random: Random) -> Ticket:
    tickets = list(Ticket.objects.order_by("pk"))
    if not tickets:
        raise Refused("Belum ada tiket.")
    return random.choice(tickets)


def break_something(random: Random) -> None:
    report_fault(
        client_key=uuid4(),
        recording_set=place(random).recording_sets.get(),
        device_kind=kind(random.choice(("server", "camera", "ups"))),
        failed_at=days_ago(random.uniform(0, 170)),
        by=None,
    )


def go_on(random: Random) -> None:
    ticket = ticket_of(random)
    ways = [to for start, to in TRANSITIONS if start == ticket.status]
    if not ways:
        raise Refused("Tiket ini sudah selesai.")
    to = random.choice(sorted(ways))
    transition(ticket, to, version=ticket.version, by=None, reason="keliru")


def correct(random: Random) -> None:
    ticket = ticket_of(random)
    began = days_ago(random.uniform(1, 170))
    if random.random() < 0.3:
        void_ticket(ticket, version=ticket.version, by=None, reason="salah kecamatan")
    else:
        ended = began + timedelta(hours=20) if ticket.restored_at else None
        times = {"failed_at": began, "restored_at": ended}
        correct_fault_times(ticket, version=ticket.version, by=None, reason="tanggal keliru", **times)


def move(random: Random) -> None:
    """Move a device within its kabupaten, or across the country and into another zone."""
    placements = list(Placement.objects.filter(ended_at=None).order_by("pk"))
    target, at = place(random).recording_sets.get(), days_ago(random.uniform(0, 60))
    move_device(device=random.choice(placements).device, recording_set=target, at=at, by=None)


def cut_power(random: Random) -> None:
    codes = random.choice((JAVA, PAPUA))
    began = random.uniform(0, 170)
    report_outage(
        client_key=uuid4(),
        places=[place(random, codes), place(random, codes)],
        started_at=days_ago(began),
        ended_at=days_ago(began / 2) if began > 30 else None,
        effect=random.choice(("stopped", "limited")),
        cause="power_outage",
        by=None,
    )


def count(random: Random) -> None:
    home = place(random, JAVA[:3] + PAPUA[:3])
    day = local_day(days_ago(random.uniform(0, 170)), home.time_zone)
    enter_recordings([Count(home, day, home, random.randrange(60))], by=None)


def set_a_target(random: Random) -> None:
    region = place(random, JAVA[:3] + PAPUA[:3])
    first = local_month(days_ago(random.uniform(0, 170)), region.time_zone)
    wide = region.kabupaten if random.random() < 0.5 else region
    set_target(wide, starts_on=first, count=random.randrange(1, 90), by=None, replaces=True)


def host(random: Random) -> None:
    codes = random.choice((JAVA, PAPUA))
    guest, home = (place(random, codes[:3]) for _ in range(2))
    start_arrangement(kecamatan=guest, kind="hosted", host=home, started_at=days_ago(random.uniform(0, 90)), by=None)
