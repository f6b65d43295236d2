"""Writes very many rows of one table at once, past everything that looks after single rows.

No event, no mark, no guard: the caller has seen to these (``kecamatan.replacing``), or the rows are derived or made up.
PostgreSQL takes the rows by ``COPY``, ten times faster than by ``INSERT``; any other database through ``bulk_create``.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

BATCH = 20_000


def write_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Append rows given as the values of ``names`` (attribute names such as ``kecamatan_id``); return how many.

    Every column must be named that has no default of the database's own, only the key may be left out. Texts must be
    free of tabs, line breaks and backslashes. Rows are taken in batches, so memory does not grow with their number.
    """
    iterator, written = iter(rows), 0
    append = _copy if connection.vendor == "postgresql" else _insert
    while batch := list(islice(iterator, BATCH)):
        append(model, names, batch)
        written += len(batch)
    return written


def _copy(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    column_of = {field.attname: field.column for field in model._meta.concrete_fields}
    columns = ", ".join(f'"{column_of[name]}"' for name in names)
    lines = ("\t".join([_text(value) for value in row]) for row in rows)
    # Django does not wrap the errors of a method that only this driver has.
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN', io.StringIO("\n".join(lines)))
    if len(rows) == BATCH:
        # Foreign keys are checked at the commit; the list of what to check would grow with the rows.
        connection.check_constraints()


def _text(value: Any) -> str:
    """Return a value as ``COPY`` reads it."""
    if value is None:
        return "\\N"
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _insert(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    objects = [model(**dict(zip(names, row, strict=True))) for row in rows]
    model._default_manager.bulk_create(objects, batch_size=1000)


def reset_keys(*written: type[models.Model]) -> None:
    """Let the next rows of these tables get keys above those that were written by hand."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), written):
            cursor.execute(statement)
