"""Whose call it is
(docs/rules/identity.md, "Whose call" and "Ties"). Pure: a frame and a directory in, a frame out.

An explicit account comes first. Else the match tables decide: a table's rank is its first key in
the order account_code, trunk, caller_prefix (the longest prefix first), server, and then the
number of its keys, all of which must hold. An account competes on the days that it has a plan on.
Tables of equal rank that name different accounts are a tie, which nobody but a person can break.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.match_tables import (
    ERA,
    KEYS,
    AccountSpan,
    Directory,
    MatchRule,
    MatchTables,
    position_of,
)
from minutebook.calls.schema import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["KEYS", "AccountSpan", "Directory", "MatchRule", "identified"]


def identified(calls: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    """The calls with `account` and `matched_by`, or with `reason` and `detail` why there is none.

    `calls` has the columns account (as the record names it, null or "" where it does not),
    account_code, trunk, server, caller (normalised), setup_at, answered_at, reason and detail.
    Rows that have a reason keep it; rows with a reason have no account.
    """
    spans = pl.DataFrame(
        {
            "name": [span.account for span in directory.spans],
            "first_day": [span.first_day for span in directory.spans],
            "last_day": [span.last_day for span in directory.spans],
        },
        schema={"name": pl.String, "first_day": pl.Date, "last_day": pl.Date},
    )
    found = calls.select(
        "account",
        explicit=pl.col("account").fill_null("") != "",
        span=position_of(pl.col("account"), spans["name"].to_list()),
        day=pl.coalesce("answered_at", "setup_at").dt.date(),
    )
    if found["explicit"].all():
        found = found.with_columns(matched_by=pl.lit("account"), reason=None, detail=None)
    else:
        found = _with_matches(found, calls, directory)
    found = found.with_columns(
        pl.lit(spans["name"]).gather("span").alias("name"),
        pl.lit(spans["first_day"]).gather("span").alias("first_day"),
        pl.lit(spans["last_day"]).gather("span").alias("last_day"),
    )
    found = found.with_columns(reason=pl.coalesce(calls["reason"], _reason()))
    if found["reason"].null_count() < found.height:
        found = found.with_columns(detail=_detail(calls))
    sound = found["reason"].is_null()
    return calls.with_columns(
        pl.when(sound).then(found["name"]).alias("account"),
        pl.when(sound).then(found["matched_by"]).alias("matched_by"),
        found["reason"],
        found["detail"].cast(pl.String),
    )


def _reason() -> pl.Expr:
    """Why a call has no account, as far as match tables, declarations and days tell."""
    undeclared = pl.col("explicit") & pl.col("span").is_null()
    outside = (pl.col("day") < pl.col("first_day")) | (pl.col("day") > pl.col("last_day"))
    return (
        pl.when(undeclared)
        .then(pl.lit(Reason.UNKNOWN_ACCOUNT.value))
        .when(pl.col("reason").is_not_null())
        .then("reason")
        .when(outside)
        .then(pl.lit(Reason.NO_PLAN.value))
    )


def _detail(calls: pl.DataFrame) -> pl.Expr:
    """The reason in words."""
    asked = [
        pl.when(calls[column].is_not_null() & (calls[column] != "")).then(
            pl.format("{} {}", pl.lit(column), pl.lit(calls[column]))
        )
        for column in ("account_code", "trunk", "caller", "server")
    ]
    by_reason = {
        Reason.UNKNOWN_ACCOUNT: pl.format("account {} is not declared", "account"),
        Reason.NO_ACCOUNT: pl.lit("no match table holds for ")
        + pl.concat_str(asked, separator=", ", ignore_nulls=True),
        Reason.NO_PLAN: pl.when(pl.col("day") < pl.col("first_day"))
        .then(pl.format("{} is before {}'s first day {}", "day", "name", "first_day"))
        .otherwise(pl.format("{} is after {}'s last day {}", "day", "name", "last_day")),
    }
    words: pl.Expr = pl.when(calls["reason"].is_not_null()).then(calls["detail"])
    for reason, text in by_reason.items():
        words = words.when(pl.col("reason") == reason.value).then(text)  # type: ignore[attr-defined]  # Polars types a chain of when and then link by link
    return words.otherwise("detail")  # type: ignore[attr-defined, no-any-return]  # as above


def _with_matches(found: pl.DataFrame, calls: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    """`found` with span, matched_by, reason and detail of the calls that name no account.

    Calls differ, for the match tables, only in the values that the tables name, and in which
    accounts have a plan on their day. Each combination of these that occurs is judged once.
    """
    tables = _tables(directory)
    codes = tables.codes(calls, found["day"]).with_columns(
        pl.when(~found["explicit"]).then("number")
    )
    distinct = codes.unique("number").drop_nulls("number")
    outcomes = [tables.outcome(row) for row in distinct.select(*KEYS, ERA).iter_rows()]
    at = codes["number"].replace_strict(
        distinct["number"],
        pl.int_range(distinct.height, dtype=pl.UInt32, eager=True),
        default=None,
        return_dtype=pl.UInt32,
    )

    def column(values: Iterable[object], dtype: pl.DataType) -> pl.Series:
        return pl.Series(list(values), dtype=dtype).gather(at)

    matched = column((o.matched_by for o in outcomes), pl.String())
    return found.with_columns(
        span=pl.coalesce("span", column((o.span for o in outcomes), pl.UInt32())),
        matched_by=pl.when("explicit").then(pl.lit("account")).otherwise(matched),
        reason=column((o.reason and o.reason.value for o in outcomes), pl.String()),
        detail=column((o.detail for o in outcomes), pl.String()),
    )


@lru_cache(maxsize=2)
def _tables(directory: Directory) -> MatchTables:
    """An import asks for the same directory with every batch."""
    return MatchTables(directory)
