from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from kecamatan.models import DayOff
from lib.dataset import Column, Dataset, Entry, ImportResult, Outcome, Problem, Row, RowDataset, run_import
from lib.errors import Refused
from lib.parsing import count, day, text

NOW = datetime(2026, 6, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Holiday:
    day: date
    name: str


class Holidays(RowDataset[Holiday]):
    """Days off: a small dataset that writes to a table of its own."""

    name = "holidays"
    columns: ClassVar = [
        Column("tanggal", day, required=True),
        Column("nama", text(20)),
        Column("nomor", count),
    ]

    def clean(self, row: Row) -> Holiday:
        if row["nomor"] == 13:
            raise Refused("Angka sial.", field="nomor")
        return Holiday(row["tanggal"], row["nama"] or "Libur")

    def key(self, value: Holiday) -> Hashable:
        return value.day

    def save(self, value: Holiday) -> Outcome:
        if value.name == "Ditolak":
            raise Refused("Nama ini ditolak saat disimpan.", field="nama")
        found, created = DayOff.objects.get_or_create(day=value.day, defaults={"name": value.name})
        if created or found.name == value.name:
            return Outcome.ADDED if created else Outcome.UNCHANGED
        DayOff.objects.filter(pk=found.pk).update(name=value.name)
        return Outcome.CHANGED


def imported(tmp_path: Path, content: str, *, dry_run: bool = False) -> ImportResult:
    path = tmp_path / "a.csv"
    path.write_text(content)
    return run_import(Holidays(NOW), path, dry_run=dry_run)


def days_off() -> list[tuple[date, str]]:
    return list(DayOff.objects.order_by("day").values_list("day", "name"))


def counts(result: ImportResult) -> tuple[int, int, int]:
    return result.added, result.changed, result.unchanged


def test_import_writes_and_the_same_file_changes_nothing(tmp_path: Path) -> None:
    content = "nama;Tanggal\nSatu;2026-01-02\nDua;05/01/2026\n"
    assert counts(imported(tmp_path, content)) == (2, 0, 0)
    assert counts(imported(tmp_path, content)) == (0, 0, 2)
    assert days_off() == [(date(2026, 1, 2), "Satu"), (date(2026, 1, 5), "Dua")]


def test_known_row_is_updated(tmp_path: Path) -> None:
    imported(tmp_path, "tanggal,nama\n2026-01-02,Satu\n")
    assert counts(imported(tmp_path, "tanggal,nama\n2026-01-02,Lain\n")) == (0, 1, 0)
    assert days_off() == [(date(2026, 1, 2), "Lain")]


def test_dry_run_says_what_would_happen_and_writes_nothing(tmp_path: Path) -> None:
    result = imported(tmp_path, "tanggal\n2026-01-02\n", dry_run=True)
    assert (result.ok, *counts(result)) == (True, 1, 0, 0)
    assert days_off() == []


def test_one_faulty_row_stops_the_whole_file(tmp_path: Path) -> None:
    result = imported(tmp_path, "tanggal,nama,nomor\n2026-01-02,a,1\n\n2026-31-02,b,x\n2026-01-05,c,13\n")
    assert [str(problem) for problem in result.problems] == [
        "Baris 4, kolom tanggal: “2026-31-02” bukan tanggal yang ada. "
        "Tulis DD/MM/YYYY, misalnya 28/10/2021, atau 2021-10-28.",
        "Baris 4, kolom nomor: “x” bukan bilangan bulat. Tulis angka saja, misalnya 1738.",
        "Baris 5, kolom nomor: Angka sial.",
    ]
    assert (result.faulty_rows, result.rows, *counts(result)) == (2, 3, 0, 0, 0)
    assert days_off() == []


def test_refusal_on_writing_rolls_back_and_names_its_line(tmp_path: Path) -> None:
    result = imported(tmp_path, "tanggal,nama\n2026-01-02,a\n2026-01-03,Ditolak\n2026-01-04,Ditolak\n")
    reason = "Nama ini ditolak saat disimpan."
    assert result.problems == (Problem(3, "nama", reason), Problem(4, "nama", reason))
    assert days_off() == []


def test_duplicate_names_the_first_line(tmp_path: Path) -> None:
    result = imported(tmp_path, "tanggal,nama\n2026-01-02,a\n2026-01-03,b\n02/01/2026,c\n")
    assert [str(problem) for problem in result.problems] == [
        "Baris 4: Baris ini sama kuncinya dengan baris 2. Sisakan satu."
    ]


def test_first_200_faulty_rows_are_kept_and_all_are_counted(tmp_path: Path) -> None:
    result = imported(tmp_path, "tanggal\n" + "besok\n" * 10_000)
    assert [problem.line for problem in result.problems] == list(range(2, 202))
    assert result.faulty_rows == 10_000


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "tanggal,warna,warna\n2026-01-02,a,b\n",
            [
                "Baris 1: Kolom “warna” tidak dikenal. Kolom untuk holidays: tanggal, nama, nomor.",
                "Baris 1: Kolom “warna” tidak dikenal. Kolom untuk holidays: tanggal, nama, nomor.",
                "Baris 1: Kolom warna ada 2 kali. Sisakan satu.",
            ],
        ),
        ("nama\na\n", ["Baris 1: Kolom tanggal wajib ada. Tambahkan di baris judul."]),
        (",,\n,,\n", ["Baris 1: Kolom tanggal wajib ada. Tambahkan di baris judul."]),
        ("tanggal,nama\n", ["Baris 1: Berkas hanya berisi judul kolom. Isi sekurangnya satu baris data."]),
        ("tanggal,nama\n,a\n", ["Baris 2, kolom tanggal: Wajib diisi."]),
        (
            "tanggal,nama\n2026-01-02,a,b\n",
            [
                "Baris 2: Ada 3 sel, padahal kolomnya 2. Bila sebuah sel memuat koma, apit dengan tanda "
                "kutip ganda atau pisahkan kolom dengan titik koma."
            ],
        ),
        ("tanggal,\n2026-01-02,a\n", ["Baris 2: Sel ke-2 terisi, tetapi kolomnya tidak berjudul."]),
    ],
)
def test_faulty_shape_is_refused(tmp_path: Path, content: str, expected: list[str]) -> None:
    assert [str(problem) for problem in imported(tmp_path, content).problems] == expected


def test_short_lines_and_empty_columns_at_the_end_are_fine(tmp_path: Path) -> None:
    assert counts(imported(tmp_path, "tanggal;nama;;\n2026-01-02;;;\n2026-01-03\n")) == (2, 0, 0)


class Forgetful(Dataset[int]):
    """A dataset of numbers that keeps nothing, to measure what the framework keeps."""

    name = "numbers"
    columns: ClassVar = [Column("nomor", count, required=True), Column("teks", text(50))]

    def clean(self, row: Row) -> int:
        return int(row["nomor"])

    def key(self, value: int) -> Hashable:
        return ("nomor", value)

    def write(self, entries: Sequence[Entry[int]]) -> Counter[Outcome]:
        return Counter({Outcome.ADDED: len(entries)})


def test_memory_holds_one_number_per_row_and_one_chunk(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write("nomor,teks\n")
        file.writelines(f"{number},sebuah teks untuk baris {number}\n" for number in range(60_000))
    tracemalloc.start()
    try:
        result = run_import(Forgetful(NOW), path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.added == 60_000
    # Rows kept as lists would need some 20 MB; the keys need about 100 bytes each.
    assert peak < 12_000_000
