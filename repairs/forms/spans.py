"""What the forms of outages and of arrangements share: a submission known by its key, decided on a version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple
from uuid import uuid4

from django import forms
from django.http import QueryDict

from kecamatan.models import Kecamatan
from lib.format import day_id, moment_id
from lib.forms import NOT_A_CHOICE, KeyedForm, MomentField, text_field
from repairs.places import CODE


def moment_field(label: str, zone: str, *, hint: str = "", required: str = "") -> MomentField:
    """Return a field for a moment by the clock of a zone; ``required`` is the sentence that asks for it."""
    field = MomentField(label=label, required=bool(required), help_text=hint)
    field.zone = zone
    field.error_messages["required"] = required
    return field


def radio_field(
    label: str, choices: Iterable[tuple[str, str]], *, required: str = "", initial: str = ""
) -> forms.ChoiceField:
    """Return a field of which one is picked; ``required`` is the sentence that asks for it."""
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        required=bool(required),
        initial=initial,
        widget=forms.RadioSelect,
        error_messages={"required": required, "invalid_choice": NOT_A_CHOICE},
    )


class PlacesField(forms.MultipleChoiceField):
    """Places that are ticked, by their codes; in words they are counted."""


def places_field(label: str, places: Sequence[Kecamatan], *, hint: str = "") -> PlacesField:
    """Return a field in which places are ticked."""
    return PlacesField(
        label=label,
        required=False,
        choices=[(place.code, short_name(place)) for place in places],
        widget=forms.CheckboxSelectMultiple,
        help_text=hint,
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )


def short_name(place: Kecamatan) -> str:
    """Return the name of a place in a list of places of its kind: without "Kecamatan"."""
    return place.name.removeprefix("Kecamatan ")


class VersionedForm(KeyedForm):
    """A change of something on record: with the version and the last event that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    hidden: ClassVar = ("client_key", "version", "seen")
    nothing: ClassVar[dict[str, str]] = {}

    @property
    def seen_version(self) -> int:
        """Return the version that the person decided on; 0, which no row has, where it is lost."""
        return self.cleaned_data.get("version") or 0

    @property
    def seen_event(self) -> int:
        """Return the key of the newest event that the person had seen."""
        return self.cleaned_data.get("seen") or 0

    def renewed(self, version: int, seen: int) -> QueryDict:
        """Return what was typed, to be decided on again: on a newer version and under a new key."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, value in {"client_key": uuid4(), "version": version, "seen": seen}.items():
            data[name] = str(value)
        return data


class Compared(NamedTuple):
    """A field with what the person typed and what holds now; ``differs`` where these are not the same."""

    label: str
    yours: str
    now: str
    differs: bool


def compared(form: VersionedForm, now: Mapping[str, str], zone: str) -> list[Compared]:
    """Return what was typed beside what holds now, in words, field by field."""
    rows = []
    for name, field in form.fields.items():
        if name in form.hidden:
            continue
        yours = _in_words(field, form.cleaned_data.get(name), zone) or form.nothing.get(name, "belum ada")
        current = now.get(name, "")
        rows.append(Compared(str(field.label), yours, current, bool(current) and yours != current))
    return rows


def _in_words(field: forms.Field, value: Any, zone: str) -> str:
    if isinstance(value, datetime):
        return moment_id(value, zone)
    if isinstance(value, date):
        return day_id(value, weekday=False)
    if isinstance(field, PlacesField):
        return f"{len(value)} kecamatan" if value else ""
    if isinstance(field, forms.MultipleChoiceField):
        labels = dict(field.choices)  # type: ignore[arg-type]
        return ", ".join(str(labels[code]) for code in value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, ""))  # type: ignore[arg-type]
    return str(value or "")


class EndForm(VersionedForm):
    """Say that something is over, now or since a moment; ``places`` are offered where there are several."""

    is_short = False
    nothing: ClassVar = {"ended_at": "baru saja", "places": "semua"}

    def __init__(
        self,
        *args: Any,
        zone: str,
        places: Sequence[Kecamatan] = (),
        label: str = "Pulih sejak",
        hint: str = "Kosongkan bila baru saja pulih.",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "end-%s"
        self.places = {place.code: place for place in places}
        self.fields["ended_at"] = moment_field(label, zone, hint=hint)
        if len(places) > 1:
            self.fields["places"] = places_field("Pulih di mana?", places, hint="Kosongkan bila semuanya sudah pulih.")

    def chosen(self) -> list[Kecamatan]:
        """Return the places that were ticked; all of them where none was."""
        ticked = self.cleaned_data.get("places") or list(self.places)
        return [self.places[code] for code in ticked]


class VoidForm(VersionedForm):
    """Void what is wrong, with the reason."""

    is_short = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "void-%s"
        self.fields["reason"] = text_field("Alasan", limit=500)


class UndoForm(KeyedForm):
    """Take back in one tap what was just said."""

    is_short = True


WAYS_BACK = [("daftar", "daftar"), ("meja", "meja"), ("beranda", "beranda")]


class OneTapForm(KeyedForm):
    """An answer in one tap: for which kecamatan, where the page is about one, and the page to go back to."""

    kecamatan = forms.RegexField(CODE, widget=forms.HiddenInput, required=False)
    kembali = forms.ChoiceField(choices=WAYS_BACK, widget=forms.HiddenInput, required=False)
