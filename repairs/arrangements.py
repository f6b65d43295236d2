"""Arrangements: how the people of a kecamatan are served while its own sets are down.

Each function owns one change: guard, write, event, marks, in one transaction. ``by`` is the person who asks,
``None`` for imports and the system. Moments are UTC; an arrangement may be planned. Only the guest's row
reads it, yet the host is marked too: its page tells whom it serves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_arrange_service, may_correct_repairs
from devices.readiness import ABLE_TO_RECORD, Service
from kecamatan.changes import collected_marks, compare_and_set, mark_span, record_event
from kecamatan.models import Kecamatan
from lib.errors import Refused
from lib.guards import refuse_moment, refuse_stale, refuse_unchanged, required_reason
from repairs.guards import refuse_reversed, refuse_voided
from repairs.models import Arrangement
from repairs.service_now import services_now

END_AFTER_START = "Waktu selesai harus sesudah waktu mulai."


class ArrangementChanges(TypedDict, total=False):
    """What a correction of an arrangement may replace; what is left out stays."""

    kind: str
    started_at: datetime
    ended_at: datetime | None
    host: Kecamatan | None


@transaction.atomic
def start_arrangement(
    *,
    kecamatan: Kecamatan,
    kind: str,
    started_at: datetime,
    ended_at: datetime | None = None,
    host: Kecamatan | None = None,
    by: User | None,
) -> Arrangement:
    """Put an arrangement on record, from now, from earlier or planned.

    Effects: the arrangement, an event; marks the months of the span for guest and host.
    """
    guard(by, [kecamatan], may_arrange_service)
    arrangement = Arrangement(kecamatan=kecamatan, kind=kind, started_at=started_at, ended_at=ended_at, host=host)
    _refuse_impossible(arrangement)
    arrangement.save(force_insert=True)
    _record(arrangement, "start", by, kind=kind, host=host.code if host else None)
    _mark(arrangement)
    return arrangement


@transaction.atomic
@collected_marks()
def end_arrangement(
    arrangement: Arrangement, *, version: int, by: User | None, ended_at: datetime | None = None
) -> None:
    """End an arrangement, now or at ``ended_at``, which may be planned.

    Effects: ``ended_at``, an event; marks the months of the span before and after.
    """
    _change(arrangement, version=version, by=by, action="end", changes={"ended_at": ended_at or timezone.now()})


@transaction.atomic
@collected_marks()
def correct_arrangement(
    arrangement: Arrangement,
    *,
    version: int,
    by: User | None,
    reason: str,
    **changes: Unpack[ArrangementChanges],
) -> None:
    """Correct an arrangement: what is named replaces what is on record.

    Effects: the fields named, an event with the values before; marks the months of the old and the new span
    for the guest, the old host and the new one.
    """
    guard(by, [arrangement.kecamatan], may_correct_repairs)
    reason = required_reason(reason)
    _change(arrangement, version=version, by=by, action="correct", changes=changes, reason=reason)


@transaction.atomic
def void_arrangement(arrangement: Arrangement, *, version: int, by: User | None, reason: str) -> None:
    """Void an arrangement that is wrong: it stays on record and counts nowhere.

    Effects: ``voided_*``, an event; marks the months of the span for guest and host.
    """
    guard(by, [arrangement.kecamatan], may_correct_repairs)
    refuse_stale(arrangement, version)
    refuse_voided(arrangement)
    reason = required_reason(reason)
    compare_and_set(arrangement, version, voided_at=timezone.now(), voided_by=by, void_reason=reason)
    _record(arrangement, "void", by, reason=reason)
    _mark(arrangement)


def warnings(arrangement: Arrangement, *, guest: Service, host: Service | None = None) -> list[str]:
    """Return what is odd about an arrangement, given how guest and host are served now: reasons to look again.

    A guest that can record needs no arrangement, and a host that cannot is none.
    """
    told = []
    if guest in ABLE_TO_RECORD:
        told.append(f"{arrangement.kecamatan} bisa merekam sendiri. Apakah layanan pengganti masih perlu?")
    if arrangement.host is not None and host is not None and host not in ABLE_TO_RECORD:
        told.append(f"{arrangement.host} sendiri tidak bisa merekam. Pilih tuan rumah lain.")
    return told


def warnings_now(arrangements: Iterable[Arrangement]) -> list[tuple[Arrangement, str]]:
    """Return what is odd about those arrangements that are not over, as guests and hosts are served now.

    A fixed number of queries for the places of one time zone.
    """
    now = timezone.now()
    lasting = [row for row in arrangements if row.ended_at is None or row.ended_at > now]
    by_zone: defaultdict[str, list[Kecamatan]] = defaultdict(list)
    for place in (place for row in lasting for place in (row.kecamatan, row.host) if place is not None):
        by_zone[place.time_zone].append(place)
    served = {pk: how for places in by_zone.values() for pk, how in services_now(places).items()}
    return [
        (row, told)
        for row in lasting
        for told in warnings(row, guest=served[row.kecamatan_id], host=served.get(row.host_id or 0))
    ]


def _change(
    arrangement: Arrangement,
    *,
    version: int,
    by: User | None,
    action: str,
    changes: ArrangementChanges,
    **told: object,
) -> None:
    guard(by, [arrangement.kecamatan], may_arrange_service)
    refuse_stale(arrangement, version)
    refuse_voided(arrangement)
    differing = {name: value for name, value in changes.items() if getattr(arrangement, name) != value}
    refuse_unchanged(differing)
    before = {name: str(getattr(arrangement, name)) for name in differing}
    _mark(arrangement)
    wanted = copy(arrangement)
    for name, value in differing.items():
        setattr(wanted, name, value)
    _refuse_impossible(wanted)
    compare_and_set(arrangement, version, **differing)
    _record(arrangement, action, by, before=before, **told)
    _mark(arrangement)


def _refuse_impossible(arrangement: Arrangement) -> None:
    zone = arrangement.kecamatan.time_zone
    refuse_moment(arrangement.started_at, zone, "started_at", planned=True)
    refuse_reversed(arrangement.started_at, arrangement.ended_at, "ended_at", END_AFTER_START)
    if arrangement.ended_at is not None:
        refuse_moment(arrangement.ended_at, zone, "ended_at", planned=True)
    if arrangement.host_id == arrangement.kecamatan_id:
        raise Refused("Kecamatan tidak bisa menumpang di kecamatannya sendiri. Pilih tuan rumah lain.", field="host")
    if arrangement.kind == Arrangement.Kind.HOSTED:
        if arrangement.host is None:
            raise Refused("Sebutkan kecamatan tuan rumahnya.", field="host")
        _refuse_second_host(arrangement)


def _refuse_second_host(arrangement: Arrangement) -> None:
    # A second writer waits here, then sees the first one's row; SQLite serialises them by itself.
    Kecamatan.objects.select_for_update(no_key=True).get(pk=arrangement.kecamatan_id)
    others = Arrangement.objects.counted().filter(kecamatan=arrangement.kecamatan_id, kind=Arrangement.Kind.HOSTED)
    clash = (
        others.overlapping(arrangement.started_at, arrangement.ended_at)
        .exclude(pk=arrangement.pk)
        .select_related("host", "kecamatan")
        .order_by("started_at")
        .first()
    )
    if clash:
        raise Refused(
            f"{clash.kecamatan} sudah menumpang di {clash.host} pada waktu itu. Akhiri dulu yang lama.",
            field="started_at",
        )


def _record(arrangement: Arrangement, action: str, by: User | None, **data: object) -> None:
    record_event(arrangement, action, by=by, kecamatan_id=arrangement.kecamatan_id, **data)


def _mark(arrangement: Arrangement) -> None:
    places = [place for place in (arrangement.kecamatan, arrangement.host) if place is not None]
    mark_span(places, arrangement.started_at, arrangement.ended_at)
