"""The history of devices and sets in words, from their events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts.permissions import covers
from devices.models import Device, Placement, RecordingSet
from kecamatan.changes import actor_of, subject_key
from kecamatan.models import Event
from kecamatan.scope import Scope
from lib.format import moment_id, number_id
from repairs.history import Data, Entry

SHOWN = 100
NONE = "belum ada"
ELSEWHERE = "Wilayah lain"
"""Who changed a device while it stood in a region of others."""
CARD_WORDS = {
    "serial": "nomor seri",
    "brand": "merk",
    "model": "model",
    "asset_code": "kode barang",
    "register_number": "nomor register",
    "acquired_year": "tahun perolehan",
    "source": "asal usul",
    "handed_over": "serah terima",
    "price": "harga",
    "condition": "kondisi",
}


def device_events(device: Device, placements: Iterable[Placement]) -> list[Event]:
    """Return the newest events of a device and of where it stood, newest first."""
    return _events([device, *placements])


def set_events(recording_set: RecordingSet, placements: Iterable[Placement]) -> list[Event]:
    """Return the newest events of a set and of what stood in it, newest first."""
    return _events([recording_set, *placements])


def _events(subjects: Iterable[Model]) -> list[Event]:
    rows = Event.objects.filter(subject__in=[subject_key(row) for row in subjects])
    rows = rows.select_related("by", "kecamatan__kabupaten")
    return list(rows.order_by("-at", "-pk")[:SHOWN])


def histories(events: Iterable[Event], zone: str, scope: Scope, names: dict[str, str] | None = None) -> list[Entry]:
    """Return events in words, by the clock of a zone; ``names`` says which device a placement is about.

    A device that moved brings its life with it: of what was done in places outside ``scope`` its new owner reads what
    and when, but neither who did it nor what they wrote.
    """
    return [_entry(event, zone, scope, (names or {}).get(event.subject, "alat ini")) for event in events]


def _entry(event: Event, zone: str, scope: Scope, name: str) -> Entry:
    say = SENTENCES.get(event.action)
    is_own = event.kecamatan is None or covers(scope, event.kecamatan)
    return Entry(
        event.at.isoformat(),
        moment_id(event.at, zone),
        actor_of(event) if is_own else ELSEWHERE,
        say(event.data, name, zone) if say else "mengubah data",
        str(event.data.get("reason") or "") if is_own else "",
        "",
        "",
    )


def _edit(data: Data, name: str, zone: str) -> str:
    before, after = data.get("before", {}), data.get("after", {})
    parts = [
        f"{word} dari {_shown(field, before[field])} menjadi {_shown(field, after.get(field))}"
        for field, word in CARD_WORDS.items()
        if field in before
    ]
    return f"mengubah {', '.join(parts)}"


def _shown(field: str, value: Any) -> str:
    if value in ("", None):
        return NONE
    match field:
        case "condition":
            return _label(Device.Condition, value)
        case "source":
            return _label(Device.Source, value)
        case "handed_over":
            return "sudah" if value is True else "belum"
        case "price":
            return f"Rp{number_id(round(float(value)))}"
    return str(value)


def _label(choices: Any, code: str) -> str:
    return str(choices(code).label) if code in choices.values else code


def _register(data: Data, name: str, zone: str) -> str:
    return f"mendata Set {data['label']}" if data.get("label") else "mendata alat ini"


def _rename(data: Data, name: str, zone: str) -> str:
    return f"mengganti nama Set {data['before']} menjadi Set {data['after']}"


def _correct_placement(data: Data, name: str, zone: str) -> str:
    words = {"started_at": "terpasang sejak", "ended_at": "sampai"}
    parts = [
        f"{word} {_moment(data['after'][field], zone)} (semula {_moment(data['before'][field], zone)})"
        for field, word in words.items()
        if field in data["after"]
    ]
    return f"membetulkan waktu {name}: {', '.join(parts)}"


def _moment(text: str, zone: str) -> str:
    return moment_id(datetime.fromisoformat(text), zone)


def _said(sentence: str, since: str = "pada") -> Callable[[Data, str, str], str]:
    """Return what says a sentence, and the moment that the change holds from where one was noted."""

    def say(data: Data, name: str, zone: str) -> str:
        at = f" {since} {_moment(data['at'], zone)}" if data.get("at") else ""
        return f"{sentence.format(name=name)}{at}"

    return say


SENTENCES: dict[str, Callable[[Data, str, str], str]] = {
    "register": _register,
    "edit": _edit,
    "place": _said("memasang {name}", "sejak"),
    "remove": _said("melepas {name}"),
    "correct_placement": _correct_placement,
    "rename": _rename,
    "withdraw": _said("menarik set ini"),
    Device.Whereabouts.STOLEN: _said("mencatat alat ini dicuri"),
    Device.Whereabouts.WRITTEN_OFF: _said("menghapuskan alat ini"),
    "bring_back": _said("mencatat alat ini ada lagi"),
    "renew_label": _said("mengganti label QR {name}"),
}
