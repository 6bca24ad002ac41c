"""Days as people write them (docs/rules/disputes.md, "Totals of an invoice")."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

_MONTHS: Final = 12


def written_days(texts: pl.Series, path: Path) -> pl.Series:
    """Days as they are written; `InputError` where day and month cannot be told apart."""
    known = {text: _day(text) for text in texts.unique().drop_nulls() if re.search(r"[0-9]", text)}
    slashed = [match.groups() for text in known if (match := _SLASHED.fullmatch(text))]
    if slashed:
        day_first = any(int(first) > _MONTHS for first, _, _ in slashed)
        if not day_first and not any(int(second) > _MONTHS for _, second, _ in slashed):
            raise InputError(
                f"{next(iter(known))!r}: which is the day, which the month; write days as 2026-10-31",
                file=str(path),
            )
        pattern = "%d/%m/%Y" if day_first else "%m/%d/%Y"
        known = {text: _parsed(text, pattern) or day for text, day in known.items()}
    unknown = [text for text, day in known.items() if day is None]
    if unknown:
        raise InputError(f"{unknown[0]!r} is not a day, as in 2026-10-31", file=str(path))
    return pl.Series([known.get(text) for text in texts], dtype=pl.Date)


_SLASHED: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def _day(text: str) -> date | None:
    text = re.sub(r"[T ][0-9]{2}:[0-9]{2}.*$", "", text)
    patterns = ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y")
    return next((day for pattern in patterns if (day := _parsed(text, pattern))), None)


def _parsed(text: str, pattern: str) -> date | None:
    try:
        return datetime.strptime(text, pattern).date()
    except ValueError:
        return None
