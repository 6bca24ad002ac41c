"""All that people did with the ledger, in order: posted by hand, declared, corrected, billed, closed, let pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from minutebook.notebook import Shown

if TYPE_CHECKING:
    from datetime import datetime

    from minutebook.ledger.connection import Connection


@dataclass(frozen=True, slots=True, repr=False)
class Deed(Shown):
    """Something that a person did, or a program in their name."""

    at: datetime
    """When, in UTC."""
    by: str | None
    """Who: the name of the user on the machine; None: from before it was kept."""
    kind: str
    """What was done: `"payment"`, `"correction"`, `"run"`, or what was declared: `"account"`, `"plan"` …"""
    name: str
    """Of what: the account's or plan's name, the number of the correction or run, the month."""
    accounts: tuple[str, ...]
    """The accounts that it bears on, as far as it names them."""
    reason: str | None
    """Why, as it was said, or by which command."""
    said: dict[str, Any]
    """Its figures, as JSON."""
    asked_from: str | None = None
    """The network address that it was asked from; None: at the machine itself, or from before that was kept."""


_DECLARED = """
select declared_at as at, declared_by as by, kind, name,
       case kind when 'account' then array[name] when 'provider' then array['provider:' || name] when 'server' then array[coalesce(after->>'account', before->>'account')]
                 else '{}' end as accounts,
       reason, jsonb_build_object('before', before, 'after', after) as said, 2 as place, declaration as number, asked_from
  from declaration
"""
_DEEDS = """
select posted_at as at, posted_by as by,
       case when details ? 'reverses' then 'reversal' when details ? 'refund' then 'refund' else kind end as kind,
       account as name, array[account] as accounts, nullif(reason, 'payment') as reason,
       jsonb_build_object('amount', (select e.amount::text from entry e where e.journal = j.journal and e.line = 1),
                          'currency', (select e.currency from entry e where e.journal = j.journal and e.line = 1),
                          'day', day, 'reference', coalesce(reference, details->>'reference')) as said,
       1 as place, 0 as number, asked_from
  from journal j where run is null
union all
{declared}union all
select corrected_at, corrected_by,
       case when kind = 'calls' and said ? 'rematch' then 'rematch' when kind = 'calls' then 'correction'
            when kind = 'import' then 'import undo' else 'undo' end,
       correction::text, accounts, reason,
       jsonb_build_object('calls', calls, 'said', said, 'undoes', undoes, 'import', import), 3, correction, asked_from
  from correction
union all
select closed_at, closed_by, 'close', to_char(month, 'YYYY-MM'), '{}', reason, '{}', 4, 0, asked_from
  from month_close
union all
select changed_at, changed_by, case when closed then 'close' else 'reopen' end, to_char(month, 'YYYY-MM'), '{}', reason,
       '{}', 4, change, asked_from
  from month_change
union all
select changed_at, changed_by, 'status', account, array[account], reason,
       jsonb_build_object('status', status, 'day', day), 5, change, asked_from
  from account_status where cause = 'hand' and status <> 'closed'
union all
select posted_at, run_by, 'run', run::text,
       case when %(account)s::text is not null
             and exists (select from journal p where p.account = %(account)s and p.run = r.run)
            then array[%(account)s::text] else '{}' end,
       null, jsonb_build_object('through', through, 'summary', summary), 6, run, asked_from
  from run r
union all
select o.passed_at, o.passed_by, case when o.held then 'hold' else 'pass' end, o.account, array[o.account], o.reason,
       jsonb_build_object('run', o.run, 'currency', a.currency,
                          'charges', (select coalesce(sum(due - charged), 0)::text from parked p
                                       where p.run = o.run and p.account = o.account and due > charged),
                          'refunds', (select coalesce(sum(charged - due), 0)::text from parked p
                                       where p.run = o.run and p.account = o.account and due < charged)),
       8, o.parked_pass, o.asked_from
  from parked_pass o join account a on a.account = o.account
union all
select settled_at, settled_by, 'adopt', path, '{}', null, jsonb_build_object('host', host, 'first', home = 1), 7, home, null
  from book_home
union all
select made_at, made_by, kind, folder, '{}', null,
       jsonb_build_object('lake_version', lake_version, 'host', host, 'taken_at', to_char(taken_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')), 9, copy, null
  from book_copy
""".replace("{declared}", _DECLARED)


def deeds(
    connection: Connection,
    account: str | None = None,
    first: datetime | None = None,
    before: datetime | None = None,
    by: str | None = None,
) -> list[Deed]:
    """What was done from `first` on and before `before`, in order: of all, or of one account, or by one
    person. None: of any."""
    rows = connection.execute(
        f"select at, by, kind, name, accounts, reason, said, asked_from from ({_DEEDS}) deed"
        " where (%(account)s::text is null or %(account)s = any(accounts))"
        " and (%(by)s::text is null or by = %(by)s)"
        " and (%(first)s::timestamptz is null or at >= %(first)s)"
        " and (%(before)s::timestamptz is null or at < %(before)s)"
        " order by at, place, number, name, said->>'reference'",
        {"account": account, "by": by, "first": first, "before": before},
    )
    return [
        Deed(at, who, kind, name, tuple(accounts), reason, said, place)
        for at, who, kind, name, accounts, reason, said, place in rows
    ]


def deeds_of(connection: Connection, kind: str, name: str) -> list[Deed]:
    """All that was declared of something, changed and taken back, in order."""
    rows = connection.execute(
        f"select at, by, kind, name, accounts, reason, said, asked_from from ({_DECLARED}) deed"
        " where kind = %s and name = %s order by number",
        [kind, name],
    )
    return [
        Deed(at, who, of, named, tuple(on), why, said, place)
        for at, who, of, named, on, why, said, place in rows
    ]


def doers(connection: Connection) -> list[str]:
    """Everybody who did something, by name."""
    rows = connection.execute(
        f"select distinct by from ({_DEEDS}) deed where by <> '' order by by", {"account": None}
    )
    return [row[0] for row in rows]
