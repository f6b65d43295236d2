"""Imports in two passes: every row is judged, then a file without a fault is written in one transaction.

A dataset declares its columns and says how to ``clean`` a row into a plain value and how to ``write`` values.
Both passes stream the file in chunks, so that memory does not grow with it; kept are one number per row, to
find duplicates, and the first faults.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from django.db import DataError, IntegrityError, OperationalError, transaction

from lib.errors import Refused
from lib.parsing import CellError, folded, shown
from lib.tabular import Cell, Table, TableError, open_table

CHUNK_ROWS = 2_000
LISTED_ROWS = 200

V = TypeVar("V")


class Outcome(Enum):
    """What importing a row did."""

    ADDED = "ditambahkan"
    CHANGED = "diubah"
    UNCHANGED = "tetap"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a dataset: its name in the header and how its cells are read."""

    name: str
    parse: Callable[[Cell], Any]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The parsed cells of one line. An empty cell and an absent column both read as ``None``."""

    line: int
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class Entry(Generic[V]):
    """A cleaned row and where it came from."""

    line: int
    value: V


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file was refused: the line and column where known, and a sentence."""

    line: int | None
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = [f"Baris {self.line}"] if self.line else []
        place += [f"kolom {self.column}"] if self.column else []
        where = ", ".join(place)
        return f"{where[0].upper()}{where[1:]}: {self.reason}" if where else self.reason


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or would have done: with problems, and on a dry run, nothing was written."""

    dataset: str
    dry_run: bool
    rows: int
    added: int
    changed: int
    unchanged: int
    faulty_rows: int
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    """What is odd about rows that were written all the same, at most :data:`LISTED_ROWS` of it."""

    @property
    def ok(self) -> bool:
        """Say whether the file was without fault."""
        return not self.problems


class Dataset(ABC, Generic[V]):
    """One kind of import file. An instance serves one import; ``now`` is its idea of the present, in UTC."""

    name: ClassVar[str]
    columns: ClassVar[Sequence[Column]]

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.rows_of: Counter[str] = Counter()
        """How many rows so far name a kabupaten, or a province as a whole, in the column ``kode``; by its code."""

    @abstractmethod
    def clean(self, row: Row) -> V:
        """Return the value of a row whose cells were all read, or raise :class:`Refused`."""

    @abstractmethod
    def key(self, value: V) -> Hashable:
        """Return what makes two rows of one file the same fact."""

    @abstractmethod
    def write(self, entries: Sequence[Entry[V]]) -> Counter[Outcome]:
        """Bring the database to these values within the running transaction, and count what that did.

        Raises :class:`LinesRefusedError` for rows that the domain refuses.
        """

    def warnings(self) -> Sequence[Problem]:
        """Return what is odd about the rows, once all are written: reasons to look again, no reason to refuse them."""
        return ()


class RowDataset(Dataset[V]):
    """A dataset whose rows go one by one through domain functions.

    ``fields`` leads from the fields that these blame to the columns that people know.
    """

    fields: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def save(self, value: V) -> Outcome:
        """Bring the database to one value."""

    def write(self, entries: Sequence[Entry[V]]) -> Counter[Outcome]:
        """Save each row; what the domain refuses is raised together as :class:`LinesRefusedError`."""
        counts: Counter[Outcome] = Counter()
        problems: list[Problem] = []
        for entry in entries:
            try:
                with transaction.atomic():
                    counts[self.save(entry.value)] += 1
            except Refused as refusal:
                column = self.fields.get(refusal.field, refusal.field)
                problems.append(Problem(entry.line, column or None, refusal.message))
        if problems:
            raise LinesRefusedError(problems)
        return counts


class LinesRefusedError(Exception):
    """Rows that passed the first look and were refused on writing."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} rows refused")
        self.problems = problems


@dataclass(slots=True)
class _Faults:
    """The faults so far: all counted, the first rows kept."""

    rows: int = 0
    kept: list[Problem] = field(default_factory=list)

    def add(self, problems: Sequence[Problem]) -> None:
        """Count one faulty row, or the file as a whole, and keep its problems while there is room."""
        self.rows += 1
        if self.rows <= LISTED_ROWS:
            self.kept.extend(problems)


Around = Callable[[], AbstractContextManager[None]]
Written = Callable[[Counter[Outcome]], object]


def run_import(
    dataset: Dataset[V],
    path: Path,
    *,
    dry_run: bool = False,
    around: Around = nullcontext,
    written: Written | None = None,
) -> ImportResult:
    """Import a file: all of it or nothing; ``around`` is entered once around all writing, inside its transaction.

    ``written`` is called there too, with what was done, once all rows of a file without fault are written. A dry run
    writes like a real one and rolls back, so what it promises is what will happen. No fault of the
    file is raised: they are the ``problems`` of the result.
    """
    faults, counts, rows, odd = _Faults(), Counter[Outcome](), 0, list[Problem]()
    try:
        table = open_table(path)
        rows = sum(len(entries) for entries in _judged(dataset, table, faults))
        if not faults.rows:
            counts = _write(dataset, table, faults, odd, dry_run=dry_run, around=around, written=written)
    except TableError as error:
        faults.add([Problem(error.line, None, str(error))])
    except (DataError, IntegrityError, OperationalError, OSError) as error:
        faults.add([Problem(None, None, f"Impor terhenti di tengah jalan ({error}). Ulangi.")])
    if faults.rows:
        counts.clear()
    return ImportResult(
        dataset=dataset.name,
        dry_run=dry_run,
        rows=rows + faults.rows,
        added=counts[Outcome.ADDED],
        changed=counts[Outcome.CHANGED],
        unchanged=counts[Outcome.UNCHANGED],
        faulty_rows=faults.rows,
        problems=tuple(faults.kept),
        warnings=() if faults.rows else tuple(odd[:LISTED_ROWS]),
    )


def _write(
    dataset: Dataset[V],
    table: Table,
    faults: _Faults,
    odd: list[Problem],
    *,
    dry_run: bool,
    around: Around,
    written: Written | None,
) -> Counter[Outcome]:
    counts: Counter[Outcome] = Counter()
    with transaction.atomic():
        with around():
            for entries in _judged(dataset, table, faults):
                try:
                    counts += dataset.write(entries)
                except LinesRefusedError as refused:
                    for problem in refused.problems:
                        faults.add([problem])
            if written and not faults.rows:
                written(counts)
            if not faults.rows:
                odd.extend(dataset.warnings())
        if dry_run or faults.rows:
            transaction.set_rollback(True)
    return counts


def _judged(dataset: Dataset[V], table: Table, faults: _Faults) -> Iterator[list[Entry[V]]]:
    """Yield the good rows chunk by chunk and note the faulty ones, in the order of the file."""
    seen: dict[int, int] = {}
    dataset.rows_of.clear()  # A file is judged twice: before anything is written, and while it is.
    lines = _parsed(dataset, table, faults)
    while chunk := list(islice(lines, CHUNK_ROWS)):
        entries: list[Entry[V]] = []
        for row, wrong in chunk:
            problems = wrong or _clean_into(entries, dataset, row, seen)
            if problems:
                faults.add(problems)
        if entries:
            yield entries


def _clean_into(entries: list[Entry[V]], dataset: Dataset[V], row: Row, seen: dict[int, int]) -> list[Problem]:
    """Append the value of a row, or return why it cannot stand."""
    try:
        value = dataset.clean(row)
        # By kabupaten, or by province where a code is one: no longer code names more than that.
        dataset.rows_of.update({code[:5] for code in _codes(row["kode"])})
        _check_duplicate(seen, dataset.key(value), row.line)
    except Refused as refusal:
        return [_refused(row.line, refusal)]
    entries.append(Entry(row.line, value))
    return []


def _codes(cell: str | Sequence[str] | None) -> Sequence[str]:
    return [cell] if isinstance(cell, str) else cell or []


def _refused(line: int, refusal: Refused) -> Problem:
    return Problem(line, refusal.field or None, refusal.message)


def _check_duplicate(seen: dict[int, int], key: Hashable, line: int) -> None:
    """Refuse a key seen on an earlier line; the 64 bits of its hash stand for it."""
    first = seen.setdefault(hash(key), line)
    if first != line:
        raise Refused(f"Baris ini sama kuncinya dengan baris {first}. Sisakan satu.")


def _parsed(dataset: Dataset[Any], table: Table, faults: _Faults) -> Iterator[tuple[Row, list[Problem]]]:
    """Yield every row with what is wrong with it; nothing when the header is wrong, which is noted."""
    lines = table.lines()
    header_line, header = next(lines, (1, []))
    problems, columns = _matched(dataset, header)
    if problems:
        faults.add([Problem(header_line, None, problem) for problem in problems])
        return
    line = None
    for line, cells in lines:
        values, wrong = _read_cells(columns, cells, line)
        yield Row(line, values), wrong
    if line is None:
        reason = "Berkas hanya berisi judul kolom. Isi sekurangnya satu baris data."
        raise TableError(reason, line=header_line)


def _matched(dataset: Dataset[Any], header: Sequence[Cell]) -> tuple[list[str], list[Column | None]]:
    """Return what is wrong with a header, and the column at each place (``None`` where it is empty)."""
    known = {column.name: column for column in dataset.columns}
    names = [folded(str(cell)) if cell not in ("", None) else "" for cell in header]
    offered = ", ".join(known)
    problems = [
        f"Kolom “{shown(cell)}” tidak dikenal. Kolom untuk {dataset.name}: {offered}."
        for cell, name in zip(header, names, strict=True)
        if name and name not in known
    ]
    problems += [
        f"Kolom {name} ada {times} kali. Sisakan satu." for name, times in Counter(names).items() if name and times > 1
    ]
    missing = [column.name for column in dataset.columns if column.required and column.name not in names]
    problems += [f"Kolom {name} wajib ada. Tambahkan di baris judul." for name in missing]
    return problems, [known.get(name) for name in names]


def _read_cells(
    columns: Sequence[Column | None], cells: Sequence[Cell], line: int
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values of a line and what is wrong with it.

    A line may be shorter than the header: spreadsheets leave out the delimiters of empty cells at its end.
    """
    values: dict[str, Any] = {}
    problems = []
    for place, column in enumerate(columns):
        cell = cells[place] if place < len(cells) else None
        if cell is None or cell == "":
            if column and column.required:
                problems.append(Problem(line, column.name, "Wajib diisi."))
            continue
        if column is None:
            reason = f"Sel ke-{place + 1} terisi, tetapi kolomnya tidak berjudul."
            problems.append(Problem(line, None, reason))
            continue
        try:
            values[column.name] = column.parse(cell)
        except CellError as error:
            problems.append(Problem(line, column.name, str(error)))
    if any(cell not in ("", None) for cell in cells[len(columns) :]):
        problems.append(Problem(line, None, _too_many(len(cells), len(columns))))
    return values, problems


def _too_many(cells: int, columns: int) -> str:
    return (
        f"Ada {cells} sel, padahal kolomnya {columns}. Bila sebuah sel memuat koma, apit dengan tanda "
        "kutip ganda atau pisahkan kolom dengan titik koma."
    )
