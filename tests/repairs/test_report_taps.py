"""Reporting with few taps: a component that an address names, what need not be said, and what the browser counts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from devices.models import RecordingSet
from repairs.models import Ticket
from tests.factories import device_of, make_device, make_fault, make_kecamatan, make_set
from tests.repairs.conftest import NOW
from tests.repairs.test_report_pages import REPORT, client_of, ticket_url, tile_of

pytestmark = pytest.mark.django_db


def opened(client: Client, **asked: object) -> Any:
    return client.get(REPORT, {"kecamatan": "36.03.30", **asked})


def picked(answer: Any) -> str | None:
    component = answer.context["form"].picked
    return component.value if component else None


def test_an_address_names_the_component_by_its_value_or_by_set_and_kind(
    recording_set: RecordingSet, operator: User
) -> None:
    client, camera = client_of(operator), tile_of(recording_set, "camera")
    assert picked(opened(client, komponen=camera)) == camera
    assert picked(opened(client, set=recording_set.pk, jenis="camera")) == camera
    text = opened(client, komponen=camera).content.decode()
    assert re.search(rf'<input type="radio" name="component" value="{camera}"[^>]*checked', text)
    assert "Ganti</span></summary>" in text


def test_a_set_alone_opens_its_components(recording_set: RecordingSet, operator: User) -> None:
    second = make_set(recording_set.kecamatan, "2", kinds=["camera"])
    client = client_of(operator)
    assert [row.is_open for row in opened(client).context["form"].sets()] == [True, True]
    assert [row.is_open for row in opened(client, set=second.pk).context["form"].sets()] == [False, True]


@pytest.mark.parametrize("asked", [{"komponen": "alat-0"}, {"set": "x"}, {"set": "\0"}, {"jenis": "camera"}])
def test_what_an_address_names_wrongly_is_left_to_choose(
    asked: dict[str, str], recording_set: RecordingSet, operator: User
) -> None:
    assert picked(opened(client_of(operator), **asked)) is None


def test_a_component_of_another_place_or_one_of_two_alike_is_left_to_choose(
    recording_set: RecordingSet, operator: User
) -> None:
    far, client = make_set(make_kecamatan("53.01.01")), client_of(operator)
    make_device(recording_set, "server", serial="SRV-2")
    assert picked(opened(client, komponen=tile_of(far))) is None
    assert picked(opened(client, set=far.pk, jenis="server")) is None
    assert picked(opened(client, set=recording_set.pk, jenis="server")) is None


def test_a_component_that_was_reported_leads_to_its_ticket(recording_set: RecordingSet, operator: User) -> None:
    ticket = make_fault(recording_set)
    text = opened(client_of(operator), komponen=tile_of(recording_set)).content.decode()
    assert f'sudah dilaporkan. <a href="{ticket_url(ticket)}#komentar">' in text


def test_what_need_not_be_said_is_folded_until_it_is_said(recording_set: RecordingSet, operator: User) -> None:
    client = client_of(operator)
    assert not opened(client).context["form"].shows_details
    assert not client.post(REPORT, {"note": "", "cause": "unknown"}).context["form"].shows_details
    assert client.post(REPORT, {"note": "Bau hangus"}).context["form"].shows_details
    assert client.post(REPORT, {"failed_at": "kemarin"}).context["form"].shows_details


def test_a_report_begins_now_unless_it_says_otherwise(recording_set: RecordingSet, operator: User) -> None:
    client = client_of(operator)
    assert opened(client).context["form"]["failed_at"].value() is None
    device = device_of(recording_set, "camera")
    client.post(
        REPORT, {"component": f"alat-{device.pk}", "symptom": "bad_picture", "failed_at": "", "cause": "unknown"}
    )
    ticket = Ticket.objects.get()
    assert (ticket.failed_at, ticket.cause, ticket.effect) == (NOW, "unknown", "stopped")
