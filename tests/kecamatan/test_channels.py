"""Every event keeps by which way the change came in, and is found by whoever sees what it is about."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from accounts.offices import describe_office
from accounts.permissions import Region
from kecamatan.changes import actor_of, actor_text, record_event
from kecamatan.channels import acting_through, channel_now
from kecamatan.duty import Count, enter_recordings
from kecamatan.models import Event, Recording
from repairs.datasets import import_file
from tests.factories import make_kabupaten, make_kecamatan, make_user, sign_in
from tests.importing import import_text

pytestmark = pytest.mark.django_db

HEADER = "kode;tanggal;rekam"


def test_what_nobody_noted_is_the_systems_own() -> None:
    place = make_kecamatan()
    assert record_event(place, "rename", by=None).channel == "system"
    with acting_through("import"):
        assert record_event(place, "rename", by=None).channel == "import"
    assert channel_now() == "system"


def test_a_page_and_the_reference_data_are_told_apart() -> None:
    place = make_kecamatan("36.03.30")
    client = Client()
    sign_in(client, make_user(Role.OPERATOR, place))
    client.post(reverse("repairs:say-normal", args=[place.code]))
    sign_in(client, make_user(Role.ADMIN, None, "pusat"))
    client.post("/admin/kecamatan/dayoff/add/", {"day": "2026-03-16", "name": "Pemilihan", "confirmed": "on"})
    assert list(Event.objects.order_by("pk").values_list("action", "channel")) == [
        ("all_normal", "page"),
        ("save_day_off", "admin"),
    ]
    assert actor_of(Event.objects.get(action="save_day_off")) == "Pusat (di data acuan)"


def test_who_acted_is_said_with_the_way_where_it_is_no_page() -> None:
    assert [actor_text("Siti", way) for way in ("page", "system", "", "api", "import", "admin")] == [
        *["Siti"] * 3,
        "Siti (lewat API)",
        "Siti (lewat impor)",
        "Siti (di data acuan)",
    ]
    assert [actor_text("", way) for way in ("import", "system", "")] == ["Impor berkas", "Sistem", "Sistem"]


# --- imports ----------------------------------------------------------------------------------------------------


def imports() -> list[tuple[str | None, str, dict[str, object]]]:
    rows = Event.objects.filter(action="import").order_by("pk")
    return list(rows.values_list("kabupaten__code", "subject", "data"))


def test_an_import_leaves_one_event_that_names_the_file_and_the_command(tmp_path: Path) -> None:
    place = make_kecamatan("36.03.30")
    enter_recordings([Count(place, date(2026, 1, 5), place, 4)], by=None)
    path = tmp_path / "januari.csv"
    path.write_text(f"{HEADER}\n36.03.30;2026-01-05;5\n36.03.30;2026-01-06;6\n")
    call_command("import_data", "recordings", str(path), "--dry-run")
    assert imports() == []
    call_command("import_data", "recordings", str(path), verbosity=0)
    assert imports() == [
        (
            "36.03",
            "import:recordings",
            {
                "file": "januari.csv",
                "dataset": "recordings",
                "rows": 2,
                "counts": {"added": 1, "changed": 1, "unchanged": 0},
                "regions": ["36.03"],
                "who": "perintah import_data",
            },
        )
    ]
    # The row that was replaced tells the same way.
    corrected = Event.objects.get(subject=f"recording:{Recording.objects.get(day=date(2026, 1, 5)).pk}")
    assert (corrected.action, corrected.channel, actor_of(corrected)) == ("correct", "import", "Impor berkas")


def test_of_a_file_about_several_kabupaten_each_reads_of_its_own_rows_only(tmp_path: Path) -> None:
    make_kecamatan("36.03.30")
    make_kecamatan("36.71.01")
    path = tmp_path / "januari.csv"
    path.write_text(f"{HEADER}\n36.03.30;2026-01-05;5\n36.03.30;2026-01-06;6\n36.71.01;2026-01-05;7\n")
    call_command("import_data", "recordings", str(path), verbosity=0)
    said = {"file": "januari.csv", "dataset": "recordings", "who": "perintah import_data"}
    assert imports() == [
        (
            None,
            "import:recordings",
            {
                **said,
                "rows": 3,
                "counts": {"added": 3, "changed": 0, "unchanged": 0},
                "regions": ["36.03", "36.71"],
            },
        ),
        ("36.03", "import:recordings", {**said, "rows": 2}),
        ("36.71", "import:recordings", {**said, "rows": 1}),
    ]
    staff = make_user(Role.STAFF, make_kabupaten("36.71"))
    seen = Event.objects.filter(action="import").visible_to(staff)
    assert [event.data["rows"] for event in seen] == [1]


def test_an_import_that_names_a_province_is_told_to_all_its_kabupaten(tmp_path: Path) -> None:
    make_kecamatan("36.03.30")
    make_kecamatan("36.71.01")
    make_kecamatan("53.01.01")
    path = tmp_path / "server.csv"
    path.write_text("kode;mulai;penyebab;dampak\n36;2026-01-05;central_server;berhenti\n")
    call_command("import_data", "outages", str(path), verbosity=0)
    assert [(code, data["rows"]) for code, _, data in imports()] == [(None, 1), ("36.03", 1), ("36.71", 1)]


def test_the_people_of_a_kabupaten_find_its_imports_in_the_history_of_its_profile(tmp_path: Path) -> None:
    make_kecamatan("36.03.30")
    make_kecamatan("36.71.01")
    path = tmp_path / "januari.csv"
    path.write_text(f"{HEADER}\n36.03.30;2026-01-05;5\n36.03.30;2026-01-06;6\n")
    call_command("import_data", "recordings", str(path), verbosity=0)
    client = Client()
    client.force_login(make_user(Role.STAFF, make_kabupaten("36.03").province))
    history = client.get("/profile/36.03/history/").context["history"]
    assert [(entry.who, entry.what) for entry in history] == [
        ("perintah import_data", "mengimpor berkas januari.csv (perekaman), 2 baris")
    ]
    assert client.get("/profile/36.71/history/").context["history"] == []


def test_a_person_who_imports_is_named(tmp_path: Path) -> None:
    make_kecamatan("36.03.30")
    path = tmp_path / "target.csv"
    path.write_text("kode;mulai;persen\n36.03;2026-01;15\n")
    staff = make_user(Role.STAFF, make_kabupaten("36.03"), "siti")
    import_file("targets", path, by=staff)
    event = Event.objects.get(action="import")
    assert (event.by, event.channel, event.data["who"]) == (staff, "import", "")


def test_a_faulty_file_leaves_no_event() -> None:
    make_kecamatan("36.03.30")
    assert not import_text("recordings", HEADER, "36.03.30;2026-01-05;banyak").ok
    assert imports() == []


# --- who finds them ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "region", "sees"),
    [
        (Role.STAFF, "36.03", True),
        (Role.OFFICIAL, "36", True),
        (Role.ADMIN, "ID", True),
        (Role.OPERATOR, "36.03.30", False),
        (Role.STAFF, "36.71", False),
    ],
)
def test_an_event_of_a_kabupaten_is_found_by_its_people(role: str, region: str, sees: bool) -> None:
    kabupaten = make_kecamatan("36.03.30").kabupaten
    describe_office(kabupaten, address="Jalan Raya 1", public_phone="", version=0, by=None)
    event = Event.objects.get(action="describe")
    assert event.kabupaten == kabupaten
    where: dict[str, Region] = {
        "36": kabupaten.province,
        "36.03": kabupaten,
        "36.03.30": make_kecamatan("36.03.30"),
        "36.71": make_kabupaten("36.71"),
        "ID": None,
    }
    assert list(Event.objects.visible_to(make_user(role, where[region]))) == ([event] if sees else [])


def test_in_doubt_no_event_is_seen() -> None:
    record_event(make_kecamatan(), "rename", by=None)
    assert list(Event.objects.visible_to(None)) == []
