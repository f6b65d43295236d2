"""What the office of a dinas is called: by its agency (Disdukcapil, Dispendukcapil, ...) and its kabupaten.

The name stands in the row of the office, so that every list has it; it is made here and nowhere else.
"""

from __future__ import annotations

from typing import Any

from kecamatan.changes import record_event
from kecamatan.models import Kabupaten, Kecamatan

UNNAMED = "Dinas"
"""Stands for an agency of which nobody has said yet what it is called."""


def dinas_name(agency: str, kabupaten: str) -> str:
    """Return the name of the office of a kabupaten's agency."""
    return f"{agency or UNNAMED} {kabupaten}"


def agency_names() -> dict[str, str]:
    """Return what the agencies are called that have said so, by the code of their kabupaten."""
    return dict(Kabupaten.objects.exclude(agency_name="").values_list("code", "agency_name"))


def name_agency(kabupaten: Kabupaten, agency: str, *, by: Any) -> None:
    """Call a kabupaten's agency, and with it its office, by a name, blank for none; ``sync_regions`` keeps it.

    The caller guards and opens the transaction.
    """
    Kabupaten.objects.filter(pk=kabupaten.pk).update(agency_name=agency)
    name = dinas_name(agency, kabupaten.name)
    for office in Kecamatan.objects.filter(kabupaten=kabupaten, kind=Kecamatan.Kind.DINAS).exclude(name=name):
        before, office.name = office.name, name
        office.save(update_fields=["name"])
        record_event(
            office, "rename", by=by, kecamatan_id=office.pk, before={"name": before}, after={"name": office.name}
        )
