"""Servers and the minimum of a month, as every door shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_doc import Doc

from minutebook.plans.minimum import shortfall
from minutebook.show.serialise import Amount, Day, Month, Owed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from minutebook.accounts.minimum_standing import MinimumStanding, ServerStanding
    from minutebook.accounts.servers import ListedServer


@dataclass(frozen=True)
class ServerView:
    """A server on a day, and what it owes in the day's month."""

    server: Annotated[str, Doc("its name")]
    account: Annotated[str, Doc("whose it is")]
    deployed: Annotated[Day, Doc("its first day")]
    retired: Annotated[Day | None, Doc("its last day")]
    standing: Annotated[
        str, Doc('`"planned"`, `"deployed"` or `"retired"` on the day that is asked for')
    ]
    free: Annotated[
        bool | None,
        Doc("whether it comes with the channels on that day; null where it is not deployed"),
    ]
    owed: Annotated[Owed, Doc("in the day's month, unrounded, to six decimals; positive")]
    met: Annotated[
        bool, Doc("whether the account's minimum of that month is, by what is billed so far")
    ]

    @classmethod
    def of(cls, listed: ListedServer) -> ServerView:
        """The server's line."""
        return cls(
            server=listed.server.name,
            account=listed.server.account,
            deployed=listed.server.deployed,
            retired=listed.server.retired,
            standing=listed.standing,
            free=listed.free,
            owed=listed.owed,
            met=listed.met,
        )


@dataclass(frozen=True)
class ServerChangeView(ServerView):
    """A server that is deployed or retired."""

    new: Annotated[bool, Doc("false: it was so before, and nothing is changed")]

    @classmethod
    def done(cls, listed: ListedServer, *, new: bool) -> ServerChangeView:
        """The server's line, and whether anything was changed."""
        return cls(**vars(ServerView.of(listed)), new=new)


@dataclass(frozen=True)
class ServersView:
    """Servers on a day."""

    servers: Annotated[list[ServerView], Doc("those that are declared")]

    @classmethod
    def of(cls, listed: Iterable[ListedServer]) -> ServersView:
        """The servers' lines."""
        return cls([ServerView.of(server) for server in listed])


@dataclass(frozen=True)
class ServerMonthView:
    """A server in a month."""

    server: Annotated[str, Doc("its name")]
    deployed: Annotated[Day, Doc("its first day")]
    retired: Annotated[Day | None, Doc("its last day")]
    days: Annotated[int, Doc("that owe")]
    free_days: Annotated[int, Doc("on which it came with the channels")]
    owed: Annotated[Owed, Doc("unrounded, to six decimals")]
    calls: Annotated[int, Doc("that it carried, whoever's they are, billed so far")]
    seconds: Annotated[float, Doc("of these calls")]

    @classmethod
    def of(cls, standing: ServerStanding) -> ServerMonthView:
        """The server's line."""
        return cls(
            server=standing.server,
            deployed=standing.deployed,
            retired=standing.retired,
            days=standing.days,
            free_days=standing.free_days,
            owed=standing.owed,
            calls=standing.calls,
            seconds=standing.duration_ms / 1000,
        )


@dataclass(frozen=True)
class MinimumView:
    """Where an account's minimum of a month stands. Amounts are positive."""

    account: Annotated[str, Doc("its name, as declared")]
    currency: Annotated[str, Doc("of all amounts here")]
    month: Annotated[Month, Doc("which month")]
    billed_through: Annotated[Day | None, Doc("null: no day is billed yet")]
    required: Annotated[
        Amount, Doc("what the servers require of the month by its end, as declared")
    ]
    spent: Annotated[Amount, Doc("on calls and channels of the month, billed so far")]
    met: Annotated[bool, Doc("whether that covers it")]
    shortfall: Annotated[Amount, Doc("what is missing")]
    expected_spend: Annotated[
        Amount | None,
        Doc(
            "if calls go on as on the month's billed days, and channels as declared; null before one is billed"
        ),
    ]
    expected_shortfall: Annotated[Amount | None, Doc("what would be missing then")]
    servers: Annotated[list[ServerMonthView], Doc("those that were deployed on a day of the month")]

    @classmethod
    def of(cls, standing: MinimumStanding) -> MinimumView:
        """The account's month."""
        expected = standing.expected
        return cls(
            account=standing.account,
            currency=standing.currency,
            month=standing.month,
            billed_through=standing.billed_through,
            required=standing.required,
            spent=standing.spent,
            met=standing.met,
            shortfall=shortfall(standing.required, standing.spent),
            expected_spend=expected,
            expected_shortfall=None if expected is None else shortfall(standing.required, expected),
            servers=[ServerMonthView.of(server) for server in standing.servers],
        )
