"""The three files of a report, read back cell by cell."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import StringIO

import pytest

from documents.jobs import build_waiting
from documents.models import Document
from documents.requests import request_document
from kecamatan.models import Kabupaten, Kecamatan
from tests.documents.conftest import OCTOBER
from tests.documents.reading import content, formulas, frozen, pages, sheets


@pytest.fixture
def document(tangerang: Kabupaten) -> Document:
    request_document(tangerang, OCTOBER, formats=["pdf", "xlsx", "csv"], by=None)
    assert build_waiting() == 1
    return Document.objects.get()


# --- XLSX -------------------------------------------------------------------------------------------------------


def test_the_first_sheet_says_what_it_is_and_holds_every_figure(document: Document) -> None:
    rows = sheets(content(document, "xlsx"))["Ringkasan"]
    assert [row[:3] for row in rows[:8]] == [
        ["Laporan Bulanan Alat dan Perekaman KTP-el, Kabupaten 36.03, Oktober 2026", "", ""],
        ["Dinas", "Pemerintah Kabupaten 36.03", ""],
        ["Wilayah", "Kabupaten 36.03", ""],
        ["Kode", "36.03", ""],
        ["Bulan", date(2026, 10, 1), ""],
        ["Keadaan", date(2026, 10, 31), "31 Oktober 2026 pukul 24.00 WIB"],
        ["Status", "Sementara", "Sementara: belum dinyatakan lengkap oleh kabupaten/kota."],
        ["Dibuat", datetime.fromisoformat("2026-11-22 10:00"), ""],
    ]
    figures = {(group, label, unit): value for group, label, value, unit in rows[10:]}
    assert figures["Layanan", "Dapat merekam", "kecamatan"] == 1
    assert figures["Layanan", "Belum lapor", "kecamatan"] == 1
    assert figures["Perekaman", "Rekam bersih", "orang"] == 210
    assert figures["Perekaman", "Capaian target", ""] == 0.7778
    assert figures["Cakupan wajib KTP", "Belum rekam", "orang"] == -20
    assert figures["Jam kerja", "Jam kerja", "menit"] > 0
    assert figures["Jam kerja", "Tanpa alat, dilayani di tempat lain", "menit"] == 0
    bands = ("100% atau lebih", "80–99,99%", "60–79,99%", "di bawah 60%")
    assert [figures["Cakupan wajib KTP", f"Cakupan {band}", "kecamatan"] for band in bands] == [1, 0, 0, 0]


def test_a_sheet_has_one_row_for_each_kecamatan_and_words_for_what_is_not_known(document: Document) -> None:
    rows = sheets(content(document, "xlsx"))["Kecamatan"]
    heads = rows[1]
    assert heads[:5] == ["No", "Kode", "Kecamatan", "Layanan", "Kabar"]
    table = [dict(zip(heads, row, strict=True)) for row in rows[2:]]
    shown = [
        (row["No"], row["Kode"], row["Kecamatan"], row["Layanan"], row["Kabar"], row["Target"], row["Rekam bersih"])
        for row in table
    ]
    assert shown == [
        (1, "36.03.01", "Balaraja", "Tanpa kabar", "Tanpa kabar", 150, 150),
        (2, "36.03.02", "Jayanti", "Berhenti", "Tanpa kabar", 120, 60),
        # A name that would run as a formula stays a text.
        (3, "36.03.03", "=Kresek", "Belum lapor", "–", "–", "belum lapor"),
        ("", "Jumlah", "", "", "", 270, 210),
    ]
    assert [row["Capaian target"] for row in table] == [1.0, 0.5, "–", 0.7778]
    assert [row["Cakupan"] for row in table] == [1.02, "–", "–", 1.02]


def test_sums_are_formulas_with_the_value_that_the_region_has(document: Document) -> None:
    file = content(document, "xlsx")
    heads = sheets(file)["Kecamatan"][1]
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[heads.index("Rekam bersih")]
    found = {cell: (formula, value) for cell, formula, value in formulas(file, 2)}
    assert found[f"{letter}6"] == (f"SUM({letter}3:{letter}5)", "210")
    assert "Capaian target" not in [
        heads["ABCDEFGHIJKLMNOPQRSTUVWXYZ".find(cell[:-1])] for cell in found if len(cell) == 2
    ]


def test_every_sum_is_the_sum_of_its_column(document: Document) -> None:
    for name, rows in sheets(content(document, "xlsx")).items():
        sums = next((row for row in rows if "Jumlah" in row[:2]), None)
        if sums is None:
            continue
        heads = next(row for row in rows if "Terpasang" in row or "Tiket" in row)
        body = rows[rows.index(heads) + 1 : rows.index(sums)]
        for place, head in enumerate(heads):
            numbers = [row[place] for row in body if isinstance(row[place], int | float)]
            is_share = head in ("% wajib KTP", "Capaian target", "Cakupan", "Bagian tanpa alat")
            if isinstance(sums[place], int | float) and not is_share:
                assert sums[place] == sum(numbers), (name, head)


def test_heads_and_names_stay_in_sight(document: Document) -> None:
    file = content(document, "xlsx")
    assert [frozen(file, number) for number in (2, 3)] == [("5", "2", "frozen"), ("1", "1", "frozen")]


def test_what_the_whole_region_has_stands_on_sheets_of_its_own(document: Document) -> None:
    found = sheets(content(document, "xlsx"))
    assert list(found) == [
        *("Ringkasan", "Kecamatan", "Komponen", "Penyebab", "Jalur perbaikan"),
        *("Kerusakan", "Gangguan", "Layanan pengganti", "Data hilang", "Prioritas"),
        *("Keandalan wilayah", "Keandalan jenis", "Keandalan asal usul", "Keandalan model"),
        *("24 bulan", "Catatan"),
    ]
    assert found["Komponen"][:2] == [
        ["Jenis", "Rusak", "Tidak ada", "Bekerja", "Terpasang"],
        ["Server", 1, 0, 1, 2],
    ]
    assert found["Penyebab"] == [["Penyebab", "Tiket"], ["Petir", 1], ["Jumlah", 1]]


# --- CSV --------------------------------------------------------------------------------------------------------


def test_the_csv_has_one_row_for_each_region(document: Document) -> None:
    text = content(document, "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text), delimiter=";"))
    wanted = (
        "Bulan",
        "Status laporan",
        "Tingkat",
        "Kode",
        "Wilayah",
        "Layanan",
        "Perekaman: Rekam bersih (orang)",
        "Perekaman: Capaian target (%)",
        "Cakupan wajib KTP: Belum rekam (orang)",
    )
    assert [tuple(row[head] for head in wanted) for row in rows] == [
        ("2026-10", "Sementara", "kabupaten", "36.03", "Kabupaten 36.03", "–", "210", "77,78", "-20"),
        ("2026-10", "Sementara", "kecamatan", "36.03.01", "Balaraja", "Tanpa kabar", "150", "100,00", "-20"),
        ("2026-10", "Sementara", "kecamatan", "36.03.02", "Jayanti", "Berhenti", "60", "50,00", ""),
        ("2026-10", "Sementara", "kecamatan", "36.03.03", "'=Kresek", "Belum lapor", "", "", ""),
    ]


# --- PDF --------------------------------------------------------------------------------------------------------


def test_the_pdf_says_who_reports_what_of_when(document: Document) -> None:
    found = pages(content(document, "pdf"))
    assert [text.rsplit(" · ", 1)[1] for text in found] == [
        f"laporan nomor {document.pk} Halaman {number} dari {len(found)}" for number in range(1, len(found) + 1)
    ]
    for sentence in (
        "PEMERINTAH KABUPATEN 36.03 Alamat belum diisi di profil Laporan Bulanan Alat dan Perekaman KTP-el",
        "Kabupaten 36.03 · Oktober 2026 Keadaan 31 Oktober 2026 pukul 24.00 WIB. "
        "Dibuat Minggu, 22 November 2026 pukul 10.00 WIB oleh Siap Rekam.",
        "Memenuhi target 1 dari 2 kecamatan yang bertarget",
        "Dapat merekam: sedikitnya 1 dari 3 kecamatan. Alat belum selesai didata dalam 12 bulan terakhir.",
        "1 Balaraja Tanpa kabar Tanpa kabar 1.000 150 150 15,0% 100,0%",
        "3 =Kresek Belum lapor – belum dimuat – belum lapor – –",
        "Jumlah 1.800 270 210 11,7% 77,8%",
    ):
        assert sentence in found[0]


def test_the_pdf_says_how_complete_it_is(document: Document) -> None:
    text = " ".join(pages(content(document, "pdf")))
    for sentence in (
        "4 dari 66 hari kerja kecamatan dilaporkan (6,1%). Hari yang belum dilaporkan tidak dihitung nol.",
        "1 kecamatan belum lapor: tidak diketahui apakah dapat merekam.",
        "2 kecamatan tanpa kabar lebih dari dua hari kerja pada saat itu.",
        "Alat belum selesai didata dalam 12 bulan terakhir. Jumlah set, komponen rusak dan komponen tidak ada karena "
        "itu sedikitnya.",
        # More were recorded than there are wajib KTP; Helvetica has no minus, so a dash stands for it.
        "1 Balaraja 2.000 1.000 1.020 –20 102,00%",
    ):
        assert sentence in text


def test_the_pdf_says_why_the_target_was_missed_as_the_page_does(document: Document) -> None:
    text = " ".join(pages(content(document, "pdf")))
    assert "4. Mengapa target belum tercapai Kurang 60 orang di 1 dari 2 kecamatan yang bertarget." in text
    assert "Sebabnya tidak dapat dikatakan: baru 9,1% hari kerja dilaporkan." in text


def test_the_last_months_stand_in_the_pdf_and_in_the_xlsx(document: Document) -> None:
    text = " ".join(pages(content(document, "pdf")))
    assert "5. Perjalanan 24 bulan" in text
    assert "Rekam bersih 210 orang" in text
    rows = sheets(content(document, "xlsx"))["24 bulan"]
    assert rows[0][:4] == ["Bulan", "Dapat merekam (kecamatan)", "Memenuhi target (kecamatan)", "Rekam bersih (orang)"]
    assert rows[-2][:4] == [date(2026, 10, 1), 1, 1, 210]
    assert rows[-3][:4] == [date(2026, 9, 1), 2, 0, "tidak disebut"]
    assert rows[-1][0] == "Rekam bersih 1 bulan yang dilaporkan bersama-sama: 210 orang."


def test_the_pdf_names_who_has_stopped_for_longest_and_how_final_it_is(document: Document) -> None:
    text = " ".join(pages(content(document, "pdf")))
    assert "Sementara: belum dinyatakan lengkap oleh kabupaten/kota." in text
    assert "Layanan Jayanti 14 Oktober 2026 (17 hari) Server rusak (petir) Berhenti" in text


def test_the_map_names_the_kecamatan_that_need_somebody(tangerang: Kabupaten) -> None:
    Kecamatan.objects.filter(code="36.03.01").update(latitude=-6.2, longitude=106.4)
    Kecamatan.objects.filter(code="36.03.02").update(latitude=-6.3, longitude=106.6)
    request_document(tangerang, OCTOBER, formats=["pdf"], by=None)
    build_waiting()
    first, *more = pages(content(Document.objects.get(), "pdf"))
    assert "Balaraja Jayanti Melayani 1 Terbatas 0 Menumpang 0 Unit keliling 0 Berhenti 1 Belum lapor 1" in first
    assert "1 kecamatan belum punya titik di peta." in first
    by_target = "100% atau lebih 1 80–99,99% 0 60–79,99% 0 Di bawah 60% 1 Tanpa target 0 Belum lapor 0"
    assert by_target in " ".join([first, *more])


def test_who_signs_is_who_held_the_office_at_the_end_of_the_month(document: Document) -> None:
    text = " ".join(pages(content(document, "pdf")))
    assert "Kepala Dinas Siti Aminah NIP 19680512 199303 1 004" in text
    assert "Budi Utomo" not in text


def test_a_report_of_the_nation_has_its_provinces_and_below_them_its_kabupaten(tangerang: Kabupaten) -> None:
    request_document(None, OCTOBER, formats=["pdf", "xlsx"], by=None)
    build_waiting()
    document = Document.objects.get()
    found = sheets(content(document, "xlsx"))
    assert list(found)[:4] == ["Ringkasan", "Provinsi", "Kabupaten-kota", "Kecamatan"]
    assert [row[:5] for row in found["Kecamatan"][1:5]] == [
        ["No", "Kode", "Provinsi", "Kabupaten/kota", "Kecamatan"],
        [1, "36.03.01", "Provinsi 36", "Kabupaten 36.03", "Balaraja"],
        [2, "36.03.02", "Provinsi 36", "Kabupaten 36.03", "Jayanti"],
        [3, "36.03.03", "Provinsi 36", "Kabupaten 36.03", "=Kresek"],
    ]
    assert "Lampiran. Perekaman dan cakupan menurut kabupaten/kota" in pages(content(document, "pdf"))[-1]
    assert "Jayanti, Kabupaten 36.03 14 Oktober 2026 (17 hari) Server rusak (petir) Berhenti" in " ".join(
        pages(content(document, "pdf"))
    )


@pytest.mark.django_db
def test_a_month_of_which_nothing_is_known_says_so(tangerang: Kabupaten) -> None:
    request_document(tangerang, OCTOBER.replace(year=2015), formats=["pdf", "xlsx", "csv"], by=None)
    build_waiting()
    text = " ".join(pages(content(Document.objects.get(), "pdf")))
    assert "Belum ada satu pun laporan dari bulan ini." in text
    assert "Penanda tangan bulan ini belum diisi di profil." in text
