"""Selects and inputs are written as Django writes them, value for value."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.html import format_html

from lib.widgets import PlainWidgets

NASTY = "\"><script>alert('x')</script>&amp;"

WIDGETS: list[tuple[forms.Widget, Any]] = [
    (forms.TextInput(attrs={"class": "wide", "required": True, "disabled": False}), NASTY),
    (forms.TextInput(attrs={"placeholder": NASTY}), None),
    (forms.NumberInput(attrs={"min": 0, "step": "any"}), 0),
    (forms.HiddenInput(), "a b"),
    (forms.CheckboxInput(), True),
    (forms.CheckboxInput(attrs={"value": "1"}), False),
    (forms.PasswordInput(), "never shown"),
    (forms.EmailInput(), "a@b.id"),
    (forms.DateInput(format="%d/%m/%Y"), None),
    (forms.Select(choices=[("", "Semua"), (1, NASTY), (NASTY, "Dua")], attrs={"aria-describedby": "x"}), "1"),
    (forms.Select(choices=[("Kelompok", [("a", "A"), ("b", "B")]), ("c", "C")]), "b"),
    (forms.SelectMultiple(choices=[("a", "A"), ("b", "B"), ("c", "C")]), ["a", "c"]),
    (forms.NullBooleanSelect(), True),
    (forms.Select(choices=[("a", format_html("<b>{}</b>", "&"))]), "a"),
    (forms.Textarea(), NASTY),
    (forms.Textarea(attrs={"rows": 3}), "\nsatu"),
    (forms.Textarea(), None),
    (forms.RadioSelect(choices=[("a", "A"), ("b", "B")]), "b"),
]


@pytest.mark.parametrize(("widget", "value"), WIDGETS)
def test_a_widget_is_written_as_django_writes_it(widget: forms.Widget, value: Any) -> None:
    written = {
        renderer: widget.render("nama & lain", value, attrs={"id": "id_nama"}, renderer=renderer())
        for renderer in (PlainWidgets, DjangoTemplates)
    }
    assert parse_html(written[PlainWidgets]) == parse_html(written[DjangoTemplates])
    assert not re.search(r"<script", written[PlainWidgets])


@pytest.mark.parametrize("widget_class", [forms.RadioSelect, forms.CheckboxSelectMultiple])
@pytest.mark.parametrize("wrap_label", [False, True])
def test_a_choice_alone_is_written_as_django_writes_it(widget_class: type[Any], wrap_label: bool) -> None:
    choices = [("a", NASTY), ("b", format_html("<b>{}</b>", "&"))]
    for data in widget_class(choices=choices).subwidgets("pilihan", ["b"], attrs={"id": "id_pilihan"}):
        context = {"widget": {**data, "wrap_label": wrap_label}}
        template = data["template_name"]
        assert parse_html(PlainWidgets().render(template, context)) == parse_html(
            DjangoTemplates().render(template, context)
        )
