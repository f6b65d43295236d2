"""Signing in and out, one's own password, and the profiles of regions."""

from django.urls import path

from accounts.views import offices, signin

app_name = "accounts"
urlpatterns = [
    path("login/", signin.sign_in, name="login"),
    path("logout/", signin.sign_out, name="logout"),
    path("logout/done/", signin.signed_out, name="signed-out"),
    path("password/", signin.password_change, name="password-change"),
    path("password/done/", signin.password_changed, name="password-changed"),
    path("profile/<str:code>/", offices.profile, name="profile"),
    path("profile/<str:code>/history/", offices.history, name="profile-history"),
    path("profile/<str:code>/edit/", offices.edit, name="profile-edit"),
    path("profile/<str:code>/hours/", offices.hours, name="profile-hours"),
    path("profile/<str:code>/supply/", offices.supply, name="profile-supply"),
    path("profile/<str:code>/logo/", offices.logo, name="logo"),
    path("profile/<str:code>/logo/remove/", offices.logo_remove, name="logo-remove"),
    path("profile/<str:code>/logo/<uuid:key>.png", offices.logo_image, name="logo-image"),
    path("profile/<str:code>/contacts/add/", offices.contact_add, name="contact-add"),
    path("profile/<str:code>/contacts/<int:key>/", offices.contact_edit, name="contact-edit"),
    path("profile/<str:code>/contacts/<int:key>/remove/", offices.contact_remove, name="contact-remove"),
    path("profile/<str:code>/signatories/add/", offices.signatory_add, name="signatory-add"),
    path("profile/<str:code>/signatories/<int:key>/", offices.signatory_edit, name="signatory-edit"),
    path("profile/<str:code>/signatories/<int:key>/void/", offices.signatory_void, name="signatory-void"),
]
