"""Which kecamatan to act on first, as a table of a report: those that the head named, and the proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from documents.records import short_day
from documents.tables import COUNT, Cell, Column, Table
from kecamatan.models import Kecamatan
from lib.format import number_id
from reports.children import shown_name
from reports.longest import NOT_STATED
from reports.models import Level
from reports.priorities import FAR_KM, Proposed, proposed_in
from reports.regions import Region

TITLE = "Prioritas"
NOBODY_NAMED = "Kepala dinas belum menetapkan kecamatan prioritas."
NONE_STOPPED = "Tidak ada kecamatan yang diketahui berhenti pada akhir bulan ini, jadi tidak ada yang diusulkan."
HOW = (
    "Bobot = orang yang belum direkam × hari berhenti × jarak (km, garis lurus) ke kecamatan terdekat yang melayani. "
    "Yang angkanya tidak disebut ada di bawah, bukan dianggap nol."
)


@dataclass(frozen=True, slots=True)
class Priorities:
    """The kecamatan that heads of agencies named, in their order by kabupaten, and the proposal of the month."""

    named: Sequence[Kecamatan]
    proposed: Sequence[Proposed]
    with_kabupaten: bool


def read_priorities(region: Region, month: date) -> Priorities | None:
    """Read the priorities of a province or a kabupaten: named as they are now, proposed as the month ended.

    Nothing of the nation, whose priorities are those of its provinces.
    """
    if region.level not in (Level.PROVINCE, Level.KABUPATEN):
        return None
    own = Q(kabupaten=region.pk) if region.level == Level.KABUPATEN else Q(kabupaten__province=region.pk)
    named = Kecamatan.objects.filter(own, priority_rank__isnull=False).select_related("kabupaten")
    ordered = named.order_by("kabupaten__code", "priority_rank", "code")
    return Priorities(list(ordered), proposed_in(region, month), region.level == Level.PROVINCE)


def named_text(found: Priorities) -> str:
    """Return the kecamatan that were named, in one sentence."""
    if not found.named:
        return NOBODY_NAMED
    names = [f"{place.priority_rank}. {_name(place, found)}" for place in found.named]
    return f"Ditetapkan kepala dinas: {', '.join(names)}."


def _name(place: Kecamatan, found: Priorities) -> str:
    name = shown_name(place.name)
    return f"{name} ({place.kabupaten.name})" if found.with_kabupaten else name


def priority_table(found: Priorities) -> Table:
    """Return the proposal with what its weights are made of; then those that were named and are not proposed."""
    ranks = {place.code: place.priority_rank for place in found.named}
    columns = [
        Column("Usulan", unit=COUNT),
        Column("Kode"),
        Column("Kecamatan"),
        Column("Ditetapkan", unit=COUNT),
        Column("Layanan"),
        Column("Berhenti sejak"),
        Column("Hari berhenti", unit=COUNT),
        Column("Belum direkam", unit=COUNT),
        Column("Terdekat yang melayani"),
        Column("Jarak (km)", unit=COUNT),
        Column("Bobot", unit=COUNT),
    ]
    rows = [_row(one, ranks.get(one.code)) for one in found.proposed]
    codes = {one.code for one in found.proposed}
    rows += [_named_only(place, found) for place in found.named if place.code not in codes]
    return Table(TITLE, columns, rows, note="" if found.proposed else NONE_STOPPED)


def _row(one: Proposed, rank: int | None) -> list[Cell]:
    need, name = one.need, shown_name(one.name)
    return [
        _count(one.position),
        Cell(one.code, one.code),
        Cell(name, name),
        _count(rank, "–"),
        Cell(one.standing, one.standing),
        Cell(one.begun, short_day(one.begun)),
        _count(need.days),
        _count(need.unrecorded),
        *_nearest(need.host, need.km),
        _count(need.weight),
    ]


def _nearest(host: str, km: int) -> list[Cell]:
    if not host:
        text = f"tidak ada dalam {FAR_KM} km"
        return [Cell(text, text), _count(FAR_KM)]
    return [Cell(shown_name(host), shown_name(host)), _count(km)]


def _named_only(place: Kecamatan, found: Priorities) -> list[Cell]:
    """Return the row of a kecamatan that was named and does not stand still."""
    name = _name(place, found)
    words = [Cell(None, "–")]
    return [
        *words,
        Cell(place.code, place.code),
        Cell(name, name),
        _count(place.priority_rank),
        Cell(None, "tidak berhenti"),
        *words * 6,
    ]


def _count(number: int | None, otherwise: str = NOT_STATED) -> Cell:
    return Cell(None, otherwise) if number is None else Cell(number, number_id(number))
