"""Signing in and out, and one's own password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.signin import ChangePasswordForm, ChoosePasswordForm, ConfirmForm, SignInForm
from accounts.interrupted import Interrupted, kept_in, remember, remembered
from accounts.links import LinkRefused, find_link, use_link
from accounts.models import User
from accounts.sessions import begin_session, forget_people, note_password, people_of_phone, remember_person
from accounts.throttle import remember_browser
from lib.errors import Refused

LOCKED_OUT = "Terlalu banyak percobaan masuk yang gagal. Tunggu 15 menit, lalu coba lagi."
NEVER_SHOWN_AGAIN = ("csrfmiddlewaretoken", "client_key", "kept", "next", "version")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or sign a person in and lead to where they wanted to go."""
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(_next_page(request))
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        interrupted = kept_in(request)
        return _begin(request, form.get_user(), form, lambda: _lead_on(request, interrupted))
    return render(request, "accounts/login.html", _sign_in_page(request, form))


def _begin(
    request: HttpRequest, person: User, form: SignInForm | ChoosePasswordForm, lead_on: Callable[[], HttpResponse]
) -> HttpResponse:
    """Sign a person in, and let the browser know whom it served."""
    is_own = form.cleaned_data["remember"]
    begin_session(request, person, remember=is_own)
    response = remember_browser(request, lead_on(), person)
    return remember_person(request, response, person) if is_own else response


def _lead_on(request: HttpRequest, interrupted: Interrupted | None) -> HttpResponse:
    """Lead to where the person wanted to go, or to the form that they were kept from sending."""
    if interrupted is None:
        return HttpResponseRedirect(_next_page(request))
    remember(request, interrupted)
    return redirect("accounts:resume")


def _page(request: HttpRequest, form: SignInForm | ConfirmForm, **more: object) -> dict[str, object]:
    return {"form": form, "next": _next_page(request), "kept": request.POST.get("kept", ""), **more}


def _sign_in_page(request: HttpRequest, form: SignInForm, **more: object) -> dict[str, object]:
    """Return the page with the people of this phone; the one who is picked has only the password left to type."""
    people = people_of_phone(request)
    picked = next((person for person in people if str(person.pk) == request.GET.get("sebagai")), None)
    if picked:
        form.initial.update(username=picked.get_username(), remember=True)
    return _page(request, form, people=people, **more)


@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the password again before something dangerous, and lead on to it."""
    form = ConfirmForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_bound and form.is_valid():
        interrupted = kept_in(request)
        note_password(request)
        return _lead_on(request, interrupted)
    return render(request, "accounts/confirm.html", _page(request, form))


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Let this phone forget the names of those who use it."""
    return forget_people(redirect("accounts:login"))


@login_required
@require_safe
def resume(request: HttpRequest) -> HttpResponse:
    """Show the form that was sent after the session had ended, to be sent by the person who has signed in again."""
    form = remembered(request)
    return render(request, "accounts/resume.html", {"form": form}) if form else redirect("reports:home")


def _next_page(request: HttpRequest) -> str:
    """Return the page that was asked for before, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else resolve_url("reports:home")


@sensitive_post_parameters("new_password1", "new_password2")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show whom a one-time link signs in; only the button uses it, together with the password that is chosen.

    Programs that open links for a preview, as WhatsApp does, use up nothing.
    """
    form = ChoosePasswordForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_bound and form.is_valid():
            return _use_link(request, token, form)
        person = find_link(token).user
    except LinkRefused as refused:
        return render(request, "accounts/link_refused.html", {"reason": refused.message}, status=404)
    return render(request, "accounts/sign_in_link.html", {"form": form, "person": person})


def _use_link(request: HttpRequest, token: str, form: ChoosePasswordForm) -> HttpResponse:
    try:
        person = use_link(token, password=form.cleaned_data["new_password1"])
    except LinkRefused:
        raise
    except Refused as refused:
        form.refuse(refused)
        return render(request, "accounts/sign_in_link.html", {"form": form, "person": find_link(token).user})
    return _begin(request, person, form, lambda: redirect("reports:home"))


def locked_out(request: HttpRequest, original: HttpResponse | None, credentials: Any) -> HttpResponse:
    """Answer a sign-in after too many failures (HTTP 429), keeping the name that was typed. Called by django-axes."""
    form = SignInForm(request, initial={"username": request.POST.get("username", "")})
    return render(request, "accounts/login.html", _sign_in_page(request, form, locked_out=LOCKED_OUT), status=429)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; whoever changes places with a colleague is led to the sign-in page."""
    logout(request)
    return redirect("accounts:login" if "switch" in request.GET else "accounts:signed-out")


@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that the session has ended."""
    return render(request, "accounts/signed_out.html")


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions end, this one goes on."""
    form = ChangePasswordForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, form.user)
        note_password(request)
        return redirect("accounts:password-changed")
    return render(request, "accounts/password_change.html", {"form": form})


@login_required
@require_safe
def password_changed(request: HttpRequest) -> HttpResponse:
    """Say that the new password holds."""
    return render(request, "accounts/password_changed.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without a valid token (HTTP 403), and show what was typed so that it can be copied.

    Nothing is sent again by a button: the form may have come from another site. The outbox asks for another token.
    """
    request.has_stale_token = True  # type: ignore[attr-defined]
    typed = [
        {"name": name, "text": text}
        for name, texts in request.POST.lists()
        for text in texts
        if text.strip() and name not in NEVER_SHOWN_AGAIN and "password" not in name
    ]
    context = {"typed": typed, "form_url": request.path}
    return render(request, "403_csrf.html", context, status=403)
