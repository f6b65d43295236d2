"""The page on which a month is declared: what was sent is done, whatever holds by then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Role
from kecamatan.models import MonthDeclaration
from repairs.declarations import declare_complete
from tests.factories import make_kecamatan, make_user, moment, sign_in

pytestmark = pytest.mark.django_db

PAGE = "/reports/36.03/months/2026-02/"


def test_of_two_who_withdraw_the_second_declares_nothing() -> None:
    with time_machine.travel(moment("2026-03-18 04:00"), tick=False):
        kabupaten = make_kecamatan("36.03.30").kabupaten
        declare_complete(kabupaten, month=date(2026, 2, 1), by=None)
        clients = [Client(), Client()]
        for client, name in zip(clients, ("Sri", "Tono"), strict=True):
            sign_in(client, make_user(Role.STAFF, kabupaten, name))
        seen = [client.get(PAGE).context["form"] for client in clients]
        first, second = (client.post(PAGE, body(form)) for client, form in zip(clients, seen, strict=True))
        assert (first.status_code, second.status_code) == (302, 409)
        assert "Pernyataan ini sudah dicabut." in second.content.decode()
        assert "Ya, Februari 2026 sudah lengkap" in second.content.decode()
        # The same tap again leads where it led; another declaration is not what the second decided on.
        assert clients[0].post(PAGE, body(seen[0])).status_code == 302
        assert MonthDeclaration.objects.filter(withdrawn_at=None).count() == 0
        declare_complete(kabupaten, month=date(2026, 2, 1), by=None)
        assert clients[1].post(PAGE, body(seen[1])).status_code == 409
        assert MonthDeclaration.objects.filter(withdrawn_at=None).count() == 1


def body(form: Any) -> dict[str, str]:
    return {"client_key": form.key, "declaration": form["declaration"].value(), "reason": "Dua hari belum masuk"}
