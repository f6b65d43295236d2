"""An outage is reported in the browser, for one kecamatan, for many or for all of a region."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from accounts.models import Role, User
from kecamatan.models import Kecamatan
from repairs.models import Outage
from tests.factories import give_role, make_dinas, make_kecamatan, make_province, make_user
from tests.repairs.conftest import NOW
from tests.repairs.outage_world import client_of, codes, said, typed, url_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_an_operator_reports_for_their_own_kecamatan_without_choosing(
    frozen: time_machine.Traveller, operator: User
) -> None:
    client, sent = client_of(operator), typed(note="Gardu meledak", promised_at="2026-11-20T14:00")
    assert list(client.get("/outages/report/").context["form"].fields)[:2] == ["client_key", "cause"]
    answer = client.post("/outages/report/", sent, follow=True)
    outage = Outage.objects.get()
    assert (answer.redirect_chain, said(answer)) == ([(url_of(outage), 302)], ["Gangguan tercatat."])
    assert (codes(outage), outage.started_at, outage.effect) == (["36.03.30"], NOW, "stopped")
    assert (outage.cause, outage.certainty, outage.note) == ("power_outage", "suspected", "Gardu meledak")
    assert outage.promised_at == NOW + 4 * HOUR
    # A second later the same tap is the same outage, although both say "just now".
    frozen.shift(timedelta(seconds=1))
    assert (client.post("/outages/report/", sent)["Location"], Outage.objects.count()) == (url_of(outage), 1)


def test_another_body_under_the_same_key_is_kept_and_offered_again(operator: User) -> None:
    client, sent = client_of(operator), typed()
    client.post("/outages/report/", sent)
    answer = client.post("/outages/report/", sent | {"cause": "network"})
    form = answer.context["form"]
    assert (answer.status_code, form["cause"].value(), Outage.objects.count()) == (409, "network", 1)
    again = {field.name: field.value() for field in form if field.value()}
    assert client.post("/outages/report/", again).status_code == 302
    assert Outage.objects.count() == 2


def test_staff_tick_many_kecamatan_or_say_all_of_it(three: Outage, staff: User) -> None:
    make_dinas("36.03")
    client = client_of(staff)
    form = client.get("/outages/report/").context["form"]
    assert [label for _, label in form.fields["places"].choices] == [
        "Balaraja",
        "Kresek",
        "Sepatan Timur",
        "Dinas 36.03",
    ]
    assert form.fields["whole"].label == "Seluruh Kabupaten 36.03: 3 kecamatan dan kantor dinas"
    client.post("/outages/report/", typed(places=["36.03.01", "36.03.30"], cause="network"))
    assert codes(Outage.objects.get(cause="network")) == ["36.03.01", "36.03.30"]
    client.post("/outages/report/", typed(whole="on", cause="central_server"))
    assert codes(Outage.objects.get(cause="central_server")) == ["36.03.00", "36.03.01", "36.03.06", "36.03.30"]


def test_from_a_kecamatan_staff_find_it_ticked(three: Outage, staff: User) -> None:
    form = client_of(staff).get("/outages/report/?wilayah=36.03.06").context["form"]
    assert form["places"].value() == ["36.03.06"]


def test_what_is_missing_is_summed_up_and_nothing_typed_is_lost(three: Outage, staff: User) -> None:
    answer = client_of(staff).post("/outages/report/", {"client_key": str(uuid4()), "note": "Sejak hujan"})
    form = answer.context["form"]
    assert form.errors == {
        "cause": ["Pilih penyebabnya, atau Belum diketahui."],
        "effect": ["Pilih apakah masih bisa merekam."],
        "places": ["Pilih sekurangnya satu kecamatan."],
    }
    text = answer.content.decode()
    assert ['href="#id_places_0"' in text, 'id="id_places_0"' in text] == [True, True]
    assert (form["note"].value(), answer.context["running"].rows[0].url) == ("Sejak hujan", url_of(three))


def test_an_announced_power_cut_and_one_that_is_over_can_be_reported(operator: User) -> None:
    client = client_of(operator)
    client.post("/outages/report/", typed(started_at="2026-11-24T08:00", ended_at="2026-11-24T12:00"))
    client.post("/outages/report/", typed(started_at="2026-11-19T08:00", ended_at="2026-11-19T12:00"))
    assert [row.state.word for row in client.get("/outages/?keadaan=semua").context["rows"]] == [
        "Direncanakan",
        "Selesai",
    ]


def test_staff_of_a_province_pick_a_region_first_and_may_say_all_of_it(kresek: Kecamatan) -> None:
    make_kecamatan("36.71.01")
    client = client_of(make_user(Role.STAFF, make_province("36")))
    assert client.get("/outages/report/").context["choices"] == [
        ("36", "Seluruh Provinsi 36"),
        ("36.03", "Kabupaten 36.03"),
        ("36.71", "Kabupaten 36.71"),
    ]
    form = client.get("/outages/report/?wilayah=36").context["form"]
    assert ("places" in form.fields, form.fields["whole"].label) == (False, "Seluruh Provinsi 36: 3 kecamatan")
    unticked = client.post("/outages/report/?wilayah=36", typed())
    assert unticked.context["form"].errors == {"whole": ["Pilih sekurangnya satu kecamatan."]}
    client.post("/outages/report/?wilayah=36", typed(whole="on"))
    assert codes(Outage.objects.get()) == ["36.03.06", "36.03.30", "36.71.01"]
    assert list(client.get("/outages/report/?wilayah=36.71").context["form"].fields)[:2] == ["client_key", "cause"]


def test_an_operator_of_two_kecamatan_chooses_between_them(operator: User, kresek: Kecamatan) -> None:
    give_role(operator, Role.OPERATOR, kresek)
    form = client_of(operator).get("/outages/report/").context["form"]
    assert [code for code, _ in form.fields["places"].choices] == ["36.03.06", "36.03.30"]
    assert "whole" not in form.fields
    refused = client_of(operator).post("/outages/report/", typed(places=["36.03.01"]))
    assert list(refused.context["form"].errors) == ["places"]


@pytest.mark.parametrize("address", ["", "?wilayah=36.03.06"])
@pytest.mark.parametrize("role", ["operator", "operator of two", "staff"])
def test_the_form_is_sent_to_an_address_that_takes_it(
    role: str, address: str, staff: User, kecamatan: Kecamatan, kresek: Kecamatan
) -> None:
    user = staff if role == "staff" else make_user(Role.OPERATOR, kresek, "operator.kresek")
    if role == "operator of two":
        give_role(user, Role.OPERATOR, kecamatan)
    client = client_of(user)
    page = client.get(f"/outages/report/{address}")
    (sent_to,) = re.findall(r'<form class="sheet outage" method="post" action="([^"]+)"', page.content.decode())
    assert client.post(sent_to, typed(places=["36.03.06"])).status_code == 302
    assert codes(Outage.objects.get()) == ["36.03.06"]


@pytest.mark.parametrize("code", ["36.03.99", "53.01.01", "53.01", "53", "36", "ID", "\0", "x"])
def test_a_region_that_is_not_there_or_out_of_scope_is_404(code: str, staff: User) -> None:
    make_kecamatan("53.01.01")
    assert client_of(staff).get("/outages/report/", {"wilayah": code}).status_code == 404
