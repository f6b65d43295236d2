"""The desk of technicians and staff: what to do now, what is late, what runs, and who has not reported.

What can be done stands before what can be read. Every number leads to its rows; figures of the region are the stored
rows of the current month, tickets and outages are as they are now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import Assignment, Role, User
from accounts.permissions import logs_somewhere, reports_somewhere
from lib.format import day_id, moment_id, number_id
from lib.months import local_day, month_of
from repairs import pages
from repairs.filters import GROUPS, MINE, is_overdue, is_task_of
from repairs.models import Ticket
from repairs.running_outages import running_for
from reports.gaps import KNOWN_SERVICES, rows_of
from reports.links import kecamatan_url, region_url
from reports.longest import longest_rows, plain_rows, stopped_longest
from reports.models import Level
from reports.regions import NATION, Child, Region, children_of, of_kabupaten, of_province
from reports.selectors import keys_of

SHOWN = 6
"""As many rows as a part of the desk lists; the rest stands behind its link."""

SERVICES = (*KNOWN_SERVICES, "no_report", "silent", "total")
READ = (
    *("level", "region_id", "as_of", "down_since", "days_reported", "days_expected"),
    *(f"kecamatan_{service}" for service in SERVICES),
)
"""The columns of a stored row that the desk shows, of more than sixty."""

Rows = Mapping[tuple[str, int], Any]


class Work(NamedTuple):
    """A part of the desk: tickets, where all of them are listed, and what stands here while there are none."""

    key: str
    title: str
    rows: list[pages.Row]
    url: str
    nothing: str


class State(NamedTuple):
    """How many kecamatan need somebody, why, and where they are listed."""

    code: str
    label: str
    number: str
    url: str


class Behind(NamedTuple):
    """A region below of which counts are missing, or nothing was heard for days."""

    name: str
    url: str
    missing: str
    is_silent: bool


def page(user: User, assignment: Assignment) -> dict[str, Any]:
    """Return all that the desk shows, in six queries."""
    now, region = timezone.now(), _region_of(assignment)
    today = local_day(now, region.zone)
    month = month_of(today)
    children = children_of(region, month)
    below, longest = plain_rows(rows_of(keys_of(region, children), month)), longest_rows(region, month)
    stored = below.only(*READ).union(longest.only(*READ), all=True)
    read, of_month = list(stored), f"{month:%Y-%m}"
    rows = {(row.level, row.region_id): row for row in read if not row.place}
    is_staff = assignment.role == Role.STAFF
    return {
        "region": region,
        "region_url": region_url(region.code, of_month),
        "today": day_id(today),
        "counts": pages.views_of(user, {}),
        "work": _work(user, now, is_staff=is_staff),
        **_service(region, children, rows, of_month),
        "outages": running_for(user, region.zone, now, back="meja"),
        "behind": _behind(children, rows, of_month) if is_staff else None,
        "behind_url": _counts_url(region),
        "longest": stopped_longest([row for row in read if row.place], region, of_month),
        "longest_url": kecamatan_url(region.code, of_month, "down", "lama"),
        "may_report": reports_somewhere(user),
        "may_log": logs_somewhere(user),
    }


def _region_of(assignment: Assignment) -> Region:
    if assignment.kabupaten:
        return of_kabupaten(assignment.kabupaten)
    return of_province(assignment.province) if assignment.province else NATION


# --- Tickets --------------------------------------------------------------------------------------------


def _work(user: User, now: datetime, *, is_staff: bool) -> list[Work]:
    """Return what waits for this person, then what waits for anybody; no ticket stands in both."""
    open_tickets = pages.listed(user).open()
    untouched = open_tickets.filter(status__in=GROUPS["belum"])
    if is_staff:
        first = open_tickets.filter(is_overdue()).order_by("due_at", "pk")
        rest, named = untouched.exclude(due_at__lte=now), "Belum dikerjakan, belum lewat tenggat"
        title, query, nothing = "Lewat tenggat", {"lewat": "on"}, "Tidak ada tiket yang lewat tenggat."
    else:
        mine = open_tickets.filter(is_task_of(user)).exclude(status=Ticket.Status.RESOLVED)
        first = mine.order_by(F("due_at").asc(nulls_last=True), "failed_at", "pk")
        rest, named = untouched.exclude(is_task_of(user)), "Belum dikerjakan siapa pun"
        title, query, nothing = "Tugas saya", {"petugas": MINE}, "Tidak ada tiket yang ditugaskan kepada Anda."
    rest = rest.order_by("failed_at", "pk")
    return [
        Work("dulu", title, pages.rows(first[:SHOWN], now, user), pages.list_url(query), nothing),
        Work(
            "baru",
            named,
            pages.rows(rest[:SHOWN], now, user),
            pages.list_url({"keadaan": "belum"}),
            "Semua laporan sudah ada yang mengerjakan.",
        ),
    ]


# --- The region -----------------------------------------------------------------------------------------


def _service(region: Region, children: Iterable[Child], rows: Rows, month: str) -> dict[str, Any]:
    """Return how many kecamatan can record now, which need somebody, and of what moment that is."""
    row, total = rows.get(region.key), sum(child.kecamatan_count for child in children)
    if row is None:
        return {"able": "", "total": number_id(total), "states": [], "as_of": ""}
    named = (
        ("stopped", "Berhenti", row.kecamatan_stopped),
        ("limited", "Terbatas", row.kecamatan_limited),
        ("silent", "Tanpa kabar", row.kecamatan_silent),
        ("no_report", "Belum lapor", total - row.kecamatan_total + row.kecamatan_no_report),
    )
    return {
        "able": number_id(row.kecamatan_serving + row.kecamatan_limited),
        "total": number_id(total),
        "states": [
            State(code, label, number_id(number), kecamatan_url(region.code, month, code))
            for code, label, number in named
            if number > 0
        ],
        "as_of": moment_id(row.as_of, region.zone),
    }


def _behind(children: Iterable[Child], rows: Rows, month: str) -> list[Behind]:
    """Return the regions below with counts missing, first those of which nothing was heard, then by how many."""
    listed = [child for child in children if child.region.level != Level.DINAS]
    days = _office_days(listed, rows)
    found = []
    for child in listed:
        row = rows.get(child.region.key)
        expected = child.kecamatan_count * days.get(child.region.zone, 0)
        missing = expected - (row.days_reported if row else 0)
        is_silent = bool(row and row.kecamatan_silent) and child.region.level == Level.KECAMATAN
        if missing > 0 or is_silent:
            text = f"{number_id(missing)} dari {number_id(expected)} hari" if missing > 0 else "lengkap"
            found.append((is_silent, missing, Behind(child.region.name, _child_url(child, month), text, is_silent)))
    found.sort(key=lambda one: (not one[0], -one[1], one[2].name))
    return [behind for _, _, behind in found[:SHOWN]]


def _office_days(children: Iterable[Child], rows: Rows) -> dict[str, int]:
    """Return by zone how many office days of the month are over: as many as a kecamatan was expected to fill."""
    days: dict[str, int] = {}
    for child in children:
        row = rows.get(child.region.key)
        if row and row.kecamatan_total:
            days[child.region.zone] = max(days.get(child.region.zone, 0), row.days_expected // row.kecamatan_total)
    return days


def _counts_url(region: Region) -> str:
    query = {"kabupaten": region.code} if region.level == Level.KABUPATEN else {}
    return reverse("repairs:recording-month") + (f"?{urlencode(query)}" if query else "")


def _child_url(child: Child, month: str) -> str:
    """Return where the counts of a region below are; of a province there is no one list, but its dashboard."""
    if child.region.level == Level.PROVINCE:
        return region_url(child.region.code, month)
    return f"{reverse('repairs:recording-month')}?{urlencode({child.region.level: child.region.code})}"
