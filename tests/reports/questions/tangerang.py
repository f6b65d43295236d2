"""Kabupaten Tangerang, April 2012: what is asked of the story."""

from __future__ import annotations

from tests.reports.questions.asking import (
    COVERAGE,
    NO_COVERAGE,
    NOT_STATED,
    RECORDING,
    SETS,
    Cell,
    Csv,
    Question,
    summary,
)

TANGERANG = ("36.03", "2012-04")
TANGERANG_PAGE = "/reports/36.03/?bulan=2012-04"
QUESTIONS = (
    Question(
        "How many sets are there, and how many in each kecamatan?",
        TANGERANG,
        TANGERANG_PAGE,
        ("29 kecamatan · 58 set tercatat",),
        ("29 Mekar Baru 2 2 0 0 16 0 0", "Jumlah 58 57 0 1 464 1 0"),
        (summary("Set tercatat", 58, SETS), Cell("Kecamatan", ("36.03.06",), "Set tercatat", 2)),
    ),
    Question(
        "How many kecamatan met the target?",
        TANGERANG,
        TANGERANG_PAGE,
        ("Memenuhi target 1 dari 29 kecamatan",),
        ("Memenuhi target 1 dari 29 kecamatan",),
        (summary("Memenuhi target", 1, RECORDING), summary("Kecamatan bertarget", 29, RECORDING)),
    ),
    Question(
        "Which one, and with how many percent?",
        TANGERANG,
        "/reports/36.03/kecamatan/?bulan=2012-04&keadaan=met",
        ("Kecamatan Sukamulya", "100,0%"),
        ("Sukamulya Melayani Ada kabar",),
        (
            Cell("Kecamatan", ("36.03.27",), "% wajib KTP", 0.15),
            Cell("Kecamatan", ("36.03.27",), "Capaian target", 1.0),
        ),
        (Csv("36.03.27", "Perekaman: % wajib KTP (%)", "15,00"),),
    ),
    Question(
        "How far are the others?",
        TANGERANG,
        f"{TANGERANG_PAGE}&urut=rekam",
        ("7,0%", "14,0%"),
        ("7,0%", "14,0%"),
        (
            Cell("Kecamatan", ("36.03.30",), "% wajib KTP", 0.07),
            Cell("Kecamatan", ("36.03.23",), "% wajib KTP", 0.14),
        ),
    ),
    Question(
        "How many records were lost, where and why?",
        TANGERANG,
        "/recordings/lost/?keadaan=semua&wilayah=36.03&bulan=2012-04",
        ("1.738 data hilang Kecamatan Sepatan Timur", "Terkonfirmasi", "Kelalaian petugas"),
        ("Sepatan Timur 16 Apr 2012 1.738 Terkonfirmasi Kelalaian petugas", "Tanggal tidak disebut."),
        (
            summary("Data hilang", 1738, RECORDING),
            Cell("Data hilang", ("Sepatan Timur",), "Hilang", 1738),
            Cell("Data hilang", ("Sepatan Timur",), "Penyebab", "Kelalaian petugas"),
        ),
        (Csv("36.03.30", "Perekaman: Data hilang (orang)", "1738"),),
    ),
    Question(
        "What is done for these people?",
        ("36.03", "2012-05"),
        "/arrangements/?keadaan=semua&wilayah=36.03&bulan=2012-05",
        ("Kecamatan Sepatan Timur Unit keliling",),
        ("Sepatan Timur Unit keliling 1 Mei 2012 1 Jun 2012",),
        (
            Cell("Layanan pengganti", ("Sepatan Timur",), "Cara", "Unit keliling"),
            summary("Direkam ulang", 1738, RECORDING),
        ),
    ),
    Question(
        "Which devices broke in which five kecamatan?",
        TANGERANG,
        "/repairs/?keadaan=semua&wilayah=36.03&mulai=2012-04",
        (
            "Server rusak, Set 1 Kecamatan Pagedangan",
            "Server rusak, Set 1 Kecamatan Sepatan Timur",
            "Kamera rusak, Set 1 Kecamatan Kronjo",
            "Server rusak, Set 1 Kecamatan Solear",
            "Pemindai sidik jari rusak, Set 1 Kecamatan Kresek",
        ),
        ("Kresek Pemindai sidik jari Rusak 9 Apr 2012 24 Apr 2012", "Kronjo Kamera Rusak 11 Apr 2012 12 Apr 2012"),
        (
            summary("Mulai rusak", 5, "Kerusakan"),
            Cell("Kerusakan", ("Kronjo",), "Komponen", "Kamera"),
            Cell("Kerusakan", ("Solear",), "Komponen", "Server"),
            Cell("Kerusakan", ("Sepatan Timur",), "Komponen", "Server"),
        ),
    ),
    Question(
        "What struck the server of Pagedangan, and does it work again?",
        TANGERANG,
        "/kecamatan/36.03.22/?bulan=2012-04",
        ("Set 1: server rusak 31 hari: 19 April 2012 sampai 21 Mei 2012 · Petir",),
        ("Pagedangan Server Rusak 19 Apr 2012 21 Mei 2012 Petir Pasti Dikirim ke pusat",),
        (
            Cell("Kerusakan", ("Pagedangan",), "Penyebab", "Petir"),
            Cell("Kerusakan", ("Pagedangan",), "Kepastian", "Pasti"),
        ),
    ),
    Question(
        "For how long were the servers of Sepatan Timur and Solear broken, and why?",
        TANGERANG,
        "/kecamatan/36.03.30/?bulan=2012-04",
        ("server rusak 3 hari",),
        ("Berita: server rusak selama beberapa hari. Nomor set dan tanggal tidak disebut.",),
        (
            Cell("Kerusakan", ("Sepatan Timur", "beberapa hari"), "Penyebab", NOT_STATED),
            Cell("Kerusakan", ("Solear", "beberapa hari"), "Penyebab", NOT_STATED),
        ),
    ),
    Question(
        "For how long was the fingerprint scanner of Kresek broken, and why?",
        TANGERANG,
        "/kecamatan/36.03.06/?bulan=2012-04",
        ("pemindai sidik jari rusak 15 hari: 9 April 2012 sampai 24 April 2012 · penyebab tidak disebut",),
        ("Berita: alat sidik jari rusak hingga 15 hari. Nomor set dan tanggal mulai tidak disebut.",),
        (
            Cell("Kerusakan", ("Kresek",), "Lama (hari)", 15.0),
            Cell("Kerusakan", ("Kresek",), "Penyebab", NOT_STATED),
        ),
    ),
    Question(
        "Why was the target missed?",
        TANGERANG,
        TANGERANG_PAGE,
        ("Kurang 88.057 orang di 28 dari 29 kecamatan yang bertarget.", "Data hilang 1.738 2,0%", "86.319 98,0%"),
        ("Kurang 88.057 orang di 28 dari 29 kecamatan yang bertarget.", "Data hilang 1.738 2,0%", "86.319 98,0%"),
        (
            summary("Seluruhnya", 88_057, "Kekurangan dari target"),
            summary("Data hilang", 1738, "Kekurangan dari target"),
            summary("Lainnya", 86_319, "Kekurangan dari target"),
        ),
    ),
    Question(
        "What is the coverage?",
        TANGERANG,
        TANGERANG_PAGE,
        ("Cakupan wajib KTP belum diketahui Jumlah yang sudah rekam DKB semester II 2011 belum dimuat",),
        ("Cakupan wajib KTP belum diketahui Jumlah yang sudah rekam DKB semester II 2011 belum dimuat",),
        (NO_COVERAGE, summary("Sudah rekam", NOT_STATED, COVERAGE)),
    ),
    Question(
        "Was power or the network cut?",
        TANGERANG,
        "/outages/?keadaan=semua&wilayah=36.03&bulan=2012-04",
        ("Tidak ada",),
        ("Tidak ada gangguan listrik, jaringan atau server yang tercatat pada bulan ini.",),
        (Cell("Gangguan", ("Tidak ada gangguan",), "", 1),),
    ),
)
