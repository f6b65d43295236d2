"""Whether citizens read how the kecamatan of a kabupaten serve: who decides, what is kept, and what its page says."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Office, Role, User
from accounts.offices import office_of, publish_status
from kecamatan.models import Event, Kabupaten
from lib.errors import Conflict, Forbidden, Refused
from tests.factories import make_kabupaten, make_kecamatan, make_user, moment

pytestmark = pytest.mark.django_db

PAGE, PROFILE = "/profile/36.03/publicity/", "/profile/36.03/"


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(moment("2026-11-20 03:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def kabupaten() -> Kabupaten:
    return make_kabupaten("36.03")


@pytest.fixture
def admin(kabupaten: Kabupaten) -> User:
    return make_user(Role.ADMIN, kabupaten)


def publish(kabupaten: Kabupaten, **values: Any) -> Office:
    version = office_of(kabupaten).version
    said = {"is_public": False, "continuing": [], "version": version, "by": None}
    return publish_status(kabupaten, **{**said, **values})


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_kabupaten_is_open_to_everybody_until_an_admin_closes_it(kabupaten: Kabupaten, admin: User) -> None:
    assert office_of(kabupaten).is_public
    office = publish(kabupaten, continuing=["birth_certificate", "family_card"], by=admin)
    assert (office.is_public, office.continuing, office.version) == (False, ["family_card", "birth_certificate"], 1)
    event = Event.objects.get()
    assert (event.subject, event.action, event.by) == (f"office:{office.pk}", "publish", admin)
    assert event.data["before"] == {"is_public": True, "continuing": []}


def test_what_is_said_twice_is_written_once(kabupaten: Kabupaten) -> None:
    publish(kabupaten)
    assert publish(kabupaten).version == 1
    assert Event.objects.count() == 1


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.STAFF, Role.TECHNICIAN, Role.OFFICIAL])
def test_only_an_admin_of_the_kabupaten_decides(kabupaten: Kabupaten, role: Role) -> None:
    region = make_kecamatan("36.03.30") if role == Role.OPERATOR else kabupaten
    with pytest.raises(Forbidden):
        publish(kabupaten, by=make_user(role, region))
    with pytest.raises(Forbidden):
        publish(kabupaten, by=make_user(Role.ADMIN, make_kabupaten("53.01")))


def test_unknown_services_and_old_versions_are_refused(kabupaten: Kabupaten, admin: User) -> None:
    with pytest.raises(Refused, match="tidak dikenal"):
        publish(kabupaten, continuing=["passport"])
    publish(kabupaten)
    with pytest.raises(Conflict):
        publish(kabupaten, is_public=True, version=0, by=admin)


def test_the_form_opens_and_closes_it_and_the_profile_says_so(kabupaten: Kabupaten, admin: User) -> None:
    client = client_of(admin)
    form = client.get(PAGE).context["form"]
    assert form["is_public"].value() == "yes"
    sent = {"version": form["version"].value(), "is_public": "no", "family_card": "on"}
    assert client.post(PAGE, sent).status_code == 302
    page = client.get(PROFILE)
    assert [(fact.label, fact.text) for fact in page.context["publicity"]] == [
        ("Status kecamatan", "Tertutup"),
        ("Tetap dilayani", "Kartu Keluarga"),
    ]
    assert page.context["history"][0].changes == [
        "Status untuk warga: terbuka menjadi tertutup",
        "Tetap dilayani: belum diketahui menjadi Kartu Keluarga",
    ]
    late = client.post(PAGE, sent | {"is_public": "yes"})
    assert (late.status_code, office_of(kabupaten).is_public) == (409, False)
    assert "Terbuka untuk umum" in late.content.decode()


def test_staff_reads_it_without_the_way_to_change_it(kabupaten: Kabupaten) -> None:
    page = client_of(make_user(Role.STAFF, kabupaten)).get(PROFILE).content.decode()
    assert "Status untuk warga" in page
    assert PAGE not in page
