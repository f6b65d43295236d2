"""Who made a mistake about an outage takes it back alone: a report of their own, an end said a moment ago."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts.models import Role, User
from kecamatan.models import Event, Kecamatan
from repairs.models import Outage
from repairs.outages import confirm_outage
from tests.factories import forget_marks, make_user, marks
from tests.repairs.conftest import NOW
from tests.repairs.outage_world import client_of, codes, current, outage_over, url_of

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def moves(user: User, outage: Outage) -> list[str]:
    return [move.name for move in client_of(user).get(url_of(outage)).context["moves"]]


def actions(outage: Outage) -> list[str]:
    rows = Event.objects.filter(subject=f"outage:{outage.pk}").order_by("pk")
    return list(dict.fromkeys(rows.values_list("action", flat=True)))


def restore(user: User, outage: Outage, **more: str) -> Any:
    return client_of(user).post(url_of(outage, "restored"), {"client_key": str(uuid4()), **more})


def undo(user: User, outage: Outage) -> Any:
    return client_of(user).post(url_of(outage, "undo"), {"client_key": str(uuid4())})


def test_an_operator_withdraws_a_mistaken_report_with_the_reason(kecamatan: Kecamatan, operator: User) -> None:
    outage = outage_over(kecamatan, by=operator)
    assert moves(operator, outage) == ["end", "cause", "withdraw"]
    client, sent = client_of(operator), {"version": 1, "reason": ""}
    assert client.post(url_of(outage, "withdraw"), sent).context["failed"].errors == {"reason": ["Tulis alasannya."]}
    forget_marks()
    client.post(url_of(outage, "withdraw"), {**sent, "reason": "Sekringnya turun"})
    outage = current(outage)
    assert (outage.voided_by, outage.void_reason) == (operator, "Sekringnya turun")
    assert marks() == [("36.03.30", "2026-11")]
    page = client.get(url_of(outage)).context
    assert (page["state"].word, page["history"][0].what, page["moves"]) == ("Dibatalkan", "menarik laporannya", [])


def test_what_others_spoke_of_or_reported_is_not_ones_own_to_withdraw(
    kecamatan: Kecamatan, operator: User, staff: User
) -> None:
    colleague = make_user(Role.OPERATOR, kecamatan)
    outage = outage_over(kecamatan, by=operator)
    sent = {"version": 1, "reason": "Keliru"}
    assert client_of(colleague).post(url_of(outage, "withdraw"), sent).status_code == 403
    confirm_outage(outage, places=[kecamatan], by=colleague)
    assert "withdraw" not in moves(operator, outage)
    page = client_of(operator).post(url_of(outage, "withdraw"), sent).context
    assert page["failed"].non_field_errors() == [
        "Sudah ada orang lain yang bicara tentang gangguan ini. Minta dinas membatalkannya."
    ]
    assert current(outage).voided_at is None


def test_a_mistaken_tap_is_undone_without_a_gap_and_stays_in_the_history(
    frozen: time_machine.Traveller, kecamatan: Kecamatan, operator: User, staff: User
) -> None:
    colleague = make_user(Role.OPERATOR, kecamatan)
    outage = outage_over(kecamatan, by=operator)
    assert restore(operator, outage, kembali="daftar")["Location"] == "/outages/"
    assert (moves(operator, outage)[0], "undo" in moves(colleague, outage)) == ("undo", False)
    assert undo(colleague, outage).context["failed"].non_field_errors() == [
        "Hanya bisa diurungkan oleh yang menyatakannya, dalam 10 menit, selama belum ada yang berubah lagi."
    ]
    frozen.shift(10 * MINUTE)
    assert undo(operator, outage)["Location"] == url_of(outage)
    assert (current(outage).ended_at, actions(outage)[-2:]) == (None, ["end", "undo_end"])
    restore(operator, outage)
    frozen.shift(10 * MINUTE + timedelta(seconds=1))
    assert "undo" not in moves(operator, outage)
    assert undo(operator, outage).status_code == 200
    assert current(outage).ended_at == NOW + 10 * MINUTE


def test_a_part_goes_back_to_the_outage_that_runs_elsewhere(three: Outage, operator: User, staff: User) -> None:
    restore(operator, three)
    part = Outage.objects.get(split_from=three)
    assert undo(operator, part)["Location"] == url_of(three)
    assert codes(three) == ["36.03.01", "36.03.06", "36.03.30"]
    assert (current(part).void_reason, current(three).ended_at) == ("Diurungkan: ternyata belum pulih", None)
    page = client_of(staff).get(url_of(three)).context
    assert (page["links"], page["history"][0].what) == (
        [],
        "mengurungkan pernyataan pulih di Kecamatan Sepatan Timur: ternyata belum pulih",
    )


def test_a_part_whose_outage_is_over_meanwhile_runs_on_by_itself(three: Outage, operator: User, staff: User) -> None:
    restore(operator, three)
    part = Outage.objects.get(split_from=three)
    client_of(staff).post(url_of(three, "end"), {"version": current(three).version})
    assert undo(operator, part)["Location"] == url_of(part)
    assert (current(part).ended_at, current(part).voided_at) == (None, None)
    assert codes(three) == ["36.03.01", "36.03.06"]
