"""The field by which photos, and where they are wanted scanned papers, come in."""

from __future__ import annotations

from typing import Any

from django import forms

from lib.errors import Refused
from lib.photos import Upload, looked_at
from lib.uploads import RefusedUpload

MOST = 4
NAME_SHOWN = 30
PHOTO_TYPES = "image/jpeg,image/png,image/webp"


class PhotosInput(forms.FileInput):
    """A button to take or choose several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """Return all files that were sent."""
        return files.getlist(name) if hasattr(files, "getlist") else []

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say whether no file was sent."""
        return name not in files


class PhotosField(forms.FileField):
    """Up to four files, read into :class:`lib.photos.Upload`; of each one that is refused it says why.

    No browser shows a chosen file again: ``are_lost`` says that they must be chosen anew.
    """

    def __init__(self, label: str, *, papers: bool = False, required: str = "", hint: str = "") -> None:
        types = f"{PHOTO_TYPES},application/pdf" if papers else PHOTO_TYPES
        attributes = {"class": "drop", "accept": types, "data-photos": str(MOST)}
        super().__init__(
            label=label,
            required=bool(required),
            widget=PhotosInput(attrs=attributes),
            help_text=hint,
            error_messages={"required": required},
        )
        self.papers = papers

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        """Look at each file that was sent."""
        files = [file for file in data or [] if file]
        if not files and self.required:
            raise forms.ValidationError(self.error_messages["required"])
        if len(files) > MOST:
            raise forms.ValidationError(f"Sekali kirim paling banyak {MOST} berkas; sisanya dari halaman tiket.")
        found, errors = [], []
        for file in files:
            try:
                found.append(self._looked_at(file))
            except Refused as refused:
                errors.append(f"{str(file.name)[-NAME_SHOWN:]}: {refused.message}")
        if errors:
            raise forms.ValidationError(errors)
        return found

    def _looked_at(self, file: Any) -> Upload:
        if isinstance(file, RefusedUpload):
            raise Refused(file.reason)
        return looked_at(file, file.size, papers=self.papers)
