"""What people type about devices and sets. The rules are the domain functions'; forms only read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from devices.models import Device, DeviceKind, RecordingSet
from devices.register import SerialTaken
from lib.errors import Refused
from lib.forms import NOT_A_CHOICE, NOT_STORABLE, TOO_LONG, KeyedForm, day_field, text_field
from lib.parsing import CellError, identifier, rupiah, year
from repairs.forms.spans import VersionedForm, moment_field, radio_field

STORED = "simpan"
"""The choice that puts a device into no set."""

NOW_HINT = "Kosongkan bila baru saja."
HANDED_OVER = [("", "Belum tahu"), ("ya", "Sudah"), ("tidak", "Belum")]
HANDED_OVER_VALUES = {"": None, "ya": True, "tidak": False}


class ReadField(forms.CharField):
    """A short text read by one of ``lib.parsing``'s functions, whose sentence says what is wrong with it."""

    def __init__(self, read: Callable[[str], Any], *, empty: Any, limit: int = 60, **kwargs: Any) -> None:
        super().__init__(max_length=limit, required=False, widget=forms.TextInput(attrs={"class": "in"}), **kwargs)
        self.read, self.nothing = read, empty
        self.error_messages |= {"max_length": TOO_LONG, "null_characters_not_allowed": NOT_STORABLE}

    def clean(self, value: Any) -> Any:
        """Return what was read; ``nothing`` where the field was left empty."""
        text = super().clean(value)
        try:
            return self.read(text) if text else self.nothing
        except CellError as error:
            raise ValidationError(str(error)) from None


def _select(label: str, choices: Iterable[tuple[str, Any]], *, required: str = "", hint: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        required=bool(required),
        help_text=hint,
        widget=forms.Select(attrs={"class": "in"}),
        error_messages={"required": required, "invalid_choice": NOT_A_CHOICE},
    )


def label_field() -> ReadField:
    """Return the field for what a set is called."""
    return ReadField(identifier(20), empty="", limit=20, label="Nomor set", help_text="Misalnya 3.")


CARD = (
    *("serial", "brand", "model", "asset_code", "register_number", "acquired_year", "source", "handed_over", "price"),
    "condition",
)


def card_fields() -> dict[str, forms.Field]:
    """Return the fields of an asset card (KIB B), none of which must be filled."""
    unknown = [("", "Belum tahu")]
    return {
        "serial": ReadField(identifier(60), empty="", label="Nomor seri"),
        "brand": ReadField(str, empty="", label="Merk"),
        "model": ReadField(str, empty="", label="Model/tipe"),
        "asset_code": ReadField(identifier(40), empty="", limit=40, label="Kode barang"),
        "register_number": ReadField(identifier(40), empty="", limit=40, label="Nomor register"),
        "acquired_year": ReadField(year, empty=None, limit=4, label="Tahun perolehan"),
        "source": _select("Asal usul", [*unknown, *Device.Source.choices]),
        "handed_over": _select(
            "Sudah diserahterimakan?", HANDED_OVER, hint="Tanpa serah terima kabupaten tidak bisa menganggarkannya."
        ),
        "price": ReadField(rupiah, empty=None, limit=20, label="Harga (Rp)", help_text="Tanpa titik ribuan."),
        "condition": _select("Kondisi barang", [*unknown, *Device.Condition.choices]),
    }


def card_of(device: Device) -> dict[str, Any]:
    """Return the asset card of a device as its form shows it."""
    handed_over = {value: code for code, value in HANDED_OVER_VALUES.items()}[device.handed_over]
    price = "" if device.price is None else f"{device.price:f}".removesuffix(".00").replace(".", ",")
    shown = {name: getattr(device, name) for name in CARD}
    return shown | {"handed_over": handed_over, "price": price}


class RegisterForm(KeyedForm):
    """A form about the register; a serial number that another device has keeps that device in ``taken``."""

    taken: Device | None = None
    shown_at: ClassVar[dict[str, str]] = {
        "set": "recording_set",
        "dipasang": "at",
        "dilepas": "at",
        "failed_at": "at",
        "tanggal": "day",
    }

    def refuse(self, refused: Refused) -> None:
        """Show a refusal beside the field that it is about."""
        self.taken = refused.device if isinstance(refused, SerialTaken) else None
        super().refuse(Refused(refused.message, field=self.shown_at.get(refused.field, refused.field)))

    def card(self) -> dict[str, Any]:
        """Return what was said of the asset card, as the register takes it."""
        said = {name: self.cleaned_data[name] for name in CARD}
        return said | {"handed_over": HANDED_OVER_VALUES[said["handed_over"]]}


class NewDeviceForm(RegisterForm):
    """A new device of a place: its kind, where it stands, since when, and its card."""

    def __init__(
        self, *args: Any, kinds: Sequence[DeviceKind], sets: Sequence[RecordingSet], zone: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {kind.code: kind for kind in kinds}
        self.sets = {str(row.pk): row for row in sets}
        named = [("", "Pilih jenisnya"), *((kind.code, kind.name) for kind in kinds)]
        self.fields["kind"] = _select("Jenis alat", named, required="Pilih jenis alatnya.")
        places = [*((key, str(row)) for key, row in self.sets.items()), (STORED, "Disimpan, belum dipasang")]
        self.fields["recording_set"] = radio_field("Dipasang di", places, required="Pilih di mana alat ini.")
        self.fields["at"] = moment_field("Dipasang sejak", zone, hint=NOW_HINT)
        self.fields |= card_fields()

    def said(self) -> dict[str, Any]:
        """Return what was said, as :func:`repairs.sets.add_device` takes it."""
        said = self.cleaned_data
        return {
            "kind": self.kinds[said["kind"]],
            "recording_set": self.sets.get(said["recording_set"]),
            "at": said["at"],
            **self.card(),
        }


class VersionedRegisterForm(RegisterForm, VersionedForm):
    """A change of a device or a set that somebody decided on as they saw it."""

    nothing: ClassVar = {"at": "baru saja"}


class CardForm(VersionedRegisterForm):
    """The asset card of a device that is on record."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= card_fields()


class ReplaceForm(VersionedRegisterForm):
    """A new device that takes the place of another."""

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"] = moment_field("Diganti sejak", zone, hint=NOW_HINT)
        self.fields |= card_fields()


class PlaceForm(VersionedRegisterForm):
    """The set into which a device goes, by the names of their places, and whether it is only lent."""

    def __init__(
        self, *args: Any, sets: Mapping[str, Sequence[RecordingSet]], zone: str, may_lend: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sets = {str(row.pk): row for rows in sets.values() for row in rows}
        grouped = [(name, [(str(row.pk), f"{row}, {name}") for row in rows]) for name, rows in sets.items()]
        self.fields["recording_set"] = _select("Ke set", [("", "Pilih setnya"), *grouped], required="Pilih setnya.")
        self.fields["at"] = moment_field("Sejak", zone, hint=NOW_HINT)
        if may_lend:
            self.fields["is_loan"] = radio_field(
                "Untuk apa?", [("", "Pindah tetap"), ("ya", "Dipinjamkan ke kecamatan lain")]
            )
            self.fields["until"] = moment_field("Bila dipinjamkan, sampai", zone, hint="Kosongkan bila belum tahu.")

    @property
    def chosen(self) -> RecordingSet:
        """Return the set that was chosen."""
        return self.sets[self.cleaned_data["recording_set"]]


class PlacementForm(VersionedRegisterForm):
    """From when until when a device stood in a set, corrected with a reason; an end only where it has one."""

    shown_at: ClassVar = {"dipasang": "started_at", "dilepas": "ended_at"}

    def __init__(self, *args: Any, zone: str, has_ended: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["started_at"] = moment_field("Terpasang sejak", zone, required="Isi sejak kapan terpasang.")
        if has_ended:
            self.fields["ended_at"] = moment_field("Sampai", zone, required="Isi sampai kapan terpasang.")
        self.fields["reason"] = text_field("Alasan pembetulan", limit=500, required="Tulis alasannya.", rows=1)

    def said(self) -> dict[str, Any]:
        """Return what was typed but what tells this form from others."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.hidden}


class StepForm(VersionedRegisterForm):
    """What a step of a device or a set asks for: a moment, a reason, a note, or its condition."""

    def __init__(
        self, *args: Any, name: str, asks: Sequence[str], zone: str, kinds: Sequence[DeviceKind] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"{name}-%s"
        self.kinds = {kind.code: kind for kind in kinds}
        for ask in asks:
            self.fields[ask] = self._field(ask, zone)

    def _field(self, ask: str, zone: str) -> forms.Field:
        match ask:
            case "at":
                return moment_field("Sejak", zone, hint=NOW_HINT)
            case "condition":
                return radio_field("Kondisi barang", Device.Condition.choices, required="Pilih kondisinya.")
            case "kind":
                named = [(kind.code, kind.name) for kind in self.kinds.values()]
                return _select("Komponen", named, required="Pilih komponennya.")
            case "label":
                return label_field()
            case "note":
                return text_field("Keterangan (boleh dilewati)", limit=2000, hint="Jangan menulis NIK warga.")
        return text_field("Alasan", limit=500, required="Tulis alasannya.")

    @property
    def is_short(self) -> bool:
        """Say whether the step asks for nothing: its button opens a form in any case."""
        return False


class NewSetForm(RegisterForm):
    """A new set of a place."""

    label = label_field()


class InventoryVoidForm(RegisterForm):
    """Why a register was not complete after all."""

    is_short = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = text_field("Alasan", limit=500, rows=1, required="Tulis alasannya.")


class InventoryForm(RegisterForm):
    """The day on which a register was confirmed complete."""

    day = day_field("Lengkap per tanggal", required="Isi tanggalnya.")
