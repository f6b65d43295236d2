"""Who sees which rows: the one place where scope is decided, and it fails closed.

A user carries a :class:`Scope`, the regions of all running assignments. Every model says once by which path it reaches
its kecamatan (``scope_path``); ``visible_to(user)`` turns the two into a filter, and returns nothing when in doubt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from django.db import models
from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Scope:
    """The regions that a user may see, by primary key; the nation covers all of them."""

    nation: bool = False
    provinces: frozenset[int] = field(default_factory=frozenset)
    kabupaten: frozenset[int] = field(default_factory=frozenset)
    kecamatan: frozenset[int] = field(default_factory=frozenset)


class Scoped(Protocol):
    """Anything that has a scope: a signed-in user of ours."""

    @property
    def scope(self) -> Scope: ...


def scope_of(user: object) -> Scope:
    """Return the scope of a user; the empty one for anonymous, inactive or unknown users."""
    if not getattr(user, "is_authenticated", False) or not getattr(user, "is_active", False):
        return Scope()
    scope = getattr(user, "scope", None)
    return scope if isinstance(scope, Scope) else Scope()


def _reach(path: str, suffix: str) -> str:
    return "__".join(part for part in (path, suffix) if part)


def region_filter(scope: Scope, path: str) -> Q | None:
    """Return the filter that keeps what lies in ``scope``, or ``None`` where nothing does.

    ``path`` leads from the model to its kecamatan ("" for Kecamatan itself).
    """
    if scope.nation:
        return Q()
    conditions = [
        Q(**{_reach(path, suffix): ids})
        for suffix, ids in (
            ("kabupaten__province__in", scope.provinces),
            ("kabupaten__in", scope.kabupaten),
            ("pk__in", scope.kecamatan),
        )
        if ids
    ]
    if not conditions:
        return None
    combined = conditions[0]
    for condition in conditions[1:]:
        combined |= condition
    return combined


class ScopedQuerySet(models.QuerySet[Any]):
    """A queryset of rows that belong to a kecamatan by the model's ``scope_path``."""

    def visible_to(self, user: object) -> Self:
        """Keep the rows inside the user's assignments; none at all without one."""
        condition = region_filter(scope_of(user), self.model.scope_path)
        return self.none() if condition is None else self.filter(condition)


def kabupaten_filter(scope: Scope, path: str) -> Q | None:
    """Return the filter that keeps what is about a kabupaten as a whole, or ``None`` where no whole one is in scope.

    ``path`` leads from the model to its kabupaten ("" for Kabupaten itself).
    """
    if scope.nation:
        return Q()
    if not scope.provinces and not scope.kabupaten:
        return None
    return Q(**{_reach(path, "province__in"): scope.provinces}) | Q(**{_reach(path, "pk__in"): scope.kabupaten})


class WholeKabupatenQuerySet(models.QuerySet[Any]):
    """A queryset of rows about a kabupaten as a whole, by the model's ``scope_path``."""

    def visible_to(self, user: object) -> Self:
        """Keep the rows of the whole kabupaten inside the user's assignments; none at all without one."""
        condition = kabupaten_filter(scope_of(user), self.model.scope_path)
        return self.none() if condition is None else self.filter(condition)


class EventQuerySet(models.QuerySet[Any]):
    """Events of kecamatan, and of kabupaten as a whole."""

    def visible_to(self, user: object) -> Self:
        """Keep the events of the kecamatan and of the whole kabupaten inside the user's assignments."""
        scope = scope_of(user)
        condition, whole = region_filter(scope, "kecamatan"), kabupaten_filter(scope, "kabupaten")
        if condition is None:
            return self.none()
        return self.filter(condition if whole is None else condition | whole)


class ProvinceQuerySet(models.QuerySet[Any]):
    """Provinces; seen whole or not at all."""

    def visible_to(self, user: object) -> Self:
        """Keep the provinces that an assignment covers."""
        scope = scope_of(user)
        return self.all() if scope.nation else self.filter(pk__in=scope.provinces)


class KabupatenQuerySet(models.QuerySet[Any]):
    """Kabupaten and kota; seen whole or not at all."""

    def visible_to(self, user: object) -> Self:
        """Keep the kabupaten that an assignment to them or to their province covers."""
        condition = kabupaten_filter(scope_of(user), "")
        return self.none() if condition is None else self.filter(condition)
