"""Import a file of facts: ``manage.py import_data DATASET FILE [--dry-run]``, as docs/imports.md says."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lib.dataset import LISTED_ROWS, ImportResult
from lib.errors import Refused
from lib.format import number_id
from repairs.datasets import DATASETS, import_file


class Command(BaseCommand):
    """Import one CSV or XLSX file, all of it or nothing."""

    help = "Impor satu berkas CSV atau XLSX: semuanya, atau tidak sama sekali. Lihat docs/imports.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the dataset, the file, and whether to only try."""
        parser.add_argument("dataset", help=f"jenis data: {', '.join(sorted(DATASETS))}")
        parser.add_argument("file", help="berkas CSV (UTF-8) atau XLSX")
        parser.add_argument("--dry-run", action="store_true", help="periksa saja, tanpa menyimpan")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was done; on any fault list the reasons and exit with 1."""
        try:
            result = import_file(options["dataset"], Path(options["file"]), dry_run=options["dry_run"])
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        if not result.ok:
            raise CommandError("\n".join([*map(str, result.problems), _summary_of_faults(result)]))
        self.stdout.write(_summary(result))
        for warning in result.warnings:
            self.stdout.write(f"Perlu diperiksa. {warning}")


def _summary(result: ImportResult) -> str:
    done = ", ".join(
        [
            f"{number_id(result.added)} ditambahkan",
            f"{number_id(result.changed)} diubah",
            f"{number_id(result.unchanged)} tetap",
        ]
    )
    trial = " Uji coba: tidak ada yang disimpan." if result.dry_run else ""
    return f"{result.dataset}: {number_id(result.rows)} baris; {done}.{trial}"


def _summary_of_faults(result: ImportResult) -> str:
    nothing = "Tidak ada yang disimpan."
    if result.faulty_rows > LISTED_ROWS:
        rows = number_id(result.faulty_rows)
        return f"{nothing} {rows} baris salah; {LISTED_ROWS} yang pertama tercantum di atas."
    if result.faulty_rows > 1:
        return f"{nothing} {result.faulty_rows} baris salah."
    return nothing
