"""Daily counts as people enter them: new ones, which overwrite nothing, and corrections, which say why.

Each function owns one change: guard, write, event, marks, in one transaction. What a count may be is the one rule of
``kecamatan.duty``. An import goes through ``kecamatan.duty.enter_recordings``, where the newest file wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_enter_counts
from kecamatan import duty
from kecamatan.changes import mark_months, record_event
from kecamatan.duty import Count, CountKey, CountsRefused, months_that_read, population_bounds, refuse_impossible_counts
from kecamatan.models import Kecamatan, Recording, VoidedRecording
from lib.errors import Conflict, Forbidden, Refused
from lib.guards import required_reason
from lib.months import day_bounds
from repairs.models import Arrangement

ENTERED, CORRECTED, VOIDED = "enter", "correct", "void"


class Figures(NamedTuple):
    """What a count says: people recorded, cards printed (``None``: not known), what hindered."""

    recorded: int
    printed: int | None = None
    hindrance: str = ""


class CountsTaken(Conflict):
    """Somebody else counted first, with other figures; nothing was written.

    ``clashes`` are the counts that were sent, each with what is on record.
    """

    def __init__(self, clashes: Sequence[tuple[Count, Recording]]) -> None:
        super().__init__("Sebagian hari baru saja diisi orang lain dengan angka yang berbeda.")
        self.clashes = clashes


def figures_of(row: Count | Recording | VoidedRecording) -> Figures:
    """Return what a count says, wanted or on record."""
    return Figures(row.recorded, row.printed, row.hindrance)


@transaction.atomic
def add_counts(counts: Sequence[Count], *, by: User | None) -> int:
    """Put new counts on record and return how many are new; the same count again changes nothing.

    Raises ``CountsRefused`` for counts that cannot be, and :class:`CountsTaken` where other figures are on record for
    the same kecamatan, day and place. Effects: the counts, an event for each; marks their months.
    """
    guard_counts(by, counts)
    _refuse_impossible(counts)
    before = _on_record(counts)
    new = [count for count in counts if count.key not in before]
    # Whoever adds the same count at this moment is waited for, then read: no first one is overwritten.
    Recording.objects.bulk_create([_row(count) for count in new], ignore_conflicts=True)
    stored = _on_record(counts)
    if clashes := [(one, stored[one.key]) for one in counts if figures_of(stored[one.key]) != figures_of(one)]:
        raise CountsTaken(clashes)
    for count in new:
        row = stored[count.key]
        said = {"after": figures_of(row)._asdict(), **_said_by_host(count, by)}
        record_event(row, ENTERED, by=by, kecamatan_id=row.kecamatan_id, **said)
    mark_months(months_that_read(new))
    return len(new)


@transaction.atomic
def correct_count(recording: Recording, *, seen: Figures, figures: Figures, reason: str, by: User | None) -> None:
    """Replace what a count says, because of ``reason``; ``seen`` is what the person decided on.

    Raises :class:`Conflict` where it says something else by now: the figures are their own version. Effects: the
    count, an event with the values before and after and the reason; marks its months.
    """
    guard_counts(by, [recording])
    _refuse_impossible([_wanted(recording, figures)])
    if figures == seen:
        raise Refused("Angkanya masih sama dengan yang tercatat. Ubah dulu yang keliru.", field="recorded")
    reason = required_reason(reason)
    unchanged = Recording.objects.filter(pk=recording.pk, **seen._asdict())
    if unchanged.update(**figures._asdict()) != 1:
        raise Conflict
    recording.refresh_from_db(fields=Figures._fields)
    record_event(
        recording,
        CORRECTED,
        by=by,
        kecamatan_id=recording.kecamatan_id,
        before=seen._asdict(),
        after=figures._asdict(),
        reason=reason,
        **_said_by_host(recording, by),
    )
    mark_months(months_that_read([recording]))


@transaction.atomic
def void_count(recording: Recording, *, seen: Figures, reason: str, by: User | None) -> None:
    """Take a count off the record that was entered for a wrong day or place; ``seen`` is what the person decided on.

    Raises :class:`Conflict` where it says something else by now, or is gone. Effects: the count moves to
    :class:`VoidedRecording`, an event with its figures and the reason; marks the months that read it, also those in
    which it was the newest sign of life.
    """
    guard(by, [recording.kecamatan], may_enter_counts)
    reason = required_reason(reason)
    gone, _ = Recording.objects.filter(pk=recording.pk, **seen._asdict()).delete()
    if gone != 1:
        raise Conflict
    VoidedRecording.objects.create(
        number=recording.pk,
        kecamatan=recording.kecamatan,
        day=recording.day,
        place=recording.place,
        by_mobile_unit=recording.by_mobile_unit,
        voided_at=timezone.now(),
        voided_by=by,
        void_reason=reason,
        **seen._asdict(),
    )
    before = {"day": recording.day, **seen._asdict()}
    record_event(recording, VOIDED, by=by, kecamatan_id=recording.kecamatan_id, before=before, reason=reason)
    mark_months(months_that_read([recording]))


def say_all_is_normal(kecamatan: Kecamatan, *, by: User | None) -> bool:
    """Note the one-tap "hari ini normal"; returns whether it was the first of the day, as the duty knows it."""
    guard(by, [kecamatan], may_enter_counts)
    return duty.say_all_is_normal(kecamatan, by=by)


def guard_counts(by: User | None, counts: Iterable[Count | Recording]) -> None:
    """Raise ``Forbidden`` unless a person counts for the home of each count, or for the place that hosts its people.

    A host counts only what happens there, on days on which an arrangement sends the people of the home to it.
    """
    if by is None:
        return
    foreign = [count for count in counts if not may_enter_counts(by, count.kecamatan)]
    spans = _hostings(foreign)
    for count in foreign:
        if not (may_enter_counts(by, count.place) and _is_hosted(count, spans)):
            raise Forbidden(f"Anda tidak berwenang mengisi hitungan {count.kecamatan.name}.")


def is_hosted(count: Count | Recording) -> bool:
    """Say whether the place of a count hosts the people of its home on that local day."""
    return _is_hosted(count, _hostings([count]))


Spans = Mapping[tuple[int, int | None], list[tuple[datetime, datetime | None]]]
"""When whose people are sent to whom, UTC, by home and host."""


def _hostings(counts: Collection[Count | Recording]) -> Spans:
    """Return the arrangements by which the places of these counts host their homes, however many in one query."""
    found: defaultdict[tuple[int, int | None], list[tuple[datetime, datetime | None]]] = defaultdict(list)
    if counts:
        homes, hosts = {count.kecamatan.pk for count in counts}, {count.place.pk for count in counts}
        rows = Arrangement.objects.counted().filter(kind=Arrangement.Kind.HOSTED, kecamatan__in=homes, host__in=hosts)
        for home, host, *span in rows.values_list("kecamatan", "host", "started_at", "ended_at"):
            found[home, host].append((span[0], span[1]))
    return found


def _is_hosted(count: Count | Recording, spans: Spans) -> bool:
    start, end = day_bounds(count.day, count.kecamatan.time_zone)
    hostings = spans.get((count.kecamatan.pk, count.place.pk), [])
    return not count.by_mobile_unit and any(
        began < end and (ended is None or ended > start) for began, ended in hostings
    )


def _said_by_host(count: Count | Recording, by: User | None) -> dict[str, str]:
    """Return what an event tells of a count that its host wrote: the name of the place, and of nobody there."""
    return {} if by is None or may_enter_counts(by, count.kecamatan) else {"host": count.place.name}


def _refuse_impossible(counts: Sequence[Count]) -> None:
    refuse_impossible_counts(counts, population_bounds({count.kecamatan.pk for count in counts}))
    problems = {
        count.key: Refused("Nol orang: pilih kendalanya, misalnya sepi atau listrik padam.", field="hindrance")
        for count in counts
        if count.recorded == 0 and not count.hindrance
    }
    if problems:
        raise CountsRefused(problems)


def _on_record(counts: Iterable[Count]) -> Mapping[CountKey, Recording]:
    """Return what is on record for the keys of these counts, which are of one kecamatan or few."""
    keys = {count.key for count in counts}
    rows = Recording.objects.filter(kecamatan__in={key[0] for key in keys}, day__in={key[1] for key in keys})
    found = {(row.kecamatan_id, row.day, row.place_id, row.by_mobile_unit): row for row in rows}
    return {key: row for key, row in found.items() if key in keys}


def _row(count: Count) -> Recording:
    return Recording(
        kecamatan=count.kecamatan,
        day=count.day,
        place=count.place,
        by_mobile_unit=count.by_mobile_unit,
        **figures_of(count)._asdict(),
    )


def _wanted(recording: Recording, figures: Figures) -> Count:
    count = Count(recording.kecamatan, recording.day, recording.place, figures.recorded, recording.by_mobile_unit)
    return replace(count, printed=figures.printed, hindrance=figures.hindrance)
