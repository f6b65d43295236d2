from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from accounts.models import User
from devices.models import RecordingSet
from kecamatan.models import Kabupaten, Kecamatan, Province
from repairs.arrangements import void_arrangement
from repairs.causes import state_cause
from repairs.imports import client_key
from repairs.losses import standing, void_loss
from repairs.models import Arrangement, LostRecords, Outage, Ticket
from repairs.outages import void_outage
from repairs.tickets import void_ticket
from tests.factories import device_of, make_device, make_dinas, make_fault, make_kecamatan, make_set, moment
from tests.importing import import_text, imported, refused

FAULTS = "kode;set;jenis;nomor_seri;rusak_sejak;pulih;penyebab;kepastian;dampak;jalur;biaya;keterangan"
OUTAGES = "kode;mulai;penyebab;selesai;kepastian;dampak;keterangan"
LOSSES = "kode;tanggal;jumlah;penyebab;kepastian;direkam_ulang;direkam_ulang_pada;keterangan"
ARRANGEMENTS = "kode;jenis;mulai;selesai;tuan_rumah"
NIK = "Ada 16 angka yang tampak seperti NIK. Data warga tidak boleh disimpan di sini: hapus nomornya."

Span = tuple[datetime, datetime | None]


def test_keys_of_imported_rows_never_change() -> None:
    assert str(client_key("faults", "36.03.30", "1")) == "d453dc08-a683-550e-8acd-f921649648c3"


# --- faults ----------------------------------------------------------------------------------------------------


def fault() -> Ticket:
    return Ticket.objects.get()


def test_lasting_fault_without_serial(recording_set: RecordingSet) -> None:
    line = "36.03.30;1;server;;2026-04-09 09:30;;petir;;;;;Tersambar petir"
    assert imported("faults", FAULTS, line) == (1, 0, 0)
    assert imported("faults", FAULTS, line) == (0, 0, 1)
    ticket = fault()
    assert (ticket.device, ticket.failed_at) == (device_of(recording_set), moment("2026-04-09 02:30"))
    assert (ticket.status, ticket.channel, ticket.reported_at) == ("reported", "import", ticket.failed_at)
    assert (ticket.cause, ticket.certainty, ticket.effect) == ("lightning", "suspected", "stopped")
    assert (ticket.route, ticket.cost, ticket.note) == ("", None, "Tersambar petir")


def test_fault_that_is_over_is_born_closed(recording_set: RecordingSet) -> None:
    serial = device_of(recording_set, "camera").serial
    line = f"36.03.30;1;kamera;{serial};2026-04-09;2026-04-24;Usia pakai;pasti;terbatas;teknisi pusat;250000;"
    assert imported("faults", FAULTS, line) == (1, 0, 0)
    assert imported("faults", FAULTS, line) == (0, 0, 1)
    ticket = fault()
    assert (ticket.status, ticket.restored_at) == ("closed", moment("2026-04-23 17:00"))
    assert (ticket.cause, ticket.certainty, ticket.effect) == ("wear", "certain", "limited")
    assert (ticket.route, ticket.cost) == ("centre_team", Decimal(250_000))


def test_known_fault_is_updated_by_what_is_named(recording_set: RecordingSet) -> None:
    imported("faults", FAULTS, "36.03.30;1;server;;2026-04-09;;petir;diduga;;lokal;;Lama")
    line = "36.03.30;1;server;;2026-04-09;2026-04-12;petir;pasti;terbatas;penyedia;100;"
    assert imported("faults", FAULTS, line) == (0, 1, 0)
    assert imported("faults", FAULTS, line) == (0, 0, 1)
    ticket = fault()
    assert (ticket.status, ticket.restored_at) == ("closed", moment("2026-04-11 17:00"))
    assert (ticket.certainty, ticket.effect, ticket.route) == ("certain", "limited", "vendor")
    assert (ticket.cost, ticket.note) == (Decimal(100), "Lama")


def test_word_of_the_staff_survives_the_old_file(recording_set: RecordingSet, staff: User) -> None:
    lines = (FAULTS, "36.03.30;1;server;;2026-04-09;;petir;;;;;")
    imported("faults", *lines)
    state_cause(fault(), cause="dirt", certainty="certain", by=staff)
    assert imported("faults", *lines) == (0, 0, 1)
    assert (fault().cause, fault().certainty) == ("dirt", "certain")


def test_fault_that_people_reported_is_the_same_fault(recording_set: RecordingSet) -> None:
    make_fault(recording_set, failed_at=moment("2026-04-08 17:00"))
    assert imported("faults", FAULTS, "36.03.30;1;server;;2026-04-09;;petir;;;;;") == (0, 1, 0)
    assert fault().cause == "lightning"


def test_voided_fault_stays_voided(recording_set: RecordingSet) -> None:
    lines = (FAULTS, "36.03.30;1;server;;2026-04-09;;petir;;;;;")
    imported("faults", *lines)
    void_ticket(fault(), version=fault().version, by=None, reason="Salah alat")
    assert imported("faults", *lines) == (0, 0, 1)
    assert fault().counts is False


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            "36.03.30;2;server;;2026-04-09;;petir;;;;;",
            "kolom set: Kecamatan Sepatan Timur tidak punya set 2. Impor dulu alatnya.",
        ),
        (
            "36.03.30;1;genset;;2026-04-09;;petir;;;;;",
            "kolom jenis: Set 1 Kecamatan Sepatan Timur tidak punya Genset pada waktu itu. "
            "Periksa jenis dan tanggalnya, atau impor dulu alatnya.",
        ),
        (
            "36.03.30;1;server;;2025-04-09;;petir;;;;;",
            "kolom jenis: Set 1 Kecamatan Sepatan Timur tidak punya Server pada waktu itu. "
            "Periksa jenis dan tanggalnya, atau impor dulu alatnya.",
        ),
        (
            "36.03.30;1;server;XYZ;2026-04-09;;petir;;;;;",
            "kolom nomor_seri: Set 1 Kecamatan Sepatan Timur tidak punya Server bernomor seri XYZ pada waktu itu. "
            "Periksa nomor, atau impor dulu alatnya.",
        ),
        (
            "36.03.30;1;server;;2026-04-09;2026-04-08;petir;;;;;",
            "kolom pulih: Harus sesudah rusak_sejak. Periksa keduanya.",
        ),
        (
            "36.03.30;1;server;;2026-04-09;2026-04-09;petir;;;;;",
            "kolom pulih: Harus sesudah rusak_sejak. Periksa keduanya.",
        ),
        (
            "36.03.30;1;server;;2026-11-20 11:00;;petir;;;;;",
            "kolom rusak_sejak: 20/11/2026 11.00 belum tiba. Tulis waktu yang sudah lewat.",
        ),
        ("36.03.30;1;server;;2026-04-09;;petir;;;;;3603300101900001", f"kolom keterangan: {NIK}"),
        ("36.03.30;1;server;;2026-04-09;;;;;;;", "kolom penyebab: Wajib diisi."),
        (
            "36.03.30;1;server;;2026-04-09;;petir;;;;1.500.000;",
            "kolom biaya: “1.500.000” bisa berarti dua hal. Tulis tanpa pemisah ribuan, misalnya 1500000.",
        ),
        (
            "36.03.30;1;server;;10/25/2026;;petir;;;;;",
            "kolom rusak_sejak: “10/25/2026” bukan tanggal yang ada. "
            "Tulis DD/MM/YYYY, misalnya 28/10/2021, atau 2021-10-28.",
        ),
    ],
)
def test_impossible_fault_is_refused(recording_set: RecordingSet, row: str, reason: str) -> None:
    assert refused("faults", FAULTS, row) == [f"Baris 2, {reason}"]
    assert not Ticket.objects.exists()


def test_serial_is_needed_where_a_set_had_two(recording_set: RecordingSet) -> None:
    make_device(recording_set, "server")
    assert refused("faults", FAULTS, "36.03.30;1;server;;2026-04-09;;petir;;;;;") == [
        "Baris 2, kolom nomor_seri: Set 1 Kecamatan Sepatan Timur punya 2 Server pada waktu itu. "
        "Sebutkan nomor serinya."
    ]


def test_second_fault_within_a_first_is_refused(recording_set: RecordingSet) -> None:
    imported("faults", FAULTS, "36.03.30;1;server;;2026-04-09;;petir;;;;;")
    number = fault().number
    assert refused("faults", FAULTS, "36.03.30;1;server;;2026-05-01;;petir;;;;;") == [
        f"Baris 2, kolom rusak_sejak: {fault().device} sudah tercatat rusak atau tidak ada saat itu: tiket {number}."
    ]


def test_same_device_with_and_without_serial_is_a_duplicate(recording_set: RecordingSet) -> None:
    serial = device_of(recording_set).serial
    rows = ("36.03.30;1;server;;2026-04-09;;petir;;;;;", f"36.03.30;1;server;{serial};09/04/2026;;petir;;;;;")
    assert refused("faults", FAULTS, *rows) == ["Baris 3: Baris ini sama kuncinya dengan baris 2. Sisakan satu."]


# --- outages ---------------------------------------------------------------------------------------------------


@pytest.fixture
def tangerang(kecamatan: Kecamatan) -> list[Kecamatan]:
    return [make_dinas("36.03"), make_kecamatan("36.03.29"), kecamatan]


def outage_spans() -> list[Span]:
    return list(Outage.objects.order_by("started_at").values_list("started_at", "ended_at"))


def test_outage_of_several_places(tangerang: list[Kecamatan]) -> None:
    lines = (OUTAGES, "36.03.30 36.03.29;2026-03-12 08:00;listrik padam;2026-03-12 16:00;pasti;berhenti;")
    assert imported("outages", *lines) == (1, 0, 0)
    assert imported("outages", *lines) == (0, 0, 1)
    outage = Outage.objects.get()
    assert [place.code for place in outage.places.order_by("code")] == ["36.03.29", "36.03.30"]
    assert (outage.cause, outage.certainty, outage.effect) == ("power_outage", "certain", "stopped")
    assert outage_spans() == [(moment("2026-03-12 01:00"), moment("2026-03-12 09:00"))]


@pytest.mark.parametrize("code", ["36.03", "36"])
def test_outage_of_a_whole_region(tangerang: list[Kecamatan], code: str) -> None:
    imported("outages", OUTAGES, f"{code};2026-03-12;server pusat;;;terbatas;")
    assert list(Outage.objects.get().places.order_by("code")) == tangerang


def test_outage_is_ended_and_corrected(tangerang: list[Kecamatan]) -> None:
    imported("outages", OUTAGES, "36.03.30;2026-03-12;jaringan;;;berhenti;")
    assert imported("outages", OUTAGES, "36.03.30;2026-03-12;jaringan;2026-03-14;;berhenti;") == (0, 1, 0)
    assert outage_spans() == [(moment("2026-03-11 17:00"), moment("2026-03-13 17:00"))]
    line = "36.03.30;2026-03-12;jaringan;2026-03-15;pasti;terbatas;Kabel putus"
    assert imported("outages", OUTAGES, line) == (0, 1, 0)
    assert imported("outages", OUTAGES, line) == (0, 0, 1)
    outage = Outage.objects.get()
    assert outage_spans() == [(moment("2026-03-11 17:00"), moment("2026-03-14 17:00"))]
    assert (outage.certainty, outage.effect, outage.note) == ("certain", "limited", "Kabel putus")


def test_two_causes_are_two_outages(tangerang: list[Kecamatan]) -> None:
    rows = ("36.03;2026-03-12;server pusat;;;terbatas;", "36.03;2026-03-12;listrik padam;;;terbatas;")
    assert imported("outages", OUTAGES, *rows) == (2, 0, 0)


def test_voided_outage_stays_voided(tangerang: list[Kecamatan]) -> None:
    lines = (OUTAGES, "36.03.30;2026-03-12;jaringan;;;berhenti;")
    imported("outages", *lines)
    outage = Outage.objects.get()
    void_outage(outage, version=outage.version, by=None, reason="Tidak terjadi")
    assert imported("outages", *lines) == (0, 0, 1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            "36.03.30 71.10.01;2026-03-12;jaringan;;;berhenti;",
            "kolom kode: Wilayah ini ada di zona waktu yang berbeda. Tulis satu baris per zona.",
        ),
        (
            "99;2026-03-12;jaringan;;;berhenti;",
            "kolom kode: Tidak ada provinsi 99. Periksa kodenya pada daftar Kemendagri.",
        ),
        ("36.03.30;2026-03-12;jaringan;2026-03-11;;berhenti;", "kolom selesai: Harus sesudah mulai. Periksa keduanya."),
        (
            "36.03.30;2026-03-12;jaringan;2026-12-01;;berhenti;",
            "kolom selesai: 01/12/2026 00.00 belum tiba. Tulis waktu yang sudah lewat.",
        ),
        ("36.03.30;2026-03-12;jaringan;;;;", "kolom dampak: Wajib diisi."),
    ],
)
def test_impossible_outage_is_refused(tangerang: list[Kecamatan], row: str, reason: str) -> None:
    make_kecamatan("71.10.01")
    assert refused("outages", OUTAGES, row) == [f"Baris 2, {reason}"]
    assert not Outage.objects.exists()


def test_closed_region_of_any_level_is_refused_with_its_day(kecamatan: Kecamatan) -> None:
    for region, code in ((Kabupaten, "36.03"), (Province, "36")):
        name = region.objects.get(code=code).name
        region.objects.filter(code=code).update(closed_on=date(2026, 7, 1))
        assert refused("outages", OUTAGES, f"{code};2026-03-12;jaringan;;;berhenti;") == [
            f"Baris 2, kolom kode: {name} ({code}) ditutup pada 01/07/2026. Pakai kode penggantinya."
        ]


# --- lost records ----------------------------------------------------------------------------------------------


def test_loss_is_recorded_and_updated(kecamatan: Kecamatan) -> None:
    lines = (LOSSES, "36.03.30;2026-04-16;1738;kelalaian petugas;terkonfirmasi;;;Kata sandi diganti")
    assert imported("lost_records", *lines) == (1, 0, 0)
    assert imported("lost_records", *lines) == (0, 0, 1)
    assert imported("lost_records", LOSSES, "36.03.30;2026-04-16;1738;;;1000;2026-05-31;") == (0, 1, 0)
    loss = LostRecords.objects.get()
    assert (loss.day, loss.count, loss.cause, loss.certainty) == (date(2026, 4, 16), 1738, "human_error", "confirmed")
    assert (loss.rerecorded, loss.rerecorded_on, loss.note) == (1000, date(2026, 5, 31), "Kata sandi diganti")
    assert again() == [(date(2026, 5, 31), 1000)]


def test_loss_is_suspected_unless_it_is_said(kecamatan: Kecamatan) -> None:
    imported("lost_records", "kode;tanggal;jumlah", "36.03.30;2026-04-16;5")
    loss = LostRecords.objects.get()
    assert (loss.cause, loss.certainty, loss.rerecorded, loss.rerecorded_on) == ("unknown", "suspected", 0, None)


def again() -> list[tuple[date | None, int]]:
    return list(standing(LostRecords.objects.get(voided_at=None)).values_list("day", "number"))


def test_more_recorded_again_is_added_and_anything_else_replaces(kecamatan: Kecamatan) -> None:
    """A file names a total and the day of the last: what is known of earlier months stays in them."""
    march, april = date(2026, 3, 10), date(2026, 4, 20)
    for total, day, outcome, known in (
        ("500", "2026-03-10", (1, 0, 0), [(march, 500)]),
        ("900", "2026-04-20", (0, 1, 0), [(march, 500), (april, 400)]),
        ("900", "2026-04-20", (0, 0, 1), [(march, 500), (april, 400)]),
        ("900", "", (0, 0, 1), [(march, 500), (april, 400)]),
        ("950", "", (0, 1, 0), [(march, 500), (april, 400), (april, 50)]),
        ("950", "2026-03-10", (0, 1, 0), [(march, 950)]),
        ("20", "2026-04-20", (0, 1, 0), [(april, 20)]),
        ("0", "", (0, 1, 0), []),
    ):
        assert imported("lost_records", LOSSES, f"36.03.30;2026-03-09;1738;;;{total};{day};") == outcome
        assert again() == known
    assert imported("lost_records", LOSSES, "36.03.30;2026-03-09;1738;;;0;;") == (0, 0, 1)
    assert imported("lost_records", LOSSES, "36.03.30;2026-03-09;9;;;9;2026-03-10;") == (0, 1, 0)
    assert imported("lost_records", LOSSES, "36.03.30;2026-03-09;5;;;4;2026-03-10;") == (0, 1, 0)


def test_voided_loss_comes_back_only_with_another_count(kecamatan: Kecamatan) -> None:
    header = "kode;tanggal;jumlah"
    imported("lost_records", header, "36.03.30;2026-04-16;5")
    loss = LostRecords.objects.get()
    void_loss(loss, version=loss.version, by=None, reason="Salah jumlah")
    assert imported("lost_records", header, "36.03.30;2026-04-16;5") == (0, 0, 1)
    assert imported("lost_records", header, "36.03.30;2026-04-16;6") == (1, 0, 0)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("36.03.30;2026-11-21;5;;;;;", "kolom tanggal: 21/11/2026 belum tiba. Tulis hari yang sudah lewat."),
        ("36.03.30;2026-04-16;-5;;;;;", "kolom jumlah: -5 tidak boleh negatif. Tulis 0 atau lebih."),
        ("36.03.30;2026-04-16;0;;;;;", "kolom jumlah: Jumlah data hilang sekurangnya 1."),
        (
            "36.03.30;2026-04-16;101;;;;;",
            "kolom jumlah: 101 melebihi penduduk Kecamatan Sepatan Timur (100). Periksa angkanya.",
        ),
        (
            "36.03.30;2026-04-16;5;;;6;;",
            "kolom direkam_ulang: Rekam ulang (6) melebihi data yang hilang (5). Periksa keduanya.",
        ),
        (
            "36.03.30;2026-04-16;5;;;5;2026-04-15;",
            "kolom direkam_ulang_pada: Rekam ulang tidak bisa sebelum datanya hilang. Periksa keduanya.",
        ),
        ("36.03.30;2026-04-16;5;;;;;NIK 3603 3001 0190 0001", f"kolom keterangan: {NIK}"),
    ],
)
def test_impossible_loss_is_refused(kecamatan: Kecamatan, row: str, reason: str) -> None:
    imported("population", "kode;semester;penduduk;wajib_ktp", "36.03.30;2025-2;100;70")
    assert refused("lost_records", LOSSES, row) == [f"Baris 2, {reason}"]
    assert not LostRecords.objects.exists()


# --- arrangements ----------------------------------------------------------------------------------------------


def test_arrangement_is_recorded_and_updated(tangerang: list[Kecamatan]) -> None:
    lines = (ARRANGEMENTS, "36.03.30;menumpang;2026-04-20;;36.03.29", "36.03.30;Unit Keliling;2026-12-01;;")
    assert imported("arrangements", *lines) == (2, 0, 0)
    assert imported("arrangements", *lines) == (0, 0, 2)
    assert imported("arrangements", ARRANGEMENTS, "36.03.30;menumpang;2026-04-20;2026-05-01;36.03.29") == (0, 1, 0)
    rows = Arrangement.objects.order_by("started_at").values_list("kind", "started_at", "ended_at", "host__code")
    assert list(rows) == [
        ("hosted", moment("2026-04-19 17:00"), moment("2026-04-30 17:00"), "36.03.29"),
        ("mobile_unit", moment("2026-11-30 17:00"), None, None),
    ]


def test_voided_arrangement_stays_voided(tangerang: list[Kecamatan]) -> None:
    lines = (ARRANGEMENTS, "36.03.30;dialihkan;2026-04-20;;")
    imported("arrangements", *lines)
    arrangement = Arrangement.objects.get()
    void_arrangement(arrangement, version=arrangement.version, by=None, reason="Batal")
    assert imported("arrangements", *lines) == (0, 0, 1)


def test_guest_that_can_record_and_host_that_cannot_are_told(tangerang: list[Kecamatan]) -> None:
    """Both are written all the same; what is over is not asked about."""
    make_set(tangerang[-1])
    lines = (
        ARRANGEMENTS,
        "36.03.30;menumpang;2026-04-20;2026-05-01;36.03.29",
        "36.03.30;menumpang;2026-11-01;;36.03.29",
    )
    told = [
        "Baris 3: Kecamatan Sepatan Timur bisa merekam sendiri. Apakah layanan pengganti masih perlu?",
        "Baris 3: Kecamatan 36.03.29 sendiri tidak bisa merekam. Pilih tuan rumah lain.",
    ]
    for dry_run, added in ((True, 2), (False, 2), (False, 0)):
        result = import_text("arrangements", *lines, dry_run=dry_run)
        assert ([str(warning) for warning in result.warnings], result.added) == (told, added)
    assert refused("arrangements", ARRANGEMENTS, "36.03.30;menumpang;2026-11-01;;36.03.30") != []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            "36.03.30;menumpang;2026-04-20;;",
            "kolom tuan_rumah: Wajib diisi untuk menumpang: kode kecamatan yang menampung.",
        ),
        (
            "36.03.30;menumpang;2026-04-20;;36.03.30",
            "kolom tuan_rumah: Kecamatan Sepatan Timur tidak bisa menumpang pada dirinya sendiri.",
        ),
        (
            "36.03.30;menumpang;2026-04-20;2026-04-19;36.03.29",
            "kolom selesai: Harus sesudah mulai. Periksa keduanya.",
        ),
        (
            "36.03.30;dialihkan;2206-04-20;;",
            "kolom mulai: 20 April 2206 masih terlalu jauh. Periksa tahunnya.",
        ),
        (
            "36.03.30;dialihkan;2026-04-20;2031-12-01;",
            "kolom selesai: 1 Desember 2031 masih terlalu jauh. Periksa tahunnya.",
        ),
        (
            "36.03.30;pindah;2026-04-20;;",
            "kolom jenis: “pindah” tidak dikenal. Pilih salah satu: menumpang, unit keliling, pinjam alat, dialihkan.",
        ),
    ],
)
def test_impossible_arrangement_is_refused(tangerang: list[Kecamatan], row: str, reason: str) -> None:
    assert refused("arrangements", ARRANGEMENTS, row) == [f"Baris 2, {reason}"]
    assert not Arrangement.objects.exists()


def test_two_hosts_at_once_are_refused_on_writing(tangerang: list[Kecamatan]) -> None:
    rows = ("36.03.30;menumpang;2026-04-20;;36.03.29", "36.03.30;menumpang;2026-04-25;;36.03.29")
    assert refused("arrangements", ARRANGEMENTS, *rows) == [
        "Baris 3, kolom mulai: Kecamatan Sepatan Timur sudah menumpang di Kecamatan 36.03.29 pada waktu itu. "
        "Akhiri dulu yang lama."
    ]
    assert not Arrangement.objects.exists()
