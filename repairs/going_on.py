"""What goes on during an outage: other services, and the computers that still run where the power is weak."""

from __future__ import annotations

from collections.abc import Collection

from accounts.models import Continuing
from kecamatan.models import Effect
from lib.errors import Refused

MOST_COMPUTERS = 99


def services_text(services: Collection[str]) -> str:
    """Return services as an outage keeps them: their codes in order.

    Raises :class:`Refused` for one that is unknown.
    """
    if not set(Continuing.values).issuperset(services):
        raise Refused("Ada layanan yang tidak dikenal. Pilih dari daftar.", field="services")
    return " ".join(code for code in Continuing.values if code in services)


def refuse_computers(computers: int | None, effect: str) -> None:
    """Refuse a number of computers that cannot be, or one that runs while recording is said to have stopped."""
    if computers is None:
        return
    if not 1 <= computers <= MOST_COMPUTERS:
        raise Refused(f"Tulis 1 sampai {MOST_COMPUTERS} komputer, atau kosongkan.", field="computers")
    if effect == Effect.STOPPED:
        raise Refused(
            "Bila masih ada komputer yang bisa dipakai merekam, perekaman terbatas, bukan berhenti.", field="computers"
        )


def services_of(codes: str) -> list[str]:
    """Return the services that an outage keeps as codes, as people call them."""
    return [str(Continuing(code).label) for code in codes.split()]


def going_on_text(computers: int | None, services: str) -> str:
    """Return what still works during an outage, as a sentence; empty where nobody said."""
    parts = [f"{computers} komputer bergantian"] if computers else []
    return f"Masih bisa: {', '.join([*parts, *services_of(services)])}." if parts or services else ""
