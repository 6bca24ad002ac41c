"""A revision taken live or withdrawn: what that changes of days that are billed, and the doing of it
(docs/rules/cards.md, "Going back, and what was billed").
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.billing.card_effect import CardEffect, on_card
from minutebook.days import instant_text
from minutebook.declarations.carrier import card_of
from minutebook.errors import InputError
from minutebook.intake.deck_notice import change_notice, short_notice_error
from minutebook.intake.rate_cards import check_bounds
from minutebook.ledger import card_revisions, declarations, months
from minutebook.ledger.locks import RUN
from minutebook.notebook import Shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from minutebook.billing.card_effect import AccountChange
    from minutebook.cards.revision import Card, Revision
    from minutebook.cards.short_notice import ShortNotice
    from minutebook.declarations.carrier import Carrier
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.database import Database


@dataclass(frozen=True, slots=True)
class CardOrder:
    """What is asked of a card: revision `number` is live from `at`, or (not `live`) out of force from then on.

    `reason` is kept with it. Without one, nothing is done that takes back what days were billed by, nor
    that bears on a closed month, unless `force`. `dry_run`: nothing is done at all. `strict`: what comes later than the card's notice refuses it.
    """

    card: str
    number: int
    at: datetime
    live: bool = True
    reason: str | None = None
    force: bool = False
    dry_run: bool = False
    strict: bool = False


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
    short_notice: tuple[ShortNotice, ...] = ()
    """What of it holds sooner than is agreed for the card."""


def change_card(
    database: Database,
    lake: Lake,
    cards: CardStore,
    order: CardOrder,
    by: str,
    now: datetime,
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
        first = order.live and not known.numbered(order.number).taken_live
        found = _effect(connection, lake, cards, carrier, order, after, progress)
        if found.changed:
            found = _with_notice(cards, order, found, now)
        if found.done:
            _check_asked(order, found, first=first)
            card_revisions.keep_order(
                connection,
                known.numbered(order.number),
                order.at,
                by,
                order.reason,
                live=order.live,
            )
        return found


def roll_back(
    database: Database,
    lake: Lake,
    cards: CardStore,
    order: CardOrder,
    *,
    draft: bool,
    now: datetime,
    by: str,
    progress: Callable[[int, int], None] | None = None,
) -> CardChange:
    """Make a new revision with the rows and the terms of revision `number`: a draft, or live from `order.at`.

    `InputError`: what it changes of billed days wants a reason or force, as they go back; these prices are in
    force then already (docs/rules/cards.md, "Changes by hand, and going back").
    """
    with database.transaction(lock=RUN) as connection:
        carrier = declarations.load(connection)
        known = card_of(carrier.cards, order.card)
        old, held = known.numbered(order.number), known.in_force(order.at)
        if held is not None and (held.sha256, held.terms) == (old.sha256, old.terms):
            raise InputError(
                f"card {order.card!r} has the prices of revision {old.number} at {instant_text(order.at)}"
                f" already, by revision {held.number}"
            )
        check_bounds(carrier, order.card, old.terms, cards.read(old.sha256))
        number = card_revisions.last_number(connection, order.card) + 1
        again = replace(
            old, number=number, file=f"revision {old.number} again", imported_at=now, lives=(), live_at=None,
            withdrawn=False, built=None,
        )  # fmt: skip
        order = replace(order, number=number)
        after = known.with_revision(again)
        if not draft:
            after = after.with_live(number, order.at)
        found = _effect(connection, lake, cards, carrier, order, after, progress)
        if not draft:
            found = _with_notice(cards, order, found, now)
        if found.done:
            _check_asked(order, found, first=False)
            card_revisions.add(connection, known.currency, again, by, "card rollback")
            if not draft:
                card_revisions.keep_order(connection, again, order.at, by, order.reason, live=True)
        return found


def _effect(
    connection: Connection,
    lake: Lake,
    cards: CardStore,
    carrier: Carrier,
    order: CardOrder,
    after: Card,
    progress: Callable[[int, int], None] | None,
) -> CardChange:
    """What it does that a card is as it is `after` an order; nothing is kept."""
    changed = after is not carrier.cards[order.card]
    later = replace(carrier, cards={**carrier.cards, order.card: after})
    effect = CardEffect(
        connection, lake, cards, on_card(carrier, order.card), on_card(later, order.card)
    )
    days = effect.days() if changed else ()
    return CardChange(
        card=after,
        revision=after.numbered(order.number),
        changed=changed,
        done=changed and not order.dry_run,
        days=days,
        accounts=effect.accounts(days, progress) if days else (),
        closed_months=_closed(connection, days),
    )


def _with_notice(
    cards: CardStore, order: CardOrder, found: CardChange, now: datetime
) -> CardChange:
    """The change with what of it holds sooner than is agreed (docs/rules/decks.md, "Notice"); `InputError` for any where the order is strict."""
    short = change_notice(found.card, cards, order.at, now)
    if short and order.strict:
        raise short_notice_error(found.card, short, now, "at", "--at")
    return replace(found, short_notice=tuple(short))


def _check_asked(order: CardOrder, found: CardChange, *, first: bool) -> None:
    """`InputError` where a change takes back what days were billed by, and neither a reason nor force is said."""
    anew = found.days and (found.closed_months or not first)
    if anew and order.reason is None and not order.force:
        raise _unasked(order, found.days, found.accounts, found.closed_months)


def change_by_import(
    database: Database,
    lake: Lake,
    cards: CardStore,
    before: Card,
    number: int,
    progress: Callable[[int, int], None] | None = None,
) -> CardChange:
    """What revision `number`, which a deck brought and which is in force, changed of billed days.

    `before` is the card as it was until then.
    """
    with database.transaction(lock=RUN) as connection:
        carrier = declarations.load(connection)
        card = card_of(carrier.cards, before.name)
        earlier = replace(carrier, cards={**carrier.cards, card.name: before})
        effect = CardEffect(
            connection, lake, cards, on_card(earlier, card.name), on_card(carrier, card.name)
        )
        days = effect.days()
        return CardChange(
            card=card,
            revision=card.numbered(number),
            changed=True,
            done=True,
            days=days,
            accounts=effect.accounts(days, progress) if days else (),
            closed_months=_closed(connection, days),
        )


def _closed(connection: Connection, days: tuple[date, ...]) -> tuple[date, ...]:
    """The first days of the closed months that these days are in."""
    open_from = months.first_open_day(connection)
    if open_from is None:
        return ()
    return tuple(sorted({day.replace(day=1) for day in days if day < open_from}))


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
    closed: tuple[date, ...],
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
