"""Handing over the open tickets of somebody who leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import Assignment, Role, User
from accounts.permissions import WORKERS, guard, may_hand_over_tickets, may_work_tickets
from kecamatan.scope import Scope, region_filter
from lib.errors import Refused
from repairs.models import Ticket, TicketQuerySet
from repairs.tickets import give
from repairs.workflow import FINISHED


@transaction.atomic
def hand_over(person: User, *, tickets: Collection[int], assignee: User | None, by: User) -> list[Ticket]:
    """Give these of a person's open tickets to somebody on duty at their places, or to nobody; return them.

    What the person does not hold (any more) is left alone. Effects: ``assignee`` and an event for each ticket.
    Refused as a whole where the new holder is not on duty for one of them.
    """
    chosen = list(held_by(person, by).filter(pk__in=tickets).order_by("pk"))
    if not chosen:
        raise Refused(f"Pilih sekurangnya satu tiket yang masih dipegang {person}.", field="tickets")
    guard(by, [ticket.kecamatan for ticket in chosen], may_hand_over_tickets)
    _guard_new_holder(person, assignee, chosen)
    for ticket in chosen:
        give(ticket, assignee=assignee, version=ticket.version, by=by, reason=f"Serah terima dari {person}")
    return chosen


def _guard_new_holder(person: User, assignee: User | None, tickets: Iterable[Ticket]) -> None:
    if assignee is None:
        return
    if assignee.pk == person.pk:
        raise Refused(f"{person} sudah memegang tiket ini. Pilih orang lain.", field="assignee")
    elsewhere = [t for t in tickets if not may_work_tickets(assignee, t.kecamatan)]
    if elsewhere:
        named = ", ".join(f"{ticket.number} ({ticket.kecamatan.name})" for ticket in elsewhere)
        raise Refused(
            f"{assignee} tidak bertugas di tempat tiket {named}. Lepas centangnya, atau pilih penerima lain.",
            field="assignee",
        )


def find_leaver(pk: int, user: User) -> User | None:
    """Return somebody whom the user manages or whose tickets the user may hand over; of anybody else, nothing is told.

    One query, whether there is such a person or not, so that it takes no longer for those of other regions.
    """
    holds = _handed_on_by(user).filter(assignee=OuterRef("pk"))
    managed = User.objects.visible_to(user).filter(pk=pk).values("pk")
    person: User | None = User.objects.filter(Q(pk__in=managed) | Exists(holds), pk=pk).first()
    return person


def held_by(person: User, user: User) -> TicketQuerySet:
    """Return the open tickets of a person that another may hand over."""
    return _handed_on_by(user).filter(assignee=person).select_related("kecamatan__kabupaten__province")


def _handed_on_by(user: User) -> TicketQuerySet:
    condition = region_filter(handing_scope(user), "kecamatan")
    if condition is None:
        return Ticket.objects.none()
    rows: TicketQuerySet = Ticket.objects.filter(condition, voided_at=None)
    return rows.exclude(status__in=FINISHED)


def handing_scope(user: User) -> Scope:
    """Return the regions whose tickets a person may hand over: :func:`may_hand_over_tickets` for a whole list."""
    return user.scope_as(Role.STAFF, Role.ADMIN) if user.is_active else Scope()


def recipients(tickets: Iterable[Ticket], user: User, *, without: User) -> list[Assignment]:
    """Return who is on duty at the place of one of these tickets, in the regions of the one who hands over."""
    places = [ticket.kecamatan for ticket in tickets]
    there = (
        Q(kecamatan__in={place.pk for place in places})
        | Q(kabupaten__in={place.kabupaten_id for place in places})
        | Q(province__in={place.kabupaten.province_id for place in places})
        | Q(level=Assignment.Level.NATION)
    )
    on_duty = Assignment.objects.within(handing_scope(user)).running().filter(there, role__in=WORKERS)
    rows = on_duty.filter(user__is_active=True).exclude(user=without)
    return list(rows.select_related("user", "province", "kabupaten", "kecamatan").order_by("user__name", "pk"))
