"""The two lock files agree: what the product runs with is what its tests run with."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def _releases(file: str) -> set[str]:
    return set(re.findall(r"^[^\s#]+==\S+", (ROOT / file).read_text(), re.MULTILINE))


def _names(file: str) -> set[str]:
    lines = re.findall(r"^\w[\w-]*", (ROOT / file).read_text(), re.MULTILINE)
    return {line.lower() for line in lines}


def test_what_runs_the_product_is_installed_for_its_tests_too() -> None:
    assert _releases("requirements.txt") - _releases("requirements-dev.txt") == set()


@pytest.mark.parametrize("file", ["requirements", "requirements-dev"])
def test_everything_named_is_locked(file: str) -> None:
    assert _names(f"{file}.in") - _names(f"{file}.txt") == set()
