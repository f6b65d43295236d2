from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from devices.models import InventoryCheck
from tests.factories import make_dinas
from tests.importing import imported, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _september_2016() -> object:
    with time_machine.travel(datetime(2016, 9, 28, 3, tzinfo=UTC), tick=False):
        make_dinas("61.01")
        yield


def test_inventories_are_added_once() -> None:
    lines = ("kode;tanggal", "61.01;2016-09-26", "61.01;2016-03-01")
    assert imported("inventories", *lines) == (2, 0, 0)
    assert imported("inventories", *lines) == (0, 0, 2)
    days = InventoryCheck.objects.order_by("day").values_list("kabupaten__code", "day")
    assert list(days) == [("61.01", date(2016, 3, 1)), ("61.01", date(2016, 9, 26))]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("61.01;2016-09-29", "kolom tanggal: 29/09/2016 belum tiba. Tulis hari yang sudah lewat."),
        ("61.01.01;2016-09-01", "kolom kode: 61.01.01 bukan kode kabupaten/kota. Tulis misalnya 36.03."),
        ("61.99;2016-09-01", "kolom kode: Tidak ada kabupaten/kota 61.99. Periksa kodenya pada daftar Kemendagri."),
    ],
)
def test_impossible_inventory_is_refused(row: str, reason: str) -> None:
    assert refused("inventories", "kode;tanggal", row) == [f"Baris 2, {reason}"]
    assert not InventoryCheck.objects.exists()
