"""Providers, and what we owe them, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.plans.provider import is_provider
from minutebook.show.serialise import Amount
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.accounts.provider_standings import ProviderStanding


def holders_text(names: Iterable[str]) -> str:
    """How many accounts and how many providers these are, by their accounts in the ledger."""
    sides = [is_provider(name) for name in names]
    bought = sum(sides)
    parts = [counted(len(sides) - bought, "account")] if len(sides) > bought or not sides else []
    return " and ".join([*parts, counted(bought, "provider")] if bought else parts)


@dataclass(frozen=True)
class OwedView:
    """What we owe a provider."""

    provider: Annotated[str, Doc("its name, as declared")]
    currency: Annotated[str, Doc("of all amounts here")]
    balance: Annotated[Amount, Doc("cost and adjustments less what we paid: what we owe")]
    credit_limit: Annotated[Amount | None, Doc("what we may owe at most; null: nobody said")]
    available: Annotated[Amount | None, Doc("credit limit − balance")]

    @classmethod
    def of(cls, standing: ProviderStanding) -> OwedView:
        """As it stands."""
        return cls(
            provider=standing.provider.name,
            currency=standing.provider.currency,
            balance=standing.balance,
            credit_limit=standing.provider.credit_limit,
            available=standing.available,
        )


@dataclass(frozen=True)
class ListedProviderView(OwedView):
    """A provider: how its calls are known, by what they are paid, what is owed."""

    name: Annotated[str, Doc("for people")]
    card: Annotated[str, Doc("the buy card that prices the calls that it carries")]
    match: Annotated[
        list[dict[str, str]],
        Doc("which calls it carries: tables of `trunk`, `tech_prefix`, `server`"),
    ]

    @classmethod
    def of(cls, standing: ProviderStanding) -> ListedProviderView:
        """The provider's line."""
        provider = standing.provider
        return cls(
            **vars(OwedView.of(standing)),
            name=provider.title,
            card=provider.card,
            match=[dict(table) for table in provider.matches],
        )

    @property
    def calls(self) -> str:
        """Which calls it carries, in words."""
        return "; ".join(
            " and ".join(f"{key} {value}" for key, value in table.items()) for table in self.match
        )


@dataclass(frozen=True)
class ProvidersView:
    """Every provider."""

    providers: Annotated[list[ListedProviderView], Doc("by name")]

    @classmethod
    def of(cls, standings: Iterable[ProviderStanding]) -> ProvidersView:
        """The providers' lines."""
        return cls([ListedProviderView.of(standing) for standing in standings])
