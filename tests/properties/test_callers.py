"""The laws of prices by the caller's prefix, held against a plain look through a deck's rows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from minutebook.cards.callers import Callers
from minutebook.cards.decks import read_deck
from minutebook.cards.number_key import number_head
from minutebook.cards.tariff import Tally, Terms
from minutebook.rating.calls import described, rated
from minutebook.rating.table import RateTable

PREFIXES = ("1", "12", "121", "44", "4420", "7")
CALLED = ("", "1", "44", "442")
ROWS = st.dictionaries(
    st.tuples(st.sampled_from(CALLED[1:]), st.sampled_from(PREFIXES)), st.integers(1, 99)
)
NUMBERS = st.one_of(
    st.sampled_from([p + tail for p in PREFIXES for tail in ("", "0", "12345678")]),
    st.sampled_from(["", "anonymous", "+121", "99"]),
)


@settings(max_examples=25, deadline=None)
@given(
    ROWS,
    st.lists(st.tuples(st.none() | NUMBERS, st.sampled_from(["13", "449", "4425"])), min_size=1),
)
def test_the_longest_called_prefix_wins_then_the_longest_of_the_caller(
    rows: dict[tuple[str, str], int], calls: list[tuple[str | None, str]]
) -> None:
    """Among others in one query; a row's own price is for all other callers."""
    own = {called: 100 + n for n, called in enumerate(CALLED[1:])}
    lines = [f"{called},,{rate}" for called, rate in own.items()]
    lines += [f"{called},{caller},{rate}" for (called, caller), rate in rows.items()]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "deck.csv"
        file.write_text("\n".join(["prefix,caller_prefix,rate", *lines]))
        deck = read_deck(file, bands=Callers(PREFIXES))
    table = RateTable.of_card(deck.frame, plan=Terms(), card=deck.terms, tally=Tally.CALL)
    schema = {"caller": pl.String(), "called": pl.String()}
    frame = pl.LazyFrame(calls, schema=schema, orient="row").with_columns(
        duration_ms=pl.lit(60_000, pl.Int64)
    )
    found = described(rated(frame, table, 60_000), table).collect(engine="streaming")
    heads = frame.with_columns(caller_head=number_head(pl.col("caller")), caller=pl.lit("unread"))
    by_head = described(rated(heads, table, 60_000), table).select(found.columns)
    assert by_head.drop("caller").collect(engine="streaming").equals(found.drop("caller"))
    for (caller, called), priced in zip(calls, found.iter_rows(named=True), strict=True):
        longest = max((one for one in own if called.startswith(one)), key=len)
        heads = [p for p in PREFIXES if caller is not None and caller.startswith(p)]
        own_first = sorted(heads, key=len, reverse=True) if (caller or "").isdigit() else []
        rate = next(
            (rows[longest, p] for p in own_first if (longest, p) in rows), own[longest]
        )  # fmt: skip
        assert (priced["prefix"], priced["rate_units"]) == (longest, rate * 10**10)
        assert priced["cost_units"] == rate * 10**10
        expected = (own_first or ["other"])[0] if deck.frame["rates"].count() else None
        assert priced["caller_prefix"] == expected
    assert Decimal(found["cost_units"].sum()) > 0
