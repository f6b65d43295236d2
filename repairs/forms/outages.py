"""What people type about outages. The rules are the domain functions'; forms only read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import Continuing
from kecamatan.models import Cause, Certainty, Effect, Kecamatan
from lib.forms import NOT_A_CHOICE, KeyedForm, text_field
from repairs.forms.reports import told_fields
from repairs.forms.spans import VersionedForm, moment_field, places_field, radio_field
from repairs.outage_areas import Area

CAUSES = [
    (cause.value, str(cause.label))
    for cause in (
        Cause.POWER_OUTAGE,
        Cause.WEAK_POWER,
        Cause.NETWORK,
        Cause.CENTRAL_SERVER,
        Cause.NO_STAFF,
        Cause.LIGHTNING,
        Cause.OTHER,
        Cause.UNKNOWN,
    )
]
"""What may stop a place; the other causes are those of a device."""

EFFECTS = [(Effect.STOPPED, "Tidak, berhenti"), (Effect.LIMITED, "Masih bisa, terbatas")]
DETAILS = ("certainty", "started_at", "promised_at", "ended_at", "note")
"""What need not be said: each has a default."""
PICK_A_PLACE = "Pilih sekurangnya satu kecamatan."
NOTE_HINT = "Misalnya daerah yang terdampak atau nomor laporan PLN. Jangan menulis nama atau NIK warga."


def effect_field() -> forms.ChoiceField:
    """Return a field for what an outage does to recording."""
    return radio_field("Masih bisa merekam?", EFFECTS, required="Pilih apakah masih bisa merekam.")


def certainty_field() -> forms.ChoiceField:
    """Return a field for how sure somebody is of a cause."""
    return radio_field("Seberapa pasti penyebabnya?", Certainty.choices, initial=Certainty.SUSPECTED)


def computers_field() -> forms.IntegerField:
    """Return a field for how many computers can still run."""
    return forms.IntegerField(
        label="Berapa komputer yang masih bisa dipakai?",
        required=False,
        help_text="Misalnya 2, bila dayanya hanya cukup untuk dua. Boleh kosong.",
        widget=forms.TextInput(attrs={"class": "in short", "inputmode": "numeric"}),
        error_messages={"invalid": "Tulis angkanya saja, misalnya 2."},
    )


def services_field() -> forms.MultipleChoiceField:
    """Return a field in which services that go on are ticked."""
    return forms.MultipleChoiceField(
        label="Yang masih bisa dilayani",
        required=False,
        choices=Continuing.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Centang bila hanya perekaman yang terganggu. Warga membacanya di halaman status.",
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )


class OutageForm(KeyedForm):
    """An outage as its reporter sees it, over the places of an area."""

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area = area
        if area.whole and not area.is_one:
            self.fields["whole"] = forms.BooleanField(label=area.whole_label, required=False)
        if area.choices and not area.is_one:
            self.fields["places"] = places_field("Di kecamatan mana?", area.choices)
            self.initial.setdefault("places", area.ticked)
        self.fields["cause"] = radio_field("Penyebab", CAUSES, required="Pilih penyebabnya, atau Belum diketahui.")
        self.fields["certainty"] = certainty_field()
        self.fields["effect"] = effect_field()
        self.fields["computers"], self.fields["services"] = computers_field(), services_field()
        zone = area.zone
        self.fields["started_at"] = moment_field(
            "Mulai", zone, hint="Kosongkan bila baru saja mulai. Boleh nanti, bila pemadaman sudah diumumkan."
        )
        self.fields["promised_at"] = moment_field("Dijanjikan pulih", zone, hint="Bila PLN atau penyedia menyebutnya.")
        self.fields["ended_at"] = moment_field("Selesai", zone, hint="Bila sudah selesai, atau jadwal selesainya.")
        self.fields["note"] = text_field("Keterangan", limit=2000, hint=NOTE_HINT)

    @property
    def shows_details(self) -> bool:
        """Say whether something of what need not be said was said, or is wrong."""
        return self.is_bound and any(
            name in self.errors or self.data.get(name, "") not in ("", Certainty.SUSPECTED) for name in DETAILS
        )

    def clean(self) -> dict[str, Any]:
        """Ask for a place beside the choice of places, where there is one."""
        said = super().clean() or {}
        if not self.places_of(said) and not self.errors.get("places"):
            self.add_error("places" if "places" in self.fields else "whole", PICK_A_PLACE)
        return said

    def places_of(self, said: dict[str, Any]) -> Sequence[Kecamatan]:
        """Return the places that were chosen: the only one, the whole area, or those that were ticked."""
        if self.area.is_one or said.get("whole"):
            return self.area.whole
        ticked = set(said.get("places") or ())
        return [place for place in self.area.choices if place.code in ticked]

    def report(self) -> dict[str, Any]:
        """Return what was said, as :func:`repairs.outages.report_outage` takes it, but for a beginning left open."""
        said = self.cleaned_data
        names = ("started_at", "effect", "cause", "ended_at", "promised_at", "note", "computers", "services")
        return {
            "client_key": self.key,
            "places": self.places_of(said),
            "certainty": said["certainty"] or Certainty.SUSPECTED,
            **{name: said[name] for name in names},
        }


class LoggedOutageForm(OutageForm):
    """An outage that staff enter for somebody who told them of it."""

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, area=area, **kwargs)
        self.fields["reporter_name"], self.fields["channel"], self.fields["message"] = told_fields("gangguannya")
        self.fields["reported_at"] = moment_field("Kapan laporannya masuk", area.zone, hint="Kosongkan bila baru saja.")

    @property
    def shows_details(self) -> bool:
        """Say also whether a message said something of them."""
        return super().shows_details or (not self.is_bound and "started_at" in self.initial)

    def report(self) -> dict[str, Any]:
        """Return what was said, with who said it and how."""
        more = ("reporter_name", "channel", "reported_at", "message")
        return {**super().report(), **{name: self.cleaned_data[name] for name in more}}


class CorrectionForm(VersionedForm):
    """A correction of an outage: all that it says, with the reason; ``choices`` are the places it may cover."""

    def __init__(self, *args: Any, zone: str, choices: Sequence[Kecamatan] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        self.fields["effect"] = effect_field()
        self.fields["computers"], self.fields["services"] = computers_field(), services_field()
        self.fields["started_at"] = moment_field("Mulai", zone, required="Isi waktu mulainya.")
        self.fields["promised_at"] = moment_field("Dijanjikan pulih", zone, hint="Kosongkan bila belum ada janji.")
        self.fields["ended_at"] = moment_field("Selesai", zone, hint="Kosongkan bila masih berlangsung.")
        self.fields["note"] = text_field("Keterangan", limit=2000, hint=NOTE_HINT)
        if choices:
            self.fields["places"] = places_field("Kecamatan", choices)
        self.fields["reason"] = text_field("Alasan pembetulan", limit=500, rows=1)

    def changes(self) -> dict[str, Any]:
        """Return what the outage shall say, as :func:`repairs.outages.correct_outage` takes it."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in self.hidden}
        if "places" in said:
            said["places"] = [place for place in self.choices if place.code in said["places"]]
        return said


class CauseForm(KeyedForm):
    """What somebody says of the cause of an outage."""

    is_short = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "cause-%s"
        self.fields["cause"] = forms.ChoiceField(
            label="Penyebab",
            choices=CAUSES,
            widget=forms.Select(attrs={"class": "in"}),
            error_messages={"invalid_choice": NOT_A_CHOICE, "required": "Pilih penyebabnya."},
        )
        self.fields["certainty"] = certainty_field()
        self.fields["source"] = text_field("Menurut siapa", limit=120, rows=1, hint="Misalnya PLN. Boleh kosong.")

    def said(self) -> dict[str, Any]:
        """Return what was said, as :func:`repairs.causes.state_cause` takes it."""
        said = self.cleaned_data
        return {**{name: said[name] for name in ("cause", "source")}, "certainty": said["certainty"] or "suspected"}
