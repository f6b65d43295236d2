"""Files on their way in: never more of them than may be kept, and no name that leads out of its folder.

Django's handlers take whatever is sent, and lay down as much on the disk. This one stands before them: of a file that
is too large it reads past the rest, so that the fields behind it still arrive and nothing typed is lost; such a file
reaches its form without content, with its true size and the sentence that refuses it.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser
from django.utils.datastructures import MultiValueDict

from lib.photos import MAX_BYTES, TOO_LARGE

FILE_BYTES = MAX_BYTES
REQUEST_BYTES = 4 * FILE_BYTES
"""What all files of one request may hold together: four photos as large as one may be."""
BODY_BYTES = 300 * 1024**2
"""How long a request may be whose files are read past; a longer one is not read at all."""

NAMELESS = "berkas"
TOO_MUCH = "Semua berkas bersama lebih dari 60 MB. Kirim sebagian dulu, sisanya dari halaman tiket."
STRANGE_NAME = "Nama berkas ini tidak bisa dipakai. Ganti namanya, lalu kirim lagi."
UPWARDS = re.compile(r"(?:^|[\\/])\.\.(?:[\\/]|$)")


class RefusedUpload(UploadedFile):
    """A file that was not taken: nothing of it is there but its name, its size and the reason."""

    def __init__(self, name: str, size: int, reason: str) -> None:
        super().__init__(BytesIO(), name, "application/octet-stream", size)
        self.reason = reason


class _Parser(MultiPartParser):
    """Django's parser, which cuts the folders off a name; that one leads upwards is noted before."""

    leads_upwards = False

    def sanitize_file_name(self, file_name: str) -> str | None:
        """Return the name of the file that begins now without folders; Django leaves out files without a name."""
        self.leads_upwards = bool(UPWARDS.search(file_name))
        clean: str | None = super().sanitize_file_name(file_name)
        return clean or (NAMELESS if self.leads_upwards else None)


class BoundedUploads(FileUploadHandler):
    """Lets through what may be kept of the files of a request; must come before all other handlers."""

    _parser: _Parser | None = None
    _taken = 0
    _reason = ""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> tuple[QueryDict, MultiValueDict[str, UploadedFile]] | None:
        """Parse the request with a parser of ours, which asks this handler again."""
        if self._parser is not None:
            return None
        if content_length > BODY_BYTES:
            raise RequestDataTooBig(f"A request of {content_length} bytes is not read at all.")
        handlers = self.request.upload_handlers if self.request else [self]
        self._parser = _Parser(META, input_data, handlers, encoding)
        return self._parser.parse()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin with a file."""
        super().new_file(*args, **kwargs)
        self._reason = STRANGE_NAME if self._parser is not None and self._parser.leads_upwards else ""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Let a part of a file through to the next handler; nothing more of one that is refused."""
        self._taken += 0 if self._reason else len(raw_data)
        if start + len(raw_data) > FILE_BYTES:
            self._reason = self._reason or TOO_LARGE
        elif self._taken > REQUEST_BYTES:
            self._reason = self._reason or TOO_MUCH
        return None if self._reason else raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Stand in for a file that was refused; the handlers behind make the others."""
        return RefusedUpload(self.file_name or "", file_size, self._reason) if self._reason else None
