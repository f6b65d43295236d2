"""Reads from a page why a form was refused: its summary of errors, the one place that names them all."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

VOID = frozenset(("input", "br", "img", "hr", "meta", "link", "use", "path"))
SENTENCES = ("h1", "h2", "p", "li")


@dataclass(slots=True)
class Reason:
    """Why a form was refused, in one sentence: the id of the field that it is about, or a page that it leads to."""

    text: str
    field: str = ""
    url: str = ""
    tag: str = "li"


def reasons_of(page: str) -> list[Reason]:
    """Return the sentences of a page's summary of errors; of a page without one, its heading and what follows it.

    The heading of a summary is left out where it only introduces a list.
    """
    reader = _Reader()
    reader.feed(page)
    found = reader.summed or reader.said
    if any(reason.tag == "li" for reason in found):
        found = [reason for reason in found if reason.tag != "h2"]
    for reason in found:
        reason.text = " ".join(reason.text.split())
    return [reason for reason in found if reason.text]


class _Reader(HTMLParser):
    """Collects the sentences of the element ``errs``, and the first heading and paragraph of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.summed: list[Reason] = []
        self.said: list[Reason] = []
        self._depth = 0
        self._reads: Reason | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where the summary begins, and each sentence in it."""
        said = {name: value or "" for name, value in attrs}
        if tag in VOID:
            return
        if self._depth or "errs" in said.get("class", "").split():
            self._depth += 1
            self._begin(self.summed, tag)
        elif tag == "h1" or (tag == "p" and len(self.said) == 1):
            self._begin(self.said, tag)
        if self._depth and tag == "a" and self._reads:
            href = said.get("href", "")
            self._reads.field, self._reads.url = (href[1:], "") if href.startswith("#") else ("", href)

    def _begin(self, sentences: list[Reason], tag: str) -> None:
        if tag in SENTENCES:
            self._reads = Reason("", tag=tag)
            sentences.append(self._reads)

    def handle_endtag(self, tag: str) -> None:
        """Note where a sentence or the summary ends."""
        if self._depth and tag not in VOID:
            self._depth -= 1
        if tag in SENTENCES:
            self._reads = None

    def handle_data(self, data: str) -> None:
        """Add a text to the sentence that is being read."""
        if self._reads:
            self._reads.text += data
