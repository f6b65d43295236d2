"""Reads everything that a monthly report says, at one moment, into plain values; the files are made of these alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Office
from accounts.offices import logo_path, office_of
from accounts.signatories import shown_nip, signing_month
from documents.changes import Change, Kept, compare, kept_month
from documents.deeper import compare_places, kept_places, key_of
from documents.models import Level
from documents.priorities import Priorities, read_priorities
from documents.records import Records, read_records
from documents.tables import Place
from kecamatan.models import Kabupaten, Province
from lib.month_choice import Month
from lib.phone import shown_phone
from reports.history import read_history
from reports.longest import SHOWN, Stopped, longest_rows, stopped_longest
from reports.map_drawing import Drawing
from reports.map_marks import Colour
from reports.maps import drawings
from reports.models import RegionMonth, RollupLock
from reports.provisional import provisional
from reports.regions import NATION, NEXT_LEVEL, Region, current_month, of_kabupaten, of_province
from reports.reliability import Reliability, read_reliability
from reports.selectors import report_with_children, reports_at
from reports.surroundings import Surroundings, surroundings

STOPPED_OF_NATION = 50
"""So many kecamatan that cannot record the nation names, the longest first: it lists no fault one by one."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head of the paper; what the profile of the region does not say is said to be unknown."""

    government: str
    agency: str
    address: str
    phone: str
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs the report of the month; a head of region has no NIP."""

    name: str
    title: str
    nip: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a report says. ``months`` are the rows of the region in the 24 months up to this one, oldest first;
    ``deeper`` are the regions two levels below and more, with the names of those between. ``kept`` and ``kept_deeper``
    are the figures that stay with the report, to tell later what has changed.
    """

    region: Region
    month: date
    made_at: datetime
    made_by: str
    report: Mapping[str, Any]
    children: Sequence[Mapping[str, Any]]
    kinds: Mapping[str, str]
    pending: int
    letterhead: Letterhead
    signer: Signer | None
    drawings: Sequence[Drawing] = ()
    target_drawings: Sequence[Drawing] = ()
    months: Sequence[RegionMonth] = ()
    stopped: Sequence[Stopped] = ()
    status: str = ""
    deeper: Mapping[str, Sequence[Place]] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)
    kept_deeper: Mapping[str, Any] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    compared: str = ""
    reliability: Reliability | None = None
    priorities: Priorities | None = None
    records: Records | None = None

    @property
    def status_word(self) -> str:
        """Return whether the month may still change, in a word."""
        return "Sementara" if self.status.startswith("Sementara") else "Lengkap"


def region_of(region: Province | Kabupaten | None) -> Region:
    """Return the region of a row, loaded ``with_region()``, as the selectors know it."""
    match region:
        case Province():
            return of_province(region)
        case Kabupaten():
            return of_kabupaten(region)
    return NATION


def status_of(region: Region, month: date, around: Surroundings, report: Mapping[str, Any]) -> str:
    """Return how final the figures of a month are."""
    shown = Month(month, current_month(region))
    return provisional(region, shown, around, report["completeness"]["kabupaten_total"]).text


@transaction.atomic
def read_contents(
    region: Region, month: date, *, made_by: str, earlier: Kept | None = None, compared: str = ""
) -> Contents:
    """Read a report; no worker sums up meanwhile, so that every table adds up to the totals.

    ``earlier`` are the figures that were kept with an earlier report of the month (with those of ``deeper`` regions),
    ``compared`` says which.
    """
    RollupLock.objects.select_for_update().get()
    own = region.kabupaten or region.province
    office, around = office_of(own), surroundings(region, month)
    report, children = report_with_children(region, month, around.by_kind)
    months, deeper = read_history(region, month), _deeper(region, month)
    kept: dict[str, Any] = {
        "report": report,
        "children": children,
        "kinds": around.kind_names,
        "status": status_of(region, month, around, report),
        "months": [kept_month(row) for row in months],
        "row": RegionMonth.objects.aggregate(newest=Max("pk"))["newest"] or 0,
    }
    number = STOPPED_OF_NATION if region.level == Level.NATION else SHOWN
    kept_deeper = kept_places(place for places in deeper.values() for place in places)
    signer = signing_month(own, month).first()
    now = timezone.now()
    return Contents(
        region=region,
        month=month,
        made_at=now,
        made_by=made_by,
        report=report,
        children=children,
        kinds=around.kind_names,
        pending=around.pending,
        letterhead=_letterhead(region, office),
        signer=Signer(signer.name, signer.title, shown_nip(signer.nip)) if signer else None,
        drawings=_drawings(region, month, Colour.SERVICE),
        target_drawings=_drawings(region, month, Colour.TARGET) if report["recording"]["target"] else (),
        months=months,
        stopped=stopped_longest(longest_rows(region, month, number), region, f"{month:%Y-%m}"),
        status=kept["status"],
        deeper=deeper,
        kept=kept,
        kept_deeper=kept_deeper,
        changes=_changes(earlier, kept, kept_deeper) if earlier else (),
        compared=compared,
        reliability=read_reliability(region, month),
        priorities=read_priorities(region, month),
        records=read_records(region, month, now),
    )


def _changes(earlier: Kept, kept: Kept, deeper: Mapping[str, Any]) -> list[Change]:
    """Return what differs from an earlier report; one of before this was kept has nothing of deeper regions."""
    changes = compare(earlier, kept)
    return [*changes, *compare_places(earlier["deeper"], deeper)] if earlier.get("deeper") else changes


def _drawings(region: Region, month: date, colour: str) -> list[Drawing]:
    return [one for one in drawings(region.key, month, colour) if one.figures]


def _deeper(region: Region, month: date) -> dict[str, list[Place]]:
    """Return the regions below the children, by level: of a province its kecamatan, of the nation also kabupaten."""
    found: dict[str, list[Place]] = {}
    level = NEXT_LEVEL.get(NEXT_LEVEL.get(region.level, ""), "")
    while level:
        found[level] = [
            Place(report, _parents(child.region, region), key_of(*child.region.key))
            for child, report in reports_at(region, level, month)
        ]
        level = NEXT_LEVEL.get(level, "")
    return found


def _parents(below: Region, region: Region) -> tuple[str, ...]:
    """Return the names of the regions between one and another far above it."""
    province = (str(below.province),) if region.level == Level.NATION else ()
    return (*province, str(below.kabupaten)) if below.kecamatan else province


def _letterhead(region: Region, office: Office) -> Letterhead:
    short = region.kabupaten.agency_name if region.kabupaten else ""
    return Letterhead(
        government=_government(region),
        agency=office.full_name or office.agency_name or short,
        address=" ".join(office.address.split()),
        phone=shown_phone(office.public_phone) if office.public_phone else "",
        logo=_logo(office),
    )


def _government(region: Region) -> str:
    if region.level == Level.NATION:
        return "Republik Indonesia"
    prefix = "Pemerintah Provinsi" if region.level == Level.PROVINCE else "Pemerintah"
    return f"{prefix} {region.name.removeprefix('Provinsi ')}"


def _logo(office: Office) -> bytes | None:
    """Return the picture of the agency; nothing where the file is not on this machine."""
    if not office.logo:
        return None
    try:
        with default_storage.open(logo_path(office.logo)) as file:
            return bytes(file.read())
    except OSError:
        return None
