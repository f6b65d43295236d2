"""What goes on during an outage: said by its reporter, corrected by staff, read by people of the place and citizens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.test import Client

from accounts.models import User
from accounts.offices import office_of, publish_status
from kecamatan.duty import say_all_is_normal
from kecamatan.models import Event, Kecamatan
from lib.errors import Refused
from repairs.models import Outage
from repairs.outages import end_outage_for
from reports import rollups
from tests.factories import make_kecamatan, make_set
from tests.repairs.outage_world import client_of, current, outage_over, typed, url_of

pytestmark = pytest.mark.django_db

REPORT = "/outages/report/"


@pytest.fixture
def public(kecamatan: Kecamatan) -> Iterator[Any]:
    """The page that citizens read of a kecamatan with one set, as a function without anything kept."""
    make_set(kecamatan)
    say_all_is_normal(kecamatan, by=None)

    def context() -> Any:
        rollups.refresh()
        caches["public"].clear()
        return Client().get("/status/36.03.30/").context

    yield context
    caches["public"].clear()


def test_weak_power_says_how_many_computers_run_and_what_else_goes_on(operator: User) -> None:
    services = ["birth_certificate", "family_card"]
    sent = typed(cause="weak_power", effect="limited", computers="2", services=services)
    client = client_of(operator)
    addresses = {client.post(REPORT, sent)["Location"] for _ in range(2)}
    outage = Outage.objects.get()
    assert addresses == {url_of(outage)}
    assert (outage.computers, outage.services) == (2, "family_card birth_certificate")
    sentence = "Masih bisa: 2 komputer bergantian, Kartu Keluarga, Akta kelahiran."
    assert client.get(url_of(outage)).context["going_on"] == sentence
    assert [row.text for row in client.get("/kecamatan/36.03.30/").context["outages"]] == [sentence]
    assert [row.going_on for row in client.get("/").context["outages"]] == [sentence]


def test_what_nobody_said_is_not_said(operator: User) -> None:
    client = client_of(operator)
    client.post(REPORT, typed())
    outage = Outage.objects.get()
    assert (outage.computers, outage.services) == (None, "")
    assert "Yang masih bisa dilayani: belum disebut." in client.get(url_of(outage)).content.decode()
    assert client.get("/").context["outages"][0].going_on == ""


@pytest.mark.parametrize(
    ("more", "errors"),
    [
        ({"computers": "0", "effect": "limited"}, {"computers": ["Tulis 1 sampai 99 komputer, atau kosongkan."]}),
        ({"computers": "100", "effect": "limited"}, {"computers": ["Tulis 1 sampai 99 komputer, atau kosongkan."]}),
        ({"computers": "dua", "effect": "limited"}, {"computers": ["Tulis angkanya saja, misalnya 2."]}),
        (
            {"computers": "2", "effect": "stopped"},
            {"computers": ["Bila masih ada komputer yang bisa dipakai merekam, perekaman terbatas, bukan berhenti."]},
        ),
        ({"services": ["entah"]}, {"services": ["Pilihan ini tidak ada lagi. Pilih satu dari daftar."]}),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    more: dict[str, Any], errors: dict[str, list[str]], operator: User
) -> None:
    answer = client_of(operator).post(REPORT, typed(cause="weak_power", **more))
    assert (answer.context["form"].errors, Outage.objects.count()) == (errors, 0)


def test_no_unknown_service_is_kept(kecamatan: Kecamatan) -> None:
    with pytest.raises(Refused, match="tidak dikenal"):
        outage_over(kecamatan, services=["entah"])


def test_what_is_said_belongs_to_the_body_of_a_submission(operator: User) -> None:
    client, sent = client_of(operator), typed()
    client.post(REPORT, sent)
    assert client.post(REPORT, sent | {"services": ["family_card"]}).status_code == 409


def test_staff_correct_what_goes_on_and_the_old_stays_readable(kecamatan: Kecamatan, staff: User) -> None:
    outage = outage_over(kecamatan, effect="limited", computers=3, services=["family_card"])
    client = client_of(staff)
    form = client.get(url_of(outage, "correct")).context["form"]
    assert (form["computers"].value(), form["services"].value()) == (3, ["family_card"])
    sent = {field.name: field.value() for field in form if field.value() is not None}
    sent |= {"started_at": "2026-11-20T08:00", "computers": "1", "services": ["death_certificate"], "reason": "Salah"}
    assert client.post(url_of(outage, "correct"), sent).status_code == 302
    assert (current(outage).computers, current(outage).services) == (1, "death_certificate")
    before = Event.objects.get(action="correct").data["before"]
    assert (before["computers"], before["services"]) == ("3", "family_card")
    assert "yang masih bisa dilayani" in client.get(url_of(outage)).content.decode()


def test_who_corrects_an_older_version_sees_both(kecamatan: Kecamatan, staff: User) -> None:
    outage = outage_over(kecamatan, effect="limited", computers=3)
    client = client_of(staff)
    form = client.get(url_of(outage, "correct")).context["form"]
    sent = {field.name: field.value() for field in form if field.value() is not None}
    sent |= {"started_at": "2026-11-20T08:00", "services": ["family_card"], "reason": "Salah"}
    assert client.post(url_of(outage, "correct"), sent).status_code == 302
    answer = client.post(
        url_of(outage, "correct"), sent | {"client_key": str(uuid4()), "computers": "1", "services": []}
    )
    both = {row.label: (row.yours, row.now) for row in answer.context["compared"]}
    assert answer.status_code == 409
    assert both["Berapa komputer yang masih bisa dipakai?"] == ("1", "3")
    assert both["Yang masih bisa dilayani"] == ("belum ada", "Kartu Keluarga")


def test_a_part_that_is_over_keeps_what_went_on(kecamatan: Kecamatan) -> None:
    outage = outage_over(kecamatan, make_kecamatan("36.03.31"), effect="limited", computers=2, services=["child_card"])
    part = end_outage_for(outage, places=[kecamatan], by=None)
    assert (part.computers, part.services) == (2, "child_card")


def test_citizens_read_what_goes_on_here_before_what_the_agency_says(public: Any, kecamatan: Kecamatan) -> None:
    kabupaten = kecamatan.kabupaten
    publish_status(
        kabupaten, is_public=True, continuing=["moving_letter"], version=office_of(kabupaten).version, by=None
    )
    outage_over(kecamatan, cause="network")
    assert (public()["continuing"], public()["is_told_here"]) == (["Surat pindah"], False)
    outage_over(kecamatan, cause="power_outage", services=["family_card", "birth_certificate"])
    outage_over(kecamatan, cause="no_staff", services=["family_card"])
    assert (public()["continuing"], public()["is_told_here"]) == (["Kartu Keluarga"], True)


def test_citizens_read_that_computers_take_turns(public: Any, kecamatan: Kecamatan) -> None:
    outage_over(kecamatan, cause="weak_power", effect="limited", computers=2, services=["family_card"])
    context = public()
    assert context["sentences"] == ["2 komputer dipakai bergantian: antrean bisa lebih lama."]
    assert context["continuing"] == ["Kartu Keluarga"]
