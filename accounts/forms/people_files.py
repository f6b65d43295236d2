"""The file of people that an admin hands in, and its rows once they were checked."""

from __future__ import annotations

from django import forms

from lib.forms import DomainForm, KeyedForm

MAX_BYTES = 1024 * 1024


class PeopleFileForm(DomainForm):
    """A CSV or XLSX file."""

    file = forms.FileField(
        label="Berkas CSV atau XLSX",
        widget=forms.FileInput(attrs={"class": "drop", "accept": ".csv,.xlsx"}),
        error_messages={
            "required": "Pilih berkasnya.",
            "empty": "Berkas kosong. Isi sekurangnya satu baris data.",
            "missing": "Berkas tidak terkirim. Pilih lagi.",
            "invalid": "Berkas tidak terkirim. Pilih lagi.",
        },
    )

    def clean_file(self) -> forms.FileField:
        """Refuse a file that is far larger than any list of people."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError("Berkas lebih dari 1 MB. Hapus lembar dan gambar lain, atau pakai CSV.")
        return file


class CheckedRowsForm(KeyedForm):
    """The rows of a file as they were shown, to be written."""

    rows = forms.CharField(widget=forms.HiddenInput, strip=False)
