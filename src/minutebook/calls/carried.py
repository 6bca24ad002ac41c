"""Which provider carried a call (docs/rules/providers.md, "Whose trunk"). Pure: a column of an expression.

Unlike whose call it is, this is asked when a call is priced, as its plan and its card are: so a
provider that is declared late, or mended, changes what is owed by the next run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.plans.provider import PROVIDER_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from minutebook.plans.provider import Provider

_TECH_PREFIX = "tech_prefix"
NO_TRUNK: Final = "no_trunk"
"""Why no provider carried a call: its record names no trunk, and no other key of a match table holds."""
UNKNOWN_TRUNK: Final = "unknown_trunk"
"""Why no provider carried a call: no match table holds for its trunk, number and server."""


def carried(providers: Iterable[Provider]) -> pl.Expr:
    """The ledger's account of the provider that carried a call (String); null where none did.

    Reads the columns trunk, server, called and called_recorded, as far as tables ask for them. The
    strongest table decides: by its first key in the order of PROVIDER_KEYS, the longest technical
    prefix first, and then by having more keys.
    """
    tables = [(table, one.key) for one in providers for table in one.matches]
    by_rank: dict[tuple[int, int, int], list[tuple[Mapping[str, str], str]]] = {}
    for table, key in tables:
        by_rank.setdefault(_rank(table), []).append((table, key))
    found = [_of_rank(by_rank[rank]) for rank in sorted(by_rank)]
    return pl.coalesce(found) if found else pl.lit(None, pl.String)


def without_carrier(calls: pl.LazyFrame, providers: Iterable[Provider]) -> pl.LazyFrame:
    """The calls that no provider carried, and why, as `no_provider`: `NO_TRUNK` or `UNKNOWN_TRUNK`."""
    named = pl.col("trunk").fill_null("") != ""
    reason = pl.when(named).then(pl.lit(UNKNOWN_TRUNK)).otherwise(pl.lit(NO_TRUNK))
    return calls.filter(carried(providers).is_null()).with_columns(no_provider=reason)


def tied(table: Mapping[str, str], another: Mapping[str, str]) -> bool:
    """Whether two tables can hold for one call and neither is the stronger."""
    if _rank(table) != _rank(another):
        return False
    return all(
        another[key].startswith(value) or value.startswith(another[key])
        if key == _TECH_PREFIX
        else another[key] == value
        for key, value in table.items()
        if key in another
    )


def _rank(table: Mapping[str, str]) -> tuple[int, int, int]:
    first = next(key for key in PROVIDER_KEYS if key in table)
    length = len(table[_TECH_PREFIX]) if first == _TECH_PREFIX else 0
    return PROVIDER_KEYS.index(first), -length, -len(table)


def _of_rank(tables: list[tuple[Mapping[str, str], str]]) -> pl.Expr:
    """The account by tables of one rank, of which at most one holds for a call."""
    table, _ = tables[0]
    if len(table) == 1 and _TECH_PREFIX not in table:
        (column,) = table
        named = {one[column]: key for one, key in tables}
        return pl.col(column).replace_strict(named, default=None, return_dtype=pl.String)
    return pl.coalesce(
        pl.when(pl.all_horizontal(_holds(key, value) for key, value in one.items())).then(
            pl.lit(account)
        )
        for one, account in tables
    )


def _holds(key: str, value: str) -> pl.Expr:
    if key != _TECH_PREFIX:
        return pl.col(key) == value
    recorded = pl.coalesce("called_recorded", "called")
    return recorded.str.replace_all("[^0-9]", "").str.starts_with(value)
