"""What the pages of lost records show, formatted: the list, one loss, what may be done, and what a loser sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, NamedTuple

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.permissions import may_correct_repairs, may_enter_counts
from kecamatan.models import Cause
from lib.format import day_id, moment_id, number_id, percent_id
from lib.listing import ListFilter
from lib.months import add_months, parse_month
from lib.pages import NotFound
from repairs.filters import REGION_LABEL, code_filter, inside_path, month_filter, narrow_by_kecamatan
from repairs.forms.losses import (
    ConfirmForm,
    LossCorrectionForm,
    LossMoveForm,
    LossVoidForm,
    RerecordForm,
    VoidRerecordingForm,
)
from repairs.forms.spans import compared
from repairs.history import Entry
from repairs.models import LostRecords, Rerecording
from repairs.moves import Move
from repairs.span_pages import VOIDED, Change, State, changes_of, voided_text

NEWEST_FIRST = ("-day", "-pk")
LIST = "repairs:loss-list"
UNFINISHED, VOID, ALL = "belum_direkam_ulang", "dibatalkan", "semua"
STATES = [
    *LostRecords.Certainty.choices,
    (UNFINISHED, "Belum direkam ulang semua"),
    (VOID, "Dibatalkan"),
    (ALL, "Semua"),
]
NAMES = {
    "day": "tanggal",
    "count": "jumlah",
    "cause": "penyebab",
    "certainty": "kepastian",
    "rerecorded": "direkam ulang",
    "rerecorded_on": "direkam ulang pada",
    "note": "keterangan",
}


class Row(NamedTuple):
    """A loss in the list."""

    url: str
    title: str
    place: str
    day: str
    state: State
    cause: str
    rerecorded: str


class LossFilter(ListFilter):
    """Filters of the list of lost records; without a state all that count."""

    main: ClassVar = ("keadaan", "kecamatan")

    keadaan = django_filters.ChoiceFilter(
        method="in_state",
        label="Keadaan",
        choices=STATES,
        empty_label="Diduga dan terkonfirmasi",
        widget=forms.Select(attrs={"class": "in"}),
    )
    kecamatan = django_filters.ChoiceFilter(
        field_name="kecamatan__code",
        label="Kecamatan",
        choices=[],
        empty_label="Semua",
        widget=forms.Select(attrs={"class": "in"}),
    )
    wilayah = code_filter(REGION_LABEL, "inside", 5)
    bulan = month_filter("Hilang pada bulan", "of_month")

    class Meta:
        model = LostRecords
        fields: list[str] = []

    def __init__(self, data: Any, queryset: QuerySet[Any], *, user: object) -> None:
        super().__init__(data, queryset)
        narrow_by_kecamatan(self, user, "kecamatan__code")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Apply the filters; none that cannot be read is left out in silence."""
        if self.form.errors:
            return queryset.none()
        if not self.form.cleaned_data["keadaan"]:
            queryset = queryset.filter(voided_at=None)
        return super().filter_queryset(queryset)

    def in_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep one certainty, what is not recorded again yet, the voided ones, or everything."""
        if value == ALL:
            return queryset
        if value == VOID:
            return queryset.exclude(voided_at=None)
        standing = queryset.filter(voided_at=None)
        return standing.filter(rerecorded__lt=F("count")) if value == UNFINISHED else standing.filter(certainty=value)

    def inside(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the losses of a province or a kabupaten; of a code that is not known, none."""
        return queryset.filter(**{inside_path(value, "kecamatan__"): value})

    def of_month(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep what was lost on a day of a month; of no month, nothing."""
        try:
            month = parse_month(value)
        except ValueError:
            return queryset.none()
        return queryset.filter(day__gte=month, day__lt=add_months(month, 1))


def listed(user: User) -> QuerySet[LostRecords]:
    """Return the losses that a person may see, with what a row shows."""
    return LostRecords.objects.visible_to(user).select_related("kecamatan")


def rows(losses: Iterable[LostRecords]) -> list[Row]:
    """Return losses as rows."""
    return [
        Row(
            loss_url(loss),
            title_of(loss),
            loss.kecamatan.name,
            day_id(loss.day, weekday=False),
            state_of(loss),
            loss.get_cause_display(),
            _rerecorded_text(loss),
        )
        for loss in losses
    ]


def loss_url(loss: LostRecords) -> str:
    """Return the address of a loss."""
    return reverse("repairs:loss-detail", args=[loss.pk])


def title_of(loss: LostRecords) -> str:
    """Return what was lost, ``1.738 data hilang``."""
    return f"{number_id(loss.count)} data hilang"


def state_of(loss: LostRecords) -> State:
    """Return how sure the loss is; or that it was voided."""
    return VOIDED if loss.voided_at else State("plain", loss.get_certainty_display())


def _rerecorded_text(loss: LostRecords) -> str:
    return f"{number_id(loss.rerecorded)} dari {number_id(loss.count)}"


# --- One loss -------------------------------------------------------------------------------------------


def find_loss(pk: int, user: User) -> LostRecords:
    """Return a loss that the person may see; raises :class:`NotFound`."""
    rows = LostRecords.objects.visible_to(user).select_related("kecamatan__kabupaten__province", "voided_by")
    loss: LostRecords | None = rows.filter(pk=pk).first()
    if loss is None:
        raise NotFound(f"Tidak ada catatan data hilang {pk}.")
    return loss


def loss_page(loss: LostRecords, user: User, failed: LossMoveForm | None = None) -> dict[str, Any]:
    """Return all that the page of a loss shows; ``failed`` is the form of a move that was refused."""
    zone, changes, again = loss.kecamatan.time_zone, changes_of(loss, user), rerecordings_of(loss)
    newest = changes[0].last if changes else 0
    left = loss.count - loss.rerecorded
    return {
        "loss": loss,
        "title": title_of(loss),
        "where": loss.kecamatan.name,
        "state": state_of(loss),
        "day": day_id(loss.day),
        "count": number_id(loss.count),
        "rerecorded": f"{_rerecorded_text(loss)} orang ({percent_id(100 * loss.rerecorded / loss.count)})",
        "again": [_again(row, zone) for row in again],
        "left": number_id(left) if left else "",
        "is_suspected": loss.certainty == LostRecords.Certainty.SUSPECTED,
        "voided": voided_text(loss, zone),
        "changes": changes,
        "history": history(changes, zone),
        "last_event": newest,
        "moves": _moves(loss, again, user, newest, failed),
        "failed": failed,
        "crumbs": crumbs(loss.kecamatan.name),
    }


class Again(NamedTuple):
    """A re-recording on the page of its loss; ``voided`` says by whom it was voided, and why."""

    day: str
    number: str
    who: str
    voided: str


def rerecordings_of(loss: LostRecords) -> list[Rerecording]:
    """Return all re-recordings of a loss, voided ones too, the newest first; those of an unknown day last."""
    rows = Rerecording.objects.filter(loss=loss).select_related("recorded_by", "voided_by")
    return list(rows.order_by(F("day").desc(nulls_last=True), "-pk"))


def _again(row: Rerecording, zone: str) -> Again:
    day = day_id(row.day, weekday=False) if row.day else "Tanggal belum diketahui"
    who = str(row.recorded_by) if row.recorded_by else "impor berkas"
    return Again(day, f"{number_id(row.number)} orang", who, voided_text(row, zone))


def crumbs(*steps: str) -> list[dict[str, str]]:
    """Return the way from the counts and the list of losses down to a page."""
    return [
        {"label": "Perekaman", "url": reverse("repairs:recording-month")},
        {"label": "Data hilang", "url": reverse(LIST)},
        *({"label": step, "url": ""} for step in steps),
    ]


class Offer(NamedTuple):
    """What may be done with a loss: its form, its words, and who may."""

    form: type[LossMoveForm]
    label: str
    sentence: str
    may: Callable[[object, Any], bool]
    start: tuple[str, ...] = ()


OFFERS = {
    "rerecord": Offer(
        RerecordForm,
        "Catat rekam ulang",
        "Setiap kali ada yang direkam ulang; masuk rekam bersih bulan tanggal itu.",
        may_enter_counts,
    ),
    "void-rerecording": Offer(
        VoidRerecordingForm,
        "Batalkan rekam ulang",
        "Untuk rekam ulang yang keliru dicatat. Tidak dihitung lagi, tetapi tetap tersimpan.",
        may_enter_counts,
    ),
    "confirm": Offer(
        ConfirmForm,
        "Pastikan hilang",
        "Sesudah dipastikan, jumlahnya mengurangi rekam bersih bulan itu.",
        may_correct_repairs,
        ("count",),
    ),
    "correct": Offer(
        LossCorrectionForm,
        "Betulkan catatan",
        "Yang lama tetap terbaca di riwayat.",
        may_correct_repairs,
        ("day", "count", "cause", "certainty", "note"),
    ),
    "void": Offer(
        LossVoidForm,
        "Batalkan catatan",
        "Untuk catatan yang keliru. Tidak dihitung lagi, tetapi tetap tersimpan.",
        may_correct_repairs,
    ),
}


def form_of(
    name: str, loss: LostRecords, again: Sequence[Rerecording], newest: int = 0, data: Any = None
) -> LossMoveForm:
    """Return the form of a move, filled by what was sent, or by what is on record; ``again`` are its re-recordings."""
    offer = OFFERS[name]
    start = {field: getattr(loss, field) for field in offer.start}
    counted = [row for row in again if row.voided_at is None]
    return offer.form(data, initial=start | {"version": loss.version, "seen": newest}, rows=counted)


def _moves(
    loss: LostRecords, again: Sequence[Rerecording], user: User, newest: int, failed: LossMoveForm | None
) -> list[Move]:
    if loss.voided_at is not None:
        return []
    moves = []
    for name, offer in OFFERS.items():
        if not offer.may(user, loss.kecamatan) or not _makes_sense(name, loss):
            continue
        is_open = failed is not None and failed.name == name
        form: Any = failed if is_open else form_of(name, loss, again, newest)
        url = reverse("repairs:loss-change", args=[loss.pk, name])
        moves.append(Move(name, offer.label, offer.sentence, url, form, is_open, name.startswith("void")))
    return moves


def _makes_sense(name: str, loss: LostRecords) -> bool:
    """Say whether a move has anything to change."""
    match name:
        case "confirm":
            return loss.certainty == LostRecords.Certainty.SUSPECTED
        case "rerecord":
            return loss.rerecorded < loss.count
        case "void-rerecording":
            return loss.rerecorded > 0
    return True


def both_versions(loss: LostRecords, user: User, form: LossMoveForm) -> dict[str, Any]:
    """Return what a loser typed beside what holds now, who changed it since, and the form again."""
    page = loss_page(loss, user)
    again = rerecordings_of(loss)
    retry = form_of(form.name, loss, again, data=form.renewed(loss.version, page["last_event"]))
    moves = _moves(loss, again, user, page["last_event"], retry)
    return {
        "heading": "Catatan ini baru saja diubah orang lain",
        "subject": f"{page['title']}, {page['where']}",
        "state": page["state"],
        "wanted": OFFERS[form.name].label,
        "compared": compared(form, _on_record(loss), loss.kecamatan.time_zone),
        "changes": history([one for one in page["changes"] if one.last > form.seen_event], loss.kecamatan.time_zone),
        "move": next((move for move in moves if move.name == form.name), None),
        "url": loss_url(loss),
        "crumbs": crumbs("Sudah berubah"),
    }


def _on_record(loss: LostRecords) -> dict[str, str]:
    """Return what a loss says now, by the fields of its forms, as :func:`compared` writes what was typed."""
    return {name: _said(name, getattr(loss, name)) for name in NAMES}


def _said(name: str, value: Any) -> str:
    if name in ("day", "rerecorded_on"):
        return day_id(value, weekday=False) if value else "belum diketahui"
    if name in ("cause", "certainty"):
        return str((Cause if name == "cause" else LostRecords.Certainty)(value).label)
    return str(value) if value != "" else "belum ada"


# --- The history ----------------------------------------------------------------------------------------


def history(changes: Iterable[Change], zone: str) -> list[Entry]:
    """Return changes in words, by the clock of a zone, in their order."""
    return [
        Entry(
            one.at.isoformat(),
            moment_id(one.at, zone),
            one.who,
            _what(one.action, one.data),
            str(one.data.get("reason") or ""),
            "",
            "",
        )
        for one in changes
    ]


def _what(action: str, data: Mapping[str, Any]) -> str:
    if action == "record":
        sure = str(LostRecords.Certainty(data["certainty"]).label).lower()
        return f"mencatat {number_id(data['count'])} data hilang, {sure}"
    if action == "void":
        return "membatalkan catatan"
    # In the order of the names: PostgreSQL keeps the keys of JSON in an order of its own.
    said = data.get("before", {})
    before = [f"{word} {_before(name, said[name])}" for name, word in NAMES.items() if name in said]
    if "number" in data:
        verb = "membatalkan rekam ulang" if action == "void_rerecording" else "mencatat rekam ulang"
        return f"{verb} {number_id(data['number'])} orang, {_before('rerecorded_on', data['day'])}"
    verb = "mencatat rekam ulang" if action == "rerecord" else "membetulkan catatan"
    return f"{verb}; semula {', '.join(before)}" if before else verb


def _before(name: str, text: str) -> str:
    """Return a value that an event keeps as text."""
    if text == "None":
        return "belum diketahui"
    if name in ("day", "rerecorded_on"):
        return _said(name, date.fromisoformat(text))
    if name in ("count", "rerecorded"):
        return number_id(int(text))
    return _said(name, text).lower() if name != "note" else f"“{text}”" if text else "kosong"
