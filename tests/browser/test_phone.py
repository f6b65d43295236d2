"""Every page and every state of it on the narrowest phone: axe, width, console, where operators tap; states also in the
dark.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from screens.pages import KRESEK, OF_SEVERAL, OPERATOR, Screen
from screens.rare import EVERY
from tests.browser.conftest import Visitors
from tests.browser.faults import IN_A_BROWSER, PHONE, axe_faults, faults, once_each, too_small

pytestmark = IN_A_BROWSER

ON_A_DESK = set(once_each())
OPERATORS = {OPERATOR, KRESEK, OF_SEVERAL}


@pytest.mark.parametrize("screen", EVERY, ids=lambda screen: screen.name)
def test_a_page_serves_on_a_phone(visitors: Visitors, screen: Screen) -> None:
    with visitors[PHONE].visit(screen) as (page, said):
        assert faults(page, said, "light") == {}
        # The first screen of each page is looked at in the dark on a desk.
        if screen not in ON_A_DESK:
            page.emulate_media(color_scheme="dark")
            assert axe_faults(page) == []
        if screen.user in OPERATORS or screen.path == "/login/":
            assert too_small(page) == []


def test_a_faulty_form_moves_the_focus_to_the_summary(visitors: Visitors) -> None:
    with visitors[PHONE].visit(Screen("login", "/login/")) as (page, _):
        page.get_by_role("button", name="Masuk").click()
        expect(page.locator(".errs")).to_be_focused()
        page.get_by_role("link", name="Isi kata sandi.").click()
        expect(page.locator("#id_password")).to_be_focused()
