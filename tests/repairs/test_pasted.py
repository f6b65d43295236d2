"""What is read out of a pasted message: the component, what is seen, why, since when, and who wrote it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from devices.models import DeviceKind, DeviceSymptom
from kecamatan.models import Cause
from repairs.pasted import CAUSES, KINDS, SYMPTOMS, UNREAD, UNREAD_BY_KIND, places_named, read_message

NOW = datetime(2026, 11, 20, 10, 0)  # noqa: DTZ001 (a Friday, by the clock of the place)
PLACES = {
    "36.03.06": "Kecamatan Kresek",
    "36.03.12": "Kecamatan Sepatan",
    "36.03.30": "Kecamatan Sepatan Timur",
    "91.03.01": "Distrik Sentani",
}


def read(text: str) -> dict[str, Any]:
    """Return the codes that are read in a text."""
    found = read_message(text, NOW)
    one = ("symptom", "cause", "certainty", "effect", "set_label")
    values = {name: getattr(found, name).value for name in one if getattr(found, name)}
    return {**values, **({"kinds": [kind.value for kind in found.kinds]} if found.kinds else {})}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Pak, server Kresek mati kena petir kayaknya, tidak bisa rekam",
            {
                "kinds": ["server"],
                "symptom": "wont_turn_on",
                "cause": "lightning",
                "certainty": "suspected",
                "effect": "stopped",
            },
        ),
        (
            "alat sidik jari gak kebaca, masih bisa gantian. Set 2",
            {
                "kinds": ["fingerprint_scanner"],
                "symptom": "no_fingerprint",
                "effect": "limited",
                "set_label": "2",
            },
        ),
        ("irisnya blm bisa terbaca", {"kinds": ["iris_scanner"], "symptom": "no_iris"}),
        ("ttd tdk kebaca", {"kinds": ["signature_pad"], "symptom": "no_signature"}),
        (
            "Kameranya BURAM, jelas karena kotor",
            {"kinds": ["camera"], "symptom": "bad_picture", "cause": "dirt", "certainty": "certain"},
        ),
        ("printer ga bisa nyetak", {"kinds": ["card_printer"], "symptom": "bad_print"}),
        ("komputer server lemot kena virus", {"kinds": ["server"], "symptom": "slow", "cause": "malware"}),
        ("UPS dan monitor rusak", {"kinds": ["ups", "monitor"]}),
        ("kamera hilang dicuri", {"kinds": ["camera"], "symptom": "gone", "cause": "theft"}),
        ("router mati lampu", {"kinds": ["router"], "cause": "power_outage"}),
        ("server pusat gangguan", {"cause": "central_server"}),
        ("listrik mati, daya tidak kuat", {"cause": "power_outage"}),
        ("data hilang 1.738, belum pasti", {"certainty": "suspected"}),
        ("upsilon serverless petirnya tripod", {"kinds": ["tripod"], "cause": "lightning"}),
        ("Selamat pagi Pak, mohon bantuannya", {}),
    ],
)
def test_a_message_names_what_is_broken_and_why(text: str, found: dict[str, Any]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "since", "words"),
    [
        ("mati sejak kemarin", "2026-11-19 00:00", "sejak kemarin"),
        ("kmrn sore mati", "2026-11-19 15:00", "kmrn sore"),
        ("sejak kemarin lusa", "2026-11-18 00:00", "sejak kemarin lusa"),
        ("rusak sejak Senin", "2026-11-16 00:00", "sejak Senin"),
        ("rusak sejak Jum'at jam 9 pagi", "2026-11-20 09:00", "sejak Jum'at jam 9 pagi"),
        ("sejak minggu kami tutup", "2026-11-15 00:00", "sejak minggu"),
        ("sejak minggu lalu", "2026-11-13 00:00", "sejak minggu lalu"),
        ("sejak 15/11", "2026-11-15 00:00", "sejak 15/11"),
        ("sejak 31/12", "2025-12-31 00:00", "sejak 31/12"),
        ("per 15-11-2026 pukul 13.30 WIB", "2026-11-15 13:30", "per 15-11-2026 pukul 13.30 WIB"),
        ("mulai 3 Nop", "2026-11-03 00:00", "mulai 3 Nop"),
        ("mulai 3 Nov", "2026-11-03 00:00", "mulai 3 Nov"),
        ("tgl 25 rusak", "2026-10-25 00:00", "tgl 25"),
        ("pagi ini mati", "2026-11-20 07:30", "pagi ini"),
        ("tadi siang mati", "2026-11-20 10:00", "tadi siang"),
        ("semalam mati", "2026-11-19 19:00", "semalam"),
        ("mati dari jam 9 kemarin", "2026-11-19 09:00", "jam 9 kemarin"),
        ("jam 08.30 mati", "2026-11-20 08:30", "jam 08.30"),
        ("jam 2 siang mati", "2026-11-19 14:00", "jam 2 siang"),
        ("barusan mati", "2026-11-20 10:00", "barusan"),
        ("sudah 3 hari mati", "2026-11-17 00:00", "sudah 3 hari"),
        ("dua minggu yang lalu mati", "2026-11-06 00:00", "dua minggu yang lalu"),
        ("kemarin dicek, mati sejak 12/11", "2026-11-12 00:00", "sejak 12/11"),
        ("teknisi datang 2 hari lagi", None, ""),
        ("sejak 30/02", None, ""),
        ("sejak 15/11/2027", None, ""),
        ("selamat pagi", None, ""),
    ],
)
def test_a_message_says_since_when(text: str, since: str | None, words: str) -> None:
    found = read_message(text, NOW).since
    assert (f"{found.at:%Y-%m-%d %H:%M}" if found else None, found.words if found else "") == (since, words)


@pytest.mark.parametrize(
    "head", ["[18/11/26 09.02] Budi Kresek: ", "[09.02, 18/11/2026] Budi Kresek: ", "18/11/2026 09.02 - Budi Kresek: "]
)
def test_the_head_of_a_message_says_who_wrote_it_and_when_and_days_count_from_then(head: str) -> None:
    found = read_message(f"{head}server mati sejak kemarin\n{head}mohon bantuan", NOW)
    assert (found.sender, f"{found.sent_at:%Y-%m-%d %H:%M}") == ("Budi Kresek", "2026-11-18 09:02")
    assert found.since and f"{found.since.at:%Y-%m-%d}" == "2026-11-17"


def test_a_head_from_the_future_or_without_a_real_day_counts_for_nothing() -> None:
    for head in ("[21/11/26 09.02] Budi: ", "[31/11/26 09.02] Budi: "):
        found = read_message(f"{head}server mati sejak kemarin", NOW)
        assert (found.sender, found.sent_at, found.since and found.since.at.day) == ("Budi", None, 19)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Lapor dari kec. KRESEK", ["36.03.06"]),
        ("Sepatan Timur mati", ["36.03.30"]),
        ("sepatan dan kresek, kresek", ["36.03.12", "36.03.06"]),
        ("Distrik Sentani", ["91.03.01"]),
        ("Kresekan", []),
        ("[18/11/26 09.02] Budi Kresek: server mati", ["36.03.06"]),
        ("[18/11/26 09.02] Budi Kresek: Sepatan mati", ["36.03.12"]),
    ],
)
def test_a_message_names_its_kecamatan(text: str, codes: list[str]) -> None:
    assert [found.value for found in places_named(text, PLACES)] == codes


@pytest.mark.django_db
def test_every_word_stands_for_a_code_on_record() -> None:
    symptoms = {*SYMPTOMS, *UNREAD_BY_KIND.values()} - {UNREAD}
    assert set(KINDS) == set(DeviceKind.objects.values_list("code", flat=True))
    assert symptoms - set(DeviceSymptom.objects.values_list("code", flat=True)) == set()
    assert set(CAUSES) | {Cause.OTHER, Cause.UNKNOWN} == set(Cause)
