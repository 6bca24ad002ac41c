"""What the columns of a deck mean: by the usual headings and their cells, by the user's word, or by position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from minutebook.cards.deck_bands import band_fields, recognise_bands
from minutebook.cards.deck_headings import Heading
from minutebook.cards.deck_questions import NUMBER
from minutebook.cards.deck_search import PREFIX, Search
from minutebook.cards.deck_words import FIELDS
from minutebook.errors import InputError
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


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

    @classmethod
    def of(
        cls,
        rows: Sequence[Sequence[str]],
        given: Mapping[str, str],
        ignored: Collection[str],
        file: str,
        line: int | None = 1,
        bands: Sequence[str] = (),
    ) -> Self:
        """The layout that a deck's rows show; `InputError` where it leaves a question.

        `given`: our field → the deck's heading; `ignored`: headings that the user leaves out; `line`: of the
        first row.
        """
        known = [*FIELDS, *band_fields(bands)]
        for field in given:
            if field not in known:
                what = f"there is no such field{did_you_mean(field, known)}; they are {', '.join(known)}"
                raise InputError(f"columns, {field!r}: {what}", shell=f"--map {field}=…: {what}")
        if not given and not ignored and PREFIX.fullmatch(rows[0][0].strip()):
            return cls._by_position(rows, file, line)
        found = Search(rows, file, line)
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
