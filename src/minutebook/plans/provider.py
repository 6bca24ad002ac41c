"""Providers: the carriers that calls are bought from, as the program works with them
(docs/rules/providers.md, "A provider").
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Self

from minutebook.cards.tariff import DEFAULT_TERMS, Tally
from minutebook.days import ONE_DAY
from minutebook.plans.plan import Plan
from minutebook.plans.short_calls import ShortCalls
from minutebook.plans.terms import Account, Term

if TYPE_CHECKING:
    from minutebook.plans.gateway import Gateway

PROVIDER_KEYS: Final = ("trunk", "tech_prefix", "server")
"""The keys of a provider's `match` table, the strongest first
(docs/rules/providers.md, "Whose trunk").
"""

_SIDE: Final = "provider:"


@dataclass(frozen=True, slots=True)
class Surcharge:
    """What a provider asks for short calls (docs/rules/surcharges.md, "Of providers")."""

    asked: ShortCalls
    first: date | None = None
    """The first UTC day; None: from always."""
    last: date | None = None
    """The last UTC day; None: until further notice, or until the next begins."""

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Self:
        """What `body` (as `to_body` writes it) says."""
        first, last = (
            None if (day := body.get(key)) is None else date.fromisoformat(day)
            for key in ("from", "until")
        )
        return cls(ShortCalls.from_body(body), first, last)

    def to_body(self) -> dict[str, Any]:
        """The same as JSON, in one canonical spelling."""
        days = {"from": self.first, "until": self.last}
        said = {key: day.isoformat() for key, day in days.items() if day is not None}
        return said | self.asked.to_body()


@dataclass(frozen=True, slots=True)
class Provider:
    """A carrier that we buy from: in one currency, by one buy card.

    Each table of `matches` holds some of `PROVIDER_KEYS`.
    """

    name: str
    """Its name, by which it is declared."""
    title: str
    """For people."""
    currency: str
    """That of its card, and of what we owe it."""
    card: str
    """The buy card that prices the calls that it carries."""
    credit_limit: Decimal | None = None
    """What we may owe it at most; None: as much as comes."""
    matches: tuple[dict[str, str], ...] = field(default_factory=tuple)
    """Which calls it carries: all keys of a table must hold, any of the tables will do."""
    gateway: Gateway | None = None
    """Where it takes calls, for the tables of switches; None: nobody said."""
    short_calls: tuple[Surcharge, ...] = field(default_factory=tuple)
    """What it asks for short calls, by day; none of them overlap."""

    @property
    def key(self) -> str:
        """Its account in the ledger."""
        return provider_key(self.name)

    def account(self) -> Account:
        """What it is to a run: an account on a plan that is its buy card, from always."""
        return Account(self.key, self.title, self.currency, Decimal(0), (Term(date.min, self.key),))

    def plan(self) -> Plan:
        """What prices its calls: its buy card, call by call."""
        return Plan(
            name=self.card,
            currency=self.currency,
            tally=Tally.CALL,
            terms=DEFAULT_TERMS,
            card=self.card,
            rate=None,
        )

    def plans(self) -> tuple[Plan, ...]:
        """What prices its calls, with a revision for each change of what it asks for short ones."""
        plan = self.plan()
        found: dict[date | None, Plan] = {None: plan}
        for one in self.short_calls:
            found[one.first] = replace(plan, from_day=one.first, short_calls=one.asked)
            if one.last is not None:
                after = one.last + ONE_DAY
                found[after] = replace(plan, from_day=after)
        return tuple(found.values())


def provider_key(name: str) -> str:
    """The account in the ledger that holds what we owe a provider."""
    return f"{_SIDE}{name}"


def is_provider(account: str) -> bool:
    """Whether an account in the ledger is a provider's."""
    return account.startswith(_SIDE)


def provider_name(account: str) -> str:
    """The provider whose account in the ledger it is."""
    return account.removeprefix(_SIDE)
