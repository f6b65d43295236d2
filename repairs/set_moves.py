"""What people may do with a set now, each with its form and its sentence, and what a loser sees."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.permissions import may_manage_devices, may_report
from devices.labels import renew_label
from devices.register import rename_set
from kecamatan.models import Cause
from repairs import sets
from repairs.device_list import set_url
from repairs.device_moves import CHANGED, Step, changes_since, moment_of
from repairs.faults import report_fault
from repairs.forms import devices as forms
from repairs.forms.spans import VersionedForm, compared
from repairs.models import Ticket
from repairs.moves import Move
from repairs.set_pages import Inside, set_page
from repairs.span_pages import State


def _withdraw(inside: Inside, form: forms.StepForm, by: User) -> None:
    sets.withdraw_set(recording_set=inside.set, at=moment_of(form), by=by, version=form.seen_version)


def _record_missing(inside: Inside, form: forms.StepForm, by: User) -> None:
    said = form.cleaned_data
    report_fault(
        client_key=form.key,
        recording_set=inside.set,
        device_kind=form.kinds[said["kind"]],
        fault=Ticket.Fault.MISSING,
        failed_at=said["at"],
        cause=Cause.UNKNOWN,
        note=said["note"],
        by=by,
    )


def _rename(inside: Inside, form: forms.StepForm, by: User) -> None:
    rename_set(inside.set, label=form.cleaned_data["label"], version=form.seen_version, by=by)


def _renew_label(inside: Inside, form: forms.StepForm, by: User) -> None:
    renew_label(inside.set, by=by, reason=form.cleaned_data["reason"], version=form.seen_version)


STEPS: dict[str, Step] = {
    "missing": Step(
        label="Catat komponen tidak ada",
        sentence="Membuka tiket untuk komponen yang set ini tidak punya, wajib atau pendukung.",
        asks=("kind", "at", "note"),
        done="Komponen tercatat tidak ada; tiketnya dibuka.",
        change=_record_missing,
    ),
    "rename": Step(
        label="Ganti nama set",
        sentence="Berkas impor berikutnya harus memakai nama yang baru.",
        asks=("label",),
        done="Nama set tersimpan.",
        change=_rename,
    ),
    "renew_label": Step(
        label="Ganti label QR",
        sentence="Untuk label yang dicuri atau disalin: label lama tidak berlaku lagi. Cetak yang baru sesudahnya.",
        asks=("reason",),
        done="Label lama tidak berlaku lagi. Cetak label yang baru.",
        change=_renew_label,
    ),
    "withdraw": Step(
        label="Tarik set",
        sentence="Set tidak dihitung lagi; komponennya disimpan dan catatan komponen yang tidak ada selesai.",
        asks=("at",),
        is_risky=True,
        done="Set ditarik; komponennya tercatat disimpan.",
        change=_withdraw,
    ),
}


def form_of(inside: Inside, name: str, data: Any = None, seen: int = 0) -> forms.StepForm:
    """Return the form of a step, filled by what was sent, or with the version that the person sees now."""
    zone = inside.set.kecamatan.time_zone
    kinds = inside.may_lack() if name == "missing" else []
    start = {"version": inside.set.version, "seen": seen, "label": inside.set.label}
    return forms.StepForm(data, initial=start, name=name, asks=STEPS[name].asks, zone=zone, kinds=kinds)


def may_take(user: User, inside: Inside, name: str) -> bool:
    """Say whether a person may take a step with a set: who reports there may also say what it lacks."""
    may = may_report if name == "missing" else may_manage_devices
    return may(user, inside.set.kecamatan)


def moves_of(inside: Inside, user: User, seen: int, failed: Any = None, of: str = "") -> list[Move]:
    """Return what a person may do with a set that is in use; ``failed`` is the form of a step that was refused."""
    if inside.set.withdrawn_at is not None:
        return []
    return [
        _move(inside, name, failed if of == name else form_of(inside, name, seen=seen), of == name)
        for name in STEPS
        if may_take(user, inside, name) and (name != "missing" or inside.may_lack())
    ]


def _move(inside: Inside, name: str, form: Any, is_open: bool) -> Move:
    step, url = STEPS[name], reverse("repairs:set-step", args=[inside.set.pk, name])
    return Move(name, step.label, step.sentence, url, form, is_open, step.is_risky)


def both_versions(inside: Inside, user: User, form: VersionedForm, name: str) -> dict[str, Any]:
    """Return what a loser typed beside what holds now, who changed it since, and the form again where it may be."""
    page = set_page(inside, user)
    newest = max((event.pk for event in page["events"]), default=0)
    retry = form_of(inside, name, form.renewed(inside.set.version, newest))
    zone = inside.set.kecamatan.time_zone
    return {
        "heading": "Set ini baru saja diubah orang lain",
        "subject": f"{inside.set}, {inside.set.kecamatan}",
        "state": State(page["status"], page["word"]),
        "wanted": STEPS[name].label,
        "compared": compared(form, {"label": inside.set.label}, zone),
        "changes": changes_since(page, form.seen_event),
        "move": None if inside.set.withdrawn_at else _move(inside, name, retry, True),
        "url": set_url(inside.set.pk),
        "crumbs": [*page["crumbs"][:-1], {"label": str(inside.set), "url": set_url(inside.set.pk)}, CHANGED],
    }
