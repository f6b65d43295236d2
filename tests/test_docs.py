"""What the documents name exists, and what exists is named: commands, settings, folders, links."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OWN_APPS = {"config", "kecamatan", "accounts", "devices", "repairs", "reports", "documents"}
SETTINGS_FILES = ["config/settings.py", "gunicorn.conf.py"]


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def _own_commands() -> set[str]:
    return {name for name, app in get_commands().items() if app in OWN_APPS}


def _variables() -> set[str]:
    pattern = r"(?:env(?:\.\w+)?|environ\.get)\(\s*[\"']([A-Z_]+)[\"']"
    return {name for file in SETTINGS_FILES for name in re.findall(pattern, (ROOT / file).read_text())}


def _first_column(heading: str) -> str:
    """Return the first cells of the table under a heading of the README."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return "\n".join(line.split("|")[1] for line in section.splitlines() if line.startswith("|"))


def test_make_targets_and_readme_are_equal() -> None:
    assert set(re.findall(r"`make (\w+)`", _first_column("Commands"))) == _targets()


def test_own_management_commands_and_readme_are_equal() -> None:
    assert set(re.findall(r"`manage\.py (\w+)", _first_column("Commands"))) == _own_commands()


def test_settings_and_readme_are_equal() -> None:
    assert set(re.findall(r"`([A-Z_]+)`", _first_column("Settings"))) == _variables()


def test_folders_of_the_readme_exist() -> None:
    folders = re.findall(r"`([a-z]+)/`", _first_column("Where things are"))
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []
    assert set(folders) >= {"lib", "templates", "static", *OWN_APPS}


def test_set_up_is_exactly_two_commands() -> None:
    start = README.split("\n## Start\n", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^    (.+)$", start, re.MULTILINE) == ["make run", "make test"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_name_only_what_exists(document: Path) -> None:
    text = document.read_text()
    commands = set(re.findall(r"manage\.py (\w+)", text))
    targets = set(re.findall(r"`make (\w+)`", text))
    assert sorted(commands - set(get_commands())) == []
    assert sorted(targets - _targets()) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_inside_the_project_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []
