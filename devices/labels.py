"""QR labels: what is stuck on a device or a set, and leads whoever scans it to its report.

A label bears a token of 128 random bits that says nothing of what it is on. It is made when a label is first printed;
a new one puts an end to the old, for labels that were stolen or copied.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import guard, may_manage_devices, may_print_labels
from devices.models import Device, Label, RecordingSet
from kecamatan.changes import compare_and_set, record_event
from kecamatan.models import Kecamatan
from lib.guards import required_reason

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def new_token() -> str:
    """Return a token that nobody can guess: 22 letters, digits, hyphens and underscores."""
    return secrets.token_urlsafe(16)


@transaction.atomic
def labels_of(
    devices: Iterable[Device], sets: Iterable[RecordingSet], *, by: User | None
) -> tuple[dict[int, str], dict[int, str]]:
    """Return the tokens of devices and of sets, by key; those that had none get one.

    Effects: the labels that are new; printing changes nothing else.
    """
    devices, sets = list(devices), list(sets)
    subjects: list[Device | RecordingSet] = [*devices, *sets]
    guard(by, {row.kecamatan_id: row.kecamatan for row in subjects}.values(), may_print_labels)
    now = timezone.now()
    new = [Label(device=row, token=new_token(), made_at=now) for row in devices]
    new += [Label(recording_set=row, token=new_token(), made_at=now) for row in sets]
    Label.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    rows = Label.objects.filter(device__in=devices) | Label.objects.filter(recording_set__in=sets)
    found = list(rows.values_list("device", "recording_set", "token"))
    return {pk: token for pk, _, token in found if pk}, {pk: token for _, pk, token in found if pk}


@transaction.atomic
def renew_label(subject: Device | RecordingSet, *, by: User | None, reason: str, version: int | None = None) -> None:
    """Give a device or a set another token; the label that is stuck on it now leads nowhere from then on.

    ``version`` is that of the subject, as the person saw it: of two who renew the same label the second gets a
    ``Conflict``, since the new one may be printed already. Effects: the token, an event with the reason.
    """
    guard(by, [subject.kecamatan], may_manage_devices)
    reason = required_reason(reason)
    if version is not None:
        compare_and_set(subject, version)
    where = {"device": subject} if isinstance(subject, Device) else {"recording_set": subject}
    Label.objects.update_or_create(**where, defaults={"token": new_token(), "made_at": timezone.now()})
    record_event(subject, "renew_label", by=by, kecamatan_id=subject.kecamatan_id, reason=reason)


def find_label(token: str) -> Label | None:
    """Return the label of a token, with what it is on and the place of that; nothing for what is no token."""
    if not TOKEN.fullmatch(token):
        return None
    around = "kecamatan__kabupaten"
    rows = Label.objects.select_related(f"device__{around}", f"recording_set__{around}")
    return rows.filter(token=token).first()


def place_of(label: Label) -> Kecamatan:
    """Return where a device was placed last, or the place of a set."""
    subject = label.device or label.recording_set
    assert subject is not None, "the constraint of the table"
    return subject.kecamatan
