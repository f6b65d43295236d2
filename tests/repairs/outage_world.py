"""Outages that the tests of their pages speak of, and how these are asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from accounts.models import User
from kecamatan.models import Cause, Kecamatan
from repairs.models import Outage
from repairs.outages import report_outage


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url_of(outage: Outage, move: str = "") -> str:
    return f"/outages/{outage.pk}/" + (f"{move}/" if move else "")


def outage_over(*places: Kecamatan, **values: Any) -> Outage:
    defaults: dict[str, Any] = {
        "client_key": uuid4(),
        "started_at": timezone.now() - timedelta(hours=2),
        "effect": "stopped",
        "by": None,
    }
    return report_outage(places=places, **{**defaults, "cause": Cause.POWER_OUTAGE, **values})


def current(outage: Outage) -> Outage:
    return Outage.objects.get(pk=outage.pk)


def codes(outage: Outage) -> list[str]:
    return [place.code for place in outage.places.order_by("code")]


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def typed(**more: Any) -> dict[str, Any]:
    start = {"client_key": str(uuid4()), "cause": "power_outage", "certainty": "suspected", "effect": "stopped"}
    return start | {"started_at": "", "promised_at": "", "ended_at": "", "note": ""} | more
