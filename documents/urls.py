"""The monthly reports of a region that are kept."""

from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("reports/<str:code>/documents/", views.document_list, name="list"),
    path("reports/<str:code>/documents/subscription/", views.subscription, name="subscription"),
    path("reports/<str:code>/documents/subscription/end/", views.subscription_end, name="subscription-end"),
    path("reports/<str:code>/documents/<int:pk>/", views.document_detail, name="detail"),
    path("reports/<str:code>/documents/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("reports/<str:code>/documents/<int:pk>/retry/", views.retry, name="retry"),
    path("reports/<str:code>/documents/<int:pk>/sign/", views.sign, name="sign"),
    path("reports/<str:code>/documents/<int:pk>/sign/withdraw/", views.signature_withdraw, name="signature-withdraw"),
    path("reports/<str:code>/documents/<int:pk>/files/<str:format>/", views.download, name="download"),
]
