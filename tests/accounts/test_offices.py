"""Offices, their contacts and signatories: what is refused, kept, recorded, and found again."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
import time_machine
from django.db.models import QuerySet

from accounts.callers import WITH_OFFICES, whom_to_call
from accounts.contacts import add_contact, change_contact, contacts_of, remove_contact
from accounts.models import Contact, Office, Role, Signatory
from accounts.offices import describe_office, describe_supply, office_of, set_opening_hours
from accounts.opening import Day, read, regular_week
from accounts.profile import supply_facts
from accounts.signatories import (
    correct_signatory,
    name_signatory,
    signing_month,
    signing_on,
    void_signatory,
)
from kecamatan.models import Event, Kabupaten, Kecamatan
from kecamatan.regions import sync_regions
from lib.errors import Conflict, Forbidden, Refused
from tests.factories import make_dinas, make_kabupaten, make_kecamatan, make_province, make_user, moment

pytestmark = pytest.mark.django_db

NOW = moment("2026-11-20 03:00")


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def kabupaten() -> Kabupaten:
    make_dinas("36.03")
    return make_kabupaten("36.03")


@pytest.fixture
def kecamatan(kabupaten: Kabupaten) -> Kecamatan:
    return make_kecamatan("36.03.30", "Kecamatan Sepatan Timur")


def described(region: Any, **values: Any) -> Office:
    said = {"address": "", "public_phone": "", "version": office_of(region).version, "by": None}
    return describe_office(region, **{**said, **values})


def supplied(region: Kecamatan, **values: Any) -> Office:
    unknown = {"power_va": None, "has_stabiliser": None, "has_generator": None}
    said = {**unknown, "network_provider": "", "supply_note": "", "version": office_of(region).version, "by": None}
    return describe_supply(region, **{**said, **values})


def signs(region: Any, starts_on: date, name: str = "Siti", **values: Any) -> Signatory:
    said = {"nip": "", "title": "Kepala Dinas", "by": None}
    return name_signatory(region, name=name, starts_on=starts_on, **{**said, **values})


def name_of(signing: QuerySet[Signatory]) -> str | None:
    """Return the name of who signs."""
    return next(iter(signing.values_list("name", flat=True)), None)


def events(region: Any) -> list[tuple[str, Any]]:
    rows = Event.objects.filter(subject=f"office:{office_of(region).pk}").order_by("pk")
    return [(event.action, event.data) for event in rows]


def refusal(change: Any, *args: Any, **values: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        change(*args, **values)
    return refused.value.field, refused.value.message


# --- the office -------------------------------------------------------------------------------------------------------


def test_an_office_is_described_with_its_number_in_e164_and_an_event_of_what_differs(kabupaten: Kabupaten) -> None:
    office = described(kabupaten, agency_name=" Disdukcapil ", address="Tigaraksa", public_phone="021 5990-123")
    assert (office.agency_name, office.address, office.public_phone) == ("Disdukcapil", "Tigaraksa", "+62215990123")
    described(kabupaten, agency_name="Disdukcapil", address="Jalan Pemda", public_phone="021 5990-123")
    assert events(kabupaten)[1] == (
        "describe",
        {"before": {"address": "Tigaraksa"}, "after": {"address": "Jalan Pemda"}},
    )


def test_the_dinas_takes_the_name_of_its_agency_and_a_sync_keeps_it(kabupaten: Kabupaten) -> None:
    described(kabupaten, agency_name="Dispendukcapil")
    assert Kecamatan.objects.get(code="36.03.00").name == "Dispendukcapil Kabupaten 36.03"
    sync_regions({"36": "Banten", "36.03": "Kabupaten Tangerang"}, {}, today=date(2026, 11, 20))
    assert Kecamatan.objects.get(code="36.03.00").name == "Dispendukcapil Kabupaten Tangerang"
    kabupaten.refresh_from_db()
    described(kabupaten, agency_name="")
    assert Kecamatan.objects.get(code="36.03.00").name == "Dinas Kabupaten Tangerang"
    actions = Event.objects.filter(subject__startswith="kecamatan:").values_list("action", flat=True)
    assert sorted(actions) == ["rename", "rename", "sync_regions"]


def test_the_same_change_again_writes_nothing_and_a_stale_one_is_a_conflict(kabupaten: Kabupaten) -> None:
    for _ in range(2):
        described(kabupaten, address="Tigaraksa", version=0)
    with pytest.raises(Conflict):
        described(kabupaten, address="Serpong", version=0)
    assert (office_of(kabupaten).address, office_of(kabupaten).version, len(events(kabupaten))) == ("Tigaraksa", 1, 1)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"public_phone": "nol dua satu"}, "public_phone"),
        ({"address": "Rumah 3603301234567890"}, "address"),
        ({"agency_name": "3603301234567890"}, "agency_name"),
    ],
)
def test_what_cannot_be_dialled_or_holds_a_nik_is_refused(
    kabupaten: Kabupaten, values: dict[str, str], field: str
) -> None:
    assert refusal(described, kabupaten, **values)[0] == field
    assert Office.objects.count() == 0


def test_a_kecamatan_has_no_agency_of_its_own(kecamatan: Kecamatan) -> None:
    assert refusal(described, kecamatan, agency_name="Disdukcapil")[0] == "agency_name"


def test_each_region_has_one_office(kecamatan: Kecamatan) -> None:
    regions = [None, make_province("36"), kecamatan.kabupaten, kecamatan]
    for number, region in enumerate(regions):
        described(region, address=f"Alamat {number}")
    assert [office_of(region).address for region in regions] == [f"Alamat {number}" for number in range(4)]
    assert office_of(make_kabupaten("53.01")).address == ""


@pytest.mark.parametrize(
    ("role", "office", "contacts", "supply"),
    [
        (Role.OPERATOR, False, True, True),
        (Role.TECHNICIAN, False, False, True),
        (Role.STAFF, True, True, True),
        (Role.ADMIN, True, True, True),
        (Role.OFFICIAL, False, False, False),
    ],
)
def test_who_may_change_what(kecamatan: Kecamatan, role: str, office: bool, contacts: bool, supply: bool) -> None:
    user = make_user(role, kecamatan)

    def may(change: Any, *args: Any, **values: Any) -> bool:
        try:
            change(*args, **values, by=user)
        except Forbidden:
            return False
        return True

    assert (
        may(described, kecamatan, address="Jalan Raya"),
        may(add_contact, kecamatan, role="Operator", name="Ana", phone="081280001204"),
        may(supplied, kecamatan, power_va=5500),
        may(described, kecamatan.kabupaten, address="Jalan Raya"),
    ) == (office, contacts, supply, False)


def test_power_and_network_that_nobody_knows_are_not_called_missing(kecamatan: Kecamatan) -> None:
    assert [fact.text for fact in supply_facts(office_of(kecamatan))] == ["belum diketahui"] * 4
    office = supplied(kecamatan, power_va=5500, has_stabiliser=False, has_generator=True, network_provider="VSAT")
    assert [fact.text for fact in supply_facts(office)] == ["5.500 VA", "Tidak ada", "Ada", "VSAT"]
    assert refusal(supplied, kecamatan, power_va=0)[0] == "power_va"


# --- opening hours ----------------------------------------------------------------------------------------------------


def test_hours_are_kept_as_times_with_a_text_and_unknown_days_stay_unknown(kecamatan: Kecamatan) -> None:
    monday = Day(time(7, 30), time(15), text=" Istirahat 12.00 ")
    week = [monday, *[Day()] * 5, Day(is_closed=True)]
    office = set_opening_hours(kecamatan, week=week, version=0, by=None)
    days = read(office.week)
    assert days == [Day(time(7, 30), time(15), text="Istirahat 12.00"), *[Day()] * 5, Day(is_closed=True)]
    assert set_opening_hours(kecamatan, week=[Day()] * 7, version=office.version, by=None).week == []


def test_a_form_begins_with_the_ordinary_week() -> None:
    week = regular_week()
    assert week[0] == Day(time(7, 30), time(16), text="Istirahat 12.00–13.00")
    assert week[4] == Day(time(7, 30), time(16, 30), text="Istirahat 11.30–13.00")
    assert week[5:] == [Day(is_closed=True)] * 2


@pytest.mark.parametrize(
    ("day", "field"),
    [
        (Day(opens=time(8)), "closes_1"),
        (Day(closes=time(8)), "opens_1"),
        (Day(time(8), time(8)), "closes_1"),
        (Day(time(8), time(9), is_closed=True), "opens_1"),
        (Day(text="NIK 3603301234567890"), "text_1"),
    ],
)
def test_hours_that_make_no_sense_are_refused(kecamatan: Kecamatan, day: Day, field: str) -> None:
    week = [Day(), day, *[Day()] * 5]
    assert refusal(set_opening_hours, kecamatan, week=week, version=0, by=None)[0] == field


# --- contacts ---------------------------------------------------------------------------------------------------------


def test_contacts_stand_in_order_and_one_who_left_stays_in_the_history(kecamatan: Kecamatan) -> None:
    first = add_contact(kecamatan, role="Operator", name="Ana", phone="0812 8000 1204", by=None)
    add_contact(kecamatan, role="Camat", name="Budi", phone="0812 8000 1205", by=None)
    add_contact(kecamatan, role="Teknisi", name="Cici", phone="0812 8000 1206", rank=1, by=None)
    assert [row.name for row in contacts_of(office_of(kecamatan))] == ["Ana", "Cici", "Budi"]
    remove_contact(kecamatan, first, version=1, by=None)
    remove_contact(kecamatan, first, version=1, by=None)
    assert [row.name for row in contacts_of(office_of(kecamatan))] == ["Cici", "Budi"]
    assert events(kecamatan)[-1] == ("remove_contact", {"contact": "Operator: Ana", "phone": "+6281280001204"})
    assert Contact.objects.count() == 3


@pytest.mark.parametrize("values", [{"role": " "}, {"name": ""}, {"phone": ""}, {"phone": "1"}, {"rank": 0}])
def test_a_contact_without_task_name_or_number_is_refused(kecamatan: Kecamatan, values: dict[str, Any]) -> None:
    said = {"role": "Operator", "name": "Ana", "phone": "081280001204", "rank": None, **values}
    assert refusal(add_contact, kecamatan, **said, by=None)[0] == next(iter(values))


def test_two_corrections_of_one_contact_never_both_hold(kecamatan: Kecamatan) -> None:
    contact = add_contact(kecamatan, role="Operator", name="Ana", phone="081280001204", by=None)
    same = {"role": "Operator", "phone": "081280001204", "rank": None, "version": 1, "by": None}
    change_contact(kecamatan, Contact.objects.get(), name="Anna", **same)
    with pytest.raises(Conflict):
        change_contact(kecamatan, contact, name="Anita", **same)
    assert Contact.objects.get().name == "Anna"
    gone = Contact.objects.get()
    remove_contact(kecamatan, gone, version=2, by=None)
    with pytest.raises(Conflict):
        change_contact(kecamatan, gone, name="Anna", **same)


def test_a_place_names_its_own_people_before_those_of_its_agency_without_a_query(
    kecamatan: Kecamatan, django_assert_num_queries: Any
) -> None:
    described(kecamatan.kabupaten, agency_name="Disdukcapil", public_phone="021 5990 123")
    for number in range(7):
        add_contact(kecamatan.kabupaten, role="Teknisi", name=f"T{number}", phone="081280001204", by=None)
    gone = add_contact(kecamatan, role="Operator", name="Ana", phone="081280001204", by=None)
    add_contact(kecamatan, role="Operator", name="Budi", phone="02159901234", by=None)
    add_contact(make_kecamatan("36.03.31"), role="Operator", name="Orang lain", phone="081280001204", by=None)
    remove_contact(kecamatan, gone, version=1, by=None)
    operator = make_user(Role.OPERATOR, kecamatan)
    place = Kecamatan.objects.select_related("kabupaten", *WITH_OFFICES).get(pk=kecamatan.pk)
    scope = operator.scope
    with django_assert_num_queries(0):
        own, agency = whom_to_call(place, scope)
    assert (own.title, own.number, own.url) == ("Kecamatan Sepatan Timur", None, "/profile/36.03.30/")
    assert [(one.name, one.number.tel, one.number.whatsapp) for one in own.people] == [
        ("Budi", "tel:+622159901234", "")
    ]
    # The operator may call the agency, whose profile lies outside their assignments.
    assert (agency.title, agency.url) == ("Disdukcapil Kabupaten 36.03", "")
    assert agency.number == ("021-5990-123", "tel:+62215990123", "")
    assert [one.name for one in agency.people] == ["T0", "T1", "T2", "T3", "T4"]
    assert agency.people[0].number.whatsapp == "https://wa.me/6281280001204"


def test_a_dinas_names_its_agency_alone_and_an_unknown_office_stands_empty(kabupaten: Kabupaten) -> None:
    place = Kecamatan.objects.get(code="36.03.00")
    groups = whom_to_call(place, make_user(Role.STAFF, kabupaten).scope)
    assert groups == [("Dinas Kabupaten 36.03", None, [], "/profile/36.03/")]


# --- signatories ------------------------------------------------------------------------------------------------------


def test_a_past_month_finds_who_signed_then(kabupaten: Kabupaten, kecamatan: Kecamatan) -> None:
    signs(kabupaten, date(2025, 3, 1), "Ana")
    signs(kabupaten, date(2026, 4, 15), "Budi")
    days = [date(2025, 2, 28), date(2025, 3, 1), date(2026, 4, 14), date(2026, 4, 15)]
    assert [name_of(signing_on(kabupaten, day)) for day in days] == [None, "Ana", "Ana", "Budi"]
    assert [name_of(signing_month(kabupaten, date(2026, month, 1))) for month in (3, 4)] == ["Ana", "Budi"]
    assert [name_of(signing_on(region, date(2026, 5, 1))) for region in (kecamatan, None)] == ["Budi", None]


def test_who_never_signed_is_struck_with_a_reason_and_the_day_is_free_again(kabupaten: Kabupaten) -> None:
    wrong = signs(kabupaten, date(2026, 1, 1), "Ana")
    assert refusal(signs, kabupaten, date(2026, 1, 1), "Budi") == (
        "starts_on",
        "Sudah ada penanda tangan mulai Kamis, 1 Januari 2026. Betulkan yang itu.",
    )
    assert refusal(void_signatory, kabupaten, wrong, reason=" ", version=1, by=None)[0] == "reason"
    void_signatory(kabupaten, wrong, reason="Salah orang", version=1, by=None)
    signs(kabupaten, date(2026, 1, 1), "Budi")
    assert name_of(signing_on(kabupaten, date(2026, 2, 1))) == "Budi"
    assert events(kabupaten)[1] == ("void_signatory", {"signatory": "Ana, Kepala Dinas", "reason": "Salah orang"})


def test_a_correction_keeps_the_old_value_and_does_not_take_a_taken_day(kabupaten: Kabupaten) -> None:
    signs(kabupaten, date(2026, 1, 1), "Ana")
    second = signs(kabupaten, date(2026, 2, 1), "Budy")
    said = {"nip": "", "title": "Kepala Dinas", "version": 1, "by": None}
    correct_signatory(kabupaten, second, name="Budi", starts_on=date(2026, 2, 1), **said)
    assert events(kabupaten)[-1] == (
        "correct_signatory",
        {"signatory": "Budy, Kepala Dinas", "before": {"name": "Budy"}, "after": {"name": "Budi"}},
    )
    with pytest.raises(Conflict):
        correct_signatory(kabupaten, second, name="Bu Di", starts_on=date(2026, 2, 1), **said)
    taken = {**said, "version": 2}
    assert refusal(correct_signatory, kabupaten, second, name="Budi", starts_on=date(2026, 1, 1), **taken)[0] == (
        "starts_on"
    )


@pytest.mark.parametrize("nip", ["19680512199303", "19681312 199303 1 004", "19680512 199313 1 004", "x" * 18])
def test_a_nip_that_cannot_be_one_is_refused(kabupaten: Kabupaten, nip: str) -> None:
    assert refusal(signs, kabupaten, date(2026, 1, 1), nip=nip)[0] == "nip"


def test_a_nip_is_kept_as_digits(kabupaten: Kabupaten) -> None:
    assert signs(kabupaten, date(2026, 1, 1), nip="19680512 199303 1 004").nip == "196805121993031004"


@pytest.mark.parametrize("day", [date(2008, 12, 31), date(2027, 11, 22)])
def test_a_day_before_the_first_device_or_far_ahead_is_refused(kabupaten: Kabupaten, day: date) -> None:
    assert refusal(signs, kabupaten, day)[0] == "starts_on"


def test_a_kecamatan_signs_no_report(kecamatan: Kecamatan) -> None:
    assert refusal(signs, kecamatan, date(2026, 1, 1))[0] == ""
