"""Tickets, outages, devices, sets, daily counts: the lists, the reports, each one's page and what may be done there."""

from django.urls import path

from repairs.views import arrangements, counts, device_forms, devices, handover, outages, reports, sets, tickets

app_name = "repairs"
urlpatterns = [
    path("devices/", devices.index, name="device-list"),
    path("devices/export/", devices.export, name="device-export"),
    path("devices/new/", device_forms.register, name="device-register"),
    path("devices/inventory/<str:code>/", sets.inventory, name="inventory"),
    path("devices/sets/new/", sets.register, name="set-register"),
    path("devices/sets/<int:pk>/", sets.detail, name="set-detail"),
    path("devices/sets/<int:pk>/<slug:name>/", sets.step, name="set-step"),
    path("devices/<int:pk>/", devices.detail, name="device-detail"),
    path("devices/<int:pk>/edit/", device_forms.edit, name="device-edit"),
    path("devices/<int:pk>/place/", device_forms.place, name="device-place"),
    path("devices/<int:pk>/replace/", device_forms.replace, name="device-replace"),
    path("devices/<int:pk>/<slug:name>/", devices.step, name="device-step"),
    path("repairs/", tickets.ticket_list, name="ticket-list"),
    path("repairs/report/", reports.report, name="report"),
    path("repairs/report/incoming/", reports.log_message, name="log-message"),
    path("repairs/report/incoming/<str:code>/", reports.log_report, name="log-report"),
    path("repairs/handover/<int:pk>/", handover.handover, name="handover"),
    path("repairs/<str:number>/", tickets.ticket_detail, name="ticket-detail"),
    path("repairs/<str:number>/<slug:name>/", tickets.ticket_move, name="ticket-move"),
    path("outages/", outages.outage_list, name="outage-list"),
    path("outages/report/", outages.outage_report, name="outage-report"),
    path("outages/<int:pk>/", outages.outage_detail, name="outage-detail"),
    path("outages/<int:pk>/confirm/", outages.outage_confirm, name="outage-confirm"),
    path("outages/<int:pk>/restored/", outages.outage_restored, name="outage-restored"),
    path("outages/<int:pk>/end/", outages.outage_end, name="outage-end"),
    path("outages/<int:pk>/cause/", outages.outage_cause, name="outage-cause"),
    path("outages/<int:pk>/correct/", outages.outage_correct, name="outage-correct"),
    path("outages/<int:pk>/void/", outages.outage_void, name="outage-void"),
    path("recordings/", counts.recording_month, name="recording-month"),
    path("recordings/<str:code>/normal/", counts.say_normal, name="say-normal"),
    path("recordings/<str:code>/<str:day>/", counts.recording_day, name="recording-day"),
    path("arrangements/", arrangements.arrangement_list, name="arrangement-list"),
    path("arrangements/new/", arrangements.arrangement_start, name="arrangement-start"),
    path("arrangements/<int:pk>/", arrangements.arrangement_detail, name="arrangement-detail"),
    path("arrangements/<int:pk>/end/", arrangements.arrangement_end, name="arrangement-end"),
    path("arrangements/<int:pk>/correct/", arrangements.arrangement_correct, name="arrangement-correct"),
    path("arrangements/<int:pk>/void/", arrangements.arrangement_void, name="arrangement-void"),
]
