"""Adds to the sample what some screens need besides it; run once when the database is made."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import django

django.setup()

from django.utils import timezone  # noqa: E402
from PIL import Image  # noqa: E402

from accounts.contacts import add_contact  # noqa: E402
from accounts.models import Role, User  # noqa: E402
from accounts.offices import describe_office, office_of, publish_status  # noqa: E402
from accounts.people import assign, create_user  # noqa: E402
from accounts.signatories import name_signatory  # noqa: E402
from devices.models import Placement  # noqa: E402
from documents import jobs  # noqa: E402
from documents.models import Document, Format  # noqa: E402
from documents.requests import request_document, sign_document  # noqa: E402
from kecamatan.duty import Count, enter_recordings  # noqa: E402
from kecamatan.models import Kabupaten, Kecamatan  # noqa: E402
from lib.months import add_months, local_day, month_of  # noqa: E402
from lib.photos import looked_at  # noqa: E402
from repairs.attachments import attach, void_attachment, written  # noqa: E402
from repairs.faults import report_fault  # noqa: E402
from repairs.models import Ticket  # noqa: E402
from repairs.outages import report_outage  # noqa: E402
from reports import rollups  # noqa: E402
from reports.sample_users import DemoUser  # noqa: E402
from screens.pages import NOBODY_YET, OF_SEVERAL, OPERATOR, STAFF  # noqa: E402

OFFICE = {"address": "Jalan Contoh 1, Limboto", "public_phone": "0435 881234"}


def main() -> None:
    """Add somebody without an assignment, one who reports for two kecamatan, a power cut, and what an office says.

    Another kabupaten tells citizens nothing. And monthly reports: one as it was built, one that was signed, after which
    a count came late, and one of the province.
    """
    demo = DemoUser(NOBODY_YET, "Tanpa Tugas", Role.STAFF, "")
    create_user(username=demo.username, name=demo.name, password=demo.password, by=None)
    demo = DemoUser(OF_SEVERAL, "Dua Kecamatan", Role.OPERATOR, "")
    operator = create_user(username=demo.username, name=demo.name, password=demo.password, by=None)
    for place in Kecamatan.objects.filter(code__in=["75.01.17", "11.01.01"]):
        assign(operator, role=Role.OPERATOR, region=place, by=None)
    report_outage(
        client_key=uuid4(),
        places=Kecamatan.objects.filter(code__in=["75.01.02", "75.01.03"]),
        started_at=timezone.now() - timedelta(hours=2),
        effect="stopped",
        cause="power_outage",
        certainty="certain",
        promised_at=timezone.now() + timedelta(hours=3),
        note="Gardu di jalan besar meledak.",
        by=None,
    )
    office = Kabupaten.objects.get(code="75.01")
    add_contact(office, role="Teknisi", name="Budi Santoso", phone="0812 3456 7890", by=None)
    name_signatory(office, name="Rahmawati", nip="", title="Kepala Dinas", starts_on=date(2026, 1, 5), by=None)
    describe_office(office, agency_name="Disdukcapil", **OFFICE, version=office_of(office).version, by=None)
    publish_status(Kabupaten.objects.get(code="75.02"), is_public=False, continuing=[], version=0, by=None)
    rollups.refresh()
    _add_reports(office)
    _add_photos()
    _add_mistake()


def _add_reports(office: Kabupaten) -> None:
    today = local_day(timezone.now(), office.province.time_zone)
    month = add_months(month_of(today), -1)
    staff = User.objects.get(username=STAFF)
    for formats in ([Format.XLSX], Format.values):
        request_document(office, month, formats=formats, by=staff)
    request_document(office.province, month, formats=[Format.PDF], by=None)
    jobs.build_waiting()
    signed = Document.objects.filter(kabupaten=office).latest("pk")
    sign_document(signed, signed_on=today, by=staff)
    place = Kecamatan.objects.get(code="75.01.01")
    enter_recordings([Count(place, month.replace(day=28), place, 37)], by=staff)
    rollups.refresh()


def _add_photos() -> None:
    """Add two photos and a scanned letter to a ticket, one of which was voided."""
    ticket = Ticket.objects.open().filter(kecamatan__code="75.01.01").earliest("pk")
    photos = [Image.radial_gradient("L").resize((1200, 900)), Image.linear_gradient("L").resize((700, 1000))]
    files = [BytesIO() for _ in photos]
    for photo, file in zip(photos, files, strict=True):
        photo.save(file, "JPEG")
    files.append(BytesIO(b"%PDF-1.4\n%%EOF\n"))
    uploads = [looked_at(file, len(file.getvalue()), papers=True) for file in files]
    with written(uploads) as kept:
        attach(ticket, kept, by=User.objects.get(username=OPERATOR))
    void_attachment(ticket.attachments.latest("pk"), by=User.objects.get(username=STAFF), reason="Surat tempat lain.")


def _add_mistake() -> None:
    """Add a report that its operator may still withdraw; other screens find no fault more that stops recording."""
    sound = Placement.objects.filter(ended_at=None, recording_set__kecamatan__code="75.01.01")
    placed = sound.exclude(device__tickets__in=Ticket.objects.filter(restored_at=None)).latest("pk")
    report_fault(
        client_key=uuid4(),
        recording_set=placed.recording_set,
        device_kind=placed.device.kind,
        device=placed.device,
        effect="limited",
        note="Ternyata kabelnya lepas.",
        by=User.objects.get(username=OPERATOR),
    )
    rollups.refresh()


if __name__ == "__main__":
    main()
