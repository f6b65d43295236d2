"""What may stop recording, how sure of it people are, and what it does: words that every app shares."""

from __future__ import annotations

from django.db import models


class Cause(models.TextChoices):
    """Why recording stops or suffers; of faults, outages, losses, and of a day's hindrance."""

    LIGHTNING = "lightning", "Petir"
    POWER_OUTAGE = "power_outage", "Listrik padam"
    WEAK_POWER = "weak_power", "Daya tidak kuat"
    NETWORK = "network", "Jaringan"
    CENTRAL_SERVER = "central_server", "Server pusat"
    WEAR = "wear", "Usia pakai"
    HUMAN_ERROR = "human_error", "Kelalaian petugas"
    MALWARE = "malware", "Virus"
    THEFT = "theft", "Pencurian"
    OVERHEATING = "overheating", "Panas"
    DIRT = "dirt", "Kotor"
    NO_PARTS = "no_parts", "Suku cadang tidak ada"
    NO_STAFF = "no_staff", "Tidak ada petugas"
    OTHER = "other", "Lain"
    UNKNOWN = "unknown", "Belum diketahui"


class Certainty(models.TextChoices):
    """How sure somebody is of a cause."""

    SUSPECTED = "suspected", "Diduga"
    CERTAIN = "certain", "Pasti"


class Effect(models.TextChoices):
    """What a fault or an outage does to recording."""

    STOPPED = "stopped", "Berhenti"
    LIMITED = "limited", "Terbatas"


class Hindrance(models.TextChoices):
    """Why few or none were recorded on a day, besides any :class:`Cause`."""

    DEVICE = "device", "Alat"
    NOBODY_CAME = "nobody_came", "Sepi (tidak ada warga)"
    HOLIDAY = "holiday", "Libur"


HINDRANCES = [*Hindrance.choices, *Cause.choices]
