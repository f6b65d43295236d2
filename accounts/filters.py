"""By what the list of people is narrowed: only by roles and regions that the admin may know of."""

from __future__ import annotations

import re
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q

from accounts.choices import are_typed, region_choices
from accounts.models import Assignment, AssignmentQuerySet, Role, User, UserQuerySet
from accounts.regions import NATION_CODE
from lib.listing import ListFilter

ACTIVE, DISABLED, NEW, IDLE = "aktif", "nonaktif", "belum_masuk", "tanpa_tugas"
STATES = [
    (ACTIVE, "Aktif"),
    (DISABLED, "Nonaktif"),
    (NEW, "Belum pernah masuk"),
    (IDLE, "Tanpa tugas di wilayah ini"),
]

_select = forms.Select(attrs={"class": "in"})


class PersonFilter(ListFilter):
    """Filters of the list of people; without any, everybody whom the admin sees."""

    kata = django_filters.CharFilter(
        method="with_words",
        label="Nama, nomor HP, nama pengguna",
        max_length=100,
        widget=forms.TextInput(attrs={"class": "in", "type": "search"}),
    )
    peran = django_filters.ChoiceFilter(
        method="with_role", label="Peran", choices=Role.choices, empty_label="Semua", widget=_select
    )
    wilayah = django_filters.ChoiceFilter(
        method="in_region", label="Wilayah", choices=[], empty_label="Semua", widget=_select
    )
    keadaan = django_filters.ChoiceFilter(
        method="in_state", label="Keadaan akun", choices=STATES, empty_label="Semua", widget=_select
    )

    class Meta:
        model = User
        fields: list[str] = []

    def __init__(self, data: Any, queryset: UserQuerySet, *, user: User) -> None:
        super().__init__(data, queryset)
        self.user = user
        if are_typed(user):
            self.filters["wilayah"] = django_filters.CharFilter(
                method="in_region", label="Kode wilayah", max_length=8, widget=forms.TextInput(attrs={"class": "in"})
            )
            self.filters["wilayah"].parent, self.filters["wilayah"].model = self, User
        else:
            self.filters["wilayah"].extra["choices"] = region_choices(user)

    def filter_queryset(self, queryset: UserQuerySet) -> UserQuerySet:
        """Apply the filters; role and region must be those of one and the same assignment."""
        if self.form.errors:
            return queryset.none()
        self.roles = self._roles()
        queryset = super().filter_queryset(queryset)
        said = self.form.cleaned_data
        return queryset.filter(Exists(self.roles)) if said["peran"] or said["wilayah"] else queryset

    def _roles(self) -> AssignmentQuerySet:
        return Assignment.objects.visible_to(self.user).not_over().filter(user=OuterRef("pk"))

    def with_role(self, queryset: UserQuerySet, name: str, value: str) -> UserQuerySet:
        """Keep those who hold a role now or later."""
        self.roles = self.roles.filter(role=value)
        return queryset

    def in_region(self, queryset: UserQuerySet, name: str, value: str) -> UserQuerySet:
        """Keep those with a role in a region or in what lies in it."""
        code = value.strip().upper()
        inside = Q(level=Assignment.Level.NATION) if code == NATION_CODE else _inside(code)
        self.roles = self.roles.filter(inside)
        return queryset

    def in_state(self, queryset: UserQuerySet, name: str, value: str) -> UserQuerySet:
        """Keep active or disabled accounts, those that nobody signed in to, or people without a role here."""
        if value in (ACTIVE, DISABLED):
            return queryset.filter(is_active=value == ACTIVE)
        if value == NEW:
            return queryset.filter(is_active=True, last_login=None)
        return queryset.exclude(Exists(self._roles()))

    def with_words(self, queryset: UserQuerySet, name: str, value: str) -> UserQuerySet:
        """Keep those with a text in the name or the user name, or with these digits in the number."""
        condition = Q(name__icontains=value) | Q(username__icontains=value)
        # 0812, 62812 and +62812 are the same beginning of a number.
        digits = re.sub(r"^(?:0062|62|0)", "", re.sub(r"\D", "", value))
        if len(digits) >= 3:
            condition |= Q(phone__contains=digits)
        return queryset.filter(condition)


def _inside(code: str) -> Q:
    under = f"{code}."
    return (
        Q(province__code=code)
        | Q(kabupaten__code=code)
        | Q(kabupaten__code__startswith=under)
        | Q(kecamatan__code=code)
        | Q(kecamatan__code__startswith=under)
    )
