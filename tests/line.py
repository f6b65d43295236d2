"""A telephone line to a server, which a test can cut: in the middle of an upload, or once the server has answered."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 16 * 1024


class Line:
    """Passes connections on to a port of this machine, as long as there is signal."""

    def __init__(self, port: int) -> None:
        self.server_port, self.has_signal = port, True
        # How requests begin whose upload is cut in the middle, or whose reply is dropped once the server has answered.
        self.cuts_upload_to = self.drops_reply_to = b""
        # How requests begin that never reach the server, because something on the way answers them, and how.
        self.answers_itself: dict[bytes, bytes] = {}
        self.cut = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Return the address by which the server is reached over this line."""
        return f"http://localhost:{self._listening.getsockname()[1]}"

    def lose_signal(self) -> None:
        """Break off every connection and refuse new ones."""
        self.has_signal = False
        for end in list(self._open):
            _close(end)

    def get_signal(self) -> None:
        """Let connections through again."""
        self.has_signal = True

    def close(self) -> None:
        """End the line."""
        self.lose_signal()
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                phone, _ = self._listening.accept()
                if not self.has_signal:
                    _close(phone)
                    continue
                server = socket.create_connection(("127.0.0.1", self.server_port))
                self._open |= {phone, server}
                replies = threading.Event()
                for there in (True, False):
                    threading.Thread(target=self._pass_on, args=(phone, server, replies, there), daemon=True).start()

    def _pass_on(self, phone: socket.socket, server: socket.socket, dropped: threading.Event, there: bool) -> None:
        source, target = (phone, server) if there else (server, phone)
        with suppress(OSError):
            while chunk := source.recv(CHUNK):
                reply = next((said for begin, said in self.answers_itself.items() if chunk.startswith(begin)), b"")
                if there and reply:
                    phone.sendall(reply)
                    break
                if there and self.drops_reply_to and chunk.startswith(self.drops_reply_to):
                    dropped.set()
                if there and self.cuts_upload_to and chunk.startswith(self.cuts_upload_to):
                    target.sendall(chunk[: len(chunk) * 3 // 4])
                    self.cut += 1
                    break
                if not there and dropped.is_set():
                    self.cut += 1
                    break
                target.sendall(chunk)
        for end in (phone, server):
            self._open.discard(end)
            _close(end)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def html_reply(status: str, text: str) -> bytes:
    """Return an answer in HTML as a captive portal or a proxy gives it."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
    return f"{head}{text}".encode()


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    """Open a line to a port, and end it afterwards."""
    line = Line(port)
    try:
        yield line
    finally:
        line.close()
