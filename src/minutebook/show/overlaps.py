"""Match tables that compete for calls, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.show.serialise import Day

if TYPE_CHECKING:
    from minutebook.declarations.overlaps import Overlap


@dataclass(frozen=True)
class OverlapView:
    """Match tables of two accounts that hold for the same calls."""

    tie: Annotated[bool, Doc("true: these calls wait as `ambiguous`; false: they are `account`'s")]
    account: Annotated[str, Doc("whose table is the stronger; of a tie the first by name")]
    table: Annotated[dict[str, str], Doc("its table")]
    other: Annotated[str, Doc("the other account")]
    other_table: Annotated[dict[str, str], Doc("its table")]
    call: Annotated[
        dict[str, str], Doc("what such a call has; a `caller_prefix` begins its caller")
    ]
    from_: Annotated[Day, Doc("the first day on which both accounts have a plan")]
    to: Annotated[Day | None, Doc("the last such day; null: on and on")]
    words: Annotated[str, Doc("all of it in a sentence")]

    @classmethod
    def of(cls, one: Overlap) -> OverlapView:
        """The two tables."""
        return cls(
            one.tie,
            one.account,
            one.table,
            one.other,
            one.other_table,
            one.call,
            one.first,
            one.last,
            overlap_words(one),
        )


def overlap_words(one: Overlap) -> str:
    """Which calls two accounts compete for, and whose they are."""
    asked = " and ".join(
        f"a caller {value}…" if key == "caller_prefix" else f"{key} {value}"
        for key, value in one.call.items()
    )
    days = f"from {one.first} on" if one.last is None else f"from {one.first} to {one.last}"
    if one.tie:
        return (
            f"{one.account} and {one.other} match calls with {asked} equally: {days} these wait as"
            " ambiguous; add a key to one of the tables, or take it out."
        )
    longer = len(one.table.get("caller_prefix", "")) > len(one.other_table.get("caller_prefix", ""))
    first = next(iter(one.table)) == "caller_prefix"
    why = "its prefix is longer" if first and longer else "its table has more keys"
    return f"Calls with {asked} match {one.account} and {one.other}: {days} they are {one.account}'s, as {why}."
