"""A frozen present and the people of one kabupaten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import Role, User
from devices.models import Device, RecordingSet
from kecamatan.models import Kecamatan
from repairs.models import Outage
from tests.factories import device_of, make_kecamatan, make_set, make_user, moment
from tests.repairs.outage_world import client_of, outage_over

NOW = moment("2026-11-20 03:00")
"""Friday, 10.00 in Jakarta."""


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def kecamatan(frozen: time_machine.Traveller, db: None) -> Kecamatan:
    return make_kecamatan("36.03.30", "Kecamatan Sepatan Timur")


@pytest.fixture
def recording_set(kecamatan: Kecamatan) -> RecordingSet:
    return make_set(kecamatan)


@pytest.fixture
def operator(kecamatan: Kecamatan) -> User:
    return make_user(Role.OPERATOR, kecamatan)


@pytest.fixture
def technician(kecamatan: Kecamatan) -> User:
    return make_user(Role.TECHNICIAN, kecamatan.kabupaten)


@pytest.fixture
def staff(kecamatan: Kecamatan) -> User:
    return make_user(Role.STAFF, kecamatan.kabupaten)


@pytest.fixture
def official(kecamatan: Kecamatan) -> User:
    return make_user(Role.OFFICIAL, kecamatan.kabupaten)


@pytest.fixture
def balaraja(kecamatan: Kecamatan) -> Kecamatan:
    return make_kecamatan("36.03.01", "Kecamatan Balaraja")


@pytest.fixture
def kresek(kecamatan: Kecamatan) -> Kecamatan:
    return make_kecamatan("36.03.06", "Kecamatan Kresek")


@pytest.fixture
def three(kecamatan: Kecamatan, balaraja: Kecamatan, kresek: Kecamatan, staff: User) -> Outage:
    """A power cut over three kecamatan, of one of which there is an operator."""
    return outage_over(kecamatan, balaraja, kresek, by=staff)


@pytest.fixture
def office(staff: User) -> Client:
    return client_of(staff)


@pytest.fixture
def server(recording_set: RecordingSet) -> Device:
    return device_of(recording_set, "server")
