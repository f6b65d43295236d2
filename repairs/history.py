"""The history of a ticket in words, from its events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from kecamatan.changes import SYSTEM, actor_of, subject_key
from kecamatan.claims import arrived_text
from kecamatan.models import Cause, Certainty, Effect, Event
from lib.format import day_id, moment_id, number_id
from lib.months import local_day
from repairs.models import WITHDRAW, Ticket

Data = Mapping[str, Any]


class Entry(NamedTuple):
    """One line of the history; ``status`` where the ticket's state changed, ``quote`` what the person wrote."""

    iso: str
    when: str
    who: str
    what: str
    quote: str
    status: str
    word: str


def channel_text(channel: str | None) -> str:
    """Return by which way a report came, as part of a sentence."""
    label = _label(Ticket.Channel, channel, "aplikasi")
    if channel == Ticket.Channel.IN_PERSON:
        return "yang datang langsung"
    return f"lewat {label if channel == Ticket.Channel.WHATSAPP else label.lower()}"


def events_of(ticket: Ticket) -> list[Event]:
    """Return the events of a ticket, newest first, with who did them."""
    return list(Event.objects.filter(subject=subject_key(ticket)).select_related("by").order_by("-at", "-pk"))


def history(events: Iterable[Event], zone: str) -> list[Entry]:
    """Return events in words, by the clock of a zone, in their order."""
    return [_entry(event, zone) for event in events]


def promise_text(events: Sequence[Event]) -> str:
    """Return what was promised at first and how often that slipped; empty where nothing did. Newest event first."""
    slips = [event for event in events if event.action == "promise" and event.data.get("slipped")]
    if not slips:
        return ""
    return f"Semula {_day(slips[-1].data['before'])}; diundur {len(slips)} kali."


def earlier_promises(events: Sequence[Event], zone: str) -> list[str]:
    """Return the promises before the last one, newest first: the day, by whom and when, and why it did not hold."""
    promises = [event for event in events if event.action == "promise"]
    return [
        f"{_day(event.data['after'])}, dijanjikan {event.by or SYSTEM} {_on(event, zone)}"
        + (f"; lalu: {later.data['reason']}" if later.data.get("reason") else "")
        for later, event in pairwise(promises)
        if event.data.get("after")
    ]


def _on(event: Event, zone: str) -> str:
    return day_id(local_day(event.at, zone), weekday=False)


def status_seen(events: Sequence[Event], seen: int, now: str) -> str:
    """Return the status that somebody saw whose last event was ``seen``: the one before the first newer change."""
    newer = [event for event in events if event.pk > seen and "after" in event.data and _is_turn(event)]
    return str(newer[-1].data["before"]) if newer else now


def _is_turn(event: Event) -> bool:
    return event.data.get("after") in Ticket.Status.values and event.data.get("before") in Ticket.Status.values


def _entry(event: Event, zone: str) -> Entry:
    status = str(event.data["after"]) if _is_turn(event) else ""
    say = SENTENCES.get(event.action)
    return Entry(
        event.at.isoformat(),
        arrived_text(event.at, event.data, zone),
        actor_of(event),
        say(event.data, zone) if say else "" if status else "mengubah tiket",
        str(event.data.get("text") or event.data.get("reason") or ""),
        status,
        status_word(status, is_withdrawn=event.action == WITHDRAW) if status else "",
    )


def status_word(status: str, *, is_withdrawn: bool) -> str:
    """Return the state of a ticket in a word; who withdrew their report was not refused."""
    return "Ditarik pelapor" if is_withdrawn and status == Ticket.Status.REJECTED else str(Ticket.Status(status).label)


def is_withdrawn(events: Iterable[Event]) -> bool:
    """Say whether whoever reported a ticket withdrew it, by its events."""
    return any(event.action == WITHDRAW for event in events)


def _day(text: str) -> str:
    return day_id(date.fromisoformat(text), weekday=False)


def _moment(text: str | None, zone: str) -> str:
    return moment_id(datetime.fromisoformat(text), zone) if text else "belum pulih"


def _label(choices: Any, code: str | None, nothing: str = "belum ada") -> str:
    return str(choices(code).label) if code in choices.values and code else nothing


def _report(data: Data, zone: str) -> str:
    if data.get("reporter"):
        return f"mencatat laporan {data['reporter']} {channel_text(data['channel'])}"
    return f"melaporkan kerusakan {channel_text(data.get('channel'))}"


def _cause(data: Data, zone: str) -> str:
    source = f", menurut {data['source']}" if data.get("source") else ""
    return f"menyebut penyebab: {_label(Cause, data['cause'])}, {_label(Certainty, data['certainty']).lower()}{source}"


def _assign(data: Data, zone: str) -> str:
    return f"memberi tiket kepada {data['after']}" if data.get("after") else f"melepas tiket dari {data.get('before')}"


def _promise(data: Data, zone: str) -> str:
    if not data.get("after"):
        return "mencabut janji selesai"
    slipped = f", diundur dari {_day(data['before'])}" if data.get("slipped") else ""
    return f"menjanjikan selesai {_day(data['after'])}{slipped}"


def _cost(data: Data, zone: str) -> str:
    return f"mencatat biaya Rp{number_id(round(float(data['after'])))}" if data.get("after") else "menghapus biaya"


def _times(data: Data, zone: str) -> str:
    before, ended = _moment(data["failed_before"], zone), _moment(data.get("restored_before"), zone)
    return f"membetulkan waktu kerusakan; semula sejak {before}, pulih: {ended}"


def _failed_again(data: Data, zone: str) -> str:
    return f"mencatat rusak lagi sejak {_moment(data['failed_again_at'], zone)}: tiket {data['ticket']}"


def _attached(data: Data, zone: str) -> str:
    kinds = [file["kind"] for file in data["files"]]
    parts = [(kinds.count("photo"), "foto"), (kinds.count("pdf"), "berkas PDF")]
    return "menambah " + " dan ".join(f"{number} {what}" for number, what in parts if number)


def _voided_attachment(data: Data, zone: str) -> str:
    return f"membatalkan {'berkas PDF' if data.get('kind') == 'pdf' else 'foto'}"


def _changed(what: str, choices: Any) -> Callable[[Data, str], str]:
    def say(data: Data, zone: str) -> str:
        return f"mengubah {what} dari {_label(choices, data.get('before'))} menjadi {_label(choices, data['after'])}"

    return say


def _said(sentence: str) -> Callable[[Data, str], str]:
    return lambda data, zone: sentence


def _restored(data: Data, zone: str) -> str:
    return f"pulih {_moment(data.get('restored_at'), zone)}"


def _rejected(data: Data, zone: str) -> str:
    return f"sama dengan tiket {data['duplicate_of']}" if data.get("duplicate_of") else ""


SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "report": _report,
    "record_past": _said("mencatat kerusakan yang sudah selesai"),
    "state_cause": _cause,
    "assign": _assign,
    "promise": _promise,
    "set_priority": _changed("prioritas", Ticket.Priority),
    "set_route": _changed("jalur perbaikan", Ticket.Route),
    "set_effect": _changed("dampak", Effect),
    "set_cost": _cost,
    "comment": _said("berkomentar"),
    "correct_note": _said("membetulkan keterangan"),
    "correct_times": _times,
    "void": _said("membatalkan tiket"),
    "attach": _attached,
    "void_attachment": _voided_attachment,
    "failed_again": _failed_again,
    "resolve": _restored,
    "reject": _rejected,
    "withdraw": _said("menarik laporannya"),
    "record_end": _restored,
    "end_by_replacement": _said("alatnya diganti"),
    "end_by_theft": _said("alatnya dicuri"),
    "end_by_write_off": _said("alatnya dihapuskan"),
    "end_by_withdrawal": _said("setnya ditarik"),
    "end_by_placement": _said("komponennya dipasang"),
}
