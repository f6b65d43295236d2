"""What the page of a kabupaten's register shows: what was registered, and when it was confirmed complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import may_manage_devices
from devices.models import Device, DeviceKind, InventoryCheck
from devices.register import inventory_ends_on
from kecamatan.changes import SYSTEM, actor_of, subject_key
from kecamatan.models import Event, Kabupaten
from lib.format import day_id, number_id
from lib.months import local_day
from lib.pages import NotFound
from repairs.device_filters import lasting
from repairs.device_list import list_url

SHOWN = 12


class KindCount(NamedTuple):
    """How many devices of a kind are on record in a kabupaten, and how many its sets are recorded to lack."""

    name: str
    url: str
    working: str
    broken: str
    missing: str
    stored: str


class Confirmation(NamedTuple):
    """A day for which the register was confirmed complete."""

    day: str
    until: str
    who: str
    holds: bool


def find_kabupaten(code: str, user: User) -> Any:
    """Return a kabupaten that a person sees as a whole, with the number of its sets; raises :class:`NotFound`."""
    in_use = Q(kecamatan__recording_sets__withdrawn_at=None)
    rows = Kabupaten.objects.visible_to(user).select_related("province")
    kabupaten = rows.annotate(sets=Count("kecamatan__recording_sets", filter=in_use)).filter(code=code).first()
    if kabupaten is None:
        raise NotFound(f"Tidak ada kabupaten {code}.")
    return kabupaten


def inventory_page(kabupaten: Any, user: User) -> dict[str, Any]:
    """Return all that the page of a register shows but its form."""
    today = local_day(timezone.now(), kabupaten.province.time_zone)
    confirmations = _confirmations(kabupaten, today, user)
    return {
        "kabupaten": kabupaten,
        "today": today,
        "crumbs": [
            {"label": "Alat", "url": reverse("repairs:device-list")},
            {"label": kabupaten.name, "url": reverse("reports:region-detail", args=[kabupaten.code])},
            {"label": "Kelengkapan register", "url": ""},
        ],
        "counts": _counts(kabupaten),
        "sets": number_id(kabupaten.sets) if kabupaten.sets else "",
        "confirmations": confirmations,
        "newest": next((row for row in confirmations if row.holds), None),
        "may_confirm": may_manage_devices(user, kabupaten),
    }


def _confirmations(kabupaten: Kabupaten, today: date, user: User) -> list[Confirmation]:
    checks = list(InventoryCheck.objects.visible_to(user).filter(kabupaten=kabupaten).order_by("-day")[:SHOWN])
    who = _who(checks)
    return [
        Confirmation(
            day=day_id(check.day),
            until=day_id(inventory_ends_on(check.day), weekday=False),
            who=who.get(subject_key(check), SYSTEM),
            holds=check.day <= today < inventory_ends_on(check.day),
        )
        for check in checks
    ]


def _who(checks: Sequence[InventoryCheck]) -> Mapping[str, str]:
    events = Event.objects.filter(subject__in=[subject_key(check) for check in checks]).select_related("by")
    return {event.subject: actor_of(event) for event in events}


def _counts(kabupaten: Kabupaten) -> list[KindCount]:
    """Return the counts of every kind, the kinds of which nothing is on record too."""
    in_set = Q(whereabouts=Device.Whereabouts.IN_SET)
    rows = (
        Device.objects.filter(kecamatan__kabupaten=kabupaten)
        .annotate(is_broken=Exists(lasting(device=OuterRef("pk"))))
        .order_by()
        .values("kind")
        .annotate(
            working=Count("pk", filter=in_set & Q(is_broken=False)),
            broken=Count("pk", filter=in_set & Q(is_broken=True)),
            stored=Count("pk", filter=Q(whereabouts=Device.Whereabouts.STORED)),
        )
    )
    known: dict[int, Any] = {row["kind"]: row for row in rows}
    lacks = lasting(device=None, kecamatan__kabupaten=kabupaten).order_by().values_list("device_kind")
    missing = dict(lacks.annotate(Count("pk")))
    return [_count(kabupaten, kind, known.get(kind.pk, {}), missing) for kind in DeviceKind.objects.all()]


def _count(kabupaten: Kabupaten, kind: DeviceKind, row: Mapping[str, int], missing: Mapping[int, int]) -> KindCount:
    shown = {name: number_id(row.get(name, 0)) for name in ("working", "broken", "stored")}
    url = list_url({"jenis": kind.code, "kabupaten": kabupaten.code})
    return KindCount(kind.name, url, missing=number_id(missing.get(kind.pk, 0)), **shown)
