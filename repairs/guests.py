"""The people of other kecamatan who are recorded at a host: what the host counts of them, credited to their home.

A host sees of a home its name and the counts at its own office, and nothing else; the home sees these counts among its
own. Both write the same row, so the compare-and-set of ``repairs.counts`` decides between them.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.db.models import CharField, DateField, F, IntegerField, Q, Value
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import may_enter_counts
from kecamatan.models import Kecamatan, Recording
from lib.format import day_id, number_id
from lib.months import add_months, day_bounds, local_day, month_of
from lib.pages import NotFound
from repairs.count_days import Clash, correction_form
from repairs.count_places import month_url
from repairs.count_words import figures_text
from repairs.counts import CountsTaken, Figures, figures_of
from repairs.forms.counts import LOST, CorrectionForm
from repairs.forms.guests import Guest, GuestCountsForm
from repairs.models import Arrangement, overlapping

GONE = "sudah dibatalkan, jadi tidak dihitung"


class Line(NamedTuple):
    """A count of guests at the host."""

    home: str
    day: str
    url: str
    text: str


class DayLine(NamedTuple):
    """A count of guests on the day of the page, with the form that corrects it where the person may."""

    home: str
    text: str
    form: CorrectionForm | None
    is_open: bool


def guests_url(host: Kecamatan, day: date | None = None) -> str:
    """Return the page of a host's counts of its guests."""
    url = reverse("repairs:guest-counts", args=[host.code])
    return f"{url}?hari={day.isoformat()}" if day else url


def day_of_page(asked: str, host: Kecamatan) -> date:
    """Return the day of the page: the one asked for, else today. Raises :class:`NotFound` for one to come."""
    today = local_day(timezone.now(), host.time_zone)
    try:
        day = date.fromisoformat(asked) if asked else today
    except ValueError:
        raise NotFound("Bukan tanggal.") from None
    if day > today:
        raise NotFound("Hari itu belum tiba.")
    return day


def guests_on(host: Kecamatan, day: date) -> list[Kecamatan]:
    """Return the kecamatan whose people a place hosts on a local day, with their zone, by name; in one query."""
    start, end = day_bounds(day, host.time_zone)
    hosting = Arrangement.objects.counted().filter(
        overlapping("started_at", "ended_at", start, end), host=host, kind=Arrangement.Kind.HOSTED
    )
    return list(Kecamatan.objects.with_zone().filter(pk__in=hosting.values("kecamatan")).order_by("name", "code"))


def guest_counts(host: Kecamatan, days: Q) -> list[Recording]:
    """Return the counts of other kecamatan at a host, the newest day first, with their homes."""
    rows = Recording.objects.filter(days, place=host, by_mobile_unit=False).exclude(kecamatan=host)
    found = list(rows.select_related("kecamatan__kabupaten__province").order_by("-day", "kecamatan__name", "pk"))
    for row in found:
        row.place = host
    return found


class _Row(NamedTuple):
    """A count of guests in a month, or, without a day, a kecamatan whose people are hosted today."""

    home: int
    code: str
    name: str
    day: date | None
    recorded: int
    printed: int | None
    hindrance: str


def _rows_of(host: Kecamatan, month: date, today: date) -> list[_Row]:
    """Return the counts of guests at a host in a month, and whom it hosts today, in one query."""
    start, end = day_bounds(today, host.time_zone)
    names = ("kecamatan", "code", "name", "on", "number", "cards", "why")
    counts = (
        Recording.objects.filter(place=host, by_mobile_unit=False, day__gte=month, day__lt=add_months(month, 1))
        .exclude(kecamatan=host)
        .order_by()
        .annotate(code=F("kecamatan__code"), name=F("kecamatan__name"), on=F("day"), number=F("recorded"))
        .annotate(cards=F("printed"), why=F("hindrance"))
    )
    hosting = (
        Arrangement.objects.counted()
        .filter(overlapping("started_at", "ended_at", start, end), host=host, kind=Arrangement.Kind.HOSTED)
        .annotate(code=F("kecamatan__code"), name=F("kecamatan__name"), on=Value(None, DateField()))
        .annotate(number=Value(0, IntegerField()), cards=Value(None, IntegerField()), why=Value("", CharField()))
    )
    return [_Row(*row) for row in counts.values_list(*names).union(hosting.values_list(*names), all=True)]


def section_of(host: Kecamatan, month: date, user: User) -> dict[str, Any] | None:
    """Return what the page of a host's counts says of its guests in a month, in one query; none without any."""
    today = local_day(timezone.now(), host.time_zone)
    rows = _rows_of(host, month, today)
    is_current = month == month_of(today)
    guests = {row.home: row for row in rows if row.day is None} if is_current else {}
    counts = sorted((row for row in rows if row.day), key=lambda row: (row.day, row.name), reverse=True)
    if not guests and not counts:
        return None
    left = [row for row in guests.values() if (row.home, today) not in {(one.home, one.day) for one in counts}]
    may_enter = may_enter_counts(user, host) and host.closed_on is None
    return {
        "names": sorted(row.name for row in guests.values()),
        "form": GuestCountsForm(day=today, guests=[Guest(row.home, row.name) for row in left])
        if left and may_enter
        else None,
        "url": guests_url(host),
        "lines": [_line(row, host) for row in counts],
        "total": number_id(sum(row.recorded for row in counts)),
    }


def page(host: Kecamatan, day: date, user: User, sent: Any = None) -> dict[str, Any]:
    """Return all that the page of a host shows of its guests on a day; ``sent`` is a form that was refused."""
    guests, rows = guests_on(host, day), guest_counts(host, Q(day=day))
    may_enter = may_enter_counts(user, host) and host.closed_on is None
    done = {row.kecamatan_id for row in rows}
    left = [Guest(guest.pk, guest.name) for guest in guests if guest.pk not in done]
    form = GuestCountsForm(day=day, guests=left) if may_enter and left else None
    covered = {guest.pk for guest in guests}
    return {
        "place": host,
        "day": day_id(day),
        "day_value": day.isoformat(),
        "last_day": local_day(timezone.now(), host.time_zone).isoformat(),
        "guests": guests,
        "form": sent if isinstance(sent, GuestCountsForm) else form,
        "lines": [_day_line(row, sent, may_correct=may_enter and row.kecamatan_id in covered) for row in rows],
        "url": guests_url(host, day),
        "month_url": month_url(host, month_of(day)),
        "sent": sent,
        "crumbs": [
            {"label": host.name, "url": reverse("reports:kecamatan-detail", args=[host.code])},
            {"label": "Perekaman", "url": month_url(host, month_of(day))},
            {"label": "Tamu", "url": ""},
        ],
    }


def _line(row: _Row, host: Kecamatan) -> Line:
    day = row.day or date.min
    figures = Figures(row.recorded, row.printed, row.hindrance)
    return Line(row.name, day_id(day, weekday=False), guests_url(host, day), figures_text(figures))


def _day_line(row: Recording, sent: Any, *, may_correct: bool) -> DayLine:
    mine = sent if isinstance(sent, CorrectionForm) and sent.pk == row.pk else None
    form = mine or correction_form(row) if may_correct else None
    return DayLine(row.kecamatan.name, figures_text(figures_of(row)), form, mine is not None)


def find_guest_count(host: Kecamatan, day: date, key: str) -> Recording:
    """Return a count of guests at a host by its key; raises :class:`NotFound`."""
    found = next((row for row in guest_counts(host, Q(day=day)) if str(row.pk) == key), None)
    if found is None:
        raise NotFound("Tidak ada hitungan itu.")
    return found


# --- Both versions ----------------------------------------------------------------------------------------------


def clashes_of_new(taken: CountsTaken, host: Kecamatan, day: date) -> dict[str, Any]:
    """Return both versions of each count that somebody else entered first; the history of a home is its own."""
    return _conflict_page(host, day, [_clash(row, "", figures_of(wanted), "") for wanted, row in taken.clashes])


def clash_of_change(row: Recording, sent: CorrectionForm, host: Kecamatan) -> dict[str, Any]:
    """Return both versions of a count that somebody else corrected first; ``sent`` is valid."""
    standing = Recording.objects.filter(pk=row.pk).first()
    if standing is None:
        gone = Clash(row.kecamatan.name, "", figures_text(sent.figures()), GONE, [], None, guests_url(host, row.day))
        return _conflict_page(host, row.day, [gone])
    standing.kecamatan, standing.place = row.kecamatan, host
    seen = sent.seen_figures()
    clash = _clash(standing, "" if seen == LOST else figures_text(seen), sent.figures(), sent.cleaned_data["reason"])
    return _conflict_page(host, row.day, [clash])


def _clash(row: Recording, saw: str, typed: Figures, reason: str) -> Clash:
    return Clash(
        title=f"{day_id(row.day)}, {row.kecamatan.name}",
        saw=saw,
        typed=figures_text(typed),
        now=figures_text(figures_of(row)),
        history=[],
        form=correction_form(row, reason=reason, **typed._asdict()),
        url=guests_url(row.place, row.day),
    )


def _conflict_page(host: Kecamatan, day: date, clashes: list[Clash]) -> dict[str, Any]:
    return {"place": host, "clashes": clashes, "month_url": guests_url(host, day)}
