"""Which kecamatan a person may open for its counts, where its people may be recorded, and which one needs them most."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.forms import Select
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from kecamatan.duty import office_calendar
from kecamatan.models import Kabupaten, Kecamatan, Recording
from lib.format import day_id, number_id
from lib.month_choice import Month, choose_month
from lib.months import add_months, local_day, month_of
from lib.pages import NotFound
from repairs.models import Arrangement

CODE = re.compile(r"\d{2}\.\d{2}\.\d{2}")
MOBILE_UNIT = "unit_keliling"


class Where(NamedTuple):
    """A kecamatan or dinas, with the places where its people may be recorded, its own office first."""

    place: Kecamatan
    offices: dict[str, Kecamatan]
    """By code; nobody sees more of the others than their names."""
    hosts: frozenset[str]

    def choices(self) -> list[tuple[str, str]]:
        """Return the places of recording as a form offers them: those arranged as hosts before the rest."""
        others = [office for code, office in self.offices.items() if code != self.place.code]
        others.sort(key=lambda office: (office.code not in self.hosts, not office.is_dinas, office.name))
        own = "Kantor dinas" if self.place.is_dinas else "Kantor kecamatan sendiri"
        named = [(office.code, self._label(office)) for office in others]
        return [(self.place.code, own), (MOBILE_UNIT, "Unit keliling (jemput bola)"), *named]

    def _label(self, office: Kecamatan) -> str:
        return office.name if office.is_dinas else f"Menumpang di {office.name}"


def month_url(place: Kecamatan, month: date | None = None, **more: str) -> str:
    """Return the address of the counts of a place in a month; of the current one without it."""
    query = {"kecamatan": place.code, **({"bulan": f"{month:%Y-%m}"} if month else {}), **more}
    return f"{reverse('repairs:recording-month')}?{urlencode(query)}"


def day_url(place: Kecamatan, day: date) -> str:
    """Return the address of the counts of one day."""
    return reverse("repairs:recording-day", args=[place.code, day.isoformat()])


def export_url(month: date, **region: str) -> str:
    """Return the address of the file with the counts of a month, of a ``kecamatan`` or a ``kabupaten``."""
    return f"{reverse('repairs:recording-export')}?{urlencode({**region, 'bulan': f'{month:%Y-%m}'})}"


def find_where(code: str, user: User) -> Where | None:
    """Return the place of a code, or the only one that a person has; ``None`` where they must choose first.

    Raises :class:`NotFound` outside the person's regions.
    """
    if not code:
        scope = user.scope
        if scope.nation or scope.provinces or scope.kabupaten or len(scope.kecamatan) != 1:
            return None
        wanted = Kecamatan.objects.visible_to(user)
    elif CODE.fullmatch(code):
        wanted = Kecamatan.objects.visible_to(user).filter(code=code)
    else:
        raise NotFound("Bukan kode kecamatan.")
    return _where(wanted)


def _where(wanted: Any) -> Where:
    """Read a place with the offices of its kabupaten and its hosts elsewhere, in one query."""
    arranged = Arrangement.objects.counted().filter(kecamatan__in=wanted.order_by().values("pk"), host__isnull=False)
    rows = Kecamatan.objects.with_zone().annotate(
        is_wanted=Exists(wanted.filter(pk=OuterRef("pk")).order_by()),
        is_host=Exists(arranged.filter(host=OuterRef("pk"))),
    )
    near = Q(kabupaten__in=wanted.order_by().values("kabupaten")) | Q(pk__in=arranged.values("host"))
    found = list(rows.filter(near))
    place = next((row for row in found if row.is_wanted), None)
    if place is None:
        raise NotFound("Tidak ada kecamatan itu.")
    offices = {row.code: row for row in found if row.closed_on is None or row.pk == place.pk}
    return Where(place, offices, frozenset(row.code for row in found if row.is_host))


# --- Choosing ---------------------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """A kecamatan in the list, with its office days that nobody has filled."""

    name: str
    url: str
    is_expected: bool
    missing: int
    missing_text: str
    reported_text: str
    newest: str


def choice_page(user: User, kabupaten_code: str, asked_month: str | None) -> dict[str, Any]:
    """Return the kecamatan that a person may open, the one with most missing days first.

    Above one kabupaten the person names it first. Raises :class:`NotFound` for one outside their regions.
    """
    kabupaten = list(
        Kabupaten.objects.filter(pk__in=Kecamatan.objects.visible_to(user).order_by().values("kabupaten"))
        .select_related("province")
        .order_by("name", "code")
    )
    choices = Select({"class": "in", "id": "kabupaten"}, [(row.code, row.name) for row in kabupaten])
    chosen = next((row for row in kabupaten if row.code == kabupaten_code), None)
    if kabupaten_code and chosen is None:
        raise NotFound("Tidak ada kabupaten itu.")
    if chosen is None and len(kabupaten) == 1:
        chosen = kabupaten[0]
    page: dict[str, Any] = {
        "is_assigned": bool(kabupaten),
        "chosen": chosen,
        "choices": choices.render("kabupaten", kabupaten_code) if len(kabupaten) > 1 else "",
    }
    if chosen is None:
        return page
    today = local_day(timezone.now(), chosen.province.time_zone)
    month = choose_month(asked_month, month_of(today))
    return page | {
        "month": month,
        "rows": _standings(chosen, user, month, today),
        "export_url": export_url(month.chosen, kabupaten=chosen.code),
        **_neighbouring(chosen, month),
    }


def _neighbouring(kabupaten: Kabupaten, month: Month) -> dict[str, str]:
    def url(of: date | None) -> str:
        query = urlencode({"kabupaten": kabupaten.code, "bulan": f"{of:%Y-%m}"}) if of else ""
        return f"{reverse('repairs:recording-month')}?{query}" if query else ""

    return {"before_url": url(month.before), "after_url": url(month.after)}


def _standings(kabupaten: Kabupaten, user: User, month: Month, today: date) -> list[Standing]:
    """Return the kecamatan of a kabupaten, the one with most office days missing first; a dinas is not expected."""
    places = list(Kecamatan.objects.visible_to(user).running().filter(kabupaten=kabupaten))
    over = [day for day in office_calendar().days(month.chosen) if day < today]
    counts = Recording.objects.filter(kecamatan__in=places).order_by().values_list("kecamatan")
    in_month = counts.filter(day__gte=month.chosen, day__lt=add_months(month.chosen, 1))
    newest = dict(in_month.annotate(newest=Max("day")))
    reported = dict(in_month.filter(day__in=over).annotate(days=Count("day", distinct=True)))
    rows = [_standing(place, month, len(over), reported.get(place.pk, 0), newest.get(place.pk)) for place in places]
    return sorted(rows, key=lambda row: (not row.is_expected, -row.missing, row.name))


def _standing(place: Kecamatan, month: Month, expected: int, reported: int, newest: date | None) -> Standing:
    missing = 0 if place.is_dinas else expected - reported
    if place.is_dinas:
        missing_text, reported_text = "–", "tidak wajib tiap hari"
    else:
        missing_text = f"{number_id(missing)} hari" if missing else "lengkap"
        reported_text = f"{number_id(reported)} dari {number_id(expected)} hari kerja"
    newest_text = day_id(newest, weekday=False) if newest else ""
    url = month_url(place, None if month.is_current else month.chosen)
    return Standing(place.name, url, not place.is_dinas, missing, missing_text, reported_text, newest_text)
