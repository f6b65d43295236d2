"""The status of a kecamatan in a list or on the map, and the address of its page."""

from __future__ import annotations

from django.urls import reverse

WORDS = {
    "serving": "Melayani perekaman",
    "limited": "Melayani perekaman, terbatas",
    "hosted": "Dialihkan ke tempat lain",
    "mobile": "Dilayani unit keliling",
    "stopped": "Tidak melayani perekaman",
    "no_report": "Belum diketahui",
    "silent": "Belum ada kabar",
}
"""The status in a list, by the code of its mark."""


def url_of(code: str) -> str:
    """Return the public page of a region."""
    return reverse("reports:public-status", args=[code])
