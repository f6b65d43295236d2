"""What of a place may be reported, as the tiles of a form: what stands in its sets, and what they lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from devices.models import Device, DeviceKind, DeviceSymptom, KindRequirement, RecordingSet
from kecamatan.models import Kecamatan
from lib.months import local_month
from repairs.models import Ticket


class Component(NamedTuple):
    """A device in a set, or a kind that the set lacks (no ``device``); ``ticket`` is that of its fault that lasts."""

    value: str
    recording_set: int
    set_label: str
    kind: str
    name: str
    device: int | None
    serial: str
    ticket: Ticket | None

    @property
    def icon(self) -> str:
        """Return the name of its icon."""
        return self.kind

    @property
    def is_missing(self) -> bool:
        """Say whether it would be reported as missing."""
        return self.device is None

    @property
    def ticket_url(self) -> str:
        """Return where something may be added to its open ticket."""
        return f"{reverse('repairs:ticket-detail', args=[self.ticket.number])}#komentar" if self.ticket else ""


class Symptom(NamedTuple):
    """What people may see of the kinds whose codes are ``kinds``, separated by spaces, and what to try first."""

    code: str
    name: str
    kinds: str
    first_aid: tuple[str, ...] = ()


class _Kind(NamedTuple):
    """A kind, and whether a set needs it this month."""

    pk: int
    code: str
    name: str
    rank: int
    is_required: bool


class _Placed(NamedTuple):
    """A set with one of the devices that stand, or once stood, in it, if any."""

    set: int
    label: str
    device: int | None
    kind: int | None
    serial: str | None
    started_at: datetime | None
    ended_at: datetime | None

    def stands(self, at: datetime) -> bool:
        """Say whether the device stands there at a moment."""
        return bool(self.started_at and self.started_at <= at and (self.ended_at is None or self.ended_at > at))


def value_of(device: int | None, recording_set: int, kind: str) -> str:
    """Return by what an address and a form name a device, or a kind that a set lacks."""
    return f"alat-{device}" if device else f"tidak-ada-{recording_set}-{kind}"


def components_of(place: Kecamatan, user: User) -> list[Component]:
    """Return what may be reported of a place: by set, what stands there, then what it lacks.

    A set lacks a kind that is required this month, or that it once had, and that does not stand there now.
    """
    now, kinds = timezone.now(), _kinds(place)
    rows = _placed(place)
    standing = [row for row in rows if row.stands(now)]
    tickets = _open_tickets(place, standing, user)
    found = [_component(row, kinds[row.kind], standing, tickets) for row in standing if row.kind]
    for pk, label in dict.fromkeys((row.set, row.label) for row in rows):
        here = {row.kind for row in standing if row.set == pk}
        once = {row.kind for row in rows if row.set == pk and row.kind}
        reported = {kind for (set_pk, kind) in tickets if set_pk == pk and kind}
        lacks = {kind.pk for kind in kinds.values() if kind.is_required} | once | reported
        found += [_lacking(pk, label, kinds[kind], tickets) for kind in lacks - here]
    rank = {kind.code: kind.rank for kind in kinds.values()}
    return sorted(found, key=lambda row: (row.set_label, row.is_missing, rank[row.kind], row.device or 0))


def _kinds(place: Kecamatan) -> dict[int, _Kind]:
    month = local_month(timezone.now(), place.time_zone)
    rules = KindRequirement.objects.filter(Q(until_month=None) | Q(until_month__gt=month), from_month__lte=month)
    kinds = DeviceKind.objects.annotate(is_required=Exists(rules.filter(kind=OuterRef("pk"))))
    return {row[0]: _Kind(*row) for row in kinds.values_list("pk", "code", "name", "rank", "is_required")}


def _placed(place: Kecamatan) -> list[_Placed]:
    """Return the sets of a place with all that ever stood there, in one query; a set without anything is a row too."""
    columns = ("device", "device__kind", "device__serial", "started_at", "ended_at")
    sets = RecordingSet.objects.filter(kecamatan=place, withdrawn_at=None).order_by("label", "pk", "placements__pk")
    return [_Placed(*row) for row in sets.values_list("pk", "label", *(f"placements__{name}" for name in columns))]


Tickets = dict[tuple[int | None, int | None], Ticket]
"""Faults that last: by device and ``None``, or by set and kind where the component is missing."""


def _open_tickets(place: Kecamatan, standing: Iterable[_Placed], user: User) -> Tickets:
    there = Q(kecamatan=place, device=None) | Q(device__in=[row.device for row in standing])
    rows = Ticket.objects.visible_to(user).counted().filter(there, restored_at=None).order_by("-failed_at", "-pk")
    return {(row.device_id, None) if row.device_id else (row.recording_set_id, row.device_kind_id): row for row in rows}


def _component(row: _Placed, kind: _Kind, standing: Iterable[_Placed], tickets: Tickets) -> Component:
    alike = sum((other.set, other.kind) == (row.set, row.kind) for other in standing)
    serial = (row.serial or "tanpa nomor seri") if alike > 1 else ""
    ticket = tickets.get((row.device, None))
    return Component(
        value_of(row.device, row.set, kind.code), row.set, row.label, kind.code, kind.name, row.device, serial, ticket
    )


def _lacking(pk: int, label: str, kind: _Kind, tickets: Tickets) -> Component:
    value, ticket = value_of(None, pk, kind.code), tickets.get((pk, kind.pk))
    return Component(value, pk, label, kind.code, kind.name, None, "", ticket)


def meant_by(asked: Mapping[str, str], components: Iterable[Component]) -> tuple[str, int | None]:
    """Return the component that an address names, and the set; nothing of what is not there.

    ``komponen`` is the value of a component; ``set`` the key of a set, whose component ``jenis`` names by its kind.
    """
    rows = list(components)
    named = asked.get("komponen", "")
    for row in rows:
        if row.value == named:
            return row.value, row.recording_set
    of_set = [row for row in rows if str(row.recording_set) == asked.get("set", "")]
    of_kind = [row for row in of_set if row.kind == asked.get("jenis", "")]
    value = of_kind[0].value if len(of_kind) == 1 else ""
    return value, of_set[0].recording_set if of_set else None


def symptoms_of(components: Iterable[Component]) -> list[Symptom]:
    """Return the symptoms of the kinds that stand there, in their order."""
    kinds = {row.kind for row in components if not row.is_missing}
    links = DeviceSymptom.kinds.through._default_manager.filter(devicekind__code__in=kinds)
    found: dict[tuple[str, str, str], list[str]] = {}
    columns = ("devicesymptom__code", "devicesymptom__name", "devicesymptom__first_aid", "devicekind__code")
    for *symptom, kind in links.order_by("devicesymptom__rank", "devicekind__rank").values_list(*columns):
        found.setdefault(tuple(symptom), []).append(kind)
    return [Symptom(code, name, " ".join(kinds), _steps(aid)) for (code, name, aid), kinds in found.items()]


def _steps(text: str) -> tuple[str, ...]:
    return tuple(step.strip() for step in text.splitlines() if step.strip())


def rows_of(component: Component, place: Kecamatan) -> dict[str, object]:
    """Return the rows that a component stands for, as :func:`repairs.faults.report_fault` takes them."""
    recording_set = RecordingSet.objects.get(pk=component.recording_set)
    recording_set.kecamatan = place
    device = Device.objects.select_related("kind").get(pk=component.device) if component.device else None
    return {
        "recording_set": recording_set,
        "device_kind": device.kind if device else DeviceKind.objects.get(code=component.kind),
        "device": device,
        "fault": Ticket.Fault.MISSING if component.is_missing else Ticket.Fault.BROKEN,
    }
