"""Fields and forms that the pages of every app share: moments by a place's clock, refusals, submissions sent once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property

from lib.errors import Refused
from lib.months import WIB

NOT_A_CHOICE = "Pilihan ini tidak ada lagi. Pilih satu dari daftar."
NOT_A_MOMENT = "Waktu ini tidak terbaca. Tulis tanggal dan jamnya, misalnya 20/11/2026 08.30."
NOT_A_DAY = "Tanggal ini tidak terbaca. Tulis misalnya 20/11/2026."
TOO_LONG = "Paling panjang %(limit_value)d huruf. Ringkaskan."
NOT_STORABLE = "Ada tanda yang tidak bisa disimpan. Ketik ulang."


class MomentField(forms.DateTimeField):
    """A moment by the clock of ``zone``, which its form sets; read into UTC."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "class": "in"}, format="%Y-%m-%dT%H:%M")
    zone: str = WIB

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["invalid"] = NOT_A_MOMENT

    def to_python(self, value: Any) -> datetime | None:
        """Read what was typed as local time of the zone."""
        with timezone.override(self.zone):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """Show a moment as local time of the zone."""
        with timezone.override(self.zone):
            return super().prepare_value(value)


def text_field(label: str, *, limit: int, required: str = "", hint: str = "", rows: int = 3) -> forms.CharField:
    """Return a field for free text; ``required`` is the sentence that asks for it, where it must be filled."""
    widget: forms.Widget = forms.TextInput(attrs={"class": "in"})
    if rows > 1:
        widget = forms.Textarea(attrs={"class": "in", "rows": rows})
    errors = {"max_length": TOO_LONG, "null_characters_not_allowed": NOT_STORABLE, "required": required}
    return forms.CharField(
        label=label,
        max_length=limit,
        required=bool(required),
        widget=widget,
        help_text=hint,
        error_messages=errors,
    )


def day_field(label: str, *, required: str = "", hint: str = "") -> forms.DateField:
    """Return a field for a local day; ``required`` is the sentence that asks for it, where it must be filled."""
    widget = forms.DateInput(attrs={"type": "date", "class": "in"}, format="%Y-%m-%d")
    errors = {"invalid": NOT_A_DAY, "required": required}
    return forms.DateField(label=label, required=bool(required), widget=widget, help_text=hint, error_messages=errors)


class DomainForm(forms.Form):
    """A form whose refusals come from a domain function."""

    def refuse(self, refused: Refused) -> None:
        """Show a refusal beside the field that it is about, or on top where the form has no such field."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.message)


class KeyedForm(DomainForm):
    """A form that carries the key of its submission, made when it was opened, so that a resend is known."""

    client_key = forms.CharField(widget=forms.HiddenInput, required=False)
    is_reused = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_key", uuid4())

    @cached_property
    def key(self) -> UUID:
        """Return the key of this submission; a fresh one where it was lost."""
        try:
            return UUID(str(self["client_key"].value()))
        except ValueError:
            return uuid4()

    def renew_key(self) -> None:
        """Let what was typed be sent as another submission, after its key came with another body before."""
        self.is_reused = True
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix("client_key")] = str(uuid4())
        self.data = data
