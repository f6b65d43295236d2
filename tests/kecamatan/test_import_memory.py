"""What the importer of counts holds while it writes: one chunk, however long the file."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from kecamatan.duty import Count
from kecamatan.imports import RecordingImport
from kecamatan.models import Recording
from lib import dataset
from lib.dataset import Entry, Outcome, Row, run_import
from tests.factories import make_kecamatan, moment

CHUNK, DAYS, PLACES = 100, 75, 20
OF_A_ROW = (Row, Entry, Count, Recording)


class Watched(RecordingImport):
    """The real importer, which counts what is alive before it writes each chunk."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.rows: list[int] = []
        self.objects: list[int] = []

    def write(self, entries: Sequence[Entry[Count]]) -> Counter[Outcome]:
        """Write a chunk as ever."""
        # By type: lazy objects of other tests would work out their value to answer isinstance().
        alive = gc.get_objects()
        self.rows.append(sum(type(one) in OF_A_ROW for one in alive))
        self.objects.append(len(alive))
        return super().write(entries)


@pytest.mark.django_db
def test_counts_are_imported_chunk_by_chunk_and_nothing_of_a_row_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset, "CHUNK_ROWS", CHUNK)
    codes = [make_kecamatan(f"36.03.{number:02d}").code for number in range(1, PLACES + 1)]
    days = [date(2026, 1, 5) + timedelta(days=number) for number in range(DAYS)]
    path = tmp_path / "a.csv"
    path.write_text("kode,tanggal,rekam\n" + "".join(f"{code},{day},5\n" for day in days for code in codes))
    rows = Watched(moment("2026-11-20 03:00"))
    gc.collect()
    assert run_import(rows, path).added == DAYS * PLACES == 1_500
    assert len(rows.rows) == 15
    # A row, its entry and its count, for the chunk at hand and the one that is being let go.
    assert max(rows.rows) <= 2 * len(OF_A_ROW) * CHUNK
    # Whatever is kept beside them, such as the marks of months, is less than one object for ten rows.
    assert rows.objects[-1] - rows.objects[4] < 10 * CHUNK / 10 + 2 * len(OF_A_ROW) * CHUNK
