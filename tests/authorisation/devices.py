"""Devices, sets, the register and its confirmation."""

from __future__ import annotations

from tests.authorisation.cases import OTHER, OWN, Case, everybody, signed_in


def of_thing(name: str, own: str, other: str) -> list[Case]:
    """Return the cases of the page of a device or a set, which nobody may write to."""
    return [
        Case(name, "get", (200, 200, 200, 200, 404, 200, 404, 302), (own,)),
        Case(name, "get", (404, 404, 404, 404, 200, 200, 404, 302), (other,)),
        Case(name, "get", signed_in(404), ("999999",)),
        Case(name, "post", signed_in(405), (own,)),
    ]


def of_step(what: str, names: tuple[str, ...], expected: tuple[int, ...]) -> list[Case]:
    """Return the cases of a step of a device or a set, sent by those who may make it without what it asks for."""
    foreign = (404, 404, 404, 404, expected[1], expected[5], 404, 302)
    name = f"repairs:{what}-step"
    return [
        case
        for step in names
        for case in (
            Case(name, "get", signed_in(405), (f"{what} of {OWN}", step)),
            Case(name, "post", expected, (f"{what} of {OWN}", step)),
            Case(name, "post", foreign, (f"{what} of {OTHER}", step)),
        )
    ]


# operator, staff, technician, official, stranger, admin, unassigned, anonymous
CASES = [
    Case("repairs:device-list", "get", signed_in(200)),
    Case("repairs:device-list", "post", signed_in(405)),
    Case("repairs:device-export", "get", signed_in(200)),
    Case("repairs:device-export", "post", signed_in(405)),
    # Labels are printed by those who work with devices, of what they see.
    Case("repairs:label-sheets", "get", (200, 200, 200, 403, 200, 403, 403, 302)),
    Case("repairs:label-sheets", "post", (200, 200, 200, 403, 200, 403, 403, 302)),
    # A label leads those who may see what it is on there; all others see where to call.
    Case("repairs:label", "get", (302, 302, 302, 302, 200, 302, 200, 200), (f"label of {OWN}",)),
    Case("repairs:label", "get", (200, 200, 200, 200, 302, 302, 200, 200), (f"label of {OTHER}",)),
    Case("repairs:label", "get", everybody(200), ("unknown",)),
    Case("repairs:label", "post", everybody(405), ("unknown",)),
    *of_thing("repairs:device-detail", f"device of {OWN}", f"device of {OTHER}"),
    *of_thing("repairs:set-detail", f"set of {OWN}", f"set of {OTHER}"),
    # Only staff changes the register; a form that was not filled in is shown again, a change without the version is a
    # conflict, and what a set lacks may also be said by its operator.
    *(
        Case(f"repairs:{page}", method, expected, query=query)
        for page in ("device-register", "set-register")
        for method in ("get", "post")
        for query, expected in (
            ("", (403, 200, 403, 403, 200, 403, 403, 302)),
            (f"?kecamatan={OWN}", (403, 200, 403, 403, 404, 403, 403, 302)),
        )
    ),
    *(
        Case(f"repairs:device-{page}", method, expected, (f"device of {OWN}",))
        for page in ("edit", "place", "replace")
        for method, expected in (
            ("get", (403, 200, 403, 403, 404, 403, 404, 302)),
            ("post", (403, 200 if page == "place" else 409, 403, 403, 404, 403, 404, 302)),
        )
    ),
    *(
        Case("repairs:device-placement", method, expected, (f"device of {OWN}", f"placement of {code}"))
        for method in ("get", "post")
        for code, expected in (
            (OWN, (403, 200, 403, 403, 404, 403, 404, 302)),
            (OTHER, (403, 404, 403, 403, 404, 403, 404, 302)),
        )
    ),
    *of_step(
        "device", ("condition", "write_off", "bring_back", "renew_label"), (403, 200, 403, 403, 404, 403, 404, 302)
    ),
    *of_step("device", ("remove", "steal"), (403, 409, 403, 403, 404, 403, 404, 302)),
    *of_step("set", ("withdraw",), (403, 409, 403, 403, 404, 403, 404, 302)),
    *of_step("set", ("rename", "renew_label"), (403, 200, 403, 403, 404, 403, 404, 302)),
    *of_step("set", ("missing",), (200, 200, 403, 403, 404, 403, 404, 302)),
    *of_step("device", ("unknown", "edit-me"), (404, 404, 404, 404, 404, 404, 404, 302)),
    Case("repairs:inventory", "get", (404, 200, 200, 200, 404, 200, 404, 302), ("36.03",)),
    Case("repairs:inventory", "post", (404, 200, 403, 403, 404, 403, 404, 302), ("36.03",)),
    Case("repairs:inventory", "get", signed_in(404), ("99.99",)),
    Case("repairs:inventory-void", "get", signed_in(405), ("36.03", "inventory of 36.03")),
    Case("repairs:inventory-void", "post", (404, 200, 403, 403, 404, 403, 404, 302), ("36.03", "inventory of 36.03")),
    Case("repairs:inventory-void", "post", (404, 404, 404, 404, 404, 404, 404, 302), ("36.03", "999999")),
]
