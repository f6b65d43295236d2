"""Medan, November 2011: what is asked of the story."""

from __future__ import annotations

from tests.reports.questions.asking import (
    DEVICES,
    LOST_NONE,
    NO_COVERAGE,
    NO_TARGET,
    RECORDING,
    SERVICE,
    SETS,
    Cell,
    Question,
    summary,
)

MEDAN = ("12.71", "2011-11")
MEDAN_PAGE = "/reports/12.71/?bulan=2011-11"
QUESTIONS = (
    Question(
        "How many sets are there in how many kecamatan?",
        MEDAN,
        MEDAN_PAGE,
        ("21 kecamatan · 42 set tercatat",),
        ("Set tidak berfungsi 10 dari 42 set",),
        (summary("Set tercatat", 42, SETS), summary("Kecamatan", 21, SERVICE)),
    ),
    Question(
        "What is broken, and what is missing?",
        MEDAN,
        MEDAN_PAGE,
        ("Komponen rusak 5 dari 321 terpasang", "Komponen tidak ada 15 komponen"),
        ("Komponen rusak 5 dari 321 terpasang", "Komponen tidak ada 15 komponen"),
        (summary("Rusak", 5, DEVICES), summary("Tidak ada", 15, DEVICES)),
    ),
    Question(
        "How many tripods, monitors, servers and signature pads are missing?",
        MEDAN,
        MEDAN_PAGE,
        ("Server 2 2 38 40", "Tripod 0 6 36 36", "Monitor 0 4 38 38", "Alat tanda tangan 0 3 39 39"),
        ("Server 2 2 38 40", "Tripod 0 6 36 36", "Monitor 0 4 38 38", "Alat tanda tangan 0 3 39 39"),
        (
            Cell("Komponen", ("Tripod",), "Tidak ada", 6),
            Cell("Komponen", ("Monitor",), "Tidak ada", 4),
            Cell("Komponen", ("Server",), "Tidak ada", 2),
            Cell("Komponen", ("Alat tanda tangan",), "Tidak ada", 3),
        ),
    ),
    Question(
        "For whom do the repairs wait?",
        MEDAN,
        "/repairs/?keadaan=semua&wilayah=12.71&bulan=2011-11&jalur=centre_team",
        ("Pemindai sidik jari rusak",),
        ("Pemindai sidik jari Rusak 17 Okt 2011 14 Des 2011 Kotor Diduga Teknisi pusat Menunggu kiriman dari pusat.",),
        (Cell("Kerusakan", ("Pemindai sidik jari", "Kotor"), "Jalur", "Teknisi pusat"),),
    ),
    Question(
        "How many people have been served so far?",
        MEDAN,
        MEDAN_PAGE,
        ("Rekam bersih 3 bulan yang dilaporkan bersama-sama: 100.000 orang.",),
        ("Rekam bersih 3 bulan yang dilaporkan bersama-sama: 100.000 orang.",),
        (Cell("24 bulan", ("100.000 orang",), "", 1),),
    ),
    Question(
        "What is the target, and the coverage?",
        MEDAN,
        MEDAN_PAGE,
        ("Memenuhi target tidak disebut", "Cakupan wajib KTP tidak disebut"),
        ("Belum ada target November 2011", "Cakupan wajib KTP belum diketahui"),
        (NO_TARGET, NO_COVERAGE),
    ),
    Question(
        "Was power or the network cut, and are records lost?",
        MEDAN,
        "/outages/?keadaan=semua&wilayah=12.71&bulan=2011-11",
        ("Tidak ada",),
        ("Tidak ada gangguan listrik, jaringan atau server yang tercatat", LOST_NONE.format("November 2011")),
        (summary("Data hilang", 0, RECORDING),),
    ),
)
