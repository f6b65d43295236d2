"""Filters of a list, which stand in its address: a few in sight, the rest folded, each one that is set removable."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

import django_filters
from django.forms import BoundField, CheckboxInput, Select
from django.utils import timezone

from lib.format import month_id
from lib.months import WIT, add_months, local_month, parse_month

MONTHS_OFFERED = 24


class Chip(NamedTuple):
    """A filter that is set: what it is called, what it keeps, and the address of the list without it."""

    label: str
    value: str
    url: str


class ListFilter(django_filters.FilterSet):
    """Filters of a list. Those named by ``main`` are in sight; none named means all."""

    main: ClassVar[tuple[str, ...]] = ()

    def chosen(self) -> dict[str, str]:
        """Return the filters that are set, as they stand in the address."""
        return {name: self.data[name] for name in self.filters if self.data.get(name)}

    def main_fields(self) -> list[BoundField]:
        """Return the fields that are in sight."""
        return [field for field in self.form.visible_fields() if not self.main or field.name in self.main]

    def more_fields(self) -> list[BoundField]:
        """Return the fields that are folded away."""
        return [field for field in self.form.visible_fields() if self.main and field.name not in self.main]

    def more_is_open(self) -> bool:
        """Say whether a filter that is folded away is set, so that it stays in sight."""
        return any(self.data.get(field.name) for field in self.more_fields())

    def chips(self) -> list[Chip]:
        """Return the filters that are set, in words; an address leads back to the beginning of the list."""
        chosen = self.chosen()
        return [
            Chip(str(self.form[name].label), _words(self.form[name]), f"?{urlencode(_without(chosen, name))}")
            for name in chosen
        ]


def _without(chosen: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in chosen.items() if key != name}


class MonthSelect(Select):
    """A choice of the last months, the newest first; one that an address names besides them is offered as well."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "in"})

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Return the options: the months up to the one that runs in the east, where it begins first."""
        current = local_month(timezone.now(), WIT)
        months = [add_months(current, -back) for back in range(MONTHS_OFFERED)]
        offered = {f"{month:%Y-%m}": month_id(month) for month in months}
        asked = {one: _month_words(one) for one in value if one and one not in offered}
        self.choices = [("", "Semua"), *offered.items(), *asked.items()]
        return super().optgroups(name, value, attrs)


def _month_words(code: str) -> str:
    try:
        return month_id(parse_month(code))
    except ValueError:
        return code


def _words(field: BoundField) -> str:
    """Return what a filter keeps as people read it; of a box that is ticked its label says all."""
    if isinstance(field.field.widget, CheckboxInput):
        return ""
    value = str(field.value() or "")
    if isinstance(field.field.widget, MonthSelect):
        return _month_words(value)
    return {str(code): str(label) for code, label in getattr(field.field, "choices", ())}.get(value, value)
