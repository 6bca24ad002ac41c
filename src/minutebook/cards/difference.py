"""Two decks held against each other."""

from __future__ import annotations

import polars as pl


def difference(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The prefixes whose rows differ between two decks, with both prices.

    Columns: prefix, name, change (added, removed, dearer, cheaper, changed), rate_before and
    rate_after in units of 10⁻¹⁰ a minute.
    """
    content = [column for column in before.columns if column not in ("prefix", "name")]
    both = before.join(after, on="prefix", how="full", suffix="_after", coalesce=True)
    was, is_ = pl.col("status").is_not_null(), pl.col("status_after").is_not_null()
    differs = pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_after")) for c in content)
    change = (
        pl.when(~was)
        .then(pl.lit("added"))
        .when(~is_)
        .then(pl.lit("removed"))
        .when(pl.col("rate_after") > pl.col("rate"))
        .then(pl.lit("dearer"))
        .when(pl.col("rate_after") < pl.col("rate"))
        .then(pl.lit("cheaper"))
        .otherwise(pl.lit("changed"))
    )
    return (
        both.filter(differs)
        .select(
            "prefix",
            pl.coalesce("name_after", "name").alias("name"),
            change.alias("change"),
            pl.col("rate").alias("rate_before"),
            "rate_after",
        )
        .sort("prefix")
    )
