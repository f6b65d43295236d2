"""The forms of the monthly reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from documents.models import Format
from documents.subscriptions import FIRST_DAY, LAST_DAY
from lib.forms import NOT_A_CHOICE, DomainForm, KeyedForm, VersionedForm, day_field, text_field
from lib.months import parse_month
from reports.months import Option


class RequestForm(KeyedForm):
    """Which month, and in which formats."""

    month = forms.ChoiceField(label="Bulan laporan", error_messages={"invalid_choice": NOT_A_CHOICE})
    formats = forms.MultipleChoiceField(
        label="Bentuk berkas",
        choices=Format.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Format.PDF],
        error_messages={"required": "Pilih sekurangnya satu bentuk berkas.", "invalid_choice": NOT_A_CHOICE},
    )

    def __init__(self, *args: Any, months: Sequence[Option], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["month"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(option.value, option.label) for option in months]
        field.widget.attrs["class"] = "in"

    def clean_month(self) -> date:
        """Return the month as the day on which it begins."""
        return parse_month(self.cleaned_data["month"])


class SubscriptionForm(VersionedForm):
    """Where to, on which day, and in which format."""

    email = forms.EmailField(
        label="Alamat e-mail",
        max_length=200,
        widget=forms.EmailInput(attrs={"class": "in", "autocomplete": "email"}),
        error_messages={
            "required": "Tulis alamat e-mail.",
            "invalid": "Alamat ini tidak lengkap. Tulis misalnya nama@dinas.go.id.",
            "max_length": "Paling panjang 200 huruf.",
        },
    )
    day = forms.TypedChoiceField(
        label="Tanggal kirim",
        coerce=int,
        choices=[(day, f"Tanggal {day}") for day in range(FIRST_DAY, LAST_DAY + 1)],
        widget=forms.Select(attrs={"class": "in"}),
        help_text="Yang dikirim laporan bulan sebelumnya, mulai pukul 06.00 waktu setempat.",
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    format = forms.ChoiceField(
        label="Bentuk berkas",
        choices=Format.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih bentuk berkasnya.", "invalid_choice": NOT_A_CHOICE},
    )


class SignForm(DomainForm):
    """On which day the paper was signed."""

    signed_on = day_field("Tanggal tanda tangan", required="Pilih tanggal tanda tangannya.")


class WithdrawSignatureForm(DomainForm):
    """Why the signature of a report is taken back."""

    reason = text_field(
        "Mengapa tanda tangannya dicabut?", limit=300, required="Tulis mengapa tanda tangannya dicabut."
    )
