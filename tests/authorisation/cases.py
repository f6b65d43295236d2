"""What a line of the table of who may do what says, and the regions and lines that many pages share."""

from __future__ import annotations

from dataclasses import dataclass

ACTORS = ("operator", "staff", "technician", "official", "stranger", "admin", "unassigned", "anonymous")


@dataclass(frozen=True)
class Case:
    """A request, and the status that each of :data:`ACTORS` gets, in their order."""

    name: str
    method: str
    expected: tuple[int, ...]
    args: tuple[str, ...] = ()
    query: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.name} {' '.join(self.args)}{self.query}".strip()


def everybody(status: int) -> tuple[int, ...]:
    """Return one status for all actors."""
    return (status,) * len(ACTORS)


def signed_in(status: int, anonymous: int = 302) -> tuple[int, ...]:
    """Return one status for all who are signed in, whatever they are assigned to."""
    return (*(status,) * (len(ACTORS) - 1), anonymous)


def of_region(code: str, page: str, expected: tuple[int, ...]) -> list[Case]:
    """Return the cases of a region's page, which nobody may write to."""
    anonymous = expected[-1]
    return [Case(page, "get", expected, (code,)), Case(page, "post", signed_in(405, anonymous), (code,))]


OWN, DINAS, OTHER = "36.03.30", "36.03.00", "53.01.01"

# operator, staff, technician, official, stranger, admin, unassigned, anonymous
READERS_OF_AGENCY = (404, 200, 200, 200, 404, 200, 404, 302)
