"""Photos and papers: what is refused before decoding, and what is left of the others."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from lib.errors import Refused
from lib.photos import (
    BROKEN,
    BROKEN_PAPER,
    EMPTY,
    HEIC,
    LIMIT,
    MOVING,
    NOT_A_PAPER,
    NOT_A_PHOTO,
    SMALL_LIMIT,
    TOO_LARGE,
    TOO_MANY_PIXELS,
    TOO_MANY_WEBP_PIXELS,
    Drawn,
    looked_at,
)
from tests.pictures import GIF_AND_HTML, PDF, SVG, claiming, photo


def webp_claiming(width: int, height: int) -> bytes:
    """Return the head of a WebP with a canvas of this size (RFC 9649, section 2.7.1)."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + canvas


def moving(kind: str) -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


def drawn(content: bytes, *, papers: bool = False) -> Drawn:
    return looked_at(BytesIO(content), len(content), papers=papers).draw()


def picture(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


REFUSED = {
    "empty": (b"", EMPTY),
    "13,000 x 13,000": (claiming(13_000, 13_000), TOO_MANY_PIXELS),
    "bomb": (claiming(60_000, 60_000), TOO_MANY_PIXELS),
    "large webp": (webp_claiming(16_000, 16_000), TOO_MANY_WEBP_PIXELS),
    "gif": (photo(kind="GIF", mode="P"), NOT_A_PHOTO),
    "gif and html": (GIF_AND_HTML, NOT_A_PHOTO),
    "svg": (SVG, NOT_A_PHOTO),
    "html": (b"<!doctype html><title>foto.jpg</title>", NOT_A_PHOTO),
    "tiff": (photo(kind="TIFF"), NOT_A_PHOTO),
    "bmp": (photo(kind="BMP"), NOT_A_PHOTO),
    "pdf as a photo": (PDF, NOT_A_PHOTO),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", HEIC),
    "video": (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", NOT_A_PHOTO),
    "moving png": (moving("PNG"), MOVING),
    "moving webp": (moving("WEBP"), MOVING),
    "only a head": (b"\xff\xd8\xff", BROKEN),
    "cut jpeg": (photo((400, 400))[:-200], BROKEN),
    "cut png": (photo((400, 400), "PNG")[:-60], BROKEN),
    "cut webp": (photo((400, 400), "WEBP")[:-60], BROKEN),
    "no pixels": (claiming(100, 100), BROKEN),
    "a thousand passes": (photo() + b"\xff\xda" * 1000, BROKEN),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_whole_photo_of_modest_size_is_refused(name: str) -> None:
    content, sentence = REFUSED[name]
    with pytest.raises(Refused) as refusal:
        drawn(content)
    assert refusal.value.message == sentence


def test_a_heavy_file_is_refused_without_a_look_at_it() -> None:
    with pytest.raises(Refused) as refusal:
        looked_at(BytesIO(), 15 * 1024**2 + 1)
    assert refusal.value.message == TOO_LARGE


def test_40_megapixels_are_let_through_by_the_head() -> None:
    content = claiming(8000, 5000)
    assert looked_at(BytesIO(content), len(content)).kind == "photo"


@given(st.sampled_from([photo(), photo(kind="PNG"), photo(kind="WEBP"), PDF, b""]), st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_is_sent_is_kept_as_jpeg_or_refused(content: bytes, data: st.DataObject) -> None:
    """Nothing but a refusal leaves the reader: it would be an error page."""
    spoilt = bytearray(content)
    for at in data.draw(st.lists(st.integers(0, max(0, len(content) - 1)), max_size=4 if content else 0)):
        spoilt[at] = data.draw(st.integers(0, 255))
    spoilt = spoilt[: data.draw(st.integers(0, len(spoilt)))] + data.draw(st.binary(max_size=20))
    try:
        kept = drawn(bytes(spoilt))
    except Refused:
        return
    assert picture(kept.content).format == "JPEG"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_only_pixels_are_left(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Rumah Ibu Siti"
    exif.get_ifd(0x8825)[2] = (6.0, 12.0, 0.0)
    more = {"comment": "di rumah"} if kind == "JPEG" else {}
    kept = drawn(photo((200, 100), kind, exif=exif, **more) + b"<script>alert(1)</script>")
    for content in (kept.content, kept.small):
        assert not any(text in content for text in (b"Siti", b"rumah", b"script", b"Exif"))
        assert dict(picture(content).getexif()) == {}
    assert (kept.width, kept.height, picture(kept.small).size) == (200, 100, (200, 100))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright(orientation: int) -> None:
    corner = Image.new("RGB", (64, 32), "white")
    corner.paste((0, 0, 0), (0, 0, 32, 16))
    exif, out = Image.Exif(), BytesIO()
    exif[0x0112] = orientation
    corner.save(out, "PNG", exif=exif)
    kept = picture(drawn(out.getvalue()).content)
    expected = ImageOps.exif_transpose(picture(out.getvalue()))
    assert kept.size == expected.size
    spots = [(x, y) for x in (8, kept.width - 8) for y in (4, kept.height - 4)]
    dark = [expected.getpixel(spot) == (0, 0, 0) for spot in spots]
    assert [kept.getpixel(spot)[0] < 60 for spot in spots] == dark  # type: ignore[index]
    assert sum(dark) == 1


def test_of_a_pair_of_photos_in_one_file_the_first_is_kept() -> None:
    out = BytesIO()
    first, second = (Image.new("RGB", (60, 40), colour) for colour in ("red", "blue"))
    first.save(out, "MPO", save_all=True, append_images=[second])
    assert picture(drawn(out.getvalue()).content).getpixel((5, 5))[0] > 250  # type: ignore[index]


def test_a_photo_with_broken_exif_stays_as_it_lies() -> None:
    content = photo((60, 40), exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff")
    assert (drawn(content).width, drawn(content).height) == (60, 40)


def test_a_large_and_noisy_photo_is_made_small() -> None:
    out = BytesIO()
    Image.effect_noise((2400, 1800), 120).convert("RGB").save(out, "JPEG", quality=60)
    kept = drawn(out.getvalue())
    assert len(kept.content) <= LIMIT == 300_000
    assert len(kept.small) <= SMALL_LIMIT == 30_000
    assert max(kept.width, kept.height) <= 1600
    assert max(picture(kept.small).size) <= 320
    assert picture(kept.content).size == (kept.width, kept.height)


def test_a_plain_photo_keeps_1600_pixels() -> None:
    kept = drawn(photo((3200, 1600)))
    assert (kept.width, kept.height, picture(kept.small).size) == (1600, 800, (320, 160))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *((mode, "PNG") for mode in ("1", "L", "LA", "P", "I;16", "RGB", "RGBA")),
        *((mode, "JPEG") for mode in ("L", "CMYK", "YCbCr")),
        ("RGBA", "WEBP"),
    ],
)
def test_every_kind_of_pixel_can_be_read(mode: str, kind: str) -> None:
    out = BytesIO()
    Image.new(mode, (30, 20)).save(out, kind)
    kept = picture(drawn(out.getvalue()).content)
    assert (kept.mode, kept.size) == ("RGB", (30, 20))


def test_grey_of_16_bits_stays_grey_and_the_transparent_becomes_white() -> None:
    grey, clear = BytesIO(), BytesIO()
    Image.new("I;16", (30, 20), 128 * 256).save(grey, "PNG")
    Image.new("RGBA", (30, 20), (255, 0, 0, 0)).save(clear, "PNG")
    assert picture(drawn(grey.getvalue()).content).getpixel((5, 5)) == (128, 128, 128)
    assert picture(drawn(clear.getvalue()).content).getpixel((5, 5)) == (255, 255, 255)


def test_a_paper_is_kept_as_it_is() -> None:
    assert drawn(PDF, papers=True) == (PDF, b"", 0, 0)
    same = looked_at(BytesIO(PDF), len(PDF), papers=True)
    assert (same.kind, len(same.digest)) == ("pdf", 64)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(PDF[:-10], BROKEN_PAPER), (b"<html>" + PDF, NOT_A_PAPER), (GIF_AND_HTML, NOT_A_PAPER)],
    ids=["cut", "html before it", "neither"],
)
def test_what_is_no_whole_paper_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        drawn(content, papers=True)
    assert refusal.value.message == sentence
