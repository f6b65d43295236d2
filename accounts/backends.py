"""Signing in by user name or telephone number, in whatever form it is typed."""

from __future__ import annotations

from typing import Any

from axes.backends import AxesStandaloneBackend
from django.contrib.auth.backends import ModelBackend
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import Assignment, User, level_order
from lib.phone import normalise_phone


def normalise_sign_in(typed: str) -> str:
    """Return what somebody typed as it is looked up: a phone number in E.164, a user name in small letters.

    The throttle counts this form too, so that another spelling of a number gives no further attempts.
    """
    return normalise_phone(typed) or typed.strip().lower()


def find_person(typed: str) -> User | None:
    """Return the one person whom a user name or a telephone number names, in whatever form it is typed."""
    name = normalise_sign_in(typed)
    people = list(User.objects.filter(Q(username__iexact=name) | Q(phone=name))[:2])
    return people[0] if len(people) == 1 else None


class ThrottleBackend(AxesStandaloneBackend):
    """Stops an address that tries passwords; without a request (a test client, a shell) there is none to stop."""

    def authenticate(self, request: HttpRequest | None, *args: Any, **credentials: Any) -> None:
        """Raise when the address of the request is locked out."""
        if request is not None:
            super().authenticate(request, *args, **credentials)


class UsernameOrPhoneBackend(ModelBackend):
    """Checks the password of the one active person whom a user name or a telephone number names."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the person, or nothing when name, password or state do not fit."""
        if username is None or password is None:
            return None
        person = find_person(username)
        if person is None:
            # Hash all the same: the time it takes must not tell which names exist.
            User().set_password(password)
            return None
        return person if person.check_password(password) and self.user_can_authenticate(person) else None

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session with the running assignments, in one query where there are any.

        Every page needs both; the second query is only for people without an assignment.
        """
        assignments = list(
            Assignment.objects.running()
            .filter(user=user_id)
            .select_related("user", "province", "kabupaten__province", "kecamatan")
        )
        person = assignments[0].user if assignments else User.objects.filter(pk=user_id).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        person.running_assignments = sorted(assignments, key=level_order)
        return person
