"""What a bad file costs: the seconds until it is refused, and the memory that gunicorn takes meanwhile."""

from __future__ import annotations

import gzip
import http.client
import io
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.conf import settings
from PIL import Image

from bench.journey import filled, places_in_order
from bench.measure import Line, milliseconds, say, show, show_title
from bench.server import Server, get
from lib.photos import looked_at

BOUNDARY, TOKEN, NOTE = "batas", "b" * 32, "Mati sejak pagi"
MB = 2**20
SECONDS, MEMORY = 1, 100
"""The targets of issue 5: refused in about a second, with under 100 MB more memory."""


def measure(server: Server) -> None:
    """Send each bad file with a report, as a browser does; each must be refused and the rest of the form kept."""
    place = places_in_order(1)[0]
    path = f"/repairs/report/?kecamatan={place.code}"
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        form = filled(gzip.decompress(get(connection, server, path)).decode()) | {"note": NOTE}
    show_title("A bad file with a report")
    for title, name, parts, size in _bad_files():
        say(f"{title} ...")
        seconds, memory = _refused(server, path, form, name, parts, size)
        show(
            Line(f"{title}: refused after", seconds, "s", SECONDS),
            Line(f"{title}: memory at the peak, more than before", memory, "MB", MEMORY),
        )
    show_title("A good photo, drawn anew")
    show(*(Line(f"{kind} of 12 megapixels", _drawn(kind), "ms") for kind in ("JPEG", "PNG", "WEBP")))


def _bad_files() -> Iterator[tuple[str, str, list[bytes], int]]:
    """Yield a title, the name of the file, its content in parts, and how often the last part is repeated."""
    yield "PNG of 13,000 x 13,000", "besar.png", [_png(13_000, 13_000)], 1
    yield "GIF that is HTML as well", "lucu.jpg", [b"GIF89a/*\1\0\x80\0\0*/=1;<script>alert(1)</script>"], 1
    yield "SVG renamed .jpg", "gambar.jpg", [b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'], 1
    yield "0 bytes", "kosong.jpg", [b""], 1
    yield "200 MB", "video.jpg", [b"\xff\xd8\xff", b"x" * MB], 200
    yield "Name with ../", "../../etc/foto.jpg", [b"\xff\xd8\xff"], 1


def _png(width: int, height: int) -> bytes:
    """Return a whole PNG of one colour: half a megabyte that unpacks to half a gigabyte."""
    packer, row = zlib.compressobj(1), bytes(1 + 3 * width)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"".join(
        struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))
        for name, part in ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _refused(
    server: Server, path: str, form: dict[str, str], name: str, parts: list[bytes], repeated: int
) -> tuple[float, float]:
    """Send a report with a file; return the seconds until it is refused, and the MB that the server grew by."""
    fields = form | {"csrfmiddlewaretoken": TOKEN}
    lead = "".join(_part(f'name="{field}"') + f"{text}\r\n" for field, text in fields.items())
    lead += _part(f'name="photos"; filename="{name}"')
    body = [lead.encode(), *parts[:-1], *[parts[-1]] * repeated, f"\r\n--{BOUNDARY}--\r\n".encode()]
    headers = {
        "Host": "localhost",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={server.session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "127.0.0.1",
        "Referer": "https://localhost/",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(sum(map(len, body))),
    }
    before = _begin(server)
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        started = time.perf_counter()
        connection.request("POST", path, body=iter(body), headers=headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        seconds = time.perf_counter() - started
    if answer.status != 200 or 'class="err"' not in page or NOTE not in page:
        raise RuntimeError(f"{name} was not refused as it should be: {answer.status}")
    return seconds, _peak(server) - before


def _part(disposition: str) -> str:
    return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"


def _processes(server: Server) -> list[int]:
    pid = server.process.pid
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def _begin(server: Server) -> float:
    """Let the peaks of the server's memory begin anew; return where they begin, in MB."""
    for pid in _processes(server):
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    return _peak(server)


def _peak(server: Server) -> float:
    """Return the sum of the largest memory that each process has had, in MB."""
    found = 0
    for pid in _processes(server):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        found += int(next(line for line in lines if line.startswith("VmHWM:")).split()[1])
    return found / 1024


def _drawn(kind: str) -> float:
    """Return the milliseconds that it takes to draw a photo anew."""
    out = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").resize((4000, 3000)).save(out, kind)
    upload = looked_at(out, out.tell())
    return milliseconds(lambda: upload.draw())
