"""The place and its duty: regions, wajib KTP, targets, recordings, office hours, and the marks of what changed."""

from kecamatan.models.duty import (
    DayOff,
    MonthDeclaration,
    OfficeHours,
    Population,
    Recording,
    SignOfLife,
    TargetRule,
    TargetRuleQuerySet,
    VoidedRecording,
)
from kecamatan.models.history import ChangedMonth, Event, Submission, Voidable
from kecamatan.models.regions import Kabupaten, Kecamatan, KecamatanQuerySet, Province, open_on
from kecamatan.models.words import HINDRANCES, Cause, Certainty, Effect, Hindrance

__all__ = [
    "HINDRANCES",
    "Cause",
    "Certainty",
    "ChangedMonth",
    "DayOff",
    "Effect",
    "Event",
    "Hindrance",
    "Kabupaten",
    "Kecamatan",
    "KecamatanQuerySet",
    "MonthDeclaration",
    "OfficeHours",
    "Population",
    "Province",
    "Recording",
    "SignOfLife",
    "Submission",
    "TargetRule",
    "TargetRuleQuerySet",
    "Voidable",
    "VoidedRecording",
    "open_on",
]
