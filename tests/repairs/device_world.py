"""What tests of device pages send, and what they are told."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from devices.models import Device, RecordingSet

CARD = dict.fromkeys(
    ("serial", "brand", "model", "asset_code", "register_number", "acquired_year", "source", "handed_over", "price"),
    "",
) | {"condition": ""}


def sent(row: Device | RecordingSet | None = None, **more: object) -> dict[str, object]:
    """Return what a form sends that somebody opened just now."""
    if row is not None:
        row.refresh_from_db()
    return {"client_key": str(uuid4()), "version": row.version if row else "", "seen": "", **more}


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]
