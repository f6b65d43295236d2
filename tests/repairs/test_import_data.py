from __future__ import annotations

import csv
import zipfile
from collections.abc import Sequence
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import xlsxwriter
from django.core.management import call_command
from django.core.management.base import CommandError

from kecamatan.models import Recording
from repairs.datasets import DATASETS

HEADER = "kode,tanggal,rekam\n"

pytestmark = pytest.mark.usefixtures("kecamatan")


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("import_data", *arguments, stdout=out)
    return out.getvalue()


def complaint(*arguments: str) -> list[str]:
    """Run the command, which must end with status 1 and write nothing; return the lines of the reason."""
    with pytest.raises(CommandError) as error:
        call_command("import_data", *arguments)
    assert error.value.returncode == 1
    assert not Recording.objects.exists()
    return str(error.value).splitlines()


def written(folder: Path, content: bytes | str, name: str = "a.csv") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def test_success_says_what_was_done(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}36.03.30,2026-11-02,5\n36.03.30,2026-11-03,6\n")
    assert said("recordings", path, "--dry-run") == (
        "recordings: 2 baris; 2 ditambahkan, 0 diubah, 0 tetap. Uji coba: tidak ada yang disimpan.\n"
    )
    assert said("recordings", path) == "recordings: 2 baris; 2 ditambahkan, 0 diubah, 0 tetap.\n"
    assert said("recordings", path) == "recordings: 2 baris; 0 ditambahkan, 0 diubah, 2 tetap.\n"


def workbook(folder: Path, rows: Sequence[Sequence[object]]) -> str:
    path = folder / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(number, place, cell, book.add_format({"num_format": "dd/mm/yyyy"}))
            else:
                sheet.write(number, place, cell)
    book.close()
    return str(path)


def test_xlsx_with_real_dates_and_numbers(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["Kode", "Tanggal", "Rekam"], ["36.03.30", date(2026, 11, 2), 5]])
    assert said("recordings", path) == "recordings: 1 baris; 1 ditambahkan, 0 diubah, 0 tetap.\n"
    assert Recording.objects.values_list("day", "recorded").get() == (date(2026, 11, 2), 5)


def test_code_that_became_a_number_is_refused(tmp_path: Path) -> None:
    assert complaint("targets", workbook(tmp_path, [["kode", "mulai", "jumlah"], [36.03, "2026-04", 5]])) == [
        "Baris 2, kolom kode: Kode 36,03 terbaca sebagai angka, sehingga nol di belakang bisa hilang. "
        "Format kolom kode sebagai Teks, lalu tulis lagi kodenya, misalnya 36.10.",
        "Tidak ada yang disimpan.",
    ]


def test_every_faulty_row_is_listed(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}36.03.30,2026-11-02,5\n36.03.31,2026-11-02,5\n36.03.30,2026-11-03,-5\n")
    assert complaint("recordings", path) == [
        "Baris 3, kolom kode: Tidak ada kecamatan 36.03.31. Periksa kodenya pada daftar Kemendagri.",
        "Baris 4, kolom rekam: -5 tidak boleh negatif. Tulis 0 atau lebih.",
        "Tidak ada yang disimpan. 2 baris salah.",
    ]


def test_ten_thousand_faulty_rows_are_summed_up(tmp_path: Path) -> None:
    lines = complaint("recordings", written(tmp_path, HEADER + "36.03.30,besok,5\n" * 10_000))
    assert len(lines) == 201
    assert lines[-1] == "Tidak ada yang disimpan. 10.000 baris salah; 200 yang pertama tercantum di atas."


def test_broken_files_are_refused(tmp_path: Path) -> None:
    nothing = "Tidak ada yang disimpan."
    archive = tmp_path / "zip.csv"
    with zipfile.ZipFile(archive, "w") as member:
        member.writestr("a.txt", "isi")
    assert complaint("recordings", str(archive)) == [
        "Isi berkas ini ZIP atau XLSX, bukan CSV. Bila memang XLSX, beri nama akhiran .xlsx.",
        nothing,
    ]
    assert complaint("recordings", written(tmp_path, "")) == [
        "Berkas kosong. Isi sekurangnya baris judul kolom dan satu baris data.",
        nothing,
    ]
    assert complaint("recordings", written(tmp_path, HEADER.encode() + b"36.03.30,2026-11-02,\xff\n")) == [
        "Baris 2: Huruf dalam berkas bukan UTF-8. Simpan ulang sebagai “CSV UTF-8”.",
        nothing,
    ]
    assert complaint("recordings", written(tmp_path, "kode,tanggal,jumlah\n36.03.30,2026-11-02,5\n")) == [
        "Baris 1: Kolom “jumlah” tidak dikenal. Kolom untuk recordings: kode, tanggal, di, rekam, cetak, kendala.",
        "Baris 1: Kolom rekam wajib ada. Tambahkan di baris judul.",
        nothing,
    ]
    missing = str(tmp_path / "tidak-ada.csv")
    assert complaint("recordings", missing) == [
        f"Berkas “{missing}” tidak ditemukan. Periksa nama dan foldernya.",
        nothing,
    ]
    assert complaint("recordings", str(tmp_path)) == [
        f"“{tmp_path}” adalah folder. Sebutkan berkas CSV atau XLSX di dalamnya.",
        nothing,
    ]


def test_unknown_dataset_is_refused(tmp_path: Path) -> None:
    assert complaint("requests", written(tmp_path, HEADER)) == [
        "Tidak ada jenis data “requests”. Pilih salah satu: arrangements, devices, faults, inventories, "
        "lost_records, outages, population, recordings, targets."
    ]


def section_of(dataset: str) -> str:
    page = (Path(__file__).parents[2] / "docs" / "imports.md").read_text(encoding="utf-8")
    _, _, section = page.partition(f"\n## {dataset}\n")
    return section.partition("\n## ")[0]


@pytest.mark.parametrize("dataset", sorted(DATASETS))
def test_docs_list_every_column_and_no_other(dataset: str) -> None:
    listed = [line.split("`")[1] for line in section_of(dataset).splitlines() if line.startswith("| `")]
    assert listed == [column.name for column in DATASETS[dataset].columns]


@pytest.mark.parametrize("dataset", sorted(DATASETS))
def test_examples_in_the_docs_can_be_read(dataset: str) -> None:
    parsers = {column.name: column.parse for column in DATASETS[dataset].columns}
    _, example, _ = section_of(dataset).split("```")
    rows = list(csv.DictReader(example.strip().splitlines(), delimiter=";"))
    assert rows
    for row in rows:
        for name, cell in row.items():
            if cell:
                parsers[name](cell)
