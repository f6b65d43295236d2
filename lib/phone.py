"""Telephone numbers as Indonesians write them, and as they are stored: E.164 (``+6281280001204``)."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[\s().\-\u00a0\u2010-\u2015]")
# After the country code: the area or network code without its 0, then the number; 8 to 12 digits altogether.
_NATIONAL = re.compile(r"[1-9]\d{7,11}")
# Jakarta, Bandung, Semarang, Surabaya, Medan: the area codes of three digits; all others have four.
_CITIES = ("021", "022", "024", "031", "061")
_PREFIXES = ("+62", "0062", "62", "0")


def normalise_phone(text: str) -> str | None:
    """Return an Indonesian number written as 08..., 62... or +62... in E.164, and nothing for anything else."""
    digits = _SEPARATORS.sub("", text)
    for prefix in _PREFIXES:
        if digits.startswith(prefix):
            # "+62 (0)812": the 0 of the national form is written by many behind the country code.
            national = digits.removeprefix(prefix).removeprefix("0" if prefix != "0" else "")
            return f"+62{national}" if _NATIONAL.fullmatch(national) else None
    return None


def shown_phone(number: str) -> str:
    """Return an E.164 number as people dial it, in groups: ``0812-8000-1204``, ``021-5990-123``."""
    national = f"0{number.removeprefix('+62')}"
    first = 3 if national.startswith(_CITIES) else 4
    return "-".join(filter(None, (national[:first], national[first : first + 4], national[first + 4 :])))


def whatsapp_url(number: str) -> str:
    """Return the address that opens a chat with an E.164 number; empty for a number that is not a mobile one."""
    return f"https://wa.me/{number.removeprefix('+')}" if number.startswith("+628") else ""
