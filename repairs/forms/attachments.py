"""What people choose and type to add photos to a ticket, and to void one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from lib.forms import KeyedForm, text_field
from lib.photo_field import PhotosField


class PhotosForm(KeyedForm):
    """Photos and papers to add."""

    photos = PhotosField(
        "Foto atau berkas PDF",
        papers=True,
        required="Pilih fotonya dulu.",
        hint="Paling banyak 4 sekali kirim. Jangan memotret KTP atau wajah warga.",
    )


class VoidPhotoForm(KeyedForm):
    """Why a photo is wrong."""

    reason = text_field("Alasan", limit=500, required="Tulis alasannya.", rows=2)

    def __init__(self, *args: Any, of: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = of
        self.auto_id = f"foto-{of}-%s"
