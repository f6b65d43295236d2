"""What people type about faults and tickets. The rules are the domain functions'; forms only read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms

from devices.models import Placement
from kecamatan.models import Cause, Certainty, Effect
from lib.forms import NOT_A_CHOICE, DomainForm, KeyedForm, MomentField, text_field
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


class FaultForm(KeyedForm):
    """A fault as its reporter sees it, for one kecamatan; ``placements`` is what stands in its sets now."""

    recording_set = forms.ChoiceField(label="Set alat", widget=forms.RadioSelect)
    device_kind = forms.ChoiceField(label="Komponen yang rusak", widget=forms.RadioSelect)
    device = forms.ChoiceField(label="Nomor seri", required=False, widget=forms.Select(attrs={"class": "in"}))
    failed_at = MomentField(
        label="Rusak sejak",
        required=False,
        help_text="Kosongkan bila baru saja rusak.",
    )
    effect = forms.ChoiceField(
        label="Masih bisa merekam?",
        required=False,
        choices=[
            (Effect.STOPPED, "Set ini berhenti"),
            (Effect.LIMITED, "Masih bisa, terbatas"),
            ("", "Belum tahu"),
        ],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    cause = forms.ChoiceField(
        label="Penyebab",
        required=False,
        choices=Cause.choices,
        initial=Cause.UNKNOWN,
        widget=forms.Select(attrs={"class": "in"}),
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    certainty = forms.ChoiceField(
        label="Seberapa pasti penyebabnya?",
        required=False,
        choices=Certainty.choices,
        initial=Certainty.SUSPECTED,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    note = text_field("Keterangan", limit=2000, hint="Apa yang terlihat? Jangan menulis nama atau NIK warga.")
    required_words: ClassVar[dict[str, str]] = {
        "recording_set": "Pilih set alatnya.",
        "device_kind": "Pilih komponen yang rusak.",
    }

    def __init__(self, *args: Any, placements: Sequence[Placement], zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.placements = placements
        self.sets = {str(row.recording_set_id): row.recording_set for row in placements}
        self.kinds = {row.device.kind.code: row.device.kind for row in placements}
        self._choose("recording_set", [(key, str(row)) for key, row in self.sets.items()])
        self._choose("device_kind", [(code, kind.name) for code, kind in self.kinds.items()])
        self.devices = {str(row.device_id): row.device for row in _ambiguous(placements)}
        named = [(key, str(device)) for key, device in self.devices.items()]
        self._choose("device", [("", "Pilih bila alatnya lebih dari satu"), *named])
        if not self.devices:
            del self.fields["device"]
        self.fields["failed_at"].zone = zone  # type: ignore[attr-defined]
        if len(self.sets) == 1:
            self.fields["recording_set"].initial = next(iter(self.sets))

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        field.choices = choices  # type: ignore[attr-defined]
        field.error_messages |= {"required": self.required_words.get(name, ""), "invalid_choice": NOT_A_CHOICE}

    def report(self) -> dict[str, Any]:
        """Return what was said, as :func:`repairs.faults.report_fault` takes it."""
        said = self.cleaned_data
        return {
            "client_key": self.key,
            "recording_set": self.sets[said["recording_set"]],
            "device_kind": self.kinds[said["device_kind"]],
            "device": self.devices.get(said.get("device", "")),
            "failed_at": said["failed_at"],
            "effect": said["effect"] or None,
            "cause": said["cause"] or Cause.UNKNOWN,
            "certainty": said["certainty"] or Certainty.SUSPECTED,
            "note": said["note"],
        }

    def chosen_devices(self) -> set[int]:
        """Return the devices of the chosen kind in the chosen set."""
        wanted = (self.cleaned_data.get("recording_set"), self.cleaned_data.get("device_kind"))
        return {row.device_id for row in self.placements if (str(row.recording_set_id), row.device.kind.code) == wanted}


def _ambiguous(placements: Sequence[Placement]) -> list[Placement]:
    """Return the placements of a kind of which its set has more than one now."""
    pairs = [(row.recording_set_id, row.device.kind_id) for row in placements]
    return [row for row, pair in zip(placements, pairs, strict=True) if pairs.count(pair) > 1]
