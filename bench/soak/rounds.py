"""The rounds themselves: reports that wait on a phone, their resends in random order, and what came of them."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any, NamedTuple
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image

from accounts.models import Role, User
from accounts.people import assign, create_user
from devices.models import DeviceKind
from devices.register import get_or_create_set, register_device
from kecamatan.models import Kabupaten, Kecamatan, Province
from lib.months import WIB
from repairs.models import Attachment, Ticket
from repairs.sets import install_device

PER_PLACE = 20
KINDS = ("server", "fingerprint_scanner", "iris_scanner", "camera", "signature_pad")
OTHER_BODIES, PHOTO_EVERY = 50, 8


class Report(NamedTuple):
    """A report that waits on a phone: the address of its form, its fields, and its photo where it has one."""

    path: str
    fields: dict[str, str]
    photo: bytes = b""

    @property
    def body(self) -> dict[str, Any]:
        """Return what is sent, as the forms of a page encode it."""
        photos = [SimpleUploadedFile("foto.jpg", self.photo, "image/jpeg")] if self.photo else []
        return {**self.fields, "photos": photos}


class Answer(NamedTuple):
    """What the server said: the status, and the address to which the report led."""

    status: int
    url: str


Send = Callable[[Report], Answer]
"""What one client does: send a report and wait for the answer."""


class Outcome(NamedTuple):
    """What came of all rounds; where all is well only the first two are not 0."""

    sent: int
    tickets: int
    lost: int
    double: int
    differing: int
    """How many reports got two different answers, or one that is no receipt."""
    taken: int
    """How many other bodies under a used key were not refused with 409, or changed the first report."""
    photos: int
    """How many photos of the reports are on record."""


def sound(submissions: int, resends: int) -> Outcome:
    """Return what must come of so many reports."""
    return Outcome(submissions * resends, submissions, 0, 0, 0, 0, -(-submissions // PHOTO_EVERY))


@transaction.atomic
def make_reports(number: int) -> tuple[User, list[Report]]:
    """Make as many devices in kecamatan of their own, an operator of all of them, and a report of each device."""
    province = Province.objects.get_or_create(code="36", defaults={"name": "Banten", "time_zone": WIB})[0]
    kabupaten = Kabupaten.objects.get_or_create(code="36.99", defaults={"name": "Kabupaten Uji", "province": province})[
        0
    ]
    operator = create_user(username="soak", name="Soak", password=uuid4().hex, by=None)
    kinds = [(kind, kind.symptoms.first()) for kind in DeviceKind.objects.filter(code__in=KINDS)]
    reports: list[Report] = []
    photo = _photo()
    for place_number in range(1, -(-number // PER_PLACE) + 1):
        code = f"36.99.{place_number:02}"
        place = Kecamatan.objects.create(code=code, name=f"Kecamatan {code}", kabupaten=kabupaten)
        assign(operator, role=Role.OPERATOR, region=place, by=None)
        for label in ("1", "2", "3", "4"):
            recording_set = get_or_create_set(place, label, by=None)
            for kind, symptom in kinds:
                device = register_device(kind=kind, kecamatan=place, by=None)
                began = timezone.now() - timedelta(days=30)
                install_device(device=device, recording_set=recording_set, at=began, by=None)
                fields = {"client_key": str(uuid4()), "component": f"alat-{device.pk}", "symptom": symptom.code}
                note = f"Laporan ke-{len(reports) + 1}"
                shot = b"" if len(reports) % PHOTO_EVERY else photo
                reports.append(Report(f"/repairs/report/?kecamatan={code}", {**fields, "note": note}, shot))
    return operator, reports[:number]


def _photo() -> bytes:
    file = BytesIO()
    Image.effect_noise((96, 72), 30).save(file, "JPEG")
    return file.getvalue()


def soak(reports: Sequence[Report], resends: int, clients: Sequence[Send], seed: int = 1) -> Outcome:
    """Send each report ``resends`` times in random order, shared out among clients that send at the same time."""
    order = list(reports) * resends
    random.Random(seed).shuffle(order)
    answers: defaultdict[str, set[Answer]] = defaultdict(set)

    def run(number: int) -> list[tuple[str, Answer]]:
        try:
            return [(report.fields["client_key"], clients[number](report)) for report in order[number :: len(clients)]]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        for key, answer in (pair for pairs in pool.map(run, range(len(clients))) for pair in pairs):
            answers[key].add(answer)
    keys = Counter(str(key) for key in Ticket.objects.values_list("client_key", flat=True))
    found = [keys[report.fields["client_key"]] for report in reports]
    one_receipt = [len(said) == 1 and all(one.status == 201 for one in said) for said in answers.values()]
    return Outcome(
        sent=len(order),
        tickets=keys.total(),
        lost=found.count(0),
        double=keys.total() - len(keys) + sum(number - 1 for number in found if number > 1),
        differing=one_receipt.count(False),
        taken=_taken(reports[:OTHER_BODIES], clients[0]),
        photos=Attachment.objects.filter(
            ticket__client_key__in=[report.fields["client_key"] for report in reports]
        ).count(),
    )


def _taken(reports: Sequence[Report], send: Send) -> int:
    """Send other bodies under keys that are used; return how many were taken, or changed the first."""
    statuses = [send(report._replace(fields={**report.fields, "note": "Isi lain"})).status for report in reports]
    changed = Ticket.objects.filter(note="Isi lain").count()
    return sum(status != 409 for status in statuses) + changed
