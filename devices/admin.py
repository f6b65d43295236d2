"""Reference data in the admin site: what people set, and what commands keep."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.admin import ReadOnlyAdmin, ReferenceAdmin, reference_site
from devices.forms import DayOffForm, OfficeHoursForm, RequirementForm
from devices.models import DeviceKind, DeviceSymptom, KindRequirement
from devices.register import set_kind_required
from kecamatan.duty import days_of, nation_marks_preview, remove_reference_day, save_day_off, save_office_hours
from kecamatan.models import DayOff, Kabupaten, Kecamatan, OfficeHours, Province
from lib.errors import Refused
from lib.format import month_id, number_id
from lib.months import add_months


class CalendarAdmin(ReferenceAdmin):
    """Rows of the office calendar: saved and removed by the domain functions, one at a time."""

    actions = None

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save = save_office_hours if isinstance(obj, OfficeHours) else save_day_off
        save(obj, by=request.user)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        remove_reference_day(obj, by=request.user)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is not None and request.method != "POST":
            rows = number_id(nation_marks_preview([days_of(row)]))
            messages.warning(request, f"Penghapusan ini menghitung ulang {rows} baris laporan.")
        return super().delete_view(request, object_id, extra_context)


@admin.register(OfficeHours, site=reference_site)
class OfficeHoursAdmin(CalendarAdmin):
    form = OfficeHoursForm
    list_display = ["first_day", "last_day", "weekday", "opens_at", "closes_at"]


@admin.register(DayOff, site=reference_site)
class DayOffAdmin(CalendarAdmin):
    form = DayOffForm
    list_display = ["day", "name"]


@admin.register(DeviceKind, site=reference_site)
class DeviceKindAdmin(ReferenceAdmin):
    """Names and order may change; the codes are what import files and reports say."""

    list_display = ["name", "code", "rank"]
    readonly_fields = ["code"]
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_add_permission


@admin.register(DeviceSymptom, site=reference_site)
class DeviceSymptomAdmin(ReferenceAdmin):
    """What a report offers for a kind; a code stays as it was given, since tickets refer to it."""

    list_display = ["name", "code", "rank"]
    filter_horizontal = ["kinds"]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(KindRequirement, site=reference_site)
class KindRequirementAdmin(ReadOnlyAdmin):
    """The spans as they are; a new rule goes through ``set_kind_required``, which ends the one before."""

    list_display = ["kind", "first_month", "last_month"]
    fields = ["kind", "first_month", "last_month"]

    @admin.display(description="Wajib sejak", ordering="from_month")
    def first_month(self, row: KindRequirement) -> str:
        return month_id(row.from_month)

    @admin.display(description="Sampai dengan", ordering="until_month")
    def last_month(self, row: KindRequirement) -> str:
        return month_id(add_months(row.until_month, -1)) if row.until_month else "sekarang"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return ReferenceAdmin.has_view_permission(self, request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        form = RequirementForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and _change_requirement(request, form):
            return redirect("admin:devices_kindrequirement_changelist")
        return render(request, "devices/kindrequirement_form.html", {"form": form})


def _change_requirement(request: HttpRequest, form: RequirementForm) -> bool:
    said = form.cleaned_data
    try:
        rows = set_kind_required(
            said["kind"], required=said["required"], from_month=said["from_month"], by=request.user
        )
    except Refused as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return False
    messages.success(request, f"Aturan disimpan; {number_id(rows)} baris laporan dihitung ulang.")
    return True


class RegionAdmin(ReadOnlyAdmin):
    """Regions, which ``manage.py sync_regions`` keeps."""

    list_display = ["code", "name", "closed_on"]
    search_fields = ["code", "name"]
    show_full_result_count = False


reference_site.register([Province, Kabupaten, Kecamatan], RegionAdmin)
