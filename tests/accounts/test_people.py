"""Adding people, giving and ending roles, deactivating."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from accounts.links import make_link
from accounts.models import Assignment, Role, SignInLink, User
from accounts.people import (
    activate,
    add_person,
    assign,
    change_end,
    create_user,
    deactivate,
    edit_person,
    end_assignment,
)
from kecamatan.models import Event, Kecamatan
from lib.errors import Conflict, Forbidden, Refused
from tests.factories import make_kabupaten, make_kecamatan, make_user, moment
from tests.threads import at_once

PASSWORD = "kunci-kantor-7"


@pytest.fixture
def person(db: None) -> User:
    return create_user(username="Siti.Aminah", name=" Siti Aminah ", password=PASSWORD, phone="0812-8000-1204", by=None)


def test_a_new_person_has_a_small_user_name_an_e164_number_and_sees_nothing(person: User) -> None:
    assert (person.username, person.name, person.phone) == ("siti.aminah", "Siti Aminah", "+6281280001204")
    assert person.check_password(PASSWORD)
    assert person.running_assignments == []
    event = Event.objects.get(subject=f"user:{person.pk}")
    assert (event.action, event.data) == ("create", {"username": "siti.aminah"})


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"username": "SITI.AMINAH"}, "username", "Nama pengguna siti.aminah sudah dipakai. Pilih yang lain."),
        ({"phone": "+62 812 8000 1204"}, "phone", "Nomor HP ini sudah dipakai akun lain."),
        ({"phone": "12345"}, "phone", "Nomor HP tidak dikenali. Tulis misalnya 0812 8000 1204."),
        (
            {"username": "081299990000"},
            "username",
            "Nama pengguna tidak boleh berupa nomor HP. Isi nomornya di kolom nomor HP.",
        ),
    ],
)
def test_what_is_taken_or_unreadable_is_refused(
    person: User, values: dict[str, str], field: str, sentence: str
) -> None:
    given = {"username": "baru", "name": "Baru", "password": PASSWORD, **values}
    with pytest.raises(Refused) as refusal:
        create_user(**given, by=None)
    assert (refusal.value.field, refusal.value.message) == (field, sentence)
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["pendek", "1234567890123", "siti.aminah", "password123"])
def test_a_weak_password_is_refused(db: None, password: str) -> None:
    with pytest.raises(Refused) as refusal:
        create_user(username="siti.aminah", name="Siti Aminah", password=password, by=None)
    assert refusal.value.field == "password"


def test_an_admin_adds_people_and_others_do_not(db: None) -> None:
    kabupaten = make_kabupaten()
    create_user(username="satu", name="Satu", password=PASSWORD, by=make_user(Role.ADMIN, kabupaten))
    with pytest.raises(Forbidden):
        create_user(username="dua", name="Dua", password=PASSWORD, by=make_user(Role.STAFF, kabupaten))


def test_a_role_is_given_ended_and_both_are_on_record(person: User) -> None:
    kecamatan = make_kecamatan("36.03.30")
    admin = make_user(Role.ADMIN, kecamatan.kabupaten)
    given = assign(person, role=Role.OPERATOR, region=kecamatan, by=admin)
    assert [row.region_code for row in person.running_assignments] == ["36.03.30"]
    end_assignment(given, by=admin)
    end_assignment(given, by=admin)
    assert User.objects.get(pk=person.pk).running_assignments == []
    events = Event.objects.filter(subject=f"user:{person.pk}", by=admin).order_by("pk")
    assert [(event.action, event.kecamatan_id, event.data["region"]) for event in events] == [
        ("assign", kecamatan.pk, "36.03.30"),
        ("end_assignment", kecamatan.pk, "36.03.30"),
    ]


def test_an_admin_gives_no_role_outside_or_above_the_own_region(person: User) -> None:
    kabupaten = make_kabupaten("36.03")
    admin = make_user(Role.ADMIN, kabupaten)
    for region in (None, kabupaten.province, make_kabupaten("36.71"), make_kecamatan("53.01.01")):
        with pytest.raises(Forbidden):
            assign(person, role=Role.OFFICIAL, region=region, by=admin)
    assert person.assignments.count() == 0


def test_assignments_that_make_no_sense_are_refused(person: User) -> None:
    kecamatan, closed = make_kecamatan("36.03.30"), make_kecamatan("36.03.31")
    Kecamatan.objects.filter(pk=closed.pk).update(closed_on="2020-01-01")
    closed.refresh_from_db()
    past = timezone.now() - timedelta(minutes=1)
    assign(person, role=Role.OPERATOR, region=kecamatan, by=None)
    for values, field in (
        ({"role": Role.OPERATOR, "region": kecamatan}, "role"),
        ({"role": "raja", "region": kecamatan}, "role"),
        ({"role": Role.OPERATOR, "region": kecamatan.kabupaten}, "region"),
        ({"role": Role.OPERATOR, "region": closed}, "region"),
        ({"role": Role.STAFF, "region": kecamatan.kabupaten, "ends_at": past}, "ends_at"),
    ):
        with pytest.raises(Refused) as refusal:
            assign(person, by=None, **values)  # type: ignore[arg-type]
        assert refusal.value.field == field


def test_an_admin_deactivates_only_people_of_the_own_region_and_never_oneself(person: User) -> None:
    kecamatan = make_kecamatan("36.03.30")
    assign(person, role=Role.OPERATOR, region=kecamatan, by=None)
    admin, stranger = make_user(Role.ADMIN, kecamatan.kabupaten), make_user(Role.ADMIN, make_kabupaten("53.01"))
    with pytest.raises(Forbidden):
        deactivate(person, by=stranger)
    with pytest.raises(Refused):
        deactivate(admin, by=admin)
    deactivate(person, by=admin)
    assert User.objects.get(pk=person.pk).is_active is False


def test_an_admin_adds_somebody_with_a_first_role_and_a_user_name_made_of_the_name(db: None) -> None:
    kecamatan = make_kecamatan("36.03.30")
    admin = make_user(Role.ADMIN, kecamatan.kabupaten)
    given = {"name": "Siti  Aminah, S.Kom", "username": "", "role": Role.OPERATOR, "region": kecamatan, "by": admin}
    people = [add_person(phone=phone, **given) for phone in ("0812 8000 1204", "")]
    assert [(user.name, user.username, user.phone) for user in people] == [
        ("Siti Aminah, S.Kom", "siti.aminah.skom", "+6281280001204"),
        ("Siti Aminah, S.Kom", "siti.aminah.skom.2", None),
    ]
    assert [user.has_usable_password() for user in people] == [False, False]
    assert [str(role) for role in people[0].running_assignments] == ["Operator kecamatan Kecamatan 36.03.30"]
    assert people[0].sign_in_link.is_open is True


def test_a_first_role_that_is_refused_leaves_nobody_behind(db: None) -> None:
    kabupaten = make_kabupaten("36.03")
    admin = make_user(Role.ADMIN, kabupaten)
    with pytest.raises(Forbidden):
        add_person(name="Siti", phone="", username="", role=Role.STAFF, region=make_kabupaten("36.71"), by=admin)
    assert User.objects.count() == 1


def test_a_correction_keeps_what_was_and_the_second_of_two_loses(person: User) -> None:
    edit_person(person, name="Siti Aminah R.", phone="", username="siti", version=1, by=None)
    assert (person.name, person.phone, person.username, person.version) == ("Siti Aminah R.", None, "siti", 2)
    assert Event.objects.get(action="edit").data["changes"] == {
        "name": ["Siti Aminah", "Siti Aminah R."],
        "phone": ["+6281280001204", None],
        "username": ["siti.aminah", "siti"],
    }
    with pytest.raises(Conflict):
        edit_person(person, name="Lain", phone="", username="siti", version=1, by=None)
    assert User.objects.get(pk=person.pk).name == "Siti Aminah R."


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "Siti 3603121212900001"}, "name"),
        ({"phone": "0813 9000 0001"}, "phone"),
        ({"username": "HENDRA"}, "username"),
    ],
)
def test_a_correction_is_refused_as_a_new_person_would_be(person: User, values: dict[str, str], field: str) -> None:
    create_user(username="hendra", name="Hendra", password=PASSWORD, phone="081390000001", by=None)
    given = {"name": person.name, "phone": "0812-8000-1204", "username": person.username, **values}
    with pytest.raises(Refused) as refusal:
        edit_person(person, **given, version=1, by=None)
    assert refusal.value.field == field


def test_the_account_of_somebody_who_also_acts_elsewhere_is_out_of_reach(person: User) -> None:
    kecamatan = make_kecamatan("36.03.30")
    admin = make_user(Role.ADMIN, kecamatan.kabupaten)
    assign(person, role=Role.OPERATOR, region=kecamatan, by=admin)
    given = {"name": person.name, "phone": "", "username": person.username}
    edit_person(person, **given, version=1, by=admin)
    above = assign(person, role=Role.OFFICIAL, region=kecamatan.kabupaten.province, by=None)
    for change in (
        lambda: edit_person(person, **given, version=2, by=admin),
        lambda: deactivate(person, by=admin),
        lambda: activate(person, by=admin),
        lambda: make_link(person, by=admin),
        lambda: end_assignment(above, by=admin),
    ):
        with pytest.raises(Forbidden):
            change()


def test_a_role_may_start_later_and_end_and_then_holds_only_in_between(db: None) -> None:
    kabupaten = make_kabupaten("36.03")
    with time_machine.travel("2026-11-20 03:00Z", tick=False) as clock:
        user = User.objects.create_user(username="budi", name="Budi")
        start, end = moment("2026-11-23 00:00"), moment("2026-11-25 00:00")
        assign(user, role=Role.STAFF, region=kabupaten, starts_at=start, ends_at=end, by=None)
        held = []
        for instant in ("2026-11-22 23:59:59Z", "2026-11-23 00:00Z", "2026-11-24 23:59:59Z", "2026-11-25 00:00Z"):
            clock.move_to(instant)
            held.append(len(User.objects.get(pk=user.pk).running_assignments))
    assert held == [0, 1, 1, 0]


def test_two_spans_of_one_role_in_one_region_never_meet(db: None) -> None:
    kabupaten = make_kabupaten("36.03")
    with time_machine.travel("2026-11-20 03:00Z", tick=False):
        user = User.objects.create_user(username="budi", name="Budi")
        give = partial(assign, user, role=Role.STAFF, region=kabupaten, by=None)
        first = give(ends_at=moment("2026-12-01 00:00"))
        second = give(starts_at=moment("2026-12-01 00:00"), ends_at=moment("2026-12-10 00:00"))
        for span in ({}, {"starts_at": moment("2026-12-09 00:00")}, {"ends_at": moment("2026-11-21 00:00")}):
            with pytest.raises(Refused) as refusal:
                give(**span)
            assert refusal.value.field == "role"
        with pytest.raises(Refused):
            change_end(first, ends_at=moment("2026-12-02 00:00"), version=first.version, by=None)
        change_end(second, ends_at=None, version=second.version, by=None)
        assert (second.ends_at, second.version) == (None, 2)


@pytest.mark.django_db(transaction=True)
def test_sixteen_admins_who_give_one_role_at_once_give_it_once() -> None:
    kabupaten, user = make_kabupaten("36.03"), User.objects.create_user(username="budi", name="Budi")
    answers = at_once(lambda _: assign(user, role=Role.STAFF, region=kabupaten, by=None))
    assert sum(isinstance(answer, Assignment) for answer in answers) == 1
    assert user.assignments.count() == 1


def test_the_second_to_move_an_end_loses_and_a_role_that_ended_stays_so(person: User) -> None:
    role = assign(person, role=Role.STAFF, region=make_kabupaten("36.03"), by=None)
    tomorrow = timezone.now() + timedelta(days=1)
    change_end(role, ends_at=tomorrow, version=1, by=None)
    with pytest.raises(Conflict):
        change_end(role, ends_at=None, version=1, by=None)
    end_assignment(role, by=None)
    with pytest.raises(Refused) as refusal:
        change_end(role, ends_at=None, version=role.version, by=None)
    assert refusal.value.field == "ends_at"


def test_an_admin_does_not_end_the_own_admin_role(db: None) -> None:
    admin = make_user(Role.ADMIN, make_kabupaten("36.03"))
    role = admin.assignments.get()
    for change in (
        lambda: end_assignment(role, by=admin),
        lambda: change_end(role, ends_at=timezone.now() + timedelta(days=1), version=1, by=admin),
    ):
        with pytest.raises(Refused):
            change()
    assert Assignment.objects.running().count() == 1


def test_somebody_disabled_comes_back_with_the_roles_but_not_with_the_link(person: User) -> None:
    kecamatan = make_kecamatan("36.03.30")
    admin = make_user(Role.ADMIN, kecamatan.kabupaten)
    assign(person, role=Role.OPERATOR, region=kecamatan, by=admin)
    make_link(person, by=admin)
    deactivate(person, by=admin, reason="Pindah tugas")
    deactivate(person, by=admin)
    activate(person, by=admin)
    person = User.objects.get(pk=person.pk)
    assert (person.is_active, len(person.running_assignments), SignInLink.objects.count()) == (True, 1, 0)
    events = Event.objects.filter(action__in=("deactivate", "activate")).order_by("pk")
    assert [(event.action, event.data) for event in events] == [
        ("deactivate", {"reason": "Pindah tugas"}),
        ("activate", {}),
    ]
