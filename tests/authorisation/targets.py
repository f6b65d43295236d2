"""Target rules."""

from __future__ import annotations

from tests.authorisation.cases import OTHER, OWN, Case, signed_in

OWN_RULE = f"rule of {OWN}"

# operator, staff, technician, official, stranger, admin, unassigned, anonymous
CASES = [
    # Whoever has one region only is led there.
    Case("repairs:target-list", "get", (302, 302, 302, 302, 302, 200, 200, 302)),
    Case("repairs:target-list", "post", signed_in(405)),
    Case("repairs:target-region", "get", (200, 200, 200, 200, 404, 200, 404, 302), (OWN,)),
    Case("repairs:target-region", "get", (404, 200, 200, 200, 404, 200, 404, 302), ("36.03",)),
    Case("repairs:target-region", "get", (404, 404, 404, 404, 200, 200, 404, 302), (OTHER,)),
    Case("repairs:target-region", "get", signed_in(404), ("36",)),
    Case("repairs:target-region", "get", signed_in(404), ("36.03.00",)),
    Case("repairs:target-region", "post", signed_in(405), (OWN,)),
    # Staff and admins set targets; a form that was not filled in is shown again.
    *(
        Case(name, method, expected, args)
        for method in ("get", "post")
        for name, args, expected in (
            ("repairs:target-new", (OWN,), (403, 200, 403, 403, 404, 200, 404, 302)),
            ("repairs:target-new", ("36.03",), (404, 200, 403, 403, 404, 200, 404, 302)),
            ("repairs:target-new", (OTHER,), (404, 404, 404, 404, 200, 200, 404, 302)),
            ("repairs:target-edit", (OWN, OWN_RULE), (403, 200, 403, 403, 404, 200, 404, 302)),
            ("repairs:target-edit", (OTHER, OWN_RULE), (404, 404, 404, 404, 404, 404, 404, 302)),
        )
    ),
    Case("repairs:target-void", "get", signed_in(405), (OWN, OWN_RULE)),
    # Without the version it is a conflict.
    Case("repairs:target-void", "post", (403, 409, 403, 403, 404, 409, 404, 302), (OWN, OWN_RULE)),
]
