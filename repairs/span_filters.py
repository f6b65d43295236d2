"""By what the lists of outages and of arrangements are narrowed: an allow-list, choices only from what one may see."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from kecamatan.models import Cause
from repairs.filters import narrow_by_kecamatan
from repairs.models import Arrangement, Outage, running_at

LASTING, RUNNING, PLANNED, OVER, VOIDED, ALL = "", "berjalan", "direncanakan", "selesai", "dibatalkan", "semua"
STATES = [(RUNNING, "Berjalan"), (PLANNED, "Direncanakan"), (OVER, "Selesai"), (VOIDED, "Dibatalkan"), (ALL, "Semua")]
OLDEST_FIRST, NEWEST_FIRST = ("started_at", "pk"), ("-started_at", "-pk")

_select = forms.Select(attrs={"class": "in"})


class SpanFilter(django_filters.FilterSet):
    """Filters of a list of spans; without a state those that run, the oldest first, and then the planned ones."""

    keadaan = django_filters.ChoiceFilter(
        method="in_state", label="Keadaan", choices=STATES, empty_label="Berjalan dan direncanakan", widget=_select
    )

    def __init__(self, data: Any, queryset: QuerySet[Any], *, user: object, path: str) -> None:
        super().__init__(data, queryset)
        narrow_by_kecamatan(self, user, path)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Apply the filters; none that cannot be read is left out in silence."""
        if self.form.errors:
            return queryset.none()
        if not self.form.cleaned_data["keadaan"]:
            queryset = queryset.filter(Q(ended_at=None) | Q(ended_at__gt=timezone.now()), voided_at=None)
        return super().filter_queryset(queryset)

    def in_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep what runs, is planned, is over, was voided, or everything."""
        now = timezone.now()
        lasting = Q(ended_at=None) | Q(ended_at__gt=now)
        conditions = {
            RUNNING: Q(running_at(now), voided_at=None),
            PLANNED: Q(lasting, started_at__gt=now, voided_at=None),
            OVER: Q(ended_at__lte=now, voided_at=None),
            VOIDED: Q(voided_at__isnull=False),
        }
        return queryset.filter(conditions.get(value, Q()))

    @property
    def order(self) -> tuple[str, str]:
        """Return the order: the newest on top where most of the list is over."""
        state = self.form.cleaned_data["keadaan"] if self.form.is_valid() else LASTING
        return NEWEST_FIRST if state in (OVER, VOIDED, ALL) else OLDEST_FIRST

    @property
    def order_words(self) -> str:
        """Return the order in words, as the caption of the list says it."""
        return "Yang terbaru mulai di atas." if self.order == NEWEST_FIRST else "Yang paling lama berjalan di atas."

    def chosen(self) -> dict[str, str]:
        """Return the filters that are set, as they stand in the address."""
        return {name: self.data[name] for name in self.filters if self.data.get(name)}


class OutageFilter(SpanFilter):
    """Filters of the list of outages."""

    penyebab = django_filters.ChoiceFilter(
        field_name="cause", label="Penyebab", choices=Cause.choices, empty_label="Semua", widget=_select
    )
    kecamatan = django_filters.ChoiceFilter(label="Kecamatan", choices=[], empty_label="Semua", widget=_select)

    class Meta:
        model = Outage
        fields: list[str] = []


class ArrangementFilter(SpanFilter):
    """Filters of the list of arrangements."""

    jenis = django_filters.ChoiceFilter(
        field_name="kind", label="Jenis", choices=Arrangement.Kind.choices, empty_label="Semua", widget=_select
    )
    kecamatan = django_filters.ChoiceFilter(label="Kecamatan", choices=[], empty_label="Semua", widget=_select)

    class Meta:
        model = Arrangement
        fields: list[str] = []
