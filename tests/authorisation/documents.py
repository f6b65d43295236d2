"""Monthly reports that are kept."""

from __future__ import annotations

from tests.authorisation.cases import OWN, READERS_OF_AGENCY, Case, signed_in

OWN_REPORT, OTHER_REPORT = "document of 36.03", "document of 53.01"


def of_document(name: str, sent: tuple[int, ...], *args: str) -> list[Case]:
    """Return the cases of a change of a report: one at home, and one far away under either code."""
    foreign = (404, 404, 404, 404, sent[1], sent[5], 404, 302)
    return [
        Case(f"documents:{name}", "get", signed_in(405), ("36.03", OWN_REPORT, *args)),
        Case(f"documents:{name}", "post", sent, ("36.03", OWN_REPORT, *args)),
        Case(f"documents:{name}", "post", foreign, ("53.01", OTHER_REPORT, *args)),
        Case(f"documents:{name}", "post", signed_in(404), ("36.03", OTHER_REPORT, *args)),
    ]


# operator, staff, technician, official, stranger, admin, unassigned, anonymous
CASES = [
    *(
        Case(f"documents:{page}", method, expected, (code,))
        for page in ("list", "subscription")
        for method in ("get", "post")
        for code, expected in (
            ("36.03", READERS_OF_AGENCY),
            ("53.01", (404, 404, 404, 404, 200, 200, 404, 302)),
            ("36", (404, 404, 404, 404, 404, 200, 404, 302)),
            ("ID", (404, 404, 404, 404, 404, 200, 404, 302)),
            (OWN, signed_in(404)),
        )
    ),
    Case("documents:subscription-end", "get", signed_in(405), ("36.03",)),
    Case("documents:subscription-end", "post", (404, 302, 302, 302, 404, 302, 404, 302), ("36.03",)),
    Case("documents:detail", "get", READERS_OF_AGENCY, ("36.03", OWN_REPORT)),
    Case("documents:detail", "get", (404, 404, 404, 404, 200, 200, 404, 302), ("53.01", OTHER_REPORT)),
    Case("documents:detail", "get", signed_in(404), ("36.03", OTHER_REPORT)),
    Case("documents:detail", "post", signed_in(405), ("36.03", OWN_REPORT)),
    Case("documents:download", "get", READERS_OF_AGENCY, ("36.03", OWN_REPORT, "csv")),
    Case("documents:download", "get", signed_in(404), ("36.03", OTHER_REPORT, "csv")),
    Case("documents:download", "get", signed_in(404), ("36.03", OWN_REPORT, "exe")),
    Case("documents:download", "post", signed_in(405), ("36.03", OWN_REPORT, "csv")),
    # Everybody who reads reports of the region may have them built.
    *of_document("cancel", (404, 302, 302, 302, 404, 302, 404, 302)),
    *of_document("retry", (404, 302, 302, 302, 404, 302, 404, 302)),
    # Without a day the form is shown again to staff, who alone note signatures.
    *of_document("sign", (404, 200, 403, 403, 404, 403, 404, 302)),
    *of_document("signature-withdraw", (404, 200, 403, 403, 404, 403, 404, 302)),
]
