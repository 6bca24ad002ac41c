"""A period's calls under changed plans and cards: what it would do to revenue, cost and margin
(docs/rules/capacity.md, "What other prices would make").

Priced by the same code that bills; nothing is posted, and nothing of the book changes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_args

import polars as pl

from minutebook.billing.peaks import peaks_of
from minutebook.billing.rated_calls import files_of_days, rated_calls
from minutebook.billing.schedule import Schedule
from minutebook.billing.short_call_counts import answered_calls
from minutebook.billing.tallying import DayFiles, tally_parts
from minutebook.calls.schema import IDENTITY
from minutebook.days import days_between
from minutebook.errors import InputError
from minutebook.fit.as_if import AsIf, Usage, usage_dues
from minutebook.fit.changed_carrier import buying, changed_carrier
from minutebook.ledger import declarations
from minutebook.notebook import Shown
from minutebook.plans.short_calls import ChargedPer
from minutebook.statements.totals import ANY, UNPRICED
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from minutebook.declarations.carrier import Carrier
    from minutebook.fit.changed_carrier import Changes
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake, LakeFile
    from minutebook.ledger.database import Database
    from minutebook.plans.terms import Account

By = Literal["account", "destination"]
GROUPS = get_args(By)
_CALL = ["day", *IDENTITY]
_CALLS_AT_ONCE = 4_000_000
_SUMMED = (
    "calls",
    "duration_ms",
    "now",
    "then",
    "cost",
    "unpriced_now",
    "unpriced_then",
    "unpriced_cost",
)


@dataclass(slots=True, repr=False)
class Simulated(Shown):
    """An account, or a destination, as it is and as it would be. Amounts are positive.

    A call is of one group: of the destination that prices it now; where none does, then.
    `cost` and `unpriced_cost` are None where no buying card was named, or one in another currency.
    `due_by_month`: a minimum, a 95th percentile or a month's short calls may be due, which is charged at a month's end.
    """

    group: str
    """The account's name, or the destination's."""
    currency: str
    calls: int = 0
    duration_ms: int = 0
    """The answered time of the calls, in milliseconds."""
    now: Decimal = Decimal(0)
    """What the calls cost as it is; positive."""
    then: Decimal = Decimal(0)
    """What they would cost as it would be; positive."""
    cost: Decimal | None = None
    """What they cost by the buying card; None without one, or in another currency."""
    unpriced_now: int = 0
    unpriced_then: int = 0
    unpriced_cost: int | None = None
    """Calls that the buying card does not price; None as `cost` is."""
    due_by_month: bool = False
    """Whether a minimum, a 95th percentile or a month's short calls may be due besides, at a month's end."""

    @property
    def difference(self) -> Decimal:
        return self.then - self.now

    def margin(self, revenue: Decimal) -> Decimal | None:
        """What is left of a revenue."""
        return None if self.cost is None else revenue - self.cost


def sums_by_currency(rows: Iterable[Simulated]) -> list[Simulated]:
    """The rows' sums by currency, which is their group too."""
    found: dict[str, Simulated] = {}
    for row in rows:
        total = found.setdefault(row.currency, Simulated(row.currency, row.currency))
        for name in _SUMMED:
            value = getattr(row, name)
            if value is not None:
                setattr(total, name, (getattr(total, name) or type(value)(0)) + value)
    return [found[currency] for currency in sorted(found)]


def simulate(
    database: Database,
    lake: Lake,
    cards: CardStore,
    first: date,
    last: date,
    changes: Changes,
    by: By = "account",
) -> list[Simulated]:
    """The calls of a period as they are priced now and with `changes`, by one of `GROUPS`.

    By account revenue is what a run charges: minutes, channels, and minimums of months that end in
    the period. By destination it is the calls' own costs.
    """
    days_between(first, last)
    if by not in GROUPS:
        near, known = did_you_mean(by, GROUPS), f"a simulation goes by {', '.join(GROUPS)}"
        raise InputError(f"by is {by!r}{near}; {known}", shell=f"--by {by}{near}: {known}")
    with database.transaction() as connection:
        carrier = declarations.load(connection)
    sides = {"now": carrier, "then": changed_carrier(carrier, changes, first, last)}
    files = files_of_days(lake.snapshot().files, first, last)
    currencies = {name: account.currency for name, account in carrier.accounts.items()}
    bought_in = None if changes.buy is None else carrier.card_named(changes.buy).currency
    if changes.buy is not None:
        sides["buy"] = buying(carrier, changes.buy)
    found: dict[tuple[str, str], Simulated] = {}

    def row(group: str, currency: str) -> Simulated:
        nothing = (Decimal(0), 0) if currency == bought_in else (None, None)
        new = Simulated(group, currency, cost=nothing[0], unpriced_cost=nothing[1])
        return found.setdefault((group, currency), new)

    schedules = {side: Schedule(priced_by) for side, priced_by in sides.items()}
    for portion in _portions(files):
        joined = _joined(lake, cards, schedules, portion, currencies)
        for line in _grouped(joined, by).collect(engine="streaming").iter_rows(named=True):
            _add(row(line["group"], line["currency"]), line, by)
    if by == "account":
        for which in ("now", "then"):
            for name, amount in _charged(lake, cards, sides[which], first, last).items():
                monthly = _due_by_month(sides[which], name, first, last)
                if amount or monthly or (name, currencies[name]) in found:
                    simulated = row(name, currencies[name])
                    setattr(simulated, which, amount)
                    simulated.due_by_month |= monthly
    if not found:
        raise InputError(
            f"there are no calls from {first} to {last}, and no charges; choose other days, or import"
            " the calls"
        )
    return [found[key] for key in sorted(found)]


def _portions(files: Iterable[LakeFile]) -> Iterator[list[LakeFile]]:
    """Files of whole days that together fit into memory."""
    portion: list[LakeFile] = []
    for file in sorted(files, key=lambda file: file.day):
        rows = sum(each.rows for each in portion)
        if portion and file.day != portion[-1].day and rows + file.rows > _CALLS_AT_ONCE:
            yield portion
            portion = []
        portion.append(file)
    if portion:
        yield portion


def _joined(
    lake: Lake,
    cards: CardStore,
    schedules: Mapping[str, Schedule],
    files: list[LakeFile],
    currencies: dict[str, str],
) -> pl.LazyFrame:
    """Each call once, with its destination (null: not priced) and its own cost on every side."""
    destination = pl.coalesce("destination", "prefix", pl.lit(ANY))
    destination = pl.when(pl.col("status") == "priced").then(destination)

    def side(name: str, *more: str) -> pl.LazyFrame:
        calls = rated_calls(lake, cards, schedules[name], files)
        priced = {f"destination_{name}": destination, f"cost_{name}": pl.col("cost")}
        return calls.select(*_CALL, *more, **priced)

    calls = side("now", "account", "duration_ms")
    for name in schedules:
        if name != "now":
            calls = calls.join(side(name), on=_CALL, how="left", nulls_equal=True)
    return calls.with_columns(
        currency=pl.col("account").replace_strict(currencies, return_dtype=pl.String)
    )


def _grouped(calls: pl.LazyFrame, by: str) -> pl.LazyFrame:
    """Calls as from `_joined`, counted, and their own costs, by group and currency."""
    group = pl.col("account")
    if by == "destination":
        group = pl.coalesce("destination_now", "destination_then", pl.lit(UNPRICED))
    return calls.group_by(group.alias("group"), "currency").agg(
        pl.len().alias("calls"),
        pl.col("duration_ms").sum(),
        pl.col("^destination_.*$").null_count().name.replace("destination", "unpriced"),
        pl.col("^cost_.*$").sum(),
    )


def _add(row: Simulated, line: Mapping[str, Any], by: str) -> None:
    """Count a line of `_grouped` in; by account revenue is not its calls' own costs."""
    row.calls += line["calls"]
    row.duration_ms += line["duration_ms"]
    row.unpriced_now += line["unpriced_now"]
    row.unpriced_then += line["unpriced_then"]
    if row.cost is not None and row.unpriced_cost is not None:
        row.cost += line["cost_buy"]
        row.unpriced_cost += line["unpriced_buy"]
    if by == "destination":
        row.now += line["cost_now"]
        row.then += line["cost_then"]


def _charged(
    lake: Lake, cards: CardStore, carrier: Carrier, first: date, last: date
) -> dict[str, Decimal]:
    """What a run charges each account for the period."""
    schedule, snapshot = Schedule(carrier), lake.snapshot()
    begin = first.replace(day=1)
    by_day: dict[date, list[LakeFile]] = defaultdict(list)
    for file in files_of_days(snapshot.files, begin, last):
        by_day[file.day].append(file)
    sums = tally_parts(
        lake, cards, schedule, [DayFiles(day, files) for day, files in by_day.items()]
    )
    usage, answered = usage_dues(schedule, sums), answered_calls(carrier.holdings(), sums)
    peaks = peaks_of(lake, snapshot, _by_peaks(carrier), begin, last)
    charged = {}
    for name, account in carrier.accounts.items():
        as_if = AsIf(lake, cards, snapshot, carrier, account, first, last, peaks.get(name, {}))
        charged[name] = as_if.charges(
            account, Usage(usage.get(name, {}), answered=answered[name])
        ).total
    return charged


def _due_by_month(carrier: Carrier, name: str, first: date, last: date) -> bool:
    servers = [server for server in carrier.servers.values() if server.account == name]
    holdings = carrier.holdings_of(carrier.accounts[name], servers)
    return any(
        held.by_percentile
        or (held.plan.minimum_per_server and servers)
        or ((short := held.plan.short_calls) is not None and short.per is ChargedPer.MONTH)
        for _, _, held in holdings.stretches(first.replace(day=1), last)
    )


def _by_peaks(carrier: Carrier) -> list[str]:
    def needs(account: Account) -> bool:
        return carrier.holdings_of(account, []).by_peaks

    return [name for name, account in carrier.accounts.items() if needs(account)]
