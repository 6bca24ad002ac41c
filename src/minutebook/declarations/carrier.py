"""Everything that one carrier has declared, as the program works with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from minutebook.errors import InputError

if TYPE_CHECKING:
    from datetime import date

    from minutebook.calls.identify import Directory
    from minutebook.calls.source import Source
    from minutebook.cards.revision import Card
    from minutebook.plans.plan import Plan
    from minutebook.plans.terms import Account, Server


@dataclass(slots=True)
class Carrier:
    """Plans by name (revisions sorted by day), accounts, servers, sources and cards."""

    plans: dict[str, tuple[Plan, ...]] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)

    def account_named(self, name: str) -> Account:
        """A declared account; `InputError` where there is none of the name."""
        account = self.accounts.get(name)
        if account is None:
            raise InputError(
                f"account {name!r} is not declared; declare [account.{name}] and apply it"
            )
        return account

    def plan_on(self, name: str, day: date) -> Plan | None:
        """The revision of a plan in force on a UTC day; the first holds from always."""
        found = None
        for plan in self.plans.get(name, ()):
            if found is not None and plan.from_day is not None and plan.from_day > day:
                break
            found = plan
        return found

    def directory(self) -> Directory:
        """Whose calls are whose, for identification."""
        from minutebook.calls.identify import AccountSpan, Directory, MatchRule

        rules = [
            MatchRule(account=account.name, **keys)
            for account in self.accounts.values()
            for keys in account.matches
        ]
        spans = [
            AccountSpan(account.name, account.terms[0].from_day, account.closed)
            for account in self.accounts.values()
        ]
        return Directory(tuple(rules), tuple(spans))
