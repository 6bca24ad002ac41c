"""What a deck says for all of its rows, in columns whose cells are all alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.cards import deck_cells
from minutebook.cards.deck_cells import refuse
from minutebook.cards.tariff import DurationRounding, PulseAnchor, Terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.cards.deck_headings import Heading


def refuse_unlike(table: pl.DataFrame, file: str) -> None:
    """`InputError` for the first row that differs in what must be one for all."""
    for field in ("currency", "attempt_fee", "duration_rounding", "pulse_anchor"):
        first = table[field][0]
        why = f"is not {first!r} as in line {table['line'][0]}; split the deck, it is one for all of its rows"
        refuse(table, pl.col(field) != first, field, file, why)


def terms_of_all(table: pl.DataFrame, headings: Mapping[str, Heading], file: str) -> Terms:
    """What a deck says for all of its rows."""
    first = table.head(1)
    row = first.row(0, named=True)
    units = first.select(
        deck_cells.cell_amounts(
            first, "attempt_fee", file, pl.lit(value=True), headings.get("attempt_fee")
        )
    ).item()
    for name, kind in (("duration_rounding", DurationRounding), ("pulse_anchor", PulseAnchor)):
        refuse(
            first,
            ~pl.col(name).is_in(["", *map(str, kind)]),
            name,
            file,
            f"is none of {', '.join(kind)}",
        )
    rounding, anchor = row["duration_rounding"], row["pulse_anchor"]
    return Terms(
        attempt_fee=None if units is None else money.decimal_of_units(units),
        duration_rounding=DurationRounding(rounding) if rounding else None,
        pulse_anchor=PulseAnchor(anchor) if anchor else None,
    )
