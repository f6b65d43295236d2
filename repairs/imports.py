"""Import files about what stops recording and what people do about it: outages, losses, arrangements, and what the
import of faults (``repairs.fault_imports``) shares with them.

A row is found again by its key, not by the moment at which it was imported: the same file changes nothing. What a
known row names and what differs goes through the domain functions, like any other correction.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, cast
from uuid import UUID, uuid5

from kecamatan.imports import Bounds, Regions, cause, terms_of
from kecamatan.models import Cause, Certainty, Effect, Kecamatan
from lib.dataset import Column, Outcome, Problem, Row, RowDataset
from lib.errors import Refused
from lib.parsing import count, day, moment, region_code, term, text
from lib.tabular import Cell
from repairs.arrangements import ArrangementChanges, correct_arrangement, start_arrangement, warnings_now
from repairs.causes import state_cause
from repairs.guards import refuse_reversed
from repairs.losses import LossChanges, correct_loss, record_loss, refuse_impossible_loss
from repairs.models import Arrangement, LostRecords, Outage, Ticket
from repairs.outages import OutageChanges, correct_outage, end_outage, report_outage
from repairs.rerecordings import state_rerecorded

REASON = "Impor berkas"
NOTE_LENGTH = 2_000

# Never changes: the keys of everything imported so far come from it.
_KEYS = UUID("6f0f7a3e-1d0c-4c53-9d0a-5b1f7f3c2a11")

certainty = term(terms_of(Certainty))
effect = term(terms_of(Effect))
note = text(NOTE_LENGTH)


def client_key(*parts: object) -> UUID:
    """Return the key under which an imported row is on record, the same for the same parts."""
    return uuid5(_KEYS, "|".join(str(part) for part in parts))


def changed(outcome: Outcome, *steps: bool) -> Outcome:
    """Return ``CHANGED`` where any step changed something, else ``outcome``."""
    return Outcome.CHANGED if any(steps) else outcome


def refuse_reversed_columns(start: datetime, end: datetime | None, column: str, start_column: str) -> None:
    """Refuse an end that is not after its start, by the names of the two columns."""
    refuse_reversed(start, end, column, f"Harus sesudah {start_column}. Periksa keduanya.")


def state_if_new(subject: Ticket | Outage, stated: str, how_sure: str | None) -> bool:
    """State the cause of a known fault or outage, unless it is what the newest import said already."""
    last = subject.cause_statements.filter(stated_by=None).order_by("-stated_at", "-pk").first()
    if last is None and stated == Cause.UNKNOWN:
        return False
    how_sure = how_sure or (last.certainty if last and last.cause == stated else Certainty.SUSPECTED)
    if last is not None and (last.cause, last.certainty) == (stated, how_sure):
        return False
    state_cause(subject, cause=stated, certainty=how_sure, by=None)
    return True


# --- outages ---------------------------------------------------------------------------------------------------


def region_codes(cell: Cell) -> tuple[str, ...]:
    """Read one or several region codes with spaces between them, each once, in order."""
    if not isinstance(cell, str):
        return (region_code(cell),)
    return tuple(sorted({region_code(code) for code in cell.split()}))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRow:
    """What a row says of an outage. ``None`` is what it does not name; moments are aware."""

    codes: tuple[str, ...]
    places: list[Kecamatan] = field(compare=False)
    started_at: datetime
    ended_at: datetime | None
    cause: str
    certainty: str | None
    effect: str
    note: str | None


class OutageImport(RowDataset[OutageRow]):
    """Outages of one or many places of one time zone, over or lasting."""

    name = "outages"
    columns: ClassVar = [
        Column("kode", region_codes, required=True),
        Column("mulai", moment, required=True),
        Column("penyebab", cause, required=True),
        Column("selesai", moment),
        Column("kepastian", certainty),
        Column("dampak", effect, required=True),
        Column("keterangan", note),
    ]
    fields: ClassVar = {
        "places": "kode",
        "started_at": "mulai",
        "ended_at": "selesai",
        "effect": "dampak",
        "note": "keterangan",
    }

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.regions = Regions(now)

    def clean(self, row: Row) -> OutageRow:
        """Refuse places of several zones, times to come, and an end before its start."""
        places = [place for code in row["kode"] for place in self.regions.places_under(code)]
        if len({place.time_zone for place in places}) > 1:
            raise Refused("Wilayah ini ada di zona waktu yang berbeda. Tulis satu baris per zona.", field="kode")
        started_at = self.regions.past_moment(row["mulai"], places[0], column="mulai")
        ended_at = row["selesai"] and self.regions.past_moment(row["selesai"], places[0], column="selesai")
        refuse_reversed_columns(started_at, ended_at, "selesai", "mulai")
        return OutageRow(
            codes=row["kode"],
            places=places,
            started_at=started_at,
            ended_at=ended_at,
            cause=row["penyebab"],
            certainty=row["kepastian"],
            effect=row["dampak"],
            note=row["keterangan"],
        )

    def key(self, value: OutageRow) -> Hashable:
        """One row per places, beginning and cause."""
        return value.codes, value.started_at, value.cause

    def save(self, value: OutageRow) -> Outcome:
        """Record a new outage, or bring a known one to what the row names."""
        key = client_key("outages", *value.codes, value.started_at.isoformat(), value.cause)
        outage = Outage.objects.filter(client_key=key).first()
        if outage is None:
            _report_outage(key, value)
            return Outcome.ADDED
        return _update_outage(outage, value) if outage.voided_at is None else Outcome.UNCHANGED


def _report_outage(key: UUID, value: OutageRow) -> None:
    report_outage(
        client_key=key,
        places=value.places,
        started_at=value.started_at,
        ended_at=value.ended_at,
        effect=value.effect,
        cause=value.cause,
        certainty=value.certainty or Certainty.SUSPECTED,
        note=value.note or "",
        reported_at=value.started_at,
        by=None,
    )


def _update_outage(outage: Outage, value: OutageRow) -> Outcome:
    return changed(
        Outcome.UNCHANGED,
        value.certainty is not None and state_if_new(outage, value.cause, value.certainty),
        _end_outage(outage, value.ended_at),
        _correct_outage(outage, value),
    )


def _end_outage(outage: Outage, ended_at: datetime | None) -> bool:
    if ended_at is None or outage.ended_at is not None:
        return False
    end_outage(outage, version=outage.version, by=None, ended_at=ended_at)
    return True


def _correct_outage(outage: Outage, value: OutageRow) -> bool:
    changes = OutageChanges()
    if value.ended_at is not None and outage.ended_at != value.ended_at:
        changes["ended_at"] = value.ended_at
    if outage.effect != value.effect:
        changes["effect"] = value.effect
    if value.note is not None and outage.note != value.note:
        changes["note"] = value.note
    if changes:
        correct_outage(outage, version=outage.version, by=None, reason=REASON, **changes)
    return bool(changes)


# --- lost records ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LossRow:
    """What a row says of lost records; ``named`` are the fields that it names besides the key and the re-recordings."""

    kecamatan: Kecamatan
    day: date
    named: LossChanges
    rerecorded: int | None
    rerecorded_on: date | None


class LossImport(RowDataset[LossRow]):
    """Recordings that were lost, and how many people were recorded again."""

    name = "lost_records"
    columns: ClassVar = [
        Column("kode", region_code, required=True),
        Column("tanggal", day, required=True),
        Column("jumlah", count, required=True),
        Column("penyebab", cause),
        Column("kepastian", term(terms_of(LostRecords.Certainty))),
        Column("direkam_ulang", count),
        Column("direkam_ulang_pada", day),
        Column("keterangan", note),
    ]
    # Field of the record: column of the file.
    named: ClassVar = {
        "count": "jumlah",
        "cause": "penyebab",
        "certainty": "kepastian",
        "note": "keterangan",
    }
    again: ClassVar = {"rerecorded": "direkam_ulang", "rerecorded_on": "direkam_ulang_pada"}
    fields: ClassVar = {**named, **again, "day": "tanggal"}

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.regions, self.bounds = Regions(now), Bounds()

    def clean(self, row: Row) -> LossRow:
        """Refuse what :func:`refuse_impossible_loss` refuses, by the names of the columns."""
        place = self.regions.kecamatan(row["kode"])
        named = {name: row[column] for name, column in self.named.items() if row[column] is not None}
        again = {name: row[column] for name, column in self.again.items()}
        loss = LostRecords(kecamatan=place, day=row["tanggal"], **named, **{"rerecorded": 0} | _known(again))
        try:
            refuse_impossible_loss(loss, today=self.regions.today(place), bound=self.bounds.of.get(place.pk))
        except Refused as refused:
            raise Refused(refused.message, field=self.fields[refused.field]) from None
        return LossRow(place, loss.day, cast(LossChanges, named), **again)

    def key(self, value: LossRow) -> Hashable:
        """One row per kecamatan and day."""
        return value.kecamatan.pk, value.day

    def save(self, value: LossRow) -> Outcome:
        """Record a new loss, or bring a known one to what the row names."""
        losses = LostRecords.objects.filter(kecamatan=value.kecamatan, day=value.day)
        loss = losses.filter(voided_at=None).first()
        if loss is None:
            return _record_loss(value, losses.exclude(voided_at=None))
        loss.kecamatan = value.kecamatan
        return changed(Outcome.UNCHANGED, *_correct_loss(loss, value))


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _correct_loss(loss: LostRecords, value: LossRow) -> tuple[bool, bool]:
    """Bring a loss to what a row names; where fewer are lost and recorded again, the latter first."""
    changes = {name: new for name, new in value.named.items() if getattr(loss, name) != new}
    total, day = value.rerecorded, value.rerecorded_on
    first = total is not None and total < loss.rerecorded and _state_rerecorded(loss, total, day)
    if changes:
        correct_loss(loss, version=loss.version, by=None, reason=REASON, **cast(LossChanges, changes))
    return bool(changes), first or _state_rerecorded(loss, total, day)


def _state_rerecorded(loss: LostRecords, total: int | None, day: date | None) -> bool:
    return state_rerecorded(loss, total=total, day=day, version=loss.version, by=None, reason=REASON)


def _record_loss(value: LossRow, voided: Iterable[LostRecords]) -> Outcome:
    """Record a loss, unless it is one that people voided because it is wrong."""
    if any(loss.count == value.named["count"] for loss in voided):
        return Outcome.UNCHANGED
    again = _known({"rerecorded": value.rerecorded, "rerecorded_on": value.rerecorded_on})
    record_loss(kecamatan=value.kecamatan, day=value.day, by=None, **value.named, **again)  # type: ignore[misc]
    return Outcome.ADDED


# --- arrangements ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ArrangementRow:
    """What a row says of an arrangement. ``None`` is what it does not name; moments are aware, perhaps planned."""

    kecamatan: Kecamatan
    kind: str
    started_at: datetime
    ended_at: datetime | None
    host: Kecamatan | None
    line: int = field(compare=False)


class ArrangementImport(RowDataset[ArrangementRow]):
    """How people are served while sets are down; may be planned."""

    name = "arrangements"
    columns: ClassVar = [
        Column("kode", region_code, required=True),
        Column("jenis", term(terms_of(Arrangement.Kind)), required=True),
        Column("mulai", moment, required=True),
        Column("selesai", moment),
        Column("tuan_rumah", region_code),
    ]
    fields: ClassVar = {"started_at": "mulai", "ended_at": "selesai", "host": "tuan_rumah"}

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.regions = Regions(now)
        self._lasting: dict[Arrangement, int] = {}

    def clean(self, row: Row) -> ArrangementRow:
        """Refuse an end before its start, and a host that is missing or the kecamatan itself."""
        place = self.regions.kecamatan(row["kode"])
        started_at = self.regions.moment(row["mulai"], place)
        ended_at = row["selesai"] and self.regions.moment(row["selesai"], place)
        refuse_reversed_columns(started_at, ended_at, "selesai", "mulai")
        host = row["tuan_rumah"] and self.regions.place(row["tuan_rumah"], column="tuan_rumah")
        if host is None and row["jenis"] == Arrangement.Kind.HOSTED:
            raise Refused("Wajib diisi untuk menumpang: kode kecamatan yang menampung.", field="tuan_rumah")
        if host == place:
            raise Refused(f"{place.name} tidak bisa menumpang pada dirinya sendiri.", field="tuan_rumah")
        return ArrangementRow(place, row["jenis"], started_at, ended_at, host, row.line)

    def key(self, value: ArrangementRow) -> Hashable:
        """One row per kecamatan, kind and beginning."""
        return value.kecamatan.pk, value.kind, value.started_at

    def save(self, value: ArrangementRow) -> Outcome:
        """Record a new arrangement, or bring a known one to what the row names."""
        known = Arrangement.objects.filter(kecamatan=value.kecamatan, kind=value.kind, started_at=value.started_at)
        known = known.select_related("kecamatan__kabupaten__province", "host__kabupaten__province")
        arrangement = known.filter(voided_at=None).first() or known.first()
        if arrangement is None:
            self._note(_start_arrangement(value), value.line)
            return Outcome.ADDED
        if arrangement.voided_at is not None:
            return Outcome.UNCHANGED
        outcome = changed(Outcome.UNCHANGED, _correct_arrangement(arrangement, value))
        self._note(arrangement, value.line)
        return outcome

    def _note(self, arrangement: Arrangement, line: int) -> None:
        if arrangement.ended_at is None or arrangement.ended_at > self.now:
            self._lasting[arrangement] = line

    def warnings(self) -> list[Problem]:
        """Return which guests can record by themselves now, and which hosts cannot."""
        return [Problem(self._lasting[row], None, told) for row, told in warnings_now(self._lasting)]


def _start_arrangement(value: ArrangementRow) -> Arrangement:
    return start_arrangement(
        kecamatan=value.kecamatan,
        kind=value.kind,
        started_at=value.started_at,
        ended_at=value.ended_at,
        host=value.host,
        by=None,
    )


def _correct_arrangement(arrangement: Arrangement, value: ArrangementRow) -> bool:
    changes = ArrangementChanges()
    if value.ended_at is not None and arrangement.ended_at != value.ended_at:
        changes["ended_at"] = value.ended_at
    if value.host is not None and arrangement.host != value.host:
        changes["host"] = value.host
    if changes:
        correct_arrangement(arrangement, version=arrangement.version, by=None, reason=REASON, **changes)
    return bool(changes)
