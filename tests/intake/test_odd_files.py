"""Files that are none, names that are no text, logs that are cut: one sentence each, with what to do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.calls.conformance.support import CALLS, quick
from tests.calls.conformance.variants import VARIANTS
from tests.calls.readers_support import damaged, written
from tests.imports_support import ACME, Row, Site, write

from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

BY_FORMAT = list({variant.format: variant for variant in reversed(VARIANTS)}.values())


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    """It would wait for a writer without end, and could be read but once."""
    os.mkfifo(tmp_path / "pipe", 0o600)
    for format in ("auto", "minutebook"):
        with pytest.raises(InputError, match="import - with them as standard input"):
            Site(tmp_path / "book").load(tmp_path / "pipe", format=format)


def test_a_file_may_have_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    """Its records and what waits of it are told by a name that can be written."""
    site = Site(tmp_path / "book", ACME)
    path = tmp_path / os.fsdecode(b"\xff\xfe.csv")
    write(path, [Row("a"), Row("b", server="nowhere")])
    result = site.load(path)
    assert (result.added, result.reasons) == (1, {"no_account": 1})
    assert site.calls["file"][0].endswith(r"\xff\xfe.csv")
    path.write_bytes(b"\x00\x01")
    with pytest.raises(InputError, match="binary") as refused:
        site.load(path)
    str(refused.value).encode()


def test_a_cut_entry_of_the_lakes_log_is_told(tmp_path: Path) -> None:
    """In one line, with what to do."""
    site = Site(tmp_path / "book", ACME)
    site.load(write(tmp_path / "calls.csv", [Row("a")]))
    entry = max((tmp_path / "book" / "calls" / "_delta_log").glob("*.json"))
    entry.write_bytes(entry.read_bytes()[:40])
    with pytest.raises(InputError, match="is cut; put the lake back from a backup") as refused:
        site.lake.snapshot()
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("variant", BY_FORMAT, ids=lambda variant: variant.format)
@settings(quick, max_examples=6)
@given(data=st.data())
def test_any_file_taken_in_twice_gives_the_same_counts(
    tmp_path_factory: pytest.TempPathFactory, variant: object, data: st.DataObject
) -> None:
    """What was added the first time is a duplicate the second; all else is counted as it was."""
    folder = tmp_path_factory.mktemp("twice")
    site = Site(folder / "book", ACME)
    path = written(folder, data.draw(damaged(variant.content(CALLS))))  # type: ignore[attr-defined]
    told = {"format": variant.format, "source": variant.source}  # type: ignore[attr-defined]
    try:
        one, two = site.load(path, **told), site.load(path, **told)
    except InputError:
        return
    assert (two.rows, two.read, two.quarantined) == (one.rows, one.read, one.quarantined)
    assert (two.added, two.reasons, two.unended) == (0, one.reasons, one.unended)
    assert two.duplicates == one.added + one.duplicates
    assert len(site.ids) <= one.read
