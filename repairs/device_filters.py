"""By what the list of devices is narrowed: an allow-list, its choices only from what the person may see."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from devices.models import Device, DeviceKind
from kecamatan.models import Kabupaten, Kecamatan
from lib.listing import ListFilter
from repairs.filters import REGION_LABEL, inside_path
from repairs.models import Ticket, TicketQuerySet

WORKING, BROKEN, MISSING, PLACED = "berfungsi", "rusak", "tidak_ada", "terpasang"
ELSEWHERE = {
    "disimpan": Device.Whereabouts.STORED,
    "dicuri": Device.Whereabouts.STOLEN,
    "dihapuskan": Device.Whereabouts.WRITTEN_OFF,
}
STATUSES = [
    (WORKING, "Berfungsi"),
    (BROKEN, "Rusak"),
    (MISSING, "Tidak ada"),
    (PLACED, "Terpasang, juga yang rusak"),
    *((code, whereabouts.label) for code, whereabouts in ELSEWHERE.items()),
]
MISSING_PATHS = {
    "jenis": "device_kind__code",
    "kecamatan": "kecamatan__code",
    "kabupaten": "kecamatan__kabupaten__code",
}
OF_DEVICES_ONLY = ("kata", "kondisi", "asal")
BY_PLACE, NEWEST_FIRST = ("kecamatan_id", "kind_id", "pk"), ("-pk",)
ORDERS = [("", "Tempat, lalu jenis"), ("baru", "Yang terakhir didata")]

_select = forms.Select(attrs={"class": "in"})


def _code(label: str, path: str, length: int) -> django_filters.CharFilter:
    widget = forms.TextInput(attrs={"class": "in"})
    return django_filters.CharFilter(field_name=path, label=label, max_length=length, widget=widget)


def _choice(label: str, path: str, choices: list[tuple[str, str]]) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        field_name=path, label=label, choices=choices, empty_label="Semua", widget=_select
    )


def lasting(**conditions: Any) -> TicketQuerySet:
    """Return the faults that last and count."""
    return Ticket.objects.counted().filter(restored_at=None, **conditions)


class TogetherForm(forms.Form):
    """Refuses filters that only devices have where components that are not there are asked for."""

    def clean(self) -> dict[str, Any]:
        """Say at each filter why it cannot be used beside the others."""
        said = super().clean() or self.cleaned_data
        if said.get("status") == MISSING:
            for name in OF_DEVICES_ONLY:
                if said.get(name):
                    self.add_error(name, "Komponen yang tidak ada belum punya keterangan ini. Kosongkan saringan ini.")
        return said


class DeviceFilter(ListFilter):
    """Filters of the list. ``places`` are the kecamatan within a person's scope, ``None`` for the nation."""

    main: ClassVar = ("kata", "jenis", "status", "kabupaten", "kecamatan")

    kata = django_filters.CharFilter(
        method="with_words",
        label="Nomor seri, merk, kode barang, register",
        max_length=100,
        widget=forms.TextInput(attrs={"class": "in", "type": "search"}),
    )
    jenis = django_filters.ChoiceFilter(
        method="of_kind", label="Jenis", choices=[], empty_label="Semua", widget=_select
    )
    status = django_filters.ChoiceFilter(
        method="in_status", label="Status sekarang", choices=STATUSES, empty_label="Semua", widget=_select
    )
    kondisi = _choice("Kondisi", "condition", list(Device.Condition.choices))
    asal = _choice("Asal usul", "source", list(Device.Source.choices))
    wilayah = django_filters.CharFilter(
        method="inside", label=REGION_LABEL, max_length=5, widget=forms.TextInput(attrs={"class": "in"})
    )
    urut = django_filters.ChoiceFilter(
        method="as_it_is", label="Urutan", choices=ORDERS[1:], empty_label=ORDERS[0][1], widget=_select
    )

    class Meta:
        model = Device
        fields: list[str] = []
        form = TogetherForm

    def __init__(self, data: Any, queryset: QuerySet[Device], *, user: User) -> None:
        super().__init__(data, queryset)
        self.kinds = {kind.code: kind for kind in DeviceKind.objects.all()}
        self.filters["jenis"].extra["choices"] = [(kind.code, kind.name) for kind in self.kinds.values()]
        self._offer_places(user)
        self.user = user

    def _offer_places(self, user: User) -> None:
        """Offer the places of the scope; thousands of choices help nobody, so who sees that much types the code."""
        scope = user.scope
        seen = Kecamatan.objects.visible_to(user).order_by("name", "code").values_list("pk", "code", "name")
        rows = [] if scope.nation else list(seen)
        self.places = None if scope.nation else [pk for pk, _, _ in rows]
        if scope.nation:
            self._add("kabupaten", _code("Kode kabupaten/kota", "kecamatan__kabupaten__code", 5))
        elif scope.provinces:
            within = Kabupaten.objects.visible_to(user).values_list("code", "name")
            self._add("kabupaten", _choice("Kabupaten/kota", "kecamatan__kabupaten__code", list(within)))
        if scope.nation or scope.provinces:
            self._add("kecamatan", _code("Kode kecamatan", "kecamatan__code", 8))
        else:
            self._add("kecamatan", _choice("Kecamatan", "kecamatan__code", [row[1:] for row in rows]))

    def _add(self, name: str, offered: Any) -> None:
        offered.parent, offered.model = self, Device
        self.filters[name] = offered

    @property
    def is_missing(self) -> bool:
        """Say whether components that sets lack are asked for: those are no devices."""
        return self.form.is_valid() and self.form.cleaned_data["status"] == MISSING

    @property
    def order(self) -> tuple[str, ...]:
        """Return the order of the list."""
        return NEWEST_FIRST if self.form.is_valid() and self.form.cleaned_data["urut"] else BY_PLACE

    def filter_queryset(self, queryset: QuerySet[Device]) -> QuerySet[Device]:
        """Apply the filters; none that cannot be read is left out in silence."""
        return queryset.none() if self.form.errors else self._within(super().filter_queryset(queryset))

    def missing(self) -> QuerySet[Ticket]:
        """Return the records of components that sets lack, narrowed by kind and place."""
        said = self.form.cleaned_data
        rows = self._within(lasting(device=None).visible_to(self.user))
        if said.get("wilayah"):
            rows = self.inside(rows, "wilayah", said["wilayah"])
        return rows.filter(**{path: said[name] for name, path in MISSING_PATHS.items() if said.get(name)})

    def _within(self, rows: Any) -> Any:
        """Name the places of the scope by key: a sorted list behind a join is planned badly by PostgreSQL."""
        return rows if self.places is None else rows.filter(kecamatan__in=self.places)

    def inside(self, rows: Any, name: str, value: str) -> Any:
        """Keep what stands in a province or a kabupaten, its places named by key; of a code not known, nothing."""
        found = Kecamatan.objects.visible_to(self.user).filter(**{inside_path(value, ""): value})
        return rows.filter(kecamatan__in=list(found.order_by().values_list("pk", flat=True)))

    def of_kind(self, queryset: QuerySet[Device], name: str, value: str) -> QuerySet[Device]:
        """Keep the devices of a kind, named by key, so that the database knows how many they are."""
        return queryset.filter(kind=self.kinds[value])

    def in_status(self, queryset: QuerySet[Device], name: str, value: str) -> QuerySet[Device]:
        """Keep the devices that work now, that are broken, or that stand in no set."""
        if value in ELSEWHERE:
            return queryset.filter(whereabouts=ELSEWHERE[value])
        if value == BROKEN:
            return queryset.filter(pk__in=lasting(device__isnull=False).values("device"))
        working = queryset.filter(whereabouts=Device.Whereabouts.IN_SET)
        if value == PLACED:
            return working
        return working.exclude(Exists(lasting(device=OuterRef("pk"))))

    def with_words(self, queryset: QuerySet[Device], name: str, value: str) -> QuerySet[Device]:
        """Keep the devices with each of the words in a number, the brand or the model."""
        for word in value.split():
            queryset = queryset.filter(
                Q(serial__icontains=word)
                | Q(brand__icontains=word)
                | Q(model__icontains=word)
                | Q(asset_code__icontains=word)
                | Q(register_number__icontains=word)
            )
        return queryset

    def as_it_is(self, queryset: QuerySet[Device], name: str, value: str) -> QuerySet[Device]:
        """Leave the rows: the order is that of the pages."""
        return queryset

    def kabupaten(self) -> Kabupaten | None:
        """Return the kabupaten that the list is about: the one chosen, or the person's only one."""
        scope = self.user.scope
        if scope.nation or scope.provinces:
            said = self.form.cleaned_data.get("kabupaten") if self.form.is_valid() else ""
            return Kabupaten.objects.visible_to(self.user).filter(code=said).first() if said else None
        own = [row.kabupaten for row in self.user.running_assignments if row.kabupaten]
        return own[0] if len({row.pk for row in own}) == 1 else None
