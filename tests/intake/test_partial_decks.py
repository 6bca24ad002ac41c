"""Decks that change some rows of a card: the others stay, and each revision is whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.carriers import DECK, on

from minutebook.cards.deck_reading import DeckReading
from minutebook.cards.revision import ALWAYS, Card, Revision
from minutebook.cards.tariff import Terms
from minutebook.cli import run
from minutebook.errors import InputError
from minutebook.intake.deck_parts import DeckOrder, partial_parts
from minutebook.lake.card_store import CardStore, PlannedDecks

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book


@pytest.fixture
def carrier(book: Book, tmp_path: Path) -> Book:
    """A card of 44 at 0.01, 447 at 0.03 and 1 at 0.004."""
    (tmp_path / "deck.csv").write_text(DECK)
    book.cards.import_deck("a-z", tmp_path / "deck.csv")
    return book


def written(folder: Path, text: str) -> Path:
    path = folder / "changes.csv"
    path.write_text(text)
    return path


def rates(book: Book, number: int) -> dict[str, int | None]:
    """The rates of a revision by prefix, in units of a millionth; None: blocked."""
    revision = book.cards.show("a-z").numbered(number)
    frame = book.cards.prices(revision).select("prefix", pl.col("rate") // 10_000)
    return dict(frame.iter_rows())


def test_a_partial_deck_changes_the_rows_that_it_names(
    carrier: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Dearer, new, blocked, removed; the others stay, with their names; and the same twice is one revision."""
    changes = written(
        tmp_path,
        "Code,Destination,Rate,Status\n44,UK,0.02,increase\n33,France,0.01,New\n1,,,blocked\n447,,,Deleted\n99,,,deleted\n",
    )
    words = ["--book", str(carrier.path), "card", "import", "a-z", str(changes), "--partial"]
    assert run([*words, "--live", "2026-11-01"]) == 0
    said = capsys.readouterr().err
    assert "a partial deck: the rows that it does not name are those of revision 1" in said
    assert "removed, and not there before: 99" in said
    assert rates(carrier, 2) == {"1": None, "33": 10_000, "44": 20_000}
    assert run([*words, "--live", "2026-11-01"]) == 0
    assert "is revision 2 of a-z already" in capsys.readouterr().err
    assert len(carrier.cards.show("a-z").revisions) == 2
    few = written(tmp_path, "Code,Rate\n44,0.02\n")
    found = carrier.cards.preview_deck("a-z", few, live_at=on(9, 0, month=11))
    assert (found.taken.gone, found.taken.partial) == (2, False)
    assert run([*words[:-1], "--live", "2026-11-09"]) == 0
    assert "2 prefixes of revision 2 are not in the deck" in capsys.readouterr().err


def far(day: int) -> datetime:
    """An instant that is yet to come."""
    return datetime(2099, 11, day, tzinfo=UTC)


def test_each_of_its_dates_is_a_whole_revision(carrier: Book, tmp_path: Path) -> None:
    """Over what is in force at it; an end takes the row away; a later revision without the changes is told."""
    other = written(tmp_path, "Code,Rate\n44,0.05\n7,0.06\n")
    carrier.cards.import_deck("a-z", other, live_at=far(20))
    dated = "Code,Rate,Effective,End\n44,0.02,2099-11-10,2099-11-24\n33,0.01,2099-11-15,\n"
    taken, _ = carrier.cards.import_deck("a-z", written(tmp_path, dated), partial=True)
    assert [revision.live_at for revision in (taken.revision, *taken.later)] == [
        far(10), far(15), far(25),
    ]  # fmt: skip
    assert rates(carrier, 3) == {"1": 4_000, "44": 20_000, "447": 30_000}
    assert rates(carrier, 4) == {"1": 4_000, "33": 10_000, "44": 20_000, "447": 30_000}
    assert rates(carrier, 5) == {"33": 10_000, "7": 60_000}
    assert taken.made_from == (1, 2)
    assert [one.start for one in taken.not_in] == [far(20)]
    again, _ = carrier.cards.import_deck("a-z", written(tmp_path, dated), partial=True)
    assert (again.added, len(carrier.cards.show("a-z").revisions)) == (False, 5)


@pytest.mark.provokes(
    "intake/deck_parts.py: card … has revision … in force and revision … besides: which one a partial deck changes is open; pass live_at: it changes the one in force then",
    when="A partial deck without an instant is imported into a card with a draft, or with a revision yet to begin.",
)
@pytest.mark.provokes(
    "intake/deck_parts.py: card … has no revision in force … that a partial deck could change; import a deck with all prices, or take a revision live first",
    when="A partial deck is imported for an instant at which the card has no prices.",
)
def test_which_revision_it_changes_is_never_guessed(carrier: Book, tmp_path: Path) -> None:
    """With a draft besides, and where none is in force; nothing is kept of it."""
    few = written(tmp_path, "Code,Rate\n44,0.02\n")
    draft, _ = carrier.cards.import_deck("a-z", few, partial=True)
    assert (draft.revision.number, draft.revision.live_at) == (2, None)
    assert not carrier.cards.import_deck("a-z", few, partial=True)[0].added
    other = tmp_path / "other.csv"
    other.write_text("Code,Rate\n44,0.03\n")
    files = sorted(carrier.card_store._folder.iterdir())
    with pytest.raises(InputError, match="revision 1 in force and revision 2 besides"):
        carrier.cards.import_deck("a-z", other, partial=True)
    carrier.cards.import_deck("late", other, live_at=on(1))
    with pytest.raises(InputError, match="no revision in force 2026-09-01"):
        carrier.cards.import_deck("late", other, partial=True, live_at=on(1, 0, month=9))
    assert sorted(carrier.card_store._folder.iterdir())[: len(files)] == files
    assert len(carrier.cards.show("a-z").revisions) == 2


PREFIXES = st.sampled_from(["1", "33", "44", "447", "4470", "7"])
ROWS = st.dictionaries(PREFIXES, st.integers(1, 99), min_size=1)
CHANGES = st.dictionaries(PREFIXES, st.one_of(st.none(), st.integers(1, 99)), min_size=1)


@settings(max_examples=25)
@given(rows=ROWS, changes=CHANGES)
def test_what_it_does_not_name_stays(
    tmp_path_factory: pytest.TempPathFactory, rows: dict[str, int], changes: dict[str, int | None]
) -> None:
    """Whatever it changes, adds and removes (None): the whole is as if each row were changed by hand."""
    folder = tmp_path_factory.mktemp("deck")
    full = written(folder, "prefix,rate\n" + "".join(f"{p},0.{r:02}\n" for p, r in rows.items()))
    store = PlannedDecks(CardStore(folder))
    deck = DeckReading().read(full)
    revision = Revision("a", 1, ALWAYS, store.write(deck.rows), 1, "a.csv", Terms(), on(1))
    lines = [f"{p},,removed\n" if r is None else f"{p},0.{r:02},\n" for p, r in changes.items()]
    part = DeckReading().read(
        written(folder, "prefix,rate,status\n" + "".join(lines)), partial=True
    )
    order = DeckOrder("a", part, "b.csv", Terms(), None, "USD", on(9), on(9), partial=True)
    (made,) = partial_parts(part, Card("a", "USD", (revision,)), store, order)
    wanted = {p: r for p, r in (rows | changes).items() if r is not None}
    assert dict(made.rows.select("prefix", pl.col("rate") // 10**8).iter_rows()) == wanted
