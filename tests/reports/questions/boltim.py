"""Bolaang Mongondow Timur, March 2018: what is asked of the story, which states no numbers."""

from __future__ import annotations

from tests.reports.questions.asking import (
    DEVICES,
    LOST_NONE,
    NO_COVERAGE,
    NO_TARGET,
    NOT_STATED,
    RECORDING,
    Cell,
    Csv,
    Question,
    summary,
)

BOLTIM = ("71.10", "2018-03")
BOLTIM_PAGE = "/reports/71.10/?bulan=2018-03"
QUESTIONS = (
    Question(
        "How many devices are broken?",
        BOLTIM,
        BOLTIM_PAGE,
        (
            "Komponen rusak sedikitnya 3 dari 5 terpasang Alat belum selesai didata dalam 12 bulan terakhir",
            "Komponen rusak sedikitnya 3 komponen Register alat dan tiket kerusakan tidak disebut",
        ),
        ("Komponen rusak, sedikitnya 3 dari 5 terpasang Alat belum selesai didata dalam 12 bulan terakhir",),
        (summary("Selesai mendata alat", 0, "Kelengkapan"),),
    ),
    Question(
        "Are devices missing?",
        BOLTIM,
        BOLTIM_PAGE,
        ("Komponen tidak ada tidak disebut komponen Register alat dan tiket kerusakan tidak disebut",),
        ("Komponen tidak ada belum diketahui Alat belum selesai didata dalam 12 bulan terakhir",),
        (summary("Tidak ada", NOT_STATED, DEVICES),),
        (Csv("71.10", "Komponen: Tidak ada (komponen)", ""),),
    ),
    Question(
        "Which devices at the dinas break, since when and why?",
        BOLTIM,
        "/kecamatan/71.10.00/?bulan=2018-03",
        ("pemindai iris rusak", "kamera rusak", "alat tanda tangan rusak"),
        ("Pemindai iris Rusak 12 Mar 2018", "Jumlah dan tanggal kerusakan tidak disebut; ini yang teramati hari itu."),
        (
            Cell("Kerusakan", ("Pemindai iris",), "Penyebab", NOT_STATED),
            Cell("Kerusakan", ("Kamera",), "Penyebab", NOT_STATED),
            Cell("Kerusakan", ("Alat tanda tangan",), "Jalur", NOT_STATED),
        ),
    ),
    Question(
        "Can the kecamatan record, Modayag and Nuangan among them?",
        BOLTIM,
        BOLTIM_PAGE,
        ("belum diketahui dari 7 kecamatan", "Belum lapor 7"),
        ("Dapat merekam: belum diketahui dari 7 kecamatan", "4 Modayag Belum lapor", "3 Nuangan Belum lapor"),
        (
            Cell("Kecamatan", ("Modayag",), "Layanan", "Belum lapor"),
            Cell("Kecamatan", ("Nuangan",), "Layanan", "Belum lapor"),
        ),
    ),
    Question(
        "Why does the network fail, and how certain is that?",
        BOLTIM,
        "/outages/?keadaan=semua&wilayah=71.10&bulan=2018-03",
        ("Listrik padam, diduga", "Server pusat, diduga", "dampak: terbatas"),
        (
            "Server pusat Diduga Terbatas 12 Mar 2018",
            "Menurut kepala dinas: gangguan jaringan terjadi dari server pusat. Sejak kapan tidak disebut.",
            "Menurut operator: hampir setiap hari jaringan mati, diduga akibat sering pemadaman listrik.",
        ),
        (
            Cell("Gangguan", ("Server pusat",), "Kepastian", "Diduga"),
            Cell("Gangguan", ("Listrik padam",), "Kepastian", "Diduga"),
        ),
    ),
    Question(
        "Do family cards and certificates go on?",
        BOLTIM,
        "/kecamatan/71.10.00/?bulan=2018-03",
        ("KK dan akta tetap jalan.", "KK tetap jalan."),
        ("KK dan akta tetap jalan.", "KK tetap jalan."),
        (Cell("Gangguan", ("KK dan akta tetap jalan.",), "Penyebab", "Server pusat"),),
    ),
    Question(
        "How many people were recorded?",
        BOLTIM,
        BOLTIM_PAGE,
        ("Rekam bersih tidak disebut orang Jumlah rekam harian dan catatan data hilang tidak disebut",),
        ("Rekam bersih belum diketahui 0 dari 147 hari kerja dilaporkan",),
        (summary("Rekam bersih", "belum lapor", RECORDING),),
        (Csv("71.10", "Perekaman: Rekam bersih (orang)", ""),),
    ),
    Question(
        "What is the target, and the coverage?",
        BOLTIM,
        BOLTIM_PAGE,
        ("Memenuhi target tidak disebut", "Cakupan wajib KTP tidak disebut"),
        ("Belum ada target Maret 2018", "Cakupan wajib KTP belum diketahui Data DKB semester II 2017 belum dimuat"),
        (NO_TARGET, NO_COVERAGE),
    ),
    Question(
        "Are records lost?",
        BOLTIM,
        "/recordings/lost/?keadaan=semua&wilayah=71.10&bulan=2018-03",
        ("Tidak ada",),
        (LOST_NONE.format("Maret 2018"),),
        (summary("Rekam bersih", "belum lapor", RECORDING),),
    ),
)
