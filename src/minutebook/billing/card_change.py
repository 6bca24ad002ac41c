"""A revision taken live or withdrawn: what that changes of days that are billed, and the doing of it
(docs/rules/cards.md, "Going back, and what was billed").
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.billing.schedule import Schedule
from minutebook.billing.set_aside import AccountsAside
from minutebook.billing.tallying import DayFiles, tally_parts
from minutebook.days import instant_text
from minutebook.declarations.carrier import card_of
from minutebook.errors import InputError
from minutebook.ledger import card_revisions, declarations, months, priced_days
from minutebook.ledger.locks import RUN
from minutebook.notebook import Shown
from minutebook.plans.per_minute import due
from minutebook.rating.sums import Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from minutebook.cards.revision import Card, Revision
    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake, LakeFile
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database
    from minutebook.rating.sums import Key


@dataclass(frozen=True, slots=True)
class CardOrder:
    """What is asked of a card: revision `number` is live from `at`, or (not `live`) out of force from then on.

    `reason` is kept with it. Without one, nothing is done that takes back what days were billed by, nor
    that bears on a closed month, unless `force`. `dry_run`: nothing is done at all.
    """

    card: str
    number: int
    at: datetime
    live: bool = True
    reason: str | None = None
    force: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class AccountChange(Shown):
    """What the billed days of an account come to before and after; charges are positive, minimums left out."""

    account: str
    """Its name, as declared."""
    currency: str
    """Of the amounts."""
    days: int
    """How many of its billed days cost something else."""
    before: Decimal
    """What these days cost as they are billed."""
    after: Decimal
    """What they cost after the change."""

    @property
    def difference(self) -> Decimal:
        """What the next run charges more for them; negative: less."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, repr=False)
class CardChange(Shown):
    """What a change of a card does: when its revisions are in force then, and which billed days it bears on."""

    card: Card
    """The card after the change."""
    revision: Revision
    """The revision that is taken live or withdrawn, after the change."""
    changed: bool
    """False: it stands so already, and nothing was said anew."""
    done: bool
    """False: it was only shown."""
    days: tuple[date, ...]
    """The billed UTC days that are priced by another revision than before."""
    accounts: tuple[AccountChange, ...]
    """The accounts for which these days come to something else."""
    closed_months: tuple[date, ...]
    """The first days of closed months among them: their differences are posted on the first open day."""


def change_card(
    database: Database,
    lake: Lake,
    cards: CardStore,
    order: CardOrder,
    by: str,
    progress: Callable[[int, int], None] | None = None,
) -> CardChange:
    """Take a revision live, or out of force, and say what that changes of billed days.

    A draft may go live over billed days of open months as it is. `InputError`: other changes of billed days
    want a reason or force; a revision that is in force then already, or that is not, cannot be made so.
    """
    with database.transaction(lock=RUN) as connection:
        carrier = declarations.load(connection)
        known = card_of(carrier.cards, order.card)
        after = _after(known, order)
        changed = after is not known
        later = replace(carrier, cards={**carrier.cards, order.card: after})
        effect = _Effect(
            connection, lake, cards, _on_card(carrier, order.card), _on_card(later, order.card)
        )
        days = effect.days() if changed else ()
        accounts = effect.accounts(days, progress) if days else ()
        open_from = months.first_open_day(connection)
        closed = {day.replace(day=1) for day in days if open_from is not None and day < open_from}
        if changed and not order.dry_run:
            first = order.live and not known.numbered(order.number).taken_live
            if days and (closed or not first) and order.reason is None and not order.force:
                raise _unasked(order, days, accounts, sorted(closed))
            card_revisions.keep_order(
                connection,
                known.numbered(order.number),
                order.at,
                by,
                order.reason,
                live=order.live,
            )
        return CardChange(
            card=after,
            revision=after.numbered(order.number),
            changed=changed,
            done=changed and not order.dry_run,
            days=days,
            accounts=accounts,
            closed_months=tuple(sorted(closed)),
        )


def _after(known: Card, order: CardOrder) -> Card:
    """The card after the change; the card itself where it stands so already."""
    number, at = order.number, order.at
    revision = known.numbered(number)
    own = known.intervals_of(number)
    if order.live:
        inside = next((i for i in own if i.start <= at and (i.end is None or at < i.end)), None)
        if inside is None:
            return known.with_live(number, at)
        if inside.start == at:
            return known
        what = f"revision {number} of {order.card} is in force at {instant_text(at)} already"
        if inside.end is not None:
            end = instant_text(inside.end)
            raise InputError(
                f"{what} until {end}; to have it on after that, take it live from {end}"
            )
        start = instant_text(inside.start)
        raise InputError.advised(
            what,
            f"to have it begin later, withdraw it from {start} first",
            shell="to have it begin later, withdraw it first:"
            f" minutebook card withdraw {order.card} {number} --at {start}",
        )
    held = [
        live for live in revision.taken_live if live.until is None or live.until > max(at, live.at)
    ]
    if held:
        return known.with_withdrawn(number, at)
    if revision.withdrawn:
        return known
    raise InputError(
        f"revision {number} of {order.card} is a draft: it is not in force, so leave it"
    )


def _unasked(
    order: CardOrder,
    days: tuple[date, ...],
    accounts: tuple[AccountChange, ...],
    closed: list[date],
) -> InputError:
    """What it would change, and how to want it."""
    worth_by: dict[str, Decimal] = defaultdict(Decimal)
    for account in accounts:
        worth_by[account.currency] += account.difference
    worth = ", ".join(
        f"{money.text(amount)} {currency}" for currency, amount in sorted(worth_by.items())
    )
    months_ = f", in {', '.join(f'{m:%Y-%m}' for m in closed)}, which is closed," if closed else ""
    count = f"{len(days):,} billed day{'' if len(days) == 1 else 's'}"
    return InputError.advised(
        f"that prices {count} ({days[0]} to {days[-1]}){months_} anew: {worth or 'no money'} for"
        f" {len(accounts):,} account{'' if len(accounts) == 1 else 's'}",
        "look with dry_run=True, then pass a reason",
        shell="look with --dry-run, then say --reason TEXT, or --force",
    )


def _on_card(carrier: Carrier, card: str) -> Carrier:
    """The carrier with the accounts alone that a plan on the card charges at some time."""
    plans = {
        name for name, revisions in carrier.plans.items() if any(p.card == card for p in revisions)
    }
    accounts = {
        name: account
        for name, account in carrier.accounts.items()
        if any(term.plan in plans for term in account.terms)
    }
    return replace(carrier, accounts=accounts)


@dataclass(slots=True)
class _Effect:
    """Billed days under a carrier's cards as they are, and as they would be."""

    connection: Connection
    lake: Lake
    cards: CardStore
    before: Carrier
    after: Carrier

    def days(self) -> tuple[date, ...]:
        """The billed days that are priced otherwise."""
        old, new = Schedule(self.before), Schedule(self.after)
        billed = priced_days.priced_days(self.connection, date.max)
        return tuple(
            day
            for day in sorted(billed)
            if old.stretch(day).fingerprint != new.stretch(day).fingerprint
        )

    def accounts(
        self, days: tuple[date, ...], progress: Callable[[int, int], None] | None
    ) -> tuple[AccountChange, ...]:
        """What the days come to for each account, where that differs."""
        billed = priced_days.priced_days(self.connection, days[-1])
        wanted = set(days)
        parts: dict[date, list[LakeFile]] = defaultdict(list)
        for file in self.lake.snapshot().files:
            if file.day in wanted and file.name in billed[file.day].files:
                parts[file.day].append(file)
        work = [DayFiles(day, files) for day, files in sorted(parts.items())]
        was = self._dues_under(self.before, work, None)
        now = self._dues_under(self.after, work, progress)
        found: dict[str, list[tuple[Decimal, Decimal]]] = defaultdict(list)
        for key in sorted(was.keys() | now.keys()):
            pair = (was.get(key, Decimal(0)), now.get(key, Decimal(0)))
            if pair[0] != pair[1]:
                found[key[1]].append(pair)
        return tuple(
            AccountChange(
                account=account,
                currency=self.after.accounts[account].currency,
                days=len(pairs),
                before=sum((old for old, _ in pairs), Decimal(0)),
                after=sum((new for _, new in pairs), Decimal(0)),
            )
            for account, pairs in sorted(found.items())
        )

    def _dues_under(
        self,
        carrier: Carrier,
        work: list[DayFiles],
        progress: Callable[[int, int], None] | None,
    ) -> dict[tuple[date, str], Decimal]:
        """As `_dues`; accounts that a run would set aside owe nothing here, before and after."""
        aside, schedule = AccountsAside(), Schedule(carrier)
        return _dues(
            carrier, tally_parts(self.lake, self.cards, schedule, work, progress, aside=aside)
        )


def _dues(carrier: Carrier, sums: Mapping[Key, Sums]) -> dict[tuple[date, str], Decimal]:
    """What each day costs each account, each day rounded as its plan says."""
    schedule = Schedule(carrier)
    together: dict[tuple[date, str], Sums] = defaultdict(Sums)
    for (day, account, _, _), one in sums.items():
        together[day, account] += one
    found = {}
    for (day, account), total in together.items():
        plan = schedule.plan_of(account, day)
        if plan is not None:
            found[day, account] = due(plan, total.numerator)
    return found
