"""The pages on which an admin finds, adds and changes people, gives and ends roles, and names deputies."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import pages
from accounts.choices import person_of
from accounts.deputies import deputise
from accounts.filters import PersonFilter
from accounts.forms.users import DeputyForm, DisableForm, EndForm, NewPersonForm, PersonForm, RoleForm
from accounts.links import make_link
from accounts.models import User
from accounts.people import activate, add_person, assign, change_end, deactivate, edit_person, end_assignment
from accounts.regions import zone_of
from accounts.requests import SignedInRequest
from accounts.sending import posted, send, status_of
from accounts.sessions import asks_password
from lib.errors import Conflict
from lib.format import day_id
from lib.forms import KeyedForm
from lib.months import local_day
from lib.pages import answers_problems, key_of, page_of, written

Page = dict[str, Any]


@login_required
@require_safe
@answers_problems
def user_list(request: SignedInRequest) -> HttpResponse:
    """Show the people of an admin's regions by name; filters stand in the address."""
    pages.guard_admin(request.user)
    filters = PersonFilter(request.GET, pages.listed(request.user), user=request.user)
    after = pages.position(request.GET.get("sesudah", ""), request.user)
    found, more = page_of(filters.qs, pages.BY_NAME, after)
    context = {
        "filters": filters,
        "chosen": filters.chosen(),
        "rows": written(pages.rows(found)),
        "next_url": pages.list_url(filters.chosen(), found[-1]) if more else "",
        "first_url": pages.list_url(filters.chosen()) if after else "",
    }
    return render(request, "accounts/user_list.html", context)


@login_required
@require_safe
@answers_problems
def user_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a person, their roles in the admin's regions, what may be done, and what happened."""
    person = pages.find_person(pk, request.user)
    return render(request, "accounts/user_detail.html", _detail(request, person))


def _detail(request: SignedInRequest, person: User) -> Page:
    return {**pages.person_page(person, request.user), "disable": DisableForm(), "enable": KeyedForm()}


@login_required
@asks_password
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
def user_create(request: SignedInRequest) -> HttpResponse:
    """Add a person with a first role, and lead to the link by which they sign in."""
    pages.guard_admin(request.user)
    form = NewPersonForm(posted(request), user=request.user)

    def write() -> str:
        return pages.person_url(add_person(**form.said(), **form.given(), by=request.user), "link")

    page = {
        "title": "Tambah orang",
        "here": "Tambah orang",
        "lede": "Sesudah tersimpan, kirimkan tautan masuknya lewat WhatsApp.",
        "button": "Simpan dan buat tautan masuk",
        "back_url": reverse("accounts:user-list"),
    }
    return _form_page(request, form, page, write, "Akun tersimpan.")


@login_required
@asks_password
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
def user_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct who somebody is; the loser of a race sees both versions."""
    person = pages.find_manageable(pk, request.user)
    start = {name: getattr(person, name) or "" for name in ("name", "phone", "username", "version")}
    form = PersonForm(posted(request), initial=start)

    def write() -> str:
        edit_person(person, **form.said(), version=form.seen_version, by=request.user)
        return pages.person_url(person)

    page = {
        "title": f"Ubah data {person}",
        "here": "Ubah data",
        "person": person,
        "button": "Simpan",
        "back_url": pages.person_url(person),
        "stored": [(form.fields[name].label, start[name]) for name in ("name", "phone", "username")],
        "stored_version": person.version,
    }
    return _form_page(request, form, page, write, "Data tersimpan.")


@login_required
@asks_password
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
def user_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a person one more role."""
    person = pages.find_person(pk, request.user)
    form = RoleForm(posted(request), user=request.user)

    def write() -> str:
        assign(person, **form.given(), by=request.user)
        return pages.person_url(person)

    page = {
        "title": f"Peran baru untuk {person}",
        "here": "Peran baru",
        "person": person,
        "button": "Beri peran",
        "back_url": pages.person_url(person),
    }
    return _form_page(request, form, page, write, "Peran diberikan dan langsung berlaku.")


@login_required
@asks_password
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
def user_deputy(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a colleague hold an absent person's roles for some days."""
    person = pages.find_person(pk, request.user)
    start = {"first_day": local_day(timezone.now(), pages.zone_of_roles(request.user.running_assignments))}
    form = DeputyForm(posted(request), initial=start, user=request.user, absent=person)

    def write() -> str:
        said = form.cleaned_data
        deputy = person_of(said["deputy"], request.user)
        span = {"first_day": said["first_day"], "last_day": said["last_day"]}
        deputise(person, deputy=deputy, **span, by=request.user)
        return pages.person_url(person)

    page = {
        "title": f"Pengganti {person}",
        "here": "Pengganti sementara",
        "person": person,
        "lede": f"Penggantinya memegang semua peran {person} di wilayah Anda pada hari-hari itu. "
        "Peran itu hilang sendiri sesudah hari terakhir.",
        "button": "Tunjuk pengganti",
        "back_url": pages.person_url(person),
    }
    return _form_page(request, form, page, write, "Pengganti ditunjuk.")


@login_required
@asks_password
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
def user_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the sign-in link of a person, ready for WhatsApp, or make a new one, which ends the old."""
    person = pages.find_manageable(pk, request.user)
    form = KeyedForm(posted(request))

    def write() -> str:
        make_link(person, by=request.user)
        return pages.person_url(person, "link")

    link, root = pages.link_of(person), request.build_absolute_uri("/")
    zone = pages.zone_of_roles(request.user.running_assignments)
    page = {
        "person": person,
        "link": pages.link_line(link, root, zone) if link and link.is_open else None,
    }
    return _form_page(request, form, page, write, "Tautan baru dibuat; yang lama tidak berlaku lagi.", LINK_PAGE)


LINK_PAGE = "accounts/user_link.html"


@login_required
@asks_password
@require_safe
@answers_problems
def link_list(request: SignedInRequest) -> HttpResponse:
    """Show the links that the admin made and that nobody used yet, the newest first, each ready for WhatsApp."""
    pages.guard_admin(request.user)
    links = pages.open_links(request.user)
    start = links.filter(pk=key_of(request.GET.get("sesudah", ""))).first()
    found, more = page_of(links, ("-made_at", "-pk"), start)
    root, zone = request.build_absolute_uri("/"), pages.zone_of_roles(request.user.running_assignments)
    context = {
        "links": [pages.link_line(link, root, zone) for link in found],
        "next_url": f"?sesudah={found[-1].pk}" if more else "",
        "first_url": reverse("accounts:link-list") if start else "",
    }
    return render(request, "accounts/link_list.html", context)


@login_required
@asks_password
@require_POST
@answers_problems
def user_disable(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep a person from signing in."""
    person = pages.find_manageable(pk, request.user)
    form = DisableForm(request.POST)

    def write() -> str:
        deactivate(person, reason=form.cleaned_data["reason"], by=request.user)
        return pages.person_url(person)

    done = f"Akun {person} dinonaktifkan. Sesi masuknya berakhir."
    return _change(request, person, form, write, done)


@login_required
@asks_password
@require_POST
@answers_problems
def user_enable(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a person sign in again."""
    person = pages.find_manageable(pk, request.user)

    def write() -> str:
        activate(person, by=request.user)
        return pages.person_url(person)

    return _change(request, person, KeyedForm(request.POST), write, f"Akun {person} aktif lagi.")


@login_required
@asks_password
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
def assignment_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say when a role ends: now, after a day, or never."""
    role = pages.find_assignment(pk, request.user)
    end = pages.last_day_of(role)
    start = {"when": EndForm.DAY if end else EndForm.NOW, "last_day": end, "version": role.version}
    needs_end = role.deputises_id is not None
    form = EndForm(posted(request), initial=start, zone=zone_of(role.region), needs_end=needs_end)

    def write() -> str:
        if form.is_now:
            end_assignment(role, by=request.user)
        else:
            change_end(role, ends_at=form.ends_at(), version=form.seen_version, by=request.user)
        return pages.person_url(role.user)

    page = {
        "title": f"Akhiri peran {role.user}",
        "here": "Akhiri peran",
        "person": role.user,
        "lede": f"{role.get_role_display()}, {role.region or 'Indonesia'}.",
        "button": "Simpan",
        "back_url": pages.person_url(role.user),
        "stored": [("Berakhir", day_id(end) if end else "tanpa batas waktu")],
        "stored_version": role.version,
    }
    return _form_page(request, form, page, write, "Akhir peran tersimpan.")


@login_required
@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    """Show one's own account: who one is, the roles, and the way to another password."""
    return render(request, "accounts/account.html", pages.account(request.user))


def _form_page(
    request: SignedInRequest,
    form: Any,
    page: Page,
    write: Callable[[], str],
    done: str,
    template: str = "accounts/form.html",
    more: Callable[[], Page] = dict,
) -> HttpResponse:
    """Show a form, or write what was sent, once, and lead on; a refusal is shown with all that was typed.

    ``more`` reads what the page shows besides, where it is shown.
    """
    is_stale = False
    try:
        answer = send(request, form, write, done) if form.is_bound else None
    except Conflict:
        answer, is_stale = None, True
    context = {**more(), **page, "form": form, "is_stale": is_stale} if answer is None else {}
    return answer or render(request, template, context, status=409 if is_stale else status_of(form))


def _change(request: SignedInRequest, person: User, form: Any, write: Callable[[], str], done: str) -> HttpResponse:
    """Make a change from a person's page and lead back there; a refusal is shown on it."""
    more = partial(_detail, request, person)
    return _form_page(request, form, {"failed": form}, write, done, "accounts/user_detail.html", more)
