"""Signing in and out, and one's own password."""

from django.urls import path

from accounts.views import signin

app_name = "accounts"
urlpatterns = [
    path("login/", signin.sign_in, name="login"),
    path("logout/", signin.sign_out, name="logout"),
    path("logout/done/", signin.signed_out, name="signed-out"),
    path("password/", signin.password_change, name="password-change"),
    path("password/done/", signin.password_changed, name="password-changed"),
]
