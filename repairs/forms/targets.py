"""What people type about targets. The rules are the domain functions'; forms only read."""

from __future__ import annotations

from typing import Any, ClassVar

from lib.forms import KeyedForm, MonthField, PercentField, VersionedForm, text_field
from repairs.forms.counts import number_field
from repairs.forms.spans import radio_field

SHARE, NUMBER, NOTHING = "persen", "jumlah", "tidak_ada"
NO_SHARE, NO_NUMBER = "Isi persennya, misalnya 15.", "Isi jumlah orangnya, misalnya 200."


class TargetForm(KeyedForm):
    """A target rule: a share, a number, or none any more; ``ends_as`` says what none means in its region."""

    ends_as: ClassVar = {True: "Ikut aturan kabupaten/kota lagi", False: "Tidak ada target lagi"}

    starts_on = MonthField(label="Berlaku mulai bulan", error_messages={"required": "Pilih bulan mulainya."})
    percent = PercentField(label="Berapa persen?", required=False, help_text="Misalnya 15 atau 12,5.")
    count = number_field("Berapa orang?")

    def __init__(self, *args: Any, is_place: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        each = "sebulan" if is_place else "sebulan, tiap kecamatan"
        self.fields["kind"] = radio_field(
            "Target",
            [(SHARE, "Persen dari wajib KTP"), (NUMBER, "Jumlah orang"), (NOTHING, self.ends_as[is_place])],
            required="Pilih salah satu.",
            initial=SHARE,
        )
        self.fields["count"].help_text = f"Orang yang direkam {each}."
        self.order_fields(["starts_on", "kind", "percent", "count"])

    def clean(self) -> dict[str, Any]:
        """Ask for the figure of the kind that was picked; the other one is not read."""
        typed = self.cleaned_data
        wanted = {SHARE: ("percent", NO_SHARE), NUMBER: ("count", NO_NUMBER)}.get(typed.get("kind", ""))
        for name in ("percent", "count"):
            if wanted is None or name != wanted[0]:
                typed[name] = None
                self.errors.pop(name, None)
        if wanted and wanted[0] not in self.errors and typed.get(wanted[0]) is None:
            self.add_error(*wanted)
        return typed

    def rule(self) -> dict[str, Any]:
        """Return what the rule says, as the domain functions take it."""
        return {name: self.cleaned_data[name] for name in ("starts_on", "percent", "count")}


class TargetCorrectionForm(TargetForm, VersionedForm):
    """Other figures for a rule that was entered wrongly, and why."""

    reason = text_field("Alasan pembetulan", limit=500, rows=1, hint="Misalnya: salah baca surat keputusan.")


class TargetVoidForm(VersionedForm):
    """Why a rule never held."""

    reason = text_field("Alasan", limit=500, rows=1)
