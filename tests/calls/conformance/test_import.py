"""Through a lake, and through a book: each call counts once, and every record is accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from tests.calls.conformance.gaps import over
from tests.calls.conformance.support import CALLS
from tests.calls.conformance.variants import BY_FORMAT, TEXT, VARIANTS
from tests.calls.readers_support import written
from tests.imports_support import ACME, Site

from minutebook.calls.readers import reader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.calls.conformance.variant import Variant

    from minutebook.book import Book

SPLIT = [variant for variant in TEXT if reader(variant.format).pairs or variant in BY_FORMAT]
"""What goes through a lake: the first layout of each format, and all whose halves come apart. Of the other
layouts, the readers' own tests say that copies and cut files give equal records or none."""
DECLARED = """
[plan.minutes]
model = "per_minute"
currency = "USD"
rate = "0.01"

[account.acme]
plan = "minutes"
from = 2026-10-01
match = [ { server = "lon-1" } ]
"""


@over("twice", [*SPLIT, *(variant for variant in VARIANTS if variant.binary)])
def test_the_same_file_twice_adds_nothing(tmp_path: Path, variant: Variant) -> None:
    """Copied, sent again, under another name, or with the rows of another hour."""
    site = Site(tmp_path / "book", ACME)
    calls = variant.can(CALLS)
    some = site.load(
        written(tmp_path, variant.content(calls[:2]), "one"),
        format=variant.format,
        source=variant.source,
    )
    assert (some.added, some.duplicates, some.quarantined) == (2, 0, 0)
    more = site.load(
        written(tmp_path, variant.content(calls), "two"),
        format=variant.format,
        source=variant.source,
    )
    assert (more.added, more.duplicates, more.quarantined) == (len(calls) - 2, 2, 0)
    again = site.load(
        written(tmp_path, variant.content(calls), "three"),
        format=variant.format,
        source=variant.source,
    )
    assert (again.added, again.duplicates, again.quarantined) == (0, len(calls), 0)
    assert again.read == len(calls)


_whole: dict[str, pl.DataFrame] = {}


def whole(variant: Variant, folder: Path) -> pl.DataFrame:
    """A lake's calls of one file with all of CALLS; it is made once, for all tests that compare with it."""
    if variant.name not in _whole:
        site = Site(folder / "whole", ACME)
        file = written(folder, variant.content(variant.can(CALLS)), "whole-file")
        site.load(file, format=variant.format, source=variant.source)
        _whole[variant.name] = site.calls
    return _whole[variant.name]


@over("imports", SPLIT)
def test_rows_that_come_one_by_one_are_the_same_calls(tmp_path: Path, variant: Variant) -> None:
    """An import for each row, the last one first: what lacks its other half waits for it."""
    parts = Site(tmp_path / "parts", ACME)
    calls = variant.can(CALLS)
    told = {"format": variant.format, "source": variant.source}
    for piece in reversed(variant.pieces(calls)):
        parts.load(written(tmp_path, variant.head + piece), **told)
    what = pl.all().exclude("file", "line")
    assert parts.calls.select(what).equals(whole(variant, tmp_path).select(what))
    assert parts.calls.height == len(calls)
    assert parts.retry().read == 0


@over("cut-then-whole", SPLIT)
def test_a_file_that_was_cut_does_no_harm_once_it_is_whole(
    tmp_path: Path, variant: Variant
) -> None:
    """Taken while its last call was half written, and again when it was written to its end."""
    calls = variant.can(CALLS)
    told = {"format": variant.format, "source": variant.source}
    before = len(variant.head) + len("".join(variant.pieces(calls[:-1])))
    row = variant.pieces(calls[-1:])[0]
    content = variant.content(calls)
    site = Site(tmp_path / "site", ACME)
    site.load(written(tmp_path, content[: before + len(row) - 3]), **told)
    site.load(written(tmp_path, content), **told)
    what = pl.all().exclude("file", "line")
    assert site.calls.select(what).equals(whole(variant, tmp_path).select(what))


def test_a_book_takes_every_format_once(tmp_path: Path, book: Book) -> None:
    """By `auto` where a layout can be recognised, each under a source of its own, said to be others.

    That `auto` knows each layout, and a lake each of its calls, is tried of every layout alone.
    """
    declared = DECLARED
    for variant in BY_FORMAT:
        declared += f'\n[source.{variant.name}]\nserver = "lon-1"\nzone = "UTC"\n'
        if variant.options:
            options = ", ".join(f"{k} = {v!r}" for k, v in variant.options.items())
            declared += f"options = {{ {options} }}\n"
    book.apply([written(tmp_path, declared, "carrier.toml")])
    for expected in ("added", "duplicates"):
        for variant in BY_FORMAT:
            known = variant.name == "asterisk-fields"
            result = book.import_calls(
                [written(tmp_path, variant.content(variant.can(CALLS)), "file")],
                variant.format if known else "auto",
                variant.name,
                other_calls=True,
            )
            assert getattr(result, expected) == result.read == len(variant.can(CALLS)), variant.name
