"""One person to try for each role and level, in the regions of the sample. Only where DEBUG is on.

Their passwords follow from their user names, so that they can be printed again and again: no secret at all,
which is why they never exist where DEBUG is off.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from accounts.models import Role, User
from accounts.people import assign, create_user
from accounts.permissions import Region
from kecamatan.models import Kabupaten, Kecamatan, Province


class DemoUser(NamedTuple):
    """A person to try: what they do, and the code of the region in which they do it (``ID``: the nation)."""

    username: str
    name: str
    role: Role
    region: str

    @property
    def password(self) -> str:
        """Return the password that follows from the user name."""
        return f"contoh-{hashlib.sha256(self.username.encode()).hexdigest()[:8]}"


DEMO_USERS = (
    DemoUser("operator.limboto", "Operator Kecamatan Limboto", Role.OPERATOR, "75.01.01"),
    DemoUser("teknisi.limboto", "Teknisi Kecamatan Limboto", Role.TECHNICIAN, "75.01.01"),
    DemoUser("staf.limboto", "Staf Kecamatan Limboto", Role.STAFF, "75.01.01"),
    DemoUser("pejabat.limboto", "Camat Limboto", Role.OFFICIAL, "75.01.01"),
    DemoUser("admin.limboto", "Admin Kecamatan Limboto", Role.ADMIN, "75.01.01"),
    DemoUser("teknisi.gorontalo", "Teknisi Kabupaten Gorontalo", Role.TECHNICIAN, "75.01"),
    DemoUser("staf.gorontalo", "Staf Disdukcapil Kabupaten Gorontalo", Role.STAFF, "75.01"),
    DemoUser("pejabat.gorontalo", "Kepala Disdukcapil Kabupaten Gorontalo", Role.OFFICIAL, "75.01"),
    DemoUser("admin.gorontalo", "Admin Kabupaten Gorontalo", Role.ADMIN, "75.01"),
    DemoUser("teknisi.provinsi", "Teknisi Provinsi Gorontalo", Role.TECHNICIAN, "75"),
    DemoUser("staf.provinsi", "Staf Provinsi Gorontalo", Role.STAFF, "75"),
    DemoUser("pejabat.provinsi", "Pejabat Provinsi Gorontalo", Role.OFFICIAL, "75"),
    DemoUser("admin.provinsi", "Admin Provinsi Gorontalo", Role.ADMIN, "75"),
    DemoUser("teknisi.pusat", "Teknisi Pusat", Role.TECHNICIAN, "ID"),
    DemoUser("staf.pusat", "Staf Pusat", Role.STAFF, "ID"),
    DemoUser("pejabat.pusat", "Pejabat Pusat", Role.OFFICIAL, "ID"),
    DemoUser("admin.pusat", "Admin Pusat", Role.ADMIN, "ID"),
    DemoUser("operator.kresek", "Operator Kecamatan Kresek", Role.OPERATOR, "36.03.06"),
    DemoUser("staf.tangerang", "Staf Disdukcapil Kabupaten Tangerang", Role.STAFF, "36.03"),
    DemoUser("pejabat.tangerang", "Sekretaris Daerah Kabupaten Tangerang", Role.OFFICIAL, "36.03"),
)


@transaction.atomic
def ensure_demo_users() -> int:
    """Add the people to try that are not there yet, and return how many; none where DEBUG is off."""
    if not settings.DEBUG:
        return 0
    known = set(User.objects.values_list("username", flat=True))
    missing = [demo for demo in DEMO_USERS if demo.username not in known]
    for demo in missing:
        user = create_user(username=demo.username, name=demo.name, password=demo.password, by=None)
        assign(user, role=demo.role, region=_region(demo.region), by=None)
    return len(missing)


def demo_users_present() -> list[DemoUser]:
    """Return the people to try that can sign in; none where DEBUG is off."""
    if not settings.DEBUG:
        return []
    known = set(User.objects.filter(is_active=True).values_list("username", flat=True))
    return [demo for demo in DEMO_USERS if demo.username in known]


def region_name(code: str) -> str:
    """Return the name of the region in which somebody to try does what they do; its code where it is not there."""
    try:
        region = _region(code)
    except ObjectDoesNotExist:
        return code
    return region.name if region else "Indonesia"


def _region(code: str) -> Region:
    if code == "ID":
        return None
    models: dict[int, type[Province] | type[Kabupaten] | type[Kecamatan]] = {
        len("75"): Province,
        len("75.01"): Kabupaten,
        len("75.01.01"): Kecamatan,
    }
    return models[len(code)].objects.get(code=code)
