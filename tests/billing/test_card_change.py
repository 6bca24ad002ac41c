"""A revision taken live again, or withdrawn, over days that are billed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.carriers import DECK, Call, declare, ledger, october, on, take_in

from minutebook.cli import run
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from minutebook.book import Book

DAYS = (1, 2, 3, 4)


def make_billed(book: Book, folder: Path) -> None:
    """Four days of a call each at 0.01, of which the last two are priced by revision 2 at 0.02."""
    declare(book, folder)
    take_in(book, folder, *(Call(f"g{day}", "globex", at=on(day)) for day in DAYS))
    dearer = folder / "dearer.csv"
    dearer.write_text(DECK.replace("0.01", "0.02"))
    book.cards.import_deck("a-z", dearer, live_at=on(3, 0))
    book.bill(october(4))


@pytest.fixture
def billed(prepared: Callable[..., Book]) -> Book:
    return prepared(make_billed)


def charges(book: Book) -> list[str]:
    return [ledger(book)["globex", f"2026-10-0{day}", "usage"] for day in DAYS]


def test_going_back_reprices_nothing_before_its_instant(billed: Book) -> None:
    """Revision 1 again from the fourth: days before it keep what they were billed."""
    assert charges(billed) == ["-0.01", "-0.01", "-0.02", "-0.02"]
    found = billed.cards.take_live("a-z", 1, on(4, 0), reason="2 was for a day")
    assert found.done
    assert found.days == (october(4),)
    (account,) = found.accounts
    assert (account.account, account.days) == ("globex", 1)
    assert (account.before, account.after, account.difference) == (
        Decimal("0.02"),
        Decimal("0.01"),
        Decimal("-0.01"),
    )
    assert billed.bill(october(4)).total == {"USD": Decimal("0.01")}
    assert charges(billed) == ["-0.01", "-0.01", "-0.02", "-0.01"]
    assert billed.bill(october(4)).postings == 0
    starts = [
        (i.start, i.revision and i.revision.number) for i in billed.cards.show("a-z").intervals()
    ]
    assert starts[1:] == [(on(3, 0), 2), (on(4, 0), 1)]


@pytest.mark.provokes(
    "billing/card_change.py: that prices … (… to …)… anew: … for … account…; look with dry_run=True, then pass a reason",
    when="A revision is withdrawn, or gone back to, over days that are billed, without a reason.",
)
def test_nothing_is_done_to_billed_days_without_a_word(billed: Book) -> None:
    """It is refused with what it would change; a dry run shows it; a reason or force does it."""
    with pytest.raises(
        InputError, match=r"2 billed days .2026-10-03 to 2026-10-04. anew: -0.02 USD for 1 account"
    ):
        billed.cards.withdraw("a-z", 2, on(3, 0))
    shown = billed.cards.withdraw("a-z", 2, on(3, 0), dry_run=True)
    assert (shown.changed, shown.done, len(shown.days)) == (True, False, 2)
    assert billed.bill(october(4)).postings == 0
    assert billed.cards.withdraw("a-z", 2, on(3, 0), force=True).done
    assert not billed.cards.withdraw("a-z", 2, on(3, 0)).changed
    billed.bill(october(4))
    assert charges(billed) == ["-0.01"] * 4
    assert billed.cards.take_live("a-z", 2, on(9, 0)).days == ()  # nothing is billed from then on


def test_a_deck_taken_live_over_billed_days_says_what_it_changes(
    billed: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `card live` does, closed months among it; one that touches no billed day says nothing."""
    deck = tmp_path / "again.csv"
    deck.write_text(DECK.replace("0.01", "0.05"))
    words = ["--book", str(billed.path), "card", "import", "a-z", str(deck), "--live"]
    assert run([*words, "2026-10-04"]) == 0
    said = capsys.readouterr().err
    assert "The next run prices 1 billed day anew (2026-10-04): 0.03 USD more for 1 account" in said
    assert billed.bill(october(4)).total == {"USD": Decimal("-0.03")}
    assert run([*words, "2026-10-04"]) == 0
    assert "anew" not in capsys.readouterr().err
    deck.write_text(DECK.replace("0.01", "0.06"))
    assert run([*words, "2026-10-09"]) == 0
    assert "anew" not in capsys.readouterr().err


def test_what_a_wrong_deck_prices_still_is_said(
    billed: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same rows live from a later day leave the earlier ones as they are; so does taking it back from now on."""
    deck = tmp_path / "again.csv"
    deck.write_text(DECK.replace("0.01", "0.05"))
    card = ["--book", str(billed.path), "card"]
    back = "minutebook card withdraw a-z 3 --at 2026-10-04T00:00:00Z"
    for day in ("2026-10-04", "2026-10-09"):
        assert run([*card, "import", "a-z", str(deck), "--live", day]) == 0
    said = capsys.readouterr().err
    assert "revision 3 has the same rows, and holds from 2026-10-04T00:00:00Z as before" in said
    assert back in said
    assert run([*card, "withdraw", "a-z", "3"]) == 0
    said = capsys.readouterr().err
    assert "it stays in force: 2026-10-04T00:00:00Z to 2026-10-09T00:00:00Z" in said
    assert back in said
    assert run([*back.split()[1:], "--reason", "wrong day", "--book", str(billed.path)]) == 0
    assert "stays in force" not in capsys.readouterr().err
    assert billed.bill(october(4)).postings == 0


def test_a_change_keeps_who_and_why(billed: Book) -> None:
    """In the change log, beside what it was."""
    billed.cards.withdraw("a-z", 2, on(4, 0), reason="sent by mistake")
    with billed.database.transaction() as connection:
        by, after = connection.execute(
            "select declared_by, after from declaration where kind = 'card' order by declaration desc limit 1"
        ).fetchone()
        with pytest.raises(Exception, match="permission denied"), connection.transaction():
            connection.execute("delete from card_live")
    assert by
    assert (after["revision"], after["reason"]) == (2, "sent by mistake")


def test_a_closed_month_is_warned_of(billed: Book) -> None:
    """Its differences are posted on the first open day; a draft too needs a reason then."""
    with billed.database.transaction() as connection:
        connection.execute(
            "insert into month_close (month, reason, closed_by) values ('2026-10-01', 'over', 'me')"
        )
    with pytest.raises(InputError, match="in 2026-10, which is closed, anew"):
        billed.cards.take_live("a-z", 1, on(4, 0))
    assert billed.cards.take_live("a-z", 1, on(4, 0), dry_run=True).closed_months == (october(1),)


def test_what_means_nothing_is_refused(billed: Book, tmp_path: Path) -> None:
    """In force already, from an earlier instant; never in force; a draft. The same again is the same."""
    assert not billed.cards.take_live("a-z", 2, on(3, 0)).changed
    with pytest.raises(
        InputError, match="revision 2 of a-z is in force at 2026-10-04T00:00:00Z already"
    ):
        billed.cards.take_live("a-z", 2, on(4, 0))
    with pytest.raises(InputError, match="take it live from 2026-10-03T00:00:00Z"):
        billed.cards.take_live("a-z", 1, on(2, 0))
    dearer = tmp_path / "more.csv"
    dearer.write_text(DECK.replace("0.01", "0.03"))
    billed.cards.import_deck("a-z", dearer)
    with pytest.raises(InputError, match="revision 3 of a-z is a draft"):
        billed.cards.withdraw("a-z", 3)
    assert billed.cards.take_live("a-z", 3, on(4, 0)).days == (
        october(4),
    )  # a draft of an open month
