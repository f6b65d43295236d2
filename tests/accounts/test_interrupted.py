"""A form whose session had ended: nothing typed is lost, and nothing is sent by itself or from elsewhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Role, User
from devices.models import RecordingSet
from repairs.models import Ticket
from tests.factories import device_of, make_fault, make_kecamatan, make_set, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "kunci-kantor-7"
REPORT, NOTE = "/repairs/report/", "Bau hangus sejak pagi, <b>asap</b>"


@pytest.fixture
def recording_set() -> RecordingSet:
    return make_set(make_kecamatan("36.03.30"))


@pytest.fixture
def operator(recording_set: RecordingSet) -> User:
    user = make_user(Role.OPERATOR, recording_set.kecamatan, "operator.sepatan")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def browser(operator: User) -> Client:
    """A browser that checks as a real one does, with an operator who has just signed in."""
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    sign_in(client)
    return client


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    return unescape(found[1]) if found else ""


def sign_in(client: Client, **more: str) -> Any:
    sent = {"username": "operator.sepatan", "password": PASSWORD, **more}
    return client.post("/login/", {**sent, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})


def filled(client: Client, recording_set: RecordingSet) -> dict[str, str]:
    """Return the form as it is filled while its session still holds; then the session ends."""
    page = client.get(REPORT)
    sent = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "client_key")}
    Session.objects.all().delete()
    return {**sent, "component": f"alat-{device_of(recording_set).pk}", "symptom": "wont_turn_on", "note": NOTE}


def test_what_was_typed_is_sent_after_signing_in_again(browser: Client, recording_set: RecordingSet) -> None:
    asked = browser.post(REPORT, filled(browser, recording_set))
    assert (asked.status_code, "tulisan Anda tidak hilang" in asked.content.decode()) == (200, True)
    assert Ticket.objects.count() == 0
    answer = sign_in(browser, kept=hidden(asked, "kept"), next=hidden(asked, "next"))
    assert answer["Location"] == "/login/resume/"
    page = browser.get("/login/resume/")
    assert "Bau hangus sejak pagi, &lt;b&gt;asap&lt;/b&gt;" in page.content.decode()
    names = ("csrfmiddlewaretoken", "client_key", "component", "symptom", "note")
    sent = {name: hidden(page, name) for name in names}
    assert [browser.post(REPORT, sent).status_code for _ in range(2)] == [302, 302]
    assert (Ticket.objects.get().note, browser.get("/login/resume/").status_code) == (NOTE, 302)


def told(browser: Client, asked: Any) -> tuple[str, str, dict[str, str]]:
    """Return what waits to be sent as its page tells it, once the person has signed in again."""
    sign_in(browser, kept=hidden(asked, "kept"))
    form = browser.get("/login/resume/").context["form"]
    return form.heading, form.button, dict(form.entries)


def test_every_field_is_told_by_its_label_and_in_words(browser: Client, recording_set: RecordingSet) -> None:
    sent = filled(browser, recording_set)
    typed = {"failed_at": "2026-03-02T08:15", "cause": "lightning", "certainty": "certain", "effect": "limited"}
    heading, button, entries = told(browser, browser.post(REPORT, sent | typed | {"note": ""}))
    assert (heading, button) == ("Lapor kerusakan", "Kirim laporan")
    assert entries == {
        "Komponen yang rusak atau tidak ada": "Server",
        "Apa yang terlihat?": "Tidak menyala",
        "Masih bisa merekam?": "Masih bisa, terbatas",
        "Sejak": "2 Maret 2026 pukul 08.15",
        "Penyebab": "Petir",
        "Seberapa pasti penyebabnya?": "Pasti",
        "Keterangan (boleh dilewati)": "",
    }
    assert '<span class="quiet">kosong</span>' in browser.get("/login/resume/").content.decode()


def test_a_change_without_a_page_of_its_own_is_told_by_the_page_above_it(
    browser: Client, recording_set: RecordingSet
) -> None:
    ticket = make_fault(recording_set)
    sent = filled(browser, recording_set)
    body = {name: sent[name] for name in ("csrfmiddlewaretoken", "client_key")} | {"text": "Sudah dicek"}
    asked = browser.post(f"/repairs/{ticket.number}/comment/", body)
    heading, button, entries = told(browser, asked)
    assert (heading, button, entries) == ("Server rusak, Set 1", "Kirim komentar", {"Tambah komentar": "Sudah dicek"})


def test_a_form_whose_page_is_gone_shows_what_was_written(browser: Client, recording_set: RecordingSet) -> None:
    sent = filled(browser, recording_set)
    asked = browser.post("/devices/999999/steal/", sent)
    assert told(browser, asked) == ("", "", {"": NOTE})


def test_a_page_that_fails_keeps_nobody_from_signing_in(
    browser: Client, recording_set: RecordingSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = browser.post(REPORT, filled(browser, recording_set))
    monkeypatch.setattr("repairs.places.place_to_report", lambda *_: 1 / 0)
    assert told(browser, asked) == ("", "", {"": NOTE})


def test_a_wrong_password_loses_nothing(browser: Client, recording_set: RecordingSet) -> None:
    asked = browser.post(REPORT, filled(browser, recording_set))
    refused = sign_in(browser, kept=hidden(asked, "kept"), password="salah")
    assert (refused.status_code, hidden(refused, "kept")) == (200, hidden(asked, "kept"))


def test_only_the_browser_that_typed_it_gets_it_and_not_for_ever(browser: Client, recording_set: RecordingSet) -> None:
    asked = browser.post(REPORT, filled(browser, recording_set))
    other = Client(enforce_csrf_checks=True)
    other.get("/login/")
    assert sign_in(other, kept=hidden(asked, "kept"))["Location"] == "/"
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2, minutes=1), tick=False):
        assert sign_in(browser, kept=hidden(asked, "kept"))["Location"] == "/"


def test_passwords_are_never_kept(browser: Client) -> None:
    page = browser.get("/password/")
    sent = {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"), "old_password": PASSWORD}
    Session.objects.all().delete()
    answer = browser.post("/password/", {**sent, "new_password1": "kunci-baru-88", "new_password2": "kunci-baru-88"})
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/password/")


def test_files_are_not_kept_but_the_rest_is(browser: Client, recording_set: RecordingSet) -> None:
    sent = {**filled(browser, recording_set), "photo": SimpleUploadedFile("a.txt", b"x")}
    asked = browser.post(REPORT, sent)
    sign_in(browser, kept=hidden(asked, "kept"))
    page = browser.get("/login/resume/")
    assert ("pilih lagi berkasnya" in page.content.decode(), hidden(page, "note"), hidden(page, "photo")) == (
        True,
        NOTE,
        "",
    )


def test_a_form_of_another_site_is_not_kept(browser: Client, recording_set: RecordingSet) -> None:
    sent = {**filled(browser, recording_set), "csrfmiddlewaretoken": "x" * 64}
    answer = browser.post(REPORT, sent)
    assert (answer.status_code, hidden(answer, "kept")) == (403, "")


def test_too_much_is_not_kept(browser: Client, recording_set: RecordingSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.interrupted.KEPT_LENGTH", 100)
    answer = browser.post(REPORT, filled(browser, recording_set))
    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={REPORT}")
