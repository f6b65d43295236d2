"""Adding many people from a file: check it, look at what would happen, write it, send the links."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.people_files import CheckedRowsForm, PeopleFileForm
from accounts.imports import Checked, ImportRefused, as_text, import_people, import_rows, stored, template_file
from accounts.models import Role
from accounts.pages import guard_admin
from accounts.requests import SignedInRequest
from accounts.sessions import asks_password
from kecamatan.submissions import answer_once
from lib.dataset import ImportResult, Outcome
from lib.errors import Forbidden, Refused
from lib.pages import answers_problems
from lib.phone import shown_phone

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORDS = {Outcome.ADDED: "orang baru", Outcome.CHANGED: "peran baru", Outcome.UNCHANGED: "sudah ada"}


@login_required
@asks_password
@require_http_methods(["GET", "HEAD", "POST"])
@answers_problems
def user_import(request: SignedInRequest) -> HttpResponse:
    """Ask for a file; show what is wrong with it, or what writing it would do."""
    guard_admin(request.user)
    form = PeopleFileForm(request.POST, request.FILES) if request.method == "POST" else PeopleFileForm()
    page: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        with stored(file.chunks(), Path(file.name).suffix.lower()) as path:
            checked = import_people(path, by=request.user, dry_run=True)
        page |= _preview(checked) if checked.result.ok else {"problems": checked.result.problems}
        page["file_name"] = file.name
        page["unlisted"] = _unlisted(checked.result)
    return render(request, "accounts/user_import.html", page)


def _preview(checked: Checked) -> dict[str, Any]:
    rows = [row for row, _ in checked.saved]
    return {
        "rows": [
            (row.name, shown_phone(row.phone), Role(row.role).label, row.code, WORDS[outcome])
            for row, outcome in checked.saved
        ],
        "summary": _summary(checked.result),
        "nothing_new": checked.result.unchanged == checked.result.rows,
        "confirm": CheckedRowsForm(initial={"rows": as_text(rows)}),
    }


def _summary(result: ImportResult) -> str:
    counts = ((result.added, "orang baru"), (result.changed, "peran baru"), (result.unchanged, "sudah ada"))
    return ", ".join(f"{count} {word}" for count, word in counts)


def _unlisted(result: ImportResult) -> int:
    """Return how many faulty rows are not among the problems that are kept."""
    return max(0, result.faulty_rows - len({problem.line for problem in result.problems}))


@login_required
@asks_password
@require_POST
@answers_problems
def user_import_save(request: SignedInRequest) -> HttpResponse:
    """Write rows that were looked at, once, and lead to the links of the new people."""
    guard_admin(request.user)
    form = CheckedRowsForm(request.POST)

    def write() -> str:
        checked = import_rows(form.cleaned_data["rows"], by=request.user)
        messages.success(request, f"Tersimpan: {_summary(checked.result)}.", extra_tags="tip")
        return reverse("accounts:link-list" if checked.result.added else "accounts:user-list")

    page: dict[str, Any] = {"form": PeopleFileForm()}
    try:
        if form.is_valid():
            return redirect(answer_once(form.key, request.POST, by=request.user, write=write))
        page["refusal"] = "Baris yang diperiksa hilang. Pilih lagi berkasnya."
    except Forbidden:
        raise
    except ImportRefused as refused:
        page["problems"] = refused.problems
    except Refused as refused:
        page["refusal"] = refused.message
    return render(request, "accounts/user_import.html", page)


@login_required
@require_safe
@answers_problems
def user_import_template(request: SignedInRequest) -> HttpResponse:
    """Give an XLSX file to fill in."""
    guard_admin(request.user)
    headers = {"Content-Disposition": 'attachment; filename="pengguna.xlsx"'}
    return HttpResponse(template_file(request.user), content_type=XLSX, headers=headers)
