"""The pages of recording sets."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from lib.pages import answers_problems
from repairs import set_pages


@login_required
@require_safe
@never_cache
@answers_problems
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the components of a set, what it can do now and why, and its history."""
    inside = set_pages.Inside(set_pages.find_set(pk, request.user), timezone.now())
    return render(request, "devices/set_detail.html", set_pages.set_page(inside, request.user))
