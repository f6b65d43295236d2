"""A province of today for a first look: twelve invented months of Gorontalo, up to the moment of loading.

What happened is drawn in ``reports.sample_year``; here it becomes import files, loaded through the importers
like anybody's. Nothing in them is later than that moment, except a visit of the mobile unit that is planned.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from kecamatan.duty import office_calendar
from kecamatan.models import Kecamatan
from lib.months import WITA
from reports.sample_year import PINOGU, SEED, Device, Year

TITLE = "Provinsi Gorontalo, dua belas bulan terakhir"
PROVINCE = "75"
UNLISTED = "75.05"  # the kabupaten whose register was last confirmed more than a year ago
PERCENT = {"75.01": 1.2, "75.02": 1.5, "75.03": 1.2, "75.04": 1.4, "75.05": 1.5, "75.71": 1.0}
COUNTED_FROM_HOUR = 12  # the count of a day is entered after the morning's queue

Cells = tuple[object, ...]
Figures = dict[str, tuple[int, int]]  # population and wajib KTP of a kecamatan


def write_files(now: datetime, folder: Path) -> Iterator[tuple[str, Path]]:
    """Write the year up to ``now`` into a folder; yield (dataset, path) in the order of loading.

    Needs the regions of the province. The same moment and regions give the same files, byte by byte.
    """
    places = Kecamatan.objects.running().filter(kabupaten__province__code=PROVINCE).order_by("code")
    year = Year(now.astimezone(ZoneInfo(WITA)).replace(tzinfo=None), list(places), office_calendar())
    rng = Random(SEED + 1)
    figures = {code: _figures(code, rng) for code in year.codes}
    for dataset, header, rows in (
        ("population", "kode,semester,penduduk,wajib_ktp,sudah_rekam", _population(year, figures, rng)),
        ("targets", "kode,mulai,persen,jumlah", _targets(year, rng)),
        ("devices", DEVICE_HEADER, _devices(year, rng)),
        ("inventories", "kode,tanggal", _inventories(year)),
        ("faults", FAULT_HEADER, _faults(year, rng)),
        ("outages", "kode,mulai,penyebab,selesai,kepastian,dampak,keterangan", _outages(year)),
        ("arrangements", "kode,jenis,mulai,selesai,tuan_rumah", _arrangements(year)),
        ("recordings", "kode,tanggal,di,rekam,cetak,kendala", _recordings(year, figures, rng)),
        ("lost_records", LOST_HEADER, _lost_records(year)),
    ):
        path = folder / f"{dataset}.invented.csv"
        _write(path, header, rows)
        yield dataset, path


def _write(path: Path, header: str, rows: Iterable[Cells]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


# --- the duty -----------------------------------------------------------------------------------------------


def _figures(code: str, rng: Random) -> tuple[int, int]:
    low, high = (16_000, 31_000) if code.startswith("75.71") else (7_000, 26_000)
    population = 2_700 if code == PINOGU else rng.randint(low, high)
    return population, round(population * rng.uniform(0.69, 0.74))


def _semesters(first: date, last: date) -> Iterator[str]:
    """Yield the DKB semesters that hold between two days, oldest first."""
    year, half = first.year, 1 if first.month >= 7 else 0
    while (year, half) <= (last.year, 1 if last.month >= 7 else 0):
        yield f"{year}-1" if half else f"{year - 1}-2"
        year, half = (year + 1, 0) if half else (year, 1)


def _population(year: Year, figures: Figures, rng: Random) -> Iterator[Cells]:
    """Yield a population that grows by half a percent a semester, and a coverage that rises with it."""
    covered = {code: rng.uniform(0.93, 0.985) for code in year.codes}
    covered[rng.choice(year.ordinary)] = 1.006  # people from elsewhere are recorded too
    for number, semester in enumerate(_semesters(year.first, year.today)):
        for code, (population, eligible) in figures.items():
            growth = 1.005**number
            wajib = round(eligible * growth)
            recorded = round(wajib * (covered[code] + 0.004 * number))
            yield code, semester, round(population * growth), wajib, recorded


def _targets(year: Year, rng: Random) -> Iterator[Cells]:
    for kabupaten, percent in PERCENT.items():
        yield kabupaten, f"{year.first:%Y-%m}", percent, ""
    for code in sorted(rng.sample(year.ordinary, 4)):
        yield code, f"{year.days[-90]:%Y-%m}", "", rng.choice((90, 120, 150))


def _recordings(year: Year, figures: Figures, rng: Random) -> Iterator[Cells]:
    days = list(year.days)
    if office_calendar().is_office_day(year.today) and year.now.hour >= COUNTED_FROM_HOUR:
        days.append(year.today)
    for code in year.codes:
        eager, diligent = rng.uniform(0.75, 1.2), rng.uniform(0.9, 0.99)
        last = days[-rng.randint(6, 25)] if code in year.silent else year.today
        usual = figures[code][1] * PERCENT[code[:5]] / 100 / 21 * eager
        for day in days:
            if day <= last and rng.random() < diligent:
                yield from _count(year, code, day, usual, rng)


def _count(year: Year, code: str, day: date, usual: float, rng: Random) -> Iterator[Cells]:
    """Yield the count of a day: at the own office, elsewhere, none with a reason, or no report at all."""
    noon = datetime.combine(day, time(12))
    cause, broken = year.cut_off_by(code, noon), year.broken_sets(code, noon)
    stay = year.stay(code, noon)
    if code == PINOGU:
        if rng.random() < 0.08:  # somebody made the way to the dinas
            yield code, day, code[:5], rng.randint(1, 3), "", ""
    elif broken == year.sets[code] and stay:
        if rng.random() < 0.8:
            yield code, day, stay.host or stay.kind, max(1, round(usual * rng.uniform(0.3, 0.8))), "", ""
    elif cause or broken == year.sets[code]:
        if rng.random() < 0.4:
            yield code, day, "", 0, "", cause or "alat"
    else:
        yield _own_count(code, day, usual * (0.65 if broken else 1), "alat" if broken else "", rng)


def _own_count(code: str, day: date, usual: float, hindrance: str, rng: Random) -> Cells:
    recorded = max(0, round(rng.gauss(usual, usual * 0.35)))
    printed = min(recorded, round(recorded * rng.uniform(0.7, 1))) if code.startswith("75.71") else ""
    return code, day, "", recorded, printed, hindrance if recorded else hindrance or "sepi"


# --- devices, faults, outages -------------------------------------------------------------------------------

DEVICE_HEADER = (
    "kode,set,jenis,nomor_seri,merk,kode_barang,nomor_register,tahun,dipasang,dilepas,asal_usul,diserahterimakan,"
    "harga,kondisi,status,sejak"
)
FAULT_HEADER = "kode,set,jenis,nomor_seri,rusak_sejak,pulih,penyebab,kepastian,jalur,biaya"
LOST_HEADER = "kode,tanggal,jumlah,penyebab,kepastian,direkam_ulang,direkam_ulang_pada,keterangan"
ORIGINS = (
    (2011, "pusat", "tidak", "Contoh Satu"),
    (2012, "pusat", "ya", "Contoh Satu"),
    (2019, "APBD", "ya", "Contoh Dua"),
    (2023, "hibah", "ya", "Contoh Tiga"),
)


def _devices(year: Year, rng: Random) -> Iterator[Cells]:
    broken = {fault.device.serial for fault in year.faults if fault.end is None}
    for number, device in enumerate(year.devices, start=1):
        acquired, source, handed_over, brand = rng.choice(ORIGINS)
        condition = "rusak ringan" if device.serial in broken else "baik"
        condition = "rusak berat" if device.removed else condition
        card = brand, "3.10.01.02", f"{number:06d}", acquired
        span = device.placed, device.removed or ""
        yield *_named(device), *card, *span, source, handed_over, device.kind.price, condition, "", ""
    for lack in year.missing:
        yield lack.code, lack.label, lack.kind.name, *[""] * 11, "tidak ada", lack.since


def _named(device: Device) -> Cells:
    return device.code, device.label, device.kind.name, device.serial


def _inventories(year: Year) -> Iterator[Cells]:
    for number, kabupaten in enumerate(PERCENT):
        if kabupaten == UNLISTED:
            yield kabupaten, year.first - timedelta(days=60)
        else:
            yield kabupaten, year.days[-35 * (number + 1)]


def _faults(year: Year, rng: Random) -> Iterator[Cells]:
    for fault in sorted(year.faults, key=lambda fault: fault.start):
        span = _moment(fault.start), _moment(fault.end)
        certainty = rng.choice(("pasti", "diduga"))
        yield *_named(fault.device), *span, fault.cause, certainty, fault.route, fault.cost or ""


def _outages(year: Year) -> Iterator[Cells]:
    for outage in year.outages:
        span = _moment(outage.start), outage.cause, _moment(outage.end)
        yield " ".join(outage.codes), *span, outage.certainty, outage.effect, outage.note


def _arrangements(year: Year) -> Iterator[Cells]:
    for stay in year.stays:
        yield stay.code, stay.kind, _moment(stay.start), _moment(stay.end), stay.host


def _lost_records(year: Year) -> Iterator[Cells]:
    one, two, three = year.ordinary[7], year.ordinary[21], year.ordinary[33]
    again = year.days[-60]
    note = "Server diganti sebelum data terkirim."
    yield one, year.days[-95], 64, "virus", "terkonfirmasi", 64, again, note
    yield two, year.days[-50], 41, "listrik padam", "terkonfirmasi", 15, year.days[-30], ""
    yield three, year.days[-12], 28, "belum diketahui", "diduga", "", "", "Masih diperiksa."
