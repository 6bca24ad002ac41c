"""A book as plain as the rules: what calls, terms, prices and payments come to, in fractions.

Written anew from docs/rules: nothing here calls the code that reads, prices or charges.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from tests.carriers import Call

DAYS = [date(2026, 9, 29) + timedelta(n) for n in range(5)]
"""Days with calls: the end of a month, and the begin of the next."""
FIRST = date(2026, 9, 1)
DECKS = (
    {"44": "0.01", "447": "0.03", "1": "0.004"},
    {"44": "0.012", "447": "0.025", "1": "0.004", "537": "0.5"},
    {"44": "0.009", "1": "0.003"},
)
NUMBERS = ("442079460123", "447700900123", "12125550123", "5370001")
INSTANTS = [
    datetime(2026, *rest, tzinfo=UTC) for rest in ((9, 29), (9, 30, 12), (10, 2), (10, 3, 9))
]

_MINIMUM = {"flat": Fraction(20), "a-z": Fraction(0), "lines": Fraction(31)}
_FREE = {"flat": 0, "a-z": 0, "lines": 1}

Key = tuple[str, str]
"""A record: the id of its call, and which of two tellings of it."""


@dataclass(frozen=True)
class Facts:
    """A call as it counts: `ms` None was not answered; `named` says what made it the account's."""

    account: str
    called: str
    at: datetime
    ms: int | None
    named: str

    @property
    def day(self) -> date:
        return (self.at if self.ms is None else self.at + timedelta(seconds=2)).date()


def told(key: Key) -> Call:
    """A record as a file has it: the calls differ in whose, when, where to and how long."""
    n, other = int(key[0][1:]), key[1] == "other"
    code = ("acme", "globex", "", "acme", "umbra")[n % 5]
    at = datetime.combine(DAYS[(n + other) % 5], datetime.min.time(), UTC)
    seconds = None if n == 7 else (0.4, 61, 300.001, 7, 1200)[(n * 2 + other) % 5]
    return Call(
        key[0],
        code,
        NUMBERS[n % 4],
        at + timedelta(hours=n, minutes=5),
        seconds,
        more={"trunk": "" if code else "in-1"},
    )


IDS = [f"c{n}" for n in range(10)]
RECORDS: list[Key] = [(name, telling) for name in IDS for telling in ("first", "other")]


@dataclass
class Counted:
    """A call of an import: the record that came, and its states; the last holds, None: void."""

    record: Key
    states: list[tuple[int, Facts | None]]

    @property
    def now(self) -> Facts | None:
        return self.states[-1][1]


@dataclass
class TakenIn:
    """An import: its number, its calls, and the correction that took it back."""

    number: int
    calls: dict[str, Counted]
    undone: int | None = None


@dataclass
class Waiting:
    """A record that was set aside: by which imports, why, and what became of it."""

    by: set[int]
    reason: str
    state: str = "open"


@dataclass
class Outcome:
    """What an import or a retry comes to."""

    added: dict[str, Counted] = field(default_factory=dict)
    duplicates: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass
class Server:
    account: str
    deployed: date
    retired: date | None = None


@dataclass
class ModelBook:
    terms: dict[str, dict[date, tuple[str, int]]]
    trunk: str | None = None
    """Whose trunk in-1 is."""
    codes: set[str] = field(default_factory=lambda: {"acme", "globex"})
    imports: list[TakenIn] = field(default_factory=list)
    tries: int = 0
    """Imports and retries so far, those that added nothing among them."""
    aside: dict[Key, Waiting] = field(default_factory=dict)
    corrections: dict[int, list[Counted]] = field(default_factory=dict)
    accepted: dict[int, Key] = field(default_factory=dict)
    flat_rates: dict[date, Fraction] = field(default_factory=lambda: {date.min: Fraction("0.005")})
    servers: dict[str, Server] = field(default_factory=dict)
    revisions: list[dict[str, str]] = field(default_factory=lambda: [DECKS[0]])
    card_orders: list[tuple[bool, int, datetime]] = field(
        default_factory=lambda: [(True, 1, datetime.min.replace(tzinfo=UTC))]
    )
    posted_by_hand: list[tuple[str, date, str, Fraction]] = field(default_factory=list)
    changed: bool = True
    """Whether declarations changed since the quarantine was last tried."""

    # calls

    def counted(self, call_id: str) -> Counted | None:
        """The call as an import that counts has it."""
        return next(
            (t.calls[call_id] for t in self.imports if t.undone is None and call_id in t.calls),
            None,
        )

    def facts(self, key: Key) -> Facts | None:
        """The record as a call, if it is anybody's."""
        call = told(key)
        whose = call.account_code or self.trunk
        if whose is None or (call.account_code and whose not in self.codes):
            return None
        ms = None if call.seconds is None else round(call.seconds * 1000)
        return Facts(whose, call.called, call.at, ms, "code" if call.account_code else "trunk")

    def take_in(self, keys: list[Key], by: int, *, retry: bool = False) -> Outcome:
        """What becomes of records in the order in which they come; what is added is yet to be kept."""
        found = Outcome()
        for key in keys:
            facts = self.facts(key)
            known = self.counted(key[0]) or found.added.get(key[0])
            if facts is None:
                self._set_aside(key, by, "no_account", found)
            elif known is None:
                found.added[key[0]] = Counted(key, [(0, facts)])
            elif known.record == key:
                found.duplicates += 1
            else:
                self._set_aside(key, by, "conflict", found)
                continue
            if retry and facts is not None:
                self.aside[key].state = "released"
        return found

    def _set_aside(self, key: Key, by: int, reason: str, found: Outcome) -> None:
        known = self.aside.get(key)
        if known is not None and known.state in ("released", "discarded"):
            found.duplicates += 1
            return
        found.reasons[reason] += 1
        if known is None:
            self.aside[key] = Waiting({by}, reason)
        else:
            if known.state == "withdrawn":
                known.by.add(by)
            known.state, known.reason = "open", reason

    def open(self) -> list[Key]:
        return [key for key, waiting in self.aside.items() if waiting.state == "open"]

    def undo_import(self, taken: TakenIn, number: int) -> None:
        """Its calls count no more, and what it set aside waits no more; what was accepted for its calls does."""
        taken.undone = number
        came = {call.record for call in taken.calls.values()}
        for key, waiting in self.aside.items():
            alone = taken.number in waiting.by and self._gone(waiting)
            if (alone and waiting.state == "open") or (waiting.state == "released" and key in came):
                waiting.state = "withdrawn"
        for key in self._accepted_for(taken):
            self.wait_again(key)

    def redo_import(self, taken: TakenIn) -> None:
        taken.undone = None
        for waiting in self.aside.values():
            if taken.number in waiting.by and waiting.state == "withdrawn":
                waiting.state = "open"
        for key in self._accepted_for(taken):
            self.aside[key].state = "released"

    def wait_again(self, key: Key) -> None:
        """A record that was accepted, and is not any more, waits as it did."""
        waiting = self.aside[key]
        waiting.reason = "conflict"
        waiting.state = "withdrawn" if self._gone(waiting) else "open"

    def _accepted_for(self, taken: TakenIn) -> list[Key]:
        calls = list(map(id, taken.calls.values()))
        return [k for n, k in self.accepted.items() if id(self.corrections[n][0]) in calls]

    def _gone(self, waiting: Waiting) -> bool:
        """Whether all that set it aside was taken back."""
        return waiting.by <= {t.number for t in self.imports if t.undone is not None}

    def living(self) -> list[Facts]:
        """The calls that are billed."""
        calls = [c for t in self.imports if t.undone is None for c in t.calls.values()]
        return [call.now for call in calls if call.now is not None]

    # prices

    def deck_at(self, instant: datetime) -> dict[str, str]:
        live: list[tuple[datetime, int, int]] = []
        for place, (is_live, number, at) in enumerate(self.card_orders):
            if at <= instant and is_live:
                live.append((at, place, number))
            elif at <= instant:
                live = [one for one in live if one[2] != number]
        return self.revisions[max(live)[2] - 1] if live else {}

    def plan_on(self, account: str, day: date) -> tuple[str, int] | None:
        begun = [first for first in self.terms[account] if first <= day]
        return self.terms[account][max(begun)] if begun else None

    def usage(self, account: str, day: date) -> Fraction:
        on = self.plan_on(account, day)
        calls = [c for c in self.living() if (c.account, c.day) == (account, day) and c.ms]
        if on is None or on[0] == "lines":
            return Fraction(0)
        if on[0] == "flat":
            rate = self.flat_rates[max(first for first in self.flat_rates if first <= day)]
            return up4(sum(-(-(c.ms or 0) // 1000) for c in calls) * rate / 60)
        return sum((self._by_card(call) for call in calls), Fraction(0))

    def _by_card(self, call: Facts) -> Fraction:
        deck = self.deck_at(call.at + timedelta(seconds=2))
        prefix = max((p for p in deck if call.called.startswith(p)), key=len, default=None)
        if prefix is None:
            return Fraction(0)
        seconds = -(-(call.ms or 0) // 1000)
        billed = 60 + max(0, math.ceil(Fraction(seconds - 60, 6))) * 6
        return up4(billed * Fraction(deck[prefix]) / 60)

    def channels(self, account: str, day: date) -> Fraction:
        on = self.plan_on(account, day)
        if on is None or on[0] != "lines":
            return Fraction(0)
        price, length = on[1] * Fraction("1.20"), monthrange(day.year, day.month)[1]
        return up4(price * day.day / length) - up4(price * (day.day - 1) / length)

    def minimum(self, account: str, last: date, spent: Fraction) -> Fraction:
        required = Fraction(0)
        for n in range(1, last.day + 1):
            day = last.replace(day=n)
            on = self.plan_on(account, day)
            if on is None:
                continue
            there = sorted(
                (server.deployed, name)
                for name, server in self.servers.items()
                if server.account == account
                and server.deployed <= day <= (server.retired or date.max)
            )
            required += len(there[_FREE[on[0]] :]) * _MINIMUM[on[0]] / last.day
        return max(Fraction(0), up4(required) - spent)

    # the ledger

    def due(self, through: date) -> dict[tuple[str, str, str], Fraction]:
        """By account, day and kind what a run up to a day leaves posted; what was posted by hand too."""
        found: dict[tuple[str, str, str], Fraction] = {}
        for account in self.terms:
            spent, day = Fraction(0), FIRST
            while day <= through:
                for kind in ("usage", "channels"):
                    amount = getattr(self, kind)(account, day)
                    found[account, day.isoformat(), kind] = -amount
                    spent += amount
                if (day + timedelta(1)).day == 1:
                    short = self.minimum(account, day, spent)
                    found[account, day.isoformat(), "minimum"] = -short
                    spent = Fraction(0)
                day += timedelta(1)
        for account, day, kind, amount in self.posted_by_hand:
            place = (account, day.isoformat(), kind)
            found[place] = found.get(place, Fraction(0)) + amount
        return {place: amount for place, amount in found.items() if amount}


def up4(amount: Fraction) -> Fraction:
    """Away from zero at four decimals; no amount here is below it."""
    return Fraction(math.ceil(amount * 10_000), 10_000)


def corrected(facts: Facts, what: str, value: object) -> Facts | None:
    """A call as a correction leaves it."""
    if what == "void":
        return None
    if what == "account":
        named = facts.named if value == facts.account else "correction"
        return replace(facts, account=str(value), named=named)
    if what == "called":
        return replace(facts, called=str(value))
    assert isinstance(value, int)
    return replace(facts, ms=value)
