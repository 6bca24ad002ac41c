"""What decks say where no heading tells: cells that bear on prices are understood, or refused by the column's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from minutebook import money
from minutebook.cards.decks import Deck, read_deck
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str, ignore: tuple[str, ...] = (), **columns: str) -> Deck:
    file = folder / "deck.csv"
    file.write_text(text)
    return read_deck(file, columns, ignore=ignore)


def rates(deck: Deck) -> dict[str, Any]:
    return {
        prefix: status if rate is None else money.text(money.decimal_of_units(rate), 0)
        for prefix, rate, status in deck.frame.select("prefix", "rate", "status").iter_rows()
    }


def refusal(folder: Path, text: str, ignore: tuple[str, ...] = (), **columns: str) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, text, ignore, **columns)
    return caught.value.for_shell()


@pytest.mark.parametrize(
    ("heading", "cell", "what"),
    [
        ("Billing Type", "60/60", "increments"),
        ("Billing Scheme", "1+1", "increments"),
        ("Comment", "60/60", "increments"),
        ("Description", "60s/6s", "increments"),
        ("Available", "No", "a yes or a no"),
        ("Routable", "N", "a yes or a no"),
        ("Closed", "x", "a yes or a no"),
        ("LRN", "Y", "a yes or a no"),
        ("Type", "Blocked", "words of blocking"),
        ("Remark", "Discontinued since May", "words of blocking"),
        ("Live", "2026-12-01", "dates"),
        ("When", "1 Dec 2026", "dates"),
        ("Note", "December 1, 2026", "dates"),
        ("Release", "2026-12", "dates"),
        ("Time", "12:00", "times"),
        ("Type", "Inbound", "directions"),
        ("Service Type", "DID", "words of other traffic"),
        ("Type", "SMS", "units"),
        ("Unit", "second", "units"),
        ("UOM", "per 30 seconds", "units"),
        ("Basis", "USD cents", "units"),
        ("Fix", "0.05 EUR", "units"),
        ("Network", "5 %", "units"),
        ("Fix", "5c", "units"),
        ("Money", "EUR", "units"),
        ("Money", "KES", "currencies"),
        ("Range", "20-29", "numbers"),
        ("Breakouts", "20 30", "numbers"),
    ],
)
def test_cells_that_bear_on_prices_are_a_question(
    tmp_path: Path, heading: str, cell: str, what: str
) -> None:
    """Whatever the heading is, and in one row alone; --ignore lets the column pass."""
    text = f'Prefix,Destination,Rate,{heading}\n33,France,0.01,\n44,UK,0.06,"{cell}"\n'
    said = refusal(tmp_path, text)
    assert f"column {heading!r} holds {what}, as {cell!r}" in said
    assert "--ignore" in said
    assert rates(read(tmp_path, text, (heading,))) == {"33": "0.01", "44": "0.06"}


def test_numbers_among_words_and_places_of_digits_are_a_question(tmp_path: Path) -> None:
    """A price beside n/a; a country or a city that is a code."""
    mixed = "Prefix,Rate,EK\n33,0.01,n/a\n44,0.01,0.008\n"
    assert "'EK' holds numbers, as '0.008'" in refusal(tmp_path, mixed)
    for header in ("Country Code,City,Rate", "Country,Code,Rate"):
        assert "holds numbers" in refusal(tmp_path, f"{header}\n44,20,0.006\n")
    joined = read(tmp_path, "Country Code,City,Rate\n44,20,0.006\n", area_code="City")
    assert rates(joined) == {"4420": "0.006"}


SPEAKS = {
    "a fee": ("plus 0.05 per call", "setup 0.10", "zzgl. 0,05 EUR pro Anruf", "Surcharge applies", "per call 0.02"),
    "increments": ("min 30 sec", "per 1 min", "billed by the second", "first 30 seconds", "then 6 seconds", "SFR 1/1"),
    "a date": ("valid from 01.12.2026", "new price Dec 1, 2026"),
    "a unit of prices": ("price per 30 sec", "the rate is per second", "in mills"),
    "a tax within the prices": ("incl. VAT 19%",),
    "a discount or a markup": ("less 5% discount",),
    "cents": ("prices in cents",),
    "where calls come from": ("calls from Germany only", "EU origin rates"),
    "an amount of money": ("was 0.013", "at least USD 2 a month"),
}  # fmt: skip


def test_prose_that_speaks_of_prices_is_a_question_by_column_and_row(tmp_path: Path) -> None:
    """It says what of, where to write it, and how the column is left out; left out, the deck is taken."""
    for what, cells in SPEAKS.items():
        for cell in cells:
            text = f'Prefix,Rate,Comment\n33,0.01,mobile\n44,0.06,"{cell}"\n'
            said = refusal(tmp_path, text)
            assert f"deck.csv:3: column 'Comment' says {cell!r}, which speaks of {what}; " in said
            assert said.endswith("say that the column is not to be read: --ignore Comment")
            assert len(rates(read(tmp_path, text, ("Comment",)))) == 2
    advised = 'Prefix,Rate,Connect fee,Comment\n33,0.01,,\n44,0.06,0.05,"plus 0.05 per call"\n'
    deck = read(tmp_path, advised, ("Comment",))
    assert deck.frame["connect_fee"].to_list() == [None, 500_000_000]


def test_prose_that_speaks_of_no_price_passes(tmp_path: Path) -> None:
    """Places, networks, companies and services have words in common with terms."""
    cells = (
        "mobile", "Fixed", "Mina", "Minas Gerais", "Saint-Vincent", "Port Charge", "TDC A/S", "No setup fee", "GSM 900/1800",
        "Zone 1/2", "Special services 0800", "Perm", "Parma", "24/7 support", "CLI guaranteed", "UMTS 2100",
        "Callao", "Direct 100%", "first class", "route via Tier 1", "Personal 5", "rates per minute",
    )  # fmt: skip
    rows = "".join(f'{n},0.01,"{cell}"\n' for n, cell in enumerate(cells, start=20))
    assert len(rates(read(tmp_path, f"Prefix,Rate,Comment\n{rows}"))) == len(cells)


def test_words_that_no_price_hangs_on_pass(tmp_path: Path) -> None:
    """NO is Norway, IN is India, a date of creation is over, a mobile network is called 3, prose is prose."""
    text = (
        "Prefix,Rate,Country,ISO,Language,Created,Operator,Product,Category,Comment,Weight,Call ID\n"
        "47,0.01,NO,NO,NO,2026-12-01,3,Termination,Mobile,new,2,c2\n91,0.01,IN,IN,IN,2026-12-01,All,Gold,Premium,call us,2,P\n"
    )
    assert rates(read(tmp_path, text)) == {"47": "0.01", "91": "0.01"}


@pytest.mark.parametrize(
    ("heading", "blocked", "is_open", "neither"),
    [
        ("Blocked", ("Yes", "blocked", "1"), ("no", "Open", ""), ("Active", "enabled", "60/60")),
        ("Disabled", ("true", "disabled"), ("enabled", "false"), ("open", "blocked", "active")),
        ("Enabled", ("disabled", "no"), ("enabled", "yes"), ("open", "blocked")),
        ("Active", ("inactive", "N"), ("active", "Y"), ("blocked", "disabled")),
        ("Allowed", ("not allowed", "0"), ("allowed", "x"), ("blocked", "open")),
        ("Gesperrt", ("ja", "gesperrt"), ("nein", "offen"), ("aktiv",)),
    ],
)
def test_each_column_of_yes_and_no_has_its_own_words(
    tmp_path: Path,
    heading: str,
    blocked: tuple[str, ...],
    is_open: tuple[str, ...],
    neither: tuple[str, ...],
) -> None:
    """Disabled = disabled blocks, Enabled = open is refused; never the other way round."""
    text = f"Prefix,Rate,{heading}\n44,0.01,"
    for cell in blocked:
        assert rates(read(tmp_path, f"{text}{cell}\n")) == {"44": "blocked"}
    for cell in is_open:
        assert rates(read(tmp_path, f"{text}{cell}\n")) == {"44": "0.01"}
    for cell in neither:
        assert f"{cell!r} is neither yes nor no" in refusal(tmp_path, f"{text}{cell}\n")


def test_a_blank_among_marks_is_a_question(tmp_path: Path) -> None:
    """Where active rows have an x, one without may be blocked; of blocked rows it is open."""
    text = "Prefix,Rate,{}\n44,0.01,x\n33,0.01,\n"
    said = refusal(tmp_path, text.format("Active"))
    assert "deck.csv:3: active '' is empty where other rows have an x" in said
    assert rates(read(tmp_path, text.format("Blocked"))) == {"44": "blocked", "33": "0.01"}
