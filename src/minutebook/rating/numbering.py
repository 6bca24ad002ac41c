"""The jurisdiction of a call, from tables of states and of ported numbers
(docs/rules/jurisdictions.md, "The jurisdiction of a call").

A number's key (`cards.number_key`) tells all: its head (`number_head`) indexes a table of states, and the
keys of ported numbers are searched as they stand in their file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from minutebook.cards.jurisdictions import INDETERMINATE, INTER, INTRA, STATES
from minutebook.cards.number_key import (
    BASE,
    HEAD_DIGITS,
    WHOLE_DIGITS,
    WHOLE_HEAD,
    WIDTH,
    number_head,
    number_key,
)

_FIRST_HEAD: Final = WHOLE_HEAD + 2 * BASE ** (HEAD_DIGITS - 1)
"""The least head of a whole number."""
_OFFICE_DIGITS: Final = 7
"""Those that name the office: 1, the area code and the three that follow."""
_BELOW_OFFICE: Final = BASE ** (HEAD_DIGITS - _OFFICE_DIGITS)
_OFFICES: Final = BASE ** (_OFFICE_DIGITS - 1)
"""How many there may be, counted as in a head."""
_LAST: Final = BASE ** (WIDTH - WHOLE_DIGITS)
_FIRST_NUMBER: Final = 2 * BASE ** (WHOLE_DIGITS - 1)
"""The key of the first whole number, without the digits that it lacks."""
_ROWS: Final = 2**29
"""Beside a number, of 35 bits, its row has room in 64 where there are no more than so many: those of a batch."""
_NUMBERS_A_CALL: Final = 32
"""Of more ported numbers a call, a filter of them would cost more than it saves."""
_FEW: Final = 4_096
"""So many are searched in any order: to sort them would take longer than it saves."""
_SLOTS_A_KEY: Final = 4
_MOST_BITS: Final = 27
_TWO: Final = 255
"""In a slot of the filter: more than one number comes to it."""
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

        What is looked up is sorted where it is much, and so is found where the last one was: a number and its row in
        one integer.
        """
        if self.keys.is_empty():
            return keys
        rows, asked = None, keys
        if len(keys) * _NUMBERS_A_CALL > len(self.keys):  # many are asked for
            hashes = keys.alias("key").to_frame().select(_hash(pl.col("key")))
            rows = hashes.select(self._may_be()).to_series()
            asked = keys[rows]
        rows, asked = self._in_order(rows, asked)
        place = self.keys.search_sorted(asked)
        there = self.keys[place] == asked
        if not there.any():
            return keys
        routed = self.route_keys[self.route[place.filter(there)]]
        return keys.clone().scatter(rows.filter(there), routed)

    def _in_order(self, rows: pl.Series | None, keys: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Of keys, and their rows (None: all), those that may be ported numbers' (Int64); where they are many, rising."""
        least, most = self.keys[0], self.keys[-1]
        if rows is not None and len(rows) <= _FEW:
            could = (keys >= least) & (keys <= most)
            return rows.filter(could), keys.filter(could)
        row = pl.int_range(pl.len(), dtype=pl.UInt32) if rows is None else pl.lit(rows)
        key = pl.col("key")
        number = (key // _LAST - _FIRST_NUMBER).cast(pl.UInt64, wrap_numerical=True)
        could = key.is_between(least, most) & (key % _LAST == 0)
        asked = keys.alias("key").to_frame()
        both = asked.select(both=(number * _ROWS + row).filter(could).sort())
        found = both.select(
            row=pl.col("both") % _ROWS,
            key=((pl.col("both") // _ROWS).cast(pl.Int64) + _FIRST_NUMBER) * _LAST,
        )
        return found["row"], found["key"]

    def _may_be(self) -> pl.Expr:
        """Where, of a frame of `_hash`, numbers are that may be among these."""
        slot = pl.lit(self._filter).gather(_slot(self._filter_bits))
        return pl.arg_where((slot == _mark()) | (slot == _TWO))

    @property
    def _filter_bits(self) -> int:
        return min((len(self.keys) * _SLOTS_A_KEY).bit_length(), _MOST_BITS)

    @cached_property
    def _filter(self) -> pl.Series:
        """By a hash of a number's key another one (UInt8) of the ported number that comes to it, or `_TWO`: most that
        are none are passed over so.
        """
        hashes = self.keys.alias("key").to_frame().select(_hash(pl.col("key")))
        slot, mark = hashes.select(_slot(self._filter_bits), mark=_mark()).get_columns()
        empty = pl.Series([0], dtype=pl.UInt8).new_from_index(0, 2**self._filter_bits)
        marks = empty.scatter(slot, mark)
        return marks.scatter(slot.filter(marks[slot] != mark), _TWO)


def _hash(key: pl.Expr) -> pl.Expr:
    """A column `hash` (UInt64) of keys: its highest bits depend on all of a key's."""
    mixed = key.cast(pl.UInt64, wrap_numerical=True) * pl.lit(_GOLDEN, pl.UInt64)
    return mixed.alias("hash")


def _slot(bits: int) -> pl.Expr:
    below: int = 2 ** (64 - bits)
    return (pl.col("hash") // below).cast(pl.UInt32, wrap_numerical=True)


def _mark() -> pl.Expr:
    """Eight bits of a hash that `_slot` does not take."""
    below: int = 2**24
    return (pl.col("hash") // below).cast(pl.UInt8, wrap_numerical=True)


@dataclass(frozen=True, slots=True)
class Numbering:
    """What is known of North American numbers, ready to look up."""

    state_of_office: pl.Series
    """By the digits of an office in a head, and then of all other numbers: 0 for no state, else its place in STATES and 1 (UInt8)."""
    ported: PortedNumbers | None = None

    @classmethod
    def of(cls, states: pl.DataFrame, ported: PortedNumbers | None = None) -> Numbering:
        """From a table of STATES_SCHEMA; offices that it does not have are in no state."""
        heads = states.select(number_head("1" + pl.col("office") + "0000")).to_series()
        place = states["state"].replace_strict(
            list(STATES), list(range(1, len(STATES) + 1)), default=_NO_STATE, return_dtype=pl.UInt8
        )
        none = pl.Series([_NO_STATE], dtype=pl.UInt8).new_from_index(0, _OFFICES + 1)
        return cls(none.scatter((heads - _FIRST_HEAD) // _BELOW_OFFICE, place), ported)

    def state(self, head: pl.Expr) -> pl.Expr:
        """The states (UInt8) of numbers by their heads (Int32): 0 for none, and for what is no whole number."""
        slot = (head - _FIRST_HEAD).cast(pl.UInt32, wrap_numerical=True) // _BELOW_OFFICE
        others = pl.lit(_OFFICES, dtype=pl.UInt32)
        return pl.lit(self.state_of_office).gather(pl.min_horizontal(slot, others))

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
        place: int = pl.select(self.state(number_head(pl.lit(number or "")))).item()
        return STATES[place - 1] if place else None

    def jurisdiction(self, caller: pl.Expr, called: pl.Expr) -> pl.Expr:
        """The place (UInt32) in `Jurisdictions.names` of calls, by the heads of the numbers that called and of those
        that they called.
        """
        ours, theirs = (self.state(head).cast(pl.UInt32) for head in (caller, called))
        return pl.lit(_OF_STATES).gather(ours * _MOST_STATES + theirs)


def _of_states(ours: int, theirs: int) -> int:
    if _NO_STATE in (ours, theirs):
        return INDETERMINATE
    return INTRA if ours == theirs else INTER


_OF_STATES: Final = pl.Series(
    [_of_states(*divmod(both, _MOST_STATES)) for both in range(_MOST_STATES**2)], dtype=pl.UInt32
)
"""The jurisdiction by the two states."""
