"""What an account earns: its calls as they are sold, less what providers are owed for them
(docs/rules/margin.md, "A call on both sides").
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from minutebook.statements.margin import Margin, margins

if TYPE_CHECKING:
    from datetime import date

    from minutebook.lake.card_store import CardStore
    from minutebook.lake.lake import Lake
    from minutebook.ledger.database import Database
    from minutebook.plans.terms import Account


def earned_by(
    database: Database, lake: Lake, cards: CardStore, account: Account, first: date, last: date
) -> Margin:
    """The margin of an account's days as they are billed so far, by destination, in its currency.

    All accounts' calls are priced: a provider's day is shared among all of them.
    """
    groups = [["account", "destination"]]
    (found,) = margins(database, lake, cards, first, last, groups, account.currency)
    own = [
        replace(line, groups=line.groups[1:]) for line in found if line.groups[0] == account.name
    ]
    return Margin(own, account.currency, found.unconverted)
