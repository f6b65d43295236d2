"""Sending reports to subscribers: one mail for each subscription and month, whatever workers do at once or die of.

A row is made for each mail that is due (unique, so once). Its report is built like any other, and tried again where
that failed; then one worker takes
the row, checks that the person may still see the region, sends, and says so in the row. The mail also has the same
Message-ID whenever it is tried, by which mail programs drop a second copy.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from smtplib import SMTPException
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Region as Owner
from accounts.permissions import may_read
from accounts.regions import zone_of
from documents import pages
from documents.contents import region_of
from documents.files import content_type, file_name
from documents.jobs import wake_builder
from documents.models import NOT_BUILT, Document, DocumentFile, Format, Mailing, Subscription
from documents.requests import documents_of, request_document, retry_document
from documents.since import changes_since
from documents.wording import TITLE, mail_figures
from lib.errors import Conflict
from lib.format import month_id
from lib.months import ZONES, add_months, local_day, month_of

logger = logging.getLogger(__name__)

SEND_FROM = time(6, 0)
"""When the day's mail begins, by the clock of the region: after the night in which the month was closed."""

ATTEMPTS = 5
LEASE = timedelta(minutes=10)
OUT_OF_SCOPE = "Tidak bertugas lagi di wilayah ini."
NO_ADDRESS = "halaman Laporan bulanan wilayah itu (alamat Siap Rekam belum diatur, jadi tidak ada tautan)"
NOT_DELIVERED = "Server surat menolak atau tidak menjawab."


def send_due() -> int:
    """Make the rows of all mails that are due, and send those whose report is built; return how many were sent."""
    now = timezone.now()
    plan(now)
    fresh: Fresh = {}
    # Each by its own clock: a lease that counted from the start of a long run would be over before its mail is sent.
    return sum(send(mailing, timezone.now()) for mailing in _waiting(now) if _is_built(mailing, timezone.now(), fresh))


def plan(now: datetime) -> int:
    """Make a row for each running subscription whose day has come this month and that has none yet; return how many.

    A day that passed while nothing ran is made up for; a day before the subscription began is not.
    """
    rows = []
    for zone in ZONES:
        today = local_day(now, zone)
        month = add_months(month_of(today), -1)
        for subscription in _due(zone, today, month):
            begins = datetime.combine(today.replace(day=subscription.day), SEND_FROM, ZoneInfo(zone))
            if subscription.since <= begins <= now:
                rows.append(Mailing(subscription=subscription, month=month))
    Mailing.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _due(zone: str, today: date, month: date) -> Iterable[Subscription]:
    own = Q(province__time_zone=zone) | Q(kabupaten__province__time_zone=zone)
    in_zone = own | Q(level="nation") if zone == zone_of(None) else own
    running = Subscription.objects.filter(in_zone, ended_at=None, day__lte=today.day)
    return running.exclude(pk__in=Mailing.objects.filter(month=month).values("subscription"))


def _free(now: datetime) -> Q:
    """Choose the mails that no worker has, and that may be tried again by now."""
    return Q(lease_until=None) | Q(lease_until__lt=now)


def _waiting(now: datetime) -> list[Mailing]:
    rows = Mailing.objects.filter(_free(now), state=Mailing.State.WAITING).order_by("pk")
    joined = ("document", "subscription__user", "subscription__province", "subscription__kabupaten__province")
    return list(rows.select_related(*joined).defer("document__figures", "document__deeper", "document__changes"))


# --- The report -------------------------------------------------------------------------------------------------


Fresh = dict[tuple[str, int, date, str], Document]
"""Which reports were found to be as the figures are now, by region, month and format: compared once for all mails."""


def _is_built(mailing: Mailing, now: datetime, fresh: Fresh) -> bool:
    """Say whether the report of a mail is there; else ask for it, once for all subscribers of the region."""
    document = mailing.document
    if document is None or _lacks_the_format(document, mailing):
        document = _document_for(mailing, fresh)
        Mailing.objects.filter(pk=mailing.pk).update(document=document)
        mailing.document = document
    if document.state in (Document.State.FAILED, Document.State.CANCELLED):
        _build_again(document, now)
        return False
    return document.state == Document.State.DONE


def _lacks_the_format(document: Document, mailing: Mailing) -> bool:
    """Say whether the subscription asks by now for a format that its report was never built in."""
    return mailing.subscription.format not in document.formats


def _build_again(document: Document, now: datetime) -> None:
    """Let a report that was not built be tried once more, later each time; its mails are given up after the last.

    Each of its mails counts the attempts, so that whoever subscribed later has them all.
    """
    mails = Mailing.objects.filter(_free(now), document=document, state=Mailing.State.WAITING)
    if not mails.update(attempt=F("attempt") + 1, lease_until=now + LEASE, problem=NOT_BUILT):
        return  # Another worker, or the mail before this one, has just done so.
    waiting = Mailing.objects.filter(document=document, state=Mailing.State.WAITING)
    waiting.filter(attempt__gte=ATTEMPTS).update(state=Mailing.State.FAILED, lease_until=None)
    if not waiting.exists():
        return
    try:
        retry_document(document, by=None)
    except Conflict:
        return  # Somebody did.
    wake_builder()


def _document_for(mailing: Mailing, fresh: Fresh) -> Document:
    """Return the newest signed report that has the format; else the one that all subscribers share, made now.

    A shared one that was built before the figures changed, or before the month was declared complete, is made anew.
    """
    region, month = mailing.subscription.region, mailing.month
    key = (*region_of(region).key, month, mailing.subscription.format)
    if key not in fresh:
        known = documents_of(region).filter(month=month)
        signed = known.exclude(signed_at=None).filter(files__format=mailing.subscription.format)
        found = signed.defer("figures", "deeper", "changes").order_by("-signed_at").first()
        fresh[key] = found or _shared(region, month)
    return fresh[key]


def _shared(region: Owner, month: date) -> Document:
    """Return the report that the subscribers of a region share, as the figures are now."""
    shared = documents_of(region).filter(month=month, for_subscribers=True).defer("deeper", "changes").first()
    if shared is not None and (shared.signed_at is not None or not _is_behind(shared)):
        return shared
    try:
        with transaction.atomic():
            if shared is not None:
                # It stays in the list of reports, and with the mails that it was sent with.
                Document.objects.filter(pk=shared.pk).update(for_subscribers=False)
            made = request_document(region, month, formats=Format.values, by=None, for_subscribers=True)
    except IntegrityError:  # Another worker was first.
        return documents_of(region).get(month=month, for_subscribers=True)
    transaction.on_commit(wake_builder)
    return made


def _is_behind(document: Document) -> bool:
    """Say whether a report was built of figures that are no longer so; one that is still to be built never is."""
    if document.state != Document.State.DONE or document.figures is None:
        return False
    since = changes_since(document, region_of(document.region))
    return bool(since.changes) or not since.is_whole


# --- The mail ---------------------------------------------------------------------------------------------------


def send(mailing: Mailing, now: datetime) -> bool:
    """Take a mail, unless another worker has it, and send it if its person may still see the region."""
    row = Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.WAITING)
    if not row.filter(_free(now), attempt=mailing.attempt).update(attempt=F("attempt") + 1, lease_until=now + LEASE):
        return False
    subscription, user = mailing.subscription, mailing.subscription.user
    if subscription.ended_at is not None or not may_read(user, subscription.region):
        row.update(state=Mailing.State.REFUSED, problem=OUT_OF_SCOPE, lease_until=None)
        return False
    try:
        _message(mailing).send()
    except (OSError, SMTPException):
        logger.exception("Mail %s could not be sent", mailing.pk)
        _try_later(mailing, now)
        return False
    row.update(state=Mailing.State.SENT, sent_at=timezone.now(), problem="", lease_until=None)
    return True


def _try_later(mailing: Mailing, now: datetime) -> None:
    attempt = mailing.attempt + 1
    values = {"problem": NOT_DELIVERED, "lease_until": now + attempt * LEASE}
    if attempt >= ATTEMPTS:
        values |= {"state": Mailing.State.FAILED, "lease_until": None}
    Mailing.objects.filter(pk=mailing.pk).update(**values)


def _message(mailing: Mailing) -> EmailMessage:
    subscription, document = mailing.subscription, mailing.document
    assert document is not None
    region = region_of(subscription.region)
    file = DocumentFile.objects.get(document=document, format=subscription.format)
    figures = Document.objects.values_list("figures", flat=True).get(pk=document.pk)
    body = "\n".join(
        [
            f"{TITLE}, {region.name}, {month_id(mailing.month)}",
            *([status] if (status := (figures or {}).get("status")) else []),
            "",
            *mail_figures(figures or {}, region),
            "",
            "Laporan lengkapnya terlampir. Angka yang berubah sesudahnya terbaca di Siap Rekam:",
            _address(pages.detail_url(document)),
            "",
            f"Anda menerima surat ini setiap tanggal {subscription.day} karena berlangganan. Langganan ini diubah atau "
            "dihentikan di:",
            _address(reverse("documents:subscription", args=[region.code])),
        ]
    )
    host = urlsplit(settings.SITE_URL).hostname or (settings.ALLOWED_HOSTS or [""])[0].strip(".*") or "localhost"
    return EmailMessage(
        subject=f"Laporan bulanan {region.name}, {month_id(mailing.month)}",
        body=body,
        to=[subscription.email],
        attachments=[(file_name(document, subscription.format), bytes(file.content), content_type(file.format))],
        headers={"Message-ID": f"<laporan-{mailing.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )


def _address(path: str) -> str:
    """Return the link to a page; where nobody has set under which address people reach the product, where to look."""
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else NO_ADDRESS
