"""What the tests of faults ask of a ticket: its history, and why something was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kecamatan.models import Event
from lib.errors import Refused
from repairs.models import Ticket


def actions(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(subject=f"ticket:{ticket.pk}").order_by("pk").values_list("action", flat=True))


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.field, refusal.value.message
