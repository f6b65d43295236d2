"""Tickets: the list, the reports, each one's page and what may be done there."""

from __future__ import annotations

from tests.authorisation.cases import OTHER, OWN, Case, signed_in

OWN_TICKET, OTHER_TICKET = f"ticket of {OWN}", f"ticket of {OTHER}"
"""Stand for the numbers of tickets, which the database gives."""
OWN_PHOTO, OTHER_PHOTO = f"photo of {OWN}", f"photo of {OTHER}"

REPORT_FAULT, TICKET, MOVE = "repairs:report", "repairs:ticket-detail", "repairs:ticket-move"
STEPS = ("triage", "reject", "start", "wait_for_parts", "wait_for_centre", "continue", "resolve")
CHANGES = (*STEPS, "take", "assign", "promise", "route", "cost")
CHOICES = ("priority", "effect")
SAYINGS, CORRECTIONS = ("comment", "cause"), ("void", "note")
CONFIRMATIONS = ("close", "reopen")


def of_move(expected: tuple[int, ...], name: str) -> list[Case]:
    """Return the cases of a change of a ticket, sent by those who may make it without what it asks for."""
    foreign = (404, 404, 404, 404, expected[1], 403, 404, 302)
    return [
        Case(MOVE, "get", signed_in(405), (OWN_TICKET, name)),
        Case(MOVE, "post", expected, (OWN_TICKET, name)),
        Case(MOVE, "post", foreign, (OTHER_TICKET, name)),
    ]


# operator, staff, technician, official, stranger, admin, unassigned, anonymous
PHOTOS = [
    *(
        case
        for name in ("repairs:photo", "repairs:photo-small")
        for case in (
            Case(name, "get", (200, 200, 200, 200, 404, 200, 404, 302), (OWN_PHOTO,)),
            Case(name, "get", (404, 404, 404, 404, 200, 200, 404, 302), (OTHER_PHOTO,)),
            Case(name, "post", signed_in(405), (OWN_PHOTO,)),
        )
    ),
    # Without a file, or a reason, the ticket's page is shown again.
    Case("repairs:photo-add", "get", signed_in(405), (OWN_TICKET,)),
    Case("repairs:photo-add", "post", (200, 200, 200, 403, 404, 403, 404, 302), (OWN_TICKET,)),
    Case("repairs:photo-add", "post", (404, 404, 404, 404, 200, 403, 404, 302), (OTHER_TICKET,)),
    Case("repairs:photo-void", "get", signed_in(405), (OWN_PHOTO,)),
    Case("repairs:photo-void", "post", (403, 200, 403, 403, 404, 403, 404, 302), (OWN_PHOTO,)),
    Case("repairs:photo-void", "post", (404, 404, 404, 404, 200, 403, 404, 302), (OTHER_PHOTO,)),
]

CASES = [
    *PHOTOS,
    Case("repairs:ticket-list", "get", signed_in(200)),
    Case("repairs:ticket-list", "post", signed_in(405)),
    # Only staff change many tickets at once; those of other regions are no tickets to them.
    *(
        Case("repairs:ticket-bulk", method, (403, 200, 403, 403, 200, 403, 403, 302), query=query)
        for method, query in (("get", "?aksi=assign&tiket=1.1"), ("get", "?aksi=triage"))
    ),
    Case("repairs:ticket-bulk", "get", (403, 404, 403, 403, 404, 403, 403, 302), query="?aksi=unknown"),
    Case("repairs:ticket-bulk", "post", (403, 404, 403, 403, 404, 403, 403, 302)),
    # Whoever may report nowhere gets no form.
    Case(REPORT_FAULT, "get", (200, 200, 403, 403, 200, 403, 403, 302)),
    Case(REPORT_FAULT, "post", (200, 200, 403, 403, 200, 403, 403, 302)),
    Case(REPORT_FAULT, "get", (200, 200, 403, 403, 404, 403, 403, 302), query=f"?kecamatan={OWN}"),
    Case(REPORT_FAULT, "post", (200, 200, 403, 403, 404, 403, 403, 302), query=f"?kecamatan={OWN}"),
    # Staff log what others told them; of which place is asked first.
    Case("repairs:log-message", "get", (403, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:log-message", "post", (403, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:log-report", "get", (403, 200, 403, 403, 404, 403, 404, 302), (OWN,)),
    Case("repairs:log-report", "post", (403, 200, 403, 403, 404, 403, 404, 302), (OWN,)),
    Case("repairs:log-report", "post", (404, 404, 404, 404, 200, 403, 404, 302), (OTHER,)),
    *(
        Case("repairs:log-outage", method, expected, (code,))
        for method in ("get", "post")
        for code, expected in (
            (OWN, (403, 200, 403, 403, 404, 403, 404, 302)),
            (OTHER, (404, 404, 404, 404, 200, 403, 404, 302)),
        )
    ),
    Case(TICKET, "get", (200, 200, 200, 200, 404, 200, 404, 302), (OWN_TICKET,)),
    Case(TICKET, "get", (404, 404, 404, 404, 200, 200, 404, 302), (OTHER_TICKET,)),
    Case(TICKET, "get", signed_in(404), ("TKT-2026-999999",)),
    Case(TICKET, "post", signed_in(405), (OWN_TICKET,)),
    Case("repairs:ticket-sent", "get", (200, 200, 200, 200, 404, 200, 404, 302), (OWN_TICKET,)),
    Case("repairs:ticket-sent", "get", (404, 404, 404, 404, 200, 200, 404, 302), (OTHER_TICKET,)),
    Case("repairs:ticket-sent", "post", signed_in(405), (OWN_TICKET,)),
    # What lacks a text or a choice is shown again; a change without the version that was seen is a conflict.
    *(case for name in SAYINGS for case in of_move((200, 200, 200, 403, 404, 403, 404, 302), name)),
    *(case for name in CHANGES for case in of_move((403, 409, 409, 403, 404, 403, 404, 302), name)),
    *(case for name in CHOICES for case in of_move((403, 200, 200, 403, 404, 403, 404, 302), name)),
    *(case for name in CORRECTIONS for case in of_move((403, 409, 403, 403, 404, 403, 404, 302), name)),
    *of_move((403, 200, 403, 403, 404, 403, 404, 302), "times"),
    *of_move((200, 200, 403, 403, 404, 403, 404, 302), "again"),
    *of_move((409, 403, 403, 403, 404, 403, 404, 302), "withdraw"),
    *(case for name in CONFIRMATIONS for case in of_move((409, 409, 409, 403, 404, 403, 404, 302), name)),
    Case(MOVE, "post", signed_in(404), (OWN_TICKET, "unknown")),
]
