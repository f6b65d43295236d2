"""What a host types about the people of other kecamatan who were recorded there on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from kecamatan.duty import Count, CountsRefused
from kecamatan.models import Kecamatan
from lib.errors import Refused
from lib.forms import KeyedForm
from repairs.forms.counts import NO_NUMBER, FiguresForm


class Guest(NamedTuple):
    """A kecamatan whose people are recorded at the host."""

    pk: int
    name: str


class GuestForm(FiguresForm):
    """The figures of one guest, or nothing."""

    def __init__(self, *args: Any, guest: Guest, **kwargs: Any) -> None:
        kwargs["prefix"] = f"tamu-{guest.pk}"
        super().__init__(*args, **kwargs)
        self.guest, self.label = guest, guest.name

    @property
    def is_blank(self) -> bool:
        """Say whether nobody filled the line, so that it stays without a count."""
        return not any(self.cleaned_data.get(name) not in (None, "") for name in ("recorded", "printed", "hindrance"))

    def clean(self) -> dict[str, Any]:
        """Ask for the number where anything else was typed."""
        typed = self.cleaned_data
        if "recorded" in typed and typed["recorded"] is None and not self.is_blank:
            self.add_error("recorded", NO_NUMBER)
        return typed


class GuestCountsForm(KeyedForm):
    """The counts of a day, a line for each guest; any may stay empty."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, day: date, guests: Sequence[Guest]) -> None:
        super().__init__(data)
        self.day = day
        self.rows = [GuestForm(data, guest=guest) for guest in guests]

    @property
    def day_value(self) -> str:
        """Return the day as the form carries it."""
        return self.day.isoformat()

    def is_valid(self) -> bool:
        """Say whether every line can be read and at least one is filled."""
        if not all([super().is_valid(), *(row.is_valid() for row in self.rows)]):
            return False
        if all(row.is_blank for row in self.rows):
            self.add_error(None, "Belum ada yang diisi. Tulis jumlah rekam sekurangnya satu kecamatan.")
            return False
        return True

    @property
    def has_faults(self) -> bool:
        """Say whether anything that was sent could not be taken."""
        return self.is_bound and (bool(self.errors) or any(row.errors for row in self.rows))

    def counts(self, host: Kecamatan, homes: Mapping[int, Kecamatan]) -> list[Count]:
        """Return the counts of the lines that are filled."""
        return [
            Count(homes[row.guest.pk], self.day, host, said.recorded, False, said.printed, said.hindrance)
            for row in self.rows
            if not row.is_blank
            for said in [row.figures()]
        ]

    def refuse(self, refused: Refused) -> None:
        """Show each refusal beside the field of its line."""
        if not isinstance(refused, CountsRefused):
            super().refuse(refused)
            return
        by_home = {key[0]: problem for key, problem in refused.problems.items()}
        for row in self.rows:
            if row.guest.pk in by_home:
                row.refuse(by_home[row.guest.pk])
