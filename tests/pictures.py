"""Files that people send: good photos, and what must be refused."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from lib.photos import Upload, looked_at

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF\n"
GIF_AND_HTML = b"GIF89a/*\x01\x00\x80\x00\x00*/=1;<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def photo(
    size: tuple[int, int] = (60, 40), kind: str = "JPEG", mode: str = "RGB", colour: str = "red", **options: object
) -> bytes:
    """Return a photo of one colour."""
    out = BytesIO()
    Image.new(mode, size, colour if mode in ("RGB", "RGBA") else 0).save(out, kind, **options)
    return out.getvalue()


def claiming(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose head claims a size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def sent(content: bytes, name: str = "foto.jpg") -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def upload(content: bytes) -> Upload:
    """Return a file as the domain functions take it."""
    return looked_at(BytesIO(content), len(content), papers=True)
