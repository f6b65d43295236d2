"""Pictures that people upload: measured before they are decoded, and drawn anew, so that only the pixels are kept."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from lib.errors import Refused

# The two kinds that phones and scanners make. Others, and SVG above all, can carry more than a picture.
FORMATS = ("PNG", "JPEG")
NOT_A_PICTURE = "Berkas ini bukan gambar PNG atau JPEG. Simpan gambarnya sebagai PNG, lalu unggah lagi."
BROKEN = "Gambar ini rusak atau terpotong. Simpan ulang gambarnya, lalu unggah lagi."


def redrawn_png(file: BinaryIO, size: int, *, max_bytes: int, max_side: int, fit: int, field: str) -> bytes:
    """Return a picture as a new PNG that fits into a square of ``fit`` pixels, upright, without EXIF or anything else.

    ``size`` is the length of ``file`` in bytes. Refused, before any pixel is decoded: more than ``max_bytes``; more
    than ``max_side`` pixels in width or height; anything but PNG and JPEG by its content. Refused then: what cannot be
    decoded whole.
    """
    if size > max_bytes:
        raise Refused(f"Berkas ini lebih dari {max_bytes // 1024**2} MB. Perkecil gambarnya dulu.", field=field)
    too_large = Refused(f"Gambar ini lebih dari {max_side} × {max_side} piksel. Perkecil dulu.", field=field)
    try:
        picture = Image.open(file, formats=FORMATS)
        if max(picture.size) > max_side:
            raise too_large
        return _redrawn(picture, fit)
    except Image.DecompressionBombError:
        raise too_large from None
    except UnidentifiedImageError:
        raise Refused(NOT_A_PICTURE, field=field) from None
    except (OSError, ValueError, SyntaxError, EOFError, struct.error):
        raise Refused(BROKEN, field=field) from None


def _redrawn(picture: Image.Image, fit: int) -> bytes:
    upright = ImageOps.exif_transpose(picture)
    mode = "RGBA" if upright.has_transparency_data else "RGB"
    pixels = upright.convert(mode)
    pixels.thumbnail((fit, fit))
    # Pasted into an empty picture: what else the file carried (texts, profiles, EXIF) stays behind.
    clean = Image.new(mode, pixels.size)
    clean.paste(pixels)
    out = BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()
