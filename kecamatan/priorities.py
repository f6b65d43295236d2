"""Which kecamatan a kabupaten sees to first, as its head has named them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from kecamatan.changes import record_event, record_kabupaten_event, subject_key
from kecamatan.models import Event, Kabupaten, Kecamatan
from lib.errors import Conflict, Refused

NAMED = "name_priorities"


def named_priorities(kabupaten: Kabupaten) -> list[Kecamatan]:
    """Return the priority kecamatan of a kabupaten, the first one first."""
    return list(kabupaten.kecamatan.exclude(priority_rank=None).order_by("priority_rank", "code"))


def last_naming(kabupaten: Kabupaten) -> Event | None:
    """Return the event of the newest naming, with who did it."""
    events = Event.objects.filter(subject=subject_key(kabupaten), action=NAMED)
    return events.select_related("by").order_by("-at").first()


@transaction.atomic
def set_priorities(
    kabupaten_code: str, codes: Sequence[str], *, by: Any, seen: Sequence[str] | None = None
) -> list[str]:
    """Name the priority kecamatan of a kabupaten, the first one first; the others lose their rank.

    Returns the codes named before. Naming the same again changes nothing. Raises :class:`Conflict` when others are
    named by now than those ``seen``, and :class:`Refused` for a kecamatan that is not one of the kabupaten's.
    """
    kabupaten = Kabupaten.objects.select_for_update(no_key=True).get(code=kabupaten_code)
    before = [place.code for place in named_priorities(kabupaten)]
    wanted = list(dict.fromkeys(codes))
    if wanted == before:
        return before
    if seen is not None and list(seen) != before:
        raise Conflict("Daftar prioritas baru saja diubah orang lain. Periksa isinya yang terbaru, lalu ulangi.")
    places = {place.code: place for place in kabupaten.kecamatan.running().filter(kind=Kecamatan.Kind.KECAMATAN)}
    unknown = [code for code in wanted if code not in places]
    if unknown:
        raise Refused(f"Kecamatan {', '.join(unknown)} tidak ada di {kabupaten.name}.", field="kode")
    ranks = {code: rank for rank, code in enumerate(wanted, 1)}
    for code, place in places.items():
        rank = ranks.get(code)
        if place.priority_rank != rank:
            record_event(place, "set_priority", by=by, kecamatan_id=place.pk, before=place.priority_rank, after=rank)
            Kecamatan.objects.filter(pk=place.pk).update(priority_rank=rank)
    record_kabupaten_event(kabupaten, NAMED, by=by, kabupaten_id=kabupaten.pk, before=before, after=wanted)
    return before
