"""The page on which operators begin: can their kecamatan record, what runs, what is open, what to fill in."""

from __future__ import annotations

import gzip
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.staticfiles.finders import find
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from bench.visits import files_of
from devices.models import RecordingSet
from devices.placements import close_placement
from kecamatan.duty import Count, PopulationFigures, enter_recordings, save_day_off, set_populations
from kecamatan.models import DayOff, Kecamatan
from kecamatan.targets import set_target
from repairs import tickets, workflow
from repairs.arrangements import start_arrangement
from repairs.outages import report_outage
from repairs.sets import move_device
from tests.factories import device_of, give_role, make_dinas, make_fault, make_kecamatan, make_set, make_user
from tests.repairs.conftest import NOW, frozen, kecamatan, operator, recording_set, staff, technician

__all__ = ["frozen", "kecamatan", "operator", "recording_set", "staff", "technician"]
pytestmark = pytest.mark.django_db

REPORT = "/repairs/report/?kecamatan=36.03.30&komponen="


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def home(user: User, address: str = "/") -> Any:
    answer = signed_in(user).get(address)
    assert answer.status_code == 200
    return answer.context


def tiles(context: Any) -> dict[str, tuple[str, str]]:
    return {tile.name: (tile.word, tile.url) for row in context["sets"] for tile in row.tiles}


# --- Can it record -------------------------------------------------------------------------------------


def test_a_kecamatan_where_all_works_says_so_and_each_tile_leads_to_its_symptoms(
    recording_set: RecordingSet, operator: User
) -> None:
    context = home(operator)
    assert (context["status_sentence"], context["reasons"]) == ("Bisa merekam", [])
    camera = device_of(recording_set, "camera")
    assert tiles(context)["Kamera"] == ("Berfungsi", f"{REPORT}alat-{camera.pk}")
    assert len(tiles(context)) == 5


def test_a_broken_component_says_why_and_leads_to_its_ticket(recording_set: RecordingSet, operator: User) -> None:
    ticket = make_fault(recording_set, failed_at=NOW - timedelta(hours=2))
    context = home(operator)
    assert context["status_sentence"] == "Tidak bisa merekam"
    assert context["reasons"] == ["Set 1: server rusak sejak pukul 08.00 WIB (2 jam)."]
    assert tiles(context)["Server"] == ("Rusak", f"/repairs/{ticket.number}/")


def test_what_a_set_lacks_is_a_tile_too(recording_set: RecordingSet, operator: User) -> None:
    close_placement(device_of(recording_set, "camera").placements.get(), at=NOW - timedelta(days=2), by=None)
    assert tiles(home(operator))["Kamera"] == ("Tidak ada", f"{REPORT}tidak-ada-{recording_set.pk}-camera")
    ticket = make_fault(recording_set, "camera", fault="missing")
    assert tiles(home(operator))["Kamera"] == ("Tidak ada", f"/repairs/{ticket.number}/")


def test_more_reasons_than_fit_are_counted(recording_set: RecordingSet, operator: User) -> None:
    for code in ("server", "camera", "iris_scanner"):
        make_fault(recording_set, code)
    context = home(operator)
    assert (len(context["reasons"]), context["more_reasons"]) == (2, 1)


def test_the_ticket_of_a_borrowed_device_is_not_linked(recording_set: RecordingSet, operator: User) -> None:
    far = make_set(make_kecamatan("53.01.01"), kinds=["tripod"])
    lent = device_of(far, "tripod")
    make_fault(far, "tripod", failed_at=NOW - timedelta(hours=1))
    move_device(device=lent, recording_set=recording_set, at=NOW, by=None)
    context = home(operator)
    assert tiles(context)["Tripod"] == ("Terkendala", f"{REPORT}alat-{lent.pk}")
    assert [(row.title, row.url) for row in context["tickets"]] == [("Tripod rusak, Set 1", "")]


def test_without_a_set_on_record_the_page_says_what_to_do(kecamatan: Kecamatan, operator: User) -> None:
    answer = signed_in(operator).get("/")
    assert answer.context["status_sentence"] == "Tidak ada set yang tercatat"
    text = answer.content.decode()
    assert ("Minta dinas memuat data alatnya" in text, "Siapa yang bisa dihubungi" in text) == (True, True)


# --- What runs and what is open --------------------------------------------------------------------------


def test_an_open_ticket_says_for_what_it_waits_who_is_on_it_and_until_when(
    recording_set: RecordingSet, operator: User, technician: User, staff: User
) -> None:
    ticket = make_fault(recording_set, failed_at=NOW - timedelta(hours=3))
    (row,) = home(operator)["tickets"]
    assert (row.waits, row.holder, row.promised) == (
        "menunggu diverifikasi dinas, sejak pukul 07.00 WIB (3 jam)",
        "belum ada yang memegang",
        "belum ada janji",
    )
    tickets.assign(ticket, assignee=technician, version=ticket.version, by=staff)
    tickets.promise(ticket, promised_on=date(2026, 11, 25), version=ticket.version, by=staff)
    (row,) = home(operator)["tickets"]
    assert (row.holder, row.promised) == (f"dipegang {technician}", "dijanjikan Rabu, 25 November 2026")


def test_a_repair_that_waits_to_be_confirmed_stands_first(
    recording_set: RecordingSet, operator: User, technician: User
) -> None:
    make_fault(recording_set, "camera", failed_at=NOW - timedelta(days=3))
    ticket = make_fault(recording_set, failed_at=NOW - timedelta(hours=3))
    for status in ("triaged", "in_progress", "resolved"):
        workflow.transition(ticket, status, version=ticket.version, by=technician)
    assert [(row.title, row.status) for row in home(operator)["tickets"]] == [
        ("Server rusak, Set 1", "resolved"),
        ("Kamera rusak, Set 1", "reported"),
    ]
    assert home(operator)["tickets"][0].waits.startswith("menunggu Anda pastikan sudah bekerja")


def test_a_running_outage_is_over_in_one_tap_that_leads_back(recording_set: RecordingSet, operator: User) -> None:
    outage = report_outage(
        client_key=uuid4(),
        places=[recording_set.kecamatan],
        started_at=NOW - timedelta(minutes=30),
        effect="stopped",
        cause="power_outage",
        by=operator,
    )
    (row,) = home(operator)["outages"]
    assert row.title == "Listrik padam (diduga) sejak pukul 09.30 WIB (30 menit): perekaman berhenti."
    sent = {"client_key": row.ask.restored_key, "kecamatan": row.ask.place, "kembali": row.ask.way_back}
    assert signed_in(operator).post(f"/outages/{outage.pk}/restored/", sent)["Location"] == "/?kecamatan=36.03.30"
    outage.refresh_from_db()
    assert (outage.ended_at, home(operator)["outages"]) == (NOW, [])


def test_all_is_normal_in_one_tap_that_leads_back(recording_set: RecordingSet, operator: User) -> None:
    client = signed_in(operator)
    assert client.post("/recordings/36.03.30/normal/", {"dari": "beranda"})["Location"] == "/?kecamatan=36.03.30"
    assert "Sudah dikabarkan hari ini pukul 10.00 WIB" in client.get("/").content.decode()


# --- Counts ---------------------------------------------------------------------------------------------


def test_the_days_without_a_count_and_the_progress_of_the_month(recording_set: RecordingSet, operator: User) -> None:
    place = recording_set.kecamatan
    set_populations([PopulationFigures(place, "2025-2", 2_000, 1_000)], by=None)
    set_target(place, starts_on=date(2026, 11, 1), count=200, by=None)
    save_day_off(DayOff(day=date(2026, 11, 5), name="Libur daerah"), by=None)
    days = [2, 3, 4, 6, 9, 10, 11, 12, 13, 16, 17, 19]
    enter_recordings([Count(place, date(2026, 11, day), place, 10) for day in days], by=operator)
    context = home(operator)
    assert [(day.label, day.url) for day in context["missing"]] == [
        ("Rab 18", "/recordings/?kecamatan=36.03.30&hari=2026-11-18#isian"),
        ("Hari ini", "/recordings/?kecamatan=36.03.30&hari=2026-11-20#isian"),
    ]
    progress = context["progress"]
    assert (progress.net, progress.target, progress.percent, progress.source) == (
        "120",
        "200",
        "60,0%",
        "12 dari 13 hari kerja sudah diisi",
    )


def test_a_host_is_told_of_its_guests(recording_set: RecordingSet, operator: User) -> None:
    guest = make_kecamatan("36.03.31", "Kecamatan Tamu")
    start_arrangement(kecamatan=guest, kind="hosted", started_at=NOW, host=recording_set.kecamatan, by=None)
    assert home(operator)["guests"] == ["Kecamatan Tamu"]


# --- Who -------------------------------------------------------------------------------------------------


def test_an_operator_of_several_kecamatan_chooses(recording_set: RecordingSet, operator: User) -> None:
    second = make_kecamatan("36.03.31", "Kecamatan Kedua")
    give_role(operator, Role.OPERATOR, second)
    assert [place.name for place in home(operator)["places"]] == ["Kecamatan Kedua", "Kecamatan Sepatan Timur"]
    assert home(operator, "/?kecamatan=36.03.31")["place"] == second
    assert signed_in(operator).get("/?kecamatan=36.03.32").status_code == 404


def test_only_those_who_report_for_a_kecamatan_begin_there(recording_set: RecordingSet, operator: User) -> None:
    place = recording_set.kecamatan
    other = make_kecamatan("36.03.31")
    give_role(operator, Role.OFFICIAL, other)
    assert signed_in(operator).get("/?kecamatan=36.03.31")["Location"] == "/kecamatan/36.03.31/"
    assert signed_in(make_user(Role.OFFICIAL, place)).get("/")["Location"] == "/kecamatan/36.03.30/"
    assert signed_in(make_user(Role.STAFF, place)).get("/").status_code == 200
    assert signed_in(make_user(Role.OPERATOR, make_dinas())).get("/")["Location"] == "/kecamatan/36.03.00/"


def test_the_first_visit_is_small_and_the_report_after_it_smaller(recording_set: RecordingSet, operator: User) -> None:
    make_set(recording_set.kecamatan, "2")
    make_fault(recording_set)
    client = signed_in(operator)
    first, then = (client.get(path).content for path in ("/", f"{REPORT}alat-{device_of(recording_set).pk}"))

    def size(path: str) -> int:
        kept = find(path.removeprefix("/static/")) if path.startswith("/static/") else None
        return len(gzip.compress(Path(str(kept)).read_bytes() if kept else client.get(path).content))

    names = files_of(first.decode())
    assert len(gzip.compress(first)) + sum(size(path) for path in names) < 60 * 1024
    new = [path for path in files_of(then.decode()) if path not in names]
    assert len(gzip.compress(then)) + sum(size(path) for path in new) < 15 * 1024


def test_the_page_asks_eight_queries_however_much_there_is(recording_set: RecordingSet, operator: User) -> None:
    client = signed_in(operator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/").status_code == 200
        return len(captured)

    before = queries()
    for number in range(2, 7):
        make_fault(make_set(recording_set.kecamatan, str(number)), "camera")
    enter_recordings([Count(recording_set.kecamatan, date(2026, 11, 3), recording_set.kecamatan, 10)], by=None)
    assert (queries(), before) == (8, 8)
