"""Which provider carried a call: an expression over columns against the rule, table by table."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutebook.calls.carried import carried, tied
from minutebook.plans.provider import PROVIDER_KEYS, Provider

Table = dict[str, str]
TRUNKS, PREFIXES, SERVERS = ("t1", "t2"), ("99", "991", "9"), ("s1", "s2")
TABLES = [
    {key: value for key, value in zip(PROVIDER_KEYS, values, strict=True) if value}
    for values in product(("", *TRUNKS), ("", *PREFIXES), ("", *SERVERS))
    if any(values)
]
CALLS = [
    dict(zip(("trunk", "called_recorded", "called", "server"), values, strict=True))
    for values in product(
        (None, "t1", "t2", "t3"),
        (None, "+991-44", "9#44", "0044"),
        ("44", "9944"),
        ("s1", "", "s3"),
    )
]


def expected(call: dict[str, str | None], tables: list[tuple[Table, str]]) -> str | None:
    """The rule, one table after another: the strongest that holds."""
    dialled = "".join(c for c in call["called_recorded"] or call["called"] or "" if c.isdigit())

    def holds(table: Table) -> bool:
        return all(
            dialled.startswith(value) if key == "tech_prefix" else call[key] == value
            for key, value in table.items()
        )

    def rank(table: Table) -> tuple[int, int, int]:
        first = min(PROVIDER_KEYS.index(key) for key in table)
        prefix = table["tech_prefix"] if PROVIDER_KEYS[first] == "tech_prefix" else ""
        return first, -len(prefix), -len(table)

    holding = sorted((rank(table), name) for table, name in tables if holds(table))
    return holding[0][1] if holding else None


@given(
    st.lists(st.sampled_from(TABLES), min_size=1, max_size=6, unique_by=lambda t: tuple(t.items()))
)
def test_the_strongest_table_that_holds_decides(tables: list[Table]) -> None:
    """A trunk before a technical prefix, the longest first, before a server; then by having more keys."""
    kept: list[Table] = []
    for table in tables:
        if not any(tied(table, other) for other in kept):
            kept.append(table)
    providers = [
        Provider(f"p{n}", f"p{n}", "USD", "buy", Decimal(0), (table,))
        for n, table in enumerate(kept)
    ]
    named = [(one.matches[0], one.key) for one in providers]
    frame = pl.DataFrame(CALLS, schema=dict.fromkeys(CALLS[0], pl.String))
    found = frame.select(carried(providers).alias("by"))["by"].to_list()
    assert found == [expected(call, named) for call in CALLS]


@given(st.sampled_from(TABLES), st.sampled_from(TABLES))
def test_tables_are_tied_where_both_can_hold_and_none_is_stronger(one: Table, other: Table) -> None:
    """What `apply` refuses is what the order of providers would decide."""
    both = [(one, "a"), (other, "b")]
    turned = [(one, "b"), (other, "a")]
    dialled = [*(prefix + "5" for prefix in PREFIXES), "5"]
    undecided = any(
        expected(call, both) == "a" == expected(call, turned)
        for call in (
            {"trunk": t, "called_recorded": d, "called": None, "server": s}
            for t, d, s in product((None, *TRUNKS), dialled, ("", *SERVERS))
        )
    )
    assert tied(one, other) == undecided


@pytest.mark.parametrize("providers", [[], [Provider("idle", "idle", "USD", "buy")]])
def test_without_tables_nobody_carries_anything(providers: list[Provider]) -> None:
    """No column is asked for."""
    frame = pl.DataFrame({"call": ["a"]})
    assert frame.select(carried(providers).alias("by"))["by"].to_list() == [None]
