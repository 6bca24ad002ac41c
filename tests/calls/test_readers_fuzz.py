"""Whatever bytes come: rows, broken lines, or one clean error; never anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers_support import FIXTURES, UTC_SOURCE, damaged, read, written

from minutebook.calls.readers import detect
from minutebook.calls.readers.formats import NAMES as FORMATS
from minutebook.calls.source import Source
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {
    "minutebook": ["minutebook.csv"],
    "asterisk": ["asterisk_master.csv", "asterisk_report.csv"],
    "freeswitch": ["freeswitch_example.csv", "freeswitch.cdr.json"],
    "kamailio": ["kamailio_acc_cdrs.csv", "kamailio_acc.csv", "kamailio_acc_json.log"],
    "opensips": ["opensips_acc_1.log", "opensips_acc_2.log"],
}
CASES = [(name, file) for name, files in GOOD.items() for file in files]
SOURCES = [
    UTC_SOURCE,
    Source("bare"),
    Source("london", zone="Europe/London", server="lon-1"),
]
quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def plainly(error: InputError) -> str:
    """The words of an error, if they are one line."""
    assert len(str(error).splitlines()) == 1
    return str(error)


def outcome(format: str, path: Path, source: Source) -> str:
    """What reading comes to; any exception but `InputError` fails the test."""
    try:
        found = read(format, path, source=source)
    except InputError as error:
        return plainly(error)
    assert found.rows.height or not found.lines
    return "read"


def recognised(path: Path) -> str:
    """The format of a file, or why it has none."""
    try:
        found = detect(path).name
    except InputError as error:
        return plainly(error)
    assert found in FORMATS
    return found


@pytest.mark.parametrize("format", FORMATS)
@quick
@given(content=st.binary(max_size=400), source=st.sampled_from(SOURCES))
def test_any_bytes_are_read_or_refused(
    tmp_path: Path, format: str, content: bytes, source: Source
) -> None:
    """No content of a file ends an import in a traceback."""
    assert outcome(format, written(tmp_path, content), source)


@pytest.mark.parametrize(("format", "file"), CASES)
@quick
@given(data=st.data(), source=st.sampled_from(SOURCES))
def test_damaged_files_are_read_or_refused(
    tmp_path: Path, format: str, file: str, data: st.DataObject, source: Source
) -> None:
    """Nor does a file that was cut, overwritten or pieced together wrongly."""
    content = data.draw(damaged((FIXTURES / file).read_bytes()))
    assert outcome(format, written(tmp_path, content), source)


@quick
@given(data=st.data())
def test_any_file_has_a_format_or_a_clean_error(tmp_path: Path, data: st.DataObject) -> None:
    """`auto` names one format or says why it cannot."""
    whole = [(FIXTURES / file).read_bytes() for _, file in CASES]
    content = data.draw(st.binary(max_size=300) | st.sampled_from(whole).flatmap(damaged))
    path = written(tmp_path, content)
    assert recognised(path)


@pytest.mark.parametrize(("format", "file"), CASES)
def test_auto_recognises_each_format_by_content(tmp_path: Path, format: str, file: str) -> None:
    """The name of a file says nothing."""
    assert detect(written(tmp_path, (FIXTURES / file).read_bytes(), "calls.dat")).name == format
