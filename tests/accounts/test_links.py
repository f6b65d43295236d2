"""One-time sign-in links: who may make them, what opens, what uses one up."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.links import EXPIRED, UNKNOWN, USED, LinkRefused, find_link, make_link, token_of, use_link
from accounts.models import Assignment, Role, SignInLink, User
from accounts.people import assign, deactivate
from kecamatan.models import Event
from lib.errors import Refused
from tests.factories import make_kecamatan, make_user, sign_in
from tests.threads import CALLERS, at_once

PASSWORD = "kunci-kantor-7"
NEW = {"new_password1": "sandi-baru-2026", "new_password2": "sandi-baru-2026"}


@pytest.fixture
def admin(db: None) -> User:
    return make_user(Role.ADMIN, make_kecamatan("36.03.30").kabupaten)


@pytest.fixture
def siti(admin: User) -> User:
    user = make_user(Role.OPERATOR, make_kecamatan("36.03.30"), "siti")
    user.set_password(PASSWORD)
    user.save()
    return user


def address(link: SignInLink) -> str:
    return f"/login/link/{token_of(link)}/"


def refusal(token: str) -> str:
    with pytest.raises(LinkRefused) as refused:
        find_link(token)
    return refused.value.message


def test_a_link_signs_in_once_with_the_password_that_is_chosen(siti: User, admin: User) -> None:
    link, client = make_link(siti, by=admin), Client()
    for _ in range(3):  # WhatsApp looks, and looks again
        assert client.get(address(link)).status_code == 200
    assert "Masuk sebagai Siti" in client.get(address(link)).content.decode()
    assert client.post(address(link), NEW)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(siti.pk)
    assert User.objects.get(pk=siti.pk).check_password("sandi-baru-2026")
    assert Event.objects.get(action="use_link").by == siti
    late = Client().post(address(link), {"new_password1": "sandi-lain-2026", "new_password2": "sandi-lain-2026"})
    assert (late.status_code, late.context["reason"]) == (404, USED)
    assert refusal(token_of(link)) == USED


def test_a_double_tap_on_a_link_is_one_sign_in(siti: User, admin: User) -> None:
    with time_machine.travel("2026-11-20 03:00Z", tick=False) as clock:
        link = make_link(siti, by=admin)
        clients = [Client(), Client(), Client()]
        for client in clients[:2]:
            assert client.post(address(link), NEW)["Location"] == "/"
        clock.shift(timedelta(minutes=1))
        assert clients[2].post(address(link), NEW).status_code == 404
    assert Event.objects.filter(action="use_link").count() == 1


def test_a_weak_or_mistyped_password_leaves_the_link_usable(siti: User, admin: User) -> None:
    link, client = make_link(siti, by=admin), Client()
    weak = client.post(address(link), {"new_password1": "pendek", "new_password2": "pendek"})
    assert list(weak.context["form"].errors) == ["new_password1"]
    differing = client.post(address(link), {**NEW, "new_password2": "lain"})
    assert differing.context["form"].errors == {
        "new_password2": ["Kata sandi baru dan ulangannya berbeda. Ketik ulang keduanya."]
    }
    assert find_link(token_of(link)) == link
    assert User.objects.get(pk=siti.pk).check_password(PASSWORD)


def test_a_link_lasts_72_hours(siti: User, admin: User) -> None:
    with time_machine.travel("2026-11-20 03:00Z", tick=False) as clock:
        token = token_of(make_link(siti, by=admin))
        clock.shift(timedelta(hours=72, seconds=-1))
        assert find_link(token).user == siti
        clock.shift(timedelta(seconds=1))
        assert refusal(token) == EXPIRED
        with pytest.raises(LinkRefused):
            use_link(token, password="sandi-baru-2026")


def test_a_new_link_ends_the_one_before(siti: User, admin: User) -> None:
    first, second = (token_of(make_link(siti, by=admin)) for _ in range(2))
    assert refusal(first) == UNKNOWN
    assert find_link(second).user == siti


def test_what_is_stored_opens_nothing_and_no_other_secret_makes_the_link(siti: User, admin: User, settings) -> None:
    link = make_link(siti, by=admin)
    token = token_of(link)
    stored = [str(value) for value in SignInLink.objects.values_list().get()]
    assert token not in stored and token.partition("-")[2] not in stored
    settings.SECRET_KEY = "lain"
    assert token_of(link) != token
    assert refusal(token) == UNKNOWN


@pytest.mark.parametrize("token", ["", "1", "1-", "0-" + "0" * 64, "999999999999999999-" + "a" * 64, "x" * 200])
def test_what_is_no_link_is_not_known(db: None, token: str) -> None:
    assert refusal(token) == UNKNOWN


def test_a_link_dies_with_the_account_and_with_what_its_maker_may_do(siti: User, admin: User) -> None:
    token = token_of(make_link(siti, by=admin))
    above = assign(siti, role=Role.ADMIN, region=None, by=None)  # an admin's link must never open more than the admin
    assert refusal(token) == UNKNOWN
    Assignment.objects.filter(pk=above.pk).delete()
    assert find_link(token).user == siti
    Assignment.objects.filter(user=admin).delete()
    assert refusal(token) == UNKNOWN
    deactivate(siti, by=None)
    with pytest.raises(Refused):
        make_link(siti, by=None)


def test_choosing_a_password_ends_the_other_sessions_of_the_person(siti: User, admin: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, siti)
    Client().post(address(make_link(siti, by=admin)), {**NEW, "remember": "on"})
    assert elsewhere.get("/account/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_sixteen_who_open_one_link_at_once_share_one_password() -> None:
    siti = make_user(Role.OPERATOR, make_kecamatan("36.03.30"))
    token = token_of(make_link(siti, by=None))
    answers = at_once(lambda number: use_link(token, password=f"sandi-baru-{number}-2026"))
    assert sum(isinstance(answer, User) for answer in answers) == 1
    assert sum(isinstance(answer, LinkRefused) for answer in answers) == CALLERS - 1
