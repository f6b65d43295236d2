"""What people type to change a ticket. The rules are the domain functions'; forms only read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Model

from kecamatan.models import Cause, Certainty, Effect
from lib.forms import NOT_A_CHOICE, KeyedForm, MomentField, RupiahField, day_field, text_field
from repairs.models import Ticket
from repairs.places import cut_text

Rows = Mapping[str, Mapping[str, Model]]
"""For each field that names a row, what may be chosen, by its key."""

NOTHING_CHOSEN = {"duplicate_of": "Tidak ada", "assignee": "Belum ada"}


def _choice(label: str, choices: Any = (), *, required: str = "", radio: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=bool(required),
        choices=choices,
        widget=forms.RadioSelect() if radio else forms.Select(attrs={"class": "in"}),
        error_messages={"invalid_choice": NOT_A_CHOICE, "required": required},
    )


FIELDS: dict[str, Callable[[], forms.Field]] = {
    "assignee": lambda: _choice("Dipegang oleh"),
    "cause": lambda: _choice("Penyebab", Cause.choices, required="Pilih penyebabnya."),
    "certainty": lambda: _choice("Seberapa pasti?", Certainty.choices, required="Pilih kepastiannya.", radio=True),
    "cost": lambda: RupiahField(label="Biaya (Rp)", required=False, help_text="Kosongkan bila belum ada biaya."),
    "duplicate_of": lambda: _choice("Tiket yang sama"),
    "effect": lambda: _choice("Perekaman di set ini", Effect.choices, required="Pilih dampaknya.", radio=True),
    "failed_again_at": lambda: MomentField(
        label="Rusak lagi sejak", error_messages={"required": "Isi sejak kapan rusak lagi."}
    ),
    "failed_at": lambda: MomentField(label="Rusak sejak", error_messages={"required": "Isi sejak kapan rusak."}),
    "note": lambda: text_field("Keterangan", limit=2000, hint="Jangan menulis nama atau NIK warga."),
    "priority": lambda: _choice("Prioritas", Ticket.Priority.choices, required="Pilih prioritasnya."),
    "promised_on": lambda: day_field("Selesai pada", hint="Kosongkan untuk mencabut janji."),
    "reason": lambda: text_field("Alasan", limit=500, rows=2),
    "restored_at": lambda: MomentField(label="Pulih sejak", required=False),
    "route": lambda: _choice("Jalur perbaikan", [("", "Belum ada"), *Ticket.Route.choices]),
    "source": lambda: text_field("Menurut siapa (bila bukan Anda)", limit=120, rows=1),
    "text": lambda: text_field("Tambah komentar", limit=2000, hint="Jangan menulis nama atau NIK warga."),
}


class MoveForm(KeyedForm):
    """What a change of a ticket asks for, with the version and the last event that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, name: str, asks: Sequence[str], zone: str, rows: Rows, hints: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"{name}-%s"
        self.name, self.rows = name, rows
        self.asks = [ask for ask in asks if ask not in NOTHING_CHOSEN or rows.get(ask)]
        for ask in self.asks:
            self.fields[ask] = field = FIELDS[ask]()
            field.help_text = hints.get(ask, field.help_text)
            if isinstance(field, MomentField):
                field.zone = zone
            if ask == "assignee":
                field.help_text = cut_text(rows[ask])
            if ask in rows:
                named = [(key, str(row)) for key, row in rows[ask].items()]
                field.choices = [("", NOTHING_CHOSEN[ask]), *named]  # type: ignore[attr-defined]

    @property
    def is_short(self) -> bool:
        """Say whether the change asks for nothing, so that its button alone will do."""
        return not self.asks

    @property
    def seen_version(self) -> int:
        """Return the version that the person decided on; 0, which no row has, where it is lost."""
        return self.cleaned_data.get("version") or 0

    def send_again(self, *, version: int, seen: int) -> None:
        """Let what was typed be sent as a decision on the version that holds now."""
        self.renew_key()
        self.data = {**{name: self.data[name] for name in self.data}, "version": version, "seen": seen}

    def asked(self) -> dict[str, Any]:
        """Return what was answered, as the domain function takes it."""
        values = {ask: self.cleaned_data[ask] for ask in self.asks}
        return values | {ask: self.rows[ask].get(values[ask]) for ask in self.asks if ask in self.rows}
