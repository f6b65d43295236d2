"""Telephone numbers as they are typed."""

import pytest

from lib.phone import normalise_phone, shown_phone, whatsapp_url


@pytest.mark.parametrize(
    "typed",
    [
        "081280001204",
        "0812-8000-1204",
        "(0812) 8000.1204",
        "6281280001204",
        "+6281280001204",
        "+62 0812 8000 1204",
        "006281280001204",
        "\u00a00812\u20118000\u20111204 ",
    ],
)
def test_every_spelling_is_one_number(typed: str) -> None:
    assert normalise_phone(typed) == "+6281280001204"


@pytest.mark.parametrize("typed", ["", "12345", "0812", "+4930123456", "08128000120456", "siti", "0812a80001204", "00"])
def test_anything_else_is_no_number(typed: str) -> None:
    assert normalise_phone(typed) is None


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+6281280001204", "0812-8000-1204"), ("+62215990123", "021-5990-123"), ("+622518312345", "0251-8312-345")],
)
def test_a_number_is_shown_as_it_is_dialled(number: str, shown: str) -> None:
    assert shown_phone(number) == shown


@pytest.mark.parametrize(("number", "url"), [("+6281280001204", "https://wa.me/6281280001204"), ("+62215990123", "")])
def test_only_a_mobile_number_opens_a_chat(number: str, url: str) -> None:
    assert whatsapp_url(number) == url
