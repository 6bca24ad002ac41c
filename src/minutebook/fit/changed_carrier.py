"""A carrier as it would be: with other plans, other revisions of cards, or every call bought."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from minutebook.cards.revision import ALWAYS, Revision
from minutebook.cards.tariff import DEFAULT_TERMS, Tally
from minutebook.errors import InputError
from minutebook.plans.plan import Plan
from minutebook.plans.terms import Term
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minutebook.declarations.carrier import Carrier

_BUY = "\0buy"


@dataclass(frozen=True, slots=True)
class Changes:
    """What is changed: `plans` in place of those of their names, from their `from_day` on or
    throughout; `cards`, a revision of each in force throughout; what calls cost is by the card
    `buy`, None: not asked."""

    plans: Mapping[str, Plan] = field(default_factory=dict)
    cards: Mapping[str, int] = field(default_factory=dict)
    buy: str | None = None


def changed_carrier(carrier: Carrier, changes: Changes, first: date, last: date) -> Carrier:
    """The carrier as it would be with the changes, for days of a period; `InputError` where they are
    of what is not declared, or change nothing of the period."""
    plans = dict(carrier.plans)
    for name, plan in changes.plans.items():
        known = carrier.plans.get(name)
        if known is None:
            raise InputError(
                f"plan {name!r} is not declared{did_you_mean(name, carrier.plans)}, so no account is on"
                " it; change one of"
                f" {', '.join(sorted(carrier.plans))}"
            )
        _keeps(known[0], plan)
        _matters(carrier, plan, first, last)
        plans[name] = _revised(known, plan)
    cards = dict(carrier.cards)
    for name, number in changes.cards.items():
        card = carrier.card_named(name)
        chosen = [revision for revision in card.revisions if revision.number == number]
        if not chosen:
            raise InputError(f"card {name!r} has no revision {number}")
        cards[name] = replace(card, revisions=(_always(chosen[0]),))
    return replace(carrier, plans=plans, cards=cards)


def buying(carrier: Carrier, card: str) -> Carrier:
    """Every call in the card's currency by that card, rounded by itself; after closing too."""
    currency = carrier.card_named(card).currency
    plan = Plan(_BUY, currency, Tally.CALL, DEFAULT_TERMS, card=card)
    accounts = {
        name: replace(account, terms=(Term(account.terms[0].from_day, _BUY),), closed=None)
        for name, account in carrier.accounts.items()
        if account.currency == currency
    }
    return replace(carrier, plans={_BUY: (plan,)}, accounts=accounts)


def _keeps(known: Plan, plan: Plan) -> None:
    """`InputError` where a plan would become what `apply` refuses too."""
    if known.currency != plan.currency:
        raise InputError(f"plan {plan.name!r} is in {known.currency}, not in {plan.currency}")
    if known.model != plan.model:
        raise InputError.advised(
            f"plan {plan.name!r} is {known.model}, not {plan.model}",
            "a plan keeps its model, so put back what it was (a review with against= compares other models)",
            shell="a plan keeps its model, so put back what it was (review --against compares other models)",
        )
    if (
        known.channels is not None
        and plan.channels is not None
        and known.channels.buys != plan.channels.buys
    ):
        was = "the channels bought" if known.channels.buys else "the 95th percentile"
        raise InputError(f"plan {plan.name!r} is billed by {was}; a plan keeps that, so leave it")


def _matters(carrier: Carrier, plan: Plan, first: date, last: date) -> None:
    """`InputError` where a changed plan can change nothing of a period."""
    if plan.from_day is not None and plan.from_day > last:
        raise InputError(
            f"plan {plan.name!r} is changed from {plan.from_day} on, after {last}; choose later days,"
            " or leave out from"
        )
    begin = first.replace(day=1)
    stretches = (
        held
        for account in carrier.accounts.values()
        for _, _, held in carrier.holdings_of(account, []).stretches(begin, last)
    )
    if all(held.plan.name != plan.name for held in stretches):
        raise InputError(
            f"no account is on plan {plan.name!r} from {first} to {last}, so it changes nothing;"
            " take it out of the file"
        )


def _revised(known: tuple[Plan, ...], plan: Plan) -> tuple[Plan, ...]:
    """A plan's revisions with one more from its day on, as `apply` merges them; that alone without a day."""
    if plan.from_day is None:
        return (plan,)
    kept = [revision for revision in known if revision.from_day != plan.from_day]
    return tuple(sorted([*kept, plan], key=lambda revision: revision.from_day or date.min))


def _always(revision: Revision) -> Revision:
    return replace(revision, live_at=ALWAYS, lives=())
