"""The registry of import files: the one place that names every dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

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

    One event tells of the file as a whole: its name, its dataset, what was done and by whom; staff of a kabupaten find
    it where all rows are of theirs. What is wrong with the file is in the result. Raises
    :class:`Refused` for a dataset that does not exist.
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
    codes = sorted({code[:5] for code in rows.regions_named})
    record_kabupaten_event(
        f"import:{rows.name}",
        "import",
        by=by,
        kabupaten_id=_only_kabupaten(codes),
        file=file,
        dataset=rows.name,
        rows=counts.total(),
        regions=codes,
        counts={outcome.name.lower(): counts[outcome] for outcome in Outcome},
        who="" if by else COMMAND,
    )


def _only_kabupaten(codes: Sequence[str]) -> int | None:
    """Return the key of the kabupaten where a file is about one only."""
    return Kabupaten.objects.values_list("pk", flat=True).filter(code=codes[0]).first() if len(codes) == 1 else None
