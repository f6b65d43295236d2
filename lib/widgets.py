"""How form fields are written: as Django's own templates write them, but without templates for selects and inputs.

A list with its filters has a dozen fields of a dozen options, and Django renders each option with two templates of its
own: a fifth of the time of such a page (``make bench``). Whatever is not written here is left to Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

INPUTS = frozenset(
    f"django/forms/widgets/{name}.html"
    for name in ("input", "text", "number", "date", "datetime", "time", "hidden", "checkbox", "email", "password")
)
OPTIONS = frozenset(f"django/forms/widgets/{name}.html" for name in ("input_option", "radio_option", "checkbox_option"))
SELECT = "django/forms/widgets/select.html"
TEXTAREA = "django/forms/widgets/textarea.html"


class PlainWidgets(DjangoTemplates):
    """Django's renderer of forms, with selects and inputs written directly."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        """Return the HTML of a widget or a form; every value is escaped."""
        if template_name in INPUTS:
            return SafeString(_input(context["widget"]))
        if template_name in OPTIONS:
            return SafeString(_option(context["widget"]))
        if template_name == SELECT:
            return SafeString(_select(context["widget"]))
        if template_name == TEXTAREA:
            return SafeString(_textarea(context["widget"]))
        return SafeString(super().render(template_name, context, request))


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    return f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{value}{_attributes(widget)}>'


def _option(widget: Mapping[str, Any]) -> str:
    if not widget.get("wrap_label"):
        return _input(widget)
    key = widget["attrs"].get("id")
    belongs = f' for="{_text(key)}"' if key else ""
    return f"<label{belongs}>{_input(widget)} {_text(widget['label'])}</label>"


def _textarea(widget: Mapping[str, Any]) -> str:
    # A browser leaves out one line break after the opening tag: without it one that was typed there would be lost.
    return f'<textarea name="{_text(widget["name"])}"{_attributes(widget)}>\n{_text(widget["value"] or "")}</textarea>'


def _select(widget: Mapping[str, Any]) -> str:
    options = []
    for group, choices, _ in widget["optgroups"]:
        of_group = [
            f'<option value="{_text(option["value"])}"{_attributes(option)}>{_text(option["label"])}</option>'
            for option in choices
        ]
        options += [f'<optgroup label="{_text(group)}">', *of_group, "</optgroup>"] if group else of_group
    return f'<select name="{_text(widget["name"])}"{_attributes(widget)}>{"".join(options)}</select>'


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: Any) -> str:
    """Return a value as HTML; what says of itself that it is HTML stays as it is."""
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))
