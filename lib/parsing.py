"""How single cells are read: what people write in a table, or what a spreadsheet made of it.

Every parser takes one cell that is not empty and returns a plain value, or raises :class:`CellError` with an
Indonesian sentence that says what is wrong and how to mend it. Parsers know no time zone and no region: days
and moments are naive and local to wherever the row belongs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from lib.months import EARLIEST_DAY
from lib.tabular import Cell

MAX_INTEGER = 2_147_483_647
MAX_DECIMAL = 999_999_999_999  # rupiah, twelve digits before the comma

_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LOCAL_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?")
_SEMESTER = re.compile(r"(\d{4})-([12])")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_REGION_CODE = re.compile(r"\d{2}(?:\.\d{2}(?:\.\d{2})?)?")
_NUMBER = re.compile(r"[+-]?\d+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[., '\u00a0\u202f]\d{3})+(?:[.,]\d+)?")
_DECIMAL = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_UNBROKEN_16_DIGITS = re.compile(r"(?<!\d)\d{16}(?!\d)")
_DIGIT_RUN = re.compile(r"\d(?:[\s.\-/_\u2013]?\d)+")
# A date that cannot be a part of a NIK.
_WRITTEN_DATE = re.compile(r"(?<!\d)(?:(?:19|20)\d\d-[01]\d-[0-3]\d|[0-3]?\d[./-][01]?\d[./-](?:19|20)\d\d)(?!\d)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

DATE_ADVICE = "Tulis DD/MM/YYYY, misalnya 28/10/2021, atau 2021-10-28."


class CellError(ValueError):
    """A cell that cannot be read; the message is for the person who filled it."""


def shown(cell: Cell) -> str:
    """Return a cell as a person would recognise it, cut to a readable length, for error sentences."""
    if isinstance(cell, float) and cell.is_integer():
        text = str(int(cell))
    elif isinstance(cell, float):
        text = repr(cell).replace(".", ",")
    elif isinstance(cell, bool):
        text = "ya" if cell else "tidak"
    else:
        text = str(cell)
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."


# --- text ------------------------------------------------------------------------------------------------


def text(max_length: int) -> Callable[[Cell], str]:
    """Return a parser of one line or more of text that holds no NIK; a number cell counts as its digits."""

    def parse(cell: Cell) -> str:
        value = _plain_text(cell, max_length)
        if holds_nik(value):
            raise CellError(
                "Ada 16 angka yang tampak seperti NIK. Data warga tidak boleh disimpan di sini: hapus nomornya."
            )
        return value

    return parse


def identifier(max_length: int) -> Callable[[Cell], str]:
    """Return a parser of a serial number or another number of a thing, which may have any count of digits."""

    def parse(cell: Cell) -> str:
        if isinstance(cell, float) and abs(cell) >= 1e15:
            # A spreadsheet keeps 15 digits of a number: the last ones are zeros by now.
            raise CellError("Nomor sepanjang ini rusak sebagai angka. Format kolomnya sebagai Teks, lalu tulis lagi.")
        return " ".join(_plain_text(cell, max_length).split())

    return parse


def _plain_text(cell: Cell, max_length: int) -> str:
    if isinstance(cell, str):
        value = cell
    elif isinstance(cell, int | float) and not isinstance(cell, bool) and float(cell).is_integer():
        value = str(int(cell))
    else:
        raise CellError(f"“{shown(cell)}” bukan teks. Format selnya sebagai Teks, lalu tulis lagi.")
    if _CONTROL.search(value):
        raise CellError("Ada huruf kendali yang tidak terbaca. Hapus lalu ketik ulang isinya.")
    if len(value) > max_length:
        raise CellError(f"Terlalu panjang: {len(value)} huruf, paling banyak {max_length}. Ringkaskan.")
    return value


def holds_nik(value: str) -> bool:
    """Say whether a text holds 16 digits in a row, be they set apart by spaces, dots or dashes."""
    if _UNBROKEN_16_DIGITS.search(value):
        return True
    # Two dates beside each other are 16 digits as well, and no NIK.
    without_dates = _WRITTEN_DATE.sub("#", value)
    return any(sum(map(str.isdigit, run)) == 16 for run in _DIGIT_RUN.findall(without_dates))


def term(terms: Mapping[str, str]) -> Callable[[Cell], str]:
    """Return a parser of a coded column: ``terms`` leads from every accepted spelling to its code.

    Case does not matter, and spaces and underscores are the same.
    """
    codes = {folded(spelling): code for spelling, code in terms.items()}
    advice = ", ".join(dict.fromkeys(_first_spellings(terms)))

    def parse(cell: Cell) -> str:
        try:
            return codes[folded(str(cell))]
        except KeyError:
            raise CellError(f"“{shown(cell)}” tidak dikenal. Pilih salah satu: {advice}.") from None

    return parse


def folded(spelling: str) -> str:
    """Return a spelling without what does not matter: case, and spaces against underscores."""
    return "_".join(spelling.casefold().replace("_", " ").split())


def _first_spellings(terms: Mapping[str, str]) -> list[str]:
    """Return for each code the first spelling that is declared, which is the one to recommend."""
    first: dict[str, str] = {}
    for spelling, code in terms.items():
        first.setdefault(code, spelling)
    return list(first.values())


def flag(cell: Cell) -> bool:
    """Read ``ya`` or ``tidak``, or a true or false cell."""
    if isinstance(cell, bool):
        return cell
    answer = {"ya": True, "tidak": False}.get(str(cell).strip().casefold())
    if answer is None:
        raise CellError(f"“{shown(cell)}” bukan ya atau tidak. Tulis ya atau tidak.")
    return answer


def region_code(cell: Cell) -> str:
    """Read a Kemendagri code of any level: ``36``, ``36.03`` or ``36.03.30``.

    A spreadsheet turns 36.10 into the number 36.1, so a number with a fraction is refused even where it looks
    right.
    """
    if isinstance(cell, float) and not cell.is_integer():
        raise CellError(
            f"Kode {shown(cell)} terbaca sebagai angka, sehingga nol di belakang bisa hilang. "
            "Format kolom kode sebagai Teks, lalu tulis lagi kodenya, misalnya 36.10."
        )
    code = cell if isinstance(cell, str) else shown(cell)
    if not _REGION_CODE.fullmatch(code):
        raise CellError(f"“{shown(code)}” bukan kode wilayah. Tulis kode Kemendagri dengan titik, misalnya 36.03.30.")
    return code


# --- numbers ---------------------------------------------------------------------------------------------


def count(cell: Cell) -> int:
    """Read a number of people or things: whole, not negative."""
    value = _integer(cell)
    if value < 0:
        raise CellError(f"{value} tidak boleh negatif. Tulis 0 atau lebih.")
    if value > MAX_INTEGER:
        raise CellError(f"{value} terlalu besar. Periksa jumlah angkanya.")
    return value


def _integer(cell: Cell) -> int:
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise _not_whole(cell)
    if isinstance(cell, str):
        return _integer_text(cell)
    if not float(cell).is_integer():
        raise _not_whole(cell)
    return int(cell)


def _integer_text(written: str) -> int:
    if _NUMBER.fullmatch(written) and len(written) <= 20:
        return int(written)
    if _GROUPED.fullmatch(written):
        raise _ambiguous(written)
    raise _not_whole(written)


def _not_whole(cell: Cell) -> CellError:
    return CellError(f"“{shown(cell)}” bukan bilangan bulat. Tulis angka saja, misalnya 1738.")


def _ambiguous(written: str) -> CellError:
    digits = re.sub(r"\D", "", written)
    return CellError(f"“{written}” bisa berarti dua hal. Tulis tanpa pemisah ribuan, misalnya {digits}.")


def decimal(cell: Cell, *, places: int = 3) -> Decimal:
    """Read a number with a decimal comma or point, not negative, with at most ``places`` decimals."""
    value = _decimal_text(cell) if isinstance(cell, str) else _decimal_number(cell, places)
    if value < 0:
        raise CellError(f"{shown(cell)} tidak boleh negatif. Tulis 0 atau lebih.")
    if value > MAX_DECIMAL:
        raise CellError(f"{shown(cell)} terlalu besar. Periksa jumlah angkanya.")
    if value != round(value, places):
        raise CellError(f"{shown(cell)} punya terlalu banyak angka di belakang koma. Paling banyak {places}.")
    return value


def _decimal_text(written: str) -> Decimal:
    # 0,125 can only be a fraction; 1.738 and 1,738 can be either.
    if _GROUPED.fullmatch(written) and not re.match(r"[+-]?0", written):
        raise _ambiguous(written)
    if not _DECIMAL.fullmatch(written) or len(written) > 20:
        raise CellError(f"“{shown(written)}” bukan angka. Tulis misalnya 12,5.")
    return Decimal(written.replace(",", "."))


def _decimal_number(cell: Cell, places: int) -> Decimal:
    """Read a number cell; a spreadsheet's binary noise far behind the comma is dropped."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise CellError(f"“{shown(cell)}” bukan angka. Tulis misalnya 12,5.")
    try:
        return round(Decimal(repr(cell)), places + 6).normalize()
    except InvalidOperation:
        raise CellError(f"“{shown(cell)}” bukan angka. Tulis misalnya 12,5.") from None


def rupiah(cell: Cell) -> Decimal:
    """Read an amount of money: rupiah, perhaps with two decimals."""
    return decimal(cell, places=2)


def percent(cell: Cell) -> Decimal:
    """Read a percentage such as 15 or 12,5, or "15%".

    A cell formatted as percent holds 0.15 for 15 %, which cannot be told from 0,15 %: refused.
    """
    if isinstance(cell, str):
        return decimal(cell.removesuffix("%").rstrip())
    if isinstance(cell, float) and 0 < cell < 1:
        raise CellError(f"{shown(cell)} bisa berasal dari sel berformat persen. Format sel sebagai Teks, tulis 15.")
    return decimal(cell)


# --- days and moments ------------------------------------------------------------------------------------


def day(cell: Cell) -> date:
    """Read a day: ISO, DD/MM/YYYY, or a date cell; refused before 2009."""
    if isinstance(cell, datetime):
        if cell.time() != time.min:
            raise CellError(f"“{shown(cell)}” memuat jam. Kolom ini hanya tanggal. {DATE_ADVICE}")
        return _not_too_early(cell.date())
    if isinstance(cell, date):
        return _not_too_early(cell)
    if not isinstance(cell, str):
        raise _not_a_day(cell)
    return _not_too_early(_day_text(cell))


@lru_cache(maxsize=1024)  # a file names the same few days over and over
def _day_text(written: str) -> date:
    if match := _ISO_DAY.fullmatch(written):
        year, month, number = (int(part) for part in match.groups())
    elif match := _LOCAL_DAY.fullmatch(written):
        number, month, year = (int(part) for part in match.groups())
    else:
        raise _not_a_day(written)
    try:
        return date(year, month, number)
    except ValueError:
        raise _not_a_day(written) from None


def _not_a_day(cell: Cell) -> CellError:
    return CellError(f"“{shown(cell)}” bukan tanggal yang ada. {DATE_ADVICE}")


def _not_too_early(value: date) -> date:
    if value < EARLIEST_DAY:
        year = EARLIEST_DAY.year
        raise CellError(f"{value:%d/%m/%Y} sebelum tahun {year}, ketika KTP-el belum ada. Periksa tahunnya.")
    return value


def moment(cell: Cell) -> datetime:
    """Read a naive local moment: a day, then perhaps HH:MM or HH.MM; a bare day means 00.00."""
    if isinstance(cell, datetime):
        _not_too_early(cell.date())
        # A spreadsheet's fraction of a day may lie a moment before the minute that was typed.
        try:
            return (cell + timedelta(seconds=30)).replace(second=0, microsecond=0)
        except OverflowError:  # the last half minute that there is
            raise CellError(f"“{shown(cell)}” terlalu jauh. Periksa tahunnya.") from None
    if not isinstance(cell, str):
        return datetime.combine(day(cell), time.min)
    written, _, clock = cell.replace("T", " ").strip().partition(" ")
    return datetime.combine(day(written), _clock(clock.strip()) if clock else time.min)


def _clock(written: str) -> time:
    match = _CLOCK.fullmatch(written)
    try:
        if match:
            return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        match = None
    raise CellError(f"“{written}” bukan jam. Tulis jam dan menit, misalnya 2021-10-28 09:05.")


def month(cell: Cell) -> date:
    """Read YYYY-MM as the first day of that month.

    A spreadsheet makes a date of 2012-04: the first day of the month, the only one that is accepted.
    """
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        if cell.day != 1:
            raise CellError(f"“{shown(cell)}” bukan bulan. Tulis tahun dan bulan, misalnya 2012-04.")
        return _not_too_early(cell)
    match = _MONTH.fullmatch(cell) if isinstance(cell, str) else None
    if not match or not 1 <= int(match[2]) <= 12:
        raise CellError(f"“{shown(cell)}” bukan bulan. Tulis tahun dan bulan, misalnya 2012-04.")
    return _not_too_early(date(int(match[1]), int(match[2]), 1))


def semester(cell: Cell) -> str:
    """Read a DKB semester, 2012-1 or 2012-2; a spreadsheet makes 1 January or 1 February 2012 of it."""
    if isinstance(cell, date) and cell.day == 1 and cell.month <= 2:
        cell = f"{cell.year}-{cell.month}"
    match = _SEMESTER.fullmatch(cell) if isinstance(cell, str) else None
    if not match:
        raise CellError(f"“{shown(cell)}” bukan semester. Tulis tahun dan 1 atau 2, misalnya 2012-1.")
    _not_too_early(date(int(match[1]), 1, 1))
    return match[0]


def year(cell: Cell) -> int:
    """Read a year of four digits from 1990; the newest year allowed is for the row to judge."""
    value = _integer(cell)
    if not 1990 <= value <= 9999:
        raise CellError(f"“{shown(cell)}” bukan tahun perolehan. Tulis empat angka, misalnya 2011.")
    return value
