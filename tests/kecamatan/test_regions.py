"""Regions: the whole country once from the package, and small lists for what changes between two syncs."""

from __future__ import annotations

from datetime import date
from io import StringIO
from math import asin, cos, radians, sin, sqrt
from statistics import median
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from kecamatan.models import Event, Kabupaten, Kecamatan, Province
from kecamatan.regions import (
    LevelResult,
    SyncResult,
    display_name,
    package_regions,
    plan,
    read_coordinates,
    sync_regions,
    time_zone_of,
)
from lib.errors import Refused

TODAY = date(2026, 3, 2)
LATER = date(2026, 9, 1)

REGIONS = {
    "36": "Banten",
    "36.03": "Kabupaten Tangerang",
    "36.03.16": "Sepatan",
    "36.03.30": "Sepatan Timur",
    "71": "Sulawesi Utara",
    "71.10": "Kabupaten Bolaang Mongondow Timur",
    "71.10.02": "Nuangan",
}
POINTS = {"36.03.16": (-6.12, 106.57), "36.03.30": (-6.1, 106.6), "71.10.02": (0.6, 124.7)}


def level(total: int, **counts: int) -> LevelResult:
    none = {"added": 0, "renamed": 0, "moved": 0, "located": 0, "closed": 0, "reopened": 0}
    return LevelResult(total=total, **{**none, **counts})


def without(*codes: str) -> dict[str, str]:
    return {code: name for code, name in REGIONS.items() if code not in codes}


def writes_of(captured: CaptureQueriesContext) -> list[str]:
    verbs = ("INSERT", "UPDATE", "DELETE")
    return [query["sql"] for query in captured.captured_queries if query["sql"].startswith(verbs)]


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    (lat_a, lon_a), (lat_b, lon_b) = (tuple(map(radians, point)) for point in (a, b))
    chord = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 12742 * asin(sqrt(chord))


class TestNation(TestCase):
    """The installed package, synced once."""

    result: SyncResult

    @classmethod
    def setUpTestData(cls) -> None:
        cls.result = sync_regions(today=TODAY)

    def test_everything_is_added(self) -> None:
        assert self.result == SyncResult(
            provinces=level(38, added=38),
            kabupaten=level(514, added=514),
            kecamatan=level(7285, added=7285),
            dinas=level(514, added=514),
        )
        assert self.result.reports_differ is False

    def test_counts_in_the_database(self) -> None:
        assert Province.objects.filter(closed_on=None).count() == 38
        assert Kabupaten.objects.filter(closed_on=None).count() == 514
        assert Kecamatan.objects.filter(closed_on=None, kind="kecamatan").count() == 7285
        assert Kecamatan.objects.filter(closed_on=None, kind="dinas").count() == 514

    def test_counts_of_the_stories(self) -> None:
        kecamatan = Kecamatan.objects.filter(kind="kecamatan")
        by_kabupaten = {
            code: kecamatan.filter(kabupaten__code=code).count() for code in ("36.03", "12.71", "35.26", "71.10")
        }
        assert by_kabupaten == {"36.03": 29, "12.71": 21, "35.26": 18, "71.10": 7}
        assert kecamatan.filter(kabupaten__province__code="61").count() == 174
        assert Kabupaten.objects.filter(province__code="61").count() == 14

    def test_time_zones(self) -> None:
        zones = dict.fromkeys(Province.Zone.values, "")
        for code, zone in Province.objects.values_list("code", "time_zone"):
            zones[zone] += f" {code}"
        assert zones == {
            "Asia/Jakarta": " 11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62",
            "Asia/Makassar": " 51 52 53 63 64 65 71 72 73 74 75 76",
            "Asia/Jayapura": " 81 82 91 92 93 94 95 96",
        }

    def test_names_of_provinces_and_kabupaten(self) -> None:
        names = dict(Province.objects.values_list("code", "name")) | dict(Kabupaten.objects.values_list("code", "name"))
        expected = {
            "31": "DKI Jakarta",
            "34": "DI Yogyakarta",
            "61": "Kalimantan Barat",
            "12.71": "Kota Medan",
            "31.01": "Kabupaten Administrasi Kepulauan Seribu",
            "31.71": "Kota Administrasi Jakarta Pusat",
            "36.03": "Kabupaten Tangerang",
            "36.71": "Kota Tangerang",
            "71.09": "Kabupaten Kepulauan Siau Tagulandang Biaro",
            "73.10": "Kabupaten Pangkajene dan Kepulauan",
        }
        assert {code: names[code] for code in expected} == expected

    def test_names_of_kecamatan_and_dinas(self) -> None:
        names = dict(Kecamatan.objects.values_list("code", "name"))
        expected = {
            "11.17.07": "Kecamatan Timang Gajah",
            "13.05.04": "Kecamatan 2 X 11 Anam Lingkuang",
            "13.05.05": "Kecamatan VII Koto",
            "36.03.30": "Kecamatan Sepatan Timur",
            "36.03.00": "Dinas Kabupaten Tangerang",
            "53.02.10": "Kecamatan Ki'e",
            "62.04.05": "Kecamatan Gunung Bintang Awai",
            "91.03.01": "Distrik Sentani",
            "96.71.00": "Dinas Kota Sorong",
        }
        assert {code: names[code] for code in expected} == expected

    def test_only_papua_has_distrik(self) -> None:
        provinces = Kecamatan.objects.filter(name__startswith="Distrik ").values_list("kabupaten__province__code")
        assert sorted({code for (code,) in provinces}) == ["91", "92", "93", "94", "95", "96"]
        assert Kecamatan.objects.filter(kabupaten__province__code__gte="91", name__startswith="Kecamatan ").count() == 0

    def test_every_place_lies_where_its_code_says(self) -> None:
        kabupaten = Kabupaten.objects.values_list("code", "province__code")
        assert [code for code, parent in kabupaten if code[:2] != parent] == []
        places = Kecamatan.objects.values_list("code", "kabupaten__code")
        assert [code for code, parent in places if code[:5] != parent] == []

    def test_every_kecamatan_has_a_point_and_no_dinas_has(self) -> None:
        located = Kecamatan.objects.exclude(latitude=None).exclude(longitude=None)
        assert located.filter(kind="kecamatan").count() == 7285
        assert located.filter(kind="dinas").count() == 0

    def test_second_run_writes_nothing(self) -> None:
        with CaptureQueriesContext(connection) as captured:
            result = sync_regions(today=LATER)
        assert writes_of(captured) == []
        # One reading query for each level and one for the names of the agencies, and the two ends of the savepoint.
        assert len(captured) == 7
        assert result == SyncResult(provinces=level(38), kabupaten=level(514), kecamatan=level(7285), dinas=level(514))
        assert Event.objects.count() == 0

    def test_command_prints_a_line_for_each_level(self) -> None:
        Kabupaten.objects.filter(code="36.03").update(name="Tangerang", closed_on=TODAY)
        out = StringIO()
        call_command("sync_regions", stdout=out)
        assert out.getvalue().splitlines() == [
            "38 provinsi: 0 baru, 0 ganti nama, 0 ditutup",
            "514 kabupaten/kota: 0 baru, 1 ganti nama, 0 ditutup, 1 dibuka lagi",
            "7.285 kecamatan: 0 baru, 0 ganti nama, 0 ditutup",
            "514 dinas: 0 baru, 0 ganti nama, 0 ditutup",
        ]
        out = StringIO()
        call_command("sync_regions", stdout=out)
        unchanged = "Wilayah tidak berubah: 38 provinsi, 514 kabupaten/kota, 7.285 kecamatan, 514 dinas\n"
        assert out.getvalue() == unchanged


def test_points_fit_the_codes_of_the_package() -> None:
    kecamatan = {code for code in package_regions() if code.count(".") == 2}
    assert set(read_coordinates()) == kecamatan


def test_points_lie_inside_indonesia_and_none_twice() -> None:
    points = read_coordinates()
    outside = {code for code, (lat, lon) in points.items() if not (-11.1 <= lat <= 6.3 and 94.7 <= lon <= 141.1)}
    assert outside == set()
    assert len(set(points.values())) == 7285


def test_points_lie_near_the_rest_of_their_kabupaten() -> None:
    points = read_coordinates()
    by_kabupaten: dict[str, list[tuple[float, float]]] = {}
    for code, point in points.items():
        by_kabupaten.setdefault(code[:5], []).append(point)
    centres = {
        code: (median(lat for lat, _ in group), median(lon for _, lon in group)) for code, group in by_kabupaten.items()
    }
    far = {code for code, point in points.items() if distance_km(point, centres[code[:5]]) > 260}
    # Tambelan and Liukang Tangaya are islands in the open sea, indeed that far from their kabupaten.
    assert far == {"21.01.09", "73.10.01"}


def test_kota_medan_is_where_it_is() -> None:
    points = [point for code, point in read_coordinates().items() if code.startswith("12.71.")]
    assert max(distance_km(point, (3.595, 98.672)) for point in points) < 25


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("31", "Daerah Khusus Ibukota Jakarta", "DKI Jakarta"),
        ("61", "Kalimantan Barat", "Kalimantan Barat"),
        ("73.10", "Kabupaten Pangkajene dan Kepulauan", "Kabupaten Pangkajene dan Kepulauan"),
        ("12.23.06", "Na IX-X", "Kecamatan Na IX-X"),
        ("16.05.10", "STL Ulu Terawas", "Kecamatan STL Ulu Terawas"),
        ("53.02.20", "Kot olin", "Kecamatan Kot Olin"),
        ("96.03.01", "Misool (Misool Utara)", "Distrik Misool (Misool Utara)"),
    ],
)
def test_display_name(code: str, name: str, expected: str) -> None:
    assert display_name(code, name) == expected


def test_time_zone_of_a_province_to_come() -> None:
    assert [time_zone_of(code) for code in ("22", "66", "77", "97")] == [
        "Asia/Jakarta",
        "Asia/Makassar",
        "Asia/Makassar",
        "Asia/Jayapura",
    ]


def test_plan_names_only_what_differs() -> None:
    existing: dict[str, dict[str, Any]] = {
        "36": {"name": "Banten", "closed_on": None},
        "71": {"name": "Sulut", "closed_on": None},
        "72": {"name": "Sulawesi Tengah", "closed_on": None},
        "73": {"name": "Sulawesi Selatan", "closed_on": TODAY},
        "74": {"name": "Sulawesi Tenggara", "closed_on": TODAY},
    }
    wanted = {
        code: {"name": name, "closed_on": None}
        for code, name in {
            "36": "Banten",
            "71": "Sulawesi Utara",
            "74": "Sulawesi Tenggara",
            "75": "Gorontalo",
        }.items()
    }
    steps = plan(existing, wanted, today=LATER)
    assert steps.added == {"75": {"name": "Gorontalo", "closed_on": None}}
    assert steps.changed == {
        "71": {"name": "Sulawesi Utara"},
        "72": {"closed_on": LATER},
        "74": {"closed_on": None},
    }


@pytest.mark.django_db
class TestChanges:
    """A small list, and what differs the second time."""

    @pytest.fixture(autouse=True)
    def _first_sync(self) -> None:
        sync_regions(REGIONS, POINTS, today=TODAY)

    def test_vanished_kecamatan_is_closed_once(self) -> None:
        assert sync_regions(without("36.03.30"), POINTS, today=LATER).kecamatan == level(2, closed=1)
        closed = Kecamatan.objects.get(code="36.03.30")
        assert (closed.closed_on, closed.name, closed.latitude) == (LATER, "Kecamatan Sepatan Timur", -6.1)
        again = sync_regions(without("36.03.30"), POINTS, today=date(2027, 1, 4))
        assert again.kecamatan == level(2)
        closed.refresh_from_db()
        assert closed.closed_on == LATER

    def test_closed_kecamatan_is_reopened_as_the_same_row(self) -> None:
        pk = Kecamatan.objects.get(code="36.03.30").pk
        sync_regions(without("36.03.30"), POINTS, today=LATER)
        result = sync_regions(REGIONS, POINTS, today=date(2027, 1, 4))
        assert result.kecamatan == level(3, reopened=1)
        assert result.reports_differ is False
        assert Kecamatan.objects.filter(closed_on=None).get(code="36.03.30").pk == pk

    def test_vanished_province_closes_all_below_it(self) -> None:
        result = sync_regions(without("71", "71.10", "71.10.02"), POINTS, today=LATER)
        assert result == SyncResult(
            provinces=level(1, closed=1),
            kabupaten=level(1, closed=1),
            kecamatan=level(2, closed=1),
            dinas=level(1, closed=1),
        )
        assert Province.objects.get(code="71").closed_on == LATER
        assert set(Kecamatan.objects.exclude(closed_on=None).values_list("code", flat=True)) == {
            "71.10.02",
            "71.10.00",
        }

    def test_rename_reaches_the_dinas_and_leaves_events(self) -> None:
        result = sync_regions({**REGIONS, "36.03": "Kabupaten Tangerang Raya"}, POINTS, today=LATER)
        assert (result.kabupaten, result.dinas) == (level(2, renamed=1), level(2, renamed=1))
        assert result.reports_differ is False
        dinas = Kecamatan.objects.get(code="36.03.00")
        assert dinas.name == "Dinas Kabupaten Tangerang Raya"
        event = Event.objects.get(kecamatan=dinas)
        assert (event.subject, event.action, event.by) == (f"kecamatan:{dinas.pk}", "sync_regions", None)
        assert event.data == {
            "before": {"name": "Dinas Kabupaten Tangerang"},
            "after": {"name": "Dinas Kabupaten Tangerang Raya"},
        }
        assert Event.objects.count() == 2

    def test_kecamatan_under_a_wrong_parent_moves_back(self) -> None:
        Kecamatan.objects.filter(code="36.03.30").update(kabupaten=Kabupaten.objects.get(code="71.10"))
        result = sync_regions(REGIONS, POINTS, today=LATER)
        assert result.kecamatan == level(3, moved=1)
        assert result.reports_differ is True
        assert Kecamatan.objects.get(code="36.03.30").kabupaten.code == "36.03"

    def test_split_adds_new_codes_and_closes_the_old(self) -> None:
        split = {**without("36.03.30"), "36.09": "Kabupaten Tangerang Utara", "36.09.01": "Sepatan Timur"}
        result = sync_regions(split, POINTS, today=LATER)
        assert (result.kabupaten, result.dinas) == (level(3, added=1), level(3, added=1))
        assert result.kecamatan == level(3, added=1, closed=1)
        assert result.reports_differ is True
        assert Kecamatan.objects.get(code="36.09.00").name == "Dinas Kabupaten Tangerang Utara"
        assert Kecamatan.objects.get(code="36.09.01").latitude is None

    def test_point_of_the_file_wins_and_a_missing_one_is_kept(self) -> None:
        Kecamatan.objects.update(priority_rank=2)
        moved = {"36.03.16": (-6.13, 106.58)}
        assert sync_regions(REGIONS, moved, today=LATER).kecamatan == level(3, located=1)
        rows = dict(Kecamatan.objects.filter(kind="kecamatan").values_list("code", "latitude"))
        assert rows == {"36.03.16": -6.13, "36.03.30": -6.1, "71.10.02": 0.6}
        assert Kecamatan.objects.filter(priority_rank=2).count() == 5

    def test_time_zone_set_wrong_by_hand_is_mended(self) -> None:
        Province.objects.filter(code="71").update(time_zone="Asia/Jakarta")
        result = sync_regions(REGIONS, POINTS, today=LATER)
        assert result.provinces == level(2, located=1)
        assert result.reports_differ is True
        assert Province.objects.get(code="71").time_zone == "Asia/Makassar"

    def test_empty_list_is_refused(self) -> None:
        with pytest.raises(Refused) as refusal:
            sync_regions({}, POINTS, today=LATER)
        assert refusal.value.message == "Daftar wilayah kosong; tidak ada yang diubah."
        assert Kecamatan.objects.filter(closed_on=None).count() == 5

    def test_place_without_its_parent_is_refused(self) -> None:
        with pytest.raises(Refused) as refusal:
            sync_regions(without("36.03"), POINTS, today=LATER)
        assert refusal.value.message == "Wilayah tanpa induk dalam daftar: 36.03.16, 36.03.30."
        assert Kabupaten.objects.filter(closed_on=None).count() == 2
