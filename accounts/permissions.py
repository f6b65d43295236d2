"""Who may do what where: named predicates, pure functions of a user's running assignments that fail closed.

Operators report and enter counts for their kecamatan; technicians work the tickets of their kabupaten; staff
do everything in their region but manage the nation's reference data; officials read; admins of a region
manage its users, never above their own level (design.md, section 3). ``guard`` is how domain functions ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from accounts.models import Role, User, admin_scope
from kecamatan.models import Kabupaten, Kecamatan, Province
from kecamatan.scope import Scope
from lib.errors import Forbidden

Region = Province | Kabupaten | Kecamatan | None
"""A region of any level; ``None`` stands for the nation."""


REPORTERS = (Role.OPERATOR, Role.STAFF)
"""Who reports faults and outages, and enters counts."""

WORKERS = (Role.TECHNICIAN, Role.STAFF)
"""Who works tickets."""

AT_THE_PLACE = (Role.OPERATOR, *WORKERS)
"""Who works with the devices of a place: comments, confirms a repair, prints labels."""

KEEPERS = (Role.STAFF, Role.ADMIN)
"""Who keeps what a region says of itself: its targets, its office, its months."""


def covers(scope: Scope, region: Region) -> bool:
    """Say whether a region lies wholly inside a scope. The nation lies only inside the nation."""
    if scope.nation:
        return True
    match region:
        case Province():
            return region.pk in scope.provinces
        case Kabupaten():
            return region.pk in scope.kabupaten or region.province_id in scope.provinces
        case Kecamatan():
            return region.pk in scope.kecamatan or covers(scope, region.kabupaten)
    return False


def holds_role(user: object, region: Region, *roles: str) -> bool:
    """Say whether a person holds one of these roles now in a region or around it; never when in doubt."""
    return isinstance(user, User) and user.is_active and bool(roles) and covers(user.scope_as(*roles), region)


def holds_somewhere(user: User, *roles: str) -> bool:
    """Say whether a person holds one of these roles now in any region at all."""
    return user.scope_as(*roles) != Scope()


def may_read(user: object, region: Region) -> bool:
    """Say whether a person sees a region as a whole: any role will do."""
    return holds_role(user, region, *Role)


def may_report(user: object, kecamatan: Kecamatan) -> bool:
    """Say whether a person may report faults and outages of a place."""
    return holds_role(user, kecamatan, *REPORTERS)


def reports_somewhere(user: User) -> bool:
    """Say whether a person may report faults and outages of any place at all."""
    return holds_somewhere(user, *REPORTERS)


def may_log_reports(user: object, kecamatan: Kecamatan) -> bool:
    """Say whether a person may enter, in the name of others, reports that came by telephone, letter or otherwise."""
    return holds_role(user, kecamatan, Role.STAFF)


def logs_somewhere(user: User) -> bool:
    """Say whether a person may enter reports in the name of others for any place at all."""
    return holds_somewhere(user, Role.STAFF)


def may_comment(user: object, kecamatan: Kecamatan) -> bool:
    """Say whether a person may comment on tickets of a place and say what they think the cause is."""
    return holds_role(user, kecamatan, *AT_THE_PLACE)


def may_work_tickets(user: object, kecamatan: Kecamatan) -> bool:
    """Say whether a person may work tickets of a place: assign, promise, route, most of the workflow."""
    return holds_role(user, kecamatan, *WORKERS)


def works_somewhere(user: User) -> bool:
    """Say whether a person may work tickets of any place at all."""
    return holds_somewhere(user, *WORKERS)


def changes_many_tickets(user: User) -> bool:
    """Say whether a person may change many tickets at once: the staff of any region."""
    return holds_somewhere(user, Role.STAFF)


def may_correct_repairs(user: object, kecamatan: Kecamatan) -> bool:
    """Say whether a person may correct or void faults, outages, arrangements and losses."""
    return holds_role(user, kecamatan, Role.STAFF)


def may_arrange_service(user: object, kecamatan: Kecamatan) -> bool:
    """Say whether a person may send the people of a kecamatan elsewhere, or a mobile unit to them."""
    return holds_role(user, kecamatan, Role.STAFF)


def may_enter_counts(user: object, kecamatan: Kecamatan) -> bool:
    """Say whether a person may enter daily counts and lost records of a place."""
    return holds_role(user, kecamatan, *REPORTERS)


def may_manage_devices(user: object, region: Region) -> bool:
    """Say whether a person may change the register of sets and devices of a region."""
    return holds_role(user, region, Role.STAFF)


def may_print_labels(user: object, kecamatan: Kecamatan) -> bool:
    """Say whether a person may print the QR labels of a place: who works with its devices."""
    return holds_role(user, kecamatan, *AT_THE_PLACE)


def prints_labels(user: User) -> bool:
    """Say whether a person may print the QR labels of any place at all."""
    return holds_somewhere(user, *AT_THE_PLACE)


def may_manage_targets(user: object, region: Region) -> bool:
    """Say whether a person may set the targets of a region."""
    return holds_role(user, region, *KEEPERS)


def manages_targets(user: User) -> bool:
    """Say whether a person may set the targets of any region at all."""
    return holds_somewhere(user, *KEEPERS)


def may_name_priorities(user: object, kabupaten: Kabupaten | None) -> bool:
    """Say whether a person may name the kecamatan that a kabupaten sees to first: its head, or staff for the head."""
    return kabupaten is not None and holds_role(user, kabupaten, Role.OFFICIAL, Role.STAFF)


def may_declare_month(user: object, kabupaten: Kabupaten) -> bool:
    """Say whether a person may declare the figures of a kabupaten's month complete, or withdraw that."""
    return holds_role(user, kabupaten, *KEEPERS)


def may_import(user: object, region: Region) -> bool:
    """Say whether a person may import files about a region."""
    return holds_role(user, region, Role.STAFF)


def may_manage_users(user: object, region: Region) -> bool:
    """Say whether a person may give and take roles in a region; the region itself bounds the level."""
    return holds_role(user, region, Role.ADMIN)


def may_edit_office(user: object, region: Region) -> bool:
    """Say whether a person may change what a region's office is called, where it is, when it opens and who signs."""
    return holds_role(user, region, *KEEPERS)


def may_sign_reports(user: object, region: Region) -> bool:
    """Say whether a person may note that the monthly report of a region was signed on paper."""
    return holds_role(user, region, Role.STAFF)


def may_edit_contacts(user: object, region: Region) -> bool:
    """Say whether a person may change the contacts of a region; an operator those of the own kecamatan."""
    return holds_role(user, region, Role.OPERATOR, Role.STAFF, Role.ADMIN)


def may_edit_supply(user: object, region: Region) -> bool:
    """Say whether a person may describe the power and network of a kecamatan; technicians measure them on site."""
    return holds_role(user, region, Role.OPERATOR, Role.TECHNICIAN, Role.STAFF, Role.ADMIN)


def may_publish_status(user: object, kabupaten: Kabupaten) -> bool:
    """Say whether a person may decide if citizens read how the kecamatan of a kabupaten serve."""
    return holds_role(user, kabupaten, Role.ADMIN)


def manages_people(user: object) -> bool:
    """Say whether a person is an admin of any region at all."""
    return admin_scope(user) != Scope()


def may_manage_person(user: object, person: User) -> bool:
    """Say whether a person may change another's account: all roles of the other lie where the person is an admin."""
    return User.objects.manageable_by(user).filter(pk=person.pk).exists()


def may_hand_over_tickets(user: object, kecamatan: Kecamatan) -> bool:
    """Say whether a person may give the tickets of somebody who leaves to others."""
    return holds_role(user, kecamatan, *KEEPERS)


def may_manage_reference_data(user: object) -> bool:
    """Say whether a person may change the reference data of the nation: kinds, office hours, days off."""
    return holds_role(user, None, Role.ADMIN)


def guard(by: User | None, places: Iterable[Kecamatan], may: Callable[[User, Kecamatan], bool]) -> None:
    """Raise :class:`Forbidden` unless ``may`` allows the person every place.

    No person at all is the system itself: an import run from the command line, or a periodic task.
    """
    if by is None:
        return
    for place in places:
        if not may(by, place):
            raise Forbidden(f"Anda tidak berwenang melakukan ini untuk {place.name}.")


def guard_person(by: User | None, person: User) -> None:
    """Raise :class:`Forbidden` unless somebody may change a person's account; nobody at all is the system."""
    if by is not None and not may_manage_person(by, person):
        raise Forbidden(f"{person} juga bertugas di luar wilayah Anda. Minta admin di atas Anda mengubah akunnya.")
