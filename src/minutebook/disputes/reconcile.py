"""The two sides of a reconciliation: the lake, a file of calls, or an invoice's totals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from minutebook.billing.schedule import Schedule
from minutebook.calls.carried import carried
from minutebook.cards.tariff import DEFAULT_TERMS, Tally
from minutebook.days import ONE_DAY, SECOND_US
from minutebook.declarations.carrier import Carrier
from minutebook.disputes.asked import LAKE
from minutebook.disputes.causes.classes import Difference
from minutebook.disputes.open_side import open_side
from minutebook.disputes.prices import Prices
from minutebook.disputes.reading.sides import AMOUNT
from minutebook.disputes.reconciled_calls import reconciled_calls
from minutebook.disputes.reconciled_totals import reconciled_totals
from minutebook.errors import InputError
from minutebook.lake.lake import as_files
from minutebook.ledger import declarations
from minutebook.plans.plan import Plan
from minutebook.plans.provider import provider_key
from minutebook.plans.terms import Account, Term

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.disputes.asked import Asked
    from minutebook.disputes.reading.their_invoice import Invoice
    from minutebook.disputes.reconciliation import Reconciliation, SideFacts
    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database

    Progress = Callable[[str, int, int], None]

_CARD = "\0card"
"""The plan and the account by which a card prices calls."""


def reconcile(
    database: Database,
    lake: Lake,
    cards: CardStore,
    asked: Asked,
    progress: Progress | None = None,
) -> Reconciliation:
    """Where two sides differ, and what that is worth; nothing is posted.

    `progress` is told of ("bytes", read, of all) and of ("steps", done, of all).
    """
    asked.check()
    with database.transaction() as connection:
        carrier = declarations.load(connection)
    asked.check_sides(carrier.accounts)
    if asked.provider is not None:
        asked = replace(asked, card=carrier.provider_named(asked.provider).card)
    found = _held(lake, cards, carrier, asked, progress)
    if asked.provider is None:
        return found
    return replace(
        found, provider=asked.provider, elsewhere=_elsewhere(found, lake, carrier, asked.provider)
    )


def _elsewhere(found: Reconciliation, lake: Lake, carrier: Carrier, provider: str) -> int:
    """Of the calls that a provider alone has, those that the lake has by another route, or by none."""
    if "their_call_id" not in found.calls.columns:
        return 0
    missing = found.calls.filter(pl.col("difference") == Difference.MISSING_OURS)
    ids = missing["their_call_id"].drop_nulls().unique()
    days = pl.col("day").is_between(found.first - ONE_DAY, found.last + ONE_DAY)
    files = as_files(lake.snapshot().frame.filter(days))
    if ids.is_empty() or not files:
        return 0
    route = carried(carrier.providers.values())
    known = lake.scan(files).filter(
        pl.col("call_id").is_in(ids.implode()), route.ne_missing(provider_key(provider))
    )
    return int(known.select(pl.col("call_id").n_unique()).collect(engine="streaming").item())


def _held(
    lake: Lake, cards: CardStore, carrier: Carrier, asked: Asked, progress: Progress | None
) -> Reconciliation:
    currency = None if asked.account is None else carrier.account_named(asked.account).currency
    pricing = carrier
    if asked.card is not None:
        currency = carrier.card_named(asked.card).currency
        pricing = _by_card(carrier, asked.card)
    prices = Prices(Schedule(pricing), cards)
    (ours, our_facts), (theirs, their_facts) = (
        open_side(which, lake, carrier, asked, progress) for which in (asked.ours, asked.theirs)
    )
    currency = currency or _one_currency(carrier, ours, theirs)
    facts, days = (our_facts, their_facts), (asked.first, asked.last)
    currency = _agreed_currency(currency, facts)
    if asked.card is not None:
        ours, theirs = (
            side.with_columns(account=pl.lit(_CARD)) if isinstance(side, pl.DataFrame) else side
            for side in (ours, theirs)
        )
    if isinstance(ours, pl.DataFrame) and isinstance(theirs, pl.DataFrame):
        tolerance_us = asked.tolerance_s * SECOND_US
        sides = ours, theirs
        silent, by_theirs = _measure(asked, ours, theirs)
        return reconciled_calls(
            sides,
            facts,
            prices,
            *days,
            currency,
            tolerance_us,
            silent,
            by_theirs=by_theirs,
            progress=progress,
        )
    return reconciled_totals((ours, theirs), facts, prices, *days, currency)


def _by_card(carrier: Carrier, card: str) -> Carrier:
    """A carrier of one account, whose calls a card prices, each by itself."""
    currency = carrier.card_named(card).currency
    plan = Plan(_CARD, currency, Tally.CALL, DEFAULT_TERMS, card=card)
    account = Account(_CARD, _CARD, currency, Decimal(0), (Term(date.min, _CARD),), ())
    return Carrier(plans={_CARD: (plan,)}, accounts={_CARD: account}, cards=carrier.cards)


def _agreed_currency(ours: str | None, facts: tuple[SideFacts, SideFacts]) -> str | None:
    """The currency of both sides; `InputError` where a file is in another."""
    for fact in facts:
        if ours is not None and fact.currencies is not None and ours not in fact.currencies:
            raise InputError(
                f"its amounts are in {min(fact.currencies)}, and it is held against {ours}; name an account or a"
                " card in its currency, or convert its amounts first",
                file=fact.name,
            )
    said = [fact.currencies for fact in facts if fact.currencies is not None]
    both = frozenset.intersection(*said) if said else frozenset()
    if said and not both:
        raise InputError(
            f"{facts[0].name} is in {min(said[0])} and {facts[1].name} in {min(said[1])}; convert one of them first"
        )
    return ours or (min(both) if len(both) == 1 else None)


def _measure(
    asked: Asked, ours: pl.DataFrame, theirs: pl.DataFrame
) -> tuple[int | None, bool | None]:
    """Which side is priced as the calls that it is matched with, and whether ours is measured by theirs.

    As `reconciled_calls` takes them. Our cards price the lake, and a file without amounts.
    """
    own, other = (side[AMOUNT].null_count() < side.height for side in (ours, theirs))
    if asked.theirs != LAKE and theirs[AMOUNT].null_count():
        return 1, asked.ours != LAKE and own and not other
    silent = 0 if asked.ours != LAKE and asked.theirs == LAKE else None
    if asked.ours == LAKE or not own:
        return silent, False
    return silent, None if other and asked.account is not None else not other


def _one_currency(carrier: Carrier, *sides: pl.DataFrame | Invoice) -> str | None:
    """The currency of the sides' accounts; None where none is known, `InputError` where they have several."""
    names: set[str] = set()
    for side in sides:
        if isinstance(side, pl.DataFrame):
            names |= set(side["account"].drop_nulls().unique())
    currencies = sorted({carrier.account_named(name).currency for name in names})
    if len(currencies) > 1:
        raise InputError(
            f"these calls are in {' and '.join(currencies)}, which cannot be added up; name the account"
        )
    return currencies[0] if currencies else None
