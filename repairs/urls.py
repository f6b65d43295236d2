"""Tickets: the list, the report of a fault, a ticket's page and what may be done there."""

from django.urls import path

from repairs.views import reports, tickets

app_name = "repairs"
urlpatterns = [
    path("repairs/", tickets.ticket_list, name="ticket-list"),
    path("repairs/report/", reports.report, name="report"),
    path("repairs/report/incoming/", reports.log_message, name="log-message"),
    path("repairs/report/incoming/<str:code>/", reports.log_report, name="log-report"),
    path("repairs/<str:number>/", tickets.ticket_detail, name="ticket-detail"),
    path("repairs/<str:number>/comment/", tickets.ticket_comment, name="ticket-comment"),
    path("repairs/<str:number>/void/", tickets.ticket_void, name="ticket-void"),
    path("repairs/<str:number>/<slug:name>/", tickets.ticket_step, name="ticket-step"),
]
