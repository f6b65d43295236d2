"""The profile of a region: read by everybody in it, kept by its staff and admins, in part by its operators."""

from __future__ import annotations

from tests.authorisation.cases import DINAS, OTHER, OWN, Case, of_region, signed_in

LOGO = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
OWN_CONTACT, OTHER_CONTACT = f"contact of {OWN}", f"contact of {OTHER}"
OWN_SIGNATORY, OTHER_SIGNATORY = "signatory of 36.03", "signatory of 53.01"


def of_form(name: str, expected: tuple[int, ...], *args: str, empty: int = 200) -> list[Case]:
    """Return the cases of a form of a profile; ``empty`` is the answer to those who may, when it is sent empty."""
    sent = tuple(empty if status == 200 else status for status in expected)
    return [Case(f"accounts:{name}", "get", expected, args), Case(f"accounts:{name}", "post", sent, args)]


def of_button(name: str, expected: tuple[int, ...], *args: str) -> list[Case]:
    """Return the cases of a change of a profile that has no page of its own."""
    return [Case(f"accounts:{name}", "get", signed_in(405), args), Case(f"accounts:{name}", "post", expected, args)]


# operator, staff, technician, official, stranger, admin, unassigned, anonymous
EVERYBODY_THERE = (200, 200, 200, 200, 404, 200, 404, 302)
KEEPERS = (403, 200, 403, 403, 404, 200, 404, 302)
KEEPERS_OF_AGENCY = (404, 200, 403, 403, 404, 200, 404, 302)
CASES = [
    *of_region(OWN, "accounts:profile", EVERYBODY_THERE),
    *of_region("36.03", "accounts:profile", (404, 200, 200, 200, 404, 200, 404, 302)),
    *of_region(DINAS, "accounts:profile", (404, 302, 302, 302, 404, 302, 404, 302)),
    *of_region("36", "accounts:profile", (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("ID", "accounts:profile", (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region(OTHER, "accounts:profile", (404, 404, 404, 404, 200, 200, 404, 302)),
    *of_region(OWN, "accounts:profile-history", EVERYBODY_THERE),
    *of_form("profile-edit", KEEPERS, OWN, empty=302),
    *of_form("profile-edit", KEEPERS_OF_AGENCY, "36.03", empty=302),
    *of_form("profile-edit", signed_in(404), DINAS),
    *of_form("profile-edit", (404, 404, 404, 404, 200, 200, 404, 302), OTHER, empty=302),
    *of_form("profile-hours", KEEPERS, OWN, empty=302),
    *of_form("profile-supply", (200, 200, 200, 403, 404, 200, 404, 302), OWN, empty=302),
    *of_form("profile-supply", signed_in(404), "36.03"),
    *of_form("profile-publicity", (404, 403, 403, 403, 404, 200, 404, 302), "36.03"),
    *of_form("profile-publicity", signed_in(404), OWN),
    *of_form("logo", KEEPERS_OF_AGENCY, "36.03"),
    *of_form("logo", signed_in(404), OWN),
    *of_button("logo-remove", (404, 302, 403, 403, 404, 302, 404, 302), "36.03"),
    Case("accounts:logo-image", "get", signed_in(404), ("36.03", LOGO)),
    Case("accounts:logo-image", "post", signed_in(405), ("36.03", LOGO)),
    *of_form("contact-add", (200, 200, 403, 403, 404, 200, 404, 302), OWN),
    *of_form("contact-add", KEEPERS_OF_AGENCY, "36.03"),
    *of_form("contact-edit", (200, 200, 403, 403, 404, 200, 404, 302), OWN, OWN_CONTACT),
    *of_form("contact-edit", (404, 404, 403, 403, 404, 404, 404, 302), OWN, OTHER_CONTACT),
    # Without the version that was seen nothing goes.
    *of_button("contact-remove", (409, 409, 403, 403, 404, 409, 404, 302), OWN, OWN_CONTACT),
    *of_button("contact-remove", (404, 404, 403, 403, 404, 404, 404, 302), OWN, OTHER_CONTACT),
    *of_form("signatory-add", KEEPERS_OF_AGENCY, "36.03"),
    *of_form("signatory-add", signed_in(404), OWN),
    *of_form("signatory-edit", KEEPERS_OF_AGENCY, "36.03", OWN_SIGNATORY),
    *of_form("signatory-edit", (404, 404, 403, 403, 404, 404, 404, 302), "36.03", OTHER_SIGNATORY),
    *of_button("signatory-void", KEEPERS_OF_AGENCY, "36.03", OWN_SIGNATORY),
]
