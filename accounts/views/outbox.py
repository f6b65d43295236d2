"""The outbox of a phone: its page, whose list is drawn on the phone, and what it asks before it sends."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show what waits on this phone; the script fills it in, because the server knows nothing of it."""
    return render(request, "accounts/outbox.html")


@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Say who is signed in on this phone, and give a fresh token for sending; nobody and no token otherwise."""
    if not request.user.is_authenticated:
        return JsonResponse({"user": None})
    return JsonResponse({"user": request.user.pk, "token": get_token(request)})
