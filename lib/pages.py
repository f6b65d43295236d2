"""What the pages of every app share: answers to what is not there or not allowed, and lists by pages and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from html import escape
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.views.defaults import page_not_found, permission_denied

from lib.errors import Forbidden

PAGE_SIZE = 50
BATCH_SIZE = 1000
LONGEST_QUERY = 500

Row = TypeVar("Row", bound=Model)
Cells = TypeVar("Cells", bound=NamedTuple)
Response = TypeVar("Response", bound=HttpResponseBase)


class NotFound(Exception):
    """It is not there, or outside the assignments: the two look the same."""


def answers_problems(view: Callable[..., Response]) -> Callable[..., Response | HttpResponse]:
    """Answer what is not there, or lies outside the assignments, with 404, and a missing permission with 403."""

    @wraps(view)
    def answering(request: Any, **kwargs: Any) -> Response | HttpResponse:
        try:
            return view(request, **kwargs)
        except NotFound as error:
            return page_not_found(request, error)
        except Forbidden as error:
            return permission_denied(request, error)

    return answering


def left_list(request: HttpRequest, crumbs: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the crumbs of a page, the first leading back to the list as it was narrowed when the person left it.

    The browser says where they come from; what is not an address of that list leads to the whole list. After a form
    that was sent on the page itself nobody knows any more.
    """
    first, *rest = crumbs
    came_from = urlsplit(request.headers.get("Referer", ""))
    if (came_from.netloc, came_from.path) != (request.get_host(), first["url"]) or len(came_from.query) > LONGEST_QUERY:
        return crumbs
    query = urlencode(parse_qsl(came_from.query))
    return [{**first, "url": f"{first['url']}?{query}" if query else first["url"]}, *rest]


def key_of(text: str) -> int | None:
    """Return the key of a row as an address or a form carries it; none where it is not one that a row could have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def written(rows: Iterable[Cells]) -> list[Cells]:
    """Return the rows of a long table for its template, their texts escaped already.

    A template escapes each cell by itself, which takes as long as all the rest of such a page.
    """
    return [row._make(SafeString(escape(value)) if type(value) is str else value for value in row) for row in rows]


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
    """Return what lies behind a row: by the first name, or equal there and behind it by the next.

    The first name alone bounds it once more, from which a database reads where in the index to begin.
    """
    first = order[0].removeprefix("-")
    bound = Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": getattr(after, first)})
    condition, equal = Q(), Q()
    for name in order:
        field = name.removeprefix("-")
        value = getattr(after, field)
        condition |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return bound & condition


def batches(rows: QuerySet[Row], order: Sequence[str]) -> Iterator[list[Row]]:
    """Yield all rows in the order of :func:`page_of`, a batch at a time, so that memory stays flat however many."""
    after: Row | None = None
    while batch := list((rows if after is None else rows.filter(_beyond(order, after))).order_by(*order)[:BATCH_SIZE]):
        yield batch
        after = batch[-1]
