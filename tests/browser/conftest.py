"""A site of its own for each module of these tests, on a copy of the sample, and the windows that look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from screens.site import running_site
from screens.visit import Visitor, Window, browser


class Visitors(dict[Window, Visitor]):
    """A visitor for each kind of window, opened when it is first asked for."""

    def __init__(self, program: Browser, site: str) -> None:
        super().__init__()
        self.program, self.site = program, site

    def __missing__(self, window: Window) -> Visitor:
        """Open a window."""
        self[window] = Visitor(self.program, self.site, window)
        return self[window]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with running_site() as address:
        yield address


@pytest.fixture(scope="module")
def program() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def visitors(site: str, program: Browser) -> Iterator[Visitors]:
    made = Visitors(program, site)
    yield made
    for visitor in made.values():
        visitor.close()
