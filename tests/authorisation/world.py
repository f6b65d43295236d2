"""Whoever and whatever the table speaks of: its people, and a row of each kind at home and far away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

from accounts.contacts import add_contact
from accounts.models import Assignment, Contact, Role, Signatory, User
from accounts.signatories import name_signatory
from devices.labels import labels_of
from devices.models import Device, InventoryCheck, Label, Placement, RecordingSet
from devices.register import confirm_inventory
from documents.models import Document, DocumentFile
from documents.requests import request_document
from kecamatan.models import TargetRule
from kecamatan.targets import set_target
from repairs.arrangements import start_arrangement
from repairs.attachments import attach, written
from repairs.losses import record_loss
from repairs.models import Arrangement, Attachment, LostRecords, Outage, Ticket
from repairs.outages import report_outage
from tests.authorisation.cases import OTHER, OWN
from tests.factories import INSTALLED_AT, make_dinas, make_fault, make_kabupaten, make_kecamatan, make_set, make_user
from tests.pictures import photo, upload


def make_actors() -> dict[str, User | None]:
    """Make the people of the table, by the names of :data:`tests.authorisation.cases.ACTORS`."""
    kabupaten, own, other = make_kabupaten("36.03"), make_kecamatan(OWN), make_kecamatan(OTHER)
    make_dinas("36.03")
    confirm_inventory(kabupaten, day=date(2026, 1, 5), by=None)
    for place in (own, other):
        with written([upload(photo())]) as files:
            attach(make_fault(make_set(place), "camera"), files, by=None)
    labels_of(Device.objects.filter(kind__code="server"), [], by=None)
    for place in (own, other):
        report_outage(client_key=uuid4(), places=[place], started_at=INSTALLED_AT, effect="stopped", by=None)
        start_arrangement(kecamatan=place, kind="mobile_unit", started_at=INSTALLED_AT, by=None)
        record_loss(kecamatan=place, day=date(2026, 1, 5), count=10, by=None)
        set_target(place, starts_on=date(2026, 1, 1), count=10, by=None)
        add_contact(place, role="Operator", name="Ana", phone="081280001204", by=None)
        name_signatory(place.kabupaten, name="Ana", nip="", title="Kepala", starts_on=date(2026, 1, 1), by=None)
        document = request_document(place.kabupaten, date(2026, 1, 1), formats=["csv"], by=None)
        DocumentFile.objects.create(document=document, format="csv", size=1, content=b"x")
    return {
        "operator": make_user(Role.OPERATOR, own),
        "staff": make_user(Role.STAFF, kabupaten),
        "technician": make_user(Role.TECHNICIAN, kabupaten),
        "official": make_user(Role.OFFICIAL, kabupaten),
        "stranger": make_user(Role.STAFF, other.kabupaten),
        "admin": make_user(Role.ADMIN, None),
        "unassigned": User.objects.create_user(username="unassigned", name="Tanpa Tugas"),
        "anonymous": None,
    }


FOUND: dict[str, Callable[[str], object]] = {
    "ticket": lambda code: Ticket.objects.get(kecamatan__code=code).number,
    "photo": lambda code: Attachment.objects.get(ticket__kecamatan__code=code).key,
    "outage": lambda code: Outage.objects.get(places__code=code).pk,
    "arrangement": lambda code: Arrangement.objects.get(kecamatan__code=code).pk,
    "device": lambda code: Device.objects.get(kecamatan__code=code, kind__code="server").pk,
    "label": lambda code: Label.objects.get(device__kecamatan__code=code).token,
    "placement": lambda code: (
        Placement.objects.get(recording_set__kecamatan__code=code, device__kind__code="server").pk
    ),
    "set": lambda code: RecordingSet.objects.get(kecamatan__code=code).pk,
    "inventory": lambda code: InventoryCheck.objects.get(kabupaten__code=code).pk,
    "loss": lambda code: LostRecords.objects.get(kecamatan__code=code).pk,
    "rule": lambda code: TargetRule.objects.get(kecamatan__code=code).pk,
    "contact": lambda code: Contact.objects.get(office__kecamatan__code=code).pk,
    "signatory": lambda code: Signatory.objects.get(office__kabupaten__code=code).pk,
    "document": lambda code: Document.objects.get(kabupaten__code=code).pk,
    "person": lambda code: Assignment.objects.get(kecamatan__code=code).user_id,
    "role": lambda code: Assignment.objects.get(kecamatan__code=code).pk,
}
"""By what an argument of an address names: how its number or its key is found, by the code of its region."""


def filled(arg: str) -> str:
    """Return an argument of an address, with the number or the key of what it stands for."""
    what, _, code = arg.partition(" of ")
    return str(FOUND[what](code)) if what in FOUND else arg
