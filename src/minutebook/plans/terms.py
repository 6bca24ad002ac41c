"""Accounts, their terms and servers, as the program works with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

MATCH_KEYS = ("account_code", "trunk", "caller_prefix", "server")
"""The keys of a `match` table, in the order in which they rank (docs/rules/identity.md, "Whose call")."""


@dataclass(frozen=True, slots=True)
class Term:
    """From `from_day` 00:00 UTC an account is on `plan`, until its next term.

    `channels` are those bought, under a plan that charges by the channel; None under others.
    `override` is why a rule was set aside.
    """

    from_day: date
    plan: str
    override: str | None = None
    channels: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A customer: one currency, one balance, and at any instant one plan.

    `terms` are sorted by day. Each table of `matches` holds some of `MATCH_KEYS`. `closed` is its
    last UTC day; None while it is open.
    """

    name: str
    title: str
    currency: str
    debit_limit: Decimal
    terms: tuple[Term, ...]
    matches: tuple[dict[str, str], ...] = field(default_factory=tuple)
    closed: date | None = None
    mask_numbers: bool = False
    """Whether the customer is shown the numbers of the others without their last digits."""
    offers: tuple[str, ...] = ()
    """The plans that the customer is shown beside its own."""

    def term_on(self, day: date) -> Term | None:
        """The term in force on a UTC day; None before the first, and once the account is closed."""
        found = None
        if self.closed is not None and day > self.closed:
            return None
        for term in self.terms:
            if term.from_day > day:
                break
            found = term
        return found

    def plan_on(self, day: date) -> str | None:
        """The plan's name on a UTC day; None where no term is in force."""
        term = self.term_on(day)
        return None if term is None else term.plan


@dataclass(frozen=True, slots=True)
class Server:
    """A switch that an account has deployed, from and to a day, both included."""

    name: str
    account: str
    deployed: date
    retired: date | None = None
