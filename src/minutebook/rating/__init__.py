"""Calls × card → billed seconds and cost: vectorised, exact, pure (domain.md, "Duration →
billed seconds" and "Billed seconds → cost of a call").

    table   RateTable: a deck, or one price, resolved with the terms of card and plan
    calls   rated: the position, billed seconds and cost of each call, in a streaming query
    tally   tallied, due: sums of rated calls by account, server, …; what they come to
    single  price_one: one call, with the way to its cost in words

Each call is priced by itself from its own columns: nothing here sees all calls at once, so any
part of the calls can be rated anywhere, and tallies of parts add up to the tally of the whole.
"""

from minutebook.rating.calls import CALLED_KEY, described, rated
from minutebook.rating.single import Priced, price_one
from minutebook.rating.table import RateTable
from minutebook.rating.tally import due, tallied

__all__ = [
    "CALLED_KEY",
    "Priced",
    "RateTable",
    "described",
    "due",
    "price_one",
    "rated",
    "tallied",
]
