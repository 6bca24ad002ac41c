"""The jurisdiction of a call, from tables of states and of ported numbers
(docs/rules/jurisdictions.md, "The jurisdiction of a call").

A number's key (`cards.prefixes.number_key`) tells all: its first seven digits index a table of states, and the
keys of ported numbers are searched as they stand in their file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from minutebook.cards.jurisdictions import INDETERMINATE, INTER, INTRA, STATES
from minutebook.cards.prefixes import BASE, WIDTH, number_key

if TYPE_CHECKING:
    from collections.abc import Sequence

NANP_DIGITS: Final = 11
"""Of a whole number: 1, and ten."""
_OFFICE_DIGITS: Final = 7
"""Those that name the office: 1, the area code and the three that follow."""
_BELOW_OFFICE: Final = BASE ** (WIDTH - _OFFICE_DIGITS)
_OFFICES: Final = BASE ** (_OFFICE_DIGITS - 1)
_FIRST_OFFICE: Final = 2 * _OFFICES
"""The key's digits of what begins with 1."""
_FIRST_NUMBER: Final = _FIRST_OFFICE * _BELOW_OFFICE
_NUMBERS_END: Final = _FIRST_NUMBER + _OFFICES * _BELOW_OFFICE
"""The keys of what begins with 1."""
_LAST: Final = BASE ** (WIDTH - NANP_DIGITS)
_NO_STATE: Final = 0

STATES_SCHEMA: Final[dict[str, pl.DataType]] = {"office": pl.String(), "state": pl.String()}
"""A table of states: the six digits of an area code and an office, and the state's letters."""


@dataclass(frozen=True, slots=True)
class PortedNumbers:
    """Numbers that were ported (docs/rules/jurisdictions.md, "Ported numbers"): `keys` (Int64, rising) of theirs, and
    `route`, which of `routes` each has.

    `routes`: routing numbers as eleven digits, and `route_keys` their keys.
    """

    keys: pl.Series
    route: pl.Series
    routes: pl.Series
    route_keys: pl.Series

    def routed(self, keys: pl.Series) -> pl.Series:
        """The keys of numbers, or of the routing numbers of those that were ported."""
        american = keys.is_between(_FIRST_NUMBER, _NUMBERS_END, closed="left").arg_true()
        if self.keys.is_empty() or american.is_empty():
            return keys
        asked = pl.DataFrame({"at": american, "key": keys.gather(american)}).sort("key")
        place = self.keys.search_sorted(asked["key"]).clip(upper_bound=len(self.keys) - 1)
        there = (self.keys.gather(place) == asked["key"]).arg_true()
        route = self.route.gather(place.gather(there))
        return keys.clone().scatter(asked["at"].gather(there), self.route_keys.gather(route))


@dataclass(frozen=True, slots=True)
class Numbering:
    """What is known of North American numbers, ready to look up."""

    state_of_office: pl.Series
    """By the digits of an office in a key: 0 for no state, else its place in STATES and 1 (UInt8)."""
    ported: PortedNumbers | None = None

    @classmethod
    def of(cls, states: pl.DataFrame, ported: PortedNumbers | None = None) -> Numbering:
        """From a table of STATES_SCHEMA; offices that it does not have are in no state."""
        keys = states.select(number_key("1" + pl.col("office"))).to_series()
        place = states["state"].replace_strict(
            list(STATES), list(range(1, len(STATES) + 1)), default=_NO_STATE, return_dtype=pl.UInt8
        )
        nothing = pl.Series([_NO_STATE], dtype=pl.UInt8).new_from_index(0, _OFFICES + 1)
        slots = keys // _BELOW_OFFICE - _FIRST_OFFICE
        return cls(nothing.scatter(slots.cast(pl.UInt32), place), ported)

    def state(self, key: pl.Expr) -> pl.Expr:
        """The states of numbers by their keys (Int64): 0 for none, and for what is no whole number."""
        last = key % (_LAST * BASE)
        whole = (last % _LAST == 0) & (last > 0)
        slot = key // _BELOW_OFFICE - _FIRST_OFFICE
        known = whole & (slot >= 0) & (slot < _OFFICES)
        place = pl.when(known).then(slot).otherwise(_OFFICES).cast(pl.UInt32)
        return pl.lit(self.state_of_office).gather(place)

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
        those that they called. Who called is asked only where the state of the called number is known.
        """

        def places(columns: Sequence[pl.Series]) -> pl.Series:
            caller, keys = columns
            theirs = keys.alias("key").to_frame().select(self.state(pl.col("key"))).to_series()
            found = pl.Series([INDETERMINATE], dtype=pl.UInt32).new_from_index(0, len(keys))
            known = (theirs > _NO_STATE).arg_true()
            if known.is_empty():
                return found
            ours = pl.DataFrame({"caller": caller.gather(known), "theirs": theirs.gather(known)})
            own = self.state(number_key(pl.col("caller").fill_null("")))
            same = pl.when(pl.col("ours") == pl.col("theirs")).then(INTRA).otherwise(INTER)
            held = pl.when(pl.col("ours") > _NO_STATE).then(same).otherwise(INDETERMINATE)
            place = ours.with_columns(ours=own).select(held.cast(pl.UInt32)).to_series()
            return found.scatter(known, place)

        return pl.map_batches([caller, called], places, return_dtype=pl.UInt32, is_elementwise=True)
