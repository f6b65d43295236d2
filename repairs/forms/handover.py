"""Which tickets go to whom when somebody leaves."""

from __future__ import annotations

from typing import Any

from django import forms

from lib.forms import KeyedForm
from lib.pages import key_of

NOBODY = "0"


class KeysField(forms.Field):
    """Ticked boxes, as keys. What they stand for may be gone since the page was shown: the domain looks."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[int]:
        """Read the keys; what is none is left out."""
        return [key for text in value or [] if (key := key_of(text)) is not None]


class HandoverForm(KeyedForm):
    """The tickets and their new holder."""

    tickets = KeysField(label="Tiket", error_messages={"required": "Pilih sekurangnya satu tiket."})
    assignee = forms.CharField(
        label="Serahkan kepada",
        widget=forms.Select(attrs={"class": "in"}),
        error_messages={"required": "Pilih penerimanya."},
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nobody = (NOBODY, "Belum ada: lepas dulu, dipegang kemudian")
        self.fields["assignee"].widget.choices = [("", "Pilih satu"), *people, nobody]

    @property
    def ticked(self) -> set[str]:
        """Return the keys of the boxes to tick again: those that were sent."""
        return {str(key) for key in self["tickets"].value() or []}
