"""The names by which a book was used before it was made of parts. They stay, and do the same.

`book.accounts(…)` and `book.calls(…)`, which were methods too, are kept by the parts themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from minutebook.book.accounts import Accounts
from minutebook.book.calls import Calls
from minutebook.book.cards import Cards
from minutebook.book.disputes import Disputes
from minutebook.book.fit import Fit
from minutebook.book.ledger import Ledger
from minutebook.book.runs import Runs
from minutebook.book.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


class Renamed(Generic[P, R]):
    """A part's method, as a method of the book; `part` where the method stands in a base of the part."""

    def __init__(self, method: Callable[Concatenate[Any, P], R], part: str | None = None) -> None:
        self.method: Any = method
        of, _, self.name = method.__qualname__.partition(".")
        self.part = part or of.lower()

    def __get__(self, book: Any, _: object) -> Callable[P, R]:
        found: Callable[P, R] = (
            self.method if book is None else getattr(getattr(book, self.part), self.name)
        )
        return found


class Before:
    """A book's earlier names, each with the method that it means."""

    account = Renamed(Accounts.show)
    servers = Renamed(Accounts.servers)
    deploy_server = Renamed(Accounts.deploy_server)
    retire_server = Renamed(Accounts.retire_server)
    switch = Renamed(Accounts.switch)
    set_channels = Renamed(Accounts.set_channels)
    suspend = Renamed(Accounts.suspend)
    resume = Renamed(Accounts.resume)
    close_account = Renamed(Accounts.close)

    import_card = Renamed(Cards.import_deck, "cards")
    take_card_live = Renamed(Cards.take_live)
    rate_card = Renamed(Cards.show)
    card_prices = Renamed(Cards.prices)
    card_difference = Renamed(Cards.difference)

    import_calls = Renamed(Calls.import_files)
    retry = Renamed(Calls.retry)
    quarantine = Renamed(Calls.quarantine)

    bill = Renamed(Runs.bill)
    close_month = Renamed(Runs.close_month)
    verify = Renamed(Runs.verify)

    pay = Renamed(Ledger.pay)
    adjust = Renamed(Ledger.adjust)
    balances = Renamed(Ledger.balances)
    journal = Renamed(Ledger.journal)

    statement = Renamed(Statements.statement)
    totals = Renamed(Statements.totals)
    explain_call = Renamed(Statements.explain_call)
    explain_charge = Renamed(Statements.explain_charge)
    price = Renamed(Statements.price)
    price_month = Renamed(Statements.price_month)
    channels = Renamed(Statements.channels)
    minimum = Renamed(Statements.minimum)

    review = Renamed(Fit.review)
    capacity = Renamed(Fit.capacity)
    simulate = Renamed(Fit.simulate)
    reconcile = Renamed(Disputes.reconcile)
