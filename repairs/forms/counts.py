"""What people type about daily counts. The rules are the domain functions'; forms only read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from kecamatan.duty import Count, CountsRefused
from kecamatan.models import HINDRANCES, Kecamatan
from lib.errors import Refused
from lib.format import day_id
from lib.forms import NOT_A_CHOICE, DomainForm, KeyedForm, text_field
from repairs.count_places import MOBILE_UNIT, Where
from repairs.counts import Figures

NOT_A_NUMBER = "Tulis angka bulat tanpa titik, misalnya 42."
NO_NUMBER = "Isi jumlah yang direkam; 0 bila tidak ada."
DAYS_AT_ONCE = 31
LOST = Figures(-1)


def number_field(label: str) -> forms.IntegerField:
    """Return a field for a number of people or cards."""
    widget = forms.NumberInput(attrs={"class": "in", "inputmode": "numeric", "min": "0"})
    return forms.IntegerField(label=label, required=False, widget=widget, error_messages={"invalid": NOT_A_NUMBER})


def choice_field(label: str, choices: Iterable[tuple[str, str]]) -> forms.ChoiceField:
    """Return a field for one of these."""
    errors = {"invalid_choice": NOT_A_CHOICE}
    widget = forms.Select(attrs={"class": "in"})
    return forms.ChoiceField(label=label, required=False, choices=list(choices), widget=widget, error_messages=errors)


class FiguresForm(DomainForm):
    """The figures of one count."""

    recorded = number_field("Rekam (orang)")
    printed = number_field("Cetak (kartu)")
    hindrance = choice_field("Kendala", [("", "Tidak ada"), *HINDRANCES])

    def figures(self) -> Figures:
        """Return what was typed."""
        said = self.cleaned_data
        return Figures(said["recorded"], said["printed"], said["hindrance"])


class DayForm(FiguresForm):
    """The figures of one day, or nothing; ``choices`` are the places of recording, where there is a choice."""

    def __init__(self, *args: Any, day: date, choices: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        kwargs["prefix"] = day.isoformat()
        super().__init__(*args, **kwargs)
        self.day = day
        self.label = day_id(day)
        if choices:
            self.fields["place"] = choice_field("Tempat perekaman", choices)

    @property
    def is_blank(self) -> bool:
        """Say whether nobody filled the day, so that it stays without a report."""
        return not any(self.cleaned_data.get(name) not in (None, "") for name in ("recorded", "printed", "hindrance"))

    def clean(self) -> dict[str, Any]:
        """Ask for the number where anything else was typed."""
        typed = self.cleaned_data
        if "recorded" in typed and typed["recorded"] is None and not self.is_blank:
            self.add_error("recorded", NO_NUMBER)
        return typed


class CountsForm(KeyedForm):
    """The counts of one day or of several, each of which may stay empty.

    ``name`` tells the two forms of the page apart. The days that are sent stand in the form itself: by now some may
    have been filled by others.
    """

    def __init__(self, data: Mapping[str, Any] | None = None, *, name: str, days: Iterable[date], where: Where) -> None:
        super().__init__(data)
        self.name, self.where = name, where
        choices = where.choices() if name == "hari" else ()
        self.rows = [DayForm(data, day=day, choices=choices) for day in days]

    def is_valid(self) -> bool:
        """Say whether every day can be read and at least one is filled."""
        if not all([super().is_valid(), *(row.is_valid() for row in self.rows)]):
            return False
        if all(row.is_blank for row in self.rows):
            self.add_error(None, "Belum ada yang diisi. Tulis jumlah rekam sekurangnya satu hari.")
            return False
        return True

    @property
    def has_faults(self) -> bool:
        """Say whether anything that was sent could not be taken."""
        return self.is_bound and (bool(self.errors) or any(row.errors for row in self.rows))

    def counts(self) -> list[Count]:
        """Return the counts of the days that are filled."""
        return [self._count(row) for row in self.rows if not row.is_blank]

    def _count(self, row: DayForm) -> Count:
        figures, chosen = row.figures(), row.cleaned_data.get("place", "")
        home = self.where.place
        place: Kecamatan = self.where.offices.get(chosen, home)
        return Count(home, row.day, place, figures.recorded, chosen == MOBILE_UNIT, figures.printed, figures.hindrance)

    def only(self, days: Iterable[date]) -> CountsForm:
        """Return a form of its own, to be sent once, with what was typed for these days."""
        form = CountsForm(self.data, name=self.name, days=days, where=self.where)
        form.renew_key()
        return form

    def refuse(self, refused: Refused) -> None:
        """Show each refusal beside the field of its day."""
        if not isinstance(refused, CountsRefused):
            super().refuse(refused)
            return
        by_day = {key[1]: problem for key, problem in refused.problems.items()}
        for row in self.rows:
            if row.day in by_day:
                row.refuse(by_day[row.day])


def days_of(data: QueryDict) -> list[date]:
    """Return the days that a sent form is about, as its hidden fields name them."""
    days = []
    for text in data.getlist("tanggal")[:DAYS_AT_ONCE]:
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            continue
    return sorted(set(days))


class CorrectionForm(FiguresForm, KeyedForm):
    """Other figures for a count on record, and why; ``seen`` are the figures that the person decided on."""

    count = forms.CharField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = text_field("Alasan", limit=500, rows=1, hint="Misalnya: salah ketik, terlewat dari buku.")

    def __init__(self, *args: Any, pk: int, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"koreksi-{pk}-%s"
        super().__init__(*args, **kwargs)
        self.pk = pk
        self.order_fields(["recorded", "printed", "hindrance", "reason"])

    def clean(self) -> dict[str, Any]:
        """Ask for the number."""
        typed = self.cleaned_data
        if "recorded" in typed and typed["recorded"] is None:
            self.add_error("recorded", NO_NUMBER)
        return typed

    def seen_figures(self) -> Figures:
        """Return the figures that the person saw; where they were lost, none that any count has."""
        return seen_from(self.cleaned_data.get("seen", "")) or LOST


class VoidCountForm(KeyedForm):
    """Why a count is taken off the record; ``seen`` are the figures that the person decided on."""

    count = forms.CharField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = text_field("Alasan pembatalan", limit=500, rows=1, hint="Misalnya: salah hari, ini hitungan tanggal 12.")

    def __init__(self, *args: Any, pk: int, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"batal-{pk}-%s"
        super().__init__(*args, **kwargs)
        self.pk = pk

    def seen_figures(self) -> Figures:
        """Return the figures that the person saw; where they were lost, none that any count has."""
        return seen_from(self.cleaned_data.get("seen", "")) or LOST


def seen_text(figures: Figures) -> str:
    """Return figures as a hidden field carries them, such as ``42||network``."""
    printed = "" if figures.printed is None else figures.printed
    return f"{figures.recorded}|{printed}|{figures.hindrance}"


def seen_from(text: str) -> Figures | None:
    """Read what :func:`seen_text` wrote."""
    recorded, _, rest = text.partition("|")
    printed, _, hindrance = rest.partition("|")
    try:
        return Figures(int(recorded), int(printed) if printed else None, hindrance)
    except ValueError:
        return None
