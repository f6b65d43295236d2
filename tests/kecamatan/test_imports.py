from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from kecamatan.models import Event, Kabupaten, Kecamatan, Population, Recording, TargetRule
from tests.factories import make_dinas, make_kecamatan, marks
from tests.importing import import_text, imported, refused

pytestmark = pytest.mark.django_db

NOW = datetime(2012, 5, 10, 3, tzinfo=UTC)
POPULATION = "kode;semester;penduduk;wajib_ktp;sudah_rekam"
RECORDINGS = "kode;tanggal;di;rekam;cetak;kendala"
TARGETS = "kode;mulai;persen;jumlah"


@pytest.fixture(autouse=True)
def _may_2012() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def sepatan() -> Kecamatan:
    make_dinas("36.03")
    make_kecamatan("36.03.29", "Kecamatan Sukamulya")
    return make_kecamatan("36.03.30", "Kecamatan Sepatan Timur")


def populations() -> list[tuple[str, str, int, int, int | None]]:
    rows = Population.objects.order_by("kecamatan__code", "semester")
    return list(rows.values_list("kecamatan__code", "semester", "population", "eligible", "recorded_total"))


def recordings() -> list[tuple[str, date, str, bool, int, int | None, str]]:
    rows = Recording.objects.order_by("kecamatan__code", "day", "place__code", "by_mobile_unit")
    names = ("kecamatan__code", "day", "place__code", "by_mobile_unit", "recorded", "printed", "hindrance")
    return list(rows.values_list(*names))


# --- regions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("36.03.99", "Tidak ada kecamatan 36.03.99. Periksa kodenya pada daftar Kemendagri."),
        ("36.03", "36.03 bukan kode kecamatan. Tulis lengkap, misalnya 36.03.30."),
        ("36.03.00", "36.03.00 adalah dinas. Untuk dinas, tulis kode kabupatennya: 36.03."),
        ("36.3.30", "“36.3.30” bukan kode wilayah. Tulis kode Kemendagri dengan titik, misalnya 36.03.30."),
    ],
)
def test_unknown_region_is_refused(code: str, reason: str) -> None:
    assert refused("population", POPULATION, f"{code};2011-2;10;5;") == [f"Baris 2, kolom kode: {reason}"]


def test_closed_region_is_refused(sepatan: Kecamatan) -> None:
    Kecamatan.objects.filter(pk=sepatan.pk).update(closed_on=date(2012, 2, 1))
    reason = "Kecamatan Sepatan Timur (36.03.30) ditutup pada 01/02/2012. Pakai kode penggantinya."
    assert refused("population", POPULATION, "36.03.30;2011-2;10;5;") == [f"Baris 2, kolom kode: {reason}"]


# --- population ------------------------------------------------------------------------------------------------


def test_population_is_added_and_updated() -> None:
    assert imported("population", POPULATION, "36.03.30;2011-2;100;70;60") == (1, 0, 0)
    assert imported("population", POPULATION, "36.03.30;2011-2;100;70;60") == (0, 0, 1)
    assert imported("population", POPULATION, "36.03.30;2011-2;101;70;60") == (0, 1, 0)
    assert populations() == [("36.03.30", "2011-2", 101, 70, 60)]


def test_population_without_recorded_stays_unknown_or_as_known() -> None:
    assert imported("population", "kode,semester,penduduk,wajib_ktp", "36.03.30,2011-2,100,70") == (1, 0, 0)
    assert populations() == [("36.03.30", "2011-2", 100, 70, None)]
    imported("population", POPULATION, "36.03.30;2011-2;100;70;60")
    assert imported("population", "kode,semester,penduduk,wajib_ktp", "36.03.30,2011-2,100,70") == (0, 0, 1)
    assert populations() == [("36.03.30", "2011-2", 100, 70, 60)]


def test_coverage_above_eligible_is_kept() -> None:
    imported("population", POPULATION, "36.03.30;2011-2;100;70;75")
    assert populations() == [("36.03.30", "2011-2", 100, 70, 75)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("36.03.30;2012-1;10;5;", "kolom semester: Semester 2012-1 belum berakhir. Periksa tahunnya."),
        (
            "36.03.30;2008-2;10;5;",
            "kolom semester: 01/01/2008 sebelum tahun 2009, ketika KTP-el belum ada. Periksa tahunnya.",
        ),
        ("36.03.30;2011-2;10;15;", "kolom wajib_ktp: 15 melebihi penduduk (10). Periksa angkanya."),
        ("36.03.30;2011-2;10;5;11", "kolom sudah_rekam: 11 melebihi penduduk (10). Periksa angkanya."),
        ("36.03.30;2011-2;-1;5;", "kolom penduduk: -1 tidak boleh negatif. Tulis 0 atau lebih."),
    ],
)
def test_impossible_population_is_refused(row: str, reason: str) -> None:
    assert refused("population", POPULATION, row) == [f"Baris 2, {reason}"]
    assert populations() == []


# --- targets ---------------------------------------------------------------------------------------------------


def targets() -> list[tuple[str | None, str | None, date, Decimal | None, int | None]]:
    names = ("kabupaten__code", "kecamatan__code", "starts_on", "percent", "count")
    return list(TargetRule.objects.order_by("starts_on", "pk").values_list(*names))


def test_targets_of_both_levels_and_an_end() -> None:
    lines = (TARGETS, "36.03;2012-04;15;", "36.03.30;2012-04;;200", "36.03;2012-07;;")
    assert imported("targets", *lines) == (3, 0, 0)
    assert imported("targets", *lines) == (0, 0, 3)
    assert targets() == [
        ("36.03", None, date(2012, 4, 1), Decimal(15), None),
        (None, "36.03.30", date(2012, 4, 1), None, 200),
        ("36.03", None, date(2012, 7, 1), None, None),
    ]


def test_target_is_changed() -> None:
    imported("targets", TARGETS, "36.03;2012-04;15;")
    assert imported("targets", TARGETS, "36.03;2012-04;12,5;") == (0, 1, 0)
    assert targets() == [("36.03", None, date(2012, 4, 1), Decimal("12.5"), None)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("36.03;2012-04;15;10", "kolom jumlah: Isi persen atau jumlah, jangan keduanya."),
        ("36.03;2012-04;150;", "kolom persen: 150 melebihi 100 persen. Periksa angkanya."),
        ("36;2012-04;15;", "kolom kode: 36 bukan kode kecamatan. Tulis lengkap, misalnya 36.03.30."),
        ("36.03;04/2012;15;", "kolom mulai: “04/2012” bukan bulan. Tulis tahun dan bulan, misalnya 2012-04."),
    ],
)
def test_impossible_target_is_refused(row: str, reason: str) -> None:
    assert refused("targets", TARGETS, row) == [f"Baris 2, {reason}"]


# --- recordings ------------------------------------------------------------------------------------------------


def test_recordings_by_place() -> None:
    lines = (
        RECORDINGS,
        "36.03.30;2012-04-02;;15;3;",
        "36.03.30;02/04/2012;36.03.29;4;;",
        "36.03.30;2012-04-02;36.03;5;;",
        "36.03.30;2012-04-02;unit keliling;6;;",
        "36.03.30;2012-04-03;;0;;Sepi",
        "36.03;2012-04-03;;2;;",
    )
    assert imported("recordings", *lines) == (6, 0, 0)
    assert imported("recordings", *lines) == (0, 0, 6)
    first, second = date(2012, 4, 2), date(2012, 4, 3)
    assert recordings() == [
        ("36.03.00", second, "36.03.00", False, 2, None, ""),
        ("36.03.30", first, "36.03.00", False, 5, None, ""),
        ("36.03.30", first, "36.03.29", False, 4, None, ""),
        ("36.03.30", first, "36.03.30", False, 15, 3, ""),
        ("36.03.30", first, "36.03.30", True, 6, None, ""),
        ("36.03.30", second, "36.03.30", False, 0, None, "nobody_came"),
    ]


def test_correction_keeps_what_it_does_not_name() -> None:
    imported("recordings", RECORDINGS, "36.03.30;2012-04-02;;15;3;jaringan")
    assert imported("recordings", "kode,tanggal,rekam", "36.03.30,2012-04-02,16") == (0, 1, 0)
    assert recordings() == [("36.03.30", date(2012, 4, 2), "36.03.30", False, 16, 3, "network")]
    before = {"recorded": 15, "printed": 3, "hindrance": "network"}
    assert [event.data["before"] for event in Event.objects.filter(action="correct")] == [before]


def test_recordings_mark_their_months() -> None:
    imported("recordings", RECORDINGS, "36.03.30;2012-04-02;;15;;")
    assert marks() == [("36.03.30", "2012-04")]


def test_own_code_as_place_is_the_own_office() -> None:
    lines = (RECORDINGS, "36.03.30;2012-04-02;;15;;", "36.03.30;2012-04-02;36.03.30;15;;")
    assert refused("recordings", *lines) == ["Baris 3: Baris ini sama kuncinya dengan baris 2. Sisakan satu."]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("36.03.30;2012-05-11;;1;;", "kolom tanggal: 11/05/2012 belum tiba. Tulis hari yang sudah lewat."),
        (
            "36.03.30;2008-05-11;;1;;",
            "kolom tanggal: 11/05/2008 sebelum tahun 2009, ketika KTP-el belum ada. Periksa tahunnya.",
        ),
        ("36.03.30;2012-05-01;;-1;;", "kolom rekam: -1 tidak boleh negatif. Tulis 0 atau lebih."),
        (
            "36.03.30;2012-05-01;;101;;",
            "kolom rekam: 101 melebihi penduduk Kecamatan Sepatan Timur (100). Periksa angkanya.",
        ),
        (
            "36.03.30;2012-05-01;;1;101;",
            "kolom cetak: 101 melebihi penduduk Kecamatan Sepatan Timur (100). Periksa angkanya.",
        ),
        (
            "36.03.30;2012-05-01;36.03.98;1;;",
            "kolom di: Tidak ada kecamatan 36.03.98. Periksa kodenya pada daftar Kemendagri.",
        ),
        (
            "36.03.30;2012-05-01;;1.738;;",
            "kolom rekam: “1.738” bisa berarti dua hal. Tulis tanpa pemisah ribuan, misalnya 1738.",
        ),
        ("36.03.30;2012-05-01;;;;", "kolom rekam: Wajib diisi."),
    ],
)
def test_impossible_recording_is_refused(row: str, reason: str) -> None:
    imported("population", POPULATION, "36.03.30;2011-2;100;70;60")
    assert refused("recordings", RECORDINGS, row) == [f"Baris 2, {reason}"]
    assert recordings() == []


def test_today_is_the_day_of_the_place() -> None:
    make_kecamatan("91.03.01")
    with time_machine.travel(datetime(2012, 5, 10, 15, 30, tzinfo=UTC), tick=False):
        assert imported("recordings", RECORDINGS, "91.03.01;2012-05-11;;1;;") == (1, 0, 0)
        assert refused("recordings", RECORDINGS, "36.03.30;2012-05-11;;1;;") == [
            "Baris 2, kolom tanggal: 11/05/2012 belum tiba. Tulis hari yang sudah lewat."
        ]


def test_dry_run_counts_and_writes_nothing() -> None:
    result = import_text("recordings", RECORDINGS, "36.03.30;2012-04-02;;15;;", dry_run=True)
    assert (result.ok, result.added, result.rows) == (True, 1, 1)
    assert (recordings(), marks(), Kabupaten.objects.count()) == ([], [], 1)
