"""Reports that reach the dinas by telephone, WhatsApp or letter: for which place, and what a pasted message fills in.

A message only fills the form in advance; who enters it decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Role, User
from kecamatan.models import Cause, Certainty, Effect, Kecamatan
from kecamatan.scope import region_filter
from lib.errors import Refused
from lib.format import day_id, moment_id
from lib.privacy import refuse_identity_numbers
from repairs.components import Component, Symptom
from repairs.models import Ticket
from repairs.pasted import Found, Reading, places_named, read_message
from repairs.places import CODE

Values = dict[str, Any]

OUTAGE_CAUSES = (Cause.POWER_OUTAGE, Cause.WEAK_POWER, Cause.NETWORK, Cause.CENTRAL_SERVER, Cause.NO_STAFF)
"""The causes that stop a place rather than a device."""


class Understood(NamedTuple):
    """Words of a message, and what they were taken for."""

    words: str
    meaning: str


def places_to_log(user: User) -> QuerySet[Kecamatan]:
    """Return the places in whose name a person may enter reports."""
    condition = region_filter(user.scope_as(Role.STAFF), "")
    places = Kecamatan.objects.running().with_zone().order_by("name", "code")
    return places.none() if condition is None else places.filter(condition)


def place_meant(code: str, message: str, user: User) -> Kecamatan:
    """Return the place of a code, else the only one that the message names; raises :class:`Refused`."""
    refuse_identity_numbers(message, "message")
    places = places_to_log(user)
    named = [Found(code, code)] if code else _named(message, places)
    if not named:
        sentence = "Pesannya tidak menyebut kecamatan. Pilih di sini." if message.strip() else "Pilih kecamatannya."
        raise Refused(sentence, field="kecamatan")
    if len(named) > 1:
        names = ", ".join(f"{found.words} ({found.value})" for found in named)
        raise Refused(f"Pesannya bisa berarti {names}. Pilih satu.", field="kecamatan")
    place = places.filter(code=named[0].value).first() if CODE.fullmatch(named[0].value) else None
    if place is None:
        raise Refused("Kode ini tidak ada di wilayah Anda. Periksa kodenya.", field="kecamatan")
    return place


def _named(message: str, places: QuerySet[Kecamatan]) -> list[Found]:
    return places_named(message, dict(places.values_list("code", "name"))) if message.strip() else []


def read_for(
    message: str, place: Kecamatan, components: Sequence[Component], symptoms: Iterable[Symptom]
) -> tuple[Values, list[Understood]]:
    """Return the values that a message gives to the form of a place, and what was understood."""
    if not message.strip():
        return {}, []
    zone = ZoneInfo(place.time_zone)
    reading = read_message(message, timezone.now().astimezone(zone).replace(tzinfo=None))
    component, parts = _component(reading, components)
    moments, times = _moments(reading, zone)
    coded, words = _coded(reading, component, symptoms)
    values = {"message": message, "channel": Ticket.Channel.WHATSAPP, "reporter_name": reading.sender}
    values |= {"component": component.value} if component else {}
    return values | moments | coded, [*parts, *words, *times]


class OutageReading(NamedTuple):
    """What a message says of an outage: the values of its form, and what was understood."""

    values: Values
    understood: list[Understood]


def read_outage(message: str, place: Kecamatan) -> OutageReading:
    """Return what a message gives to the form of an outage that a place reports."""
    if not message.strip():
        return OutageReading({}, [])
    zone = ZoneInfo(place.time_zone)
    reading = read_message(message, timezone.now().astimezone(zone).replace(tzinfo=None))
    moments, times = _moments(reading, zone, "mulai")
    coded, words = _coded(reading, None, ())
    if "failed_at" in moments:
        moments["started_at"] = moments.pop("failed_at")
    told = {"message": message, "channel": Ticket.Channel.WHATSAPP, "reporter_name": reading.sender}
    return OutageReading(told | moments | coded, [*words, *times])


def sounds_like_outage(values: Values) -> bool:
    """Say whether a message names no component that is there, but what stops a whole place."""
    return "component" not in values and values.get("cause") in OUTAGE_CAUSES


def _component(reading: Reading, components: Sequence[Component]) -> tuple[Component | None, list[Understood]]:
    """Return the only component that a message can mean, and what it says of components."""
    if not reading.kinds:
        return None, []
    first, *others = reading.kinds
    alike = [row for row in components if row.kind == first.value]
    if reading.set_label:
        alike = [row for row in alike if row.set_label == reading.set_label.value]
    understood = [Understood(first.words, _meaning(first, alike))]
    understood += [Understood(other.words, "komponen lain; laporkan tersendiri") for other in others]
    free = [row for row in alike if row.ticket is None]
    return (free[0] if len(free) == 1 else None), understood


def _meaning(found: Found, alike: Sequence[Component]) -> str:
    if not alike:
        return "komponen ini tidak tercatat di sini; pilih sendiri"
    if len(alike) > 1:
        return f"{alike[0].name}; pilih yang mana"
    ticket = alike[0].ticket
    known = f", sudah ada tiket {ticket.number}" if ticket else ""
    return f"{alike[0].name}, Set {alike[0].set_label}{known}"


def _coded(
    reading: Reading, component: Component | None, symptoms: Iterable[Symptom]
) -> tuple[Values, list[Understood]]:
    """Return what a message says in words that stand for a code."""
    names = {row.code: row.name for row in symptoms if component and component.kind in row.kinds.split()}
    choices = {
        "symptom": names,
        "cause": dict(Cause.choices),
        "certainty": dict(Certainty.choices),
        "effect": dict(Effect.choices),
    }
    titles = {"symptom": "gejala", "cause": "penyebab", "certainty": "kepastian", "effect": "dampak"}
    found = {name: getattr(reading, name) for name in choices}
    known = {name: entry for name, entry in found.items() if entry and entry.value in choices[name]}
    understood = [
        Understood(entry.words, f"{titles[name]}: {str(choices[name][entry.value]).lower()}")
        for name, entry in known.items()
    ]
    return {name: entry.value for name, entry in known.items()}, understood


def _moments(reading: Reading, zone: ZoneInfo, began: str = "rusak") -> tuple[Values, list[Understood]]:
    """Return the moments that a message names, by the clock of the place."""
    values: Values = {}
    understood = []
    if reading.since:
        values["failed_at"] = reading.since.at.replace(tzinfo=zone)
        understood.append(Understood(reading.since.words, f"{began} sejak {_local(reading.since.at, zone)}"))
    if reading.sent_at:
        values["reported_at"] = reading.sent_at.replace(tzinfo=zone)
        understood.append(Understood(reading.sender, f"pengirim, {_local(reading.sent_at, zone)}"))
    return values, understood


def _local(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment in words; a day without a time as a day."""
    if (at.hour, at.minute) == (0, 0):
        return day_id(at.date())
    return moment_id(at.replace(tzinfo=zone), str(zone))
