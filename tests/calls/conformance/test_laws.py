"""What holds of every reader: the calls, each once, in whatever order and files their rows come."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.calls.conformance.gaps import over
from tests.calls.conformance.support import CALLS, facts, holds, opened, plain, quick, some_calls
from tests.calls.conformance.variants import TEXT
from tests.calls.readers_support import written

from minutebook.calls.parsing import files
from minutebook.calls.readers import detect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.calls.conformance.variant import Call, Variant


@over("calls")
@quick
@given(calls=some_calls(), seed=st.integers(0, 1000), cuts=st.lists(st.integers(0, 10), max_size=2))
def test_each_call_is_one_record_that_says_what_happened(
    tmp_path: Path, variant: Variant, calls: list[Call], seed: int, cuts: list[int]
) -> None:
    """To the second, answered or not, 0 seconds too; in any order of rows, in any number of files.

    Switches write at the end of calls, several processes beside each other, an hour a file.
    """
    calls = variant.can(calls)
    assume(calls)
    contents = [variant.content(calls)]
    if not variant.binary:
        pieces = variant.pieces(calls)
        random.Random(seed).shuffle(pieces)
        edges = [0, *sorted(min(cut, len(pieces)) for cut in cuts), len(pieces)]
        parts = [pieces[a:b] for a, b in itertools.pairwise(edges) if a < b]
        contents = [(variant.head + "".join(part)).encode() for part in parts]
    holds(variant, opened(variant, tmp_path, *contents), calls)


@over("order", TEXT)
def test_rows_from_last_to_first_say_the_same(tmp_path: Path, variant: Variant) -> None:
    """In every column, also what a layout sets aside."""
    content = (variant.head + "".join(reversed(variant.pieces(CALLS)))).encode()
    reversed_ = opened(variant, tmp_path, content)
    whole = plain(variant, tmp_path)
    assert facts(reversed_.records) == facts(whole.records)
    assert reversed_.reasons() == whole.reasons()


@over("auto")
def test_auto_recognises_each_layout(tmp_path: Path, variant: Variant) -> None:
    """By content alone: of one call or many, answered or not."""
    for calls in (CALLS, CALLS[:1], CALLS[1:2]):
        assert detect(written(tmp_path, variant.content(calls), "x.dat")).name == variant.format


@over("unanswered")
def test_a_call_that_nobody_answered_is_a_call(tmp_path: Path, variant: Variant) -> None:
    """It costs an attempt fee, and held a channel."""
    holds(variant, opened(variant, tmp_path, variant.content(CALLS[1:2])), CALLS[1:2])


@over("instant")
def test_a_call_that_was_answered_and_lasted_no_second_is_answered(
    tmp_path: Path, variant: Variant
) -> None:
    """It may cost a connect fee, and counts among the answered."""
    calls = [replace(CALLS[0], talk_s=0)]
    holds(variant, opened(variant, tmp_path, variant.content(calls)), calls)


@over("copies")
def test_the_same_rows_again_are_the_same_calls(tmp_path: Path, variant: Variant) -> None:
    """A second copy says nothing new, so that the lake knows every call of it."""
    calls = variant.can(CALLS)
    content = variant.content(calls)
    once, twice = (opened(variant, tmp_path, *[content] * n) for n in (1, 2))
    assert set(facts(twice.records)) == set(facts(once.records))
    assert len(facts(once.records)) == len(calls)
    assert set(once.reasons()) == set(twice.reasons()) == {None}


@over("blocks", TEXT)
@pytest.mark.parametrize("size", [1, 300])
def test_where_a_block_of_the_file_ends_changes_no_call(
    tmp_path: Path, variant: Variant, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long file is read in blocks of whole lines: of one line each, or of some."""
    calls = [replace(call, name="A, B" if variant.quotes else call.name) for call in CALLS]
    whole = opened(variant, tmp_path, variant.content(calls))
    monkeypatch.setattr(files, "BLOCK_BYTES", size)
    found = opened(variant, tmp_path, variant.content(calls))
    assert facts(found.records) == facts(whole.records)
    assert found.lines == whole.lines
    assert not found.broken
