"""The dashboards as people get them: exact figures, 404s, order, months, empty states, a bounded number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from devices.register import confirm_inventory
from kecamatan.duty import (
    Count,
    PopulationFigures,
    enter_recordings,
    set_populations,
)
from kecamatan.models import Kabupaten, Kecamatan
from kecamatan.priorities import set_priorities
from kecamatan.targets import set_target
from repairs.arrangements import start_arrangement
from repairs.outages import report_outage
from reports import rollups
from reports.regions import find_region
from reports.selectors import report
from tests.factories import (
    give_role,
    make_dinas,
    make_fault,
    make_kabupaten,
    make_kecamatan,
    make_province,
    make_set,
    make_user,
    moment,
)

pytestmark = pytest.mark.django_db

NOW = moment("2026-03-18 04:00")  # Wednesday 11.00 WIB
MARCH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def now() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def signed_in(role: str, region: Any) -> Client:
    client = Client()
    client.force_login(make_user(role, region))
    return client


@pytest.fixture
def kabupaten() -> Kabupaten:
    """Three kecamatan: one records well, one has a broken UPS, one has no set on record."""
    make_dinas("36.03")
    well, limited = make_kecamatan("36.03.30", "Kecamatan Baik"), make_kecamatan("36.03.31", "Kecamatan Cukup")
    make_kecamatan("36.03.32", "Kecamatan Diam")
    make_set(well)
    make_fault(
        make_set(limited, kinds=["server", "fingerprint_scanner", "iris_scanner", "camera", "signature_pad", "ups"]),
        "ups",
    )
    set_populations([PopulationFigures(place, "2025-2", 2000, 1000, 900) for place in (well, limited)], by=None)
    set_target(well.kabupaten, starts_on=MARCH, percent=Decimal("10"), by=None)
    enter_recordings(
        [Count(well, date(2026, 3, 2), well, 1100), Count(limited, date(2026, 3, 17), limited, 50)], by=None
    )
    rollups.refresh()
    return well.kabupaten


@pytest.fixture
def staff(kabupaten: Kabupaten) -> Client:
    return signed_in(Role.STAFF, kabupaten)


def tiles(context: Any) -> dict[str, tuple[str, str, str, bool]]:
    shown = [
        tile for name in ("tiles", "target_tiles", "device_tiles", "repair_tiles") for tile in context.get(name, [])
    ]
    return {tile.label: (tile.value, tile.unit, tile.completeness, tile.at_least) for tile in shown}


# --- The page of a region ----------------------------------------------------------------------------------------


def test_the_headline_says_who_can_record_and_what_is_not_known(staff: Client) -> None:
    context = staff.get("/reports/36.03/").context
    head = context["headline"]
    assert (head.able, head.total, head.at_least) == ("2", "3", True)
    assert {count.label: count.number for count in head.services} == {
        "Melayani": "1",
        "Terbatas": "1",
        "Menumpang": "0",
        "Unit keliling": "0",
        "Berhenti": "0",
        "Belum lapor": "1",
    }
    assert head.marks == ["serving", "limited", "no_report"]
    assert [(count.label, count.number) for count in head.signs] == [
        ("Ada kabar", "1"),
        ("Tanpa kabar", "1"),
        ("Tanpa set tercatat", "1"),
    ]
    assert (head.source, head.completeness) == ("Alat belum selesai didata dalam 12 bulan terakhir", "nil")
    assert context["as_of"] == "Rabu, 18 Maret 2026 pukul 11.00 WIB"


def test_every_total_stands_with_its_unit_and_its_completeness(staff: Client) -> None:
    assert tiles(staff.get("/reports/36.03/").context) == {
        "Memenuhi target": ("1", "dari 2 kecamatan yang bertarget", "half", False),
        "Rekam bersih": ("1.150", "orang", "half", True),
        "Cakupan wajib KTP": ("90,00%", "", "half", False),
        "Set tidak berfungsi": ("0", "dari 2 set", "nil", False),
        "Komponen rusak": ("1", "dari 11 terpasang", "nil", True),
        "Komponen tidak ada": ("0", "komponen", "nil", False),
        "Tiket terbuka": ("1", "", "", False),
        "Belum dikerjakan": ("1", "tiket", "", False),
        "Janji terlewat": ("0", "tiket", "", False),
        "Lewat tenggat": ("0", "tiket", "", False),
        "Jam kerja tanpa alat": ("0,0%", "0 jam", "", False),
    }


def test_a_finished_inventory_makes_the_devices_a_full_total(staff: Client, kabupaten: Kabupaten) -> None:
    confirm_inventory(kabupaten, day=date(2026, 3, 1), by=None)
    rollups.refresh()
    assert tiles(staff.get("/reports/36.03/").context)["Komponen rusak"] == ("1", "dari 11 terpasang", "full", False)


def test_the_table_lists_the_children_from_the_lowest_achievement_and_says_who_has_not_reported(staff: Client) -> None:
    rows = staff.get("/reports/36.03/").context["children"]
    assert [(row.name, row.service_label, row.net, row.target, row.recorded, row.achievement) for row in rows] == [
        ("Cukup", "Terbatas", "50", "100", "5,0%", "50,0%"),
        ("Baik", "Melayani", "1.100", "100", "110,0%", "1.100,0%"),
        ("Diam", "Belum lapor", "belum lapor", "–", "–", "–"),
    ]
    assert rows[0].url == "/kecamatan/36.03.31/?bulan=2026-03"
    assert (rows[1].bar.width, rows[1].bar.met, rows[1].bar.cut) == ("125.0", True, True)


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("nama", ["Baik", "Cukup", "Diam", "Dinas 36.03"]),
        ("-nama", ["Diam", "Cukup", "Baik", "Dinas 36.03"]),
        ("bersih", ["Cukup", "Baik", "Diam", "Dinas 36.03"]),
        ("-bersih", ["Baik", "Cukup", "Diam", "Dinas 36.03"]),
        ("-capaian", ["Baik", "Cukup", "Diam", "Dinas 36.03"]),
        ("rekam", ["Cukup", "Baik", "Diam", "Dinas 36.03"]),
        ("mampu", ["Cukup", "Baik", "Diam", "Dinas 36.03"]),
        ("-mampu", ["Baik", "Cukup", "Diam", "Dinas 36.03"]),
        ("password", ["Cukup", "Baik", "Diam", "Dinas 36.03"]),
    ],
)
def test_the_table_is_sorted_by_allowed_columns_only_and_the_unknown_comes_last_before_the_dinas(
    staff: Client, order: str, names: list[str]
) -> None:
    make_set(Kecamatan.objects.get(code="36.03.00"))
    rollups.refresh()
    rows = staff.get("/reports/36.03/", {"urut": order}).context["children"]
    assert [row.name for row in rows] == names


def test_the_head_of_the_sorted_column_says_so_and_turns_the_order(staff: Client) -> None:
    columns = {column.label: column for column in staff.get("/reports/36.03/?urut=nama").context["columns"]}
    assert (columns["Kecamatan"].direction, columns["Kecamatan"].url) == (
        "ascending",
        "?bulan=2026-03&urut=-nama",
    )
    assert (columns["Target"].direction, columns["Target"].url) == ("", "?bulan=2026-03&urut=target")
    page = staff.get("/reports/36.03/?urut=-nama").content.decode()
    assert page.count("aria-sort=") == page.count('aria-sort="descending"') == 1


def test_without_any_target_its_columns_stay_away_and_a_phone_shows_what_was_recorded() -> None:
    make_set(make_kecamatan("36.03.30"))
    rollups.refresh()
    context = signed_in(Role.STAFF, Kabupaten.objects.get()).get("/reports/36.03/").context
    assert [(column.label, column.css) for column in context["columns"]] == [
        ("Kecamatan", ""),
        ("Layanan", ""),
        ("Rekam bersih", "num"),
        ("% wajib KTP", "num c1"),
    ]
    assert context["sorted_by"] == "Urut dari layanan yang paling terganggu."


def test_a_kecamatan_that_the_head_of_the_dinas_named_is_marked(staff: Client) -> None:
    set_priorities("36.03", ["36.03.31"], by=None)
    rows = staff.get("/reports/36.03/").context["children"]
    assert [(row.name, row.priority) for row in rows] == [("Cukup", "Prioritas 1"), ("Baik", ""), ("Diam", "")]
    assert "<b>Prioritas 1</b> menurut kepala dinas" in staff.get("/kecamatan/36.03.31/").content.decode()


def test_in_papua_the_table_lists_distrik() -> None:
    make_set(make_kecamatan("91.03.01", "Distrik Sentani"))
    rollups.refresh()
    context = signed_in(Role.STAFF, Kabupaten.objects.get()).get("/reports/91.03/").context
    assert (context["children_title"], context["columns"][0].label) == ("Distrik", "Distrik")
    assert [row.name for row in context["children"]] == ["Sentani"]


def test_choosing_another_month_keeps_the_order(staff: Client) -> None:
    hidden = '<input type="hidden" name="urut" value="-nama" form="pilih-bulan">'
    assert hidden in staff.get("/reports/36.03/?urut=-nama").content.decode()
    assert 'name="urut"' not in staff.get("/reports/36.03/?urut=password").content.decode()


def test_levels_link_upwards_only_where_the_person_may_look(kabupaten: Kabupaten) -> None:
    staff, official = signed_in(Role.STAFF, kabupaten), signed_in(Role.OFFICIAL, kabupaten.province)
    assert [(crumb.label, crumb.url) for crumb in staff.get("/reports/36.03/").context["crumbs"]] == [
        ("Indonesia", ""),
        ("Provinsi 36", ""),
        ("Kabupaten 36.03", ""),
    ]
    assert [(crumb.label, crumb.url) for crumb in official.get("/kecamatan/36.03.30/").context["crumbs"]] == [
        ("Indonesia", ""),
        ("Provinsi 36", "/reports/36/?bulan=2026-03"),
        ("Kabupaten 36.03", "/reports/36.03/?bulan=2026-03"),
        ("Kecamatan Baik", ""),
    ]


def test_a_province_and_the_nation_show_the_same_figures_one_level_up(kabupaten: Kabupaten) -> None:
    make_kabupaten("36.71")
    client = signed_in(Role.OFFICIAL, None)
    province, nation = client.get("/reports/36/").context, client.get("/reports/ID/").context
    assert [(row.name, row.able, row.net) for row in province["children"]] == [
        ("Kabupaten 36.03", "2 / 3", "1.150"),
        ("Kabupaten 36.71", "–", "–"),
    ]
    assert [(row.name, row.able, row.net) for row in nation["children"]] == [("Provinsi 36", "2 / 3", "1.150")]
    assert province["headline"].source == "0 dari 2 kabupaten/kota selesai mendata alat"


def test_a_past_month_is_told_at_its_local_end(staff: Client, now: Any) -> None:
    now.move_to(moment("2026-03-31 18:00"))
    rollups.refresh()
    page = staff.get("/reports/36.03/?bulan=2026-03")
    assert page.context["as_of"] == "31 Maret 2026 pukul 24.00 WIB"
    assert "Dapat merekam pada akhir bulan</h2>" in page.content.decode()


def test_the_months_to_pick_reach_back_to_the_first_with_figures(staff: Client) -> None:
    options = staff.get("/reports/36.03/?bulan=2026-02").context["months"]
    assert [(option.value, option.label, option.selected) for option in options] == [
        ("2026-03", "Maret 2026", False),
        ("2026-02", "Februari 2026", True),
        ("2026-01", "Januari 2026", False),
    ]


@pytest.mark.parametrize(
    ("asked", "notice"),
    [
        ("2026-04", "April 2026 belum tiba. Yang tampil bulan ini."),
        ("2008-12", "Sebelum 2009 belum ada alat perekaman. Yang tampil bulan ini."),
        ("maret", "Bulan “maret” tidak dikenal. Tulis tahun dan bulan, misalnya 2012-04. Yang tampil bulan ini."),
    ],
)
def test_a_month_that_cannot_be_shown_is_answered_with_this_one_and_a_sentence(
    staff: Client, asked: str, notice: str
) -> None:
    response = staff.get("/reports/36.03/", {"bulan": asked})
    assert (response.status_code, response.context["month"].value) == (200, "2026-03")
    assert notice in response.content.decode()


def test_a_month_without_any_data_says_what_to_do_and_shows_no_zero(staff: Client) -> None:
    page = staff.get("/reports/36.03/?bulan=2025-06")
    text = page.content.decode()
    assert page.context["is_empty"] is True
    assert 'href="?bulan=2026-03">Buka Maret 2026, bulan terakhir yang ada laporannya</a>' in text
    assert "Belum ada data Juni 2025" in text
    assert "Pilih bulan lain, atau muat berkas alat, target dan perekaman dari dinas." in text
    assert "Dapat merekam" not in text


def test_nobody_heard_of_is_unknown_and_not_zero() -> None:
    quiet = make_kecamatan("36.03.30")
    set_populations([PopulationFigures(quiet, "2025-2", 2000, 1000)], by=None)
    rollups.refresh()
    context = signed_in(Role.STAFF, quiet.kabupaten).get("/reports/36.03/").context
    assert (context["headline"].able, context["headline"].at_least) == ("belum diketahui", False)
    assert tiles(context) == {
        "Memenuhi target": ("belum diketahui", "", "nil", False),
        "Rekam bersih": ("belum diketahui", "", "nil", False),
        "Cakupan wajib KTP": ("belum diketahui", "", "nil", False),
        "Set tidak berfungsi": ("belum diketahui", "", "nil", False),
        "Komponen rusak": ("belum diketahui", "", "nil", False),
        "Komponen tidak ada": ("belum diketahui", "", "nil", False),
        "Tiket terbuka": ("0", "", "", False),
        "Belum dikerjakan": ("0", "tiket", "", False),
        "Janji terlewat": ("0", "tiket", "", False),
        "Lewat tenggat": ("0", "tiket", "", False),
        "Jam kerja tanpa alat": ("belum diketahui", "", "nil", False),
    }


def test_a_change_waits_for_the_worker_and_the_page_says_so(staff: Client, now: Any) -> None:
    make_fault(Kecamatan.objects.get(code="36.03.30").recording_sets.get())
    waiting = staff.get("/reports/36.03/")
    assert waiting.context["headline"].able == "2"
    assert waiting.content.decode().count("1 perubahan belum dihitung") == 2
    rollups.refresh()
    computed = staff.get("/reports/36.03/")
    assert computed.context["headline"].able == "1"
    assert "belum dihitung" not in computed.content.decode()


def test_a_region_that_holds_sample_data_says_so_on_every_level(kabupaten: Kabupaten) -> None:
    client = signed_in(Role.OFFICIAL, None)
    paths = ("/reports/ID/", "/reports/36/", "/reports/36.03/", "/kecamatan/36.03.30/")
    assert ["Data contoh." in client.get(path).content.decode() for path in paths] == [False] * 4
    Kabupaten.objects.filter(pk=kabupaten.pk).update(has_sample_data=True)
    assert ["Data contoh." in client.get(path).content.decode() for path in paths] == [True] * 4
    make_kabupaten("53.01")
    assert "Data contoh." not in client.get("/reports/53/").content.decode()


# --- Scope, home and the API --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["ID", "36", "36.71", "36.71.01", "53", "00", "apa", "36.03.99"])
def test_a_region_outside_the_assignments_is_not_there(staff: Client, code: str) -> None:
    make_kecamatan("36.71.01")
    make_province("53")
    for path in (f"/reports/{code}/", f"/kecamatan/{code}/", f"/api/v1/reports/{code}/"):
        assert staff.get(path).status_code == 404


def test_our_own_page_says_that_a_region_is_not_there_also_while_developing(staff: Client, settings: Any) -> None:
    settings.DEBUG = True
    for path in ("/reports/99/", "/kecamatan/36.03/"):
        answer = staff.get(path)
        assert (answer.status_code, "Halaman tidak ditemukan" in answer.content.decode()) == (404, True)


@pytest.mark.parametrize(
    ("role", "code", "home"),
    [
        (Role.OPERATOR, "36.03.30", "/kecamatan/36.03.30/"),
        (Role.TECHNICIAN, "36.03", "/reports/36.03/"),
        (Role.OFFICIAL, "36", "/reports/36/"),
        (Role.ADMIN, "ID", "/reports/ID/"),
    ],
)
def test_the_first_page_leads_each_role_to_its_own_region(
    kabupaten: Kabupaten, role: str, code: str, home: str
) -> None:
    region = find_region(code)
    place = region.kecamatan or region.kabupaten or region.province
    client = signed_in(role, place)
    assert client.get("/")["Location"] == home
    assert client.get(home).status_code == 200


def test_the_highest_assignment_leads_and_the_others_stand_in_the_menu(kabupaten: Kabupaten) -> None:
    user = make_user(Role.OPERATOR, make_kecamatan("36.03.30"))
    give_role(user, Role.STAFF, kabupaten)
    client = Client()
    client.force_login(user)
    assert client.get("/")["Location"] == "/reports/36.03/"
    assert '<a href="/kecamatan/36.03.30/">Kecamatan Baik</a>' in client.get("/reports/36.03/").content.decode()


def test_the_report_of_a_kecamatan_is_its_own_page_and_keeps_the_month(staff: Client) -> None:
    assert staff.get("/reports/36.03.30/?bulan=2026-02")["Location"] == "/kecamatan/36.03.30/?bulan=2026-02"


def test_the_api_answers_with_the_report_itself(staff: Client) -> None:
    answer = staff.get("/api/v1/reports/36.03/", {"month": "2026-03"})
    assert answer.json() == report(find_region("36.03"), MARCH)
    assert staff.get("/api/v1/reports/36.03/").json() == answer.json()


def test_the_api_refuses_a_month_it_cannot_read(staff: Client) -> None:
    answer = staff.get("/api/v1/reports/36.03/", {"month": "04/2012"})
    assert answer.status_code == 400
    assert answer.json() == {"month": "Bulan “04/2012” tidak dikenal. Tulis tahun dan bulan, misalnya 2012-04."}


# --- The page of a kecamatan --------------------------------------------------------------------------------------


def test_a_kecamatan_without_a_fault_records(staff: Client) -> None:
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
    assert context["faults"][0].text == "15 hari: sejak 3 Maret 2026, belum pulih · Petir (diduga)"


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
    assert tiles(context)["Layanan akhir bulan"] == ("Terbatas", "", "", False)
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
    assert list(tiles(page.context)) == ["Rekam bersih", "Set berfungsi", "Tiket terbuka"]
    assert 'id="h-kini"' not in page.content.decode()


def test_a_replaced_device_and_a_withdrawn_set_leave_the_page(staff: Client) -> None:
    place = Kecamatan.objects.get(code="36.03.30")
    make_set(place, "2", kinds=["server"])
    assert [one.name for one in staff.get("/kecamatan/36.03.30/").context["sets"]] == ["Set 1", "Set 2"]
    place.recording_sets.filter(label="2").get().placements.update(ended_at=NOW)
    assert [one.name for one in staff.get("/kecamatan/36.03.30/").context["sets"]] == ["Set 1"]


# --- What a page costs --------------------------------------------------------------------------------------------


def queries_of(client: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def test_a_kabupaten_and_its_province_list_the_few_oldest_outages_that_run(staff: Client, kabupaten: Kabupaten) -> None:
    assert staff.get("/reports/36.03/").context["ongoing"] == ([], False)
    places = list(Kecamatan.objects.order_by("code"))
    for hours in range(7):
        report_outage(
            client_key=uuid4(),
            places=places if hours == 6 else places[1:2],
            started_at=NOW - timedelta(hours=hours + 1),
            effect="stopped",
            cause="power_outage",
            by=None,
        )
    days = {"started_at": NOW - timedelta(days=2), "ended_at": NOW - timedelta(days=1)}
    report_outage(client_key=uuid4(), places=places, effect="stopped", by=None, **days)
    page = staff.get("/reports/36.03/")
    shown = [(row.title, row.where, row.since) for row in page.context["ongoing"].rows]
    assert shown[:2] == [
        ("Listrik padam, diduga", "3 kecamatan dan dinas", "pukul 04.00 WIB"),
        ("Listrik padam, diduga", "Kecamatan Baik", "pukul 05.00 WIB"),
    ]
    assert (len(shown), page.context["ongoing"].more) == (5, True)
    assert 'href="/outages/?keadaan=berjalan"' in page.content.decode()
    assert staff.get("/reports/36.03/?bulan=2026-02").context["ongoing"] is None
    province = signed_in(Role.OFFICIAL, kabupaten.province).get("/reports/36/")
    assert province.context["ongoing"] == page.context["ongoing"]


def on_record(code: str) -> Kecamatan:
    """Return a kecamatan of which something is known, so that it has a rollup row."""
    place = make_kecamatan(code)
    set_populations([PopulationFigures(place, "2025-2", 2000, 1000)], by=None)
    return place


@pytest.mark.parametrize(
    "path",
    [
        "/reports/36.03/",
        "/reports/36/",
        "/reports/ID/",
        "/reports/53/",
        "/reports/ID/?bulan=2025-01",
        "/kecamatan/36.03.30/",
    ],
)
def test_a_page_asks_at_most_eight_questions_and_writes_nothing(path: str) -> None:
    make_fault(make_set(on_record("36.03.30")))
    make_kecamatan("36.03.31")
    make_kecamatan("53.01.01")
    rollups.refresh()
    asked = queries_of(signed_in(Role.ADMIN, None), path)
    assert len(asked) <= 8
    assert [sql for sql in asked if not sql.lstrip("(").startswith("SELECT")] == []


# Real codes have two digits; letters make room for 200 children of one parent.
TWO_HUNDRED = [f"{tens}{ones}" for tens in "0123456789ABCDEFGHIJ" for ones in "0123456789"]


@pytest.mark.parametrize(("path", "child"), [("/reports/36/", "36.{}.01"), ("/reports/36.03/", "36.03.{}")])
def test_the_number_of_queries_does_not_grow_from_1_to_200_children(path: str, child: str) -> None:
    first, *others = TWO_HUNDRED
    on_record(child.format(first))
    rollups.refresh()
    client = signed_in(Role.ADMIN, None)
    few = len(queries_of(client, path))
    for code in others:
        on_record(child.format(code))
    rollups.refresh()
    assert len(queries_of(client, path)) == few
    assert len(client.get(path).context["children"]) == 200


def test_the_number_of_queries_does_not_grow_with_sets_and_tickets() -> None:
    place = make_kecamatan("36.03.30")
    make_fault(make_set(place, "1", kinds=["server"]))
    client = signed_in(Role.OPERATOR, place)
    few = len(queries_of(client, "/kecamatan/36.03.30/"))
    for number in range(2, 12):
        make_fault(make_set(place, str(number), kinds=["server", "camera"]), "camera")
    assert len(queries_of(client, "/kecamatan/36.03.30/")) == few
