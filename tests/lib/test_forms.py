"""What people type into fields that every app shares: months and percentages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django import forms

from lib.forms import MonthField, PercentField, shown, text_field


class Rules(forms.Form):
    since = MonthField(label="Sejak", required=False)
    share = PercentField(label="Persen", required=False)


@pytest.mark.parametrize("text", ["2026-11", "November 2026", "november  2026", " NOVEMBER 2026 "])
def test_a_month_in_digits_or_in_words(text: str) -> None:
    form = Rules({"since": text})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["since"] == date(2026, 11, 1)
    assert shown(form["since"]) == "November 2026"


@pytest.mark.parametrize("text", ["2026", "11/2026", "2026-13", "November", "November dua ribu", "Nopember 2026"])
def test_what_is_no_month_is_refused(text: str) -> None:
    assert Rules({"since": text}).errors == {
        "since": ["Bulan ini tidak terbaca. Tulis tahun dan bulan, misalnya 2026-11 atau November 2026."]
    }


def test_a_month_is_shown_as_the_picker_takes_it() -> None:
    assert Rules(initial={"since": date(2026, 11, 1)})["since"].value() == "2026-11"
    assert shown(Rules(initial={"since": date(2026, 11, 1)})["since"]) == "November 2026"


PERCENTAGES = [("15", Decimal(15)), ("12,5", Decimal("12.5")), ("12.5%", Decimal("12.5"))]


@pytest.mark.parametrize(("text", "value"), PERCENTAGES)
def test_a_percentage(text: str, value: Decimal) -> None:
    form = Rules({"share": text})
    assert form.is_valid()
    assert form.cleaned_data["share"] == value


def test_a_percentage_is_shown_without_the_zeros_of_the_database() -> None:
    assert Rules(initial={"share": Decimal("12.500")})["share"].value() == "12,5"
    assert Rules(initial={"share": Decimal("100.000")})["share"].value() == "100"


def test_nothing_typed_is_nothing() -> None:
    form = Rules({"since": "", "share": ""})
    assert form.is_valid()
    assert form.cleaned_data == {"since": None, "share": None}


def test_no_text_of_a_page_may_carry_a_nik() -> None:
    for text in ("NIK 3603012345678901", "3603 0123 4567 8901"):
        with pytest.raises(forms.ValidationError, match="Data warga tidak boleh disimpan"):
            text_field("Alasan", limit=500).clean(text)
