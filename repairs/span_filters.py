"""By what the lists of outages and of arrangements are narrowed: an allow-list, choices only from what one may see."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from kecamatan.models import Cause
from lib.listing import ListFilter
from lib.months import parse_month
from repairs.filters import (
    REGION_LABEL,
    code_filter,
    inside_path,
    lasting_in_month,
    month_filter,
    narrow_by_kecamatan,
)
from repairs.models import Arrangement, Outage, running_at

LASTING, RUNNING, PLANNED, OVER, VOIDED, ALL = "", "berjalan", "direncanakan", "selesai", "dibatalkan", "semua"
STATES = [(RUNNING, "Berjalan"), (PLANNED, "Direncanakan"), (OVER, "Selesai"), (VOIDED, "Dibatalkan"), (ALL, "Semua")]
OLDEST_FIRST, NEWEST_FIRST = ("started_at", "pk"), ("-started_at", "-pk")

_select = forms.Select(attrs={"class": "in"})


class SpanFilter(ListFilter):
    """Filters of a list of spans; without a state those that run, the oldest first, and then the planned ones."""

    main: ClassVar = ("keadaan", "penyebab", "jenis", "kecamatan")

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


# Causes that a report counts as one.
CAUSE_GROUPS = {
    "listrik": ("Listrik (padam atau lemah)", (Cause.POWER_OUTAGE, Cause.WEAK_POWER)),
    "petugas": ("Petugas (tidak ada atau lalai)", (Cause.NO_STAFF, Cause.HUMAN_ERROR)),
}
CAUSES = [*Cause.choices, *((code, label) for code, (label, _) in CAUSE_GROUPS.items())]


class OutageFilter(SpanFilter):
    """Filters of the list of outages."""

    penyebab = django_filters.ChoiceFilter(
        method="of_cause", label="Penyebab", choices=CAUSES, empty_label="Semua", widget=_select
    )
    kecamatan = django_filters.ChoiceFilter(label="Kecamatan", choices=[], empty_label="Semua", widget=_select)
    wilayah = code_filter(REGION_LABEL, "inside", 5)
    bulan = month_filter("Berlangsung pada bulan", "lasting_in")

    class Meta:
        model = Outage
        fields: list[str] = []

    def of_cause(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the outages of a cause, or of a group of causes."""
        return queryset.filter(cause__in=CAUSE_GROUPS[value][1] if value in CAUSE_GROUPS else (value,))

    def inside(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the outages with a place in a province or a kabupaten; of a code that is not known, none."""
        there = Outage.places.through.objects.filter(**{inside_path(value, "kecamatan__"): value})
        return queryset.filter(pk__in=there.values("outage"))

    def lasting_in(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the outages that lasted at some moment of a month, by the clock of their places; of no month, none."""
        try:
            month = parse_month(value)
        except ValueError:
            return queryset.none()
        zone = "kecamatan__kabupaten__province__time_zone"
        then = lasting_in_month(month, "outage__started_at", "outage__ended_at", zone)
        return queryset.filter(voided_at=None, pk__in=Outage.places.through.objects.filter(then).values("outage"))


class ArrangementFilter(SpanFilter):
    """Filters of the list of arrangements."""

    jenis = django_filters.ChoiceFilter(
        field_name="kind", label="Jenis", choices=Arrangement.Kind.choices, empty_label="Semua", widget=_select
    )
    kecamatan = django_filters.ChoiceFilter(label="Kecamatan", choices=[], empty_label="Semua", widget=_select)
    wilayah = code_filter(REGION_LABEL, "inside", 5)
    bulan = month_filter("Berlangsung pada bulan", "lasting_in")

    class Meta:
        model = Arrangement
        fields: list[str] = []

    def inside(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the arrangements of a province or a kabupaten; of a code that is not known, none."""
        return queryset.filter(**{inside_path(value, "kecamatan__"): value})

    def lasting_in(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the arrangements that lasted at some moment of a month, by the clock of their place; of none, none."""
        try:
            month = parse_month(value)
        except ValueError:
            return queryset.none()
        zone = "kecamatan__kabupaten__province__time_zone"
        return queryset.filter(lasting_in_month(month, "started_at", "ended_at", zone), voided_at=None)
