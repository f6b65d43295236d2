"""The profile of a region: what everybody in it may read, and the forms of those who keep it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts.contacts import add_contact, change_contact, remove_contact
from accounts.forms.offices import (
    ContactForm,
    HoursForm,
    LogoForm,
    OfficeForm,
    PublicityForm,
    RemoveForm,
    SignatoryForm,
    SupplyForm,
    VoidForm,
)
from accounts.models import Contact, Signatory
from accounts.offices import (
    change_logo,
    describe_office,
    describe_supply,
    guard_region,
    logo_path,
    office_of,
    publish_status,
    set_opening_hours,
)
from accounts.permissions import Region, covers, may_edit_contacts, may_edit_office, may_edit_supply, may_publish_status
from accounts.profile import find_profile, history_page, is_dinas, profile_page
from accounts.regions import find_region
from accounts.requests import SignedInRequest
from accounts.signatories import correct_signatory, name_signatory, void_signatory
from accounts.views.profile_forms import Edit, Removal, answer_addition, answer_edit, confirmation, reads_and_writes
from kecamatan.models import Kabupaten, Kecamatan
from lib.pages import NotFound, answers_problems

ONE_YEAR = 365 * 24 * 3600
VOID_SENTENCE = (
    "Hanya bila orang ini tidak pernah menandatangani. Yang sudah diganti tetap di sini: tulis penggantinya."
)


# --- Reading ----------------------------------------------------------------------------------------------------------


@login_required
@require_safe
@answers_problems
def profile(request: SignedInRequest, code: str) -> HttpResponse:
    """Show the profile of a region; the profile of a dinas is that of its kabupaten."""
    region = find_region(code, request.user)
    if not is_dinas(region):
        return render(request, "accounts/profile.html", profile_page(region, request.user))
    if not covers(request.user.scope, region.kabupaten):
        raise NotFound("Profil dinas adalah profil kabupaten/kotanya.")
    return redirect("accounts:profile", code=region.kabupaten.code)


@login_required
@require_safe
@answers_problems
def history(request: SignedInRequest, code: str) -> HttpResponse:
    """Show who changed what when, newest first."""
    region = find_profile(code, request.user)
    page = history_page(region, request.user, request.GET.get("sesudah", ""))
    return render(request, "accounts/profile_history.html", page)


@login_required
@require_safe
@cache_control(private=True, immutable=True, max_age=ONE_YEAR)
@answers_problems
def logo_image(request: SignedInRequest, code: str, key: UUID) -> HttpResponse:
    """Send the logo that an agency has now, to whom may see its profile; a new one has another address."""
    office = office_of(_agency(code, request))
    if office.logo != f"{key}.png":
        raise NotFound("Logo ini tidak dipakai lagi.")
    try:
        with default_storage.open(logo_path(office.logo)) as file:
            content = file.read()
    except FileNotFoundError:
        raise NotFound("Berkas logo tidak ada.") from None
    return HttpResponse(content, content_type="image/png", headers={"X-Content-Type-Options": "nosniff"})


# --- The office -------------------------------------------------------------------------------------------------------


@login_required
@reads_and_writes
@answers_problems
def edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Change what an office is called, where it is and how the public reaches it."""
    region = find_profile(code, request.user)
    guard_region(request.user, region, may_edit_office)
    form = partial(OfficeForm, has_agency=not isinstance(region, Kecamatan))
    change = partial(describe_office, region)
    start = _start(region, OfficeForm)
    return answer_edit(request, region, Edit("Ubah profil", "Simpan profil", "Profil tersimpan.", form, start, change))


@login_required
@reads_and_writes
@answers_problems
def hours(request: SignedInRequest, code: str) -> HttpResponse:
    """Change when an office is open."""
    region = find_profile(code, request.user)
    guard_region(request.user, region, may_edit_office)
    is_new = not office_of(region).week
    change, start = partial(set_opening_hours, region), _start(region, HoursForm)
    more = {"is_new": is_new}
    page = Edit("Jam buka", "Simpan jam buka", "Jam buka tersimpan.", HoursForm, start, change, more=more)
    return answer_edit(request, region, page)


@login_required
@reads_and_writes
@answers_problems
def supply(request: SignedInRequest, code: str) -> HttpResponse:
    """Describe the power and the network of a kecamatan."""
    region = find_profile(code, request.user)
    if not isinstance(region, Kecamatan):
        raise NotFound("Listrik dan jaringan dicatat per kecamatan.")
    guard_region(request.user, region, may_edit_supply)
    change, start = partial(describe_supply, region), _start(region, SupplyForm)
    page = Edit("Listrik dan jaringan", "Simpan", "Data listrik dan jaringan tersimpan.", SupplyForm, start, change)
    return answer_edit(request, region, page)


@login_required
@reads_and_writes
@answers_problems
def publicity(request: SignedInRequest, code: str) -> HttpResponse:
    """Decide whether citizens read how the kecamatan of a kabupaten serve, and what is served besides."""
    region = find_profile(code, request.user)
    if not isinstance(region, Kabupaten):
        raise NotFound("Status untuk warga diatur per kabupaten/kota.")
    guard_region(request.user, region, may_publish_status)
    change, start = partial(publish_status, region), _start(region, PublicityForm)
    page = Edit("Status untuk warga", "Simpan", "Status untuk warga tersimpan.", PublicityForm, start, change)
    return answer_edit(request, region, page)


def _start(region: Region, form: Any) -> Callable[[], dict[str, Any]]:
    return lambda: form.start(office_of(region))


# --- The logo ---------------------------------------------------------------------------------------------------------


@login_required
@reads_and_writes
@answers_problems
def logo(request: SignedInRequest, code: str) -> HttpResponse:
    """Give an agency a logo."""
    region = _agency(code, request)
    guard_region(request.user, region, may_edit_office)
    office = office_of(region)
    url = reverse("accounts:logo-remove", args=[code])
    sentence = "Halaman dan surat berikutnya tanpa logo; laporan yang sudah dibuat tetap memuatnya."
    removal = Removal("Hapus logo", sentence, url, confirmation(RemoveForm, office.version))
    more = {"removal": removal} if office.logo else {}
    change, start = partial(_change_logo, region), _logo_start(region)
    page = Edit("Logo", "Simpan logo", "Logo tersimpan.", LogoForm, start, change, more=more, shows_logo=True)
    return answer_edit(request, region, page)


@login_required
@require_POST
@answers_problems
def logo_remove(request: SignedInRequest, code: str) -> HttpResponse:
    """Take the logo of an agency away."""
    region = _agency(code, request)
    guard_region(request.user, region, may_edit_office)
    change, start = partial(change_logo, region, picture=None), _logo_start(region)
    page = Edit("Hapus logo", "Hapus logo", "Logo dihapus.", RemoveForm, start, change, shows_logo=True)
    return answer_edit(request, region, page)


def _logo_start(region: Region) -> Callable[[], dict[str, Any]]:
    return lambda: {"version": office_of(region).version}


def _change_logo(region: Region, *, picture: Any, **values: Any) -> None:
    change_logo(region, picture=picture.file, size=picture.size, **values)


def _agency(code: str, request: SignedInRequest) -> Region:
    """Return a region that has an agency of its own."""
    region = find_profile(code, request.user)
    if isinstance(region, Kecamatan):
        raise NotFound("Logo dan penanda tangan ada di profil kabupaten/kota.")
    return region


# --- Contacts ---------------------------------------------------------------------------------------------------------


@login_required
@reads_and_writes
@answers_problems
def contact_add(request: SignedInRequest, code: str) -> HttpResponse:
    """List somebody to call."""
    region = find_profile(code, request.user)
    guard_region(request.user, region, may_edit_contacts)
    page = Edit("Tambah kontak", "Simpan kontak", "Kontak tersimpan.", ContactForm, dict, partial(add_contact, region))
    return answer_addition(request, region, page)


@login_required
@reads_and_writes
@answers_problems
def contact_edit(request: SignedInRequest, code: str, key: int) -> HttpResponse:
    """Correct a contact."""
    region, contact = _contact(request, code, key)
    url = reverse("accounts:contact-remove", args=[code, key])
    sentence = f"{contact} tidak tampil lagi di daftar. Riwayatnya tetap tersimpan."
    more = {"removal": Removal("Hapus kontak", sentence, url, confirmation(RemoveForm, contact.version))}
    change, start = partial(change_contact, region, contact), _contact_start(contact)
    page = Edit("Ubah kontak", "Simpan kontak", "Kontak tersimpan.", ContactForm, start, change, more=more)
    return answer_edit(request, region, page)


@login_required
@require_POST
@answers_problems
def contact_remove(request: SignedInRequest, code: str, key: int) -> HttpResponse:
    """Take somebody off the list."""
    region, contact = _contact(request, code, key)
    change, start = partial(remove_contact, region, contact), _contact_start(contact)
    page = Edit("Hapus kontak", "Hapus kontak", "Kontak dihapus.", RemoveForm, start, change, ContactForm)
    return answer_edit(request, region, page)


def _contact(request: SignedInRequest, code: str, key: int) -> tuple[Region, Contact]:
    """Return a contact of a region; one that is off the list only to answer a form that was open."""
    region = find_profile(code, request.user)
    guard_region(request.user, region, may_edit_contacts)
    rows = Contact.objects.filter(office=office_of(region).pk).select_related("office")
    contact = rows.filter(pk=key).first()
    if contact is None or (contact.removed_at and request.method != "POST"):
        raise NotFound("Kontak ini tidak ada.")
    return region, contact


def _contact_start(contact: Contact) -> Callable[[], dict[str, Any] | None]:
    def start() -> dict[str, Any] | None:
        contact.refresh_from_db()
        return None if contact.removed_at else ContactForm.start(contact)

    return start


# --- Signatories ------------------------------------------------------------------------------------------------------


@login_required
@reads_and_writes
@answers_problems
def signatory_add(request: SignedInRequest, code: str) -> HttpResponse:
    """Say who signs from a day on."""
    region = _agency(code, request)
    guard_region(request.user, region, may_edit_office)
    change = partial(name_signatory, region)
    page = Edit("Penanda tangan baru", "Simpan", "Penanda tangan tersimpan.", SignatoryForm, dict, change)
    return answer_addition(request, region, page)


@login_required
@reads_and_writes
@answers_problems
def signatory_edit(request: SignedInRequest, code: str, key: int) -> HttpResponse:
    """Correct what was written of somebody who signs."""
    region, signatory = _signatory(request, code, key)
    url = reverse("accounts:signatory-void", args=[code, key])
    removal = Removal("Batalkan penanda tangan", VOID_SENTENCE, url, confirmation(VoidForm, signatory.version))
    more = {"removal": removal}
    change, start = partial(correct_signatory, region, signatory), _signatory_start(signatory)
    done = "Penanda tangan tersimpan."
    page = Edit("Betulkan penanda tangan", "Simpan", done, SignatoryForm, start, change, more=more)
    return answer_edit(request, region, page)


@login_required
@require_POST
@answers_problems
def signatory_void(request: SignedInRequest, code: str, key: int) -> HttpResponse:
    """Strike somebody who never signed."""
    region, signatory = _signatory(request, code, key)
    change, start = partial(void_signatory, region, signatory), _signatory_start(signatory)
    done, title = "Penanda tangan dibatalkan.", "Batalkan penanda tangan"
    return answer_edit(request, region, Edit(title, "Batalkan", done, VoidForm, start, change, SignatoryForm))


def _signatory(request: SignedInRequest, code: str, key: int) -> tuple[Region, Signatory]:
    """Return a signatory of a region; one that was struck only to answer a form that was open."""
    region = _agency(code, request)
    guard_region(request.user, region, may_edit_office)
    rows = Signatory.objects.filter(office=office_of(region).pk).select_related("office")
    signatory = rows.filter(pk=key).first()
    if signatory is None or (signatory.voided_at and request.method != "POST"):
        raise NotFound("Penanda tangan ini tidak ada.")
    return region, signatory


def _signatory_start(signatory: Signatory) -> Callable[[], dict[str, Any] | None]:
    def start() -> dict[str, Any] | None:
        signatory.refresh_from_db()
        return None if signatory.voided_at else SignatoryForm.start(signatory)

    return start
