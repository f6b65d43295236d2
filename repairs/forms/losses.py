"""What people type about lost records. The rules are the domain functions'; forms only read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from kecamatan.models import Cause
from lib.format import day_id, number_id
from lib.forms import NOT_A_CHOICE, KeyedForm, day_field, text_field
from repairs.forms.counts import NOT_A_NUMBER
from repairs.forms.spans import VersionedForm, radio_field
from repairs.models import LostRecords, Rerecording

NOTE_HINT = "Apa yang terjadi dan bagaimana ketahuannya. Jangan menulis nama atau NIK warga."


def people_field(label: str, required: str, hint: str = "") -> forms.IntegerField:
    """Return a field for a number of people that must be told."""
    widget = forms.NumberInput(attrs={"class": "in short", "inputmode": "numeric", "min": "0"})
    errors = {"invalid": NOT_A_NUMBER, "required": required}
    return forms.IntegerField(label=label, widget=widget, help_text=hint, error_messages=errors)


def _cause_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Penyebab",
        required=False,
        choices=Cause.choices,
        initial=Cause.UNKNOWN,
        widget=forms.Select(attrs={"class": "in"}),
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )


def _facts() -> dict[str, forms.Field]:
    """Return the fields of what was lost."""
    return {
        "day": day_field("Hilang pada tanggal", required="Isi tanggal hilangnya, atau tanggal ketahuannya."),
        "count": people_field("Berapa orang datanya hilang?", "Isi jumlahnya; perkiraan pun boleh."),
        "cause": _cause_field(),
        "certainty": radio_field(
            "Seberapa pasti?",
            LostRecords.Certainty.choices,
            required="Pilih: diduga atau terkonfirmasi.",
            initial=LostRecords.Certainty.SUSPECTED,
        ),
        "note": text_field("Keterangan", limit=2000, hint=NOTE_HINT),
    }


class LossForm(KeyedForm):
    """Records that were lost, as whoever found out knows it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= _facts()

    def said(self) -> dict[str, Any]:
        """Return what was said, as :func:`repairs.losses.record_loss` takes it."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "client_key"}
        return said | {"cause": said["cause"] or Cause.UNKNOWN}


def said_again(row: Rerecording) -> str:
    """Return a re-recording in words: ``500 orang, 14 Maret 2026``."""
    day = day_id(row.day, weekday=False) if row.day else "tanggal belum diketahui"
    return f"{number_id(row.number)} orang, {day}"


class LossMoveForm(VersionedForm):
    """A change of a loss on record."""

    is_short = False
    name = ""

    def __init__(self, *args: Any, rows: Sequence[Rerecording], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.auto_id = f"{self.name}-%s"

    def said(self) -> dict[str, Any]:
        """Return what was said, as the domain function takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.hidden}


class RerecordForm(LossMoveForm):
    """How many more were recorded again on a day."""

    name = "rerecord"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = "Tambahannya saja. Yang sudah dicatat sebelumnya jangan dihitung lagi."
        self.fields["number"] = people_field("Berapa orang direkam ulang?", "Isi jumlahnya.", hint)
        self.fields["day"] = day_field("Pada tanggal", required="Isi tanggalnya.")


class VoidRerecordingForm(LossMoveForm):
    """Which re-recording is wrong, and why."""

    name = "void-rerecording"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(row.pk), said_again(row)) for row in self.rows]
        self.fields["row"] = radio_field("Yang mana?", choices, required="Pilih salah satu.")
        self.fields["reason"] = text_field("Alasan", limit=500, rows=1)

    def said(self) -> dict[str, Any]:
        """Return the re-recording and the reason."""
        said = super().said()
        return said | {"row": next(row for row in self.rows if str(row.pk) == said["row"])}


class ConfirmForm(LossMoveForm):
    """That a suspected loss is certain, how many it was, and how that is known."""

    name = "confirm"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["count"] = people_field("Berapa orang datanya hilang?", "Isi jumlah yang pasti.")
        self.fields["reason"] = text_field(
            "Dasar konfirmasi", limit=500, rows=1, hint="Misalnya hasil pemeriksaan server."
        )

    def said(self) -> dict[str, Any]:
        """Return what was said, and that it is confirmed now."""
        return super().said() | {"certainty": LostRecords.Certainty.CONFIRMED}


class LossCorrectionForm(LossMoveForm):
    """All that a loss says, and why it is corrected."""

    name = "correct"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= _facts()
        self.fields["reason"] = text_field("Alasan pembetulan", limit=500, rows=1)

    def said(self) -> dict[str, Any]:
        """Return what was said; a cause that was left out is not known."""
        said = super().said()
        return said | {"cause": said["cause"] or Cause.UNKNOWN}


class LossVoidForm(LossMoveForm):
    """Why a loss is wrong."""

    name = "void"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = text_field("Alasan", limit=500)
