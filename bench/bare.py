"""The product's addresses with one more: a bare Django view, which the public pages are measured against.

Only the bench serves it, by ``bench.bare_settings``.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

ADDRESS = "/bench-bare/"


def bare(request: HttpRequest) -> HttpResponse:
    """Answer with two letters: what is left is what Django, its middleware and gunicorn take."""
    return HttpResponse("ok")


urlpatterns = [path(ADDRESS.removeprefix("/"), bare), path("", include("config.urls"))]
