"""A period's calls under changed plans and cards: what it would do to revenue, cost and margin.

Priced by the same code that bills; nothing is posted, and nothing of the book changes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from minutebook import money
from minutebook.billing.as_if import AsIf, Usage, usage_dues
from minutebook.billing.peaks import peaks_of
from minutebook.billing.rated_calls import on_days, rated_calls
from minutebook.billing.schedule import Schedule
from minutebook.billing.statement import days_between
from minutebook.billing.tallying import Part, tally_parts
from minutebook.billing.totals import ANY, UNPRICED
from minutebook.declarations.model import Term
from minutebook.errors import InputError
from minutebook.ledger import declarations
from minutebook.plans.holdings import Holdings
from minutebook.plans.plan import Plan
from minutebook.tariffs.cards import ALWAYS, Revision
from minutebook.tariffs.tariff import DEFAULT_TERMS, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from minutebook.calls.lake import Lake, LakeFile
    from minutebook.card_store import CardStore
    from minutebook.declarations.carrier import Carrier
    from minutebook.declarations.model import Account
    from minutebook.ledger.database import Database

GROUPS = ("account", "destination")
_BUY = "\0buy"


@dataclass(frozen=True, slots=True)
class Changes:
    """What is changed: `plans` in place of those of their names; `cards`, a revision of each in
    force throughout; what calls cost is by the card `buy`, None: not asked."""

    plans: Mapping[str, Plan] = field(default_factory=dict)
    cards: Mapping[str, int] = field(default_factory=dict)
    buy: str | None = None


@dataclass(slots=True)
class Simulated:
    """An account, or a destination, as it is and as it would be. Amounts are positive.

    `cost` is None where no buying card was named.
    """

    group: str
    currency: str
    calls: int = 0
    duration_ms: int = 0
    now: Decimal = Decimal(0)
    then: Decimal = Decimal(0)
    cost: Decimal | None = None
    unpriced_now: int = 0
    unpriced_then: int = 0

    @property
    def difference(self) -> Decimal:
        return self.then - self.now

    def margin(self, revenue: Decimal) -> Decimal | None:
        """What is left of a revenue."""
        return None if self.cost is None else revenue - self.cost

    def to_json(self, by: str) -> dict[str, Any]:
        """A row of `minutebook simulate --format json`."""

        def text(amount: Decimal | None) -> str | None:
            return None if amount is None else money.text(amount)

        return {
            by: self.group,
            "currency": self.currency,
            "calls": self.calls,
            "minutes": round(self.duration_ms / 60_000, 4),
            "revenue_now": text(self.now),
            "revenue_then": text(self.then),
            "difference": text(self.difference),
            "cost": text(self.cost),
            "margin_now": text(self.margin(self.now)),
            "margin_then": text(self.margin(self.then)),
            "unpriced_now": self.unpriced_now,
            "unpriced_then": self.unpriced_then,
        }


def simulate(
    database: Database,
    lake: Lake,
    cards: CardStore,
    first: date,
    last: date,
    changes: Changes,
    by: str = "account",
) -> list[Simulated]:
    """The calls of a period as they are priced now and with `changes`, by one of `GROUPS`.

    By account revenue is what a run charges: minutes, channels, and minimums of months that end in
    the period. By destination it is the calls' own costs.
    """
    days_between(first, last)
    if by not in GROUPS:
        raise InputError(f"--by {by}: a simulation goes by {', '.join(GROUPS)}")
    with database.transaction() as connection:
        carrier = declarations.load(connection)
    changed = _changed(carrier, changes)
    snapshot = lake.snapshot()
    files = on_days(snapshot.files, first, last)
    found: dict[tuple[str, str], Simulated] = {}
    currencies = {name: account.currency for name, account in carrier.accounts.items()}

    def row(group: str, currency: str) -> Simulated:
        return found.setdefault((group, currency), Simulated(group, currency))

    for which, priced_by in (("now", carrier), ("then", changed)):
        for line in _rated(lake, cards, priced_by, files, by, currencies):
            simulated = row(line["group"], line["currency"])
            if which == "now":
                simulated.calls, simulated.duration_ms = line["calls"], line["duration_ms"]
                simulated.unpriced_now = line["unpriced"]
            else:
                simulated.calls = max(simulated.calls, line["calls"])
                simulated.unpriced_then = line["unpriced"]
            if by == "destination":
                setattr(simulated, which, line["cost"])
    if by == "account":
        for which, priced_by in (("now", carrier), ("then", changed)):
            for name, amount in _charged(lake, cards, priced_by, first, last).items():
                if amount or (name, currencies[name]) in found:
                    setattr(row(name, currencies[name]), which, amount)
    if changes.buy is not None:
        buying = _buying(carrier, changes.buy)
        grouped = _rated(lake, cards, buying, files, by, currencies)
        bought = {(line["group"], line["currency"]): line["cost"] for line in grouped}
        for key, simulated in found.items():
            simulated.cost = bought.get(key, Decimal(0))
    return [found[key] for key in sorted(found)]


def _changed(carrier: Carrier, changes: Changes) -> Carrier:
    for name, plan in changes.plans.items():
        known = carrier.plans.get(name)
        if known is None:
            raise InputError(
                f"plan {name!r} is not declared, so no account is on it; change one of"
                f" {', '.join(sorted(carrier.plans))}"
            )
        if known[0].currency != plan.currency:
            raise InputError(f"plan {name!r} is in {known[0].currency}, not in {plan.currency}")
    cards = dict(carrier.cards)
    for name, number in changes.cards.items():
        card = cards.get(name)
        if card is None:
            raise InputError(f"there is no card {name!r}; see: minutebook card list")
        chosen = [revision for revision in card.revisions if revision.number == number]
        if not chosen:
            raise InputError(f"card {name!r} has no revision {number}")
        cards[name] = replace(card, revisions=(_always(chosen[0]),))
    plans = {name: (replace(plan, from_day=None),) for name, plan in changes.plans.items()}
    return replace(carrier, plans=carrier.plans | plans, cards=cards)


def _always(revision: Revision) -> Revision:
    return replace(revision, live_at=ALWAYS)


def _buying(carrier: Carrier, card: str) -> Carrier:
    """Every account's calls by one card, each rounded by itself."""
    known = carrier.cards.get(card)
    if known is None:
        raise InputError(f"there is no card {card!r}; see: minutebook card list")
    plan = Plan(_BUY, known.currency, Tally.CALL, DEFAULT_TERMS, card=card)
    accounts = {
        name: replace(account, terms=(Term(account.terms[0].from_day, _BUY),))
        for name, account in carrier.accounts.items()
        if account.currency == known.currency
    }
    return replace(carrier, plans={_BUY: (plan,)}, accounts=accounts)


def _rated(
    lake: Lake,
    cards: CardStore,
    carrier: Carrier,
    files: list[LakeFile],
    by: str,
    currencies: dict[str, str],
) -> list[dict[str, Any]]:
    """Calls, and their own costs, by group and currency."""
    priced = pl.col("status") == "priced"
    destination = pl.coalesce("destination", "prefix", pl.lit(ANY))
    group = pl.col("account") if by == "account" else pl.when(priced).then(destination)
    calls = rated_calls(lake, cards, Schedule(carrier), files)
    return (
        calls.group_by(
            group=group.fill_null(UNPRICED),
            currency=pl.col("account").replace_strict(currencies, return_dtype=pl.String),
        )
        .agg(
            calls=pl.len(),
            duration_ms=pl.col("duration_ms").sum(),
            unpriced=(~priced).sum(),
            cost=pl.col("cost").sum(),
        )
        .collect(engine="streaming")
        .rows(named=True)
    )


def _charged(
    lake: Lake, cards: CardStore, carrier: Carrier, first: date, last: date
) -> dict[str, Decimal]:
    """What a run charges each account for the period."""
    schedule, snapshot = Schedule(carrier), lake.snapshot()
    begin = first.replace(day=1)
    by_day: dict[date, list[LakeFile]] = defaultdict(list)
    for file in on_days(snapshot.files, begin, last):
        by_day[file.day].append(file)
    sums = tally_parts(lake, cards, schedule, [Part(day, files) for day, files in by_day.items()])
    usage = usage_dues(schedule, sums)
    peaks = peaks_of(lake, snapshot, _by_peaks(carrier), begin, last)
    charged = {}
    for name, account in carrier.accounts.items():
        as_if = AsIf(lake, cards, snapshot, carrier, account, first, last, peaks.get(name, {}))
        charged[name] = as_if.charges(account, Usage(usage.get(name, {}))).total
    return charged


def _by_peaks(carrier: Carrier) -> list[str]:
    def needs(account: Account) -> bool:
        return Holdings.declared(carrier, account, []).by_peaks

    return [name for name, account in carrier.accounts.items() if needs(account)]
