"""Photos and scanned papers that people upload: told by their content, measured before they are decoded, drawn anew.

Of a photo only the pixels are kept, upright and small enough for a slow line: no EXIF, no place where it was taken, no
words behind the picture. A PDF cannot be drawn anew; it is kept as it is, and only ever handed out as a download.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from threading import Lock
from typing import BinaryIO, NamedTuple

from PIL import Image

from lib.errors import Refused

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES, MAX_PIXELS = 15 * 1024**2, 40_000_000
MAX_WEBP_PIXELS = 20_000_000
"""Fewer of a WebP, whose reader takes three times the memory; phones make JPEG."""
SIDE, LIMIT = 1600, 300_000
"""The longer side of a photo that is kept, in pixels, and its length in bytes."""
SMALL_SIDE, SMALL_LIMIT = 320, 30_000
QUALITIES = (82, 72, 60, 48)
MOST_SCANS = 100
"""In how many passes a JPEG may be drawn. Cameras make 1 to 12; thousands of them keep a processor busy for minutes."""

EMPTY = "Berkas ini kosong (0 byte). Pilih lagi fotonya."
TOO_LARGE = "Berkas ini lebih dari 15 MB. Perkecil dulu, atau kirim tangkapan layarnya."
TOO_MANY_PIXELS = "Foto ini lebih dari 40 megapiksel. Perkecil dulu, atau kirim tangkapan layarnya."
TOO_MANY_WEBP_PIXELS = "Foto WebP ini lebih dari 20 megapiksel. Simpan sebagai JPEG, atau kirim tangkapan layarnya."
NOT_A_PHOTO = "Berkas ini bukan foto JPEG, PNG atau WebP. Kirim foto biasa atau tangkapan layarnya."
NOT_A_PAPER = "Berkas ini bukan foto JPEG, PNG atau WebP, dan bukan PDF. Kirim fotonya atau pindaiannya."
HEIC = "Foto HEIC dari iPhone tidak bisa dibuka di semua tempat. Kirim tangkapan layarnya, atau simpan sebagai JPEG."
MOVING = "Gambar ini bergerak. Kirim foto biasa atau tangkapan layarnya."
BROKEN = "Foto ini rusak atau terpotong. Ambil lagi fotonya, atau kirim tangkapan layarnya."
BROKEN_PAPER = "PDF ini rusak atau terpotong. Pindai lagi, lalu kirim."

PHOTO, PAPER = "photo", "pdf"

# Turns that put a picture upright, by the orientation that its EXIF states.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ORIENTATION = 0x0112

FAILURES = (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError, struct.error)
"""What Pillow raises for files that are broken, or made to break it."""

_one_at_a_time = Lock()
"""A large PNG takes 160 MB for as long as it is decoded: one thread of a process does so at a time."""


class Drawn(NamedTuple):
    """What is kept of a photo: itself and a small one, both JPEG; of a paper the file, and nothing small."""

    content: bytes
    small: bytes
    width: int
    height: int


class Upload(NamedTuple):
    """A file that may be kept, as far as its head tells; ``digest`` is the SHA-256 of all of it."""

    file: BinaryIO
    kind: str
    digest: str

    def draw(self) -> Drawn:
        """Return what is kept of it; raises :class:`Refused` for what cannot be decoded whole."""
        self.file.seek(0)
        if self.kind == PAPER:
            return Drawn(self.file.read(), b"", 0, 0)
        return drawn(self.file)


def looked_at(file: BinaryIO, size: int, *, papers: bool = False) -> Upload:
    """Return a file of ``size`` bytes that may be kept; ``papers`` says whether it may be a PDF.

    No pixel is decoded. Raises :class:`Refused` for an empty file, one of more than 15 MB or 40 megapixels, and for
    anything but JPEG, PNG and WebP (and PDF) by its first bytes.
    """
    if size == 0:
        raise Refused(EMPTY)
    if size > MAX_BYTES:
        raise Refused(TOO_LARGE)
    file.seek(0)
    head = file.read(64)
    kind = _kind(head, papers=papers)
    if kind == PAPER:
        _refuse_half_a_paper(file, size)
    else:
        _refuse_pixels(file, head)
    file.seek(0)
    digest = sha256()
    while chunk := file.read(256 * 1024):
        digest.update(chunk)
    return Upload(file, kind, digest.hexdigest())


def _kind(head: bytes, *, papers: bool) -> str:
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or is_webp:
        return PHOTO
    if papers and head.startswith(b"%PDF-"):
        return PAPER
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1"):
        raise Refused(HEIC)
    raise Refused(NOT_A_PAPER if papers else NOT_A_PHOTO)


def _refuse_half_a_paper(file: BinaryIO, size: int) -> None:
    file.seek(max(0, size - 2048))
    if b"%%EOF" not in file.read():
        raise Refused(BROKEN_PAPER)


def _refuse_pixels(file: BinaryIO, head: bytes) -> None:
    """Refuse a picture that is too large or moves, by its head alone."""
    if head.startswith(b"RIFF"):
        # Pillow's WebP reader takes memory for all pixels as soon as it opens a file.
        width, height = _webp_size(head)
        if width * height > MAX_WEBP_PIXELS:
            raise Refused(TOO_MANY_WEBP_PIXELS)
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as picture:
            _refuse_size(*picture.size)
            # A JPEG with several pictures is one photo with a preview, or one of a pair for two eyes.
            if picture.format in ("PNG", "WEBP") and getattr(picture, "is_animated", False):
                raise Refused(MOVING)
    except Image.DecompressionBombError:
        raise Refused(TOO_MANY_PIXELS) from None
    except FAILURES:
        raise Refused(BROKEN) from None


def _refuse_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Refused(TOO_MANY_PIXELS)


def _webp_size(head: bytes) -> tuple[int, int]:
    """Return width and height of a WebP from its first 30 bytes (RFC 9649, sections 2.5 to 2.7)."""
    chunk, body = head[12:16], head[20:]
    if len(body) < 10:
        raise Refused(BROKEN)
    if chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


# --- Drawing anew -------------------------------------------------------------------------------------------------


def drawn(file: BinaryIO) -> Drawn:
    """Return a photo drawn anew: upright, at most 1600 pixels and 300 KB, and a small one of at most 320 and 30 KB.

    What is transparent becomes white. Raises :class:`Refused` for what cannot be decoded whole.
    """
    if _scans(file) > MOST_SCANS:
        raise Refused(BROKEN)
    with _one_at_a_time:
        try:
            with Image.open(file, formats=FORMATS) as picture:
                pixels = _upright(picture)
        except Image.DecompressionBombError:
            raise Refused(TOO_MANY_PIXELS) from None
        except FAILURES:
            raise Refused(BROKEN) from None
    pixels, content = _encoded(pixels, SIDE, LIMIT)
    _, small = _encoded(pixels, SMALL_SIDE, SMALL_LIMIT)
    return Drawn(content, small, *pixels.size)


def _scans(file: BinaryIO) -> int:
    """Count the passes in which a JPEG is drawn; the marker of one never stands inside another's data."""
    file.seek(0)
    content = file.read()
    file.seek(0)
    return content.count(b"\xff\xda") if content.startswith(b"\xff\xd8") else 0


def _upright(picture: Image.Image) -> Image.Image:
    """Return the pixels in RGB, shrunk before anything else takes memory for all of them."""
    # A JPEG is decoded at a half, a quarter or an eighth of its size where that still is enough.
    picture.draft(None, (SIDE, SIDE))
    turn = _turn(picture)
    pixels = _shrunk(picture)
    clean = Image.new("RGB", pixels.size, "white")
    if pixels.has_transparency_data:
        seen = pixels.convert("RGBA")
        clean.paste(seen, mask=seen)
    else:
        clean.paste(pixels.convert("RGB"))
    return clean if turn is None else clean.transpose(turn)


def _shrunk(picture: Image.Image) -> Image.Image:
    """Return a picture of at most 1600 pixels in a mode with 8 bits for a colour."""
    if picture.mode.startswith("I"):
        # 16 bits of grey, of which a plain conversion would keep only what is nearly black.
        picture.thumbnail((SIDE, SIDE), reducing_gap=None)
        return picture.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    if picture.mode in ("P", "PA"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    elif picture.mode in ("1", "F"):
        picture = picture.convert("L")
    picture.thumbnail((SIDE, SIDE), reducing_gap=2)
    return picture


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """Return the turn that puts a picture upright; none where its EXIF is missing or cannot be read."""
    with suppress(*FAILURES):
        return TURNS.get(picture.getexif().get(ORIENTATION, 1))
    return None


def _encoded(picture: Image.Image, side: int, limit: int) -> tuple[Image.Image, bytes]:
    """Return a picture as JPEG of at most ``side`` pixels and ``limit`` bytes, as good as these allow."""
    shrunk = picture
    while True:
        if max(shrunk.size) > side:
            shrunk = picture.copy()
            shrunk.thumbnail((side, side))
        for quality in QUALITIES:
            out = BytesIO()
            shrunk.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
            if out.tell() <= limit:
                return shrunk, out.getvalue()
        side = max(shrunk.size) * 3 // 4
