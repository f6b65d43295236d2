"""The history of a person in words, from the events of their account and roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from accounts.models import Role, User
from kecamatan.changes import actor_of, subject_key
from kecamatan.models import Event
from lib.format import day_id, moment_id
from lib.months import local_day
from lib.phone import shown_phone

SHOWN = 50

Data = Mapping[str, Any]


class Entry(NamedTuple):
    """One line of the history; ``quote`` is what the person wrote. The rest is for the shared timeline."""

    iso: str
    when: str
    who: str
    what: str
    quote: str = ""
    status: str = ""


class Place(NamedTuple):
    """The names of the regions that the reader may know of, by code, and the zone in which to tell the time."""

    names: Mapping[str, str]
    zone: str


def history(person: User, place: Place) -> list[Entry]:
    """Return what happened to an account lately, newest first, without roles in regions that are not named."""
    events = Event.objects.filter(subject=subject_key(person)).select_related("by").order_by("-at", "-pk")
    return [_entry(event, place) for event in _known(events[: 4 * SHOWN], place)][:SHOWN]


def _known(events: Iterable[Event], place: Place) -> list[Event]:
    return [event for event in events if event.data.get("region") in (None, *place.names)]


def _entry(event: Event, place: Place) -> Entry:
    say = SENTENCES.get(event.action)
    return Entry(
        event.at.isoformat(),
        moment_id(event.at, place.zone),
        actor_of(event),
        say(event.data, place) if say else "mengubah akun",
        str(event.data.get("reason") or ""),
    )


def last_day_id(end: str | datetime, zone: str) -> str:
    """Return the last local day before a moment at which something ends."""
    moment = datetime.fromisoformat(end) if isinstance(end, str) else end
    return day_id(local_day(moment - timedelta(seconds=1), zone), weekday=False)


def _role(data: Data, place: Place) -> str:
    return f"{Role(data['role']).label}, {place.names[data['region']]}"


def _until(data: Data, place: Place, key: str = "ends_at") -> str:
    return f" sampai {last_day_id(data[key], place.zone)}" if data.get(key) else ""


def _assign(data: Data, place: Place) -> str:
    absent = f" menggantikan {data['deputises']}" if data.get("deputises") else ""
    return f"memberi peran {_role(data, place)}{absent}{_until(data, place)}"


def _change_end(data: Data, place: Place) -> str:
    before, after = (
        last_day_id(data[key], place.zone) if data.get(key) else "tanpa batas" for key in ("before", "after")
    )
    return f"mengubah akhir peran {_role(data, place)}: {after}, semula {before}"


def _get_deputy(data: Data, place: Place) -> str:
    return f"menunjuk {data['deputy']} sebagai pengganti untuk {_role(data, place)}{_until(data, place)}"


def _edit(data: Data, place: Place) -> str:
    changes = [
        f"{label} dari {_shown(field, data['changes'][field][0])} menjadi {_shown(field, data['changes'][field][1])}"
        for field, label in (("name", "nama"), ("phone", "nomor HP"), ("username", "nama pengguna"))
        if field in data["changes"]
    ]
    return f"mengubah {'; '.join(changes)}" if changes else "menyimpan data tanpa perubahan"


def _shown(field: str, value: str | None) -> str:
    if not value:
        return "kosong"
    return shown_phone(value) if field == "phone" else value


def _link(data: Data, place: Place) -> str:
    return f"membuat tautan masuk, berlaku sampai {moment_id(datetime.fromisoformat(data['expires_at']), place.zone)}"


def _said(sentence: str) -> Callable[[Data, Place], str]:
    return lambda data, place: sentence


SENTENCES: dict[str, Callable[[Data, Place], str]] = {
    "create": _said("membuat akun"),
    "edit": _edit,
    "assign": _assign,
    "end_assignment": lambda data, place: f"mengakhiri peran {_role(data, place)}",
    "change_end": _change_end,
    "get_deputy": _get_deputy,
    "deactivate": _said("menonaktifkan akun"),
    "activate": _said("mengaktifkan akun lagi"),
    "make_link": _link,
    "use_link": _said("masuk dengan tautan dan memilih kata sandi"),
}
