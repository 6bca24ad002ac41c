"""Dates of a deck: from when and until when its rows hold, and the revisions that this makes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest

from minutebook.cards.deck_dates import DateOrder
from minutebook.cards.decks import read_deck
from minutebook.cards.revision import ALWAYS
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book


def on(month: int, day: int = 1, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def revisions(
    folder: Path, text: str, at: datetime | None = None, dates: DateOrder | None = None
) -> list[tuple[datetime, dict[str, int]]]:
    """From which instants which rates, in ten-thousandths."""
    file = folder / "deck.csv"
    file.write_text(text)
    return [
        (
            since,
            {prefix: rate // 10**6 for prefix, rate in frame.select("prefix", "rate").iter_rows()},
        )
        for since, frame in read_deck(file, dates=dates).schedule(at)
    ]


SCHEDULE = """Prefix,Rate,Activation Date,Valid Until
44,0.006,2026-10-01,2026-10-31
44,0.007,2026-11-01,
1,0.004,2026-10-01,2026-12-31
"""


def test_rows_of_different_dates_are_several_revisions(tmp_path: Path) -> None:
    """Each whole, from the instant at which something begins or ends; a last day is included."""
    assert revisions(tmp_path, SCHEDULE) == [
        (on(10), {"44": 60, "1": 40}),
        (on(11), {"44": 70, "1": 40}),
        (datetime(2027, 1, 1, tzinfo=UTC), {"44": 70}),
    ]


def test_what_has_begun_holds_from_the_instant_that_is_said(tmp_path: Path) -> None:
    """Of two that have begun the later; what has ended is left out."""
    assert revisions(tmp_path, SCHEDULE, at=on(11, 15)) == [
        (on(11, 15), {"44": 70, "1": 40}),
        (datetime(2027, 1, 1, tzinfo=UTC), {"44": 70}),
    ]


def test_without_dates_a_deck_is_one_revision(tmp_path: Path) -> None:
    """From always; empty columns of dates say nothing."""
    assert revisions(tmp_path, "Prefix,Rate,Start Date,End Date\n44,0.006,,\n") == [
        (ALWAYS, {"44": 60})
    ]


@pytest.mark.parametrize(
    ("cell", "begins"),
    [
        ("2026-11-02", on(11, 2)),
        ("2026/11/02", on(11, 2)),
        ("20261102", on(11, 2)),
        ("02-Nov-2026", on(11, 2)),
        ("2 November 2026", on(11, 2)),
        ("16/11/2026", on(11, 16)),
        ("11/16/2026", on(11, 16)),
        ("16.11.2026", on(11, 16)),
        ("2026-11-02T10:00:00Z", on(11, 2, 10)),
        ("2026-11-02 10:00", on(11, 2, 10)),
        ("2026-11-02 12:00:00+02:00", on(11, 2, 10)),
    ],
)  # fmt: skip
def test_dates_are_read_in_any_usual_form(tmp_path: Path, cell: str, begins: datetime) -> None:
    """Where they are alike in all rows, the deck is one revision from then."""
    assert revisions(tmp_path, f"Prefix,Rate,Effective Date\n44,0.006,{cell}\n") == [
        (begins, {"44": 60})
    ]


def test_the_order_of_day_and_month_is_told_by_all_dates_or_asked(tmp_path: Path) -> None:
    """One date beyond twelve tells it for all; else the user does."""
    text = "Prefix,Rate,Effective Date\n44,0.006,01/11/2026\n1,0.004,{}\n"
    assert revisions(tmp_path, text.format("15/11/2026"))[0][0] == on(11)
    with pytest.raises(InputError) as caught:
        revisions(tmp_path, text.format("01/12/2026"))
    assert "may have the month or the day first; say --dates" in caught.value.for_shell()
    assert revisions(tmp_path, text.format("01/12/2026"), dates=DateOrder.DMY)[0][0] == on(11)
    assert revisions(tmp_path, text.format("01/12/2026"), dates=DateOrder.MDY)[0][0] == on(1, 11)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Prefix,Rate,Effective\n44,0.01,soon\n", ":2: effective 'soon' is not a date"),
        ("Prefix,Rate,Effective\n44,0.01,2026-02-30\n", ":2: effective '2026-02-30' is no day of the calendar"),
        ("Prefix,Rate,Effective,End\n44,0.01,2026-02-03,2026-02-01\n", ":2: end '2026-02-01' is not after"),
        ("Prefix,Rate,Effective\n44,0.01,2026-10-01\n44,0.02,2026-10-01\n", ":3: prefix 44 has another price than on line 2"),
    ],
)  # fmt: skip
def test_dates_that_cannot_be_are_refused(tmp_path: Path, text: str, why: str) -> None:
    """With their line."""
    with pytest.raises(InputError) as caught:
        revisions(tmp_path, text)
    assert why in str(caught.value)


def test_a_deck_of_dates_makes_revisions_of_a_card(book: Book, tmp_path: Path) -> None:
    """Taken live at their instants; the same file again is no news."""
    file = tmp_path / "deck.csv"
    file.write_text(SCHEDULE)
    for added in (True, False):
        taken, _ = book.cards.import_deck("a-z", file)
        assert taken.added is added
        assert [r.live_at for r in (taken.revision, *taken.later)] == [
            on(10), on(11), datetime(2027, 1, 1, tzinfo=UTC),
        ]  # fmt: skip
    assert [r.number for r in book.cards.show("a-z").revisions] == [1, 2, 3]
    assert book.cards.show("a-z").in_force(on(9)) is None


def test_a_price_to_come_takes_nothing_from_now(book: Book, tmp_path: Path) -> None:
    """A prefix whose new row begins later keeps its old one until then; what is not in the deck goes."""
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text("Prefix,Rate\n44,0.006\n33,0.01\n1,0.004\n")
    second.write_text("Prefix,Rate,Effective\n44,0.007,2100-02-01\n1,0.005,2100-01-01\n")
    book.cards.import_deck("a-z", first)
    taken, _ = book.cards.import_deck("a-z", second)
    found = [book.cards.prices(r) for r in (taken.revision, *taken.later)]
    assert [dict(frame.select("prefix", pl.col("rate") // 10**6).iter_rows()) for frame in found] == [
        {"1": 50, "44": 60}, {"1": 50, "44": 70},
    ]  # fmt: skip


def test_dates_of_the_past_do_not_reach_behind_a_cards_prices(book: Book, tmp_path: Path) -> None:
    """A row's date of years ago would take the place of what was billed since; --live says from when."""
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text("Prefix,Rate\n44,0.006\n")
    second.write_text("Prefix,Rate,Effective\n44,0.007,2020-01-01\n1,0.005,2100-01-01\n")
    book.cards.import_deck("a-z", first)
    with pytest.raises(InputError) as caught:
        book.cards.import_deck("a-z", second)
    assert "say --live AT: what has begun by then holds from then" in caught.value.for_shell()
    taken, _ = book.cards.import_deck("a-z", second, live_at=on(12))
    assert [r.live_at for r in (taken.revision, *taken.later)] == [
        on(12),
        datetime(2100, 1, 1, tzinfo=UTC),
    ]
