"""What a person may do with a ticket now, each with its form and its sentence, and what a loser sees.

Every change has one line here: its address, who may make it, what it asks for and the domain function that makes it.
The steps of the workflow are read from its table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import holds_role, may_comment, may_correct_repairs, may_report, may_work_tickets
from kecamatan.models import Kecamatan
from lib.forms import DomainForm, shown
from repairs import tickets, workflow
from repairs.causes import state_cause
from repairs.faults import report_failed_again
from repairs.forms.tickets import MoveForm
from repairs.history import events_of, history, is_withdrawn, status_seen, status_word
from repairs.models import Ticket
from repairs.pages import facts_of, title_of
from repairs.places import others_of, workers_for
from repairs.workflow import STEPS, Transition, allowed_transitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that may be done with a ticket: ``apply`` is its domain function, ``asks`` the fields of its form.

    What people say never collides: such a change is not ``versioned``. One that makes sense only as long as somebody
    works on the ticket is for tickets ``in_work``; one that makes sense once the device worked again, ``after_work``.
    """

    name: str
    label: str
    sentence: str
    done: str
    may: Callable[[User, Kecamatan], bool]
    apply: Callable[..., object]
    asks: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)
    versioned: bool = True
    in_work: bool = False
    after_work: bool = False
    is_risky: bool = False

    def is_offered(self, ticket: Ticket, user: User) -> bool:
        """Say whether a ticket in its present state offers the change to a person."""
        is_closed = ticket.voided_at is not None or (self.in_work and ticket.status in workflow.NOT_IN_WORK)
        is_early = self.after_work and not _worked_again(ticket)
        return not is_closed and not is_early and self.may(user, ticket.kecamatan)


def _worked_again(ticket: Ticket) -> bool:
    """Say whether a device was repaired; what was missing and was placed is another device."""
    return ticket.status in workflow.ENDED and ticket.fault == Ticket.Fault.BROKEN


def _take(ticket: Ticket, *, version: int, by: User) -> None:
    tickets.assign(ticket, assignee=by, version=version, by=by)


DONE = {"withdraw": "Laporan Anda ditarik; tidak dihitung lagi."}
"""What is said of a step that is done, where its new state does not say it best."""


def _step(step: Transition) -> Change:
    return Change(
        name=step.name,
        label=step.label,
        sentence=step.sentence,
        done=DONE.get(step.name, f"Keadaan tiket sekarang: {step.target.label}."),
        may=lambda user, place: holds_role(user, place, *step.roles),
        apply=partial(workflow.transition, to=step.target),
        asks=step.asks,
        hints={"restored_at": "Kosongkan bila baru saja pulih."},
        is_risky=step.target == Ticket.Status.REJECTED,
    )


_CHANGES = (
    Change(
        name="take",
        label="Ambil sendiri",
        sentence="Tiket ini menjadi tugas Anda.",
        done="Tiket ini sekarang tugas Anda.",
        may=may_work_tickets,
        apply=_take,
        in_work=True,
    ),
    Change(
        name="assign",
        label="Tugaskan",
        sentence="Ia melihat tiket ini di Tugas saya.",
        done="Petugas tiket tersimpan.",
        may=may_work_tickets,
        apply=tickets.assign,
        asks=("assignee",),
        in_work=True,
    ),
    Change(
        name="promise",
        label="Atur janji",
        sentence="Pelapor melihat tanggal ini. Janji lama tetap tercatat.",
        done="Janji tersimpan.",
        may=may_work_tickets,
        apply=tickets.promise,
        asks=("promised_on", "reason"),
        hints={"reason": "Wajib bila janji diundur atau dicabut."},
        in_work=True,
    ),
    Change(
        name="priority",
        label="Ubah prioritas",
        sentence="Tenggat ikut berubah: mendesak 2, tinggi 7, normal 14, rendah 30 hari sejak dilaporkan.",
        done="Prioritas dan tenggat tersimpan.",
        may=may_work_tickets,
        apply=tickets.set_priority,
        asks=("priority",),
        in_work=True,
    ),
    Change(
        name="route",
        label="Ubah jalur",
        sentence="Lewat mana alat ini diperbaiki; laporan bulanan menghitungnya.",
        done="Jalur perbaikan tersimpan.",
        may=may_work_tickets,
        apply=tickets.set_route,
        asks=("route",),
    ),
    Change(
        name="cost",
        label="Catat biaya",
        sentence="Biaya seluruh perbaikan. Angka lama tetap tercatat di riwayat.",
        done="Biaya tersimpan.",
        may=may_work_tickets,
        apply=tickets.set_cost,
        asks=("cost",),
    ),
    Change(
        name="effect",
        label="Ubah dampak",
        sentence="Menentukan apakah set ini dihitung berhenti atau terbatas sejak rusak.",
        done="Dampak tersimpan.",
        may=may_work_tickets,
        apply=tickets.set_effect,
        asks=("effect",),
    ),
    Change(
        name="cause",
        label="Sebut penyebab",
        sentence="Pendapat yang lain tetap tercatat; yang terbaru dari dinas yang dihitung.",
        done="Penyebab tercatat.",
        may=may_comment,
        apply=lambda ticket, version, by, **said: state_cause(ticket, by=by, **said),
        asks=("cause", "certainty", "source"),
        versioned=False,
    ),
    Change(
        name="note",
        label="Betulkan keterangan",
        sentence="Keterangan lama tetap tercatat di riwayat.",
        done="Keterangan tersimpan.",
        may=may_correct_repairs,
        apply=tickets.correct_note,
        asks=("note",),
    ),
    Change(
        name="times",
        label="Betulkan waktu",
        sentence="Laporan bulan yang kena dihitung ulang. Waktu lama tetap tercatat di riwayat.",
        done="Waktu kerusakan tersimpan.",
        may=may_correct_repairs,
        apply=tickets.correct_fault_times,
        asks=("failed_at", "restored_at", "reason"),
        hints={"restored_at": "Kosongkan bila belum pulih."},
    ),
    Change(
        name="again",
        label="Rusak lagi",
        sentence="Alatnya sempat bekerja, lalu rusak lagi: dibuat tiket baru yang tersambung ke tiket ini.",
        done="Tiket baru dibuat; tersambung ke tiket sebelumnya.",
        may=may_report,
        apply=lambda ticket, **said: report_failed_again(ticket, client_key=uuid4(), **said),
        asks=("failed_again_at", "reason"),
        hints={"reason": "Tulis apa yang rusak lagi. Jangan menulis nama atau NIK warga."},
        after_work=True,
    ),
    Change(
        name="void",
        label="Batalkan tiket",
        sentence="Untuk tiket yang keliru. Tiket tidak dihitung lagi, tetapi tetap tersimpan.",
        done="Tiket dibatalkan; tidak dihitung lagi.",
        may=may_correct_repairs,
        apply=tickets.void_ticket,
        asks=("reason",),
        is_risky=True,
    ),
    Change(
        name="comment",
        label="Kirim komentar",
        sentence="",
        done="Komentar tersimpan.",
        may=may_comment,
        apply=lambda ticket, version, by, text: tickets.comment(ticket, text=text, by=by),
        asks=("text",),
        versioned=False,
    ),
)

CHANGES: dict[str, Change] = {change.name: change for change in (*map(_step, STEPS), *_CHANGES)}
"""All that may be done with a ticket, by the last part of its address. Steps of one name lead to one state."""


class Move(NamedTuple):
    """A change that a page offers: its button, its sentence and its form."""

    name: str
    label: str
    sentence: str
    url: str
    form: DomainForm | None
    is_open: bool
    is_risky: bool


def form_of(ticket: Ticket, change: Change, user: User, data: Any = None, **more: Any) -> MoveForm:
    """Return the form of a change, filled by what was sent, if anything."""
    return MoveForm(
        data,
        name=change.name,
        asks=change.asks,
        zone=ticket.kecamatan.time_zone,
        rows={ask: ROWS[ask](ticket, user) for ask in change.asks if ask in ROWS},
        hints=change.hints,
        **more,
    )


ROWS: dict[str, Callable[[Ticket, User], Any]] = {
    "duplicate_of": lambda ticket, user: {str(row.pk): row for row in others_of(ticket, user)},
    "assignee": lambda ticket, user: {str(row.pk): row for row in workers_for(ticket)},
}


def make(ticket: Ticket, change: Change, form: MoveForm, by: User) -> Ticket:
    """Make a change as its form says; return the ticket to show then, which may be a new one."""
    made = change.apply(ticket, version=form.seen_version, by=by, **form.asked())
    return made if isinstance(made, Ticket) else ticket


def moves_of(ticket: Ticket, user: User, last_event: int, failed: MoveForm | None = None) -> dict[str, Any]:
    """Return what a person may do: the steps first, the changes beside what they change, by their names.

    ``failed`` is the form that was refused.
    """

    def move(change: Change) -> Move:
        bound = failed is not None and failed.name == change.name
        start = {"version": ticket.version, "seen": last_event, **_start(ticket)}
        form = failed if failed and bound else form_of(ticket, change, user, initial=start)
        url = reverse("repairs:ticket-move", args=[ticket.number, change.name])
        return Move(change.name, change.label, change.sentence, url, form, bound, change.is_risky)

    steps = [move(CHANGES[step.name]) for step in allowed_transitions(ticket, user)]
    offered = {change.name: move(change) for change in _CHANGES if change.is_offered(ticket, user)}
    if ticket.assignee_id == user.pk:
        offered.pop("take", None)
    if ticket.voided_at and may_comment(user, ticket.kecamatan):
        offered["comment"] = move(CHANGES["comment"])
    last = [offered.pop(name) for name in ("again", "void") if name in offered]
    return {"moves": [*steps, *last], "edits": offered}


def _start(ticket: Ticket) -> dict[str, Any]:
    """Return what the fields show first: what holds now."""
    names = ("cause", "certainty", "cost", "effect", "failed_at", "note", "priority", "promised_on")
    more = {"assignee": ticket.assignee_id, "restored_at": ticket.restored_at, "route": ticket.route}
    return {name: getattr(ticket, name) for name in names} | more | {"failed_again_at": timezone.now()}


def both_versions(ticket: Ticket, user: User, change: Change, form: MoveForm) -> dict[str, Any]:
    """Return what a loser saw and wanted, what holds now, who changed it, and the change again where it is open."""
    events, seen, zone = events_of(ticket), form.cleaned_data.get("seen") or 0, ticket.kecamatan.time_zone
    newest = events[0].pk if events else 0
    saw = status_seen(events, seen, ticket.status) if seen else ""
    typed = [(str(field.label), shown(field)) for field in form.visible_fields() if field.value()]
    form.send_again(version=ticket.version, seen=newest)
    offered = moves_of(ticket, user, newest, form)
    open_moves = [*offered["moves"], *offered["edits"].values()]
    return {
        "ticket": ticket,
        "title": title_of(ticket),
        "wanted": change.label,
        "saw": saw,
        "saw_word": Ticket.Status(saw).label if saw else "",
        "word": status_word(ticket.status, is_withdrawn=is_withdrawn(events)),
        "changes": history([event for event in events if seen and event.pk > seen], zone),
        "typed": typed,
        "facts": facts_of(ticket),
        "move": next((move for move in open_moves if move.name == change.name), None),
        "crumbs": [
            {"label": "Tiket", "url": reverse("repairs:ticket-list")},
            {"label": ticket.number, "url": reverse("repairs:ticket-detail", args=[ticket.number])},
            {"label": "Sudah berubah", "url": ""},
        ],
    }
