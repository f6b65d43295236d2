"""What staff may do with a device now, each with its form and its sentence, and what a loser sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from devices.labels import renew_label
from devices.models import Device, Placement, RecordingSet
from devices.register import bring_back_device, edit_device, take_off_register
from kecamatan.scope import region_filter
from lib.errors import Refused
from lib.pages import NotFound
from repairs import sets
from repairs.device_list import device_url
from repairs.device_pages import HANDED_OVER, card_of, device_page
from repairs.forms import devices as forms
from repairs.forms.spans import VersionedForm, compared
from repairs.history import Entry
from repairs.moves import Move
from repairs.span_pages import State

IN_SET, STORED = Device.Whereabouts.IN_SET, Device.Whereabouts.STORED
GONE = (Device.Whereabouts.STOLEN, Device.Whereabouts.WRITTEN_OFF)
ANYWHERE = (IN_SET, STORED, *GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that may be done: with a page of its own (no ``change``), or asked for on the page of its subject."""

    label: str
    sentence: str
    states: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    is_risky: bool = False
    done: str = ""
    change: Callable[[Any, Any, User], None] | None = None


def moment_of(form: VersionedForm) -> Any:
    """Return the moment that was typed, or now."""
    return form.cleaned_data["at"] or timezone.now()


def _remove(device: Device, form: forms.StepForm, by: User) -> None:
    sets.remove_device(device=device, at=moment_of(form), by=by, version=form.seen_version)


def _steal(device: Device, form: forms.StepForm, by: User) -> None:
    at, note, version = moment_of(form), form.cleaned_data["note"], form.seen_version
    if device.whereabouts == IN_SET:
        sets.record_theft(device=device, at=at, by=by, client_key=form.key, note=note, version=version)
    else:
        stolen = Device.Whereabouts.STOLEN
        take_off_register(device, whereabouts=stolen, at=at, by=by, reason=note, version=version)


def _write_off(device: Device, form: forms.StepForm, by: User) -> None:
    reason = form.cleaned_data["reason"]
    sets.write_off_device(device=device, at=moment_of(form), by=by, reason=reason, version=form.seen_version)


def _bring_back(device: Device, form: forms.StepForm, by: User) -> None:
    bring_back_device(device, version=form.seen_version, by=by, reason=form.cleaned_data["reason"])


def _judge(device: Device, form: forms.StepForm, by: User) -> None:
    edit_device(device, version=form.seen_version, by=by, condition=form.cleaned_data["condition"])


def _renew_label(device: Device, form: forms.StepForm, by: User) -> None:
    renew_label(device, by=by, reason=form.cleaned_data["reason"], version=form.seen_version)


STEPS: dict[str, Step] = {
    "condition": Step(
        label="Nilai kondisi",
        sentence="Baik, rusak ringan atau rusak berat sebagai barang. Kerusakan yang menghentikan kerja dilaporkan.",
        states=(IN_SET, STORED),
        asks=("condition",),
        done="Kondisi tersimpan.",
        change=_judge,
    ),
    "edit": Step(
        label="Ubah data barang",
        sentence="Nomor seri, merk, kode barang, register, asal usul, harga. Yang lama terbaca di riwayat.",
        states=ANYWHERE,
    ),
    "place": Step(
        label="Pindahkan atau pasang",
        sentence="Ke set lain, juga sebagai pinjaman. Kerusakan yang belum selesai ikut pindah.",
        states=(IN_SET, STORED),
    ),
    "replace": Step(
        label="Ganti dengan alat baru",
        sentence="Alat baru didata di tempatnya; kerusakan alat ini selesai dan alat ini disimpan.",
        states=(IN_SET,),
    ),
    "renew_label": Step(
        label="Ganti label QR",
        sentence="Untuk label yang dicuri atau disalin: label lama tidak berlaku lagi. Cetak yang baru sesudahnya.",
        states=(IN_SET, STORED),
        asks=("reason",),
        done="Label lama tidak berlaku lagi. Cetak label yang baru.",
        change=_renew_label,
    ),
    "remove": Step(
        label="Lepas dan simpan",
        sentence="Alat keluar dari setnya dan disimpan. Bila jenisnya wajib, set itu berhenti.",
        states=(IN_SET,),
        asks=("at",),
        is_risky=True,
        done="Alat dilepas dan tercatat disimpan.",
        change=_remove,
    ),
    "steal": Step(
        label="Catat dicuri",
        sentence="Penempatannya berakhir dan setnya tercatat kekurangan komponen ini.",
        states=(IN_SET, STORED),
        asks=("at", "note"),
        is_risky=True,
        done="Tercatat dicuri.",
        change=_steal,
    ),
    "write_off": Step(
        label="Hapuskan",
        sentence="Untuk alat yang tidak dipakai lagi. Alat tetap terbaca, tetapi tidak bisa dipasang.",
        states=(IN_SET, STORED),
        asks=("at", "reason"),
        is_risky=True,
        done="Alat tercatat dihapuskan.",
        change=_write_off,
    ),
    "bring_back": Step(
        label="Catat ada lagi",
        sentence="Untuk alat yang ditemukan kembali atau keliru dihapuskan. Alat tercatat disimpan.",
        states=GONE,
        asks=("reason",),
        done="Alat tercatat disimpan lagi.",
        change=_bring_back,
    ),
}


def form_of(device: Device, name: str, data: Any = None, seen: int = 0) -> forms.StepForm:
    """Return the form of a step, filled by what was sent, or with the version that the person sees now."""
    start = {"version": device.version, "seen": seen, "condition": device.condition}
    return forms.StepForm(data, initial=start, name=name, asks=STEPS[name].asks, zone=device.kecamatan.time_zone)


def moves_of(page: dict[str, Any], failed: Any = None, of: str = "") -> list[Move]:
    """Return what the person of a page may do with its device; ``failed`` is the form of a step that was refused."""
    device: Device = page["device"]
    if not page["may_manage"]:
        return []
    return [
        _move(device, name, failed if of == name else None, page["last_event"])
        for name, step in STEPS.items()
        if device.whereabouts in step.states
    ]


def _move(device: Device, name: str, failed: Any, seen: int) -> Move:
    step = STEPS[name]
    form = failed or (form_of(device, name, seen=seen) if step.change else None)
    return Move(name, step.label, step.sentence, step_url(device, name), form, failed is not None, step.is_risky)


def step_url(device: Device, name: str) -> str:
    """Return the address of a step of a device."""
    if STEPS[name].change is None:
        return reverse(f"repairs:device-{name}", args=[device.pk])
    return reverse("repairs:device-step", args=[device.pk, name])


def both_versions(device: Device, user: User, form: VersionedForm, name: str, retry: Any) -> dict[str, Any]:
    """Return what a loser typed beside what holds now, who changed it since, and the form again where it may be."""
    page = device_page(device, user)
    step, zone = STEPS[name], device.kecamatan.time_zone
    may_retry = page["may_manage"] and device.whereabouts in step.states
    return {
        "heading": "Data alat ini baru saja diubah orang lain",
        "subject": f"{device}, {page['where']}",
        "state": State(page["status"], page["word"]),
        "wanted": step.label,
        "compared": compared(form, _on_record(device, page), zone),
        "changes": changes_since(page, form.seen_event),
        "move": Move(name, step.label, step.sentence, step_url(device, name), retry, True, step.is_risky)
        if may_retry
        else None,
        "url": device_url(device),
        "crumbs": [*page["crumbs"][:-1], {"label": str(device), "url": device_url(device)}, CHANGED],
    }


CHANGED = {"label": "Sudah berubah", "url": ""}


def changes_since(page: dict[str, Any], seen: int) -> list[Entry]:
    """Return the lines of a page's history that came after the event that a person saw last."""
    both = zip(page["events"], page["history"], strict=True)
    return [entry for event, entry in both if event.pk > seen]


def _on_record(device: Device, page: dict[str, Any]) -> dict[str, str]:
    """Return what a device says now, by the fields of its forms."""
    words = dict(card_of(device))
    plain = {name: str(getattr(device, name) or "") for name in forms.CARD}
    shown = {
        **plain,
        "price": words["Harga"],
        "source": device.get_source_display(),
        "condition": device.get_condition_display(),
        "handed_over": HANDED_OVER[device.handed_over],
        "recording_set": page["where"],
    }
    return {name: text or "belum ada" for name, text in shown.items()}


def sets_to_choose(device: Device, user: User, code: str) -> dict[str, list[RecordingSet]]:
    """Return the sets into which a person may put a device, by the names of their places, within one kabupaten.

    That is the kabupaten of ``code``, or where the device is. Raises :class:`NotFound` where they see it not.
    """
    managed = region_filter(user.scope_as(Role.STAFF), "kecamatan") or Q(pk=None)
    within = Q(kecamatan__kabupaten__code=code) if code else Q(kecamatan__kabupaten=device.kecamatan.kabupaten_id)
    rows = RecordingSet.objects.filter(managed, within, withdrawn_at=None)
    standing = Placement.objects.filter(device=device, ended_at=None).values("recording_set")
    rows = rows.filter(kecamatan__closed_on=None).exclude(pk__in=standing)
    found: dict[str, list[RecordingSet]] = {}
    for row in rows.select_related("kecamatan__kabupaten__province").order_by("kecamatan__name", "label"):
        found.setdefault(row.kecamatan.name, []).append(row)
    if code and not found:
        raise NotFound(f"Tidak ada set di {code}.")
    return found


def may_choose_kabupaten(user: User) -> bool:
    """Say whether a person may move devices in more than one kabupaten."""
    scope = user.scope_as(Role.STAFF)
    return scope.nation or bool(scope.provinces) or len(scope.kabupaten) > 1


def put(device: Device, form: forms.PlaceForm, by: User) -> None:
    """Put a device into the set that was chosen: out of the store, from another set, or as a loan."""
    said = form.cleaned_data
    common: dict[str, Any] = {
        "device": device,
        "recording_set": form.chosen,
        "at": moment_of(form),
        "by": by,
        "version": form.seen_version,
    }
    if said.get("until") and not said.get("is_loan"):
        raise Refused("Hanya pinjaman yang punya akhir. Pilih “Dipinjamkan”, atau kosongkan.", field="until")
    if device.whereabouts != IN_SET:
        sets.install_device(**common)
    elif said.get("is_loan"):
        sets.lend_device(**common, until=said["until"])
    else:
        sets.move_device(**common)
