"""One-time links by which people sign in without a password and choose one; an admin sends them by WhatsApp."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import SignInLink, User
from accounts.permissions import guard_person, may_manage_person
from kecamatan.changes import record_event
from lib.errors import Refused

LIFETIME = timedelta(hours=72)
RESENT_WITHIN = timedelta(minutes=1)
"""How long after its use a link answers the same submission again: a double tap is one sign-in."""

_TOKEN = re.compile(r"(\d{1,18})-([0-9a-f]{64})")
UNKNOWN = "Tautan ini tidak dikenal atau sudah diganti dengan yang baru. Minta tautan baru dari admin daerah Anda."
USED = "Tautan ini sudah dipakai. Masuk dengan kata sandi Anda, atau minta tautan baru dari admin daerah Anda."
EXPIRED = "Tautan ini sudah lewat waktunya. Minta tautan baru dari admin daerah Anda."


class LinkRefused(Refused):
    """The link opens nothing (any more); the message says why and what to do."""


@transaction.atomic
def make_link(user: User, *, by: User | None) -> SignInLink:
    """Make a link that signs a person in once within 72 hours; every earlier one ends. Effects: the link, an event.

    An admin may do so only for people who act nowhere else, since whoever opens the link is that person.
    """
    guard_person(by, user)
    if not user.is_active:
        raise Refused(f"Akun {user} nonaktif. Aktifkan dulu, lalu buat tautannya.")
    now = timezone.now()
    link, _ = SignInLink.objects.update_or_create(
        user=user,
        defaults={
            "nonce": secrets.token_hex(16),
            "made_at": now,
            "made_by": by,
            "expires_at": now + LIFETIME,
            "used_at": None,
        },
    )
    record_event(user, "make_link", by=by, expires_at=link.expires_at)
    return link


def token_of(link: SignInLink) -> str:
    """Return what stands in the address of a link; without ``SECRET_KEY`` nobody can make it."""
    return f"{link.user_id}-{salted_hmac('accounts.sign_in_link', link.nonce, algorithm='sha256').hexdigest()}"


def find_link(token: str) -> SignInLink:
    """Return the link of an address, with its person. Looking changes nothing: WhatsApp opens links for a preview.

    Raises :class:`LinkRefused` for one that is unknown, used or expired, whose person is disabled, or whose maker may
    no longer change that person's account.
    """
    link = _link(token)
    if link.used_at is not None:
        raise LinkRefused(USED)
    if not link.is_open:
        raise LinkRefused(EXPIRED)
    return link


@transaction.atomic
def use_link(token: str, *, password: str) -> User:
    """Use a link up and give its person a password; return who may be signed in now.

    Effects: ``used_at``, the password (which ends other sessions), an event. The same submission within a minute gets
    the same answer. Raises :class:`LinkRefused`, or :class:`Refused` for a weak password, which leaves the link usable.
    """
    link, now = _link(token), timezone.now()
    person = link.user
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="new_password1") from None
    mine = SignInLink.objects.filter(pk=link.pk, nonce=link.nonce, used_at=None, expires_at__gt=now)
    if not mine.update(used_at=now):
        return _sent_again(token, password)
    person.set_password(password)
    person.save(update_fields=["password"])
    record_event(person, "use_link", by=person)
    return person


def _sent_again(token: str, password: str) -> User:
    link = _link(token)
    is_recent = link.used_at is not None and timezone.now() - link.used_at < RESENT_WITHIN
    return link.user if is_recent and link.user.check_password(password) else find_link(token).user


def _link(token: str) -> SignInLink:
    parts = _TOKEN.fullmatch(token)
    links = SignInLink.objects.select_related("user", "made_by")
    link = links.filter(pk=int(parts[1])).first() if parts else None
    if link is None or not constant_time_compare(token_of(link), token) or not _is_trusted(link):
        raise LinkRefused(UNKNOWN)
    return link


def _is_trusted(link: SignInLink) -> bool:
    return link.user.is_active and (link.made_by is None or may_manage_person(link.made_by, link.user))
