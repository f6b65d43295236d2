"""Faults that a first check put right, so that no ticket had to be opened."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from accounts.permissions import guard, may_report
from devices.models import Device, DeviceSymptom, RecordingSet
from kecamatan.changes import record_event, record_sign_of_life
from kecamatan.claims import said_at
from lib.errors import Refused
from repairs.models import AvoidedTicket


@transaction.atomic
def record_avoided_ticket(
    *, recording_set: RecordingSet, device: Device, symptom: DeviceSymptom, by: User | None
) -> AvoidedTicket:
    """Note that a device works again after one of the checks of its symptom, at the moment it was said.

    It is no fault: nothing stopped for a span that anybody knows, so no figure of a month reads it. Raises
    :class:`Refused` for a symptom of another kind. Effects: the row, an event, a sign of life of the kecamatan.
    """
    place = recording_set.kecamatan
    guard(by, [place], may_report)
    if not symptom.kinds.filter(pk=device.kind_id).exists():
        raise Refused(f"Gejala ini bukan untuk {device.kind}. Pilih gejala lain.", field="symptom")
    avoided = AvoidedTicket(
        kecamatan=place, recording_set=recording_set, device=device, symptom=symptom, at=said_at(), by=by
    )
    avoided.save(force_insert=True)
    record_event(avoided, "avoid", by=by, kecamatan_id=place.pk, device=device.pk, symptom=symptom.code)
    record_sign_of_life(place, avoided.at)
    return avoided
