"""The page of a kabupaten, a province and the nation: every figure with its unit and its completeness."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role
from devices.register import confirm_inventory
from kecamatan.duty import (
    PopulationFigures,
    set_populations,
)
from kecamatan.models import Kabupaten, Kecamatan
from kecamatan.priorities import set_priorities
from reports import rollups
from tests.factories import (
    make_fault,
    make_kabupaten,
    make_kecamatan,
    make_set,
    moment,
)
from tests.reports.region_world import signed_in, tiles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


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
    # Who serves by the records, and was last heard from on 2 March, is no mark that works.
    assert head.marks == ["limited", "silent", "no_report"]
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
        "Komponen tidak ada": ("belum diketahui", "", "nil", False),
        "Tiket terbuka": ("1", "tiket", "", False),
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
        ("Baik", "Tanpa kabar", "1.100", "100", "110,0%", "1.100,0%"),
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
        ("mampu", ["Baik", "Cukup", "Diam", "Dinas 36.03"]),
        ("-mampu", ["Cukup", "Baik", "Diam", "Dinas 36.03"]),
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
        "Tiket terbuka": ("0", "tiket", "", False),
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
