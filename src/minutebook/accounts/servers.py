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
    database: Database,
    name: str,
    account: str,
    on: date | None,
    today: date,
    by: str,
    force: str | None,
) -> bool:
    """Declare a server deployed from a UTC day (None: today); False where it is so already.

    `InputError` where it is there otherwise.
    """

    def tables(carrier: Carrier) -> dict[str, Any]:
        known = carrier.servers.get(name)
        if known is not None:
            so = known.account == account and on in (None, known.deployed)
            if so and known.retired is None:
                return {}
            retired = "" if known.retired is None else f", retired {known.retired}"
            raise InputError(
                f"server {name!r} is {known.account}'s, deployed {known.deployed}{retired};"
                " choose another name"
            )
        return {"server": {name: {"account": account, "deployed": on or today}}}

    return bool(declare(database, tables, by, force or "server deploy", force))


def retire(database: Database, name: str, on: date | None, today: date, by: str) -> bool:
    """Declare a server's last UTC day (None: today); False where it is so already.

    `InputError` where it has another, or was never deployed.
    """

    def tables(carrier: Carrier) -> dict[str, Any]:
        known = carrier.servers.get(name)
        if known is None:
            raise InputError.advised(
                f"server {name!r} is not deployed{did_you_mean(name, carrier.servers)}",
                "see book.accounts.servers()",
                shell="see: minutebook server list",
            )
        if known.retired is not None:
            if on in (None, known.retired):
                return {}
            raise InputError(f"server {name!r} is retired already, its last day is {known.retired}")
        table = {"account": known.account, "deployed": known.deployed, "retired": on or today}
        return {"server": {name: table}}

    return bool(declare(database, tables, by, "server retire"))


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
