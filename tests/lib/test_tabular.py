from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from lib.tabular import Line, TableError, open_table


def local(*parts: int) -> datetime:
    """Return a moment without a zone, as a cell of a spreadsheet is."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def lines_of(path: Path) -> list[Line]:
    return list(open_table(path).lines())


def refusal_of(path: Path) -> str:
    with pytest.raises(TableError) as refused:
        lines_of(path)
    return str(refused.value)


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(path: Path, rows: list[list[object]], *, first_row: int = 0) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for number, row in enumerate(rows, start=first_row):
        for place, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(number, place, value, moment)
            elif isinstance(value, date):
                sheet.write_datetime(number, place, value, day)
            elif value is not None:
                sheet.write(number, place, value)
    book.close()
    return path


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_csv_is_read_with_either_delimiter_and_mark(tmp_path: Path, delimiter: str, mark: str) -> None:
    path = written(tmp_path / "a.csv", mark + f"kode{delimiter}rekam\n36.03.30{delimiter} 15 \n")
    assert lines_of(path) == [(1, ["kode", "rekam"]), (2, ["36.03.30", "15"])]


def test_csv_line_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", '\r\na;b\r\n\r\n1;"dua\r\nbaris"\r\n;\r\n3;4\r\n')
    assert lines_of(path) == [(2, ["a", "b"]), (4, ["1", "dua\r\nbaris"]), (7, ["3", "4"])]


def test_csv_can_be_read_again(tmp_path: Path) -> None:
    table = open_table(written(tmp_path / "a.csv", "a,b\n1,2\n"))
    assert list(table.lines()) == list(table.lines())


@pytest.mark.parametrize("content", [b"", b" \r\n\n", b"\n"])
def test_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    expected = "Berkas kosong. Isi sekurangnya baris judul kolom dan satu baris data."
    assert refusal_of(written(tmp_path / "a.csv", content)) == expected


def test_broken_encoding_names_its_line(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", b"a,b\n" + b"1,2\n" * 30_000 + b"caf\xe9,2\n")
    with pytest.raises(TableError) as refused:
        lines_of(path)
    assert str(refused.value) == "Huruf dalam berkas bukan UTF-8. Simpan ulang sebagai “CSV UTF-8”."
    assert refused.value.line == 30_002


def test_utf16_is_refused(tmp_path: Path) -> None:
    expected = "Huruf dalam berkas bukan UTF-8. Simpan ulang sebagai “CSV UTF-8”."
    assert refusal_of(written(tmp_path / "a.csv", "a,b\n1,2\n".encode("utf-16"))) == expected


def test_nul_is_refused(tmp_path: Path) -> None:
    expected = "Ada huruf NUL: berkas ini bukan teks CSV. Simpan ulang sebagai CSV UTF-8."
    assert refusal_of(written(tmp_path / "a.csv", "a,b\n1,\0\n")) == expected


def test_open_quote_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(TableError) as refused:
        lines_of(written(tmp_path / "a.csv", 'a,b\n1,"dua\n3,4\n'))
    assert refused.value.line == 2


def test_tabs_are_refused(tmp_path: Path) -> None:
    expected = "Kolom dipisahkan tab. Simpan ulang sebagai CSV dengan koma atau titik koma."
    assert refusal_of(written(tmp_path / "a.csv", "a\tb\n1\t2\n")) == expected


def test_zip_named_csv_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a"], [1]]).rename(tmp_path / "a.csv")
    expected = "Isi berkas ini ZIP atau XLSX, bukan CSV. Bila memang XLSX, beri nama akhiran .xlsx."
    assert refusal_of(path) == expected


def test_csv_named_xlsx_is_refused(tmp_path: Path) -> None:
    expected = "Berkas bernama .xlsx tetapi isinya bukan XLSX. Simpan ulang dari aplikasi lembar kerja."
    assert refusal_of(written(tmp_path / "a.xlsx", "a,b\n1,2\n")) == expected


def test_old_xls_is_refused(tmp_path: Path) -> None:
    expected = "Berkas ini XLS lama atau terkunci kata sandi. Simpan ulang sebagai .xlsx tanpa kata sandi."
    assert refusal_of(written(tmp_path / "a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 600)) == expected


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    missing = tmp_path / "a.csv"
    assert refusal_of(missing) == f"Berkas “{missing}” tidak ditemukan. Periksa nama dan foldernya."
    assert refusal_of(tmp_path) == f"“{tmp_path}” adalah folder. Sebutkan berkas CSV atau XLSX di dalamnya."


def test_xlsx_gives_typed_cells_and_true_line_numbers(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["kode", "tanggal", "jam", "n"],
        [],
        ["36.03", date(2012, 4, 2), local(2012, 4, 2, 8, 30), 12],
    ]
    path = workbook(tmp_path / "a.xlsx", rows, first_row=2)
    assert lines_of(path) == [
        (3, ["kode", "tanggal", "jam", "n"]),
        (5, ["36.03", date(2012, 4, 2), local(2012, 4, 2, 8, 30), 12.0]),
    ]


def test_formula_error_names_its_cell(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["a", "b"])
    sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    book.close()
    expected = "Sel B2 berisi galat rumus (seperti #N/A). Ganti dengan nilainya."
    assert refusal_of(tmp_path / "a.xlsx") == expected


def test_cell_far_away_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write(1_048_575, 16_383, "jauh")
    book.close()
    expected = "Lembar kerja terlalu besar. Hapus sel di luar tabel, bagi berkasnya, atau pakai CSV."
    assert refusal_of(tmp_path / "a.xlsx") == expected


def tampered(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """Return a small workbook in which one part says something else."""
    workbook(path, [["kode", "rekam"], ["36.03.30", 5]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<c r="B2"', b'<c r="B99999999999999999999"'),
        (b'<c r="B2"', b'<c s=">" r="B1048576"/><c r="ZZZZZ1"'),
        (b'<row r="2"', b'<row r="4294967295"'),
    ],
    ids=["row", "column", "row of cells without a place"],
)
def test_cell_that_is_nowhere_is_refused(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = tampered(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", old, new)
    expected = "Lembar kerja terlalu besar. Hapus sel di luar tabel, bagi berkasnya, atau pakai CSV."
    assert refusal_of(path) == expected


def test_absurd_count_of_strings_is_refused(tmp_path: Path) -> None:
    path = tampered(tmp_path / "a.xlsx", "xl/sharedStrings.xml", b'uniqueCount="3"', b'uniqueCount="4294967295"')
    expected = "Berkas XLSX rusak atau bukan lembar kerja. Buka lalu simpan ulang sebagai .xlsx."
    assert refusal_of(path) == expected


def bomb(size: int) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/a.xml", "w") as member,
    ):
        for _ in range(size // 1024 // 1024):
            member.write(b" " * 1024 * 1024)
    return buffer.getvalue()


def test_zip_bomb_is_refused_by_its_size(tmp_path: Path) -> None:
    expected = "Isi XLSX melebihi 256 MB. Bagi menjadi beberapa berkas atau pakai CSV."
    assert refusal_of(written(tmp_path / "a.xlsx", bomb(257 * 1024 * 1024))) == expected


def test_zip_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    content = bytearray(bomb(4 * 1024 * 1024))
    entry = content.rfind(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 10)
    expected = "Berkas XLSX rusak atau bukan lembar kerja. Buka lalu simpan ulang sebagai .xlsx."
    assert refusal_of(written(tmp_path / "a.xlsx", bytes(content))) == expected


@pytest.mark.parametrize("content", [b"PK\x03\x04 rusak", bomb(1024 * 1024)], ids=["cut off", "no workbook"])
def test_zip_that_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    expected = "Berkas XLSX rusak atau bukan lembar kerja. Buka lalu simpan ulang sebagai .xlsx."
    assert refusal_of(written(tmp_path / "a.xlsx", content)) == expected
