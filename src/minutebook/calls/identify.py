"""Whose call it is
(docs/rules/identity.md, "Whose call" and "Ties"). Pure: a frame and a directory in, a frame out.

An explicit account comes first. Else the match tables decide: a table's rank is its first key in
the order account_code, trunk, caller_prefix (the longest prefix first), server, and then the
number of its keys, all of which must hold. Tables of equal rank that name different accounts are
a tie, which nobody but a person can break.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from minutebook.calls.schema import Reason
from minutebook.cards.prefixes import PrefixIndex
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

KEYS = ("account_code", "trunk", "caller_prefix", "server")
"""What a match table can ask for, the strongest first."""


@dataclass(frozen=True, slots=True)
class MatchRule:
    """One `match` table of an account; at least one key, and all that it has must hold."""

    account: str
    account_code: str | None = None
    trunk: str | None = None
    caller_prefix: str | None = None
    server: str | None = None

    def __post_init__(self) -> None:
        if not self.keys:
            raise InputError(f"account {self.account}: a match table without a key matches nothing")

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """The keys that the table has, with their values, the strongest first."""
        return tuple((key, value) for key in KEYS if (value := getattr(self, key)))

    @property
    def rank(self) -> tuple[int, int, int]:
        """Sorts tables, the strongest first: by the first key, a longer prefix, and more keys."""
        key, value = self.keys[0]
        return KEYS.index(key), -len(value) if key == "caller_prefix" else 0, -len(self.keys)

    def __str__(self) -> str:
        return " and ".join(f"{key} {value}" for key, value in self.keys)


@dataclass(frozen=True, slots=True)
class AccountSpan:
    """A declared account, with the first and the last UTC day that it has a plan on
    (docs/rules/identity.md, "Days without a plan").
    """

    account: str
    first_day: date
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """What is declared about accounts: their match tables and their days."""

    rules: tuple[MatchRule, ...] = ()
    spans: tuple[AccountSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What calls with the same keys come to: an account (its place in the spans), or why none."""

    span: int | None = None
    matched_by: str | None = None
    reason: Reason | None = None
    detail: str | None = None


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
        span=_position(pl.col("account"), spans["name"].to_list()),
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


def _position(column: pl.Expr, values: Sequence[str]) -> pl.Expr:
    """Where a column's value stands in `values` (UInt32), null where it does not."""
    if not values:
        return pl.lit(None, pl.UInt32)
    return column.replace_strict(
        pl.Series(values, dtype=pl.String),
        pl.int_range(len(values), dtype=pl.UInt32, eager=True),
        default=None,
        return_dtype=pl.UInt32,
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

    Calls differ, for the match tables, only in the values that the tables name. Each
    combination of these that occurs is judged once.
    """
    tables = _tables(directory)
    codes = tables.codes(calls).with_columns(pl.when(~found["explicit"]).then("number"))
    distinct = codes.unique("number").drop_nulls("number")
    outcomes = [tables.outcome(row) for row in distinct.select(KEYS).iter_rows()]
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
def _tables(directory: Directory) -> _Tables:
    """An import asks for the same directory with every batch."""
    return _Tables(directory)


class _Tables:
    """The match tables, ordered so that a combination of keys finds its own quickly."""

    def __init__(self, directory: Directory) -> None:
        self.spans = {span.account: at for at, span in enumerate(directory.spans)}
        self.values = {
            key: sorted({dict(r.keys)[key] for r in directory.rules if key in dict(r.keys)})
            for key in KEYS
        }
        self.prefixes = PrefixIndex.build(self.values["caller_prefix"])
        self.outcomes: dict[tuple[int, ...], _Outcome] = {}
        self.by_first: dict[tuple[str, str], list[MatchRule]] = {}
        for rule in directory.rules:
            self.by_first.setdefault(rule.keys[0], []).append(rule)
        for rules in self.by_first.values():
            rules.sort(key=lambda rule: -len(rule.keys))

    def codes(self, calls: pl.DataFrame) -> pl.DataFrame:
        """What the tables can see of each call: a place in `values` + 1 (0: none) for each key.

        `number` (UInt64) is one number for all four.
        """
        places = {key: _position(pl.col(key), self.values[key]) for key in KEYS if key in calls}
        places["caller_prefix"] = self.prefixes.longest(pl.col("caller"))
        codes = calls.select("account_code", "trunk", "caller", "server").with_columns(
            (place.cast(pl.UInt64) + 1).fill_null(0).alias(key) for key, place in places.items()
        )
        sizes = [len(self.values[key]) + 1 for key in KEYS]
        if math.prod(sizes) < 2**63:
            factors = [math.prod(sizes[n + 1 :]) for n in range(len(sizes))]
            number = pl.sum_horizontal(
                pl.col(key) * factor for key, factor in zip(KEYS, factors, strict=True)
            )
        else:
            number = pl.struct(KEYS).rank("dense")
        return codes.select(*KEYS, number=number.cast(pl.UInt64))

    def outcome(self, codes: tuple[int, ...]) -> _Outcome:
        """What the tables say of calls with these codes."""
        if codes not in self.outcomes:
            self.outcomes[codes] = self._judged(codes)
        return self.outcomes[codes]

    def _judged(self, codes: tuple[int, ...]) -> _Outcome:
        held = {
            key: self.values[key][code - 1] if code else None
            for key, code in zip(KEYS, codes, strict=True)
        }
        for first in self._firsts(held):
            holding = [r for r in self.by_first.get(first, ()) if _holds(r, held)]
            strongest = [r for r in holding if len(r.keys) == len(holding[0].keys)]
            if strongest:
                return self._decided(strongest)
        return _Outcome(reason=Reason.NO_ACCOUNT)

    def _firsts(self, held: Mapping[str, str | None]) -> Iterable[tuple[str, str]]:
        """The first keys that a table may have to hold, the strongest first."""
        for key in KEYS:
            value = held[key]
            if value is None:
                continue
            yield key, value
            if key == "caller_prefix":  # any shorter prefix is a prefix of the longest
                yield from ((key, value[:n]) for n in range(len(value) - 1, 0, -1))

    def _decided(self, rules: list[MatchRule]) -> _Outcome:
        """One account, or a tie."""
        accounts = sorted({rule.account for rule in rules})
        if len(accounts) > 1:
            tied = " and ".join(accounts)
            return _Outcome(reason=Reason.AMBIGUOUS, detail=f"{tied} match equally by {rules[0]}")
        if accounts[0] not in self.spans:
            return _Outcome(reason=Reason.NO_PLAN, detail=f"account {accounts[0]} has no plan")
        return _Outcome(span=self.spans[accounts[0]], matched_by=str(rules[0]))


def _holds(rule: MatchRule, held: Mapping[str, str | None]) -> bool:
    """Whether all keys of the table hold."""
    return all(
        (held[key] or "").startswith(value) if key == "caller_prefix" else held[key] == value
        for key, value in rule.keys
    )
