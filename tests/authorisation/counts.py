"""Daily counts, and records that were lost."""

from __future__ import annotations

from tests.authorisation.cases import OTHER, OWN, Case, signed_in

COUNTS, DAY, NORMAL = "repairs:recording-month", "repairs:recording-day", "repairs:say-normal"
GUESTS = "repairs:guest-counts"

# operator, staff, technician, official, stranger, admin, unassigned, anonymous
COUNT_CASES = [
    # Whoever has more than one kecamatan chooses first; a form with nothing in it is shown again.
    Case(COUNTS, "get", signed_in(200)),
    Case(COUNTS, "post", signed_in(200)),
    Case(COUNTS, "get", (200, 200, 200, 200, 404, 200, 404, 302), query=f"?kecamatan={OWN}"),
    Case(COUNTS, "post", (200, 200, 403, 403, 404, 403, 404, 302), query=f"?kecamatan={OWN}"),
    Case(COUNTS, "get", (404, 404, 404, 404, 200, 200, 404, 302), query=f"?kecamatan={OTHER}"),
    Case(COUNTS, "post", (404, 404, 404, 404, 200, 403, 404, 302), query=f"?kecamatan={OTHER}"),
    Case(COUNTS, "get", (200, 200, 200, 200, 404, 200, 404, 302), query="?kabupaten=36.03"),
    Case(DAY, "get", (200, 200, 200, 200, 404, 200, 404, 302), (OWN, "2026-01-05")),
    Case(DAY, "get", (404, 404, 404, 404, 200, 200, 404, 302), (OTHER, "2026-01-05")),
    # There is no count to correct.
    Case(DAY, "post", (404, 404, 403, 403, 404, 403, 404, 302), (OWN, "2026-01-05")),
    Case(DAY, "post", (404, 404, 404, 404, 404, 403, 404, 302), (OTHER, "2026-01-05")),
    Case("repairs:recording-void", "get", signed_in(405), (OWN, "2026-01-05")),
    Case("repairs:recording-void", "post", (404, 404, 403, 403, 404, 403, 404, 302), (OWN, "2026-01-05")),
    Case("repairs:recording-void", "post", (404, 404, 404, 404, 404, 403, 404, 302), (OTHER, "2026-01-05")),
    # Whoever has one kecamatan needs not name it.
    Case("repairs:recording-export", "get", (200, 404, 404, 404, 404, 404, 404, 302)),
    Case("repairs:recording-export", "get", (200, 200, 200, 200, 404, 200, 404, 302), query=f"?kecamatan={OWN}"),
    Case("repairs:recording-export", "get", (404, 404, 404, 404, 200, 200, 404, 302), query=f"?kecamatan={OTHER}"),
    Case("repairs:recording-export", "get", (200, 200, 200, 200, 404, 200, 404, 302), query="?kabupaten=36.03"),
    Case("repairs:recording-export", "post", signed_in(405)),
    Case(GUESTS, "get", (200, 200, 200, 200, 404, 200, 404, 302), (OWN,)),
    Case(GUESTS, "get", (404, 404, 404, 404, 200, 200, 404, 302), (OTHER,)),
    # Nothing was filled in.
    Case(GUESTS, "post", (200, 200, 403, 403, 404, 403, 404, 302), (OWN,)),
    Case(GUESTS, "post", (404, 404, 404, 404, 200, 403, 404, 302), (OTHER,)),
    Case(NORMAL, "get", signed_in(405), (OWN,)),
    Case(NORMAL, "post", (302, 302, 403, 403, 404, 403, 404, 302), (OWN,)),
    Case(NORMAL, "post", (404, 404, 404, 404, 302, 403, 404, 302), (OTHER,)),
]


OWN_LOSS, OTHER_LOSS = f"loss of {OWN}", f"loss of {OTHER}"


def of_loss(name: str, expected: tuple[int, ...]) -> list[Case]:
    """Return the cases of a change of a loss, sent by those who may make it without what it asks for."""
    foreign = (404, 404, 404, 404, expected[1], 403, 404, 302)
    return [
        Case("repairs:loss-change", "get", signed_in(405), (OWN_LOSS, name)),
        Case("repairs:loss-change", "post", expected, (OWN_LOSS, name)),
        Case("repairs:loss-change", "post", foreign, (OTHER_LOSS, name)),
    ]


# operator, staff, technician, official, stranger, admin, unassigned, anonymous
LOSS_CASES = [
    Case("repairs:loss-list", "get", signed_in(200)),
    Case("repairs:loss-list", "post", signed_in(405)),
    Case("repairs:loss-record", "get", (200, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:loss-record", "post", (200, 200, 403, 403, 200, 403, 403, 302)),
    Case("repairs:loss-record", "post", (200, 200, 403, 403, 404, 403, 403, 302), query=f"?kecamatan={OWN}"),
    Case("repairs:loss-record", "post", (404, 404, 403, 403, 200, 403, 403, 302), query=f"?kecamatan={OTHER}"),
    Case("repairs:loss-detail", "get", (200, 200, 200, 200, 404, 200, 404, 302), (OWN_LOSS,)),
    Case("repairs:loss-detail", "get", (404, 404, 404, 404, 200, 200, 404, 302), (OTHER_LOSS,)),
    Case("repairs:loss-detail", "get", signed_in(404), ("999999",)),
    Case("repairs:loss-detail", "post", signed_in(405), (OWN_LOSS,)),
    # What it asks for is missing, so the form is shown again.
    *(
        case
        for name in ("rerecord", "void-rerecording")
        for case in of_loss(name, (200, 200, 403, 403, 404, 403, 404, 302))
    ),
    *(case for name in ("confirm", "correct") for case in of_loss(name, (403, 200, 403, 403, 404, 403, 404, 302))),
    # Without the version that was seen it is a conflict.
    *of_loss("void", (403, 409, 403, 403, 404, 403, 404, 302)),
    Case("repairs:loss-change", "post", signed_in(404), (OWN_LOSS, "unknown")),
]

CASES = [*COUNT_CASES, *LOSS_CASES]
