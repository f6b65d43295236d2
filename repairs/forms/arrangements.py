"""What people type about arrangements. The rules are the domain functions'; forms only read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from kecamatan.models import Kecamatan
from lib.forms import NOT_A_CHOICE, DomainForm, KeyedForm, text_field
from repairs.forms.spans import VersionedForm, moment_field, radio_field
from repairs.models import Arrangement

KINDS = [
    (Arrangement.Kind.HOSTED, "Menumpang"),
    (Arrangement.Kind.MOBILE_UNIT, "Unit keliling"),
    (Arrangement.Kind.EQUIPMENT_LOAN, "Pinjam alat"),
    (Arrangement.Kind.DIVERTED, "Dialihkan ke dinas"),
]
HOST_HINT = "Menumpang: tuan rumahnya, wajib. Pinjam alat: pemiliknya. Dari yang terdekat, jarak garis lurus."
Choice = tuple[Kecamatan, str]
"""A place that may be the host, and how it is named in the list."""


class _ArrangementFields(DomainForm):
    """What an arrangement says."""

    hosts: dict[str, Kecamatan]

    def _ask(self, zone: str, hosts: Sequence[Choice]) -> None:
        self.hosts = {place.code: place for place, _ in hosts}
        self.fields["kind"] = radio_field("Bagaimana warga dilayani?", KINDS, required="Pilih salah satu.")
        self.fields["host"] = forms.ChoiceField(
            label="Di mana, atau dari mana",
            required=False,
            choices=[("", "Tidak ada"), *((place.code, name) for place, name in hosts)],
            widget=forms.Select(attrs={"class": "in"}),
            help_text=HOST_HINT,
            error_messages={"invalid_choice": NOT_A_CHOICE},
        )
        self.fields["started_at"] = moment_field("Mulai", zone, hint="Kosongkan bila mulai sekarang. Boleh nanti.")
        self.fields["ended_at"] = moment_field("Selesai", zone, hint="Kosongkan bila belum tahu.")

    def said(self) -> dict[str, Any]:
        """Return what was said, as the domain functions take it."""
        said = {name: self.cleaned_data[name] for name in ("kind", "started_at", "ended_at")}
        return {**said, "host": self.hosts.get(self.cleaned_data["host"])}


class ArrangementForm(_ArrangementFields, KeyedForm):
    """A new arrangement; ``anyway`` is ticked by who has read what is odd about it."""

    def __init__(self, *args: Any, zone: str, hosts: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask(zone, hosts)
        self.fields["anyway"] = forms.BooleanField(label="Ya, tetap catat", required=False)


class ArrangementCorrectionForm(_ArrangementFields, VersionedForm):
    """A correction of an arrangement: all that it says, with the reason."""

    def __init__(self, *args: Any, zone: str, hosts: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask(zone, hosts)
        self.fields["started_at"] = moment_field("Mulai", zone, required="Isi waktu mulainya.")
        self.fields["reason"] = text_field("Alasan pembetulan", limit=500, rows=1)

    def changes(self) -> dict[str, Any]:
        """Return what the arrangement shall say, with the reason."""
        return {**self.said(), "reason": self.cleaned_data["reason"]}
