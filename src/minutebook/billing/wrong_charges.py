"""The charges besides calls that are not what they should be, for `verify`."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook.billing.differences import WrongCharge
from minutebook.billing.recurring_charges import OWED, RECURRING, SPENT
from minutebook.billing.short_call_counts import answered_calls
from minutebook.days import month_end
from minutebook.ledger import channel_peaks, priced_days, runs
from minutebook.plans.provider import is_provider
from minutebook.plans.recurring import channel_dues, minimum_due
from minutebook.plans.short_call_dues import short_call_dues

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from minutebook.declarations.carrier import Carrier
    from minutebook.ledger.connection import Connection
    from minutebook.rating.sums import Key, Sums


def wrong_charges(
    connection: Connection,
    carrier: Carrier,
    posted: Mapping[tuple[date, str, str], Decimal],
    stored: Mapping[Key, Sums],
) -> Iterator[WrongCharge]:
    """Each charge for channels and short calls, and each minimum, that is not what it should be, for `verify`.

    `posted` is by (day that it is for, account, kind), charges negative; `stored` are all tallies. Accounts whose
    declarations have changed since the last run are left to the next.
    """
    known = priced_days.charged_accounts(connection)
    through = runs.billed_through(connection)
    every = carrier.both_sides().holdings()
    by_peaks = [name for name, held in every.items() if held.by_peaks]
    kept = channel_peaks.of_accounts(connection, by_peaks, date.min, date.max)
    every |= {name: every[name].with_peaks(held) for name, held in kept.items()}
    charged: dict[str, dict[tuple[date, str], Decimal]] = defaultdict(dict)
    for (day, account, kind), amount in posted.items():
        charged[account][day, kind] = amount if kind in OWED else -amount
    answered = answered_calls(every, stored)
    for name, held in sorted(every.items()):
        settled = known[name] == held.fingerprint if name in known else not held.recurs
        if through is None or not settled:
            continue
        own = charged[name]
        dues = {(due.day, "channels"): due.amount for due in channel_dues(held, date.min, through)}
        for due in short_call_dues(held, answered.get(name, {}), date.min, through):
            dues[due.day, "short_calls_cost" if is_provider(name) else "short_calls"] = due.amount
        for month in () if is_provider(name) else held.months_ending(held.first, through):
            last = month_end(month)
            spent = sum(
                (a for (d, kind), a in own.items() if kind in SPENT and month <= d <= last),
                Decimal(0),
            )
            due = minimum_due(held, month, spent)
            dues[due.day, "minimum"] = due.amount
        there = {key: a for key, a in own.items() if key[1] in RECURRING}
        for day, kind in sorted(dues.keys() | there.keys()):
            owed, stands = dues.get((day, kind), Decimal(0)), own.get((day, kind), Decimal(0))
            if owed != stands:
                yield WrongCharge(name, day, kind, owed, stands)
