"""A form that was cut off on its way is not taken for one that arrived."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from config.bodies import WholeBody

BODY = b"first line\nsecond line\nthe end"


def test_a_whole_body_reads_as_it_is() -> None:
    body = WholeBody(BytesIO(BODY + b"next request"), len(BODY))
    assert (body.readline(), body.read(6), body.readline(3), body.read(), body.read(), body.readline()) == (
        b"first line\n",
        b"second",
        b" li",
        b"ne\nthe end",
        b"",
        b"",
    )


@pytest.mark.parametrize("read", [lambda body: body.read(), lambda body: body.read(64), lambda body: body.readline()])
def test_a_cut_body_fails(read: Any) -> None:
    body = WholeBody(BytesIO(b"first li"), len(BODY))
    with pytest.raises(ConnectionError):
        read(body)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
def test_a_cut_form_is_refused_before_any_view_reads_it(kind: str) -> None:
    client, token = Client(enforce_csrf_checks=True), "t" * 32
    client.cookies[settings.CSRF_COOKIE_NAME] = token
    fields = {"csrfmiddlewaretoken": token, "username": "siti"}
    head = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    parts = [f"--b\r\n{head.format(name, value)}" for name, value in fields.items()]
    body = "".join(parts) if kind.startswith("multipart") else urlencode(fields)
    answers = []
    for length in (len(body), len(body) + 100):
        sent: dict[str, Any] = {"CONTENT_LENGTH": str(length), "wsgi.input": BytesIO(body.encode())}
        answers.append(client.generic("POST", "/login/", body, kind, **sent).status_code)
    assert answers == [200, 403]
