"""By what the list of tickets is narrowed: an allow-list, its choices only from what the person may see."""

from __future__ import annotations

import re
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from devices.models import DeviceKind
from kecamatan.models import Cause, Kecamatan
from kecamatan.scope import scope_of
from repairs.models import Ticket, TicketQuerySet

OVER = (Ticket.Status.CLOSED, Ticket.Status.REJECTED)
"""The statuses with which nobody has anything left to do."""

ALL, VOIDED = "semua", "dibatalkan"
STATES = [*Ticket.Status.choices, (VOIDED, "Dibatalkan"), (ALL, "Semua, juga yang sudah ditutup")]
NUMBER = re.compile(r"(?:TKT-\d{4}-)?0*(\d{1,12})", re.IGNORECASE)

_select = forms.Select(attrs={"class": "in"})


def narrow_by_kecamatan(filters: django_filters.FilterSet, user: object, path: str) -> None:
    """Let ``kecamatan`` narrow a list by the code at ``path``, chosen among the places that the person may see."""
    scope = scope_of(user)
    if scope.nation or scope.provinces:
        # Thousands of choices help nobody: who sees that much types the code.
        filters.filters["kecamatan"] = django_filters.CharFilter(
            field_name=path,
            label="Kode kecamatan",
            max_length=8,
            widget=forms.TextInput(attrs={"class": "in"}),
        )
        filters.filters["kecamatan"].parent, filters.filters["kecamatan"].model = filters, filters._meta.model
    else:
        places = Kecamatan.objects.visible_to(user).order_by("name", "code")
        filters.filters["kecamatan"].field_name = path
        filters.filters["kecamatan"].extra["choices"] = list(places.values_list("code", "name"))


class TicketFilter(django_filters.FilterSet):
    """Filters of the list; without a state, the tickets with which somebody has something left to do."""

    kata = django_filters.CharFilter(
        method="with_words",
        label="Nomor, kecamatan, komponen, kata",
        max_length=100,
        widget=forms.TextInput(attrs={"class": "in", "type": "search"}),
    )
    keadaan = django_filters.ChoiceFilter(
        method="in_state", label="Keadaan", choices=STATES, empty_label="Semua terbuka", widget=_select
    )
    penyebab = django_filters.ChoiceFilter(
        field_name="cause", label="Penyebab", choices=Cause.choices, empty_label="Semua", widget=_select
    )
    komponen = django_filters.ChoiceFilter(
        field_name="device_kind__code", label="Komponen", choices=[], empty_label="Semua", widget=_select
    )
    kecamatan = django_filters.ChoiceFilter(
        field_name="kecamatan__code", label="Kecamatan", choices=[], empty_label="Semua", widget=_select
    )
    lewat = django_filters.BooleanFilter(method="overdue", label="Lewat tenggat", widget=forms.CheckboxInput)

    class Meta:
        model = Ticket
        fields: list[str] = []

    def __init__(self, data: Any, queryset: TicketQuerySet, *, user: object) -> None:
        super().__init__(data, queryset)
        self.filters["komponen"].extra["choices"] = list(DeviceKind.objects.values_list("code", "name"))
        narrow_by_kecamatan(self, user, "kecamatan__code")

    def filter_queryset(self, queryset: TicketQuerySet) -> TicketQuerySet:
        """Apply the filters; none that cannot be read is left out in silence."""
        if self.form.errors:
            return queryset.none()
        if not self.form.cleaned_data["keadaan"]:
            queryset = queryset.filter(voided_at=None).exclude(status__in=OVER)
        return super().filter_queryset(queryset)

    def in_state(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Keep one state, the voided tickets, or everything."""
        if value == ALL:
            return queryset
        return queryset.exclude(voided_at=None) if value == VOIDED else queryset.filter(status=value, voided_at=None)

    def overdue(self, queryset: TicketQuerySet, name: str, value: bool) -> TicketQuerySet:
        """Keep the faults that last past their due moment."""
        late = queryset.filter(voided_at=None, restored_at=None, due_at__lte=timezone.now())
        return late.exclude(status=Ticket.Status.REJECTED) if value else queryset

    def with_words(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Keep the tickets of a number, or with a text in the kecamatan's name, the component or the note."""
        condition = (
            Q(kecamatan__name__icontains=value)
            | Q(device_kind__name__icontains=value)
            | Q(device__serial__iexact=value)
            | Q(note__icontains=value)
        )
        if number := NUMBER.fullmatch(value.strip()):
            condition |= Q(pk=int(number[1]))
        return queryset.filter(condition)

    @property
    def newest_first(self) -> bool:
        """Say whether the newest stand on top: where most of the list is over."""
        return self.form.is_valid() and self.form.cleaned_data["keadaan"] in (*OVER, ALL, VOIDED)

    def chosen(self) -> dict[str, str]:
        """Return the filters that are set, as they stand in the address."""
        return {name: self.data[name] for name in self.filters if self.data.get(name)}
