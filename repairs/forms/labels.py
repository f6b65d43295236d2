"""What people choose to print labels: which, on what, and from which free label of the first sheet on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from lib.forms import NOT_A_CHOICE, DomainForm
from lib.label_sheets import STOCKS, Stock
from repairs.label_pages import MOST


class LabelSheetForm(DomainForm):
    """The labels to print; ``marks`` are those that may be."""

    stock = forms.ChoiceField(
        label="Dicetak di",
        choices=[(code, stock.name) for code, stock in STOCKS.items()],
        initial="21",
        widget=forms.RadioSelect(),
        error_messages={"invalid_choice": NOT_A_CHOICE, "required": "Pilih kertasnya."},
    )
    first = forms.IntegerField(
        label="Mulai dari stiker ke-",
        initial=1,
        min_value=1,
        widget=forms.NumberInput(attrs={"class": "in", "min": 1}),
        help_text="Lebih dari 1 bila sebagian lembar pertama sudah terpakai.",
        error_messages={
            "required": "Isi 1 bila lembarnya masih utuh.",
            "invalid": "Tulis angkanya saja, misalnya 1.",
            "min_value": "Paling kecil 1.",
        },
    )

    def __init__(self, *args: Any, marks: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.marks = marks

    @property
    def ticked(self) -> list[str]:
        """Return the labels that were ticked; all of them while nothing was sent."""
        if not self.is_bound:
            return list(self.marks)
        sent = set(self.data.getlist("label"))  # type: ignore[attr-defined]
        return [mark for mark in self.marks if mark in sent]

    @property
    def chosen_stock(self) -> Stock:
        """Return the stock that was chosen."""
        return STOCKS[self.cleaned_data["stock"]]

    def clean(self) -> dict[str, Any]:
        """Ask for a label, for no more than a file holds, and for a first one that is on the sheet."""
        if not self.ticked:
            raise forms.ValidationError("Centang sekurangnya satu label.")
        if len(self.ticked) > MOST:
            raise forms.ValidationError(f"Sekali cetak paling banyak {MOST} label. Hapus sebagian centangnya.")
        stock, first = self.cleaned_data.get("stock"), self.cleaned_data.get("first")
        if stock and first and first > STOCKS[stock].on_a_page:
            self.add_error("first", f"Satu lembar hanya memuat {STOCKS[stock].on_a_page} label.")
        return self.cleaned_data
