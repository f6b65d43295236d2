"""Many people at once: a file with name, telephone number, role and region code, judged whole and written whole."""

from __future__ import annotations

import csv
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, NamedTuple

import xlsxwriter
from django.utils import timezone

from accounts.choices import are_typed, region_choices, region_of
from accounts.models import Role, User
from accounts.people import add_person, assign
from accounts.permissions import Region
from accounts.regions import NATION_CODE
from kecamatan.imports import terms_of
from lib.dataset import Column, ImportResult, Outcome, Problem, Row, RowDataset, run_import
from lib.errors import Refused
from lib.parsing import CellError, folded, region_code, shown, term, text
from lib.phone import normalise_phone
from lib.tabular import Cell, TableError, open_table

MAX_ROWS = 500
COLUMNS = ("nama", "nomor_hp", "peran", "kode")
role_of = term(terms_of(Role, also={"operator": Role.OPERATOR, "staf": Role.STAFF}))


def phone_number(cell: Cell) -> str:
    """Read a telephone number in any spelling; a spreadsheet drops the 0 before 8, so 812... is read as 0812..."""
    written = shown(cell)
    number = normalise_phone(f"0{written}" if written.startswith("8") else written)
    if number is None:
        raise CellError(f"“{written}” bukan nomor HP. Tulis misalnya 081280001204.")
    return number


def region_or_nation(cell: Cell) -> str:
    """Read a region code, or ``ID`` for the nation."""
    return NATION_CODE if folded(str(cell)) == "id" else region_code(cell)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with a role, as a row names them; the telephone number tells who it is."""

    name: str
    phone: str
    role: str
    code: str


class PeopleImport(RowDataset[PersonRow]):
    """People with their roles, in the regions of an admin. A number that is known gets the role added, nothing else."""

    name = "pengguna"
    columns: ClassVar = [
        Column("nama", text(120), required=True),
        Column("nomor_hp", phone_number, required=True),
        Column("peran", role_of, required=True),
        Column("kode", region_or_nation, required=True),
    ]
    fields: ClassVar = {"name": "nama", "phone": "nomor_hp", "role": "peran", "region": "kode"}

    def __init__(self, *, by: User) -> None:
        super().__init__(timezone.now())
        self.by = by
        self.saved: list[tuple[PersonRow, Outcome]] = []
        self._regions: dict[str, Region] = {}

    def clean(self, row: Row) -> PersonRow:
        """Refuse a region that is not the admin's, and a number that belongs to somebody else."""
        value = PersonRow(" ".join(row["nama"].split()), row["nomor_hp"], row["peran"], row["kode"])
        try:
            self._region(value.code)
            self._known(value)
        except Refused as refused:
            raise Refused(refused.message, field=self.fields.get(refused.field, refused.field)) from None
        return value

    def key(self, value: PersonRow) -> Hashable:
        """One row per person, role and region."""
        return value.phone, value.role, value.code

    def save(self, value: PersonRow) -> Outcome:
        """Add the person, or the role to the person of this number, or nothing where both are known."""
        outcome = self._save(value, self._region(value.code))
        self.saved.append((value, outcome))
        return outcome

    def _save(self, value: PersonRow, region: Region) -> Outcome:
        person = self._known(value)
        if person is None:
            add_person(name=value.name, phone=value.phone, username="", role=value.role, region=region, by=self.by)
            return Outcome.ADDED
        held = person.assignments.visible_to(self.by).running().filter(role=value.role)
        if any(role.region_code == value.code for role in held):
            return Outcome.UNCHANGED
        assign(person, role=value.role, region=region, by=self.by)
        return Outcome.CHANGED

    def _region(self, code: str) -> Region:
        if code not in self._regions:
            self._regions[code] = region_of(code, self.by)
        return self._regions[code]

    def _known(self, value: PersonRow) -> User | None:
        person = User.objects.filter(phone=value.phone).first()
        if person is None:
            return None
        if not User.objects.visible_to(self.by).filter(pk=person.pk).exists():
            raise Refused("Nomor HP ini sudah dipakai akun lain.", field="phone")
        if folded(person.name) != folded(value.name):
            raise Refused(f"Nomor ini milik {person}. Samakan namanya, atau periksa nomornya.", field="phone")
        if not person.is_active:
            raise Refused(f"Akun {person} nonaktif. Aktifkan dulu di halamannya.", field="phone")
        return person


class ImportRefused(Refused):
    """The rows that were checked before can no longer be written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("Berkas belum tersimpan.")
        self.problems = problems


class Checked(NamedTuple):
    """What an import did or would do: the result, and the rows with what came of each."""

    result: ImportResult
    saved: list[tuple[PersonRow, Outcome]]


def import_people(path: Path, *, by: User, dry_run: bool) -> Checked:
    """Import a file of people, all of it or nothing; what is wrong with it is in the result."""
    dataset = PeopleImport(by=by)
    try:
        rows = sum(1 for _ in open_table(path).lines()) - 1
    except TableError:
        rows = 0  # The import says what is wrong.
    if rows > MAX_ROWS:
        reason = f"Ada {rows} baris, paling banyak {MAX_ROWS}. Bagi menjadi beberapa berkas."
        return Checked(ImportResult(dataset.name, dry_run, rows, 0, 0, 0, rows, (Problem(None, None, reason),)), [])
    return Checked(run_import(dataset, path, dry_run=dry_run), dataset.saved)


def import_rows(rows: str, *, by: User) -> Checked:
    """Write rows that were shown before, as :func:`as_text` wrote them. Raises :class:`ImportRefused`."""
    with stored([rows.encode()], ".csv") as path:
        checked = import_people(path, by=by, dry_run=False)
    if not checked.result.ok:
        raise ImportRefused(checked.result.problems)
    return checked


@contextmanager
def stored(content: Iterable[bytes], suffix: str) -> Iterator[Path]:
    """Keep an upload in a file for the time of the block, as importers read files."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"berkas{suffix}"
        with path.open("wb") as file:
            file.writelines(content)
        yield path


def as_text(rows: Iterable[PersonRow]) -> str:
    """Return rows as the CSV file that the same import reads."""
    output = StringIO()
    writer = csv.writer(output, delimiter=";")
    writer.writerow(COLUMNS)
    writer.writerows((row.name, row.phone, row.role, row.code) for row in rows)
    return output.getvalue()


def template_file(user: User) -> bytes:
    """Return an XLSX file to fill in: the columns as text, the roles to choose from, the codes on a second sheet."""
    output = BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True})
    written, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    sheet = book.add_worksheet("Pengguna")
    sheet.set_column(0, len(COLUMNS) - 1, 24, written)
    sheet.write_row(0, 0, COLUMNS, bold)
    roles = [str(label) for label in Role.labels]
    sheet.data_validation(1, 2, MAX_ROWS, 2, {"validate": "list", "source": roles})
    codes = book.add_worksheet("Kode wilayah")
    codes.set_column(0, 1, 36, written)
    codes.write_row(0, 0, ("kode", "wilayah"), bold)
    for line, (code, name) in enumerate([] if are_typed(user) else region_choices(user), start=1):
        codes.write_row(line, 0, (code, name))
    book.close()
    return output.getvalue()
