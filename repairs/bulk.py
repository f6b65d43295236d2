"""The same change for many tickets at once: to somebody, verified, promised; all of them in one transaction, or none.

Each function calls the change that the page of one ticket makes, with the version that the person saw in the list.
Before that a :class:`Plan` says, by the same rules and without writing, which tickets a change would leave out and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import NamedTuple

from django.db import transaction

from accounts.models import User
from kecamatan.changes import collected_marks
from lib.errors import Conflict, Refused
from lib.format import day_id
from repairs import tickets, workflow
from repairs.models import Ticket

Chosen = Mapping[int, int]
"""The versions in which a person saw the tickets that they chose, by key."""

Check = Callable[[Ticket, int], None]
"""Raises ``Refused`` for a ticket, seen in a version, that a change would refuse."""


class LeftOut(NamedTuple):
    """A ticket that a change would refuse, and why."""

    ticket: Ticket
    why: str


class Plan(NamedTuple):
    """Which tickets a change takes, and which it leaves out."""

    taken: list[Ticket]
    left_out: list[LeftOut]


# --- What would be done ---------------------------------------------------------------------------------


def tickets_of(chosen: Chosen, user: User) -> list[Ticket]:
    """Return the chosen tickets that a person sees, in the order of their keys, so that two writers never cross."""
    rows = Ticket.objects.visible_to(user).filter(pk__in=chosen).order_by("pk")
    return list(rows.select_related("kecamatan__kabupaten__province", "recording_set", "device_kind", "assignee"))


def plan(found_tickets: Iterable[Ticket], chosen: Chosen, check: Check) -> Plan:
    """Return which of the tickets of :func:`tickets_of` a change takes; without a query of its own."""
    found = Plan([], [])
    for ticket in found_tickets:
        try:
            check(ticket, chosen[ticket.pk])
        except Conflict:
            found.left_out.append(LeftOut(ticket, f"Berubah sejak Anda membuka daftar: {_state(ticket)}."))
        except Refused as refused:
            found.left_out.append(LeftOut(ticket, refused.message))
        else:
            found.taken.append(ticket)
    return found


def _state(ticket: Ticket) -> str:
    holder = f"dipegang {ticket.assignee}" if ticket.assignee else "belum dipegang siapa pun"
    promise = f", dijanjikan {day_id(ticket.promised_on, weekday=False)}" if ticket.promised_on else ""
    return f"sekarang {ticket.get_status_display()}, {holder}{promise}"


def check_assignment(by: User, assignee: User | None) -> Check:
    """Return what :func:`assign_all` refuses."""

    def check(ticket: Ticket, version: int) -> None:
        tickets.guard_work(ticket, version, by)
        if assignee == ticket.assignee:
            raise Refused(f"Sudah dipegang {assignee}." if assignee else "Belum dipegang siapa pun.")
        tickets.refuse_assignee(ticket, assignee)

    return check


def check_triage(by: User) -> Check:
    """Return what :func:`triage_all` refuses."""

    def check(ticket: Ticket, version: int) -> None:
        workflow.checked_step(ticket, Ticket.Status.TRIAGED, version=version, by=by)

    return check


def check_promise(by: User, promised_on: date, reason: str) -> Check:
    """Return what :func:`promise_all` refuses."""

    def check(ticket: Ticket, version: int) -> None:
        tickets.guard_work(ticket, version, by)
        if ticket.promised_on == promised_on:
            raise Refused("Sudah dijanjikan tanggal itu.")
        tickets.refuse_promise(ticket, promised_on, reason)

    return check


# --- What is done ---------------------------------------------------------------------------------------


@transaction.atomic
@collected_marks()
def assign_all(chosen: Chosen, *, assignee: User | None, by: User) -> None:
    """Give tickets to somebody who may work them, or to nobody. Effects: those of ``tickets.assign`` for each."""
    _each(chosen, by, check_assignment(by, assignee), partial(tickets.assign, assignee=assignee))


@transaction.atomic
@collected_marks()
def triage_all(chosen: Chosen, *, by: User) -> None:
    """Verify tickets. Effects: those of ``workflow.transition`` to ``triaged`` for each."""
    _each(chosen, by, check_triage(by), partial(workflow.transition, to=Ticket.Status.TRIAGED))


@transaction.atomic
@collected_marks()
def promise_all(chosen: Chosen, *, promised_on: date, by: User, reason: str = "") -> None:
    """Promise one local day for tickets, with a reason where one slips. Effects: those of ``tickets.promise``."""
    check = check_promise(by, promised_on, reason)
    _each(chosen, by, check, partial(tickets.promise, promised_on=promised_on, reason=reason))


def _each(chosen: Chosen, by: User, check: Check, change: Callable[..., None]) -> None:
    """Change every chosen ticket, or none: ``Conflict`` where one changed since, or is not to be seen any more."""
    found = tickets_of(chosen, by)
    if not found:
        raise Refused("Centang sekurangnya satu tiket.")
    if len(found) < len(chosen):
        raise Conflict("Sebagian tiket tidak ada lagi dalam wilayah Anda. Periksa lagi daftarnya.")
    for ticket in found:
        check(ticket, chosen[ticket.pk])
        change(ticket, version=chosen[ticket.pk], by=by)
