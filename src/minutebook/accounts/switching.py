"""An account moved to another plan, or to another number of channels
(docs/rules/switching.md, "Days between changes" and "Overrides").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minutebook.accounts.apply import declare
from minutebook.errors import InputError

if TYPE_CHECKING:
    from datetime import date

    from minutebook.declarations.carrier import Carrier
    from minutebook.ledger.database import Database
    from minutebook.plans.terms import Account, Term


def switch(
    database: Database,
    account: str,
    plan: str,
    channels: int | None,
    on: date,
    override: str | None,
    by: str,
) -> bool:
    """Put an account on a plan from a UTC day on; whether that changes anything.

    `override` is why the rule of 30 days is set aside; it is kept. Raises `InputError` for what
    the rule, a closed account or a closed month forbids.
    """
    if override is not None and not override.strip():
        raise InputError.advised(
            "an override needs a reason, which is kept",
            "pass it as override",
            shell="say --reason TEXT",
        )

    def tables(carrier: Carrier) -> dict[str, Any]:
        known, now = _term_on(carrier, account, on)
        prices = carrier.plan_of(plan, on)
        if prices.channels is None and channels is not None:
            raise InputError.advised(
                f"plan {plan!r} charges by the minute",
                "leave out channels",
                shell="leave out --channels",
            )
        if prices.channels is not None and channels is None and prices.channels.buys:
            raise InputError.advised(
                f"plan {plan!r} charges by the channel",
                "pass channels",
                shell="say --channels N",
            )
        if (now.plan, now.channels) == (plan, channels):
            return {}
        return _table(known, on, plan, channels, override)

    return _changes(declare(database, tables, by, override or "switch"))


def set_channels(database: Database, account: str, channels: int, on: date, by: str) -> bool:
    """Change the number of channels that an account buys, from a UTC day on; whether it was another."""

    def tables(carrier: Carrier) -> dict[str, Any]:
        known, now = _term_on(carrier, account, on)
        prices = carrier.plan_on(now.plan, on)
        if prices is None or prices.channels is None:
            raise InputError.advised(
                f"{account} is on plan {now.plan!r} on {on}, by the minute",
                "to move it, switch it to a plan by the channel",
                shell=f"to move it: minutebook switch {account} PLAN --channels {channels}",
            )
        if not prices.channels.buys:
            raise InputError(
                f"{account} is on plan {now.plan!r} on {on}, by the 95th percentile: none are bought"
            )
        if now.channels == channels:
            return {}
        override = now.override if now.from_day == on else None
        return _table(known, on, now.plan, channels, override)

    return _changes(declare(database, tables, by, "channels set"))


def _term_on(carrier: Carrier, account: str, on: date) -> tuple[Account, Term]:
    known = carrier.account_named(account)
    if known.closed is not None and on > known.closed:
        raise InputError(
            f"{account} is closed, its last day is {known.closed}; open another account"
        )
    term = known.term_on(on)
    if term is None:
        raise InputError(
            f"{account} begins on {known.terms[0].from_day}; what it begins with is declared by apply"
        )
    return known, term


def _table(
    account: Account, on: date, plan: str, channels: int | None, override: str | None
) -> dict[str, Any]:
    term = {"from": on, "plan": plan, "channels": channels, "override": override}
    said = {key: value for key, value in term.items() if value is not None}
    return {"account": {account.name: {"terms": [said]}}}


def _changes(changes: list[Any]) -> bool:
    return any(change.before != change.after for change in changes)
