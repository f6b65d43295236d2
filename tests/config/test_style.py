"""The page of all components, and our own answer to an unknown address."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_components_are_shown_while_developing_only(client: Client, settings: Any) -> None:
    assert client.get("/style/").status_code == 404
    settings.DEBUG = True
    page = client.get("/style/")
    assert page.status_code == 200
    for name in ("Tanda keadaan", "Batang target", "Petak komponen", "Isian", "Galat", "Pesan", "Kosong", "Konfirmasi"):
        assert f">{name}<" in page.content.decode()


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/tidak/ada/", "/tidak-ada", "/repairs/1/2/3/4/", "/admin-lama/x"])
def test_an_unknown_address_is_answered_by_our_own_page(client: Client, settings: Any, path: str, debug: bool) -> None:
    settings.DEBUG = debug
    answer = client.get(path)
    assert (answer.status_code, "Halaman tidak ditemukan" in answer.content.decode()) == (404, True)


def test_a_missing_slash_at_the_end_is_added(client: Client) -> None:
    answer = client.get("/login?next=/repairs/")
    assert (answer.status_code, answer["Location"]) == (301, "/login/?next=/repairs/")
    assert client.post("/login").status_code == 404
