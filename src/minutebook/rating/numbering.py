"""The jurisdiction of a call, from tables of states and of ported numbers
(docs/rules/jurisdictions.md, "The jurisdiction of a call").

A number's key (`cards.prefixes.number_key`) tells all: its first seven digits index a table of states, and the
keys of ported numbers are searched as they stand in their file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from minutebook.cards.jurisdictions import INDETERMINATE, INTER, INTRA, STATES
from minutebook.cards.prefixes import BASE, WIDTH, number_key

NANP_DIGITS: Final = 11
"""Of a whole number: 1, and ten."""
_OFFICE_DIGITS: Final = 7
"""Those that name the office: 1, the area code and the three that follow."""
_BELOW_OFFICE: Final = BASE ** (WIDTH - _OFFICE_DIGITS)
_OFFICES: Final = BASE ** (_OFFICE_DIGITS - 1)
_FIRST_OFFICE: Final = 2 * _OFFICES
"""The key's digits of what begins with 1."""
_LINES: Final = 10**4
_DECIMAL_OFFICES: Final = 10 ** (_OFFICE_DIGITS - 1)
"""Numbers of an office, and offices, counted in tens."""
_LAST: Final = BASE ** (WIDTH - NANP_DIGITS)
_FIRST_NUMBER: Final = 2 * BASE ** (NANP_DIGITS - 1)
"""The key of the first whole number, without the digits that it lacks."""
_FIRST_KEY: Final = _FIRST_NUMBER * _LAST
_KEYS_END: Final = _FIRST_KEY + BASE ** (WIDTH - 1)
"""The keys of what begins with 1."""
_ROWS: Final = 2**29
"""Beside a number, of 35 bits, its row has room in 64 where there are no more than so many: those of a batch."""
_BITS_A_KEY: Final = 32
_MOST_BITS: Final = 30
_GOLDEN: Final = 0x9E3779B97F4A7C15
_NO_STATE: Final = 0
_MOST_STATES: Final = 64

STATES_SCHEMA: Final[dict[str, pl.DataType]] = {"office": pl.String(), "state": pl.String()}
"""A table of states: the six digits of an area code and an office, and the state's letters."""


@dataclass(frozen=True)
class PortedNumbers:
    """Numbers that were ported (docs/rules/jurisdictions.md, "Ported numbers"): `keys` (Int64, rising) of theirs, all of
    them whole numbers, and `route`, which of `routes` each has.

    `routes`: routing numbers as eleven digits, and `route_keys` their keys.
    """

    keys: pl.Series
    route: pl.Series
    routes: pl.Series
    route_keys: pl.Series

    def routed(self, keys: pl.Series) -> pl.Series:
        """The keys of numbers, or of the routing numbers of those that were ported.

        What is looked up is sorted, and so is found where the last one was: a number and its row in one integer.
        """
        if self.keys.is_empty():
            return keys
        asked, key = keys.alias("key").to_frame(), pl.col("key")
        could = key.is_between(_FIRST_KEY, _KEYS_END, closed="left")
        if len(keys) * _BITS_A_KEY > len(self.keys):  # many are asked for
            could &= pl.lit(self._filter).gather(_hashed(key, self._filter_bits))
        rows = asked.select(pl.arg_where(could)).to_series()
        if rows.is_empty():
            return keys
        number = (key // _LAST - _FIRST_NUMBER).cast(pl.UInt64)
        asked = asked.select(key.gather(pl.lit(rows)), row=pl.lit(rows)).filter(key % _LAST == 0)
        both = asked.select(both=(number * _ROWS + pl.col("row")).sort())
        wanted = ((pl.col("both") // _ROWS).cast(pl.Int64) + _FIRST_NUMBER) * _LAST
        known, last = pl.lit(self.keys), len(self.keys) - 1
        found = both.select("both", wanted=wanted, place=known.search_sorted(wanted).clip(0, last))
        there = found.filter(known.gather("place") == pl.col("wanted"))
        routed = there.select(
            row=pl.col("both") % _ROWS,
            key=pl.lit(self.route_keys).gather(pl.lit(self.route).gather("place")),
        )
        return keys.clone().scatter(routed["row"], routed["key"])

    @property
    def _filter_bits(self) -> int:
        return min((len(self.keys) * _BITS_A_KEY).bit_length(), _MOST_BITS)

    @cached_property
    def _filter(self) -> pl.Series:
        """By a hash of a number's key whether a ported number may be there: most that are none are passed over so."""
        bits = self._filter_bits
        hashes = self.keys.alias("key").to_frame().select(_hashed(pl.col("key"), bits)).to_series()
        return pl.Series([False]).new_from_index(0, 2**bits).scatter(hashes, values=True)


def _hashed(key: pl.Expr, bits: int) -> pl.Expr:
    mixed = key.cast(pl.UInt64, wrap_numerical=True) * pl.lit(_GOLDEN, pl.UInt64)
    below: int = 2 ** (64 - bits)
    return (mixed // below).cast(pl.UInt32, wrap_numerical=True)


@dataclass(frozen=True, slots=True)
class Numbering:
    """What is known of North American numbers, ready to look up."""

    state_of_office: pl.Series
    """By the digits of an office in a key: 0 for no state, else its place in STATES and 1 (UInt8)."""
    state_of_decimal: pl.Series
    """The same by the six digits of an office, as they are read."""
    ported: PortedNumbers | None = None

    @classmethod
    def of(cls, states: pl.DataFrame, ported: PortedNumbers | None = None) -> Numbering:
        """From a table of STATES_SCHEMA; offices that it does not have are in no state."""
        keys = states.select(number_key("1" + pl.col("office"))).to_series()
        place = states["state"].replace_strict(
            list(STATES), list(range(1, len(STATES) + 1)), default=_NO_STATE, return_dtype=pl.UInt8
        )
        none = pl.Series([_NO_STATE], dtype=pl.UInt8)
        slots = (keys // _BELOW_OFFICE - _FIRST_OFFICE).cast(pl.UInt32)
        return cls(
            none.new_from_index(0, _OFFICES + 1).scatter(slots, place),
            none.new_from_index(0, _DECIMAL_OFFICES + 1).scatter(
                states["office"].cast(pl.UInt32), place
            ),
            ported,
        )

    def state(self, key: pl.Expr) -> pl.Expr:
        """The states (UInt8) of numbers by their keys (Int64): 0 for none, and for what is no whole number."""
        whole = (key % _LAST == 0) & (key % (_LAST * BASE) > 0)
        slot = (key // _BELOW_OFFICE - _FIRST_OFFICE).clip(-1, _OFFICES)
        known = whole & (slot >= 0)
        place = pl.when(known).then(slot).otherwise(_OFFICES)
        return pl.lit(self.state_of_office).gather(place.cast(pl.UInt32, wrap_numerical=True))

    def _state_as_read(self, number: pl.Expr) -> pl.Expr:
        """As `state`, of numbers as they are written (String)."""
        value = number.cast(
            pl.UInt64, strict=False
        )  # of eleven characters: none is a sign before so many digits
        whole = (number.str.len_bytes() == NANP_DIGITS) & value.is_not_null()
        office = pl.when(whole).then(value).otherwise(0) // _LINES
        slot = office.cast(pl.UInt32, wrap_numerical=True) - pl.lit(_DECIMAL_OFFICES, pl.UInt32)
        return pl.lit(self.state_of_decimal).gather(slot.clip(upper_bound=_DECIMAL_OFFICES))

    def routed(self, key: pl.Expr) -> pl.Expr:
        """The keys of called numbers, or of the routing numbers of those that were ported."""
        if self.ported is None:
            return key
        return key.map_batches(self.ported.routed, return_dtype=pl.Int64, is_elementwise=True)

    def route_of(self, called: str) -> str | None:
        """The routing number of a called number; None where it was not ported."""
        if self.ported is None or self.ported.keys.is_empty():
            return None
        key: int = pl.select(number_key(pl.lit(called))).item()
        place = min(int(self.ported.keys.search_sorted(key)), len(self.ported.keys) - 1)
        there = self.ported.keys[place] == key
        return str(self.ported.routes[self.ported.route[place]]) if there else None

    def state_of(self, number: str | None) -> str | None:
        """The letters of a number's state; None where it is in none."""
        place: int = pl.select(self.state(number_key(pl.lit(number or "")))).item()
        return STATES[place - 1] if place else None

    def jurisdiction(self, caller: pl.Expr, called: pl.Expr) -> pl.Expr:
        """The place (UInt32) in `Jurisdictions.names` of calls, by the numbers that called (String) and the keys of
        those that they called.
        """
        ours, theirs = (
            state.cast(pl.UInt32) for state in (self._state_as_read(caller), self.state(called))
        )
        return pl.lit(_OF_STATES).gather(ours * _MOST_STATES + theirs)


def _of_states(ours: int, theirs: int) -> int:
    if _NO_STATE in (ours, theirs):
        return INDETERMINATE
    return INTRA if ours == theirs else INTER


_OF_STATES: Final = pl.Series(
    [_of_states(*divmod(both, _MOST_STATES)) for both in range(_MOST_STATES**2)], dtype=pl.UInt32
)
"""The jurisdiction by the two states."""
