"""What the pages of every app share: answers to what is not there or not allowed, and lists read page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.views.defaults import page_not_found, permission_denied

from lib.errors import Forbidden

PAGE_SIZE = 50

Row = TypeVar("Row", bound=Model)


class NotFound(Exception):
    """It is not there, or outside the assignments: the two look the same."""


def answers_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer what is not there, or lies outside the assignments, with 404, and a missing permission with 403."""

    @wraps(view)
    def answering(request: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except NotFound as error:
            return page_not_found(request, error)
        except Forbidden as error:
            return permission_denied(request, error)

    return answering


def page_of(rows: QuerySet[Row], order: Sequence[str], after: Row | None = None) -> tuple[list[Row], bool]:
    """Return the rows that follow ``after``, and whether there are more: nothing is counted or skipped.

    ``order`` names attributes of the rows, all rising or all falling (``-``), that together tell each row from every
    other and are never null; an index on them answers.
    """
    if after is not None:
        rows = rows.filter(_beyond(order, after))
    found = list(rows.order_by(*order)[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


def _beyond(order: Sequence[str], after: Model) -> Q:
    """Return what lies behind a row: by the first name, or equal there and behind it by the next."""
    condition, equal = Q(), Q()
    for name in order:
        field = name.removeprefix("-")
        value = getattr(after, field)
        condition |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return condition
