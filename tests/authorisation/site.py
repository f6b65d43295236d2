"""What everybody meets: signing in, health, what is not there; and the citizens' pages."""

from __future__ import annotations

from tests.authorisation.cases import DINAS, OTHER, OWN, Case, everybody, signed_in


def _read_by_all(name: str) -> list[Case]:
    return [Case(name, "get", everybody(200)), Case(name, "post", everybody(405))]


# operator, staff, technician, official, stranger, admin, unassigned, anonymous
CASES = [
    Case("healthz", "get", everybody(200)),
    Case("healthz", "post", everybody(405)),
    Case("readyz", "get", everybody(200)),
    Case("readyz", "post", everybody(405)),
    Case("admin:index", "get", (403, 403, 403, 403, 403, 200, 403, 302)),
    Case("admin:index", "post", (403, 403, 403, 403, 403, 200, 403, 302)),
    Case("style", "get", everybody(404)),  # Only with DEBUG.
    Case("style", "post", everybody(405)),
    Case("missing", "get", everybody(404), ("tidak/ada/",)),
    Case("missing", "post", everybody(404), ("tidak/ada/",)),
    Case("accounts:login", "get", signed_in(302, 200)),
    Case("accounts:login", "post", everybody(200)),
    Case("accounts:confirm", "get", signed_in(200)),
    Case("accounts:confirm", "post", signed_in(200)),
    Case("accounts:forget", "get", everybody(405)),
    Case("accounts:forget", "post", everybody(302)),
    Case("accounts:resume", "get", everybody(302)),
    Case("accounts:resume", "post", signed_in(405)),
    Case("accounts:logout", "get", everybody(405)),
    Case("accounts:logout", "post", everybody(302)),
    Case("accounts:signed-out", "get", everybody(200)),
    Case("accounts:signed-out", "post", everybody(405)),
    Case("accounts:password-change", "get", signed_in(200)),
    Case("accounts:password-change", "post", signed_in(200)),
    Case("accounts:password-changed", "get", signed_in(200)),
    Case("accounts:password-changed", "post", signed_in(405)),
    Case("robots", "get", everybody(200)),
    Case("robots", "post", everybody(405)),
    *_read_by_all("manifest"),
    *_read_by_all("worker"),
    *_read_by_all("no-signal"),
    Case("accounts:outbox", "get", signed_in(200)),
    Case("accounts:outbox", "post", signed_in(405)),
    *_read_by_all("accounts:outbox-session"),
    Case("reports:public-index", "get", everybody(200)),
    Case("reports:public-index", "post", everybody(405)),
    *(
        case
        for name in ("reports:public-status", "reports:public-status-json")
        for case in (
            *(Case(name, "get", everybody(200), (code,)) for code in (OWN, OTHER, "36.03", "36")),
            *(Case(name, "get", everybody(404), (code,)) for code in ("36.03.99", "ID")),
            Case(name, "post", everybody(405), (OWN,)),
        )
    ),
    Case("reports:public-status", "get", everybody(302), (DINAS,)),
    Case("reports:public-status-json", "get", everybody(404), (DINAS,)),
]
