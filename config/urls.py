"""The map of the program: every app's URLs under one root."""

from django.urls import include, path

from accounts.admin import reference_site
from config.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", reference_site.urls),
    path("", include("accounts.urls")),
    path("", include("repairs.urls")),
    path("", include("reports.urls")),
]
