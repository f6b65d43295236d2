"""Signing in and out, the throttle, one's own password, and a form that came too late."""

from __future__ import annotations

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from accounts.people import deactivate
from tests import factories
from tests.factories import give_role, make_kecamatan, make_user

PASSWORD = "kunci-kantor-7"
WRONG = "Nomor HP, nama pengguna, atau kata sandi keliru. Periksa lagi huruf besar dan kecilnya."


@pytest.fixture
def siti(db: None) -> User:
    user = User.objects.create_user(username="siti.aminah", name="Siti Aminah", phone="+6281280001204")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str):
    return client.post("/login/", {"username": name, "password": password, **more})


@pytest.mark.parametrize(
    "typed",
    [
        "siti.aminah",
        " Siti.Aminah ",
        "081280001204",
        "0812-8000-1204",
        "0812 8000 1204",
        "6281280001204",
        "+62 812 8000 1204",
        "+62 (0)812 8000 1204",
    ],
)
def test_a_person_signs_in_by_user_name_or_any_spelling_of_the_number(client: Client, siti: User, typed: str) -> None:
    response = sign_in(client, typed)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(siti.pk)


def test_the_sign_in_form_goes_to_the_sign_in_page_wherever_it_is_shown(client: Client, siti: User) -> None:
    """The page also answers forms that were sent after their session had ended, at their own addresses."""
    text = client.get("/login/?next=/repairs/").content.decode()
    assert '<form class="sheet" method="post" action="/login/" novalidate>' in text
    assert ('name="next" value="/repairs/"' in text, 'name="kept"' in text) == (True, False)


@pytest.mark.parametrize(
    ("name", "password"), [("siti.aminah", "salah"), ("tidak.ada", PASSWORD), ("0812800012", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    client: Client, siti: User, name: str, password: str
) -> None:
    response = sign_in(client, name, password)
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [WRONG]
    assert f'value="{name}"' in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_empty_fields_are_named_one_by_one_and_summed_up_first(client: Client, db: None) -> None:
    response = sign_in(client, "", "")
    assert response.context["form"].errors == {
        "username": ["Isi nomor HP atau nama pengguna."],
        "password": ["Isi kata sandi."],
    }
    page = response.content.decode()
    assert '<a href="#id_username">Isi nomor HP atau nama pengguna.</a>' in page
    assert page.index('class="errs"') < page.index("<form")


def test_a_session_ends_with_the_browser_unless_it_is_ones_own_phone(client: Client, siti: User) -> None:
    sign_in(client, "siti.aminah")
    assert client.session.get_expire_at_browser_close() is True
    client.post("/logout/")
    give_role(siti, Role.OPERATOR, make_kecamatan("36.03.30"))
    sign_in(client, "siti.aminah", remember="on")
    assert client.session.get_expire_at_browser_close() is False
    assert client.session.get_expiry_age() == 30 * 24 * 3600


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [("/password/", "/password/"), ("https://tipu.example/", "/"), ("//tipu.example/", "/"), ("", "/")],
)
def test_signing_in_leads_on_to_our_own_pages_only(client: Client, siti: User, wanted: str, led_to: str) -> None:
    assert sign_in(client, "siti.aminah", next=wanted)["Location"] == led_to


def test_a_page_that_asks_for_sign_in_is_reached_after_it(client: Client, siti: User) -> None:
    asked = client.get("/password/")
    assert asked["Location"] == "/login/?next=/password/"
    assert client.get(asked["Location"]).context["next"] == "/password/"


def test_five_failures_lock_the_name_out_in_every_spelling_for_fifteen_minutes(siti: User) -> None:
    spellings = ["081280001204", "+6281280001204", "6281280001204", "0812 8000 1204", "0812-8000-1204"]
    client = Client()
    with time_machine.travel("2026-11-20 02:00:00Z", tick=False):
        statuses = [sign_in(client, spelling, "salah").status_code for spelling in spellings]
        locked = sign_in(client, "081280001204")
    assert statuses == [200, 200, 200, 200, 429]
    assert locked.status_code == 429
    assert "Tunggu 15 menit, lalu coba lagi." in locked.content.decode()
    assert 'value="081280001204"' in locked.content.decode()
    with time_machine.travel("2026-11-20 02:15:01Z", tick=False):
        assert sign_in(client, "081280001204").status_code == 302


def test_a_colleague_at_the_same_address_is_not_locked_out(siti: User) -> None:
    colleague = User.objects.create_user(username="hendra", name="Hendra", password=PASSWORD)
    for _ in range(6):
        sign_in(Client(), "siti.aminah", "salah")
    client = Client()
    assert sign_in(client, "hendra").status_code == 302
    assert client.session["_auth_user_id"] == str(colleague.pk)


def test_an_address_that_tries_many_names_is_locked_but_not_the_browsers_that_are_known(siti: User) -> None:
    known, stranger = Client(), Client()
    with time_machine.travel("2026-11-20 02:00:00Z", tick=False):
        assert sign_in(known, "siti.aminah").status_code == 302
        known.post("/logout/")
        # The pairs of 49 names and this address failed once each; a failure more is the fiftieth of the address.
        AccessAttempt.objects.bulk_create(
            AccessAttempt(username=f"nama{n}", ip_address="127.0.0.1", failures_since_start=1) for n in range(49)
        )
        AccessAttempt.objects.update(attempt_time=timezone.now())
        assert sign_in(Client(headers={"X-Forwarded-For": "192.0.2.7"}), "siti.aminah").status_code == 302
        assert sign_in(stranger, "nama.lain", "salah").status_code == 429
        assert sign_in(stranger, "siti.aminah").status_code == 429
        assert sign_in(known, "siti.aminah").status_code == 302
    with time_machine.travel("2026-11-20 02:15:01Z", tick=False):
        assert sign_in(stranger, "siti.aminah").status_code == 302


def test_a_browser_is_known_for_those_who_signed_in_with_it_only(siti: User) -> None:
    User.objects.create_user(username="hendra", name="Hendra", password=PASSWORD)
    known, forged = Client(), Client()
    sign_in(known, "siti.aminah")
    known.post("/logout/")
    forged.cookies["dikenal"] = str(siti.pk)
    AccessAttempt.objects.create(username="lain", ip_address="127.0.0.1", failures_since_start=50)
    assert sign_in(known, "hendra").status_code == 429
    assert sign_in(forged, "siti.aminah").status_code == 429
    assert sign_in(known, "081280001204").status_code == 302


def test_an_inactive_person_cannot_sign_in(client: Client, siti: User) -> None:
    deactivate(siti, by=None)
    assert sign_in(client, "siti.aminah").context["form"].non_field_errors() == [WRONG]


def test_a_running_session_ends_with_the_next_request_after_deactivation(client: Client, siti: User) -> None:
    sign_in(client, "siti.aminah")
    assert client.get("/password/").status_code == 200
    deactivate(siti, by=None)
    assert client.get("/password/")["Location"] == "/login/?next=/password/"


def test_signing_out_needs_a_post_and_ends_the_session(client: Client, siti: User) -> None:
    sign_in(client, "siti.aminah")
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/logout/done/"
    assert "_auth_user_id" not in client.session


def test_the_password_is_changed_and_other_sessions_end(client: Client, siti: User) -> None:
    elsewhere = Client()
    sign_in(client, "siti.aminah")
    sign_in(elsewhere, "siti.aminah")
    new = {"old_password": PASSWORD, "new_password1": "sandi-baru-2026", "new_password2": "sandi-baru-2026"}
    assert client.post("/password/", new)["Location"] == "/password/done/"
    assert client.get("/password/done/").status_code == 200
    assert elsewhere.get("/password/").status_code == 302
    siti.refresh_from_db()
    assert siti.check_password("sandi-baru-2026")


def test_a_password_that_cannot_be_changed_says_why_at_each_field(client: Client, siti: User) -> None:
    client.force_login(siti)
    wrong = {"old_password": "bukan", "new_password1": "sandi-baru-2026", "new_password2": "sandi-lain-2026"}
    assert client.post("/password/", wrong).context["form"].errors == {
        "old_password": ["Kata sandi lama keliru. Ketik ulang."],
        "new_password2": ["Kata sandi baru dan ulangannya berbeda. Ketik ulang keduanya."],
    }


def test_a_form_without_a_valid_token_is_refused_and_its_text_shown_but_no_password(siti: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/login/", {"username": "siti.aminah", "password": PASSWORD, "next": "/"})
    assert response.status_code == 403
    assert response.context["typed"] == [{"name": "username", "text": "siti.aminah"}]
    page = response.content.decode()
    assert PASSWORD not in page
    assert 'href="/login/">Buka lagi formulirnya' in page


def test_a_person_and_their_assignments_are_read_in_one_query(
    db: None, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(make_user(Role.OPERATOR, make_kecamatan()))
    with django_assert_num_queries(2):  # the session; the person with the assignments
        assert client.get("/password/").status_code == 200


def test_no_page_carries_an_inline_script_or_style(client: Client, siti: User) -> None:
    client.force_login(siti)
    for path in ("/", "/password/", "/logout/done/"):
        page = client.get(path).content.decode()
        assert ("<style" in page, " style=" in page, " onclick=" in page) == (False, False, False)
        assert page.count("<script") == page.count("<script src=")


def test_the_admin_site_leads_to_our_own_pages_for_the_password_and_the_way_out(db: None, client: Client) -> None:
    client.force_login(make_user(Role.ADMIN, None))
    assert client.get("/admin/password_change/")["Location"] == "/login/confirm/?next=/admin/password_change/"
    factories.sign_in(client, make_user(Role.ADMIN, None))
    assert client.get("/admin/password_change/")["Location"] == "/password/"
    assert client.post("/admin/logout/")["Location"] == "/logout/done/"
    assert client.get("/")["Location"] == "/login/?next=/"


@pytest.mark.django_db
def test_a_session_may_be_opened_without_a_request() -> None:
    User.objects.create_user(username="siti", password="rahasia-sekali")
    assert Client().login(username="siti", password="rahasia-sekali")
