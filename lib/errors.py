"""What a domain function raises when it refuses; each message is a sentence in Indonesian for the person who asked."""

from __future__ import annotations

STALE = "Data ini baru saja diubah orang lain. Periksa isinya yang terbaru, lalu ulangi."


class Refused(Exception):
    """The change breaks a rule. ``field`` names the form field or import column that it is about, if one."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Forbidden(Refused):
    """The person may see the row but not make this change."""


class Conflict(Refused):
    """Somebody else changed the row first; nothing was written and both versions can be shown."""

    def __init__(self, message: str = STALE, *, field: str = "") -> None:
        super().__init__(message, field=field)


class KeyReused(Refused):
    """The same client key came with another body (HTTP 409); the first one stands untouched."""
