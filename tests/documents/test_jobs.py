"""Building a report: asked for once, found again when a worker dies, finished once, cancelled, tried again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, User
from documents import jobs
from documents.models import Document, DocumentFile
from documents.requests import cancel_document, request_document, retry_document, sign_document
from kecamatan.models import Event, Kabupaten
from lib.errors import Conflict, Forbidden, Refused
from reports import rollups
from reports.models import RegionMonth
from tests.documents.conftest import OCTOBER
from tests.factories import make_kabupaten, make_user

State = Document.State


@pytest.fixture
def staff(tangerang: Kabupaten) -> User:
    return make_user(Role.STAFF, tangerang, "siti")


@pytest.fixture
def waiting(tangerang: Kabupaten, staff: User) -> Document:
    return request_document(tangerang, OCTOBER, formats=["csv"], by=staff)


def reread(document: Document) -> Document:
    document.refresh_from_db()
    return document


def take(now=None) -> Document:
    """Take the next job as a worker does, and die."""
    taken = jobs.claim(now or timezone.now())
    assert taken is not None
    return taken


def outlast_the_lease(now) -> None:
    now.shift(jobs.LEASE + timedelta(seconds=1))


# --- Asking -----------------------------------------------------------------------------------------------------


def test_the_same_report_asked_for_again_is_the_one_that_waits(waiting: Document, staff: User) -> None:
    again = request_document(waiting.kabupaten, OCTOBER, formats=["csv"], by=staff)
    other = request_document(waiting.kabupaten, OCTOBER, formats=["csv", "pdf"], by=staff)
    assert (again.pk, other.pk != waiting.pk, other.formats) == (waiting.pk, True, ["pdf", "csv"])
    assert list(Event.objects.filter(subject=f"document:{waiting.pk}").values_list("action", flat=True)) == ["request"]


def test_what_cannot_be_asked_for(tangerang: Kabupaten, staff: User) -> None:
    for month, formats, words in (
        (date(2026, 12, 1), ["pdf"], "Bulan ini belum tiba."),
        (OCTOBER, ["doc"], "Pilih sekurangnya satu bentuk berkas."),
    ):
        with pytest.raises(Refused, match=words):
            request_document(tangerang, month, formats=formats, by=staff)
    with pytest.raises(Forbidden):
        request_document(make_kabupaten("36.04"), OCTOBER, formats=["pdf"], by=staff)
    for number in range(1, 6):
        request_document(tangerang, date(2026, number, 1), formats=["csv"], by=staff)
    with pytest.raises(Refused, match="5 laporan Anda masih dibuat"):
        request_document(tangerang, OCTOBER, formats=["csv"], by=staff)


# --- Building ---------------------------------------------------------------------------------------------------


def test_a_report_is_built_once_with_its_figures(waiting: Document) -> None:
    assert (jobs.build_waiting(), jobs.build_waiting()) == (1, 0)
    document = reread(waiting)
    assert (document.state, document.progress, document.attempt, document.lease_until) == (State.DONE, 100, 1, None)
    assert document.figures["report"]["recording"]["net"] == 210
    assert [child["region"]["code"] for child in document.figures["children"]] == ["36.03.01", "36.03.02", "36.03.03"]
    assert list(DocumentFile.objects.values_list("document", "format")) == [(document.pk, "csv")]


def test_a_job_whose_worker_died_is_found_again_when_its_lease_is_over(waiting: Document, now) -> None:
    take()
    assert jobs.build_waiting() == 0
    outlast_the_lease(now)
    assert jobs.build_waiting() == 1
    assert (reread(waiting).state, waiting.attempt, waiting.files.count()) == (State.DONE, 2, 1)


def test_a_worker_that_was_given_up_finishes_nothing(waiting: Document, now) -> None:
    given_up = take()
    outlast_the_lease(now)
    second = take()
    assert (jobs.build(given_up), DocumentFile.objects.count()) == (False, 0)
    assert (jobs.build(second), reread(waiting).state, waiting.files.count()) == (True, State.DONE, 1)
    assert jobs.build(given_up) is False


def test_two_workers_never_take_the_same_job_and_one_is_built_at_a_time(waiting: Document, staff: User) -> None:
    request_document(waiting.kabupaten, date(2026, 9, 1), formats=["csv"], by=staff)
    assert jobs.claim(timezone.now()).pk == waiting.pk
    assert jobs.claim(timezone.now()) is None


def test_a_job_that_breaks_off_three_times_has_failed_and_may_be_tried_again(waiting: Document, now) -> None:
    for _ in range(3):
        take()
        outlast_the_lease(now)
    assert jobs.build_waiting() == 0
    assert (reread(waiting).state, waiting.problem) == (State.FAILED, jobs.GAVE_UP)
    retry_document(waiting, by=None)
    assert (waiting.state, waiting.problem, jobs.build_waiting()) == (State.WAITING, "", 1)
    assert (reread(waiting).state, waiting.attempt) == (State.DONE, 4)


def test_an_error_is_told_and_never_half_a_report(waiting: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    RegionMonth.objects.filter(level="kecamatan").update(opened_by_cause={"lightning": "a few"})
    RegionMonth.objects.filter(level="kabupaten").update(opened_by_cause={"lightning": "a few"})
    Document.objects.update(formats=["csv", "pdf"])
    document = jobs.claim(timezone.now())
    assert document is not None and not jobs.build(document)
    # What went wrong may pass: it waits for another attempt as long as there is one.
    assert (reread(waiting).state, waiting.attempts_left, waiting.problem) == (State.WAITING, 2, "")
    assert jobs.build_waiting() == 0
    assert (reread(waiting).state, waiting.problem, waiting.files.count()) == (State.FAILED, jobs.BROKE, 0)


# --- Cancelling -------------------------------------------------------------------------------------------------


def test_a_report_cancelled_while_it_is_built_keeps_nothing(waiting: Document, staff: User) -> None:
    taken = take()
    cancel_document(waiting, by=staff)
    cancel_document(waiting, by=staff)
    assert (jobs.build(taken), reread(waiting).state, DocumentFile.objects.count()) == (False, State.CANCELLED, 0)
    retry_document(waiting, by=staff)
    assert (jobs.build_waiting(), reread(waiting).state) == (1, State.DONE)


def test_a_finished_report_is_neither_cancelled_nor_built_again(waiting: Document, staff: User) -> None:
    jobs.build_waiting()
    for move in (cancel_document, retry_document):
        with pytest.raises(Conflict, match="Laporan ini sudah selesai"):
            move(waiting, by=staff)


# --- Signing ----------------------------------------------------------------------------------------------------


def test_a_report_is_signed_once_with_who_and_when(waiting: Document, staff: User) -> None:
    with pytest.raises(Refused, match="belum selesai"):
        sign_document(waiting, signed_on=date(2026, 11, 22), by=staff)
    jobs.build_waiting()
    document = reread(waiting)
    for day in (date(2026, 11, 21), date(2026, 11, 23)):
        with pytest.raises(Refused, match="Pilih tanggal antara 22 November 2026 dan 22 November 2026"):
            sign_document(document, signed_on=day, by=staff)
    sign_document(document, signed_on=date(2026, 11, 22), by=staff)
    with pytest.raises(Conflict, match="sudah dicatat"):
        sign_document(waiting, signed_on=date(2026, 11, 22), by=make_user(Role.STAFF, None))
    assert (reread(waiting).signed_by, waiting.signed_at) == (staff, timezone.now())
    event = Event.objects.get(subject=f"document:{document.pk}", action="sign")
    assert (event.by, event.data) == (staff, {"signed_on": "2026-11-22"})


def test_only_staff_of_the_region_note_a_signature(waiting: Document) -> None:
    jobs.build_waiting()
    for user in (make_user(Role.OFFICIAL, waiting.kabupaten), make_user(Role.STAFF, make_kabupaten("36.04"))):
        with pytest.raises(Forbidden):
            sign_document(reread(waiting), signed_on=date(2026, 11, 22), by=user)


# --- Kept -------------------------------------------------------------------------------------------------------


def test_reports_outlive_the_rollups(waiting: Document) -> None:
    jobs.build_waiting()
    before = (reread(waiting).figures, bytes(waiting.files.get().content))
    rollups.forget()
    assert not RegionMonth.objects.exists()
    assert (reread(waiting).figures, bytes(waiting.files.get().content)) == before
