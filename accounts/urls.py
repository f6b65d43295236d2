"""Signing in and out, one's own account, the people of an admin's regions, and the profiles of regions."""

from django.urls import path

from accounts.views import offices, outbox, people_files, signin, users

app_name = "accounts"
urlpatterns = [
    path("login/", signin.sign_in, name="login"),
    path("login/link/<str:token>/", signin.sign_in_by_link, name="sign-in-link"),
    path("login/resume/", signin.resume, name="resume"),
    path("logout/", signin.sign_out, name="logout"),
    path("logout/done/", signin.signed_out, name="signed-out"),
    path("outbox/", outbox.page, name="outbox"),
    path("outbox/session/", outbox.session, name="outbox-session"),
    path("password/", signin.password_change, name="password-change"),
    path("password/done/", signin.password_changed, name="password-changed"),
    path("profile/<str:code>/", offices.profile, name="profile"),
    path("profile/<str:code>/history/", offices.history, name="profile-history"),
    path("profile/<str:code>/edit/", offices.edit, name="profile-edit"),
    path("profile/<str:code>/hours/", offices.hours, name="profile-hours"),
    path("profile/<str:code>/supply/", offices.supply, name="profile-supply"),
    path("profile/<str:code>/publicity/", offices.publicity, name="profile-publicity"),
    path("profile/<str:code>/logo/", offices.logo, name="logo"),
    path("profile/<str:code>/logo/remove/", offices.logo_remove, name="logo-remove"),
    path("profile/<str:code>/logo/<uuid:key>.png", offices.logo_image, name="logo-image"),
    path("profile/<str:code>/contacts/add/", offices.contact_add, name="contact-add"),
    path("profile/<str:code>/contacts/<int:key>/", offices.contact_edit, name="contact-edit"),
    path("profile/<str:code>/contacts/<int:key>/remove/", offices.contact_remove, name="contact-remove"),
    path("profile/<str:code>/signatories/add/", offices.signatory_add, name="signatory-add"),
    path("profile/<str:code>/signatories/<int:key>/", offices.signatory_edit, name="signatory-edit"),
    path("profile/<str:code>/signatories/<int:key>/void/", offices.signatory_void, name="signatory-void"),
    path("account/", users.account, name="account"),
    path("users/", users.user_list, name="user-list"),
    path("users/new/", users.user_create, name="user-create"),
    path("users/import/", people_files.user_import, name="user-import"),
    path("users/import/save/", people_files.user_import_save, name="user-import-save"),
    path("users/import/template/", people_files.user_import_template, name="user-import-template"),
    path("users/links/", users.link_list, name="link-list"),
    path("users/<int:pk>/", users.user_detail, name="user-detail"),
    path("users/<int:pk>/edit/", users.user_edit, name="user-edit"),
    path("users/<int:pk>/assign/", users.user_assign, name="user-assign"),
    path("users/<int:pk>/deputy/", users.user_deputy, name="user-deputy"),
    path("users/<int:pk>/link/", users.user_link, name="user-link"),
    path("users/<int:pk>/disable/", users.user_disable, name="user-disable"),
    path("users/<int:pk>/enable/", users.user_enable, name="user-enable"),
    path("users/assignments/<int:pk>/end/", users.assignment_end, name="assignment-end"),
]
