"""Outages of places and arrangements between them."""

from __future__ import annotations

from tests.authorisation.cases import OTHER, OWN, Case, signed_in


def of_span(what: str, page: str, method: str, expected: tuple[int, ...]) -> list[Case]:
    """Return the cases of a page or change of an outage or an arrangement: one at home, and one far away."""
    allowed = expected[1]
    foreign = expected if allowed == 405 else (404, 404, 404, 404, allowed, expected[5], 404, 302)
    name = f"repairs:{what}-{page}"
    return [Case(name, method, expected, (f"{what} of {OWN}",)), Case(name, method, foreign, (f"{what} of {OTHER}",))]


def of_outage(page: str, method: str, expected: tuple[int, ...]) -> list[Case]:
    """Return the cases of an outage's page or change."""
    return of_span("outage", page, method, expected)


def of_arrangement(page: str, method: str, expected: tuple[int, ...]) -> list[Case]:
    """Return the cases of an arrangement's page or change."""
    return of_span("arrangement", page, method, expected)


# operator, staff, technician, official, stranger, admin, unassigned, anonymous
CASES = [
    # --- outages -------------------------------------------------------------------------------------------
    Case("repairs:outage-list", "get", signed_in(200)),
    Case("repairs:outage-list", "post", signed_in(405)),
    Case("repairs:outage-report", "get", (200, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:outage-report", "post", (200, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:outage-report", "get", (200, 200, 403, 403, 404, 403, 403, 302), query=f"?wilayah={OWN}"),
    Case("repairs:outage-report", "post", (404, 200, 403, 403, 404, 403, 403, 302), query="?wilayah=36.03"),
    Case("repairs:outage-report", "get", (404, 404, 403, 403, 404, 403, 403, 302), query="?wilayah=36"),
    *of_outage("detail", "get", (200, 200, 200, 200, 404, 200, 404, 302)),
    *of_outage("detail", "post", signed_in(405)),
    # Without a key there is no earlier answer: one tap is enough.
    *of_outage("confirm", "get", signed_in(405)),
    *of_outage("confirm", "post", (302, 302, 403, 403, 404, 403, 404, 302)),
    *of_outage("restored", "get", signed_in(405)),
    # Who comes second learns that it was over already.
    Case("repairs:outage-restored", "post", (302, 200, 403, 403, 404, 403, 404, 302), (f"outage of {OWN}",)),
    Case("repairs:outage-restored", "post", (404, 404, 404, 404, 302, 403, 404, 302), (f"outage of {OTHER}",)),
    # A change without the version that was seen is a conflict.
    *of_outage("end", "get", signed_in(405)),
    *of_outage("end", "post", (409, 409, 403, 403, 404, 403, 404, 302)),
    *of_outage("cause", "get", signed_in(405)),
    *of_outage("cause", "post", (200, 200, 200, 403, 404, 403, 404, 302)),
    *of_outage("void", "get", signed_in(405)),
    *of_outage("void", "post", (403, 409, 403, 403, 404, 403, 404, 302)),
    # Nobody of these reported it: another's report is not theirs to withdraw, and nobody said a moment ago it is over.
    *of_outage("withdraw", "get", signed_in(405)),
    *of_outage("withdraw", "post", (403, 403, 403, 403, 404, 403, 404, 302)),
    *of_outage("undo", "get", signed_in(405)),
    *of_outage("undo", "post", (200, 200, 403, 403, 404, 403, 404, 302)),
    *of_outage("correct", "get", (403, 200, 403, 403, 404, 403, 404, 302)),
    *of_outage("correct", "post", (403, 200, 403, 403, 404, 403, 404, 302)),
    # --- arrangements --------------------------------------------------------------------------------------
    Case("repairs:arrangement-list", "get", signed_in(200)),
    Case("repairs:arrangement-list", "post", signed_in(405)),
    Case("repairs:arrangement-start", "get", (403, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:arrangement-start", "post", (403, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:arrangement-start", "get", (403, 200, 403, 403, 404, 403, 403, 302), query=f"?kecamatan={OWN}"),
    Case("repairs:arrangement-start", "post", (403, 200, 403, 403, 404, 403, 403, 302), query=f"?kecamatan={OWN}"),
    *of_arrangement("detail", "get", (200, 200, 200, 200, 404, 200, 404, 302)),
    *of_arrangement("detail", "post", signed_in(405)),
    *of_arrangement("end", "get", signed_in(405)),
    *of_arrangement("end", "post", (403, 409, 403, 403, 404, 403, 404, 302)),
    *of_arrangement("void", "get", signed_in(405)),
    *of_arrangement("void", "post", (403, 409, 403, 403, 404, 403, 404, 302)),
    *of_arrangement("correct", "get", (403, 200, 403, 403, 404, 403, 404, 302)),
    *of_arrangement("correct", "post", (403, 200, 403, 403, 404, 403, 404, 302)),
]
