"""Files on their way in: too large ones are read past, the fields behind them still arrive."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from lib import uploads
from lib.photos import TOO_LARGE
from lib.uploads import STRANGE_NAME, TOO_MUCH, RefusedUpload

BOUNDARY = "batas"


def body(*parts: tuple[str, str, bytes]) -> bytes:
    """Return a multipart body: name of the field, name of the file (empty for a text), content."""
    out = b""
    for name, file_name, content in parts:
        head = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name else "")
        out += f"--{BOUNDARY}\r\nContent-Disposition: {head}\r\n\r\n".encode() + content + b"\r\n"
    return out + f"--{BOUNDARY}--\r\n".encode()


def request(*parts: tuple[str, str, bytes], **more: Any) -> WSGIRequest:
    content = body(*parts)
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return RequestFactory().post("/", content, content_type=kind, **({"CONTENT_LENGTH": len(content)} | more))


def seen(sent: WSGIRequest) -> list[tuple[str, int, str]]:
    """Return name, size and refusal of each photo that arrived."""
    files = sent.FILES.getlist("photos")
    return [(str(file.name), file.size or 0, getattr(file, "reason", "")) for file in files]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "FILE_BYTES", 100_000)
    monkeypatch.setattr(uploads, "REQUEST_BYTES", 250_000)


def test_a_file_that_is_too_large_is_read_past_and_the_fields_behind_it_arrive() -> None:
    sent = request(("photos", "a.jpg", b"x" * 900_000), ("photos", "b.jpg", b"y" * 10), ("note", "", b"mati total"))
    assert seen(sent) == [("a.jpg", 900_000, TOO_LARGE), ("b.jpg", 10, "")]
    assert (sent.FILES.getlist("photos")[0].read(), sent.FILES.getlist("photos")[1].read()) == (b"", b"y" * 10)
    assert sent.POST["note"] == "mati total"


def test_what_goes_beyond_all_that_a_request_may_bring_is_refused_too() -> None:
    sent = request(*(("photos", f"{name}.jpg", b"x" * 90_000) for name in "abc"), ("note", "", b"mati"))
    assert seen(sent) == [("a.jpg", 90_000, ""), ("b.jpg", 90_000, ""), ("c.jpg", 90_000, TOO_MUCH)]
    assert sent.POST["note"] == "mati"


@pytest.mark.parametrize("name", ["../../x.jpg", "a/../../x.jpg", "..\\\\..\\\\x.jpg", "../"])
def test_a_name_that_leads_upwards_is_refused(name: str) -> None:
    sent = request(("photos", name, b"x"), ("photos", "x.jpg", b"y"), ("note", "", b"mati"))
    first, second = sent.FILES.getlist("photos")
    assert isinstance(first, RefusedUpload)
    assert (first.reason, first.read(), ".." in str(first.name)) == (STRANGE_NAME, b"", False)
    assert (second.name, second.read(), sent.POST["note"]) == ("x.jpg", b"y", "mati")


def test_an_ordinary_name_with_two_dots_is_none_of_these() -> None:
    assert seen(request(("photos", "foto..jpg", b"x"))) == [("foto..jpg", 1, "")]


def test_a_request_far_too_long_is_not_read() -> None:
    sent = request(("note", "", b"mati"), CONTENT_LENGTH=301 * 1024**2)
    unread = BytesIO(b"untouched")
    sent._stream = unread
    with pytest.raises(RequestDataTooBig):
        _ = sent.POST
    assert unread.tell() == 0
