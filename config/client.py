"""Who is at the other end of a request."""

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """Return the address that the sign-in throttle counts for.

    In production exactly one TLS proxy stands in front: the last entry of ``X-Forwarded-For`` is what that
    proxy saw, all before it are the client's own claims. Without a proxy the header is not to be believed.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.BEHIND_PROXY and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
