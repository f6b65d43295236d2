"""Sets in the browser: new, lacking something, withdrawn; and the register confirmed complete."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from devices.models import Device, InventoryCheck, RecordingSet
from repairs.models import Ticket
from reports import rollups
from reports.models import Level, RegionMonth
from tests.factories import (
    make_dinas,
    make_fault,
    make_spare,
    moment,
)
from tests.repairs.conftest import NOW
from tests.repairs.device_world import sent
from tests.repairs.test_device_pages import client_of, device_url, set_url

pytestmark = pytest.mark.django_db

AT = moment("2026-11-10 03:00")


# --- sets -----------------------------------------------------------------------------------------------


def test_a_new_set_gets_the_next_number_and_a_taken_one_is_refused(
    office: Client, recording_set: RecordingSet, operator: User
) -> None:
    url = "/devices/sets/new/?kecamatan=36.03.30"
    assert office.get(url).context["form"]["label"].value() == "2"
    refused = office.post(url, sent(label="1"))
    assert refused.context["form"].errors == {
        "label": ["Set 1 sudah ada di Kecamatan Sepatan Timur. Pakai nomor lain."]
    }
    body = sent(label="2")
    new = [office.post(url, body)["Location"] for _ in range(2)]
    assert set(new) == {set_url(RecordingSet.objects.get(label="2"))}
    assert client_of(operator).get(url).status_code == 403


def test_what_a_set_lacks_is_recorded_by_staff_and_operators(
    office: Client, operator: User, technician: User, recording_set: RecordingSet
) -> None:
    page = office.get(set_url(recording_set)).context
    assert [move.name for move in page["moves"]] == ["missing", "rename", "renew_label", "withdraw"]
    assert "ups" in page["moves"][0].form.kinds and "server" not in page["moves"][0].form.kinds
    phone = client_of(operator)
    assert [move.name for move in phone.get(set_url(recording_set)).context["moves"]] == ["missing"]
    body = sent(recording_set, kind="ups", at="2026-11-15T10:00", note="Belum pernah dikirim")
    assert [phone.post(set_url(recording_set, "missing"), body).status_code for _ in range(2)] == [302, 302]
    ticket = Ticket.objects.get()
    assert (ticket.fault, ticket.device_kind.code, ticket.failed_at, ticket.effect, ticket.note) == (
        "missing",
        "ups",
        moment("2026-11-15 03:00"),
        "limited",
        "Belum pernah dikirim",
    )
    early = sent(recording_set, kind="tripod", at="2026-11-21T10:00", note="")
    refused = phone.post(set_url(recording_set, "missing"), early)
    assert list(refused.context["failed"].errors) == ["at"]
    assert client_of(technician).post(set_url(recording_set, "missing"), body).status_code == 403


def test_a_gap_leads_to_the_report_with_the_component_chosen(office: Client, server: Device) -> None:
    recording_set = server.placements.get().recording_set
    office.post(device_url(server, "remove"), sent(server, at="2026-11-15T10:00"))
    gap = next(part for part in office.get(set_url(recording_set)).context["parts"] if part.status == "missing")
    form = office.get(gap.report_url).context["form"]
    assert (gap.name, form["component"].value()) == ("Server", f"tidak-ada-{recording_set.pk}-server")
    assert "checked" in next(
        str(radio) for radio in form["component"] if radio.data["value"] == form["component"].value()
    )


def test_a_set_is_withdrawn_once_and_the_second_writer_is_told(
    office: Client, recording_set: RecordingSet, operator: User
) -> None:
    stale = sent(recording_set, at="")
    body = sent(recording_set, at="2026-11-15T10:00")
    assert client_of(operator).post(set_url(recording_set, "withdraw"), body).status_code == 403
    assert [office.post(set_url(recording_set, "withdraw"), body).status_code for _ in range(2)] == [302, 302]
    recording_set.refresh_from_db()
    assert recording_set.withdrawn_at == moment("2026-11-15 03:00")
    assert set(Device.objects.values_list("whereabouts", flat=True)) == {"stored"}
    answer = office.post(set_url(recording_set, "withdraw"), stale)
    assert (answer.status_code, answer.context["move"], answer.context["state"].word) == (409, None, "Ditarik")
    assert office.get(set_url(recording_set)).context["moves"] == []


# --- the register of a kabupaten ------------------------------------------------------------------------


def test_the_register_of_a_kabupaten_is_confirmed_complete(
    office: Client, staff: User, official: User, recording_set: RecordingSet
) -> None:
    make_dinas("36.03")
    make_fault(recording_set, "camera")
    make_fault(recording_set, "tripod", fault="missing")
    make_spare(recording_set.kecamatan, "ups")
    url = "/devices/inventory/36.03/"
    page = office.get(url).context
    assert (page["newest"], page["form"]["day"].value(), page["sets"]) == (None, NOW.date(), "1")
    counts = {row.name: (row.working, row.broken, row.missing, row.stored) for row in page["counts"]}
    assert counts["Kamera"] == ("0", "1", "0", "0")
    assert counts["Tripod"] == ("0", "0", "1", "0")
    assert (counts["UPS"], counts["Server"]) == (("0", "0", "0", "1"), ("1", "0", "0", "0"))
    refused = office.post(url, sent(day="2026-11-21"))
    assert refused.context["form"].errors == {"day": ["21/11/2026 belum tiba. Tulis hari yang sudah lewat."]}
    body = sent(day="2026-11-02")
    assert [office.post(url, body).status_code for _ in range(2)] == [302, 302]
    assert InventoryCheck.objects.count() == 1
    page = client_of(official).get(url).context
    assert (page["newest"].day, page["newest"].until, page["newest"].who) == (
        "Senin, 2 November 2026",
        "2 November 2027",
        str(staff),
    )
    assert client_of(official).post(url, body).status_code == 403


def test_a_mistaken_confirmation_is_taken_back_with_a_reason(
    office: Client, staff: User, official: User, recording_set: RecordingSet
) -> None:
    dinas, url = make_dinas("36.03"), "/devices/inventory/36.03/"
    office.post(url, sent(day="2026-11-02"))
    move = office.get(url).context["confirmations"][0].move
    assert client_of(official).get(url).context["confirmations"][0].move is None
    refused = office.post(move.url, sent(reason=""))
    assert refused.context["failed"].errors == {"reason": ["Tulis alasannya."]}
    assert refused.context["confirmations"][0].move.is_open
    body = sent(reason="Set 2 belum didata")
    assert [office.post(move.url, body)["Location"] for _ in range(2)] == [url] * 2
    page = office.get(url).context
    [row] = page["confirmations"]
    assert (page["newest"], row.holds, row.move, row.who) == (None, False, None, str(staff))
    assert row.voided == f"Dibatalkan {staff}, Jumat, 20 November 2026 pukul 10.00 WIB: Set 2 belum didata"
    rollups.refresh()
    month = RegionMonth.objects.get(level=Level.KABUPATEN, region_id=dinas.kabupaten_id, month="2026-11-01")
    assert month.kabupaten_inventoried == 0
    office.post(url, sent(day="2026-11-02"))
    assert office.get(url).context["newest"].day == "Senin, 2 November 2026"


def test_a_confirmation_of_more_than_a_year_ago_holds_no_longer(office: Client, recording_set: RecordingSet) -> None:
    make_dinas("36.03")
    office.post("/devices/inventory/36.03/", sent(day="2025-11-20"))
    page = office.get("/devices/inventory/36.03/").context
    assert (page["newest"], [row.holds for row in page["confirmations"]]) == (None, [False])
