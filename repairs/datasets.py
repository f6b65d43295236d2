"""The registry of import files: the one place that names every dataset."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from devices.imports import InventoryImport
from kecamatan.changes import collected_marks
from kecamatan.imports import PopulationImport, RecordingImport, TargetImport
from lib.dataset import Dataset, ImportResult, run_import
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


def import_file(dataset: str, path: Path, *, dry_run: bool = False, now: datetime | None = None) -> ImportResult:
    """Import one file, all of it or nothing; ``now`` is the present against which its days are judged.

    What is wrong with the file is in the result. Raises :class:`Refused` for a dataset that does not exist.
    """
    if dataset not in DATASETS:
        offered = ", ".join(sorted(DATASETS))
        raise Refused(f"Tidak ada jenis data “{dataset}”. Pilih salah satu: {offered}.")
    return run_import(DATASETS[dataset](now or timezone.now()), path, dry_run=dry_run, around=collected_marks)
