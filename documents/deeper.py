"""The regions far below a report's own: of a province its kecamatan, of the nation also its kabupaten.

They are thousands, so that only their names and figures are kept: a number for each figure, or the word for what was
not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from documents.changes import COMPARED, Change, came, label_of, went
from documents.figures import BY_PATH, Report, unknown_word, value_of
from documents.tables import Place
from lib.format import number_id

Told = int | str
PATHS = tuple(figure.path for figure in COMPARED)


def key_of(level: str, pk: int) -> str:
    """Return by what the figures of a region are kept."""
    return f"{level}:{pk}"


def kept_places(places: Iterable[Place]) -> dict[str, Any]:
    """Return what is kept of regions: the key of their row, their names and figures, in their order."""
    return {"paths": PATHS, "places": [[place.key, _name(place), *_told(place.report)] for place in places]}


def by_key(kept: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    """Return names and figures by key, in the order in which they were kept."""
    return {key: rest for key, *rest in kept["places"]}


def _name(place: Place) -> str:
    name: str = place.report["region"]["name"]
    return ", ".join([name, *place.parents[-1:]])


def _told(report: Report) -> list[Told]:
    values = ((path, value_of(report, path)) for path in PATHS)
    return [unknown_word(report, path) if value is None else int(value) for path, value in values]


def compare_places(before: Mapping[str, Any], after: Mapping[str, Any], *, is_whole: bool = True) -> Iterator[Change]:
    """Yield what differs, region by region; where ``after`` is not whole, nothing is said of those that it lacks."""
    old, new = by_key(before), by_key(after)
    paths = [path for path in before["paths"] if path in BY_PATH]
    for key, (name, *values) in old.items():
        if key in new and new[key][1:] != values:
            yield from _differing(name, paths, dict(zip(before["paths"], values, strict=True)), new[key][1:])
    if is_whole:
        yield from (came(name) for key, (name, *_) in new.items() if key not in old)
        yield from (went(name) for key, (name, *_) in old.items() if key not in new)


def _differing(name: str, paths: Sequence[str], old: Mapping[str, Told], values: Sequence[Told]) -> Iterator[Change]:
    now = dict(zip(PATHS, values, strict=True))
    for path in paths:
        if path in now and old[path] != now[path]:
            numbers = tuple(value if isinstance(value, int) else None for value in (old[path], now[path]))
            texts = (_shown(old[path]), _shown(now[path]))
            yield Change(name, label_of(BY_PATH[path]), *texts, BY_PATH[path].unit, *numbers)


def _shown(value: Told) -> str:
    return number_id(value) if isinstance(value, int) else value
