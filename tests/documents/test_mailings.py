"""The report by e-mail: on the chosen day, once, only to who may see it, and later when the mail server is down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Role, User
from documents import jobs, mailings
from documents.models import Document, Format, Mailing, Subscription
from documents.requests import request_document, retry_document, sign_document
from documents.subscriptions import subscribe, unsubscribe
from kecamatan.duty import Count, enter_recordings
from kecamatan.models import Kabupaten, Kecamatan
from lib.errors import Conflict, Forbidden, Refused
from lib.months import WIB, local_day
from repairs.declarations import declare_complete
from reports import rollups
from tests.documents.conftest import OCTOBER
from tests.factories import make_kabupaten, make_user, moment

State = Mailing.State


@pytest.fixture
def official(tangerang: Kabupaten) -> User:
    return make_user(Role.OFFICIAL, tangerang, "kadis")


@pytest.fixture
def subscription(tangerang: Kabupaten, official: User) -> Subscription:
    """Since 22 November, on the 5th: the first mail brings November on 5 December."""
    return subscribe(tangerang, email="kadis@dinas.example", day=5, format=Format.CSV, version=0, by=official)


def work() -> int:
    """Do what beat asks the workers for: plan, build, send; return how many mails went out."""
    sent = mailings.send_due()
    jobs.build_waiting()
    return sent + mailings.send_due()


def states() -> list[tuple[str, str]]:
    return [(f"{one.month:%Y-%m}", one.state) for one in Mailing.objects.order_by("month", "pk")]


# --- When -------------------------------------------------------------------------------------------------------


def test_nothing_is_sent_before_the_day_and_its_hour(subscription: Subscription, now) -> None:
    for when in ("2026-11-22 04:00", "2026-12-04 22:59"):
        now.move_to(moment(when))
        assert (work(), states()) == (0, [])
    now.move_to(moment("2026-12-04 23:00"))  # 06.00 WIB on the 5th.
    assert (work(), states()) == (1, [("2026-11", State.SENT)])


def test_a_day_that_passed_while_nothing_ran_is_made_up_for(subscription: Subscription, now) -> None:
    now.move_to(moment("2026-12-19 03:00"))
    assert (work(), states()) == (1, [("2026-11", State.SENT)])
    now.move_to(moment("2027-01-05 03:00"))
    assert (work(), states()) == (1, [("2026-11", State.SENT), ("2026-12", State.SENT)])


def test_the_day_is_of_the_regions_own_clock(db: None, now) -> None:
    for number, code in enumerate(("36.03", "53.01", "91.03")):
        region = make_kabupaten(code)
        user = make_user(Role.STAFF, region)
        subscribe(region, email=f"{number}@dinas.example", day=5, format=Format.CSV, version=0, by=user)
    sent = []
    for when in ("2026-12-04 21:00", "2026-12-04 22:00", "2026-12-04 23:00"):
        now.move_to(moment(when))
        work()
        sent.append([one.to[0][0] for one in mail.outbox])
    assert sent == [["2"], ["2", "1"], ["2", "1", "0"]]


# --- What -------------------------------------------------------------------------------------------------------


def test_the_mail_says_the_first_figures_and_carries_the_file(subscription: Subscription, now) -> None:
    Subscription.objects.update(since=timezone.now() - timedelta(days=60))
    assert work() == 1
    sent = mail.outbox[0]
    assert (sent.subject, sent.to) == ("Laporan bulanan Kabupaten 36.03, Oktober 2026", ["kadis@dinas.example"])
    assert sent.body.splitlines()[:7] == [
        "Laporan Bulanan Alat dan Perekaman KTP-el, Kabupaten 36.03, Oktober 2026",
        "Sementara: belum dinyatakan lengkap oleh kabupaten/kota.",
        "",
        "Dapat merekam: sedikitnya 1 dari 3 kecamatan",
        "Memenuhi target: 1 dari 2 kecamatan yang bertarget",
        "Rekam bersih: sedikitnya 210 orang",
        "Cakupan wajib KTP: 102,00%",
    ]
    name, content, kind = sent.attachments[0]
    document = Document.objects.get()
    assert (name, kind) == (f"laporan-36.03-kabupaten-3603-2026-10-nomor-{document.pk}.csv", "text/csv")
    kept = bytes(document.files.get(format="csv").content)
    assert (content.encode() if isinstance(content, str) else content) == kept


@pytest.mark.parametrize(
    ("site", "links"),
    [
        (
            "https://siap.example.go.id",
            [
                "https://siap.example.go.id/reports/36.03/documents/{}/",
                "https://siap.example.go.id/reports/36.03/documents/subscription/",
            ],
        ),
        ("", [mailings.NO_ADDRESS, mailings.NO_ADDRESS]),
    ],
)
def test_the_mail_links_to_the_report_and_to_the_subscription(
    subscription: Subscription, now, settings, site: str, links: list[str]
) -> None:
    settings.SITE_URL = site
    Subscription.objects.update(since=timezone.now() - timedelta(days=60))
    assert work() == 1
    lines = mail.outbox[0].body.splitlines()
    found = [lines[place + 1] for place, line in enumerate(lines) if line.endswith(("Siap Rekam:", "dihentikan di:"))]
    assert found == [link.format(Document.objects.get().pk) for link in links]


def test_subscribers_of_a_region_share_one_report(subscription: Subscription, tangerang: Kabupaten, now) -> None:
    for name in ("a", "b"):
        user = make_user(Role.STAFF, tangerang, name)
        subscribe(tangerang, email=f"{name}@dinas.example", day=5, format=Format.PDF, version=0, by=user)
    now.move_to(moment("2026-12-05 03:00"))
    assert work() == 3
    assert (Document.objects.get().formats, Document.objects.get().requested_by) == (["pdf", "xlsx", "csv"], None)


def test_a_report_that_was_signed_is_what_is_sent(subscription: Subscription, tangerang: Kabupaten, now) -> None:
    staff = make_user(Role.STAFF, tangerang)
    request_document(tangerang, OCTOBER, formats=["csv"], by=staff)
    jobs.build_waiting()
    signed = Document.objects.get()
    sign_document(signed, signed_on=local_day(timezone.now(), WIB), by=staff)
    Subscription.objects.update(since=timezone.now() - timedelta(days=60))
    assert (work(), Mailing.objects.get().document) == (1, signed)


def test_a_report_of_the_first_is_built_anew_for_who_gets_it_on_the_twentieth(
    subscription: Subscription, tangerang: Kabupaten, now
) -> None:
    staff = make_user(Role.STAFF, tangerang)
    for name, day in (("b", 20), ("c", 21), ("d", 22)):
        user = make_user(Role.STAFF, tangerang, name)
        subscribe(tangerang, email=f"{name}@dinas.example", day=day, format=Format.CSV, version=0, by=user)
    now.move_to(moment("2026-12-05 03:00"))
    assert work() == 1
    first = Document.objects.get()
    place = Kecamatan.objects.get(code="36.03.01")
    enter_recordings([Count(place, date(2026, 11, 30), place, 9)], by=None)
    rollups.refresh()
    now.move_to(moment("2026-12-20 03:00"))
    assert work() == 1
    second = Document.objects.latest("pk")
    declare_complete(tangerang, month=date(2026, 11, 1), by=staff)
    now.move_to(moment("2026-12-21 03:00"))
    assert work() == 1
    third = Document.objects.latest("pk")
    assert [one["sentence"] for one in third.changes] == [
        f"Keadaan bulan: semula sementara: belum dinyatakan lengkap oleh kabupaten/kota, sekarang dinyatakan lengkap "
        f"oleh {staff}, Minggu, 20 Desember 2026 pukul 10.00 WIB."
    ]
    now.move_to(moment("2026-12-22 03:00"))
    assert work() == 1
    sent = Mailing.objects.order_by("pk").values_list("document", flat=True)
    assert (len({first, second, third}), list(sent)) == (3, [first.pk, second.pk, third.pk, third.pk])
    assert list(Document.objects.filter(for_subscribers=True)) == [third]


# --- A report that was not built ------------------------------------------------------------------------------------


def test_a_report_that_failed_is_tried_again_and_then_sent(subscription: Subscription, client, now) -> None:
    now.move_to(moment("2026-12-05 03:00"))
    mailings.send_due()
    Document.objects.update(state=Document.State.FAILED, problem=jobs.BROKE)
    assert (work(), Document.objects.get().state) == (0, Document.State.DONE)
    assert Mailing.objects.get().problem == "Laporannya gagal dibuat."
    client.force_login(subscription.user)
    page = client.get("/reports/36.03/documents/").content.decode()
    assert "Laporan November 2026: belum terkirim, dicoba lagi. Laporannya gagal dibuat." in page
    now.shift(mailings.LEASE + timedelta(seconds=1))
    assert (work(), states()) == (1, [("2026-11", State.SENT)])
    assert "Laporan November 2026: terkirim" in client.get("/reports/36.03/documents/").content.decode()


def test_a_report_that_fails_for_good_is_told_and_sent_once_somebody_builds_it(
    subscription: Subscription, tangerang: Kabupaten, client, now
) -> None:
    other = make_user(Role.STAFF, tangerang, "b")
    subscribe(tangerang, email="b@dinas.example", day=5, format=Format.PDF, version=0, by=other)
    now.move_to(moment("2026-12-05 03:00"))
    mailings.send_due()
    for attempt in range(1, 6):
        Document.objects.update(state=Document.State.FAILED, problem=jobs.BROKE)
        assert (mailings.send_due(), set(Mailing.objects.values_list("attempt", flat=True))) == (0, {attempt})
        now.shift(mailings.LEASE + timedelta(seconds=1))
    assert states() == [("2026-11", State.FAILED)] * 2
    client.force_login(subscription.user)
    told = "Laporan November 2026: tidak terkirim. Laporannya gagal dibuat. Buka laporannya dan pilih"
    assert told in client.get("/reports/36.03/documents/").content.decode()
    retry_document(Document.objects.get(), by=other)
    assert (work(), states()) == (2, [("2026-11", State.SENT)] * 2)


def test_nobody_cancels_the_report_that_subscribers_wait_for(subscription: Subscription, client, now) -> None:
    now.move_to(moment("2026-12-05 03:00"))
    mailings.send_due()
    document = Document.objects.get()
    client.force_login(subscription.user)
    address = f"/reports/36.03/documents/{document.pk}/"
    assert "Dibuat untuk pelanggan, jadi tidak dapat dibatalkan." in client.get(address).content.decode()
    assert client.post(f"{address}cancel/").status_code == 403
    # One that was cancelled while this was allowed is asked for again.
    Document.objects.update(state=Document.State.CANCELLED)
    work()
    now.shift(mailings.LEASE + timedelta(seconds=1))
    assert (work(), states()) == (1, [("2026-11", State.SENT)])


def test_a_format_that_was_chosen_later_is_built(subscription: Subscription, tangerang: Kabupaten, now) -> None:
    now.move_to(moment("2026-12-05 03:00"))
    staff = make_user(Role.STAFF, tangerang)
    old = request_document(tangerang, date(2026, 11, 1), formats=["csv"], by=staff)
    jobs.build_waiting()
    mailings.plan(timezone.now())
    Mailing.objects.update(document=old)
    Subscription.objects.update(format=Format.XLSX)
    assert (work(), Mailing.objects.get().document != old) == (1, True)


# --- Once -------------------------------------------------------------------------------------------------------


def test_a_mail_goes_out_once_however_often_beat_asks(subscription: Subscription, now) -> None:
    now.move_to(moment("2026-12-05 03:00"))
    assert [work(), work(), work()] == [1, 0, 0]
    assert len(mail.outbox) == 1


def test_two_workers_with_the_same_row_send_one_mail(subscription: Subscription, now) -> None:
    now.move_to(moment("2026-12-05 03:00"))
    mailings.send_due()
    jobs.build_waiting()
    rows = [mailings._waiting(timezone.now())[0] for _ in range(2)]
    for row in rows:
        mailings._is_built(row, timezone.now(), {})
    assert [mailings.send(row, timezone.now()) for row in rows] == [True, False]
    assert len(mail.outbox) == 1


def test_planning_twice_makes_one_row(subscription: Subscription, now) -> None:
    now.move_to(moment("2026-12-05 03:00"))
    mailings.plan(timezone.now())
    mailings.plan(timezone.now())
    assert states() == [("2026-11", State.WAITING)]


def test_a_mail_server_that_is_down_is_asked_again_later_five_times(subscription: Subscription, now, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # Nobody listens there.
    now.move_to(moment("2026-12-05 03:00"))
    assert (work(), work()) == (0, 0)
    mailing = Mailing.objects.get()
    assert (mailing.state, mailing.attempt, mailing.problem) == (State.WAITING, 1, mailings.NOT_DELIVERED)
    for _ in range(4):
        now.shift(timedelta(hours=1))
        work()
    mailing.refresh_from_db()
    assert (mailing.state, mailing.attempt) == (State.FAILED, 5)


# --- To whom ----------------------------------------------------------------------------------------------------


def test_who_no_longer_has_a_role_there_gets_nothing(subscription: Subscription, official: User, now) -> None:
    official.assignments.update(ends_at=timezone.now())
    now.move_to(moment("2026-12-05 03:00"))
    assert (work(), states(), mail.outbox) == (0, [("2026-11", State.REFUSED)], [])
    assert Mailing.objects.get().problem == "Tidak bertugas lagi di wilayah ini."


def test_a_disabled_account_gets_nothing(subscription: Subscription, official: User, now) -> None:
    User.objects.update(is_active=False)
    now.move_to(moment("2026-12-05 03:00"))
    assert (work(), states()) == (0, [("2026-11", State.REFUSED)])


def test_who_unsubscribed_gets_nothing(subscription: Subscription, official: User, tangerang: Kabupaten, now) -> None:
    unsubscribe(tangerang, by=official)
    unsubscribe(tangerang, by=official)
    now.move_to(moment("2026-12-05 03:00"))
    assert (work(), states()) == (0, [])


def test_one_subscription_a_person_and_region(subscription: Subscription, official: User, tangerang: Kabupaten) -> None:
    same = {"email": "kadis@dinas.example", "day": 5, "format": Format.CSV, "by": official}
    assert subscribe(tangerang, version=0, **same) == subscription
    with pytest.raises(Conflict):
        subscribe(tangerang, version=0, **same | {"day": 7})
    assert subscribe(tangerang, version=1, **same | {"day": 7}).day == 7
    with pytest.raises(Refused, match="1 sampai 28"):
        subscribe(tangerang, version=2, **same | {"day": 29})
    with pytest.raises(Forbidden):
        subscribe(make_kabupaten("36.04"), version=0, **same)


def test_a_lease_counts_from_when_its_mail_is_sent(
    tangerang: Kabupaten, subscription: Subscription, now, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_user(Role.OFFICIAL, tangerang, "sekdis")
    subscribe(tangerang, email="sekdis@dinas.example", day=5, format=Format.CSV, version=0, by=other)
    now.move_to(moment("2026-12-04 23:00"))
    mailings.send_due()
    jobs.build_waiting()
    left: list[timedelta] = []
    honest = mail.EmailMessage.send

    def slow(message: mail.EmailMessage, fail_silently: bool = False) -> int:
        row = Mailing.objects.get(subscription__email=message.to[0])
        assert row.lease_until is not None
        left.append(row.lease_until - timezone.now())
        now.shift(timedelta(minutes=9))
        return honest(message, fail_silently)

    monkeypatch.setattr(mail.EmailMessage, "send", slow)
    assert mailings.send_due() == 2
    assert left == [mailings.LEASE] * 2
