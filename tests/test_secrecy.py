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

from accounts.models import Role
from kecamatan.models import Recording
from repairs.arrangements import start_arrangement
from repairs.losses import record_loss
from repairs.models import LostRecords
from repairs.outages import report_outage
from tests.factories import INSTALLED_AT, device_of, make_fault, make_kecamatan, make_set, make_user, moment, sign_in

pytestmark = pytest.mark.django_db

OWN, FOREIGN, NOWHERE = "36.03.30", "53.01.01", "53.01.99"
NO_KEY = 999_999
READ = (
    "/repairs/{ticket}/",
    "/repairs/report/?kecamatan={code}",
    "/repairs/report/incoming/{code}/",
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
    "/recordings/lost/{loss}/",
    "/recordings/lost/new/?kecamatan={code}",
    "/reports/{code}/",
    "/reports/{kabupaten}/",
    "/reports/{province}/",
    "/kecamatan/{code}/",
    "/kecamatan/{code}/?bulan=2026-01",
    "/api/v1/reports/{code}/",
    "/api/v1/reports/{kabupaten}/",
    "/profile/{code}/",
    "/profile/{kabupaten}/",
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
)


@pytest.fixture(autouse=True)
def _one_moment() -> Iterator[None]:
    """Let every answer say the same time."""
    with time_machine.travel(moment("2026-11-20 03:00"), tick=False):
        yield


@pytest.fixture
def client() -> Client:
    """A browser of staff who have everything in their own kabupaten, too."""
    own = make_kecamatan(OWN)
    make_fault(make_set(own))
    browser = Client()
    sign_in(browser, make_user(Role.STAFF, own.kabupaten))
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
    return {
        "ticket": make_fault(recording_set).number,
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
    **dict.fromkeys(("outage", "arrangement", "device", "placement", "set", "loss"), NO_KEY),
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
