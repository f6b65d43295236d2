"""Declaring a month complete: who may, when, once, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine

from accounts.models import Role
from kecamatan.models import Event, Kabupaten, MonthDeclaration
from lib.errors import Conflict, Forbidden, Refused
from repairs.declarations import declare_complete, holding, withdraw_declaration
from tests.factories import make_kabupaten, make_user, moment

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(moment("2026-03-31 16:30"), tick=False) as clock:
        yield clock


@pytest.fixture
def kabupaten() -> Kabupaten:
    return make_kabupaten()


def test_only_a_month_that_is_over_by_the_local_clock_can_be_declared(kabupaten: Kabupaten) -> None:
    with pytest.raises(Refused, match="Maret 2026 belum selesai"):
        declare_complete(kabupaten, month=MARCH, by=None)
    assert declare_complete(make_kabupaten("53.01"), month=MARCH, by=None).month == MARCH
    with pytest.raises(Refused, match="Sebelum 2009"):
        declare_complete(kabupaten, month=date(2008, 12, 1), by=None)


def test_a_declaration_is_made_once_and_leaves_one_event(kabupaten: Kabupaten, clock: time_machine.Coordinates) -> None:
    clock.move_to(moment("2026-04-01 02:00"))
    by = make_user(Role.STAFF, kabupaten)
    first = declare_complete(kabupaten, month=MARCH, by=by)
    assert declare_complete(kabupaten, month=MARCH, by=by) == first
    assert (first.declared_by, first.declared_at) == (by, moment("2026-04-01 02:00"))
    events = Event.objects.filter(kabupaten=kabupaten).values_list("action", "by", "data")
    assert list(events) == [("declare_complete", by.pk, {"month": "2026-03-01"})]


def test_a_withdrawal_needs_a_reason_and_the_month_can_be_declared_again(
    kabupaten: Kabupaten, clock: time_machine.Coordinates
) -> None:
    clock.move_to(moment("2026-04-01 02:00"))
    declare_complete(kabupaten, month=MARCH, by=None)
    for reason, words in ((" ", "Tulis alasannya"), ("NIK 3603012345678901", "16")):
        with pytest.raises(Refused, match=words):
            withdraw_declaration(kabupaten, month=MARCH, reason=reason, by=None)
    withdraw_declaration(kabupaten, month=MARCH, reason="Dua hari belum masuk", by=None)
    assert holding(kabupaten, MARCH) is None
    with pytest.raises(Conflict):
        withdraw_declaration(kabupaten, month=MARCH, reason="Lagi", by=None)
    declare_complete(kabupaten, month=MARCH, by=None)
    assert MonthDeclaration.objects.count() == 2


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.TECHNICIAN])
def test_only_staff_and_admins_of_the_kabupaten_declare(
    kabupaten: Kabupaten, clock: time_machine.Coordinates, role: str
) -> None:
    clock.move_to(moment("2026-04-01 02:00"))
    stranger = make_user(Role.STAFF, make_kabupaten("36.71"))
    for person in (make_user(role, kabupaten), stranger):
        with pytest.raises(Forbidden):
            declare_complete(kabupaten, month=MARCH, by=person)
    assert declare_complete(kabupaten, month=MARCH, by=make_user(Role.ADMIN, kabupaten)).pk
