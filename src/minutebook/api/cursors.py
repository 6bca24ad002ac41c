"""Where a list goes on: cursors, and the part of a list that is asked for."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Query

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ROWS: Final = 10_000
"""At most so many rows are asked for at once."""


def cursor_text(said: Any) -> str:
    """What is said, JSON, as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Any:
    """What a cursor says; `InputError` where it is none."""
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise no_cursor() from None


def no_cursor() -> InputError:
    """That what was sent is no cursor."""
    return InputError("cursor is none that an answer gave; send it as it came, or none")


@dataclass(frozen=True, slots=True)
class RowsPart:
    """A part of a list: at most so many rows (None: all), those after a cursor."""

    rows: int | None = None
    after: tuple[list[Any], int] | None = None
    """The place of the last row given, and how many of that place were; None: from the beginning."""

    def cut(self, places: Iterable[list[Any]]) -> tuple[slice, str | None]:
        """Which rows are meant, and the cursor of what follows; None: nothing does.

        `places` are those of every row, in the list's order, by which it is sorted: what is put in or taken out elsewhere moves nothing.
        """
        if self.rows is None and self.after is None:
            return slice(None), None
        known = list(places)
        start = 0
        if self.after is not None:
            place, given = self.after
            try:
                start = bisect_left(known, place)
                while start < len(known) and given and known[start] == place:
                    start, given = start + 1, given - 1
            except TypeError:
                raise no_cursor() from None
        end = len(known) if self.rows is None else min(start + self.rows, len(known))
        if end == len(known):
            return slice(start, end), None
        last = known[end - 1]
        return slice(start, end), cursor_text([last, end - bisect_left(known, last)])


async def _part(
    limit: Annotated[
        int | None,
        Query(
            ge=1,
            le=MOST_ROWS,
            description="At most so many rows; the `Link` whose `rel` is next leads to those that follow. Left out: all",
        ),
    ] = None,
    cursor: Annotated[
        str | None, Query(description="Where to go on, as the `Link` of the answer before says")
    ] = None,
) -> RowsPart:
    if cursor is None:
        return RowsPart(limit)
    said = read_cursor(cursor)
    match said:
        case [list() as place, int() as given]:
            return RowsPart(limit, (place, given))
    raise no_cursor()


Part = Annotated[RowsPart, Depends(_part)]
"""The part of a list that is asked for."""
