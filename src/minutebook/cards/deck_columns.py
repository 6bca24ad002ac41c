"""What the columns of a deck mean: by the usual headings and their cells, by the user's word, or by position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from minutebook.cards.deck_bands import band_fields, recognise_bands
from minutebook.cards.deck_headings import Heading
from minutebook.cards.deck_questions import NUMBER
from minutebook.cards.deck_search import PREFIX, Search
from minutebook.cards.deck_words import FIELDS, SECONDS, is_price
from minutebook.errors import InputError
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from minutebook.cards.classes import PriceClasses


@dataclass(frozen=True, slots=True)
class DeckColumn:
    """A column of a deck that was read."""

    field: str
    """What it was read as: `prefix`, `rate` …"""
    heading: str
    """Its heading; of a deck without a header, the field."""
    number: int
    """Which column it is, from 1."""
    unit: str
    """What its cells count, as in `USD a minute`, `cents a second`, `seconds`; empty: no amount."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column holds which field, each column's heading, and which columns are not read."""

    fields: dict[str, int]
    headings: tuple[Heading, ...]
    has_header: bool
    unread: tuple[str, ...]

    @property
    def width(self) -> int:
        return len(self.headings)

    def read_columns(self) -> tuple[DeckColumn, ...]:
        """The columns that are read, in the deck's order."""
        named = sorted(self.fields.items(), key=lambda item: item[1])
        return tuple(
            DeckColumn(name, self.headings[n].text, n + 1, _unit(name, self.headings[n]))
            for name, n in named
        )

    def differing(
        self, rows: Sequence[Sequence[str]], lines: Sequence[int], line: int, other: int
    ) -> str:
        """What two rows, by their lines, differ in, of the first column that is not read: of another quality, say."""
        if not lines.count(line) == lines.count(other) == 1:
            return ""
        one, two = (rows[lines.index(n)] for n in (line, other))
        for n, heading in enumerate(self.headings):
            if n not in self.fields.values() and one[n].strip() != two[n].strip():
                said = f"{one[n].strip()!r} and {two[n].strip()!r}"
                return f", and the rows are of different {heading.text or f'#{n + 1}'}, {said}"
        return ""

    @classmethod
    def of(
        cls,
        rows: Sequence[Sequence[str]],
        given: Mapping[str, str],
        ignored: Collection[str],
        file: str,
        line: int | None = 1,
        bands: PriceClasses | None = None,
        lines: Sequence[int] = (),
    ) -> Self:
        """The layout that a deck's rows show; `InputError` where it leaves a question.

        `given`: our field → the deck's heading; `ignored`: headings that the user leaves out; `line`: of the
        first row, `lines` of all of them.
        """
        known = [*FIELDS, *band_fields(bands)]
        for field in given:
            if field not in known:
                what = f"there is no such field{did_you_mean(field, known)}; they are {', '.join(known)}"
                raise InputError(f"columns, {field!r}: {what}", shell=f"--map {field}=…: {what}")
        if not given and not ignored and PREFIX.fullmatch(rows[0][0].strip()):
            return cls._by_position(rows, file, line)
        found = Search(rows, file, line, lines)
        for heading in ignored:
            found.leave_out(heading)
        for field, heading in given.items():
            found.give(field, heading)
        recognise_bands(found, bands)
        found.recognise()
        found.refuse_other_prices()
        found.refuse_missing("prefix", "area_code")
        unread = found.refuse_unread()
        if not any(field.startswith("rate ") for field in found.fields):
            found.refuse_missing("rate", "steps")
        return cls(found.fields, tuple(found.headings), True, unread)

    @classmethod
    def _by_position(cls, rows: Sequence[Sequence[str]], file: str, line: int | None) -> Self:
        names = ("prefix", "rate", "name")
        width = len(rows[0])
        if not 1 < width <= len(names):
            raise InputError(
                f"has no header, and {width} columns; without one a deck is prefix,rate with a name after either",
                file=file,
                line=line,
            )
        if width == len(names) and not any(NUMBER.fullmatch(row[1].strip()) for row in rows):
            names = ("prefix", "name", "rate")
        elif any(NUMBER.fullmatch(row[2].strip()) for row in rows if len(row) > len(names) - 1):
            raise InputError(
                "has no header, and numbers in its third column, which would be the name; give it a header",
                file=file,
                line=line,
            )
        fields = {name: n for n, name in enumerate(names[:width])}
        return cls(fields, tuple(Heading.of(name) for name in names[:width]), False, ())


def _unit(field: str, heading: Heading) -> str:
    """What the cells of a field count, as its heading says."""
    if field in SECONDS:
        return "seconds"
    if not is_price(field):
        return ""
    currency = next(iter(heading.currencies)) if len(heading.currencies) == 1 else ""
    money = " ".join(part for part in ("cents" if heading.minor else "", currency) if part)
    if not field.startswith("rate"):
        return f"{money or 'money'} a call"
    per = "minute" if heading.per != "second" else "second"
    if heading.seconds > 1:
        return f"{money or 'money'} for {heading.seconds} {per}s"
    return f"{money or 'money'} a {per}"
