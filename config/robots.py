"""What search engines may read: the status for citizens, and nothing that asks for a sign-in."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

RULES = "User-agent: *\nAllow: /status/\nAllow: /static/\nDisallow: /\n"


@require_safe
@cache_control(public=True, max_age=24 * 3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Answer where robots are welcome."""
    return HttpResponse(RULES, content_type="text/plain")
