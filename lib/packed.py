"""Text that is compressed once, when it is stored, and sent as it is inside pages that are compressed as they are made.

Parts of a deflate stream that end on a byte may follow each other (RFC 1951, section 3.2.4; Z_FULL_FLUSH in zlib), so
the middle of a page need not be compressed again for each reader: of 200 kB that takes longer than all the rest.
"""

from __future__ import annotations

import secrets
import struct
import zlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

BEST, QUICK = 9, 6
# As Django's own gzip: a name of random length in the head hides how well what people sent was compressed (BREACH).
RANDOM_BYTES = 100
_HEAD = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"


def pack(text: str) -> bytes:
    """Return a text compressed as one part of a deflate stream."""
    return _deflated(text.encode(), BEST, zlib.Z_FULL_FLUSH)


def unpack(packed: bytes) -> str:
    """Return the text that :func:`pack` was given."""
    return _inflated(packed).decode()


def place(request: HttpRequest, response: HttpResponse, token: str, packed: bytes) -> HttpResponse:
    """Put a packed text where ``token`` stands in a page; the page is compressed here where the reader takes gzip."""
    head, middle, tail = response.content.partition(token.encode())
    if not middle:
        raise ValueError(f"The page has no place for what is packed: {token!r} is not in it.")
    patch_vary_headers(response, ["Accept-Encoding"])
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = gzipped(head, packed, tail)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.content = head + _inflated(packed) + tail
    return response


def gzipped(head: bytes, packed: bytes, tail: bytes) -> bytes:
    """Return one gzip file of a head, a packed text and a tail."""
    middle = _inflated(packed)
    check = zlib.crc32(tail, zlib.crc32(middle, zlib.crc32(head)))
    size = len(head) + len(middle) + len(tail)
    name = secrets.token_hex(RANDOM_BYTES)[: 1 + secrets.randbelow(RANDOM_BYTES)].encode() + b"\0"
    parts = _deflated(head, QUICK, zlib.Z_FULL_FLUSH) + packed + _deflated(tail, QUICK, zlib.Z_FINISH)
    return _HEAD + name + parts + struct.pack("<LL", check, size & 0xFFFFFFFF)


def _deflated(data: bytes, level: int, flush: int) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush(flush)


def _inflated(packed: bytes) -> bytes:
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed)
