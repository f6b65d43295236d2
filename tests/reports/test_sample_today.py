"""The files of the province of today: the same for the same moment, and nothing in them later than it."""

from __future__ import annotations

import csv
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kecamatan.models import Kecamatan
from kecamatan.regions import read_coordinates
from lib.months import WITA
from reports.sample_today import write_files
from tests.factories import make_dinas, make_kecamatan, moment

pytestmark = pytest.mark.django_db

MOMENTS = [
    "2026-11-20 06:30",  # a Friday afternoon
    "2026-11-22 03:00",  # a Sunday
    "2026-01-01 00:30",  # a holiday morning
    "2026-03-31 16:30",  # in Jakarta still March, here April
    "2027-07-01 01:00",
]


@pytest.fixture
def gorontalo() -> None:
    for code, point in read_coordinates().items():
        if code.startswith("75."):
            make_kecamatan(code)
            make_dinas(code[:5])
            Kecamatan.objects.filter(code=code).update(latitude=point[0], longitude=point[1])


def rows(folder: Path, dataset: str) -> list[dict[str, str]]:
    with (folder / f"{dataset}.invented.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_moment_gives_the_same_files(gorontalo, tmp_path):
    contents = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        contents.append([path.read_bytes() for _, path in write_files(moment(MOMENTS[0]), folder)])
    assert contents[0] == contents[1]
    assert len(contents[0]) == 9


@pytest.mark.parametrize("now", MOMENTS)
def test_nothing_is_later_than_the_moment_but_a_planned_visit(gorontalo, tmp_path, now):
    list(write_files(moment(now), tmp_path))
    latest = f"{moment(now).astimezone(ZoneInfo(WITA)):%Y-%m-%d %H:%M}"
    stated = [
        row[column]
        for dataset, columns in (
            ("devices", ("dipasang", "dilepas", "sejak")),
            ("inventories", ("tanggal",)),
            ("faults", ("rusak_sejak", "pulih")),
            ("outages", ("mulai", "selesai")),
            ("recordings", ("tanggal",)),
            ("lost_records", ("tanggal", "direkam_ulang_pada")),
        )
        for row in rows(tmp_path, dataset)
        for column in columns
    ]
    assert max(stated) <= latest
    planned = [row for row in rows(tmp_path, "arrangements") if row["mulai"] > latest]
    assert [(row["kode"], row["jenis"]) for row in planned] == [("75.03.18", "unit keliling")]


@pytest.mark.parametrize("now", MOMENTS)
def test_every_fault_lies_within_the_time_of_its_device(gorontalo, tmp_path, now):
    list(write_files(moment(now), tmp_path))
    devices = {row["nomor_seri"]: row for row in rows(tmp_path, "devices") if row["status"] == ""}
    faults = rows(tmp_path, "faults")
    outside = [
        fault
        for fault in faults
        for device in [devices[fault["nomor_seri"]]]
        if fault["rusak_sejak"] < device["dipasang"] or "" < device["dilepas"] < fault["pulih"][:10]
    ]
    assert outside == []
    assert all(fault["pulih"] == "" or fault["rusak_sejak"] < fault["pulih"] for fault in faults)
    assert len({fault["nomor_seri"] for fault in faults}) == len(faults)


def test_counts_are_about_as_many_as_a_year_has(gorontalo, tmp_path):
    list(write_files(moment(MOMENTS[0]), tmp_path))
    counts = rows(tmp_path, "recordings")
    assert 16_000 < len(counts) < 20_000
    keys = {(row["kode"], row["tanggal"], row["di"]) for row in counts}
    assert len(keys) == len(counts)
