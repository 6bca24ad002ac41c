"""A deck that is looked at before it is taken in: what it would change, and that nothing is kept."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import CARRIER, Call, declare, october, on, take_in

from minutebook.cli import run
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

VOX = """
[provider.vox]
currency = "USD"
card = "a-z"
match = [ { server = "lon-1" } ]
"""
NEW = "Code,Destination,Rate (cents/min)\n44,United Kingdom,1.2\n447,UK mobile,2.5\n33,France,1\n"


@pytest.fixture
def carrier(book: Book, tmp_path: Path) -> Book:
    """Two customers, one by the card, a provider by the card too, and calls of some days."""
    declare(book, tmp_path, CARRIER + VOX)
    calls = [Call(f"g{day}", "globex", at=on(day)) for day in (1, 2, 9)]
    calls += [Call("us", "globex", "12025550123", at=on(9)), Call("a", "acme", at=on(9))]
    take_in(book, tmp_path, *calls)
    (tmp_path / "new.csv").write_text(NEW)
    return book


def kept(book: Book) -> tuple[object, ...]:
    """What an import leaves: revisions, files of prices, the change log."""
    with book.database.transaction() as connection:
        said = connection.execute("select count(*) from declaration").fetchone()
    files = sorted(path.name for path in book.card_store._folder.iterdir())
    return str(book.cards.list()), files, said


def test_a_preview_says_what_changes_and_keeps_nothing(carrier: Book, tmp_path: Path) -> None:
    """By prefix and country, and in money for whom the card charges, as a run would come to it."""
    before = kept(carrier)
    found = carrier.cards.preview_deck("a-z", tmp_path / "new.csv", live_at=on(1, 0))
    assert kept(carrier) == before
    assert (found.taken.added, found.against and found.against.number) == (True, 1)
    assert (found.first_day, found.last_day) == (october(1), october(9))
    (part,) = found.parts
    told = part.changes.select("prefix", "country", "change").rows()
    assert told == [
        ("1", "several", "removed"),
        ("33", "FR", "new"),
        ("44", "several", "dearer"),
        ("447", "several", "cheaper"),
    ]
    amounts = {a.account: (a.calls, a.before, a.after, a.unpriced_after) for a in part.accounts}
    assert amounts == {
        "globex": (4, Decimal("0.034"), Decimal("0.036"), 1),
        "provider:vox": (5, Decimal("0.044"), Decimal("0.048"), 1),
    }
    week = carrier.cards.preview_deck("a-z", tmp_path / "new.csv", days=1)
    assert (week.first_day, week.parts[0].accounts[0].before) == (october(9), Decimal("0.014"))
    none = carrier.cards.preview_deck("a-z", tmp_path / "new.csv", days=0)
    assert (none.first_day, none.parts[0].accounts) == (None, ())


def test_what_a_preview_says_in_money_is_what_the_run_charges(
    carrier: Book, tmp_path: Path
) -> None:
    """Before, by the revision in force; after, once the deck is taken in."""
    (account, _) = (
        carrier.cards.preview_deck("a-z", tmp_path / "new.csv", live_at=on(1, 0)).parts[0].accounts
    )
    carrier.bill(october(9))
    assert carrier.cards.import_deck("a-z", tmp_path / "new.csv", live_at=on(1, 0))[0].added
    more = carrier.bill(october(9)).total["USD"]
    assert more == -account.difference


def test_every_door_shows_a_preview(
    carrier: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table with the columns that were read, CSV with every change, JSON with all of it."""
    words = [
        "card",
        "import",
        "a-z",
        str(tmp_path / "new.csv"),
        "--preview",
        "--increment",
        "60/60",
    ]
    asked = {}
    for kind in ("table", "csv", "json"):
        assert run(["--book", str(carrier.path), "--format", kind, *words]) == 0
        asked[kind], said = capsys.readouterr()
        assert "A preview: nothing was kept." in said
    for told in ("Rate (cents/min)", "cents a minute", "What the card says", "60/60"):
        assert told in asked["table"]
    rows = list(csv.DictReader(io.StringIO(asked["csv"])))
    assert [(row["prefix"], row["change"]) for row in rows] == [
        ("1", "removed"), ("33", "new"), ("44", "dearer"), ("447", "cheaper"),
    ]  # fmt: skip
    (one,) = json.loads(asked["json"])["revisions"]
    assert (one["live_at"], one["counts"]["dearer"]) == (None, 1)
    assert one["terms"] == [
        {"term": "increment", "change": "changed", "before": None, "after": "60/60"}
    ]


def test_prices_of_bands_are_compared_too(book: Book, tmp_path: Path) -> None:
    """Dearer where one rises and none falls; where one falls and another rises it is neither."""
    carrier = tmp_path / "bands.toml"
    times = 'zone = "UTC"\ntimes = [ { band = "peak", days = ["mon-fri"] }, { band = "night" } ]'
    carrier.write_text(f'[card.sold]\ncurrency = "USD"\n[card.sold.bands]\n{times}\n')
    book.apply([carrier])
    deck = tmp_path / "deck.csv"
    deck.write_text(
        "prefix,rate,peak,night\n44,0.01,0.03,0.02\n33,0.01,0.03,0.02\n1,0.01,0.03,0.02\n"
    )
    book.cards.import_deck("sold", deck)
    deck.write_text(
        "prefix,rate,peak,night\n44,0.01,0.04,0.02\n33,0.01,0.04,0.01\n1,0.01,0.03,0.01\n"
    )
    found = book.cards.preview_deck("sold", deck).parts[0].changes
    assert dict(found.select("prefix", "change").iter_rows()) == {
        "1": "cheaper", "33": "changed", "44": "dearer",
    }  # fmt: skip


def test_a_preview_refuses_what_the_import_refuses(carrier: Book, tmp_path: Path) -> None:
    """With the same words; and a deck that is refused leaves no trace of its prices."""
    before = kept(carrier)
    wrong = tmp_path / "wrong.csv"
    for deck in (
        "prefix,rate\n44,\n",
        "prefix,rate (EUR)\n44,0.01\n",
        "prefix,rate,effective\n44,0.01,2026-10-01\n44,0.02,2026-10-09\n",
    ):
        wrong.write_text(deck)
        said = []
        for ask in (carrier.cards.preview_deck, carrier.cards.import_deck):
            with pytest.raises(InputError) as caught:
                ask("a-z", wrong)
            said.append(str(caught.value))
        assert said[0] == said[1]
        assert kept(carrier) == before


def test_the_same_deck_twice_is_one_revision(carrier: Book, tmp_path: Path) -> None:
    """And a preview says so."""
    assert carrier.cards.import_deck("a-z", tmp_path / "new.csv")[0].added
    before = kept(carrier)
    found = carrier.cards.preview_deck("a-z", tmp_path / "new.csv")
    assert (found.taken.added, found.taken.revision.number) == (False, 2)
    assert not carrier.cards.import_deck("a-z", tmp_path / "new.csv")[0].added
    assert kept(carrier) == before
