"""Values by a call's position in a deck, as columns that calls fetch from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

NEVER: Final = 2**32 - 1
"""A second that no call reaches: where the step after a row's last begins."""


@dataclass(frozen=True, slots=True)
class FoldedColumn:
    """A value for each position in a table; where all are alike, one."""

    values: pl.Series

    @classmethod
    def folded(cls, values: pl.Series) -> FoldedColumn:
        return cls(values.head(1) if values.n_unique() == 1 else values)

    @property
    def scalar(self) -> bool:
        return len(self.values) == 1

    def at(self, position: pl.Expr) -> pl.Expr:
        """The values at the positions (UInt32)."""
        if self.scalar:
            return pl.lit(self.values[0], dtype=self.values.dtype)
        return pl.lit(self.values).gather(position)

    def of(self, position: pl.Series) -> pl.Series:
        """As `at`, of positions at hand; where all are alike, one value for them all."""
        return self.values if self.scalar else self.values[position]

    @property
    def maximum(self) -> int:
        largest = self.values.max()
        return largest if isinstance(largest, int) else 0


@dataclass(frozen=True, slots=True)
class LaterStep:
    """The second, third, … step of the rows: `NEVER` and rate 0 where a row has none."""

    from_s: FoldedColumn  # UInt32
    rate: FoldedColumn  # Int64, money.UNITS a minute
    pulse_s: FoldedColumn  # UInt32


def later_steps(steps: pl.Series) -> tuple[LaterStep, ...]:
    """The steps after the first, as columns."""
    most = steps.list.len().max()
    later = []
    for k in range(1, most if isinstance(most, int) else 0):
        step = pl.col("steps").list.get(k, null_on_oob=True).struct
        frame = (
            steps.alias("steps")
            .to_frame()
            .select(
                from_s=step.field("from_s").cast(pl.UInt32).fill_null(NEVER),
                rate=step.field("rate").fill_null(0),
                pulse_s=step.field("pulse_s").cast(pl.UInt32).fill_null(1),
            )
        )
        later.append(LaterStep(*(FoldedColumn.folded(frame[name]) for name in frame.columns)))
    return tuple(later)


def refuse_other_bands(deck: pl.DataFrame, bands: Sequence[str]) -> None:
    """`InputError` where a row has prices in a band that is none of these, or none in one of them: what a
    call then costs nobody said.
    """
    named = pl.col("rates").list.eval(pl.element().struct.field("band"))
    known = pl.lit(list(bands), dtype=pl.List(pl.String))
    foreign = named.list.set_difference(known)
    missing = pl.when(pl.col("rate").is_null()).then(known.list.set_difference(named))
    priced = deck.filter(pl.col("rates").is_not_null(), pl.col("status") != "blocked")
    wrong = priced.select("prefix", foreign=foreign, missing=missing).filter(
        (pl.col("foreign").list.len() > 0) | (pl.col("missing").list.len() > 0)
    )
    if wrong.height:
        prefix, other, lacking = wrong.row(0)
        what = (
            f"a price in {other[0]}, no band of its card" if other else f"no price in {lacking[0]}"
        )
        raise InputError(f"prefix {prefix} has {what}; import the deck again")


def by_bands(rows: pl.DataFrame, bands: Sequence[str], part: str) -> FoldedColumn:
    """A `part` (rate or connect_fee) of rows in each band: row after row, in each band after band.

    `rows` have `rates`, and the part as it is where a row says nothing of a band; blocked ones cost nothing.
    """
    places = {name: place for place, name in enumerate(bands)}
    said = rows.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), "rates", "blocked")
    said = said.filter(pl.col("rates").is_not_null() & ~pl.col("blocked"))
    said = said.explode("rates").unnest("rates").filter(pl.col(part).is_not_null())
    place = pl.col("band").replace_strict(places, return_dtype=pl.UInt32)
    slots = said.select(pl.col("row") * len(bands) + place).to_series()
    own = rows.select(
        pl.when(~pl.col("blocked")).then(part).fill_null(0).repeat_by(len(bands)).explode()
    )
    return FoldedColumn.folded(own.to_series().scatter(slots, said[part]))
