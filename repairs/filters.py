"""By what the list of tickets is narrowed: an allow-list, its choices only from what the person may see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from devices.models import Device, DeviceKind
from kecamatan.models import Cause, Kecamatan
from kecamatan.scope import scope_of
from lib.listing import ListFilter, MonthSelect
from lib.months import WIB, WIT, ZONES, add_months, local_day, month_bounds, parse_month
from repairs.models import Ticket, TicketQuerySet, overlapping
from repairs.workflow import FINISHED

"""The statuses with which nobody has anything left to do."""

ALL, VOIDED, LASTING = "semua", "dibatalkan", "rusak"
GROUPS = {
    "belum": (Ticket.Status.REPORTED, Ticket.Status.TRIAGED, Ticket.Status.REOPENED),
    "menunggu": (Ticket.Status.WAITING_PARTS, Ticket.Status.WAITING_CENTRE),
}
STATES = [
    ("belum", "Belum dikerjakan"),
    ("menunggu", "Menunggu"),
    *Ticket.Status.choices,
    (LASTING, "Masih rusak"),
    (VOIDED, "Dibatalkan"),
    (ALL, "Semua, juga yang sudah ditutup"),
]
MINE, NOBODY = "saya", "belum"
HOLDERS = [(MINE, "Saya"), (NOBODY, "Belum ada")]
NOT_STATED = "tidak_disebut"
ROUTES = [*Ticket.Route.choices, (NOT_STATED, "Tidak disebut")]
NUMBER = re.compile(r"(?:TKT-\d{4}-)?0*(\d{1,12})", re.IGNORECASE)
WORDS_READ = 6
OF_EVERY_NAME = ("kecamatan", "distrik", "kec", "kec.")

_select = forms.Select(attrs={"class": "in"})


def narrow_by_kecamatan(filters: django_filters.FilterSet, user: object, path: str) -> dict[int, str] | None:
    """Let ``kecamatan`` narrow a list by the code at ``path``, chosen among the places that the person may see.

    Returns the names of these places by key; nothing where they are too many to choose from: then the code is typed.
    """
    scope = scope_of(user)
    if scope.nation or scope.provinces:
        filters.filters["kecamatan"] = django_filters.CharFilter(
            field_name=path,
            label="Kode kecamatan",
            max_length=8,
            widget=forms.TextInput(attrs={"class": "in"}),
        )
        filters.filters["kecamatan"].parent, filters.filters["kecamatan"].model = filters, filters._meta.model
        return None
    rows = list(Kecamatan.objects.visible_to(user).order_by("name", "code").values_list("pk", "code", "name"))
    filters.filters["kecamatan"].field_name = path
    filters.filters["kecamatan"].extra["choices"] = [(code, name) for _, code, name in rows]
    return {pk: name for pk, _, name in rows}


def is_overdue() -> Q:
    """Return the condition of the open tickets whose fault lasts past their due moment."""
    return Q(due_at__lte=timezone.now()) & ~Q(status=Ticket.Status.RESOLVED)


def is_task_of(user: User) -> Q:
    """Return the condition of the tickets that a person holds, or somebody for whom the person stands in now."""
    return Q(assignee__in=[user.pk, *(absent.pk for absent in user.stands_in_for)])


def past_promise() -> Q:
    """Return the condition of the open tickets whose fault lasts past the promised day, each by its own clock."""
    now, late = timezone.now(), Q(pk__in=[])
    for zone in ZONES:
        late |= Q(promised_on__lt=local_day(now, zone), kecamatan__kabupaten__province__time_zone=zone)
    # The latest of these days bounds it once more, for the index.
    return Q(promised_on__lt=local_day(now, WIT), restored_at=None) & late


def begun_in_month(month: date) -> Q:
    """Return the condition of the faults that began in a local month, as the rollups count them."""
    own = Q(pk__in=[])
    for zone in ZONES:
        start, end = month_bounds(month, zone)
        own |= Q(failed_at__gte=start, failed_at__lt=end, kecamatan__kabupaten__province__time_zone=zone)
    # The bounds of all zones together, for the index.
    return Q(failed_at__gte=month_bounds(month, WIT)[0], failed_at__lt=month_bounds(month, WIB)[1]) & own


def lasting_at_end_of(month: date) -> Q:
    """Return the condition of the faults that covered a local month's last moment, as the rollups count open ones."""
    own = Q(pk__in=[])
    for zone in ZONES:
        end = month_bounds(month, zone)[1]
        still = Q(restored_at=None) | Q(restored_at__gte=end)
        own |= still & Q(failed_at__lt=end, kecamatan__kabupaten__province__time_zone=zone)
    # The earliest of the ends bounds it once more, for the index.
    still = Q(restored_at=None) | Q(restored_at__gte=month_bounds(month, WIT)[1])
    return still & own


def begun_in_year_to(month: date) -> Q:
    """Return the condition of the faults that began in the twelve local months up to a month, that one included."""
    first, own = add_months(month, -11), Q(pk__in=[])
    for zone in ZONES:
        start, end = month_bounds(first, zone)[0], month_bounds(month, zone)[1]
        own |= Q(failed_at__gte=start, failed_at__lt=end, kecamatan__kabupaten__province__time_zone=zone)
    return Q(failed_at__gte=month_bounds(first, WIT)[0], failed_at__lt=month_bounds(month, WIB)[1]) & own


def lasting_in_month(month: date, begins: str, ends: str, zone_path: str) -> Q:
    """Return the condition of the spans that share a moment with a local month."""
    own = Q(pk__in=[])
    for zone in ZONES:
        own |= overlapping(begins, ends, *month_bounds(month, zone)) & Q(**{zone_path: zone})
    return Q(**{f"{begins}__lt": month_bounds(month, WIB)[1]}) & own


def code_filter(label: str, method: str, limit: int) -> django_filters.CharFilter:
    """Return a filter whose code is typed: a region."""
    widget = forms.TextInput(attrs={"class": "in"})
    return django_filters.CharFilter(method=method, label=label, max_length=limit, widget=widget)


def month_filter(label: str, method: str) -> django_filters.CharFilter:
    """Return a filter whose month is chosen; an address may carry any other."""
    return django_filters.CharFilter(method=method, label=label, max_length=7, widget=MonthSelect())


REGION_LABEL = "Kode provinsi atau kabupaten/kota"


def inside_path(code: str, path: str) -> str:
    """Return the field, from a path to kecamatan on, by which a list is narrowed to a province or a kabupaten."""
    return f"{path}kabupaten__province__code" if len(code) == 2 else f"{path}kabupaten__code"


class TicketFilter(ListFilter):
    """Filters of the list; without a state, the tickets with which somebody has something left to do."""

    main: ClassVar = ("kata", "keadaan", "komponen", "kecamatan")

    kata = django_filters.CharFilter(
        method="with_words",
        label="Nomor, seri, tempat, kata",
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
        method="of_kind", label="Komponen", choices=[], empty_label="Semua", widget=_select
    )
    kecamatan = django_filters.ChoiceFilter(
        field_name="kecamatan__code", label="Kecamatan", choices=[], empty_label="Semua", widget=_select
    )
    wilayah = django_filters.CharFilter(
        method="inside",
        label="Kode provinsi atau kabupaten/kota",
        max_length=5,
        widget=forms.TextInput(attrs={"class": "in"}),
    )
    jalur = django_filters.ChoiceFilter(
        method="by_route", label="Jalur perbaikan", choices=ROUTES, empty_label="Semua", widget=_select
    )
    mulai = month_filter("Mulai rusak pada bulan", "begun_in")
    bulan = month_filter("Rusak pada bulan", "lasting_in")
    akhir = month_filter("Masih rusak pada akhir bulan", "lasting_at_end")
    setahun = month_filter("Mulai rusak dalam 12 bulan sampai", "begun_in_year")
    petugas = django_filters.ChoiceFilter(
        method="held_by", label="Dipegang", choices=HOLDERS, empty_label="Siapa saja", widget=_select
    )
    lewat = django_filters.BooleanFilter(method="overdue", label="Lewat tenggat", widget=forms.CheckboxInput)
    janji = django_filters.BooleanFilter(method="past_promise", label="Janji terlewat", widget=forms.CheckboxInput)

    class Meta:
        model = Ticket
        fields: list[str] = []

    def __init__(self, data: Any, queryset: TicketQuerySet, *, user: User) -> None:
        super().__init__(data, queryset)
        self.user = user
        self.kinds = {kind.code: kind for kind in DeviceKind.objects.all()}
        self.filters["komponen"].extra["choices"] = [(kind.code, kind.name) for kind in self.kinds.values()]
        self.places = narrow_by_kecamatan(self, user, "kecamatan__code")

    def filter_queryset(self, queryset: TicketQuerySet) -> TicketQuerySet:
        """Apply the filters; none that cannot be read is left out in silence."""
        if self.form.errors:
            return queryset.none()
        if not self.form.cleaned_data["keadaan"]:
            queryset = queryset.open()
        return super().filter_queryset(queryset)

    def in_state(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Keep one state or a group of states, the voided tickets, or everything."""
        if value == ALL:
            return queryset
        if value == VOIDED:
            return queryset.exclude(voided_at=None)
        if value == LASTING:
            return queryset.counted().filter(restored_at=None)
        return queryset.filter(voided_at=None, status__in=GROUPS.get(value, (value,)))

    def inside(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Keep the tickets of a province or a kabupaten; of a code that is not known, none."""
        return queryset.filter(**{inside_path(value, "kecamatan__"): value})

    def by_route(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Keep the tickets of a repair route, or those of which none is stated."""
        return queryset.filter(route="" if value == NOT_STATED else value)

    def begun_in(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Keep the faults that count and began in a month, as a dashboard counts them; of no month, none."""
        return self._by_month(queryset, value, begun_in_month)

    def begun_in_year(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Keep the faults that count and began in the twelve months up to a month; of no month, none."""
        return self._by_month(queryset, value, begun_in_year_to)

    def lasting_at_end(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Keep the faults that count and lasted at the end of a month, as dashboards count them; of no month, none."""
        return self._by_month(queryset, value, lasting_at_end_of)

    def _by_month(self, queryset: TicketQuerySet, value: str, condition: Callable[[date], Q]) -> TicketQuerySet:
        try:
            return queryset.counted().filter(condition(parse_month(value)))
        except ValueError:
            return queryset.none()

    def lasting_in(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Keep the faults that count and lasted at some moment of a month, whenever they began; of no month, none."""
        try:
            month = parse_month(value)
        except ValueError:
            return queryset.none()
        zone = "kecamatan__kabupaten__province__time_zone"
        return queryset.counted().filter(lasting_in_month(month, "failed_at", "restored_at", zone))

    def past_promise(self, queryset: TicketQuerySet, name: str, value: bool) -> TicketQuerySet:
        """Keep the faults that last past the promised day."""
        return queryset.open().filter(past_promise()) if value else queryset

    def of_kind(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Keep the tickets of a kind, named by key, so that the database knows how many they are."""
        return queryset.filter(device_kind=self.kinds[value])

    def held_by(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Keep the tickets that the person holds, also for an absent colleague, or that nobody does."""
        return queryset.filter(is_task_of(self.user)) if value == MINE else queryset.filter(assignee=None)

    def overdue(self, queryset: TicketQuerySet, name: str, value: bool) -> TicketQuerySet:
        """Keep the faults that last past their due moment."""
        return queryset.open().filter(is_overdue()) if value else queryset

    def with_words(self, queryset: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Keep the tickets with each of the words in their number, serial number, kecamatan or component.

        The words become keys first, so that indexes answer among all tickets. What people wrote is searched in the
        open tickets only, which are few: no index of both databases holds parts of words.
        """
        words = [word for word in value.split() if word.casefold() not in OF_EVERY_NAME][:WORDS_READ]
        places, devices = self._places_of(words), self._devices_of(words)
        for word in words:
            kinds = [kind.pk for kind in self.kinds.values() if word.casefold() in kind.name.casefold()]
            condition = Q(device_kind__in=kinds) | Q(kecamatan__in=places[word]) | Q(device__in=devices.get(word, []))
            if number := NUMBER.fullmatch(word):
                condition |= Q(pk=int(number[1]))
            if not self.newest_first:
                condition |= Q(note__icontains=word) | Q(message__icontains=word)
            queryset = queryset.filter(condition)
        return queryset

    def _places_of(self, words: list[str]) -> dict[str, list[int]]:
        """Return for each word the places of the person's scope with it in their names."""
        names = self.places
        if names is None:
            holds_any = Q()
            for word in words:
                holds_any |= Q(name__icontains=word)
            names = dict(Kecamatan.objects.visible_to(self.user).filter(holds_any).values_list("pk", "name"))
        return {word: [pk for pk, name in names.items() if word.casefold() in name.casefold()] for word in words}

    def _devices_of(self, words: list[str]) -> dict[str, list[int]]:
        """Return for each word the devices of this serial number, found kind by kind as the unique index has them."""
        serials = {form: word for word in words if any(map(str.isdigit, word)) for form in (word, word.upper())}
        found: dict[str, list[int]] = {}
        if serials:
            kinds = [kind.pk for kind in self.kinds.values()]
            rows = Device.objects.filter(kind__in=kinds, serial__in=serials).exclude(serial="")
            for pk, serial in rows.values_list("pk", "serial"):
                found.setdefault(serials[serial], []).append(pk)
        return found

    @property
    def newest_first(self) -> bool:
        """Say whether the newest stand on top: where most of the list is over."""
        return self.form.is_valid() and self.form.cleaned_data["keadaan"] in (*FINISHED, ALL, VOIDED)
