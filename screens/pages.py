"""The pages of the product, each as somebody reaches it: the one list behind screenshots and browser tests.

To add a page, add a line: a name for the picture, the address, who looks (a user of ``reports/sample_users.py``; nobody
is signed in without one), and the steps from there, such as following a link or sending a form. Steps may write: the
database is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Page

from accounts.models import Role
from reports.sample_users import DemoUser

Step = Callable[[Page], object]

OPERATOR, STAFF, TECHNICIAN = "operator.limboto", "staf.gorontalo", "teknisi.gorontalo"
OFFICIAL, ADMIN, NATION_ADMIN, NATION_OFFICIAL = "pejabat.gorontalo", "admin.gorontalo", "admin.pusat", "pejabat.pusat"
PROVINCE_STAFF = "staf.provinsi"
KRESEK, OF_SEVERAL = "operator.kresek", "operator.dua"
"""The second reports for a host, and for a kecamatan without sets; ``screens/additions.py`` adds this person."""
NOBODY_YET = "tanpa.tugas"
"""Somebody without an assignment, whom ``screens/additions.py`` adds to the sample."""


class Screen(NamedTuple):
    """A page: how to get there, the status with which it answers, and the name of its URL where steps lead on.

    ``ends`` is the status of what the last step leads to, where that is a refusal with a page of its own.
    """

    name: str
    path: str
    user: str = ""
    steps: tuple[Step, ...] = ()
    status: int = 200
    shows: str = ""
    ends: int = 200


def follow(selector: str) -> Step:
    """Return the step that follows the first link in sight that a CSS selector finds."""
    return lambda page: page.locator(selector).locator("visible=true").first.click()


def press(name: str) -> Step:
    """Return the step that presses the first button of this name."""
    return lambda page: page.get_by_role("button", name=name).first.click()


def unfold(summary: str) -> Step:
    """Return the step that opens what is folded under a summary."""
    return lambda page: page.locator("summary", has_text=summary).first.click()


def fill(label: str, text: str) -> Step:
    """Return the step that types into the field of this label."""
    return lambda page: page.get_by_label(label).first.fill(text)


def tick(selector: str) -> Step:
    """Return the step that ticks all boxes that a CSS selector finds."""
    return lambda page: [box.check() for box in page.locator(selector).all()]


def choose(label: str, index: int) -> Step:
    """Return the step that picks from the list of this label, by its place there."""
    return lambda page: page.get_by_label(label).first.select_option(index=index)


def pick_first(page: Page) -> None:
    """Open the report of the first component that has no ticket, as its tile elsewhere or its label does."""
    value = page.locator("input[name=component]").first.get_attribute("value")
    page.goto(f"{page.url}&komponen={value}")


def sign_in_again(page: Page) -> None:
    """Sign the staff in on the page that a lost session leads to."""
    page.get_by_label("Nomor HP atau nama pengguna").fill(STAFF)
    page.get_by_label("Kata sandi").fill(DemoUser(STAFF, "", Role.STAFF, "").password)
    page.get_by_role("button", name="Masuk").click()


def uncheck(label: str) -> Step:
    """Return the step that takes the tick from the box of this label."""
    return lambda page: page.get_by_label(label).first.uncheck()


FIRST_ROW = follow("main tbody th a")

SCREENS = (
    # Signing in, and one's own account.
    Screen("login", "/login/"),
    Screen("login-errors", "/login/", "", (press("Masuk"),)),
    Screen("confirm", "/login/confirm/?next=/users/new/", ADMIN),
    Screen("confirm-errors", "/login/confirm/", ADMIN, (press("Lanjutkan"),)),
    Screen("signed-out", "/logout/done/"),
    Screen("password", "/password/", OPERATOR),
    Screen("password-errors", "/password/", OPERATOR, (press("Ganti kata sandi"),)),
    Screen("password-changed", "/password/done/", OPERATOR),
    Screen("no-assignment", "/", NOBODY_YET),
    Screen("menu", "/repairs/", NATION_ADMIN, (unfold("Menu"),)),
    # What goes wrong.
    Screen("not-found", "/tidak/ada/", STAFF, status=404),
    Screen("not-found-signed-out", "/tidak/ada/", status=404),
    Screen("outside-scope", "/reports/36.03/", OPERATOR, status=404),
    Screen("forbidden", "/repairs/report/", OFFICIAL, status=403),
    # Where technicians and staff begin.
    Screen("desk", "/", STAFF),
    Screen("desk-technician", "/", TECHNICIAN),
    Screen("desk-province", "/", PROVINCE_STAFF),
    # Dashboards.
    Screen("nation", "/reports/ID/", NATION_OFFICIAL),
    Screen("province", "/reports/75/", NATION_OFFICIAL),
    Screen("kabupaten", "/reports/75.01/", OFFICIAL),
    Screen("kabupaten-sorted", "/reports/75.01/?urut=-nama", OFFICIAL, (unfold("Arti angka"),)),
    Screen("kabupaten-past", "/reports/36.03/?bulan=2012-04", NATION_OFFICIAL),
    Screen("reliability-nation", "/reports/ID/reliability/", NATION_OFFICIAL),
    Screen("reliability", "/reports/75.01/reliability/", OFFICIAL, (unfold("Arti angka"),)),
    Screen("reliability-kecamatan", "/reports/75.01.01/reliability/", OPERATOR),
    Screen("reliability-empty", "/reports/75.01/reliability/?bulan=2014-05", OFFICIAL),
    Screen("kabupaten-why", "/reports/75.01/", OFFICIAL, (unfold("Cara menghitung"),)),
    Screen("kabupaten-empty", "/reports/75.01/?bulan=2014-05", OFFICIAL),
    Screen("priorities", "/reports/75.01/priorities/", OFFICIAL),
    Screen("priorities-province", "/reports/75/priorities/", NATION_OFFICIAL),
    Screen("province-on-day", "/reports/75/?per=2026-10-15", NATION_OFFICIAL),
    Screen("kabupaten-on-day", "/reports/36.03/?per=2012-04-15", NATION_OFFICIAL),
    Screen("kecamatan-on-day", "/kecamatan/36.03.30/?per=2012-04-15", NATION_OFFICIAL),
    Screen("month-declaration", "/reports/75.01/months/2026-10/", STAFF),
    Screen("kecamatan-list", "/reports/75/kecamatan/?keadaan=down&urut=lama", NATION_OFFICIAL),
    Screen("kecamatan-list-province", "/reports/75/kecamatan/", NATION_OFFICIAL),
    Screen("map-nation", "/reports/ID/map/", NATION_OFFICIAL),
    Screen("map-province", "/reports/75/map/", NATION_OFFICIAL),
    Screen("map-kabupaten", "/reports/75.01/map/", OFFICIAL),
    Screen("map-target", "/reports/75.01/map/?warna=target", OFFICIAL),
    Screen("map-empty", "/reports/75.01/map/?bulan=2014-05", OFFICIAL),
    Screen("home", "/", OPERATOR),
    Screen("home-kresek", "/", KRESEK),
    Screen("home-choice", "/", OF_SEVERAL),
    Screen("home-without-sets", "/?kecamatan=11.01.01", OF_SEVERAL),
    Screen("kecamatan", "/kecamatan/75.01.01/", OPERATOR),
    Screen("kecamatan-past", "/kecamatan/36.03.30/?bulan=2012-04", NATION_OFFICIAL),
    Screen("kecamatan-empty", "/kecamatan/75.01.01/?bulan=2014-05", OPERATOR),
    Screen("dinas", "/kecamatan/75.01.00/", STAFF),
    # Monthly reports that are kept.
    Screen("documents", "/reports/75.01/documents/", STAFF),
    Screen("documents-errors", "/reports/75.01/documents/", STAFF, (uncheck("PDF"), press("Buat laporan"))),
    Screen("documents-none", "/reports/ID/documents/", NATION_OFFICIAL),
    Screen("document", "/reports/75.01/documents/1/", STAFF, shows="documents:detail"),
    Screen("document-signed", "/reports/75.01/documents/2/", OFFICIAL),
    Screen("document-withdraw", "/reports/75.01/documents/2/", STAFF, (unfold("Cabut tanda tangan"),)),
    Screen(
        "document-waiting",
        "/reports/75/documents/",
        NATION_OFFICIAL,
        (press("Buat laporan"),),
        shows="documents:detail",
    ),
    Screen("subscription", "/reports/75.01/documents/subscription/", STAFF),
    # Search.
    Screen("search", "/search/?q=limboto", NATION_OFFICIAL),
    Screen("search-nothing", "/search/?q=entah", STAFF),
    Screen("search-start", "/search/", STAFF),
    # Tickets.
    Screen("tickets", "/repairs/", STAFF),
    Screen("tickets-ticked", "/repairs/", STAFF, (tick(".pickbox"),)),
    Screen("ticket-bulk", "/repairs/", STAFF, (tick(".pickbox"), press("Tugaskan")), shows="repairs:ticket-bulk"),
    Screen(
        "ticket-bulk-confirm",
        "/repairs/",
        STAFF,
        (tick(".pickbox"), press("Tugaskan"), choose("Dipegang oleh", 1), press("Lanjut")),
        shows="repairs:ticket-bulk",
    ),
    Screen(
        "ticket-bulk-triage", "/repairs/", STAFF, (tick(".pickbox"), press("Verifikasi")), shows="repairs:ticket-bulk"
    ),
    Screen("tickets-more", "/repairs/?keadaan=menunggu&jalur=vendor&lewat=on", STAFF),
    Screen("tickets-filtered", "/repairs/?kata=tidak-ada-yang-begini", STAFF),
    Screen(
        "ticket-withdraw",
        "/repairs/?kata=ternyata",
        OPERATOR,
        (FIRST_ROW, unfold("Tarik laporan")),
        shows="repairs:ticket-detail",
    ),
    Screen("ticket-staff", "/repairs/", STAFF, (FIRST_ROW,), shows="repairs:ticket-detail"),
    Screen(
        "ticket-operator", "/kecamatan/75.01.01/", OPERATOR, (follow("#l-alat .list a"),), shows="repairs:ticket-detail"
    ),
    Screen("report-fault", "/repairs/report/?kecamatan=75.01.01", OPERATOR),
    Screen(
        "report-fault-picked",
        "/repairs/report/?kecamatan=75.01.01",
        OPERATOR,
        (pick_first, lambda page: page.locator(".seen label:visible").first.click()),
    ),
    Screen(
        "report-sent",
        "/repairs/report/?kecamatan=75.01.01",
        OPERATOR,
        (pick_first, lambda page: page.locator(".seen label:visible").first.click(), press("Kirim laporan")),
        shows="repairs:ticket-sent",
    ),
    Screen("report-fault-errors", "/repairs/report/?kecamatan=75.01.01", OPERATOR, (press("Kirim laporan"),)),
    Screen(
        "resume",
        "/repairs/report/incoming/75.01.01/",
        STAFF,
        (
            lambda page: page.locator(".choices.tall input").first.check(),
            fill("Keterangan", "Bau hangus sejak pagi"),
            lambda page: page.context.clear_cookies(name="sessionid"),
            press("Simpan laporan"),
            sign_in_again,
        ),
        shows="accounts:resume",
    ),
    Screen("outbox", "/outbox/", OPERATOR),
    Screen("no-signal", "/no-signal/"),
    Screen("report-fault-place", "/repairs/report/", STAFF),
    Screen("log-message", "/repairs/report/incoming/", STAFF),
    Screen("log-report", "/repairs/report/incoming/75.01.01/", STAFF),
    Screen("log-outage", "/repairs/report/incoming/75.01.01/outage/", STAFF),
    # Outages.
    Screen("outages", "/outages/", STAFF),
    Screen("outage", "/outages/", STAFF, (FIRST_ROW,), shows="repairs:outage-detail"),
    Screen(
        "outage-correct",
        "/outages/",
        STAFF,
        (FIRST_ROW, follow("a[href$='/correct/']")),
        shows="repairs:outage-correct",
    ),
    Screen("outage-report", "/outages/report/", STAFF),
    # Counts.
    Screen("recordings", "/recordings/", OPERATOR),
    Screen("recordings-host", "/recordings/?kecamatan=75.01.17", OF_SEVERAL),
    Screen("guests", "/recordings/75.01.17/guests/", OF_SEVERAL),
    Screen("recordings-staff", "/recordings/", STAFF),
    Screen(
        "recording-day",
        "/recordings/",
        OPERATOR,
        (follow("main a[href^='/recordings/75.01.01/']"),),
        shows="repairs:recording-day",
    ),
    Screen(
        "recording-void",
        "/recordings/",
        OPERATOR,
        (follow("main a[href^='/recordings/75.01.01/']"), unfold("Batalkan hitungan ini")),
        shows="repairs:recording-day",
    ),
    Screen("targets", "/targets/", NATION_ADMIN),
    Screen("targets-kabupaten", "/targets/75.01/", STAFF, shows="repairs:target-region"),
    Screen("targets-kecamatan", "/targets/75.01.01/", OPERATOR),
    Screen("target-new", "/targets/75.01/new/", STAFF),
    Screen(
        "target-preview",
        "/targets/75.01/new/",
        STAFF,
        (fill("Berapa persen?", "12,5"), press("Lihat artinya")),
    ),
    Screen("target-errors", "/targets/75.01/new/", STAFF, (follow("main button.go"),)),
    Screen(
        "target-edit",
        "/targets/75.01/",
        STAFF,
        (follow("main th a"), unfold("Batalkan aturan ini")),
        shows="repairs:target-edit",
    ),
    Screen("losses", "/recordings/lost/", STAFF),
    Screen("loss-record", "/recordings/lost/new/?kecamatan=75.01.01", STAFF),
    Screen("loss", "/recordings/lost/", STAFF, (FIRST_ROW,), shows="repairs:loss-detail"),
    # Devices.
    Screen("devices", "/devices/", STAFF),
    Screen("device", "/devices/", STAFF, (FIRST_ROW,), shows="repairs:device-detail"),
    Screen(
        "set", "/devices/", STAFF, (FIRST_ROW, follow("main a[href*='/devices/sets/']")), shows="repairs:set-detail"
    ),
    Screen("label-sheets", "/devices/labels/?kecamatan=75.01.01", STAFF),
    Screen("label-sheets-errors", "/devices/labels/?kecamatan=75.01.01", STAFF, (fill("Mulai", "40"), press("Unduh"))),
    Screen("label-stranger", "/d/AAAAAAAAAAAAAAAAAAAAAA/"),
    Screen("device-register", "/devices/new/", STAFF),
    Screen("device-register-errors", "/devices/new/?kecamatan=75.01.01", STAFF, (follow("main button.go"),)),
    Screen(
        "device-edit", "/devices/", STAFF, (FIRST_ROW, follow("main a[href$='/edit/']")), shows="repairs:device-edit"
    ),
    Screen(
        "device-place", "/devices/", STAFF, (FIRST_ROW, follow("main a[href$='/place/']")), shows="repairs:device-place"
    ),
    Screen(
        "device-replace",
        "/devices/",
        STAFF,
        (FIRST_ROW, follow("main a[href$='/replace/']")),
        shows="repairs:device-replace",
    ),
    Screen(
        "device-placement",
        "/devices/",
        STAFF,
        (FIRST_ROW, follow("main a[href*='/placements/']")),
        shows="repairs:device-placement",
    ),
    Screen("set-register", "/devices/sets/new/", STAFF),
    Screen("inventory", "/devices/inventory/75.01/", STAFF),
    # The profile of a region.
    Screen("profile", "/profile/75.01/", STAFF),
    Screen("profile-kecamatan", "/profile/75.01.01/", OPERATOR),
    Screen("profile-history", "/profile/75.01/history/", STAFF),
    Screen("profile-edit", "/profile/75.01/edit/", STAFF),
    Screen("profile-hours", "/profile/75.01/hours/", STAFF),
    Screen("profile-publicity", "/profile/75.01/publicity/", ADMIN),
    Screen("profile-supply", "/profile/75.01.01/supply/", OPERATOR),
    Screen("profile-logo", "/profile/75.01/logo/", STAFF),
    Screen("contact-add", "/profile/75.01/contacts/add/", STAFF),
    Screen(
        "contact-edit",
        "/profile/75.01/",
        STAFF,
        (follow("a[href*='/contacts/']:not([href$='/add/'])"),),
        shows="accounts:contact-edit",
    ),
    Screen("signatory-add", "/profile/75.01/signatories/add/", STAFF),
    Screen(
        "signatory-edit",
        "/profile/75.01/",
        STAFF,
        (follow("a[href*='/signatories/']:not([href$='/add/'])"),),
        shows="accounts:signatory-edit",
    ),
    # People.
    Screen("account", "/account/", OPERATOR),
    Screen("users", "/users/", ADMIN),
    Screen("user", "/users/", ADMIN, (FIRST_ROW,), shows="accounts:user-detail"),
    Screen("user-edit", "/users/", ADMIN, (FIRST_ROW, follow("main a[href$='/edit/']")), shows="accounts:user-edit"),
    Screen(
        "user-assign", "/users/", ADMIN, (FIRST_ROW, follow("main a[href$='/assign/']")), shows="accounts:user-assign"
    ),
    Screen(
        "user-deputy", "/users/", ADMIN, (FIRST_ROW, follow("main a[href$='/deputy/']")), shows="accounts:user-deputy"
    ),
    Screen("user-link", "/users/", ADMIN, (FIRST_ROW, follow("main a[href$='/link/']")), shows="accounts:user-link"),
    Screen(
        "assignment-end",
        "/users/",
        ADMIN,
        (FIRST_ROW, follow("main a[href*='/assignments/']")),
        shows="accounts:assignment-end",
    ),
    Screen("user-create", "/users/new/", ADMIN),
    Screen("user-create-errors", "/users/new/", ADMIN, (follow("main button.go"),)),
    Screen("user-import", "/users/import/", ADMIN),
    Screen("user-links", "/users/links/", ADMIN),
    Screen(
        "handover",
        "/users/?peran=technician",
        ADMIN,
        (FIRST_ROW, follow("main a[href*='/handover/']")),
        shows="repairs:handover",
    ),
    # Arrangements.
    Screen("arrangements", "/arrangements/", STAFF),
    Screen("arrangement", "/arrangements/", STAFF, (FIRST_ROW,), shows="repairs:arrangement-detail"),
    Screen(
        "arrangement-correct",
        "/arrangements/",
        STAFF,
        (FIRST_ROW, follow("a[href$='/correct/']")),
        shows="repairs:arrangement-correct",
    ),
    Screen("arrangement-start", "/arrangements/new/", STAFF),
    # What citizens read.
    Screen("public", "/status/"),
    Screen("public-search", "/status/?q=limboto"),
    Screen("public-search-nothing", "/status/?q=entah"),
    Screen("public-province", "/status/75/"),
    Screen("public-kabupaten", "/status/75.01/"),
    Screen("public-place", "/status/75.01.01/"),
    Screen("public-stopped", "/status/75.01.02/"),
    Screen("public-no-report", "/status/36.03.30/"),
    Screen("public-closed", "/status/75.02/"),
    Screen("public-missing", "/status/99.99.99/", status=404),
    # The components.
    Screen("style", "/style/"),
)
