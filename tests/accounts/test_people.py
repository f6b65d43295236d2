"""Adding people, giving and ending roles, deactivating."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, User
from accounts.people import assign, create_user, deactivate, end_assignment
from kecamatan.models import Event, Kecamatan
from lib.errors import Forbidden, Refused
from tests.factories import make_kabupaten, make_kecamatan, make_user

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
