"""The laws of a whole book: whatever is done to it, in whatever order, it is what a plain model says.

Hypothesis plays a carrier's work on the library's doors: files, corrections, terms, prices, payments, runs. After each run
every posting is compared with `tests.properties.model_book`; in the end the book is proved, and each statement that was kept
is asked for again as of its instant. More of it: `make faults`.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.carriers import ledger, write_calls
from tests.properties.model_book import (
    DAYS,
    DECKS,
    FIRST,
    IDS,
    INSTANTS,
    NUMBERS,
    RECORDS,
    Counted,
    Facts,
    Key,
    ModelBook,
    Outcome,
    Server,
    TakenIn,
    corrected,
    told,
)

from minutebook.errors import InputError
from minutebook.ledger import declarations
from minutebook.ledger.statuses import Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book
    from minutebook.corrections.recording import Corrected

CARRIER = """
[plan.a-z]
model = "per_minute"
currency = "USD"
card = "a-z"
increment = "60/6"

[plan.lines]
model = "per_channel"
currency = "USD"
minimum_per_server = "31.00"
tiers = [ { channels = 100, price = "1.20", free_servers = 1 } ]
"""
FLAT = """
[plan.flat]
model = "per_minute"
currency = "USD"
rate = "{rate}"
minimum_per_server = "20.00"
{since}
"""
ACCOUNT = """
[account.{name}]
terms = [ {terms} ]
debit_limit = "{limit}"
match = [ {match} ]
"""
LAST = date(2026, 10, 31)
SEPTEMBER_30 = date(2026, 9, 30)
CENTS = st.integers(1, 9_999).map(lambda cents: Decimal(cents) / 100)
ACCOUNTS = st.sampled_from(["acme", "globex"])
FILES = st.lists(st.lists(st.sampled_from(RECORDS), max_size=7), min_size=1, max_size=2)
ON = st.sampled_from([FIRST, *DAYS])
LIMITS = {"acme": Decimal(10), "globex": Decimal(0), "umbra": Decimal(0)}
STORIES, STEPS = (
    int(os.environ.get(name, own)) for name, own in (("STORIES", "9"), ("STEPS", "20"))
)
"""How many stories are played, and how long they may be; `make faults` plays more."""


class Carrier(RuleBasedStateMachine):
    """A book, its model, and what was kept of it."""

    def __init__(self, new_book: Callable[[], Book], folder: Path) -> None:
        super().__init__()
        self.book, self.folder, self.numbers = new_book(), folder, count()
        self.model = ModelBook({"acme": {FIRST: ("flat", 0)}, "globex": {FIRST: ("a-z", 0)}})
        self.import_ids: list[str] = []
        self.billed: date | None = None
        self.closed = False
        self.switched: set[tuple[str, date]] = set()
        self.payments: dict[tuple[str, str], tuple[Decimal, date, str]] = {}
        self.kept: list[tuple[datetime, str, object]] = []
        self._declared()

    def _declared(self) -> None:
        self.model.trunk = "acme"
        self._apply(CARRIER + FLAT.format(rate="0.005", since=""))
        self._declare("acme")
        self._declare("globex")
        self._deck(0, None)
        self.book.ledger.pay("acme", "1.00", "first", datetime(2026, 9, 1, tzinfo=UTC))
        self.model.posted_by_hand.append(("acme", FIRST, "payment", Fraction(1)))

    # calls

    @initialize(files=FILES)
    def first_files(self, files: list[list[Key]]) -> None:
        self.imports(files)

    @rule(files=FILES)
    def imports_more(self, files: list[list[Key]]) -> None:
        self.imports(files)

    @rule(files=FILES)
    def imports(self, files: list[list[Key]]) -> None:
        paths = [
            write_calls(self.folder / f"{next(self.numbers)}.csv", [told(key) for key in keys])
            for keys in files
        ]
        keys = [key for file in files for key in file]
        known = self.model.open()
        self.model.tries += 1
        expected = self.model.take_in(keys, self.model.tries)
        result = self.book.calls.import_files(paths, "minutebook")
        if expected.added:
            self.model.imports.append(TakenIn(self.model.tries, expected.added))
        seen = {key[0] for key in keys}
        waited = [k for k in known if k[0] in seen and self.model.aside[k].reason != "conflict"]
        assert not self.model.take_in(waited, self.model.tries, retry=True).added
        self._check(result, expected, len(keys))

    @rule()
    @precondition(lambda self: self.model.open())
    def retries(self) -> None:
        tried = self.model.open()
        expected = self._tried_again()
        self._check(self.book.calls.retry(), expected, len(tried))

    def _tried_again(self) -> Outcome:
        self.model.tries += 1
        expected = self.model.take_in(self.model.open(), self.model.tries, retry=True)
        if expected.added:
            self.model.imports.append(TakenIn(self.model.tries, expected.added))
        self.model.changed = False
        return expected

    def _check(self, result: Any, expected: Outcome, read: int) -> None:
        known = result.duplicates + result.discarded
        assert (result.read, result.added, known, Counter(result.reasons)) == (
            read,
            len(expected.added),
            read - len(expected.added) - expected.reasons.total(),
            expected.reasons,
        )
        waits = self.book.calls.quarantine().select("call_id", "reason").rows()
        now = [(key[0], self.model.aside[key].reason) for key in self.model.open()]
        assert sorted(waits) == sorted(now)
        self._kept_imports()

    def _kept_imports(self) -> None:
        """The ids of what came in, in the order of the model."""
        new = [one for one in self.book.corrections.imports() if one.id not in self.import_ids]
        assert [one.added for one in new] == [
            len(taken.calls) for taken in self.model.imports[len(self.import_ids) :]
        ]
        self.import_ids += [one.id for one in new]

    # corrections

    @rule(
        nth=st.integers(0, 9),
        change=st.one_of(
            st.tuples(st.just("duration_ms"), st.sampled_from([0, 1, 60_000, 90_500])),
            st.tuples(st.just("account"), ACCOUNTS),
            st.tuples(st.just("called"), st.sampled_from(NUMBERS)),
            st.tuples(st.just("void"), st.just(value=True)),
        ),
    )
    def corrects(self, nth: int, change: tuple[str, Any]) -> None:
        here = [name for name in IDS if self.model.counted(name)] or IDS
        name = here[nth % len(here)]
        call = self.model.counted(name)
        now = None if call is None else call.now
        what, value = change
        may = now is not None and not (what == "duration_ms" and now.ms is None)

        def correct() -> Corrected:
            return self.book.corrections.correct(name, "why", **{what: value})

        if not may:
            with pytest.raises(InputError):
                correct()
        else:
            assert call is not None and now is not None  # noqa: PT018 — for the types
            self._corrected([(call, corrected(now, what, value))], correct())

    def _corrected(self, changes: list[tuple[Counted, Facts | None]], done: Corrected) -> None:
        """Keep what a correction makes of calls; those that stay as they are have none."""
        differ = [(c, then) for c, then in changes if _said(c.now) != _said(then)]
        assert (done.correction is not None) == bool(differ)
        if done.correction is not None:
            assert done.correction.calls == len(differ)
            self.model.corrections[done.correction.number] = [call for call, _ in differ]
            for call, then in differ:
                call.states.append((done.correction.number, then))

    @rule(nth=st.integers(0, 5))
    @precondition(lambda self: self.model.corrections)
    def undoes(self, nth: int) -> None:
        made = sorted(self.model.corrections)
        number = made[nth % len(made)]
        calls = self.model.corrections[number]
        if any(call.states[-1][0] != number for call in calls):
            with pytest.raises(InputError, match="undo that one first"):
                self.book.corrections.undo(number, "why")
            return
        self.book.corrections.undo(number, "why")
        for call in calls:
            call.states.pop()
        del self.model.corrections[number]
        if number in self.model.accepted:
            self.model.wait_again(self.model.accepted.pop(number))

    @rule(nth=st.integers(0, 5))
    @precondition(lambda self: self.model.imports)
    def takes_back(self, nth: int) -> None:
        n = nth % len(self.model.imports)
        taken = self.model.imports[n]
        if taken.undone is None:
            done = self.book.corrections.undo_import(self.import_ids[n], "why")
            assert done.correction is not None
            self.model.undo_import(taken, done.correction.number)
        elif any(self.model.counted(name) for name in taken.calls):
            with pytest.raises(InputError, match="came in anew"):
                self.book.corrections.undo(taken.undone, "why")
        else:
            self.book.corrections.undo(taken.undone, "why")
            self.model.redo_import(taken)

    @rule(days=st.lists(st.sampled_from(DAYS), min_size=2, max_size=2).map(sorted))
    @precondition(lambda self: self.model.living())
    def rematches(self, days: list[date]) -> None:
        (first, last), moved = days, []
        for taken in self.model.imports:
            for call in taken.calls.values() if taken.undone is None else ():
                now = call.now
                if now and now.named == "trunk" and first <= now.day <= last and self.model.trunk:
                    moved.append((call, replace(now, account=self.model.trunk)))
        self._corrected(moved, self.book.corrections.rematch(first, last, "why"))

    @rule(nth=st.integers(0, 3))
    @precondition(
        lambda self: any(
            w.reason == "conflict" and w.state == "open" for w in self.model.aside.values()
        )
    )
    def accepts(self, nth: int) -> None:
        waiting = [k for k in self.model.open() if self.model.aside[k].reason == "conflict"]
        key = waiting[nth % len(waiting)]
        call, then = self.model.counted(key[0]), self.model.facts(key)
        if call is None or call.now is None or then is None:
            with pytest.raises(InputError):
                self.book.corrections.accept(self._id(key), "why")
            return
        done = self.book.corrections.accept(self._id(key), "why")
        self._corrected([(call, then)], done)
        self.model.aside[key].state = "released"
        if done.correction is not None:
            self.model.accepted[done.correction.number] = key

    @rule(nth=st.integers(0, 3))
    @precondition(lambda self: len(self.model.open()) > 2)
    def discards(self, nth: int) -> None:
        key = self.model.open()[nth % len(self.model.open())]
        assert self.book.calls.discard(self._id(key), "why") == 1
        self.model.aside[key].state = "discarded"

    def _id(self, key: Key) -> str:
        waits = self.book.calls.quarantine()
        ended = told(key).row()["ended_at"]
        return next(
            row["id"]
            for row in waits.to_dicts()
            if row["call_id"] == key[0] and ended in row["raw"]
        )

    # declarations

    @rule(
        account=ACCOUNTS,
        plan=st.sampled_from(["flat", "a-z", "lines"]),
        channels=st.integers(0, 9),
        on=ON,
    )
    def switches(self, account: str, plan: str, channels: int, on: date) -> None:
        bought = channels if plan == "lines" else 0

        def switch() -> bool:
            said = bought if plan == "lines" else None
            return self.book.accounts.switch(account, plan, said, on, "why")

        if self.model.plan_on(account, on) == (plan, bought):
            assert not switch()
        elif self._open(on, switch):
            self.model.terms[account][on] = (plan, bought)
            self.switched.add((account, on))
            self.model.changed = True

    @rule(name=st.sampled_from("xyz"), account=ACCOUNTS, on=ON)
    def serves(self, name: str, account: str, on: date) -> None:
        """Deploy a server; one that is there, retire."""
        server = self.model.servers.get(name)
        accounts = self.book.accounts
        if server is None:
            if self._open(on, lambda: accounts.deploy_server(name, account, on, "why")):
                self.model.servers[name] = Server(account, on)
                self.model.changed = True
        elif (
            server.retired is None
            and on >= server.deployed
            and self._open(on, lambda: accounts.retire_server(name, on))
        ):
            server.retired, self.model.changed = on, True

    @rule(owner=st.sampled_from(["acme", "globex", None]))
    def gives_the_trunk(self, owner: str | None) -> None:
        before, self.model.trunk = self.model.trunk, owner
        self._declare(*sorted({name for name in (before, owner) if name}))

    @rule()
    @precondition(lambda self: "umbra" not in self.model.codes)
    def opens_umbra(self) -> None:
        self.model.codes.add("umbra")
        self.model.terms["umbra"] = {FIRST: ("flat", 0)}
        if not self._open(FIRST, lambda: self._declare("umbra")):
            self.model.codes.remove("umbra")
            del self.model.terms["umbra"]

    @rule(rate=st.sampled_from(["0.006", "0.0041"]), on=ON)
    def reprices(self, rate: str, on: date) -> None:
        if on not in self.model.flat_rates:
            text = FLAT.format(rate=rate, since=f"from = {on}")
            if self._open(on, lambda: self._apply(text)):
                self.model.flat_rates[on] = Fraction(rate)

    def _open(self, on: date, act: Callable[[], object]) -> bool:
        """Do it, or, where the day is of the closed month, see it refused."""
        if self.closed and on <= SEPTEMBER_30:
            with pytest.raises(InputError, match="closed month"):
                act()
            return False
        act()
        return True

    def _declare(self, *names: str) -> None:
        spelled = []
        for name in names:
            match = [f'{{ account_code = "{name}" }}']
            if name == self.model.trunk:
                match.append('{ trunk = "in-1" }')
            terms = [
                f'{{ from = {first}, plan = "{plan}"'
                + (f", channels = {channels}" if plan == "lines" else "")
                + (', override = "why" }' if (name, first) in self.switched else " }")
                for first, (plan, channels) in self.model.terms[name].items()
            ]
            spelled.append(
                ACCOUNT.format(
                    name=name, terms=", ".join(terms), limit=LIMITS[name], match=", ".join(match)
                )
            )
        self._apply("".join(spelled))

    def _apply(self, text: str) -> None:
        file = self.folder / f"{next(self.numbers)}.toml"
        file.write_text(text, "utf-8")
        if self.book.apply(file):
            self.model.changed = True

    # cards

    @rule(deck=st.integers(0, 2), at=st.sampled_from([None, *INSTANTS]))
    def brings_a_deck(self, deck: int, at: datetime | None) -> None:
        if DECKS[deck] != self.model.revisions[-1]:
            self._deck(deck, at)
            self.model.revisions.append(DECKS[deck])
            if at is not None:
                self.model.card_orders.append((True, len(self.model.revisions), at))

    @rule(live=st.booleans(), nth=st.integers(0, 3), at=st.sampled_from(INSTANTS))
    def orders_the_card(self, live: bool, nth: int, at: datetime) -> None:
        number = nth % len(self.model.revisions) + 1
        act = self.book.cards.take_live if live else self.book.cards.withdraw
        before = [self.model.deck_at(instant) for instant in INSTANTS]
        try:
            done = act("a-z", number, at, reason="why").done
        except InputError:
            done = False
        if done:
            self.model.card_orders.append((live, number, at))
        elif live:
            then = replace(self.model, card_orders=[*self.model.card_orders, (live, number, at)])
            assert then.deck_at(at) == before[INSTANTS.index(at)]

    def _deck(self, deck: int, at: datetime | None) -> None:
        file = self.folder / f"{next(self.numbers)}.csv"
        rows = [f"{prefix},{rate}\n" for prefix, rate in DECKS[deck].items()]
        file.write_text("Prefix,Rate\n" + "".join(rows), "utf-8")
        self.book.cards.import_deck("a-z", file, live_at=at)

    # money

    @rule(account=ACCOUNTS, amount=CENTS, reference=st.sampled_from("pq"), on=st.sampled_from(DAYS))
    def pays(self, account: str, amount: Decimal, reference: str, on: date) -> None:
        self._by_hand("pay", account, amount, reference, on)

    @rule(account=ACCOUNTS, amount=CENTS, reference=st.sampled_from("rs"), on=st.sampled_from(DAYS))
    def refunds(self, account: str, amount: Decimal, reference: str, on: date) -> None:
        self._by_hand("refund", account, amount, reference, on)

    @rule(account=ACCOUNTS, amount=CENTS, reference=st.sampled_from("tu"), on=st.sampled_from(DAYS))
    def adjusts(self, account: str, amount: Decimal, reference: str, on: date) -> None:
        self._by_hand("adjust", account, amount, reference, on)

    def _by_hand(self, what: str, account: str, amount: Decimal, reference: str, on: date) -> None:
        place, said = (account, reference), (amount, on, what)
        at = datetime.combine(on, datetime.min.time(), UTC)
        money = self.book.ledger

        def act() -> tuple[object, bool]:
            if what == "pay":
                return money.pay(account, amount, reference, at)
            if what == "refund":
                return money.refund(account, amount, "why", reference, at)
            return money.adjust(account, amount, "why", reference, on)

        signed = -amount if what == "refund" else amount
        if place in self.payments:
            if self.payments[place] != said:
                with pytest.raises(InputError, match="use another reference"):
                    act()
            else:
                assert not act()[1]
        elif what == "refund" and amount > self._balance(account):
            with pytest.raises(InputError):
                act()
        elif self._open(on, act):
            self.payments[place] = said
            kind = "adjustment" if what == "adjust" else "payment"
            self.model.posted_by_hand.append((account, on, kind, Fraction(signed)))

    def _balance(self, account: str) -> Decimal:
        (found,) = (s.balance for s in self.book.ledger.balances() if s.account == account)
        return found

    @rule(nth=st.integers(0, 5), on=st.sampled_from(DAYS))
    @precondition(lambda self: any(w != "adjust" for _, _, w in self.payments.values()))
    def reverses(self, nth: int, on: date) -> None:
        paid = [place for place, said in self.payments.items() if said[2] in ("pay", "refund")]
        if not paid:
            return
        account, reference = place = paid[nth % len(paid)]
        amount, day, what = self.payments[place]
        at = datetime.combine(on, datetime.min.time(), UTC)

        def act() -> tuple[object, bool]:
            return self.book.ledger.reverse(reference, "why", account, at)

        if on < day:
            with pytest.raises(InputError):
                act()
        elif self._open(on, act):
            back = amount if what == "refund" else -amount
            self.model.posted_by_hand.append((account, on, "payment", Fraction(back)))
            self.payments[place] = (amount, day, "reversed")  # the reference is used up
            assert not act()[1]

    # runs

    @rule(through=st.sampled_from([*DAYS, LAST, LAST]))
    def bills_again(self, through: date) -> None:
        self._bill(through)

    @rule(through=st.sampled_from([*DAYS, SEPTEMBER_30, LAST]))
    def bills(self, through: date) -> None:
        self._bill(through)

    def _bill(self, through: date) -> None:
        if self.model.changed and self.model.open():
            self._tried_again()
        result = self.book.bill(through)
        self._kept_imports()
        posted = {place: Fraction(amount) for place, amount in ledger(self.book).items()}
        due = self.model.due(max(through, self.billed or through))
        if self.billed is None or through >= self.billed:
            assert posted == due
            self.billed = through
        else:  # what a run up to an earlier day leaves to the next is not looked at
            early = [
                {p: a for p, a in side.items() if p[1] <= through.isoformat() and p[2] == "usage"}
                for side in (posted, due)
            ]
            assert early[0] == early[1]
        assert result.quarantined == len(self.model.open())
        for standing in self.book.ledger.balances():
            own = [amount for place, amount in posted.items() if place[0] == standing.account]
            assert Fraction(standing.balance) == sum(own)
            below = -LIMITS[standing.account] - standing.balance >= Decimal("0.005")
            assert (standing.status is Status.SUSPENDED) == below

    @rule()
    @precondition(lambda self: not self.closed and self.billed and self.billed >= SEPTEMBER_30)
    def closes(self) -> None:
        assert self.book.close_month(SEPTEMBER_30, "reported") == date(2026, 10, 1)
        self.closed = True

    @rule(account=ACCOUNTS)
    def keeps_a_statement(self, account: str) -> None:
        statement = self.book.statement(account, FIRST, LAST)
        self.kept.append((datetime.now(UTC), account, _amounts(statement)))

    @invariant()
    def knows_what_is_declared(self) -> None:
        with self.book.database.transaction() as connection:
            assert declarations.load(connection) == declarations.load_anew(connection)

    def teardown(self) -> None:
        try:
            self._prove()
        finally:
            self.book.close()

    def _prove(self) -> None:
        self._bill(LAST)
        assert self.book.bill(LAST).postings == 0
        assert not any(check.differences for check in self.book.verify())
        entries = self.book.ledger.journal(FIRST, date(2026, 12, 31))
        sums: Counter[str] = Counter()
        for journal, amount in entries.select("journal", "amount").iter_rows():
            sums[journal] += Fraction(amount)
        assert not any(sums.values())
        for instant, account, statement in self.kept:
            assert _amounts(self.book.statement(account, FIRST, LAST, instant)) == statement


def _said(facts: Facts | None) -> tuple[object, ...] | None:
    """What of a call a correction can change."""
    return facts and (facts.account, facts.called, facts.at, facts.ms)


def _amounts(statement: Any) -> object:
    days = [(d.day, d.total, d.balance) for d in statement.days]
    return statement.opening_balance, statement.closing_balance, days


@pytest.mark.slow
def test_whatever_is_done_the_book_is_what_the_rules_say(
    new_book: Callable[[], Book], tmp_path: Path
) -> None:
    """Once, in any order, any split, any rhythm, and as of any instant; debits are credits; verify is clean."""
    run_state_machine_as_test(
        lambda: Carrier(new_book, tmp_path),
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=STEPS,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
