"""Takes pictures of what is printed: the pages of the monthly report of a kabupaten and of a province as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pypdfium2

from screens.pages import NATION_OFFICIAL, STAFF
from screens.visit import Visitor

PAPERS = {
    "paper-kabupaten": ("/reports/75.01/documents/2/files/pdf/", STAFF),
    "paper-province": ("/reports/75/documents/3/files/pdf/", NATION_OFFICIAL),
}
DOTS_PER_POINT = 1.6


def take_papers(visitor: Visitor, folder: Path, words: Sequence[str]) -> int:
    """Take the pictures of all pages of these reports, or of those named by ``words``, and return how many."""
    number = 0
    for name, (address, user) in PAPERS.items():
        if words and not any(word in name for word in words):
            continue
        answer = visitor.fetch(address, user)
        for number_of_page, page in enumerate(pypdfium2.PdfDocument(answer), start=1):
            page.render(scale=DOTS_PER_POINT).to_pil().save(folder / f"{name}.page-{number_of_page:02}.png")
            number += 1
    return number
