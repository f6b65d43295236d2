"""What the pages of people show, formatted: a row of the list, a person with their roles, links to send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from accounts.history import Place, history, last_day_id
from accounts.links import token_of
from accounts.models import Assignment, AssignmentQuerySet, SignInLink, User, UserQuerySet, level_order
from accounts.permissions import WORKERS, manages_people
from accounts.regions import NATION_NAME, zone_of
from lib.errors import Forbidden
from lib.format import day_id, moment_id
from lib.months import WIB, local_day
from lib.pages import NotFound, key_of
from lib.phone import shown_phone

BY_NAME = ("name", "pk")


class RoleLine(NamedTuple):
    """A role of a person in words; ``url`` leads to where it is ended."""

    what: str
    where: str
    span: str
    note: str
    state: str
    url: str


class Row(NamedTuple):
    """A person in the list."""

    name: str
    url: str
    contact: str
    roles: list[RoleLine]
    last_seen: str
    is_active: bool


class LinkLine(NamedTuple):
    """A sign-in link that may be sent: whose it is, its address, the text, and where WhatsApp opens with it."""

    name: str
    phone: str
    url: str
    text: str
    whatsapp: str
    expires: str


def guard_admin(user: User) -> None:
    """Raise :class:`Forbidden` unless somebody is an admin of any region."""
    if not manages_people(user):
        raise Forbidden("Hanya admin yang mengelola pengguna.")


def find_person(pk: int, user: User) -> User:
    """Return a person whom an admin sees; ``is_manageable`` says whether the account may be changed, too."""
    guard_admin(user)
    may_change = User.objects.manageable_by(user).filter(pk=OuterRef("pk"))
    people = User.objects.visible_to(user).annotate(is_manageable=Exists(may_change))
    person: User | None = people.select_related("sign_in_link").filter(pk=pk).first()
    if person is None:
        raise NotFound(f"Tidak ada pengguna {pk}.")
    return person


def find_manageable(pk: int, user: User) -> User:
    """Return a person whose account an admin may change."""
    person = find_person(pk, user)
    if not person.is_manageable:  # type: ignore[attr-defined]
        raise Forbidden(f"{person} juga bertugas di luar wilayah Anda.")
    return person


def find_assignment(pk: int, user: User) -> Assignment:
    """Return a role that lies where somebody is an admin."""
    guard_admin(user)
    assignment = _with_places(Assignment.objects.visible_to(user)).filter(pk=pk).first()
    if assignment is None:
        raise NotFound(f"Tidak ada penugasan {pk}.")
    return assignment


def _with_places(rows: AssignmentQuerySet) -> AssignmentQuerySet:
    return rows.select_related(
        "user", "province", "kabupaten__province", "kecamatan__kabupaten__province", "deputises__user"
    )


def person_url(person: User, page: str = "detail") -> str:
    """Return the address of a person's page, or of one of the pages about them."""
    return reverse(f"accounts:user-{page}", args=[person.pk])


# --- The list -------------------------------------------------------------------------------------------


def listed(user: User) -> UserQuerySet:
    """Return the people whom an admin sees, with the roles that a row shows."""
    roles = _with_places(Assignment.objects.visible_to(user).not_over())
    people: UserQuerySet = User.objects.visible_to(user)
    return people.prefetch_related(Prefetch("assignments", roles, to_attr="shown_roles"))


def position(pk: str, user: User) -> User | None:
    """Return the person after whom the list goes on; nobody where the admin does not see them."""
    person: User | None = User.objects.visible_to(user).filter(pk=key_of(pk)).first()
    return person


def list_url(chosen: dict[str, str], after: User | None = None) -> str:
    """Return the address of the list with these filters, from the row after a person on."""
    query = urlencode({**chosen, **({"sesudah": str(after.pk)} if after else {})})
    return reverse("accounts:user-list") + (f"?{query}" if query else "")


def rows(people: Iterable[User]) -> list[Row]:
    """Return people of :func:`listed` as rows."""
    return [_row(person) for person in people]


def _row(person: User) -> Row:
    roles = sorted(person.shown_roles, key=level_order)  # type: ignore[attr-defined]
    return Row(
        name=str(person),
        url=person_url(person),
        contact=shown_phone(person.phone) if person.phone else person.username,
        roles=[role_line(role) for role in roles],
        last_seen=_last_seen(person, zone_of_roles(roles)),
        is_active=person.is_active,
    )


def _last_seen(person: User, zone: str) -> str:
    return day_id(local_day(person.last_login, zone), weekday=False) if person.last_login else ""


def zone_of_roles(roles: Sequence[Assignment]) -> str:
    """Return the time zone in which somebody with these roles reads the clock."""
    return zone_of(roles[0].region) if roles else WIB


def role_line(role: Assignment, deputies: Iterable[Assignment] = ()) -> RoleLine:
    """Return a role in words; load its regions and whom it deputises, and give the deputies that it has."""
    now = timezone.now()
    notes = [f"menggantikan {role.deputises.user}"] if role.deputises else []
    notes += [f"digantikan {row.user} {_span(row, now)}" for row in deputies]
    return RoleLine(
        what=role.get_role_display(),
        where=str(role.region or NATION_NAME),
        span=_span(role, now),
        note=", ".join(notes),
        state=_state(role, now),
        url=reverse("accounts:assignment-end", args=[role.pk]),
    )


def last_day_of(role: Assignment) -> date | None:
    """Return the last local day on which a role holds, if it has one."""
    return local_day(role.ends_at - timedelta(seconds=1), zone_of(role.region)) if role.ends_at else None


def _state(role: Assignment, now: datetime) -> str:
    if role.ends_at is not None and role.ends_at <= now:
        return "over"
    return "planned" if role.starts_at is not None and role.starts_at > now else "running"


def _span(role: Assignment, now: datetime) -> str:
    """Return from when, where that is to come or over, and until when a role holds; empty where it just holds."""
    is_over = role.ends_at is not None and role.ends_at <= now
    start = role.starts_at if role.starts_at and (is_over or role.starts_at > now) else None
    first = f"mulai {day_id(local_day(start, zone_of(role.region)), weekday=False)}" if start else ""
    last = f"sampai {last_day_id(role.ends_at, zone_of(role.region))}" if role.ends_at else ""
    return " ".join(filter(None, (first, last)))


# --- One person -----------------------------------------------------------------------------------------


def person_page(person: User, user: User) -> dict[str, Any]:
    """Return all that the page of a person from :func:`find_person` shows to an admin."""
    either = Q(user=person) | Q(deputises__user=person)
    found = sorted(_with_places(Assignment.objects.visible_to(user).filter(either)), key=level_order)
    own = [role for role in found if role.user_id == person.pk]
    lines = [role_line(role, _deputies(role, found)) for role in own]
    current = [line for line in lines if line.state != "over"]
    place = Place({role.region_code: str(role.region or NATION_NAME) for role in own}, zone_of_roles(own))
    return {
        "person": person,
        "phone": shown_phone(person.phone) if person.phone else "",
        "last_seen": _last_seen(person, place.zone),
        "roles": current,
        "past_roles": [line for line in lines if line.state == "over"],
        "link_text": _link_text(person, place.zone),
        "history": history(person, place),
        "is_self": person.pk == user.pk,
        "is_leaving": not person.is_active or not current,
        "may_hold_tickets": any(role.role in WORKERS for role in own),
    }


def _deputies(role: Assignment, found: Iterable[Assignment]) -> list[Assignment]:
    now = timezone.now()
    return [row for row in found if row.deputises_id == role.pk and row.ends_at and row.ends_at > now]


def link_of(person: User) -> SignInLink | None:
    """Return the newest sign-in link of a person, if there ever was one."""
    return getattr(person, "sign_in_link", None)


def _link_text(person: User, zone: str) -> str:
    link = link_of(person)
    if link is None:
        return ""
    if link.used_at:
        return f"dipakai {moment_id(link.used_at, zone)}"
    return f"{'belum dipakai, berlaku' if link.is_open else 'lewat, berlaku'} sampai {moment_id(link.expires_at, zone)}"


def account(person: User) -> dict[str, Any]:
    """Return what a person sees of the own account: the roles, running and to come, with deputies."""
    either = Q(user=person) | Q(deputises__user=person)
    found = sorted(_with_places(Assignment.objects.not_over().filter(either)), key=level_order)
    own = [role for role in found if role.user_id == person.pk]
    return {
        "roles": [role_line(role, _deputies(role, found)) for role in own],
        "phone": shown_phone(person.phone) if person.phone else "",
    }


# --- Links to send --------------------------------------------------------------------------------------


def open_links(user: User) -> Any:
    """Return the links that an admin made, that nobody used yet and that still open something."""
    people = User.objects.manageable_by(user).filter(is_active=True)
    return SignInLink.objects.filter(
        made_by=user, used_at=None, expires_at__gt=timezone.now(), user__in=people
    ).select_related("user")


def link_line(link: SignInLink, root: str, zone: str) -> LinkLine:
    """Return a link ready to send; ``root`` is the address of this server, ``zone`` where its admin is."""
    url = root.rstrip("/") + reverse("accounts:sign-in-link", args=[token_of(link)])
    expires = moment_id(link.expires_at, zone)
    text = (
        f"Halo {link.user}, ini tautan masuk Siap Rekam untuk Anda: {url}\n"
        f"Buka, pilih kata sandi, lalu masuk. Berlaku satu kali, sampai {expires}. Jangan diteruskan ke orang lain."
    )
    number = link.user.phone.removeprefix("+") if link.user.phone else ""
    return LinkLine(
        name=str(link.user),
        phone=shown_phone(link.user.phone) if link.user.phone else "",
        url=url,
        text=text,
        whatsapp=f"https://wa.me/{number}?text={quote(text)}",
        expires=expires,
    )
