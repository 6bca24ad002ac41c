"""Through a lake, and through a book: each call counts once, and every record is accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.calls.conformance.gaps import over
from tests.calls.conformance.support import CALLS, quick
from tests.calls.conformance.variants import VARIANTS, Variant
from tests.calls.readers_support import damaged, written
from tests.imports_support import ACME, Site

from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from minutebook.book import Book

BY_FORMAT = list({variant.format: variant for variant in reversed(VARIANTS)}.values())
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


@over("twice")
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


@over("counts", BY_FORMAT)
@settings(quick, max_examples=5)
@given(data=st.data())
def test_whatever_comes_the_counts_add_up(
    tmp_path_factory: pytest.TempPathFactory, variant: Variant, data: st.DataObject
) -> None:
    """Read = added + duplicates + set aside, as `Site` holds every import to it."""
    folder = tmp_path_factory.mktemp("damaged")
    site = Site(folder / "book", ACME)
    content = data.draw(damaged(variant.content(CALLS)))
    for name in ("one", "two"):
        try:
            result = site.load(
                written(folder, content, name), format=variant.format, source=variant.source
            )
        except InputError:
            return
    assert result.added == 0
    assert len(site.ids) <= result.read


@pytest.mark.slow
def test_a_book_takes_every_layout_once(tmp_path: Path, book: Book) -> None:
    """By `auto` where a layout can be recognised, each under a source of its own."""
    declared = DECLARED
    for variant in VARIANTS:
        declared += f'\n[source.{variant.name}]\nserver = "lon-1"\nzone = "UTC"\n'
        if variant.options:
            options = ", ".join(f"{k} = {v!r}" for k, v in variant.options.items())
            declared += f"options = {{ {options} }}\n"
    book.apply([written(tmp_path, declared, "carrier.toml")])
    for expected in ("added", "duplicates"):
        for variant in VARIANTS:
            known = variant.name in ("asterisk-fields", "freeswitch-opencdrrate")
            result = book.import_calls(
                [written(tmp_path, variant.content(variant.can(CALLS)), "file")],
                variant.format if known else "auto",
                variant.name,
            )
            assert getattr(result, expected) == result.read == len(variant.can(CALLS)), variant.name
