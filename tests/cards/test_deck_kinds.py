"""What decks of the field say in other ways: columns, units, currencies, prefixes; understood or refused by name."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutebook import money
from minutebook.cards.deck_headings import Heading
from minutebook.cards.deck_prefixes import span
from minutebook.cards.decks import Deck, read_deck
from minutebook.cards.tariff import Tally, Terms
from minutebook.errors import InputError
from minutebook.rating.single import PricedCall, price_one
from minutebook.rating.steps import FirstSecondsFree
from minutebook.rating.table import RateTable

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str, ignore: tuple[str, ...] = (), **columns: str) -> Deck:
    file = folder / "deck.csv"
    file.write_text(text)
    return read_deck(file, columns, ignore=ignore)


def cost(read: Deck, called: str, seconds: str, plan: Terms | None = None) -> PricedCall:
    table = RateTable.of_card(read.frame, plan=plan or Terms(), card=read.terms, tally=Tally.CALL)
    return price_one(called, Decimal(seconds), table)


def rates(read: Deck) -> dict[str, Any]:
    return {
        prefix: None if rate is None else money.text(money.decimal_of_units(rate), 0)
        for prefix, rate in read.frame.select("prefix", "rate").iter_rows()
    }


def test_spellings_of_spreadsheets_and_of_increments_are_understood(tmp_path: Path) -> None:
    """Text that is kept by a formula, apostrophes of thousands, the unit and the plus of increments."""
    deck = read(tmp_path, 'Code,Rate\n="0044",1\'234.50\n"=""33""",1\u2019234\n1,0.5\n')
    assert rates(deck) == {"1": "0.5", "33": "1234", "44": "1234.5"}
    for cell, said in {
        "60s/1s": (60, 1), "60 / 60": (60, 60), "1+1": (1, 1), "30+6": (30, 6), "60/60 sec": (60, 60), "60 s": (None, 60),
        "30 Sekunden / 6 Sekunden": (30, 6),
    }.items():  # fmt: skip
        rows = read(tmp_path, f"Code,Rate,Increment\n44,0.01,{cell}\n1,0.01,1/1\n").frame.filter(
            prefix="44"
        )
        assert rows.select("minimum_s", "pulse_s").row(0) == said, cell
    marked = read(tmp_path, "Code,Rate,Billing Type\n44,0.01,1+1\n", increment="Billing Type")
    assert marked.frame.select("minimum_s", "pulse_s").row(0) == (1, 1)


def test_names_of_destinations_are_known_in_nine_languages(tmp_path: Path) -> None:
    """As Zielname; the column is the name, and not passed over."""
    for heading in (
        "Zielname", "Destination Name", "Nom de la destination", "Nombre del destino", "Nome do destino",
        "Nome destinazione", "Название направления", "Hedef adı", "目的地名称",
    ):  # fmt: skip
        deck = read(tmp_path, f"Code,{heading},Rate\n44,UK,0.01\n")
        assert deck.frame["name"].to_list() == ["UK"], heading


def refusal(folder: Path, text: str, ignore: tuple[str, ...] = (), **columns: str) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, text, ignore, **columns)
    assert "\n" not in str(caught.value)
    return caught.value.for_shell()


@pytest.mark.parametrize(
    ("text", "seconds", "right"),
    [
        ("Prefix,Initial Increment,Subsequent Increment,Rate\n44,60,60,0.006\n", "61", "0.012"),
        ("dialprefix,rateinitial,initblock,billingblock\n44,0.06,30,30\n", "61", "0.09"),
        ("Prefix,Rate,Min Duration,Next Interval (sec)\n44,0.06,30,6\n", "31", "0.036"),
        ("prefix,rate,connectcharge\n44,0.06,0.05\n", "60", "0.11"),
        ("prefix,rate (USD),setup fee (cents)\n44,0.06,5\n", "60", "0.11"),
    ],
)
def test_increments_and_fees_of_any_usual_name_are_read(
    tmp_path: Path, text: str, seconds: str, right: str
) -> None:
    """Initial and subsequent increment, blocks, connect charges; in the unit of their heading."""
    assert cost(read(tmp_path, text), "442079460123", seconds).cost == Decimal(right)


@pytest.mark.parametrize(
    ("header", "row", "named"),
    [
        ("prefix,rate,disconnectcharge", "44,0.06,0.02", "disconnectcharge"),
        ("Prefix,Peak,Off Peak,Weekend", "44,0.010,0.008,0.006", "Peak"),
        ("Prefix,Rate,Weekend", "44,0.010,0.006", "Weekend"),
        ("Prefix,Inter,Intra", "1201200,0.0050,0.0090", "Inter"),
        ("Prefix,Rate,Min Charge", "44,0.01,0.05", "Min Charge"),
        ("Prefix,Rate (peak)", "44,0.01", "Rate (peak)"),
        ("Prefix,Rate,Price per call", "44,0.01,0.5", "Price per call"),
        ("Prefix,Rate,Aufschlagspreis", "44,0.01,x", "Aufschlagspreis"),
        ("Prefix,Rate,Discount", "44,0.01,10%", "Discount"),
        ("Prefix,Rate,Direction", "44,0.01,inbound", "Direction"),
        ("Prefix,Rate,Action", "44,0.01,Delete", "Action"),
        ("Prefix,Rate,Origin Prefix", "44,0.01,33", "Origin Prefix"),
        ("Prefix,Rate,EK", "44,0.01,0.008", "EK"),
        ("Prefix,Rate,", "44,0.01,0.008", "3"),
    ],
)
def test_a_column_that_bears_on_money_refuses_the_deck_by_its_name(
    tmp_path: Path, header: str, row: str, named: str
) -> None:
    """By its words or because it holds numbers; also where other columns are mapped; --ignore lets it pass."""
    for columns in ({}, {"prefix": header.split(",", maxsplit=1)[0]}):
        said = refusal(tmp_path, f"{header}\n{row}\n", **columns)
        assert f"column {named!r}" in said or f"column {named}" in said
        assert "--ignore" in said
    names = tuple(h for h in header.split(",") if h not in ("prefix", "Prefix", "rate", "Rate"))
    if any(h.lower() == "rate" for h in header.split(",")):
        assert rates(read(tmp_path, f"{header}\n{row}\n", names))


def test_columns_that_no_price_hangs_on_pass(tmp_path: Path) -> None:
    """Countries, comments, ids, what was changed and how: told as not read."""
    deck = read(
        tmp_path,
        "Prefix,Rate,Country,Comment,Priority,Created Date,Change,Direction,MCC\n44,0.01,UK,hello,1,2026-01-01,Increase,outbound,234\n",
    )
    assert deck.ignored_columns == (
        "Country", "Comment", "Priority", "Created Date", "Change", "Direction", "MCC",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Prefix,Rate,Blocked\n44,0.006,No\n4470,0.50,Yes\n",
        "Prefix,Rate,Active\n44,0.006,true\n4470,0.50,false\n",
        "Prefix,Rate\n44,0.006\n4470,Blocked\n",
        "Prefix,Rate,Status\n44,0.006,\n4470,,closed\n",
        "Prefix,Rate,Gesperrt\n44,0.006,nein\n4470,0.5,ja\n",
    ],
)
def test_what_blocks_a_row_is_read_wherever_it_stands(tmp_path: Path, text: str) -> None:
    """A yes, a no, a status, a word instead of the price: 4470 is never priced by 44."""
    deck = read(tmp_path, text)
    assert cost(deck, "447001234567", "60").status == "blocked"
    assert cost(deck, "442079460123", "60").cost == Decimal("0.006")


def test_a_third_part_of_an_increment_is_a_question(tmp_path: Path) -> None:
    """It is a minimum to some and a grace to others; and increments that differ are one too many."""
    assert "'60/60/5' has a third part" in refusal(
        tmp_path, "prefix,rate,increment\n44,1,60/60/5\n"
    )
    twice = "prefix,rate,increment,minimum\n44,1,60/6,30\n"
    assert "minimum '30' is not what its increment says" in refusal(tmp_path, twice)


@pytest.mark.parametrize(
    ("heading", "cell", "right"),
    [
        ("Rate (cents)", "1.2", "0.012"),
        ("rate_cents", "1.2", "0.012"),
        ("Rate (ct/min)", "1.2", "0.012"),
        ("Rate in pence", "1.2", "0.012"),
        ("PPM", "1.2", "0.012"),
        ("Rate ¢", "1.2", "0.012"),
        ("Rate (per second)", "0.0001", "0.006"),
        ("Rate/sec", "0.0001", "0.006"),
        ("Preis pro Sekunde (ct)", "0.01", "0.006"),
        ("Rate per 30 seconds", "0.003", "0.006"),
        ("Price per Minute", "0.006", "0.006"),
        ("Tarifa por minuto", "0.006", "0.006"),
        ("Cost / Min (USD)", "0.006", "0.006"),
        ("Price €", "0.006", "0.006"),
    ],
)
def test_the_unit_of_a_heading_is_read(tmp_path: Path, heading: str, cell: str, right: str) -> None:
    """Cents and pence, a second, thirty seconds: as a price a minute in whole currency units."""
    assert rates(read(tmp_path, f"Prefix,{heading}\n44,{cell}\n")) == {"44": right}
    assert rates(read(tmp_path, f"P,{heading}\n44,{cell}\n", prefix="P", rate=heading)) == {
        "44": right
    }


@pytest.mark.parametrize(
    "heading", ["Rate per call", "Rate (per hour)", "Rate per 7 seconds", "Rate (USD EUR)"]
)
def test_a_unit_that_is_not_a_prices_is_refused(tmp_path: Path, heading: str) -> None:
    """Also where the user maps the column."""
    text = f"Prefix,{heading}\n44,0.01\n"
    assert f"column {heading!r}" in refusal(tmp_path, text)
    assert f"column {heading!r}" in refusal(tmp_path, text, rate=heading)


@pytest.mark.parametrize(
    ("heading", "may_be", "never"),
    [
        ("Rate (EUR/min)", "EUR", "USD"),
        ("Rate (eur)", "EUR", "USD"),
        ("rate_eur", "EUR", "USD"),
        ("Rate EUR", "EUR", "USD"),
        ("Price €", "EUR", "GBP"),
        ("Price $", "CAD", "EUR"),
        ("Price US$", "USD", "CAD"),
        ("Price £", "GBP", "USD"),
        ("Rate (pence)", "GBP", "USD"),
        ("Rate (cents)", "EUR", "JPY"),
    ],
)
def test_the_currency_of_a_heading_is_read(
    tmp_path: Path, heading: str, may_be: str, never: str
) -> None:
    """In any letters, as a code or a sign; a fee's heading too."""
    fee = re.sub("(?i)rate|price", "Connect fee", heading).replace("/min", "")
    for text in (f"Prefix,{heading}\n44,1\n", f"Prefix,Rate,{fee}\n44,0,1\n"):
        currencies = read(tmp_path, text).currencies
        assert currencies is not None
        assert may_be in currencies
        assert never not in currencies


def test_cents_beside_a_price_without_a_unit_are_a_question(tmp_path: Path) -> None:
    """A fee of 5 beside rates in cents: five cents, or five dollars; none is no question."""
    text = "Prefix,Rate (cents),Connect fee\n44,1.2,{}\n"
    said = refusal(tmp_path, text.format(5))
    assert "'Connect fee' does not say whether it is in cents too" in said
    assert rates(read(tmp_path, text.format("0.00"))) == {"44": "0.012"}
    assert rates(read(tmp_path, text.replace("fee", "fee (USD)").format(5))) == {"44": "0.012"}


def test_two_currencies_are_refused(tmp_path: Path) -> None:
    """A rate in euros and a fee in pounds."""
    text = "Prefix,Rate (EUR),Connect fee (GBP)\n44,1,1\n"
    assert "says two currencies, EUR and GBP" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Country Code,Area Code,Rate\n44,20,0.006\n20,,0.5\n", {"4420": "0.006", "20": "0.5"}),
        ("Country Code,Area Code,Rate\n49,\"30,40\",0.006\n", {"4930": "0.006", "4940": "0.006"}),
        ("Country Code,Area Code,Rate\n49,30-32,0.006\n", dict.fromkeys(("4930", "4931", "4932"), "0.006")),
        ("Country Code,Area Code,Rate\n39,06,0.006\n", {"3906": "0.006"}),
        ("Country Code,Rate\n49,0.006\n", {"49": "0.006"}),
        ("Country Code,Prefix,Rate\n49,4930,0.006\n", {"4930": "0.006"}),
        ("Country Code,Prefix,Rate\n7,77,0.006\n7,7,0.005\n", {"77": "0.006", "7": "0.005"}),
        ("Country Code,Prefix,Rate\n7,77,0.006\n44,4420,0.005\n", {"77": "0.006", "4420": "0.005"}),
        ("Country Code,Prefix,Rate\n1,1201,0.006\n", {"1201": "0.006"}),
        ("Country Code,Prefix,Rate\nDE,4930,0.006\n", {"4930": "0.006"}),
        ("NPANXX,Rate\n201200,0.005\n", {"1201200": "0.005"}),
        ("NPA-NXX,Rate\n201-200,0.005\n", {"1201200": "0.005"}),
        ("NPANXX,Rate\n1201200,0.005\n", {"1201200": "0.005"}),
        ("NPA,NXX,Rate\n201,200,0.005\n", {"1201200": "0.005"}),
        ("NPA,Rate\n201,0.005\n", {"1201": "0.005"}),
        ("Prefix,Rate\n0044,0.006\n", {"44": "0.006"}),
        ("Prefix,Rate\n011 44,0.006\n", {"44": "0.006"}),
        ("Prefix,Rate\n+44 (20),0.006\n", {"4420": "0.006"}),
        ("Prefix,Rate\n44-20,0.006\n", {"4420": "0.006"}),
        ("Prefix,Rate\n(+1-264),0.006\n", {"1264": "0.006"}),
        ("Prefix,Rate\n+4420-4422,0.006\n", dict.fromkeys(("4420", "4421", "4422"), "0.006")),
        ('Prefix,Rate\n"4420,4430",0.006\n', {"4420": "0.006", "4430": "0.006"}),
        ('Prefix,Rate\n1;1204,0.006\n', {"1": "0.006", "1204": "0.006"}),
        ("From,To,Rate\n4420,4429,0.006\n", {f"442{n}": "0.006" for n in range(10)}),
        ("code1,code2,rate\n9370,,0.006\n9381,9382,0.5\n", {"9370": "0.006", "9381": "0.5", "9382": "0.5"}),
    ],
)  # fmt: skip
def test_prefixes_are_read_as_they_are_meant(
    tmp_path: Path, text: str, right: dict[str, str]
) -> None:
    """Joined, with the one of North America, without what is dialled before, lists and ranges."""
    assert rates(read(tmp_path, text)) == right


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('Prefix,Rate\n"49,30",0.006\n', "is a list in which 30 may be a country's code or an area's"),
        ('Prefix,Rate\n"1,234",0.006\n', "may be one number with a comma for its thousands"),
        ("Prefix,Rate\n44-49,0.006\n", "may be a range or a country code and an area code"),
        ("Prefix,Rate\n4420-29,0.006\n", "is no range: its ends are not of one length"),
        ("Prefix,Rate\n4429-4420,0.006\n", "is no range"),
        ("Prefix,Rate\n020,0.006\n", "begins with 0, and no country code does"),
        ("Prefix,Rate\n00,0.006\n", "begins with 0"),
        ("Country Code,Area Code,Rate\n44,020,0.006\n", "begins with 0, which is not dialled after a country code"),
        ("Country Code,Area Code,Rate\n,20,0.006\n", "has no country code beside it"),
        ("Country Code,Area Code,Rate\n44,4420,0.006\n", "begins with the country code in every row"),
        ("Country Code,Prefix,Rate\n49,30,0.006\n", "may be two parts of one prefix"),
        ("Country Code,Prefix,Rate\n7,77,0.006\n7,79,0.006\n", "it may be the whole prefix, or be what follows"),
        ("Area Code,Rate\n20,0.006\n", "has no country code beside it"),
        ("NPANXX,Rate\n20120,0.006\n", "is not 6 digits of a North American number"),
        ("From,To,Rate\n4420,449,0.006\n", "does not end the range from 4420"),
        ("44,0.06,0.07\n", "numbers in its third column"),
    ],
)  # fmt: skip
def test_a_prefix_that_could_be_two_is_refused(tmp_path: Path, text: str, why: str) -> None:
    """49,30 never becomes Greece."""
    assert why in refusal(tmp_path, text)


@given(st.integers(1, 9_999), st.integers(0, 2_000), st.integers(1, 3))
def test_a_range_covers_exactly_its_numbers(start: int, more: int, zeros: int) -> None:
    """Each number of the ends' length is begun by one of the prefixes if it is in the range, and by none if not."""
    first = start * 10**zeros
    last = min(first + more, int("9" * len(str(first))))
    made = set(span(str(first), str(last)))
    for number in {
        *range(max(first - 3, 1), first + 3),
        *range(last - 3, last + 4),
        (first + last) // 2,
    }:
        text = str(number)
        if len(text) == len(str(first)):
            found = [text[:n] for n in range(1, len(text) + 1) if text[:n] in made]
            assert len(found) == (first <= number <= last)


def test_grace_and_free_seconds_are_two_terms(tmp_path: Path) -> None:
    """A column named Grace is a question; mapped, it is what the user says; of zeros it says nothing."""
    text = "Prefix,Rate,Grace Time\n44,0.6,5\n"
    assert "--map 'grace=Grace Time' or --map 'free_seconds=Grace Time'" in refusal(tmp_path, text)
    grace = read(tmp_path, text, grace="Grace Time")
    free = read(tmp_path, text, free_seconds="Grace Time")
    for seconds, as_grace, as_free in (
        ("5", "0", "0"),
        ("6", "0.06", "0.01"),
        ("65.4", "0.66", "0.61"),
    ):
        assert cost(grace, "44", seconds).cost == Decimal(as_grace)
        assert cost(free, "44", seconds).cost == Decimal(as_free)
    assert rates(read(tmp_path, "Prefix,Rate,Grace Time\n44,0.6,0\n")) == {"44": "0.6"}


def test_a_connect_fee_is_not_owed_within_the_free_seconds(tmp_path: Path) -> None:
    """A call with no billed second costs nothing; one with some owes the fee."""
    deck = read(tmp_path, "Prefix,Rate,Free Seconds,Connect fee\n44,0.6,5,0.1\n")
    assert cost(deck, "44", "5").cost == 0
    billed = cost(deck, "44", "5.001")
    assert billed.cost == Decimal("0.11")
    assert FirstSecondsFree(5001, 5000) in billed.explanation


@pytest.mark.parametrize("text", ['{"name": "a", "rates": [[1]]}', "<html><table>", "[1, 2]"])
def test_what_is_no_table_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    """JSON and pages are not taken for a header."""
    said = refusal(tmp_path, text)
    assert "no table of rows and columns" in said or "no interconnect rate card" in said
    assert "CSV" in said


@given(st.text(max_size=40))
def test_any_heading_is_taken_apart(text: str) -> None:
    """Never an exception; and what says nothing of money leaves no currency."""
    heading = Heading.of(text)
    assert heading.currencies <= money.MINOR_DIGITS.keys()
    assert heading.per in ("", "minute", "second", "call", "?")


@pytest.mark.parametrize(
    "header",
    [
        "Vorwahl;Ziel;Preis (EUR/Minute);Verbindungsgebühr;Taktung;Gültig ab",
        "Indicatif;Libellé;Prix à la minute;Frais de connexion;Pas de facturation;Date d'effet",
        "Código;Destino;Precio por minuto;Cargo de conexión;Incremento;Fecha de inicio",
        "Prefixo;Descrição;Preço por minuto;Taxa de conexão;Incremento;Data de início",
        "Prefisso;Descrizione;Prezzo;Scatto alla risposta;Incremento;Decorrenza",
        "Код направления;Направление;Цена за минуту;Плата за соединение;Шаг тарификации;Дата начала",
        "Önek;Varış yeri;Ücret;Bağlantı ücreti;Faturalandırma aralığı;Geçerlilik tarihi",
        "前缀;目的地;费率;接通费;计费周期;生效日期",
    ],
)
def test_headings_are_understood_in_the_languages_of_decks(tmp_path: Path, header: str) -> None:
    """Prefix, name, price, connect fee, increment and first day; the commas of such decks are decimal."""
    file = tmp_path / "deck.csv"
    file.write_text(f"{header}\n49;Berlin;0,0125;0,01;60/1;2026-10-01\n")
    found = read_deck(file)
    assert found.frame.select("name", "rate", "connect_fee", "minimum_s").row(0) == (
        "Berlin", 125_000_000, 100_000_000, 60,
    )  # fmt: skip
    assert found.is_dated


def test_a_deck_without_a_header_may_have_its_names_first(tmp_path: Path) -> None:
    """The column that is no number in any row is the name."""
    file = tmp_path / "deck.csv"
    file.write_text("44,UK,0.012\n33,France,0.02\n")
    assert read_deck(file).frame.select("name", "rate").rows() == [
        ("France", 200_000_000),
        ("UK", 120_000_000),
    ]
    file.write_text("44,UK,0.012\n33,7,0.02\n")
    with pytest.raises(InputError, match="numbers in its third column"):
        read_deck(file)
