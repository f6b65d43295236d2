"""Signing in and out, and one's own password."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("logout/done/", views.signed_out, name="signed-out"),
    path("password/", views.password_change, name="password-change"),
    path("password/done/", views.password_changed, name="password-changed"),
]
