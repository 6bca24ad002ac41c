"""A card's rows as a deck that can be imported again."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from minutebook import money
from minutebook.show.cards import CardTermsView
from minutebook.show.serialise import as_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from minutebook.cards.tariff import Terms

_MS_DIGITS = 3


def deck_rows(frame: pl.DataFrame, terms: Terms, currency: str) -> list[dict[str, Any]]:
    """The rows of a deck with what its card says for all of them, as cells that can be imported.

    A row's word stays; where it has none, it has its card's (docs/rules/cards.md, "Row, card, plan").
    """
    card = as_json(CardTermsView.of(terms))
    increment, rounding = terms.increment, terms.rounding
    alike = {key: card[key] for key in ("attempt_fee", "duration_rounding", "pulse_anchor")}
    named = bands_priced(frame, terms)
    found = []
    for row in frame.iter_rows(named=True):
        minimum, pulse = row["minimum_s"], row["pulse_s"]
        if increment is not None:
            if minimum is None:
                minimum = max(pulse or 0, increment.minimum_s)
            pulse = pulse or increment.pulse_s
        steps = " ".join(
            f"{step['from_s']}:{_cell(step['rate'])}/{step['pulse_s']}"
            for step in row["steps"] or ()
        )
        both = minimum is not None and pulse is not None
        digits = row["rounding_precision"]
        found.append(
            {
                "prefix": row["prefix"],
                "name": row["name"],
                "rate": _cell(row["rate"]),
                "connect_fee": _cell(row["connect_fee"]) or card["connect_fee"],
                "increment": None if steps else f"{minimum}/{pulse}" if both else pulse,
                "status": row["status"],
                "steps": steps or None,
                "minimum": None if steps or both else minimum,
                "free_call_up_to": _cell(row["grace_ms"], _MS_DIGITS) or card["grace"],
                "free_seconds": _cell(row["free_ms"], _MS_DIGITS) or card["free_seconds"],
                "rounding": row["rounding_method"] or (rounding and str(rounding.method)),
                "precision": digits if digits is not None else rounding and rounding.precision,
                **_bounds(row, terms),
                **_in_bands(row["rates"], named),
                **alike,
                "currency": currency,
            }
        )
    return found


def bands_priced(frame: pl.DataFrame, terms: Terms) -> tuple[str, ...]:
    """The names of the bands that rows have prices of."""
    silent = terms.bands is None or frame["rates"].null_count() == frame.height
    return () if silent or terms.bands is None else terms.bands.names


def _in_bands(rates: list[dict[str, Any]] | None, bands: Iterable[str]) -> dict[str, str | None]:
    """A row's prices in bands, each in the column that its band names."""
    of = {price["band"]: price for price in rates or ()}
    return {
        f"{part} {band}": _cell(of[band][part]) if band in of else None
        for band in bands
        for part in ("rate", "connect_fee")
    }


def _bounds(row: dict[str, Any], terms: Terms) -> dict[str, str | None]:
    """The least and the most that a call costs; a row's least holds against its card's most."""
    of_card = {"minimum_cost": terms.minimum_cost, "maximum_cost": terms.maximum_cost}
    least, most = (
        row[name] if row[name] is not None or cost is None else money.units(cost)
        for name, cost in of_card.items()
    )
    if least is not None and most is not None:
        most = max(least, most)
    return {"minimum_cost": _cell(least), "maximum_cost": _cell(most)}


def _cell(count: int | None, digits: int = money.SCALE) -> str | None:
    """A whole number of units of 10⁻¹⁰, or of another power of ten, as a cell; None where there is none."""
    return None if count is None else money.text(Decimal(count).scaleb(-digits), 0)
