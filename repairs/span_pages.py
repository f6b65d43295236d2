"""What the pages of outages and of arrangements share: their state, their times in words, and their history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, Model
from django.urls import reverse

from accounts.models import User
from kecamatan.changes import SYSTEM, actor_text, subject_key
from kecamatan.claims import arrived_text
from kecamatan.models import Cause, Certainty, Effect, Event, Voidable
from lib.format import clock_id, day_id, moment_id, span_id
from lib.months import local_day
from repairs.history import Entry, channel_text
from repairs.models import CONFIRM, WITHDRAW, Arrangement, Outage

HISTORY_SHOWN = 50
NO_END = "belum selesai"

Data = Mapping[str, Any]


class State(NamedTuple):
    """Whether a span runs: the class of its tag, and the word."""

    css: str
    word: str


RUNNING, PLANNED = State("in_progress dial", "Berjalan"), State("reported dial", "Direncanakan")
ENDED, VOIDED = State("closed dial", "Selesai"), State("rejected dial", "Dibatalkan")


def state_of(row: Outage | Arrangement, now: datetime) -> State:
    """Return whether an outage or an arrangement runs, is planned, is over or was voided."""
    if row.voided_at is not None:
        return VOIDED
    if row.ended_at is not None and row.ended_at <= now:
        return ENDED
    return PLANNED if row.started_at > now else RUNNING


def lasted(row: Outage | Arrangement, now: datetime) -> str:
    """Return how long a span has lasted by now, ``3 jam``; of one to come, nothing."""
    end = now if row.ended_at is None else min(row.ended_at, now)
    return span_id(row.started_at, end) if row.started_at <= now else ""


def moment_text(moment: datetime | None, zone: str, now: datetime) -> str:
    """Return a moment by the clock of a zone, today's without its day: ``pukul 09.05 WIB``."""
    if moment is None:
        return ""
    if local_day(moment, zone) == local_day(now, zone):
        return clock_id(moment, zone)
    return f"{day_id(local_day(moment, zone), weekday=False)} {clock_id(moment, zone)}"


def moment_or(moment: datetime | None, zone: str, nothing: str = "belum ada") -> str:
    """Return a moment in words, or what stands where there is none."""
    return moment_id(moment, zone) if moment is not None else nothing


def list_url(name: str, chosen: Mapping[str, str], after: int | None = None) -> str:
    """Return the address of a list with these filters, from the row after a key on."""
    query = urlencode({**chosen, **({"sesudah": str(after)} if after else {})})
    return reverse(name) + (f"?{query}" if query else "")


def voided_text(row: Voidable, zone: str) -> str:
    """Return who voided a row, when and why; nothing where nobody did."""
    if row.voided_at is None:
        return ""
    return f"Dibatalkan {row.voided_by or SYSTEM}, {moment_id(row.voided_at, zone)}: {row.void_reason}"


# --- The history ----------------------------------------------------------------------------------------


class Change(NamedTuple):
    """One change, told once, however many kecamatan it touched; ``last`` is the key of its newest event."""

    last: int
    action: str
    at: datetime
    who: str
    data: Data
    places: int
    first_name: str
    by: int | None


def changes_of(row: Model, user: User) -> list[Change]:
    """Return what was changed in the person's regions, newest first, as far back as a page shows."""
    found = (
        Event.objects.visible_to(user)
        .filter(subject=subject_key(row))
        .values_list("action", "at", "by", "by__name", "by__username", "channel", "data")
        .annotate(last=Max("pk"), places=Count("kecamatan"), first_name=Min("kecamatan__name"))
        .order_by("-at", "-last")[:HISTORY_SHOWN]
    )
    return [
        Change(last, action, at, actor_text(name or username or "", channel), data, places, first_name, by)
        for action, at, by, name, username, channel, data, last, places, first_name in found
    ]


def history(changes: Iterable[Change], zone: str) -> list[Entry]:
    """Return changes in words, by the clock of a zone, in their order."""
    return [_entry(change, zone) for change in changes]


def _entry(change: Change, zone: str) -> Entry:
    say = SENTENCES.get(change.action)
    return Entry(
        change.at.isoformat(),
        arrived_text(change.at, change.data, zone),
        change.who,
        say(change, zone) if say else "mengubah catatan",
        str(change.data.get("reason") or ""),
        "",
        "",
    )


def _where(change: Change) -> str:
    return change.first_name if change.places == 1 else f"{change.places} kecamatan"


def _moment(text: Any, zone: str) -> str:
    return moment_id(datetime.fromisoformat(str(text)), zone) if text not in (None, "None") else NO_END


def _report(change: Change, zone: str) -> str:
    effect, since = _label(Effect, change.data.get("effect")), _moment(change.data["started_at"], zone)
    if change.data.get("reporter"):
        told = f"{change.data['reporter']} {channel_text(change.data['channel'])}"
        return f"mencatat laporan {told}: gangguan di {_where(change)} sejak {since}, {effect}"
    return f"melaporkan gangguan di {_where(change)} sejak {since}, {effect}"


def _label(choices: Any, code: Any) -> str:
    return str(choices(code).label).lower() if code in choices.values else "belum ada"


def _cause(change: Change, zone: str) -> str:
    source = f", menurut {change.data['source']}" if change.data.get("source") else ""
    what = str(Cause(change.data["cause"]).label)
    return f"menyebut penyebab: {what}, {_label(Certainty, change.data['certainty'])}{source}"


def _end(change: Change, zone: str) -> str:
    if "after" in change.data:
        return f"menyatakan selesai {_moment(change.data['after'], zone)}"
    return f"menetapkan waktu selesai; semula {_moment(change.data['before']['ended_at'], zone)}"


def _end_for(change: Change, zone: str) -> str:
    return f"menyatakan pulih di {_where(change)} {_moment(change.data['after'], zone)}; di tempat lain masih berjalan"


def _split(change: Change, zone: str) -> str:
    return f"menyatakan pulih di {_where(change)} {_moment(change.data['after'], zone)}; dipisah dari gangguan semula"


def _confirm(change: Change, zone: str) -> str:
    return f"memastikan masih berlangsung di {_where(change)}"


NAMES = {
    "started_at": "mulai",
    "ended_at": "selesai",
    "promised_at": "dijanjikan pulih",
    "computers": "komputer yang masih bisa dipakai",
    "services": "yang masih bisa dilayani",
    "effect": "dampak",
    "note": "keterangan",
    "kind": "jenis",
    "host": "tempat",
}


def _correct(change: Change, zone: str) -> str:
    # In the order of the names: PostgreSQL keeps the keys of JSON in an order of its own.
    said = change.data["before"]
    before = [f"{word} {_before(name, said[name], zone)}" for name, word in NAMES.items() if name in said]
    if "places_before" in change.data:
        before.append(f"{len(change.data['places_before'])} kecamatan")
    return f"membetulkan catatan; semula {', '.join(before)}"


def _before(name: str, value: str, zone: str) -> str:
    if name.endswith("_at"):
        return _moment(value, zone) if value != "None" else "belum ada"
    choices = {"effect": Effect, "kind": Arrangement.Kind}.get(name)
    return _label(choices, value) if choices else f"“{value}”" if value not in ("", "None") else "kosong"


def _start(change: Change, zone: str) -> str:
    return f"mengatur layanan pengganti: {_label(Arrangement.Kind, change.data.get('kind'))}"


def _void(change: Change, zone: str) -> str:
    return "membatalkan catatan"


def _withdraw(change: Change, zone: str) -> str:
    return "menarik laporannya"


def _undo(change: Change, zone: str) -> str:
    return f"mengurungkan pernyataan pulih di {_where(change)}: ternyata belum pulih"


SENTENCES: dict[str, Callable[[Change, str], str]] = {
    "report": _report,
    "state_cause": _cause,
    "end": _end,
    "end_for": _end_for,
    "split": _split,
    CONFIRM: _confirm,
    "correct": _correct,
    "start": _start,
    "void": _void,
    WITHDRAW: _withdraw,
    "undo_end": _undo,
}
