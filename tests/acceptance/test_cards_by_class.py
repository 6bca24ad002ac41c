"""Cards by time, jurisdiction, origin and caller: every question about calls is answered by the same prices.

A plain reference, in fractions, says what each call costs its account and its provider.
"""

from __future__ import annotations

import json
import math
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from tests.carriers import Call, declare, take_in

from minutebook import settings
from minutebook.book import Book
from minutebook.cli import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Cluster

WHAT = """
[card.weekly]
currency = "USD"
[card.weekly.bands]
zone = "Europe/London"
times = [ { band = "peak", days = ["mon-fri"], from = "08:00", to = "18:00" }, { band = "off" } ]
[card.states]
currency = "USD"
jurisdictions = {}
[card.near]
currency = "USD"
[card.near.origins]
group = { callers = ["GB", "IN", "US"], called = ["IN", "US"] }
[card.ani]
currency = "USD"
callers = ["44", "4420"]
[card.by-origin]
currency = "USD"
origins = {}
[card.by-caller]
currency = "USD"
callers = ["44", "1"]
[provider.vox]
card = "by-origin"
match = [ { trunk = "vox" } ]
[provider.tele]
card = "by-caller"
match = [ { trunk = "tele" } ]
"""
STATES = {"201200": "NJ", "212555": "NY", "646555": "NY"}
DECKS = {
    "weekly": "prefix,peak,off\n44,0.6,0.12\n1,0.06,0.03\n91,2.4,1.2\n",
    "states": "npanxx,inter,intra,indeterminate\n201200,0.6,0.06,0.9\n646555,1.2,0.12,1.5\n212555,0.3,0.03,0.6\n",
    "near": "prefix,local,group,international\n44,0.06,0.12,0.6\n1,0.03,0.06,0.12\n91,0.9,1.2,1.8\n447,0.3,0.36,0.9\n",
    "ani": "prefix,other,44,4420\n44,0.6,0.12,0.06\n1,0.3,0.24,0.24\n91,1.2,1.2,1.2\n447,0.9,0.9,0.48\n",
    "by-origin": "prefix,local,international\n44,0.03,0.3\n1,0.012,0.06\n91,0.6,1.2\n",
    "by-caller": "prefix,other,44,1\n44,0.3,0.03,0.06\n1,0.06,0.12,0.012\n91,0.72,0.6,0.66\n",
}  # fmt: skip
COLUMN = {"weekly": "band", "states": "jurisdiction", "near": "origin", "ani": "caller_prefix", "by-origin": "origin", "by-caller": "caller_prefix"}  # fmt: skip
BOUGHT = {"vox": "by-origin", "tele": "by-caller"}
SOLD = ("weekly", "states", "near", "ani")
"""Cards, and plans and accounts of the same names."""
CALLERS = ("442079460999", "441214960111", "12125550100", "12012000100", "912212345678", "")
CALLED = ("442079460123", "447700900123", "912212345678", "12125550123")
IN_STATES = ("16465550100", "12012000199", "12125550123")
MONTH = ("--month", "2026-10")


def class_of(card: str, call: Call) -> int:
    """The place of a call's class among the prices of a row, by the rules alone."""
    caller, called = call.more["caller"], call.called

    def of_country(number: str) -> str | None:
        return next((name for code, name in {"44": "GB", "91": "IN", "1": "US"}.items() if number.startswith(code)), None)  # fmt: skip

    match card:
        case "weekly":
            local = (call.at + timedelta(seconds=2)).astimezone(ZoneInfo("Europe/London"))
            return 0 if local.weekday() < 5 and 8 <= local.hour < 18 else 1
        case "states":
            ours, theirs = (STATES.get(n[1:7]) if n[:1] == "1" else None for n in (caller, called))
            return 2 if ours is None or theirs is None else int(ours == theirs)
        case "near" | "by-origin":
            ours, theirs = of_country(caller), of_country(called)
            if ours == theirs and ours is not None:
                return 0
            return 1 if card == "by-origin" or (ours and theirs in {"IN", "US"}) else 2
    named = DECKS[card].split("\n", 1)[0].split(",")[2:]
    held = max((one for one in named if caller.startswith(one)), key=len, default=None)
    return 0 if held is None else 1 + named.index(held)


def priced(card: str, call: Call) -> tuple[str, str, Fraction] | None:
    """The prefix, the class and the cost of a call; None where no prefix begins its number."""
    first, *lines = DECKS[card].strip().split("\n")
    prices = {
        ("1" * (card == "states")) + prefix: rates
        for prefix, *rates in (line.split(",") for line in lines)
    }
    prefix = max((one for one in prices if call.called.startswith(one)), key=len, default=None)
    if prefix is None:
        return None
    place = class_of(card, call)
    cost = Fraction(prices[prefix][place]) * math.ceil(Fraction(str(call.seconds))) / 60
    return prefix, first.split(",")[1:][place], Fraction(math.ceil(cost * 10**4), 10**4)


def calls() -> list[Call]:
    """Of each account some by every caller, over both trunks, in and out of the peak."""
    made = []
    for n, account in enumerate(SOLD):
        for m in range(18):
            called = (IN_STATES if account == "states" else CALLED)[m % (3 if account == "states" else 4)]  # fmt: skip
            at = datetime(2026, 10, 1 + m % 4, (6, 7, 9, 17, 18, 23)[(m + n) % 6], 10 + m, tzinfo=UTC)  # fmt: skip
            more = {"caller": CALLERS[(m // 3 + n) % 6], "trunk": ("vox", "tele")[(m + n) % 2]}
            made.append(Call(f"{account}-{m}", account, called, at, (0.4, 61.5, 125.0)[m % 3], more=more))  # fmt: skip
    return made


def by_the_second(deck: str) -> str:
    """The deck, each row with its increment."""
    first, *lines = deck.strip().split("\n")
    return "\n".join([f"{first},increment", *(f"{line},1/1" for line in lines)]) + "\n"


@dataclass(frozen=True)
class Asked:
    """The book, and how it is asked."""

    book: Book
    calls: list[Call]
    folder: Path

    def __call__(self, *words: str) -> Any:
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = run(["--book", str(self.book.path), "--format", "json", *words])
        assert status == 0, (words, err.getvalue())
        return json.loads(out.getvalue())

    def file(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return str(self.folder / name)

    def cost(self, card: str, account: str | None = None, trunk: str | None = None) -> Fraction:
        """What a card makes of an account's calls, or of those over a trunk."""
        mine = [c for c in self.calls if account in (None, c.account_code) and trunk in (None, c.more["trunk"])]  # fmt: skip
        return sum((one[2] for one in (priced(card, call) for call in mine) if one), Fraction(0))


@pytest.fixture(scope="module")
def asked(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """A book that is billed: an account by each card, and two providers."""
    folder = tmp_path_factory.mktemp("classes")
    application, owner = cluster.new_database()
    settings.write(folder, "USD", application, owner)
    book = Book(settings.read(folder))
    asking = Asked(book, calls(), folder)
    sides = "".join(
        f'[plan.{one}]\nmodel = "per_minute"\ncurrency = "USD"\ncard = "{one}"\n'
        f'[account.{one}]\nplan = "{one}"\nfrom = 2026-10-01\nmatch = [ {{ account_code = "{one}" }} ]\n'
        for one in SOLD
    )
    declare(book, folder, sides + WHAT, deck=None)
    states = "".join(f"{office},{state}\n" for office, state in STATES.items())
    asking.file("states.csv", "npanxx,state\n" + states)
    book.numbering.import_file(folder / "states.csv")
    for name, deck in DECKS.items():
        asking.file(f"{name}.csv", by_the_second(deck))
        book.cards.import_deck(name, folder / f"{name}.csv")
    take_in(book, folder, *asking.calls)
    book.runs.bill(date(2026, 10, 31))
    yield asking
    book.close()
    cluster.drop(owner)


def test_calls_and_explanations_name_the_price_of_their_class(asked: Asked) -> None:
    """Of every call, to its account and to its provider, the class, the rate's cost and the prefix."""
    by_id = {call.call_id: call for call in asked.calls}
    sides = [((one,), one) for one in SOLD]
    sides += [(("--provider", name), card) for name, card in BOUGHT.items()]
    seen = set()
    for words, card in sides:
        for row in asked("calls", *words, *MONTH)["calls"]:
            prefix, held, cost = priced(card, by_id[row["call_id"]]) or ("", "", 0)
            told = {name: row[name] for name in COLUMN.values() if row[name] is not None}
            assert (row["prefix"], told, Fraction(row["cost"])) == (prefix, {COLUMN[card]: held}, cost)  # fmt: skip
            seen.add((card, held))
    assert len(seen) == sum(len(deck.split("\n", 1)[0].split(",")) - 1 for deck in DECKS.values())
    for call in asked.calls[::24]:
        steps = " ".join(asked("explain", call.call_id)["calls"][0]["steps"])
        for card in (call.account_code, BOUGHT[call.more["trunk"]]):
            _, held, _ = priced(card, call) or ("", "", 0)
            assert f"band {held}" in steps or f": {held}." in steps


def test_totals_and_margins_are_the_sums_of_the_calls(asked: Asked) -> None:
    """By account and by provider, and what both sides come to."""
    charged = {row["account"]: -Fraction(row["charges"]) for row in asked("totals", *MONTH, "--by", "account")["totals"]}  # fmt: skip
    assert charged == {one: asked.cost(one, one) for one in SOLD}
    owed = {row["provider"]: Fraction(row["cost"]) for row in asked("margin", *MONTH, "--by", "provider")["rows"]}  # fmt: skip
    assert owed == {name: asked.cost(card, trunk=name) for name, card in BOUGHT.items()}
    total = asked("margin", *MONTH)["total"]
    assert (Fraction(total["sale"]), Fraction(total["cost"])) == (sum(charged.values()), sum(owed.values()))  # fmt: skip


def test_reviews_and_simulations_price_by_class_too(asked: Asked) -> None:
    """What an account pays, what it would by the other plans, and by a revision with other prices."""
    review = asked("review", "near", *MONTH)
    assert Fraction(review["current"]["cost"]) == asked.cost("near", "near")
    found = {plan["plan"]: Fraction(plan["cost"]) for plan in review["plans"]}
    assert {one: found[one] for one in ("weekly", "ani")} == {one: asked.cost(one, "near") for one in ("weekly", "ani")}  # fmt: skip
    earned = sum((priced(BOUGHT[c.more["trunk"]], c) or ("", "", Fraction(0)))[2] for c in asked.calls if c.account_code == "near")  # fmt: skip
    assert Fraction(review["earned"]["cost"]) == earned
    dearer = DECKS["near"].replace("44,0.06,0.12,0.6\n", "44,0.06,0.12,0.66\n")
    asked(
        "card",
        "import",
        "near",
        asked.file("dearer.csv", by_the_second(dearer)),
        "--live",
        "2026-12-01",
    )
    (total,) = asked("simulate", *MONTH, "--card", "near=2")["totals"]
    more = Fraction(total["revenue_then"]) - Fraction(total["revenue_now"])
    abroad = [c for c in asked.calls if c.account_code == "near" and (priced("near", c) or ("",))[0:2] == ("44", "international")]  # fmt: skip
    assert abroad
    assert more == sum(Fraction("0.06") * math.ceil(Fraction(str(c.seconds))) / 60 for c in abroad)


@pytest.mark.parametrize(("side", "name", "card"), [("--account", "ani", "ani"), ("--provider", "vox", "by-origin")])  # fmt: skip
def test_a_dispute_names_the_class_of_the_prices_that_differ(
    asked: Asked, side: str, name: str, card: str
) -> None:
    """Of a side that asks half as much again to one prefix, what that comes to, and whose price it is."""
    rows, more = [], Fraction(0)
    for call in asked.calls:
        if name not in (call.account_code, call.more["trunk"]):
            continue
        prefix, _, cost = priced(card, call) or ("", "", Fraction(0))
        theirs = cost * 3 / 2 if prefix == "91" else cost
        more += theirs - cost
        answered = call.at + timedelta(seconds=2)
        rows.append(f"{call.call_id},{call.more['caller']},{call.called},{answered:%Y-%m-%d %H:%M:%S},{call.seconds},{float(theirs):.5f}\n")  # fmt: skip
    file = asked.file(f"{name}-theirs.csv", "Id,From,To,Answer,Billsec,Amount\n" + "".join(rows))
    told = asked("reconcile", "lake", file, *MONTH, side, name)
    (rate,) = (one for one in told["classes"] if one["class"] == "rate")
    assert -Fraction(rate["amount"]) == more > 0
    held = {priced(card, c)[1] for c in asked.calls if name in (c.account_code, c.more["trunk"]) and c.called[:2] == "91"}  # type: ignore[index]  # fmt: skip
    assert all(any(cause.startswith(f"To 91 ({one}), ") for cause in rate["causes"]) for one in held)  # fmt: skip
