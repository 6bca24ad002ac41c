"""Everything that one carrier has declared, as the program works with it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from minutebook.errors import InputError
from minutebook.plans.holdings import Holdings
from minutebook.plans.plan import revision_on
from minutebook.plans.provider import is_provider, provider_name
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from minutebook.calls.identify import Directory
    from minutebook.calls.source import Source
    from minutebook.cards.revision import Card
    from minutebook.declarations.declared_schedule import DeclaredSchedule
    from minutebook.plans.fx import FxRates
    from minutebook.plans.plan import Plan
    from minutebook.plans.provider import Provider
    from minutebook.plans.terms import Account, Server


@dataclass(slots=True)
class Carrier:
    """Plans by name (revisions sorted by day), accounts, servers, sources, cards, providers, rates of exchange and schedules."""

    plans: dict[str, tuple[Plan, ...]] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)
    fx: dict[str, FxRates] = field(default_factory=dict)
    schedules: dict[str, DeclaredSchedule] = field(default_factory=dict)

    def copy(self) -> Carrier:
        """Another one that says the same, to be changed."""
        return Carrier(**{each.name: dict(getattr(self, each.name)) for each in fields(self)})

    def accounts_having(self, text: str) -> list[str]:
        """The accounts whose name or title has a text, in small letters or large: their names, in order."""
        wanted = text.strip().casefold()
        return sorted(
            account.name
            for account in self.accounts.values()
            if wanted in account.name.casefold() or wanted in account.title.casefold()
        )

    def account_named(self, name: str) -> Account:
        """A declared account; `InputError` where there is none of the name."""
        account = self.accounts.get(name)
        if account is None:
            raise InputError(
                f"account {name!r} is not declared{did_you_mean(name, self.accounts)};"
                f" declare [account.{name}] and apply it"
            )
        return account

    def source_named(self, name: str) -> Source:
        """A declared source; `InputError` where there is none of the name."""
        source = self.sources.get(name)
        if source is None:
            known = ", ".join(sorted(self.sources)) or "none yet"
            raise InputError(
                f"source {name!r} is not declared{did_you_mean(name, self.sources)} (known: {known});"
                f" declare [source.{name}]"
            )
        return source

    def provider_named(self, name: str) -> Provider:
        """A declared provider; `InputError` where there is none of the name."""
        provider = self.providers.get(name)
        if provider is None:
            known = ", ".join(sorted(self.providers)) or "none yet"
            raise InputError(
                f"provider {name!r} is not declared{did_you_mean(name, self.providers)} (known: {known});"
                f" declare [provider.{name}] and apply it"
            )
        return provider

    def holder_named(self, account: str) -> Account:
        """As `account_named`; of a provider's account in the ledger, `provider:NAME`, what it is to a run."""
        if is_provider(account):
            return self.provider_named(provider_name(account)).account()
        return self.account_named(account)

    def both_sides(self) -> Carrier:
        """The carrier as a run charges: each provider too is an account, on a plan that is its card."""
        if not self.providers:
            return self
        bought = {provider.key: provider for provider in self.providers.values()}
        return replace(
            self,
            plans=self.plans | {key: provider.plans() for key, provider in bought.items()},
            accounts=self.accounts | {key: provider.account() for key, provider in bought.items()},
        )

    def only(self, accounts: Iterable[str]) -> Carrier:
        """The carrier as if it had no other accounts than these, and what its providers are to a run."""
        wanted = set(accounts)
        kept = {n: a for n, a in self.accounts.items() if n in wanted or is_provider(n)}
        servers = {name: one for name, one in self.servers.items() if one.account in wanted}
        return replace(self, accounts=kept, servers=servers)

    def card_named(self, name: str) -> Card:
        """A card; `InputError` where there is none of the name."""
        return card_of(self.cards, name)

    def plan_of(self, name: str, day: date) -> Plan:
        """As `plan_on`; `InputError` where there is none of the name."""
        plan = self.plan_on(name, day)
        if plan is None:
            raise InputError(
                f"plan {name!r} is not declared{did_you_mean(name, self.plans)};"
                f" declare [plan.{name}] and apply it"
            )
        return plan

    def plan_on(self, name: str, day: date) -> Plan | None:
        """The revision of a plan in force on a UTC day; the first holds from always."""
        return revision_on(self.plans.get(name, ()), day)

    def holdings(self) -> dict[str, Holdings]:
        """Every account's holdings, by name."""
        servers: dict[str, list[Server]] = {}
        for server in self.servers.values():
            servers.setdefault(server.account, []).append(server)
        return {
            name: self.holdings_of(account, servers.get(name, []))
            for name, account in self.accounts.items()
        }

    def holdings_of(self, account: Account, servers: list[Server]) -> Holdings:
        """What an account holds along the calendar, as it is declared here, with these servers."""
        return Holdings.declared(self.plans, account, servers)

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


def card_of(cards: Mapping[str, Card], name: str) -> Card:
    """One of some cards; `InputError` naming them where there is none of the name."""
    if name not in cards:
        known = ", ".join(cards) or "none yet"
        raise InputError.advised(
            f"there is no card {name!r}{did_you_mean(name, cards)} (known: {known})",
            "make it by importing a deck",
            shell=f"make it with: minutebook card import {name} FILE",
        )
    return cards[name]
