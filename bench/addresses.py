"""The pages that the bench asks for: every page of the product, the lists also deep inside and searched.

``tests/test_bench.py`` fails when a page is missing here.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from accounts.regions import zone_of
from bench.deep import WAY_BACK, positions
from bench.people import own_kecamatan
from devices.models import Device, RecordingSet
from documents.jobs import build_waiting
from documents.models import Document, Format
from documents.requests import documents_of, request_document
from kecamatan.models import Kabupaten, Province, Recording
from lib.months import add_months, local_month
from repairs.models import Arrangement, LostRecords, Outage, Ticket


class Page(NamedTuple):
    """A page to measure, with the targets of design.md, section 7: milliseconds, queries, bytes as sent.

    The names in braces are keys of :func:`_keys`. What ``shows`` says must stand in the page: else it is another one.
    """

    title: str
    path: str
    p50: float = 30
    p95: float = 80
    p50_together: float = 120
    queries: float = 8
    size: float = 120 * 1024
    as_operator: bool = False
    shows: str = ""


HOME, REPORT = "/?kecamatan={kecamatan}", "/repairs/report/?kecamatan={kecamatan}"

PAGES = (
    # What operators look at.
    Page("My kecamatan", HOME, as_operator=True),
    Page("My kecamatan, choose one of several", "/", as_operator=True),
    # What people look at.
    Page("Desk of the nation's staff", "/"),
    Page("Nation", "/reports/ID/"),
    Page("The province with the most kabupaten", "/reports/{province}/"),
    Page("The kabupaten with the most kecamatan", "/reports/{kabupaten}/"),
    Page("Nation, a past month", "/reports/ID/?bulan={past}"),
    Page("The province with the most kabupaten, a past month", "/reports/{province}/?bulan={past}"),
    Page("The kabupaten with the most kecamatan, a past month", "/reports/{kabupaten}/?bulan={past}"),
    Page("Map of the nation", "/reports/ID/map/", p50=60, p95=150, size=150 * 1024),
    Page("Map of the nation, by target", "/reports/ID/map/?warna=target", p50=60, p95=150, size=150 * 1024),
    Page("Map of the province with the most kabupaten", "/reports/{province}/map/"),
    Page("Map of the kabupaten with the most kecamatan", "/reports/{kabupaten}/map/"),
    Page("Kecamatan", "/kecamatan/{kecamatan}/"),
    Page("Kecamatan, a past month", "/kecamatan/{kecamatan}/?bulan={past}"),
    Page("Kecamatan, on a past day", "/kecamatan/{kecamatan}/?per={day}"),
    Page("The province with the most kabupaten, on a past day", "/reports/{province}/?per={day}"),
    Page("The kabupaten with the most kecamatan, on a past day", "/reports/{kabupaten}/?per={day}"),
    Page("Declaration of a month", "/reports/{kabupaten}/months/2020-01/"),
    Page("Kecamatan of the nation that cannot record", "/reports/ID/kecamatan/?keadaan=down&urut=lama"),
    Page("Kecamatan of the province with the most kabupaten", "/reports/{province}/kecamatan/?bulan={past}"),
    Page("Kecamatan, deep in the list", "/reports/ID/kecamatan/?sesudah={deep_kecamatan}", shows=WAY_BACK),
    Page("Reliability of the nation", "/reports/ID/reliability/"),
    Page("Reliability of a province", "/reports/{province}/reliability/"),
    Page("Reliability of a kabupaten", "/reports/{kabupaten}/reliability/"),
    Page("Reliability of a kecamatan", "/reports/{kecamatan}/reliability/"),
    Page("API, the nation", "/api/v1/reports/ID/"),
    Page("Priorities of a kabupaten", "/reports/{kabupaten}/priorities/"),
    Page("Priorities of a province", "/reports/{province}/priorities/"),
    Page("Monthly reports", "/reports/{province}/documents/"),
    Page("Monthly report of the province, and what has changed since", "/reports/{province}/documents/{document}/"),
    Page("Monthly report of the nation, and what has changed since", "/reports/ID/documents/{document_of_all}/"),
    Page("Subscription to the monthly report", "/reports/{province}/documents/subscription/"),
    Page("Search for a region", "/search/?q=sepatan"),
    # Faults.
    Page("Tickets", "/repairs/"),
    Page("Tickets, deep in the list", "/repairs/?sesudah={deep_open_ticket}", shows=WAY_BACK),
    Page("Tickets, all, the newest first", "/repairs/?keadaan=semua"),
    Page("Tickets, all, deep in the list", "/repairs/?keadaan=semua&sesudah={deep_ticket}", shows=WAY_BACK),
    Page("Tickets, those of the end of a past month", "/repairs/?keadaan=semua&akhir={past}"),
    Page("Tickets, searched by number", "/repairs/?kata={ticket}"),
    Page("Tickets, searched by serial number", "/repairs/?keadaan=semua&kata={serial}"),
    Page("Tickets, searched by a word", "/repairs/?kata=timur"),
    Page("Tickets of a cause", "/repairs/?penyebab=lightning"),
    Page("Tickets of a kecamatan", "/repairs/?keadaan=semua&kecamatan={kecamatan}"),
    Page("Ticket", "/repairs/{ticket}/"),
    Page("Many tickets at once", "/repairs/bulk/?aksi=assign&assignee=0&semua=on&halaman={marks}"),
    Page("Report a fault, choose the place", "/repairs/report/"),
    Page("Report a fault", REPORT),
    Page("Report a fault, as an operator", REPORT, as_operator=True),
    Page("Report that was sent", "/repairs/{ticket}/sent/"),
    Page("Outbox of a phone", "/outbox/"),
    Page("Page without signal", "/no-signal/"),
    Page("Log a message", "/repairs/report/incoming/"),
    Page("Log a report", "/repairs/report/incoming/{kecamatan}/"),
    Page("Log an outage", "/repairs/report/incoming/{kecamatan}/outage/"),
    Page("Hand over tickets", "/repairs/handover/{person}/"),
    # Outages, arrangements, counts.
    Page("Outages", "/outages/"),
    Page("Outages, all, deep in the list", "/outages/?keadaan=semua&sesudah={deep_outage}", shows=WAY_BACK),
    Page("Outage", "/outages/{outage}/"),
    Page("Correct an outage", "/outages/{outage}/correct/"),
    Page("Report an outage", "/outages/report/?wilayah={kabupaten}"),
    Page("Arrangements", "/arrangements/"),
    Page(
        "Arrangements, all, deep in the list",
        "/arrangements/?keadaan=semua&sesudah={deep_arrangement}",
        shows=WAY_BACK,
    ),
    Page("Arrangement", "/arrangements/{arrangement}/"),
    Page("Correct an arrangement", "/arrangements/{arrangement}/correct/"),
    Page("Start an arrangement", "/arrangements/new/?kecamatan={kecamatan}"),
    Page("Counts, choose the place", "/recordings/"),
    Page("Counts of a kecamatan", "/recordings/?kecamatan={kecamatan}"),
    Page("Counts of guests", "/recordings/{kecamatan}/guests/"),
    Page("Counts of a day", "/recordings/{kecamatan}/{day}/"),
    Page("Lost records", "/recordings/lost/"),
    Page("Lost records, deep in the list", "/recordings/lost/?sesudah={deep_loss}", shows=WAY_BACK),
    Page("Lost record", "/recordings/lost/{loss}/"),
    Page("Record a loss", "/recordings/lost/new/?kecamatan={kecamatan}"),
    Page("Targets", "/targets/"),
    Page("Targets, deep in the list", "/targets/?sesudah={deep_kabupaten}", shows=WAY_BACK),
    Page("Targets of a kabupaten", "/targets/{kabupaten}/"),
    Page("Targets of a kecamatan", "/targets/{kecamatan}/"),
    Page("Set a target", "/targets/{kabupaten}/new/"),
    # Devices.
    Page("Devices", "/devices/"),
    Page("Devices, deep in the list", "/devices/?sesudah={deep_device}", shows=WAY_BACK),
    Page("Devices, the broken ones of a province", "/devices/?wilayah={province}&status=rusak"),
    Page("Devices, searched by serial number", "/devices/?kata={serial}"),
    Page("Device", "/devices/{device}/"),
    Page("Edit a device", "/devices/{device}/edit/"),
    Page("Place a device", "/devices/{device}/place/"),
    Page("Replace a device", "/devices/{device}/replace/"),
    Page("Correct a placement", "/devices/{device}/placements/{placement}/"),
    Page("Register a device", "/devices/new/?kecamatan={kecamatan}"),
    Page("Recording set", "/devices/sets/{set}/"),
    Page("Register a set", "/devices/sets/new/?kecamatan={kecamatan}"),
    Page("QR labels of a kecamatan", "/devices/labels/?kecamatan={kecamatan}"),
    Page("QR label of a stranger", "/d/AAAAAAAAAAAAAAAAAAAAAA/"),
    Page("Inventory", "/devices/inventory/{kabupaten}/"),
    # People and offices.
    Page("Home", "/account/"),
    Page("People", "/users/"),
    Page("People, deep in the list", "/users/?sesudah={deep_person}", shows=WAY_BACK),
    Page("People, searched by name", "/users/?kata=sepatan"),
    Page("Person", "/users/{person}/"),
    Page("Edit a person", "/users/{person}/edit/"),
    Page("Assign a person", "/users/{person}/assign/"),
    Page("Name a deputy", "/users/{person}/deputy/"),
    Page("Make a sign-in link", "/users/{person}/link/"),
    Page("Create a person", "/users/new/"),
    Page("Import people", "/users/import/"),
    Page("Sign-in links", "/users/links/"),
    Page("Profile of a kabupaten", "/profile/{kabupaten}/"),
    Page("History of a profile", "/profile/{kabupaten}/history/"),
    Page("Edit a profile", "/profile/{kabupaten}/edit/"),
    Page("Opening hours", "/profile/{kabupaten}/hours/"),
    Page("Power and network", "/profile/{kecamatan}/supply/"),
    Page("Status for citizens", "/profile/{kabupaten}/publicity/"),
    Page("Logo", "/profile/{kabupaten}/logo/"),
    Page("Add a contact", "/profile/{kabupaten}/contacts/add/"),
    Page("Add a signatory", "/profile/{kabupaten}/signatories/add/"),
    Page("Password", "/password/"),
    # What citizens read, as often as anybody asks (bench/public.py).
    Page("Public status, provinces", "/status/", size=20 * 1024),
    Page("Public status, searched", "/status/?q=sepatan", size=20 * 1024),
    Page("Public status of a province", "/status/{province}/", size=20 * 1024),
    Page("Public status of a kabupaten", "/status/{kabupaten}/", size=20 * 1024),
    Page("Public status of a kecamatan", "/status/{kecamatan}/", size=20 * 1024),
)


def pages_of(user: User) -> list[Page]:
    """Return the pages with real keys in their addresses; the largest region of each level is taken."""
    keys = _keys(user)
    return [page._replace(path=page.path.format(**keys)) for page in PAGES]


def _document(province: Province | None) -> int:
    """Return a monthly report of a province or the nation, built now where none is there."""
    built = documents_of(province).filter(state=Document.State.DONE)
    if not built.exists():
        month = add_months(local_month(timezone.now(), zone_of(province)), -1)
        request_document(province, month, formats=[Format.PDF], by=None)
        build_waiting()
    return built.latest("pk").pk


def _keys(user: User) -> dict[str, object]:
    province = Province.objects.annotate(size=Count("kabupaten")).order_by("-size", "code")[0]
    kabupaten = Kabupaten.objects.annotate(size=Count("kecamatan")).order_by("-size", "code")[0]
    kecamatan = own_kecamatan()[0]
    open_tickets = Ticket.objects.counted().filter(restored_at=None).order_by("failed_at", "pk")
    device = Device.objects.exclude(serial="").order_by("pk")[100_000]
    return {
        "province": province.code,
        "kabupaten": kabupaten.code,
        "kecamatan": kecamatan.code,
        "ticket": open_tickets[open_tickets.count() // 2].number,
        "serial": quote(device.serial),
        "marks": ",".join(f"{ticket.pk}.{ticket.version}" for ticket in open_tickets[:50]),
        "document": _document(province),
        "document_of_all": _document(None),
        "device": device.pk,
        "placement": device.placements.latest("pk").pk,
        "set": RecordingSet.objects.latest("pk").pk,
        "outage": Outage.objects.latest("started_at", "pk").pk,
        "arrangement": Arrangement.objects.latest("started_at", "pk").pk,
        "loss": LostRecords.objects.latest("day", "pk").pk,
        "day": Recording.objects.filter(kecamatan=kecamatan).latest("day").day.isoformat(),
        "past": f"{add_months(local_month(timezone.now(), province.time_zone), -3):%Y-%m}",
        "person": user.pk,
        **positions(user),
    }
