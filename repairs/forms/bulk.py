"""What people say of many tickets at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from lib.forms import NOT_A_CHOICE, KeyedForm, day_field, text_field
from repairs.places import cut_text

NOBODY = "0"


class BulkForm(KeyedForm):
    """The answers that a change asks for, once for all tickets."""

    def __init__(self, *args: Any, asks: Sequence[str], people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        for ask in asks:
            self.fields[ask] = self._field(ask)

    def _field(self, ask: str) -> forms.Field:
        match ask:
            case "assignee":
                named = [(key, str(person)) for key, person in self.people.items()]
                return forms.ChoiceField(
                    label="Dipegang oleh",
                    help_text=cut_text(self.people),
                    choices=[("", "Pilih petugasnya"), *named, (NOBODY, "Belum ada: lepas dulu")],
                    widget=forms.Select(attrs={"class": "in"}),
                    error_messages={"required": "Pilih petugasnya.", "invalid_choice": NOT_A_CHOICE},
                )
            case "promised_on":
                return day_field("Selesai pada", required="Isi tanggal yang dijanjikan.")
        return text_field("Alasan", limit=500, rows=2, hint="Wajib bila ada janji yang diundur.")

    @property
    def assignee(self) -> User | None:
        """Return the person who was chosen; nobody where the tickets are let go."""
        return self.people.get(self.cleaned_data["assignee"])
