"""What happens behind the pages: a mark, a month, an import, a report, a comparison."""

from __future__ import annotations

import csv
import io
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from bench.measure import (
    Line,
    milliseconds,
    processor_seconds,
    queries,
    run_measured,
    say,
    show,
    show_title,
    spread,
)
from devices.models import Placement
from kecamatan.changes import mark_waiting
from kecamatan.models import ChangedMonth, Event, Kecamatan, Province, Recording, SignOfLife
from lib.months import WIB, add_months, local_month
from repairs.faults import report_fault
from repairs.models import Ticket
from reports import rollups
from reports.maps import draw_waiting
from reports.models import Level, RegionMap
from reports.verification import verify

REPORTS = 60
MONTH_OF_DAYS = 30
MANAGE = [sys.executable, "manage.py"]


def measure() -> None:
    """Measure each, on data that are afterwards as they were."""
    show_title("Rollups")
    _measure_marks()
    _measure_month()
    show_title("Maps")
    _measure_maps()
    show_title("Import of a month of recordings of the nation")
    _measure_import()
    show_title("Reports by command")
    _measure_reports()
    show_title("Monthly reports as files")
    _measure_documents()


# --- A mark -----------------------------------------------------------------------------------------------------


def _measure_marks() -> None:
    """Report faults one by one, each drained at once, as the worker does."""
    say("Reporting faults ...")
    draw = random.Random(1)
    sound = Placement.objects.filter(ended_at=None).exclude(device__tickets__restored_at=None)
    keys = sound.values_list("pk", flat=True)
    last, *picked = draw.sample(list(keys), REPORTS + 1)
    reported: list[float] = []
    drained: list[float] = []
    tickets: list[Ticket] = []
    before = timezone.now()
    try:
        for pk in picked:
            reported.append(milliseconds(lambda pk=pk: tickets.append(_report(pk))))  # type: ignore[misc]
            settled: list[int] = []
            took = milliseconds(lambda settled=settled: settled.append(rollups.refresh()))  # type: ignore[misc]
            if settled == [1]:  # else time passed somewhere else meanwhile
                drained.append(took)
        tickets.append(_report(last))
        number = queries(rollups.refresh)
    finally:
        take_back(tickets, before)
    show(*spread("report_fault", reported, None, None))
    show(*spread("refresh of one mark", drained, 30, None))
    show(Line("refresh of one mark", number, "queries"))


def _report(placement: int) -> Ticket:
    place = Placement.objects.select_related("recording_set__kecamatan__kabupaten__province", "device__kind")
    found = place.get(pk=placement)
    kind, device = found.device.kind, found.device
    return report_fault(client_key=uuid4(), recording_set=found.recording_set, device_kind=kind, device=device, by=None)


@transaction.atomic
def take_back(tickets: list[Ticket], since: object) -> None:
    """Remove what the reports have written, and compute their places anew."""
    places = {ticket.kecamatan_id for ticket in tickets}
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).delete()
    Event.objects.filter(at__gte=since).delete()
    SignOfLife.objects.filter(kecamatan__in=places).delete()
    month = local_month(timezone.now(), WIB)
    mark_waiting((pk, month) for pk in places)
    transaction.on_commit(rollups.refresh)


# --- A month ----------------------------------------------------------------------------------------------------


def _last_month() -> date:
    return add_months(local_month(timezone.now(), WIB), -1)


def _measure_month() -> None:
    """Drop all rows of the last month and compute them from nothing; the dinas are rows too."""
    say("Computing a month from scratch ...")
    month = _last_month()
    marks: list[int] = []
    dropped = milliseconds(lambda: marks.append(rollups.forget(month)))
    busy: list[float] = []
    took = milliseconds(lambda: busy.append(processor_seconds(rollups.refresh)))
    places = Kecamatan.objects.filter(kind=Kecamatan.Kind.KECAMATAN, closed_on=None).count()
    show(
        Line("dropping and marking a month", dropped / 1000, "s"),
        Line(f"a month from scratch ({places:,} kecamatan, {marks[0] - places:,} dinas)", took / 1000, "s", 15),
        Line("a month from scratch, per row", took / marks[0], "ms", 2),
        Line("a month from scratch, processor time of Python", busy[0], "s"),
    )
    compared = milliseconds(lambda: verify(month))
    show(Line("comparing every row of a month with the facts", compared / 1000, "s"))


# --- Maps ---------------------------------------------------------------------------------------------------------


def _measure_maps() -> None:
    """Draw the maps of the current month: all from nothing, those above one kecamatan, and those that look the same."""
    say("Drawing maps ...")
    month = local_month(timezone.now(), WIB)
    newest = RegionMap.objects.filter(month=month)
    newest.delete()
    drawn: list[int] = []
    took = milliseconds(lambda: drawn.append(draw_waiting(newest_only=True, at_once=True)))
    nation = newest.get(level=Level.NATION)
    show(
        Line(f"all {drawn[0]} maps of a month, both pictures", took / 1000, "s"),
        Line("the nation by service, packed", len(nation.by_service), "bytes", 100 * 1024),
        Line("the nation by target, packed", len(nation.by_target), "bytes", 100 * 1024),
    )
    place = Kecamatan.objects.filter(kind=Kecamatan.Kind.KECAMATAN, closed_on=None)[0]
    own = Q(level=Level.KABUPATEN, region_id=place.kabupaten_id)
    above = own | Q(level=Level.PROVINCE, region_id=place.kabupaten.province_id)
    for what, chosen in (("kabupaten and province", above), ("nation", Q(level=Level.NATION))):
        samples = [_draw_anew(newest.filter(chosen), "") for _ in range(5)]
        show(Line(f"drawing the maps of a {what}", statistics.median(samples), "ms"))
    show(Line("a nation that looks the same", _draw_anew(newest.filter(level=Level.NATION), None), "ms"))
    show(Line("looking for maps, and finding none", milliseconds(lambda: draw_waiting(newest_only=True)), "ms"))


def _draw_anew(maps: QuerySet[RegionMap], digest: str | None) -> float:
    """Let these maps fall behind, and return the milliseconds of catching up; with another digest they are drawn."""
    maps.update(row=0, **({} if digest is None else {"digest": digest}))
    return milliseconds(lambda: draw_waiting(newest_only=True, at_once=True))


# --- An import --------------------------------------------------------------------------------------------------


def _measure_import() -> None:
    """Import half a month and a whole one, before the first day on record; take both back."""
    first = Recording.objects.aggregate(day=Min("day"))["day"] - timedelta(days=MONTH_OF_DAYS)
    memory = []
    for days in (MONTH_OF_DAYS // 2, MONTH_OF_DAYS):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "recordings.csv"
            rows = _write_recordings(path, first, days)
            say(f"Importing {rows:,} recordings ...")
            try:
                run = run_measured([*MANAGE, "import_data", "recordings", str(path)], str(settings.BASE_DIR))
            finally:
                _take_back_recordings(first, days)
        memory.append(run.memory)
        show(
            Line(f"{rows:,} rows", run.seconds, "s", 30 * days / MONTH_OF_DAYS),
            Line(f"{rows:,} rows, processor time of Python", run.processor, "s"),
            Line(f"{rows:,} rows, largest memory", run.memory, "MB"),
        )
    show(Line("memory for twice the rows", memory[1] / memory[0], "times"))


def _write_recordings(path: Path, first: date, days: int) -> int:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["kode", "tanggal", "rekam", "cetak", "kendala"])
        rows = list(_recordings(first, days))
        writer.writerows(rows)
    return len(rows)


def _recordings(first: date, days: int) -> Iterator[tuple[object, ...]]:
    places = Kecamatan.objects.filter(kind=Kecamatan.Kind.KECAMATAN, closed_on=None).order_by("code")
    codes = list(places.values_list("code", flat=True))
    for number in range(days):
        day = first + timedelta(days=number)
        yield from ((code, day, 1 + (number + index) % 40, index % 5, "") for index, code in enumerate(codes))


def _take_back_recordings(first: date, days: int) -> None:
    """Remove the rows, and the marks: the rollup rows that they ask for still hold what they held before."""
    with transaction.atomic():
        Recording.objects.filter(day__gte=first, day__lt=first + timedelta(days=days)).delete()
        ChangedMonth.objects.all().delete()


# --- Reports ----------------------------------------------------------------------------------------------------


def _measure_reports() -> None:
    """Ask for the report of the nation, within a running process and as a command of its own."""
    samples = [milliseconds(lambda: _print_report("ID")) for _ in range(20)]
    show(*spread("report ID --json", samples, None, None))
    with redirect_stdout(io.StringIO()):
        run = run_measured([*MANAGE, "report", "ID", "--json"], str(settings.BASE_DIR))
    show(
        Line("manage.py report ID --json, whole process", run.seconds, "s"),
        Line("manage.py report ID --json, largest memory", run.memory, "MB"),
    )


def _print_report(code: str) -> None:
    call_command("report", code, "--json", stdout=io.StringIO())


# --- Monthly reports --------------------------------------------------------------------------------------------


def _measure_documents() -> None:
    """Build the PDF of the province with the most kecamatan, and the nation's files, each in its own process."""
    month = f"{_last_month():%Y-%m}"
    province = Province.objects.annotate(size=Count("kabupaten__kecamatan")).order_by("-size", "code")[0]
    for what, code, format, seconds in (
        (f"PDF of a province ({province.size} kecamatan)", province.code, "pdf", 5),
        ("PDF of the nation", "ID", "pdf", None),
        ("XLSX of the nation", "ID", "xlsx", 20),
    ):
        say(f"{what} ...")
        run = run_measured([sys.executable, "-m", "bench.one_document", code, month, format], str(settings.BASE_DIR))
        show(
            Line(f"{what}, whole process", run.seconds, "s", seconds),
            Line(f"{what}, largest memory", run.memory, "MB", 300),
        )
