"""What people type about themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import HttpRequest

from accounts.backends import normalise_sign_in
from lib.forms import DomainForm

REQUIRED_NAME = "Isi nomor HP atau nama pengguna."
REQUIRED_PASSWORD = "Isi kata sandi."
PASSWORD_RULE = "Paling sedikit 10 huruf, jangan angka saja, jangan yang mudah ditebak."
MISMATCH = "Kata sandi baru dan ulangannya berbeda. Ketik ulang keduanya."


def mark_fields(form: forms.BaseForm) -> None:
    """Give every text field its class."""
    for field in form.fields.values():
        if not isinstance(field.widget, forms.CheckboxInput):
            field.widget.attrs["class"] = "in"
        field.widget.attrs.pop("autofocus", None)


class SignInForm(AuthenticationForm):
    """User name or telephone number, and password."""

    remember = forms.BooleanField(label="Ini HP saya sendiri", required=False)

    error_messages: ClassVar[dict[str, str]] = {  # type: ignore[assignment,misc]
        "invalid_login": "Nomor HP, nama pengguna, atau kata sandi keliru. Periksa lagi huruf besar dan kecilnya.",
        "inactive": "Akun ini sudah dinonaktifkan. Hubungi admin daerah Anda.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, password = self.fields["username"], self.fields["password"]
        name.label, password.label = "Nomor HP atau nama pengguna", "Kata sandi"
        name.error_messages["required"] = REQUIRED_NAME
        password.error_messages["required"] = REQUIRED_PASSWORD
        mark_fields(self)

    def clean_username(self) -> str:
        """Return the name as it is looked up; the field keeps what was typed."""
        return normalise_sign_in(self.cleaned_data["username"])


def password_field(label: str, required: str, hint: str = "") -> forms.CharField:
    """Return a field for a new password, which is never shown again."""
    widget = forms.PasswordInput(attrs={"class": "in", "autocomplete": "new-password"})
    return forms.CharField(
        label=label, strip=False, widget=widget, help_text=hint, error_messages={"required": required}
    )


class ConfirmForm(DomainForm):
    """The password of the person who is signed in, once more."""

    password = forms.CharField(
        label="Kata sandi",
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "in", "autocomplete": "current-password"}),
        error_messages={"required": REQUIRED_PASSWORD},
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """Refuse another password; the throttle of the sign-in counts here too."""
        typed: str = self.cleaned_data["password"]
        person = self.request.user
        if authenticate(self.request, username=person.get_username(), password=typed) != person:
            raise forms.ValidationError("Kata sandi keliru. Ketik ulang.")
        return typed


class ChoosePasswordForm(DomainForm):
    """A first or forgotten password, typed twice, by somebody who came with a sign-in link."""

    new_password1 = password_field("Kata sandi baru", "Isi kata sandi baru.", PASSWORD_RULE)
    new_password2 = password_field("Kata sandi baru, sekali lagi", "Ulangi kata sandi baru.")
    remember = forms.BooleanField(label="Ini HP saya sendiri", required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse two passwords that differ."""
        said = super().clean() or {}
        first, second = said.get("new_password1"), said.get("new_password2")
        if first and second and first != second:
            self.add_error("new_password2", MISMATCH)
        return said


class ChangePasswordForm(PasswordChangeForm):
    """The old password, and the new one twice."""

    error_messages: ClassVar[dict[str, str]] = {  # type: ignore[assignment,misc]
        "password_incorrect": "Kata sandi lama keliru. Ketik ulang.",
        "password_mismatch": MISMATCH,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._say("old_password", "Kata sandi lama", "Isi kata sandi lama.")
        self._say("new_password1", "Kata sandi baru", "Isi kata sandi baru.")
        self._say("new_password2", "Kata sandi baru, sekali lagi", "Ulangi kata sandi baru.")
        self.fields["new_password1"].help_text = PASSWORD_RULE
        self.fields["new_password2"].help_text = ""
        mark_fields(self)

    def _say(self, name: str, label: str, required: str) -> None:
        self.fields[name].label = label
        self.fields[name].error_messages["required"] = required
