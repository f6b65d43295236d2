"""The people of the bench: those who ask for its pages, and an operator of each kecamatan, whom the lists show."""

from __future__ import annotations

import os

from django.db import transaction
from django.db.models import Count

from accounts.models import Assignment, Role, User
from accounts.people import assign, create_user
from kecamatan.models import Kabupaten, Kecamatan


def somebody() -> User:
    """Return somebody who may open every page: staff of the nation."""
    known = User.objects.filter(username="bench").first()
    if known:
        return known
    user = create_user(username="bench", name="Bench", password=os.urandom(20).hex(), by=None)
    for role in (Role.STAFF, Role.ADMIN):
        assign(user, role=role, region=None, by=None)
    return user


def operator() -> User:
    """Return somebody who reports for two kecamatan."""
    known = User.objects.filter(username="bench-operator").first()
    if known:
        return known
    user = create_user(username="bench-operator", name="Bench", password=os.urandom(20).hex(), by=None)
    for place in own_kecamatan():
        assign(user, role=Role.OPERATOR, region=place, by=None)
    return user


def own_kecamatan() -> list[Kecamatan]:
    """Return the first two kecamatan of the largest kabupaten, for an operator of both."""
    kabupaten = Kabupaten.objects.annotate(size=Count("kecamatan")).order_by("-size", "code")[0]
    return list(Kecamatan.objects.filter(kabupaten=kabupaten, kind=Kecamatan.Kind.KECAMATAN)[:2])


@transaction.atomic
def staff_every_kecamatan() -> None:
    """Add an operator to each kecamatan that has none, written at one go: nobody signs in as them."""
    places = Kecamatan.objects.filter(kind=Kecamatan.Kind.KECAMATAN, closed_on=None)
    alone = list(places.exclude(assignments__role=Role.OPERATOR).order_by("pk"))
    people = [User(username=f"bench-{place.pk}", name=f"Operator {place.name}", password="!") for place in alone]
    User.objects.bulk_create(people)
    Assignment.objects.bulk_create(
        Assignment(user=person, role=Role.OPERATOR, level=Assignment.Level.KECAMATAN, kecamatan=place)
        for person, place in zip(people, alone, strict=True)
    )
