"""How a deck is to be read: what the user says of its columns, its numbers and its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from minutebook.cards.deck_dates import DateOrder, date_order
from minutebook.cards.deck_decimals import DecimalMark, decimal_mark
from minutebook.cards.deck_files.table import DeckChoice
from minutebook.cards.decks import Deck, read_deck

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from minutebook.cards.classes import PriceClasses


@dataclass(frozen=True, slots=True)
class DeckReading:
    """How a deck is to be read; what is not said, it tells itself."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Our field → the deck's heading."""
    ignore: tuple[str, ...] = ()
    """Headings that are not to be read."""
    dates: DateOrder | None = None
    """How dates of numbers alone are written."""
    decimals: DecimalMark | None = None
    """What stands before the decimals of prices."""
    choice: DeckChoice = field(default_factory=DeckChoice)
    """What the file leaves open."""

    @classmethod
    def said(
        cls,
        columns: Mapping[str, str] | None,
        ignore: Sequence[str],
        dates: str | None,
        decimals: str | None,
        choice: DeckChoice,
    ) -> Self:
        """As the user says it; `InputError` for a word that is none."""
        return cls(
            dict(columns or {}),
            tuple(ignore),
            None if dates is None else date_order(dates),
            None if decimals is None else decimal_mark(decimals),
            choice,
        )

    def read(
        self,
        path: Path,
        bands: PriceClasses | None = None,
        said: Collection[str] = (),
        *,
        partial: bool = False,
    ) -> Deck:
        """The deck of a file; `bands`: the card's; `said`: fields that the user says for rows that say none; `partial`: it has changes alone."""
        return read_deck(
            path, self.columns, ignore=self.ignore, dates=self.dates, choice=self.choice,
            decimals=self.decimals, bands=bands, said=said, partial=partial,
        )  # fmt: skip
