"""A simulation as every door shows it. Amounts are positive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_doc import Doc

from minutebook.days import month_end
from minutebook.fit.simulate import sums_by_currency
from minutebook.show.serialise import OMITTED, Amount, Day, Omitted
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from minutebook.fit.simulate import Simulated


@dataclass(frozen=True)
class SimulatedSumView:
    """All of a currency, as it is and as it would be."""

    currency: Annotated[str, Doc("of the amounts")]
    calls: Annotated[int, Doc("attempts")]
    minutes: Annotated[float, Doc("used")]
    revenue_now: Annotated[
        Amount,
        Doc("as it is: by account all that a run charges, by destination the calls' own costs"),
    ]
    revenue_then: Annotated[Amount, Doc("as it would be")]
    difference: Annotated[Amount, Doc("as it would be less as it is")]
    cost: Annotated[
        Amount | None,
        Doc("with `--buy`: what the calls cost by that card; null where it is in another currency"),
    ]
    margin_now: Annotated[Amount | None, Doc("what is left, as it is")]
    margin_then: Annotated[Amount | None, Doc("what would be left")]
    unpriced_now: Annotated[int, Doc("calls without a price, as it is")]
    unpriced_then: Annotated[int, Doc("as it would be")]
    unpriced_cost: Annotated[
        int | None,
        Doc("with `--buy`: calls that the card does not price; they add nothing to `cost`"),
    ]

    @classmethod
    def of(cls, row: Simulated) -> SimulatedSumView:
        """A row of a simulation, without its group."""
        return cls(**_figures(row))


@dataclass(frozen=True)
class _Group:
    account: Annotated[str | Omitted, Doc("`--by account`")]
    destination: Annotated[str | Omitted, Doc("`--by destination`")]


@dataclass(frozen=True)
class SimulatedView(SimulatedSumView, _Group):
    """An account, or a destination, as it is and as it would be."""

    @classmethod
    def of_group(cls, row: Simulated, by: str) -> SimulatedView:
        """A row, named by one of `fit.simulate.GROUPS`."""
        return cls(
            account=row.group if by == "account" else OMITTED,
            destination=row.group if by == "destination" else OMITTED,
            **_figures(row),
        )


def _figures(row: Simulated) -> dict[str, Any]:
    return {
        "currency": row.currency,
        "calls": row.calls,
        "minutes": round(row.duration_ms / 60_000, 4),
        "revenue_now": row.now,
        "revenue_then": row.then,
        "difference": row.difference,
        "cost": row.cost,
        "margin_now": row.margin(row.now),
        "margin_then": row.margin(row.then),
        "unpriced_now": row.unpriced_now,
        "unpriced_then": row.unpriced_then,
        "unpriced_cost": row.unpriced_cost,
    }


@dataclass(frozen=True)
class SimulationView:
    """A period's calls under changed plans and cards. Amounts are positive.

    A call is of the destination that prices it now; where none does, of that which would;
    `(unpriced)` where none of the two does.
    """

    from_: Annotated[Day, Doc("the first day")]
    to: Annotated[Day, Doc("the last day")]
    by: Annotated[str, Doc('`"account"` or `"destination"`')]
    rows: Annotated[list[SimulatedView], Doc("of each account or destination")]
    totals: Annotated[list[SimulatedSumView], Doc("by currency")]
    notes: Annotated[list[str], Doc("what is to be known of the figures, in sentences")]

    @classmethod
    def of(
        cls, first: date, last: date, by: str, found: Sequence[Simulated], notes: list[str]
    ) -> SimulationView:
        """The rows of a simulation, and their totals."""
        return cls(
            from_=first,
            to=last,
            by=by,
            rows=[SimulatedView.of_group(row, by) for row in found],
            totals=[SimulatedSumView.of(total) for total in sums_by_currency(found)],
            notes=notes,
        )


def simulation_cautions(
    found: Sequence[Simulated],
    first: date,
    last: date,
    *,
    buy: str | None = None,
    plans: Path | None = None,
    beside: Sequence[str] = (),
) -> list[str]:
    """What is to be known of a simulation's figures, a sentence each.

    `buy` is the card that calls are bought by, `plans` the apply file of changed plans, `beside` the
    kinds of declarations that it has beside plans.
    """
    notes = []
    if beside:
        tables = ", ".join(f"[{kind}.…]" for kind in beside)
        notes.append(
            f"Only the plans of {plans} are simulated; its tables {tables} are passed over."
        )
    notes += _of_months(found, first, last)
    if buy is not None:
        notes += _of_cost(found, buy)
    return notes


def _of_months(found: Sequence[Simulated], first: date, last: date) -> Iterator[str]:
    """What months of which only a part is in the period do to revenue."""
    names = ", ".join(row.group for row in found if row.due_by_month)
    what = f"what is due by the month, minimums, 95th percentiles and a month's short calls ({names}), is charged"
    if names and last != month_end(last):
        yield (
            f"The period ends within {last:%Y-%m}: {what} at the month's end, so nothing of that month"
            f" is in the revenue; with --to {month_end(last)} it is."
        )
    if names and first.day != 1 and month_end(first) <= last:
        yield (
            f"The period begins within {first:%Y-%m}: {what} at the month's end, so all of that month"
            f" is in the revenue; with --from {first.replace(day=1)} its calls are too."
        )


def _of_cost(found: Sequence[Simulated], buy: str) -> Iterator[str]:
    """What the cost by a buying card leaves out."""
    unpriced = sum(row.unpriced_cost or 0 for row in found)
    if unpriced:
        yield (
            f"Card {buy} does not price {counted(unpriced, 'call')}: their cost is counted as nothing,"
            " so the true margin is smaller."
        )
    foreign = sorted({row.currency for row in found if row.cost is None})
    if foreign:
        yield (
            f"Card {buy} is in another currency than {', '.join(foreign)}: there is no cost and no"
            " margin of what is sold in it."
        )
