"""The pages that few people meet: what a link opens, what two people did at once, what a file holds.

Apart from ``screens/pages.py`` only because that file is long; ``EVERY`` holds both.
"""

from __future__ import annotations

import re

from playwright.sync_api import Page

from screens.pages import (
    ADMIN,
    FIRST_ROW,
    NATION_ADMIN,
    OPERATOR,
    SCREENS,
    STAFF,
    Screen,
    Step,
    fill,
    follow,
    press,
    unfold,
)

HEAD = "nama,nomor_hp,peran,kode\n"
GOOD = f"{HEAD}Ani Contoh,081280001204,Operator kecamatan,75.01.01\nBudi Contoh,081280001205,Teknisi,75.01\n"
FAULTY = f"{HEAD}Ani Contoh,12,Operator kecamatan,75.01.01\n,081280001205,Juru masak,99.99\n"


def meanwhile(*steps: Step) -> Step:
    """Return the step that does something to the same page in another tab, as somebody else would."""

    def do(page: Page) -> None:
        other = page.context.new_page()
        other.goto(page.url)
        for step in steps:
            step(other)
            other.wait_for_load_state()
        other.close()

    return do


def pick_file(text: str) -> Step:
    """Return the step that picks a CSV file with this text."""
    file = {"name": "orang.csv", "mimeType": "text/csv", "buffer": text.encode()}
    return lambda page: page.locator("input[type=file]").first.set_input_files([file])  # type: ignore[list-item]


def open_link(page: Page) -> None:
    """Open the sign-in link that the message for WhatsApp holds."""
    found = re.search(r"/login/link/\S+", page.locator("textarea").first.input_value())
    assert found, "The message holds no link."
    page.goto(found[0])


def lose_token(page: Page) -> None:
    """Let the browser forget the token of its forms, as after a year."""
    page.context.clear_cookies(name="csrftoken")


def correct(amount: str) -> tuple[Step, ...]:
    """Return the steps that correct the count of a day."""
    said = (fill("Rekam (orang)", amount), fill("Alasan", "Salah ketik"))
    return (unfold("Koreksi angka ini"), *said, press("Simpan koreksi"))


def mend_outage(reason: str) -> tuple[Step, ...]:
    """Return the steps that correct an outage."""
    return (fill("Keterangan", reason), fill("Alasan", reason), press("Simpan pembetulan"))


def mend_target(percent: str) -> tuple[Step, ...]:
    """Return the steps that change a target."""
    return (fill("Berapa persen?", percent), fill("Alasan", "Salah ketik"), press("Simpan"))


def mend_address(text: str) -> tuple[Step, ...]:
    """Return the steps that change the address of an office."""
    return (fill("Alamat", text), press("Simpan"))


RARE = (
    Screen(
        "sign-in-link",
        "/users/",
        ADMIN,
        (FIRST_ROW, follow("main a[href$='/link/']"), press("Buat tautan"), open_link),
        shows="accounts:sign-in-link",
    ),
    Screen("sign-in-link-refused", "/login/link/1-abc/", status=404),
    Screen("forgotten-token", "/password/", OPERATOR, (lose_token, press("Ganti kata sandi")), ends=403),
    Screen("user-import-errors", "/users/import/", ADMIN, (pick_file(FAULTY), press("Periksa berkas"))),
    Screen("user-import-preview", "/users/import/", ADMIN, (pick_file(GOOD), press("Periksa berkas"))),
    Screen("loss-place", "/recordings/lost/new/", STAFF),
    Screen(
        "ticket-conflict",
        "/repairs/?keadaan=reported",
        STAFF,
        (FIRST_ROW, meanwhile(press("Verifikasi")), press("Verifikasi")),
        ends=409,
        shows="repairs:ticket-move",
    ),
    Screen(
        "outage-conflict",
        "/outages/",
        STAFF,
        (FIRST_ROW, follow("a[href$='/correct/']"), meanwhile(*mend_outage("Gardu")), *mend_outage("Kabel")),
        ends=409,
        shows="repairs:outage-correct",
    ),
    Screen(
        "count-conflict",
        "/recordings/",
        OPERATOR,
        (follow("main a[href^='/recordings/75.01.01/']"), meanwhile(*correct("31")), *correct("32")),
        ends=409,
        shows="repairs:recording-day",
    ),
    Screen(
        "target-conflict",
        "/targets/75.01/",
        STAFF,
        (follow("main th a"), meanwhile(*mend_target("11")), *mend_target("12")),
        ends=409,
        shows="repairs:target-edit",
    ),
    Screen(
        "office-conflict",
        "/profile/75.01/edit/",
        STAFF,
        (meanwhile(*mend_address("Jalan Baru 1")), *mend_address("Jalan Lama 2")),
        ends=409,
    ),
    Screen("kind-requirement", "/admin/devices/kindrequirement/add/", NATION_ADMIN),
    Screen("admin", "/admin/", NATION_ADMIN),
)

EVERY = (*SCREENS, *RARE)
