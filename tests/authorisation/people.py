"""People, their roles and links, and who takes over their tickets."""

from __future__ import annotations

from tests.authorisation.cases import OWN, Case, everybody, signed_in

OWN_PERSON, OWN_ROLE = f"person of {OWN}", f"role of {OWN}"
"""Stand for the keys of the operator and of what they are assigned to."""


def of_admins(name: str, *args: str, readable: bool = True, writable: bool = True, written: int = 200) -> list[Case]:
    """Return the cases of a page for admins; what they write is incomplete, unless it asks for nothing."""

    def allowed(status: int) -> tuple[int, ...]:
        return (403, 403, 403, 403, 403, status, 403, 302)

    return [
        Case(name, "get", allowed(200) if readable else signed_in(405), args),
        Case(name, "post", allowed(written) if writable else signed_in(405), args),
    ]


# operator, staff, technician, official, stranger, admin, unassigned, anonymous
CASES = [
    # An admin's pages; everybody has an account of their own, and a link signs in whoever holds it.
    *of_admins("accounts:user-list", writable=False),
    *of_admins("accounts:user-create"),
    *of_admins("accounts:user-import"),
    *of_admins("accounts:user-import-save", readable=False),
    *of_admins("accounts:user-import-template", writable=False),
    *of_admins("accounts:link-list", writable=False),
    *of_admins("accounts:user-detail", OWN_PERSON, writable=False),
    *of_admins("accounts:user-edit", OWN_PERSON),
    *of_admins("accounts:user-assign", OWN_PERSON),
    *of_admins("accounts:user-deputy", OWN_PERSON),
    *of_admins("accounts:user-link", OWN_PERSON, written=302),
    *of_admins("accounts:user-disable", OWN_PERSON, readable=False, written=302),
    *of_admins("accounts:user-enable", OWN_PERSON, readable=False, written=302),
    *of_admins("accounts:assignment-end", OWN_ROLE),
    Case("accounts:account", "get", signed_in(200)),
    Case("accounts:account", "post", signed_in(405)),
    Case("accounts:sign-in-link", "get", everybody(404), ("1-abc",)),
    Case("accounts:sign-in-link", "post", everybody(404), ("1-abc",)),
    # Who may hand over tickets, but not those of this person, learns nothing of them.
    Case("repairs:handover", "get", (403, 404, 403, 403, 404, 200, 403, 302), (OWN_PERSON,)),
    Case("repairs:handover", "post", (403, 404, 403, 403, 404, 200, 403, 302), (OWN_PERSON,)),
]
