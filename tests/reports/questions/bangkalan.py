"""Bangkalan, October 2021: what is asked of the story."""

from __future__ import annotations

from tests.reports.questions.asking import (
    LOST_NONE,
    NO_TARGET,
    NOT_STATED,
    RECORDING,
    SERVICE,
    SETS,
    Cell,
    Csv,
    Question,
    summary,
)

BANGKALAN = ("35.26", "2021-10")
BANGKALAN_PAGE = "/reports/35.26/?bulan=2021-10"
QUESTIONS = (
    Question(
        "How many recording sets cannot be used now?",
        BANGKALAN,
        BANGKALAN_PAGE,
        ("Set tidak berfungsi 4 dari 19 set",),
        ("Set tidak berfungsi 4 dari 19 set",),
        (summary("Set tidak berfungsi", 4, SETS),),
        (Csv("35.26", "Set alat: Set tidak berfungsi (set)", "4"),),
    ),
    Question(
        "How many devices are broken, and of which kind?",
        BANGKALAN,
        BANGKALAN_PAGE,
        ("Komponen rusak 4 dari 115 terpasang", "Server 4 0 15 19"),
        ("Komponen rusak 4 dari 115 terpasang", "Server 4 0 15 19"),
        (Cell("Komponen", ("Server",), "Rusak", 4),),
    ),
    Question(
        "How many of the 18 kecamatan can record?",
        BANGKALAN,
        BANGKALAN_PAGE,
        ("14 dari 18 kecamatan",),
        ("Dapat merekam: 14 dari 18 kecamatan",),
        (summary("Dapat merekam", 14, SERVICE), summary("Kecamatan", 18, SERVICE)),
    ),
    Question(
        "Which kecamatan cannot record, since when and why?",
        BANGKALAN,
        "/reports/35.26/kecamatan/?bulan=2021-10&keadaan=down&urut=lama",
        ("Kecamatan Geger", "12 Oktober 2020 (1 tahun)", "Kecamatan Tragah", "Kecamatan Labang", "Tanjung Bumi"),
        ("Geger 12 Oktober 2020 (1 tahun) Server rusak (suku cadang tidak ada, diduga) Menumpang",),
        (
            Cell("Kecamatan", ("35.26.09",), "Layanan", "Berhenti"),
            Cell("Kecamatan", ("35.26.12",), "Layanan", "Berhenti"),
        ),
    ),
    Question(
        "Which two of those of 2020 are not repaired, and which two broke besides?",
        BANGKALAN,
        "/repairs/?keadaan=semua&wilayah=35.26&akhir=2021-10",
        ("Kecamatan Geger", "Kecamatan Tragah", "Kecamatan Labang", "Kecamatan Tanjung Bumi"),
        ("Geger Server Rusak 12 Okt 2020",),
        (
            Cell("Kerusakan", ("Geger", "Server"), "Penyebab", "Suku cadang tidak ada"),
            Cell("Kerusakan", ("Labang", "Server"), "", 1),
        ),
    ),
    Question(
        "How many broke in 2020?",
        ("35.26", "2020-12"),
        "/reports/35.26/reliability/?bulan=2020-12",
        ("9 kerusakan selama",),
        ("9 kerusakan selama",),
        (Cell("Keandalan jenis", ("Server",), "Kerusakan", 9),),
    ),
    Question(
        "How many of these were replaced by new ones?",
        ("35.26", "2020-11"),
        "/repairs/?keadaan=semua&wilayah=35.26&jalur=replacement&bulan=2020-11",
        ("Kecamatan Socah", "Kecamatan Arosbaya", "Kecamatan Kamal"),
        ("Socah Server Rusak 9 Mar 2020 16 Nov 2020 Usia pakai Diduga Penggantian",),
        (Cell("Kerusakan", ("Penggantian",), "", 7),),
    ),
    Question(
        "What limits the other kecamatan?",
        BANGKALAN,
        "/outages/?keadaan=semua&wilayah=35.26&bulan=2021-10",
        ("Daya tidak kuat, pasti Kecamatan Galis", "Jaringan, diduga Kecamatan Kokop dan Kecamatan Konang"),
        ("Galis Daya tidak kuat Pasti Terbatas 28 Okt 2021", "Kokop, Konang Jaringan Diduga Terbatas"),
        (
            Cell("Gangguan", ("Galis",), "Penyebab", "Daya tidak kuat"),
            Cell("Gangguan", ("Galis",), "Kepastian", "Pasti"),
        ),
    ),
    Question(
        "Since when is the power at Galis weak, and what does it mean?",
        BANGKALAN,
        "/kecamatan/35.26.18/?bulan=2021-10",
        ("Daya tidak kuat", "Sejak kapan tidak disebut."),
        ("bila semua komputer dipakai listrik tidak kuat, harus bergantian. Sejak kapan tidak disebut.",),
        (Cell("Kecamatan", ("35.26.18",), "Layanan", "Terbatas"),),
    ),
    Question(
        "Which kecamatan come first?",
        BANGKALAN,
        "/reports/35.26/priorities/",
        ("Prioritas sekarang Kecamatan Kokop Kecamatan Konang Kecamatan Modung",),
        ("Ditetapkan kepala dinas: 1. Kokop, 2. Konang, 3. Modung.",),
        (
            Cell("Prioritas", ("35.26.10",), "Ditetapkan", 1),
            Cell("Prioritas", ("35.26.17",), "Ditetapkan", 2),
            Cell("Prioritas", ("35.26.16",), "Ditetapkan", 3),
        ),
    ),
    Question(
        "Where are cards printed?",
        BANGKALAN,
        BANGKALAN_PAGE,
        ("Printer KTP-el 0 0 1 1",),
        ("Printer KTP-el 0 0 1 1", "19 Dispendukcapil Kabupaten Bangkalan 1 1 0 0 7 0 0"),
        (Cell("Komponen", ("Printer KTP-el",), "Terpasang", 1),),
    ),
    Question(
        "What is the target, and how far is it reached?",
        BANGKALAN,
        BANGKALAN_PAGE,
        ("Memenuhi target belum diketahui Belum ada target Oktober 2021",),
        ("Memenuhi target belum diketahui Belum ada target Oktober 2021",),
        (NO_TARGET, summary("Capaian target", NOT_STATED, RECORDING)),
        (Csv("35.26", "Perekaman: Target (orang)", ""),),
    ),
    Question(
        "Are records lost?",
        BANGKALAN,
        "/recordings/lost/?keadaan=semua&wilayah=35.26&bulan=2021-10",
        ("Tidak ada",),
        (LOST_NONE.format("Oktober 2021"),),
        (summary("Data hilang", 0, RECORDING),),
    ),
)
