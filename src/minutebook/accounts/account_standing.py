"""An account for people: what it is on, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any

from minutebook.billing.judging import status_on
from minutebook.billing.peaks import with_peaks
from minutebook.days import ONE_DAY, month_end
from minutebook.declarations.bodies import term_body
from minutebook.declarations.overlaps import overlaps
from minutebook.ledger import change_log, declarations, statuses, tallies
from minutebook.ledger.statuses import Status, StatusChange
from minutebook.notebook import Shown
from minutebook.plans.minimum import free_and_charged
from minutebook.plans.short_call_dues import period_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from minutebook.calls.identify import MatchRule
    from minutebook.declarations.overlaps import Overlap
    from minutebook.ledger.change_log import LoggedChange
    from minutebook.ledger.database import Database
    from minutebook.plans.holdings import Holdings
    from minutebook.plans.short_call_dues import ShortCallPeriod
    from minutebook.plans.terms import Account


_Told = dict[tuple[str, str], tuple[str, str]]
"""What a declaration said of days: (day, of what) → (what, change), as an event has them."""


@dataclass(frozen=True, slots=True, repr=False)
class Event(Shown):
    """Something that an account's history holds: what holds from `day`, who said so, when and why."""

    day: date
    """The UTC day from which it holds."""
    what: str
    change: str
    by: str | None = None
    at: datetime | None = None
    reason: str | None = None
    replaced: LoggedChange | None = None
    """What was said otherwise later, so that it holds no longer; None: it holds."""

    @classmethod
    def declared(
        cls, day: date, what: str, change: str, said: LoggedChange | None, reason: str | None
    ) -> Event:
        """As it was declared; None: nobody knows when."""
        if said is None:
            return cls(day, what, change, reason=reason)
        return cls(day, what, change, said.by, said.at, reason)


@dataclass(frozen=True, slots=True, repr=False)
class AccountStanding(Shown):
    """An account as it is, or was, on a UTC day; `free` and `charged` are its servers on it."""

    account: Account
    day: date
    """The UTC day that is asked for."""
    status: Status
    status_reason: str | None
    plan: str | None
    model: str | None
    channels: int | None
    since: date | None
    free: tuple[str, ...]
    """Names of its servers that come with the channels on that day."""
    charged: tuple[str, ...]
    """Names of its other servers on that day: those that owe a minimum, where the plan has one."""
    history: tuple[Event, ...]
    overlaps: tuple[Overlap, ...]
    """Tables of other accounts that compete for calls with its own."""
    short_calls: ShortCallPeriod | None = None
    """The calls billed so far of the day or month whose short ones its plan may charge for; None: it does not."""

    @property
    def rules(self) -> list[MatchRule]:
        """The account's match tables, the strongest first (docs/rules/identity.md, "Whose call")."""
        from minutebook.calls.identify import MatchRule

        rules = [MatchRule(account=self.account.name, **keys) for keys in self.account.matches]
        return sorted(rules, key=lambda rule: rule.rank)


def account_standing(
    database: Database, name: str, today: date, at: date | None
) -> AccountStanding:
    """What an account is on, and its history: up to a UTC day, or with what is declared to come."""
    day = today if at is None else at
    dusk = datetime.combine(day, time(), UTC) + ONE_DAY
    first = day.replace(day=1)
    with database.snapshot() as connection:
        carrier = declarations.load(connection)
        account = carrier.account_named(name)
        servers = [server for server in carrier.servers.values() if server.account == name]
        declared = carrier.holdings_of(account, servers)
        held = with_peaks(connection, {name: declared}, first, month_end(first))[name]
        said = change_log.changes_of(connection, "account", name)
        said_of_servers = {
            server.name: change_log.changes_of(connection, "server", server.name)
            for server in servers
        }
        changes = statuses.history(connection, name, dusk)
        answered = tallies.answered_by_day(connection, [name], first, day).get(name, {})
    now = held.on(day)
    term = account.term_on(day)
    free, charged = free_and_charged(
        servers if held.until(day) == day else [], day, held.free_servers(now, first) if now else 0
    )
    last = next((c for c in reversed(changes) if c.status is not Status.CLOSED), None)
    status = status_on(account, last, day)
    events = [
        *_terms(held, said),
        *_replaced(said, _told_terms),
        *(
            event
            for server, changes in said_of_servers.items()
            for event in _replaced(changes, partial(_told_server, server))
        ),
        *_replaced(said, _told_closing),
        *_servers(held, said_of_servers),
        *_closing(account, said, changes),
        *(_status(change) for change in changes if change.status is not Status.CLOSED),
    ]
    return AccountStanding(
        account=account,
        day=day,
        status=status,
        status_reason=last.reason if last and status is Status.SUSPENDED else None,
        plan=None if term is None else term.plan,
        model=None if now is None else now.plan.model,
        channels=None if now is None else now.channels_bought,
        since=None if term is None else term.from_day,
        free=tuple(free),
        charged=tuple(charged),
        history=tuple(
            event for event in sorted(events, key=_place) if at is None or event.day <= at
        ),
        overlaps=tuple(overlaps(carrier, {name})) if account.matches else (),
        short_calls=period_of(declared, answered, day),
    )


def _place(event: Event) -> tuple[date, bool, str]:
    """In the order of days; of a day, what was declared for it before what was found on it."""
    return event.day, event.what == "status", "" if event.at is None else event.at.isoformat()


def _terms(held: Holdings, said: list[LoggedChange]) -> list[Event]:
    events = []
    before: tuple[str, int | None] | None = None
    for term in held.account.terms:
        body = term_body(term)
        first = next((d for d in said if body in (d.after or {}).get("terms", [])), None)
        what = "channels" if before is not None and before[0] == term.plan else "plan"
        change = term.plan if term.channels is None else f"{term.plan}, {term.channels:,} channels"
        events.append(
            Event.declared(
                term.from_day,
                what,
                change,
                first,
                None if term.override is None else f"override: {term.override}",
            )
        )
        before = term.plan, term.channels
    return events


def _replaced(said: list[LoggedChange], told: Callable[[dict[str, Any]], _Told]) -> Iterator[Event]:
    """What was declared for a day and declared otherwise later: first who said it, then who replaced it."""
    standing: _Told = {}
    first: dict[tuple[str, str], LoggedChange] = {}
    for change in said:
        now = told(change.after or {})
        for place, (what, was) in standing.items():
            if now.get(place, ("", ""))[1] != was:
                by = first[place]
                yield Event(
                    date.fromisoformat(place[0]), what, was, by.by, by.at, by.reason, change
                )
        for place, is_now in now.items():
            if standing.get(place, ("", ""))[1] != is_now[1]:
                first[place] = change
        standing = now


def _told_terms(after: dict[str, Any]) -> _Told:
    """The terms of an account, by their first days."""
    found: _Told = {}
    before = None
    for term in after.get("terms", []):
        channels = term.get("channels")
        what = "channels" if before == term["plan"] else "plan"
        change = term["plan"] if channels is None else f"{term['plan']}, {channels:,} channels"
        found[term["from"], "term"] = (what, change)
        before = term["plan"]
    return found


def _told_server(server: str, after: dict[str, Any]) -> _Told:
    """The days of a server, by themselves: another day is another event."""
    return {
        (after[key], key): ("server", f"{server} {key}")
        for key in ("deployed", "retired")
        if after.get(key) is not None
    }


def _told_closing(after: dict[str, Any]) -> _Told:
    """The last day of an account."""
    closed = after.get("closed")
    return {} if closed is None else {(closed, "closed"): ("status", "closed")}


def _servers(held: Holdings, said: dict[str, list[LoggedChange]]) -> list[Event]:
    events = []
    for server in held.servers:
        known = said[server.name]
        for key, day in (("deployed", server.deployed), ("retired", server.retired)):
            if day is None:
                continue
            iso = day.isoformat()
            first = next((d for d in known if (d.after or {}).get(key) == iso), None)
            forced = (first.after or {}).get("forced") if first and key == "deployed" else None
            events.append(
                Event.declared(
                    day,
                    "server",
                    f"{server.name} {key}",
                    first,
                    None if forced is None else f"forced: {forced}",
                )
            )
    return events


def _closing(
    account: Account, said: list[LoggedChange], changes: list[StatusChange]
) -> list[Event]:
    if account.closed is None:
        return []
    closings = (c for c in reversed(changes) if c.status is Status.CLOSED)
    by_hand = next((c for c in closings if c.day == account.closed), None)
    iso = account.closed.isoformat()
    first = next((d for d in said if (d.after or {}).get("closed") == iso), None)
    reason = None if by_hand is None else by_hand.reason
    return [Event.declared(account.closed, "status", "closed", first, reason)]


def _status(change: StatusChange) -> Event:
    assert change.changed_at is not None
    return Event(
        change.changed_at.astimezone(UTC).date(),
        "status",
        str(change.status),
        change.changed_by,
        change.changed_at,
        change.reason,
    )
