"""Accounts as every door shows them: what each is on, and was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.money import text
from minutebook.plans.minimum import shortfall
from minutebook.show.overlaps import OverlapView
from minutebook.show.serialise import Amount, Day, Instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.accounts.account_standing import AccountStanding, Event
    from minutebook.accounts.listed_accounts import ListedAccount
    from minutebook.plans.short_call_dues import ShortCallPeriod
    from minutebook.plans.terms import Term


@dataclass(frozen=True)
class ListedAccountView:
    """An account in a month, so far."""

    account: Annotated[str, Doc("its name, as declared")]
    name: Annotated[str, Doc("for people")]
    currency: Annotated[str, Doc("of all amounts here")]
    status: Annotated[str, Doc('now: `"active"`, `"suspended"` or `"closed"`')]
    plan: Annotated[str | None, Doc("today, or on the month's nearest day")]
    model: Annotated[str | None, Doc('the plan\'s: `"per_minute"` or `"per_channel"`')]
    channels: Annotated[int | None, Doc("bought then")]
    servers: Annotated[int, Doc("deployed then")]
    calls: Annotated[int, Doc("attempts of the month, recorded so far, billed or not")]
    required: Annotated[Amount, Doc("the minimum by the month's end; positive")]
    spent: Annotated[Amount, Doc("what is billed on calls and channels so far; positive")]
    shortfall: Annotated[Amount, Doc("what is missing; positive")]
    stagnant: Annotated[bool, Doc("it has servers and no calls")]

    @classmethod
    def of(cls, listed: ListedAccount) -> ListedAccountView:
        """The account's line."""
        return cls(
            account=listed.account.name,
            name=listed.account.title,
            currency=listed.account.currency,
            status=listed.status,
            plan=listed.plan,
            model=listed.model,
            channels=listed.channels,
            servers=listed.servers,
            calls=listed.calls,
            required=listed.required,
            spent=listed.spent,
            shortfall=shortfall(listed.required, listed.spent),
            stagnant=listed.stagnant,
        )


@dataclass(frozen=True)
class AccountsView:
    """Accounts in a month."""

    accounts: Annotated[list[ListedAccountView], Doc("by name")]

    @classmethod
    def of(cls, listed: Iterable[ListedAccount]) -> AccountsView:
        """The accounts' lines."""
        return cls([ListedAccountView.of(account) for account in listed])


@dataclass(frozen=True)
class HeldServerView:
    """A server that an account has on a day."""

    server: Annotated[str, Doc("its name")]
    free: Annotated[bool, Doc("it comes with the channels")]


@dataclass(frozen=True)
class EventView:
    """Something that holds from a day on."""

    date: Annotated[Day, Doc("the first UTC day on which it holds")]
    what: Annotated[str, Doc('`"plan"`, `"channels"`, `"server"`, `"status"`')]
    change: Annotated[str, Doc("what it is from then")]
    by: Annotated[str | None, Doc("who said it; null where nobody knows")]
    at: Annotated[Instant | None, Doc("when it was said")]
    reason: Annotated[str | None, Doc("why, where it was said")]
    replaced_by: Annotated[
        str | None, Doc("who said otherwise later, so that it holds no longer; null: it holds")
    ]
    replaced_at: Annotated[Instant | None, Doc("when that was said")]
    replaced_reason: Annotated[str | None, Doc("why, or by which command")]

    @classmethod
    def of(cls, event: Event) -> EventView:
        """The event."""
        later = event.replaced
        return cls(
            date=event.day,
            what=event.what,
            change=event.change,
            by=event.by,
            at=event.at,
            reason=event.reason,
            replaced_by=None if later is None else later.by,
            replaced_at=None if later is None else later.at,
            replaced_reason=None if later is None else later.reason,
        )


@dataclass(frozen=True)
class ShortCallsView:
    """The answered calls of a day or month, as billed so far, of which too many short ones cost a fee."""

    plan: Annotated[str, Doc("the plan that asks for it")]
    per: Annotated[str, Doc('`"day"` or `"month"`')]
    from_: Annotated[Day, Doc("the first UTC day that counts")]
    to: Annotated[Day, Doc("the last, on which it is charged")]
    answered: Annotated[int, Doc("the account's answered calls of these days")]
    short: Annotated[int, Doc("of these, those below `below_seconds`")]
    below_seconds: Annotated[float, Doc("as the plan says")]
    share_over: Annotated[Amount, Doc("as the plan says: up to such a share nothing is due")]
    fee: Annotated[Amount, Doc("as the plan says: of each short call")]
    due: Annotated[
        Amount, Doc("what these calls make due, positive; 0 where the share is not above the limit")
    ]

    @classmethod
    def of(cls, period: ShortCallPeriod) -> ShortCallsView:
        """The period."""
        answered, terms = period.answered, period.terms
        return cls(
            plan=period.plan,
            per=terms.per,
            from_=period.first,
            to=period.last,
            answered=int(answered.calls),
            short=int(answered.short),
            below_seconds=terms.below_ms / 1000,
            share_over=terms.share_over,
            fee=terms.fee,
            due=terms.due(answered),
        )

    def words(self, currency: str) -> str:
        """As in "Short calls of …: 3 of 21 answered so far"."""
        days = f"{self.from_}" if self.from_ == self.to else f"{self.from_} to {self.to}"
        most = text(self.share_over * 100, 0)
        return (
            f"Short calls of {days}, as billed so far: {self.short:,} of {self.answered:,} answered lasted less than"
            f" {self.below_seconds:g} s; above {most} % each costs {text(self.fee)} {currency}:"
            f" {text(self.due)} is due so far."
        )


@dataclass(frozen=True)
class AccountView:
    """What an account is on, on a day, and its whole history."""

    account: Annotated[str, Doc("its name, as declared")]
    name: Annotated[str, Doc("for people")]
    currency: Annotated[str, Doc("of all amounts here")]
    debit_limit: Annotated[Amount, Doc("how far below 0 the balance may go")]
    floor: Annotated[Amount, Doc("minus the debit limit")]
    match: Annotated[
        list[dict[str, str]],
        Doc(
            "its match tables, the strongest first: `account_code`, `trunk`, `caller_prefix`, `server`"
        ),
    ]
    at: Annotated[Day, Doc("the day that is asked for")]
    status: Annotated[str, Doc("on it")]
    status_reason: Annotated[str | None, Doc("why it is suspended")]
    plan: Annotated[str | None, Doc("what it is on")]
    model: Annotated[str | None, Doc('the plan\'s: `"per_minute"` or `"per_channel"`')]
    channels: Annotated[int | None, Doc("bought")]
    since: Annotated[Day | None, Doc("the first day of that")]
    closed: Annotated[Day | None, Doc("its last day")]
    servers: Annotated[list[HeldServerView], Doc("those deployed")]
    history: Annotated[list[EventView], Doc("the earliest first")]
    overlaps: Annotated[
        list[OverlapView], Doc("tables of others that compete for calls with its own, ties first")
    ]
    short_calls: Annotated[
        ShortCallsView | None,
        Doc("of the day or its month; null where the plan charges nothing for short calls"),
    ]
    offers: Annotated[list[str], Doc("plans that its customer may compare its own with")]
    mask_numbers: Annotated[
        bool, Doc("whether its customer is shown called numbers without their last digits")
    ]

    @classmethod
    def of(cls, standing: AccountStanding) -> AccountView:
        """The account, as it stands on the day."""
        return cls(
            account=standing.account.name,
            name=standing.account.title,
            currency=standing.account.currency,
            debit_limit=standing.account.debit_limit,
            floor=-standing.account.debit_limit,
            match=[dict(rule.keys) for rule in standing.rules],
            at=standing.day,
            status=standing.status,
            status_reason=standing.status_reason,
            plan=standing.plan,
            model=standing.model,
            channels=standing.channels,
            since=standing.since,
            closed=standing.account.closed,
            servers=[
                *(HeldServerView(name, free=True) for name in standing.free),
                *(HeldServerView(name, free=False) for name in standing.charged),
            ],
            history=[EventView.of(event) for event in standing.history],
            overlaps=[OverlapView.of(one) for one in standing.overlaps],
            short_calls=None
            if standing.short_calls is None
            else ShortCallsView.of(standing.short_calls),
            offers=list(standing.account.offers),
            mask_numbers=standing.account.mask_numbers,
        )


@dataclass(frozen=True)
class TermView:
    """What an account is on from a day."""

    account: Annotated[str, Doc("its name, as declared")]
    from_: Annotated[Day, Doc("the first day of what holds on the day that was named")]
    plan: Annotated[str, Doc("what it is on")]
    channels: Annotated[int | None, Doc("bought")]
    override: Annotated[str | None, Doc("why the rule of 30 days is set aside")]

    @classmethod
    def of(cls, account: str, term: Term) -> TermView:
        """The term of an account."""
        return cls(account, term.from_day, term.plan, term.channels, term.override)
