"""Reads from a page what its forms call their fields: the words by which people know what they typed.

The page is the only place that holds them all: labels, legends, the names of choices. So nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

from lib.format import day_id

NEVER_SAID = ("hidden", "password", "file", "submit", "button", "image", "reset")
ONE_OF_SEVERAL = ("radio", "checkbox")
TICKED = "ya"


@dataclass(slots=True)
class Control:
    """A field of a form: its label, or of one that is picked the legend around it, and the words of its choices."""

    kind: str
    label: str = ""
    words: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Form:
    """A form of a page: where it is sent, what its buttons say, its fields by name."""

    action: str
    buttons: list[str] = field(default_factory=list)
    controls: dict[str, Control] = field(default_factory=dict)


class Words(NamedTuple):
    """What a person sent, in the words of the page: its heading, its button, and each field with what stands in it."""

    heading: str
    button: str
    entries: list[tuple[str, str]]


def words_of(page: str, path: str, action: str, sent: Iterable[Sequence[str]]) -> Words | None:
    """Return in words what was sent to ``action`` from the page at ``path``, or ``None`` where it has no such form.

    ``sent`` are pairs of a name and a text. What a page hides, passwords and files are left out; an empty field has an
    empty text.
    """
    texts: dict[str, list[str]] = {}
    for name, text in sent:
        texts.setdefault(name, []).append(text)
    reader = _Reader(path)
    reader.feed(page)
    forms = [form for form in reader.forms if _path(form.action) == _path(action)]
    best = max(forms, key=lambda form: len(texts.keys() & form.controls.keys()), default=None)
    if best is None:
        return None
    entries = [
        (control.label or name, ", ".join(_in_words(control, text) for text in texts[name]))
        for name, control in best.controls.items()
        if name in texts
    ]
    return Words(_squeezed(reader.heading), _squeezed(next(iter(best.buttons), "")), entries)


def _path(address: str) -> str:
    return urlsplit(address).path


def _in_words(control: Control, text: str) -> str:
    if control.kind in ("select", *ONE_OF_SEVERAL):
        return control.words.get(text, text)
    try:
        match control.kind:
            case "date":
                return day_id(date.fromisoformat(text), weekday=False)
            case "datetime-local":
                at = datetime.fromisoformat(text)
                return f"{day_id(at.date(), weekday=False)} pukul {at:%H.%M}"
    except ValueError:
        pass
    return text.strip()


def _squeezed(text: str) -> str:
    return " ".join(text.split())


@dataclass(slots=True)
class _Label:
    """A label that is being read: which field it names, by its key or by lying around it."""

    key: str
    text: str = ""


class _Keyed(NamedTuple):
    """A place in which a field is filled: by which key its label names it, and of a choice the value it sends."""

    key: str
    control: Control
    value: str
    is_one: bool


class _Reader(HTMLParser):
    """Collects the forms that are posted, with their fields, as the page is read."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms, self.heading = path, list[Form](), ""
        self._form: Form | None = None
        self._legends: list[str] = []
        self._label: _Label | None = None
        self._options: Control | None = None
        self._option: str | None = None
        self._reads: list[str] = []
        self._named: dict[str, str] = {}
        self._keyed: list[_Keyed] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what is read, or note a field."""
        said = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                posts = said.get("method", "").lower() == "post"
                self._form = Form(said.get("action") or self.path) if posts else None
            case "fieldset":
                self._legends.append("")
            case "label":
                self._label = _Label(said.get("for", ""))
            case "option":
                self._option = said.get("value", "")
            case "button" if self._form is not None:
                self._form.buttons.append("")
            case "input" | "select" | "textarea" if self._form is not None:
                self._add(tag, said)
        if tag == "small":
            self.handle_data(", ")
        if tag in ("h1", "legend", "label", "option", "button", "svg", "textarea"):
            self._reads.append(tag)

    def _add(self, tag: str, said: dict[str, str]) -> None:
        name, kind = said.get("name", ""), said.get("type", "text") if tag == "input" else tag
        if not name or kind in NEVER_SAID or self._form is None:
            return
        control = self._form.controls.setdefault(name, Control(kind))
        if tag == "select":
            self._options = control
        key = said.get("id") or f"{name} {len(self._keyed)}"
        if self._label is not None and not self._label.key:
            self._label.key = key
        value = said.get("value", "on")
        is_one = kind == "radio" or (kind == "checkbox" and value != "on")
        if is_one and self._legends:
            control.label = _squeezed(self._legends[-1])
        self._keyed.append(_Keyed(key, control, value, is_one))

    def handle_data(self, data: str) -> None:
        """Add a text to what is being read."""
        reads = self._reads[-1] if self._reads else ""
        if reads == "h1":
            self.heading += data
        elif reads == "legend" and self._legends:
            self._legends[-1] += data
        elif reads == "label" and self._label is not None:
            self._label.text += data
        elif reads == "option" and self._options is not None and self._option is not None:
            self._options.words[self._option] = self._options.words.get(self._option, "") + data.strip()
        elif reads == "button" and self._form is not None:
            self._form.buttons[-1] += data

    def handle_endtag(self, tag: str) -> None:
        """Close what is read; a form knows its labels once it is over, because they may stand before or behind."""
        if tag in self._reads:
            while self._reads and self._reads.pop() != tag:
                pass
        match tag:
            case "label" if self._label is not None:
                self._named[self._label.key] = _squeezed(self._label.text)
                self._label = None
            case "fieldset" if self._legends:
                self._legends.pop()
            case "select":
                self._options = None
            case "option":
                self._option = None
            case "form" if self._form is not None:
                self._close(self._form)

    def _close(self, form: Form) -> None:
        for key, control, value, is_one in self._keyed:
            named = self._named.get(key, "")
            if is_one:
                control.words[value] = named
                continue
            control.label = named
            if control.kind == "checkbox":
                control.words[value] = TICKED
        self.forms.append(form)
        self._form, self._keyed = None, []
