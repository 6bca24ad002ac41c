"""Calls with their prices, as they are priced now: for people, and to trace a charge to its calls."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook import money
from minutebook.billing.tallying import MAX_DURATION_MS, RateTables, calls_of
from minutebook.calls.schema import CALL_SCHEMA
from minutebook.rating.calls import CALLED_KEY, described, rated
from minutebook.rating.classes import CLASS_COLUMNS
from minutebook.rating.countries import CALLER_HEAD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from minutebook.billing.schedule import Batch, Schedule
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake, LakeFile

_AMOUNT = pl.Decimal(38, money.SCALE)

RATED_SCHEMA: dict[str, pl.DataType] = {
    **{name: dtype for name, dtype in CALL_SCHEMA.items() if name not in (CALLED_KEY, CALLER_HEAD)},
    "plan": pl.String(),
    "prefix": pl.String(),
    "destination": pl.String(),
    "rate": _AMOUNT,  # a minute; of the first step, where there are several
    "connect_fee": _AMOUNT,
    "billed_seconds": pl.Int64(),
    "cost": _AMOUNT,  # rounded by call; under a daily tally unrounded, to ten decimals
    "status": pl.String(),  # priced, unpriced, blocked or no_plan
    "band": pl.String(),  # of an answered call, where prices differ so; and so of the others
    "jurisdiction": pl.String(),
    "origin": pl.String(),
    "caller_prefix": pl.String(),
}


SET_UP: Final = pl.coalesce("setup_at", "answered_at").dt.timestamp("us")
"""The instant of a call: when it was set up, or answered where that is not known; in microseconds."""


def rated_calls(
    lake: Lake,
    cards: CardStore,
    schedule: Schedule,
    files: Iterable[LakeFile],
    accounts: list[str] | None = None,
    chosen: pl.Expr | None = None,
) -> pl.LazyFrame:
    """The calls in `files` of some accounts (None: of all), in RATED_SCHEMA, by time of setup.

    `chosen`: which of them, by their columns of CALL_SCHEMA; others are not priced.
    """
    tables = RateTables(cards)
    frames = []
    by_day = sorted(files, key=lambda file: file.day)
    for _, alike in groupby(by_day, key=lambda file: schedule.stretch(file.day).first):
        stretch_files = list(alike)
        for batch in schedule.batches(stretch_files[0].day):
            if accounts is None or set(accounts) & set(batch.accounts):
                frames.append(_rated(lake, tables, stretch_files, batch, accounts, chosen))
        closed = schedule.closed_on(stretch_files[0].day)
        if asked := closed if accounts is None else sorted(set(closed) & set(accounts)):
            frames.append(_without_plan(lake, stretch_files, asked, chosen))
    if not frames:
        return pl.LazyFrame(schema=RATED_SCHEMA)
    return pl.concat(frames).sort(pl.coalesce("setup_at", "answered_at"), "call_id", "leg")


def first_calls(
    lake: Lake,
    files: list[LakeFile],
    account: str,
    most: int,
    since: tuple[date, int] | None = None,
) -> pl.Expr:
    """Of a customer's calls the first by UTC day and `SET_UP`, at most so many, and those of the last one's instant; for
    `rated_calls`. `since`: not before this day and instant.
    """
    at = [pl.col("day"), SET_UP.alias("at")]
    begun = pl.lit(value=True) if since is None else _not_before(*since)
    calls = lake.scan(files).filter((pl.col("account") == account) & begun).select(*at)
    first = calls.bottom_k(most, by=["day", "at"]).collect(engine="streaming").sort("day", "at")
    if first.height < most:
        return begun
    day, instant = first.row(-1)
    ended: pl.Expr = begun & (
        (pl.col("day") < day) | ((pl.col("day") == day) & (instant >= SET_UP))
    )
    return ended


def _not_before(day: date, instant: int) -> pl.Expr:
    begun: pl.Expr = (pl.col("day") > day) | ((pl.col("day") == day) & (instant <= SET_UP))
    return begun


def _without_plan(
    lake: Lake, files: list[LakeFile], accounts: list[str], chosen: pl.Expr | None
) -> pl.LazyFrame:
    """Calls that were recorded for accounts after their last day."""
    calls = lake.scan(files).filter(pl.col("account").is_in(accounts))
    if chosen is not None:
        calls = calls.filter(chosen)
    return calls.select(
        pl.col(name)
        if name in CALL_SCHEMA
        else pl.lit({"status": "no_plan", "billed_seconds": 0}.get(name), dtype=dtype).alias(name)
        for name, dtype in RATED_SCHEMA.items()
    )


def _rated(
    lake: Lake,
    tables: RateTables,
    files: list[LakeFile],
    batch: Batch,
    accounts: list[str] | None,
    chosen: pl.Expr | None,
) -> pl.LazyFrame:
    table = tables.of(batch)
    calls = calls_of(lake.scan(files), batch)
    if accounts is not None:
        calls = calls.filter(pl.col("account").is_in(accounts))
    if chosen is not None:
        calls = calls.filter(chosen)
    priced = described(rated(calls, table, MAX_DURATION_MS), table).with_columns(
        plan=pl.lit(batch.plan.name),
        rate=money.amounts(pl.col("rate_units")),
        connect_fee=money.amounts(pl.col("connect_fee_units")),
        cost=money.amounts(pl.col("cost_units")),
    )
    return priced.select(pl.col(name).cast(dtype) for name, dtype in RATED_SCHEMA.items())


def files_of_days(files: Iterable[LakeFile], first: date, last: date) -> list[LakeFile]:
    """The files of the days from `first` to `last`."""
    return [file for file in files if first <= file.day <= last]


def rated_frame(
    calls: pl.DataFrame, schedule: Schedule, cards: CardStore, *, with_class: bool = False
) -> pl.DataFrame:
    """Calls that are no lake's (CALL_SCHEMA, and more) with what prices them, as far as a plan does.

    Adds `numerator`, `cost_units`, `rate_units`, `connect_fee_units`, `billed_seconds` (Int64),
    `prefix` and `destination`; calls of accounts without a plan on the day are absent. `with_class` adds
    `price_class` too, by words: the band, jurisdiction, origin or caller's prefix; empty where prices differ by none.
    """
    tables = RateTables(cards)
    frames = []
    days = sorted(calls["day"].unique().drop_nulls())
    for _, alike in groupby(days, key=lambda day: schedule.stretch(day).first):
        stretch = list(alike)
        part = calls.lazy().filter(pl.col("day").is_between(stretch[0], stretch[-1]))
        for batch in schedule.batches(stretch[0]):
            table = tables.of(batch)
            frames.append(described(rated(calls_of(part, batch), table, MAX_DURATION_MS), table))
    added = ("numerator", "cost_units", "rate_units", "connect_fee_units", "billed_seconds")
    wanted = [
        *(pl.col(name) for name in calls.columns),
        *(pl.col(name).cast(pl.Int64) for name in added),
        "prefix",
        "destination",
    ]
    if with_class:
        held = pl.concat_str(list(CLASS_COLUMNS), separator=" ", ignore_nulls=True)
        wanted.append(held.alias("price_class"))
    if not frames:
        empty = dict.fromkeys(added, pl.Int64()) | {
            "prefix": pl.String(),
            "destination": pl.String(),
            **({"price_class": pl.String()} if with_class else {}),
        }
        return calls.clear().with_columns(pl.lit(None, d).alias(n) for n, d in empty.items())
    return pl.concat([frame.select(wanted) for frame in frames]).collect()
