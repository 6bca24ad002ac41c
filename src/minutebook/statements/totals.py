"""Totals over accounts, days, weeks, months, plans or destinations, by currency
(docs/rules/capacity.md, "Ratios of totals").
"""

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
from minutebook.notebook import Rows, Shown
from minutebook.rating.sums import Sums
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database

By = Literal["account", "day", "week", "month", "destination", "plan"]
GROUPS = get_args(By)

ANY = "(any)"
UNPRICED = "(unpriced)"
ROUNDING = "(rounding, fees and corrections)"
_LAST = "\U0010ffff"

_OF_A_CALL = {
    "account": pl.col("account"),
    "day": pl.col("day").dt.to_string("%Y-%m-%d"),
    "week": pl.col("day").dt.to_string("%G-W%V"),
    "month": pl.col("day").dt.to_string("%Y-%m"),
    "plan": pl.col("plan").fill_null(""),
    "destination": pl.when(pl.col("status") == "priced")
    .then(pl.coalesce("destination", "prefix", pl.lit(ANY)))
    .otherwise(pl.lit(UNPRICED)),
}
"""What a rated call is grouped by; spelled as `tallies.by_group` does."""


@dataclass(slots=True, repr=False)
class Total(Shown):
    """One group in one currency; charges negative, payments positive, None where they do not apply."""

    groups: tuple[str, ...]
    """What the sums are of, in the order asked for: an account, a day, a week, a month, a destination, a
    plan. Of the sum of all, nothing."""
    currency: str
    sums: Sums = field(default_factory=Sums)
    """Its calls and their durations."""
    charges: Decimal = Decimal(0)
    payments: Decimal = Decimal(0)

    @property
    def group(self) -> str:
        """The groups in one text."""
        return ", ".join(self.groups)


class Totals(Rows[Total]):
    """The totals of some days, one for each group and currency."""

    def __init__(self, rows: Iterable[Total], only_answered: Iterable[str] = ()) -> None:
        super().__init__(rows)
        self.only_answered = tuple(only_answered)
        """Accounts that have calls on these days, and none that was not answered."""

    @property
    def sums(self) -> Rows[Total]:
        """What all rows come to, by currency."""
        found: dict[str, Total] = {}
        for row in self:
            total = found.setdefault(row.currency, Total((), row.currency))
            total.sums += row.sums
            total.charges += row.charges
            total.payments += row.payments
        return Rows(found[currency] for currency in sorted(found))


def totals(
    database: Database,
    lake: Lake,
    cards: CardStore,
    first: date,
    last: date,
    by: By | Iterable[By],
    account: str | None = None,
) -> Totals:
    """The totals of the days from `first` to `last` by some of `GROUPS`, of an account or all, as billed so far."""
    days_between(first, last)
    groups = _groups(by)
    posted = [group for group in groups if group != "destination"]
    found: dict[tuple[tuple[str, ...], str], Total] = {}
    with database.snapshot() as connection:
        carrier = declarations.load(connection)
        if account is not None:
            carrier.holder_named(account)
        for names, currency, sums in tallies.by_group(connection, first, last, posted, account):
            found.setdefault((names, currency), Total(names, currency)).sums = sums
        for names, currency, charges, payments in balances.posted_by_group(
            connection, first, last, posted, account
        ):
            total = found.setdefault((names, currency), Total(names, currency))
            total.charges, total.payments = charges, payments
        answered = tallies.only_answered(connection, first, last, account)
        through = runs.billed_through(connection)
    rows = [found[key] for key in sorted(found)]
    if "destination" not in groups:
        return Totals(rows, answered)
    files = files_of_days(lake.snapshot().files, first, min(last, through) if through else first)
    if through is None or through < first:
        files = []
    asked = None if account is None else [account]
    priced_by = carrier if account is None else carrier.both_sides()
    calls = rated_calls(lake, cards, Schedule(priced_by), files, asked)
    currencies = {name: declared.currency for name, declared in priced_by.accounts.items()}
    return Totals(_by_destination(calls, currencies, rows, groups), answered)


def _groups(by: By | Iterable[By]) -> list[str]:
    """What totals go by, each once; `InputError` where it is none of `GROUPS`, or nothing."""
    groups: list[str] = list(dict.fromkeys([by] if isinstance(by, str) else by))
    for group in groups or [""]:
        if group not in GROUPS:
            near, known = did_you_mean(group, GROUPS), f"totals go by {', '.join(GROUPS)}"
            raise InputError(
                f"by is {group!r}{near}; {known}", shell=f"--by {group}{near}: {known}"
            )
    return groups


def _by_destination(
    calls: pl.LazyFrame, currencies: dict[str, str], billed: list[Total], groups: list[str]
) -> list[Total]:
    """Each destination's calls at their cost, and a line that leads to what was charged, for each currency
    and each of the other groups.
    """
    priced = pl.col("status") == "priced"
    found = (
        calls.with_columns(
            currency=pl.col("account").replace_strict(currencies, return_dtype=pl.String),
            groups=pl.struct(_OF_A_CALL[group].alias(group) for group in groups),
        )
        .group_by("groups", "currency")
        .agg(
            calls=pl.len(),
            answered=pl.col("duration_ms").count(),
            duration_ms=pl.col("duration_ms").sum(),
            billed_seconds=pl.col("billed_seconds").sum(),
            unpriced=(~priced).sum(),
            cost=pl.col("cost").sum(),
        )
        .collect(engine="streaming")
    )
    rows = [
        Total(tuple(r["groups"].values()), r["currency"], _sums(r), charges=-r["cost"])
        for r in found.iter_rows(named=True)
    ]
    at = groups.index("destination")
    shown: dict[tuple[tuple[str, ...], str], Decimal] = {}
    for row in rows:
        key = (*row.groups[:at], *row.groups[at + 1 :]), row.currency
        shown[key] = shown.get(key, Decimal(0)) + row.charges
    for total in billed:
        rest = total.charges - shown.pop((total.groups, total.currency), Decimal(0))
        if rest or total.payments:
            names = (*total.groups[:at], ROUNDING, *total.groups[at:])
            rows.append(Total(names, total.currency, charges=rest, payments=total.payments))
    for (names, currency), priced_at in shown.items():  # nothing is charged for them
        if priced_at:
            rows.append(Total((*names[:at], ROUNDING, *names[at:]), currency, charges=-priced_at))
    return sorted(rows, key=_order)


def _order(total: Total) -> tuple[tuple[str, ...], str]:
    """By groups and currency; what leads to the charges comes after the destinations."""
    return tuple(_LAST if name == ROUNDING else name for name in total.groups), total.currency


def _sums(row: dict[str, Any]) -> Sums:
    return Sums(
        calls=row["calls"],
        answered=row["answered"],
        duration_ms=row["duration_ms"],
        billed_seconds=row["billed_seconds"],
        unpriced_calls=row["unpriced"],
    )
