"""What numbers are charged otherwise by one deck than by another, however their rows are cut."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import polars as pl

from minutebook.cards.building.class_prices import in_classes
from minutebook.cards.prefixes import PrefixIndex

COMPARED: Final = (
    "rate", "connect_fee", "minimum_s", "pulse_s", "rounding_method", "rounding_precision", "grace_ms", "free_ms",
    "minimum_cost", "maximum_cost", "steps", "rates",
)  # fmt: skip
"""What a row says of the cost of a call."""


class PriceChange(StrEnum):
    """What becomes of the price of the numbers that a prefix begins."""

    NEW = "new"
    DEARER = "dearer"
    CHEAPER = "cheaper"
    BLOCKED = "blocked"
    REMOVED = "removed"
    CHANGED = "changed"
    """By another term than the rate."""
    UNCHANGED = "unchanged"


def price_changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Every prefix of either deck (DECK_SCHEMA): what its numbers are charged before and after.

    `prefix`, `name`, `change` as `PriceChange` has it, `rate_before` and `rate_after` in units of 10⁻¹⁰, null
    where there is no price, or it has one in each of several bands: `rates_before`, `rates_after` (List of BAND_PRICE). Prefixes
    that have no price before and after are left out.
    """
    return compared_prices(before, after).select(
        "prefix", "name", "change", "rate_before", "rate_after", "rates_before", "rates_after"
    )


def class_changes(changes: pl.DataFrame) -> pl.DataFrame:
    """Rows of `price_changes` with `price_class`: of prefixes with prices in classes a row for each in which they differ,
    and its rates; null: they have one price, or the rates of all classes are as they were. By `place`, the row of `changes`.
    """
    changes = changes.with_row_index("place").with_columns(price_class=pl.lit(None, pl.String))
    names = _named(changes)
    columns = ["place", "prefix", "name", "change", "price_class", "rate_before", "rate_after"]
    several = pl.any_horizontal(pl.col("rates_before", "rates_after").is_not_null())
    apart = changes.filter(several)
    pairs = zip(
        names,
        in_classes(apart, "rates_before", names, "rate_before"),
        in_classes(apart, "rates_after", names, "rate_after"),
        strict=True,
    )
    each = [
        apart.with_columns(
            was.alias("rate_before"), now.alias("rate_after"), price_class=pl.lit(name)
        )
        for name, was, now in pairs
    ]
    differs = pl.col("rate_before").ne_missing(pl.col("rate_after"))
    found = pl.concat([apart.clear(), *each]).filter(differs)
    rest = changes.filter(~pl.col("place").is_in(found["place"].implode()))
    return pl.concat([rest.select(columns), found.select(columns)]).sort(
        "place", maintain_order=True
    )


def largest_moves(changes: pl.DataFrame) -> pl.Series:
    """By how much the rate of each row of `price_changes` rises or falls at most (UInt64 or Int64, units), in the class where it does most;
    what has no rate counts as 0.
    """
    names = _named(changes)
    sides = [
        pl.DataFrame(
            [
                changes[f"rate_{when}"].alias(""),
                *in_classes(changes, f"rates_{when}", names, f"rate_{when}"),
            ]
        )
        for when in ("before", "after")
    ]
    before, after = (side.fill_null(0) for side in sides)
    moves = [(after[name] - before[name]).abs() for name in before.columns]
    return pl.DataFrame(moves).select(pl.max_horizontal(pl.all())).to_series()


def _named(rows: pl.DataFrame) -> list[str]:
    """The classes that the prices of either side name, in order."""
    both = pl.concat([rows["rates_before"], rows["rates_after"]]).drop_nulls().explode()
    return both.struct.field("band").drop_nulls().unique(maintain_order=True).to_list()


def compared_prices(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """As `price_changes`, with all that either deck's row says: `grace_ms_before`, `grace_ms_after` and so on."""
    prefixes = pl.concat([before["prefix"], after["prefix"]]).unique().sort().to_frame()
    was = _charged(before, prefixes).rename(lambda name: f"{name}_before")
    now = _charged(after, prefixes).rename(lambda name: f"{name}_after")
    both = prefixes.hstack(was).hstack(now)
    priced_before = pl.col("status_before") == "open"
    priced_after = pl.col("status_after") == "open"
    both = both.with_columns(move=_moves(both))
    dearer, cheaper = pl.col("move") > 0, pl.col("move") < 0
    other = pl.any_horizontal(
        pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in COMPARED
    )
    change = (
        pl.when(~priced_before)
        .then(pl.lit(PriceChange.NEW.value))
        .when(~priced_after & (pl.col("status_after") == "blocked"))
        .then(pl.lit(PriceChange.BLOCKED.value))
        .when(~priced_after)
        .then(pl.lit(PriceChange.REMOVED.value))
        .when(dearer)
        .then(pl.lit(PriceChange.DEARER.value))
        .when(cheaper)
        .then(pl.lit(PriceChange.CHEAPER.value))
        .when(other)
        .then(pl.lit(PriceChange.CHANGED.value))
        .otherwise(pl.lit(PriceChange.UNCHANGED.value))
    )
    return both.filter(priced_before | priced_after).with_columns(
        pl.coalesce("name_after", "name_before").alias("name"), change.alias("change")
    )


def _moves(both: pl.DataFrame) -> pl.Series:
    """1 where no rate falls and one rises, -1 where it is the other way round, 0 or null: neither; the rates of
    bands among them, each against the row's own where it has none.
    """
    own = (pl.col("rate_after") - pl.col("rate_before")).sign()
    in_bands = pl.col("rates_before").ne_missing(pl.col("rates_after"))
    found = both.select(own.alias("own"), in_bands.alias("bands"))
    if not found["bands"].any():
        return found["own"]
    rows = both.filter(found["bands"])
    names = _named(rows)
    before, after = (
        in_classes(rows, f"rates_{w}", names, f"rate_{w}") for w in ("before", "after")
    )
    moves = [(now - was).sign() for was, now in zip(before, after, strict=True)]
    told = pl.DataFrame(
        [move.alias(str(n)) for n, move in enumerate([found["own"].filter(found["bands"]), *moves])]
    )
    of_class = pl.col(told.columns[1:])  # a row without one of its own has one in each
    rises, falls = (
        pl.any_horizontal((pl.all() == sign).fill_null(value=False)) for sign in (1, -1)
    )
    known = pl.all_horizontal(of_class.is_not_null())
    move = (
        pl.when(known & rises & ~falls).then(1).when(known & falls & ~rises).then(-1).otherwise(0)
    )
    return found["own"].scatter(found["bands"].arg_true(), told.select(move).to_series())


def _charged(deck: pl.DataFrame, prefixes: pl.DataFrame) -> pl.DataFrame:
    """The row of a deck that holds for each prefix; one without a status where none does."""
    index = PrefixIndex.build(deck["prefix"])
    at = index.matched(prefixes.lazy(), "prefix", "at").select("at").collect()["at"]
    rows = deck.with_columns(pl.col("status").fill_null("none"))
    nothing = pl.DataFrame([{"status": "none"}], schema=rows.schema)
    return pl.concat([rows, nothing]).select("name", "status", *COMPARED)[at]
