"""The register of sets and devices: placements never overlap, and every change of the record is marked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
import time_machine

from devices.models import Device, InventoryCheck, KindRequirement
from devices.placements import close_placement, correct_placement, open_placement, placements_at
from devices.register import (
    close_set,
    confirm_inventory,
    edit_device,
    get_or_create_set,
    register_device,
    set_kind_required,
    take_off_register,
    void_inventory,
)
from kecamatan.duty import remove_reference_day, save_day_off, save_office_hours
from kecamatan.models import DayOff, Event, OfficeHours
from lib.errors import Conflict, Refused
from tests.factories import (
    device_of,
    forget_marks,
    kind,
    make_dinas,
    make_kecamatan,
    make_set,
    make_spare,
    marks,
    moment,
)
from tests.importing import imported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(moment("2026-03-18 04:00"), tick=False):
        yield


@pytest.fixture
def recording_set():
    recording_set = make_set(make_kecamatan("36.03.30"), kinds=["server"])
    forget_marks()
    return recording_set


def test_a_set_is_made_once_by_its_label():
    place = make_kecamatan("36.03.30")
    assert get_or_create_set(place, "1", by=None) == get_or_create_set(place, "1", by=None)


def test_a_serial_number_is_used_once_per_kind(recording_set):
    with pytest.raises(Refused) as refusal:
        register_device(
            kind=kind("server"), kecamatan=recording_set.kecamatan, by=None, serial=device_of(recording_set).serial
        )
    assert refusal.value.message == (
        f"Nomor seri {device_of(recording_set).serial} sudah dipakai Server lain. Periksa nomornya."
    )


def test_a_device_stands_in_one_set_at_a_time(recording_set):
    other = get_or_create_set(make_kecamatan("36.03.31"), "1", by=None)
    with pytest.raises(Refused) as refusal:
        open_placement(device=device_of(recording_set), recording_set=other, at=moment("2026-03-01 00:00"), by=None)
    assert refusal.value.field == "dipasang"
    assert marks() == []


def test_a_move_keeps_both_histories_and_marks_both_places(recording_set):
    device, other = device_of(recording_set), get_or_create_set(make_kecamatan("36.03.31"), "1", by=None)
    close_placement(device.placements.get(), at=moment("2026-03-01 00:00"), by=None)
    open_placement(device=device, recording_set=other, at=moment("2026-03-02 00:00"), by=None)
    assert list(device.placements.values_list("recording_set__kecamatan__code", "ended_at").order_by("pk")) == [
        ("36.03.30", moment("2026-03-01 00:00")),
        ("36.03.31", None),
    ]
    assert marks() == [("36.03.30", "2026-03"), ("36.03.31", "2026-03")]
    device.refresh_from_db()
    assert device.kecamatan.code == "36.03.31"


def test_a_placement_ends_after_it_began_and_not_in_the_future(recording_set):
    placement = device_of(recording_set).placements.get()
    for at, message in (
        (moment("2026-01-05 02:00"), "Tanggal dilepas harus sesudah tanggal dipasang."),
        (moment("2026-03-19 00:00"), "Waktu ini belum tiba. Isi waktu sekarang atau sebelumnya."),
    ):
        with pytest.raises(Refused) as refusal:
            close_placement(placement, at=at, by=None)
        assert refusal.value.message == message


def test_an_earlier_start_marks_from_there_on(recording_set):
    placement = device_of(recording_set).placements.get()
    start = moment("2025-12-30 00:00")
    correct_placement(placement, started_at=start, ended_at=None, by=None, reason="Salah catat")
    assert [month for _, month in marks()] == ["2025-12", "2026-01", "2026-02", "2026-03"]


def test_withdrawing_a_set_ends_what_stands_in_it_and_nothing_enters_it_again(recording_set):
    close_set(recording_set, at=moment("2026-03-10 00:00"), by=None)
    device = device_of_withdrawn(recording_set)
    assert device.placements.get().ended_at == moment("2026-03-10 00:00")
    with pytest.raises(Refused) as refusal:
        open_placement(
            device=make_spare(recording_set.kecamatan),
            recording_set=recording_set,
            at=moment("2026-03-11 00:00"),
            by=None,
        )
    assert refusal.value.message == "Set 1 sudah ditarik; alat tidak bisa dipasang di sini."


def device_of_withdrawn(recording_set):
    return recording_set.placements.get().device


def test_the_second_of_two_editors_is_told(recording_set):
    device = device_of(recording_set)
    edit_device(device, version=device.version, by=None, brand="Dell")
    assert Event.objects.get(action="edit").data == {"before": {"brand": ""}, "after": {"brand": "Dell"}}
    with pytest.raises(Conflict):
        edit_device(device, version=1, by=None, brand="HP")
    device.refresh_from_db()
    assert device.brand == "Dell"


def test_what_stood_in_a_set_at_a_moment_is_known(recording_set):
    assert len(placements_at(recording_set, kind("server"), moment("2026-01-05 02:00"))) == 1
    assert placements_at(recording_set, kind("server"), moment("2026-01-05 01:59")) == []


def test_an_inventory_marks_the_dinas_for_the_months_it_holds():
    dinas = make_dinas("36.03")
    assert confirm_inventory(dinas.kabupaten, day=date(2026, 2, 3), by=None)
    assert not confirm_inventory(dinas.kabupaten, day=date(2026, 2, 3), by=None)
    assert marks() == [("36.03.00", "2026-02"), ("36.03.00", "2026-03")]
    with pytest.raises(Refused):
        confirm_inventory(dinas.kabupaten, day=date(2026, 3, 19), by=None)
    assert InventoryCheck.objects.count() == 1


def test_a_confirmation_taken_back_stays_on_record_and_marks_what_it_marked():
    kabupaten = make_dinas("36.03").kabupaten
    confirm_inventory(kabupaten, day=date(2026, 2, 3), by=None)
    forget_marks()
    check = InventoryCheck.objects.get()
    void_inventory(check, by=None, reason=" Ternyata belum ")
    assert marks() == [("36.03.00", "2026-02"), ("36.03.00", "2026-03")]
    check.refresh_from_db()
    assert (check.voided_at is not None, check.void_reason) == (True, "Ternyata belum")
    with pytest.raises(Refused, match="sudah dibatalkan"):
        void_inventory(check, by=None, reason="lagi")
    assert imported("inventories", "kode;tanggal", "36.03;2026-02-03") == (0, 0, 1)
    assert confirm_inventory(kabupaten, day=date(2026, 2, 3), by=None)


def test_a_kind_that_becomes_required_leaves_earlier_months_alone():
    make_kecamatan("36.03.30")
    assert set_kind_required(kind("ups"), required=True, from_month=date(2026, 3, 1), by=None) == 1
    assert set_kind_required(kind("ups"), required=True, from_month=date(2026, 3, 1), by=None) == 0
    assert set_kind_required(kind("server"), required=False, from_month=date(2026, 3, 1), by=None) == 1
    rows = KindRequirement.objects.filter(kind__code__in=["ups", "server"]).order_by("kind__code")
    assert list(rows.values_list("kind__code", "from_month", "until_month")) == [
        ("server", date(2009, 1, 1), date(2026, 3, 1)),
        ("ups", date(2026, 3, 1), None),
    ]


TOO_EARLY = "Sebelum tahun 2009 perekaman KTP-el belum ada. Periksa tahunnya."


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1926, 2, 3), date(2008, 12, 31)])
def test_nothing_is_entered_from_before_the_programme(recording_set, day):
    at = datetime.combine(day, time(5), UTC)
    hours = OfficeHours(first_day=day, last_day=date(2026, 3, 1), opens_at=time(8), closes_at=time(15))
    dinas, spare = make_dinas("36.03"), make_spare(recording_set.kecamatan)
    forget_marks()
    for refused in (
        lambda: confirm_inventory(dinas.kabupaten, day=day, by=None),
        lambda: save_office_hours(hours, by=None),
        lambda: save_day_off(DayOff(day=day, name="Cuti bersama"), by=None),
        lambda: set_kind_required(kind("ups"), required=True, from_month=day, by=None),
        lambda: close_set(recording_set, at=at, by=None),
        lambda: take_off_register(spare, whereabouts=Device.Whereabouts.WRITTEN_OFF, at=at, by=None, reason="Rusak"),
    ):
        with pytest.raises(Refused) as refusal:
            refused()
        assert refusal.value.message == TOO_EARLY
    assert marks() == []


def test_a_day_off_that_was_saved_in_an_impossible_year_can_be_taken_away(recording_set):
    row = DayOff.objects.create(day=date(1926, 2, 3), name="Salah ketik")
    assert remove_reference_day(row, by=None) == 1


def test_a_placement_that_somebody_else_just_ended_is_not_ended_again_on_what_was_read_before(recording_set):
    placement = recording_set.placements.get()
    stale = type(placement).objects.get(pk=placement.pk)
    close_placement(placement, at=moment("2026-03-10 02:00"), by=None)
    forget_marks()
    close_placement(stale, at=moment("2026-03-10 02:00"), by=None)
    assert (Event.objects.filter(action="remove").count(), marks()) == (1, [])
    stale = type(placement).objects.get(pk=placement.pk)
    correct_placement(
        placement, started_at=moment("2026-03-01 02:00"), ended_at=moment("2026-03-10 02:00"), by=None, reason="Nota"
    )
    close_placement(stale, at=moment("2026-03-11 02:00"), by=None)
    assert Event.objects.filter(action="remove").latest("pk").data["before"] == "2026-03-10T02:00:00Z"
    assert stale.started_at == moment("2026-03-01 02:00")
