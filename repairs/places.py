"""What the pages of this app read: a ticket by its number, the places one may report for, what stands there."""

from __future__ import annotations

import re
from collections.abc import Sized
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, When

from accounts.callers import WITH_OFFICES
from accounts.models import Assignment, Role, User
from accounts.permissions import REPORTERS, covers, guard, may_report, reports_somewhere
from kecamatan.models import Kecamatan
from kecamatan.scope import region_filter
from lib.errors import Forbidden, Refused
from lib.pages import NotFound
from repairs.guards import SecondFault
from repairs.models import Ticket

NUMBER = re.compile(r"TKT-\d{4}-(\d{6,15})")
CODE = re.compile(r"[0-9.]{8}")
OTHERS_SHOWN, WORKERS_SHOWN = 50, 200


def find_ticket(number: str, user: User) -> Ticket:
    """Return the ticket of a number with all that its page reads; raises :class:`NotFound`.

    The place is a query of its own, and what few tickets have (who voided it, which one it repeats or follows) is left
    to be asked for: PostgreSQL plans all these joins in one for 50 ms.
    """
    key = NUMBER.fullmatch(number)
    rows = Ticket.objects.visible_to(user).select_related(
        *("recording_set", "device_kind", "device", "symptom", "assignee", "reported_by")
    )
    ticket = rows.filter(pk=int(key[1])).first() if key else None
    if ticket is None or ticket.number != number:
        raise NotFound(f"Tidak ada tiket {number}.")
    ticket.kecamatan = Kecamatan.objects.with_zone().select_related(*WITH_OFFICES).get(pk=ticket.kecamatan_id)
    if ticket.device and ticket.device.kecamatan_id == ticket.kecamatan_id:
        ticket.device.kecamatan = ticket.kecamatan
    return ticket


def may_choose(user: User) -> bool:
    """Say whether a person may report for more than one kecamatan."""
    scope = user.scope_as(*REPORTERS)
    return scope.nation or bool(scope.provinces or scope.kabupaten) or len(scope.kecamatan) > 1


def place_to_report(user: User, code: str) -> Kecamatan | None:
    """Return the place of a code, or the only one of an operator; ``None`` where the person must choose first.

    Raises :class:`NotFound` outside the person's regions, and ``Forbidden`` where they may only read.
    """
    if not reports_somewhere(user):
        raise Forbidden("Anda tidak berwenang melaporkan kerusakan.")
    if not code and may_choose(user):
        return None
    if code and not CODE.fullmatch(code):
        raise NotFound("Bukan kode kecamatan.")
    chosen = Q(code=code) if code else Q(pk__in=user.scope_as(*REPORTERS).kecamatan)
    place = Kecamatan.objects.visible_to(user).running().with_zone().filter(chosen).first()
    if place is None:
        raise NotFound(f"Tidak ada kecamatan {code}.")
    guard(user, [place], may_report)
    return place


def find_place(code: str, user: User) -> Kecamatan:
    """Return a place that a person may see; raises :class:`NotFound`."""
    places = Kecamatan.objects.visible_to(user).running().with_zone()
    place = places.filter(code=code).first() if CODE.fullmatch(code) else None
    if place is None:
        raise NotFound(f"Tidak ada kecamatan {code}.")
    return place


def choice_of_places(user: User, *roles: Role) -> dict[str, Any]:
    """Return the places for which a person may report in these roles.

    Above a kabupaten they are too many to choose from, so the code is typed.
    """
    scope = user.scope_as(*(roles or REPORTERS))
    if scope.nation or scope.provinces:
        return {"choices": []}
    condition = region_filter(scope, "") or Q(pk=None)
    return {"choices": Kecamatan.objects.filter(condition).running().order_by("name", "code")}


def others_of(ticket: Ticket, user: User) -> list[Ticket]:
    """Return the tickets of the same place that a ticket may repeat, the newest first."""
    rows = Ticket.objects.visible_to(user).counted().filter(kecamatan=ticket.kecamatan_id).exclude(pk=ticket.pk)
    return list(rows.select_related("recording_set", "device_kind").order_by("-failed_at", "-pk")[:OTHERS_SHOWN])


def workers_for(*tickets: Ticket) -> list[User]:
    """Return the people who may work one of these tickets, by name, and first whoever holds one now.

    At most :data:`WORKERS_SHOWN`; a form says by :func:`cut_text` that there may be more.
    """
    places = [ticket.kecamatan for ticket in tickets]
    around = Q(level=Assignment.Level.NATION) | Q(province__in={place.kabupaten.province_id for place in places})
    around |= Q(kabupaten__in={place.kabupaten_id for place in places}) | Q(kecamatan__in={row.pk for row in places})
    roles = Assignment.objects.running().filter(around, role__in=(Role.TECHNICIAN, Role.STAFF))
    holders = {ticket.assignee_id for ticket in tickets if ticket.assignee_id}
    found = User.objects.filter(Q(is_active=True, pk__in=roles.values("user")) | Q(pk__in=holders))
    # The holders first, so that none is cut; shown by name.
    rows = found.annotate(is_other=Case(When(pk__in=holders, then=0), default=1)).order_by("is_other", "name", "pk")
    return sorted(rows[:WORKERS_SHOWN], key=lambda person: (person.name.casefold(), person.pk))


def cut_text(people: Sized) -> str:
    """Return what stands beside a choice of people that was cut; nothing beside a whole one."""
    if len(people) < WORKERS_SHOWN:
        return ""
    return f"Hanya {WORKERS_SHOWN} nama pertama menurut abjad. Orang lain bisa memilih Ambil sendiri di tiketnya."


def ticket_behind(refused: Refused, user: User) -> Ticket | None:
    """Return the ticket for which a report was refused, if the person may see it."""
    if isinstance(refused, SecondFault) and covers(user.scope, refused.ticket.kecamatan):
        return refused.ticket
    return None


def sent_as(key: UUID, user: User) -> Ticket | None:
    """Return the ticket that a submission made earlier, if the person may see it."""
    return Ticket.objects.visible_to(user).filter(client_key=key).first()
