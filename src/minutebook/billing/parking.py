"""Accounts whose charges a run parks: set aside until a person lets them pass (docs/rules/runs.md, "Bounds")."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from minutebook import money
from minutebook.billing import bounds as held_to
from minutebook.billing.bounds import Move
from minutebook.ledger import balances, corrections, parked
from minutebook.ledger.parked import DAY, REFUND, ParkedCharge
from minutebook.rating.sums import Key, Sums
from minutebook.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from fractions import Fraction

    from minutebook.billing.set_aside import AccountsAside
    from minutebook.ledger.connection import Connection
    from minutebook.ledger.journal import Journal
    from minutebook.settings import Bounds

Place = tuple[str, "date", str]
"""(account, day, kind)"""


@dataclass(slots=True)
class Parking:
    """What a run leaves parked, and what the one before did."""

    charges: list[ParkedCharge] = field(default_factory=list)
    before: list[ParkedCharge] = field(default_factory=list)

    def told(self, journals: Iterable[Journal]) -> list[Journal]:
        """The postings of a run; of what was let pass, by whom and why."""
        passed = {(p.account, p.day, p.kind): p.passed for p in self.before if p.passed is not None}
        return [
            replace(j, reason=f"{j.reason}; let pass by {given.by}: {given.reason}")
            if (given := passed.get((j.account, j.corrects, j.kind)))
            else j
            for j in journals
        ]

    @property
    def is_new(self) -> bool:
        """Whether it is to be kept: another charge waits, or another amount."""
        return self.charges != self.before


def park(
    connection: Connection,
    bounds: Bounds,
    run: int,
    through: date,
    journals: Iterable[Journal],
    before: Mapping[Key, Sums],
    fallen_peaks: Iterable[tuple[str, date]],
    aside: AccountsAside,
) -> Parking:
    """Set aside the accounts of which a run, through `through`, would post what is beyond the bounds.

    `before` are the tallies of billed days, `fallen_peaks` the accounts' days that hold fewer channels than
    were charged.
    """
    judging = _Judging(connection, bounds, run, parked.parked_now(connection), fallen_peaks)
    by_account: dict[str, list[Journal]] = defaultdict(list)
    for journal in journals:
        by_account[journal.account].append(journal)
    billed = _by_day(before, by_account)
    moves = {
        (j.account, j.corrects, j.kind): judging.move(j, billed.get((j.corrects, j.account)))
        for own in by_account.values()
        for j in own
    }
    found = judging.beyond(moves)
    charges = [one for one in judging.known.values() if one.day > through or one.account in aside]
    for name in sorted({account for account, _, _ in found}):
        own = by_account[name]
        charges += [judging.charge(moves[name, j.corrects, j.kind], found) for j in own]
        aside.park(name, {j.corrects for j in own}, judging.why(name, found))
    charges.sort(key=lambda one: (one.account, one.day, one.kind))
    return Parking(charges, list(judging.known.values()))


class _Judging:
    """The charges of a run against the bounds, the ledger and what was let pass."""

    def __init__(
        self,
        connection: Connection,
        bounds: Bounds,
        run: int,
        known: list[ParkedCharge],
        fallen_peaks: Iterable[tuple[str, date]],
    ) -> None:
        self.connection, self.bounds, self.run = connection, bounds, run
        self.known = {(one.account, one.day, one.kind): one for one in known}
        self.usual: dict[Place, Decimal] = {}
        self.dues: dict[Place, tuple[Decimal, str]] = {}
        self.back: list[Move] = []
        self._since = {one.account: one.since_run for one in known}
        self._fallen = {(account, day.replace(day=1)) for account, day in fallen_peaks}
        self._corrected: dict[int, set[tuple[str, date]]] = {}

    def move(self, journal: Journal, billed: Sums | None) -> Move:
        """A posting as what it moves; `billed` are the calls that its day was billed by."""
        return Move(
            journal.account,
            journal.corrects,
            journal.kind,
            journal.currency,
            Decimal(journal.details["posted_before"]),
            Decimal(journal.details["due"]),
            self._is_explained(journal, billed or Sums()),
        )

    def beyond(self, moves: Mapping[Place, Move]) -> dict[Place, str]:
        """Which of them are beyond a bound, and were not let pass; by which bound."""
        waiting = {place: move for place, move in moves.items() if not self._may_pass(place, move)}
        asked = [move for move in waiting.values() if held_to.may_be_unusual(move, self.bounds)]
        found = {}
        for move, usual in self._with_usual(asked):
            if held_to.is_beyond_usual(move, usual, self.bounds):
                found[move.account, move.day, move.kind] = DAY
        self.back = held_to.too_much_back(waiting.values(), self.bounds)
        return found | {(move.account, move.day, move.kind): REFUND for move in self.back}

    def charge(self, move: Move, found: Mapping[Place, str]) -> ParkedCharge:
        """What is kept of a charge that is parked."""
        place = (move.account, move.day, move.kind)
        known = self.known.get(place)
        passed = known.passed if known is not None and self._may_pass(place, move) else None
        beyond = found.get(place)
        if passed is not None and known is not None:
            beyond = known.beyond
        since = self._since.get(move.account, self.run - 1)
        return ParkedCharge(
            move.account, move.currency, move.day, move.kind, move.charged, move.due, beyond,
            since, self.usual.get(place), passed,
        )  # fmt: skip

    def why(self, account: str, found: Mapping[Place, str]) -> str:
        """Why an account is parked: by the first of its days that is beyond the usual, or what would
        be paid back."""
        place = min(place for place in found if place[0] == account)
        if found[place] == DAY:
            day, (due, currency) = place[1], self.dues[place]
            return (
                f"the calls of {day} come to {money.text(due)} {currency}, more than"
                f" {self.bounds.day_times} times its usual day, {money.text(self.usual[place])} {currency}"
            )
        refunds = [move for move in self.back if move.account == account]
        back, charged = (
            money.text(sum((getattr(move, name) for move in refunds), Decimal(0)))
            for name in ("refund", "charged")
        )
        return (
            f"calls of {counted(len({move.day for move in refunds}), 'billed day')} from {place[1]} on"
            f" are gone: {back} of {charged} {refunds[0].currency} would be paid back, more than"
            f" {self.bounds.refund_percent} %"
        )

    def _may_pass(self, place: Place, move: Move) -> bool:
        known = self.known.get(place)
        return known is not None and known.charged == move.charged and known.lets(move.due)

    def _is_to_come(self, account: str, day: date) -> bool:
        """Whether a day's calls were let pass, and no run has posted them yet."""
        known = self.known.get((account, day, "usage"))
        return known is not None and known.passed is not None

    def _is_explained(self, journal: Journal, billed: Sums) -> bool:
        """Whether a person said it: by a correction, or by what is declared, of the same calls."""
        place = (journal.account, journal.corrects, journal.kind)
        if place in self.known and self.known[place].beyond is not None:
            return False
        if self._is_corrected(journal.account, journal.corrects):
            return True
        if journal.kind == "channels":
            return (journal.account, journal.corrects.replace(day=1)) not in self._fallen
        if journal.kind != "usage":
            return True
        calls, length = journal.details["calls"], journal.details["duration_ms"]
        if journal.amount > 0:
            return bool(calls >= billed.calls and length >= billed.duration_ms)
        first = Decimal(journal.details["posted_before"]) == 0
        return not first and bool(calls <= billed.calls and length <= billed.duration_ms)

    def _is_corrected(self, account: str, day: date) -> bool:
        since = self._since.get(account, self.run - 1)
        if since not in self._corrected:
            self._corrected[since] = {
                (name, d)
                for correction in corrections.since(self.connection, since)
                for name in correction.accounts
                for d in correction.days
            }
        return (account, day) in self._corrected[since]

    def _with_usual(self, asked: list[Move]) -> Iterator[tuple[Move, Fraction | None]]:
        """Each of the charges with its account's usual day."""
        if not asked:
            return
        names = sorted({move.account for move in asked})
        first = min(move.day for move in asked) - timedelta(days=held_to.USUAL_DAYS)
        last = max(move.day for move in asked)
        charged = balances.charged_within(self.connection, "usage", first, last, names)
        passed = parked.passed_days(self.connection, names, first, last)
        for move in asked:
            own = {day: -amount for day, amount in charged.get(move.account, {}).items()}
            counts = {
                day: due
                if self._is_to_come(move.account, day)
                else min(due, own.get(day, Decimal(0)))
                for day, due in passed.get(move.account, {}).items()
            }
            usual = held_to.usual_day(move.day, own, counts)
            if usual is not None:
                place = (move.account, move.day, move.kind)
                self.usual[place] = money.in_minor(usual, move.currency)
                self.dues[place] = (move.due, move.currency)
            yield move, usual


def _by_day(before: Mapping[Key, Sums], names: Iterable[str]) -> dict[tuple[date, str], Sums]:
    """The calls of each day and account that are billed."""
    wanted, found = set(names), dict[tuple["date", str], Sums]()
    for (day, account, _, _), sums in before.items():
        if account in wanted:
            found[day, account] = found.get((day, account), Sums()) + sums
    return found
