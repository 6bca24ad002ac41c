"""Which rows of a deck hold sooner after it came than is agreed
(docs/rules/decks.md, "Notice").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from minutebook.cards.bands import Bands
from minutebook.cards.building.changes import COMPARED, PriceChange, compared_prices
from minutebook.cards.classes import part_of
from minutebook.cards.notice import NoticeKind
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from minutebook.cards.classes import PriceClasses
    from minutebook.cards.notice import Notice


@dataclass(frozen=True, slots=True, repr=False)
class ShortNotice(Shown):
    """Rows of a deck that hold sooner after it came than is agreed."""

    at: datetime
    """From when they hold."""
    kind: NoticeKind
    """What becomes of them."""
    given_days: int
    """From the day on which the deck came, or they were taken live, to the day on which they hold; negative: that was before."""
    owed_days: int
    """The days that are agreed."""
    prefixes: tuple[str, ...]
    """Of which prefixes."""


def short_notices(
    notice: Notice,
    before: pl.DataFrame,
    after: pl.DataFrame,
    at: datetime,
    came: datetime,
    zone: tzinfo,
    *,
    terms_differ: bool,
) -> list[ShortNotice]:
    """What holds from `at` by `after` and not by `before` (DECK_SCHEMA), and comes too late for that.

    `came`: when the deck was brought; days are those of `zone`. `terms_differ`: the card says something else of all of its rows.
    """
    given = (at.astimezone(zone).date() - came.astimezone(zone).date()).days
    owed = {NoticeKind(kind): days for kind, days in notice.body().items() if days > given}
    if not owed:
        return []
    kinds = _kinds(compared_prices(before, after), terms_differ=terms_differ)
    return [
        ShortNotice(at, kind, given, days, tuple(prefixes))
        for kind, days in owed.items()
        if (prefixes := kinds.filter(pl.col("kind") == kind.value)["prefix"].to_list())
    ]


def notice_zone(classes: PriceClasses | None) -> tzinfo:
    """Whose days are counted: that of the card's bands, else UTC."""
    bands = part_of(classes, Bands)
    return UTC if bands is None else ZoneInfo(bands.zone)


def first_day_agreed(short: Sequence[ShortNotice], came: datetime, zone: tzinfo) -> datetime:
    """The first instant from which what came may hold as it is agreed."""
    day = came.astimezone(zone).date() + timedelta(days=max(one.owed_days for one in short))
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _kinds(changes: pl.DataFrame, *, terms_differ: bool) -> pl.DataFrame:
    """`prefix` and `kind` of rows of `compared_prices`; null: it is as it was."""
    other = pl.any_horizontal(
        pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after"))
        for name in COMPARED
        if name not in ("rate", "rates")
    ) | pl.lit(terms_differ)
    change = pl.col("change")
    gone = change.is_in([PriceChange.BLOCKED.value, PriceChange.REMOVED.value])
    return changes.select(
        "prefix",
        kind=pl.when(change == PriceChange.NEW.value)
        .then(pl.lit(NoticeKind.NEW.value))
        .when(gone)
        .then(pl.lit(NoticeKind.CLOSED.value))
        .when((change == PriceChange.CHEAPER.value) & ~other)
        .then(pl.lit(NoticeKind.FALL.value))
        .when((change != PriceChange.UNCHANGED.value) | other)
        .then(pl.lit(NoticeKind.RISE.value)),
    )
