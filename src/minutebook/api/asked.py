"""What requests ask for: days, pages of rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import polars as pl
from fastapi import Depends, Query

from minutebook.api.cursors import MOST_ROWS, cursor_text, no_cursor, read_cursor
from minutebook.billing.rated_calls import SET_UP
from minutebook.days import month_end, read_day, read_instant, read_month
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

DAY: Final[dict[str, Any]] = {"format": "date"}
"""In a schema: a UTC day. What is none is told in the words of the commands, so the schema forbids nothing."""
MONTH: Final[dict[str, Any]] = {"pattern": r"^\d{4}-\d{2}$"}
"""In a schema: a month."""
INSTANT: Final[dict[str, Any]] = {"format": "date-time"}
"""In a schema: an instant."""
_ROWS = 100
CURSOR: Final[dict[str, Any]] = {
    "cursor": {
        "type": ["string", "null"],
        "description": "where to go on, as `cursor` of the next request; null: these were the last",
    }
}
"""The key of an answer that is a page of calls."""
_AT: Final = "__at"
_ORDER: Final = ("call_id", "leg", "server", "source")


async def _period(
    first: Annotated[
        str | None,
        Query(alias="from", description="The first UTC day, as 2026-10-01", json_schema_extra=DAY),
    ] = None,
    last: Annotated[
        str | None,
        Query(alias="to", description="The last UTC day, included", json_schema_extra=DAY),
    ] = None,
    month: Annotated[
        str | None,
        Query(
            description="A whole month, as 2026-10, instead of from and to", json_schema_extra=MONTH
        ),
    ] = None,
) -> tuple[date, date]:
    if month is not None:
        if first is not None or last is not None:
            raise InputError("month is a whole month; send it alone, or from and to")
        begins = read_month(month, "month")
        return begins, month_end(begins)
    if first is None or last is None:
        raise InputError("say which days: month=YYYY-MM, or from=DATE&to=DATE")
    days = read_day(first, "from"), read_day(last, "to")
    if days[1] < days[0]:
        raise InputError(f"to={last} comes before from={first}; send the earlier day as from")
    return days


Period = Annotated[tuple[date, date], Depends(_period)]
"""The first and the last UTC day that are asked for."""


async def _some_days(
    first: Annotated[
        str | None,
        Query(
            alias="from",
            description="The first UTC day; left out: the first",
            json_schema_extra=DAY,
        ),
    ] = None,
    last: Annotated[
        str | None,
        Query(
            alias="to",
            description="The last UTC day, included; left out: the last",
            json_schema_extra=DAY,
        ),
    ] = None,
    month: Annotated[
        str | None,
        Query(
            description="A whole month, as 2026-10, instead of from and to", json_schema_extra=MONTH
        ),
    ] = None,
) -> tuple[date | None, date | None]:
    if month is not None or (first is not None and last is not None):
        return await _period(first, last, month)
    return (
        None if first is None else read_day(first, "from"),
        None if last is None else read_day(last, "to"),
    )


SomeDays = Annotated[tuple[date | None, date | None], Depends(_some_days)]
"""The first and the last UTC day that are asked for; None: no bound."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def row_place(at: datetime) -> int:
    """An instant as the place of a row (`cursors.RowsPart`): microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


async def _as_of(
    as_of: Annotated[
        str | None,
        Query(
            description="As it was known at an instant, in RFC 3339; left out: now",
            json_schema_extra=INSTANT,
        ),
    ] = None,
) -> datetime | None:
    return None if as_of is None else read_instant(as_of, "as_of")


AsOf = Annotated[datetime | None, Depends(_as_of)]
"""The instant at which things are asked for as they were known; None: now."""


@dataclass(frozen=True, slots=True)
class CallsPage:
    """A page of calls: at most so many rows, those after a cursor."""

    rows: int
    day: date | None
    """The UTC day that the last call given was of; None: from the beginning."""
    after: tuple[Any, ...]
    """The last call given: its instant in microseconds, and `_ORDER`."""

    def filled(
        self,
        first: date,
        last: date,
        calls_of: Callable[[date, date, int, date | None, int], pl.DataFrame],
    ) -> tuple[pl.DataFrame, str | None]:
        """So many calls (RATED_SCHEMA) of the days from `first` to `last`, and the cursor of what follows; None:
        nothing does. `calls_of` gives the first of them, at most so many, not before a day and an instant.
        """
        begin = first if self.day is None else min(max(self.day, first), last)
        since_us = 0 if self.day is None else self.after[0]
        wanted = self.rows + 1
        while True:
            frame = calls_of(begin, last, wanted, self.day, since_us)
            found = self._following(frame)
            if found.height > self.rows or frame.height < wanted:
                break
            wanted *= 2  # many of one instant were given before
        page = found.head(self.rows)
        return page, _cursor(page) if found.height > self.rows else None

    def of(self, calls: pl.DataFrame) -> tuple[pl.DataFrame, str | None]:
        """So many of these calls (RATED_SCHEMA), which are all that there are, and the cursor of what follows."""
        found = self._following(calls)
        page = found.head(self.rows)
        return page, _cursor(page) if found.height > self.rows else None

    def _following(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The calls that were not given before, in order."""
        frame = frame.with_columns(SET_UP.alias(_AT)).sort("day", _AT, *_ORDER)
        if self.day is not None:
            given = pl.lit(value=True)
            known = zip(("day", _AT, *_ORDER), (self.day, *self.after), strict=True)
            for name, value in reversed(list(known)):
                key = pl.col(name)
                given = (key < value) | ((key == value) & given)
            frame = frame.filter(~given)
        return frame.drop(_AT)


def _cursor(frame: pl.DataFrame) -> str:
    last = frame.tail(1)
    at = last.select(SET_UP).item()
    said = [last["day"].item().isoformat(), at, *(last[name].item() for name in _ORDER)]
    return cursor_text(said)


async def _page(
    limit: Annotated[
        int, Query(ge=1, le=MOST_ROWS, description="At most so many calls in an answer")
    ] = _ROWS,
    cursor: Annotated[
        str | None, Query(description="Where to go on: the `cursor` of the answer before")
    ] = None,
) -> CallsPage:
    if cursor is None:
        return CallsPage(limit, None, ())
    try:
        day, at, *identity = read_cursor(cursor)
        told = date.fromisoformat(day)
        if not isinstance(at, int) or [type(one) for one in identity] != [str] * len(_ORDER):
            raise ValueError(cursor)
    except (ValueError, TypeError):
        raise no_cursor() from None
    return CallsPage(limit, told, (at, *identity))


Page = Annotated[CallsPage, Depends(_page)]
"""The page of calls that is asked for."""
