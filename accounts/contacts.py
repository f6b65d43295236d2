"""Whom to call at an office, by task: each change is guarded, written and recorded in the history of the office."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import Contact, Office, User
from accounts.offices import differences, guard_region, one_line, phone_or_blank, record_office_event, stored_office
from accounts.permissions import Region, may_edit_contacts
from kecamatan.changes import compare_and_set
from lib.errors import Conflict, Refused

MOST_CONTACTS = 30
HIGHEST_RANK = 99
COPIED = 5
"""How many contacts stand on the pages of places; all of them stand on the profile."""


@transaction.atomic
def add_contact(
    region: Region, *, role: str, name: str, phone: str, rank: int | None = None, by: User | None
) -> Contact:
    """List somebody to call at the office of a region; without a rank at the end."""
    guard_region(by, region, may_edit_contacts)
    office = stored_office(region)
    listed = _listed(office)
    if listed.count() >= MOST_CONTACTS:
        raise Refused(f"Paling banyak {MOST_CONTACTS} kontak. Hapus dulu yang tidak dipakai lagi.")
    last = listed.aggregate(last=Max("rank"))["last"] or 0
    values = _checked(role, name, phone, min(last + 1, HIGHEST_RANK) if rank is None else rank)
    contact = Contact.objects.create(office=office, **values)
    _copy_first(office)
    record_office_event(office, "add_contact", by=by, contact=str(contact), after=values)
    return contact


@transaction.atomic
def change_contact(
    region: Region,
    contact: Contact,
    *,
    role: str,
    name: str,
    phone: str,
    rank: int | None,
    version: int,
    by: User | None,
) -> Contact:
    """Correct a contact of a region; without a rank its place in the list stays."""
    guard_region(by, region, may_edit_contacts)
    if contact.removed_at:
        raise Conflict("Kontak ini sudah dihapus.")
    before = str(contact)
    values = _checked(role, name, phone, contact.rank if rank is None else rank)
    changed = differences(contact, values)
    if changed:
        compare_and_set(contact, version, **values)
        _copy_first(contact.office)
        record_office_event(contact.office, "change_contact", by=by, contact=before, **changed)
    return contact


@transaction.atomic
def remove_contact(region: Region, contact: Contact, *, version: int, by: User | None) -> None:
    """Take somebody off the list; one who is off it already stays off."""
    guard_region(by, region, may_edit_contacts)
    if contact.removed_at is None:
        compare_and_set(contact, version, removed_at=timezone.now())
        _copy_first(contact.office)
        record_office_event(contact.office, "remove_contact", by=by, contact=str(contact), phone=contact.phone)


def contacts_of(office: Office) -> list[Contact]:
    """Return whom to call at an office, in order; nobody at one that is not stored yet."""
    return [] if office.pk is None else list(_listed(office))


def _listed(office: Office) -> QuerySet[Contact]:
    return office.contacts.filter(removed_at=None).order_by("rank", "pk")


def _copy_first(office: Office) -> None:
    """Copy the first contacts into the row of their office, one change at a time, so that none is missed."""
    row = Office.objects.select_for_update().filter(pk=office.pk)
    row.get()
    row.update(first_contacts=list(_listed(office).values("role", "name", "phone")[:COPIED]))


def _checked(role: str, name: str, phone: str, rank: int) -> dict[str, object]:
    values = {"role": one_line(role, "role"), "name": one_line(name, "name"), "phone": phone_or_blank(phone, "phone")}
    for field, sentence in REQUIRED.items():
        if not values[field]:
            raise Refused(sentence, field=field)
    if not 1 <= rank <= HIGHEST_RANK:
        raise Refused(f"Urutan antara 1 dan {HIGHEST_RANK}.", field="rank")
    return {**values, "rank": rank}


REQUIRED = {
    "role": "Tulis tugasnya, misalnya Teknisi atau Operator.",
    "name": "Tulis nama orangnya.",
    "phone": "Tulis nomor teleponnya.",
}
