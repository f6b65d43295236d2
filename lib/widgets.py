"""How form fields are written: as Django's own templates write them, but without templates for selects and inputs.

A list with its filters has a dozen fields of a dozen options, and Django renders each option with two templates of its
own: a fifth of the time of such a page (``make bench``). Whatever is not written here is left to Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import escape
from django.utils.safestring import SafeString

INPUTS = frozenset(
    f"django/forms/widgets/{name}.html"
    for name in ("input", "text", "number", "date", "datetime", "time", "hidden", "checkbox", "email", "password")
)
SELECT = "django/forms/widgets/select.html"


class PlainWidgets(DjangoTemplates):
    """Django's renderer of forms, with selects and inputs written directly."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        """Return the HTML of a widget or a form; every value is escaped."""
        if template_name in INPUTS:
            return SafeString(_input(context["widget"]))
        if template_name == SELECT:
            return SafeString(_select(context["widget"]))
        return SafeString(super().render(template_name, context, request))


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{escape(widget["value"])}"'
    return f'<input type="{escape(widget["type"])}" name="{escape(widget["name"])}"{value}{_attributes(widget)}>'


def _select(widget: Mapping[str, Any]) -> str:
    options = []
    for group, choices, _ in widget["optgroups"]:
        of_group = [
            f'<option value="{escape(o["value"])}"{_attributes(o)}>{escape(o["label"])}</option>' for o in choices
        ]
        options += [f'<optgroup label="{escape(group)}">', *of_group, "</optgroup>"] if group else of_group
    return f'<select name="{escape(widget["name"])}"{_attributes(widget)}>{"".join(options)}</select>'


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{escape(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )
