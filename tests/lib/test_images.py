"""Pictures that people upload: what is refused before decoding, and what is left of the others."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from lib.errors import Refused
from lib.images import BROKEN, NOT_A_PICTURE, redrawn_png

MAX_BYTES, MAX_SIDE, FIT = 1024**2, 1000, 100
TOO_MANY_PIXELS = "Gambar ini lebih dari 1000 × 1000 piksel. Perkecil dulu."


def picture(size: tuple[int, int] = (200, 100), kind: str = "PNG", mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, "red").save(out, kind, **options)
    return out.getvalue()


def redrawn(content: bytes, size: int | None = None) -> bytes:
    return redrawn_png(
        BytesIO(content),
        len(content) if size is None else size,
        max_bytes=MAX_BYTES,
        max_side=MAX_SIDE,
        fit=FIT,
        field="picture",
    )


def claiming(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose head claims a size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (claiming(60_000, 60_000), TOO_MANY_PIXELS),
        (claiming(13_000, 13_000), TOO_MANY_PIXELS),
        (claiming(1001, 10), TOO_MANY_PIXELS),
        (picture(kind="GIF", mode="P"), NOT_A_PICTURE),
        (picture(kind="GIF", mode="P") + b"<html><script>alert(1)</script>", NOT_A_PICTURE),
        (picture(kind="WEBP"), NOT_A_PICTURE),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', NOT_A_PICTURE),
        (b"<!doctype html><title>logo.png</title>", NOT_A_PICTURE),
        (b"", NOT_A_PICTURE),
        (claiming(100, 100), BROKEN),
        (picture((400, 400))[:-60], BROKEN),
        (picture((400, 400), "JPEG")[:-400], BROKEN),
    ],
    ids=[
        "bomb",
        "huge",
        "wide",
        "gif",
        "gif-and-html",
        "webp",
        "svg",
        "html",
        "empty",
        "no-pixels",
        "truncated-png",
        "truncated-jpeg",
    ],
)
def test_what_is_no_whole_picture_of_modest_size_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        redrawn(content)
    assert (refusal.value.message, refusal.value.field) == (sentence, "picture")


def test_a_heavy_file_is_refused_without_a_look_at_it() -> None:
    with pytest.raises(Refused) as refusal:
        redrawn(picture(), size=MAX_BYTES + 1)
    assert refusal.value.message == "Berkas ini lebih dari 1 MB. Perkecil gambarnya dulu."


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_only_pixels_are_left(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Rumah Ibu Siti"
    result = redrawn(picture(kind=kind, exif=exif) + b"<script>alert(1)</script>")
    assert b"Siti" not in result
    assert b"script" not in result
    left = Image.open(BytesIO(result))
    assert (left.format, left.size, left.info, dict(left.getexif())) == ("PNG", (100, 50), {}, {})
    assert left.getpixel((50, 25))[0] > 250  # type: ignore[index]


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert Image.open(BytesIO(redrawn(picture((80, 40), "JPEG", exif=exif)))).size == (40, 80)


def test_a_transparent_ground_stays_transparent_and_a_small_picture_small() -> None:
    out = BytesIO()
    Image.new("RGBA", (20, 10), (0, 0, 0, 0)).save(out, "PNG")
    left = Image.open(BytesIO(redrawn(out.getvalue())))
    assert (left.mode, left.size, left.getpixel((5, 5))) == ("RGBA", (20, 10), (0, 0, 0, 0))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA"])
def test_every_kind_of_pixel_can_be_read(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (30, 30)).save(out, "PNG")
    assert Image.open(BytesIO(redrawn(out.getvalue()))).size == (30, 30)
