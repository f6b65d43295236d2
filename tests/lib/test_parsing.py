from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

from lib import parsing
from lib.parsing import (
    CellError,
    count,
    day,
    decimal,
    flag,
    identifier,
    moment,
    month,
    percent,
    region_code,
    semester,
    term,
    text,
)
from lib.tabular import Cell


def local(*parts: int) -> datetime:
    """Return a moment without a zone, as a cell of a spreadsheet is."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


COLOURS = term({"listrik padam": "power_outage", "power_outage": "power_outage", "petir": "lightning"})

READ: list[tuple[Callable[[Cell], object], Cell, object]] = [
    (count, "1738", 1738),
    (count, "0", 0),
    (count, 12.0, 12),
    (count, 12, 12),
    (decimal, "12,5", Decimal("12.5")),
    (decimal, "12.5", Decimal("12.5")),
    (decimal, "15", Decimal(15)),
    (decimal, "0,125", Decimal("0.125")),
    (decimal, 12.5, Decimal("12.5")),
    (decimal, 0.1 + 0.2, Decimal("0.3")),
    (percent, "15%", Decimal(15)),
    (percent, "12,5 %", Decimal("12.5")),
    (percent, 15.0, Decimal(15)),
    (day, "2021-10-28", date(2021, 10, 28)),
    (day, "28/10/2021", date(2021, 10, 28)),
    (day, "1/2/2021", date(2021, 2, 1)),
    (day, date(2021, 10, 28), date(2021, 10, 28)),
    (day, local(2021, 10, 28), date(2021, 10, 28)),
    (moment, "2021-10-28 09:05", local(2021, 10, 28, 9, 5)),
    (moment, "2021-10-28T09:05", local(2021, 10, 28, 9, 5)),
    (moment, "28/10/2021 09.05", local(2021, 10, 28, 9, 5)),
    (moment, "28/10/2021", local(2021, 10, 28)),
    (moment, date(2021, 10, 28), local(2021, 10, 28)),
    (moment, local(2021, 10, 28, 9, 4, 59, 999_000), local(2021, 10, 28, 9, 5)),
    (month, "2012-04", date(2012, 4, 1)),
    (month, date(2012, 4, 1), date(2012, 4, 1)),
    (semester, "2012-1", "2012-1"),
    (semester, date(2012, 2, 1), "2012-2"),
    (region_code, "36.03.30", "36.03.30"),
    (region_code, "36.10", "36.10"),
    (region_code, 36.0, "36"),
    (COLOURS, "Listrik  Padam", "power_outage"),
    (COLOURS, "listrik_padam", "power_outage"),
    (COLOURS, "POWER_OUTAGE", "power_outage"),
    (flag, "Ya", True),
    (flag, "tidak", False),
    (flag, True, True),
    (identifier(20), "3603300101900001", "3603300101900001"),
    (identifier(20), 12345.0, "12345"),
    (text(20), 12.0, "12"),
    (text(99), "rusak 2012-04-02 2012-04-30", "rusak 2012-04-02 2012-04-30"),
    (text(99), "02/04/2012-30/04/2012", "02/04/2012-30/04/2012"),
    (parsing.year, "2011", 2011),
]


@pytest.mark.parametrize(("parser", "cell", "expected"), READ)
def test_cell_is_read(parser: Callable[[Cell], object], cell: Cell, expected: object) -> None:
    assert parser(cell) == expected


ADVICE = "Tulis DD/MM/YYYY, misalnya 28/10/2021, atau 2021-10-28."
NIK = "Ada 16 angka yang tampak seperti NIK. Data warga tidak boleh disimpan di sini: hapus nomornya."
REFUSED: list[tuple[Callable[[Cell], object], Cell, str]] = [
    (count, "-3", "-3 tidak boleh negatif. Tulis 0 atau lebih."),
    (count, -3.0, "-3 tidak boleh negatif. Tulis 0 atau lebih."),
    (count, "1.738", "“1.738” bisa berarti dua hal. Tulis tanpa pemisah ribuan, misalnya 1738."),
    (count, "1,738", "“1,738” bisa berarti dua hal. Tulis tanpa pemisah ribuan, misalnya 1738."),
    (count, "1 738", "“1 738” bisa berarti dua hal. Tulis tanpa pemisah ribuan, misalnya 1738."),
    (count, "12,5", "“12,5” bukan bilangan bulat. Tulis angka saja, misalnya 1738."),
    (count, 12.5, "“12,5” bukan bilangan bulat. Tulis angka saja, misalnya 1738."),
    (count, True, "“ya” bukan bilangan bulat. Tulis angka saja, misalnya 1738."),
    (count, float("nan"), "“nan” bukan bilangan bulat. Tulis angka saja, misalnya 1738."),
    (count, "9999999999", "9999999999 terlalu besar. Periksa jumlah angkanya."),
    (decimal, "1.738", "“1.738” bisa berarti dua hal. Tulis tanpa pemisah ribuan, misalnya 1738."),
    (decimal, "1.738,50", "“1.738,50” bisa berarti dua hal. Tulis tanpa pemisah ribuan, misalnya 173850."),
    (decimal, "lima", "“lima” bukan angka. Tulis misalnya 12,5."),
    (decimal, "0,12345", "0,12345 punya terlalu banyak angka di belakang koma. Paling banyak 3."),
    (decimal, float("inf"), "“inf” bukan angka. Tulis misalnya 12,5."),
    (percent, 0.15, "0,15 bisa berasal dari sel berformat persen. Format sel sebagai Teks, tulis 15."),
    (day, "10/25/2026", f"“10/25/2026” bukan tanggal yang ada. {ADVICE}"),
    (day, "31/02/2021", f"“31/02/2021” bukan tanggal yang ada. {ADVICE}"),
    (day, "kemarin", f"“kemarin” bukan tanggal yang ada. {ADVICE}"),
    (day, 44497.0, f"“44497” bukan tanggal yang ada. {ADVICE}"),
    (day, "2008-12-31", "31/12/2008 sebelum tahun 2009, ketika KTP-el belum ada. Periksa tahunnya."),
    (day, local(2021, 10, 28, 9, 5), f"“2021-10-28 09:05:00” memuat jam. Kolom ini hanya tanggal. {ADVICE}"),
    (moment, "2021-10-28 25:00", "“25:00” bukan jam. Tulis jam dan menit, misalnya 2021-10-28 09:05."),
    (moment, "2021-10-28 pagi", "“pagi” bukan jam. Tulis jam dan menit, misalnya 2021-10-28 09:05."),
    (moment, local(9999, 12, 31, 23, 59, 30), "“9999-12-31 23:59:30” terlalu jauh. Periksa tahunnya."),
    (month, "2012-13", "“2012-13” bukan bulan. Tulis tahun dan bulan, misalnya 2012-04."),
    (month, date(2012, 4, 2), "“2012-04-02” bukan bulan. Tulis tahun dan bulan, misalnya 2012-04."),
    (semester, "2012-3", "“2012-3” bukan semester. Tulis tahun dan 1 atau 2, misalnya 2012-1."),
    (
        region_code,
        36.1,
        "Kode 36,1 terbaca sebagai angka, sehingga nol di belakang bisa hilang. "
        "Format kolom kode sebagai Teks, lalu tulis lagi kodenya, misalnya 36.10.",
    ),
    (
        region_code,
        "36.1",
        "“36.1” bukan kode wilayah. Tulis kode Kemendagri dengan titik, misalnya 36.03.30.",
    ),
    (COLOURS, "banjir", "“banjir” tidak dikenal. Pilih salah satu: listrik padam, petir."),
    (flag, "mungkin", "“mungkin” bukan ya atau tidak. Tulis ya atau tidak."),
    (text(5), "terlalu", "Terlalu panjang: 7 huruf, paling banyak 5. Ringkaskan."),
    (text(50), "a\x07b", "Ada huruf kendali yang tidak terbaca. Hapus lalu ketik ulang isinya."),
    (text(50), "a\x00b", "Ada huruf kendali yang tidak terbaca. Hapus lalu ketik ulang isinya."),
    (text(50), "NIK 3603300101900001", NIK),
    (text(50), "NIK 3603 3001 0190 0001 umur", NIK),
    (text(50), "36.03.30.010190.0001", NIK),
    (text(50), "1234-5678-9012-3456", NIK),
    (text(50), 3603300101900001.0, NIK),
    (text(99), "tgl 2 3603300101900001 5", NIK),
    (
        identifier(50),
        3603300101900001.0,
        "Nomor sepanjang ini rusak sebagai angka. Format kolomnya sebagai Teks, lalu tulis lagi.",
    ),
    (parsing.year, "11", "“11” bukan tahun perolehan. Tulis empat angka, misalnya 2011."),
]


@pytest.mark.parametrize(("parser", "cell", "reason"), REFUSED)
def test_cell_is_refused_with_a_reason(parser: Callable[[Cell], object], cell: Cell, reason: str) -> None:
    with pytest.raises(CellError) as refused:
        parser(cell)
    assert str(refused.value) == reason
