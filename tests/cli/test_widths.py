"""Tables and sentences that fit: any content, any width of a terminal."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from minutebook.cli.tables import widths
from minutebook.cli.tables.text import tables_text
from minutebook.show.tables import Column, Sheet, csv_text, drop_order

NUMBERS = st.integers(-(10**13), 10**13).map(lambda n: f"{n / 10**4:.4f}")
NAMES = st.text("abcdefgh ij-klm/éß漢字_", max_size=60).map(lambda text: " ".join(text.split()))
DATES = st.dates().map(str)
LEAST = 24
"""Cells that any one number, date or word of a heading below needs, and more."""


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """A sheet of texts, numbers and dates, whose columns go in any order."""
    kinds = draw(st.lists(st.sampled_from(["text", "number", "date"]), min_size=1, max_size=9))
    turns = draw(st.permutations(range(len(kinds))))
    headings = st.lists(st.sampled_from(["Date", "Amount due", "Name"]), min_size=1, max_size=3)
    columns = [
        Column(f"k{n}", " ".join(draw(headings)), number=kind == "number", drop=turn)
        for n, (kind, turn) in enumerate(zip(kinds, turns, strict=True))
    ]
    cells = {"text": NAMES, "number": NUMBERS, "date": DATES}
    rows = draw(
        st.lists(
            st.fixed_dictionaries(
                {column.key: cells[kind] for column, kind in zip(columns, kinds, strict=True)}
            ),
            max_size=4,
        )
    )
    return Sheet(columns, rows, title=draw(NAMES), notes=draw(st.lists(NAMES, max_size=2)))


def left_out(text: str) -> list[str]:
    """The keys that a table's note names."""
    words = " ".join(text.split())
    found = re.search(r"Not shown, for want of width: (.*?); see them with --wide", words)
    return found[1].split(", ") if found else []


@given(sheets(), st.integers(LEAST, 200))
def test_a_table_is_never_wider_than_the_terminal(sheet: Sheet, width: int) -> None:
    """Whatever is in it; and what is not left out is all there, each number and date whole."""
    text = tables_text([sheet], width)
    assert max(map(cell_len, text.splitlines()), default=0) <= width
    gone = left_out(text)
    kept = [column for column in sheet.columns if column.key not in gone]
    assert all(word in text for column in kept for word in column.heading.split())
    values = [row[column.key] for column in kept for row in sheet.rows]
    assert all(value in text for value in values if re.fullmatch(r"-?[\d.-]+", value))
    assert not Counter("".join(values).replace(" ", "")) - Counter(text)


@given(sheets(), st.integers(LEAST, 200))
def test_columns_are_left_out_in_the_order_that_they_state(sheet: Sheet, width: int) -> None:
    """The first to go has turn 1; the first column stays; a wider terminal leaves out no more."""
    gone = left_out(tables_text([sheet], width))
    first, *others = sheet.columns
    assert first.key not in gone
    order = [key for key in drop_order(others) if key != first.key]
    order += [column.key for column in reversed(others) if not column.drop]
    assert set(gone) == set(order[: len(gone)])
    assert set(left_out(tables_text([sheet], width + 1))) <= set(gone)


@given(sheets())
def test_a_pipe_and_a_wide_table_leave_nothing_out(sheet: Sheet) -> None:
    """Without a terminal, and with --wide, no cell is folded and no column goes."""
    for text in (tables_text([sheet], None), tables_text([sheet], LEAST, whole=True)):
        assert left_out(text) == []
        for row in sheet.rows:
            assert any(all(value in line for value in row.values()) for line in text.splitlines())


@given(st.text("ab 漢-12.,USD\n", max_size=200), st.integers(6, 60), st.integers(0, 4))
def test_a_folded_text_keeps_its_words(text: str, width: int, hang: int) -> None:
    """No line is too wide, and no letter is lost."""
    lines = widths.folded(text, width, hang)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_texts_fold_before_a_number_is_left_out() -> None:
    """A long name is folded between its words, and both amounts stay."""
    columns = [
        Column("name", "Name"),
        Column("total", "Total", money=True, drop=1),
        Column("balance", "Balance", money=True),
    ]
    row = {"name": "A very long name of a company", "total": "-1.5", "balance": "123456789012.3456"}
    assert tables_text([Sheet(columns, [row])], 40).rstrip().splitlines()[1:] == [
        "Name           Total            Balance",
        "───────────────────────────────────────",
        "A very long  -1.5000  123456789012.3456",
        "name of a",
        "company",
    ]


def test_amounts_of_a_result_have_one_precision() -> None:
    """In both tables, in the title and in the sentences; a price a minute is as it is, and so is CSV."""
    days = Sheet(
        [Column("d", "Day"), Column("a", "Amount", money=True), Column("n", "Calls", number=True)],
        [{"d": "1", "a": "0.00", "n": 3}],
        title="From 1.5 USD",
    )
    months = Sheet(
        [Column("b", "Balance", money=True)],
        [{"b": "24.9522"}],
        notes=["Opening balance 0.00 USD, at 0.004500 USD a minute for 2 calls, 10:00 UTC."],
    )
    text = tables_text([days, months], None)
    assert "From 1.5000 USD" in text
    assert re.search(r"1\s+0\.0000\s+3\s", text)
    assert "Opening balance 0.0000 USD, at 0.004500 USD a minute for 2 calls, 10:00 UTC." in text
    assert csv_text(days) == "d,a,n\n1,0.00,3\n"


def test_sentences_in_cells_have_the_precision_of_those_below() -> None:
    """And an amount in a table has two decimals at least, as it has in a sentence."""
    reasons = Sheet(
        [Column("reason", "Reason", told=True), Column("fee", "Fee", number=True, least=2)],
        [{"reason": "balance -2.0046 USD, floor -2.00 USD", "fee": "0.8"}],
        notes=["Floor -2.00 USD."],
    )
    text = tables_text([reasons], None)
    assert "balance -2.0046 USD, floor -2.0000 USD" in text
    assert "0.80" in text
    assert "Floor -2.0000 USD." in text
    cost = Sheet([Column("cost", "Cost", money=True)], [{"cost": "1"}])
    assert "1.00" in tables_text([cost], None)
    assert csv_text(cost) == "cost\n1\n"
