"""``/style/``: every component of the pages, rendered by the templates that the pages use. Only with DEBUG."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib.messages import SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kecamatan.models import Effect
from lib.charts import bar
from lib.forms import DomainForm, text_field
from lib.pages import NotFound, answers_problems
from repairs.models import Ticket
from repairs.moves import Move
from reports.crumbs import Crumb
from reports.services import SERVICES
from reports.shares import shares
from reports.tiles import Tile
from reports.wording import FULL, HALF, NIL

SET_STATES = (
    ("operational", "Berfungsi"),
    ("limited", "Terkendala"),
    ("down", "Tidak berfungsi"),
    ("missing", "Tidak ada"),
)
PARTS = (
    ("camera", "Kamera", "operational", "Berfungsi"),
    ("ups", "UPS", "limited", "Terkendala"),
    ("server", "Server", "down", "Rusak"),
    ("tripod", "Tripod", "missing", "Tidak ada"),
)
MONTHS_OF_BARS = (("Kosong", 0.0), ("Belum", 67.5), ("Tepat", 100.0), ("Jauh lebih", 138.9))


class ExampleForm(DomainForm):
    """One field of each sort."""

    name = text_field(
        "Merek dan tipe", limit=60, required="Isi merek dan tipenya.", hint="Seperti di badannya.", rows=1
    )
    effect = forms.ChoiceField(
        label="Masih bisa merekam?",
        choices=Effect.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Pilih satu."},
    )
    cause = forms.ChoiceField(
        label="Penyebab",
        required=False,
        choices=[("lightning", "Petir"), ("wear", "Usia pakai")],
        widget=forms.Select(attrs={"class": "in"}),
    )
    note = text_field("Keterangan", limit=500)


class ReasonForm(DomainForm):
    """What a confirmation asks for."""

    reason = text_field("Alasan", limit=500, rows=1)


class Row(NamedTuple):
    """A row of the example of a table."""

    name: str
    status: str
    word: str
    net: str
    bar: Any


@require_safe
@answers_problems
def style(request: HttpRequest) -> HttpResponse:
    """Show all components with a sentence on when to use each; without DEBUG there is no such page."""
    if not settings.DEBUG:
        raise NotFound("Halaman gaya hanya ada saat mengembangkan.")
    return render(request, "style.html", _components())


def _components() -> dict[str, Any]:
    return {
        "crumbs": [Crumb("Indonesia", "#"), Crumb("Banten", "#"), Crumb("Kabupaten Tangerang", "")],
        "services": [*SERVICES, ("silent", "Tanpa kabar", "")],
        "set_states": SET_STATES,
        "ticket_states": Ticket.Status.choices,
        "tiles": _tiles(),
        "parts": PARTS,
        "achievement": bar(67.5),
        "achievement_text": "67,5%",
        "bars": [(word, f"{value:.1f}%".replace(".", ","), bar(value)) for word, value in MONTHS_OF_BARS],
        "causes": shares({"lightning": 3, "wear": 1}, {"lightning": "Petir", "wear": "Usia pakai"}),
        "rows": [
            Row("Sukamulya", "serving", "Melayani", "1.100", bar(112.0)),
            Row("Kronjo", "stopped", "Berhenti", "–", None),
        ],
        "form": ExampleForm(auto_id="contoh-%s"),
        "faulty": ExampleForm({"effect": "stopped"}, auto_id="galat-%s"),
        "examples": [Message(SUCCESS, "Laporan tersimpan."), Message(WARNING, "Alat ini sudah punya tiket.")],
        "empty": {
            "title": "Belum ada tiket",
            "advice": "Tiket muncul di sini begitu ada laporan.",
            "url": "#",
            "action": "Lapor kerusakan",
        },
        "move": Move(
            "void", "Batalkan tiket", "Untuk tiket yang keliru.", "#", ReasonForm(auto_id="batal-%s"), True, True
        ),
        "next_url": "#",
        "first_url": "#",
    }


def _tiles() -> list[Tile]:
    return [
        Tile("Rekam bersih", "1.414", "orang", "246 dari 285 hari kerja dilaporkan", HALF, at_least=True),
        Tile("Set tidak berfungsi", "9", "dari 38 set", "1 terkendala, 28 berfungsi", FULL),
        Tile("Cakupan wajib KTP", "belum diketahui", source="Data DKB semester I belum dimuat", completeness=NIL),
    ]
