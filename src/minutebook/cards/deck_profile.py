"""How the decks of a provider are read, kept by a name: from one that was read, for the next one
(docs/rules/decks.md, "Profiles").
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from minutebook.cards.deck_told import NUMBERED
from minutebook.errors import InputError
from minutebook.notebook import Shown
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from minutebook.cards.deck_columns import DeckColumn
    from minutebook.cards.deck_dates import DateOrder
    from minutebook.cards.deck_decimals import DecimalMark
    from minutebook.cards.revision import Card


@dataclass(frozen=True, slots=True, repr=False)
class DeckProfile(Shown):
    """How decks are read that look like one which was read before."""

    name: str
    currency: str
    """Of their prices."""
    columns: tuple[DeckColumn, ...]
    """The columns that are read."""
    ignore: tuple[str, ...] = ()
    """Headings, and lines above the header, that are not to be read, by the user's word."""
    headings: tuple[str, ...] = ()
    """All headings; none: the decks have no header, and are read by position."""
    sheet: str | None = None
    """The sheet of a workbook that is read; None: they are no workbooks."""
    encoding: str | None = None
    """The encoding of their text, where the user said it."""
    dates: DateOrder | None = None
    """How dates of numbers alone are written: `dmy` or `mdy`; None: there were none."""
    decimals: DecimalMark | None = None
    """What stands before the decimals of prices: `comma`; None: a point, or it is told anew."""
    card: str = ""
    """The card that the deck was for of which it was kept."""
    file: str = ""
    """The name of that deck."""
    saved_at: datetime | None = None
    saved_by: str = ""

    @property
    def content(self) -> dict[str, Any]:
        """What it says of decks, as JSON: whatever deck it was made of."""
        said = {
            "currency": self.currency,
            "columns": [[one.field, one.heading, one.number, one.unit] for one in self.columns],
            "ignore": list(self.ignore),
            "headings": list(self.headings),
            **{name: getattr(self, name) for name in ("sheet", "encoding", "dates", "decimals")},
        }
        return {name: value for name, value in said.items() if value}

    def currency_for(self, known: Card | None) -> str:
        """Its currency; `InputError` where the card that a deck is for has another."""
        if known is not None and known.currency != self.currency:
            raise InputError.advised(
                f"profile {self.name!r} is of decks in {self.currency}, and card {known.name!r} is in {known.currency}",
                "pass currency if the deck is in the card's",
                shell="say --currency if the deck is in the card's",
            )
        return self.currency

    def told_columns(self) -> dict[str, str]:
        """Our field → the heading of its column, or its place where the heading does not tell it."""
        if not self.headings:
            return {}
        return {one.field: by_heading(f"#{one.number}", self.headings) for one in self.columns}

    def left_out(
        self, headings: Sequence[str], ignored: Sequence[str], told: Mapping[str, str], file: str
    ) -> list[str]:
        """Of `ignored` those that a deck with such headings has, or that the user named.

        `told`: our field → the heading. `InputError` where the headings do not suit the profile.
        """
        if not self.headings:
            return list(ignored)
        own, there = self.told_columns(), {_key(heading) for heading in headings}
        for field, heading in told.items():
            if own.get(field) == heading and _key(heading) not in there and not _place(heading):
                raise self._unlike(
                    f"reads column {heading!r} as {field}, and the deck has no such column; it has {', '.join(headings)}",
                    f"say which it is now in columns: {{{field!r}: …}}, and save_profile to keep that; if none is, {_ANEW[0]}",
                    f"say which it is now: --map {field}=…, and --save-profile to keep that; if none is, {_ANEW[1]}",
                    file,
                )
        placed = any(map(_place, (*own.values(), *self.ignore)))
        if placed and list(map(_key, headings)) != list(map(_key, self.headings)):
            what = ", and the deck has ".join(
                ", ".join(map(repr, some)) for some in (self.headings, headings)
            )
            raise self._unlike(f"names a column by its place among {what}", *_ANEW, file)
        mine = set(map(_key, self.ignore))
        return [
            text
            for text in ignored
            if _place(text) or _key(text) in there or _key(text) not in mine
        ]

    def check(
        self,
        columns: Sequence[DeckColumn],
        headings: Sequence[str],
        told: Mapping[str, str],
        file: str,
    ) -> None:
        """`InputError` where a deck with such columns and headings has one that the profile does not know, or has a
        header and should not, or lacks it.
        """
        if not (self.headings and headings):
            was, is_ = _in_words(self.columns, self.headings), _in_words(columns, headings)
            if was != is_:
                raise self._unlike(f"reads {was}, and the deck has {is_}", *_ANEW, file)
            return
        for column in columns:
            if column.field not in told:
                field, heading = column.field, column.heading
                raise self._unlike(
                    f"knows no column {heading!r}, which would be read as {field}",
                    f"say columns={{{field!r}: {heading!r}}} or ignore=[{heading!r}], and save_profile to keep that",
                    f"say --map {shlex.quote(f'{field}={heading}')} or --ignore {shlex.quote(heading)}, and --save-profile to"
                    " keep that",
                    file,
                )

    def _unlike(self, what: str, do: str, shell: str, file: str) -> InputError:
        return InputError.advised(f"profile {self.name!r} {what}", do, shell=shell, file=file)


def profile_named(known: Mapping[str, DeckProfile], name: str) -> DeckProfile:
    """A profile; `InputError` naming those that there are where there is none of the name."""
    if name not in known:
        there = ", ".join(known) or "none yet"
        raise InputError(
            f"there is no profile {name!r}{did_you_mean(name, known)}; there are: {there}"
        )
    return known[name]


_ANEW = (
    "import it without profile, and with save_profile to keep how it is read",
    "import it without --profile, and with --save-profile to keep how it is read",
)
"""What to do with a deck that looks otherwise."""


def _key(heading: str) -> str:
    return heading.strip().lower()


def _place(text: str) -> bool:
    return NUMBERED.fullmatch(text.strip()) is not None


def by_heading(text: str, headings: Sequence[str]) -> str:
    """A column that is named by its place, by its heading, where that is its alone."""
    found = NUMBERED.fullmatch(text.strip())
    if found is None or not 0 < int(found[1]) <= len(headings):
        return text
    heading = headings[int(found[1]) - 1]
    alone = [_key(one) for one in headings].count(_key(heading)) == 1
    return heading if heading and alone and not _place(heading) else text


def _in_words(columns: Sequence[DeckColumn], headings: Sequence[str]) -> str:
    if headings:
        return f"a header, {', '.join(headings)}"
    return f"no header, and {', '.join(column.field for column in columns)}"
