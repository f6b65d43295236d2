"""What people type about faults and tickets. The rules are the domain functions'; forms only read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from lib.forms import NOT_A_CHOICE, DomainForm, MomentField, text_field
from repairs.models import Ticket


class StepForm(DomainForm):
    """What a step of a ticket asks for, with the version and the last event that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, name: str, asks: Sequence[str], zone: str, others: Iterable[Ticket] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"{name}-%s"
        self.name = name
        self.others = {str(ticket.pk): ticket for ticket in others} if "duplicate_of" in asks else {}
        for ask in asks:
            self._ask(ask, zone)

    def _ask(self, ask: str, zone: str) -> None:
        match ask:
            case "restored_at":
                moment = MomentField(
                    label="Pulih sejak",
                    required=False,
                    help_text="Kosongkan bila baru saja pulih.",
                )
                moment.zone = zone
                self.fields[ask] = moment
            case "duplicate_of" if self.others:
                named = [(key, f"{t.number} {t.device_kind}, {t.recording_set}") for key, t in self.others.items()]
                self.fields[ask] = forms.ChoiceField(
                    label="Tiket yang sama",
                    required=False,
                    choices=[("", "Tidak ada"), *named],
                    widget=forms.Select(attrs={"class": "in"}),
                    error_messages={"invalid_choice": NOT_A_CHOICE},
                )
            case "reason":
                self.fields[ask] = text_field("Alasan", limit=500)
            case "text":
                self.fields[ask] = text_field("Tambah komentar", limit=2000, hint="Jangan menulis nama atau NIK warga.")

    @property
    def is_short(self) -> bool:
        """Say whether the step asks for nothing, so that its button alone will do."""
        return not self.visible_fields()

    @property
    def seen_version(self) -> int:
        """Return the version that the person decided on; 0, which no row has, where it is lost."""
        return self.cleaned_data.get("version") or 0

    def asked(self) -> dict[str, Any]:
        """Return what was answered, as the domain function takes it."""
        values = {name: self.cleaned_data[name] for name in self.fields if name not in ("version", "seen")}
        if "duplicate_of" in values:
            values["duplicate_of"] = self.others.get(values["duplicate_of"])
        return values
