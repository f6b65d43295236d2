import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from config.client import client_ip


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "expected"),
    [
        (True, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "", "127.0.0.1"),
        (False, "198.51.100.7", "127.0.0.1"),
    ],
)
def test_only_the_proxys_word_counts(settings: Settings, behind_proxy: bool, forwarded: str, expected: str) -> None:
    settings.BEHIND_PROXY = behind_proxy
    assert client_ip(RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})) == expected
