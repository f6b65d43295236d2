"""Made-up data of the whole nation for twelve months, to measure with (design.md, section 7).

Rows are written in bulk, past the domain functions, which the ordinary sample goes through: three million of them
through guards, events and marks would take hours and prove nothing. So there are no events, and the marks are made at
the end, from the facts. The database must be its own: nothing in it could be told from what people entered.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db import models, transaction

from devices.models import Device, InventoryCheck, Placement, RecordingSet
from kecamatan.models import Cause, Kabupaten, Kecamatan, Population, Recording, TargetRule
from lib.bulk import reset_keys, write_rows
from lib.format import number_id
from repairs.models import Arrangement, CauseStatement, LostRecords, Outage, Rerecording, Ticket
from reports import national_year as year
from reports import rollups

Say = Callable[[str], object]
OTHERS = (Device, RecordingSet, Ticket, Recording, Population, TargetRule, InventoryCheck, Outage, Arrangement)


class NotEmptyError(Exception):
    """The database holds data from which the made-up one could not be told, or no regions."""


def load_national(now: datetime, say: Say = print) -> None:
    """Write the nation's twelve months up to ``now`` into a database that holds regions and no more; roll them up.

    The rows come in one transaction; :class:`NotEmptyError` where there are others. ``say`` gets each step and its
    time. The rollup rows come afterwards, in batches: after an interruption ``manage.py rollup`` goes on.
    """
    _refuse_other_data()
    started = time.perf_counter()
    with transaction.atomic():
        _write_all(year.draw_nation(now), say)
        Kabupaten.objects.update(has_sample_data=True)
        marks = rollups.forget()
    _drain(marks, say)
    say(f"Selesai dalam {time.perf_counter() - started:.0f} detik.")


def _refuse_other_data() -> None:
    for model in OTHERS:
        if found := model._default_manager.count():
            raise NotEmptyError(
                f"Basis data ini sudah berisi {number_id(found)} {model._meta.verbose_name}. Data skala nasional hanya "
                "dimuat ke basis data yang baru berisi wilayah; arahkan DATABASE_URL ke sana."
            )
    if not Kecamatan.objects.exists():
        raise NotEmptyError("Wilayah belum ada. Jalankan dahulu: manage.py sync_regions")


def _write_all(nation: year.Nation, say: Say) -> None:
    """Write table after table; those with keys of their own before the ones that name them."""
    units = year.draw_units(nation)
    faults = year.draw_faults(nation, units)
    places = Outage.places.through
    for title, model, names, rows in (
        ("penduduk", Population, year.POPULATION_FIELDS, year.populations(nation)),
        ("target", TargetRule, year.TARGET_FIELDS, year.targets(nation)),
        ("pendataan", InventoryCheck, year.INVENTORY_FIELDS, year.inventories(nation)),
        ("set", RecordingSet, year.SET_FIELDS, year.sets(nation)),
        ("alat", Device, year.DEVICE_FIELDS, year.devices(nation, units)),
        ("penempatan", Placement, year.PLACEMENT_FIELDS, year.placements(units)),
        ("tiket", Ticket, year.TICKET_FIELDS, year.tickets(nation, faults)),
        ("gangguan", Outage, year.OUTAGE_FIELDS, year.outages(nation)),
        ("kecamatan terganggu", places, year.OUTAGE_PLACE_FIELDS, year.outage_places(nation)),
        ("penyebab", CauseStatement, year.STATEMENT_FIELDS, _statements()),
        ("pengaturan layanan", Arrangement, year.ARRANGEMENT_FIELDS, year.arrangements(nation)),
        ("data hilang", LostRecords, year.LOSS_FIELDS, year.losses(nation)),
        ("rekam ulang", Rerecording, year.RERECORDING_FIELDS, _rerecordings()),
        ("perekaman", Recording, year.RECORDING_FIELDS, year.recordings(nation)),
    ):
        _write(title, model, names, rows, say)
    reset_keys(RecordingSet, Device, Ticket, Outage)


def _write(title: str, model: type[models.Model], names: Sequence[str], rows: year.Rows, say: Say) -> None:
    started = time.perf_counter()
    written = write_rows(model, names, rows)
    say(f"  {title}: {number_id(written)} baris ({time.perf_counter() - started:.1f} detik)")


def _statements() -> Iterator[tuple[object, ...]]:
    """Yield the statement behind each cause that is known of a ticket or an outage."""
    for model, place in ((Ticket, 0), (Outage, 1)):
        known = model._default_manager.exclude(cause=Cause.UNKNOWN).order_by("pk")
        for pk, *stated in known.values_list("pk", "cause", "certainty", "reported_at").iterator(chunk_size=10_000):
            yield year.statement((None, pk) if place else (pk, None), *stated)


def _rerecordings() -> Iterator[tuple[object, ...]]:
    """Yield the one row behind the total of each loss that was recorded again."""
    known = LostRecords.objects.filter(rerecorded__gt=0).order_by("pk")
    for pk, number, day in known.values_list("pk", "rerecorded", "rerecorded_on"):
        yield pk, day, number, None, None, None, ""


def _drain(marks: int, say: Say) -> None:
    """Compute the rollup rows, and say with every tenth how far it is."""
    started, done, tenths = time.perf_counter(), 0, 0
    for settled in rollups.drain():
        done += settled
        if done * 10 // marks > tenths:
            tenths = done * 10 // marks
            say(f"  rekap: {number_id(done)} dari {number_id(marks)} ({time.perf_counter() - started:.0f} detik)")
