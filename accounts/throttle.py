"""How often somebody may try passwords: by name and address, and by address alone, without shutting out an office.

django-axes counts the failures of each pair of name and address. Who tries many names from one address stays below
that, so the address counts too, at ten times as many. An office shares one address: a browser in which somebody has
signed in before is known to us, and is stopped by its own pair only (OWASP, "device cookies").
"""

from __future__ import annotations

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse

from accounts.backends import find_person
from accounts.models import User

PAIRS_PER_ADDRESS = 10
"""An address is locked at this many times the failures at which a name at that address is."""

COOKIE, KEPT_SECONDS, MOST_KNOWN = "dikenal", 365 * 24 * 3600, 10


class PairAndAddressHandler(AxesDatabaseHandler):
    """Counts failures by name and address as django-axes does, and by address for browsers that nobody knows."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Return by how many failures the request is judged; those of its address count a tenth."""
        of_pair: int = super().get_failures(request, credentials)
        since = get_cool_off_threshold(request)
        address = request.axes_ip_address  # type: ignore[attr-defined]
        attempts = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=since)
        of_address = attempts.aggregate(all=Sum("failures_since_start"))["all"] or 0
        if of_address // PAIRS_PER_ADDRESS <= of_pair or _is_known(request, credentials):
            return of_pair
        return of_address // PAIRS_PER_ADDRESS


def remember_browser(request: HttpRequest, response: HttpResponse, person: User) -> HttpResponse:
    """Note in a signed cookie that a person has signed in with this browser; the last ten people are kept."""
    known = [key for key in _known(request) if key != str(person.pk)]
    kept = ".".join([*known, str(person.pk)][-MOST_KNOWN:])
    response.set_signed_cookie(
        COOKIE, kept, max_age=KEPT_SECONDS, secure=request.is_secure(), httponly=True, samesite="Lax", path="/login/"
    )
    return response


def _known(request: HttpRequest) -> list[str]:
    return (request.get_signed_cookie(COOKIE, default="", max_age=KEPT_SECONDS) or "").split(".")


def _is_known(request: HttpRequest, credentials: dict[str, Any] | None) -> bool:
    """Say whether the person who is named has signed in with this browser before."""
    person = find_person(get_client_username(request, credentials) or "")
    return person is not None and str(person.pk) in _known(request)
