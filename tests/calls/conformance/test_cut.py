"""A file that is not there to its end: copied while it was written, or a disk that was full."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.calls.conformance.gaps import over
from tests.calls.conformance.support import CALLS, facts, opened, plain
from tests.calls.conformance.variants import BY_FORMAT, TEXT, VARIANTS
from tests.calls.readers_support import written

from minutebook.calls.check import checked
from minutebook.calls.readers import reader
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from tests.calls.conformance.variant import Variant

HEADED = [variant for variant in TEXT if variant.head]


def rows_of(variant: Variant, folder: Path, prefixes: list[bytes]) -> dict[str, pl.DataFrame]:
    """The rows that a reader sees in each prefix, by its last bytes; prefixes that are seen alike
    once, those that are refused not at all."""
    found: dict[str, pl.DataFrame] = {}
    seen = set()
    for prefix in prefixes:
        path = written(folder, prefix)
        try:
            tables = list(reader(variant.format).tables(path, variant.source))
        except InputError:
            continue
        frames = [table.frame for table in tables if table.frame.height]
        rows = pl.concat(frames, how="diagonal") if frames else pl.DataFrame()
        key = (tuple(rows.columns), *rows.rows())
        if key not in seen:
            found[f"{len(prefix)}: …{prefix[-30:].decode()}"] = rows
        seen.add(key)
    return found


def wrong_records(
    variant: Variant, folder: Path, prefixes: list[bytes], truth: Counter[tuple[object, ...]]
) -> dict[str, list[object]]:
    """Records that the whole file has not, by the prefix that they were read from."""
    made = reader(variant.format)
    found = rows_of(variant, folder, prefixes)
    if made.pairs:  # rows of one prefix belong together
        parts = [made.records(rows, variant.source) for rows in found.values()]
    else:
        rows = pl.concat(found.values(), how="diagonal")
        records, at = made.records(rows, variant.source), 0
        parts = []
        for some in found.values():
            parts.append(records.slice(at, some.height))
            at += some.height
    wrong = {}
    for end, part in zip(found, parts, strict=True):
        extra = facts(checked(part, variant.source)) - truth
        if extra:
            wrong[end] = list(extra)
    return wrong


def ends(variant: Variant, begin: int, length: int) -> list[int]:
    """Where a file is cut: at any byte of the first layout of each format, and of its line's end; of its
    further layouts at every third, so that those of a format are cut everywhere between them."""
    if variant in BY_FORMAT:
        return [*range(begin, length + 1)]
    phase = VARIANTS.index(variant) % 3
    return [end for end in range(begin, length + 1) if end % 3 == phase or end > length - 12]


@over("cut", TEXT)
def test_a_file_cut_at_any_byte_of_its_last_call_makes_no_wrong_call(
    tmp_path: Path, variant: Variant
) -> None:
    """What is whole is read; what is cut is set aside or refused, and comes when the file is whole.

    A call with a wrong length would be billed; one with a wrong name would be billed twice.
    """
    answered = CALLS[2:]
    refused = [CALLS[3], CALLS[1]]
    pairs = reader(variant.format).pairs  # the last row is a BYE, or an INVITE
    for calls in [answered, refused] if pairs else [answered]:
        content = variant.content(calls)
        begin = len(variant.content(calls[:1]))
        truth = facts(opened(variant, tmp_path, content).records)
        prefixes = [content[:end] for end in ends(variant, begin, len(content))]
        assert wrong_records(variant, tmp_path, prefixes, truth) == {}


@over("cut-head", HEADED)
def test_a_header_cut_at_any_byte_makes_no_call(tmp_path: Path, variant: Variant) -> None:
    """Refused, or a file without calls."""
    head = variant.head.encode()
    prefixes = [head[:end] for end in range(len(head) + 1)]
    truth = facts(plain(variant, tmp_path).records)
    assert wrong_records(variant, tmp_path, prefixes, truth) == {}


@over("cut-gzip")
@pytest.mark.parametrize("less", [1, 8, 20])
def test_a_gzip_file_that_is_cut_is_refused(tmp_path: Path, variant: Variant, less: int) -> None:
    """Its last line may be any of the file's; one line says what is wrong."""
    if variant.binary:  # Parquet is never gzip: its own end is cut
        content = variant.content(CALLS)[:-less]
    else:
        content = gzip.compress(variant.content(CALLS))[:-less]
    with pytest.raises(InputError) as error:
        opened(variant, tmp_path, content)
    assert len(str(error.value).splitlines()) == 1


@over("unended", TEXT)
def test_a_last_line_without_its_end_is_left_for_later_or_shows_that_it_is_whole(
    tmp_path: Path, variant: Variant
) -> None:
    """It is told, and nothing is lost: it comes with its end, or once the file is said to be finished."""
    content = variant.content(CALLS).removesuffix(b"\n")
    whole = facts(plain(variant, tmp_path).records)
    found = opened(variant, tmp_path, content)
    assert not found.broken
    shows = "json" in variant.name or variant.end != "\n" or variant.name == "freeswitch-sql"
    if shows:
        assert (facts(found.records), found.unended) == (whole, [])
    else:
        (left,) = found.unended
        assert left.line == content.count(b"\n") + 1
        assert left.text == content.decode().rsplit("\n", 1)[1]
        assert len(found.lines) == len(plain(variant, tmp_path).lines) - 1
    found = opened(variant, tmp_path, content, complete=True)
    assert (facts(found.records), found.unended) == (whole, [])


@over("cut-left", TEXT)
def test_a_cut_last_line_is_left_and_never_set_aside(tmp_path: Path, variant: Variant) -> None:
    """So that nothing waits in quarantine once the file is whole."""
    content = variant.content(CALLS)
    for less in (2, 5, 20):
        found = opened(variant, tmp_path, content[:-less])
        assert not found.broken
        assert len(found.unended) == 1
