"""QR labels in the browser: what may be printed of a selection, and where a label leads whoever scans it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from accounts.callers import Number, number_of
from accounts.models import User
from accounts.offices import office_of
from accounts.permissions import AT_THE_PLACE, covers, may_report
from devices.labels import labels_of, place_of
from devices.models import Device, Label, RecordingSet
from kecamatan.dinas import dinas_name
from kecamatan.models import Kecamatan
from kecamatan.scope import region_filter
from lib.label_sheets import Label as SheetLabel
from lib.pages import key_of
from repairs.device_filters import BY_PLACE, DeviceFilter
from repairs.device_list import device_url, listed, set_url

MOST = 210
"""How many labels a file holds: ten sheets of 21."""


class Choice(NamedTuple):
    """A label that may be printed; ``mark`` is ``set-1`` or ``alat-1``."""

    mark: str
    name: str
    text: str
    is_ticked: bool


class Group(NamedTuple):
    """The labels of one set, or of what stands in none."""

    name: str
    choices: list[Choice]


class Selection(NamedTuple):
    """The devices and the sets of which labels may be printed; there may be more devices than a file holds."""

    devices: list[Any]
    sets: list[RecordingSet]
    is_too_long: bool

    @property
    def marks(self) -> list[str]:
        """Return the marks of all, set by set."""
        return [*(f"set-{row.pk}" for row in self.sets), *(f"alat-{row.pk}" for row in self.devices)]


def selection(asked: QueryDict, user: User) -> Selection:
    """Return what an address asks for: ``alat`` a device, ``set`` a set with its devices, else as the list of devices.

    Only what the person may print labels of; nothing of what cannot be read.
    """
    condition = region_filter(user.scope_as(*AT_THE_PLACE), "kecamatan")
    if condition is None:
        return Selection([], [], False)
    devices = _asked(asked, user).filter(condition).exclude(whereabouts=Device.Whereabouts.WRITTEN_OFF)
    # In the order of an index: a province has thousands of devices.
    rows = list(devices.order_by(*BY_PLACE)[: MOST + 1])
    keys = {row.set_pk for row in rows if row.set_pk}
    if _key(asked, "set"):
        keys |= {_key(asked, "set")}
    if _key(asked, "alat"):
        keys = set()
    sets = RecordingSet.objects.visible_to(user).filter(condition, pk__in=keys, withdrawn_at=None)
    found = list(sets.select_related("kecamatan__kabupaten").order_by("kecamatan__code", "label"))
    shown = sorted(rows[:MOST], key=lambda row: (row.kecamatan.code, row.set_label or "~", row.kind.rank, row.pk))
    return Selection(shown, found, len(rows) > MOST)


def _asked(asked: QueryDict, user: User) -> QuerySet[Any]:
    rows: QuerySet[Any] = listed(user).select_related("kind", "kecamatan__kabupaten")
    if pk := _key(asked, "alat"):
        return rows.filter(pk=pk)
    if pk := _key(asked, "set"):
        return rows.filter(set_pk=pk)
    filters = DeviceFilter(asked, rows, user=user)
    return rows.none() if filters.is_missing else filters.qs


def _key(asked: QueryDict, name: str) -> int | None:
    return key_of(asked.get(name, ""))


def groups(chosen: Selection, ticked: Iterable[str]) -> list[Group]:
    """Return the labels that may be printed by set, with those ticked that are to be."""
    wanted, found = set(ticked), {}
    for row in chosen.sets:
        mark = f"set-{row.pk}"
        choice = Choice(mark, f"{row} sendiri", "satu label untuk seluruh set", mark in wanted)
        found[row.pk] = Group(f"{row}, {row.kecamatan.name}", [choice])
    for row in chosen.devices:
        name = f"Set {row.set_label}, {row.kecamatan.name}" if row.set_pk else f"Disimpan, {row.kecamatan.name}"
        group = found.setdefault(row.set_pk or -row.kecamatan_id, Group(name, []))
        mark = f"alat-{row.pk}"
        group.choices.append(Choice(mark, row.kind.name, row.serial or "tanpa nomor seri", mark in wanted))
    return list(found.values())


def sheet_labels(
    chosen: Selection, ticked: Iterable[str], address_of: Callable[[str], str], *, by: User
) -> list[SheetLabel]:
    """Return the labels that were ticked, each set before its devices; ``address_of`` turns a path into an address."""
    wanted = set(ticked)
    sets = [row for row in chosen.sets if f"set-{row.pk}" in wanted]
    devices = [row for row in chosen.devices if f"alat-{row.pk}" in wanted]
    of_devices, of_sets = labels_of(devices, sets, by=by)
    found: list[tuple[tuple[str, str, int], SheetLabel]] = []
    for row in sets:
        address = address_of(reverse("repairs:label", args=[of_sets[row.pk]]))
        order = (row.kecamatan.code, row.label, 0)
        found.append((order, SheetLabel(address, str(row), (row.kecamatan.name, row.kecamatan.kabupaten.name))))
    for at, row in enumerate(devices, start=1):
        address = address_of(reverse("repairs:label", args=[of_devices[row.pk]]))
        where = f"Set {row.set_label}" if row.set_pk else ""
        serial = f"SN {row.serial}" if row.serial else "tanpa nomor seri"
        lines = tuple(line for line in (serial, where, row.kecamatan.name) if line)
        found.append(((row.kecamatan.code, row.set_label or "~", at), SheetLabel(address, row.kind.name, lines)))
    return [label for _, label in sorted(found, key=lambda row: row[0])]


def sheets_url(**asked: object) -> str:
    """Return the address of the page that prints labels of a device, a set, or what a filter keeps."""
    return f"{reverse('repairs:label-sheets')}?{urlencode(asked)}"


# --- A label that was scanned ---------------------------------------------------------------------------------------


class Office(NamedTuple):
    """Whom a stranger may call."""

    name: str
    number: Number


def destination(label: Label, user: User) -> str | None:
    """Return where a label leads somebody: to the report of what it is on, else to its page; ``None`` for strangers."""
    if not user.is_authenticated or not user.is_active or not covers(user.scope, place_of(label)):
        return None
    if label.recording_set is not None:
        row = label.recording_set
        reports = row.withdrawn_at is None and may_report(user, row.kecamatan)
        return _report_url(row.kecamatan, set=row.pk) if reports else set_url(row.pk)
    device = label.device
    assert device is not None, "the constraint of the table"
    stands = device.whereabouts == Device.Whereabouts.IN_SET
    if stands and may_report(user, device.kecamatan):
        return _report_url(device.kecamatan, komponen=f"alat-{device.pk}")
    return device_url(device)


def _report_url(place: Kecamatan, **asked: object) -> str:
    return f"{reverse('repairs:report')}?{urlencode({'kecamatan': place.code, **asked})}"


def office_to_call(label: Label | None) -> Office | None:
    """Return the public number of the office that a label belongs to, else the nation's; ``None`` where there is none.

    Nothing else is said of a label: a stranger learns what its office tells everybody.
    """
    kabupaten = place_of(label).kabupaten if label else None
    if kabupaten and (number := number_of(office_of(kabupaten).public_phone)):
        return Office(dinas_name(kabupaten.agency_name, kabupaten.name), number)
    nation = office_of(None)
    number = number_of(nation.public_phone)
    return Office(nation.agency_name or "Ditjen Dukcapil", number) if number else None
