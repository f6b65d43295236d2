"""Fields and forms that the pages of every app share: moments by a place's clock, refusals, submissions sent once."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from lib.errors import Refused
from lib.format import MONTHS, day_id, exact_id, moment_id, month_id, number_id
from lib.months import WIB, parse_month
from lib.parsing import CellError, percent
from lib.privacy import refuse_identity_numbers

NOT_A_CHOICE = "Pilihan ini tidak ada lagi. Pilih satu dari daftar."
NOT_A_MOMENT = "Waktu ini tidak terbaca. Tulis tanggal dan jamnya, misalnya 20/11/2026 08.30."
NOT_A_DAY = "Tanggal ini tidak terbaca. Tulis misalnya 20/11/2026."
TOO_LONG = "Paling panjang %(limit_value)d huruf. Ringkaskan."
NOT_A_MONTH = "Bulan ini tidak terbaca. Tulis tahun dan bulan, misalnya 2026-11 atau November 2026."
NOT_AN_AMOUNT = "Jumlah ini tidak terbaca. Tulis angkanya saja, misalnya 1.850.000."
AMOUNT = re.compile(r"(?:\d{1,12}|\d{1,3}(?:\.\d{3}){1,3})(?:,\d{1,2})?")
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


class MonthField(forms.CharField):
    """A month as the picker or a person writes it, ``2026-11`` or ``November 2026``; read into its first day."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"type": "month", "class": "in", "placeholder": "2026-11"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attributes), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a month as the picker takes it."""
        return f"{value:%Y-%m}" if isinstance(value, date) else value

    def clean(self, value: Any) -> date | None:
        """Read what was typed; nothing where nothing must be."""
        return self.read(super().clean(value))

    def read(self, text: str) -> date | None:
        """Read a month in digits or in words; raises ``ValidationError`` for what is none."""
        word, _, year = " ".join(text.split()).casefold().partition(" ")
        names = [name.casefold() for name in MONTHS]
        written = f"{year}-{names.index(word) + 1:02}" if word in names else text
        try:
            return parse_month(written) if text else None
        except ValueError:
            raise forms.ValidationError(NOT_A_MONTH) from None


class PercentField(forms.CharField):
    """A percentage as people write it, ``15`` or ``12,5%``; read into a ``Decimal`` or ``None``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=12, **kwargs)
        self.widget.attrs |= {"class": "in", "inputmode": "decimal"}

    def prepare_value(self, value: Any) -> Any:
        """Show a percentage with a decimal comma."""
        return exact_id(value) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        """Read what was typed, as an import file does."""
        written = super().clean(value)
        try:
            return percent(written) if written else None
        except CellError as error:
            raise forms.ValidationError(str(error)) from None


class RupiahField(forms.CharField):
    """An amount of money as people write it, ``1.850.000`` or ``Rp1850000,50``; read into a ``Decimal`` or ``None``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)
        self.widget.attrs |= {"class": "in", "inputmode": "decimal"}

    def prepare_value(self, value: Any) -> Any:
        """Show an amount with dots between the thousands, and the sen only where there are any."""
        if not isinstance(value, Decimal):
            return value
        whole, _, sen = f"{value:.2f}".partition(".")
        return number_id(int(whole)) + (f",{sen}" if sen != "00" else "")

    def clean(self, value: Any) -> Decimal | None:
        """Read what was typed; dots must stand before every third digit, so that 1.5 is never taken for 15."""
        written = super().clean(value).replace(" ", "").removeprefix("Rp").removesuffix(",-")
        if not written:
            return None
        if not AMOUNT.fullmatch(written):
            raise forms.ValidationError(NOT_AN_AMOUNT)
        return Decimal(written.replace(".", "").replace(",", "."))


def text_field(label: str, *, limit: int, required: str = "", hint: str = "", rows: int = 3) -> forms.CharField:
    """Return a field for free text, which may carry no NIK; ``required`` is the sentence that asks for it.

    The domain functions refuse a NIK too; here no field of a page can be forgotten.
    """
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
        validators=[_no_identity_number],
    )


def _no_identity_number(text: str) -> None:
    try:
        refuse_identity_numbers(text, "")
    except Refused as refused:
        raise forms.ValidationError(refused.message) from None


def day_field(label: str, *, required: str = "", hint: str = "") -> forms.DateField:
    """Return a field for a local day; ``required`` is the sentence that asks for it, where it must be filled."""
    widget = forms.DateInput(attrs={"type": "date", "class": "in"}, format="%Y-%m-%d")
    errors = {"invalid": NOT_A_DAY, "required": required}
    return forms.DateField(label=label, required=bool(required), widget=widget, help_text=hint, error_messages=errors)


class DomainForm(forms.Form):
    """A form whose refusals come from a domain function."""

    @property
    def hidden_inputs(self) -> SafeString:
        """Return the hidden fields as HTML: a page has dozens, and a template for each is slow."""
        values = (
            (field.html_name, "" if (value := field.value()) is None else value) for field in self.hidden_fields()
        )
        return format_html_join("", '<input type="hidden" name="{}" value="{}">', values)

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


class VersionedForm(KeyedForm):
    """A form of a row that carries the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def seen_version(self) -> int:
        """Return the version that the person decided on; -1, which no row has, where it is lost."""
        seen: int | None = self.cleaned_data.get("version")
        return -1 if seen is None else seen

    def said(self) -> dict[str, Any]:
        """Return what was typed, as the domain function takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "client_key")}


def compared(form: forms.Form, now: forms.Form | None) -> dict[str, Any]:
    """Return what the loser of a race typed and what holds now, where they differ, and what to send again.

    ``form`` is valid; ``now`` begins with the row as it is, version and all, or is nothing where the row is gone. A
    file cannot be sent again by itself, so a form with one leaves nothing to send.
    """
    mine, theirs = _values(form), _values(now) if now else {}
    typed = {name: form.data[name] for name in form.fields if name in form.data}
    return {
        "typed": [value for name, value in mine.items() if value != theirs.get(name)],
        "holding": [value for name, value in theirs.items() if value != mine.get(name)],
        "is_gone": now is None,
        "again": typed | {"version": now["version"].value()} if now and not form.files else {},
    }


def _values(form: forms.Form) -> dict[str, tuple[str, str]]:
    """Return the label and the value of each field as people read them; a file has nothing to read."""
    fields = [field for field in form.visible_fields() if not isinstance(field.field, forms.FileField)]
    return {field.name: (str(field.label), shown(field)) for field in fields}


def shown(field: forms.BoundField) -> str:
    """Return what stands in a valid field: the words of a choice, a day or a time written out."""
    value, kind = field.value(), field.field
    if isinstance(kind, forms.BooleanField):
        return "ya" if value else "tidak"
    if isinstance(kind, forms.ChoiceField):
        words: Any = kind.choices
        return str(dict(words).get(value, value))
    if isinstance(kind, MonthField):
        month = value if isinstance(value, date) else kind.read(str(value or ""))
        return month_id(month) if month else ""
    if isinstance(kind, MomentField):
        at = kind.to_python(value)
        return moment_id(at, kind.zone) if at else ""
    if isinstance(kind, forms.DateField | forms.TimeField):
        read = kind.to_python(value)
        return day_id(read, weekday=False) if isinstance(read, date) else f"{read:%H.%M}" if read else ""
    return "" if value is None else str(value)
