"""Files as others write them: each is read for what it is, or refused; what was not read never agrees."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.carriers import declare, october

from minutebook.errors import InputError
from minutebook.show.reconciliation.words import reconciliation_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from minutebook.book import Book
    from minutebook.disputes.reconciliation import Reconciliation

CARRIER = """
[plan.retail]
model = "per_minute"
currency = "USD"
card = "a-z"

[account.acme]
plan = "retail"
from = 2026-10-01
match = [ { server = "lon-1" } ]
"""
DECK = "prefix,destination,rate\n44207,London,0.06\n447,UK mobile,0.06\n"
OURS = """call_id,server,caller,called,setup_at,answered_at,ended_at,trunk
c1,lon-1,442079460999,442079460123,2026-10-01T09:00:00Z,2026-10-01T09:00:04Z,2026-10-01T09:00:14Z,one
c2,lon-1,442079460999,447700900123,2026-10-01T09:10:00Z,2026-10-01T09:10:05Z,2026-10-01T09:11:05Z,two
"""  # 0.01 and 0.06
AT = ("2026-10-01T09:00:04Z", "2026-10-01T09:10:05Z")
TO = ("442079460123", "447700900123")


def make_carrier(book: Book, folder: Path) -> None:
    """One account with two calls, of 0.01 and 0.06 USD."""
    declare(book, folder, CARRIER, deck=DECK)
    (folder / "ours.csv").write_text(OURS)
    book.calls.import_files([folder / "ours.csv"], format="minutebook")


@pytest.fixture
def carrier(prepared: Callable[..., Book]) -> Book:
    return prepared(make_carrier)


def theirs(
    path: Path,
    heading: str,
    amounts: tuple[str, str],
    *more: str,
    length: tuple[str, str, str] = ("Duration (s)", "10", "60"),
    delimiter: str = ",",
) -> str:
    """Their list of the two calls, of nobody's format."""
    rows = [["Call ID", "Date", "From", "To", length[0], heading]]
    rows += [
        [f"c{n + 1}", AT[n], "442079460999", TO[n], length[n + 1], amounts[n]] for n in range(2)
    ]
    path.write_text("\n".join([*(delimiter.join(row) for row in rows), *more]) + "\n")
    return str(path)


def held(book: Book, file: str, **more: Any) -> Reconciliation:
    more.setdefault("account", "acme")
    return book.disputes.reconcile("lake", file, october(1), october(1), **more)


def agrees(found: Reconciliation) -> bool:
    return "agree" in reconciliation_words(found)[0]


AMOUNTS = [
    ("Amount", ("0.01", "0.06")),
    ("Billed Amount (USD)", ("0.0100", "0.0600")),
    ("Total Cost $", ("0.01", "0.06")),
    ("Cost in cents", ("1", "6")),
    ("amount_usd_cents", ("1.0", "6.0")),
    ("NetCharge", ("$0.01", "USD 0.06")),
    ("Amount", ("-0.01", "-0.06")),
    ("Amount", ("(0.01)", "0.06-")),
    ("Amount", ("1e-2", ".06")),
]


def test_amounts_are_read_in_their_unit(carrier: Book, tmp_path: Path) -> None:
    """By their heading and by how they are written, minus signs too: the two sides agree."""
    for heading, amounts in AMOUNTS:
        found = held(carrier, theirs(tmp_path / "t.csv", heading, amounts))
        assert found.theirs.amount == Decimal("0.07"), heading
        assert found.complete, heading
        assert agrees(found), heading


def test_decimal_commas_and_groups(carrier: Book, tmp_path: Path) -> None:
    """What one figure shows holds for all; where none shows it, the file is refused."""
    file = tmp_path / "t.csv"
    found = held(carrier, theirs(file, "Amount", ("1.234,56", "0,01"), delimiter=";"))
    assert found.theirs.amount == Decimal("1234.57")
    found = held(carrier, theirs(file, "Amount", ('"1,234"', "0.01")))
    assert found.theirs.amount == Decimal("1234.01")
    for amounts, said in (
        (('"1,234"', "2"), "decimal comma"),
        (('"1,23"', "0.01"), "some decimals stand behind a comma"),
        (("10%", "2"), "'10%' is not an amount"),
        (("€1.00", "USD 1.00"), "in several currencies"),
    ):
        with pytest.raises(InputError, match=said):
            held(carrier, theirs(file, "Amount", amounts))


LENGTHS = [
    (("Duration (min)", "0.1667", "1"), 70.002),
    (("Minutes", "0.5", "1"), 90),
    (("Duration", "0:00:10", "0:01:00"), 70),
    (("Duration", "0:10", "1:00"), 70),
    (("duration_ms", "10000", "60000"), 70),
    (("Billable Duration [sec]", "10", "60"), 70),
]


def test_lengths_are_read_in_their_unit(carrier: Book, tmp_path: Path) -> None:
    """Seconds, minutes, milliseconds, hours and minutes by colons."""
    for length, seconds in LENGTHS:
        found = held(carrier, theirs(tmp_path / "t.csv", "Amount", ("0.01", "0.06"), length=length))
        assert found.theirs.duration_ms == round(seconds * 1000), length


def test_two_columns_of_amounts_are_refused_by_name(carrier: Book, tmp_path: Path) -> None:
    """Net or gross is for a person to say; taxes, rates and shares are no amounts."""
    file = tmp_path / "t.csv"
    head = "Call ID,Date,From,To,Duration (s),Rate per minute,Net Amount,VAT %,VAT amount,Gross Amount\n"
    rows = [
        f"c{n + 1},{AT[n]},1,{TO[n]},{(10, 60)[n]},0.06,{(1, 6)[n]},20,9,{(2, 7)[n]}\n"
        for n in (0, 1)
    ]
    file.write_text(head + "".join(rows))
    with pytest.raises(
        InputError, match=r"several columns of amounts, Net Amount, Gross Amount; pass"
    ):
        held(carrier, str(file))
    assert held(carrier, str(file), columns={"amount": "gross amount"}).theirs.amount == 9
    with pytest.raises(InputError, match="no file has the column 'Grand'"):
        held(carrier, str(file), columns={"amount": "Grand"})
    with pytest.raises(InputError, match=r"amuont is no column of ours .did you mean amount"):
        held(carrier, str(file), columns={"amuont": "Net Amount"})


def test_a_file_without_amounts_never_agrees(carrier: Book, tmp_path: Path) -> None:
    """It is said first, whatever its calls are like."""
    file = theirs(tmp_path / "t.csv", "Class", ("a", "b"))
    found = held(carrier, file)
    assert not found.complete
    assert "2 calls without an amount" in reconciliation_words(found)[0]
    assert not any("agree" in said for said in reconciliation_words(found)[1:2])


def test_another_currency_is_refused(carrier: Book, tmp_path: Path) -> None:
    """Named by the heading, a sign or a column: euros are not held against dollars."""
    for heading, amounts in (
        ("Amount (EUR)", ("1", "2")),
        ("Amount", ("€1", "€2")),
        ("Cost £", ("1", "2")),
    ):
        with pytest.raises(
            InputError, match=r"its amounts are in (EUR|GBP), and it is held against"
        ):
            held(carrier, theirs(tmp_path / "t.csv", heading, amounts))


def test_a_column_of_currencies(carrier: Book, tmp_path: Path) -> None:
    """Of calls and of invoices; several in one file are refused."""
    for text in (
        f"id,date,to,duration,amount,currency\nc1,{AT[0]},{TO[0]},10,0.01,EUR\n",
        "date,calls,amount,currency\n2026-10-01,2,0.07,EUR\n",
    ):
        (tmp_path / "t.csv").write_text(text)
        with pytest.raises(InputError, match="in EUR, and it is held against USD"):
            held(carrier, str(tmp_path / "t.csv"))
    (tmp_path / "t.csv").write_text(
        f"id,date,to,duration,amount,currency\nc1,{AT[0]},{TO[0]},10,0.01,EUR\nc2,{AT[1]},{TO[1]},60,0.06,USD\n"
    )
    with pytest.raises(InputError, match="in EUR and USD; leave one currency"):
        held(carrier, str(tmp_path / "t.csv"))


def test_times_that_cannot_be_read(carrier: Book, tmp_path: Path) -> None:
    """All of them refuse the file, with the reason; some are said first."""
    file = Path(theirs(tmp_path / "t.csv", "Amount", ("0.01", "0.06")))
    text = file.read_text()
    file.write_text(text.replace(AT[0], "yesterday"))
    found = held(carrier, str(file))
    assert not found.complete
    assert "1 record could not be understood" in reconciliation_words(found)[0]
    assert "yesterday" in reconciliation_words(found)[0]
    file.write_text(text.replace(AT[0], "yesterday").replace(AT[1], "10/02/2026 09:10:05"))
    with pytest.raises(InputError, match="none of its 2 records can be understood"):
        held(carrier, str(file))


def test_a_line_of_sums_is_no_call(carrier: Book, tmp_path: Path) -> None:
    """It is held against what the calls add up to."""
    file = tmp_path / "t.csv"
    found = held(carrier, theirs(file, "Amount", ("0.01", "0.06"), "Total,,,,70,0.07"))
    assert (found.complete, found.theirs.calls) == (True, 2)
    found = held(carrier, theirs(file, "Amount", ("0.01", "0.06"), ",,,,70,1.07"))
    assert not found.complete
    assert (
        "its line of totals says 1.07, and its calls add up to 0.07"
        in reconciliation_words(found)[0]
    )


def test_calls_are_not_taken_for_totals(carrier: Book, tmp_path: Path) -> None:
    """Days with times, or numbers under any heading, are calls; a line without a day is not left unsaid."""
    file = tmp_path / "t.csv"
    file.write_text(
        f"Date,From,To,Seconds,Amount\n{AT[0]},1,{TO[0]},10,0.01\n{AT[1]},1,{TO[1]},60,0.06\n"
    )
    assert agrees(held(carrier, str(file)))
    file.write_text(
        f"Date,Destination,Seconds,Amount\n{AT[0]},{TO[0]},10,0.01\n{AT[1]},{TO[1]},60,0.06\n"
    )
    assert agrees(held(carrier, str(file)))
    file.write_text("Date,Calls,Amount\n2026-10-01,2,0.07\nMonthly fee,,20.00\n")
    found = held(carrier, str(file))
    assert not found.complete
    assert "1 line without a day, 20.00 USD in all: not compared" in reconciliation_words(found)[0]
    file.write_text("Date,Calls,Amount\n2026-10-01,2,\n")
    with pytest.raises(InputError, match="a line has none; write 0"):
        held(carrier, str(file))


def test_days_before_the_account_was_declared(carrier: Book, tmp_path: Path) -> None:
    """The lake holds no call of them: it is said, or refused where it is all days."""
    file = theirs(tmp_path / "t.csv", "Amount", ("0.01", "0.06"))
    before = october(1).replace(month=9, day=30)
    found = carrier.disputes.reconcile("lake", file, before, october(1), account="acme")
    assert not found.complete
    assert "The account has no plan on 2026-09-30" in reconciliation_words(found)[0]
    with pytest.raises(InputError, match="acme has no plan from 2026-09-30 to 2026-09-30"):
        carrier.disputes.reconcile("lake", file, before, before, account="acme")


def test_a_side_by_trunk_server_and_card(carrier: Book, tmp_path: Path) -> None:
    """A provider's list is held against the calls over its trunk, at the card that we buy by."""
    deck = tmp_path / "buy.csv"
    deck.write_text("prefix,rate\n44,0.03\n")
    carrier.cards.import_deck("buy", deck)
    file = tmp_path / "t.csv"
    file.write_text(f"Date,To,Seconds,Amount\n{AT[1]},{TO[1]},60,0.03\n")
    found = held(carrier, str(file), account=None, trunk="two", server="lon-1", card="buy")
    assert (found.ours.calls, found.ours.amount, found.currency) == (1, Decimal("0.03"), "USD")
    assert agrees(found)
    with pytest.raises(InputError, match=r"lake has no calls on trunk three from"):
        held(carrier, str(file), trunk="three")
    with pytest.raises(InputError, match="trunk limits the calls of the lake"):
        carrier.disputes.reconcile(str(file), str(file), october(1), october(1), trunk="two")


def test_calls_that_no_card_prices_never_agree(carrier: Book, tmp_path: Path) -> None:
    """A call counts as 0 where nothing prices it: that is said first."""
    deck = tmp_path / "buy.csv"
    deck.write_text("prefix,rate\n447,0.03\n")
    carrier.cards.import_deck("buy", deck)
    found = held(carrier, theirs(tmp_path / "t.csv", "Amount", ("0", "0.03")), card="buy")
    assert not found.complete
    assert "lake: 1 call that nothing here prices" in reconciliation_words(found)[0]


def test_a_column_is_named_by_the_user(carrier: Book, tmp_path: Path) -> None:
    """What headings do not say, `columns` does; what is still lacking is named with the words to say."""
    file = tmp_path / "t.csv"
    file.write_text(f"when,whom,how long,worth\n{AT[0]},{TO[0]},10,0.01\n{AT[1]},{TO[1]},60,0.06\n")
    named = {"start": "when", "called": "whom", "duration": "how long", "amount": "worth"}
    assert agrees(held(carrier, str(file), columns=named))
    with pytest.raises(
        InputError,
        match="has no column for duration; it has when, whom, how long, worth; pass columns",
    ):
        held(carrier, str(file), columns={"start": "when", "called": "whom"})


OTHER_MONEY = [
    ("Connection Fee", "0.05"), ("Discount", "-0.01"), ("VAT incl.", "0.012"), ("Setup Charge", "0.05"),
    ("Surcharges", "0.01"), ("Rebate (USD)", "$0.01"), ("USD", "0.02"), ("minimum_charge", "1"),
]  # fmt: skip
NO_MONEY = [
    ("Connection Fee", "0.0000"), ("Setup Fee", ""), ("Discount", "20%"), ("Discount %", "20"), ("VAT", "0.002"),
    ("Rate (USD)", "0.06"), ("Balance USD", "12.50"), ("Fee code", "A1"), ("Connection time", "4"),
]  # fmt: skip


def test_money_beside_the_amount_is_refused_by_name(carrier: Book, tmp_path: Path) -> None:
    """It may come on top, or be in the amount: somebody says which column counts. Noughts and shares are none."""
    file = tmp_path / "t.csv"
    headings, values = (",".join(column) for column in zip(*NO_MONEY, strict=True))
    theirs(file, f"Amount,{headings}", (f"0.01,{values}", f"0.06,{values}"))
    assert agrees(held(carrier, str(file)))
    for heading, value in OTHER_MONEY:
        theirs(file, f"Amount,{heading}", (f"0.01,{value}", f"0.06,{value}"))
        with pytest.raises(InputError, match="has money beside Amount, which may come") as error:
            held(carrier, str(file))
        assert heading in str(error.value)
    assert agrees(held(carrier, str(file), columns={"amount": "Amount"}))
    file.write_text("Date,Calls,Minutes,Amount,Connection Fees\n2026-10-01,2,1.1667,0.07,5.00\n")
    with pytest.raises(
        InputError, match="on top of it: Connection Fees; pass the column that counts"
    ):
        held(carrier, str(file))
    file.write_text(
        "id,dt,src,dst,duration,charge,setup_fee,customer_id,callid,sip_code\n"
        f"1,2026-10-01 09:00:04,44,{TO[0]},10,0.01,5,77,c1,200\n"
    )
    with pytest.raises(InputError, match=r"has money beside charge, .*: setup_fee"):
        held(carrier, str(file))


def test_a_last_line_without_its_end_is_not_compared(carrier: Book, tmp_path: Path) -> None:
    """An amount may be cut in it: it is said first, of calls and invoices, and with its end it is read."""
    file = tmp_path / "t.csv"
    own = (
        OURS.replace(",trunk\n", ",cost\n")
        .replace(",one\n", ",0.0100\n")
        .replace(",two\n", ",0.0600\n")
    )
    theirs(file, "Amount", ("0.0100", "0.0600"))
    invoice = "Date,Calls,Amount\n2026-10-01,2,0.0700\n2026-10-02,1,0.0100\n"
    for whole, cuts in (
        (own, (1, 3, 20, 60)),
        (file.read_text(), (1, 3, 40)),
        (invoice, (1, 3, 12)),
    ):
        for less in cuts:
            file.write_text(whole[:-less])
            found = held(carrier, str(file))
            assert not found.complete
            assert "t.csv: line 3, the last, has no end" in reconciliation_words(found)[0]
            assert found.theirs.calls == (2 if whole == invoice else 1)
        file.write_text(whole)
        assert agrees(held(carrier, str(file)))
    for only in (own, invoice):
        file.write_text("\n".join(only.split("\n")[:2]))
        with pytest.raises(
            InputError, match="or, as its line 2 has no end and was not read, end it"
        ):
            held(carrier, str(file))
