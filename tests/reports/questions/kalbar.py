"""Kalimantan Barat, September 2016: what is asked of the story."""

from __future__ import annotations

from tests.reports.questions.asking import (
    COVERAGE,
    DEVICES,
    LOST_NONE,
    NO_TARGET,
    RECORDING,
    SERVICE,
    Cell,
    Csv,
    Question,
    summary,
)

KALBAR = ("61", "2016-09")
KALBAR_PAGE = "/reports/61/?bulan=2016-09"
QUESTIONS = (
    Question(
        "How many of the 174 kecamatan still record?",
        KALBAR,
        KALBAR_PAGE,
        ("105 dari 174 kecamatan",),
        ("Dapat merekam: 105 dari 174 kecamatan",),
        (summary("Dapat merekam", 105, SERVICE), summary("Kecamatan", 174, SERVICE)),
        (Csv("61", "Layanan: Dapat merekam (kecamatan)", "105"),),
    ),
    Question(
        "How are the 69 others served?",
        KALBAR,
        KALBAR_PAGE,
        ("Menumpang 45", "Berhenti 24"),
        ("Menumpang 45", "Berhenti 24"),
        (summary("Menumpang", 45, SERVICE), summary("Berhenti", 24, SERVICE)),
    ),
    Question(
        "Which 24 have stopped, and since when?",
        KALBAR,
        "/reports/61/kecamatan/?bulan=2016-09&keadaan=stopped&urut=lama",
        ("Kecamatan Anjongan Kabupaten Mempawah Berhenti 24 Februari 2016 (7 bulan 6 hari)",),
        ("Berhenti 24",),
        (Cell("Kecamatan", ("Berhenti",), "", 24),),
    ),
    Question(
        "Where do they ride along?",
        KALBAR,
        "/arrangements/?keadaan=semua&wilayah=61&bulan=2016-09",
        ("Kecamatan Sepauk Menumpang di Kecamatan Sintang",),
        ("Kabupaten Sambas Teluk Keramat Menumpang Sambas 14 Jan 2016",),
        (
            Cell("Layanan pengganti", ("Sepauk",), "Tuan rumah", "Sintang"),
            Cell("Layanan pengganti", ("Menumpang",), "", 45),
        ),
    ),
    Question(
        "How many devices are broken, and is that all?",
        KALBAR,
        KALBAR_PAGE,
        ("Komponen rusak sedikitnya 173 dari 1.248 terpasang 10 dari 14 kabupaten/kota selesai mendata alat",),
        (
            "10 dari 14 kabupaten/kota selesai mendata alat. "
            "Jumlah set, komponen rusak dan komponen tidak ada karena itu sedikitnya.",
        ),
        (
            summary("Rusak", 173, DEVICES),
            summary("Selesai mendata alat", 10, "Kelengkapan"),
            summary("Kabupaten/kota", 14, "Kelengkapan"),
        ),
    ),
    Question(
        "Which kabupaten have not listed theirs?",
        KALBAR,
        "/reports/61.07/?bulan=2016-09",
        ("Komponen rusak belum diketahui Alat belum selesai didata dalam 12 bulan terakhir",),
        ("Kabupaten Bengkayang",),
        (
            Cell("Kabupaten-kota", ("61.07",), "Selesai mendata alat", 0),
            Cell("Kabupaten-kota", ("61.09",), "Selesai mendata alat", 0),
            Cell("Kabupaten-kota", ("61.10",), "Selesai mendata alat", 0),
            Cell("Kabupaten-kota", ("61.11",), "Selesai mendata alat", 0),
            Cell("Kabupaten-kota", ("61.07",), "Rusak", "–"),
            Cell("Kabupaten-kota", ("61.01",), "Selesai mendata alat", 1),
        ),
    ),
    Question(
        "Which kinds are broken most?",
        KALBAR,
        KALBAR_PAGE,
        ("Server 47 0 161 208 Pemindai sidik jari 43 0 165 208 UPS 36 0 172 208",),
        ("Server 47 0 161 208 Pemindai sidik jari 43 0 165 208 UPS 36 0 172 208",),
        (Cell("Komponen", ("Server",), "Rusak", 47), Cell("Komponen", ("UPS",), "Rusak", 36)),
    ),
    Question(
        "What else limits them?",
        KALBAR,
        "/outages/?keadaan=semua&wilayah=61&bulan=2016-09",
        (
            "Jaringan, pasti Kecamatan Kepulauan Karimata dan Kecamatan Pulau Maya",
            "Tidak ada petugas",
            "Daya tidak kuat",
        ),
        ("Suti Semarang, Siding Daya tidak kuat Pasti Terbatas", "Bika Tidak ada petugas"),
        (Cell("Gangguan", ("Bika",), "Penyebab", "Tidak ada petugas"),),
    ),
    Question(
        "Who repairs them?",
        KALBAR,
        KALBAR_PAGE,
        ("Teknisi pusat 12 50,0%", "Dikirim ke pusat 4 16,7%"),
        ("Teknisi pusat 12 50,0%", "Dikirim ke pusat 4 16,7%"),
        (Cell("Jalur perbaikan", ("Teknisi pusat",), "Tiket", 12),),
    ),
    Question(
        "How much of the population is covered?",
        KALBAR,
        KALBAR_PAGE,
        ("Cakupan wajib KTP 88,00%",),
        ("Cakupan wajib KTP 88,00%", "Jumlah 5.364.964"),
        (summary("Cakupan", 0.88, COVERAGE), summary("Penduduk", 5_364_964, COVERAGE)),
    ),
    Question(
        "What is the target?",
        KALBAR,
        KALBAR_PAGE,
        ("Memenuhi target tidak disebut",),
        ("Memenuhi target belum diketahui Belum ada target September 2016",),
        (NO_TARGET,),
    ),
    Question(
        "Are records lost?",
        KALBAR,
        "/recordings/lost/?keadaan=semua&wilayah=61&bulan=2016-09",
        ("Tidak ada",),
        (LOST_NONE.format("September 2016"),),
        (summary("Data hilang", 0, RECORDING),),
    ),
)
