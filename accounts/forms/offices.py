"""What people type about an office. The rules are the domain functions'; forms only read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from accounts.models import Contact, Continuing, Office, Signatory
from accounts.opening import Day, field_of, read, regular_week
from lib.format import DAYS
from lib.forms import NOT_A_CHOICE, VersionedForm, day_field, text_field
from lib.phone import shown_phone

NOT_A_CLOCK = "Jam ini tidak terbaca. Tulis misalnya 07.30."
NOT_A_NUMBER = "Tulis angka bulat saja."
PARTS = ("opens", "closes", "closed", "text")
"""The fields of a day, in the order of :class:`accounts.opening.Day`."""
YES_NO_UNKNOWN = [("yes", "Ada"), ("no", "Tidak ada"), ("", "Belum tahu")]
PROVIDERS = ("Telkom IndiHome", "Telkom Astinet", "VSAT Kemendagri", "Telkomsel", "Indosat", "XL", "Biznet", "Starlink")


def _line(label: str, limit: int, *, required: str = "", hint: str = "", **attributes: str) -> forms.CharField:
    field = text_field(label, limit=limit, required=required, hint=hint, rows=1)
    field.widget.attrs.update(attributes)
    return field


def _phone(label: str, *, required: str = "", hint: str = "") -> forms.CharField:
    return _line(label, 30, required=required, hint=hint, type="tel", inputmode="tel", autocomplete="off")


def _number(label: str, *, hint: str = "") -> forms.IntegerField:
    widget = forms.TextInput(attrs={"class": "in short", "inputmode": "numeric"})
    errors = {"invalid": NOT_A_NUMBER}
    return forms.IntegerField(label=label, required=False, widget=widget, help_text=hint, error_messages=errors)


def _yes_or_no(label: str) -> forms.ChoiceField:
    errors = {"invalid_choice": NOT_A_CHOICE}
    return forms.ChoiceField(
        label=label, required=False, choices=YES_NO_UNKNOWN, widget=forms.RadioSelect, error_messages=errors
    )


class OfficeForm(VersionedForm):
    """What an office is called, where it is and how the public reaches it."""

    agency_name = _line("Nama dinas", 30, hint="Seperti orang menyebutnya: Disdukcapil, Dispendukcapil, Dindukcapil.")
    full_name = _line("Nama lengkap dinas", 160, hint="Untuk kepala surat.")
    address = text_field("Alamat", limit=300, hint="Jalan, nomor, kelurahan, kode pos.", rows=2)
    public_phone = _phone("Telepon umum", hint="Yang boleh dihubungi warga.")

    def __init__(self, *args: Any, has_agency: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_agency:
            del self.fields["agency_name"], self.fields["full_name"]

    @staticmethod
    def start(office: Office) -> dict[str, Any]:
        """Return what the form of an office begins with."""
        return {
            "version": office.version,
            "agency_name": office.agency_name,
            "full_name": office.full_name,
            "address": office.address,
            "public_phone": shown_phone(office.public_phone) if office.public_phone else "",
        }


class HoursForm(VersionedForm):
    """When an office is open: for each day of the week its hours or that it is closed, and a text for the public."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday, name in enumerate(DAYS):
            self.fields[field_of(weekday, "opens")] = _clock(f"{name}, buka pukul")
            self.fields[field_of(weekday, "closes")] = _clock(f"{name}, tutup pukul")
            self.fields[field_of(weekday, "closed")] = forms.BooleanField(label=f"{name} tutup", required=False)
            self.fields[field_of(weekday, "text")] = _line(f"{name}, keterangan", 80)

    def days(self) -> list[dict[str, Any]]:
        """Return the fields of each day under its name."""
        rows: list[dict[str, Any]] = []
        for weekday, name in enumerate(DAYS):
            fields = {part: self[field_of(weekday, part)] for part in PARTS}
            rows.append({"name": name, "errors": [error for part in PARTS for error in fields[part].errors], **fields})
        return rows

    def said(self) -> dict[str, Any]:
        """Return the week, as the domain function takes it."""
        said = self.cleaned_data
        return {"week": [Day(*(said[field_of(weekday, part)] for part in PARTS)) for weekday in range(7)]}

    @staticmethod
    def start(office: Office) -> dict[str, Any]:
        """Return what the form of an office begins with: the ordinary hours where nothing is known yet."""
        start: dict[str, Any] = {"version": office.version}
        for weekday, day in enumerate(read(office.week) if office.week else regular_week()):
            for part, value in zip(PARTS, day, strict=True):
                start[field_of(weekday, part)] = value
        return start


def _clock(label: str) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "class": "in"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget, error_messages={"invalid": NOT_A_CLOCK})


class SupplyForm(VersionedForm):
    """The power and the network of a kecamatan; what is left open is not known, and never "no"."""

    power_va = _number("Daya tersambung (VA)", hint="Lihat di meteran PLN, misalnya 5500. Kosongkan bila belum tahu.")
    has_stabiliser = _yes_or_no("Stabilizer")
    has_generator = _yes_or_no("Genset")
    network_provider = _line("Penyedia jaringan", 60, hint="Pilih dari saran, atau tulis sendiri.", list="penyedia")
    supply_note = text_field("Catatan", limit=500, hint="Misalnya: daya turun tiap sore. Jangan menulis nama warga.")
    suggestions: ClassVar[dict[str, Sequence[str]]] = {"penyedia": PROVIDERS}

    def said(self) -> dict[str, Any]:
        """Return what was typed, as the domain function takes it."""
        answers = {"yes": True, "no": False, "": None}
        said = super().said()
        return said | {name: answers[said[name]] for name in ("has_stabiliser", "has_generator")}

    @staticmethod
    def start(office: Office) -> dict[str, Any]:
        """Return what the form of a kecamatan begins with."""
        words = {True: "yes", False: "no", None: ""}
        return {
            "version": office.version,
            "power_va": office.power_va,
            "has_stabiliser": words[office.has_stabiliser],
            "has_generator": words[office.has_generator],
            "network_provider": office.network_provider,
            "supply_note": office.supply_note,
        }


class LogoForm(VersionedForm):
    """A picture for the head of letters and pages."""

    picture = forms.FileField(
        label="Gambar logo",
        help_text="PNG atau JPEG, paling besar 2 MB dan 3000 × 3000 piksel.",
        widget=forms.FileInput(attrs={"class": "drop", "accept": "image/png,image/jpeg"}),
        error_messages={
            "required": "Pilih berkas gambarnya.",
            "empty": "Berkas ini kosong. Pilih berkas gambarnya lagi.",
            "missing": "Pilih berkas gambarnya.",
            "invalid": "Berkasnya tidak terkirim. Pilih lagi.",
            "max_length": "Nama berkas ini terlalu panjang. Ganti namanya, lalu pilih lagi.",
        },
    )


class PublicityForm(VersionedForm):
    """Whether citizens read how the kecamatan of a kabupaten serve, and what is served besides."""

    is_public = forms.ChoiceField(
        label="Status perekaman untuk warga",
        choices=[("yes", "Terbuka untuk umum"), ("no", "Tertutup")],
        widget=forms.RadioSelect,
        help_text="Terbuka: siapa pun melihat apakah sebuah kecamatan melayani perekaman hari ini. Tertutup: warga "
        "hanya melihat telepon dan alamat dinas.",
        error_messages={"required": "Pilih terbuka atau tertutup.", "invalid_choice": NOT_A_CHOICE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in Continuing.choices:
            self.fields[code] = forms.BooleanField(label=label, required=False)

    def services(self) -> list[forms.BoundField]:
        """Return the boxes of what goes on while recording stops."""
        return [self[code] for code in Continuing.values]

    def said(self) -> dict[str, Any]:
        """Return what was chosen, as the domain function takes it."""
        said = self.cleaned_data
        chosen = [code for code in Continuing.values if said[code]]
        return {"is_public": said["is_public"] == "yes", "continuing": chosen}

    @staticmethod
    def start(office: Office) -> dict[str, Any]:
        """Return what the form of a kabupaten begins with."""
        chosen = {code: code in office.continuing for code in Continuing.values}
        return {"version": office.version, "is_public": "yes" if office.is_public else "no", **chosen}


class ContactForm(VersionedForm):
    """Somebody to call."""

    role = _line("Tugas", 60, required="Tulis tugasnya, misalnya Teknisi atau Operator.", hint="Misalnya: Teknisi.")
    name = _line("Nama", 120, required="Tulis nama orangnya.")
    phone = _phone("Nomor telepon", required="Tulis nomor teleponnya.", hint="Nomor HP bisa dibuka di WhatsApp.")
    rank = _number("Urutan", hint="1 dihubungi pertama. Kosongkan untuk urutan terakhir.")

    @staticmethod
    def start(contact: Contact) -> dict[str, Any]:
        """Return what the form of a contact begins with."""
        return {
            "version": contact.version,
            "role": contact.role,
            "name": contact.name,
            "phone": shown_phone(contact.phone),
            "rank": contact.rank,
        }


class SignatoryForm(VersionedForm):
    """Somebody who signs from a day on."""

    name = _line("Nama lengkap dengan gelar", 120, required="Tulis nama lengkap dengan gelarnya.")
    nip = _line("NIP", 30, hint="18 angka. Kosongkan bila tidak punya.", inputmode="numeric")
    title = _line("Jabatan", 160, required="Tulis jabatannya, seperti di bawah tanda tangan.")
    starts_on = day_field(
        "Mulai menandatangani",
        required="Pilih tanggal mulainya.",
        hint="Laporan bulan itu dan sesudahnya memakai nama ini, sampai ada penggantinya.",
    )

    @staticmethod
    def start(signatory: Signatory) -> dict[str, Any]:
        """Return what the form of a signatory begins with."""
        return {
            "version": signatory.version,
            "name": signatory.name,
            "nip": signatory.nip,
            "title": signatory.title,
            "starts_on": signatory.starts_on,
        }


class RemoveForm(VersionedForm):
    """The confirmation that something goes."""


class VoidForm(VersionedForm):
    """Why something was wrong."""

    reason = text_field("Alasan", limit=500, rows=2)
