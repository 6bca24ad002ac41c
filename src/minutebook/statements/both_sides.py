"""Calls priced on both sides at once: what they are sold for, and what they cost
(docs/rules/margin.md, "A call on both sides").
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from minutebook.billing.tallying import MAX_DURATION_MS, RateTables, answered_between
from minutebook.calls.carried import carried
from minutebook.cards.tariff import Tally
from minutebook.rating.calls import described, rated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from minutebook.billing.schedule import Batch, Schedule
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake, LakeFile
    from minutebook.plans.provider import Provider

GROUPS = ("account", "provider", "destination", "day", "card")
"""What calls on both sides can be grouped by; the card is the one that they are sold by."""

_KEPT = (
    "account",
    "provider",
    "day",
    "caller",
    "caller_head",
    "called",
    "called_key",
    "duration_ms",
)


def on_both_sides(
    lake: Lake,
    cards: CardStore,
    schedule: Schedule,
    files: Iterable[LakeFile],
    providers: Sequence[Provider],
    groups: Sequence[str],
) -> pl.DataFrame:
    """The sums of all calls in these files, by account, day, provider (null: none carried them), these
    `GROUPS` as `by_GROUP` ('' for none), and `is_known`: what they are sold for and what they cost are both known.

    `calls`, `answered` and `duration_ms` are theirs; the weights, whole numbers, are what the account's
    day, and the provider's, are shared by among such sums.
    """
    tables = RateTables(cards)
    by_day = sorted(files, key=lambda file: file.day)
    found = [pl.DataFrame(schema=_summed_schema(groups))]
    for _, alike in groupby(by_day, key=lambda file: schedule.stretch(file.day).first):
        of_stretch = list(alike)
        day = of_stretch[0].day
        calls = lake.scan(of_stretch).with_columns(provider=carried(providers))
        queries = _queries(calls, tables, schedule.batches(day), schedule.closed_on(day), groups)
        found += pl.collect_all(list(queries), engine="streaming")
    return pl.concat(found)


def summed_by(found: pl.DataFrame, groups: Sequence[str]) -> pl.DataFrame:
    """The sums of `on_both_sides` by fewer groups: what it gives for these alone."""
    by = ("account", "day", "provider", "is_known", *(f"by_{group}" for group in groups))
    figures = ("calls", "answered", "duration_ms", "sale_weight", "cost_weight")
    return found.group_by(by).agg(pl.col(figures).sum())


def _summed_schema(groups: Sequence[str]) -> dict[str, type[pl.DataType]]:
    return {
        "account": pl.String,
        "day": pl.Date,
        "provider": pl.String,
        "is_known": pl.Boolean,
        **{f"by_{group}": pl.String for group in groups},
        **dict.fromkeys(("calls", "answered", "duration_ms"), pl.Int64),
        **dict.fromkeys(("sale_weight", "cost_weight"), pl.Int128),
    }


def _queries(
    calls: pl.LazyFrame,
    tables: RateTables,
    batches: Sequence[Batch],
    closed: list[str],
    groups: Sequence[str],
) -> Iterator[pl.LazyFrame]:
    """A query for each two batches that can meet, and for the calls that one side alone prices."""
    bought = [batch for batch in batches if batch.providers]
    sold = [batch for batch in batches if not batch.providers]
    sides = [_sold(calls, tables, batch) for batch in sold]
    if closed:
        sides.append(_unsold(calls.filter(pl.col("account").is_in(closed))))
    for side in sides:
        for batch in bought:
            yield _summed(_bought(side, tables, batch), groups)
        yield _summed(_unbought(side), groups)


def _sold(calls: pl.LazyFrame, tables: RateTables, batch: Batch) -> pl.LazyFrame:
    """The calls of a batch of customers: what they come to is shared by their own prices, where they have some."""
    own = calls.filter(pl.col("account").is_in(list(batch.accounts)))
    own, table = answered_between(own, batch.start, batch.end), tables.of(batch)
    priced = described(rated(own, table, MAX_DURATION_MS), table)
    if batch.plan.channels is not None:
        weight, known = pl.col("duration_ms").fill_null(0), pl.lit(value=True)
    else:
        weight = pl.col("cost_units" if batch.plan.tally is Tally.CALL else "numerator")
        known = pl.col("priced") | pl.col("duration_ms").is_null()
    return priced.select(
        *_recorded(calls),
        sale_weight=weight.cast(pl.Int128),
        sale_known=known,
        sale_destination="destination",
        by_card=pl.lit(batch.plan.card or ""),
    )


def _recorded(calls: pl.LazyFrame) -> list[str]:
    known = calls.collect_schema().names()
    return [*(name for name in _KEPT if name in known), "answered_at", "setup_at"]


def _unsold(calls: pl.LazyFrame) -> pl.LazyFrame:
    """Calls that no plan prices, as they came after their account's last day."""
    return calls.select(
        *_recorded(calls),
        sale_weight=pl.lit(0, pl.Int128),
        sale_known=pl.col("duration_ms").is_null(),
        sale_destination=pl.lit(None, pl.String),
        by_card=pl.lit(""),
    )


def _bought(side: pl.LazyFrame, tables: RateTables, batch: Batch) -> pl.LazyFrame:
    """The calls that providers of a batch carried, with what they cost."""
    own = side.filter(pl.col("provider").is_in(list(batch.accounts)))
    own, table = answered_between(own, batch.start, batch.end), tables.of(batch)
    return described(rated(own, table, MAX_DURATION_MS), table).with_columns(
        cost_weight=pl.col("cost_units").cast(pl.Int128),
        cost_known=pl.col("priced") | pl.col("duration_ms").is_null(),
        by_destination=pl.coalesce("sale_destination", "destination"),
    )


def _unbought(side: pl.LazyFrame) -> pl.LazyFrame:
    """The calls that no provider carried: an attempt cost nothing, an answered one nobody knows what."""
    return side.filter(pl.col("provider").is_null()).with_columns(
        cost_weight=pl.lit(0, pl.Int128),
        cost_known=pl.col("duration_ms").is_null(),
        by_destination="sale_destination",
    )


def _summed(calls: pl.LazyFrame, groups: Sequence[str]) -> pl.LazyFrame:
    named = {
        "account": pl.col("account"),
        "provider": pl.col("provider"),
        "day": pl.col("day").cast(pl.String),
        "destination": pl.col("by_destination"),
        "card": pl.col("by_card"),
    }
    length = pl.col("duration_ms")
    return (
        calls.with_columns(
            *(named[group].fill_null("").alias(f"by_{group}") for group in groups),
            is_known=pl.col("sale_known") & pl.col("cost_known"),
        )
        .group_by("account", "day", "provider", "is_known", *(f"by_{group}" for group in groups))
        .agg(
            calls=pl.len().cast(pl.Int64),
            answered=length.count().cast(pl.Int64),
            duration_ms=length.sum().cast(pl.Int64),
            sale_weight=pl.col("sale_weight").sum(),
            cost_weight=pl.col("cost_weight").sum(),
        )
        .select(*_summed_schema(groups))
    )
