"""What is earned: what customers are charged for calls, less what providers are owed for them
(docs/rules/margin.md, "A call on both sides").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from minutebook import money
from minutebook.billing.schedule import Schedule
from minutebook.days import days_between
from minutebook.errors import InputError
from minutebook.ledger import balances, declarations, priced_days, runs
from minutebook.notebook import Rows, Shown
from minutebook.plans.fx import converted
from minutebook.rating.sums import Sums
from minutebook.statements.both_sides import GROUPS, on_both_sides, summed_by
from minutebook.statements.day_shares import day_shares
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database
    from minutebook.statements.day_shares import Place

SALE_KINDS = ("usage", "channels", "short_calls", "minimum")
"""What customers are charged by runs."""
COST_KINDS = ("cost", "short_calls_cost")
"""What providers are owed by runs."""


@dataclass(slots=True, repr=False)
class MarginLine(Shown):
    """A group: what its calls are sold for, what they cost, and what is left, in the report's currency.

    `sale` and `cost` are of calls of which both are known, so that `margin` is one less the other;
    what is known of one side alone stands apart, as `unknown_sale` and `unknown_cost`.
    """

    groups: tuple[str, ...]
    """Its names, in the order of what the margin goes by; empty: its calls have none, or it has no calls (`without_calls`)."""
    sums: Sums = field(default_factory=Sums)
    """Its calls and their durations."""
    sale: Decimal = Decimal(0)
    """What customers are charged for calls whose cost is known."""
    cost: Decimal = Decimal(0)
    """What providers are owed for calls whose sale is known."""
    unknown_calls: int = 0
    """Answered calls of which what they are sold for, or what they cost, is not known."""
    no_provider: int = 0
    """Of these, the calls that no declared provider carried."""
    unknown_sale: Decimal = Decimal(0)
    """What customers are charged for calls whose cost is not known."""
    unknown_cost: Decimal = Decimal(0)
    """What providers are owed for calls whose sale is not known."""
    without_calls: bool = False
    """Whether it is what was charged for days without calls, which have none of the groups that are empty."""

    @property
    def margin(self) -> Decimal:
        """What is left."""
        return self.sale - self.cost

    @property
    def margin_percent(self) -> Decimal | None:
        """Of a hundred that are charged so much is left, at one decimal; None where nothing is charged."""
        if not self.sale:
            return None
        return _ONE_DECIMAL.of(Fraction(100 * self.margin) / Fraction(self.sale))


_ONE_DECIMAL = money.Rounding(money.Method.HALF_UP, 1)


class Margin(Rows[MarginLine]):
    """What is earned on some days, a line a group."""

    def __init__(
        self, lines: Iterable[MarginLine], currency: str, unconverted: Iterable[str] = ()
    ) -> None:
        super().__init__(lines)
        self.currency = currency
        self.unconverted = tuple(unconverted)
        """The currencies of which some day has no rate: what is in them is unknown."""

    @property
    def total(self) -> MarginLine:
        """What all lines come to."""
        total = MarginLine(())
        for line in self:
            _add(total, line)
        return total


def margins(
    database: Database,
    lake: Lake,
    cards: CardStore,
    first: date,
    last: date,
    groupings: Iterable[Iterable[str]],
    currency: str,
) -> list[Margin]:
    """The margin of the UTC days from `first` to `last` as they are billed so far, by some of `GROUPS`: one for
    each grouping, all of one pass over the calls.
    """
    days_between(first, last)
    wanted = [_groups(by) for by in groupings]
    groups = list(dict.fromkeys(group for by in wanted for group in by))
    with database.snapshot() as connection:
        carrier = declarations.load(connection)
        posted = [
            balances.posted_by_day(connection, kinds, first, last)
            for kinds in (SALE_KINDS, COST_KINDS)
        ]
        through = runs.billed_through(connection)
        priced = priced_days.priced_days(connection, last)
    files = [
        file
        for file in lake.snapshot().files
        if first <= file.day <= last
        and file.day in priced
        and file.name in priced[file.day].files
        and through is not None
    ]
    providers = [*carrier.providers.values()]
    schedule = Schedule(carrier.both_sides())
    found = on_both_sides(lake, cards, schedule, files, providers, groups)
    unconverted: set[str] = set()
    (sales, sale_gaps), (costs, cost_gaps) = (
        _in_currency(carrier, rows, currency, sign, unconverted)
        for rows, sign in zip(posted, (-1, 1), strict=True)
    )
    found = _without_gaps(found, sale_gaps, cost_gaps)
    margins = []
    for by in wanted:
        lines = _Lines(by)
        lines.add(summed_by(found, by) if by != groups else found, sales, costs)
        margins.append(Margin(lines.sorted(), currency, sorted(unconverted)))
    return margins


def _groups(by: Iterable[str]) -> list[str]:
    groups = list(dict.fromkeys([by] if isinstance(by, str) else by))
    for group in groups or [""]:
        if group not in GROUPS:
            near, known = did_you_mean(group, GROUPS), f"margins go by {', '.join(GROUPS)}"
            raise InputError(
                f"{group!r} is none of them{near}; {known}",
                shell=f"--by {group!r}{near}: {known}",
            )
    return groups


def _in_currency(
    carrier: Carrier,
    posted: Iterable[tuple[str, date, str, Decimal]],
    currency: str,
    sign: int,
    unconverted: set[str],
) -> tuple[dict[Place, int], set[Place]]:
    """What was posted by account and day in units of a currency, above 0 as charged or owed; and where it
    cannot be converted, as the day has no rate.
    """
    found: dict[Place, int] = {}
    gaps: set[Place] = set()
    for account, day, own, amount in posted:
        in_currency = converted(carrier.fx, sign * amount, own, currency, day)
        if in_currency is None:
            unconverted.add(own)
            gaps.add((account, day))
        else:
            found[account, day] = money.units(in_currency)
    return found, gaps


def _without_gaps(found: pl.DataFrame, sales: set[Place], costs: set[Place]) -> pl.DataFrame:
    """Sums of calls whose amounts cannot be converted are unknown; attempts cost nothing in any currency."""
    for holder, gaps in (("account", sales), ("provider", costs)):
        if gaps:
            schema = {holder: pl.String, "day": pl.Date}
            listed = pl.DataFrame(sorted(gaps), schema=schema, orient="row")
            found = (
                found.join(
                    listed.with_columns(gap=True),
                    on=[holder, "day"],
                    how="left",
                    maintain_order="left",
                )
                .with_columns(
                    is_known=pl.when("gap").then(pl.col("answered") == 0).otherwise("is_known")
                )
                .drop("gap")
            )
    return found


class _Lines:
    """The lines of a report, as they are added up."""

    def __init__(self, groups: Sequence[str]) -> None:
        self._groups = groups
        self._lines: dict[tuple[tuple[str, ...], bool], MarginLine] = {}

    def sorted(self) -> list[MarginLine]:
        return [self._lines[place] for place in sorted(self._lines)]

    def add(
        self, found: pl.DataFrame, sales: Mapping[Place, int], costs: Mapping[Place, int]
    ) -> None:
        """Add sums of calls, and each amount, in units, to the lines of its calls; where it has none, to a
        line of its own.
        """
        by = [f"by_{group}" for group in self._groups]
        answered, unknown = pl.col("answered"), ~pl.col("is_known")
        sums = found.group_by(by).agg(
            pl.col("calls", "answered", "duration_ms").sum(),
            unknown_calls=answered.filter(unknown).sum(),
            no_provider=answered.filter(unknown & pl.col("provider").is_null()).sum(),
        )
        sides = (("sale", "account", sales), ("cost", "provider", costs))
        without = []
        for side, holder, amounts in sides:
            shares, places = day_shares(found, amounts, holder, f"{side}_weight", by)
            sums = sums.join(shares, on=by, how="left")
            without += [(side, place, amounts[place]) for place in places]
        for row in sums.iter_rows():
            groups, figures = row[: len(by)], row[len(by) :]
            sale, unknown_sale, cost, unknown_cost = (
                money.decimal_of_units(units) if units else Decimal(0) for units in figures[5:]
            )
            self._lines[groups, False] = MarginLine(
                groups,
                Sums(*figures[:3]),
                sale,
                cost,
                unknown_calls=figures[3],
                no_provider=figures[4],
                unknown_sale=unknown_sale,
                unknown_cost=unknown_cost,
            )
        for side, place, units in without:
            self._add_without_calls(side, place, units)

    def _add_without_calls(self, side: str, place: Place, units: int) -> None:
        account, day = place
        said = {"day": str(day), "account" if side == "sale" else "provider": account}
        groups = tuple(said.get(group, "") for group in self._groups)
        apart = not said.keys() >= set(self._groups)
        line = self._lines.setdefault((groups, apart), MarginLine(groups, without_calls=apart))
        setattr(line, side, getattr(line, side) + money.decimal_of_units(units))


def _add(total: MarginLine, line: MarginLine) -> None:
    total.sums += line.sums
    for name in ("sale", "cost", "unknown_calls", "no_provider", "unknown_sale", "unknown_cost"):
        setattr(total, name, getattr(total, name) + getattr(line, name))
