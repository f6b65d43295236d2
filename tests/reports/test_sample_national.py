"""The nation in bulk, drawn for a few kecamatan: true rows, keys that go on, and never among other data."""

from __future__ import annotations

import pytest
import time_machine
from django.core.management import CommandError, call_command

from devices.models import Device, Placement, RecordingSet
from kecamatan.models import ChangedMonth, Kabupaten, Recording
from repairs.models import Ticket
from reports.models import RegionMonth
from reports.national_year import draw_faults, draw_nation, draw_units
from reports.sample_national import NotEmptyError, load_national
from reports.verification import verify
from tests.factories import make_dinas, make_kecamatan, make_set, make_spare, moment

pytestmark = pytest.mark.django_db

NOW = moment("2026-11-20 06:30")
CODES = [f"{kabupaten}.{number:02}" for kabupaten in ("36.03", "53.01", "91.03") for number in range(1, 5)]


@pytest.fixture
def regions():
    for code in CODES:
        make_kecamatan(code)
        make_dinas(code[:5])
    with time_machine.travel(NOW, tick=False):
        yield


def silent(_: str) -> None:
    """Say nothing."""


def test_the_sizes_follow_from_the_number_of_kecamatan(regions):
    load_national(NOW, silent)
    counts = [model.objects.count() for model in (RecordingSet, Device, Placement, Ticket, Recording)]
    assert counts == [24, 217, 217, 824, 12 * 365]
    assert Kabupaten.objects.filter(has_sample_data=True).count() == 3


def test_every_rollup_row_is_there_and_true(regions):
    load_national(NOW, silent)
    found = verify()
    assert (found.differences, found.waiting, ChangedMonth.objects.count()) == ([], 0, 0)
    assert RegionMonth.objects.get(level="nation", month=moment("2026-10-01 00:00").date()).sets_total == 24


def test_the_same_moment_and_regions_give_the_same_faults(regions):
    drawn = [draw_faults(nation, draw_units(nation)) for nation in (draw_nation(NOW), draw_nation(NOW))]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 824


def test_what_is_entered_afterwards_gets_keys_above(regions):
    load_national(NOW, silent)
    assert make_spare(make_kecamatan(CODES[0])).pk == 218


def test_a_database_with_other_data_is_refused(regions):
    make_set(make_kecamatan(CODES[0]))
    with pytest.raises(CommandError) as refusal:
        call_command("sample_data", scale="national")
    assert str(refusal.value) == (
        "Basis data ini sudah berisi 5 alat. Data skala nasional hanya dimuat ke basis data yang baru berisi "
        "wilayah; arahkan DATABASE_URL ke sana."
    )


def test_a_database_without_regions_is_refused():
    with pytest.raises(NotEmptyError) as refusal:
        load_national(NOW, silent)
    assert str(refusal.value) == "Wilayah belum ada. Jalankan dahulu: manage.py sync_regions"
