"""The map of the program: every app's URLs under one root."""

from django.urls import include, path

from accounts.admin import reference_site
from config.health import healthz, readyz
from config.missing import missing
from config.phone import manifest, no_signal, worker
from config.robots import robots
from config.style import style

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("robots.txt", robots, name="robots"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("sw.js", worker, name="worker"),
    path("no-signal/", no_signal, name="no-signal"),
    path("admin/", reference_site.urls),
    path("", include("reports.urls")),
    path("", include("accounts.urls")),
    path("", include("repairs.urls")),
    path("", include("documents.urls")),
    path("style/", style, name="style"),
    # Last: whatever no line above knows.
    path("<path:address>", missing, name="missing"),
]
