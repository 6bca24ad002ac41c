"""Which journals are asked for, and what their entries come to by ledger account and month."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from minutebook.ledger.connection import Connection


_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
ALIKE_REFERENCE = f"btrim({{}}, '{_BLANKS}') = {{}}"
"""That a reference, without the blanks round it, is one that has none: books of before may keep some with blanks."""

_UNDONE = "j.details->>'reference'"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Journals that stand on some days, and of those the ones that all of this holds for; None: any."""

    first: date
    last: date
    account: str | None = None
    kind: str | None = None
    reference: str | None = None
    """Theirs, or that of what they undo."""
    by: str | None = None
    """Who posted them."""

    @property
    def values(self) -> dict[str, Any]:
        """What `OF_CHOSEN` wants."""
        reference = None if self.reference is None else self.reference.strip()
        return {**asdict(self), "reference": reference}


_ALIKE = (
    " (%(account)s::text is null or j.account = %(account)s)"
    " and (%(kind)s::text is null or j.kind = %(kind)s)"
    " and (%(reference)s::text is null"
    f"      or {ALIKE_REFERENCE.format('j.reference', '%(reference)s')}"
    f"      or {ALIKE_REFERENCE.format(_UNDONE, '%(reference)s')})"
    " and (%(by)s::text is null or j.posted_by = %(by)s)"
)
OF_CHOSEN = f"j.day between %(first)s and %(last)s and{_ALIKE}"


def authors(connection: Connection) -> list[str]:
    """Everybody who posted something."""
    rows = connection.execute(
        "select distinct posted_by from journal where posted_by is not null order by 1"
    )
    return [name for (name,) in rows]


def by_ledger_account(
    connection: Connection, chosen: Chosen
) -> list[tuple[str, str, date | None, Decimal, Decimal]]:
    """(ledger account, currency, month, debits, credits), both positive; the month None: all days before."""
    rows = connection.execute(
        "select e.ledger_account, e.currency,"
        " case when j.day >= %(first)s then date_trunc('month', j.day)::date end as month,"
        " coalesce(-sum(e.amount) filter (where e.amount < 0), 0),"
        " coalesce(sum(e.amount) filter (where e.amount > 0), 0)"
        " from journal j join entry e on e.journal = j.journal"
        f" where j.day <= %(last)s and{_ALIKE} group by 1, 2, 3",
        chosen.values,
    )
    return rows.fetchall()
