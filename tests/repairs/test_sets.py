"""What placing, moving, replacing, losing and withdrawing devices does to faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from devices.models import Device, Placement, RecordingSet
from kecamatan.models import Event, Kecamatan
from lib.errors import Forbidden, KeyReused, Refused
from repairs.models import Ticket
from repairs.sets import (
    install_device,
    move_device,
    record_theft,
    remove_device,
    replace_device,
    withdraw_set,
)
from tests.factories import (
    INSTALLED_AT,
    device_of,
    forget_marks,
    make_fault,
    make_kecamatan,
    make_set,
    make_spare,
    marks,
    moment,
)
from tests.threads import at_once

KEY = UUID("00000000-0000-4000-8000-000000000003")
AT = moment("2026-11-10 03:00")


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.field, refusal.value.message


def last_action(ticket: Ticket) -> str:
    return Event.objects.filter(subject=f"ticket:{ticket.pk}").order_by("-pk")[0].action


def test_who_read_a_set_before_it_was_withdrawn_is_refused(recording_set: RecordingSet, kecamatan: Kecamatan) -> None:
    stale = [RecordingSet.objects.get(pk=recording_set.pk) for _ in range(3)]
    withdraw_set(recording_set=recording_set, at=AT, by=None)
    spare = make_spare(kecamatan, "tripod")
    assert refused(lambda: install_device(device=spare, recording_set=stale[0], at=AT, by=None)) == (
        "set",
        "Set 1 sudah ditarik; alat tidak bisa dipasang di sini.",
    )
    assert refused(lambda: make_fault(stale[1], "tripod", fault="missing")) == (
        "recording_set",
        "Set 1 sudah ditarik pada waktu itu.",
    )
    assert refused(lambda: withdraw_set(recording_set=stale[2], at=AT, by=None)) == (
        "recording_set",
        "Set 1 Kecamatan Sepatan Timur sudah ditarik.",
    )


def test_placing_a_kind_ends_its_missing_fault(recording_set: RecordingSet, kecamatan: Kecamatan, staff: User) -> None:
    missing = make_fault(
        recording_set, "tripod", fault="missing", failed_at=moment("2026-10-01 03:00"), channel="import"
    )
    other = make_fault(recording_set, "monitor", fault="missing")
    forget_marks()
    install_device(device=make_spare(kecamatan, "tripod"), recording_set=recording_set, at=AT, by=staff)
    missing.refresh_from_db()
    other.refresh_from_db()
    assert (missing.status, missing.restored_at, missing.version) == ("closed", AT, 2)
    assert (other.status, other.restored_at) == ("reported", None)
    assert last_action(missing) == "end_by_placement"
    assert marks() == [("36.03.30", "2026-10"), ("36.03.30", "2026-11")]


def test_placement_inside_a_missing_span_is_refused(recording_set: RecordingSet, kecamatan: Kecamatan) -> None:
    missing = make_fault(recording_set, "tripod", fault="missing", failed_at=AT)
    spare = make_spare(kecamatan, "tripod")
    assert refused(
        lambda: install_device(device=spare, recording_set=recording_set, at=moment("2026-11-01 03:00"), by=None)
    ) == (
        "at",
        f"Tripod tercatat tidak ada di Set 1 sesudah waktu itu: tiket {missing.number}. Perbaiki dulu waktu tiket itu.",
    )
    assert Placement.objects.filter(device=spare).count() == 0
    install_device(device=spare, recording_set=recording_set, at=moment("2026-11-01 03:00"), until=AT, by=None)
    missing.refresh_from_db()
    assert missing.restored_at is None


def test_move_keeps_both_placements_and_the_fault(recording_set: RecordingSet, staff: User) -> None:
    other = make_set(make_kecamatan("36.03.01"), kinds=[])
    camera = device_of(recording_set, "camera")
    fault = make_fault(recording_set, "camera", failed_at=moment("2026-11-01 03:00"))
    missing = make_fault(other, "camera", fault="missing", failed_at=moment("2026-11-01 03:00"))
    move_device(device=camera, recording_set=other, at=AT, by=staff)
    spans = camera.placements.order_by("started_at").values_list("recording_set", "started_at", "ended_at")
    assert list(spans) == [(recording_set.pk, INSTALLED_AT, AT), (other.pk, AT, None)]
    fault.refresh_from_db()
    missing.refresh_from_db()
    assert (fault.restored_at, missing.restored_at) == (None, AT)
    assert refused(lambda: move_device(device=camera, recording_set=other, at=AT, by=staff)) == (
        "recording_set",
        f"{camera} sudah terpasang di Set 1.",
    )


def test_replacement_ends_the_fault_of_the_old_device(
    recording_set: RecordingSet, kecamatan: Kecamatan, staff: User
) -> None:
    old, new = device_of(recording_set, "server"), make_spare(kecamatan, "server")
    fault = make_fault(recording_set, "server", failed_at=moment("2026-11-01 03:00"))
    replace_device(device=old, replacement=new, at=AT, by=staff)
    fault.refresh_from_db()
    assert (fault.status, fault.restored_at, fault.route) == ("closed", AT, "replacement")
    assert last_action(fault) == "end_by_replacement"
    assert device_of(recording_set, "server") == new
    assert old.placements.get().ended_at == AT
    tripod = make_spare(kecamatan, "tripod")
    assert refused(lambda: replace_device(device=new, replacement=tripod, at=AT, by=staff)) == (
        "replacement",
        "Pengganti harus Server juga.",
    )


def test_theft_ends_the_placement_and_opens_a_missing_fault(recording_set: RecordingSet, staff: User) -> None:
    camera = device_of(recording_set, "camera")
    broken = make_fault(recording_set, "camera", failed_at=moment("2026-11-01 03:00"))
    ticket = record_theft(device=camera, at=AT, by=staff, client_key=KEY, note="jendela dirusak")
    broken.refresh_from_db()
    assert camera.placements.get().ended_at == AT
    assert (broken.status, broken.restored_at, last_action(broken)) == ("closed", AT, "end_by_theft")
    assert (ticket.fault, ticket.device, ticket.device_kind) == ("missing", None, camera.kind)
    assert (ticket.failed_at, ticket.effect, ticket.note) == (AT, "stopped", "jendela dirusak")
    assert (ticket.cause, ticket.certainty, ticket.reported_by) == ("theft", "certain", staff)
    assert record_theft(device=camera, at=AT, by=staff, client_key=KEY, note="jendela dirusak") == ticket
    with pytest.raises(KeyReused):
        record_theft(device=camera, at=AT, by=staff, client_key=KEY, note="pintu dirusak")
    assert Ticket.objects.count() == 2


def test_withdrawing_ends_placements_and_missing_faults_only(recording_set: RecordingSet, staff: User) -> None:
    broken = make_fault(recording_set, "camera", failed_at=moment("2026-11-01 03:00"))
    missing = make_fault(recording_set, "tripod", fault="missing", failed_at=moment("2026-11-01 03:00"))
    forget_marks()
    withdraw_set(recording_set=recording_set, at=AT, by=staff)
    for row in (recording_set, broken, missing):
        row.refresh_from_db()
    assert recording_set.withdrawn_at == AT
    assert set(recording_set.placements.values_list("ended_at", flat=True)) == {AT}
    assert (missing.status, missing.restored_at) == ("closed", AT)
    assert (broken.status, broken.restored_at) == ("reported", None)
    assert marks()[-1] == ("36.03.30", "2026-11")
    assert refused(lambda: withdraw_set(recording_set=recording_set, at=AT, by=staff)) == (
        "recording_set",
        "Set 1 Kecamatan Sepatan Timur sudah ditarik.",
    )


def test_withdrawal_before_a_missing_record_is_refused(recording_set: RecordingSet) -> None:
    missing = make_fault(recording_set, "tripod", fault="missing", failed_at=AT)
    assert refused(lambda: withdraw_set(recording_set=recording_set, at=AT, by=None)) == (
        "at",
        f"Tiket {missing.number} baru mulai sesudah waktu itu. Perbaiki dulu waktunya.",
    )
    recording_set.refresh_from_db()
    assert recording_set.withdrawn_at is None


def test_device_that_stands_nowhere(recording_set: RecordingSet, kecamatan: Kecamatan) -> None:
    spare = make_spare(kecamatan, "camera", serial="C-9")
    assert refused(lambda: remove_device(device=spare, at=AT, by=None)) == (
        "device",
        "Kamera C-9 tidak terpasang di set mana pun.",
    )


def test_only_staff_changes_the_register(
    recording_set: RecordingSet, kecamatan: Kecamatan, operator: User, technician: User
) -> None:
    camera, spare = device_of(recording_set, "camera"), make_spare(kecamatan, "tripod")
    calls: list[Callable[[User], object]] = [
        lambda user: install_device(device=spare, recording_set=recording_set, at=AT, by=user),
        lambda user: remove_device(device=camera, at=AT, by=user),
        lambda user: record_theft(device=camera, at=AT, by=user, client_key=KEY),
        lambda user: withdraw_set(recording_set=recording_set, at=AT, by=user),
    ]
    for call in calls:
        for user in (operator, technician):
            with pytest.raises(Forbidden):
                call(user)
    assert (Placement.objects.filter(ended_at=None).count(), Ticket.objects.count()) == (5, 0)


def test_device_is_not_moved_into_a_region_that_is_not_ones_own(recording_set: RecordingSet, staff: User) -> None:
    elsewhere = make_set(make_kecamatan("36.71.01"), kinds=[])
    camera = device_of(recording_set, "camera")
    with pytest.raises(Forbidden):
        move_device(device=camera, recording_set=elsewhere, at=AT, by=staff)
    assert camera.placements.get().ended_at is None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_many_who_move_a_device_at_once_one_wins() -> None:
    recording_set = make_set(make_kecamatan("36.03.30"))
    targets = [make_set(make_kecamatan("36.03.31"), str(number), kinds=[]) for number in range(4)]
    camera = device_of(recording_set, "camera")
    version = camera.version

    def move(number: int) -> Placement:
        device = Device.objects.get(pk=camera.pk)
        return move_device(device=device, recording_set=targets[number], at=AT, by=None, version=version)

    answers = at_once(move, len(targets))
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Conflict", "Conflict", "Placement"]
    assert camera.placements.count() == 2
