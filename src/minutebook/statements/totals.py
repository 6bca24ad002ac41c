"""Totals over accounts, days, months, plans or destinations, by currency."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_args

import polars as pl

from minutebook.billing.rated_calls import files_of_days, rated_calls
from minutebook.billing.schedule import Schedule
from minutebook.days import days_between
from minutebook.errors import InputError
from minutebook.ledger import balances, declarations, runs, tallies
from minutebook.notebook import Shown
from minutebook.rating.sums import Sums
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from datetime import date

    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database

By = Literal["account", "day", "month", "destination", "plan"]
GROUPS = get_args(By)

ANY = "(any)"
UNPRICED = "(unpriced)"
ROUNDING = "(rounding, fees and corrections)"


@dataclass(slots=True, repr=False)
class Total(Shown):
    """One group in one currency; charges negative, payments positive, None where they do not apply."""

    group: str
    """What the sums are of: an account, a day, a month, a destination or a plan."""
    currency: str
    sums: Sums = field(default_factory=Sums)
    """Its calls and their durations."""
    charges: Decimal = Decimal(0)
    payments: Decimal = Decimal(0)


def totals(
    database: Database, lake: Lake, cards: CardStore, first: date, last: date, by: By
) -> list[Total]:
    """The totals of the days from `first` to `last`, by one of `GROUPS`, as billed so far."""
    days_between(first, last)
    if by not in GROUPS:
        near, known = did_you_mean(by, GROUPS), f"totals go by {', '.join(GROUPS)}"
        raise InputError(f"by is {by!r}{near}; {known}", shell=f"--by {by}{near}: {known}")
    group = "account" if by == "destination" else by
    found: dict[tuple[str, str], Total] = {}
    with database.snapshot() as connection:
        for name, currency, sums in tallies.by_group(connection, first, last, group):
            found.setdefault((name, currency), Total(name, currency)).sums = sums
        for name, currency, charges, payments in balances.posted_by_group(
            connection, first, last, group
        ):
            total = found.setdefault((name, currency), Total(name, currency))
            total.charges, total.payments = charges, payments
        carrier = declarations.load(connection)
        through = runs.billed_through(connection)
    rows = [found[key] for key in sorted(found)]
    if by != "destination":
        return rows
    files = files_of_days(lake.snapshot().files, first, min(last, through) if through else first)
    if through is None or through < first:
        files = []
    calls = rated_calls(lake, cards, Schedule(carrier), files)
    currencies = {name: account.currency for name, account in carrier.accounts.items()}
    return _by_destination(calls, currencies, rows)


def _by_destination(
    calls: pl.LazyFrame, currencies: dict[str, str], billed: list[Total]
) -> list[Total]:
    """Each destination's calls at their cost, and one line a currency that leads to what was charged."""
    priced = pl.col("status") == "priced"
    groups = (
        calls.with_columns(
            currency=pl.col("account").replace_strict(currencies, return_dtype=pl.String),
            group=pl.when(priced)
            .then(pl.coalesce("destination", "prefix", pl.lit(ANY)))
            .otherwise(pl.lit(UNPRICED)),
        )
        .group_by("group", "currency")
        .agg(
            calls=pl.len(),
            answered=pl.col("duration_ms").count(),
            duration_ms=pl.col("duration_ms").sum(),
            billed_seconds=pl.col("billed_seconds").sum(),
            unpriced=(~priced).sum(),
            cost=pl.col("cost").sum(),
        )
        .sort("group", "currency")
        .collect(engine="streaming")
    )
    rows = [
        Total(r["group"], r["currency"], _sums(r), charges=-r["cost"])
        for r in groups.iter_rows(named=True)
    ]
    for currency in sorted({total.currency for total in billed}):
        charged = sum((t.charges for t in billed if t.currency == currency), Decimal(0))
        shown = sum((t.charges for t in rows if t.currency == currency), Decimal(0))
        payments = sum((t.payments for t in billed if t.currency == currency), Decimal(0))
        if charged != shown or payments:
            rows.append(Total(ROUNDING, currency, charges=charged - shown, payments=payments))
    return rows


def _sums(row: dict[str, Any]) -> Sums:
    return Sums(
        calls=row["calls"],
        answered=row["answered"],
        duration_ms=row["duration_ms"],
        billed_seconds=row["billed_seconds"],
        unpriced_calls=row["unpriced"],
    )
