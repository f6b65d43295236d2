"""What each person sees: the rows of their running assignments, and nothing when in doubt."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone

from accounts.backends import UsernameOrPhoneBackend
from accounts.models import Assignment, Role, User
from devices.models import Device, InventoryCheck, Placement, RecordingSet
from kecamatan.models import Kabupaten, Kecamatan, Province
from repairs.causes import state_cause
from repairs.models import CauseStatement, Ticket
from repairs.outages import report_outage
from tests.factories import (
    INSTALLED_AT,
    give_role,
    make_dinas,
    make_fault,
    make_kabupaten,
    make_kecamatan,
    make_set,
    make_user,
)

CODES = ("36.03.30", "36.03.31", "36.71.01", "53.01.01")


@pytest.fixture(autouse=True)
def places(db: None) -> None:
    for code in CODES:
        recording_set = make_set(make_kecamatan(code), kinds=["server"])
        make_fault(recording_set)
    make_dinas("36.03")


def seen(model: type, path: str, user: object) -> list[str]:
    return sorted(set(model.objects.visible_to(user).values_list(path, flat=True)))  # type: ignore[attr-defined]


MODELS = [
    (Kecamatan, "code"),
    (RecordingSet, "kecamatan__code"),
    (Device, "kecamatan__code"),
    (Placement, "recording_set__kecamatan__code"),
    (Ticket, "kecamatan__code"),
]


@pytest.mark.parametrize(("model", "path"), MODELS[1:])
def test_an_operator_sees_the_rows_of_the_own_kecamatan_only(model: type, path: str) -> None:
    operator = make_user(Role.OPERATOR, make_kecamatan("36.03.30"))
    assert seen(model, path, operator) == ["36.03.30"]


@pytest.mark.parametrize(("model", "path"), MODELS[1:])
def test_each_level_sees_what_lies_in_it(model: type, path: str) -> None:
    kabupaten = make_kabupaten("36.03")
    assert seen(model, path, make_user(Role.STAFF, kabupaten)) == ["36.03.30", "36.03.31"]
    assert seen(model, path, make_user(Role.OFFICIAL, kabupaten.province)) == ["36.03.30", "36.03.31", "36.71.01"]
    assert seen(model, path, make_user(Role.OFFICIAL, None)) == list(CODES)


def test_regions_above_a_kecamatan_are_seen_whole_or_not_at_all() -> None:
    kabupaten = make_kabupaten("36.03")
    operator, staff = make_user(Role.OPERATOR, make_kecamatan("36.03.30")), make_user(Role.STAFF, kabupaten)
    assert (seen(Kabupaten, "code", operator), seen(Province, "code", operator)) == ([], [])
    assert (seen(Kabupaten, "code", staff), seen(Province, "code", staff)) == (["36.03"], [])
    official = make_user(Role.OFFICIAL, kabupaten.province)
    assert (seen(Kabupaten, "code", official), seen(Province, "code", official)) == (["36.03", "36.71"], ["36"])


def test_a_confirmed_register_is_seen_with_the_whole_kabupaten() -> None:
    for code in ("36.03", "36.71"):
        InventoryCheck.objects.create(kabupaten=make_kabupaten(code), day=date(2026, 1, 5))
    kabupaten = make_kabupaten("36.03")
    assert seen(InventoryCheck, "kabupaten__code", make_user(Role.OPERATOR, make_kecamatan("36.03.30"))) == []
    assert seen(InventoryCheck, "kabupaten__code", make_user(Role.TECHNICIAN, kabupaten)) == ["36.03"]
    assert seen(InventoryCheck, "kabupaten__code", make_user(Role.STAFF, kabupaten.province)) == ["36.03", "36.71"]


def test_what_was_said_of_a_cause_is_seen_with_its_ticket_or_outage() -> None:
    for ticket in Ticket.objects.order_by("kecamatan__code"):
        state_cause(ticket, cause="wear", certainty="certain", by=None)
    here, there = make_kecamatan("36.03.30"), make_kecamatan("36.03.31")
    for places in ([here, there], [there]):
        report_outage(
            client_key=uuid4(), places=places, started_at=INSTALLED_AT, effect="stopped", cause="network", by=None
        )
    operator = make_user(Role.OPERATOR, here)
    said = CauseStatement.objects.visible_to(operator).order_by("pk").values_list("ticket__kecamatan__code", "cause")
    assert list(said) == [("36.03.30", "wear"), (None, "network")]
    assert CauseStatement.objects.visible_to(None).count() == 0


def test_the_dinas_is_seen_with_its_kabupaten() -> None:
    staff = make_user(Role.STAFF, make_kabupaten("36.03"))
    assert seen(Kecamatan, "code", staff) == ["36.03.00", "36.03.30", "36.03.31"]


def test_assignments_add_up() -> None:
    user = make_user(Role.TECHNICIAN, make_kecamatan("36.03.31"))
    give_role(user, Role.OFFICIAL, make_kabupaten("53.01"))
    assert seen(Ticket, "kecamatan__code", User.objects.get(pk=user.pk)) == ["36.03.31", "53.01.01"]


@pytest.mark.parametrize(("model", "path"), [*MODELS, (Kabupaten, "code"), (Province, "code")])
def test_in_doubt_nothing_is_seen(model: type, path: str) -> None:
    unassigned = User.objects.create_user(username="baru", name="Orang Baru")
    inactive = make_user(Role.ADMIN, None)
    inactive.is_active = False
    ended = make_user(Role.ADMIN, None)
    ended.assignments.update(ends_at=timezone.now() - timedelta(seconds=1))
    superuser = User.objects.create_superuser(username="akar", name="Akar")
    for user in (unassigned, inactive, ended, superuser, AnonymousUser(), None):
        assert seen(model, path, user) == []


def test_an_assignment_holds_up_to_its_end() -> None:
    user = make_user(Role.STAFF, make_kabupaten("36.03"))
    user.assignments.update(ends_at=timezone.now() + timedelta(hours=1))
    assert seen(RecordingSet, "kecamatan__code", user) == ["36.03.30", "36.03.31"]


def test_a_session_brings_the_running_assignments_with_the_person_the_highest_first() -> None:
    user = make_user(Role.OPERATOR, make_kecamatan("36.03.30"))
    give_role(user, Role.OFFICIAL, make_kabupaten("36.03"))
    ended = give_role(user, Role.ADMIN, None)
    Assignment.objects.filter(pk=ended.pk).update(ends_at=timezone.now())
    person = UsernameOrPhoneBackend().get_user(user.pk)
    assert person is not None
    assert [row.region_code for row in person.running_assignments] == ["36.03", "36.03.30"]
    assert person.running_assignments == User.objects.get(pk=user.pk).running_assignments


def test_a_session_of_somebody_unassigned_inactive_or_gone() -> None:
    backend = UsernameOrPhoneBackend()
    person = User.objects.create_user(username="baru", name="Orang Baru")
    found = backend.get_user(person.pk)
    assert found == person
    assert found is not None and found.running_assignments == []
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert backend.get_user(person.pk) is None
    assert backend.get_user(0) is None


def test_two_people_are_never_mistaken_for_one() -> None:
    User.objects.create_user(username="+6281280001204", name="Satu", password="kunci-kantor-7")
    User.objects.create_user(username="dua", name="Dua", phone="+6281280001204", password="kunci-kantor-7")
    request = RequestFactory().post("/login/")
    assert authenticate(request, username="081280001204", password="kunci-kantor-7") is None


# --- people ---------------------------------------------------------------------------------------------


def test_an_admin_sees_people_by_any_role_inside_and_manages_those_without_one_outside() -> None:
    kabupaten = make_kabupaten("36.03")
    admin = make_user(Role.ADMIN, kabupaten, "admin")
    inside = make_user(Role.OPERATOR, make_kecamatan("36.03.30"), "dalam")
    both = make_user(Role.STAFF, kabupaten, "keduanya")
    give_role(both, Role.OFFICIAL, kabupaten.province)
    left, moved = make_user(Role.STAFF, kabupaten, "berhenti"), make_user(Role.STAFF, kabupaten, "pindah")
    Assignment.objects.filter(user__in=(left, moved)).update(ends_at=timezone.now())
    give_role(moved, Role.STAFF, make_kabupaten("36.71"))
    to_come = give_role(inside, Role.STAFF, make_kabupaten("36.71"))
    make_user(Role.STAFF, make_kabupaten("36.71"), "luar")
    User.objects.create_user(username="tanpa.tugas")

    def found(people: object) -> list[str]:
        return list(people.values_list("username", flat=True).order_by("username"))  # type: ignore[attr-defined]

    assert found(User.objects.visible_to(admin)) == ["admin", "berhenti", "dalam", "keduanya", "pindah"]
    Assignment.objects.filter(pk=to_come.pk).update(starts_at=timezone.now() + timedelta(days=1))
    assert found(User.objects.manageable_by(admin)) == ["admin", "berhenti"]
    to_come.delete()
    assert found(User.objects.manageable_by(admin)) == ["admin", "berhenti", "dalam"]
    nation = make_user(Role.ADMIN, None, "pusat")
    assert User.objects.manageable_by(nation).count() == User.objects.count()
    province = make_user(Role.ADMIN, kabupaten.province, "provinsi")
    assert "tanpa.tugas" not in found(User.objects.visible_to(province))
    assert "keduanya" in found(User.objects.manageable_by(province))


def test_only_an_admin_sees_people_and_only_where_the_admin_role_lies() -> None:
    mixed = make_user(Role.STAFF, make_kabupaten("36.03"))
    give_role(mixed, Role.ADMIN, make_kecamatan("53.01.01"))
    make_user(Role.OPERATOR, make_kecamatan("36.03.30"))
    assert list(User.objects.visible_to(mixed)) == [mixed]
    inactive = make_user(Role.ADMIN, None)
    inactive.is_active = False
    staff = make_user(Role.STAFF, None)
    for user in (staff, inactive, AnonymousUser(), None, User.objects.create_superuser(username="root")):
        for rows in (User.objects.visible_to(user), User.objects.manageable_by(user)):
            assert list(rows) == []
        assert list(Assignment.objects.visible_to(user)) == []
