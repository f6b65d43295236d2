"""The monthly reports of a region: the list with its forms, one report with its progress, and its files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.permissions import may_sign_reports
from accounts.requests import SignedInRequest
from documents import pages
from documents.contents import region_of
from documents.files import content_type, file_name
from documents.forms import RequestForm, SignForm, SubscriptionForm, WithdrawSignatureForm
from documents.jobs import wake_builder
from documents.models import Document, DocumentFile, Format
from documents.requests import cancel_document, request_document, retry_document, sign_document, withdraw_signature
from documents.subscriptions import subscribe, subscription_of, unsubscribe
from lib.errors import Conflict, Forbidden, Refused
from lib.forms import DomainForm
from lib.months import local_day
from lib.pages import NotFound, answers_problems
from repairs.views.sending import send, status_of
from reports.crumbs import Crumb
from reports.regions import Region

reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@reads_and_writes
@answers_problems
def document_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Show the reports of a region, and ask for one; ``bulan`` is the month that the form begins with."""
    region = pages.find_reported(code, request.user)
    own = region.kabupaten or region.province
    months = pages.months_of(region, request.GET.get("bulan"))
    posted = request.POST if request.method == "POST" else None
    chosen = next(option.value for option in months if option.selected)
    form = RequestForm(posted, months=months, initial={"month": chosen})

    def write() -> str:
        document = request_document(
            own, form.cleaned_data["month"], formats=form.cleaned_data["formats"], by=request.user
        )
        transaction.on_commit(wake_builder)
        return pages.detail_url(document)

    if form.is_bound and (answer := send(request, form, write, "Laporan sedang dibuat.")):
        return answer
    running = subscription_of(own, request.user)
    told = {
        "subscribed": pages.subscription_text(running),
        "mailed": pages.mailing_text(running, region.zone),
    }
    page = pages.list_page(region, request.user, request.GET.get("sesudah", ""))
    context = page | {"form": form, **told}
    return render(request, "documents/document_list.html", context, status=status_of(form))


@login_required
@require_safe
@answers_problems
def document_detail(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Show a report: how far it is, or its files, what has changed since, and where to note that it was signed."""
    document, region = _find(request.user, code, pk)
    response = _show(request, document, region)
    if request.htmx and not document.is_unfinished:
        # Whoever waited gets the whole page of the finished report.
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
@answers_problems
def cancel(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Give up a report that is not finished."""
    return _move(request, code, pk, cancel_document, "Pembuatan laporan dibatalkan.")


@login_required
@require_POST
@answers_problems
def retry(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Let a report that failed or was cancelled be built after all."""
    answer = _move(request, code, pk, retry_document, "Laporan dibuat lagi.")
    wake_builder()
    return answer


@login_required
@require_POST
@answers_problems
def sign(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Note that the paper was signed."""
    return _signature(request, code, pk, SignForm(request.POST), sign_document, "Tanda tangan tercatat.")


@login_required
@require_POST
@answers_problems
def signature_withdraw(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Take back that the paper was signed, with a reason."""
    form = WithdrawSignatureForm(request.POST)
    return _signature(request, code, pk, form, withdraw_signature, "Tanda tangan dicabut.")


def _signature(
    request: SignedInRequest, code: str, pk: int, form: DomainForm, change: Callable[..., object], done: str
) -> HttpResponse:
    """Change the signature of a report by what a form says; show the form again where it is refused."""
    document, region = _find(request.user, code, pk)
    status = 200
    if form.is_valid():
        try:
            change(document, **form.cleaned_data, by=request.user)
        except Forbidden:
            raise
        except Refused as refused:
            form.refuse(refused)
            status = 409 if isinstance(refused, Conflict) else 200
        else:
            messages.success(request, done, extra_tags="tip")
            return redirect(pages.detail_url(document))
    elif not may_sign_reports(request.user, document.region):
        raise Forbidden("Hanya staf wilayah ini yang mencatat tanda tangan.")
    document.refresh_from_db()
    return _show(request, document, region, form, status)


@login_required
@require_safe
@answers_problems
def download(request: SignedInRequest, code: str, pk: int, format: str) -> HttpResponse:
    """Send a file of a report to whoever sees its region; a report never changes, so neither does its file."""
    document, _ = _find(request.user, code, pk)
    file = DocumentFile.objects.filter(document=document, format=format).first() if format in Format.values else None
    if file is None:
        raise NotFound("Berkas ini tidak ada.")
    response = HttpResponse(bytes(file.content), content_type=content_type(format))
    response["Content-Disposition"] = content_disposition_header(True, file_name(document, format))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response


# --- Subscriptions ----------------------------------------------------------------------------------------------


@login_required
@reads_and_writes
@answers_problems
def subscription(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose on which day the report comes by e-mail."""
    region = pages.find_reported(code, request.user)
    own = region.kabupaten or region.province
    form = SubscriptionForm(request.POST if request.method == "POST" else None, initial=_start(own, request.user))
    status = 200
    if form.is_bound and form.is_valid():
        try:
            subscribe(own, **form.said(), version=form.seen_version, by=request.user)
        except Conflict as conflict:
            form.refuse(conflict)
            status = 409
        except Forbidden:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Langganan tersimpan.", extra_tags="tip")
            return redirect(pages.list_url(region))
    return _show_subscription(request, region, form, status)


@login_required
@require_POST
@answers_problems
def subscription_end(request: SignedInRequest, code: str) -> HttpResponse:
    """End the own subscription."""
    region = pages.find_reported(code, request.user)
    unsubscribe(region.kabupaten or region.province, by=request.user)
    messages.success(request, "Langganan dihentikan.", extra_tags="tip")
    return redirect(pages.list_url(region))


def _start(own: Any, user: User) -> dict[str, Any]:
    running = subscription_of(own, user)
    if running is None:
        return {"email": user.email, "day": 5, "format": Format.PDF, "version": 0}
    return {"email": running.email, "day": running.day, "format": running.format, "version": running.version}


def _show_subscription(request: SignedInRequest, region: Region, form: SubscriptionForm, status: int) -> HttpResponse:
    start = _start(region.kabupaten or region.province, request.user)
    context = {
        "region": region,
        "form": form,
        "is_running": bool(start["version"]),
        "version": start["version"],
        "list_url": pages.list_url(region),
        "crumbs": pages.steps(
            region,
            request.user.scope,
            Crumb("Laporan bulanan", pages.list_url(region)),
            Crumb("Kirim lewat e-mail", ""),
        ),
    }
    return render(request, "documents/subscription.html", context, status=status)


# --- What the views share ---------------------------------------------------------------------------------------


def _find(user: User, code: str, pk: int) -> tuple[Document, Region]:
    """Return a report that the person may see, under the code of its region."""
    seen = Document.objects.visible_to(user).with_region().select_related("requested_by", "signed_by")
    rows = pages.with_sizes(seen).defer("deeper", "changes")
    document = rows.filter(pk=pk).first()
    region = region_of(document.region) if document else None
    if document is None or region is None or region.code != code:
        raise NotFound("Laporan ini tidak ada.")
    return document, region


def _move(request: SignedInRequest, code: str, pk: int, move: Callable[..., object], done: str) -> HttpResponse:
    document, region = _find(request.user, code, pk)
    try:
        move(document, by=request.user)
    except Conflict as conflict:
        messages.error(request, conflict.message, extra_tags="bad")
        document.refresh_from_db()
        return _show(request, document, region, status=409)
    messages.success(request, done, extra_tags="tip")
    return redirect(pages.detail_url(document))


def _show(
    request: SignedInRequest, document: Document, region: Region, form: DomainForm | None = None, status: int = 200
) -> HttpResponse:
    if form is None:
        today = {"signed_on": local_day(timezone.now(), region.zone)}
        form = WithdrawSignatureForm() if document.signed_at else SignForm(initial=today)
    page = pages.detail_page(document, region, request.user)
    return render(request, "documents/document_detail.html", page | {"form": form}, status=status)
