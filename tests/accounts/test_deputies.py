"""A deputy holds an absent person's roles for some days, and no longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.db import IntegrityError

from accounts.deputies import deputise
from accounts.models import Assignment, Role, User
from accounts.people import assign, change_end, end_assignment
from kecamatan.models import Event, Kabupaten
from lib.errors import Forbidden, Refused
from tests.factories import give_role, make_kabupaten, make_kecamatan, make_user, moment

DAYS = {"first_day": date(2026, 11, 23), "last_day": date(2026, 11, 25)}


@pytest.fixture
def clock(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-20 03:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def kupang(clock: time_machine.Traveller) -> Kabupaten:
    return make_kabupaten("53.01")


@pytest.fixture
def absent(kupang: Kabupaten) -> User:
    return make_user(Role.STAFF, kupang, "ayu")


@pytest.fixture
def deputy(kupang: Kabupaten) -> User:
    return make_user(Role.OPERATOR, make_kecamatan("53.01.01"), "budi")


@pytest.fixture
def admin(kupang: Kabupaten) -> User:
    return make_user(Role.ADMIN, kupang)


def roles(user: User) -> list[str]:
    return [f"{row.role} {row.region_code}" for row in User.objects.get(pk=user.pk).running_assignments]


def test_a_deputy_holds_the_roles_from_the_first_to_the_last_local_day(
    clock: time_machine.Traveller, absent: User, deputy: User, admin: User
) -> None:
    (given,) = deputise(absent, deputy=deputy, **DAYS, by=admin)
    # Kupang lives by WITA: its midnight is 16.00 UTC.
    assert (given.starts_at, given.ends_at) == (moment("2026-11-22 16:00"), moment("2026-11-25 16:00"))
    assert given.deputises == absent.assignments.get()
    held = []
    for instant in ("2026-11-22 15:59:59Z", "2026-11-22 16:00Z", "2026-11-25 15:59:59Z", "2026-11-25 16:00Z"):
        clock.move_to(instant)
        held.append("staff 53.01" in roles(deputy))
    assert held == [False, True, True, False]
    assert roles(absent) == ["staff 53.01"]


def test_both_read_of_it_in_their_history(absent: User, deputy: User, admin: User) -> None:
    deputise(absent, deputy=deputy, **DAYS, by=admin)
    mine = Event.objects.get(subject=f"user:{deputy.pk}", action="assign")
    theirs = Event.objects.get(subject=f"user:{absent.pk}", action="get_deputy")
    assert (mine.data["deputises"], theirs.data["deputy"]) == ("Ayu", "Budi")


def test_a_deputy_from_today_starts_now(absent: User, deputy: User, admin: User) -> None:
    days = {"first_day": date(2026, 11, 20), "last_day": date(2026, 11, 20)}
    (given,) = deputise(absent, deputy=deputy, **days, by=admin)
    assert given.starts_at == moment("2026-11-20 03:00")
    assert roles(deputy) == ["staff 53.01", "operator 53.01.01"]


def test_only_roles_of_the_admins_regions_are_passed_on(absent: User, deputy: User, admin: User) -> None:
    give_role(absent, Role.OFFICIAL, make_kabupaten("36.03"))
    give_role(absent, Role.TECHNICIAN, make_kabupaten("53.01"))
    given = deputise(absent, deputy=deputy, **DAYS, by=admin)
    assert sorted(f"{row.role} {row.region_code}" for row in given) == ["staff 53.01", "technician 53.01"]


def test_who_holds_the_role_too_stands_in_for_it_once_and_a_second_span_is_refused(
    absent: User, deputy: User, kupang: Kabupaten, admin: User
) -> None:
    give_role(absent, Role.TECHNICIAN, kupang)
    assign(deputy, role=Role.STAFF, region=kupang, by=None)
    given = {row.role: row for row in deputise(absent, deputy=deputy, **DAYS, by=admin)}
    assert sorted(given) == ["staff", "technician"]
    with pytest.raises(Refused) as refusal:
        deputise(absent, deputy=deputy, **DAYS, by=admin)
    assert refusal.value.field == "deputy"
    change_end(given["staff"], ends_at=moment("2026-11-24 16:00"), version=1, by=None)
    with pytest.raises(Refused) as refusal:
        deputise(absent, deputy=deputy, **DAYS, by=admin)
    assert refusal.value.field == "role"


def test_a_deputy_is_not_deputised_and_outlasts_no_role(absent: User, deputy: User, admin: User) -> None:
    deputise(absent, deputy=deputy, **DAYS, by=admin)
    third = make_user(Role.OPERATOR, make_kecamatan("53.01.02"), "citra")
    passed_on = deputise(deputy, deputy=third, **DAYS, by=admin)
    assert [row.role for row in passed_on] == ["operator"]
    role = absent.assignments.get()
    change_end(role, ends_at=moment("2026-11-24 16:00"), version=1, by=None)
    with pytest.raises(Refused) as refusal:
        deputise(absent, deputy=third, **DAYS, by=admin)
    assert refusal.value.message == (
        "Staf dinas Kabupaten 53.01 dipegang Ayu hanya sampai 24 November 2026. Majukan hari terakhirnya."
    )


def test_a_deputy_serves_to_the_end_even_when_the_role_itself_ends(absent: User, deputy: User, admin: User) -> None:
    (given,) = deputise(absent, deputy=deputy, **DAYS, by=admin)
    end_assignment(absent.assignments.get(), by=admin)
    given.refresh_from_db()
    assert given.ends_at == moment("2026-11-25 16:00")


def test_what_makes_no_sense_is_refused(absent: User, deputy: User, admin: User) -> None:
    stranger = make_user(Role.STAFF, make_kabupaten("36.03"))
    disabled = make_user(Role.STAFF, make_kecamatan("53.01.02"))
    User.objects.filter(pk=disabled.pk).update(is_active=False)
    disabled.refresh_from_db()
    past = {"first_day": date(2026, 11, 17), "last_day": date(2026, 11, 18)}
    reversed_days = {"first_day": date(2026, 11, 25), "last_day": date(2026, 11, 24)}
    for who, days, field in (
        (absent, DAYS, "deputy"),
        (disabled, DAYS, "deputy"),
        (deputy, past, "last_day"),
        (deputy, reversed_days, "last_day"),
    ):
        with pytest.raises(Refused) as refusal:
            deputise(absent, deputy=who, **days, by=admin)
        assert refusal.value.field == field
    with pytest.raises(Forbidden):
        deputise(absent, deputy=stranger, **DAYS, by=admin)
    assert Assignment.objects.exclude(deputises=None).count() == 0


def test_a_deputy_without_an_end_cannot_be_stored(absent: User, deputy: User, admin: User) -> None:
    (given,) = deputise(absent, deputy=deputy, **DAYS, by=admin)
    with pytest.raises(Refused):
        change_end(given, ends_at=None, version=given.version, by=admin)
    with pytest.raises(IntegrityError):
        Assignment.objects.filter(pk=given.pk).update(ends_at=None)
