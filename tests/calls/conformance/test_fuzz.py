"""Whatever bytes come: rows, broken lines, or one clean error; never anything else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.calls.conformance.gaps import over
from tests.calls.conformance.support import CALLS, opened, quick
from tests.calls.conformance.variants import VARIANTS
from tests.calls.readers_support import damaged, read, written

from minutebook.calls.readers import detect
from minutebook.calls.readers.formats import NAMES
from minutebook.calls.source import Source
from minutebook.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.calls.conformance.variant import Variant

SOURCES = [Source("utc", zone="UTC"), Source("bare"), Source("london", zone="Europe/London")]
WHOLE = [variant.content(CALLS) for variant in VARIANTS]


@contextmanager
def plainly() -> Iterator[None]:
    """A file may be refused, in one line; any other error fails the test."""
    try:
        yield
    except InputError as error:
        if len(str(error).splitlines()) != 1:
            raise AssertionError(f"{error} is not one line") from error


@pytest.mark.parametrize("format", NAMES)
@quick
@given(content=st.binary(max_size=400), source=st.sampled_from(SOURCES))
def test_any_bytes_are_read_or_refused(
    tmp_path: Path, format: str, content: bytes, source: Source
) -> None:
    """No content of a file ends an import in a traceback."""
    with plainly():
        found = read(format, written(tmp_path, content), source=source)
        assert found.rows.height or not found.lines


@over("damaged")
@quick
@given(data=st.data(), source=st.sampled_from(SOURCES))
def test_damaged_files_are_read_or_refused(
    tmp_path: Path, variant: Variant, data: st.DataObject, source: Source
) -> None:
    """Nor does a file that was cut, overwritten or pieced together wrongly, in any zone."""
    content = data.draw(damaged(variant.content(CALLS)))
    told = Source(source.name, zone=source.zone, options=variant.options)
    with plainly():
        found = opened(variant, tmp_path, content, source=told)
        assert found.rows.height or not found.lines


@quick
@given(data=st.data())
def test_any_file_has_a_format_or_a_clean_error(tmp_path: Path, data: st.DataObject) -> None:
    """`auto` names one format or says why it cannot."""
    content = data.draw(st.binary(max_size=300) | st.sampled_from(WHOLE).flatmap(damaged))
    with plainly():
        assert detect(written(tmp_path, content)).name in NAMES
