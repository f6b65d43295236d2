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
from repairs.forms.devices import InventoryVoidForm
from repairs.moves import Move
from repairs.span_pages import voided_text

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
    voided: str
    move: Move | None


def find_kabupaten(code: str, user: User) -> Any:
    """Return a kabupaten that a person sees as a whole, with the number of its sets; raises :class:`NotFound`."""
    in_use = Q(kecamatan__recording_sets__withdrawn_at=None)
    rows = Kabupaten.objects.visible_to(user).select_related("province")
    kabupaten = rows.annotate(sets=Count("kecamatan__recording_sets", filter=in_use)).filter(code=code).first()
    if kabupaten is None:
        raise NotFound(f"Tidak ada kabupaten {code}.")
    return kabupaten


def find_confirmation(kabupaten: Kabupaten, pk: int, user: User) -> InventoryCheck:
    """Return a confirmation of a register; raises :class:`NotFound`."""
    rows = InventoryCheck.objects.visible_to(user).select_related("kabupaten")
    check: InventoryCheck | None = rows.filter(kabupaten=kabupaten, pk=pk).first()
    if check is None:
        raise NotFound(f"Tidak ada pernyataan {pk}.")
    return check


def inventory_page(kabupaten: Any, user: User, failed: InventoryVoidForm | None = None, of: int = 0) -> dict[str, Any]:
    """Return all that the page of a register shows but its form; ``failed`` did not void the confirmation ``of``."""
    today = local_day(timezone.now(), kabupaten.province.time_zone)
    confirmations = _confirmations(kabupaten, today, user, failed, of)
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


def void_form(pk: int, data: Any = None) -> InventoryVoidForm:
    """Return the form that voids a confirmation; a page has one for each."""
    return InventoryVoidForm(data, auto_id=f"void-{pk}-%s")


def _void(check: InventoryCheck, code: str, failed: InventoryVoidForm | None) -> Move:
    url = reverse("repairs:inventory-void", args=[code, check.pk])
    form = failed or void_form(check.pk)
    return Move("void", "Batalkan pernyataan", "Bila ternyata belum lengkap.", url, form, failed is not None, True)


def _confirmations(
    kabupaten: Kabupaten, today: date, user: User, failed: InventoryVoidForm | None, of: int
) -> list[Confirmation]:
    rows = InventoryCheck.objects.visible_to(user).filter(kabupaten=kabupaten).select_related("voided_by")
    checks = list(rows.order_by("-day", "-pk")[:SHOWN])
    who, zone, may_void = _who(checks), kabupaten.province.time_zone, may_manage_devices(user, kabupaten)
    return [
        Confirmation(
            day=day_id(check.day),
            until=day_id(inventory_ends_on(check.day), weekday=False),
            who=who.get(subject_key(check), SYSTEM),
            holds=check.voided_at is None and check.day <= today < inventory_ends_on(check.day),
            voided=voided_text(check, zone),
            move=(
                _void(check, kabupaten.code, failed if check.pk == of else None)
                if may_void and check.voided_at is None
                else None
            ),
        )
        for check in checks
    ]


def _who(checks: Sequence[InventoryCheck]) -> Mapping[str, str]:
    events = Event.objects.filter(subject__in=[subject_key(check) for check in checks], action="confirm_inventory")
    events = events.select_related("by")
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
