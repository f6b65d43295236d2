"""Tables that people hand in: CSV or XLSX, known by their content, read row by row as often as needed; and CSV out.

Whatever is wrong with the file as a whole raises :class:`TableError` with an Indonesian sentence for whoever
filled it. A CSV file of any length is streamed. An XLSX file is measured before it is parsed, because a few
kilobytes can unpack to gigabytes and one cell far away makes a sheet of billions.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol, TextIO

from python_calamine import CalamineError, CalamineWorkbook

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Line = tuple[int, list[Cell]]

MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_CELLS = 5_000_000
MAX_COLUMNS = 100

_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old XLS, and XLSX behind a password
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BLOCK = 1 << 20
_ATTRIBUTES = rb"""([^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*)"""
_TAG = re.compile(rb"<" + _ATTRIBUTES + rb">")
_ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s/>])" + _ATTRIBUTES + rb">")
_ROW_NUMBER = re.compile(rb"""\br=["'](\d+)["']""")
_CELL_REFERENCE = re.compile(rb"""\br=["']([A-Za-z]+)(\d+)["']""")
_ERROR_CELL = re.compile(rb"""\bt=["']e["']""")
# The reader reserves memory for as many strings or styles as a part claims to hold: eight digits are too many.
_ABSURD_COUNT = re.compile(rb"""\b(?:count|uniqueCount)\s*=\s*["']\s*\+?0*[1-9]\d{7}""")
_LONGEST_TAG = 1 << 16


class TableError(Exception):
    """A file that cannot be read as a table; the message says why and what to do about it."""

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class Table(Protocol):
    """A file with rows; every call of ``lines`` reads it anew from the start."""

    def lines(self) -> Iterator[Line]:
        """Yield each row that is not blank with its line number in the file, counted from 1.

        Raises :class:`TableError` where the file turns out to be broken.
        """
        ...


def open_table(path: Path) -> Table:
    """Return the table in a CSV or XLSX file; raises :class:`TableError` for anything else."""
    start = _first_bytes(path)
    if not start.strip():
        raise TableError("Berkas kosong. Isi sekurangnya baris judul kolom dan satu baris data.")
    if start.startswith(_OLE_MAGIC):
        raise TableError("Berkas ini XLS lama atau terkunci kata sandi. Simpan ulang sebagai .xlsx tanpa kata sandi.")
    named_xlsx = path.suffix.lower() == ".xlsx"
    if start.startswith(_ZIP_MAGIC):
        if not named_xlsx:
            raise TableError("Isi berkas ini ZIP atau XLSX, bukan CSV. Bila memang XLSX, beri nama akhiran .xlsx.")
        return _checked_xlsx(path)
    if named_xlsx:
        raise TableError("Berkas bernama .xlsx tetapi isinya bukan XLSX. Simpan ulang dari aplikasi lembar kerja.")
    return _sniffed_csv(path, start)


def _first_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise TableError(f"“{path}” adalah folder. Sebutkan berkas CSV atau XLSX di dalamnya.")
    try:
        if path.exists() and not path.is_file():
            raise TableError(f"“{path}” bukan berkas biasa, sehingga tidak dapat dibaca dua kali.")
        with path.open("rb") as file:
            return file.read(4096)
    except FileNotFoundError:
        raise TableError(f"Berkas “{path}” tidak ditemukan. Periksa nama dan foldernya.") from None
    except (OSError, ValueError) as error:
        raise TableError(f"Berkas “{path}” tidak dapat dibaca ({error}).") from None


# --- CSV -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file in UTF-8, with or without a byte order mark."""

    path: Path
    delimiter: str

    def lines(self) -> Iterator[Line]:
        """Yield the rows; a cell that spans lines counts from where its row began."""
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            line = 1
            for cells in _decoded(reader, file):
                stripped: list[Cell] = [cell.strip() for cell in cells]
                if any(stripped):
                    yield line, stripped
                line = reader.line_num + 1


class _Reader(Protocol):
    line_num: int

    def __next__(self) -> list[str]: ...


def _decoded(reader: _Reader, file: TextIO) -> Iterator[list[str]]:
    """Yield what the reader yields; raises :class:`TableError` for bytes and quotes that make no sense."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError:
            # The decoder works in blocks, ahead of the rows: find the line by the bytes.
            raise _not_utf8(_first_broken_line(Path(file.name))) from None
        except csv.Error:
            reason = "Tanda kutip ganda tidak ditutup atau salah tempat, atau sebuah sel terlalu panjang"
            raise TableError(f"{reason}. Perbaiki sel yang diawali tanda kutip.", line=line) from None
        yield cells


def _first_broken_line(path: Path) -> int | None:
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            try:
                raw.decode()
            except UnicodeDecodeError:
                return number
    return None


def _not_utf8(line: int | None = None) -> TableError:
    return TableError("Huruf dalam berkas bukan UTF-8. Simpan ulang sebagai “CSV UTF-8”.", line=line)


def _sniffed_csv(path: Path, start: bytes) -> CsvTable:
    """Take the delimiter from the header: a comma, or the semicolon that goes with a decimal comma."""
    if start.startswith(_UTF16_MARKS):
        raise _not_utf8()
    if b"\0" in start:
        raise TableError("Ada huruf NUL: berkas ini bukan teks CSV. Simpan ulang sebagai CSV UTF-8.")
    header = next((line for line in start.splitlines() if line.strip()), b"")
    if b"\t" in header and b";" not in header and b"," not in header:
        raise TableError("Kolom dipisahkan tab. Simpan ulang sebagai CSV dengan koma atau titik koma.", line=1)
    return CsvTable(path, ";" if header.count(b";") > header.count(b",") else ",")


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With what a cell begins that a spreadsheet would run as a formula."""


_PLAIN_NUMBER = re.compile(r"-?\d+(,\d+)?")


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield rows as lines of a CSV file that spreadsheets with Indonesian settings open as a table.

    Semicolons, because the comma is their decimal sign; a byte order mark, for letters beyond ASCII. A text that would
    run as a formula gets an apostrophe in front; a plain number does not, also below 0.
    """
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([_harmless(cell) for cell in row])


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(cell) else cell


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


# --- XLSX ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class XlsxTable:
    """The first sheet of an XLSX file that was measured already."""

    path: Path

    def lines(self) -> Iterator[Line]:
        """Yield the rows of the first sheet; dates and numbers come as they are, text is stripped."""
        try:
            sheet = CalamineWorkbook.from_path(self.path).get_sheet_by_index(0)
        except (CalamineError, OSError):
            raise _broken_xlsx() from None
        for line, cells in enumerate(sheet.iter_rows(), start=1):
            stripped: list[Cell] = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
            if any(cell not in ("", None) for cell in stripped):
                yield line, stripped


def _broken_xlsx() -> TableError:
    return TableError("Berkas XLSX rusak atau bukan lembar kerja. Buka lalu simpan ulang sebagai .xlsx.")


def _checked_xlsx(path: Path) -> XlsxTable:
    try:
        with zipfile.ZipFile(path) as archive:
            _measure(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise _broken_xlsx() from None
    return XlsxTable(path)


def _measure(archive: zipfile.ZipFile) -> None:
    """Refuse what unpacks too large, before anything is unpacked, and sheets with too many cells."""
    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
        limit = MAX_UNPACKED_BYTES // 1024 // 1024
        raise TableError(f"Isi XLSX melebihi {limit} MB. Bagi menjadi beberapa berkas atau pakai CSV.")
    for entry in archive.infolist():
        # Reading to the end also proves size and checksum: a size that lies ends as a bad checksum.
        with archive.open(entry) as member:
            blocks = iter(lambda member=member: member.read(_BLOCK), b"")  # type: ignore[misc]
            # A sheet may have any name inside, so every part is measured as if it were one.
            _measure_part(blocks)


def _measure_part(blocks: Iterator[bytes]) -> None:
    """Refuse a sheet with too many cells, too large a rectangle around them, or a failed formula."""
    extent, rest = _Extent(), b""
    for block in blocks:
        text = rest + block
        if _ABSURD_COUNT.search(text):
            raise _broken_xlsx()
        for tag in _ROW_OR_CELL.finditer(text):
            extent.enter(tag[1], tag[2])
        if extent.columns > MAX_COLUMNS or max(extent.cells, extent.rows * extent.columns) > MAX_CELLS:
            raise TableError("Lembar kerja terlalu besar. Hapus sel di luar tabel, bagi berkasnya, atau pakai CSV.")
        rest = text[text.rfind(b"<") :]
        if len(rest) > _LONGEST_TAG:
            if not _TAG.match(rest):
                raise _broken_xlsx()
            rest = b""


@dataclass(slots=True)
class _Extent:
    """The rectangle that the cells read so far span. A row or cell that does not say where it is follows the last."""

    cells: int = 0
    rows: int = 0
    columns: int = 0
    _row: int = 0
    _column: int = 0

    def enter(self, tag: bytes, attributes: bytes) -> None:
        """Take in the opening tag of a row or of a cell."""
        if tag == b"row":
            number = _ROW_NUMBER.search(attributes)
            self._row, self._column = _number(number[1]) if number else self._row + 1, 0
            return
        reference = _CELL_REFERENCE.search(attributes)
        if _ERROR_CELL.search(attributes):
            raise _formula_error(reference)
        self._column = _column_number(reference[1]) if reference else self._column + 1
        self.cells += 1
        self.rows = max(self.rows, self._row, _number(reference[2]) if reference else 0)
        self.columns = max(self.columns, self._column)


def _number(digits: bytes) -> int:
    """Return a row number; one of absurd length only needs to be too large."""
    return int(digits[:12])


def _formula_error(reference: re.Match[bytes] | None) -> TableError:
    where = f"Sel {(reference[1] + reference[2]).decode().upper()}" if reference else "Sebuah sel"
    line = _number(reference[2]) if reference else None
    return TableError(f"{where} berisi galat rumus (seperti #N/A). Ganti dengan nilainya.", line=line)


def _column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA; a name of absurd length only needs to be too large."""
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + letter - 64
    return number
