"""Bytes, lines and columns, whatever the file's encoding, compression and line ends."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers_support import FIXTURES, SAMPLES, accounted, read, written

from minutebook.calls.parsing import delimited, files
from minutebook.calls.readers import detect
from minutebook.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = (FIXTURES / "minutebook.csv").read_text()
HEADER, *ROWS = PLAIN.splitlines()


def test_line_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    """Blank lines are skipped and counted; a value may run over lines."""
    quoted = ROWS[1].replace("acme", '"ac\nme"')
    content = "\n".join([HEADER, "", ROWS[0], "  ", quoted, "", "cut,off", ROWS[2], ""])
    found = read("minutebook", written(tmp_path, content))
    assert found.lines == [3, 5, 9]
    assert [(one.line, one.text) for one in found.broken] == [(8, "cut,off")]
    assert found.records["account_code"].to_list() == ["acme", "ac\nme", "acme"]


def test_a_line_cut_in_the_middle_is_broken(tmp_path: Path) -> None:
    """As the last line of a file that was copied while it was written."""
    found = read("minutebook", written(tmp_path, "\n".join([HEADER, ROWS[0], ROWS[1][:40]])))
    assert found.lines == [2]
    assert [(one.line, one.text) for one in found.broken] == [(3, ROWS[1][:40])]


def test_an_open_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    """Not the thousand calls after it."""
    spoiled = ROWS[0].replace("acme", '"acme')
    content = "\n".join([HEADER, ROWS[1], spoiled, *([ROWS[2]] * 1000)])
    found = read("minutebook", written(tmp_path, content))
    assert [one.line for one in found.broken] == [3]
    assert found.lines == [2, *range(4, 1004)]


def test_two_open_quotes_do_not_make_one_call_of_two(tmp_path: Path) -> None:
    """Each costs its own line; the second call does not vanish in the first one's account."""
    spoiled = ROWS[0].replace("acme", '"acme')
    content = "\n".join([HEADER, ROWS[1], spoiled, spoiled, ROWS[2], spoiled, ROWS[2], ""])
    found = read("minutebook", written(tmp_path, content))
    assert [one.line for one in found.broken] == [3, 4, 6]
    assert found.lines == [2, 5, 7]


def test_lines_never_wholly_written_are_broken(tmp_path: Path) -> None:
    """A crash leaves NUL bytes in a log; the lines around them are calls."""
    hole = "\0" * 30
    rows = [ROWS[1]] * 2000
    content = "\n".join([HEADER, *rows, hole, ROWS[2]])
    found = read("minutebook", written(tmp_path, content))
    assert len(found.lines) == 2001
    assert [one.line for one in found.broken] == [2002]
    assert "\0" not in found.broken[0].text


def test_many_quoted_line_ends_are_read(tmp_path: Path) -> None:
    """Rows with an address over two lines: each is one row with its line, also where all are so."""
    row = ROWS[0].replace("acme", '"ac\nme"')
    path = written(tmp_path, "\n".join([HEADER, *[row] * 40_000, ""]))
    blocks = delimited.parsed(files.blocks(path), delimited.Dialect(), lambda _: True)
    rows = [some for part in blocks for some in part.rows]
    lines = [line for some in rows for line in some.lines]
    assert lines == [1, *range(2, 80_002, 2)]


def test_an_object_without_names_is_broken(tmp_path: Path) -> None:
    """`{}` is JSON, and no record."""
    found = read("minutebook", written(tmp_path, "{}\n{}\n"))
    assert [one.line for one in found.broken] == [1, 2]
    assert not found.lines


def test_a_line_that_is_not_utf_8_is_latin_1(tmp_path: Path) -> None:
    """Each line by itself: the others keep their characters."""
    content = HEADER.encode() + b"\n"
    content += ROWS[0].replace("acme", "caf\u00e9").encode("latin-1") + b"\n"
    content += ROWS[1].replace("acme", "caf\u00e9").encode() + b"\n"
    found = read("minutebook", written(tmp_path, content))
    assert found.records["account_code"].to_list() == ["caf\u00e9", "caf\u00e9"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\x00\x01\x02" * 50, "binary"),
        (b"\x1f\x8bnot gzip at all", "gzip"),
        (b"PK\x03\x04rest of a sheet", "spreadsheet"),
        (b"\xff\xfea", "UTF-16"),
        (b"PAR1 and no more", "Parquet"),
        (b"a,b,a\n1,2,3\n", "twice"),
        (b'[{"call_id":"a"}]', "is a JSON array; write each of its objects on a line of its own"),
        (b'\xef\xbb\xbf [\n  {"call_id":"a"},\n', "is a JSON array"),
        (b"[]\n", "is a JSON array"),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    """The message names the file and what to do."""
    path = written(tmp_path, content)
    with pytest.raises(InputError, match=message) as error:
        read("minutebook", path)
    if "array" in message:
        for attempt in (lambda: read("freeswitch", path, complete=False), lambda: detect(path)):
            with pytest.raises(InputError, match=message):
                attempt()
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_files_that_cannot_be_opened_are_named(tmp_path: Path) -> None:
    """A folder, and a file that is not there."""
    for path in (tmp_path, tmp_path / "absent.csv"):
        with pytest.raises(InputError, match="cannot be read"):
            read("minutebook", path)


def test_auto_refuses_xml_and_strangers(tmp_path: Path) -> None:
    """With the known formats in the message."""
    with pytest.raises(InputError, match="XML"):
        detect(written(tmp_path, '<?xml version="1.0"?>\n<cdr></cdr>\n'))
    with pytest.raises(InputError, match="minutebook, asterisk, freeswitch, kamailio, opensips"):
        detect(written(tmp_path, "name,price\nacme,1\n"))
    with pytest.raises(InputError, match="empty"):
        detect(written(tmp_path, ""))


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
def test_samples_of_other_systems_are_of_no_format() -> None:
    """No switch is mistaken for another."""
    known = {"asterisk", "freeswitch", "opensips"}
    for path in sorted(SAMPLES.glob("*/*")):
        if path.parent.name in known and path.suffix != ".xml":
            assert detect(path).name == path.parent.name
        else:
            with pytest.raises(InputError):
                detect(path)


values = st.text(alphabet='ab,"\n \u00e9;', max_size=6)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.lists(values, min_size=3, max_size=3), min_size=1, max_size=12),
    size=st.integers(1, 64),
)
def test_rows_are_what_the_csv_module_reads_wherever_blocks_end(
    tmp_path: Path, rows: list[list[str]], size: int
) -> None:
    """Quotes, newlines and delimiters in values; blocks may end in the midst of any of them."""
    content = io.StringIO()
    csv.writer(content, lineterminator="\n").writerows(rows)
    path = written(tmp_path, content.getvalue())
    blocks = files.blocks(path, size)
    found: list[tuple[int, tuple[str | None, ...]]] = []
    for part in delimited.parsed(blocks, delimited.Dialect(), lambda width: width == 3):
        assert not part.broken
        for some in part.rows:
            found += zip(some.lines, some.frame.iter_rows(), strict=True)
    assert [row for _, row in sorted(found)] == [tuple(v or None for v in row) for row in rows]
    ends, line = [], 1
    for row in rows:
        ends.append(line)
        line += 1 + sum(value.count("\n") for value in row)
    assert [line for line, _ in sorted(found)] == ends


lines = st.text(alphabet="ab,,,", max_size=8)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(lines, max_size=20))
def test_every_line_is_a_row_or_broken(tmp_path: Path, rows: list[str]) -> None:
    """Nothing that a switch wrote disappears."""
    content = "\n".join([HEADER, *rows, ROWS[0], *rows])
    found = read("minutebook", written(tmp_path, content))
    assert accounted(found, content.replace(HEADER, "", 1))
