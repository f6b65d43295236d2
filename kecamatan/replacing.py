"""Brings many rows of one table to what they should be: new ones added, different ones corrected, old values kept.

Rows are plain tuples, by key, so that an import of hundreds of thousands makes no model instance for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from kecamatan.changes import subject_key
from kecamatan.models import Event
from lib.bulk import write_rows

Key = tuple[Any, ...]
Values = tuple[Any, ...]


class Changes(NamedTuple):
    """How many rows a set-based function added, changed, and found the same already."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table whose rows are replaced: the columns of its unique key, ``kecamatan_id`` first, and its values."""

    model: type[models.Model]
    key: tuple[str, ...]
    values: tuple[str, ...]


def replace_rows(
    sheet: Sheet, wanted: Mapping[Key, Values], among: Q, *, by: Any, unnamed_stay: bool = False
) -> tuple[list[Key], Changes]:
    """Write the wanted rows that are new or differ, in the caller's transaction; return their keys, and how many.

    ``among`` chooses the rows of the table with which the wanted ones may collide. With ``unnamed_stay`` a value that
    is ``None`` or empty is not wanted: what is known stays. A correction keeps the old values in an event.
    """
    added, known = _add(sheet, wanted, among)
    corrected: dict[Key, tuple[int, Values, Values]] = {}
    for key, (pk, old) in known.items():
        if key in wanted:
            new = _merged(old, wanted[key]) if unnamed_stay else wanted[key]
            if new != old:
                corrected[key] = pk, old, new
    _correct(sheet, corrected, by)
    changes = Changes(len(added), len(corrected), len(wanted) - len(added) - len(corrected))
    return [*added, *corrected], changes


def _merged(old: Values, new: Values) -> Values:
    return tuple(known if value in (None, "") else value for known, value in zip(old, new, strict=True))


def _add(sheet: Sheet, wanted: Mapping[Key, Values], among: Q) -> tuple[list[Key], dict[Key, tuple[int, Values]]]:
    """Add the rows that are not known yet; return their keys, and what was known before."""
    known = _known(sheet, among)
    while added := [key for key in wanted if key not in known]:
        try:
            with transaction.atomic():
                write_rows(sheet.model, sheet.key + sheet.values, (key + wanted[key] for key in added))
            break
        except IntegrityError:
            # PostgreSQL waited for the other writer, so each turn knows more; SQLite lets in one writer at a time.
            seen, known = len(known), _known(sheet, among)
            if len(known) == seen:
                raise
    return added, known


def _known(sheet: Sheet, among: Q) -> dict[Key, tuple[int, Values]]:
    width = len(sheet.key)
    rows = sheet.model._default_manager.filter(among).order_by().values_list("pk", *sheet.key, *sheet.values)
    return {row[1 : width + 1]: (row[0], row[width + 1 :]) for row in rows}


def _correct(sheet: Sheet, corrected: Mapping[Key, tuple[int, Values, Values]], by: Any) -> None:
    if not corrected:
        return
    rows, events, now = [], [], timezone.now()
    for key, (pk, old, new) in corrected.items():
        row = sheet.model(pk=pk, **dict(zip(sheet.values, new, strict=True)))
        rows.append(row)
        events.append(
            Event(
                kecamatan_id=key[0],
                subject=subject_key(row),
                action="correct",
                by=by,
                at=now,
                data={"before": dict(zip(sheet.values, old, strict=True))},
            )
        )
    sheet.model._default_manager.bulk_update(rows, sheet.values, batch_size=500)
    Event.objects.bulk_create(events, batch_size=1000)
