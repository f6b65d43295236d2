"""The sample that a first look opens with: five stories from the news, and a province of today.

Everything comes in through the importers that people use. A story is a folder of import files under
``sample/``: ``<dataset>.csv`` holds what the story states, ``<dataset>.invented.csv`` what we made up to fill
it in (``sample/README.md`` says which figure comes from where). A kabupaten with an invented row carries a
banner.

Each part is loaded in one transaction and flagged at its end (``Kabupaten.has_sample_data``): a second run,
or one after an interruption, finds what is there and adds only what is not.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.offices import describe_office
from devices.models import RecordingSet
from kecamatan.changes import collected_marks
from kecamatan.models import Kabupaten, Province
from kecamatan.priorities import set_priorities
from lib.format import number_id
from lib.months import midnight
from repairs.datasets import import_file
from repairs.sets import withdraw_set
from reports import sample_today

Say = Callable[[str], object]

# Later ones name rows of the earlier ones: faults need devices, counts are judged against the population.
ORDER = (
    "population",
    "targets",
    "devices",
    "inventories",
    "faults",
    "outages",
    "arrangements",
    "recordings",
    "lost_records",
)


@dataclass(frozen=True, slots=True)
class Story:
    """A news story: its folder under ``sample/``, its region, and what no import file can say.

    ``withdrawn_on`` is a quarter after the story: from that local midnight its sets are off the record.
    """

    folder: str
    title: str
    region: str
    agency: str
    withdrawn_on: date
    priorities: tuple[str, ...] = ()

    def files(self) -> list[tuple[str, Path]]:
        """Return (dataset, path) of the files there are, in the order of loading; the stated come first."""
        folder = Path(settings.BASE_DIR) / "sample" / self.folder
        paths = [(name, folder / f"{name}{ending}") for name in ORDER for ending in (".csv", ".invented.csv")]
        return [(name, path) for name, path in paths if path.exists()]


STORIES = (
    Story("medan-2011", "Kota Medan, November 2011", "12.71", "Disdukcapil", date(2012, 2, 7)),
    Story("tangerang-2012", "Kabupaten Tangerang, April 2012", "36.03", "Disdukcapil", date(2012, 7, 30)),
    Story("kalimantan-barat-2016", "Kalimantan Barat, September 2016", "61", "Disdukcapil", date(2016, 12, 28)),
    Story("boltim-2018", "Kabupaten Bolaang Mongondow Timur, Maret 2018", "71.10", "Dukcapil", date(2018, 6, 12)),
    Story(
        "bangkalan-2021",
        "Kabupaten Bangkalan, Oktober 2021",
        "35.26",
        "Dispendukcapil",
        date(2022, 1, 28),
        priorities=("35.26.10", "35.26.17", "35.26.16"),  # Kokop, Konang, Modung, in the order of the story
    ),
)


class SampleError(Exception):
    """An importer refused a file of the sample: the message names the file and its first problems."""


def load_sample(*, now: datetime | None = None, say: Say = print) -> None:
    """Load the stories and the province of today; what is there already stays. ``say`` gets a line for each part."""
    stories = [story for story in STORIES if _is_new(story.region)]
    with_today = _is_new(sample_today.PROVINCE)
    if not stories and not with_today:
        say("Data contoh sudah ada.")
        return
    say("Memuat data contoh, hanya pada kali pertama; kira-kira satu menit ...")
    for story in stories:
        say(f"  {story.title}: {number_id(load_story(story))} baris")
    if with_today:
        say(f"  {sample_today.TITLE}: {number_id(load_today(now or timezone.now()))} baris")


def _is_new(region: str) -> bool:
    """Say whether a part is still to be loaded: its flag is the last thing that its transaction writes."""
    return not Kabupaten.objects.filter(code__startswith=region, has_sample_data=True).exists()


@transaction.atomic
def load_story(story: Story) -> int:
    """Load the files of a story, and do what no import file can: priorities, and the sets' withdrawal.

    Returns the number of rows.
    """
    with collected_marks():
        rows = _load_all(story.files())
        if story.priorities:
            set_priorities(story.region, story.priorities, by=None)
        _name_agency(story)
        _withdraw_sets(story)
        return rows


def _name_agency(story: Story) -> None:
    """Say what the story calls the agency of its region."""
    models: Any = Province if len(story.region) == 2 else Kabupaten
    region = models.objects.get(code=story.region)
    describe_office(region, agency_name=story.agency, address="", public_phone="", version=0, by=None)


def _withdraw_sets(story: Story) -> None:
    sets = RecordingSet.objects.filter(kecamatan__kabupaten__code__startswith=story.region, withdrawn_at=None)
    for recording_set in sets.select_related("kecamatan__kabupaten__province"):
        midnight_there = midnight(story.withdrawn_on, recording_set.kecamatan.time_zone)
        withdraw_set(recording_set=recording_set, at=midnight_there, by=None)


@transaction.atomic
def load_today(now: datetime) -> int:
    """Load the twelve months up to ``now`` of the province that has life, and return the number of rows."""
    with tempfile.TemporaryDirectory() as folder, collected_marks():
        return _load_all(list(sample_today.write_files(now, Path(folder))))


def _load_all(files: Sequence[tuple[str, Path]]) -> int:
    """Import files in their order, flag the kabupaten that have an invented row, and return the number of rows."""
    rows = sum(_load(dataset, path) for dataset, path in files)
    invented = (path for _, path in files if path.name.endswith(".invented.csv"))
    Kabupaten.objects.filter(code__in=set(_kabupaten_codes(invented))).update(has_sample_data=True)
    return rows


def _load(dataset: str, path: Path) -> int:
    result = import_file(dataset, path)
    if not result.ok:
        problems = "; ".join(str(problem) for problem in result.problems[:5])
        raise SampleError(f"{path.name} ({dataset}): {problems}")
    return result.rows


def _kabupaten_codes(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the kabupaten of every row that names one or a kecamatan in it."""
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield from (code[:5] for code in row["kode"].split())
