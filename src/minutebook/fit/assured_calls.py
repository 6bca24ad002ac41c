"""Whether selling by a card covers what buying costs, on the calls of a period
(docs/rules/building.md, "Assurance").
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.billing.rated_calls import files_of_days
from minutebook.billing.schedule import Schedule
from minutebook.billing.tallying import MAX_DURATION_MS, calls_of
from minutebook.days import days_between
from minutebook.errors import InputError
from minutebook.fit.assurance import card_table, sold_and_bought
from minutebook.ledger import declarations
from minutebook.notebook import Shown
from minutebook.rating.calls import described, rated
from minutebook.rating.classes import class_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from fractions import Fraction

    from minutebook.cards.revision import Revision
    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake, LakeFile
    from minutebook.ledger.database import Database
    from minutebook.rating.table import RateTable


@dataclass(frozen=True, slots=True, repr=False)
class LosingCalls(Shown):
    """The calls by a prefix that are sold for less than they cost."""

    prefix: str
    """Of the sale card."""
    name: str | None
    """Of the destination, as the sale card has it."""
    against: str
    """The card that is bought by."""
    calls: int
    """How many lose."""
    seconds: Decimal
    """How long they last together."""
    sale: Decimal
    """What they are sold for."""
    cost: Decimal
    """What they cost."""
    price_class: str | None = None
    """Of which band, jurisdiction, origin or caller's prefix of the sale card, else of the card that is bought by; None: prices differ by none."""

    @property
    def loss(self) -> Decimal:
        """What is lost by them."""
        return self.cost - self.sale


@dataclass(frozen=True, slots=True, repr=False)
class CallsAgainst(Shown):
    """A period's answered calls, sold by one card and bought by another."""

    bought: Revision
    """The revision that is bought by."""
    calls: int
    """How many both cards price."""
    unpriced: int
    """How many one of them has no price for."""
    sale: Decimal
    """What those that both price are sold for."""
    cost: Decimal
    """What they cost."""


@dataclass(frozen=True, slots=True, repr=False)
class CallAssurance(Shown):
    """A sale card held against buy cards, on the answered calls of accounts that are charged by it."""

    sale: Revision
    """The revision of the sale card."""
    currency: str
    first: date
    """The first UTC day of the calls."""
    last: date
    """The last one."""
    against: tuple[CallsAgainst, ...]
    """What all calls come to by each buy card."""
    losing: tuple[LosingCalls, ...]
    """Where calls lose, the largest loss first."""


def assured_on_calls(
    database: Database,
    lake: Lake,
    store: CardStore,
    card: str,
    against: Sequence[str],
    first: date,
    last: date,
    at: datetime,
    revision: int | None = None,
) -> CallAssurance:
    """Which calls of the UTC days from `first` to `last` lose: sold by a card and bought by each of others.

    The calls are those answered of accounts that a plan on the card charges on their day. `InputError` where there
    are none, or as `assured` does.
    """
    days_between(first, last)
    with database.snapshot() as connection:
        carrier = declarations.load(connection)
    sale, bought, currency = sold_and_bought(carrier, card, against, at, revision)
    files = files_of_days(lake.snapshot().files, first, last)
    calls = _calls_of(carrier, lake, files, card)
    if calls is None:
        raise InputError.advised(
            f"no calls from {first} to {last} are of accounts that card {card!r} charges",
            "name other days, or try it on paper, without days",
            shell="say another --from and --to, or try it on paper, without them",
        )
    sold = card_table(store, sale)
    found = [_against(calls, sold, card_table(store, one), one, rate) for one, rate in bought]
    losing = [line for _, lines in found for line in lines]
    losing.sort(key=lambda one: (-one.loss, one.prefix, one.against, one.price_class or ""))
    return CallAssurance(
        sale, currency, first, last, tuple(whole for whole, _ in found), tuple(losing)
    )


def _calls_of(
    carrier: Carrier, lake: Lake, files: Sequence[LakeFile], card: str
) -> pl.LazyFrame | None:
    """The answered calls of the accounts that a plan on the card charges; None: there are none."""
    schedule = Schedule(carrier)
    frames = []
    by_day = sorted(files, key=lambda file: file.day)
    for _, alike in groupby(by_day, key=lambda file: schedule.stretch(file.day).first):
        of_stretch = list(alike)
        frames += [
            calls_of(lake.scan(of_stretch), batch)
            for batch in schedule.batches(of_stretch[0].day)
            if batch.plan.card == card
        ]
    if not frames:
        return None
    return pl.concat(frames).filter(pl.col("duration_ms").is_not_null())


def _against(
    calls: pl.LazyFrame, sold: RateTable, bought: RateTable, revision: Revision, rate: Fraction
) -> tuple[CallsAgainst, list[LosingCalls]]:
    of_call = [
        name
        for name in (
            "caller",
            "caller_head",
            "called",
            "called_key",
            "duration_ms",
            "setup_at",
            "answered_at",
        )
        if name in calls.collect_schema()
    ]
    priced = described(rated(calls.select(of_call), sold, MAX_DURATION_MS), sold).select(
        *of_call,
        sold="priced",
        sale=pl.col("cost_units").cast(pl.Int128),
        by="prefix",
        name="destination",
        of_sale=class_name(sold),
    )
    both = rated(priced, bought, MAX_DURATION_MS).with_columns(
        price_class="of_sale" if sold.bands is not None else class_name(bought),
        both=pl.col("sold") & pl.col("priced"),
        cost=money.converted_units(pl.col("cost_units").cast(pl.Int128), rate),
    )
    loses = pl.col("both") & (pl.col("sale") < pl.col("cost"))
    sums = (
        both.group_by("by", "name", "price_class", "both", loses.alias("loses"))
        .agg(
            calls=pl.len(),
            duration_ms=pl.col("duration_ms").sum(),
            sale=pl.col("sale").sum(),
            cost=pl.col("cost").sum(),
        )
        .collect(engine="streaming")
    )
    whole = sums.filter("both")
    lines = [
        LosingCalls(
            row["by"],
            row["name"],
            revision.card,
            row["calls"],
            Decimal(row["duration_ms"]) / 1000,
            money.decimal_of_units(row["sale"]),
            money.decimal_of_units(row["cost"]),
            row["price_class"],
        )
        for row in sums.filter("loses").iter_rows(named=True)
    ]
    total = CallsAgainst(
        revision,
        sum(whole["calls"]),
        sum(sums.filter(~pl.col("both"))["calls"]),
        money.decimal_of_units(sum(whole["sale"])),
        money.decimal_of_units(sum(whole["cost"])),
    )
    return total, lines
