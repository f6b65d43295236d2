"""The request as a view behind ``login_required`` gets it."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A request of somebody who is signed in; says for the type checker what the middleware put there."""

    user: User
    htmx: HtmxDetails
