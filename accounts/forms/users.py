"""What an admin types about people. The rules are the domain functions'; forms only read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms

from accounts.choices import Choices, are_typed, people_choices, region_choices, region_of
from accounts.models import Role, User
from accounts.permissions import Region
from accounts.regions import zone_of
from lib.errors import Refused
from lib.forms import NOT_A_CHOICE, KeyedForm, VersionedForm, day_field, text_field
from lib.months import midnight

NAME, USERNAME = 120, 150


def choice_field(label: str, choices: Choices, *, required: str, hint: str = "") -> forms.ChoiceField:
    """Return a list to choose one from; ``required`` is the sentence that asks for it."""
    return forms.ChoiceField(
        label=label,
        choices=[("", "Pilih satu"), *choices],
        widget=forms.Select(attrs={"class": "in"}),
        help_text=hint,
        error_messages={"required": required, "invalid_choice": NOT_A_CHOICE},
    )


class PersonForm(VersionedForm):
    """Who somebody is."""

    name = text_field("Nama lengkap", limit=NAME, rows=1, required="Isi namanya.")
    phone = text_field("Nomor HP", limit=20, rows=1, hint="Untuk masuk dan untuk WhatsApp, misalnya 0812 8000 1204.")
    username = text_field("Nama pengguna", limit=USERNAME, rows=1, required="Isi nama penggunanya.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs |= {"inputmode": "tel", "autocomplete": "off"}
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "autocomplete": "off"}

    def said(self) -> dict[str, Any]:
        """Return what was typed, as the domain functions take it."""
        return {name: self.cleaned_data[name] for name in ("name", "phone", "username")}


class RoleForm(KeyedForm):
    """A role in a region of the admin, until the end of an optional day, local to the region."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["role"] = choice_field("Peran", list(Role.choices), required="Pilih perannya.")
        self.fields["region"] = self._region_field()
        self.fields["last_day"] = day_field("Bertugas sampai", hint="Hari terakhir. Kosongkan bila tidak ada batasnya.")

    def _region_field(self) -> forms.Field:
        if are_typed(self.user):
            hint = "Misalnya 36 untuk provinsi, 36.03 untuk kabupaten/kota, 36.03.30 untuk kecamatan."
            return text_field("Kode wilayah", limit=8, rows=1, required="Isi kode wilayahnya.", hint=hint)
        return choice_field("Wilayah", region_choices(self.user), required="Pilih wilayahnya.")

    def given(self) -> dict[str, Any]:
        """Return the role as the domain functions take it; refuses a region that is not the admin's."""
        region = region_of(self.cleaned_data["region"], self.user)
        return {
            "role": self.cleaned_data["role"],
            "region": region,
            "ends_at": self._end(region),
        }

    def _end(self, region: Region) -> datetime | None:
        last = self.cleaned_data["last_day"]
        return midnight(last + timedelta(days=1), zone_of(region)) if last else None

    def refuse(self, refused: Refused) -> None:
        """Show what the domain says of the end beside the day that was typed."""
        super().refuse(Refused(refused.message, field={"ends_at": "last_day"}.get(refused.field, refused.field)))


class NewPersonForm(PersonForm, RoleForm):
    """Somebody new with a first role; the user name may be left to us."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        username = self.fields["username"]
        username.required, username.help_text = False, "Boleh kosong: dibuat dari namanya."
        self.order_fields(["name", "phone", "role", "region", "last_day", "username"])


class EndForm(VersionedForm):
    """When a role ends: now, after a day, or never."""

    NOW, DAY, NEVER = "now", "day", "never"

    when = forms.ChoiceField(
        label="Kapan berakhir?",
        choices=[(NOW, "Sekarang juga"), (DAY, "Pada tanggal tertentu"), (NEVER, "Tanpa batas waktu")],
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih kapan berakhirnya.", "invalid_choice": NOT_A_CHOICE},
    )
    last_day = day_field("Hari terakhir", hint="Diisi bila berakhir pada tanggal tertentu.")

    def __init__(self, *args: Any, zone: str, needs_end: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        if needs_end:
            when: Any = self.fields["when"]
            when.choices = [choice for choice in when.choices if choice[0] != self.NEVER]

    def clean(self) -> dict[str, Any]:
        """Ask for the day where there must be one."""
        said = super().clean() or {}
        if said.get("when") == self.DAY and not said.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", "Isi hari terakhirnya.")
        return said

    @property
    def is_now(self) -> bool:
        """Say whether the role ends at once."""
        return self.cleaned_data["when"] == self.NOW

    def ends_at(self) -> datetime | None:
        """Return the moment (UTC) at which the chosen day ends in the region, or nothing for a role without end."""
        if self.cleaned_data["when"] == self.NEVER:
            return None
        return midnight(self.cleaned_data["last_day"] + timedelta(days=1), self.zone)

    def refuse(self, refused: Refused) -> None:
        """Show what the domain says of the end beside the day."""
        super().refuse(Refused(refused.message, field={"ends_at": "last_day"}.get(refused.field, refused.field)))


class DeputyForm(KeyedForm):
    """Who stands in for an absent person, and on which days."""

    first_day = day_field("Sejak", required="Isi hari pertama.")
    last_day = day_field("Sampai", required="Isi hari terakhir.", hint="Hari terakhir; sesudahnya berakhir sendiri.")

    def __init__(self, *args: Any, user: User, absent: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"] = self._deputy_field(user, absent)
        self.order_fields(["deputy", "first_day", "last_day"])

    def _deputy_field(self, user: User, absent: User) -> forms.Field:
        required = "Pilih penggantinya."
        if are_typed(user):
            hint = "Nomor HP atau nama penggunanya."
            return text_field("Pengganti", limit=USERNAME, rows=1, required=required, hint=hint)
        return choice_field("Pengganti", people_choices(user, without=absent), required=required)


class DisableForm(KeyedForm):
    """Why somebody may no longer sign in."""

    reason = text_field("Alasan", limit=500, rows=2, hint="Boleh kosong, misalnya: pindah tugas.")
