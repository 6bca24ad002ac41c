"""Servers: deployed and retired by hand, and what each owes
(docs/rules/minimum.md, "What servers require").
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from minutebook.accounts.apply import declare
from minutebook.billing.peaks import with_peaks
from minutebook.billing.recurring_charges import SPENT
from minutebook.days import month_end
from minutebook.errors import InputError
from minutebook.ledger import balances, declarations
from minutebook.notebook import Shown
from minutebook.plans.minimum import free_and_charged
from minutebook.plans.recurring import required_of
from minutebook.words import did_you_mean

if TYPE_CHECKING:
    from datetime import date

    from minutebook.declarations.carrier import Carrier
    from minutebook.ledger.database import Database
    from minutebook.plans.terms import Server


@dataclass(frozen=True, slots=True, repr=False)
class ListedServer(Shown):
    """A server on a day: `free` None where it is not deployed; `owed` of the day's month, unrounded.

    `met` is whether the account's minimum of the month is, by what is billed so far.
    """

    server: Server
    day: date
    """The UTC day that is asked for."""
    free: bool | None
    owed: Fraction
    met: bool

    @property
    def standing(self) -> str:
        """ "planned", "deployed" or "retired"."""
        if self.day < self.server.deployed:
            return "planned"
        retired = self.server.retired
        return "retired" if retired is not None and retired < self.day else "deployed"


def deploy(
    database: Database, name: str, account: str, on: date, by: str, force: str | None
) -> None:
    """Declare a server deployed from a UTC day; `InputError` where it is there already."""

    def tables(carrier: Carrier) -> dict[str, Any]:
        known = carrier.servers.get(name)
        if known is not None:
            raise InputError(
                f"server {name!r} is {known.account}'s, deployed {known.deployed};"
                " choose another name"
            )
        return {"server": {name: {"account": account, "deployed": on}}}

    declare(database, tables, by, force or "server deploy", force)


def retire(database: Database, name: str, on: date, by: str) -> None:
    """Declare a server's last UTC day; `InputError` where it has one, or was never deployed."""

    def tables(carrier: Carrier) -> dict[str, Any]:
        known = carrier.servers.get(name)
        if known is None:
            raise InputError.advised(
                f"server {name!r} is not deployed{did_you_mean(name, carrier.servers)}",
                "see book.accounts.servers()",
                shell="see: minutebook server list",
            )
        if known.retired is not None:
            raise InputError(f"server {name!r} is retired already, its last day is {known.retired}")
        table = {"account": known.account, "deployed": known.deployed, "retired": on}
        return {"server": {name: table}}

    declare(database, tables, by, "server retire")


def servers_on(database: Database, day: date, account: str | None = None) -> list[ListedServer]:
    """Every server, or an account's, with what it owes in the month of a day."""
    first, last = day.replace(day=1), month_end(day)
    with database.transaction() as connection:
        carrier = declarations.load(connection)
        spent = balances.charged_between(connection, SPENT, first, last)
        every = with_peaks(connection, carrier.holdings(), first, last)
    if account is not None:
        carrier.account_named(account)
    found = []
    for name, held in sorted(every.items()):
        if account not in (None, name) or not held.servers:
            continue
        required = required_of(held, first)
        owed = {server.server: server.owed for server in required.servers}
        met = -spent.get(name, Decimal(0)) >= required.amount
        terms = held.on(day)
        free, charged = free_and_charged(
            held.servers, day, held.free_servers(terms, first) if terms else 0
        )
        for server in held.servers:
            deployed = terms is not None and (server.name in free or server.name in charged)
            found.append(
                ListedServer(
                    server,
                    day,
                    server.name in free if deployed else None,
                    owed.get(server.name, Fraction(0)),
                    met,
                )
            )
    return found
