"""Forms of the reference data: each says how many rows a change computes anew before it is made."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from devices.models import DeviceKind
from kecamatan.duty import Days, nation_marks_preview
from kecamatan.models import DayOff, OfficeHours
from lib.errors import Refused
from lib.format import number_id
from lib.forms import MonthField
from lib.guards import refuse_too_early


class ConfirmedForm(forms.Form):
    """Asks to confirm a change of the nation's rules, once its size is known.

    ``since`` and ``until`` name the fields with the first and the last day that the change rules; it goes on where
    there is no last.
    """

    confirmed = forms.BooleanField(label="Ya, simpan dan hitung ulang", required=False)
    since: ClassVar[str]
    until: ClassVar[str] = ""

    def ruled_days(self) -> list[Days]:
        """Return the first and the last day that the change rules, new and old alike."""
        said = (self.cleaned_data, self.initial)
        return [(values[self.since], values.get(self.until)) for values in said if values.get(self.since)]

    def clean(self) -> dict[str, Any] | None:
        """Refuse what is too early, and until confirmed; say how many rows of kecamatan and month are computed anew."""
        cleaned = super().clean()
        if first := self.cleaned_data.get(self.since):
            try:
                refuse_too_early(first, self.since)
            except Refused as refusal:
                self.add_error(refusal.field, refusal.message)
        if not self.errors and not self.cleaned_data["confirmed"]:
            rows = number_id(nation_marks_preview(self.ruled_days()))
            self.add_error(
                "confirmed",
                f"Perubahan ini menghitung ulang {rows} baris laporan. Centang di sini, lalu simpan lagi.",
            )
        return cleaned


class OfficeHoursForm(ConfirmedForm, forms.ModelForm):
    """Hours that replace the ordinary week between two days."""

    since, until = "first_day", "last_day"

    class Meta:
        model = OfficeHours
        fields = ["first_day", "last_day", "weekday", "opens_at", "closes_at", "break_from", "break_until"]

    def clean(self) -> dict[str, Any] | None:
        """Check the order of days and hours, each with its own sentence."""
        said = self.cleaned_data
        self._in_order("first_day", "last_day", "Hari terakhir harus sama dengan atau sesudah hari pertama.", same=True)
        self._in_order("opens_at", "closes_at", "Jam tutup harus sesudah jam buka.")
        if (said.get("break_from") is None) != (said.get("break_until") is None):
            self.add_error("break_until", "Isi awal dan akhir istirahat, atau kosongkan keduanya.")
        elif said.get("break_from"):
            self._in_order("opens_at", "break_from", "Istirahat mulai sesudah jam buka.")
            self._in_order("break_from", "break_until", "Istirahat selesai sesudah mulainya.")
            self._in_order("break_until", "closes_at", "Istirahat selesai sebelum jam tutup.")
        return super().clean()

    def _in_order(self, first: str, second: str, sentence: str, *, same: bool = False) -> None:
        one, other = self.cleaned_data.get(first), self.cleaned_data.get(second)
        if one is not None and other is not None and not (one < other or (same and one == other)):
            self.add_error(second, sentence)


class DayOffForm(ConfirmedForm, forms.ModelForm):
    """A day on which the offices of the nation stay closed."""

    since = until = "day"

    class Meta:
        model = DayOff
        fields = ["day", "name"]


class RequirementForm(ConfirmedForm):
    """Whether a set needs a kind of device to record, from a month on."""

    since = "from_month"

    kind = forms.ModelChoiceField(DeviceKind.objects.all(), label="Jenis alat", empty_label="Pilih jenis alat")
    required = forms.TypedChoiceField(
        label="Aturan",
        choices=[("1", "Wajib: tanpa alat ini set berhenti"), ("0", "Pendukung: tanpa alat ini set terkendala")],
        coerce=lambda text: text == "1",
    )
    from_month = MonthField(label="Mulai bulan", help_text="Tahun dan bulan, misalnya 2026-11 atau November 2026.")

    field_order = ["kind", "required", "from_month", "confirmed"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "required", "from_month"):
            self.fields[name].widget.attrs["class"] = "in"
        self.fields["kind"].error_messages["required"] = "Pilih jenis alat."
        self.fields["from_month"].error_messages["required"] = "Isi bulan mulainya, misalnya 2026-11."
