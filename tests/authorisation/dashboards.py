"""Where people begin, the dashboards of regions and places, and the search."""

from __future__ import annotations

from tests.authorisation.cases import DINAS, OTHER, OWN, Case, of_region, signed_in

RELIABILITY = "reports:region-reliability"
REPORT, PLACE, API = "reports:region-detail", "reports:kecamatan-detail", "reports:api-region-report"
MAP = "reports:region-map"

# operator, staff, technician, official, stranger, admin, unassigned, anonymous
CASES = [
    # Operators have their kecamatan, staff and technicians a desk; who has no assignment is told so.
    Case("reports:home", "get", (200, 200, 200, 302, 200, 302, 200, 302)),
    # The address counts only for operators.
    Case("reports:home", "get", (404, 200, 200, 302, 200, 302, 200, 302), query=f"?kecamatan={OTHER}"),
    Case("reports:home", "post", signed_in(405)),
    *of_region("ID", REPORT, (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("36", REPORT, (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("36.03", REPORT, (404, 200, 200, 200, 404, 200, 404, 302)),
    # The report of a kecamatan is its own page.
    *of_region(OWN, REPORT, (302, 302, 302, 302, 404, 302, 404, 302)),
    *of_region("99", REPORT, signed_in(404)),
    *of_region("36.03", "reports:kecamatan-list", (404, 200, 200, 200, 404, 200, 404, 302)),
    *of_region("ID", "reports:kecamatan-list", (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region(OWN, "reports:kecamatan-list", signed_in(404)),
    Case("reports:priorities", "get", (404, 200, 200, 200, 404, 200, 404, 302), ("36.03",)),
    Case("reports:priorities", "post", (404, 302, 403, 302, 404, 403, 404, 302), ("36.03",)),
    Case("reports:priorities", "get", (404, 404, 404, 404, 404, 200, 404, 302), ("36",)),
    Case("reports:priorities", "post", (404, 404, 404, 404, 404, 403, 404, 302), ("36",)),
    Case("reports:priorities", "get", signed_in(404), ("ID",)),
    Case("reports:priorities", "get", signed_in(404), (OWN,)),
    Case("reports:month-declaration", "get", (404, 200, 200, 200, 404, 200, 404, 302), ("36.03", "2020-01")),
    # The staff declare it first; declared again it stays as it is.
    Case("reports:month-declaration", "post", (404, 302, 403, 403, 404, 302, 404, 302), ("36.03", "2020-01")),
    Case("reports:month-declaration", "get", (404, 404, 404, 404, 200, 200, 404, 302), ("53.01", "2020-01")),
    Case("reports:month-declaration", "get", signed_in(404), (OWN, "2020-01")),
    *of_region(OWN, PLACE, (200, 200, 200, 200, 404, 200, 404, 302)),
    *of_region(DINAS, PLACE, (404, 200, 200, 200, 404, 200, 404, 302)),
    *of_region(OTHER, PLACE, (404, 404, 404, 404, 200, 200, 404, 302)),
    *of_region("36.03", PLACE, signed_in(404)),
    *of_region("ID", MAP, (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("36", MAP, (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("36.03", MAP, (404, 200, 200, 200, 404, 200, 404, 302)),
    *of_region(OWN, MAP, (302, 302, 302, 302, 404, 302, 404, 302)),
    *of_region("99", MAP, signed_in(404)),
    *of_region("ID", RELIABILITY, (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("36", RELIABILITY, (404, 404, 404, 404, 404, 200, 404, 302)),
    *of_region("36.03", RELIABILITY, (404, 200, 200, 200, 404, 200, 404, 302)),
    *of_region(OWN, RELIABILITY, (200, 200, 200, 200, 404, 200, 404, 302)),
    *of_region(DINAS, RELIABILITY, signed_in(404)),
    *of_region(OTHER, RELIABILITY, (404, 404, 404, 404, 200, 200, 404, 302)),
    *of_region("ID", API, (404, 404, 404, 404, 404, 200, 404, 403)),
    *of_region("36", API, (404, 404, 404, 404, 404, 200, 404, 403)),
    *of_region("36.03", API, (404, 200, 200, 200, 404, 200, 404, 403)),
    *of_region(OWN, API, (200, 200, 200, 200, 404, 200, 404, 403)),
    *of_region(OTHER, API, (404, 404, 404, 404, 200, 200, 404, 403)),
    # Everybody may search; what is found lies inside the assignments.
    Case("reports:search", "get", signed_in(200), query="?q=kecamatan"),
    Case("reports:search", "post", signed_in(405)),
    Case("reports:search", "get", (302, 302, 302, 302, 200, 302, 200, 302), query=f"?q={OWN}"),
]
