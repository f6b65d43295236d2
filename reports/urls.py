"""Where people begin, the dashboards, and what the API says of them."""

from django.urls import path

from reports import api, views
from reports.public import views as public

app_name = "reports"
urlpatterns = [
    # First: asked most often, and the way there is looked for in order.
    path("status/", public.index, name="public-index"),
    path("status/<str:code>.json", public.status_json, name="public-status-json"),
    path("status/<str:code>/", public.status, name="public-status"),
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("reports/<str:code>/", views.region_detail, name="region-detail"),
    path("reports/<str:code>/kecamatan/", views.kecamatan_list, name="kecamatan-list"),
    path("reports/<str:code>/map/", views.region_map, name="region-map"),
    path("reports/<str:code>/priorities/", views.priorities, name="priorities"),
    path("reports/<str:code>/reliability/", views.region_reliability, name="region-reliability"),
    path("reports/<str:code>/months/<str:month>/", views.month_declaration, name="month-declaration"),
    path("kecamatan/<str:code>/", views.kecamatan_detail, name="kecamatan-detail"),
    path("api/v1/reports/<str:code>/", api.region_report, name="api-region-report"),
]
