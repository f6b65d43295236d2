"""What people type when they report a fault. The rules are the domain functions'; forms only read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.forms.boundfield import BoundWidget

from devices.models import DeviceSymptom
from kecamatan.models import Cause, Certainty, Effect, Kecamatan
from lib.errors import Refused
from lib.forms import NOT_A_CHOICE, DomainForm, KeyedForm, MomentField, text_field
from lib.photo_field import PhotosField
from repairs.components import Component, Symptom, rows_of
from repairs.models import Ticket

MESSAGE_LIMIT = 4000
SETS_SHOWN_OPEN = 2
DETAILS = ("effect", "failed_at", "cause", "certainty", "note")
"""What need not be said: each has a default."""
CHANNELS = [(code, label) for code, label in Ticket.Channel.choices if code not in ("app", "import")]


class Tile(NamedTuple):
    """A component to choose, or, where its fault is known, a way to its ticket."""

    component: Component
    radio: BoundWidget | None


class SetTiles(NamedTuple):
    """The tiles of one set."""

    label: str
    tiles: list[Tile]
    is_open: bool


def _choice(label: str, choices: Any = (), *, initial: str = "", select: bool = False, required: str = "") -> Any:
    """Return a field with a few choices; ``required`` is the sentence that asks for one."""
    widget = forms.Select(attrs={"class": "in"}) if select else forms.RadioSelect()
    return forms.ChoiceField(
        label=label,
        required=bool(required),
        choices=choices,
        initial=initial,
        widget=widget,
        error_messages={"invalid_choice": NOT_A_CHOICE, "required": required},
    )


def told_fields(kept_with: str) -> tuple[Any, Any, Any]:
    """Return the fields for who told the dinas, by which way, and the message itself."""
    return (
        text_field("Siapa yang melaporkan", limit=120, required="Tulis siapa yang melaporkan.", rows=1),
        _choice("Lewat apa", CHANNELS, select=True, required="Pilih lewat apa laporannya masuk."),
        text_field("Pesan asli (boleh dilewati)", limit=MESSAGE_LIMIT, hint=f"Disimpan bersama {kept_with}.", rows=4),
    )


class FaultForm(KeyedForm):
    """A fault as its reporter sees it, in one kecamatan; ``components`` is what may be reported there now."""

    component = _choice("Komponen yang rusak atau tidak ada", required="Pilih komponennya.")
    # Going back, a browser checks the radio that now stands where the chosen one stood: another component.
    component.widget.attrs["autocomplete"] = "off"
    symptom = _choice("Apa yang terlihat?")
    effect = _choice(
        "Masih bisa merekam?",
        [(Effect.STOPPED, "Set ini berhenti"), (Effect.LIMITED, "Masih bisa, terbatas"), ("", "Belum tahu")],
    )
    failed_at = MomentField(label="Sejak", required=False, help_text="Kosongkan bila baru saja.")
    cause = _choice("Penyebab", Cause.choices, initial=Cause.UNKNOWN, select=True)
    certainty = _choice("Seberapa pasti penyebabnya?", Certainty.choices, initial=Certainty.SUSPECTED)
    note = text_field("Keterangan (boleh dilewati)", limit=2000, hint="Jangan menulis nama atau NIK warga.")
    photos = PhotosField("Foto (boleh dilewati)", hint="Paling banyak 4. Jangan memotret KTP atau wajah warga.")

    # Where a refusal is shown: the component stands for all of these.
    shown_at: ClassVar[dict[str, str]] = dict.fromkeys(("recording_set", "device_kind", "device"), "component")

    def __init__(
        self,
        *args: Any,
        components: Sequence[Component],
        symptoms: Iterable[Symptom],
        place: Kecamatan,
        opened_at: int | None = None,
        **kwargs: Any,
    ) -> None:
        """``opened_at`` is the key of the set whose components are shown first, where there are many."""
        super().__init__(*args, **kwargs)
        self.components, self.place, self.opened_at = {row.value: row for row in components}, place, opened_at
        self.symptoms = {row.code: row for row in symptoms}
        self._offer("component", [(row.value, row.name) for row in components])
        self._offer("symptom", [(row.code, row.name) for row in self.symptoms.values()])
        for field in self.fields.values():
            if isinstance(field, MomentField):
                field.zone = place.time_zone

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def sets(self) -> list[SetTiles]:
        """Return the tiles by set; the one asked for is open, or that of the choice, or where they are few all."""
        radios = {str(radio.data["value"]): radio for radio in self["component"]}
        chosen = self["component"].value()
        labels = dict.fromkeys(row.set_label for row in self.components.values())
        asked = self.opened_at in {row.recording_set for row in self.components.values()}
        found = []
        for label in labels:
            rows = [row for row in self.components.values() if row.set_label == label]
            is_open = (
                rows[0].recording_set == self.opened_at
                or chosen in [row.value for row in rows]
                or (len(labels) <= SETS_SHOWN_OPEN and not asked)
            )
            found.append(
                SetTiles(label, [Tile(row, None if row.ticket else radios[row.value]) for row in rows], is_open)
            )
        return found

    def symptom_tiles(self) -> list[tuple[BoundWidget, Symptom]]:
        """Return the symptoms to choose from, each with its kinds and with what to try first."""
        return [(radio, self.symptoms[str(radio.data["value"])]) for radio in self["symptom"]]

    @property
    def is_open(self) -> bool:
        """Say whether there is anything that was not reported yet."""
        return any(row.ticket is None for row in self.components.values())

    @property
    def picked(self) -> Component | None:
        """Return the component that is picked already, as a page before said, or as it was sent."""
        return None if "component" in self.errors else self.components.get(str(self["component"].value() or ""))

    @property
    def shows_details(self) -> bool:
        """Say whether something of what need not be said was said, or is wrong."""
        return self.is_bound and any(
            name in self.errors or self.data.get(name, "") not in ("", self.fields[name].initial) for name in DETAILS
        )

    @property
    def chosen(self) -> Component | None:
        """Return the component that was chosen."""
        return self.components.get(self.cleaned_data.get("component", ""))

    def clean(self) -> dict[str, Any]:
        """Ask for the symptom of a component that is there."""
        has_symptom = self.cleaned_data.get("symptom") or "symptom" in self.errors
        if self.chosen and not self.chosen.is_missing and not has_symptom:
            self.add_error("symptom", "Pilih apa yang terlihat.")
        return self.cleaned_data

    def refuse(self, refused: Refused) -> None:
        """Show a refusal beside the field that it is about."""
        super().refuse(Refused(refused.message, field=self.shown_at.get(refused.field, refused.field)))

    @property
    def is_avoided(self) -> bool:
        """Say whether the device works again by one of the first checks, so that there is nothing to report."""
        return bool(self.data.get("restored")) and self.chosen is not None and not self.chosen.is_missing

    def avoided(self) -> dict[str, Any]:
        """Return what was put right, as :func:`repairs.avoided.record_avoided_ticket` takes it."""
        rows = rows_of(self.components[self.cleaned_data["component"]], self.place)
        symptom = DeviceSymptom.objects.get(code=self.cleaned_data["symptom"])
        return {"recording_set": rows["recording_set"], "device": rows["device"], "symptom": symptom}

    def report(self) -> dict[str, Any]:
        """Return what was said, as :func:`repairs.faults.report_fault` takes it."""
        said, component = self.cleaned_data, self.components[self.cleaned_data["component"]]
        symptom = None if component.is_missing else DeviceSymptom.objects.get(code=said["symptom"])
        return {
            "client_key": self.key,
            **rows_of(component, self.place),
            "symptom": symptom,
            "failed_at": said["failed_at"],
            "effect": said["effect"] or None,
            "cause": said["cause"] or Cause.UNKNOWN,
            "certainty": said["certainty"] or Certainty.SUSPECTED,
            "note": said["note"],
            "photos": said["photos"],
        }


class LoggedFaultForm(FaultForm):
    """A fault that staff enter for somebody who told them of it."""

    reporter_name, channel, message = told_fields("tiketnya")
    reported_at = MomentField(label="Kapan laporannya masuk", required=False, help_text="Kosongkan bila baru saja.")
    photos = PhotosField(
        "Foto atau pindaian surat (boleh dilewati)", papers=True, hint="Paling banyak 4; foto atau PDF."
    )

    def report(self) -> dict[str, Any]:
        """Return what was said, with who said it and how."""
        more = ("reporter_name", "channel", "reported_at", "message")
        return {**super().report(), **{name: self.cleaned_data[name] for name in more}}


class MessageForm(DomainForm):
    """A message to read, and the place it is about where that is known."""

    message = text_field(
        "Tempel pesan WhatsApp (boleh dilewati)",
        limit=MESSAGE_LIMIT,
        hint="Formulir berikutnya terisi dari pesan ini sejauh terbaca. Jangan menempel nama atau NIK warga.",
        rows=6,
    )
    kecamatan = forms.CharField(label="Kecamatan", required=False, max_length=8)
