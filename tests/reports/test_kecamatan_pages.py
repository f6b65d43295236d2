"""The page of a kecamatan and of a dinas."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Role
from kecamatan.changes import record_sign_of_life
from kecamatan.models import Kabupaten, Kecamatan
from kecamatan.targets import set_target
from repairs.arrangements import start_arrangement
from repairs.outages import report_outage
from reports import rollups
from tests.factories import (
    make_fault,
    make_set,
    moment,
)
from tests.reports.region_world import MARCH, NOW, signed_in, tiles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def test_a_kecamatan_without_a_fault_records(staff: Client) -> None:
    record_sign_of_life(Kecamatan.objects.get(code="36.03.30"), NOW)
    rollups.refresh()
    context = staff.get("/kecamatan/36.03.30/").context
    assert (context["status"], context["status_sentence"], context["reasons"]) == ("serving", "Bisa merekam", [])
    assert [(one.name, one.status, one.word) for one in context["sets"]] == [("Set 1", "operational", "Berfungsi")]
    assert [(part.name, part.word) for part in context["sets"][0].parts] == [
        ("Server", "Berfungsi"),
        ("Pemindai sidik jari", "Berfungsi"),
        ("Pemindai iris", "Berfungsi"),
        ("Kamera", "Berfungsi"),
        ("Alat tanda tangan", "Berfungsi"),
    ]
    assert tiles(context)["Capaian target"] == ("1.100,0%", "tercapai", "", True)


def test_a_kecamatan_that_was_not_heard_from_is_silent_in_its_month_and_now(staff: Client) -> None:
    silent = ("silent", "Tanpa kabar lebih dari dua hari kerja", "bisa merekam")
    for query in ("", "?bulan=2026-02"):
        context = staff.get(f"/kecamatan/36.03.30/{query}").context
        assert (context["status"], context["status_sentence"], context["recorded_as"]) == silent
    # Who cannot record is known well enough.
    make_fault(Kecamatan.objects.get(code="36.03.30").recording_sets.get())
    assert staff.get("/kecamatan/36.03.30/").context["status"] == "stopped"


def test_a_broken_and_a_missing_component_say_since_when_at_once(kabupaten: Kabupaten) -> None:
    place = Kecamatan.objects.get(code="36.03.30")
    recording_set = place.recording_sets.get()
    make_fault(recording_set, "camera", failed_at=moment("2026-03-03 02:00"), cause="lightning")
    make_fault(recording_set, "tripod", fault="missing", failed_at=moment("2026-03-18 02:00"))
    context = signed_in(Role.OPERATOR, place).get("/kecamatan/36.03.30/").context
    assert (context["status"], context["status_sentence"]) == ("stopped", "Tidak bisa merekam")
    assert context["reasons"] == [
        "Set 1: kamera rusak sejak Selasa, 3 Maret 2026 (15 hari).",
        "Set 1: tripod tidak ada sejak pukul 09.00 WIB (2 jam).",
    ]
    words = {part.name: part.word for part in context["sets"][0].parts}
    assert (words["Kamera"], words["Tripod"], words["Server"]) == ("Rusak", "Tidak ada", "Berfungsi")
    assert [(item.title, item.word) for item in context["tickets"]] == [
        ("Kamera, Set 1", "Dilaporkan"),
        ("Tripod tidak ada, Set 1", "Dilaporkan"),
    ]
    assert (
        context["faults"][0].text == "15 hari: sejak 3 Maret 2026, belum pulih · Petir (diduga) · jalur tidak disebut"
    )


def test_an_outage_and_an_arrangement_explain_how_people_are_served(staff: Client) -> None:
    place, host = Kecamatan.objects.get(code="36.03.30"), Kecamatan.objects.get(code="36.03.31")
    report_outage(
        client_key=uuid4(),
        places=[place],
        started_at=moment("2026-03-18 03:28"),
        effect="stopped",
        cause="power_outage",
        certainty="certain",
        note="Gardu meledak",
        by=None,
    )
    start_arrangement(kecamatan=place, kind="hosted", host=host, started_at=moment("2026-03-18 03:30"), by=None)
    context = staff.get("/kecamatan/36.03.30/").context
    assert (context["status"], context["status_sentence"]) == ("hosted", "Warga merekam di tempat lain")
    assert context["reasons"] == [
        "Listrik padam sejak pukul 10.28 WIB (32 menit): perekaman berhenti.",
        "Menumpang di Kecamatan Cukup sejak Rabu, 18 Maret 2026.",
    ]
    assert [item.text for item in context["outages"]] == ["Gardu meledak"]


def test_a_past_month_says_how_it_served_and_what_stood_in_the_way(staff: Client, now: Any) -> None:
    place, host = Kecamatan.objects.get(code="36.03.30"), Kecamatan.objects.get(code="36.03.31")
    report_outage(
        client_key=uuid4(),
        places=[place],
        started_at=moment("2026-03-18 03:28"),
        effect="limited",
        cause="weak_power",
        certainty="suspected",
        note="Komputer bergantian",
        by=None,
    )
    start_arrangement(
        kecamatan=place,
        kind="hosted",
        host=host,
        started_at=moment("2026-03-10 01:00"),
        ended_at=moment("2026-03-12 01:00"),
        by=None,
    )
    now.move_to(moment("2026-03-31 18:00"))
    rollups.refresh()
    context = staff.get("/kecamatan/36.03.30/?bulan=2026-03").context
    assert tiles(context)["Layanan akhir bulan"] == ("Tanpa kabar", "", "", False)
    assert tiles(context)["Set berfungsi"] == ("1", "dari 1 set", "", False)
    assert [(event.title, event.text) for event in context["events"]] == [
        ("Menumpang di Kecamatan Cukup", "2 hari: 10 Maret 2026 sampai 12 Maret 2026"),
        (
            "Daya tidak kuat (diduga): perekaman terbatas",
            "13 hari: sejak 18 Maret 2026, masih berjalan · Komputer bergantian",
        ),
    ]
    assert staff.get("/kecamatan/36.03.30/?bulan=2026-02").context["events"] == []


def test_a_month_without_a_count_has_no_achievement_of_zero(staff: Client) -> None:
    set_target(Kecamatan.objects.get(code="36.03.32"), starts_on=MARCH, count=40, by=None)
    rollups.refresh()
    context = staff.get("/kecamatan/36.03.32/").context
    assert tiles(context)["Capaian target"] == ("belum diketahui", "", "nil", False)
    assert context["achievement"] is None


def test_a_kecamatan_without_a_set_is_not_called_working(staff: Client) -> None:
    page = staff.get("/kecamatan/36.03.32/")
    assert page.context["status_sentence"] == "Tidak ada set yang tercatat"
    assert page.context["sets"] == []
    assert "Bila ada alatnya, minta dinas memuat datanya." in page.content.decode()


def test_the_dinas_has_sets_but_no_service_of_its_own(staff: Client) -> None:
    make_set(Kecamatan.objects.get(code="36.03.00"))
    rollups.refresh()
    page = staff.get("/kecamatan/36.03.00/")
    assert [one.name for one in page.context["sets"]] == ["Set 1"]
    waiting = ["Belum dikerjakan", "Janji terlewat", "Lewat tenggat"]
    assert list(tiles(page.context)) == ["Rekam bersih", "Set berfungsi", "Tiket terbuka", *waiting]
    assert 'id="h-kini"' not in page.content.decode()


def test_a_replaced_device_and_a_withdrawn_set_leave_the_page(staff: Client) -> None:
    place = Kecamatan.objects.get(code="36.03.30")
    make_set(place, "2", kinds=["server"])
    assert [one.name for one in staff.get("/kecamatan/36.03.30/").context["sets"]] == ["Set 1", "Set 2"]
    place.recording_sets.filter(label="2").get().placements.update(ended_at=NOW)
    assert [one.name for one in staff.get("/kecamatan/36.03.30/").context["sets"]] == ["Set 1"]
