"""The registry of import files: the one place that names every dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from devices.imports import InventoryImport
from kecamatan.changes import collected_marks, record_kabupaten_event
from kecamatan.channels import acting_through
from kecamatan.imports import PopulationImport, RecordingImport, TargetImport
from kecamatan.models import Event, Kabupaten
from lib.dataset import Dataset, ImportResult, Outcome, run_import
from lib.errors import Refused
from repairs.device_imports import DeviceImport
from repairs.fault_imports import FaultImport
from repairs.imports import ArrangementImport, LossImport, OutageImport

_IMPORTS: tuple[type[Dataset[Any]], ...] = (
    PopulationImport,
    DeviceImport,
    TargetImport,
    RecordingImport,
    FaultImport,
    OutageImport,
    LossImport,
    ArrangementImport,
    InventoryImport,
)
DATASETS: Mapping[str, type[Dataset[Any]]] = {dataset.name: dataset for dataset in _IMPORTS}


COMMAND = "perintah import_data"
"""Who imports where nobody is signed in."""


def import_file(
    dataset: str, path: Path, *, dry_run: bool = False, now: datetime | None = None, by: User | None = None
) -> ImportResult:
    """Import one file, all of it or nothing; ``now`` is the present against which its days are judged.

    One event tells of the file as a whole: its name, its dataset, what was done and by whom. Of a file about several
    kabupaten each has one more, which tells its people of its own rows only. What is wrong with the file is in the
    result. Raises :class:`Refused` for a dataset that does not exist.
    """
    if dataset not in DATASETS:
        offered = ", ".join(sorted(DATASETS))
        raise Refused(f"Tidak ada jenis data “{dataset}”. Pilih salah satu: {offered}.")
    rows = DATASETS[dataset](now or timezone.now())
    with acting_through(Event.Channel.IMPORT):
        return run_import(
            rows,
            path,
            dry_run=dry_run,
            around=collected_marks,
            written=lambda counts: _record_import(rows, path.name, counts, by),
        )


def _record_import(rows: Dataset[Any], file: str, counts: Counter[Outcome], by: User | None) -> None:
    """Record the file as a whole and, where it is about several kabupaten, for each of them its own rows alone."""
    said = {"file": file, "dataset": rows.name, "who": "" if by else COMMAND}
    named = _kabupaten_named(rows.rows_of)
    whole = {"rows": counts.total(), "counts": {outcome.name.lower(): counts[outcome] for outcome in Outcome}}
    key, only = f"import:{rows.name}", next(iter(named)) if len(named) == 1 else None
    record_kabupaten_event(key, "import", by=by, kabupaten_id=only, **said, **whole, regions=sorted(rows.rows_of))
    if only is None:
        for kabupaten, number in named.items():
            record_kabupaten_event(key, "import", by=by, kabupaten_id=kabupaten, **said, rows=number)


def _kabupaten_named(rows_of: Counter[str]) -> dict[int, int]:
    """Return how many rows of a file are about each kabupaten, by key; a province is all of its kabupaten."""
    named = Q(code__in=rows_of) | Q(province__code__in=rows_of)
    found = Kabupaten.objects.filter(named).values_list("pk", "code", "province__code")
    return {pk: rows_of[code] + rows_of[province] for pk, code, province in found}
