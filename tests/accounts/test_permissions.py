"""Who may do what where: every role against every predicate, inside and outside the region."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts import permissions
from accounts.models import Assignment, Role, User
from accounts.permissions import guard, holds_role, may_manage_reference_data, may_read, may_report
from kecamatan.models import Kecamatan
from lib.errors import Forbidden
from tests.factories import give_role, make_dinas, make_kabupaten, make_kecamatan, make_province, make_user

pytestmark = pytest.mark.django_db

PLACE_PREDICATES = [
    "may_read",
    "may_report",
    "may_comment",
    "may_work_tickets",
    "may_correct_repairs",
    "may_arrange_service",
    "may_enter_counts",
    "may_manage_devices",
    "may_manage_targets",
    "may_import",
    "may_manage_users",
    "may_hand_over_tickets",
]

ALLOWED = {
    Role.OPERATOR: {"may_read", "may_report", "may_comment", "may_enter_counts"},
    Role.TECHNICIAN: {"may_read", "may_comment", "may_work_tickets"},
    Role.STAFF: set(PLACE_PREDICATES) - {"may_manage_users"},
    Role.OFFICIAL: {"may_read"},
    Role.ADMIN: {"may_read", "may_manage_users", "may_hand_over_tickets", "may_manage_targets"},
}


@pytest.fixture
def kecamatan() -> Kecamatan:
    return make_kecamatan("36.03.30")


def granted(user: object, kecamatan: Kecamatan) -> set[str]:
    return {name for name in PLACE_PREDICATES if getattr(permissions, name)(user, kecamatan)}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("level", ["kecamatan", "kabupaten", "province", "nation"])
def test_role_allows_the_same_at_every_level(role: Role, level: str, kecamatan: Kecamatan) -> None:
    regions = {
        "kecamatan": kecamatan,
        "kabupaten": kecamatan.kabupaten,
        "province": kecamatan.kabupaten.province,
        "nation": None,
    }
    assert granted(make_user(role, regions[level]), kecamatan) == ALLOWED[role]


@pytest.mark.parametrize("role", Role)
def test_role_elsewhere_allows_nothing(role: Role, kecamatan: Kecamatan) -> None:
    for elsewhere in (make_kecamatan("36.03.01"), make_kabupaten("36.71"), make_province("61")):
        assert granted(make_user(role, elsewhere), kecamatan) == set()


def test_nobody_else_may_do_anything(kecamatan: Kecamatan) -> None:
    inactive = make_user(Role.STAFF, kecamatan)
    inactive.is_active = False
    unassigned = User.objects.create_user(username="tanpa-tugas")
    superuser = User.objects.create_superuser(username="root")
    for user in (None, AnonymousUser(), inactive, unassigned, superuser, "staff"):
        assert granted(user, kecamatan) == set()
        assert may_manage_reference_data(user) is False


def test_assignment_that_ended_allows_nothing(kecamatan: Kecamatan) -> None:
    staff = make_user(Role.STAFF, kecamatan)
    Assignment.objects.filter(user=staff).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert granted(staff, kecamatan) == set()


def test_roles_of_several_assignments_do_not_mix_regions(kecamatan: Kecamatan) -> None:
    neighbour = make_kecamatan("36.03.01")
    user = make_user(Role.OPERATOR, kecamatan)
    give_role(user, Role.STAFF, neighbour)
    assert granted(user, kecamatan) == ALLOWED[Role.OPERATOR]
    assert granted(user, neighbour) == ALLOWED[Role.STAFF]


def test_region_is_covered_only_from_its_own_level_up(kecamatan: Kecamatan) -> None:
    kabupaten, province = kecamatan.kabupaten, kecamatan.kabupaten.province
    staff = make_user(Role.STAFF, kabupaten)
    assert [may_read(staff, region) for region in (kecamatan, kabupaten, province, None)] == [
        True,
        True,
        False,
        False,
    ]


def test_admin_manages_users_never_above_the_own_level(kecamatan: Kecamatan) -> None:
    admin = make_user(Role.ADMIN, kecamatan.kabupaten)
    may = permissions.may_manage_users
    assert may(admin, kecamatan) is True
    assert may(admin, make_dinas("36.03")) is True
    assert may(admin, kecamatan.kabupaten) is True
    assert may(admin, make_kabupaten("36.71")) is False
    assert may(admin, kecamatan.kabupaten.province) is False
    assert may(admin, None) is False


def test_reference_data_belongs_to_the_admins_of_the_nation(kecamatan: Kecamatan) -> None:
    assert may_manage_reference_data(make_user(Role.ADMIN, None)) is True
    assert may_manage_reference_data(make_user(Role.ADMIN, kecamatan.kabupaten.province)) is False
    assert may_manage_reference_data(make_user(Role.STAFF, None)) is False


def test_no_role_asked_for_is_no_permission(kecamatan: Kecamatan) -> None:
    assert holds_role(make_user(Role.STAFF, kecamatan), kecamatan) is False


def test_guard_names_the_first_place_that_is_refused(kecamatan: Kecamatan) -> None:
    neighbour = make_kecamatan("36.03.01", "Kecamatan Kronjo")
    operator = make_user(Role.OPERATOR, kecamatan)
    guard(operator, [kecamatan], may_report)
    guard(None, [kecamatan, neighbour], may_report)
    with pytest.raises(Forbidden) as refusal:
        guard(operator, [kecamatan, neighbour], may_report)
    assert refusal.value.message == "Anda tidak berwenang melakukan ini untuk Kecamatan Kronjo."
