"""How a deck is to be read: what the user says of its columns, its numbers and its file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from minutebook.cards.deck_dates import DateOrder, date_order
from minutebook.cards.deck_decimals import DecimalMark, decimal_mark
from minutebook.cards.deck_files.table import DeckChoice
from minutebook.cards.deck_profile import DeckProfile, by_heading
from minutebook.cards.decks import Deck, read_deck
from minutebook.errors import InputError

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
    profile: DeckProfile | None = None
    """The profile that what the user does not say is as in; the deck must suit it."""

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

    def by(self, profile: DeckProfile) -> Self:
        """The same with what a profile says, where the user says nothing else."""
        said = {text.strip().lower() for text in (*self.columns.values(), *self.ignore)}
        theirs = profile.told_columns().items()
        ignore = [text for text in profile.ignore if text.strip().lower() not in said]
        sheet = None if self.choice.sheet is not None else profile.sheet
        return replace(
            self,
            columns={f: text for f, text in theirs if text.lower() not in said}
            | dict(self.columns),
            ignore=(*self.ignore, *ignore),
            dates=self.dates or profile.dates,
            decimals=self.decimals or profile.decimals,
            choice=replace(
                self.choice,
                sheet=sheet or self.choice.sheet,
                encoding=self.choice.encoding or profile.encoding,
                sheet_of=profile.name if sheet else None,
            ),
            profile=profile,
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
        deck = read_deck(
            path, self.columns, ignore=self.ignore, dates=self.dates, choice=self.choice,
            decimals=self.decimals, bands=bands, said=said, partial=partial, profile=self.profile,
        )  # fmt: skip
        if self.profile is not None:
            self.profile.check(deck.columns, deck.headings, self.columns, path.name)
        return deck

    def kept_as(self, name: str, deck: Deck, card: str, file: str) -> DeckProfile:
        """How a deck was read, as a profile; its currency is known when it is taken in. `InputError` for a name that is none."""
        if not name.isprintable() or not name or name != name.strip():
            why = f"{name!r} is no name: one is printable, and has no blanks around it"
            raise InputError(f"save_profile {why}", shell=f"--save-profile {why}")
        ignored = tuple(dict.fromkeys(by_heading(text, deck.headings) for text in self.ignore))
        return DeckProfile(
            name, deck.currency or "", deck.columns, ignored, deck.headings, deck.source.sheet,
            self.choice.encoding, deck.dates, deck.decimals, card, file,
        )  # fmt: skip
