"""The admin site: reference data of the nation only, for the admins of the nation."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import logout as end_session
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.permissions import may_manage_reference_data
from accounts.sessions import asks_password


class ReferenceSite(AdminSite):
    """Django's admin with our own sign-in, and our predicate in place of ``is_staff``."""

    site_title = "Siap Rekam"
    site_header = "Siap Rekam: data acuan"
    index_title = "Data acuan"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in whoever may manage the reference data."""
        return may_manage_reference_data(request.user)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Refuse whoever is signed in without the permission, instead of asking them to sign in again."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            answering = asks_password(inner) if request.user.is_authenticated else inner
            return answering(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to our own sign-in page."""
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """End the session as everywhere else."""
        if request.method == "POST":
            end_session(request)
        return redirect("accounts:signed-out")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to our own page."""
        return redirect("accounts:password-change")


class ReferenceAdmin(ModelAdmin):
    """A table of reference data: the predicate decides, for every action alike."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_manage_reference_data(request.user)

    has_change_permission = has_add_permission = has_delete_permission = has_view_permission

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_manage_reference_data(request.user)


class ReadOnlyAdmin(ReferenceAdmin):
    """A table that a command keeps, shown to look things up."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


reference_site = ReferenceSite(name="admin")
