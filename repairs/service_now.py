"""How the people of a few places are served at this moment, from the live records, by ``devices.readiness``.

Pages of this app ask it before they write; what was at a month's end is the rollups'.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from devices.models import KindRequirement, Placement, RecordingSet
from devices.readiness import ArrangementSpan, Fault, Missing, Outage, Placed, Service, SetRecord, service
from kecamatan.models import Kecamatan
from lib.months import local_month
from lib.spans import Span
from repairs.models import Arrangement, Ticket, running_at
from repairs.models import Outage as OutageRow


def services_now(places: Iterable[Kecamatan]) -> dict[int, Service]:
    """Return how each of these places is served now, by its key; a fixed number of queries."""
    now, rows = timezone.now(), {place.pk: place for place in places}
    records = _set_records(list(rows), now)
    outages: defaultdict[int, list[Outage]] = defaultdict(list)
    running = OutageRow.places.through.objects.filter(kecamatan__in=rows, outage__in=OutageRow.objects.running(now))
    for pk, started_at, effect in running.values_list("kecamatan", "outage__started_at", "outage__effect"):
        outages[pk].append(Outage(Span(started_at), effect))
    helps: defaultdict[int, list[ArrangementSpan]] = defaultdict(list)
    for row in Arrangement.objects.counted().filter(running_at(now), kecamatan__in=rows):
        helps[row.kecamatan_id].append(ArrangementSpan(row.kind, Span(row.started_at)))
    required = _required(now, next(iter(rows.values())).time_zone) if rows else frozenset()
    return {pk: service(records[pk], outages[pk], helps[pk], now, required) for pk in rows}


def _set_records(keys: list[int], now: datetime) -> dict[int, list[SetRecord]]:
    """Return what is known of the sets of these places: every placement, and the faults that run now."""
    sets = list(RecordingSet.objects.filter(kecamatan__in=keys))
    placements = list(Placement.objects.filter(recording_set__in=sets).select_related("device__kind"))
    devices = {placement.device_id for placement in placements}
    faults: defaultdict[int, list[Fault]] = defaultdict(list)
    missing: defaultdict[int, list[Missing]] = defaultdict(list)
    lasting = Q(restored_at=None) | Q(restored_at__gt=now)
    concerned = Q(device__in=devices) | Q(device=None, recording_set__in=sets)
    for ticket in Ticket.objects.counted().filter(lasting, concerned, failed_at__lte=now).select_related("device_kind"):
        if ticket.device_id is None:
            missing[ticket.recording_set_id].append(Missing(ticket.device_kind.code, Span(ticket.failed_at)))
        else:
            faults[ticket.device_id].append(Fault(Span(ticket.failed_at), ticket.effect))
    placed: defaultdict[int, list[Placed]] = defaultdict(list)
    for row in placements:
        span = Span(row.started_at, row.ended_at)
        placed[row.recording_set_id].append(
            Placed(row.device_id, row.device.kind.code, span, tuple(faults[row.device_id]))
        )
    found: defaultdict[int, list[SetRecord]] = defaultdict(list)
    for known in sets:
        record = SetRecord(tuple(placed[known.pk]), tuple(missing[known.pk]), known.withdrawn_at)
        found[known.kecamatan_id].append(record)
    return found


def _required(now: datetime, zone: str) -> frozenset[str]:
    month = local_month(now, zone)
    rows = KindRequirement.objects.filter(Q(until_month=None) | Q(until_month__gt=month), from_month__lte=month)
    return frozenset(rows.values_list("kind__code", flat=True))
