"""Where the lists are asked for deep inside: the position of a row half way, as the product's own pages write it.

A position that a list does not know shows its beginning. Only a page further on leads back to it, by ``WAY_BACK``.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet

from accounts.models import User
from devices.models import Device
from kecamatan.models import Kabupaten, Kecamatan
from repairs.models import Arrangement, LostRecords, Outage, Ticket

WAY_BACK = ">Ke awal"
"""What the link to the first page of a list begins with."""


def positions(user: User) -> dict[str, object]:
    """Return the positions by their keys in the addresses of ``bench/addresses.py``, as ``user`` sees the lists."""
    tickets = Ticket.objects.visible_to(user)
    running = _middle(tickets.counted().filter(restored_at=None), "failed_at", "pk")
    return {
        "deep_open_ticket": _position_of(running),
        "deep_ticket": _position_of(_middle(tickets, "-failed_at", "-pk")),
        "deep_device": _middle(Device.objects.visible_to(user), "kecamatan_id", "kind_id", "pk").pk,
        "deep_outage": _middle(Outage.objects.visible_to(user), "-started_at", "-pk").pk,
        "deep_arrangement": _middle(Arrangement.objects.visible_to(user), "-started_at", "-pk").pk,
        "deep_loss": _middle(LostRecords.objects.visible_to(user), "-day", "-pk").pk,
        "deep_person": _middle(User.objects.visible_to(user), "name", "pk").pk,
        "deep_kabupaten": _middle(Kabupaten.objects.filter(closed_on=None), "code").pk,
        "deep_kecamatan": _middle(Kecamatan.objects.filter(kind=Kecamatan.Kind.KECAMATAN), "code").code,
    }


def _middle(rows: QuerySet[Any], *order: str) -> Any:
    return rows.order_by(*order)[(rows.count() - 1) // 2]


def _position_of(ticket: Ticket) -> str:
    return quote(f"{ticket.failed_at.isoformat()},{ticket.pk}")
