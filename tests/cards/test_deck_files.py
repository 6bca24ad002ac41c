"""Deck files as they are sent: encodings, delimiters, lines above the header, packed files."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from minutebook.cards.deck_files import unpacking
from minutebook.cards.deck_files.table import DeckChoice
from minutebook.cards.decks import Deck, read_deck
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Prefix;Destination;Rate\n33;Côte d’Azur – mobile;0.011\n49;Österreich ß;0.0125\n"
NAMES = ["Côte d’Azur – mobile", "Österreich ß"]


def read(folder: Path, content: bytes | str, name: str = "deck.csv", **choice: str) -> Deck:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_deck(file, choice=DeckChoice(**choice))


def refusal(folder: Path, content: bytes | str, name: str = "deck.csv", **choice: str) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, content, name, **choice)
    return str(caught.value)


def zipped(**files: bytes | str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_the_encoding_is_found_and_told(tmp_path: Path, encoding: str, told: str) -> None:
    """UTF-8 and UTF-16 with their marks or without, else Windows-1252: names come out whole."""
    deck = read(tmp_path, TEXT.encode(encoding))
    assert deck.rows["name"].to_list() == NAMES
    assert (deck.source.encoding, deck.source.delimiter) == (told, ";")


@pytest.mark.provokes(
    "cards/deck_files/delimited.py: is broken CSV: …; mend the row",
    when="A cell of a deck has more than 131,072 letters.",
)
def test_a_cell_without_end_is_refused(tmp_path: Path) -> None:
    """No price list has a cell of a hundred thousand letters; the line is told."""
    content = f"Prefix;Destination;Rate\n33;{'x' * 140_000};0.01\n"
    assert ":2: is broken CSV: field larger than field limit" in refusal(tmp_path, content)


def test_another_encoding_is_said(tmp_path: Path) -> None:
    """A Russian deck in Windows-1251; its headings are understood then."""
    content = "Код;Направление;Цена\n7;Россия;0.02\n".encode("cp1251")
    assert "no column is the prefix" in refusal(tmp_path, content)
    deck = read(tmp_path, content, encoding="cp1251")
    assert deck.rows["name"].to_list() == ["Россия"]
    assert deck.source.encoding == "cp1251"


@pytest.mark.parametrize("mark", [",", ";", "|", "\t"])
def test_lines_above_the_header_are_passed_over_and_told(tmp_path: Path, mark: str) -> None:
    """Titles with other marks in them, blank lines; an error names the line in the file."""
    head = f"ACME Carrier, Ltd.; wholesale\n\nRates printed on{mark}2026-10-01\n\n"
    good = head + mark.join(("Code", "Country", "Rate")) + "\n" + mark.join(("44", "UK", "0.01"))
    deck = read(tmp_path, good)
    assert deck.rows.select("prefix", "rate").row(0) == ("44", 100_000_000)
    assert deck.source.header_line == 5
    assert deck.source.titles[0] == "ACME Carrier, Ltd.; wholesale" or mark in ",;"
    assert deck.ignored_columns == ("Country",)
    assert ":6: rate '0.01x' is not an exact price" in refusal(tmp_path, good + "x")


def test_a_currency_above_the_header_is_the_decks(tmp_path: Path) -> None:
    """It must be the one of the headings; cents are a question."""
    assert read(tmp_path, "Currency:,EUR\nprefix,rate\n44,0.01\n").currency == "EUR"
    assert read(tmp_path, "All rates in USD\nprefix,rate\n44,0.01\n").currency == "USD"
    two = refusal(tmp_path, "Currency: EUR,\nprefix,rate (USD)\n44,0.01\n")
    assert "says USD in its headings, and EUR above them" in two
    cents = "All rates in US cents,\nprefix,rate\n44,0.01\n"
    assert "speaks of cents; write the unit into the heading" in refusal(tmp_path, cents)
    assert read(tmp_path, cents.replace("rate\n", "rate (cents)\n")).rows["rate"][0] == 1_000_000


def test_a_spreadsheets_word_on_its_delimiter_is_read(tmp_path: Path) -> None:
    """Excel writes sep=; into the first line."""
    assert read(tmp_path, "sep=;\nprefix;rate\n44;0.5\n").rows["rate"].to_list() == [5_000_000_000]


def test_packed_decks_are_read(tmp_path: Path) -> None:
    """Gzip, zip, zip in gzip; what a packer adds is no second file."""
    for content in (
        gzip.compress(TEXT.encode()),
        zipped(**{"deck.csv": TEXT}),
        zipped(**{"a/deck.csv": TEXT, "__MACOSX/a/._deck.csv": b"\0", "a/.DS_Store": b"\0"}),
        gzip.compress(zipped(**{"deck.csv": TEXT})),
    ):
        assert read(tmp_path, content, "deck.bin").rows["name"].to_list() == NAMES


def test_one_file_of_an_archive_is_the_deck(tmp_path: Path) -> None:
    """Of several the user says which; an error names the file inside."""
    content = zipped(**{"x/a.csv": "prefix,rate\n1,1\n", "b.csv": "prefix,rate\n2,x\n"})
    assert "holds 2 files: x/a.csv and b.csv; say which is the deck" in refusal(tmp_path, content)
    assert read(tmp_path, content, inside="a.csv").source.inside == "x/a.csv"
    assert "deck.csv, b.csv:2: rate 'x'" in refusal(tmp_path, content, inside="b.csv")
    assert "the archive has no file 'c.csv'; it has" in refusal(tmp_path, content, inside="c.csv")
    assert "is no zip archive" in refusal(tmp_path, TEXT, inside="a.csv")


@pytest.mark.provokes(
    "cards/deck_files/unpacking.py: has more than … MB when it is unpacked, and no deck does; split it",
    when="`minutebook card import`: a deck, or what an archive unpacks to, is larger than any deck is.",
)
def test_what_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stated bound holds for gzip, for zip and for a plain file."""
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1 << 20)
    bomb = b"44,0.01\n" * (1 << 18)
    for content in (bomb, gzip.compress(bomb), zipped(**{"deck.csv": bomb})):
        assert "has more than 1 MB when it is unpacked" in refusal(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (gzip.compress(TEXT.encode(), mtime=0)[:40], "is cut: its gzip data ends early"),
        (b"\x1f\x8b\x08\x00broken and more", "has broken gzip data"),
        (zipped(**{"deck.csv": TEXT})[:60], "is a broken zip archive"),
        (zipped(), "is a zip archive without a file"),
        (b"%PDF-1.7\n", "is a PDF"),
        (b"Rar!\x1a\x07", "is a RAR archive; unpack it first"),
        (TEXT.encode("utf-16-le"), "say encoding=\"utf-16-le\""),
        (b"\xff\xfea", "is not utf-16 text"),
    ],
    ids=["cut gzip", "broken gzip", "cut zip", "empty zip", "PDF", "RAR", "no mark", "cut UTF-16"],
)  # fmt: skip
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    """In a sentence that says what to do."""
    assert why in refusal(tmp_path, content)


def test_an_encoding_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """By its name, and text that is not in it by its line."""
    assert "'klingon' is no encoding" in refusal(tmp_path, TEXT, encoding="klingon")
    assert "deck.csv:2: is not ascii text" in refusal(tmp_path, TEXT, encoding="ascii")
