"""What happened in a region in a month, one by one: its faults, outages, losses and what people did meanwhile.

Of a province and a kabupaten only; of the nation these are tens of thousands, and stand in the reports of its parts.
Each table is read in one query. What nobody stated reads "tidak disebut".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Max, Q, Sum

from documents.figures import NONE
from documents.tables import COUNT, DAYS, DECIMAL, Cell, Column, Table
from kecamatan.models import Cause, Certainty, Effect, Kecamatan
from lib.format import MONTHS, decimal_id, number_id
from lib.months import add_months, month_bounds
from repairs.models import Arrangement, LostRecords, Outage, Rerecording, Ticket, number_of, overlapping
from reports.children import shown_name
from reports.longest import NOT_STATED
from reports.models import Level
from reports.regions import Region

PLACES_NAMED = 6
STILL = "belum pulih"
LASTS = "masih berjalan"
MINUTES_A_DAY = 24 * 60


class Fault(NamedTuple):
    """A fault that shared a moment with the month."""

    number: str
    code: str
    kabupaten: str
    place: str
    label: str
    kind: str
    fault: str
    effect: str
    failed_at: datetime
    restored_at: datetime | None
    cause: str
    certainty: str
    route: str
    status: str
    note: str


class Broken(NamedTuple):
    """An outage that shared a moment with the month, and the names of its places in the region."""

    places: tuple[str, ...]
    cause: str
    certainty: str
    effect: str
    started_at: datetime
    ended_at: datetime | None
    note: str


class Arranged(NamedTuple):
    """Another way in which a kecamatan was served in the month."""

    code: str
    kabupaten: str
    place: str
    kind: str
    host: str
    started_at: datetime
    ended_at: datetime | None


class Loss(NamedTuple):
    """Records that were lost in the month, or recorded again in it, with what was recorded again by its end."""

    code: str
    kabupaten: str
    place: str
    day: date
    number: int
    cause: str
    certainty: str
    rerecorded: int
    rerecorded_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Records:
    """What happened in a province or a kabupaten in a month; each list the longest lasting first."""

    zone: str
    until: datetime
    with_kabupaten: bool
    faults: Sequence[Fault] = field(default=())
    outages: Sequence[Broken] = field(default=())
    arrangements: Sequence[Arranged] = field(default=())
    losses: Sequence[Loss] = field(default=())

    def first(self, count: int) -> Records:
        """Return the first of each list, for paper."""
        lists = {name: getattr(self, name)[:count] for name in LISTS}
        return replace(self, **lists)

    def numbers(self) -> list[int]:
        """Return how long the lists are, in the order of :func:`record_tables`."""
        return [len(getattr(self, name)) for name in LISTS]


LISTS = ("faults", "outages", "arrangements", "losses")


def read_records(region: Region, month: date, now: datetime) -> Records | None:
    """Read what happened in a region in a month, in five queries; nothing of the nation."""
    if region.level not in (Level.PROVINCE, Level.KABUPATEN):
        return None
    start, end = month_bounds(month, region.zone)
    return Records(
        zone=region.zone,
        until=min(end, now),
        with_kabupaten=region.level == Level.PROVINCE,
        faults=_faults(region, start, end),
        outages=_outages(region, start, end),
        arrangements=_arrangements(region, start, end),
        losses=_losses(region, month),
    )


def _inside(region: Region, path: str = "kecamatan__") -> Q:
    field = "kabupaten__province" if region.level == Level.PROVINCE else "kabupaten"
    return Q(**{f"{path}{field}": region.pk})


OUTAGE_FIELDS = ("cause", "certainty", "effect", "started_at", "ended_at", "note")
FAULT_FIELDS = (
    *("pk", "reported_at", "kecamatan__code", "kecamatan__kabupaten__name", "kecamatan__name"),
    *("recording_set__label", "device_kind__name", "fault", "effect", "failed_at", "restored_at"),
    *("cause", "certainty", "route", "status", "note"),
)
FAULTS_OF, EFFECTS = dict(Ticket.Fault.choices), dict(Effect.choices)
ROUTES, STATUSES = dict(Ticket.Route.choices), dict(Ticket.Status.choices)
CAUSES, CERTAINTIES = dict(Cause.choices), dict(Certainty.choices)


def _faults(region: Region, start: datetime, end: datetime) -> list[Fault]:
    """Read the faults as plain values: of a large province they are thousands."""
    counted = Ticket.objects.counted().filter(_inside(region), failed_at__lt=end)
    rows = counted.filter(Q(restored_at=None) | Q(restored_at__gt=start)).order_by("failed_at", "pk")
    return [
        Fault(
            number_of(pk, reported_at),
            code,
            kabupaten,
            shown_name(name),
            label,
            kind,
            FAULTS_OF[fault],
            EFFECTS[effect],
            failed_at,
            restored_at,
            *_cause(cause, certainty),
            ROUTES.get(route, NOT_STATED),
            STATUSES[status],
            note,
        )
        for (
            pk,
            reported_at,
            code,
            kabupaten,
            name,
            label,
            kind,
            fault,
            effect,
            failed_at,
            restored_at,
            cause,
            certainty,
            route,
            status,
            note,
        ) in rows.values_list(*FAULT_FIELDS)
    ]


def _place(place: Kecamatan) -> tuple[str, str, str]:
    return place.code, place.kabupaten.name, shown_name(place.name)


def _cause(cause: str, certainty: str) -> tuple[str, str]:
    """Return a cause and how certain it is; of one that nobody knows neither is stated."""
    if cause == Cause.UNKNOWN:
        return NOT_STATED, NOT_STATED
    return CAUSES[cause], CERTAINTIES[certainty]


def _outages(region: Region, start: datetime, end: datetime) -> list[Broken]:
    counted = Outage.objects.counted().filter(overlapping("started_at", "ended_at", start, end))
    inside = Outage.places.through.objects.filter(_inside(region), outage__in=counted.values("pk"))
    places: defaultdict[int, list[str]] = defaultdict(list)
    for pk, name in inside.order_by("kecamatan__code").values_list("outage", "kecamatan__name"):
        places[pk].append(shown_name(name))
    return [
        Broken(
            tuple(places[outage.pk]),
            *_cause(outage.cause, outage.certainty),
            Effect(outage.effect).label,
            outage.started_at,
            outage.ended_at,
            outage.note,
        )
        for outage in counted.filter(pk__in=places).only(*OUTAGE_FIELDS).order_by("started_at", "pk")
    ]


def _arrangements(region: Region, start: datetime, end: datetime) -> list[Arranged]:
    rows = Arrangement.objects.counted().filter(_inside(region), overlapping("started_at", "ended_at", start, end))
    return [
        Arranged(
            *_place(row.kecamatan),
            row.get_kind_display(),
            shown_name(row.host.name) if row.host else "",
            row.started_at,
            row.ended_at,
        )
        for row in rows.select_related("kecamatan__kabupaten", "host").order_by("started_at", "kecamatan__code")
    ]


def _losses(region: Region, month: date) -> list[Loss]:
    until = add_months(month, 1)
    again = Rerecording.objects.filter(voided_at=None, day__gte=month, day__lt=until).values("loss")
    lost = Q(day__gte=month, day__lt=until) | Q(pk__in=again)
    by_then = Q(rerecordings__voided_at=None) & (Q(rerecordings__day__lt=until) | Q(rerecordings__day=None))
    rows = LostRecords.objects.filter(_inside(region), lost, voided_at=None).annotate(
        again=Sum("rerecordings__number", filter=by_then, default=0), again_on=Max("rerecordings__day", filter=by_then)
    )
    return [
        Loss(
            *_place(row.kecamatan),
            row.day,
            row.count,
            _cause(row.cause, Certainty.CERTAIN)[0],
            row.get_certainty_display(),
            row.again,
            row.again_on,
            row.note,
        )
        for row in rows.select_related("kecamatan__kabupaten").order_by("day", "kecamatan__code")
    ]


# --- As tables --------------------------------------------------------------------------------------------------

FAULTS, OUTAGES, ARRANGED, LOSSES = "Kerusakan", "Gangguan", "Layanan pengganti", "Data hilang"
NOTHING = {
    FAULTS: "Tidak ada kerusakan yang tercatat pada bulan ini.",
    OUTAGES: "Tidak ada gangguan listrik, jaringan atau server yang tercatat pada bulan ini.",
    ARRANGED: "Tidak ada kecamatan yang dilayani dengan cara lain.",
    LOSSES: "Tidak ada data hilang yang dilaporkan pada bulan ini.",
}


def record_tables(records: Records) -> list[Table]:
    """Return what happened as tables with all their columns; the note of one without rows says so."""
    return [fault_table(records), outage_table(records), arrangement_table(records), loss_table(records)]


def _table(title: str, heads: Iterable[Column], rows: Sequence[Sequence[Cell]], total: Sequence[Cell] = ()) -> Table:
    return Table(title, list(heads), rows, total if rows else (), note="" if rows else NOTHING[title])


def _where(records: Records) -> list[Column]:
    return [Column("Kode"), *([Column("Kabupaten/kota")] if records.with_kabupaten else []), Column("Kecamatan")]


def _in(records: Records, row: Fault | Arranged | Loss) -> list[Cell]:
    return [_text(row.code), *([_text(row.kabupaten)] if records.with_kabupaten else []), _text(row.place)]


def fault_table(records: Records) -> Table:
    """Return the faults one by one."""
    heads = [
        *_where(records),
        *(Column(head) for head in ("Set", "Komponen", "Keadaan", "Dampak", "Rusak sejak", "Pulih")),
        Column(f"Lama{DAYS}", unit=DECIMAL),
        *(Column(head) for head in ("Penyebab", "Kepastian", "Jalur", "Tiket", "Nomor", "Keterangan")),
    ]
    rows = [
        [
            *_in(records, row),
            *map(_text, (row.label, row.kind, row.fault, row.effect)),
            _moment(row.failed_at, records.zone),
            _moment(row.restored_at, records.zone, STILL),
            _days(row.failed_at, row.restored_at or records.until),
            *map(_text, (row.cause, row.certainty, row.route, row.status, row.number, row.note)),
        ]
        for row in records.faults
    ]
    return _table(FAULTS, heads, rows)


def outage_table(records: Records) -> Table:
    """Return the outages one by one."""
    heads = [
        Column("Kecamatan"),
        Column("Tempat", unit=COUNT),
        *(Column(head) for head in ("Penyebab", "Kepastian", "Dampak", "Mulai", "Selesai")),
        Column(f"Lama{DAYS}", unit=DECIMAL),
        Column("Keterangan"),
    ]
    rows = [
        [
            _text(places_text(row.places)),
            Cell(len(row.places), number_id(len(row.places))),
            *map(_text, (row.cause, row.certainty, row.effect)),
            _moment(row.started_at, records.zone),
            _moment(row.ended_at, records.zone, LASTS),
            _days(row.started_at, row.ended_at or records.until),
            _text(row.note),
        ]
        for row in records.outages
    ]
    return _table(OUTAGES, heads, rows)


def arrangement_table(records: Records) -> Table:
    """Return in which other ways people were served."""
    heads = [*_where(records), *(Column(head) for head in ("Cara", "Tuan rumah", "Mulai", "Selesai"))]
    rows = [
        [
            *_in(records, row),
            _text(row.kind),
            _text(row.host or NONE),
            _moment(row.started_at, records.zone),
            _moment(row.ended_at, records.zone, LASTS),
        ]
        for row in records.arrangements
    ]
    return _table(ARRANGED, heads, rows)


def loss_table(records: Records) -> Table:
    """Return the losses one by one."""
    heads = [
        *_where(records),
        Column("Tanggal"),
        Column("Hilang", unit=COUNT),
        *(Column(head) for head in ("Kepastian", "Penyebab")),
        Column("Direkam ulang", unit=COUNT),
        *(Column(head) for head in ("Direkam ulang pada", "Keterangan")),
    ]
    rows = [
        [
            *_in(records, row),
            Cell(row.day, short_day(row.day)),
            Cell(row.number, number_id(row.number)),
            *map(_text, (row.certainty, row.cause)),
            Cell(row.rerecorded, number_id(row.rerecorded)),
            Cell(row.rerecorded_on, short_day(row.rerecorded_on) if row.rerecorded_on else "belum"),
            _text(row.note),
        ]
        for row in records.losses
    ]
    sums = {
        "Kode": _text("Jumlah"),
        "Hilang": _sum(row.number for row in records.losses),
        "Direkam ulang": _sum(row.rerecorded for row in records.losses),
    }
    return _table(LOSSES, heads, rows, [sums.get(column.head, Cell(None, "")) for column in heads])


def _sum(numbers: Iterable[int]) -> Cell:
    total = sum(numbers)
    return Cell(total, number_id(total))


def places_text(places: Sequence[str]) -> str:
    """Return the places of an outage: a few by name, more counted."""
    if len(places) <= PLACES_NAMED:
        return ", ".join(places)
    return f"{', '.join(places[: PLACES_NAMED - 1])} dan {number_id(len(places) - PLACES_NAMED + 1)} lainnya"


def _text(text: str) -> Cell:
    return Cell(text, text)


def _moment(moment: datetime | None, zone: str, otherwise: str = NOT_STATED) -> Cell:
    """Return a moment by the clock of the place; people read its day."""
    if moment is None:
        return Cell(None, otherwise)
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return Cell(local, short_day(local.date()))


def short_day(day: date) -> str:
    """Return a day as short as a table needs it: ``28 Okt 2021``."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def _days(start: datetime, end: datetime) -> Cell:
    days = max(0.0, (end - start).total_seconds() / 60 / MINUTES_A_DAY)
    return Cell(round(days, 1), decimal_id(days))


def pick(table: Table, heads: Sequence[str], rows: int) -> Table:
    """Return some columns and the first rows of a table, for paper; columns in which nothing stands are left out.

    On paper spans are told with their unit, so that the heads need none.
    """
    shown = table.rows[:rows]
    places: list[Any] = [
        index
        for head in heads
        for index, column in enumerate(table.columns)
        if column.head == head and any(row[index].text not in ("", NONE) for row in shown)
    ]
    columns = [column._replace(head=column.head.removesuffix(DAYS)) for column in table.columns]
    cells = [[row[place] for place in places] for row in shown]
    return Table(table.title, [columns[place] for place in places], cells, note=table.note)
