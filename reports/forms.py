"""The form with which the head of an agency puts kecamatan in the order of their priority."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from kecamatan.models import Kecamatan
from lib.forms import DomainForm

NOT_A_RANK = "Urutan ditulis dengan angka, mulai dari 1."
PREFIX = "urutan-"


class PrioritiesForm(DomainForm):
    """A rank for each kecamatan of a kabupaten, empty for those that are no priority; ``seen`` are those named then."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, places: Iterable[Kecamatan], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.places = list(places)
        named = sorted((place.priority_rank, place.code) for place in self.places if place.priority_rank)
        self.initial["seen"] = " ".join(code for _, code in named)
        for place in self.places:
            self.fields[f"{PREFIX}{place.code}"] = _rank_field(place)

    def clean(self) -> dict[str, Any]:
        """Refuse a rank that two kecamatan have, beside the second."""
        taken: dict[int, str] = {}
        for place in self.places:
            name = f"{PREFIX}{place.code}"
            rank = self.cleaned_data.get(name)
            if rank in taken:
                self.add_error(name, f"Urutan {rank} sudah dipakai {taken[rank]}. Beri angka lain.")
            elif rank is not None:
                taken[rank] = place.name
        return self.cleaned_data

    def ranked(self) -> list[str]:
        """Return the codes in the order of their ranks."""
        said = ((self.cleaned_data[f"{PREFIX}{place.code}"], place.code) for place in self.places)
        return [code for _, code in sorted((rank, code) for rank, code in said if rank is not None)]

    def seen_codes(self) -> list[str]:
        """Return the codes that were named when the form was opened."""
        return str(self.cleaned_data["seen"]).split()

    def rank_field(self, code: str) -> forms.BoundField | None:
        """Return the field of a kecamatan; none where the person may not name it."""
        name = f"{PREFIX}{code}"
        return self[name] if name in self.fields else None

    def decide_again(self, why: str) -> None:
        """Let the person decide on the list as it is now, with what they typed still there."""
        self.add_error(None, why)
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": self.initial["seen"]}


def _rank_field(place: Kecamatan) -> forms.IntegerField:
    errors = dict.fromkeys(("invalid", "min_value", "max_value"), NOT_A_RANK)
    widget = forms.NumberInput(attrs={"class": "in rank", "inputmode": "numeric"})
    field = forms.IntegerField(
        label=f"Urutan {place.name}", required=False, min_value=1, max_value=99, widget=widget, error_messages=errors
    )
    field.initial = place.priority_rank
    return field
