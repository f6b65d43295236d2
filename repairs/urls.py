"""Tickets: the list, the report of a fault, a ticket's page and what may be done there."""

from django.urls import path

from repairs import views

app_name = "repairs"
urlpatterns = [
    path("repairs/", views.ticket_list, name="ticket-list"),
    path("repairs/report/", views.report, name="report"),
    path("repairs/<str:number>/", views.ticket_detail, name="ticket-detail"),
    path("repairs/<str:number>/comment/", views.ticket_comment, name="ticket-comment"),
    path("repairs/<str:number>/void/", views.ticket_void, name="ticket-void"),
    path("repairs/<str:number>/<slug:name>/", views.ticket_step, name="ticket-step"),
]
