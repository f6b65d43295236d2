"""How long a phone stays signed in, the quick change between people, and the password that is asked for again."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import Role, User
from tests.factories import give_role, make_kabupaten, make_kecamatan, make_user, moment

pytestmark = pytest.mark.django_db

PASSWORD = "kunci-kantor-7"
NOW = moment("2026-11-20 03:00")
DAY = timedelta(days=1)
THIRTY_DAYS = 30 * 24 * 3600


def somebody(role: Role, name: str) -> User:
    user = make_user(role, make_kecamatan("36.03.30") if role == Role.OPERATOR else make_kabupaten("36.03"), name)
    user.set_password(PASSWORD)
    user.save()
    return user


def enter(client: Client, name: str, **more: str) -> Any:
    return client.post("/login/", {"username": name, "password": PASSWORD, "remember": "on", **more})


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    return unescape(found[1]) if found else ""


def test_an_operators_phone_stays_signed_in_as_long_as_it_is_used(client: Client) -> None:
    somebody(Role.OPERATOR, "siti")
    with time_machine.travel(NOW, tick=False) as clock:
        enter(client, "siti")
        for _ in range(3):
            clock.shift(29 * DAY)
            assert (client.get("/account/").status_code, client.session.get_expiry_age()) == (200, THIRTY_DAYS)
        clock.shift(30 * DAY + timedelta(seconds=1))
        assert client.get("/account/").status_code == 302


def test_the_session_is_written_anew_once_a_day_only(client: Client) -> None:
    somebody(Role.OPERATOR, "siti")
    with time_machine.travel(NOW, tick=False) as clock:
        enter(client, "siti")
        clock.shift(timedelta(hours=23))
        assert "sessionid" not in client.get("/account/").cookies
        clock.shift(timedelta(hours=2))
        assert "sessionid" in client.get("/account/").cookies


def test_the_session_of_all_others_ends_with_the_browser(client: Client) -> None:
    somebody(Role.STAFF, "budi")
    enter(client, "budi")
    assert client.session.get_expire_at_browser_close() is True


def test_an_operator_who_becomes_more_is_remembered_no_longer(client: Client) -> None:
    siti = somebody(Role.OPERATOR, "siti")
    enter(client, "siti")
    give_role(siti, Role.ADMIN, make_kabupaten("36.03"))
    client.get("/account/")
    assert client.session.get_expire_at_browser_close() is True


def test_a_shared_phone_offers_the_names_of_its_people_and_asks_for_the_password(client: Client) -> None:
    siti, budi = somebody(Role.OPERATOR, "siti"), somebody(Role.OPERATOR, "budi")
    enter(client, "siti")
    assert client.post("/logout/?switch=1")["Location"] == "/login/"
    enter(client, "budi")
    client.post("/logout/?switch=1")
    page = client.get(f"/login/?sebagai={siti.pk}")
    assert list(page.context["people"]) == [budi, siti]
    assert ('value="siti"' in page.content.decode(), client.get("/account/").status_code) == (True, 302)
    client.post("/login/forget/")
    assert list(client.get("/login/").context["people"]) == []


def test_managing_people_asks_for_the_password_again_after_fifteen_minutes(client: Client) -> None:
    somebody(Role.ADMIN, "admin.tangerang")
    with time_machine.travel(NOW, tick=False) as clock:
        enter(client, "admin.tangerang")
        clock.shift(timedelta(minutes=15))
        assert client.get("/users/new/").status_code == 200
        clock.shift(timedelta(seconds=1))
        assert client.get("/users/").status_code == 200
        assert client.get("/users/new/")["Location"] == "/login/confirm/?next=/users/new/"
        wrong = client.post("/login/confirm/", {"password": "salah", "next": "/users/new/"})
        assert "Kata sandi keliru. Ketik ulang." in wrong.content.decode()
        answer = client.post("/login/confirm/", {"password": PASSWORD, "next": "/users/new/"})
        assert (answer["Location"], client.get("/users/new/").status_code) == ("/users/new/", 200)


def test_a_form_that_is_sent_too_late_is_kept_until_the_password_is_there(client: Client) -> None:
    somebody(Role.ADMIN, "admin.tangerang")
    siti = somebody(Role.OPERATOR, "siti")
    with time_machine.travel(NOW, tick=False) as clock:
        enter(client, "admin.tangerang")
        clock.shift(timedelta(minutes=16))
        sent = {"client_key": str(uuid4()), "reason": "Pindah tugas ke dinas lain"}
        asked = client.post(f"/users/{siti.pk}/disable/", sent)
        kept = {"password": PASSWORD, "kept": hidden(asked, "kept"), "next": hidden(asked, "next")}
        assert client.post("/login/confirm/", kept)["Location"] == "/login/resume/"
        assert "Pindah tugas ke dinas lain" in client.get("/login/resume/").content.decode()
        assert client.post(f"/users/{siti.pk}/disable/", sent).status_code == 302
    siti.refresh_from_db()
    assert siti.is_active is False


def test_reference_data_asks_for_the_password_again(client: Client) -> None:
    admin = make_user(Role.ADMIN, None, "admin.pusat")
    client.force_login(admin)
    assert client.get("/admin/")["Location"] == "/login/confirm/?next=/admin/"
