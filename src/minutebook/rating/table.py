"""What each call of an account is priced by: a deck's rows, or a plan's one price.

A row's word wins over its card's, the card's over the plan's
(docs/rules/cards.md, "Row, card, plan"). That is
settled here, once a row; what remains for a call is to fetch what its row says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

import polars as pl

from minutebook.cards.bands import Bands
from minutebook.cards.classes import part_of
from minutebook.cards.decks import DECK_SCHEMA
from minutebook.cards.prefixes import PrefixIndex
from minutebook.cards.tariff import DEFAULT_TERMS, Step, Tally, Terms, check_steps
from minutebook.errors import InputError
from minutebook.money import PRICE_LIMIT, SCALE, Method, Rounding
from minutebook.money import units as units_of
from minutebook.rating.folded import (
    FoldedColumn,
    LaterStep,
    by_bands,
    later_steps,
    refuse_other_bands,
)
from minutebook.rating.lookups import NO_LOOKUPS, LookUps, are_whole, with_calendars

if TYPE_CHECKING:
    from decimal import Decimal

    from minutebook.cards.classes import PriceClasses

BAND: Final = "band_index"
"""A column of rated calls, where prices differ so: the place of the band that holds at the answer, of the jurisdiction, or of what else they differ by; of the class, where they differ by several."""
_PROFILE: Final = {  # what a row says beside its price; many rows say the same
    "minimum_s": pl.UInt32(),
    "pulse_s": pl.UInt32(),
    "connect_fee": pl.Int64(),
    "grace_ms": pl.Int64(),
    "free_ms": pl.Int64(),
    "minimum_cost": pl.Int64(),  # null: none, and so of the maximum
    "maximum_cost": pl.Int64(),
    "rounding_unit": pl.Int64(),
    "rounding_method": pl.Enum([method.value for method in Method]),
}

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RateTable:
    """Prices, ready to rate calls with. Made by `of_card` or `flat`.

    `deck` has a row a prefix (one with null for a prefix, under a flat price) and `rate` a value
    a row (Int64, money.UNITS a minute; 0 where blocked); one more stands for calls that no
    prefix matches. `terms` are complete: card over plan over the defaults. Their rounding is
    that of a call whose row says none; under a daily tally it is the plan's, and rounds the day.
    With `bands`, what prices differ by (None where all of a row's cost the same), `rate` and `band_fees` have a
    value for each row and class, a row's together: `slot` says where. `lookups` are the tables that these need.
    """

    tally: Tally
    terms: Terms
    deck: pl.DataFrame
    index: PrefixIndex | None
    rate: FoldedColumn
    blocked: FoldedColumn
    profile: FoldedColumn
    profiles: dict[str, FoldedColumn]
    later_steps: tuple[LaterStep, ...]
    bands: PriceClasses | None = None
    band_fees: FoldedColumn | None = None
    lookups: LookUps = NO_LOOKUPS

    @classmethod
    def of_card(
        cls,
        deck: pl.DataFrame,
        *,
        plan: Terms,
        card: Terms | None = None,
        tally: Tally,
        lookups: LookUps = NO_LOOKUPS,
    ) -> RateTable:
        """The rows of a deck (decks.DECK_SCHEMA), under the terms of its card and the plan.

        `lookups`: the tables that a card by jurisdiction, by origin or with calendars names; it needs them.
        Under a daily tally the plan alone rounds: a card's and a row's rounding are left out.
        """
        terms = (card or Terms()).over(plan).over(DEFAULT_TERMS)
        if tally is Tally.DAILY:
            terms = replace(terms, rounding=plan.over(DEFAULT_TERMS).rounding)
        index = PrefixIndex.build(deck["prefix"])
        rows = pl.concat([deck.select(DECK_SCHEMA.keys()), _one_row()])  # the last for no prefix
        return cls._resolved(rows, index, terms, tally, lookups)

    @classmethod
    def flat(cls, price: Decimal | tuple[Step, ...], *, plan: Terms, tally: Tally) -> RateTable:
        """One price a minute, or steps, for every destination, be it a number or not."""
        if isinstance(price, tuple):
            steps = [
                {"from_s": step.from_s, "rate": price_units(step.rate), "pulse_s": step.pulse_s}
                for step in check_steps(price)
            ]
            row = _one_row(steps=steps)
        else:
            row = _one_row(rate=price_units(price))
        return cls._resolved(row, None, plan.over(DEFAULT_TERMS), tally)

    @classmethod
    def _resolved(
        cls,
        deck: pl.DataFrame,
        index: PrefixIndex | None,
        terms: Terms,
        tally: Tally,
        lookups: LookUps = NO_LOOKUPS,
    ) -> RateTable:
        rows = deck.select(_row_values(terms))
        distinct = (
            rows.select(_PROFILE.keys()).unique(maintain_order=True).with_row_index("profile")
        )
        rows = rows.join(distinct, on=list(_PROFILE), maintain_order="left", nulls_equal=True)
        profiles = {name: FoldedColumn.folded(distinct[name]) for name in _PROFILE}
        bounds = [profiles[name] for name in ("minimum_cost", "maximum_cost")]
        if tally is Tally.DAILY and any(bound.values.count() for bound in bounds):
            raise InputError(
                'its card says what a call costs at least or at most; under tally = "daily" a call has no cost of its own'
            )
        assert are_whole(terms.bands, lookups)
        bands = None if rows["rates"].null_count() == rows.height else terms.bands
        bands = with_calendars(bands, lookups)
        names = () if bands is None else bands.names
        refuse_other_bands(deck, names)
        narrow = pl.UInt8 if distinct.height <= 2**8 else pl.UInt32
        return cls(
            tally=tally,
            terms=terms,
            deck=deck,
            index=index,
            rate=by_bands(rows, names, "rate") if bands else FoldedColumn.folded(rows["rate"]),
            blocked=FoldedColumn.folded(rows["blocked"]),
            profile=FoldedColumn.folded(rows["profile"].cast(narrow)),
            profiles=profiles,
            later_steps=later_steps(rows["steps"]),
            bands=bands,
            band_fees=by_bands(rows, names, "connect_fee") if bands else None,
            lookups=lookups,
        )

    @property
    def times(self) -> Bands | None:
        """The times of the week that prices differ by; None: they differ by none."""
        return part_of(self.bands, Bands)

    def slot(self, position: pl.Expr, band: pl.Expr | None = None) -> pl.Expr:
        """Where the calls' rates stand (UInt32); `band`: the place of another band than the call's own."""
        if self.bands is None:
            return position
        return position * len(self.bands.names) + (pl.col(BAND) if band is None else band)

    def of_times(self, position: pl.Expr) -> pl.Expr:
        """Where, of the calls' rates in groups of those that differ by the times of the week alone, the calls' groups stand."""
        if self.bands is None or self.times is None or self.bands is self.times:
            return position
        count = len(self.times.names)
        return position * (len(self.bands.names) // count) + pl.col(BAND) // count

    def fee_at(self, position: pl.Expr, profile: pl.Expr) -> pl.Expr:
        """The connect fees of calls (Int64): with bands those of the calls' own."""
        if self.band_fees is not None:
            return self.band_fees.at(self.slot(position))
        return self.profiles["connect_fee"].at(profile)

    @property
    def dearest_fee(self) -> int:
        """The largest connect fee, in money.UNITS."""
        of_bands = 0 if self.band_fees is None else self.band_fees.maximum
        return max(self.profiles["connect_fee"].maximum, of_bands)

    def priced_at(self, position: pl.Expr) -> pl.Expr:
        """Whether the calls at these positions (UInt32) are priced: Boolean."""
        if self.index is None:
            return pl.lit(value=True)
        matched = position < self.index.count
        return matched if self.none_blocked else matched & ~self.blocked.at(position)

    @property
    def none_blocked(self) -> bool:
        """Whether no row is blocked."""
        return self.blocked.scalar and not self.blocked.values[0]

    @property
    def attempt_fee(self) -> int:
        """What an unanswered call costs, in money.UNITS."""
        return price_units(said(self.terms.attempt_fee))

    @property
    def rounding(self) -> Rounding:
        """Of a call whose row says none; under a daily tally, of the day."""
        return said(self.terms.rounding)

    def numerator_bound(self, seconds: int) -> int:
        """More than a call of up to `seconds` can cost, in money.NUMERATOR_UNITS."""
        billed = max(seconds, self.profiles["minimum_s"].maximum)
        pulses = [self.profiles["pulse_s"], *(step.pulse_s for step in self.later_steps)]
        billed += sum(pulse.maximum for pulse in pulses)
        rates = [self.rate, *(step.rate for step in self.later_steps)]
        fee = max(self.dearest_fee, self.attempt_fee)
        bound = billed * max(rate.maximum for rate in rates) + 60 * fee
        return bound + self.profiles["rounding_unit"].maximum


def price_units(price: Decimal) -> int:
    """A rate or fee in money.UNITS; `InputError` where it is too large."""
    if price >= PRICE_LIMIT:
        raise InputError(f"price {price} is out of range; it must be below {PRICE_LIMIT:,}")
    return units_of(price)


def said(term: _T | None) -> _T:
    """A term of complete `Terms`."""
    assert term is not None
    return term


def _one_row(**values: object) -> pl.DataFrame:
    """A deck of one open row that says nothing but `values`."""
    row = dict.fromkeys(DECK_SCHEMA) | {"status": "open"} | values
    return pl.DataFrame([row], schema=DECK_SCHEMA)


def _row_values(terms: Terms) -> list[pl.Expr]:
    """A deck row's values, the terms' where it is silent; a stepped row's are its first step's.

    A row that says a pulse and no minimum has the terms' minimum, and at least its pulse: a deck
    whose only increment is 30 means 30/30, not 1/30 (which would bill 31 s for a call of 10)
    (docs/rules/cards.md, "A pulse alone").
    """
    increment, rounding = said(terms.increment), said(terms.rounding)
    stepped = pl.col("steps").is_not_null()
    first = pl.col("steps").list.first().struct
    method = pl.coalesce("rounding_method", pl.lit(rounding.method.value))
    precision = pl.coalesce("rounding_precision", pl.lit(rounding.precision))
    none = method == Method.NONE.value
    decimals = pl.when(none).then(SCALE).otherwise(precision)
    tens = pl.lit(pl.Series([10 ** (SCALE - kept) for kept in range(SCALE + 1)]))
    blocked = pl.col("status") == "blocked"
    price = pl.when(stepped).then(first.field("rate")).otherwise("rate")
    values = {
        "minimum_s": pl.when(stepped)
        .then(first.field("pulse_s"))
        .otherwise(pl.coalesce("minimum_s", pl.max_horizontal("pulse_s", increment.minimum_s))),
        "pulse_s": pl.when(stepped)
        .then(first.field("pulse_s"))
        .otherwise(pl.col("pulse_s").fill_null(increment.pulse_s)),
        "connect_fee": pl.col("connect_fee").fill_null(price_units(said(terms.connect_fee))),
        "grace_ms": pl.col("grace_ms").fill_null(said(terms.grace_ms)),
        "free_ms": pl.col("free_ms").fill_null(said(terms.free_ms)),
        **{
            name: pl.coalesce(name, pl.lit(None if cost is None else price_units(cost), pl.Int64))
            for name, cost in (
                ("minimum_cost", terms.minimum_cost),
                ("maximum_cost", terms.maximum_cost),
            )
        },
        "rounding_unit": 60 * tens.gather(decimals.cast(pl.UInt32)),
        "rounding_method": pl.when(none).then(pl.lit(Method.HALF_EVEN.value)).otherwise(method),
    }
    return [
        *(values[name].cast(dtype).alias(name) for name, dtype in _PROFILE.items()),
        pl.when(~blocked).then(price).fill_null(0).alias("rate"),
        blocked.alias("blocked"),
        pl.col("steps", "rates"),
    ]
