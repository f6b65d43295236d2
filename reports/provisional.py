"""Whether the figures of a month are provisional, and the page on which a kabupaten declares them complete."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from accounts.permissions import may_declare_month
from kecamatan.models import MonthDeclaration
from lib.format import moment_id, number_id
from lib.forms import KeyedForm, text_field
from lib.month_choice import Month
from lib.pages import NotFound
from reports.crumbs import Crumb, crumbs
from reports.models import Level
from reports.regions import Region
from reports.surroundings import Surroundings

SYSTEM = "sistem"


class Provisional(NamedTuple):
    """Whether a month may still change: in a word, in a sentence, and where it is declared."""

    word: str
    text: str
    url: str


class Said(NamedTuple):
    """A declaration with who made it, and who withdrew it and why."""

    what: str
    withdrawn: str


class DeclareForm(KeyedForm):
    """A month is declared complete; there is nothing to type."""


class WithdrawForm(KeyedForm):
    """Why a declaration is withdrawn, and which one: another may have withdrawn it meanwhile."""

    declaration = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = text_field("Alasan pencabutan", limit=500, required="Tulis alasannya.")


def declaration_form(page: dict[str, Any], data: QueryDict | None) -> DeclareForm | WithdrawForm:
    """Return the form of what was sent, whatever holds meanwhile; where nothing was, that of what may be done now."""
    if page["holds"] if data is None else "declaration" in data:
        return WithdrawForm(data, initial={"declaration": page["holding"]})
    return DeclareForm(data)


def provisional(region: Region, month: Month, around: Surroundings, kabupaten_total: int) -> Provisional:
    """Return how final the figures of a region in a month are."""
    if month.is_current:
        return Provisional("Sementara", "Sementara: bulan masih berjalan.", "")
    if region.level in (Level.NATION, Level.PROVINCE):
        said = f"{number_id(around.declared)} dari {number_id(kabupaten_total)} kabupaten/kota menyatakan lengkap."
        if kabupaten_total and around.declared >= kabupaten_total:
            return Provisional("Lengkap", said, "")
        return Provisional("Sementara", f"Sementara: {said}", "")
    url = declaration_url(region, month.chosen) if region.level == Level.KABUPATEN else ""
    if around.declared_at is None:
        return Provisional("Sementara", "Sementara: belum dinyatakan lengkap oleh kabupaten/kota.", url)
    who = f"Dinyatakan lengkap oleh {around.declared_by or SYSTEM}, {moment_id(around.declared_at, region.zone)}."
    return Provisional("Lengkap", who, url)


def declaration_url(region: Region, month: date) -> str:
    """Return the address at which a kabupaten declares a month."""
    return reverse("reports:month-declaration", args=[region.code, f"{month:%Y-%m}"])


def declaration_page(region: Region, month: Month, user: User) -> dict[str, Any]:
    """Return all that the page of a month's declaration shows but its form; raises :class:`NotFound` elsewhere."""
    if region.kabupaten is None or region.kecamatan is not None:
        raise NotFound("Hanya kabupaten/kota yang menyatakan bulannya lengkap.")
    rows = MonthDeclaration.objects.filter(kabupaten=region.kabupaten, month=month.chosen)
    said = list(rows.select_related("declared_by", "withdrawn_by").order_by("-declared_at", "-pk"))
    holds = bool(said) and said[0].withdrawn_at is None
    return {
        "region": region,
        "month": month,
        "crumbs": [*crumbs(region, user.scope, month, is_last=False), Crumb(f"Kelengkapan {month.label}", "")],
        "said": [_said(row, region.zone) for row in said],
        "holds": holds,
        "holding": said[0].pk if holds else None,
        "may_declare": may_declare_month(user, region.kabupaten),
        "is_over": not month.is_current,
        "back_url": f"{reverse('reports:region-detail', args=[region.code])}?bulan={month.value}",
    }


def _said(row: MonthDeclaration, zone: str) -> Said:
    what = f"Dinyatakan lengkap oleh {row.declared_by or SYSTEM}, {moment_id(row.declared_at, zone)}"
    if row.withdrawn_at is None:
        return Said(what, "")
    return Said(what, f"Dicabut oleh {row.withdrawn_by or SYSTEM}, {moment_id(row.withdrawn_at, zone)}: {row.reason}")
