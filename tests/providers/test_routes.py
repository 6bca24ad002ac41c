"""By whom a number is best sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import CARRIER, declare
from tests.providers.conftest import PROVIDERS, make_carrier

from minutebook.cli import run
from minutebook.errors import InputError
from minutebook.statements.routes import NoRoute

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book

AT = datetime(2026, 10, 2, 12, tzinfo=UTC)
MORE = """
[provider.euro]
currency = "EUR"
card = "euro"

[provider.later]
currency = "USD"
card = "later"

[provider.lost]
currency = "CHF"
card = "lost"

[fx]
EUR_USD = [ { from = 2026-10-01, rate = "1.10" }, { from = 2026-10-03, rate = "1.30" } ]

[plan.lines]
model = "per_channel"
currency = "USD"
tiers = [ { channels = 100, price = "1.20" } ]

[account.lines]
plan = "lines"
channels = 2
from = 2026-09-01
"""
DECKS = {
    "euro": ("EUR", "Code,Destination,Rate,Status\n44,UK,0.0038,\n4420,London,0.0036,\n1,USA,,blocked\n"),
    "lost": ("CHF", "Code,Destination,Rate\n44,UK,0.001\n"),
    "sold": ("USD", "Code,Destination,Rate,Increment\n44,UK,0.0042,1/1\n"),
}  # fmt: skip


def make_sending(book: Book, folder: Path) -> None:
    """With providers in other currencies, and one whose card is in no force yet."""
    make_carrier(book, folder)
    for name, (currency, deck) in DECKS.items():
        file = folder / f"{name}.csv"
        file.write_text(deck)
        book.cards.import_deck(name, file, currency=currency)
    declare(book, folder, CARRIER + PROVIDERS + MORE)


@pytest.fixture
def sending(prepared: Callable[..., Book]) -> Book:
    return prepared(make_sending)


def test_providers_come_in_order_of_cost_in_one_currency(sending: Book) -> None:
    """Each call is rounded as its card says, converted by the rate of the day, and the calls added up."""
    long = sending.providers.route("+442079460123", ["600"], at=AT)
    assert [(one.provider, one.prefix, one.own_cost, one.cost) for one in long.routes] == [
        ("euro", "4420", Decimal("0.036"), Decimal("0.0396")),
        ("vox", "44", Decimal("0.04"), Decimal("0.04")),
        ("tele", "44", Decimal("0.06"), Decimal("0.06")),
    ]
    reasons = [(one.provider, one.reason) for one in long.without]
    assert reasons == [("later", NoRoute.NO_REVISION), ("lost", NoRoute.NO_EXCHANGE)]
    dear = sending.providers.route("442079460123", ["600"], at=AT.replace(day=3))
    assert [one.provider for one in dear.routes] == ["vox", "euro", "tele"]
    both = sending.providers.route("442079460123", ["10", "600"], at=AT)
    assert both.routes[2].cost == Decimal("0.066")  # by the whole minute
    assert [call.seconds for call in both.routes[2].calls] == [Decimal(10), Decimal(600)]


def test_who_blocks_a_number_or_has_no_price_for_it_is_told(sending: Book) -> None:
    """No provider is left out without a word."""
    found = sending.providers.route("12025550123", at=AT)
    assert [one.provider for one in found.routes] == ["tele"]
    assert {one.provider: one.reason for one in found.without} == {
        "euro": NoRoute.BLOCKED,
        "later": NoRoute.NO_REVISION,
        "lost": NoRoute.NO_RATE,
        "vox": NoRoute.NO_RATE,
    }


def test_losing_routes_are_marked_by_duration(sending: Book) -> None:
    """By a card, or by the plan of an account; a call under channels has no price of its own."""
    found = sending.providers.route("442079460123", ["10", "600"], at=AT, card="sold")
    loses = {one.provider: one.loses for one in found.routes}
    assert loses == {"euro": (), "vox": (), "tele": (Decimal(10), Decimal(600))}
    assert found.routes[0].margin == Decimal("0.0427") - Decimal("0.04026")
    own = sending.providers.route("442079460123", at=AT, account="acme").routes[0]
    charged = sending.statements.price("442079460123", 60, plan="flat", at=AT).cost
    assert own.sale == charged
    unsold = sending.providers.route("12025550123", at=AT, card="sold")
    assert (unsold.sale_missing, unsold.routes[0].margin) == (NoRoute.NO_RATE, None)
    with pytest.raises(InputError, match="has no price of its own; pass a card"):
        sending.providers.route("442079460123", at=AT, account="lines")


@pytest.mark.provokes(
    "statements/routes.py: no provider is declared; declare [provider.NAME] and apply it",
    when="`route` in a book without providers",
)
def test_without_providers_there_is_nothing_to_compare(book: Book) -> None:
    """It is said what to declare."""
    with pytest.raises(InputError, match="no provider is declared; declare"):
        book.providers.route("442079460123")


def test_the_command_says_all_of_it(sending: Book, capsys: pytest.CaptureFixture[str]) -> None:
    """A number that nobody takes ends with status 1."""
    where = ["--book", str(sending.path)]
    at = ["--at", "2026-10-02T12:00:00Z"]
    words = ["route", "442079460123", "--seconds", "10,600", "--card", "sold", *at]
    assert run([*where, *words]) == 0
    out = capsys.readouterr().out
    assert "Not by lost: it costs 0.01020 CHF, and 2026-10-02 has no rate of exchange to USD" in out
    assert "10 s, 600 s" in out.splitlines()[6]  # tele loses at both
    assert run([*where, "--format", "json", "route", "33140205060", *at]) == 1
    view = json.loads(capsys.readouterr().out)
    assert view["routes"] == []
    assert len(view["without"]) == 5


def test_a_card_by_jurisdiction_is_compared_by_the_callers(
    carrier: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Within a state its price is below the other provider's, and between states above; without a caller it is indeterminate."""
    texts = {
        "states.csv": "npanxx,state\n201200,NJ\n212555,NY\n646555,NY\n",
        "by-state.csv": "npanxx,inter,intra,rate\n646555,0.0012,0.0003,0.0015\n",
        "more.toml": '[card.by-state]\ncurrency = "USD"\njurisdictions = {}\n[provider.states]\ncard = "by-state"\n',
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    book = ["--book", str(carrier.path)]
    for words in (
        ("apply", "more.toml"),
        ("numbering", "import", "states.csv"),
        ("card", "import", "by-state", "by-state.csv"),
    ):
        assert run([*book, *words[:-1], str(tmp_path / words[-1])]) == 0
    found = {
        caller: [
            (route.provider, str(route.own_cost.normalize()))
            for route in carrier.providers.route("16465550100", at=AT, caller=caller).routes
        ]
        for caller in ("+1 212 555 0100", "12012000100", None)
    }
    assert found == {
        "+1 212 555 0100": [("states", "0.0003"), ("tele", "0.001")],
        "12012000100": [("tele", "0.001"), ("states", "0.0012")],
        None: [("tele", "0.001"), ("states", "0.0015")],
    }
    capsys.readouterr()
    sold = ["route", "16465550100", "--card", "by-state"]
    assert run([*book, *sold, "--caller", "12125550100"]) == 0
    said = capsys.readouterr().out
    assert "16465550100 from 12125550100 at " in said
    assert "Nobody said" not in said
    assert run([*book, *sold]) == 0
    assert (
        "Nobody said who calls, and it counts for by-state (indeterminate): what is shown is for an unknown caller,"
        " and so are margins and losses. Add --caller NUMBER."
    ) in " ".join(capsys.readouterr().out.split())
    assert run([*book, "--format", "json", *sold]) == 0
    view = json.loads(capsys.readouterr().out)
    assert [(one["price_class"], one["caller_unknown"]) for one in view["routes"]] == [
        (None, False),
        ("indeterminate", True),
    ]
    assert (view["sale_class"], view["sale_caller_unknown"]) == ("indeterminate", True)
    asked = ["route", "export", "asterisk", str(tmp_path / "r.csv"), "--caller", "12125550100"]
    assert run([*book, *asked]) == 2
    assert "--caller is of one number" in capsys.readouterr().err
