"""What a page says beside the figures of a report, read in one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from accounts.signatories import signing_month
from devices.models import DeviceKind, KindRequirement
from kecamatan.models import Event, Kabupaten, MonthDeclaration
from repairs.filters import GROUPS
from repairs.filters import past_promise as is_past_promise
from repairs.models import Ticket
from reports.models import Level, RegionMonth
from reports.regions import Region, marks_of
from reports.selectors import COUNT_FIELDS, counts_of, with_counts

BESIDE = ("pending", "event", "untouched", "past_promise", "declared", "declared_at", "is_silent")
"""What a page shows that may change without its rollup row: by these too an open page is found to be old."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The kinds in their order with their counts, which of them are required in the month, and what else to say.

    ``declared`` is said of provinces and the nation, when and by whom of a kabupaten and what lies in it, ``event`` of
    a place, and what stands below that, with the counts by kind, of larger regions. ``is_silent`` says of a kecamatan
    that by its newest row nobody has heard from it for more than two office days.
    """

    kind_names: Mapping[str, str]
    by_kind: Mapping[str, dict[str, int]]
    required: frozenset[str]
    pending: int = 0
    first_month: date | None = None
    last_month: date | None = None
    has_sample_data: bool = False
    declared: int = 0
    declared_at: datetime | None = None
    declared_by: str | None = None
    event: int | None = None
    signatory: str | None = None
    untouched: int = 0
    past_promise: int = 0
    newest_row: int | None = None
    is_silent: int = 0

    @property
    def beside(self) -> dict[str, Any]:
        """Return what may change without the row."""
        return {name: getattr(self, name) for name in BESIDE}


def surroundings(region: Region, month: date, *, with_figures: bool = True) -> Surroundings:
    """Read what a page of a region and month says beside its figures; without any, as on a map, only of what there is.

    ``pending`` are the changes of that month that no worker has computed yet; ``signatory`` is who signs its report:
    name, title and NIP, a line each. ``newest_row`` is the key of the region's row that was written last: a change in
    the region, of whatever month, writes one anew.
    """
    required = KindRequirement.objects.filter(Q(until_month=None) | Q(until_month__gt=month), from_month__lte=month)
    said = _said(region, month) if with_figures else _said_of_months(region, month)
    counts = COUNT_FIELDS if with_figures and region.kecamatan is None else ()
    rows = DeviceKind.objects.annotate(required=Exists(required.filter(kind=OuterRef("pk"))), **said)
    rows = with_counts(rows, region, month) if counts else rows
    width = 3 + len(said)
    kinds = [
        (row[:3], row[3:width], row[width:]) for row in rows.values_list("code", "name", "required", *said, *counts)
    ]
    return Surroundings(
        kind_names={code: name for (code, name, _), *_ in kinds},
        by_kind=counts_of((code, *counts) for (code, *_), _, counts in kinds if counts),
        required=frozenset(code for (code, _, is_required), *_ in kinds if is_required),
        **_known(region, dict(zip(said, kinds[0][1], strict=True))),
    )


def _known(region: Region, said: dict[str, Any]) -> dict[str, Any]:
    """Return what there is to say, with what the region itself knows."""
    known = {name: value for name, value in said.items() if value is not None}
    return known if region.kabupaten is None else {**known, "has_sample_data": region.kabupaten.has_sample_data}


def _said_of_months(region: Region, month: date) -> dict[str, Subquery | Exists]:
    """Return the subqueries for what is there of a region at all."""
    said: dict[str, Subquery | Exists] = {
        "pending": Subquery(waiting(region, month)),
        "first_month": Subquery(first_month_of(region)),
        "last_month": Subquery(_last_month(region)),
    }
    if region.kabupaten is None:
        said["has_sample_data"] = Exists(Kabupaten.objects.filter(kabupaten_of(region), has_sample_data=True))
    return said


def _said(region: Region, month: date) -> dict[str, Subquery | Exists]:
    """Return the subqueries for all that is said of a region: only what the pages of its level show."""
    said = _said_of_months(region, month)
    said |= _declared(region, month)
    if region.kecamatan is not None:
        return said | {
            "event": Subquery(newest_event(region)),
            "is_silent": Subquery(_is_silent(region)),
            "newest_row": Subquery(_newest_row(region)),
        }
    return said | {
        "signatory": Subquery(_signatory(region, month)),
        "untouched": Subquery(number_of(untouched(), region)),
        "past_promise": Subquery(number_of(past_promise(), region)),
        "newest_row": Subquery(_newest_row(region)),
    }


def _declared(region: Region, month: date) -> dict[str, Subquery | Exists]:
    """Return the subqueries for who declared a month complete, or in a larger region how many."""
    declared = MonthDeclaration.objects.filter(_declared_in(region), month=month, withdrawn_at=None)
    if region.kabupaten is not None:
        return {
            "declared_at": Subquery(declared.values("declared_at")[:1]),
            "declared_by": Subquery(declared.values("declared_by__name")[:1]),
        }
    tally = declared.order_by().values("month").annotate(tally=Count("pk"))
    return {"declared": Subquery(tally.values("tally"))}


def declared_kinds(region: Region, month: date) -> Surroundings:
    """Read only the counts by kind, and who declared a month of a region complete, in one query."""
    said = _declared(region, month)
    rows = with_counts(DeviceKind.objects.annotate(**said), region, month)
    kinds = list(rows.values_list("code", *COUNT_FIELDS, *said))
    width = 1 + len(COUNT_FIELDS)
    known = _known(region, dict(zip(said, kinds[0][width:], strict=True)))
    by_kind = counts_of(kind[:width] for kind in kinds)
    return Surroundings(kind_names={}, by_kind=by_kind, required=frozenset(), **known)


def beside(region: Region, month: date) -> dict[str, Subquery | Exists]:
    """Return the subqueries for what may change without the row, as far as the pages of the region's level show it."""
    return {name: said for name, said in _said(region, month).items() if name in BESIDE}


def _is_silent(region: Region) -> QuerySet:
    rows = RegionMonth.objects.filter(level=region.level, region_id=region.pk)
    return rows.order_by("-month").values("kecamatan_silent")[:1]


def _newest_row(region: Region) -> QuerySet:
    rows = RegionMonth.objects.filter(level=region.level, region_id=region.pk)
    return rows.order_by("-pk").values("pk")[:1]


def waiting(region: Region, month: date) -> QuerySet:
    """Return the number of marks of a region and month, for a subquery; nothing where none waits."""
    return marks_of(region, month).order_by().values("month").annotate(number=Count("pk")).values("number")


def untouched() -> QuerySet[Ticket]:
    """Return the open tickets that nobody works on yet, as the list of tickets groups them."""
    return Ticket.objects.open().filter(status__in=GROUPS["belum"])


def past_promise() -> QuerySet[Ticket]:
    """Return the open tickets whose fault lasts past the promised day."""
    return Ticket.objects.open().filter(is_past_promise())


def number_of(tickets: QuerySet[Ticket], region: Region) -> QuerySet:
    """Return how many of these tickets are a region's, for a subquery; nothing where none is."""
    inside = tickets.filter(_tickets_of(region))
    # None of them is voided, so that this makes one group of all.
    return inside.order_by().values("voided_at").annotate(tally=Count("pk")).values("tally")


def _tickets_of(region: Region) -> Q:
    if region.kecamatan is not None:
        return Q(kecamatan=region.pk)
    if region.kabupaten is not None:
        return Q(kecamatan__kabupaten=region.pk)
    return Q(kecamatan__kabupaten__province=region.pk) if region.level == Level.PROVINCE else Q()


def newest_event(region: Region) -> QuerySet:
    """Return the newest event of a place, whose page also shows what enters no rollup; of no larger region."""
    events = Event.objects.filter(kecamatan=region.pk) if region.kecamatan is not None else Event.objects.none()
    return events.order_by("-at", "-pk").values("pk")[:1]


def _declared_in(region: Region) -> Q:
    """Return the filter for the declarations of the kabupaten of a region, or of the one that it lies in."""
    if region.kabupaten is not None:
        return Q(kabupaten=region.kabupaten.pk)
    return Q(kabupaten__province=region.pk) if region.level == Level.PROVINCE else Q()


def kabupaten_of(region: Region) -> Q:
    """Choose the kabupaten of a region."""
    if region.kabupaten is not None:
        return Q(pk=region.kabupaten.pk)
    return Q(province=region.pk) if region.level == Level.PROVINCE else Q()


def _signatory(region: Region, month: date) -> QuerySet:
    """Return who signs the report of a month."""
    signing = signing_month(region.kabupaten or region.province, month)
    return signing.values(person=Concat("name", Value("\n"), "title", Value("\n"), "nip"))[:1]


def first_month_of(region: Region) -> QuerySet:
    """Return the first month with figures of a region, for a subquery."""
    rows = RegionMonth.objects.filter(level=region.level, region_id=region.pk)
    return rows.order_by("month").values("month")[:1]


def _last_month(region: Region) -> QuerySet:
    """Return the newest month in which anybody was recorded or a fault was open."""
    rows = RegionMonth.objects.filter(
        Q(recorded__gt=0) | Q(tickets_open__gt=0), region_id=region.pk, level=region.level
    )
    return rows.order_by("-month").values("month")[:1]
