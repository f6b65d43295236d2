"""That something exists in another region is kept: its 404 is the 404 of what does not exist, query by query.

No time is asserted; ``make bench`` measures both. A code is a fact of Kemendagri's that everybody may know, so
for places it is what lies in them that must not show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.contacts import add_contact
from accounts.models import Contact, Role, Signatory
from accounts.signatories import name_signatory
from documents.models import DocumentFile
from documents.requests import request_document
from kecamatan.models import Recording
from kecamatan.targets import set_target
from repairs.arrangements import start_arrangement
from repairs.attachments import attach, written
from repairs.losses import record_loss
from repairs.models import LostRecords
from repairs.outages import report_outage
from repairs.tickets import assign
from tests.factories import (
    INSTALLED_AT,
    device_of,
    give_role,
    make_fault,
    make_kecamatan,
    make_set,
    make_user,
    moment,
    sign_in,
)
from tests.pictures import photo, upload

pytestmark = pytest.mark.django_db

OWN, FOREIGN, NOWHERE = "36.03.30", "53.01.01", "53.01.99"
NO_KEY = 999_999
READ = (
    "/repairs/{ticket}/",
    "/repairs/{ticket}/sent/",
    "/repairs/handover/{person}/",
    "/photos/{photo}/",
    "/photos/{photo}/small/",
    "/repairs/report/?kecamatan={code}",
    "/repairs/report/incoming/{code}/",
    "/repairs/report/incoming/{code}/outage/",
    "/outages/{outage}/",
    "/outages/{outage}/correct/",
    "/outages/report/?wilayah={code}",
    "/outages/report/?wilayah={kabupaten}",
    "/arrangements/{arrangement}/",
    "/arrangements/{arrangement}/correct/",
    "/arrangements/new/?kecamatan={code}",
    "/devices/{device}/",
    "/devices/{device}/edit/",
    "/devices/{device}/place/",
    "/devices/{device}/replace/",
    "/devices/{device}/placements/{placement}/",
    "/devices/new/?kecamatan={code}",
    "/devices/sets/{set}/",
    "/devices/sets/new/?kecamatan={code}",
    "/devices/inventory/{kabupaten}/",
    "/recordings/?kecamatan={code}",
    "/recordings/{code}/2026-01-05/",
    "/recordings/{code}/guests/",
    "/recordings/lost/{loss}/",
    "/recordings/lost/new/?kecamatan={code}",
    "/reports/{code}/",
    "/reports/{kabupaten}/",
    "/reports/{province}/",
    *(
        f"/reports/{{{level}}}/{page}/"
        for level in ("kabupaten", "province")
        for page in ("kecamatan", "map", "priorities", "reliability", "documents", "months/2026-01")
    ),
    "/reports/{kabupaten}/documents/subscription/",
    "/reports/{kabupaten}/documents/{document}/",
    "/reports/{kabupaten}/documents/{document}/files/csv/",
    "/targets/{code}/",
    "/targets/{kabupaten}/",
    "/targets/{code}/new/",
    "/targets/{code}/{rule}/",
    "/kecamatan/{code}/",
    "/kecamatan/{code}/?bulan=2026-01",
    "/api/v1/reports/{code}/",
    "/api/v1/reports/{kabupaten}/",
    "/profile/{code}/",
    "/profile/{kabupaten}/",
    *(
        f"/profile/{{kabupaten}}/{page}/"
        for page in ("history", "edit", "hours", "publicity", "logo", "signatories/add")
    ),
    "/profile/{code}/supply/",
    "/profile/{code}/contacts/{contact}/",
    "/profile/{kabupaten}/signatories/{signatory}/",
    "/users/{person}/",
    *(f"/users/{{person}}/{page}/" for page in ("edit", "assign", "deputy", "link")),
    "/users/assignments/{role}/end/",
)
SENT = (
    "/repairs/{ticket}/triage/",
    "/repairs/{ticket}/comment/",
    "/outages/{outage}/confirm/",
    "/outages/{outage}/end/",
    "/arrangements/{arrangement}/void/",
    "/devices/{device}/remove/",
    "/devices/{device}/edit/",
    "/devices/sets/{set}/withdraw/",
    "/recordings/{code}/normal/",
    "/recordings/lost/{loss}/void/",
    "/recordings/{code}/guests/",
    "/repairs/handover/{person}/",
    "/repairs/{ticket}/photos/",
    "/photos/{photo}/void/",
    "/reports/{kabupaten}/documents/",
    *(f"/reports/{{kabupaten}}/documents/{{document}}/{step}/" for step in ("cancel", "retry", "sign")),
    "/targets/{code}/{rule}/void/",
    "/profile/{code}/contacts/{contact}/remove/",
    "/users/{person}/disable/",
    "/users/{person}/enable/",
)
# What leads to no page of its own but chooses from a list: what lies elsewhere is left out as what is nowhere.
CHOSEN = ("/devices/labels/?alat={device}", "/devices/labels/?set={set}", "/devices/labels/?kecamatan={code}")


@pytest.fixture(autouse=True)
def _one_moment() -> Iterator[None]:
    """Let every answer say the same time."""
    with time_machine.travel(moment("2026-11-20 03:00"), tick=False):
        yield


@pytest.fixture
def client() -> Client:
    """A browser of staff who are admins besides, and have everything in their own kabupaten, too."""
    own = make_kecamatan(OWN)
    make_fault(make_set(own))
    browser, user = Client(), make_user(Role.STAFF, own.kabupaten)
    give_role(user, Role.ADMIN, own.kabupaten)
    sign_in(browser, user)
    return browser


@pytest.fixture
def foreign() -> dict[str, object]:
    """What lies in another province, by what its addresses name it."""
    place = make_kecamatan(FOREIGN, "Kecamatan Semau")
    recording_set = make_set(place)
    device = device_of(recording_set)
    outage = report_outage(client_key=uuid4(), places=[place], started_at=INSTALLED_AT, effect="stopped", by=None)
    record_loss(kecamatan=place, day=date(2026, 1, 5), count=10, by=None)
    Recording.objects.create(kecamatan=place, day=date(2026, 1, 5), place=place, recorded=3)
    ticket, person = make_fault(recording_set), make_user(Role.TECHNICIAN, place.kabupaten)
    assign(ticket, assignee=person, version=ticket.version, by=None)
    with written([upload(photo())]) as files:
        attach(ticket, files, by=None)
    set_target(place, starts_on=date(2026, 1, 1), count=10, by=None)
    document = request_document(place.kabupaten, date(2026, 1, 1), formats=["csv"], by=None)
    DocumentFile.objects.create(document=document, format="csv", size=1, content=b"x")
    add_contact(place, role="Operator", name="Ana", phone="081280001204", by=None)
    name_signatory(place.kabupaten, name="Ana", nip="", title="Kepala", starts_on=date(2026, 1, 1), by=None)
    return {
        "ticket": ticket.number,
        "photo": ticket.attachments.get().key,
        "person": person.pk,
        "role": person.assignments.get().pk,
        "rule": place.target_rules.get().pk,
        "document": document.pk,
        "contact": Contact.objects.get().pk,
        "signatory": Signatory.objects.get().pk,
        "outage": outage.pk,
        "arrangement": start_arrangement(kecamatan=place, kind="mobile_unit", started_at=INSTALLED_AT, by=None).pk,
        "device": device.pk,
        "placement": device.placements.get().pk,
        "set": recording_set.pk,
        "loss": LostRecords.objects.get().pk,
        "code": FOREIGN,
        "kabupaten": FOREIGN[:5],
        "province": FOREIGN[:2],
    }


NOTHING: dict[str, object] = {
    **dict.fromkeys(("outage", "arrangement", "device", "placement", "set", "loss", "person", "role"), NO_KEY),
    **dict.fromkeys(("rule", "document", "contact", "signatory"), NO_KEY),
    "photo": uuid4(),
    "ticket": "TKT-2026-999999",
    "code": NOWHERE,
    "kabupaten": "53.99",
    "province": "98",
}


def answer(client: Client, method: str, url: str) -> tuple[int, str, list[str], dict[str, str]]:
    """Return what somebody can tell an answer by: its status, body, headers, and what it asked of the database."""
    with CaptureQueriesContext(connection) as captured:
        response = getattr(client, method)(url)
    # A token is another one in each answer, and the API says which code it was asked for.
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|“[0-9.]+”', "", response.content.decode())
    queries = [re.sub(r"'[^']*'|\b\d+\b", "?", query["sql"]) for query in captured]
    return response.status_code, body, queries, dict(response.headers)


def test_what_lies_elsewhere_is_answered_as_what_is_nowhere(client: Client, foreign: dict[str, object]) -> None:
    asked = [("get", path) for path in READ] + [("post", path) for path in SENT]
    there = {case: answer(client, case[0], case[1].format(**foreign)) for case in asked}
    nowhere = {case: answer(client, case[0], case[1].format(**NOTHING)) for case in asked}
    assert {case: status for case, (status, *_) in there.items()} == dict.fromkeys(asked, 404)
    assert [case for case in asked if there[case] != nowhere[case]] == []


def test_what_lies_elsewhere_is_no_choice_either(client: Client, foreign: dict[str, object]) -> None:
    there = [answer(client, "get", path.format(**foreign)) for path in CHOSEN]
    nowhere = [answer(client, "get", path.format(**NOTHING)) for path in CHOSEN]
    assert [status for status, *_ in there] == [200] * len(CHOSEN)
    assert [path for path, one, other in zip(CHOSEN, there, nowhere, strict=True) if one != other] == []
