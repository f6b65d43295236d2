"""What the page of one day's counts shows, with its history, and what the loser of a race sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import may_enter_counts
from kecamatan.changes import actor_of
from kecamatan.claims import arrived_text
from kecamatan.models import Event, Kecamatan, Recording, VoidedRecording
from lib.format import day_id, month_id, number_id
from lib.months import local_day, month_of
from lib.pages import NotFound
from repairs.count_places import day_url, month_url
from repairs.count_words import figures_text, place_text
from repairs.counts import CORRECTED, ENTERED, VOIDED, CountsTaken, Figures, figures_of
from repairs.forms.counts import LOST, CorrectionForm, CountsForm, VoidCountForm, seen_text
from repairs.history import Entry


def find_day(text: str, place: Kecamatan) -> date:
    """Return the day of an address; raises :class:`NotFound` for what is none, or has not come."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound("Bukan tanggal.") from None
    if day > local_day(timezone.now(), place.time_zone) or day.isoformat() != text:
        raise NotFound("Hari itu belum tiba.")
    return day


def counts_of_day(place: Kecamatan, day: date) -> list[Recording]:
    """Return the counts of one day, that of the own office first."""
    rows = Recording.objects.filter(kecamatan=place, day=day).select_related("place").order_by("by_mobile_unit", "pk")
    found = sorted(rows, key=lambda row: row.place_id != place.pk)
    for row in found:
        row.kecamatan = place
    return found


Sent = CorrectionForm | VoidCountForm


def voided_of_day(place: Kecamatan, day: date) -> list[VoidedRecording]:
    """Return the counts of one day that were taken off the record, the newest first."""
    rows = VoidedRecording.objects.filter(kecamatan=place, day=day).select_related("place", "voided_by")
    found = list(rows.order_by("-voided_at", "-pk"))
    for row in found:
        row.kecamatan = place
    return found


def day_page(place: Kecamatan, day: date, user: User, sent: Sent | None = None) -> dict[str, Any]:
    """Return all that the page of a day shows; ``sent`` is what was refused, with what was typed."""
    rows, voided = counts_of_day(place, day), voided_of_day(place, day)
    may_correct = may_enter_counts(user, place) and place.closed_on is None
    events = _events_of([*rows, *voided])
    return {
        "place": place,
        "day": day_id(day),
        "total": number_id(sum(row.recorded for row in rows)),
        "counts": [_count_view(row, events.get(_subject(row), []), may_correct, sent) for row in rows],
        "voided": [_voided_view(row, events.get(_subject(row), [])) for row in voided],
        "may_enter": may_correct,
        "add_url": f"{month_url(place, month_of(day), hari=day.isoformat())}#isian",
        "month_url": month_url(place, month_of(day)),
        "crumbs": _crumbs(place, day),
        "sent": sent,
    }


def _crumbs(place: Kecamatan, day: date) -> list[dict[str, str]]:
    return [
        {"label": place.name, "url": reverse("reports:kecamatan-detail", args=[place.code])},
        {"label": f"Perekaman {month_id(month_of(day))}", "url": month_url(place, month_of(day))},
        {"label": day_id(day, weekday=False), "url": ""},
    ]


def _count_view(row: Recording, events: list[Event], may_correct: bool, sent: Sent | None) -> dict[str, Any]:
    mine = sent if sent is not None and sent.pk == row.pk else None
    correction = mine if isinstance(mine, CorrectionForm) else correction_form(row)
    void = mine if isinstance(mine, VoidCountForm) else void_form(row)
    return {
        "pk": row.pk,
        "place": place_text(row),
        "text": figures_text(figures_of(row)),
        "form": correction if may_correct else None,
        "is_open": mine is correction,
        "void": void if may_correct else None,
        "void_url": void_url(row),
        "is_void_open": mine is void,
        "history": [_entry(event, row.kecamatan.time_zone) for event in events],
    }


def _voided_view(row: VoidedRecording, events: list[Event]) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": f"{place_text(row)}: {figures_text(figures_of(row))}",
        "history": [_entry(event, row.kecamatan.time_zone) for event in events],
    }


def void_url(row: Recording | VoidedRecording) -> str:
    """Return the address to which a count is sent to be taken off the record."""
    return reverse("repairs:recording-void", args=[row.kecamatan.code, row.day.isoformat()])


def void_form(row: Recording | VoidedRecording, data: Any = None, **initial: Any) -> VoidCountForm:
    """Return the form that takes a count off the record."""
    start = {"count": _key(row), "seen": seen_text(figures_of(row)), **initial}
    return VoidCountForm(data, pk=_key(row), initial=start)


def correction_form(row: Recording | VoidedRecording, data: Any = None, **initial: Any) -> CorrectionForm:
    """Return the form that corrects a count, with what is on record, or what was sent."""
    figures = figures_of(row)
    start = {**figures._asdict(), "count": _key(row), "seen": seen_text(figures), **initial}
    return CorrectionForm(data, pk=_key(row), initial=start)


def _key(row: Recording | VoidedRecording) -> int:
    """Return the key of a count, which it keeps when it is taken off the record."""
    key: int = row.number if isinstance(row, VoidedRecording) else row.pk
    return key


def _subject(row: Recording | VoidedRecording) -> str:
    """Return the key of the history of a count."""
    return f"recording:{_key(row)}"


def _events_of(rows: Iterable[Recording | VoidedRecording]) -> dict[str, list[Event]]:
    """Return the events of counts by subject, the newest first."""
    events: defaultdict[str, list[Event]] = defaultdict(list)
    subjects = [_subject(row) for row in rows]
    for event in Event.objects.filter(subject__in=subjects).select_related("by").order_by("-at", "-pk"):
        events[event.subject].append(event)
    return events


def _entry(event: Event, zone: str) -> Entry:
    reason = str(event.data.get("reason", ""))
    when, host = arrived_text(event.at, event.data, zone), event.data.get("host")
    who = f"{host} (tuan rumah)" if host else actor_of(event)
    return Entry(event.at.isoformat(), when, who, _what(event), reason, "", "")


def _what(event: Event) -> str:
    after = event.data.get("after")
    if event.action == ENTERED and after:
        return f"mengisi {figures_text(Figures(**after))}"
    if event.action == CORRECTED and after:
        before, now = Figures(**event.data["before"]), Figures(**after)
        return f"membetulkan menjadi {figures_text(now)}; semula {figures_text(before)}"
    if event.action == VOIDED:
        return "membatalkan hitungan ini"
    if event.data.get("before"):
        return f"mengganti angkanya; semula {figures_text(Figures(**event.data['before']))}"
    return "mengubah hitungan"


# --- Both versions ----------------------------------------------------------------------------------------------


class Clash(NamedTuple):
    """A count that somebody else wrote meanwhile: what the person saw and typed, and what is on record."""

    title: str
    saw: str
    typed: str
    now: str
    history: list[Entry]
    form: Sent | None
    url: str
    is_void: bool = False


def clashes_of_new(refused: CountsTaken, sent: CountsForm) -> dict[str, Any]:
    """Return both versions of each new count that somebody else entered first, and the days that are left to send."""
    taken = {wanted.key for wanted, _ in refused.clashes}
    events = _events_of(row for _, row in refused.clashes)
    clashes = []
    for wanted, row in refused.clashes:
        row.kecamatan, row.place = wanted.kecamatan, wanted.place
        clashes.append(_clash(row, "", figures_of(wanted), "", events))
    left = [count.day for count in sent.counts() if count.key not in taken]
    rest = sent.only(left) if left else None
    return _conflict_page(sent.where.place, clashes) | {"rest": rest}


def clash_of_change(row: Recording | VoidedRecording, sent: Sent) -> dict[str, Any]:
    """Return both versions of a count that somebody else corrected or voided first; ``sent`` is valid."""
    seen, reason = sent.seen_figures(), sent.cleaned_data["reason"]
    saw = "" if seen == LOST else figures_text(seen)
    typed = figures_text(sent.figures()) if isinstance(sent, CorrectionForm) else f"batalkan: {reason}"
    standing = _read_anew(row)
    if isinstance(standing, VoidedRecording):
        return _conflict_page(row.kecamatan, [_gone(standing, saw, typed)])
    events = _events_of([standing])
    if isinstance(sent, CorrectionForm):
        return _conflict_page(row.kecamatan, [_clash(standing, saw, sent.figures(), reason, events)])
    clash = _clash(standing, saw, figures_of(standing), "", events)
    again = void_form(standing, reason=reason)
    clash = clash._replace(typed=typed, form=again, url=void_url(standing), is_void=True)
    return _conflict_page(row.kecamatan, [clash])


def find_count(place: Kecamatan, day: date, key: str) -> Recording | VoidedRecording:
    """Return a count of a day by its key, also one off the record; raises :class:`NotFound`."""
    standing: list[Recording | VoidedRecording] = [*counts_of_day(place, day)]
    found = next((row for row in standing if str(row.pk) == key), None)
    found = found or next((row for row in voided_of_day(place, day) if str(row.number) == key), None)
    if found is None:
        raise NotFound("Tidak ada hitungan itu.")
    return found


def _read_anew(row: Recording | VoidedRecording) -> Recording | VoidedRecording:
    """Return a count as it stands now, or what became of it."""
    if isinstance(row, Recording):
        try:
            row.refresh_from_db(fields=Figures._fields)
        except Recording.DoesNotExist:
            return VoidedRecording.objects.select_related("kecamatan", "place").get(number=row.pk)
    return row


def _gone(row: VoidedRecording, saw: str, typed: str) -> Clash:
    events = _events_of([row]).get(_subject(row), [])[:1]
    return Clash(
        title=f"{day_id(row.day)}, {place_text(row)}",
        saw=saw,
        typed=typed,
        now="sudah dibatalkan, jadi tidak dihitung",
        history=[_entry(event, row.kecamatan.time_zone) for event in events],
        form=None,
        url=f"{month_url(row.kecamatan, month_of(row.day), hari=row.day.isoformat())}#isian",
    )


def _conflict_page(place: Kecamatan, clashes: list[Clash]) -> dict[str, Any]:
    return {"place": place, "clashes": clashes, "month_url": month_url(place)}


def _clash(row: Recording, saw: str, typed: Figures, reason: str, events: dict[str, list[Event]]) -> Clash:
    newest = events.get(_subject(row), [])[:1]
    form = correction_form(row, reason=reason, **typed._asdict())
    return Clash(
        title=f"{day_id(row.day)}, {place_text(row)}",
        saw=saw,
        typed=figures_text(typed),
        now=figures_text(figures_of(row)),
        history=[_entry(event, row.kecamatan.time_zone) for event in newest],
        form=form,
        url=day_url(row.kecamatan, row.day),
    )
