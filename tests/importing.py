"""Import files as text, for the tests of importers."""

from __future__ import annotations

import tempfile
from pathlib import Path

from lib.dataset import ImportResult
from repairs.datasets import import_file


def import_text(dataset: str, *lines: str, dry_run: bool = False) -> ImportResult:
    """Import these lines as a CSV file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "berkas.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return import_file(dataset, path, dry_run=dry_run)


def imported(dataset: str, *lines: str) -> tuple[int, int, int]:
    """Import these lines, which must be without fault; return how many were added, changed and unchanged."""
    result = import_text(dataset, *lines)
    assert result.problems == ()
    return result.added, result.changed, result.unchanged


def refused(dataset: str, *lines: str) -> list[str]:
    """Import these lines, which must be refused; return the sentences."""
    result = import_text(dataset, *lines)
    assert (result.ok, result.added, result.changed, result.unchanged) == (False, 0, 0, 0)
    return [str(problem) for problem in result.problems]
