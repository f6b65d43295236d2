"""No reason that is kept for good may carry a NIK, whichever page or file it comes from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from accounts.models import Role, User
from accounts.people import deactivate
from devices.labels import renew_label
from devices.models import Device, RecordingSet
from devices.register import bring_back_device, take_off_register
from documents.models import Document
from documents.requests import withdraw_signature
from kecamatan.models import Event
from lib.errors import Refused
from repairs.declarations import declare_complete, withdraw_declaration
from repairs.sets import write_off_device
from repairs.tickets import promise, void_ticket
from tests.factories import device_of, make_fault, make_spare, make_user
from tests.repairs.conftest import NOW

pytestmark = pytest.mark.django_db

NIK = "Kata pak Budi, 3603 0123 4567 8901"


def test_every_reason_refuses_a_nik(recording_set: RecordingSet, staff: User) -> None:
    place, server = recording_set.kecamatan, device_of(recording_set)
    spare, gone = make_spare(place), make_spare(place)
    take_off_register(gone, whereabouts=Device.Whereabouts.STOLEN, at=NOW, by=staff)
    ticket, admin = make_fault(recording_set, "camera"), make_user(Role.ADMIN, None)
    declare_complete(place.kabupaten, month=date(2026, 10, 1), by=None)
    paper = Document(kabupaten=place.kabupaten, level="kabupaten", month=date(2026, 10, 1))
    stolen, before = Device.Whereabouts.STOLEN, Event.objects.count()
    changes: list[Callable[[], Any]] = [
        lambda: take_off_register(spare, whereabouts=stolen, at=NOW, by=staff, reason=NIK),
        lambda: bring_back_device(gone, version=gone.version, by=staff, reason=NIK),
        lambda: renew_label(server, by=staff, reason=NIK),
        lambda: write_off_device(device=spare, at=NOW, by=staff, reason=NIK),
        lambda: withdraw_signature(paper, reason=NIK, by=staff),
        lambda: withdraw_declaration(place.kabupaten, month=date(2026, 10, 1), reason=NIK, by=staff),
        lambda: void_ticket(ticket, version=1, by=staff, reason=NIK),
        lambda: promise(ticket, promised_on=date(2026, 11, 25), version=1, by=staff, reason=NIK),
        lambda: deactivate(staff, by=admin, reason=NIK),
    ]
    for change in changes:
        with pytest.raises(Refused, match="tampak seperti NIK") as refusal:
            change()
        assert refusal.value.field == "reason"
    assert Event.objects.count() == before
