"""A form that is sent twice writes once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Role, User
from accounts.tasks import forget_old
from kecamatan.models import Submission
from kecamatan.submissions import answer_once
from lib.errors import KeyReused, Refused
from tests.factories import make_user
from tests.threads import CALLERS, at_once

BODY = QueryDict("text=halo&csrfmiddlewaretoken=a")


@pytest.mark.django_db
def test_the_same_submission_again_gets_the_first_answer_and_writes_nothing() -> None:
    key, person, written = uuid4(), make_user(Role.STAFF, None), []

    def write() -> str:
        written.append(1)
        return f"/{len(written)}/"

    again = QueryDict("text=halo&csrfmiddlewaretoken=other")
    assert [answer_once(key, body, by=person, write=write) for body in (BODY, again)] == ["/1/", "/1/"]
    assert written == [1]


@pytest.mark.django_db
def test_another_body_or_person_under_the_same_key_is_refused() -> None:
    key, person = uuid4(), make_user(Role.STAFF, None)
    answer_once(key, BODY, by=person, write=lambda: "/1/")
    with pytest.raises(KeyReused):
        answer_once(key, QueryDict("text=lain"), by=person, write=lambda: "/2/")
    with pytest.raises(KeyReused):
        answer_once(key, BODY, by=make_user(Role.STAFF, None), write=lambda: "/2/")
    assert Submission.objects.get().answer == "/1/"


@pytest.mark.django_db
def test_a_refused_submission_may_be_sent_again() -> None:
    key, person = uuid4(), make_user(Role.STAFF, None)

    def refuse() -> str:
        raise Refused("Belum bisa.")

    with pytest.raises(Refused):
        answer_once(key, BODY, by=person, write=refuse)
    assert answer_once(key, BODY, by=person, write=lambda: "/2/") == "/2/"


@pytest.mark.django_db(transaction=True)
def test_sixteen_submissions_at_once_write_once() -> None:
    key, person = uuid4(), make_user(Role.STAFF, None)

    def write() -> str:
        User.objects.create(username=f"baru{User.objects.count()}")
        return "/1/"

    before = User.objects.count()
    answers = at_once(lambda _: answer_once(key, BODY, by=person, write=write))
    assert (answers, User.objects.count()) == (["/1/"] * CALLERS, before + 1)


@pytest.mark.django_db
def test_old_submissions_and_ended_sessions_are_forgotten_at_night() -> None:
    person, old, new = make_user(Role.STAFF, None), uuid4(), uuid4()
    with time_machine.travel("2026-11-20 03:00+00:00", tick=False) as clock:
        answer_once(old, BODY, by=person, write=lambda: "/1/")
        Session.objects.create(session_key="a", session_data="", expire_date=timezone.now() + timedelta(days=30))
        Session.objects.create(session_key="b", session_data="", expire_date=timezone.now() + timedelta(days=90))
        clock.shift(timedelta(days=60, seconds=1))
        answer_once(new, BODY, by=person, write=lambda: "/2/")
        forget_old()
    assert [row.client_key for row in Submission.objects.all()] == [new]
    assert [row.session_key for row in Session.objects.all()] == ["b"]
