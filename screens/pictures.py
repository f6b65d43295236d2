"""Takes the pictures, and puts them onto one page to look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from screens.pages import Screen
from screens.papers import take_papers
from screens.rare import EVERY
from screens.site import running_site
from screens.visit import Visitor, Window, browser

WINDOWS = {"phone": Window(360, 740), "desktop": Window(1280, 900)}
SCHEMES = ("light", "dark")
PAPER_WIDTH = 688
"""A4 without its margins, at 96 dots an inch."""


def take(folder: Path, words: Sequence[str] = ()) -> int:
    """Take the pictures of all screens, or of those named by ``words``, and return how many."""
    screens = [screen for screen in EVERY if not words or any(word in screen.name for word in words)]
    with running_site() as address, browser() as program:
        for device, window in WINDOWS.items():
            visitor = Visitor(program, address, window)
            for screen in screens:
                print(f"{device} {screen.name}", flush=True)
                _take(visitor, screen, folder, device)
            papers = take_papers(visitor, folder, words) if device == "desktop" else 0
            visitor.close()
    _write_index(folder)
    return len(screens) * (len(WINDOWS) * len(SCHEMES) + 1) + papers


def _take(visitor: Visitor, screen: Screen, folder: Path, device: str) -> None:
    window = WINDOWS[device]
    with visitor.visit(screen) as (page, _):
        # What sticks to the head of the window belongs to the head of the picture.
        page.evaluate("scrollTo(0, 0)")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.screenshot(path=folder / f"{screen.name}.{device}.{scheme}.png", full_page=True)
        if device == "desktop":
            page.set_viewport_size({"width": PAPER_WIDTH, "height": window.height})
            page.emulate_media(media="print", color_scheme="light")
            page.screenshot(path=folder / f"{screen.name}.print.png", full_page=True)
            # The next screen may go on in this window.
            page.emulate_media(media="screen")
            page.set_viewport_size({"width": window.width, "height": window.height})


def _write_index(folder: Path) -> None:
    """Write a page with all pictures, by screen."""
    names = sorted({path.name.split(".")[0] for path in folder.glob("*.png")})
    rows = []
    for name in names:
        pictures = "".join(f'<img loading="lazy" src="{path.name}">' for path in sorted(folder.glob(f"{name}.*.png")))
        rows.append(f"<h2>{name}</h2><div>{pictures}</div>")
    style = "body{font-family:sans-serif}div{display:flex;gap:8px;align-items:start}img{max-width:23%;border:1px solid}"
    (folder / "index.html").write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{''.join(rows)}")
