"""The laws of prices by jurisdiction, held against a plain look-up in the tables."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.jurisdictions import STATES, Jurisdictions
from minutebook.cards.number_key import number_head, number_key
from minutebook.cards.tariff import Tally, Terms
from minutebook.rating.calls import described, rated
from minutebook.rating.lookups import LookUps
from minutebook.rating.numbering import Numbering, PortedNumbers
from minutebook.rating.single import price_one
from minutebook.rating.table import RateTable

OFFICES = ("201200", "201201", "212555", "646555", "907200", "416555", "999999")
LINES = ("0000", "0100", "9999")
WHOLE = st.builds("1{}{}".format, st.sampled_from(OFFICES), st.sampled_from(LINES))
NUMBERS = st.one_of(
    WHOLE,
    WHOLE.map(lambda number: number[1:]),
    WHOLE.map(lambda number: number[:-1]),
    WHOLE.map(lambda number: number + "00000"),
    st.sampled_from(
        ["", "442079460123", "1", "120120", "anonymous", "+12012000100", "22012000100"]
    ),
)
PRICES = {"inter": 1, "intra": 2, "indeterminate": 3}


def plainly(
    caller: str | None, called: str, states: dict[str, str], ported: dict[str, str]
) -> tuple[str, str]:
    """The jurisdiction, and the number whose row prices the call."""
    called = ported.get(called, called)

    def state(number: str | None) -> str | None:
        whole = number is not None and len(number) == 11 and number.isdigit() and number[0] == "1"
        found = states.get(number[1:7]) if whole and number is not None else None
        return found if found in STATES else None

    ours, theirs = state(caller), state(called)
    if ours is None or theirs is None:
        return "indeterminate", called
    return ("intra" if ours == theirs else "inter"), called


def numbering_of(states: dict[str, str], ported: dict[str, str]) -> Numbering:
    table = pl.DataFrame(
        {"office": list(states), "state": list(states.values())},
        schema={"office": pl.String, "state": pl.String},
    )
    keys = pl.DataFrame(
        {"number": list(ported), "lrn": list(ported.values())},
        schema={"number": pl.String, "lrn": pl.String},
    ).with_columns(key=number_key(pl.col("number"))).sort("key")  # fmt: skip
    routes = keys["lrn"].unique().sort()
    return Numbering.of(
        table,
        PortedNumbers(
            keys["key"],
            routes.search_sorted(keys["lrn"]).cast(pl.UInt16),
            routes,
            routes.to_frame().select(number_key(pl.col("lrn"))).to_series(),
        ),
    )


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(st.sampled_from(OFFICES), st.sampled_from(["NJ", "NY", "AK", "ON", ""])),
    st.dictionaries(WHOLE, WHOLE, max_size=4),
    st.lists(st.tuples(st.none() | NUMBERS, NUMBERS), min_size=1, max_size=12),
    st.booleans(),
)
def test_the_jurisdiction_is_what_a_plain_look_up_says(
    states: dict[str, str],
    ported: dict[str, str],
    calls: list[tuple[str | None, str]],
    keyed: bool,
) -> None:
    """Alone and among others alike, from the numbers and from their keys."""
    prices = [
        {"band": name, "rate": rate, "connect_fee": None} for name, rate in PRICES.items()
    ]  # fmt: skip
    row = dict.fromkeys(DECK_SCHEMA) | {"status": "open", "rates": prices}
    rows = [row | {"prefix": prefix} for prefix in ("", "1", "1201200", "1212")]
    table = RateTable.of_card(
        pl.DataFrame(rows, schema=DECK_SCHEMA),
        plan=Terms(),
        card=Terms(bands=Jurisdictions(lrn=True)),
        tally=Tally.CALL,
        lookups=LookUps(numbering_of(states, ported)),
    )
    schema = {"caller": pl.String, "called": pl.String}
    frame = pl.LazyFrame(calls, schema=schema, orient="row").with_columns(
        duration_ms=pl.lit(60_000, pl.Int64)
    )
    if keyed:
        frame = frame.with_columns(
            called_key=number_key(pl.col("called")),
            caller_head=number_head(pl.col("caller")),
            caller=pl.lit("unread"),
        )
    found = described(rated(frame, table, 60_000), table).collect(engine="streaming")
    for (caller, called), priced in zip(calls, found.iter_rows(named=True), strict=True):
        held, number = plainly(caller, called, states, ported)
        if not number.isdigit():
            assert priced["prefix"] is None
            continue
        longest = max(
            (one["prefix"] for one in rows if number.startswith(one["prefix"])), key=len
        )  # fmt: skip
        assert (priced["jurisdiction"], priced["prefix"]) == (held, longest)
        assert priced["rate_units"] == PRICES[held]
    alone = price_one(calls[0][1], Decimal(60), table, caller=calls[0][0])
    assert (alone.prefix, alone.cost) == (
        found["prefix"][0],
        Decimal(0 if found["prefix"][0] is None else 1).scaleb(-4),
    )


def test_few_numbers_are_routed_as_many_are() -> None:
    """What is asked for is first sifted where it is much, and is not where it is little."""
    ported = {f"1201200{line:04}": f"1646555{line % 7:04}" for line in range(0, 6_000, 3)}
    asked = [*(f"1201200{line:04}" for line in range(6_000)), "12012000000", "12012000", "1"]
    asked += ["1201200000000", "+1201200000", "442079460123"]
    numbers = pl.Series("n", asked).to_frame()
    keys = numbers.select(number_key(pl.col("n"))).to_series()
    routed = numbering_of({}, ported).ported
    assert routed is not None
    expected = numbers.select(number_key(pl.col("n").replace(ported))).to_series()
    assert routed.routed(keys).equals(expected, check_names=False)
    for place in (0, 1, 3, 6_001, 6_003, 6_004, 6_005):
        assert routed.routed(keys[place : place + 1])[0] == expected[place]
