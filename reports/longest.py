"""Which kecamatan could not record for longest: read with the rows of the page, and told with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from kecamatan.models import Cause, Certainty, Effect, Kabupaten, Kecamatan
from lib.format import since_id
from repairs.models import Outage, Ticket
from reports.gaps import KNOWN_SERVICES
from reports.links import place_url
from reports.models import Level, RegionMonth
from reports.regions import Region
from reports.services import SERVICE_LABELS

SHOWN = 5
NOT_STATED = "tidak disebut"
_BREAK = Value("\n")


@dataclass(frozen=True, slots=True)
class Stopped:
    """A kecamatan without a set that works: since when, why, and how its people are served."""

    name: str
    where: str
    url: str
    since: str
    why: str
    service: str
    service_label: str


def plain_rows(rows: QuerySet[RegionMonth]) -> QuerySet[Any]:
    """Return rows with the two columns of :func:`longest_rows` empty, so that both can be read as one."""
    return rows.annotate(place=Value("", CharField()), why=Value("", CharField()))


def longest_rows(region: Region, month: date, number: int = SHOWN) -> QuerySet[Any]:
    """Return the rows of the ``number`` kecamatan that are down since longest, with their names and the reason.

    The reason is what began at that very moment: an outage, or a fault of a device of theirs.
    """
    down = RegionMonth.objects.filter(_inside(region), level=Level.KECAMATAN, month=month, down_since__isnull=False)
    places = Kecamatan.objects.filter(pk=OuterRef("region_id"))
    outages = Outage.places.through.objects.filter(
        kecamatan=OuterRef("region_id"),
        outage__started_at=OuterRef("down_since"),
        outage__effect=Effect.STOPPED,
        outage__voided_at=None,
    )
    faults = Ticket.objects.counted().filter(kecamatan=OuterRef("region_id"), failed_at=OuterRef("down_since"))
    outage = Concat(Value("outage\n"), "outage__cause", _BREAK, "outage__certainty", output_field=CharField())
    fault = Concat("fault", _BREAK, "cause", _BREAK, "certainty", _BREAK, "device_kind__name", output_field=CharField())
    return RegionMonth.objects.filter(pk__in=down.order_by("down_since", "region_id").values("pk")[:number]).annotate(
        place=Subquery(places.values(text=Concat("code", _BREAK, "name", _BREAK, "kabupaten__name"))[:1]),
        why=Coalesce(
            Subquery(outages.values(text=outage)[:1]),
            Subquery(faults.order_by("pk").values(text=fault)[:1]),
            Value(""),
            output_field=CharField(),
        ),
    )


def _inside(region: Region) -> Q:
    if region.level == Level.PROVINCE:
        return Q(parent_id__in=Kabupaten.objects.filter(province=region.pk).values("pk"))
    return Q(parent_id=region.pk) if region.level == Level.KABUPATEN else Q()


def stopped_longest(rows: Iterable[Any], region: Region, month: str) -> list[Stopped]:
    """Return the rows of :func:`longest_rows` as lines, the longest first."""
    ordered = sorted(rows, key=lambda row: (row.down_since, row.region_id))
    return [_stopped(row, region, month) for row in ordered if row.place]


def _stopped(row: Any, region: Region, month: str) -> Stopped:
    code, name, kabupaten = row.place.split("\n")
    service = next((one for one in KNOWN_SERVICES if getattr(row, f"kecamatan_{one}")), "stopped")
    return Stopped(
        name=name,
        where="" if region.level == Level.KABUPATEN else kabupaten,
        url=place_url(code, month),
        since=since_id(row.down_since, row.as_of, region.zone),
        why=why_text(row.why),
        service=service,
        service_label=SERVICE_LABELS[service],
    )


def why_text(why: str) -> str:
    """Return the reason in words: ``Server rusak (petir, diduga)``; not stated where nothing began at that moment."""
    if not why:
        return NOT_STATED
    what, cause, certainty, *kind = why.split("\n")
    known = cause != Cause.UNKNOWN
    said = Cause(cause).label if known else f"penyebab {NOT_STATED}"
    suspected = ", diduga" if known and certainty == Certainty.SUSPECTED else ""
    if what == "outage":
        return f"Gangguan: {said.lower() if known else said}{suspected}"
    word = "tidak ada" if what == Ticket.Fault.MISSING else "rusak"
    return f"{kind[0]} {word} ({said.lower()}{suspected})"
